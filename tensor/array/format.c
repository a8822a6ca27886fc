/* Arrays as text, laid out as by numpy._core.arrayprint (NumPy 2.4). */
#include <sumi/options.h>
#include "array/float_columns.h"
#include "array/shown.h"
#include "array/text_repr.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- One element ---- */

typedef struct {
  const sumi_array_t *array;
  const sumi_array_format_options_t *options;
  sumi__tensor_float_columns_t columns; /* floating dtypes */
  int width;                            /* integers */
  bool plus, space;
} element_format_t;

static int integer_text(const sumi_array_t *array, int64_t index, char text[24]) {
  if (sumi_array_dtype(array) == SUMI_UINT64)
    return sprintf(text, "%" PRIu64, ((const uint64_t *)sumi_array_data(array))[index]);
  if (sumi_array_dtype(array) == SUMI_INT64)
    return sprintf(text, "%" PRId64, ((const int64_t *)sumi_array_data(array))[index]);
  return sprintf(text, "%" PRId64, (int64_t)sumi_array_get(array, index));
}

/* The widths of the longest number without a sign and with one are those of NumPy's largest and
 * smallest. */
typedef struct {
  int positive, negative;
} integer_widths_t;

static void widen_integers(void *context, const sumi_array_t *array, int64_t index) {
  integer_widths_t *widths = context;
  char text[24];
  const int length = integer_text(array, index, text);
  int *widest = text[0] == '-' ? &widths->negative : &widths->positive;
  if (length > *widest) *widest = length;
}

static void prepare_integers(element_format_t *format) {
  integer_widths_t widths = {0};
  sumi__tensor_visit_shown(format->array, format->options, widen_integers, &widths);
  const char sign = format->options->sign;
  format->plus = sign == '+';
  format->space = sign == ' ' && widths.negative == 0;
  if (widths.positive > 0 && (format->plus || format->space)) ++widths.positive;
  format->width = widths.positive > widths.negative ? widths.positive : widths.negative;
}

static element_format_t prepare(const sumi_array_t *array,
                                const sumi_array_format_options_t *options) {
  element_format_t format = {.array = array, .options = options};
  if (sumi_dtype_is_floating(sumi_array_dtype(array)))
    format.columns = sumi__tensor_float_columns(array, options);
  else if (sumi_dtype_is_integer(sumi_array_dtype(array)))
    prepare_integers(&format);
  return format;
}

static void put_integer(sumi_buffer_t *buffer, const element_format_t *format, int64_t index) {
  char text[24];
  integer_text(format->array, index, text);
  const char *sign = text[0] == '-' ? "" : format->plus ? "+" : format->space ? " " : "";
  sumi_buffer_printf(buffer, "%*s%s%s", format->width - (int)strlen(text) - (int)strlen(sign), "",
                     sign, text);
}

static void put_element(sumi_buffer_t *buffer, const element_format_t *format, int64_t index) {
  const sumi_array_t *array = format->array;
  switch (sumi_array_dtype(array)) {
  case SUMI_FLOAT32:
  case SUMI_FLOAT64:
    sumi__tensor_put_float(buffer, &format->columns, sumi_array_get(array, index));
    break;
  case SUMI_STRING: sumi__tensor_put_text_repr(buffer, sumi_array_get_text(array, index)); break;
  case SUMI_BOOL:
    if (sumi_array_get(array, index) == 0)
      sumi_buffer_puts(buffer, "False");
    else
      sumi_buffer_puts(buffer, sumi_array_rank(array) > 0 ? " True" : "True");
    break;
  default: put_integer(buffer, format, index); break;
  }
}

/* ---- Brackets and lines ---- */

typedef struct {
  sumi_buffer_t *buffer;
  const element_format_t *format;
  sumi_dims_t dims;
  const char *separator; /* " " or ", " */
  int indent;            /* of the lines after the first, before brackets are counted */
  int64_t width;         /* of a line */
  bool summed_up;
  int64_t edge;
} layout_t;

static void put_spaces(sumi_buffer_t *buffer, int count) {
  for (; count > 0; --count) sumi_buffer_putc(buffer, ' ');
}

static void trim_right(sumi_buffer_t *buffer) {
  while (!buffer->failed && buffer->size > 0 && buffer->data[buffer->size - 1] == ' ')
    --buffer->size;
}

/* One row of elements; `column` is the width of the current line. */
typedef struct {
  const layout_t *layout;
  int hanging;
  int64_t column, limit;
} row_t;

/* Ends the line before what was appended from `start` on, where the line became too long; a line
 * that holds nothing but its indentation stays. */
