#include "sumi_test.h"

#include <sumi/constants.h>
#include <sumi/gradients.h>
#include <sumi/ops.h>
#include <sumi/session.h>

/* ---- Static shapes ---- */

static sumi_graph_t *g;

static int new_graph(void **state) {
  (void)state;
  g = sumi_graph_new();
  return 0;
}

static int free_graph(void **state) {
  (void)state;
  sumi_graph_free(g);
  return 0;
}

static void has_shape(sumi_tensor_t tensor, const char *text) {
  assert_string_equal(sumi_graph_message(g), "");
  assert_string_equal(sumi_dims_text(sumi_tensor_dims(tensor)).text, text);
}

static void a_product_of_sizes_keeps_the_shape_known(void **state) {
  (void)state;
  const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 10, 32));
  const sumi_tensor_t sizes = sumi_shape(x);
  const sumi_tensor_t rest = sumi_reduce_prod(
      sumi_stack(SUMI_TENSORS(sumi_index(sizes, "1"), sumi_index(sizes, "2"))));
  has_shape(sumi_reshape(x, SUMI_SHAPE(sumi_index(sizes, "0"), rest)), "(?, 320)");
  const sumi_tensor_t product = sumi_mul(sumi_index(sizes, "1"), sumi_index(sizes, "2"));
  has_shape(sumi_reshape(x, SUMI_SHAPE(-1, product)), "(?, 320)");
}

static void arithmetic_on_known_integers_is_known(void **state) {
  (void)state;
  const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 7, 3));
  const sumi_tensor_t seven = sumi_index(sumi_shape(x), "1"),
                      three = sumi_index(sumi_shape(x), "2");
  sumi_tensor_t sizes[] = {
      sumi_add(seven, three),       sumi_sub(seven, three),     sumi_floor_div(seven, three),
      sumi_floor_mod(seven, three), sumi_maximum(seven, three), sumi_minimum(seven, three),
  };
  has_shape(sumi_fill(g, SUMI_LIST(6, sizes), 1), "(10, 4, 2, 1, 7, 3)");
  const sumi_tensor_t unknown = sumi_mul(sumi_index(sumi_shape(x), "0"), 2);
  has_shape(
      sumi_fill(g, SUMI_SHAPE(unknown, sumi_reduce_max(sumi_stack(SUMI_TENSORS(seven, 9)))), 1),
      "(?, 9)");
}

static void reductions_know_what_shape_they_leave(void **state) {
  (void)state;
  const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 5, 4));
  has_shape(sumi_reduce_sum(x), "()");
  has_shape(sumi_reduce_sum(x, .axes = SUMI_AXES(0)), "(5, 4)");
  has_shape(sumi_reduce_sum(x, .axes = SUMI_AXES(-1), .keep_dims = true), "(?, 5, 1)");
  has_shape(sumi_reduce_sum(x, .axes = SUMI_AXES()), "(?, 5, 4)");
  const sumi_tensor_t axes = sumi_placeholder(g, SUMI_INT32, .shape = SUMI_DIMS(2));
  has_shape(sumi_sum(x, axes), "(?,)");
  has_shape(sumi_sum(x, axes, .keep_dims = true), "(?, ?, ?)");
  const sumi_tensor_t any = sumi_placeholder(g, SUMI_FLOAT32);
  has_shape(sumi_reduce_mean(any), "<unknown>");
  has_shape(sumi_argmax(x, 1), "(?, 4)");
}

/* ---- Values ---- */

enum { ROWS = 700, COLUMNS = 600 };

static sumi_array_t *value_with(sumi_tensor_t tensor, sumi_tensor_t x, sumi_array_t *fed,
                                int threads) {
  sumi_array_t *value = NULL;
  sumi_session_t *session = sumi_session_new(g, .threads = threads);
  assert_ok(sumi_session_run(session, .feeds = SUMI_FEEDS({.tensor = x, .array = fed}),
                             .fetches = SUMI_FETCHES({.tensor = tensor, .array = &value})));
  sumi_session_free(session);
  return value;
}

