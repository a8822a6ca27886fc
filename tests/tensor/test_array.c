#include <limits.h>
#include <pthread.h>
#include <sumi/array.h>
#include "sumi_test.h"

static void shapes_are_built_counted_and_compared(void **state) {
  (void)state;
  assert_int_equal(SUMI_DIMS().rank, 0);
  assert_int_equal(sumi_dims_count(SUMI_DIMS()), 1);
  assert_int_equal(sumi_dims_count(SUMI_DIMS(2, 3, 4)), 24);
  assert_int_equal(sumi_dims_count(SUMI_DIMS(2, 0)), 0);
  assert_int_equal(sumi_dims_count(SUMI_DIMS(2, -1)), -1);
  assert_int_equal(sumi_dims_count(SUMI_DIMS_UNKNOWN), -1);
  assert_int_equal(sumi_dims_count(SUMI_DIMS(INT64_MAX, 2)), -1);
  assert_int_equal(sumi_dims_count(SUMI_DIMS(INT64_MAX, 2, 0)), 0);
  assert_int_equal(SUMI_DIMS(1, 2, 3, 4, 5, 6, 7, 8, 9).rank, 9);
  assert_int_equal(sumi_dims_count(SUMI_DIMS(1, 2, 3, 4, 5, 6, 7, 8, 9)), -1);
  assert_true(sumi_dims_equal(SUMI_DIMS(2, -1), SUMI_DIMS(2, -1)));
  assert_false(sumi_dims_equal(SUMI_DIMS(2), SUMI_DIMS(2, 1)));
  assert_false(sumi_dims_equal(SUMI_DIMS(2), SUMI_DIMS(3)));
  assert_true(sumi_dims_known(SUMI_DIMS(0, 2)));
  assert_false(sumi_dims_known(SUMI_DIMS(0, -1)));
  assert_false(sumi_dims_known(SUMI_DIMS_UNKNOWN));
}

/* TensorFlow 1 prints unknown sizes as "?", NumPy one-element tuples with a comma. */
static void shapes_print_as_tensorflow_prints_them(void **state) {
  (void)state;
  assert_string_equal(sumi_dims_text(SUMI_DIMS()).text, "()");
  assert_string_equal(sumi_dims_text(SUMI_DIMS(3)).text, "(3,)");
  assert_string_equal(sumi_dims_text(SUMI_DIMS(-1)).text, "(?,)");
  assert_string_equal(sumi_dims_text(SUMI_DIMS(-1, 128)).text, "(?, 128)");
  assert_string_equal(sumi_dims_text(SUMI_DIMS_UNKNOWN).text, "<unknown>");
  const int64_t largest[SUMI_MAX_RANK] = {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX,
                                          INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX};
  assert_int_equal(strlen(sumi_dims_text(sumi_dims_make(SUMI_MAX_RANK, largest)).text),
                   2 + 8 * 19 + 7 * 2);
}

static void unknown_sizes_broadcast(void **state) {
  (void)state;
  static const struct {
    int64_t a, b, result;
  } cases[] = {{-1, 1, -1}, {-1, 5, 5}, {-1, -1, -1}, {1, -1, -1},
               {5, -1, 5},  {1, 0, 0},  {4, 4, 4}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    sumi_dims_t result;
    assert_true(sumi_dims_broadcast(SUMI_DIMS(7, cases[i].a), SUMI_DIMS(cases[i].b), &result));
    assert_true(sumi_dims_equal(result, SUMI_DIMS(7, cases[i].result)));
  }
  sumi_dims_t result;
  assert_false(sumi_dims_broadcast(SUMI_DIMS(2, 3), SUMI_DIMS(2), &result));
  assert_false(sumi_dims_broadcast(SUMI_DIMS(2, 0), SUMI_DIMS(2), &result));
  assert_true(sumi_dims_broadcast(SUMI_DIMS_UNKNOWN, SUMI_DIMS(2), &result));
  assert_int_equal(result.rank, SUMI_UNKNOWN_RANK);
}

