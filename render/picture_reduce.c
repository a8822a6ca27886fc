/* Area means in whole numbers, so that they are exact: W pixels shown as w are W * w units long, w
 * each in the picture and W each as shown, and what a shown pixel covers of a pixel is a number of
 * units. Sums stay below 2^32 down a column (65025 * 65536) and below 2^46 in all. */
#include "picture_reduce.h"

#include <math.h>

#include <sumi/alloc.h>

/* The pixels from `first` to `last` that a shown pixel covers, and how much of these two. */
typedef struct {
  int first, last;
  uint16_t of_first, of_last; /* of_last is 0 when first is last */
} span_t;

static span_t span_of(int shown_pixel, int shown, int length) {
  const int64_t begin = (int64_t)shown_pixel * length, end = begin + length;
  const int64_t first = begin / shown, last = (end - 1) / shown;
  const int64_t of_first = first == last ? end - begin : (first + 1) * shown - begin;
  const int64_t of_last = first == last ? 0 : end - last * shown;
  return (span_t){(int)first, (int)last, (uint16_t)of_first, (uint16_t)of_last};
}

static void add_bytes(uint32_t *sums, const uint8_t *row, size_t count, uint16_t weight) {
  for (size_t i = 0; i < count; ++i) sums[i] += (uint32_t)row[i] * weight;
}

/* Colours count by their alpha. */
static void add_transparent(uint32_t *sums, const uint8_t *row, size_t count, uint16_t weight) {
  for (size_t i = 0; i < count; i += 4) {
    const uint32_t alpha = (uint32_t)row[i + 3] * weight;
    for (size_t c = 0; c < 3; ++c) sums[i + c] += row[i + c] * alpha;
    sums[i + 3] += alpha;
  }
}

/* Of every column, what the shown row covers. */
static void add_rows(uint32_t *sums, const sumi_picture_t *picture, span_t rows, int shown_height) {
  const size_t count = (size_t)picture->width * (size_t)picture->format;
  for (size_t i = 0; i < count; ++i) sums[i] = 0;
  for (int y = rows.first; y <= rows.last; ++y) {
    const uint8_t *row = picture->pixels + (size_t)y * picture->stride_bytes;
    const uint16_t weight = y == rows.first  ? rows.of_first
                            : y == rows.last ? rows.of_last
                                             : (uint16_t)shown_height;
    if (picture->format == SUMI_PIXEL_RGBA)
      add_transparent(sums, row, count, weight);
    else
      add_bytes(sums, row, count, weight);
  }
}

static inline int64_t across(const uint32_t *sums, int channels, span_t span, int shown_width) {
  uint64_t between = 0;
  for (int x = span.first + 1; x < span.last; ++x) between += sums[x * channels];
  return (int64_t)(between * (uint64_t)shown_width +
                   (uint64_t)sums[span.first * channels] * span.of_first +
                   (uint64_t)sums[span.last * channels] * span.of_last);
}

/* sum / total rounded, halves up, for `inverse` = 1 / total. The fraction of (sum + total / 2) /
 * total is 0 or at least 1 / (2 * total) > 2^-38 away from it, and the product is wrong by less
 * than 2^-43: adding what lies between gives the whole number that exact arithmetic does. */
static inline uint32_t rounded(int64_t sum, int64_t total, double inverse) {
  return (uint32_t)((double)(sum + total / 2) * inverse + 0x1p-40);
}

/* `channels` is a constant where this is called. */
static inline void shown_row(uint32_t *to, const uint32_t *sums, int channels, int width,
                             int shown_width, int64_t total, int row) {
  const double inverse = 1.0 / (double)total;
  for (int x = 0; x < shown_width; ++x) {
    const span_t span = span_of(x, shown_width, width);
    uint32_t bytes[3] = {0};
    int64_t missing = 0;
    if (channels == 4) missing = total - across(sums + 3, 4, span, shown_width);
    const uint32_t ground = sumi__render_checker(x, row);
    for (int c = 0; c < channels && c < 3; ++c) {
      int64_t sum = across(sums + c, channels, span, shown_width);
      if (channels == 4) sum += missing * (ground >> (16 - 8 * c) & 0xff);
      bytes[c] = rounded(sum, total, inverse);
    }
    to[x] = channels == 1 ? 0xff000000u | bytes[0] * 0x010101u
                          : SUMI_RGB(bytes[0], bytes[1], bytes[2]);
  }
}

