#include "data/image/image.h"

#include <inttypes.h>

/* From [low, high); the stream moves on by a block. */
static double draw(sumi_philox_t *random, double low, double high) {
  double number;
  sumi_random_uniform_float64(*random, 0, 1, &number);
  *random = sumi_philox_skip(*random, 1);
  return low + number * (high - low);
}

static int64_t draw_int(sumi_philox_t *random, int64_t end) {
  int64_t number;
  sumi_random_uniform_int64(*random, 0, end, 0, 1, &number);
  *random = sumi_philox_skip(*random, 1);
  return number;
}

static bool has_stream(const char *what, const sumi_philox_t *random) {
  if (random) return true;
  sumi_fail(SUMI_INVALID_ARGUMENT, "%s: the stream is NULL", what);
  return false;
}

static bool is_range(const char *what, double low, double high) {
  if (low <= high) return true;
  sumi_fail(SUMI_INVALID_ARGUMENT, "%s: from %g to %g; the smaller number stands first", what, low,
            high);
  return false;
}

/* The picture is looked at whether it is flipped or not. */
static bool can_flip(const char *what, const sumi_array_t *array, const sumi_philox_t *random) {
  sumi__tensor_image_t image;
  return has_stream(what, random) && sumi__tensor_image_look(what, array, &image) == SUMI_OK;
}

sumi_array_t *sumi_image_random_flip_left_right(const sumi_array_t *image, sumi_philox_t *random) {
  if (!can_flip("random_flip_left_right", image, random)) return NULL;
  return draw_int(random, 2) ? sumi_image_flip_left_right(image) : sumi_array_copy(image);
}

sumi_array_t *sumi_image_random_flip_up_down(const sumi_array_t *image, sumi_philox_t *random) {
  if (!can_flip("random_flip_up_down", image, random)) return NULL;
  return draw_int(random, 2) ? sumi_image_flip_up_down(image) : sumi_array_copy(image);
}

sumi_array_t *sumi_image_random_crop(const sumi_array_t *array, int64_t height, int64_t width,
                                     sumi_philox_t *random) {
  sumi__tensor_image_t image;
  if (!has_stream("random_crop", random) ||
      sumi__tensor_image_look("random_crop", array, &image) != SUMI_OK)
    return NULL;
  if (height < 1 || width < 1 || height > image.height || width > image.width) {
    sumi_fail(SUMI_INVALID_ARGUMENT,
              "random_crop: (%" PRId64 ", %" PRId64 ") out of (%" PRId64 ", %" PRId64 ")", height,
              width, image.height, image.width);
    return NULL;
  }
  const int64_t y = draw_int(random, image.height - height + 1);
  return sumi_image_crop(array, y, draw_int(random, image.width - width + 1), height, width);
}

sumi_array_t *sumi_image_random_brightness(const sumi_array_t *image, double max_delta,
                                           sumi_philox_t *random) {
  if (!has_stream("random_brightness", random) ||
      !is_range("random_brightness", -max_delta, max_delta))
    return NULL;
  return sumi_image_adjust_brightness(image, draw(random, -max_delta, max_delta));
}

sumi_array_t *sumi_image_random_contrast(const sumi_array_t *image, double lower, double upper,
                                         sumi_philox_t *random) {
  if (!has_stream("random_contrast", random) || !is_range("random_contrast", lower, upper))
    return NULL;
  return sumi_image_adjust_contrast(image, draw(random, lower, upper));
}

sumi_array_t *sumi_image_random_saturation(const sumi_array_t *image, double lower, double upper,
                                           sumi_philox_t *random) {
  if (!has_stream("random_saturation", random) || !is_range("random_saturation", lower, upper))
    return NULL;
  return sumi_image_adjust_saturation(image, draw(random, lower, upper));
}

sumi_array_t *sumi_image_random_hue(const sumi_array_t *image, double max_delta,
                                    sumi_philox_t *random) {
  if (!has_stream("random_hue", random) || !is_range("random_hue", -max_delta, max_delta))
    return NULL;
  return sumi_image_adjust_hue(image, draw(random, -max_delta, max_delta));
}
