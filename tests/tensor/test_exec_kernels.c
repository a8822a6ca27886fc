/* What a user's own kernel finds: attributes, scratch, threads, resources, failures with its node.
 */
#include "sumi_test.h"

#include <sumi/constants.h>
#include <sumi/host_op.h>
#include <sumi/op_def.h>
#include <sumi/ops.h>
#include <sumi/session.h>

#include <stdatomic.h>
#include <stdlib.h>

/* ---- Ops made by the test ---- */

static size_t reverse_scratch(const sumi_kernel_t *kernel) {
  return (size_t)kernel->in[0].dims[0] * sizeof(float);
}

static sumi_status_t reverse_kernel(const sumi_kernel_t *kernel) {
  const int64_t count = kernel->in[0].dims[0];
  const float *in = kernel->in[0].data;
  float *copy = kernel->scratch, *out = sumi_kernel_out(kernel, 0);
  assert_int_equal((uintptr_t)copy % SUMI_ALIGNMENT, 0);
  for (int64_t i = 0; i < count; ++i) copy[i] = in[i];
  for (int64_t i = 0; i < count; ++i) out[i] = copy[count - 1 - i];
  return SUMI_OK;
}

static const sumi_op_def_t reverse_op = {.name = "TestReverse",
                                         .schema = "x: float32 -> y: float32",
                                         .shape = sumi_shape_same_as_input,
                                         .kernel = reverse_kernel,
                                         .scratch = reverse_scratch};

static sumi_status_t picky_kernel(const sumi_kernel_t *kernel) {
  const float x = *(const float *)kernel->in[0].data;
  if (x == 1) return sumi_kernel_fail(kernel, SUMI_OUT_OF_RANGE, "x is %g", (double)x);
  if (x == 2) return sumi_fail(SUMI_DATA_LOSS, "a plain failure");
  *(float *)sumi_kernel_out(kernel, 0) = x;
  return SUMI_OK;
}

static const sumi_op_def_t picky_op = {.name = "TestPicky",
                                       .schema = "x: float32 -> y: float32",
                                       .shape = sumi_shape_scalar,
                                       .kernel = picky_kernel,
                                       .flags = SUMI_OP_STATEFUL};

static sumi_status_t count_kernel(const sumi_kernel_t *kernel) {
  int *counter = sumi_kernel_resource(kernel, "counter");
  if (!counter) return sumi_kernel_fail(kernel, SUMI_FAILED_PRECONDITION, "no counter");
  ++*counter;
  return SUMI_OK;
}

static const sumi_op_def_t count_op = {.name = "TestCount",
                                       .schema = "",
                                       .shape = sumi_shape_none,
                                       .kernel = count_kernel,
                                       .flags = SUMI_OP_SIDE_EFFECT};

typedef struct tasks {
  const sumi_kernel_t *kernel;
  float *out;
} tasks_t;

static void inner_task(void *context, int64_t index) {
  atomic_int *runs = context;
  atomic_fetch_add(&runs[index], 1);
}

static void outer_task(void *context, int64_t index) {
  const tasks_t *t = context;
  atomic_int runs[5] = {0};
  sumi_kernel_parallel(t->kernel, 5, inner_task, runs); /* nested: runs inline */
  int total = 0;
  for (int i = 0; i < 5; ++i) total += runs[i] == 1;
  t->out[index] = (float)(index * 10 + total);
}

static sumi_status_t tasks_kernel(const sumi_kernel_t *kernel) {
  tasks_t t = {kernel, sumi_kernel_out(kernel, 0)};
  sumi_kernel_parallel(kernel, kernel->out[0].dims[0], outer_task, &t);
  return SUMI_OK;
}

static const sumi_op_def_t tasks_op = {.name = "TestTasks",
                                       .schema = "x: float32 -> y: float32",
                                       .shape = sumi_shape_same_as_input,
                                       .kernel = tasks_kernel};

/* Three bytes wider in than out: must not run in place. */
static void flag_block(const sumi_op_t *op, int64_t count, const void *const *in, void *out) {
  (void)op;
  const float *x = in[0];
  bool *y = out;
  for (int64_t i = 0; i < count; ++i) y[i] = x[i] > 2;
}

static void widen_block(const sumi_op_t *op, int64_t count, const void *const *in, void *out) {
  (void)op;
  const bool *x = in[0];
  float *y = out;
  for (int64_t i = 0; i < count; ++i) y[i] = x[i] ? 1.0f : -1.0f;
}

static const sumi_map_t flag_map[] = {{SUMI_FLOAT32, SUMI_BOOL, flag_block}, {0}};
static const sumi_map_t widen_map[] = {{SUMI_BOOL, SUMI_FLOAT32, widen_block}, {0}};
static const sumi_op_def_t flag_op = {.name = "TestFlag",
                                      .schema = "x: float32 -> y: bool",
                                      .shape = sumi_shape_same_as_input,
                                      .map = flag_map};
