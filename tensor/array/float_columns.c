/* The notation and widths for the floating-point elements of one array
 * (numpy._core.arrayprint.FloatingFormat). */
#include "array/float_columns.h"

#include "array/shown.h"

#include <math.h>

/* ---- Notation ---- */

typedef struct {
  bool single;
  double largest, smallest; /* of the finite numbers but 0; largest is 0 when there are none */
  bool any_finite, any_negative, any_nonfinite, any_negative_infinity;
} extent_t;

static void extend(void *context, const sumi_array_t *array, int64_t index) {
  extent_t *extent = context;
  const double value = sumi_array_get(array, index), size = fabs(value);
  if (!isfinite(value)) {
    extent->any_nonfinite = true;
    extent->any_negative_infinity |= value < 0;
    return;
  }
  extent->any_finite = true;
  extent->any_negative |= signbit(value) != 0;
  if (size == 0) return;
  if (extent->largest == 0 || size < extent->smallest) extent->smallest = size;
  if (size > extent->largest) extent->largest = size;
}

/* NumPy compares in the array's own type. */
static bool wants_scientific(const extent_t *extent, bool suppress) {
  if (extent->largest == 0) return false;
  if (extent->largest >= (extent->single ? 1e6 : 1e8)) return true;
  if (suppress) return false;
  if (extent->single)
    return (float)extent->smallest < 0.0001f ||
           (float)extent->largest / (float)extent->smallest > 1000.0f;
  return extent->smallest < 0.0001 || extent->largest / extent->smallest > 1000;
}

/* ---- Widths ---- */

typedef struct {
  const sumi__tensor_float_columns_t *columns;
  int whole, fraction, exponent; /* widest so far */
} widths_t;

static sumi__tensor_number_style_t style_of(const sumi__tensor_float_columns_t *columns) {
  return (sumi__tensor_number_style_t){.single = columns->single,
                                       .unique = columns->unique,
                                       .plus = columns->sign == '+',
                                       .trim = columns->trim,
                                       .most = columns->precision,
                                       .least = columns->least,
                                       .exponent_digits = columns->exponent_digits};
}

static void number_text(const sumi__tensor_float_columns_t *columns, double value,
                        sumi__tensor_number_text_t *text) {
  if (columns->scientific)
    sumi__tensor_scientific_text(value, style_of(columns), text);
  else
    sumi__tensor_positional_text(value, style_of(columns), text);
}

static void widen(void *context, const sumi_array_t *array, int64_t index) {
  widths_t *widths = context;
  const double value = sumi_array_get(array, index);
  if (!isfinite(value)) return;
  sumi__tensor_number_text_t text;
  number_text(widths->columns, value, &text);
  const int fraction = text.exponent - text.point - 1;
  const int exponent = text.length - text.exponent - 2; /* without "e+" */
  if (text.point > widths->whole) widths->whole = text.point;
  if (fraction > widths->fraction) widths->fraction = fraction;
  if (exponent > widths->exponent) widths->exponent = exponent;
}

static void apply_widths(sumi__tensor_float_columns_t *columns, const widths_t *widths,
                         sumi_floatmode_t mode) {
  columns->left = widths->whole;
  columns->right = widths->fraction;
  if (columns->scientific) {
    columns->exponent_digits = widths->exponent;
    columns->trim = SUMI__TRIM_NOTHING;
    columns->precision = columns->least = widths->fraction;
    columns->right = widths->exponent + 2 + widths->fraction;
  } else if (mode == SUMI_FLOATMODE_FIXED || mode == SUMI_FLOATMODE_MAXPREC_EQUAL) {
    columns->trim = SUMI__TRIM_NOTHING;
    columns->precision = columns->least = widths->fraction;
  } else {
    columns->least = 0;
  }
}

sumi__tensor_float_columns_t
sumi__tensor_float_columns(const sumi_array_t *array, const sumi_array_format_options_t *options) {
  extent_t extent = {.single = sumi_array_dtype(array) == SUMI_FLOAT32};
  sumi__tensor_visit_shown(array, options, extend, &extent);
  const bool fixed = options->floatmode == SUMI_FLOATMODE_FIXED;
  sumi__tensor_float_columns_t columns = {
      .single = extent.single,
      .scientific = wants_scientific(&extent, options->suppress),
      .unique = !fixed,
      .trim = fixed ? SUMI__TRIM_NOTHING : SUMI__TRIM_TO_POINT,
      .precision = options->floatmode == SUMI_FLOATMODE_UNIQUE ? -1 : options->precision,
      .least = -1,
      .exponent_digits = 2,
      .sign = options->sign};
  if (extent.any_finite) {
    widths_t widths = {.columns = &columns};
    sumi__tensor_visit_shown(array, options, widen, &widths);
    apply_widths(&columns, &widths, options->floatmode);
  }
  if (options->sign == ' ' && !extent.any_negative) ++columns.left;
  if (extent.any_nonfinite) {
    const int signed_infinity = options->sign != '-' || extent.any_negative_infinity;
    const int needed = 3 + signed_infinity - (columns.right + 1);
    if (columns.left < needed) columns.left = needed;
  }
  return columns;
}

/* ---- Writing ---- */

static void pad(sumi_buffer_t *buffer, int count) {
  for (; count > 0; --count) sumi_buffer_putc(buffer, ' ');
}

void sumi__tensor_put_float(sumi_buffer_t *buffer, const sumi__tensor_float_columns_t *columns,
                            double value) {
  if (!isfinite(value)) {
    const bool negative = value < 0, sign = negative || columns->sign == '+';
    pad(buffer, columns->left + columns->right + 1 - 3 - sign);
    if (sign) sumi_buffer_putc(buffer, negative ? '-' : '+');
    sumi_buffer_puts(buffer, isnan(value) ? "nan" : "inf");
    return;
  }
  sumi__tensor_number_text_t text;
  number_text(columns, value, &text);
  pad(buffer, columns->left - text.point);
  sumi_buffer_append(buffer, text.text, (size_t)text.length);
  if (!columns->scientific) pad(buffer, columns->right - (text.length - text.point - 1));
}
