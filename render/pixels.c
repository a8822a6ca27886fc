#include <sumi/options.h>
#include <sumi/pixels.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <sumi/alloc.h>

typedef struct {
  int64_t count, height, width, channels;
} batch_t;

static batch_t batch_of(const sumi_array_view_t *view) {
  const int64_t *dims = view->dims;
  switch (view->rank) {
  case 2: return (batch_t){1, dims[0], dims[1], 1};
  case 3: return (batch_t){1, dims[0], dims[1], dims[2]};
  default: return (batch_t){dims[0], dims[1], dims[2], dims[3]};
  }
}

static bool is_pixel_dtype(sumi_dtype_t dtype) {
  switch (dtype) {
  case SUMI_UINT8:
  case SUMI_FLOAT32:
  case SUMI_FLOAT64:
  case SUMI_BOOL:
  case SUMI_INT8:
  case SUMI_UINT16:
  case SUMI_INT16: return true;
  default: return false;
  }
}

/* Sizes come before the generic check, which would call a huge one "too many elements" without
 * naming it. */
static sumi_status_t check_sizes(const char *what, const sumi_array_view_t *view) {
  char shape[SUMI_SHAPE_TEXT_MAX];
  sumi_array_view_shape_text(view, shape);
  const batch_t batch = batch_of(view);
  if (batch.channels < 1 || batch.channels > 4)
    return sumi_fail(
        SUMI_INVALID_ARGUMENT,
        "%s has shape %s: the last dimension is the number of channels, which must be 1 to 4, "
        "not %lld",
        what, shape, (long long)batch.channels);
  if (batch.count > 0 && (batch.height == 0 || batch.width == 0))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s has shape %s: a picture without pixels", what,
                     shape);
  if (batch.height > SUMI_PICTURE_MAX_SIDE_PX || batch.width > SUMI_PICTURE_MAX_SIDE_PX ||
      batch.height * batch.width > SUMI_PICTURE_MAX_PIXELS)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "%s has shape %s: at most %d pixels a side and %lld in all are allowed", what,
                     shape, SUMI_PICTURE_MAX_SIDE_PX, (long long)SUMI_PICTURE_MAX_PIXELS);
  return SUMI_OK;
}

sumi_status_t sumi_pixels_check(const char *what, const sumi_array_view_t *pictures,
                                int64_t *count) {
  if (!pictures) return sumi_fail(SUMI_INVALID_ARGUMENT, "%s is NULL", what);
  char shape[SUMI_SHAPE_TEXT_MAX];
  sumi_array_view_shape_text(pictures, shape);
  if (!is_pixel_dtype(pictures->dtype))
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "%s has dtype %s; pictures are floats, bool or integers of 8 or 16 bits", what,
                     sumi_dtype_name(pictures->dtype));
  if (pictures->rank < 2 || pictures->rank > 4)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "%s has shape %s; pictures are [height, width], [height, width, channels] or "
                     "[count, height, width, channels]",
                     what, shape);
  for (int axis = 0; axis < pictures->rank; ++axis)
    if (pictures->dims[axis] < 0)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "%s has shape %s: a negative size", what, shape);
  SUMI_TRY(check_sizes(what, pictures));
  SUMI_TRY(sumi_array_view_check(what, pictures));
  if (count) *count = batch_of(pictures).count;
  return SUMI_OK;
}

static sumi_status_t check_planes(const char *what, const sumi_array_view_t *pixels) {
  SUMI_TRY(sumi_array_view_check(what, pixels));
  if ((pixels->rank == 3 || pixels->rank == 4) && pixels->dtype != SUMI_STRING) return SUMI_OK;
  char shape[SUMI_SHAPE_TEXT_MAX];
  sumi_array_view_shape_text(pixels, shape);
  return sumi_fail(SUMI_INVALID_ARGUMENT,
                   "%s is %s %s; with channels_first expected numbers [c,h,w] or [n,c,h,w]", what,
                   sumi_dtype_name(pixels->dtype), shape);
}

/* [c, n] elements of `size` bytes as [n, c]. */
static void interleave(const char *planes, char *pixels, int64_t channels, int64_t count,
                       size_t size) {
  for (int64_t channel = 0; channel < channels; ++channel)
    for (int64_t i = 0; i < count; ++i, planes += size)
      memcpy(pixels + (size_t)(i * channels + channel) * size, planes, size);
}

