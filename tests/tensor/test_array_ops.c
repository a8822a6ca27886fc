/* What samples beside the ops and the comparison with TensorFlow do not show: static shapes through
 * partly known values, the pleasant C calls, refusals, failing allocations. */
#include "sumi_test.h"

#include <sumi/alloc.h>
#include <sumi/constants.h>
#include <sumi/control.h>
#include <sumi/gradients.h>
#include <sumi/ops.h>
#include <sumi/session.h>

static void assert_dims(sumi_tensor_t tensor, const char *text) {
  assert_string_equal(sumi_dims_text(sumi_tensor_dims(tensor)).text, text);
}

/* The tensor's value in a new session is these numbers under this shape. */
static void assert_value(sumi_tensor_t tensor, const char *dims, int count,
                         const double *expected) {
  sumi_graph_t *g = sumi_tensor_graph(tensor);
  if (!g) fail_msg("the null tensor");
  sumi_session_t *s = sumi_session_new(g, .threads = 2);
  sumi_array_t *value = NULL;
  assert_ok(sumi_session_value(s, tensor, &value));
  assert_string_equal(sumi_dims_text(sumi_array_dims(value)).text, dims);
  assert_int_equal(sumi_array_count(value), count);
  for (int i = 0; i < count; ++i) assert_near(sumi_array_get(value, i), expected[i], 1e-6);
  sumi_array_unref(value);
  sumi_session_free(s);
}

#define VALUES(...)                                                                                \
  (int)(sizeof((double[]){__VA_ARGS__}) / sizeof(double)), (const double[]) {                      \
    __VA_ARGS__                                                                                    \
  }

/* get_shape of the article: known sizes as numbers, others as run-time scalars. */
static void get_shape(sumi_tensor_t x, sumi_tensor_t *sizes) {
  const sumi_dims_t dims = sumi_tensor_dims(x);
  const sumi_tensor_t parts = sumi_unstack(sumi_shape(x));
  for (int axis = 0; axis < dims.rank; ++axis)
    sizes[axis] = dims.size[axis] >= 0 ? sumi_tensor_of_number((double)dims.size[axis])
                                       : sumi_output(parts, axis);
}

static void the_curve_fits_shapes_are_partly_inferred(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32);
  const sumi_tensor_t w = sumi_zeros(g, SUMI_SHAPE(3, 1));
  const sumi_tensor_t f = sumi_stack(SUMI_TENSORS(sumi_square(x), x, sumi_ones_like(x)), .axis = 1);
  assert_dims(f, "<unknown>");
  const sumi_tensor_t product = sumi_matmul(f, w);
  assert_dims(product, "(?, 1)");
  assert_dims(sumi_squeeze(product, .axes = SUMI_AXES(1)), "(?,)");
  assert_ok(sumi_graph_status(g));
  sumi_graph_free(g);
}

static void collapsing_axes_keeps_the_static_shape(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t b = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 10, 32));
  sumi_tensor_t sizes[3];
  get_shape(b, sizes);
  assert_dims(sumi_reshape(b, SUMI_SHAPE(sizes[0], sizes[1].number * sizes[2].number)), "(?, 320)");

  /* Everything at run time: shape, unstack, mul, reduce_prod and stack pass what is known on. */
  const sumi_tensor_t parts = sumi_unstack(sumi_shape(b));
  const sumi_tensor_t one = sumi_output(parts, 1), two = sumi_output(parts, 2);
  assert_dims(sumi_reshape(b, SUMI_SHAPE(parts, sumi_mul(one, two))), "(?, 320)");
  const sumi_tensor_t product = sumi_reduce_prod(sumi_stack(SUMI_TENSORS(one, two)));
  assert_dims(sumi_reshape(b, SUMI_SHAPE(parts, product)), "(?, 320)");
  const sumi_tensor_t sliced = sumi_reduce_prod(sumi_index(sumi_shape(b), "1:"));
  assert_dims(sumi_reshape(b, SUMI_SHAPE(-1, sliced)), "(?, 320)");
  assert_ok(sumi_graph_status(g));
  sumi_graph_free(g);
}