static void sums_are_the_same_bits_for_any_number_of_threads(void **state) {
  (void)state;
  sumi_array_t *fed = sumi_array_new(SUMI_FLOAT32, SUMI_DIMS(ROWS, COLUMNS));
  float *elements = sumi_array_data(fed);
  for (int i = 0; i < ROWS * COLUMNS; ++i) elements[i] = sinf((float)i);
  const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32);
  const sumi_tensor_t sums[] = {sumi_reduce_sum(x), sumi_reduce_sum(x, .axes = SUMI_AXES(0)),
                                sumi_reduce_sum(x, .axes = SUMI_AXES(1)), sumi_l2_loss(x),
                                sumi_reduce_logsumexp(x)};
  for (size_t i = 0; i < sizeof sums / sizeof *sums; ++i) {
    sumi_array_t *one = value_with(sums[i], x, fed, 1);
    for (int threads = 2; threads <= 5; ++threads) {
      sumi_array_t *more = value_with(sums[i], x, fed, threads);
      assert_memory_equal(sumi_array_data(one), sumi_array_data(more),
                          (size_t)sumi_array_count(one) * sizeof(float));
      sumi_array_unref(more);
    }
    sumi_array_unref(one);
  }
  sumi_array_unref(fed);
}

/* A tenth added ten million times by one float total is 1087937; the exact sum of the floats is
 * 10^7 * 0.100000001490116. */
static void a_long_sum_of_floats_is_exact_to_a_few_units(void **state) {
  (void)state;
  enum { COUNT = 10000000 };
  sumi_array_t *fed = sumi_array_new(SUMI_FLOAT32, SUMI_DIMS(COUNT, 1));
  float *elements = sumi_array_data(fed);
  for (int i = 0; i < COUNT; ++i) elements[i] = 0.1f;
  const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32);
  sumi_array_t *sum = value_with(sumi_reduce_sum(x), x, fed, 2);
  assert_near(sumi_array_get(sum, 0), COUNT * 0.100000001490116, 1);
  sumi_array_unref(sum);
  sumi_array_unref(fed);
}

static void product_of(const float *elements, double product, const float *slopes) {
  sumi_array_t *fed = sumi_array_new(SUMI_FLOAT32, SUMI_DIMS(3));
  memcpy(sumi_array_data(fed), elements, 3 * sizeof *elements);
  const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32), y = sumi_reduce_prod(x);
  sumi_tensor_t dx;
  assert_ok(sumi_gradients(SUMI_TENSORS(y), SUMI_TENSORS(x), &dx));
  sumi_array_t *value = value_with(y, x, fed, 1), *gradient = value_with(dx, x, fed, 1);
  assert_near(sumi_array_get(value, 0), product, 0);
  for (int i = 0; i < 3; ++i) assert_near(sumi_array_get(gradient, i), slopes[i], 0);
  sumi_array_unref(value);
  sumi_array_unref(gradient);
  sumi_array_unref(fed);
}

static void the_gradient_of_a_product_is_right_where_elements_are_zero(void **state) {
  (void)state;
  product_of((float[]){2, 4, 8}, 64, (float[]){32, 16, 8});
  product_of((float[]){2, 0, 8}, 0, (float[]){0, 16, 0});
  product_of((float[]){2, 0, 0}, 0, (float[]){0, 0, 0});
}

static void axes_that_come_at_run_time_are_checked_then(void **state) {
  (void)state;
  const int32_t axis = 3;
  sumi_array_t *fed = sumi_array_new(SUMI_INT32, SUMI_DIMS(1)), *value = NULL;
  *(int32_t *)sumi_array_data(fed) = axis;
  const sumi_tensor_t axes = sumi_placeholder(g, SUMI_INT32);
  const sumi_tensor_t sum = sumi_sum(sumi_ones(g, SUMI_SHAPE(2, 2)), axes);
  sumi_session_t *session = sumi_session_new(g);
  assert_fails(sumi_session_run(session, .feeds = SUMI_FEEDS({.tensor = axes, .array = fed}),
                                .fetches = SUMI_FETCHES({.tensor = sum, .array = &value})),
               SUMI_INVALID_ARGUMENT, "reduction_indices is 3, expected a value in [-2, 2)");
  sumi_session_free(session);
  sumi_array_unref(fed);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, new_graph, free_graph)
  const struct CMUnitTest tests[] = {
      TEST(a_product_of_sizes_keeps_the_shape_known),
      TEST(arithmetic_on_known_integers_is_known),
      TEST(reductions_know_what_shape_they_leave),
      TEST(sums_are_the_same_bits_for_any_number_of_threads),
      TEST(a_long_sum_of_floats_is_exact_to_a_few_units),
      TEST(the_gradient_of_a_product_is_right_where_elements_are_zero),
      TEST(axes_that_come_at_run_time_are_checked_then),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