static void place_word(row_t *row, size_t start) {
  sumi_buffer_t *buffer = row->layout->buffer;
  if (buffer->failed) return;
  const int64_t width = sumi__tensor_character_count(buffer->data + start, buffer->size - start);
  if (row->column + width <= row->limit || row->column <= row->hanging) {
    row->column += width;
    return;
  }
  sumi_buffer_t word = {0};
  sumi_buffer_append(&word, buffer->data + start, buffer->size - start);
  buffer->size = start;
  trim_right(buffer);
  sumi_buffer_putc(buffer, '\n');
  put_spaces(buffer, row->hanging);
  if (word.failed)
    buffer->failed = true;
  else
    sumi_buffer_append(buffer, word.data, word.size);
  sumi_buffer_release(&word);
  row->column = row->hanging + width;
}

static void put_row(const layout_t *layout, int axis, int64_t first) {
  const int64_t size = layout->dims.size[axis];
  const int separator_width = (int)strlen(layout->separator);
  row_t row = {.layout = layout,
               .hanging = layout->indent + axis,
               .column = layout->indent + axis,
               .limit = layout->width - axis - 1};
  const bool skips = sumi__tensor_leaves_out(size, layout->summed_up, layout->edge);
  for (int64_t i = 0; i < size; ++i) {
    if (skips && i == layout->edge) {
      const size_t dots = layout->buffer->size;
      sumi_buffer_puts(layout->buffer, "...");
      place_word(&row, dots);
      sumi_buffer_puts(layout->buffer, layout->separator);
      row.column += separator_width;
      i = size - layout->edge;
    }
    const size_t start = layout->buffer->size;
    put_element(layout->buffer, layout->format, first + i);
    place_word(&row, start);
    if (i == size - 1) break;
    sumi_buffer_puts(layout->buffer, layout->separator);
    row.column += separator_width;
  }
}

static void put_axis(const layout_t *layout, int axis, int64_t first);

static void put_line_break(const layout_t *layout, int axis) {
  if (layout->separator[0] == ',') sumi_buffer_putc(layout->buffer, ',');
  for (int left = layout->dims.rank - axis - 1; left > 0; --left)
    sumi_buffer_putc(layout->buffer, '\n');
  put_spaces(layout->buffer, layout->indent + axis);
}

static void put_block(const layout_t *layout, int axis, int64_t first) {
  const int64_t size = layout->dims.size[axis];
  const bool skips = sumi__tensor_leaves_out(size, layout->summed_up, layout->edge);
  for (int64_t i = 0; i < size; ++i) {
    if (skips && i == layout->edge) {
      sumi_buffer_puts(layout->buffer, "...");
      put_line_break(layout, axis);
      i = size - layout->edge;
    }
    put_axis(layout, axis + 1, (first + i) * layout->dims.size[axis + 1]);
    if (i < size - 1) put_line_break(layout, axis);
  }
}

static void put_axis(const layout_t *layout, int axis, int64_t first) {
  if (layout->dims.rank == 0) {
    put_element(layout->buffer, layout->format, 0);
    return;
  }
  sumi_buffer_putc(layout->buffer, '[');
  if (axis == layout->dims.rank - 1)
    put_row(layout, axis, first);
  else
    put_block(layout, axis, first);
  sumi_buffer_putc(layout->buffer, ']');
}

static void put_array(sumi_buffer_t *buffer, const sumi_array_t *array,
                      const sumi_array_format_options_t *options, const char *separator, int indent,
                      int line_width) {
  if (sumi_array_count(array) == 0) {
    sumi_buffer_puts(buffer, "[]");
    return;
  }
  const element_format_t format = prepare(array, options);
  const layout_t layout = {.buffer = buffer,
                           .format = &format,
                           .dims = sumi_array_dims(array),
                           .separator = separator,
                           .indent = indent + 1,
                           .width = line_width,
                           .summed_up = sumi__tensor_is_summed_up(array, options),
                           .edge = options->edge_items};
  put_axis(&layout, 0, 0);
}

/* ---- str and repr ---- */

static void put_scalar(sumi_buffer_t *buffer, const sumi_array_t *array) {
  const sumi_dtype_t dtype = sumi_array_dtype(array);
  if (sumi_dtype_is_floating(dtype)) {
    sumi__tensor_number_text_t text;
    sumi__tensor_scalar_text(sumi_array_get(array, 0), dtype == SUMI_FLOAT32, &text);
    sumi_buffer_append(buffer, text.text, (size_t)text.length);
  } else if (dtype == SUMI_STRING) {
    sumi_buffer_puts(buffer, sumi_array_get_text(array, 0));
  } else if (dtype == SUMI_BOOL) {
    sumi_buffer_puts(buffer, sumi_array_get(array, 0) != 0 ? "True" : "False");
  } else {
    char text[24];
    integer_text(array, 0, text);
    sumi_buffer_puts(buffer, text);
  }
}

static int64_t longest_text(const sumi_array_t *array) {
  int64_t longest = 1;
  for (int64_t i = 0; i < sumi_array_count(array); ++i) {
    const char *text = sumi_array_get_text(array, i);
    const int64_t length = sumi__tensor_character_count(text, strlen(text));
    if (length > longest) longest = length;
  }
  return longest;
}