static const sumi_op_def_t widen_op = {.name = "TestWiden",
                                       .schema = "x: bool -> y: float32",
                                       .shape = sumi_shape_same_as_input,
                                       .map = widen_map};

static sumi_tensor_t node(const char *type, sumi_graph_t *g, sumi_tensors_t inputs) {
  return sumi_node(
      &(sumi_node_spec_t){.site = SUMI_HERE, .graph = g, .type = type, .inputs = inputs});
}

static int register_ops(void **state) {
  (void)state;
  const sumi_op_def_t *const defs[] = {&reverse_op, &picky_op, &count_op,
                                       &tasks_op,   &flag_op,  &widen_op};
  for (size_t i = 0; i < sizeof defs / sizeof *defs; ++i) assert_ok(sumi_register_op(defs[i]));
  return 0;
}

/* ---- Tests ---- */

static void a_kernel_gets_the_scratch_it_asks_for(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32);
  sumi_tensor_t y = node("TestReverse", g, SUMI_TENSORS(sumi_add(x, 1)));
  sumi_tensor_t z = sumi_mul(node("TestReverse", g, SUMI_TENSORS(y)), y);
  const float values[] = {1, 2, 3};
  sumi_array_t *out = NULL;
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(
      sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = x, .data = values, .dims = SUMI_DIMS(3)}),
                       .fetches = SUMI_FETCHES({.tensor = z, .array = &out})));
  assert_near(sumi_array_get(out, 0), 2 * 4, 0);
  assert_near(sumi_array_get(out, 1), 3 * 3, 0);
  assert_near(sumi_array_get(out, 2), 4 * 2, 0);
  sumi_array_unref(out);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void a_failing_kernel_is_named_with_its_line(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_SCALAR);
  const int line = __LINE__ + 2;
  sumi_tensor_t y = sumi_node(&(sumi_node_spec_t){
      .site = SUMI_HERE, .type = "TestPicky", .name = "layer/picky", .inputs = SUMI_TENSORS(x)});
  char where[64];
  snprintf(where, sizeof where, "test_exec_kernels.c:%d)", line);
  sumi_session_t *s = sumi_session_new(g);
  float value = 1, out = 0;
#define RUN()                                                                                      \
  sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = x, .data = &value}),                          \
                   .fetches = SUMI_FETCHES({.tensor = y, .scalar = &out}))
  assert_fails(RUN(), SUMI_OUT_OF_RANGE, "x is 1");
  assert_non_null(strstr(sumi_error_message(), "'layer/picky' (TestPicky, "));
  assert_non_null(strstr(sumi_error_message(), where));
  assert_ptr_equal(strstr(strstr(sumi_error_message(), "picky'") + 1, "picky'"), NULL);
  value = 2;
  assert_fails(RUN(), SUMI_DATA_LOSS, "a plain failure");
  assert_non_null(strstr(sumi_error_message(), where));
  value = 3;
  assert_ok(RUN());
  assert_near(out, 3, 0);
#undef RUN
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void a_kernel_finds_the_programs_resources(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_op_t *count = node("TestCount", g, (sumi_tensors_t){0}).op;
  sumi_session_t *s = sumi_session_new(g);
  assert_fails(sumi_session_run(s, .targets = SUMI_OPS(count)), SUMI_FAILED_PRECONDITION,
               "no counter");
  int counter = 0, second = 0;
  assert_ok(sumi_session_set_resource(s, "counter", &counter));
  for (int i = 0; i < 3; ++i) assert_ok(sumi_session_run(s, .targets = SUMI_OPS(count)));
  assert_int_equal(counter, 3);
  assert_ok(sumi_session_set_resource(s, "counter", &second));
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(count)));
  assert_int_equal(second, 1);
  assert_fails(sumi_session_set_resource(s, NULL, &second), SUMI_INVALID_ARGUMENT, "name");
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void parallel_tasks_run_once_each_and_nest(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32);
  sumi_tensor_t y = node("TestTasks", g, SUMI_TENSORS(x));
  float values[1000] = {0};
  for (int threads = 1; threads <= 4; ++threads) {
    sumi_session_t *s = sumi_session_new(g, .threads = threads);
    sumi_array_t *out = NULL;
    assert_ok(sumi_session_run(
        s, .feeds = SUMI_FEEDS({.tensor = x, .data = values, .dims = SUMI_DIMS(1000)}),
        .fetches = SUMI_FETCHES({.tensor = y, .array = &out})));
    for (int i = 0; i < 1000; ++i) assert_near(sumi_array_get(out, i), i * 10 + 5, 0);
    sumi_array_unref(out);
    sumi_session_free(s);
  }
  sumi_graph_free(g);
}