void sumi__render_reduce(sumi_canvas_t *canvas, const sumi_picture_t *picture, sumi_rect_t shown) {
  const int channels = (int)picture->format, width = picture->width;
  uint32_t *sums = sumi_calloc((size_t)width * (size_t)channels, sizeof *sums);
  if (!sums) {
    sumi__render_canvas_fail(canvas, sumi_fail_alloc("a picture's sums", (size_t)width * 16));
    return;
  }
  const int64_t area = (int64_t)width * picture->height;
  for (int row = 0; row < shown.height; ++row) {
    add_rows(sums, picture, span_of(row, shown.height, picture->height), shown.height);
    uint32_t *to = sumi__render_canvas_row(canvas, shown.y + row) + shown.x;
    switch (picture->format) {
    case SUMI_PIXEL_GREY: shown_row(to, sums, 1, width, shown.width, area, row); break;
    case SUMI_PIXEL_RGBA: shown_row(to, sums, 4, width, shown.width, 255 * area, row); break;
    case SUMI_PIXEL_RGB:
    case SUMI_PIXEL_CANVAS: shown_row(to, sums, 3, width, shown.width, area, row); break;
    }
  }
  sumi_free(sums);
}

static bool is_finite_row(const sumi_array_view_t *image, int64_t from, int64_t count) {
  bool bad = false;
  if (image->dtype == SUMI_FLOAT32) {
    const float *values = (const float *)image->data + from;
    for (int64_t i = 0; i < count; ++i) bad |= !isfinite(values[i]);
  } else {
    const double *values = (const double *)image->data + from;
    for (int64_t i = 0; i < count; ++i) bad |= !isfinite(values[i]);
  }
  return !bad;
}

/* The pixels, from *begin to before *end, that shown pixel `at` covers, in part at least. */
static void covered(int64_t at, int shown, int64_t length, int64_t *begin, int64_t *end) {
  *begin = at * length / shown;
  *end = ((at + 1) * length + shown - 1) / shown;
}

/* The first pixel of the rectangle that is not finite. */
static bool find_bad(const sumi_array_view_t *image, int64_t channels, int64_t left, int64_t right,
                     int64_t top, int64_t bottom, int64_t *x, int64_t *y) {
  for (*y = top; *y < bottom; ++*y)
    for (*x = left; *x < right; ++*x)
      if (!is_finite_row(image, (*y * image->dims[1] + *x) * channels, channels)) return true;
  return false;
}

void sumi__render_reduce_bad(sumi_canvas_t *canvas, const sumi_array_view_t *image,
                             const sumi_picture_t *picture, sumi_rect_t shown) {
  if (image->dtype != SUMI_FLOAT32 && image->dtype != SUMI_FLOAT64) return;
  const int64_t height = image->dims[0], width = image->dims[1];
  const int64_t channels = image->rank == 3 ? image->dims[2] : 1;
  for (int row = 0; row < shown.height; ++row) {
    int64_t top, bottom, left, right, x, y;
    covered(row, shown.height, height, &top, &bottom);
    if (is_finite_row(image, top * width * channels, (bottom - top) * width * channels)) continue;
    for (int column = 0; column < shown.width; ++column) {
      covered(column, shown.width, width, &left, &right);
      if (find_bad(image, channels, left, right, top, bottom, &x, &y))
        sumi_canvas_fill(canvas, (sumi_rect_t){shown.x + column, shown.y + row, 1, 1},
                         sumi_picture_pixel(picture, (int)x, (int)y));
    }
  }
}
