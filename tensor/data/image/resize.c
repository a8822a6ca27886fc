/* Other sizes, by the rules and in the order of TensorFlow's kernels
 * (tensorflow/core/kernels/image/resize_{bilinear,nearest_neighbor,area}_op.cc). */
#include "data/image/image.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sumi/alloc.h>
#include <sumi/options.h>

/* Where an output pixel lies between two of the input, along one axis. */
typedef struct {
  int64_t lower, upper;
  float part; /* of the upper one */
} between_t;

static float scale_of(int64_t from, int64_t to, bool align_corners) {
  return align_corners && to > 1 ? (float)(from - 1) / (float)(to - 1) : (float)from / (float)to;
}

static float place_of(int64_t i, float scale, const sumi_resize_options_t *options) {
  if (options->align_corners || options->from_corner) return (float)i * scale;
  return ((float)i + 0.5f) * scale - 0.5f;
}

static between_t *betweens(int64_t from, int64_t to, const sumi_resize_options_t *options) {
  between_t *list = sumi_calloc((size_t)to, sizeof *list);
  if (!list) {
    sumi_fail_alloc("resizing", (size_t)to * sizeof *list);
    return NULL;
  }
  const float scale = scale_of(from, to, options->align_corners);
  for (int64_t i = 0; i < to; ++i) {
    const float place = place_of(i, scale, options), floor = floorf(place);
    const int64_t lower = (int64_t)floor, upper = (int64_t)ceilf(place);
    list[i] = (between_t){lower > 0 ? lower : 0, upper < from - 1 ? upper : from - 1,
                          place - floor};
  }
  return list;
}

/* Number `index` of an array of either dtype. */
static float number_at(const sumi_array_t *array, int64_t index) {
  const void *data = sumi_array_data(array);
  return sumi_array_dtype(array) == SUMI_UINT8 ? (float)((const uint8_t *)data)[index]
                                               : ((const float *)data)[index];
}

static void fill_bilinear(const sumi__tensor_image_t *image, const between_t *ys,
                          const between_t *xs, sumi_array_t *to, int64_t height, int64_t width) {
  float *out = sumi_array_data(to);
  for (int64_t i = 0; i < image->n; ++i)
    for (int64_t y = 0; y < height; ++y)
      for (int64_t x = 0; x < width; ++x)
        for (int64_t c = 0; c < image->channels; ++c) {
          const int64_t upper = (i * image->height + ys[y].lower) * image->width;
          const int64_t lower = (i * image->height + ys[y].upper) * image->width;
          const float a = number_at(image->array, (upper + xs[x].lower) * image->channels + c);
          const float b = number_at(image->array, (upper + xs[x].upper) * image->channels + c);
          const float d = number_at(image->array, (lower + xs[x].lower) * image->channels + c);
          const float e = number_at(image->array, (lower + xs[x].upper) * image->channels + c);
          const float top = a + (b - a) * xs[x].part, bottom = d + (e - d) * xs[x].part;
          *out++ = top + (bottom - top) * ys[y].part;
        }
}

static sumi_array_t *resize_bilinear(const sumi__tensor_image_t *image, int64_t height,
                                     int64_t width, const sumi_resize_options_t *options) {
  between_t *ys = betweens(image->height, height, options);
  between_t *xs = ys ? betweens(image->width, width, options) : NULL;
  sumi_array_t *to = xs ? sumi__tensor_image_new(image, SUMI_FLOAT32, height, width) : NULL;
  if (to) fill_bilinear(image, ys, xs, to, height, width);
  sumi_free(ys);
  sumi_free(xs);
  return to;
}

static int64_t nearest(int64_t i, int64_t from, int64_t to, const sumi_resize_options_t *options) {
  const float scale = scale_of(from, to, options->align_corners);
  const float place = options->align_corners ? roundf((float)i * scale)
                      : options->from_corner ? floorf((float)i * scale)
                                             : floorf(((float)i + 0.5f) * scale);
  return (int64_t)place < from - 1 ? (int64_t)place : from - 1;
}

