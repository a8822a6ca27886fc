/* Colours: worked on as float32 of 0 to 1, and given back in the dtype they came in. */
#include "data/image/image.h"

#include <math.h>

static float fraction_of(uint8_t value) {
  return (float)value * (1.0f / 255.0f);
}

/* What lies outside goes to the nearer end, NaN to 0. */
static uint8_t byte_of(float value) {
  const float scaled = value * 255.5f;
  return scaled >= 255.0f ? 255 : scaled > 0 ? (uint8_t)scaled : 0;
}

sumi_array_t *sumi_image_convert(const sumi_array_t *array, sumi_dtype_t dtype) {
  sumi__tensor_image_t image;
  if (sumi__tensor_image_look("convert", array, &image) != SUMI_OK) return NULL;
  if (dtype != SUMI_UINT8 && dtype != SUMI_FLOAT32) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "convert: a picture to %s; uint8 and float32 are supported",
              sumi_dtype_name(dtype));
    return NULL;
  }
  if (sumi_array_dtype(array) == dtype) return sumi_array_copy(array);
  sumi_array_t *made = sumi__tensor_image_new(&image, dtype, image.height, image.width);
  for (int64_t i = 0; made && i < sumi_array_count(array); ++i)
    if (dtype == SUMI_UINT8)
      ((uint8_t *)sumi_array_data(made))[i] = byte_of(((const float *)sumi_array_data(array))[i]);
    else
      ((float *)sumi_array_data(made))[i] = fraction_of(
          ((const uint8_t *)sumi_array_data(array))[i]);
  return made;
}

/* What is done to one picture: `pixels` of `channels` numbers, in place. */
typedef void (*adjust_t)(float *numbers, int64_t pixels, int64_t channels, float by);

static sumi_array_t *adjust(const char *what, const sumi_array_t *array, adjust_t function,
                            double by, int64_t channels) {
  sumi__tensor_image_t image;
  if (sumi__tensor_image_look(what, array, &image) != SUMI_OK) return NULL;
  if (!isfinite(by) || (channels > 0 && image.channels != channels)) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "%s by %g of a picture %s; %s", what, by,
              sumi_dims_text(sumi_array_dims(array)).text,
              isfinite(by) ? "three channels are needed" : "a number is needed");
    return NULL;
  }
  sumi_array_t *numbers = sumi_image_convert(array, SUMI_FLOAT32);
  if (!numbers) return NULL;
  const int64_t pixels = image.height * image.width;
  for (int64_t i = 0; i < image.n; ++i)
    function((float *)sumi_array_data(numbers) + i * pixels * image.channels, pixels,
             image.channels, (float)by);
  if (sumi_array_dtype(array) == SUMI_FLOAT32) return numbers;
  sumi_array_t *bytes = sumi_image_convert(numbers, SUMI_UINT8);
  sumi_array_unref(numbers);
  return bytes;
}

static void add(float *numbers, int64_t pixels, int64_t channels, float by) {
  for (int64_t i = 0; i < pixels * channels; ++i) numbers[i] += by;
}

sumi_array_t *sumi_image_adjust_brightness(const sumi_array_t *image, double delta) {
  return adjust("adjust_brightness", image, add, delta, 0);
}

static void spread(float *numbers, int64_t pixels, int64_t channels, float by) {
  for (int64_t c = 0; c < channels; ++c) {
    double sum = 0;
    for (int64_t i = 0; i < pixels; ++i) sum += (double)numbers[i * channels + c];
    const float mean = (float)(sum / (double)pixels);
    for (int64_t i = 0; i < pixels; ++i) {
      float *number = &numbers[i * channels + c];
      *number = (*number - mean) * by + mean;
    }
  }
}

sumi_array_t *sumi_image_adjust_contrast(const sumi_array_t *image, double factor) {
  return adjust("adjust_contrast", image, spread, factor, 0);
}