static void known_elements_pass_through_ops_of_vectors(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 3, 4));
  const sumi_tensor_t shape = sumi_shape(x);
  const sumi_tensor_t last = sumi_gather(shape, sumi_constant_i32(g, SUMI_DIMS(2), SUMI_I32(2, 1)));
  assert_dims(sumi_fill(g, SUMI_TENSORS(last), 0.0), "(4, 3)");
  const sumi_tensor_t tail = sumi_slice(shape, SUMI_SHAPE(1), SUMI_SHAPE(-1));
  assert_dims(sumi_zeros(g, SUMI_TENSORS(sumi_concat(SUMI_TENSORS(tail, shape), 0))),
              "(3, 4, ?, 3, 4)");
  assert_dims(sumi_ones(g, SUMI_TENSORS(sumi_reverse(shape, SUMI_AXES(0)))), "(4, 3, ?)");
  const sumi_tensor_t head = sumi_expand_dims(sumi_index(shape, "1"), 0);
  assert_dims(sumi_tile(sumi_zeros(g, SUMI_SHAPE(2)), SUMI_TENSORS(head)), "(6,)");
  assert_dims(sumi_range(0, sumi_size(sumi_zeros(g, SUMI_SHAPE(2, 5))), 3), "(4,)");
  assert_dims(sumi_zeros(g, SUMI_TENSORS(sumi_range(0, sumi_rank(x), 1))), "(0, 1, 2)");
  assert_dims(sumi_broadcast_to(sumi_zeros(g, SUMI_SHAPE(3, 1)), SUMI_TENSORS(shape)), "(?, 3, 4)");
  assert_ok(sumi_graph_status(g));
  sumi_graph_free(g);
}

static void products_over_any_rank_have_static_shapes(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 5, 3));
  assert_dims(sumi_tensordot(x, sumi_zeros(g, SUMI_SHAPE(3, 7))), "(?, 5, 7)");
  assert_dims(sumi_tensordot(x, sumi_zeros(g, SUMI_SHAPE(5, 3, 2)), .axes = 2), "(?, 2)");
  assert_dims(sumi_batch_matmul(x, sumi_zeros(g, SUMI_SHAPE(3, 7))), "(?, 5, 7)");
  assert_ok(sumi_graph_status(g));
  sumi_graph_free(g);
}

static void constants_come_from_c_values(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  assert_value(sumi_constant_f32(g, SUMI_DIMS(2, 2), SUMI_F32(1, 2, 3, 4)), "(2, 2)",
               VALUES(1, 2, 3, 4));
  assert_value(sumi_constant_f64(g, SUMI_DIMS(1), SUMI_F64(0.5)), "(1,)", VALUES(0.5));
  assert_value(sumi_constant_i64(g, SUMI_DIMS(2), SUMI_I64(-1, 7)), "(2,)", VALUES(-1, 7));
  assert_value(sumi_constant_dims(g, SUMI_AXES(2, 0)), "(2,)", VALUES(2, 0));
  assert_value(sumi_scalar(g, SUMI_INT32, 9, .name = "nine"), "()", VALUES(9));
  assert_non_null(sumi_graph_find_op(g, "nine"));
  assert_value(sumi_constant_take(g, sumi_array_eye(2, SUMI_FLOAT32)), "(2, 2)",
               VALUES(1, 0, 0, 1));
  assert_value(sumi_zeros(g, SUMI_SHAPE(2), .dtype = SUMI_INT64), "(2,)", VALUES(0, 0));
  sumi_array_t *array = sumi_array_arange(3, SUMI_FLOAT32);
  const sumi_tensor_t kept = sumi_constant(g, array);
  sumi_array_unref(array);
  assert_value(kept, "(3,)", VALUES(0, 1, 2));
  sumi_graph_free(g);
}

