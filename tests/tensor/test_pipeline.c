#include "sumi_test.h"

#include <stdlib.h>
#include <sumi/pipeline.h>
#include <sumi/ops.h>
#include <sumi/session.h>

enum { MOST = 4096 };

static sumi_pipeline_t *numbers(int64_t count) {
  sumi_array_t *array = sumi_array_arange(count, SUMI_INT64);
  sumi_pipeline_t *made = sumi_pipeline_from_arrays(SUMI_COMPONENTS({"x", array}));
  sumi_array_unref(array);
  return made;
}

/* The numbers that the iterator still has, and how many these are. */
static int64_t drain(sumi_iterator_t *iterator, int64_t *values) {
  int64_t count = 0;
  for (const sumi_element_t *e; (e = sumi_iterator_next(iterator));) {
    const sumi_array_t *x = sumi_element_get(e, "x");
    for (int64_t i = 0; i < sumi_array_count(x); ++i) {
      assert_true(count < MOST);
      values[count++] = (int64_t)sumi_array_get(x, i);
    }
  }
  return count;
}

/* The same for a pipeline, whose reference is taken. */
static int64_t collect(sumi_pipeline_t *pipeline, int64_t *values) {
  sumi_iterator_t *iterator = sumi_iterator_new(pipeline);
  sumi_pipeline_unref(pipeline);
  const int64_t count = drain(iterator, values);
  assert_ok(sumi_iterator_status(iterator));
  sumi_iterator_free(iterator);
  return count;
}

static sumi_status_t fail_of(sumi_pipeline_t *pipeline) {
  sumi_iterator_t *iterator = sumi_iterator_new(pipeline);
  sumi_pipeline_unref(pipeline);
  while (sumi_iterator_next(iterator)) continue;
  const sumi_status_t status = sumi_iterator_status(iterator);
  sumi_iterator_free(iterator);
  return status;
}

/* ---- Functions of the tests ---- */

static sumi_status_t add_noise(const sumi_pipeline_call_t *call, sumi_element_t *element) {
  int64_t noise;
  sumi_random_uniform_int64(call->random, 0, 1 << 30, 0, 1, &noise);
  const double x = sumi_array_get(sumi_element_get(element, "x"), 0);
  return sumi_element_set(element, "x",
                          sumi_array_scalar(SUMI_INT64, x * (1ll << 30) + (double)noise));
}

static sumi_status_t square(const sumi_pipeline_call_t *call, sumi_element_t *element) {
  (void)call;
  const double x = sumi_array_get(sumi_element_get(element, "x"), 0);
  return sumi_element_set(element, "x", sumi_array_scalar(SUMI_INT64, x * x));
}

static sumi_status_t refuse_multiples(const sumi_pipeline_call_t *call, sumi_element_t *element) {
  const int64_t x = (int64_t)sumi_array_get(sumi_element_get(element, "x"), 0);
  const int64_t of = *(const int64_t *)call->user;
  if (x % of == of - 1) return sumi_fail(SUMI_DATA_LOSS, "number %lld is bad", (long long)x);
  return SUMI_OK;
}

static sumi_status_t below_three(const sumi_pipeline_call_t *call, const sumi_element_t *element,
                                 bool *keep) {
  (void)call;
  *keep = (int64_t)sumi_array_get(sumi_element_get(element, "x"), 0) % 5 < 3;
  return SUMI_OK;
}

static sumi_status_t count_to_ten(const sumi_pipeline_call_t *call, sumi_element_t *element) {
  if (call->index == 10) return SUMI_OK;
  return sumi_element_set(element, "x",
                          sumi_array_scalar(SUMI_INT64, (double)(call->index + 100 * call->round)));
}

static sumi_pipeline_t *below(const sumi_pipeline_call_t *call, const sumi_element_t *element) {
  (void)call;
  return numbers((int64_t)sumi_array_get(sumi_element_get(element, "x"), 0));
}

static void count_release(void *user) {
  ++*(int *)user;
}

/* ---- Arrays ---- */