/* ---- Hue and saturation (A. R. Smith, "Color gamut transform pairs", SIGGRAPH 1978) ---- */

typedef struct {
  float hue, saturation, value; /* hue: 0 to 6, a sixth for each side of the hexagon */
} hsv_t;

static hsv_t hsv_of(const float *rgb) {
  const float r = rgb[0], g = rgb[1], b = rgb[2];
  const float most = fmaxf(r, fmaxf(g, b)), range = most - fminf(r, fminf(g, b));
  hsv_t hsv = {0, most > 0 ? range / most : 0, most};
  if (range > 0)
    hsv.hue = most == r ? (g - b) / range : most == g ? 2 + (b - r) / range : 4 + (r - g) / range;
  if (hsv.hue < 0) hsv.hue += 6;
  return hsv;
}

/* 1 in the third of the circle around a colour, 0 in the third across, and straight between. */
static float share(float hue, float color) {
  float distance = fabsf(hue - color);
  if (distance > 3) distance = 6 - distance;
  const float left = 2 - distance;
  return left > 1 ? 1 : left > 0 ? left : 0;
}

static void rgb_of(hsv_t hsv, float *rgb) {
  for (int c = 0; c < 3; ++c) {
    const float pure = share(hsv.hue, 2.0f * (float)c);
    rgb[c] = hsv.value * (1 - hsv.saturation * (1 - pure));
  }
}

static void saturate(float *numbers, int64_t pixels, int64_t channels, float by) {
  for (float *rgb = numbers; rgb < numbers + pixels * channels; rgb += channels) {
    hsv_t hsv = hsv_of(rgb);
    hsv.saturation = fminf(fmaxf(hsv.saturation * by, 0), 1);
    rgb_of(hsv, rgb);
  }
}

sumi_array_t *sumi_image_adjust_saturation(const sumi_array_t *image, double factor) {
  if (factor < 0) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "adjust_saturation by %g; 0 or more is needed", factor);
    return NULL;
  }
  return adjust("adjust_saturation", image, saturate, factor, 3);
}

static void turn(float *numbers, int64_t pixels, int64_t channels, float by) {
  for (float *rgb = numbers; rgb < numbers + pixels * channels; rgb += channels) {
    hsv_t hsv = hsv_of(rgb);
    hsv.hue = fmodf(hsv.hue + 6 * by + 6, 6);
    rgb_of(hsv, rgb);
  }
}

sumi_array_t *sumi_image_adjust_hue(const sumi_array_t *image, double delta) {
  if (!(delta >= -1 && delta <= 1)) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "adjust_hue by %g; -1 to 1 are allowed", delta);
    return NULL;
  }
  return adjust("adjust_hue", image, turn, delta, 3);
}

/* ---- Standardization ---- */

/* The deviation is not taken for less than that of one number in as many, so that a picture of one
 * colour becomes zeros. */
static void standardize(float *numbers, int64_t count) {
  double sum = 0, squares = 0;
  for (int64_t i = 0; i < count; ++i) sum += (double)numbers[i];
  const double mean = sum / (double)count;
  for (int64_t i = 0; i < count; ++i)
    squares += ((double)numbers[i] - mean) * ((double)numbers[i] - mean);
  const double deviation = fmax(sqrt(squares / (double)count), 1 / sqrt((double)count));
  for (int64_t i = 0; i < count; ++i) numbers[i] = (float)(((double)numbers[i] - mean) / deviation);
}

sumi_array_t *sumi_image_standardize(const sumi_array_t *array) {
  sumi__tensor_image_t image;
  if (sumi__tensor_image_look("standardize", array, &image) != SUMI_OK) return NULL;
  sumi_array_t *numbers = sumi_array_astype(array, SUMI_FLOAT32);
  const int64_t count = image.height * image.width * image.channels;
  for (int64_t i = 0; numbers && i < image.n; ++i)
    standardize((float *)sumi_array_data(numbers) + i * count, count);
  return numbers;
}
