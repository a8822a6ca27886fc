#include "text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sumi/decimal.h>
#include <sumi/utf8.h>

const char *sumi__command_number(double value, bool single, char text[NUMBER_TEXT_SIZE]) {
  for (int digits = 6; digits <= 17; ++digits) {
    sumi_decimal(text, NUMBER_TEXT_SIZE, 'g', digits, value);
    if (!isfinite(value)) break;
    const double read = strtod(text, NULL); /* the program sets no locale */
    if (single ? (float)read == (float)value : read == value) break;
  }
  return text;
}

int sumi__command_characters(const char *text) {
  int count = 0;
  for (; *text; ++text) count += (*text & 0xC0) != 0x80;
  return count;
}

void sumi__command_plain(FILE *file, const char *text, size_t size_bytes) {
  for (size_t i = 0; i < size_bytes; ++i)
    fputc((unsigned char)text[i] < ' ' || text[i] == 0x7F ? ' ' : text[i], file);
}

static void json_byte(FILE *file, unsigned char c) {
  if (c == '"' || c == '\\')
    fprintf(file, "\\%c", c);
  else if (c < ' ' || c == 0x7F)
    fprintf(file, "\\u%04x", c);
  else
    fputc(c, file);
}

void sumi__command_json_text(FILE *file, const char *text, size_t size_bytes) {
  fputc('"', file);
  for (size_t at = 0; at < size_bytes;) {
    const size_t valid = sumi_utf8_first_invalid(text + at, size_bytes - at);
    for (size_t end = at + valid; at < end; ++at) json_byte(file, (unsigned char)text[at]);
    if (at < size_bytes) fputs("\\ufffd", file), ++at;
  }
  fputc('"', file);
}

void sumi__command_json_number(FILE *file, double value, bool single) {
  char text[NUMBER_TEXT_SIZE];
  sumi__command_number(value, single, text);
  /* A reader of JSON takes -0 for an integer, which has no sign. */
  fprintf(file, isfinite(value) ? "%s%s" : "\"%s%s\"", text, strcmp(text, "-0") == 0 ? ".0" : "");
}

void sumi__command_csv_text(FILE *file, const char *text) {
  if (!strpbrk(text, ",\"\r\n")) {
    fputs(text, file);
    return;
  }
  fputc('"', file);
  for (; *text; ++text) {
    if (*text == '"') fputc('"', file);
    fputc(*text, file);
  }
  fputc('"', file);
}

const char *sumi__command_time(double seconds, char text[TIME_TEXT_SIZE]) {
  struct tm parts;
  const time_t whole = isfinite(seconds) && fabs(seconds) < 1e12 ? (time_t)seconds : 0;
  if (!whole || !localtime_r(&whole, &parts) ||
      strftime(text, TIME_TEXT_SIZE, "%Y-%m-%d %H:%M:%S", &parts) == 0)
    strcpy(text, "-");
  return text;
}

const char *sumi__command_plugin(const sumi_event_value_t *value) {
  const char *name = value->metadata.plugin_name;
  return name && name[0] ? name : "-";
}

/* ---- Values ---- */

static void put_dims(FILE *file, int rank, const int64_t *dims, const char *separator) {
  for (int axis = 0; axis < rank; ++axis)
    fprintf(file, "%s%lld", axis ? separator : "", (long long)dims[axis]);
}

static bool is_histogram(const sumi_event_value_t *value, int64_t *buckets) {
  return strcmp(sumi__command_plugin(value), "histograms") == 0 &&
         sumi_event_value_histogram_rows(value, buckets) == SUMI_OK;
}

static void put_histogram(FILE *file, const sumi_event_value_t *value, int64_t buckets) {
  char low[NUMBER_TEXT_SIZE], high[NUMBER_TEXT_SIZE], count[NUMBER_TEXT_SIZE];
  double total = 0, row[3], first[3] = {0}, last[3] = {0};
  for (int64_t i = 0; i < buckets; ++i) {
    sumi_event_value_histogram_row(value, i, row);
    total += row[2];
    if (i == 0) memcpy(first, row, sizeof first);
    memcpy(last, row, sizeof last);
  }
  fprintf(file, "%s values in %lld buckets from %s to %s",
          sumi__command_number(total, false, count), (long long)buckets,
          sumi__command_number(first[0], true, low), sumi__command_number(last[1], true, high));
}

static void put_plain(FILE *file, const sumi_bytes_view_t *text) {
  sumi__command_plain(file, text->data, text->size_bytes);
}