static void rows_are_not_copied(void **state) {
  (void)state;
  sumi_array_t *images = sumi_array_uniform(SUMI_FLOAT32, SUMI_DIMS(3, 2, 2), 0, 1, 1, 1);
  sumi_array_t *labels = sumi_array_arange(3, SUMI_INT32);
  sumi_pipeline_t *p = sumi_pipeline_from_arrays(
      SUMI_COMPONENTS({"image", images}, {"label", labels}));
  sumi_iterator_t *it = sumi_iterator_new(p);
  for (int i = 0; i < 3; ++i) {
    const sumi_element_t *e = sumi_iterator_next(it);
    assert_int_equal(sumi_element_count(e), 2);
    assert_string_equal(sumi_element_name(e, 1), "label");
    assert_null(sumi_element_name(e, 2));
    assert_null(sumi_element_get(e, "nothing"));
    assert_ptr_equal(sumi_array_data(sumi_element_get(e, "image")),
                     (float *)sumi_array_data(images) + 4 * i);
    assert_int_equal(sumi_array_rank(sumi_element_get(e, "label")), 0);
    assert_int_equal(sumi_array_get(sumi_element_get(e, "label"), 0), i);
    assert_int_equal(sumi_iterator_position(it), i + 1);
  }
  assert_null(sumi_iterator_next(it));
  assert_null(sumi_iterator_next(it));
  assert_ok(sumi_iterator_status(it));
  sumi_iterator_free(it);
  sumi_pipeline_unref(p);
  sumi_array_unref(images);
  sumi_array_unref(labels);
}

static void many_arrays_fit_into_an_element(void **state) {
  (void)state;
  sumi_array_t *array = sumi_array_arange(2, SUMI_FLOAT32);
  sumi_component_t list[9];
  char names[9][2];
  for (int i = 0; i < 9; ++i) {
    names[i][0] = (char)('a' + i), names[i][1] = 0;
    list[i] = (sumi_component_t){names[i], array};
  }
  sumi_pipeline_t *p = sumi_pipeline_batch(sumi_pipeline_from_arrays((sumi_components_t){9, list}),
                                           2);
  sumi_iterator_t *it = sumi_iterator_new(p);
  const sumi_element_t *e = sumi_iterator_next(it);
  assert_int_equal(sumi_element_count(e), 9);
  assert_true(sumi_array_equal(sumi_element_get(e, "i"), array));
  sumi_iterator_free(it);
  sumi_pipeline_unref(p);
  sumi_array_unref(array);
}

/* ---- Laws of shuffles ---- */

static void a_shuffle_is_a_permutation_within_reach(void **state) {
  (void)state;
  enum { N = 500 };
  static const int64_t sizes[] = {1, 2, 10, 100, N, 10 * N};
  int64_t values[MOST];
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; ++s) {
    assert_int_equal(collect(sumi_pipeline_shuffle(numbers(N), sizes[s], .seed = 3), values), N);
    bool seen[N] = {false};
    int64_t moved = 0;
    for (int64_t i = 0; i < N; ++i) {
      assert_false(seen[values[i]]);
      seen[values[i]] = true;
      assert_true(values[i] < i + sizes[s]); /* what the buffer could hold by then */
      moved += values[i] != i;
    }
    assert_true(sizes[s] == 1 ? moved == 0 : moved > N / 4);
  }
}

/* Three elements have six orders; each is expected 1000 times in 6000 with a deviation of 29. */
static void all_orders_of_a_whole_buffer_are_equally_likely(void **state) {
  (void)state;
  int64_t values[MOST], counts[27] = {0};
  for (int seed = 0; seed < 6000; ++seed) {
    assert_int_equal(collect(sumi_pipeline_shuffle(numbers(3), 3, .seed = seed), values), 3);
    ++counts[9 * values[0] + 3 * values[1] + values[2]];
  }
  static const int orders[] = {5, 7, 11, 15, 19, 21};
  for (int i = 0; i < 6; ++i) assert_near((double)counts[orders[i]], 1000, 5 * 29);
}

static void orders_are_the_seeds_and_the_rounds(void **state) {
  (void)state;
  int64_t a[MOST], b[MOST];
  for (int same = 0; same < 2; ++same) {
    for (int run = 0; run < 2; ++run) {
      sumi_pipeline_t *p = sumi_pipeline_shuffle(numbers(50), 50, .seed = 9,
                                                 .same_each_round = same);
      assert_int_equal(collect(sumi_pipeline_repeat(p, 3), run ? b : a), 150);
    }
    assert_memory_equal(a, b, 150 * sizeof *a);
    assert_int_equal(memcmp(a, a + 50, 50 * sizeof *a) == 0, same);
    assert_int_equal(memcmp(a + 50, a + 100, 50 * sizeof *a) == 0, same);
  }
  assert_int_equal(collect(sumi_pipeline_shuffle(numbers(50), 50, .seed = 10), b), 50);
  assert_memory_not_equal(a, b, 50 * sizeof *a);
}