static void elements_of_other_sizes_are_not_written_in_place(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32);
  sumi_tensor_t y = node("TestReverse", g, SUMI_TENSORS(x));
  sumi_tensor_t z = node("TestWiden", g, SUMI_TENSORS(node("TestFlag", g, SUMI_TENSORS(y))));
  float values[5000];
  for (int i = 0; i < 5000; ++i) values[i] = (float)(i % 5);
  static const char *const passes[] = {"", "fuse"};
  for (int p = 0; p < 2; ++p) {
    sumi_session_t *s = sumi_session_new(g, .disable_passes = passes[p]);
    sumi_array_t *out = NULL;
    assert_ok(sumi_session_run(
        s, .feeds = SUMI_FEEDS({.tensor = x, .data = values, .dims = SUMI_DIMS(5000)}),
        .fetches = SUMI_FETCHES({.tensor = z, .array = &out})));
    for (int i = 0; i < 5000; ++i)
      assert_near(sumi_array_get(out, i), (4999 - i) % 5 > 2 ? 1 : -1, 0);
    sumi_array_unref(out);
    sumi_session_free(s);
  }
  sumi_graph_free(g);
}

/* ---- Shapes that are known only while running ---- */

/* The elements that are not negative. */
static sumi_status_t keep_positive(void *context, int input_count, const sumi_array_view_t *in,
                                   int output_count, sumi_array_t **out) {
  (void)input_count, (void)output_count;
  if (context) return sumi_fail(SUMI_CANCELLED, "the host says no");
  const float *x = in[0].data;
  int64_t kept = 0;
  for (int64_t i = 0; i < in[0].dims[0]; ++i) kept += x[i] >= 0;
  out[0] = sumi_array_new(SUMI_FLOAT32, SUMI_DIMS(kept));
  float *y = sumi_array_data(out[0]);
  for (int64_t i = 0; i < in[0].dims[0]; ++i)
    if (x[i] >= 0) *y++ = x[i];
  return SUMI_OK;
}

static void shapes_may_be_known_only_while_running(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1));
  sumi_tensor_t kept = sumi_host_op(g, keep_positive, SUMI_TENSORS(sumi_add(x, 0)),
                                    SUMI_TYPES(SUMI_FLOAT32));
  sumi_tensor_t doubled = sumi_mul(sumi_identity(kept), 2); /* map, alias */
  sumi_tensor_t count = sumi_size(doubled);
  sumi_tensor_t row = sumi_reshape(doubled, SUMI_SHAPE(1, count));
  sumi_tensor_t fixed = sumi_slice(kept, SUMI_SHAPE(0), SUMI_SHAPE(1)); /* static shape again */
  sumi_tensor_t after = sumi_add(fixed, 100);
  sumi_session_t *s = sumi_session_new(g);
  const float values[3][4] = {{1, -2, 3, -4}, {5, 6, 7, 8}, {-1, -1, 9, -1}};
  const int counts[] = {2, 4, 1};
  sumi_array_t *rows = NULL, *one = NULL;
  for (int i = 0; i < 3; ++i) {
    int32_t n = 0;
    assert_ok(sumi_session_run(
        s, .feeds = SUMI_FEEDS({.tensor = x, .data = values[i], .dims = SUMI_DIMS(4)}),
        .fetches = SUMI_FETCHES({.tensor = row, .array = &rows}, {.tensor = count, .scalar = &n},
                                {.tensor = after, .array = &one})));
    assert_int_equal(n, counts[i]);
    assert_int_equal(sumi_array_rank(rows), 2);
    assert_int_equal(sumi_array_dims(rows).size[1], counts[i]);
    assert_near(sumi_array_get(rows, 0), i == 0 ? 2 : i == 1 ? 10 : 18, 0);
    assert_near(sumi_array_get(one, 0), i == 0 ? 101 : i == 1 ? 105 : 109, 0);
  }
  assert_int_equal(sumi_session_stats(s).plans, 1);
  sumi_array_unref(rows), sumi_array_unref(one);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static sumi_status_t make_words(void *context, int input_count, const sumi_array_view_t *in,
                                int output_count, sumi_array_t **out) {
  (void)context, (void)input_count, (void)in, (void)output_count;
  out[0] = sumi_array_from(SUMI_STRING, SUMI_DIMS(1, 2), ((const char *[]){"ink", "brush"}));
  return SUMI_OK;
}

