/* Ten kinds of glyphs, drawn with a round pen along straight lines. */
#include "array/array.h"
#include <sumi/data.h>
#include <sumi/random.h>

#include <inttypes.h>
#include <math.h>

enum { SIDE = 28, POINTS_MAX = 20, GLYPHS = 10 };

/* Strokes are runs of points in [-1, 1]^2, y downwards; UP lifts the pen before the next point. */
#define UP 9.0f
typedef struct {
  const char *name;
  int count;
  float point[POINTS_MAX][2];
} glyph_t;

static const glyph_t glyphs[GLYPHS] = {
    {"circle",
     13,
     {{1, 0},
      {0.87f, 0.5f},
      {0.5f, 0.87f},
      {0, 1},
      {-0.5f, 0.87f},
      {-0.87f, 0.5f},
      {-1, 0},
      {-0.87f, -0.5f},
      {-0.5f, -0.87f},
      {0, -1},
      {0.5f, -0.87f},
      {0.87f, -0.5f},
      {1, 0}}},
    {"square", 5, {{-0.8f, -0.8f}, {0.8f, -0.8f}, {0.8f, 0.8f}, {-0.8f, 0.8f}, {-0.8f, -0.8f}}},
    {"triangle", 4, {{0, -0.9f}, {0.9f, 0.7f}, {-0.9f, 0.7f}, {0, -0.9f}}},
    {"plus", 5, {{-1, 0}, {1, 0}, {UP, 0}, {0, -1}, {0, 1}}},
    {"cross", 5, {{-0.8f, -0.8f}, {0.8f, 0.8f}, {UP, 0}, {0.8f, -0.8f}, {-0.8f, 0.8f}}},
    {"arrow", 6, {{-1, 0}, {1, 0}, {UP, 0}, {0.4f, -0.6f}, {1, 0}, {0.4f, 0.6f}}},
    {"star",
     6,
     {{0, -1}, {0.59f, 0.81f}, {-0.95f, -0.31f}, {0.95f, -0.31f}, {-0.59f, 0.81f}, {0, -1}}},
    {"zigzag", 4, {{-0.8f, -0.8f}, {0.8f, -0.8f}, {-0.8f, 0.8f}, {0.8f, 0.8f}}},
    {"heart",
     11,
     {{0, 1},
      {-0.9f, 0.1f},
      {-0.95f, -0.4f},
      {-0.7f, -0.8f},
      {-0.3f, -0.8f},
      {0, -0.4f},
      {0.3f, -0.8f},
      {0.7f, -0.8f},
      {0.95f, -0.4f},
      {0.9f, 0.1f},
      {0, 1}}},
    {"house",
     7,
     {{-0.8f, 0.9f},
      {-0.8f, -0.1f},
      {0, -0.95f},
      {0.8f, -0.1f},
      {0.8f, 0.9f},
      {-0.8f, 0.9f},
      {-0.8f, -0.1f}}},
};

/* What is drawn by chance, each uniform in its range; lengths in pixels, angles in radians. */
enum { KIND, SCALE_X, SCALE_Y, TURN, SLANT, MOVE_X, MOVE_Y, PEN, INK, PAPER, CHANCES };
static const struct {
  float low, high;
} chances[CHANCES] = {
    [KIND] = {0, GLYPHS},     [SCALE_X] = {5, 10},       [SCALE_Y] = {5, 10},
    [TURN] = {-0.4f, 0.4f},   [SLANT] = {-0.25f, 0.25f}, [MOVE_X] = {-3.5f, 3.5f},
    [MOVE_Y] = {-3.5f, 3.5f}, [PEN] = {0.6f, 1.5f},      [INK] = {110, 230},
    [PAPER] = {0, 40},
};
static const float noise_deviation = 22;

typedef struct {
  float x, y;
} point_t;

static point_t place(const float point[2], const float *drawn) {
  const float x = (point[0] + drawn[SLANT] * point[1]) * drawn[SCALE_X];
  const float y = point[1] * drawn[SCALE_Y];
  const float c = cosf(drawn[TURN]), s = sinf(drawn[TURN]);
  const float middle = (SIDE - 1) / 2.0f;
  return (point_t){c * x - s * y + middle + drawn[MOVE_X], s * x + c * y + middle + drawn[MOVE_Y]};
}