static void rounds_within_rounds_have_orders_of_their_own(void **state) {
  (void)state;
  int64_t a[MOST];
  sumi_pipeline_t *p = sumi_pipeline_repeat(sumi_pipeline_shuffle(numbers(30), 30), 2);
  assert_int_equal(collect(sumi_pipeline_repeat(p, 2), a), 120);
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < i; ++j) assert_memory_not_equal(a + 30 * i, a + 30 * j, 30 * sizeof *a);
}

/* ---- Threads ---- */

static void threads_change_nothing(void **state) {
  (void)state;
  int64_t alone[MOST], threads[MOST];
  assert_int_equal(
      collect(sumi_pipeline_map(sumi_pipeline_repeat(numbers(300), 2), add_noise, .seed = 4),
              alone),
      600);
  for (int count = 2; count <= 8; count *= 2)
    for (int ahead = 1; ahead <= 3; ahead += 2) {
      sumi_pipeline_t *p = sumi_pipeline_map(sumi_pipeline_repeat(numbers(300), 2), add_noise,
                                             .seed = 4, .threads = count);
      assert_int_equal(collect(sumi_pipeline_prefetch(p, ahead), threads), 600);
      assert_memory_equal(alone, threads, 600 * sizeof *alone);
    }
}

static void random_functions_differ_by_element_round_and_stage(void **state) {
  (void)state;
  int64_t a[MOST];
  sumi_pipeline_t *p = sumi_pipeline_map(sumi_pipeline_take(numbers(8), 1), add_noise);
  assert_int_equal(collect(sumi_pipeline_repeat(p, 2), a), 2);
  assert_int_not_equal(a[0], a[1]);
  p = sumi_pipeline_map(sumi_pipeline_map(sumi_pipeline_take(numbers(8), 1), add_noise), add_noise);
  int64_t twice[MOST];
  assert_int_equal(collect(p, twice), 1);
  assert_int_not_equal(a[0], twice[0] % (1 << 30));
}

static void iterators_stop_at_any_moment(void **state) {
  (void)state;
  counting_allocator_install();
  for (int taken = 0; taken < 12; ++taken) {
    sumi_pipeline_t *p = sumi_pipeline_map(sumi_pipeline_repeat(numbers(5), SUMI_FOREVER), square,
                                           .threads = 3);
    p = sumi_pipeline_prefetch(sumi_pipeline_batch(sumi_pipeline_prefetch(p, 2), 2), 3);
    sumi_iterator_t *it = sumi_iterator_new(p);
    sumi_pipeline_unref(p);
    for (int i = 0; i < taken; ++i) assert_non_null(sumi_iterator_next(it));
    if (taken % 3 == 0) assert_ok(sumi_iterator_seek(it, 2));
    sumi_iterator_free(it);
  }
  assert_int_equal(counting_allocator_live(), 0);
  counting_allocator_remove();
}

/* ---- Places ---- */

/* Shuffled rounds of augmented pictures, as programs have them. */
static sumi_pipeline_t *usual(int threads) {
  sumi_pipeline_t *p = sumi_pipeline_shuffle(numbers(37), 12, .seed = 5);
  p = sumi_pipeline_map(p, add_noise, .threads = threads, .seed = 3);
  p = sumi_pipeline_repeat(sumi_pipeline_take(p, 33), 6);
  return sumi_pipeline_prefetch(sumi_pipeline_batch(p, 4), 2);
}

static sumi_pipeline_t *filtered(int threads) {
  sumi_pipeline_t *p = sumi_pipeline_filter(sumi_pipeline_shuffle(numbers(37), 5), below_three);
  p = sumi_pipeline_shard(
      sumi_pipeline_skip(sumi_pipeline_map(p, add_noise, .threads = threads), 2), 2, 1);
  p = sumi_pipeline_repeat(sumi_pipeline_cache(p), 4);
  p = sumi_pipeline_concatenate(sumi_pipeline_map(p, add_noise, .seed = 1),
                                sumi_pipeline_repeat(sumi_pipeline_from_function(count_to_ten), 3));
  return sumi_pipeline_batch(p, 3, .drop_remainder = true);
}