static void bad_constants_are_refused(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int which;
  } cases[] = {{"the array is NULL", 0},
               {"the values are NULL", 1},
               {"there is no array", 2},
               {"the text is NULL", 3}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t made = {0};
    if (cases[i].which == 0) made = sumi_constant(g, NULL);
    if (cases[i].which == 1) made = sumi_constant_f32(g, SUMI_DIMS(2), NULL);
    if (cases[i].which == 2)
      made = sumi_constant_take(g, sumi_array_new(SUMI_FLOAT32, SUMI_DIMS(-1)));
    if (cases[i].which == 3) made = sumi_constant_text(g, NULL);
    assert_true(sumi_tensor_is_null(made));
    assert_int_equal(sumi_graph_status(g), SUMI_INVALID_ARGUMENT);
    if (!strstr(sumi_graph_message(g), cases[i].text)) fail_msg("%s", sumi_graph_message(g));
    sumi_graph_free(g);
  }
  assert_true(sumi_tensor_is_null(sumi_scalar(NULL, SUMI_FLOAT32, 1)));
}

static sumi_tensor_t counting(sumi_graph_t *g, int rows, int columns) {
  const sumi_tensor_t numbers = sumi_constant_take(g,
                                                   sumi_array_arange(rows * columns, SUMI_FLOAT32));
  return sumi_reshape(numbers, SUMI_SHAPE(rows, columns));
}

/* Expected values: NumPy, by hand, for x = arange(12).reshape(3, 4). */
static void texts_index_as_in_numpy(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = counting(g, 3, 4);
  assert_value(sumi_index(x, "1"), "(4,)", VALUES(4, 5, 6, 7));
  assert_value(sumi_index(x, "-1, 2"), "()", VALUES(10));
  assert_value(sumi_index(x, ":, 1:3"), "(3, 2)", VALUES(1, 2, 5, 6, 9, 10));
  assert_value(sumi_index(x, "::2, ::-2"), "(2, 2)", VALUES(3, 1, 11, 9));
  assert_value(sumi_index(x, "..., 0"), "(3,)", VALUES(0, 4, 8));
  assert_value(sumi_index(x, "2, None, -2:"), "(1, 2)", VALUES(10, 11));
  assert_value(sumi_index(x, "newaxis, ..., 1:2"), "(1, 3, 1)", VALUES(1, 5, 9));
  assert_value(sumi_index(x, "5:, 0"), "(0,)", 0, NULL);
  sumi_graph_free(g);
}