static sumi_array_t *resize_nearest(const sumi__tensor_image_t *image, int64_t height,
                                    int64_t width, const sumi_resize_options_t *options) {
  sumi_array_t *to = sumi__tensor_image_new(image, sumi_array_dtype(image->array), height, width);
  if (!to) return NULL;
  char *out = sumi_array_data(to);
  for (int64_t i = 0; i < image->n; ++i)
    for (int64_t y = 0; y < height; ++y) {
      const int64_t row = i * image->height + nearest(y, image->height, height, options);
      for (int64_t x = 0; x < width; ++x, out += image->pixel_bytes) {
        const int64_t pixel = row * image->width + nearest(x, image->width, width, options);
        memcpy(out,
               (const char *)sumi_array_data(image->array) + (size_t)pixel * image->pixel_bytes,
               image->pixel_bytes);
      }
    }
  return to;
}

/* How much of input pixel `at` lies in the interval [begin, end). */
static float covered(int64_t at, float begin, float end) {
  const float first = (float)at > begin ? (float)at : begin;
  const float last = (float)(at + 1) < end ? (float)(at + 1) : end;
  return last > first ? last - first : 0;
}

/* The mean over [y, y + dy) x [x, x + dx) of channel c of picture i. */
static float mean_of(const sumi__tensor_image_t *image, int64_t i, int64_t c, float y, float dy,
                     float x, float dx) {
  float sum = 0;
  for (int64_t v = (int64_t)y; v < image->height && (float)v < y + dy; ++v) {
    float row = 0;
    for (int64_t u = (int64_t)x; u < image->width && (float)u < x + dx; ++u)
      row += covered(u, x, x + dx) *
             number_at(image->array,
                       ((i * image->height + v) * image->width + u) * image->channels + c);
    sum += covered(v, y, y + dy) * row;
  }
  return sum / (dx * dy);
}

static sumi_array_t *resize_area(const sumi__tensor_image_t *image, int64_t height, int64_t width,
                                 const sumi_resize_options_t *options) {
  sumi_array_t *to = sumi__tensor_image_new(image, SUMI_FLOAT32, height, width);
  if (!to) return NULL;
  const float dy = scale_of(image->height, height, options->align_corners);
  const float dx = scale_of(image->width, width, options->align_corners);
  float *out = sumi_array_data(to);
  for (int64_t i = 0; i < image->n; ++i)
    for (int64_t y = 0; y < height; ++y)
      for (int64_t x = 0; x < width; ++x)
        for (int64_t c = 0; c < image->channels; ++c)
          *out++ = mean_of(image, i, c, (float)y * dy, dy, (float)x * dx, dx);
  return to;
}

static sumi_status_t check(int64_t height, int64_t width, const sumi_resize_options_t *options) {
  if (height < 1 || width < 1 || height > INT32_MAX || width > INT32_MAX)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "resize: to (%" PRId64 ", %" PRId64 ")", height, width);
  if (options->method < SUMI_RESIZE_BILINEAR || options->method > SUMI_RESIZE_AREA)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "resize: method %d", (int)options->method);
  const bool corners = options->align_corners && options->from_corner;
  if (corners || (options->align_corners && options->method == SUMI_RESIZE_AREA))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "resize: align_corners is not for %s",
                     corners ? "from_corner" : "areas");
  return SUMI_OK;
}

sumi_array_t *sumi_image_resize_with(const sumi_array_t *array, int64_t height, int64_t width,
                                     const sumi_resize_options_t *given) {
  sumi__tensor_image_t image;
  sumi_resize_options_t options;
  if (sumi_options_read(&options, sizeof options, given) != SUMI_OK ||
      sumi__tensor_image_look("resize", array, &image) != SUMI_OK ||
      check(height, width, &options) != SUMI_OK)
    return NULL;
  static sumi_array_t *(*const methods[])(const sumi__tensor_image_t *image, int64_t height,
                                          int64_t width, const sumi_resize_options_t *options) = {
      [SUMI_RESIZE_BILINEAR] = resize_bilinear,
      [SUMI_RESIZE_NEAREST] = resize_nearest,
      [SUMI_RESIZE_AREA] = resize_area};
  return methods[options.method](&image, height, width, &options);
}
