/* Pictures mirrored, cut and put into larger ones: pixels move, and stay what they are. */
#include "data/image/image.h"

#include <inttypes.h>
#include <string.h>

/* ---- Mirrors ---- */

static void copy_row_mirrored(const char *from, char *to, int64_t width, size_t pixel) {
  for (int64_t x = 0; x < width; ++x)
    memcpy(to + (size_t)(width - 1 - x) * pixel, from + (size_t)x * pixel, pixel);
}

sumi_array_t *sumi_image_flip_left_right(const sumi_array_t *array) {
  sumi__tensor_image_t image;
  if (sumi__tensor_image_look("flip_left_right", array, &image) != SUMI_OK) return NULL;
  sumi_array_t *flipped = sumi__tensor_image_new(&image, sumi_array_dtype(array), image.height,
                                                 image.width);
  const size_t row = (size_t)image.width * image.pixel_bytes;
  for (int64_t y = 0; flipped && y < image.n * image.height; ++y)
    copy_row_mirrored((const char *)sumi_array_data(array) + (size_t)y * row,
                      (char *)sumi_array_data(flipped) + (size_t)y * row, image.width,
                      image.pixel_bytes);
  return flipped;
}

sumi_array_t *sumi_image_flip_up_down(const sumi_array_t *array) {
  sumi__tensor_image_t image;
  if (sumi__tensor_image_look("flip_up_down", array, &image) != SUMI_OK) return NULL;
  sumi_array_t *flipped = sumi__tensor_image_new(&image, sumi_array_dtype(array), image.height,
                                                 image.width);
  const size_t row = (size_t)image.width * image.pixel_bytes;
  for (int64_t y = 0; flipped && y < image.n * image.height; ++y) {
    const int64_t first = y - y % image.height, mirrored = first + image.height - 1 - (y - first);
    memcpy((char *)sumi_array_data(flipped) + (size_t)mirrored * row,
           (const char *)sumi_array_data(array) + (size_t)y * row, row);
  }
  return flipped;
}

/* ---- Parts ---- */

/* A rectangle at a place of a picture. */
typedef struct {
  int64_t y, x, height, width;
} place_t;

static bool fits(const place_t *place, int64_t height, int64_t width) {
  return place->y >= 0 && place->x >= 0 && place->height > 0 && place->width > 0 &&
         place->height <= height && place->width <= width && place->y <= height - place->height &&
         place->x <= width - place->width;
}

/* Copies rectangles of the same size, from a place of one to a place of the other. */
static void copy_place(const sumi__tensor_image_t *image, const place_t *from, sumi_array_t *to,
                       const place_t *at, int64_t height, int64_t width) {
  const size_t pixel = image->pixel_bytes;
  for (int64_t i = 0; i < image->n; ++i)
    for (int64_t y = 0; y < from->height; ++y)
      memcpy((char *)sumi_array_data(to) +
                 (size_t)((i * height + at->y + y) * width + at->x) * pixel,
             (const char *)sumi_array_data(image->array) +
                 (size_t)((i * image->height + from->y + y) * image->width + from->x) * pixel,
             (size_t)from->width * pixel);
}

static sumi_status_t fail_outside(const char *what, const place_t *place, int64_t height,
                                  int64_t width) {
  return sumi_fail(SUMI_INVALID_ARGUMENT,
                   "%s: (%" PRId64 ", %" PRId64 ") at (%" PRId64 ", %" PRId64
                   ") is not inside of (%" PRId64 ", %" PRId64 ")",
                   what, place->height, place->width, place->y, place->x, height, width);
}

sumi_array_t *sumi_image_crop(const sumi_array_t *array, int64_t y, int64_t x, int64_t height,
                              int64_t width) {
  sumi__tensor_image_t image;
  if (sumi__tensor_image_look("crop", array, &image) != SUMI_OK) return NULL;
  const place_t part = {y, x, height, width}, whole = {0, 0, height, width};
  if (!fits(&part, image.height, image.width)) {
    fail_outside("crop", &part, image.height, image.width);
    return NULL;
  }
  sumi_array_t *cut = sumi__tensor_image_new(&image, sumi_array_dtype(array), height, width);
  if (cut) copy_place(&image, &part, cut, &whole, height, width);
  return cut;
}

sumi_array_t *sumi_image_pad(const sumi_array_t *array, int64_t y, int64_t x, int64_t height,
                             int64_t width) {
  sumi__tensor_image_t image;
  if (sumi__tensor_image_look("pad", array, &image) != SUMI_OK) return NULL;
  const place_t part = {y, x, image.height, image.width}, whole = {0, 0, image.height, image.width};
  if (!fits(&part, height, width)) {
    fail_outside("pad", &part, height, width);
    return NULL;
  }
  sumi_array_t *padded = sumi__tensor_image_new(&image, sumi_array_dtype(array), height, width);
  if (padded) copy_place(&image, &whole, padded, &part, height, width);
  return padded;
}

/* TensorFlow leaves out as much on both sides, rounded down. */
static int64_t margin(int64_t size, double fraction) {
  return (int64_t)(((double)size - (double)size * fraction) / 2);
}

sumi_array_t *sumi_image_central_crop(const sumi_array_t *array, double fraction) {
  sumi__tensor_image_t image;
  if (sumi__tensor_image_look("central_crop", array, &image) != SUMI_OK) return NULL;
  if (!(fraction > 0 && fraction <= 1)) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "central_crop: fraction is %g; above 0 and up to 1 is needed",
              fraction);
    return NULL;
  }
  const int64_t y = margin(image.height, fraction), x = margin(image.width, fraction);
  return sumi_image_crop(array, y, x, image.height - 2 * y, image.width - 2 * x);
}

static int64_t smaller(int64_t a, int64_t b) {
  return a < b ? a : b;
}

sumi_array_t *sumi_image_crop_or_pad(const sumi_array_t *array, int64_t height, int64_t width) {
  sumi__tensor_image_t image;
  if (sumi__tensor_image_look("crop_or_pad", array, &image) != SUMI_OK) return NULL;
  if (height < 1 || width < 1) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "crop_or_pad: to (%" PRId64 ", %" PRId64 ")", height, width);
    return NULL;
  }
  const int64_t h = smaller(height, image.height), w = smaller(width, image.width);
  const place_t from = {(image.height - h) / 2, (image.width - w) / 2, h, w},
                at = {(height - h) / 2, (width - w) / 2, h, w};
  sumi_array_t *fitted = sumi__tensor_image_new(&image, sumi_array_dtype(array), height, width);
  if (fitted) copy_place(&image, &from, fitted, &at, height, width);
  return fitted;
}