static void texts_that_are_no_index_are_refused(void **state) {
  (void)state;
  static const struct {
    const char *index, *message;
  } cases[] = {{"", "at offset 0"},
               {"1,", "at offset 2"},
               {"a", "at offset 0"},
               {"1 2", "at offset 2"},
               {"..., ...", "more than one ellipsis"},
               {"0, 0, 0", "3 indices are too many for a tensor of shape (3, 4)"},
               {"3", "index 3 of axis 0 is out of range, its size is 3"},
               {"::0", "the stride of index 0 is 0"},
               {"99999999999", "at offset 0"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    assert_true(sumi_tensor_is_null(sumi_index(counting(g, 3, 4), cases[i].index)));
    if (!strstr(sumi_graph_message(g), cases[i].message))
      fail_msg("\"%s\": %s", cases[i].index, sumi_graph_message(g));
    sumi_graph_free(g);
  }
}

static void pleasant_calls_do_what_their_raw_ops_do(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = counting(g, 2, 3);
  assert_value(sumi_transpose(x), "(3, 2)", VALUES(0, 3, 1, 4, 2, 5));
  assert_value(sumi_transpose(x, .perm = SUMI_AXES(0, 1)), "(2, 3)", VALUES(0, 1, 2, 3, 4, 5));
  assert_value(sumi_concat(SUMI_TENSORS(x, x), 1), "(2, 6)",
               VALUES(0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5));
  assert_value(sumi_stack(SUMI_TENSORS(1, sumi_scalar(g, SUMI_FLOAT32, 2.5), 3)), "(3,)",
               VALUES(1, 2.5, 3));
  assert_value(sumi_output(sumi_unstack(x, .axis = 1), 2), "(2,)", VALUES(2, 5));
  assert_value(sumi_output(sumi_split(x, 3, .axis = 1), 1), "(2, 1)", VALUES(1, 4));
  assert_value(sumi_output(sumi_split_v(x, SUMI_AXES(1, -1), .axis = -1), 1), "(2, 2)",
               VALUES(1, 2, 4, 5));
  assert_value(sumi_pad(x, SUMI_AXES(1, 0), SUMI_AXES(0, 1), .constant_value = 9), "(3, 4)",
               VALUES(9, 9, 9, 9, 0, 1, 2, 9, 3, 4, 5, 9));
  assert_value(sumi_strided_slice(x, SUMI_AXES(0, 2), SUMI_AXES(2, 0), .strides = SUMI_AXES(1, -1)),
               "(2, 2)", VALUES(2, 1, 5, 4));
  const sumi_tensor_t labels = sumi_constant_i32(g, SUMI_DIMS(2), SUMI_I32(1, 0));
  assert_value(sumi_one_hot(labels, 2), "(2, 2)", VALUES(0, 1, 1, 0));
  assert_value(sumi_one_hot(labels, 3, .axes = SUMI_AXES(0), .on_value = 5, .off_value = -1),
               "(3, 2)", VALUES(-1, 5, 5, -1, -1, -1));
  assert_value(sumi_boolean_mask(x, sumi_greater(x, 2.5)), "(3,)", VALUES(3, 4, 5));
  assert_value(sumi_boolean_mask(x, sumi_equal(labels, 1)), "(1, 3)", VALUES(0, 1, 2));
  assert_value(sumi_tensordot(sumi_ones(g, SUMI_SHAPE(2, 2, 3)), sumi_transpose(x)), "(2, 2, 2)",
               VALUES(3, 12, 3, 12, 3, 12, 3, 12));
  assert_value(sumi_tensordot(x, x, .axes = 2), "()", VALUES(55));
  sumi_graph_free(g);
}

static void transposing_an_unknown_rank_reverses_its_axes(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32), y = sumi_transpose(x);
  sumi_session_t *s = sumi_session_new(g);
  const float values[] = {1, 2, 3, 4, 5, 6}, expected[] = {1, 4, 2, 5, 3, 6};
  sumi_array_t *out = NULL;
  assert_ok(sumi_session_run(s,
                             .feeds = SUMI_FEEDS({x, .data = values, .dims = SUMI_DIMS(2, 1, 3)}),
                             .fetches = SUMI_FETCHES({y, .array = &out})));
  assert_string_equal(sumi_dims_text(sumi_array_dims(out)).text, "(3, 1, 2)");
  assert_memory_equal(sumi_array_data(out), expected, sizeof expected);
  sumi_array_unref(out);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void the_gradient_of_a_gather_adds_up_repeated_rows(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = counting(g, 3, 2);
  const sumi_tensor_t rows = sumi_gather(x, sumi_constant_i32(g, SUMI_DIMS(3), SUMI_I32(2, 0, 2)));
  sumi_tensor_t dx;
  assert_ok(sumi_gradients(SUMI_TENSORS(sumi_mul(rows, 10)), SUMI_TENSORS(x), &dx));
  assert_value(dx, "(3, 2)", VALUES(10, 10, 0, 0, 20, 20));
  sumi_graph_free(g);
}

static void no_gradient_flows_past_stop_gradient(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT32, 3);
  sumi_tensor_t dx;
  assert_ok(sumi_gradients(SUMI_TENSORS(sumi_mul(x, sumi_stop_gradient(x))), SUMI_TENSORS(x), &dx));
  assert_value(dx, "()", VALUES(3));
  sumi_graph_free(g);
}