static void strings_pass_through_late_shapes(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t words = sumi_host_op(g, make_words, SUMI_TENSORS(sumi_scalar(g, SUMI_INT32, 1)),
                                     SUMI_TYPES(SUMI_STRING));
  sumi_tensor_t flat = sumi_reshape(sumi_identity(words), SUMI_SHAPE(-1));
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *out = NULL;
  for (int run = 0; run < 2; ++run) {
    assert_ok(sumi_session_run(s, .fetches = SUMI_FETCHES({.tensor = flat, .array = &out})));
    assert_int_equal(sumi_array_rank(out), 1);
    assert_string_equal(sumi_array_get_text(out, 1), "brush");
  }
  sumi_session_free(s);
  assert_string_equal(sumi_array_get_text(out, 0), "ink");
  sumi_array_unref(out);
  sumi_graph_free(g);
}

static void a_host_op_with_a_known_shape_keeps_the_plan_static(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(3));
  sumi_tensor_t kept = sumi_host_op(g, keep_positive, SUMI_TENSORS(x), SUMI_TYPES(SUMI_FLOAT32));
  sumi_set_shape(kept, SUMI_DIMS(2));
  sumi_tensor_t y = sumi_mul(sumi_square(kept), 10);
  sumi_session_t *s = sumi_session_new(g);
  float values[] = {1, -2, 3};
  sumi_array_t *out = NULL;
#define RUN()                                                                                      \
  sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = x, .data = values}),                          \
                   .fetches = SUMI_FETCHES({.tensor = y, .array = &out}))
  assert_ok(RUN());
  assert_near(sumi_array_get(out, 0), 10, 0);
  assert_near(sumi_array_get(out, 1), 90, 0);
  values[1] = 2;
  assert_fails(RUN(), SUMI_INVALID_ARGUMENT, "shape (3,)");
#undef RUN
  sumi_array_unref(out);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void a_failing_host_op_is_named(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT32, 1);
  sumi_tensor_t y = sumi_host_op(g, keep_positive, SUMI_TENSORS(x), SUMI_TYPES(SUMI_FLOAT32),
                                 .context = &x, .name = "camera");
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *out = NULL;
  assert_fails(sumi_session_value(s, y, &out), SUMI_CANCELLED, "the host says no");
  assert_non_null(strstr(sumi_error_message(), "'camera'"));
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* Reshape to a fed shape: the plan is made for the elements, and anew when they change; labels of
 * the same dtype do not take part. */
static void shapes_may_depend_on_the_elements_of_feeds(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(6));
  sumi_tensor_t shape = sumi_placeholder(g, SUMI_INT32, .shape = SUMI_DIMS(2));
  sumi_tensor_t label = sumi_placeholder(g, SUMI_INT32, .shape = SUMI_DIMS(1));
  sumi_tensor_t y = sumi_reshape(sumi_add(x, sumi_cast(label, SUMI_FLOAT32)), SUMI_SHAPE(shape));
  sumi_tensor_t z = sumi_mul(y, 2);
  sumi_session_t *s = sumi_session_new(g);
  const float values[] = {1, 2, 3, 4, 5, 6};
  const int32_t wanted[4][2] = {{2, 3}, {3, 2}, {2, 3}, {3, 2}};
  sumi_array_t *out = NULL;
  for (int i = 0; i < 4; ++i) {
    const int32_t l[] = {i};
    assert_ok(sumi_session_run(s,
                               .feeds = SUMI_FEEDS({.tensor = x, .data = values},
                                                   {.tensor = shape, .data = wanted[i]},
                                                   {.tensor = label, .data = l}),
                               .fetches = SUMI_FETCHES({.tensor = z, .array = &out})));
    assert_int_equal(sumi_array_dims(out).size[0], wanted[i][0]);
    assert_near(sumi_array_get(out, 5), 2 * (6 + i), 0);
  }
  assert_int_equal(sumi_session_stats(s).plans, 2);
  sumi_array_unref(out);
  sumi_session_free(s);
  sumi_graph_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_kernel_gets_the_scratch_it_asks_for),
      cmocka_unit_test(a_failing_kernel_is_named_with_its_line),
      cmocka_unit_test(a_kernel_finds_the_programs_resources),
      cmocka_unit_test(parallel_tasks_run_once_each_and_nest),
      cmocka_unit_test(elements_of_other_sizes_are_not_written_in_place),
      cmocka_unit_test(shapes_may_be_known_only_while_running),
      cmocka_unit_test(strings_pass_through_late_shapes),
      cmocka_unit_test(a_host_op_with_a_known_shape_keeps_the_plan_static),
      cmocka_unit_test(a_failing_host_op_is_named),
      cmocka_unit_test(shapes_may_depend_on_the_elements_of_feeds),
  };
  return cmocka_run_group_tests(tests, register_ops, NULL);
}
