/* Distributions over Philox blocks, as in TensorFlow's random_distributions.h. */
#include <sumi/random.h>

#include <math.h>
#include <string.h>

/* ---- Numbers of one block ---- */

/* The low 23 bits as the fraction of a float in [1, 2), less 1. */
static float unit_float(uint32_t bits) {
  const uint32_t pattern = UINT32_C(127) << 23 | (bits & 0x7FFFFF);
  float value;
  memcpy(&value, &pattern, sizeof value);
  return value - 1.0f;
}

static double unit_double(uint32_t high, uint32_t low) {
  const uint64_t pattern = UINT64_C(1023) << 52 | (uint64_t)(high & 0xFFFFF) << 32 | low;
  double value;
  memcpy(&value, &pattern, sizeof value);
  return value - 1.0;
}

static const double two_pi = 2 * 3.14159265358979323846;

static void box_muller_float(const uint32_t bits[2], float out[2]) {
  const float smallest = 1.0e-7f, u = unit_float(bits[0]);
  const float angle = (float)(two_pi * unit_float(bits[1]));
  const float radius = sqrtf(-2.0f * logf(u < smallest ? smallest : u));
  out[0] = sinf(angle) * radius;
  out[1] = cosf(angle) * radius;
}

static void box_muller_double(const uint32_t bits[4], double out[2]) {
  const double smallest = 1.0e-7, u = unit_double(bits[0], bits[1]);
  const double angle = two_pi * unit_double(bits[2], bits[3]);
  const double radius = sqrt(-2.0 * log(u < smallest ? smallest : u));
  out[0] = sin(angle) * radius;
  out[1] = cos(angle) * radius;
}

static void uniform_float32(sumi_philox_t at, float out[4]) {
  uint32_t block[4];
  sumi_philox_block(at, block);
  for (int i = 0; i < 4; ++i) out[i] = unit_float(block[i]);
}

static void uniform_float64(sumi_philox_t at, double out[2]) {
  uint32_t block[4];
  sumi_philox_block(at, block);
  for (int i = 0; i < 2; ++i) out[i] = unit_double(block[2 * i], block[2 * i + 1]);
}

static void normal_float32(sumi_philox_t at, float out[4]) {
  uint32_t block[4];
  sumi_philox_block(at, block);
  box_muller_float(block, out);
  box_muller_float(block + 2, out + 2);
}

static void normal_float64(sumi_philox_t at, double out[2]) {
  uint32_t block[4];
  sumi_philox_block(at, block);
  box_muller_double(block, out);
}

static void truncated_float32(sumi_philox_t at, float out[4]) {
  for (int kept = 0;; at = sumi_philox_skip(at, 1)) {
    float drawn[4];
    normal_float32(at, drawn);
    for (int i = 0; i < 4; ++i) {
      if (fabsf(drawn[i]) < 2) out[kept++] = drawn[i];
      if (kept == 4) return;
    }
  }
}

static void truncated_float64(sumi_philox_t at, double out[2]) {
  for (int kept = 0;; at = sumi_philox_skip(at, 1)) {
    double drawn[2];
    normal_float64(at, drawn);
    for (int i = 0; i < 2; ++i) {
      if (fabs(drawn[i]) < 2) out[kept++] = drawn[i];
      if (kept == 2) return;
    }
  }
}

/* ---- Ranges: groups of numbers that are drawn together, each from its own blocks ---- */

#define FILL(name, type, group, blocks, draw)                                                      \
  void name(sumi_philox_t stream, int64_t first, int64_t count, type *out) {                       \
    sumi_philox_t at = sumi_philox_skip(stream, (uint64_t)(first / (group)) * (blocks));           \
    int64_t skipped = first % (group);                                                             \
    while (count > 0) {                                                                            \
      type numbers[group];                                                                         \
      draw(at, numbers);                                                                           \
      const int64_t left = (group)-skipped, taken = count < left ? count : left;                   \
      memcpy(out, numbers + skipped, (size_t)taken * sizeof(type));                                \
      out += taken, count -= taken, skipped = 0;                                                   \
      at = sumi_philox_skip(at, (blocks));                                                         \
    }                                                                                              \
  }
FILL(sumi_random_uniform_float32, float, 4, 1, uniform_float32)
FILL(sumi_random_uniform_float64, double, 2, 1, uniform_float64)
FILL(sumi_random_normal_float32, float, 4, 1, normal_float32)
FILL(sumi_random_normal_float64, double, 2, 1, normal_float64)
/* A group that may need any number of blocks has 64 for each word TensorFlow's group takes. */
FILL(sumi_random_truncated_normal_float32, float, 4, 256, truncated_float32)
FILL(sumi_random_truncated_normal_float64, double, 2, 128, truncated_float64)

static void bits32(sumi_philox_t at, uint32_t out[4]) {
  sumi_philox_block(at, out);
}

static void bits64(sumi_philox_t at, uint64_t out[2]) {
  uint32_t block[4];
  sumi_philox_block(at, block);
  for (int i = 0; i < 2; ++i) out[i] = block[2 * i] | (uint64_t)block[2 * i + 1] << 32;
}

static FILL(fill_bits32, uint32_t, 4, 1, bits32) static FILL(fill_bits64, uint64_t, 2, 1, bits64)

    void sumi_random_uniform_int32(sumi_philox_t stream, int32_t low, int32_t high, int64_t first,
                                   int64_t count, int32_t *out) {
  uint32_t *numbers = (uint32_t *)out; /* the signed and unsigned type may share memory */
  const uint32_t range = (uint32_t)high - (uint32_t)low;
  fill_bits32(stream, first, count, numbers);
  for (int64_t i = 0; i < count; ++i) numbers[i] = (uint32_t)low + numbers[i] % range;
}

void sumi_random_uniform_int64(sumi_philox_t stream, int64_t low, int64_t high, int64_t first,
                               int64_t count, int64_t *out) {
  uint64_t *numbers = (uint64_t *)out;
  const uint64_t range = (uint64_t)high - (uint64_t)low;
  fill_bits64(stream, first, count, numbers);
  for (int64_t i = 0; i < count; ++i) numbers[i] = (uint64_t)low + numbers[i] % range;
}

/* A number in [0, limit), without bias: the topmost 2^64 mod limit values, which would favour small
 * remainders, are drawn again. */
static uint64_t below(sumi_philox_t *at, uint64_t limit) {
  const uint64_t overhang = (UINT64_MAX % limit + 1) % limit;
  uint64_t bits[2];
  do {
    bits64(*at, bits);
    *at = sumi_philox_skip(*at, 1);
  } while (bits[0] > UINT64_MAX - overhang);
  return bits[0] % limit;
}

void sumi_random_permutation(sumi_philox_t stream, int64_t count, int64_t *out) {
  for (int64_t i = 0; i < count; ++i) {
    const int64_t other = (int64_t)below(&stream, (uint64_t)i + 1);
    if (other < i) out[i] = out[other];
    out[other] = i;
  }
}