int64_t sumi__command_string_count(const sumi_event_strings_t *strings) {
  int64_t count = 1;
  for (int axis = 0; axis < strings->rank; ++axis) count *= strings->dims[axis];
  return count;
}

static bool is_text(const sumi_event_value_t *value) {
  return value->kind == SUMI_EVENT_STRINGS && strcmp(sumi__command_plugin(value), "text") == 0;
}

static void put_strings(FILE *file, const sumi_event_value_t *value) {
  const int64_t count = sumi__command_string_count(&value->strings);
  const int64_t images = sumi_event_value_image_count(value);
  if (is_text(value)) {
    for (int64_t i = 0; i < count; ++i) {
      if (i) fputs(" | ", file);
      put_plain(file, &value->strings.items[i]);
    }
  } else if (images > 0) {
    fprintf(file, "%lld picture%s of ", (long long)images, images == 1 ? "" : "s");
    put_plain(file, &value->strings.items[0]);
    fputc('x', file);
    put_plain(file, &value->strings.items[1]);
  } else {
    size_t size = 0;
    for (int64_t i = 0; i < count; ++i) size += value->strings.items[i].size_bytes;
    fprintf(file, "%lld texts, %zu bytes", (long long)count, size);
  }
}

void sumi__command_value(FILE *file, const sumi_event_value_t *value) {
  char text[NUMBER_TEXT_SIZE];
  double number;
  int64_t buckets;
  if (sumi_event_value_number(value, &number) == SUMI_OK) {
    fputs(sumi__command_number(number, value->kind == SUMI_EVENT_SCALAR, text), file);
  } else if (is_histogram(value, &buckets)) {
    put_histogram(file, value, buckets);
  } else if (value->kind == SUMI_EVENT_STRINGS) {
    put_strings(file, value);
  } else if (value->kind == SUMI_EVENT_NUMBERS) {
    fprintf(file, "%s [", sumi_dtype_name(value->numbers.dtype));
    put_dims(file, value->numbers.rank, value->numbers.dims, ", ");
    fputc(']', file);
  } else if (value->kind == SUMI_EVENT_UNDECODED) {
    fprintf(file, "%s, not decoded: %s", value->undecoded.dtype_name, value->undecoded.reason);
  } else {
    fputs("no value", file);
  }
}

static void json_numbers(FILE *file, const sumi_array_view_t *numbers) {
  int64_t count = 1;
  for (int axis = 0; axis < numbers->rank; ++axis) count *= numbers->dims[axis];
  fprintf(file, "{\"dtype\":\"%s\",\"shape\":[", sumi_dtype_name(numbers->dtype));
  put_dims(file, numbers->rank, numbers->dims, ",");
  fputs("],\"values\":[", file);
  for (int64_t i = 0; i < count; ++i) {
    if (i) fputc(',', file);
    sumi__command_json_number(file, sumi_array_view_double(numbers, i),
                              numbers->dtype == SUMI_FLOAT32);
  }
  fputs("]}", file);
}

static void json_strings(FILE *file, const sumi_event_value_t *value) {
  const int64_t count = sumi__command_string_count(&value->strings);
  fputs("{\"shape\":[", file);
  put_dims(file, value->strings.rank, value->strings.dims, ",");
  fputs(is_text(value) ? "],\"texts\":[" : "],\"sizes_bytes\":[", file);
  for (int64_t i = 0; i < count; ++i) {
    const sumi_bytes_view_t *item = &value->strings.items[i];
    if (i) fputc(',', file);
    if (is_text(value))
      sumi__command_json_text(file, item->data, item->size_bytes);
    else
      fprintf(file, "%zu", item->size_bytes);
  }
  fputs("]}", file);
}

void sumi__command_json_value(FILE *file, const sumi_event_value_t *value) {
  double number;
  if (sumi_event_value_number(value, &number) == SUMI_OK) {
    sumi__command_json_number(file, number, value->kind == SUMI_EVENT_SCALAR);
  } else if (value->kind == SUMI_EVENT_STRINGS) {
    json_strings(file, value);
  } else if (value->kind == SUMI_EVENT_NUMBERS) {
    json_numbers(file, &value->numbers);
  } else if (value->kind == SUMI_EVENT_UNDECODED) {
    fputs("{\"dtype\":", file);
    sumi__command_json_text(file, value->undecoded.dtype_name, strlen(value->undecoded.dtype_name));
    fputs(",\"undecoded\":", file);
    sumi__command_json_text(file, value->undecoded.reason, strlen(value->undecoded.reason));
    fputc('}', file);
  } else {
    fputs("null", file);
  }
}