static float distance_to_line(point_t p, point_t a, point_t b) {
  const float dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
  float t = length > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length : 0;
  t = t < 0 ? 0 : t > 1 ? 1 : t;
  return hypotf(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

static int clamp_to_side(float position) {
  return position < 0 ? 0 : position > SIDE - 1 ? SIDE - 1 : (int)position;
}

/* Covers the pixels within `pen` of the line, softly at its edge. */
static void draw_line(point_t a, point_t b, float pen, float *cover) {
  const int left = clamp_to_side(fminf(a.x, b.x) - pen - 1);
  const int right = clamp_to_side(fmaxf(a.x, b.x) + pen + 2);
  const int top = clamp_to_side(fminf(a.y, b.y) - pen - 1);
  const int bottom = clamp_to_side(fmaxf(a.y, b.y) + pen + 2);
  for (int y = top; y <= bottom; ++y)
    for (int x = left; x <= right; ++x) {
      const float inside = pen + 0.5f - distance_to_line((point_t){(float)x, (float)y}, a, b);
      const float share = inside < 0 ? 0 : inside > 1 ? 1 : inside;
      float *held = &cover[y * SIDE + x];
      if (share > *held) *held = share;
    }
}

static void draw_glyph(const glyph_t *glyph, const float *drawn, float *cover) {
  for (int i = 1; i < glyph->count; ++i) {
    if (glyph->point[i][0] == UP) {
      ++i; /* the point after the lift begins a stroke */
      continue;
    }
    draw_line(place(glyph->point[i - 1], drawn), place(glyph->point[i], drawn), drawn[PEN], cover);
  }
}

/* Draws picture `index` of the seed and returns its kind. */
static int draw_picture(int64_t seed, int64_t index, uint8_t *pixels) {
  const sumi_philox_t stream = sumi_philox_seeded(seed, index);
  float drawn[CHANCES], noise[SIDE * SIDE], cover[SIDE * SIDE] = {0};
  sumi_random_uniform_float32(stream, 0, CHANCES, drawn);
  sumi_random_normal_float32(sumi_philox_skip(stream, CHANCES), 0, SIDE * SIDE, noise);
  for (int i = 0; i < CHANCES; ++i)
    drawn[i] = chances[i].low + (chances[i].high - chances[i].low) * drawn[i];
  const int kind = drawn[KIND] < GLYPHS ? (int)drawn[KIND] : GLYPHS - 1;
  draw_glyph(&glyphs[kind], drawn, cover);
  for (int i = 0; i < SIDE * SIDE; ++i) {
    const float grey = drawn[PAPER] + (drawn[INK] - drawn[PAPER]) * cover[i] +
                       noise_deviation * noise[i];
    pixels[i] = grey < 0 ? 0 : grey > 255 ? 255 : (uint8_t)(grey + 0.5f);
  }
  return kind;
}

sumi_status_t sumi_dataset_draw_glyphs(int64_t count, int64_t seed, sumi_dataset_t *dataset) {
  if (!dataset) return sumi_fail(SUMI_INVALID_ARGUMENT, "the place of a data set is NULL");
  if (count < 1) return sumi_fail(SUMI_INVALID_ARGUMENT, "%" PRId64 " pictures of glyphs", count);
  sumi_dataset_release(dataset);
  const char *names[GLYPHS];
  for (int i = 0; i < GLYPHS; ++i) names[i] = glyphs[i].name;
  dataset->images = sumi_array_new_uninitialized(SUMI_UINT8, SUMI_DIMS(count, SIDE, SIDE, 1));
  dataset->labels = sumi_array_new_uninitialized(SUMI_INT32, SUMI_DIMS(count));
  dataset->class_names = sumi_array_from(SUMI_STRING, SUMI_DIMS(GLYPHS), names);
  if (!dataset->images || !dataset->labels || !dataset->class_names) {
    sumi_dataset_release(dataset);
    return SUMI_RESOURCE_EXHAUSTED;
  }
  uint8_t *pixels = dataset->images->data;
  int32_t *labels = dataset->labels->data;
  for (int64_t i = 0; i < count; ++i) labels[i] = draw_picture(seed, i, pixels + i * SIDE * SIDE);
  return SUMI_OK;
}
