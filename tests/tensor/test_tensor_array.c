/* Tensor arrays: what is written is read, and what must not be is refused. */
#include "sumi_test.h"

#include <sumi/constants.h>
#include <sumi/control_flow.h>
#include <sumi/gradient_check.h>
#include <sumi/ops.h>
#include <sumi/session.h>
#include <sumi/tensor_array.h>

static void assert_values(sumi_session_t *s, sumi_tensor_t tensor, sumi_dims_t dims,
                          const double *expected) {
  sumi_array_t *value = NULL;
  assert_ok(sumi_session_value(s, tensor, &value));
  assert_true(sumi_dims_equal(sumi_array_dims(value), dims));
  for (int64_t i = 0; i < sumi_array_count(value); ++i)
    assert_near(sumi_array_get(value, i), expected[i], 1e-6);
  sumi_array_unref(value);
}

static void an_array_is_a_value(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_array_t empty = sumi_tensor_array(g, SUMI_INT32, 2, SUMI_SCALAR);
  const sumi_tensor_array_t one = sumi_tensor_array_write(empty, 1, 7);
  const sumi_tensor_array_t other = sumi_tensor_array_write(empty, 1, 8);
  const sumi_tensor_array_t both = sumi_tensor_array_write(one, 0, 6);
  sumi_session_t *s = sumi_session_new(g);
  assert_values(s, sumi_tensor_array_read(one, 1), SUMI_SCALAR, (double[]){7});
  assert_values(s, sumi_tensor_array_read(other, 1), SUMI_SCALAR, (double[]){8});
  assert_values(s, sumi_tensor_array_stack(both), SUMI_DIMS(2), (double[]){6, 7});
  assert_values(s, sumi_tensor_array_size(empty), SUMI_SCALAR, (double[]){2});
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* The size, and where elements go, may come from a run; dtypes may be any. */
static void sizes_and_places_may_be_fed(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t size = sumi_placeholder(g, SUMI_INT64, .shape = SUMI_SCALAR);
  const sumi_tensor_t place = sumi_placeholder(g, SUMI_INT32, .shape = SUMI_DIMS_UNKNOWN);
  sumi_tensor_array_t array = sumi_tensor_array(g, SUMI_BOOL, size, SUMI_DIMS(1));
  array = sumi_tensor_array_write(array, place, sumi_cast(sumi_ones(g, SUMI_SHAPE(1)), SUMI_BOOL));
  const sumi_tensor_t found = sumi_tensor_array_read(array, place);
  assert_ok(sumi_graph_status(g));
  sumi_session_t *s = sumi_session_new(g);
  bool value = false;
  const int64_t four = 4;
  const int32_t places[] = {3, 4};
  for (int i = 0; i < 2; ++i) {
    const sumi_status_t status = sumi_session_run(
        s,
        .feeds = SUMI_FEEDS({.tensor = size, .data = &four, .dims = SUMI_SCALAR},
                            {.tensor = place, .data = &places[i], .dims = SUMI_SCALAR}),
        .fetches = SUMI_FETCHES({.tensor = found, .scalar = &value}));
    if (i == 0) assert_ok(status);
    if (i == 1)
      assert_fails(status, SUMI_INVALID_ARGUMENT, "an index is outside of the tensor array] [4]");
  }
  assert_true(value);
  sumi_session_free(s);
  sumi_graph_free(g);
}

typedef sumi_tensor_t (*program_t)(sumi_graph_t *g, sumi_tensor_array_t empty,
                                   sumi_tensor_array_t first);

static sumi_tensor_t write_beyond(sumi_graph_t *g, sumi_tensor_array_t e, sumi_tensor_array_t f) {
  (void)g, (void)f;
  return sumi_tensor_array_write(e, 3, 1).elements;
}

static sumi_tensor_t read_below(sumi_graph_t *g, sumi_tensor_array_t e, sumi_tensor_array_t f) {
  (void)g, (void)e;
  return sumi_tensor_array_read(f, -1);
}

static sumi_tensor_t write_twice(sumi_graph_t *g, sumi_tensor_array_t e, sumi_tensor_array_t f) {
  (void)g, (void)e;
  return sumi_tensor_array_write(f, 0, 1).elements;
}

static sumi_tensor_t read_unwritten(sumi_graph_t *g, sumi_tensor_array_t e, sumi_tensor_array_t f) {
  (void)g, (void)e;
  return sumi_tensor_array_read(f, 1);
}

static sumi_tensor_t stack_unwritten(sumi_graph_t *g, sumi_tensor_array_t e,
                                     sumi_tensor_array_t f) {
  (void)g, (void)e;
  return sumi_tensor_array_stack(f);
}

static sumi_tensor_t gather_unwritten(sumi_graph_t *g, sumi_tensor_array_t e,
                                      sumi_tensor_array_t f) {
  (void)e;
  return sumi_tensor_array_gather(f, sumi_constant_i32(g, SUMI_DIMS(2), ((int32_t[]){0, 2})));
}

static sumi_tensor_t scatter_twice(sumi_graph_t *g, sumi_tensor_array_t e, sumi_tensor_array_t f) {
  (void)f;
  return sumi_tensor_array_scatter(e, sumi_constant_i32(g, SUMI_DIMS(2), ((int32_t[]){1, 1})),
                                   sumi_zeros(g, SUMI_SHAPE(2)))
      .elements;
}

static sumi_tensor_t scatter_over(sumi_graph_t *g, sumi_tensor_array_t e, sumi_tensor_array_t f) {
  (void)e;
  return sumi_tensor_array_scatter(f, sumi_constant_i32(g, SUMI_DIMS(2), ((int32_t[]){1, 0})),
                                   sumi_zeros(g, SUMI_SHAPE(2)))
      .elements;
}

static sumi_tensor_t scatter_beyond(sumi_graph_t *g, sumi_tensor_array_t e, sumi_tensor_array_t f) {
  (void)f;
  return sumi_tensor_array_scatter(e, sumi_constant_i32(g, SUMI_DIMS(2), ((int32_t[]){1, 3})),
                                   sumi_zeros(g, SUMI_SHAPE(2)))
      .elements;
}

static void runs_fail_at_what_must_not_be(void **state) {
  (void)state;
  static const char outside[] = "an index is outside of the tensor array] [",
                    twice[] = "an element of the tensor array is written twice] [",
                    unwritten[] = "an element of the tensor array is read and not written] [";
  const struct {
    program_t program;
    const char *text, *shown;
  } cases[] = {
      {write_beyond, outside, "[3]"},     {read_below, outside, "[-1]"},
      {write_twice, twice, "[0]"},        {read_unwritten, unwritten, "[1]"},
      {stack_unwritten, unwritten, "[1"}, {gather_unwritten, unwritten, "[0 2]"},
      {scatter_twice, twice, "[1 1]"},    {scatter_over, twice, "[1 0]"},
      {scatter_beyond, outside, "[1 3]"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    const sumi_tensor_array_t empty = sumi_tensor_array(g, SUMI_FLOAT32, 3, SUMI_SCALAR);
    const sumi_tensor_array_t first = sumi_tensor_array_write(empty, 0, 5);
    const sumi_tensor_t wrong = cases[i].program(g, empty, first);
    assert_ok(sumi_graph_status(g));
    sumi_session_t *s = sumi_session_new(g);
    sumi_array_t *value = NULL;
    assert_fails(sumi_session_value(s, wrong, &value), SUMI_INVALID_ARGUMENT, cases[i].text);
    if (!strstr(sumi_error_message(), cases[i].shown))
      fail_msg("\"%s\" lacks \"%s\"", sumi_error_message(), cases[i].shown);
    if (!strstr(sumi_error_message(), "test_tensor_array.c"))
      fail_msg("\"%s\" names no line", sumi_error_message());
    sumi_session_free(s);
    sumi_graph_free(g);
  }
}

static void what_cannot_be_is_refused(void **state) {
  (void)state;
  const char *const texts[] = {
      "is float32 of shape (3,); its elements are float32 of shape (2,)",
      "what is written to a tensor array is int32 of shape (2,); its elements are float32",
      "the index of a tensor array is float32 of shape (); a scalar of int32 or int64 is expected",
      "the index of a tensor array is int32 of shape (2,); a scalar",
      "the elements of a tensor array have shape (?, 2); known sizes",
      "a tensor array of scalars has nothing to be joined along",
      "a tensor array of elements (2, 2) and of float32 (2, 2)",
      "the index of a tensor array is int32 of shape (); a vector"};
  for (int i = 0; i < 8; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    const sumi_tensor_t row = sumi_zeros(g, SUMI_SHAPE(2));
    const sumi_tensor_t places = sumi_constant_i32(g, SUMI_DIMS(2), ((int32_t[]){0, 1}));
    sumi_tensor_array_t array = sumi_tensor_array(g, SUMI_FLOAT32, 2, SUMI_DIMS(2));
    switch (i) {
    case 0: array = sumi_tensor_array_write(array, 0, sumi_zeros(g, SUMI_SHAPE(3))); break;
    case 1: array = sumi_tensor_array_write(array, 0, sumi_cast(row, SUMI_INT32)); break;
    case 2: array = sumi_tensor_array_write(array, sumi_scalar(g, SUMI_FLOAT32, 0), row); break;
    case 3: array = sumi_tensor_array_write(array, places, row); break;
    case 4: array = sumi_tensor_array(g, SUMI_FLOAT32, 2, SUMI_DIMS(-1, 2)); break;
    case 5:
      sumi_tensor_array_concat(sumi_tensor_array(g, SUMI_FLOAT32, 2, SUMI_SCALAR));
      array.elements = (sumi_tensor_t){0};
      break;
    case 6:
      array.written = array.elements;
      array = sumi_tensor_array_write(array, 0, row);
      break;
    default: array.elements = sumi_tensor_array_gather(array, sumi_scalar(g, SUMI_INT32, 0));
    }
    assert_true(sumi_tensor_is_null(array.elements));
    assert_int_equal(sumi_graph_status(g), SUMI_INVALID_ARGUMENT);
    if (!strstr(sumi_graph_message(g), texts[i]))
      fail_msg("case %d: \"%s\" lacks \"%s\"", i, sumi_graph_message(g), texts[i]);
    sumi_graph_free(g);
  }
}

static sumi_tensor_t below_three(const sumi_tensor_t *v, void *data) {
  (void)data;
  return sumi_less(v[0], 3);
}

static void write_always_at_one(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  (void)data;
  const sumi_tensor_array_t array = sumi_tensor_array_write(((sumi_tensor_array_t){v[1], v[2]}), 1,
                                                            sumi_cast(v[0], SUMI_FLOAT32));
  next[0] = sumi_add(v[0], 1);
  next[1] = array.elements;
  next[2] = array.written;
}

static void a_loop_names_the_iteration_that_fails(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_array_t array = sumi_tensor_array(g, SUMI_FLOAT32, 3, SUMI_SCALAR);
  sumi_tensor_t results[3];
  sumi_while_loop(below_three, write_always_at_one, NULL,
                  SUMI_TENSORS(sumi_scalar(g, SUMI_INT32, 0), array.elements, array.written),
                  results);
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *value = NULL;
  assert_fails(sumi_session_value(s, results[1], &value), SUMI_INVALID_ARGUMENT,
               "written twice] [1]");
  assert_non_null(strstr(sumi_error_message(), "iteration 1"));
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* An element that is gathered twice has the sum of both. */
static void gradients_are_those_of_differences(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(3), ((float[]){.5f, -1, 2}));
  sumi_tensor_array_t array = sumi_tensor_array(g, SUMI_FLOAT32, 4, SUMI_DIMS(3));
  array = sumi_tensor_array_write(array, 2, sumi_square(x));
  array = sumi_tensor_array_write(array, 0, sumi_mul(sumi_tensor_array_read(array, 2), x));
  const sumi_tensor_t twice = sumi_tensor_array_gather(
      array, sumi_constant_i32(g, SUMI_DIMS(2), ((int32_t[]){2, 2})));
  const sumi_tensor_t y = sumi_mul(sumi_tensor_array_read(array, 0),
                                   sumi_reduce_sum(twice, .axes = SUMI_AXES(0)));
  sumi_session_t *s = sumi_session_new(g);
  sumi_gradient_report_t report;
  assert_ok(sumi_gradient_check(s, x, SUMI_DIMS(3), y, SUMI_DIMS(3), &report));
  assert_near(report.max_error, 0, 2e-2);
  assert_values(s, y, SUMI_DIMS(3), (double[]){1. / 16, -2, 64});
  sumi_session_free(s);
  sumi_graph_free(g);
}

static bool built_with_failure(int64_t nth) {
  sumi_graph_t *g = sumi_graph_new();
  const int64_t before = counting_allocator_requests();
  counting_allocator_fail_at(nth);
  sumi_tensor_array_t array = sumi_tensor_array(g, SUMI_FLOAT32, 3, SUMI_DIMS(2));
  array = sumi_tensor_array_write(array, 1, sumi_ones(g, SUMI_SHAPE(2)));
  array = sumi_tensor_array_scatter(array, sumi_constant_i32(g, SUMI_DIMS(1), ((int32_t[]){0})),
                                    sumi_ones(g, SUMI_SHAPE(1, 2)));
  sumi_tensor_array_concat(array);
  const bool reached = nth == 0 || counting_allocator_requests() - before >= nth;
  counting_allocator_fail_at(0);
  if (reached && nth)
    assert_int_equal(sumi_graph_status(g), SUMI_RESOURCE_EXHAUSTED);
  else
    assert_ok(sumi_graph_status(g));
  sumi_graph_free(g);
  assert_int_equal(counting_allocator_live(), 0);
  return reached;
}

static void lack_of_memory_is_a_refusal_wherever_it_strikes(void **state) {
  (void)state;
  counting_allocator_install();
  for (int64_t nth = 0; built_with_failure(nth);) ++nth; /* 0 warms up */
  counting_allocator_remove();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_array_is_a_value),
      cmocka_unit_test(sizes_and_places_may_be_fed),
      cmocka_unit_test(runs_fail_at_what_must_not_be),
      cmocka_unit_test(what_cannot_be_is_refused),
      cmocka_unit_test(a_loop_names_the_iteration_that_fails),
      cmocka_unit_test(gradients_are_those_of_differences),
      cmocka_unit_test(lack_of_memory_is_a_refusal_wherever_it_strikes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