sumi_status_t sumi_pixels_channels_last(const char *what, const sumi_array_view_t *pixels,
                                        void *room, sumi_array_view_t *moved) {
  SUMI_TRY(check_planes(what, pixels));
  const int64_t *size = pixels->dims + (pixels->rank == 4);
  const int64_t pictures = pixels->rank == 4 ? pixels->dims[0] : 1;
  const int64_t channels = size[0], area = size[1] * size[2];
  const size_t each = sumi_dtype_size_bytes(pixels->dtype);
  const size_t picture_bytes = (size_t)(channels * area) * each;
  *moved = *pixels;
  int64_t *to = moved->dims + (pixels->rank == 4);
  to[0] = size[1], to[1] = size[2], to[2] = channels;
  if (room) moved->data = room;
  for (int64_t i = 0; room && i < pictures; ++i)
    interleave((const char *)pixels->data + (size_t)i * picture_bytes,
               (char *)room + (size_t)i * picture_bytes, channels, area, each);
  return SUMI_OK;
}

/* What turns a finite value into a byte: cut(x * scale + offset), clipped. */
typedef struct {
  double scale, offset;
} affine_t;

/* The affine map, computed and applied in the pixels' own precision, so that rounding is
 * TensorFlow's. TYPE is float or double; TensorFlow computes the scale as a float for both. */
#define DEFINE_FLOAT_PIXELS(TYPE)                                                                  \
  static bool finite_##TYPE(const TYPE *pixel, int channels) {                                     \
    for (int c = 0; c < channels; ++c)                                                             \
      if (!isfinite(pixel[c])) return false;                                                       \
    return true;                                                                                   \
  }                                                                                                \
                                                                                                   \
  static affine_t tensorflow_scaling_##TYPE(const TYPE *pixels, int64_t count, int channels) {     \
    float low = INFINITY, high = -INFINITY;                                                        \
    for (int64_t i = 0; i < count; ++i) {                                                          \
      const TYPE *pixel = pixels + i * channels;                                                   \
      if (!finite_##TYPE(pixel, channels)) continue;                                               \
      for (int c = 0; c < channels; ++c) {                                                         \
        const float value = (float)pixel[c];                                                       \
        if (value < low) low = value;                                                              \
        if (value > high) high = value;                                                            \
      }                                                                                            \
    }                                                                                              \
    return tensorflow_scaling(low, high);                                                          \
  }                                                                                                \
                                                                                                   \
  static void convert_##TYPE(const TYPE *pixels, int64_t count, int channels, affine_t map,        \
                             const uint8_t *bad, uint8_t *bytes) {                                 \
    const TYPE scale = (TYPE)map.scale, offset = (TYPE)map.offset;                                 \
    for (int64_t i = 0; i < count; ++i, pixels += channels, bytes += channels) {                   \
      if (!finite_##TYPE(pixels, channels)) {                                                      \
        memcpy(bytes, bad, (size_t)channels);                                                      \
        continue;                                                                                  \
      }                                                                                            \
      for (int c = 0; c < channels; ++c) {                                                         \
        const TYPE value = pixels[c] * scale + offset;                                             \
        bytes[c] = value >= 255 ? 255 : value > 0 ? (uint8_t)value : 0;                            \
      }                                                                                            \
    }                                                                                              \
  }

static affine_t tensorflow_scaling(float low, float high) {
  const float zero = 1e-6f;
  if (low < 0) {
    const float magnitude = fmaxf(fabsf(low), fabsf(high));
    return (affine_t){magnitude < zero ? 0 : 127.0f / magnitude, 128};
  }
  return (affine_t){high < zero ? 0 : 255.0f / high, 0};
}

static affine_t range_scaling(double low, double high) {
  const double scale = 255.5 / (high - low);
  return (affine_t){scale, -low * scale};
}

DEFINE_FLOAT_PIXELS(float)
DEFINE_FLOAT_PIXELS(double)

/* The byte every value of a uint8 picture becomes in a given range. */
static void convert_uint8(const uint8_t *pixels, int64_t count, affine_t map, uint8_t *bytes) {
  uint8_t table[256];
  for (int value = 0; value < 256; ++value) {
    const double mapped = value * map.scale + map.offset;
    table[value] = mapped >= 255 ? 255 : mapped > 0 ? (uint8_t)mapped : 0;
  }
  for (int64_t i = 0; i < count; ++i) bytes[i] = table[pixels[i]];
}

static sumi_status_t check_options(sumi_pixels_options_t options) {
  if (!isfinite(options.low) || !isfinite(options.high) ||
      ((options.low != 0 || options.high != 0) && !(options.low < options.high)))
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "the range of pixel values is %g to %g; low must be below high, both finite",
                     options.low, options.high);
  return SUMI_OK;
}

/* What is to become bytes: `size` pixels of some channels, of uint8, float32 or float64. */
typedef struct {
  sumi_dtype_t dtype;
  const void *values;
  int64_t size;
  int channels;
} raw_t;