static sumi_pipeline_t *mixed(int threads) {
  sumi_pipeline_t *p = sumi_pipeline_interleave(numbers(9), below, .cycle_length = 3);
  p = sumi_pipeline_repeat(sumi_pipeline_map(p, add_noise, .threads = threads), 2);
  return sumi_pipeline_repeat(sumi_pipeline_ignore_errors(p), 2);
}

static void a_place_that_is_restored_goes_on_as_if_nothing_had_happened(void **state) {
  (void)state;
  static sumi_pipeline_t *(*const pipelines[])(int threads) = {usual, filtered, mixed};
  for (size_t k = 0; k < sizeof pipelines / sizeof *pipelines; ++k) {
    int64_t whole[MOST], rest[MOST];
    const int64_t count = collect(pipelines[k](0), whole);
    assert_true(count > 50);
    sumi_pipeline_t *p = pipelines[k](0), *threaded = pipelines[k](3);
    int64_t before = 0;
    sumi_iterator_t *it = sumi_iterator_new(p);
    for (;;) {
      sumi_buffer_t place = {0};
      sumi_iterator_save(it, &place);
      sumi_iterator_t *other = sumi_iterator_new(threaded);
      if (before % 2) assert_non_null(sumi_iterator_next(other)); /* wherever it is now */
      assert_ok(sumi_iterator_restore(other, sumi_buffer_text(&place)));
      assert_int_equal(sumi_iterator_position(other), sumi_iterator_position(it));
      assert_int_equal(drain(other, rest), count - before);
      assert_memory_equal(rest, whole + before, (size_t)(count - before) * sizeof *rest);
      sumi_iterator_free(other);
      sumi_buffer_release(&place);
      const sumi_element_t *e = sumi_iterator_next(it);
      if (!e) break;
      before += sumi_array_count(sumi_element_get(e, "x"));
    }
    sumi_iterator_free(it);
    sumi_pipeline_unref(p);
    sumi_pipeline_unref(threaded);
  }
}

static void passing_over_calls_no_function(void **state) {
  (void)state;
  const int64_t of = 10;
  sumi_pipeline_t *p = sumi_pipeline_map(numbers(1000), refuse_multiples,
                                         .user = (void *)(uintptr_t)&of);
  p = sumi_pipeline_batch(sumi_pipeline_repeat(p, SUMI_FOREVER), 3);
  sumi_iterator_t *it = sumi_iterator_new(p);
  assert_ok(sumi_iterator_seek(it, 1000000000000)); /* 3e12 numbers on: 0 again, by 1000 */
  const sumi_element_t *e = sumi_iterator_next(it);
  for (int i = 0; i < 3; ++i) assert_int_equal(sumi_array_get(sumi_element_get(e, "x"), i), i);
  sumi_iterator_free(it);
  sumi_pipeline_unref(p);
}

static void wrong_places_are_refused(void **state) {
  (void)state;
  sumi_pipeline_t *p = sumi_pipeline_batch(numbers(10), 5);
  sumi_iterator_t *it = sumi_iterator_new(p);
  assert_fails(sumi_iterator_restore(it, "1 of arrays(10) batch(4)"), SUMI_FAILED_PRECONDITION,
               "\"arrays(10) batch(4)\" is none of \"arrays(10) batch(5)\"");
  static const char *const texts[] = {"", "1", "x of arrays(10) batch(5)",
                                      "-1 of arrays(10) batch(5)",
                                      "99999999999999999999 of arrays(10) batch(5)"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; ++i)
    assert_fails(sumi_iterator_restore(it, texts[i]), SUMI_INVALID_ARGUMENT, "is no place");
  assert_fails(sumi_iterator_restore(it, NULL), SUMI_INVALID_ARGUMENT, "text is NULL");
  assert_fails(sumi_iterator_seek(it, -1), SUMI_INVALID_ARGUMENT, "negative");
  assert_fails(sumi_iterator_seek(it, 3), SUMI_OUT_OF_RANGE, "element 3 of a pipeline with 2");
  assert_null(sumi_iterator_next(it));
  assert_ok(sumi_iterator_seek(it, 2));
  assert_null(sumi_iterator_next(it));
  assert_ok(sumi_iterator_status(it));
  assert_ok(sumi_iterator_restore(it, "1 of arrays(10) batch(5)"));
  assert_int_equal(sumi_array_get(sumi_element_get(sumi_iterator_next(it), "x"), 0), 5);
  sumi_iterator_free(it);
  sumi_pipeline_unref(p);
}