/* "shape=(0, 3), dtype=float32", what the elements do not tell. */
static void put_extras(sumi_buffer_t *buffer, const sumi_array_t *array,
                       const sumi_array_format_options_t *options) {
  const sumi_dtype_t dtype = sumi_array_dtype(array);
  const bool empty = sumi_array_count(array) == 0;
  if ((empty && sumi_array_rank(array) != 1) || sumi__tensor_is_summed_up(array, options)) {
    sumi_buffer_puts(buffer, "shape=");
    sumi_dims_format(sumi_array_dims(array), buffer);
  }
  const bool implied = dtype == SUMI_FLOAT64 || dtype == SUMI_INT64 || dtype == SUMI_BOOL;
  if (implied && !empty) return;
  if (buffer->size > 0) sumi_buffer_puts(buffer, ", ");
  if (dtype == SUMI_STRING)
    sumi_buffer_printf(buffer, "dtype='<U%" PRId64 "'", longest_text(array));
  else
    sumi_buffer_printf(buffer, "dtype=%s", sumi_dtype_name(dtype));
}

static int64_t last_line_width(const sumi_buffer_t *buffer, size_t start) {
  size_t line = buffer->size;
  while (line > start && buffer->data[line - 1] != '\n') --line;
  return sumi__tensor_character_count(buffer->data + line, buffer->size - line);
}

static void put_repr(sumi_buffer_t *buffer, const sumi_array_t *array,
                     const sumi_array_format_options_t *options) {
  static const char prefix[] = "array(";
  const int indent = sizeof prefix - 1;
  const size_t start = buffer->size;
  sumi_buffer_puts(buffer, prefix);
  put_array(buffer, array, options, ", ", indent, options->line_width - 1);
  sumi_buffer_t extras = {0};
  put_extras(&extras, array, options);
  if (extras.size > 0 && !buffer->failed) {
    sumi_buffer_putc(buffer, ',');
    const int64_t line = last_line_width(buffer, start);
    const bool wraps = line + (int64_t)extras.size + 2 > options->line_width;
    sumi_buffer_putc(buffer, wraps ? '\n' : ' ');
    if (wraps) put_spaces(buffer, indent);
    sumi_buffer_append(buffer, extras.data, extras.size);
  }
  buffer->failed |= extras.failed;
  sumi_buffer_release(&extras);
  sumi_buffer_putc(buffer, ')');
}

static sumi_status_t fill_defaults(sumi_array_format_options_t *options) {
  if (options->precision > SUMI__PRECISION_MAX)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "precision %d; at most %d is allowed",
                     options->precision, SUMI__PRECISION_MAX);
  if (options->edge_items < 0 || options->line_width < 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "edge_items %" PRId64 ", line_width %d: negative",
                     options->edge_items, options->line_width);
  if (options->sign && !strchr("-+ ", options->sign))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sign '%c'; '-', '+' and ' ' are allowed",
                     options->sign);
  options->precision = options->precision == 0  ? 8
                       : options->precision < 0 ? 0
                                                : options->precision;
  options->threshold = options->threshold == 0  ? 1000
                       : options->threshold < 0 ? 0
                                                : options->threshold;
  if (options->edge_items == 0) options->edge_items = 3;
  if (options->line_width == 0) options->line_width = 75;
  if (options->sign == 0) options->sign = '-';
  return SUMI_OK;
}

sumi_status_t sumi_array_format_with(const sumi_array_t *array, sumi_buffer_t *buffer,
                                     const sumi_array_format_options_t *given) {
  sumi_array_format_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  if (!array || !buffer)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "the %s to format is NULL", array ? "buffer" : "array");
  SUMI_TRY(fill_defaults(&options));
  if (options.style == SUMI_ARRAY_REPR)
    put_repr(buffer, array, &options);
  else if (sumi_array_rank(array) == 0)
    put_scalar(buffer, array);
  else
    put_array(buffer, array, &options, " ", 0, options.line_width);
  return sumi_buffer_status(buffer, "an array's text");
}

sumi_status_t sumi_array_print(FILE *file, const sumi_array_t *array) {
  if (!file) return sumi_fail(SUMI_INVALID_ARGUMENT, "the file to print to is NULL");
  sumi_buffer_t buffer = {0};
  sumi_status_t status = sumi_array_format(array, &buffer, .style = SUMI_ARRAY_STR);
  if (status == SUMI_OK) {
    sumi_buffer_putc(&buffer, '\n');
    status = sumi_buffer_status(&buffer, "an array's text");
  }
  if (status == SUMI_OK && fwrite(buffer.data, 1, buffer.size, file) != buffer.size)
    status = sumi_fail(SUMI_UNAVAILABLE, "an array could not be printed");
  sumi_buffer_release(&buffer);
  return status;
}
