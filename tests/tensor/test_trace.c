/* What a run did, step by step, against the plan that it ran. */
#include "sumi_test.h"

#include <stdlib.h>
#include <sumi/clock.h>
#include <sumi/constants.h>
#include <sumi/ops.h>
#include <sumi/session.h>

/* Each look at the clock takes a microsecond and a half. */
static int64_t now_ns;

static int64_t count_ns(void *user) {
  (void)user;
  return now_ns += 1500;
}

static double fixed_s(void *user) {
  (void)user;
  return 1234.5;
}

static void every_step_is_there_with_its_nodes(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(2, 3), .name = "x");
  const sumi_tensor_t y = sumi_matmul(x, sumi_constant_f32(g, SUMI_DIMS(3, 4), (float[12]){1}),
                                      .name = "y");
  const sumi_tensor_t z = sumi_square(sumi_add(y, 1, .name = "plus"), .name = "z");
  const sumi_tensor_t top = sumi_concat(SUMI_TENSORS(z, z), 0, .name = "top");
  sumi_session_t *s = sumi_session_new(g, .threads = 2);
  sumi_trace_t *trace = sumi_trace_new();
  sumi_array_t *value = NULL;
  const float values[6] = {1, 2, 3, 4, 5, 6};
  assert_int_equal(sumi_trace_count(trace), 0);
  assert_near(sumi_trace_wall_s(trace), 0, 0);
  const sumi_clock_t clock = {fixed_s, count_ns, NULL};
  sumi_set_clock(&clock);
  for (int i = 0; i < 2; ++i) /* it is filled anew each time */
    assert_ok(sumi_session_run(
        s, .feeds = SUMI_FEEDS({.tensor = x, .data = values, .dims = SUMI_DIMS(2, 3)}),
        .fetches = SUMI_FETCHES({.tensor = top, .array = &value}), .trace = trace));
  sumi_set_clock(NULL);
  assert_int_equal(sumi_trace_count(trace), sumi_session_stats(s).steps);
  assert_int_equal(sumi_trace_count(trace), 3);
  assert_near(sumi_trace_wall_s(trace), 1234.5, 0);
  static const struct {
    const char *name, *type;
    int nodes;
    int64_t start_ns, bytes;
  } expected[] = {{"y", "MatMul", 1, 1500, 2 * 4 * 4},
                  {"z", "Square", 2, 4500, 2 * 4 * 4},
                  {"top", "ConcatV2", 1, 7500, 4 * 4 * 4}};
  for (int i = 0; i < 3; ++i) {
    const sumi_trace_step_t step = sumi_trace_at(trace, i);
    assert_string_equal(sumi_op_name(step.op), expected[i].name);
    assert_string_equal(sumi_op_type(step.op), expected[i].type);
    assert_int_equal(step.node_count, expected[i].nodes);
    assert_int_equal(step.start_ns, expected[i].start_ns);
    assert_int_equal(step.duration_ns, 1500);
    assert_int_equal(step.output_bytes, expected[i].bytes);
    assert_true(step.threads >= 1 && step.threads <= 2);
  }
  assert_string_equal(sumi_op_name(sumi_trace_at(trace, 1).nodes[0]), "plus");
  assert_ptr_equal(sumi_trace_at(trace, 1).nodes[1], sumi_trace_at(trace, 1).op);
  assert_null(sumi_trace_at(trace, 3).op);
  assert_null(sumi_trace_at(trace, -1).op);
  sumi_buffer_t text = {0};
  assert_ok(sumi_trace_format_chrome(trace, &text));
  assert_non_null(strstr(sumi_buffer_text(&text),
                         "\"ts\": 4.500, \"dur\": 1.500, \"name\": \"fused\", \"args\": {\"name\": "
                         "\"z\", \"nodes\": [\"plus\", \"z\"], \"threads\": "));
  sumi_buffer_release(&text);
  assert_fails(sumi_trace_format_chrome(NULL, &text), SUMI_INVALID_ARGUMENT, "trace is NULL");
  sumi_array_unref(value);
  sumi_trace_free(trace);
  sumi_trace_free(NULL);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void a_failed_run_shows_how_far_it_came(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(2));
  const sumi_tensor_t y = sumi_check_numerics(sumi_log(x), "the logarithm");
  sumi_session_t *s = sumi_session_new(g);
  sumi_trace_t *trace = sumi_trace_new();
  sumi_array_t *value = NULL;
  assert_fails(
      sumi_session_run(
          s,
          .feeds = SUMI_FEEDS({.tensor = x, .data = (const float[]){0, 1}, .dims = SUMI_DIMS(2)}),
          .fetches = SUMI_FETCHES({.tensor = y, .array = &value}), .trace = trace),
      SUMI_INVALID_ARGUMENT, "the logarithm");
  assert_int_equal(sumi_trace_count(trace), 1);
  assert_string_equal(sumi_op_type(sumi_trace_at(trace, 0).op), "Log");
  sumi_trace_free(trace);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void without_memory_the_run_fails(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_SCALAR);
  const sumi_tensor_t y = sumi_square(x);
  sumi_session_t *s = sumi_session_new(g);
  const float two = 2;
  float four = 0;
#define FOUR(out_trace)                                                                            \
  sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = x, .data = &two, .dims = SUMI_SCALAR}),       \
                   .fetches = SUMI_FETCHES({.tensor = y, .scalar = &four}), .trace = out_trace)
  assert_ok(FOUR(NULL));
  counting_allocator_install();
  for (int nth = 1; nth <= 2; ++nth) {
    sumi_trace_t *trace = sumi_trace_new();
    counting_allocator_fail_at(nth);
    assert_fails(FOUR(trace), SUMI_RESOURCE_EXHAUSTED, "a trace");
    assert_int_equal(sumi_trace_count(trace), 0);
    counting_allocator_fail_at(0);
    assert_ok(FOUR(trace));
    assert_int_equal(sumi_trace_count(trace), 1);
    sumi_trace_free(trace);
  }
  counting_allocator_fail_at(1);
  assert_null(sumi_trace_new());
  counting_allocator_fail_at(0);
  assert_int_equal(counting_allocator_live(), 0);
  counting_allocator_remove();
  sumi_session_free(s);
  sumi_graph_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_step_is_there_with_its_nodes),
      cmocka_unit_test(a_failed_run_shows_how_far_it_came),
      cmocka_unit_test(without_memory_the_run_fails),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