/* ---- Failures ---- */

static void nothing_before_a_failure_is_lost(void **state) {
  (void)state;
  const int64_t of = 20;
  for (int threads = 0; threads < 4; threads += 3)
    for (int ahead = 0; ahead < 2; ++ahead) {
      sumi_pipeline_t *p = sumi_pipeline_map(numbers(60), refuse_multiples,
                                             .user = (void *)(uintptr_t)&of, .threads = threads);
      if (ahead) p = sumi_pipeline_prefetch(p, 4);
      sumi_iterator_t *it = sumi_iterator_new(p);
      int64_t values[MOST];
      assert_int_equal(drain(it, values), 19);
      assert_fails(sumi_iterator_status(it), SUMI_DATA_LOSS, "number 19 is bad");
      assert_null(sumi_iterator_next(it));
      sumi_iterator_free(it);
      assert_int_equal(collect(sumi_pipeline_ignore_errors(p), values), 57);
      assert_int_equal(values[19], 20);
    }
}

static void elements_that_do_not_fit_into_a_batch_are_named(void **state) {
  (void)state;
  sumi_array_t *a = sumi_array_new(SUMI_FLOAT32, SUMI_DIMS(2, 3));
  sumi_array_t *b = sumi_array_new(SUMI_FLOAT32, SUMI_DIMS(2, 4));
  sumi_array_t *c = sumi_array_new(SUMI_INT32, SUMI_DIMS(2, 3));
  sumi_array_t *d = sumi_array_new(SUMI_FLOAT32, SUMI_DIMS(2, 3, 1));
#define ROWS(...)   sumi_pipeline_from_arrays(SUMI_COMPONENTS(__VA_ARGS__))
#define BOTH(other) sumi_pipeline_concatenate(sumi_pipeline_repeat(ROWS({"x", a}), 2), other)
  assert_fails(
      fail_of(sumi_pipeline_batch(BOTH(ROWS({"x", b})), 3)), SUMI_INVALID_ARGUMENT,
      "batch 1: array \"x\" of its element 1 is float32 (4,), that of the first float32 (3,)");
  assert_fails(
      fail_of(sumi_pipeline_batch(BOTH(ROWS({"x", c})), 6)), SUMI_INVALID_ARGUMENT,
      "batch 0: array \"x\" of its element 4 is int32 (3,), that of the first float32 (3,)");
  assert_fails(fail_of(sumi_pipeline_batch(BOTH(ROWS({"y", a})), 6)), SUMI_INVALID_ARGUMENT,
               "array \"x\" of its element 4 is missing");
  assert_fails(fail_of(sumi_pipeline_batch(BOTH(ROWS({"x", a}, {"y", a})), 6)),
               SUMI_INVALID_ARGUMENT, "its element 4 has 2 arrays, the first has 1");
  assert_fails(fail_of(sumi_pipeline_padded_batch(BOTH(ROWS({"x", d})), 6)), SUMI_INVALID_ARGUMENT,
               "its element 4 is float32 (3, 1), that of the first float32 (3,)");
  assert_fails(fail_of(sumi_pipeline_padded_batch(
                   BOTH(ROWS({"x", b})), 6,
                   .paddings = SUMI_PADDINGS({.name = "x", .shape = SUMI_DIMS(3)}))),
               SUMI_INVALID_ARGUMENT,
               "its element 4 is float32 (4,), which does not fit into the shape (3,)");
  assert_fails(fail_of(sumi_pipeline_zip(ROWS({"x", a}), ROWS({"x", b}))), SUMI_INVALID_ARGUMENT,
               "both elements have an array \"x\"");
  sumi_array_unref(a), sumi_array_unref(b), sumi_array_unref(c), sumi_array_unref(d);
}