static void new_arrays_are_zero_and_aligned(void **state) {
  (void)state;
#define CHECK(NAME, number, text, type)                                                            \
  if (SUMI_##NAME != SUMI_STRING) {                                                                \
    sumi_array_t *array = sumi_array_new(SUMI_##NAME, SUMI_DIMS(3, 5));                            \
    assert_non_null(array);                                                                        \
    assert_int_equal((uintptr_t)sumi_array_data(array) % SUMI_ALIGNMENT, 0);                       \
    assert_int_equal(sumi_array_size_bytes(array), 15 * sizeof(type));                             \
    for (int i = 0; i < 15; ++i) assert_true(sumi_array_get(array, i) == 0);                       \
    sumi_array_unref(array);                                                                       \
  }
  SUMI_DTYPE_MAP(CHECK)
#undef CHECK
}

static void impossible_arrays_are_refused(void **state) {
  (void)state;
  static const struct {
    sumi_dtype_t dtype;
    int rank;
    int64_t sizes[2];
    const char *message;
  } cases[] = {
      {(sumi_dtype_t)99, 1, {2}, "unknown dtype 99"},
      {SUMI_FLOAT32, 9, {2}, "rank 9"},
      {SUMI_FLOAT32, -1, {0}, "unknown shape"},
      {SUMI_FLOAT32, 2, {2, -1}, "size -1 along axis 1"},
      {SUMI_FLOAT32, 2, {INT64_MAX, 2}, "too many elements"},
      {SUMI_FLOAT64, 1, {INT64_MAX / 4}, "too many elements"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    sumi_dims_t dims = {.rank = cases[i].rank};
    memcpy(dims.size, cases[i].sizes, sizeof cases[i].sizes);
    assert_null(sumi_array_new(cases[i].dtype, dims));
    assert_non_null(strstr(sumi_error_message(), cases[i].message));
  }
  assert_null(sumi_array_from(SUMI_INT8, SUMI_DIMS(2), NULL));
  assert_non_null(strstr(sumi_error_message(), "NULL"));
  assert_null(sumi_array_wrap(SUMI_INT8, SUMI_DIMS(2), NULL, NULL, NULL));
  counting_allocator_install();
  counting_allocator_fail_at(2); /* the elements */
  assert_null(sumi_array_new(SUMI_INT8, SUMI_DIMS(1000, 5)));
  assert_non_null(strstr(sumi_error_message(), "5000 bytes for an array of shape (1000, 5)"));
  assert_int_equal(counting_allocator_live(), 0);
  counting_allocator_remove();
}

static void count_release(void *user, void *data) {
  ++*(int *)user;
  assert_non_null(data);
}

static void wrapped_memory_is_released_with_the_last_view(void **state) {
  (void)state;
  int released = 0;
  float values[6] = {0, 1, 2, 3, 4, 5};
  sumi_array_t *array = sumi_array_wrap(SUMI_FLOAT32, SUMI_DIMS(3, 2), values, count_release,
                                        &released);
  assert_ptr_equal(sumi_array_data(array), values);
  assert_false(sumi_array_is_shared(array));
  sumi_array_t *flat = sumi_array_reshape(array, SUMI_DIMS(-1));
  sumi_array_t *tail = sumi_array_slice(array, -2, 100);
  sumi_array_t *row = sumi_array_row(tail, -1);
  assert_true(sumi_array_is_shared(array));
  sumi_array_unref(array);
  sumi_array_unref(tail);
  assert_int_equal(released, 0);
  assert_true(sumi_dims_equal(sumi_array_dims(flat), SUMI_DIMS(6)));
  assert_true(sumi_dims_equal(sumi_array_dims(row), SUMI_DIMS(2)));
  values[5] = 50;
  assert_near(sumi_array_get(row, 1), 50, 0);
  assert_near(sumi_array_get(flat, 5), 50, 0);
  sumi_array_unref(flat);
  assert_int_equal(released, 0);
  sumi_array_unref(row);
  assert_int_equal(released, 1);
}

static void slices_follow_python(void **state) {
  (void)state;
  sumi_array_t *array = sumi_array_arange(5, SUMI_INT32);
  static const struct {
    int64_t begin, end, first, count;
  } cases[] = {{0, 5, 0, 5},  {1, 3, 1, 2},         {-2, 5, 3, 2},
               {0, -1, 0, 4}, {4, 2, 0, 0},         {7, 9, 0, 0},
               {-9, 2, 0, 2}, {2, INT64_MAX, 2, 3}, {INT64_MIN, -4, 0, 1}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    sumi_array_t *slice = sumi_array_slice(array, cases[i].begin, cases[i].end);
    assert_int_equal(sumi_array_count(slice), cases[i].count);
    if (cases[i].count > 0) assert_near(sumi_array_get(slice, 0), cases[i].first, 0);
    sumi_array_unref(slice);
  }
  assert_null(sumi_array_row(array, 5));
  assert_non_null(strstr(sumi_error_message(), "row 5 of an array of shape (5,)"));
  assert_null(sumi_array_row(array, -6));
  sumi_array_t *scalar = sumi_array_scalar(SUMI_INT8, 3);
  assert_null(sumi_array_slice(scalar, 0, 1));
  sumi_array_unref(scalar);
  sumi_array_unref(array);
}

static void shapes_that_do_not_fit_are_refused(void **state) {
  (void)state;
  sumi_array_t *array = sumi_array_new(SUMI_INT8, SUMI_DIMS(2, 3)), *none;
  assert_null(sumi_array_reshape(array, SUMI_DIMS(4, -1)));
  assert_non_null(strstr(sumi_error_message(), "shape (2, 3) cannot be reshaped to (4, ?)"));
  assert_null(sumi_array_reshape(array, SUMI_DIMS(-1, -1)));
  assert_null(sumi_array_reshape(array, SUMI_DIMS(0, -1)));
  assert_null(sumi_array_reshape(array, SUMI_DIMS(7)));
  assert_null(sumi_array_reshape(array, SUMI_DIMS(1, 1, 1, 1, 1, 1, 1, 2, 3)));
  assert_null(sumi_array_reshape(NULL, SUMI_DIMS(6)));
  sumi_array_unref(array);
  none = sumi_array_new(SUMI_INT8, SUMI_DIMS(0, 3));
  sumi_array_t *kept = sumi_array_reshape(none, SUMI_DIMS(-1, 3));
  assert_true(sumi_dims_equal(sumi_array_dims(kept), SUMI_DIMS(0, 3)));
  sumi_array_unref(kept);
  sumi_array_unref(none);
}

static void numbers_are_clamped_and_texts_refused(void **state) {
  (void)state;
  static const struct {
    sumi_dtype_t dtype;
    double value, stored;
  } cases[] = {{SUMI_INT8, 200, 127},
               {SUMI_INT8, -200.5, -128},
               {SUMI_INT8, -1.9, -1},
               {SUMI_UINT8, -5, 0},
               {SUMI_UINT8, NAN, 0},
               {SUMI_INT64, 1e30, 0x1p63},
               {SUMI_INT64, -1e30, -0x1p63},
               {SUMI_UINT64, 1e30, 0x1p64},
               {SUMI_BOOL, 0.5, 1},
               {SUMI_FLOAT32, 0.1, 0.1f},
               {SUMI_INT32, INFINITY, INT32_MAX}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    sumi_array_t *array = sumi_array_scalar(cases[i].dtype, cases[i].value);
    assert_near(sumi_array_get(array, 0), cases[i].stored, 0);
    sumi_array_unref(array);
  }
  sumi_array_t *texts = sumi_array_text("墨"), *numbers = sumi_array_new(SUMI_INT8, SUMI_DIMS(2));
  assert_fails(sumi_array_set(texts, 0, 1), SUMI_INVALID_ARGUMENT, "strings");
  assert_fails(sumi_array_set(numbers, 2, 1), SUMI_OUT_OF_RANGE,
               "element 2 of an array of shape (2,)");
  assert_fails(sumi_array_set(numbers, -1, 1), SUMI_OUT_OF_RANGE, "element -1");
  assert_fails(sumi_array_set(NULL, 0, 1), SUMI_INVALID_ARGUMENT, "NULL");
  assert_fails(sumi_array_set_text(numbers, 0, "x"), SUMI_INVALID_ARGUMENT, "int8");
  assert_null(sumi_array_scalar(SUMI_STRING, 1));
  sumi_array_unref(texts);
  sumi_array_unref(numbers);
}

static void strings_are_owned_copies(void **state) {
  (void)state;
  counting_allocator_install();
  char first[] = "first";
  const char *texts[] = {first, NULL, "third"};
  sumi_array_t *array = sumi_array_from(SUMI_STRING, SUMI_DIMS(3), texts);
  first[0] = 'X';
  assert_string_equal(sumi_array_get_text(array, 0), "first");
  assert_string_equal(sumi_array_get_text(array, 1), "");
  sumi_array_t *view = sumi_array_slice(array, 1, 3), *copy = sumi_array_copy(array);
  assert_ok(sumi_array_set_text(view, 1, "changed"));
  assert_string_equal(sumi_array_get_text(array, 2), "changed");
  assert_string_equal(sumi_array_get_text(copy, 2), "third");
  assert_false(sumi_array_equal(array, copy));
  assert_ok(sumi_array_set_text(copy, 2, "changed"));
  assert_true(sumi_array_equal(array, copy));
  sumi_array_unref(array);
  sumi_array_unref(view);
  sumi_array_unref(copy);
  sumi_array_t *wrapped = sumi_array_wrap(SUMI_STRING, SUMI_DIMS(3), texts, NULL, NULL);
  assert_fails(sumi_array_set_text(wrapped, 0, "x"), SUMI_FAILED_PRECONDITION, "somebody else");
  sumi_array_unref(wrapped);
  assert_int_equal(counting_allocator_live(), 0);
  counting_allocator_remove();
}

static void equality_looks_at_everything(void **state) {
  (void)state;
  const float values[2] = {0, NAN}, zeros[2] = {0, 1}, negative[2] = {-0.0f, 1};
  sumi_array_t *nan = sumi_array_from(SUMI_FLOAT32, SUMI_DIMS(2), values);
  sumi_array_t *zero = sumi_array_from(SUMI_FLOAT32, SUMI_DIMS(2), zeros);
  sumi_array_t *minus = sumi_array_from(SUMI_FLOAT32, SUMI_DIMS(2), negative);
  sumi_array_t *column = sumi_array_reshape(zero, SUMI_DIMS(2, 1));
  sumi_array_t *wide = sumi_array_astype(zero, SUMI_FLOAT64);
  assert_false(sumi_array_equal(nan, nan));
  assert_true(sumi_array_equal(zero, minus));
  assert_false(sumi_array_equal(zero, column));
  assert_false(sumi_array_equal(zero, wide));
  assert_false(sumi_array_equal(zero, NULL));
  assert_true(sumi_array_equal(NULL, NULL));
  sumi_array_t *all[] = {nan, zero, minus, column, wide};
  for (int i = 0; i < 5; ++i) sumi_array_unref(all[i]);
}

static void *take_and_drop(void *array) {
  for (int i = 0; i < 10000; ++i) sumi_array_unref(sumi_array_ref(array));
  return NULL;
}

static void references_are_counted_across_threads(void **state) {
  (void)state;
  int released = 0;
  float value = 1;
  sumi_array_t *array = sumi_array_wrap(SUMI_FLOAT32, SUMI_DIMS(), &value, count_release,
                                        &released);
  pthread_t threads[4];
  for (int i = 0; i < 4; ++i)
    assert_int_equal(pthread_create(&threads[i], NULL, take_and_drop, array), 0);
  for (int i = 0; i < 4; ++i) pthread_join(threads[i], NULL);
  assert_false(sumi_array_is_shared(array));
  assert_int_equal(released, 0);
  sumi_array_unref(array);
  assert_int_equal(released, 1);
}

/* The first program of the article: two random 10 x 10 matrices, their product, printed. NumPy
 * checks the layout in test_array_print.py; here every line is one row of ten numbers. */
static void the_first_program_prints_ten_rows(void **state) {
  (void)state;
  sumi_array_t *x = sumi_array_normal(SUMI_FLOAT64, SUMI_DIMS(10, 10), 0, 1, 1, 1);
  sumi_array_t *y = sumi_array_normal(SUMI_FLOAT64, SUMI_DIMS(10, 10), 0, 1, 1, 2);
  sumi_array_t *z = sumi_array_dot(x, y);
  double expected = 0;
  for (int k = 0; k < 10; ++k)
    expected += sumi_array_get(x, 30 + k) * sumi_array_get(y, 10 * k + 7);
  assert_near(sumi_array_get(z, 37), expected, 1e-13);
  sumi_buffer_t text = {0};
  assert_ok(sumi_array_format(z, &text, .line_width = 200));
  int rows = 1;
  for (size_t i = 0; i < text.size; ++i) rows += text.data[i] == '\n';
  assert_int_equal(rows, 10);
  assert_memory_equal(text.data, "[[", 2);
  sumi_buffer_release(&text);
  sumi_array_unref(x), sumi_array_unref(y), sumi_array_unref(z);
}

static void formatting_refuses_what_it_cannot_do(void **state) {
  (void)state;
  sumi_array_t *array = sumi_array_new(SUMI_FLOAT32, SUMI_DIMS(2));
  sumi_buffer_t text = {0};
  assert_fails(sumi_array_format(NULL, &text), SUMI_INVALID_ARGUMENT, "array to format is NULL");
  assert_fails(sumi_array_format(array, NULL), SUMI_INVALID_ARGUMENT, "buffer to format is NULL");
  assert_fails(sumi_array_format(array, &text, .precision = 501), SUMI_INVALID_ARGUMENT, "501");
  assert_fails(sumi_array_format(array, &text, .sign = 'x'), SUMI_INVALID_ARGUMENT, "'x'");
  assert_fails(sumi_array_format(array, &text, .edge_items = -1), SUMI_INVALID_ARGUMENT, "-1");
  assert_fails(sumi_array_print(NULL, array), SUMI_INVALID_ARGUMENT, "NULL");
  assert_fails(sumi_array_print(stdout, NULL), SUMI_INVALID_ARGUMENT, "NULL");
  sumi_buffer_release(&text);
  sumi_array_unref(array);
}

static void bytes_that_are_not_utf8_print_escaped(void **state) {
  (void)state;
  const char *texts[] = {"ok\xFF", "\xE5\xA2"};
  sumi_array_t *array = sumi_array_from(SUMI_STRING, SUMI_DIMS(2), texts);
  sumi_buffer_t text = {0};
  assert_ok(sumi_array_format(array, &text, .style = SUMI_ARRAY_STR));
  assert_string_equal(sumi_buffer_text(&text), "['ok\\xff' '\\xe5\\xa2']");
  sumi_buffer_release(&text);
  sumi_array_unref(array);
}

static bool compute_everything(void) {
  sumi_array_t *x = sumi_array_normal(SUMI_FLOAT32, SUMI_DIMS(4, 4), 0, 1, 1, 1);
  sumi_array_t *row = x ? sumi_array_row(x, 1) : NULL;
  sumi_array_t *sum = row ? sumi_array_add(x, row) : NULL;
  sumi_array_t *turned = sum ? sumi_array_transpose(sum) : NULL;
  sumi_array_t *product = turned ? sumi_array_dot(turned, x) : NULL;
  sumi_array_t *mean = product ? sumi_array_mean(product, 1u) : NULL;
  sumi_array_t *best = mean ? sumi_array_argmax(mean, 0) : NULL;
  sumi_array_t *text = best ? sumi_array_text("label") : NULL;
  sumi_buffer_t buffer = {0};
  const bool done = text &&
                    sumi_array_format(product, &buffer, .style = SUMI_ARRAY_REPR) == SUMI_OK;
  sumi_buffer_release(&buffer);
  sumi_array_t *all[] = {x, row, sum, turned, product, mean, best, text};
  for (size_t i = 0; i < sizeof all / sizeof *all; ++i) sumi_array_unref(all[i]);
  return done;
}

static void memory_that_runs_out_anywhere_is_reported_and_leaks_nothing(void **state) {
  (void)state;
  for (int64_t nth = 1;; ++nth) {
    counting_allocator_install();
    counting_allocator_fail_at(nth);
    sumi_fail(SUMI_INTERNAL, "nothing was reported");
    const bool done = compute_everything();
    const bool reached = counting_allocator_requests() >= nth;
    assert_int_equal(counting_allocator_live(), 0);
    counting_allocator_remove();
    assert_int_equal(done, !reached);
    if (!reached) break;
    assert_non_null(strstr(sumi_error_message(), "out of memory"));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(shapes_are_built_counted_and_compared),
      cmocka_unit_test(shapes_print_as_tensorflow_prints_them),
      cmocka_unit_test(unknown_sizes_broadcast),
      cmocka_unit_test(new_arrays_are_zero_and_aligned),
      cmocka_unit_test(impossible_arrays_are_refused),
      cmocka_unit_test(wrapped_memory_is_released_with_the_last_view),
      cmocka_unit_test(slices_follow_python),
      cmocka_unit_test(shapes_that_do_not_fit_are_refused),
      cmocka_unit_test(numbers_are_clamped_and_texts_refused),
      cmocka_unit_test(strings_are_owned_copies),
      cmocka_unit_test(equality_looks_at_everything),
      cmocka_unit_test(references_are_counted_across_threads),
      cmocka_unit_test(the_first_program_prints_ten_rows),
      cmocka_unit_test(formatting_refuses_what_it_cannot_do),
      cmocka_unit_test(bytes_that_are_not_utf8_print_escaped),
      cmocka_unit_test(memory_that_runs_out_anywhere_is_reported_and_leaks_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
