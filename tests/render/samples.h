/* Deterministic pictures and predictions that the tests draw. */
#ifndef SUMI_TESTS_RENDER_SAMPLES_H
#define SUMI_TESTS_RENDER_SAMPLES_H

#include <math.h>
#include <stdint.h>

#include <sumi/prediction.h>

enum { SAMPLE_SIDE = 28, SAMPLE_CLASSES = 10 };

static const char *const sample_names[SAMPLE_CLASSES] = {
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
static const char *const sample_names_zh[SAMPLE_CLASSES] = {
    "短袖圆领衫", "长裤", "套头毛衣", "连衣裙", "外套", "凉鞋", "衬衫", "运动鞋", "手提包", "短靴"};

/* Numbers in [0, 1): a counter through the finalizer of MurmurHash3. */
static inline double sample_random(uint32_t *state) {
  uint32_t x = *state += 0x9e3779b9u;
  x = (x ^ x >> 16) * 0x85ebca6bu;
  x = (x ^ x >> 13) * 0xc2b2ae35u;
  return ((x ^ x >> 16) >> 8) / 16777216.0;
}

/* A 28x28 grey picture, another figure for each of the 10 classes. */
static inline void sample_picture(int class_index, uint32_t seed,
                                  uint8_t pixels[SAMPLE_SIDE * SAMPLE_SIDE]) {
  uint32_t state = seed * 2654435761u + 1;
  const double dx = 4 * sample_random(&state) - 2, dy = 4 * sample_random(&state) - 2;
  for (int y = 0; y < SAMPLE_SIDE; ++y)
    for (int x = 0; x < SAMPLE_SIDE; ++x) {
      const double u = (x - 13.5 - dx) / 11, v = (y - 13.5 - dy) / 11, r = sqrt(u * u + v * v);
      const double shapes[SAMPLE_CLASSES] = {
          fabs(u) < 0.5 || (fabs(v + 0.6) < 0.25 && fabs(u) < 1),
          fabs(fabs(u) - 0.35) < 0.22,
          r < 0.9 && v > -0.7,
          fabs(u) < 0.25 + 0.4 * (v + 1),
          fabs(u) < 0.7 && fabs(u) > 0.08,
          fabs(v - u * 0.5) < 0.25,
          fabs(fabs(u) - fabs(v)) < 0.3,
          v > 0.1 - 0.5 * u && v < 0.7,
          (r < 0.95 && r > 0.6) || v > 0.2,
          (u < -0.1 && fabs(v) < 0.9) || fabs(v - 0.6) < 0.3,
      };
      const double inside = fabs(u) < 1.1 && fabs(v) < 1.05 ? shapes[class_index % SAMPLE_CLASSES]
                                                            : 0;
      const double value = inside * (150 + 60 * sin(3 * u + 2 * v)) +
                           30 * sample_random(&state) * (inside + 0.05);
      pixels[y * SAMPLE_SIDE + x] = (uint8_t)fmin(fmax(value, 0), 255);
    }
}

static inline sumi_array_view_t grey_view(const uint8_t *pixels, int64_t height, int64_t width) {
  return (sumi_array_view_t){SUMI_UINT8, 2, {height, width}, pixels};
}

/* A colour picture like a photo: smooth hills with some noise. */
static inline void sample_photo(int height, int width, uint8_t *rgb) {
  uint32_t state = 7;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x, rgb += 3) {
      const double u = (double)x / width, v = (double)y / height;
      const double hill = 0.5 + 0.2 * sin(5 * u) + 0.1 * sin(13 * u + 2);
      const double noise = 14 * sample_random(&state) - 7;
      const double sky = v < hill;
      rgb[0] = (uint8_t)fmin(255,
                             fmax(0, (sky ? 120 + 100 * v : 60 + 70 * sin(9 * u * v)) + noise));
      rgb[1] = (uint8_t)fmin(255, fmax(0, (sky ? 170 + 50 * v : 120 - 60 * (v - hill)) + noise));
      rgb[2] = (uint8_t)fmin(255, fmax(0, (sky ? 225 - 40 * v : 50 + 40 * u) + noise));
    }
}

#endif