static void convert(const raw_t *raw, bool ranged, affine_t range, const uint8_t bad[4],
                    uint8_t *bytes) {
  const int64_t size = raw->size;
  const int channels = raw->channels;
  if (raw->dtype == SUMI_UINT8 && ranged) {
    convert_uint8(raw->values, size * channels, range, bytes);
  } else if (raw->dtype == SUMI_UINT8) {
    memcpy(bytes, raw->values, (size_t)(size * channels));
  } else if (raw->dtype == SUMI_FLOAT32) {
    const float *from = raw->values;
    convert_float(from, size, channels,
                  ranged ? range : tensorflow_scaling_float(from, size, channels), bad, bytes);
  } else {
    const double *from = raw->values;
    convert_double(from, size, channels,
                   ranged ? range : tensorflow_scaling_double(from, size, channels), bad, bytes);
  }
}

/* Grey and alpha, which lie in the second half, as RGBA. */
static void spread_grey_alpha(uint8_t *bytes, int64_t size) {
  const uint8_t *from = bytes + 2 * size;
  for (int64_t i = 0; i < size; ++i, from += 2, bytes += 4) {
    const uint8_t grey = from[0], alpha = from[1];
    bytes[0] = bytes[1] = bytes[2] = grey;
    bytes[3] = alpha;
  }
}

static void fill_bytes(const raw_t *raw, sumi_pixels_options_t options, sumi_picture_t *picture) {
  const sumi_color_t bad_color = options.bad_color ? options.bad_color : SUMI_RGB(255, 0, 0);
  const uint8_t alpha = (uint8_t)(bad_color >> 24);
  const uint8_t bad[4] = {(uint8_t)(bad_color >> 16),
                          raw->channels == 2 ? alpha : (uint8_t)(bad_color >> 8),
                          (uint8_t)bad_color, alpha};
  const bool ranged = options.low != 0 || options.high != 0;
  const affine_t range = ranged ? range_scaling(options.low, options.high) : (affine_t){0};
  convert(raw, ranged, range, bad, picture->pixels + (raw->channels == 2 ? 2 * raw->size : 0));
  if (raw->channels == 2) spread_grey_alpha(picture->pixels, raw->size);
}

/* The other dtypes go by float32, which has all their values. Whole numbers without a sign have a
 * range of their own, which is shown where none is given. */
static sumi_status_t fill_by_floats(const sumi_array_view_t *pictures, int64_t start, raw_t raw,
                                    sumi_pixels_options_t options, sumi_picture_t *picture) {
  const int64_t count = raw.size * raw.channels;
  float *floats = sumi_calloc((size_t)count, sizeof *floats);
  if (!floats) return sumi_fail_alloc("a picture's values", (size_t)count * sizeof *floats);
  for (int64_t i = 0; i < count; ++i)
    floats[i] = (float)sumi_array_view_double(pictures, start + i);
  raw.dtype = SUMI_FLOAT32;
  raw.values = floats;
  if (options.low == 0 && options.high == 0) {
    if (pictures->dtype == SUMI_BOOL) options.high = 1;
    if (pictures->dtype == SUMI_UINT16) options.high = 65535;
  }
  fill_bytes(&raw, options, picture);
  sumi_free(floats);
  return SUMI_OK;
}

static sumi_status_t fill(const sumi_array_view_t *pictures, int64_t index,
                          sumi_pixels_options_t options, sumi_picture_t *picture) {
  const batch_t batch = batch_of(pictures);
  raw_t raw = {.dtype = pictures->dtype,
               .size = batch.height * batch.width,
               .channels = (int)batch.channels};
  const int64_t start = index * raw.size * raw.channels;
  if (raw.dtype != SUMI_UINT8 && raw.dtype != SUMI_FLOAT32 && raw.dtype != SUMI_FLOAT64)
    return fill_by_floats(pictures, start, raw, options, picture);
  raw.values = (const char *)pictures->data +
               (size_t)start * sumi_dtype_size_bytes(pictures->dtype);
  fill_bytes(&raw, options, picture);
  return SUMI_OK;
}

sumi_status_t sumi_pixels_picture_with(const sumi_array_view_t *pictures, int64_t index,
                                       sumi_picture_t *picture,
                                       const sumi_pixels_options_t *given) {
  sumi_pixels_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  if (!picture) return sumi_fail(SUMI_INVALID_ARGUMENT, "picture is NULL");
  *picture = (sumi_picture_t){0};
  int64_t count;
  SUMI_TRY(sumi_pixels_check("pictures", pictures, &count));
  SUMI_TRY(check_options(options));
  if (index < 0 || index >= count)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "picture %lld was asked for of %lld", (long long)index,
                     (long long)count);
  const batch_t batch = batch_of(pictures);
  const sumi_pixel_format_t format = batch.channels == 2 ? SUMI_PIXEL_RGBA
                                                         : (sumi_pixel_format_t)batch.channels;
  SUMI_TRY(sumi_picture_new(format, batch.width, batch.height, picture));
  const sumi_status_t status = fill(pictures, index, options, picture);
  if (status != SUMI_OK) sumi_picture_free(picture);
  return status;
}
