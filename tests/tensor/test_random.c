#include <stdlib.h>
#include <sumi/array.h>
#include <sumi/random.h>
#include "sumi_test.h"

/* Random123-1.14, examples/kat_vectors, lines "philox4x32 10". */
static void philox_gives_the_published_vectors(void **state) {
  (void)state;
  static const struct {
    sumi_philox_t at;
    uint32_t expected[4];
  } vectors[] = {
      {{{0, 0}, {0, 0, 0, 0}}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{{0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{{0xa4093822, 0x299f31d0}, {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (size_t i = 0; i < sizeof vectors / sizeof *vectors; ++i) {
    uint32_t block[4];
    sumi_philox_block(vectors[i].at, block);
    assert_memory_equal(block, vectors[i].expected, sizeof block);
  }
}

static void skipping_carries_through_all_words(void **state) {
  (void)state;
  sumi_philox_t at = {{1, 2}, {0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 5}};
  at = sumi_philox_skip(at, 1);
  const uint32_t carried[4] = {0, 0, 0, 6};
  assert_memory_equal(at.counter, carried, sizeof carried);
  at = sumi_philox_skip(at, UINT64_C(0x300000004));
  const uint32_t skipped[4] = {4, 3, 0, 6};
  assert_memory_equal(at.counter, skipped, sizeof skipped);
}

static void seeds_are_placed_as_in_philoxrandom(void **state) {
  (void)state;
  const sumi_philox_t at = sumi_philox_seeded(INT64_C(0x1122334455667788), -2);
  const uint32_t key[2] = {0x55667788, 0x11223344}, counter[4] = {0, 0, 0xFFFFFFFE, 0xFFFFFFFF};
  assert_memory_equal(at.key, key, sizeof key);
  assert_memory_equal(at.counter, counter, sizeof counter);
}

static void some_int32(sumi_philox_t stream, int64_t first, int64_t count, int32_t *out) {
  sumi_random_uniform_int32(stream, -5, 1000, first, count, out);
}

static void some_int64(sumi_philox_t stream, int64_t first, int64_t count, int64_t *out) {
  sumi_random_uniform_int64(stream, -5, 1000, first, count, out);
}

/* A range in pieces of every length is the range at once. */
#define PIECES(fill, type)                                                                         \
  do {                                                                                             \
    type whole[61], pieces[61];                                                                    \
    fill(stream, 5, 61, whole);                                                                    \
    for (int64_t length = 1; length < 20; ++length) {                                              \
      for (int64_t at = 0; at < 61; at += length)                                                  \
        fill(stream, 5 + at, at + length > 61 ? 61 - at : length, pieces + at);                    \
      assert_memory_equal(pieces, whole, sizeof whole);                                            \
    }                                                                                              \
  } while (0)

static void ranges_may_be_filled_in_pieces(void **state) {
  (void)state;
  const sumi_philox_t stream = sumi_philox_seeded(3, 4);
  PIECES(sumi_random_uniform_float32, float);
  PIECES(sumi_random_uniform_float64, double);
  PIECES(sumi_random_normal_float32, float);
  PIECES(sumi_random_normal_float64, double);
  PIECES(sumi_random_truncated_normal_float32, float);
  PIECES(sumi_random_truncated_normal_float64, double);
  PIECES(some_int32, int32_t);
  PIECES(some_int64, int64_t);
}

enum { DRAWN = 200000 };

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double uniform_cdf(double x) {
  return x;
}

static double normal_cdf(double x) {
  return 0.5 * erfc(-x / sqrt(2));
}

static double truncated_cdf(double x) {
  return (normal_cdf(x) - normal_cdf(-2)) / (normal_cdf(2) - normal_cdf(-2));
}

/* Kolmogorov and Smirnov: sqrt(n) D exceeds 1.95 once in a thousand samples of the right
 * distribution. */
static void assert_distributed(double *values, double (*cdf)(double)) {
  qsort(values, DRAWN, sizeof *values, ascending);
  double distance = 0;
  for (int i = 0; i < DRAWN; ++i) {
    const double expected = cdf(values[i]);
    distance = fmax(distance, fabs((i + 1.0) / DRAWN - expected));
    distance = fmax(distance, fabs(expected - (double)i / DRAWN));
  }
  assert_near(sqrt(DRAWN) * distance, 0, 1.95);
}

static void distributions_pass_kolmogorov_smirnov(void **state) {
  (void)state;
  static float single[DRAWN];
  static double values[DRAWN];
  const sumi_philox_t stream = sumi_philox_seeded(20, 26);
#define CHECK_BOTH(kind, cdf)                                                                      \
  sumi_random_##kind##_float32(stream, 0, DRAWN, single);                                          \
  for (int i = 0; i < DRAWN; ++i) values[i] = single[i];                                           \
  assert_distributed(values, cdf);                                                                 \
  sumi_random_##kind##_float64(stream, 0, DRAWN, values);                                          \
  assert_distributed(values, cdf);
  CHECK_BOTH(uniform, uniform_cdf)
  CHECK_BOTH(normal, normal_cdf)
  CHECK_BOTH(truncated_normal, truncated_cdf)
}

/* Mean 0, variance 1, skewness 0, kurtosis 3, no correlation of neighbours, each within 5 standard
 * errors. */
static void normal_numbers_have_normal_moments(void **state) {
  (void)state;
  static float values[DRAWN];
  sumi_random_normal_float32(sumi_philox_seeded(5, 6), 0, DRAWN, values);
  double sums[5] = {0};
  for (int i = 0; i < DRAWN; ++i) {
    const double x = values[i], next = values[(i + 1) % DRAWN];
    sums[0] += x, sums[1] += x * x, sums[2] += x * x * x, sums[3] += x * x * x * x;
    sums[4] += x * next;
  }
  const double error = 5 / sqrt(DRAWN);
  assert_near(sums[0] / DRAWN, 0, error);
  assert_near(sums[1] / DRAWN, 1, error * sqrt(2));
  assert_near(sums[2] / DRAWN, 0, error * sqrt(15));
  assert_near(sums[3] / DRAWN, 3, error * sqrt(96));
  assert_near(sums[4] / DRAWN, 0, error);
}

static void integers_stay_in_their_interval_and_reach_its_ends(void **state) {
  (void)state;
  int32_t values[1000];
  sumi_random_uniform_int32(sumi_philox_seeded(1, 1), -3, 4, 0, 1000, values);
  int seen[7] = {0};
  for (int i = 0; i < 1000; ++i) {
    assert_in_range(values[i] + 3, 0, 6);
    ++seen[values[i] + 3];
  }
  for (int k = 0; k < 7; ++k) assert_near(seen[k], 1000 / 7.0, 60);
}

static void a_permutation_holds_every_index_once(void **state) {
  (void)state;
  int64_t order[1000];
  bool seen[1000] = {false};
  sumi_random_permutation(sumi_philox_seeded(1, 2), 1000, order);
  int fixed = 0;
  for (int i = 0; i < 1000; ++i) {
    assert_in_range(order[i], 0, 999);
    assert_false(seen[order[i]]);
    seen[order[i]] = true;
    fixed += order[i] == i;
  }
  assert_in_range(fixed, 0, 9); /* Poisson with mean 1 */
}

/* Each of the 6 orders of 3 things comes 1000 times in 6000, give or take 5 standard deviations. */
static void permutations_are_equally_likely(void **state) {
  (void)state;
  int counts[27] = {0};
  for (int seed = 0; seed < 6000; ++seed) {
    int64_t order[3];
    sumi_random_permutation(sumi_philox_seeded(seed, 0), 3, order);
    ++counts[order[0] * 9 + order[1] * 3 + order[2]];
  }
  static const int orders[6] = {5, 7, 11, 15, 19, 21};
  for (int i = 0; i < 6; ++i) assert_near(counts[orders[i]], 1000, 5 * sqrt(6000 * 5 / 36.0));
}

static void arrays_of_random_numbers_are_scaled_streams(void **state) {
  (void)state;
  float stream[6];
  sumi_random_normal_float32(sumi_philox_seeded(8, 9), 0, 6, stream);
  sumi_array_t *array = sumi_array_normal(SUMI_FLOAT32, SUMI_DIMS(2, 3), 10, 2, 8, 9);
  assert_non_null(array);
  for (int i = 0; i < 6; ++i) assert_near(sumi_array_get(array, i), 10 + 2 * stream[i], 1e-5);
  sumi_array_unref(array);
  array = sumi_array_uniform(SUMI_FLOAT64, SUMI_DIMS(1000), -3, 5, 1, 1);
  for (int i = 0; i < 1000; ++i) assert_near(sumi_array_get(array, i), 1, 4);
  sumi_array_unref(array);
  assert_null(sumi_array_normal(SUMI_INT32, SUMI_DIMS(2), 0, 1, 0, 0));
  assert_non_null(strstr(sumi_error_message(), "int32"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(philox_gives_the_published_vectors),
      cmocka_unit_test(skipping_carries_through_all_words),
      cmocka_unit_test(seeds_are_placed_as_in_philoxrandom),
      cmocka_unit_test(ranges_may_be_filled_in_pieces),
      cmocka_unit_test(distributions_pass_kolmogorov_smirnov),
      cmocka_unit_test(normal_numbers_have_normal_moments),
      cmocka_unit_test(integers_stay_in_their_interval_and_reach_its_ends),
      cmocka_unit_test(a_permutation_holds_every_index_once),
      cmocka_unit_test(permutations_are_equally_likely),
      cmocka_unit_test(arrays_of_random_numbers_are_scaled_streams),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