static void values_that_only_a_run_knows_are_checked_by_it(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t i = sumi_placeholder(g, SUMI_INT32, .shape = SUMI_DIMS(1));
  const sumi_tensor_t x = counting(g, 3, 2);
  const sumi_tensor_t gathered = sumi_gather(x, i, .name = "rows");
  const sumi_tensor_t zero = sumi_constant_i32(g, SUMI_DIMS(1), SUMI_I32(0));
  const sumi_tensor_t sliced = sumi_slice(x, SUMI_TENSORS(sumi_concat(SUMI_TENSORS(i, zero), 0)),
                                          SUMI_SHAPE(2, 2));
  sumi_session_t *s = sumi_session_new(g);
  const int32_t index = 3;
  sumi_array_t *out = NULL;
  assert_fails(sumi_session_run(s, .feeds = SUMI_FEEDS({i, .data = &index, .dims = SUMI_DIMS(1)}),
                                .fetches = SUMI_FETCHES({gathered, .array = &out})),
               SUMI_INVALID_ARGUMENT, "element 0 of indices is 3, expected a value in [0, 3)");
  assert_non_null(strstr(sumi_error_message(), "'rows'"));
  assert_fails(sumi_session_run(s, .feeds = SUMI_FEEDS({i, .data = &index, .dims = SUMI_DIMS(1)}),
                                .fetches = SUMI_FETCHES({sliced, .array = &out})),
               SUMI_INVALID_ARGUMENT, "axis 0");
  assert_null(out);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void a_placeholder_with_a_default_may_be_fed(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_placeholder_with_default(
      sumi_constant_f32(g, SUMI_DIMS(2), SUMI_F32(1, 2)), SUMI_DIMS(-1));
  assert_dims(x, "(?,)");
  const sumi_tensor_t sum = sumi_reduce_sum(x);
  sumi_session_t *s = sumi_session_new(g);
  float value;
  const float fed[] = {10, 20, 30};
  assert_ok(sumi_session_run(s, .fetches = SUMI_FETCHES({sum, .scalar = &value})));
  assert_near(value, 3, 0);
  assert_ok(sumi_session_run(s, .feeds = SUMI_FEEDS({x, .data = fed, .dims = SUMI_DIMS(3)}),
                             .fetches = SUMI_FETCHES({sum, .scalar = &value})));
  assert_near(value, 60, 0);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void random_numbers_follow_the_seeds(void **state) {
  (void)state;
  float runs[2][2][6];
  for (int graph = 0; graph < 2; ++graph) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_graph_set_seed(g, 5);
    const sumi_tensor_t x = sumi_random_normal(g, SUMI_SHAPE(6), .mean = 1, .stddev = 2, .seed = 9);
    sumi_session_t *s = sumi_session_new(g, .threads = graph + 1);
    for (int run = 0; run < 2; ++run) {
      sumi_array_t *out = NULL;
      assert_ok(sumi_session_value(s, x, &out));
      memcpy(runs[graph][run], sumi_array_data(out), sizeof runs[graph][run]);
      sumi_array_unref(out);
    }
    sumi_session_free(s);
    sumi_graph_free(g);
  }
  assert_memory_equal(runs[0], runs[1], sizeof runs[0]);
  assert_memory_not_equal(runs[0][0], runs[0][1], sizeof runs[0][0]);
}

/* Law: the sample mean and variance of n numbers are within 6 standard errors. */
static void composites_scale_random_numbers(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_graph_set_seed(g, 1);
  const sumi_tensor_t draws[] = {
      sumi_random_normal(g, SUMI_SHAPE(200, 500), .mean = 3, .stddev = 2),
      sumi_random_uniform(g, SUMI_SHAPE(200, 500), .minval = -1, .maxval = 3),
      sumi_truncated_normal(g, SUMI_SHAPE(200, 500), .mean = 3, .stddev = 2)};
  const double mean[] = {3, 1, 3}, variance[] = {4, 16. / 12, 4 * 0.7737413};
  sumi_session_t *s = sumi_session_new(g);
  for (int i = 0; i < 3; ++i) {
    sumi_array_t *out = NULL;
    assert_ok(sumi_session_value(s, draws[i], &out));
    const double n = (double)sumi_array_count(out);
    double sum = 0, squares = 0;
    for (int64_t k = 0; k < n; ++k) sum += sumi_array_get(out, k) - mean[i];
    for (int64_t k = 0; k < n; ++k) squares += pow(sumi_array_get(out, k) - mean[i], 2);
    assert_near(sum / n, 0, 6 * sqrt(variance[i] / n));
    assert_near(squares / n, variance[i], 6 * variance[i] * sqrt(2 / n));
    sumi_array_unref(out);
  }
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void a_shuffle_is_a_permutation_of_rows(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t shuffled = sumi_random_shuffle(counting(g, 50, 2), .seed = 3);
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *out = NULL;
  assert_ok(sumi_session_value(s, shuffled, &out));
  bool seen[50] = {false};
  int moved = 0;
  for (int row = 0; row < 50; ++row) {
    const int from = (int)sumi_array_get(out, 2 * row) / 2;
    assert_near(sumi_array_get(out, 2 * row + 1), 2 * from + 1, 0);
    assert_false(seen[from]);
    seen[from] = true;
    moved += from != row;
  }
  assert_true(moved > 25);
  sumi_array_unref(out);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void checks_fail_the_run_with_their_message(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(2));
  sumi_op_t *check = sumi_assert(sumi_reduce_all(sumi_greater(x, 0)), SUMI_TENSORS(x));
  const sumi_tensor_t guarded = sumi_with_dependencies(SUMI_OPS(check), sumi_reduce_sum(x));
  const sumi_tensor_t finite = sumi_check_numerics(x, "activations");
  sumi_session_t *s = sumi_session_new(g);
  const float good[] = {1, 2}, bad[] = {1, -2}, nan[] = {1, NAN};
  float sum;
  assert_ok(sumi_session_run(s, .feeds = SUMI_FEEDS({x, .data = good, .dims = SUMI_DIMS(2)}),
                             .fetches = SUMI_FETCHES({guarded, .scalar = &sum})));
  assert_near(sum, 3, 0);
  assert_fails(sumi_session_run(s, .feeds = SUMI_FEEDS({x, .data = bad, .dims = SUMI_DIMS(2)}),
                                .fetches = SUMI_FETCHES({guarded, .scalar = &sum})),
               SUMI_INVALID_ARGUMENT, "the assertion does not hold; data: [1 -2]");
  assert_fails(sumi_session_run(s, .feeds = SUMI_FEEDS({x, .data = nan, .dims = SUMI_DIMS(2)}),
                                .targets = SUMI_OPS(finite.op)),
               SUMI_INVALID_ARGUMENT, "activations: element 1 of shape (2,) is nan");
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* Products of many sizes in one graph: the same bits with one thread and with three. */
static void products_have_the_same_bits_for_any_number_of_threads(void **state) {
  (void)state;
  sumi_array_t *out[2] = {NULL, NULL};
  for (int i = 0; i < 2; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_graph_set_seed(g, 3);
    const sumi_tensor_t a = sumi_random_normal(g, SUMI_SHAPE(150, 900), .seed = 1);
    const sumi_tensor_t b = sumi_random_normal(g, SUMI_SHAPE(900, 210), .seed = 2);
    const sumi_tensor_t c = sumi_matmul(sumi_matmul(a, b), b, .transpose_b = true);
    sumi_session_t *s = sumi_session_new(g, .threads = i == 0 ? 1 : 3);
    assert_ok(sumi_session_value(s, c, &out[i]));
    sumi_session_free(s);
    sumi_graph_free(g);
  }
  assert_int_equal(sumi_array_size_bytes(out[0]), 150 * 900 * sizeof(float));
  assert_memory_equal(sumi_array_data(out[0]), sumi_array_data(out[1]),
                      sumi_array_size_bytes(out[0]));
  sumi_array_unref(out[0]), sumi_array_unref(out[1]);
}

/* One graph with most of the ops here, built and run. */
static sumi_status_t build_and_run(void) {
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(2, 3), SUMI_F32(1, 2, 3, 4, 5, 6));
  const sumi_tensor_t wide = sumi_concat(
      SUMI_TENSORS(x, sumi_tile(sumi_index(x, ":, :1"), SUMI_SHAPE(1, 2))), 1);
  const sumi_tensor_t rows = sumi_gather(
      sumi_pad(wide, SUMI_AXES(1, 0), SUMI_AXES(0, 1)),
      sumi_random_uniform_int(g, SUMI_SHAPE(4), 0, 3, .seed = 1));
  const sumi_tensor_t y = sumi_matmul(rows, sumi_transpose(rows));
  const sumi_tensor_t kept = sumi_boolean_mask(y, sumi_greater(sumi_index(y, "0"), -1));
  sumi_tensor_t dx = {0};
  sumi_status_t status = sumi_gradients(SUMI_TENSORS(sumi_reduce_sum(kept)), SUMI_TENSORS(x), &dx);
  if (status != SUMI_OK) status = sumi_graph_status(g);
  sumi_session_t *s = status == SUMI_OK ? sumi_session_new(g, .threads = 1) : NULL;
  if (status == SUMI_OK && !s) status = SUMI_RESOURCE_EXHAUSTED;
  sumi_array_t *out = NULL;
  if (status == SUMI_OK) status = sumi_session_value(s, dx, &out);
  sumi_array_unref(out);
  sumi_session_free(s);
  sumi_graph_free(g);
  return status;
}

static void every_failing_allocation_is_reported(void **state) {
  (void)state;
  assert_ok(build_and_run()); /* what is made once per process is made */
  counting_allocator_install();
  assert_ok(build_and_run());
  const int64_t requests = counting_allocator_requests();
  for (int64_t n = 1; n <= requests; ++n) {
    counting_allocator_fail_at(n);
    const sumi_status_t status = build_and_run();
    if (status != SUMI_OK && status != SUMI_RESOURCE_EXHAUSTED)
      fail_msg("request %d of %d: %s", (int)n, (int)requests, sumi_error_message());
    counting_allocator_fail_at(0);
  }
  assert_int_equal(counting_allocator_live(), 0);
  counting_allocator_remove();
}

/* Each is different from all others, which must not be looked at one by one. */
static void a_long_list_of_nans_has_as_many_values(void **state) {
  (void)state;
  enum { COUNT = 400000 };
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t unique = sumi_unique(sumi_fill(g, SUMI_SHAPE(COUNT), (double)NAN));
  assert_value(sumi_size(unique), "()", VALUES(COUNT));
  assert_value(sumi_reduce_max(sumi_output(unique, 1)), "()", VALUES(COUNT - 1));
  sumi_graph_free(g);
}

/* By hand: each element has the weight of its rank. A table of ranks by places would be 16 GB. */
static void the_gradient_of_a_sort_takes_no_square_of_memory(void **state) {
  (void)state;
  enum { COUNT = 65536 };
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t numbers = sumi_cast(sumi_range(0, sumi_scalar(g, SUMI_INT32, COUNT), 1),
                                          SUMI_FLOAT32);
  const sumi_tensor_t x = sumi_neg(numbers);
  sumi_tensor_t dx;
  assert_ok(sumi_gradients(SUMI_TENSORS(sumi_mul(sumi_sort(x), numbers)), SUMI_TENSORS(x), &dx));
  assert_value(sumi_index(dx, "0"), "()", VALUES(COUNT - 1));
  assert_value(sumi_index(dx, "-1"), "()", VALUES(0));
  sumi_graph_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_curve_fits_shapes_are_partly_inferred),
      cmocka_unit_test(collapsing_axes_keeps_the_static_shape),
      cmocka_unit_test(known_elements_pass_through_ops_of_vectors),
      cmocka_unit_test(products_over_any_rank_have_static_shapes),
      cmocka_unit_test(constants_come_from_c_values),
      cmocka_unit_test(bad_constants_are_refused),
      cmocka_unit_test(texts_index_as_in_numpy),
      cmocka_unit_test(texts_that_are_no_index_are_refused),
      cmocka_unit_test(pleasant_calls_do_what_their_raw_ops_do),
      cmocka_unit_test(transposing_an_unknown_rank_reverses_its_axes),
      cmocka_unit_test(the_gradient_of_a_gather_adds_up_repeated_rows),
      cmocka_unit_test(no_gradient_flows_past_stop_gradient),
      cmocka_unit_test(values_that_only_a_run_knows_are_checked_by_it),
      cmocka_unit_test(a_placeholder_with_a_default_may_be_fed),
      cmocka_unit_test(random_numbers_follow_the_seeds),
      cmocka_unit_test(composites_scale_random_numbers),
      cmocka_unit_test(a_shuffle_is_a_permutation_of_rows),
      cmocka_unit_test(checks_fail_the_run_with_their_message),
      cmocka_unit_test(products_have_the_same_bits_for_any_number_of_threads),
      cmocka_unit_test(a_long_list_of_nans_has_as_many_values),
      cmocka_unit_test(the_gradient_of_a_sort_takes_no_square_of_memory),
      cmocka_unit_test(every_failing_allocation_is_reported),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