static void wrong_arguments_are_refused_and_the_first_failure_stays(void **state) {
  (void)state;
  sumi_array_t *two = sumi_array_arange(2, SUMI_INT32), *three = sumi_array_arange(3, SUMI_INT32),
               *scalar = sumi_array_scalar(SUMI_INT32, 1);
  static const char long_name[] =
      "0123456789012345678901234567890123456789012345678901234567890123";
  const struct {
    sumi_pipeline_t *pipeline;
    const char *message;
  } cases[] = {
      {ROWS({"a", two}, {"b", three}), "\"b\" has 3, \"a\" has 2"},
      {ROWS({"a", two}, {"a", two}), "two are called \"a\""},
      {ROWS({"a", scalar}), "\"a\" is a scalar"},
      {ROWS({"a", NULL}), "array \"a\" is NULL"},
      {ROWS({NULL, two}), "name is NULL"},
      {ROWS({"", two}), "has 0 bytes"},
      {ROWS({long_name, two}), "has 64 bytes; 1 to 63 are allowed"},
      {sumi_pipeline_from_arrays((sumi_components_t){0, NULL}), "rows of 0 arrays"},
      {sumi_pipeline_from_dataset(NULL), "array \"image\" is NULL"},
      {sumi_pipeline_from_function(NULL), "it is NULL"},
      {sumi_pipeline_from_function(count_to_ten, .count = -1), "count is negative"},
      {sumi_pipeline_batch(NULL, 2), "the pipeline is NULL"},
      {sumi_pipeline_zip(numbers(2), NULL), "the pipeline is NULL"},
      {sumi_pipeline_zip(NULL, numbers(2)), "the pipeline is NULL"},
      {sumi_pipeline_batch(numbers(3), 0), "batch: batch_size is 0"},
      {sumi_pipeline_padded_batch(numbers(3), -1), "padded_batch: batch_size is -1"},
      {sumi_pipeline_padded_batch(numbers(3), 1,
                                  .paddings = SUMI_PADDINGS({.shape = SUMI_DIMS(1)})),
       "name of padding 0"},
      {sumi_pipeline_take(numbers(3), -1), "take -1 elements"},
      {sumi_pipeline_skip(numbers(3), -1), "skip -1 elements"},
      {sumi_pipeline_shard(numbers(3), 2, 2), "shard 2 of 2"},
      {sumi_pipeline_shard(numbers(3), 0, 0), "shard 0 of 0"},
      {sumi_pipeline_repeat(numbers(3), -2), "repeat -2 times"},
      {sumi_pipeline_shuffle(numbers(3), 0), "buffer_size is 0"},
      {sumi_pipeline_prefetch(numbers(3), 0), "prefetch: count is 0"},
      {sumi_pipeline_map(numbers(3), NULL), "a map: the function is NULL"},
      {sumi_pipeline_map(numbers(3), square, .threads = -1), "threads is -1"},
      {sumi_pipeline_filter(numbers(3), NULL), "a filter: the function is NULL"},
      {sumi_pipeline_filter(numbers(3), below_three, .threads = 2), "threads is 2"},
      {sumi_pipeline_interleave(numbers(3), NULL), "interleave: the function is NULL"},
      {sumi_pipeline_interleave(numbers(3), below, .cycle_length = -1), "cycle_length is -1"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    sumi_pipeline_t *p = sumi_pipeline_batch(sumi_pipeline_take(cases[i].pipeline, -7), 2);
    assert_fails(sumi_pipeline_status(p), SUMI_INVALID_ARGUMENT, cases[i].message);
    sumi_iterator_t *it = sumi_iterator_new(p);
    assert_null(sumi_iterator_next(it));
    assert_fails(sumi_iterator_status(it), SUMI_INVALID_ARGUMENT, cases[i].message);
    assert_fails(sumi_iterator_seek(it, 0), SUMI_INVALID_ARGUMENT, cases[i].message);
    sumi_iterator_free(it);
    sumi_pipeline_unref(p);
  }
  sumi_iterator_t *it = sumi_iterator_new(NULL);
  assert_fails(sumi_iterator_status(it), SUMI_INVALID_ARGUMENT, "the pipeline is NULL");
  sumi_iterator_free(it);
  sumi_array_unref(two), sumi_array_unref(three), sumi_array_unref(scalar);
}

static void what_goes_with_a_function_is_released_once(void **state) {
  (void)state;
  int released = 0;
  sumi_pipeline_t *p = sumi_pipeline_map(numbers(3), square, .user = &released,
                                         .release = count_release);
  p = sumi_pipeline_filter(p, below_three, .user = &released, .release = count_release);
  sumi_iterator_t *it = sumi_iterator_new(p);
  sumi_pipeline_unref(p);
  assert_int_equal(released, 0);
  sumi_iterator_free(it);
  assert_int_equal(released, 2);
}

/* ---- Memory ---- */

static sumi_status_t use_everything(int threads) {
  sumi_status_t status = SUMI_OK;
  static sumi_pipeline_t *(*const pipelines[])(int threads) = {usual, filtered, mixed};
  for (size_t k = 0; k < 3 && status == SUMI_OK; ++k) {
    sumi_pipeline_t *p = sumi_pipeline_padded_batch(pipelines[k](threads), 2,
                                                    .paddings = SUMI_PADDINGS({.name = "x"}));
    p = sumi_pipeline_zip(sumi_pipeline_map(p, square), ROWS({"y", NULL}));
    sumi_pipeline_unref(p);
    p = sumi_pipeline_take(pipelines[k](threads), 3);
    sumi_iterator_t *it = sumi_iterator_new(p);
    status = it ? sumi_iterator_seek(it, 1) : SUMI_RESOURCE_EXHAUSTED;
    while (sumi_iterator_next(it)) continue;
    if (status == SUMI_OK) status = sumi_iterator_status(it);
    sumi_iterator_free(it);
    sumi_pipeline_unref(p);
  }
  return status;
}

static void memory_that_runs_out_anywhere_is_reported_and_leaks_nothing(void **state) {
  (void)state;
  for (int threads = 0; threads <= 2; threads += 2)
    for (int64_t nth = 1;; nth += threads ? 7 : 1) {
      counting_allocator_install();
      counting_allocator_fail_at(nth);
      const sumi_status_t status = use_everything(threads);
      const bool reached = counting_allocator_requests() >= nth;
      assert_int_equal(counting_allocator_live(), 0);
      counting_allocator_remove();
      if (!reached) {
        assert_int_equal(status, SUMI_OK);
        break;
      }
      /* A thread may have been ahead of what was asked for; an array that could not be made is a
       * NULL, which is refused where it is given a name. */
      assert_true(status == SUMI_RESOURCE_EXHAUSTED || status == SUMI_OK ||
                  strstr(sumi_error_message(), "out of memory"));
    }
}

/* ---- Sessions ---- */

static void elements_feed_sessions(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_INT64, .shape = SUMI_DIMS(-1));
  sumi_tensor_t total = sumi_reduce_sum(x);
  sumi_session_t *s = sumi_session_new(g);
  sumi_pipeline_t *p = sumi_pipeline_batch(numbers(10), 4);
  sumi_iterator_t *it = sumi_iterator_new(p);
  int64_t sum, sums[3] = {0 + 1 + 2 + 3, 4 + 5 + 6 + 7, 8 + 9};
  for (int i = 0; i < 3; ++i) {
    const sumi_element_t *e = sumi_iterator_next(it);
    assert_ok(
        sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = x, .array = sumi_element_get(e, "x")}),
                         .fetches = SUMI_FETCHES({.tensor = total, .scalar = &sum})));
    assert_int_equal(sum, sums[i]);
  }
  sumi_iterator_free(it);
  sumi_pipeline_unref(p);
  sumi_session_free(s);
  sumi_graph_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_are_not_copied),
      cmocka_unit_test(many_arrays_fit_into_an_element),
      cmocka_unit_test(a_shuffle_is_a_permutation_within_reach),
      cmocka_unit_test(all_orders_of_a_whole_buffer_are_equally_likely),
      cmocka_unit_test(orders_are_the_seeds_and_the_rounds),
      cmocka_unit_test(rounds_within_rounds_have_orders_of_their_own),
      cmocka_unit_test(threads_change_nothing),
      cmocka_unit_test(random_functions_differ_by_element_round_and_stage),
      cmocka_unit_test(iterators_stop_at_any_moment),
      cmocka_unit_test(a_place_that_is_restored_goes_on_as_if_nothing_had_happened),
      cmocka_unit_test(passing_over_calls_no_function),
      cmocka_unit_test(wrong_places_are_refused),
      cmocka_unit_test(nothing_before_a_failure_is_lost),
      cmocka_unit_test(elements_that_do_not_fit_into_a_batch_are_named),
      cmocka_unit_test(wrong_arguments_are_refused_and_the_first_failure_stays),
      cmocka_unit_test(what_goes_with_a_function_is_released_once),
      cmocka_unit_test(memory_that_runs_out_anywhere_is_reported_and_leaks_nothing),
      cmocka_unit_test(elements_feed_sessions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
