/* Functions of the program as ops: what they are given, what they may give back, and when their
 * context is released. */
#include "sumi_test.h"

#include <sumi/constants.h>
#include <sumi/host_op.h>
#include <sumi/op_def.h>
#include <sumi/ops.h>
#include <sumi/session.h>

typedef struct probe {
  int calls, releases;
  sumi_status_t fail;
} probe_t;

static void release(void *context) {
  ++((probe_t *)context)->releases;
}

/* (float32 x, int64 n, string s) -> (x * n float64, length of s int32) */
static sumi_status_t mixed(void *context, int input_count, const sumi_array_view_t *in,
                           int output_count, sumi_array_t **out) {
  probe_t *probe = context;
  ++probe->calls;
  assert_int_equal(input_count, 3);
  assert_int_equal(output_count, 2);
  assert_null(out[0]);
  assert_null(out[1]);
  assert_int_equal(in[0].dtype, SUMI_FLOAT32);
  assert_int_equal(in[1].dtype, SUMI_INT64);
  assert_int_equal(in[2].dtype, SUMI_STRING);
  assert_int_equal(in[1].rank, 0);
  out[0] = sumi_array_new(SUMI_FLOAT64, sumi_dims_make(in[0].rank, in[0].dims));
  for (int64_t i = 0; i < sumi_array_view_count(&in[0]); ++i)
    sumi_array_set(out[0], i,
                   sumi_array_view_double(&in[0], i) * sumi_array_view_double(&in[1], 0));
  out[1] = sumi_array_scalar(SUMI_INT32, (double)strlen(((const char *const *)in[2].data)[0]));
  return probe->fail ? sumi_fail(probe->fail, "the camera is %s", "off") : SUMI_OK;
}

static void inputs_and_outputs_have_their_dtypes(void **state) {
  (void)state;
  probe_t probe = {0};
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(2, 2), ((float[]){1, 2, 3, 4}));
  sumi_tensor_t n = sumi_scalar(g, SUMI_INT64, 10), s = sumi_constant_text(g, "hello");
  sumi_tensor_t y = sumi_host_op(g, mixed, SUMI_TENSORS(x, n, s),
                                 SUMI_TYPES(SUMI_FLOAT64, SUMI_INT32), .context = &probe,
                                 .release = release, .name = "mix");
  sumi_tensor_t length = sumi_output(y, 1);
  assert_string_equal(sumi_op_name(y.op), "mix");
  assert_string_equal(sumi_op_type(y.op), "PyFunc");
  assert_int_equal(sumi_tensor_dtype(y), SUMI_FLOAT64);
  assert_int_equal(sumi_tensor_dtype(length), SUMI_INT32);
  assert_int_equal(sumi_tensor_dims(y).rank, SUMI_UNKNOWN_RANK);
  assert_true(sumi_tensor_is_null(sumi_output(y, 2)));
  sumi_session_t *session = sumi_session_new(g);
  for (int run = 1; run <= 3; ++run) {
    sumi_array_t *product = NULL;
    int32_t characters = 0;
    assert_ok(sumi_session_run(session,
                               .fetches = SUMI_FETCHES({.tensor = y, .array = &product},
                                                       {.tensor = length, .scalar = &characters})));
    assert_string_equal(sumi_dims_text(sumi_array_dims(product)).text, "(2, 2)");
    assert_near(sumi_array_get(product, 3), 40, 0);
    assert_int_equal(characters, 5);
    assert_int_equal(probe.calls, run); /* once for both outputs, and in every run */
    sumi_array_unref(product);
  }
  sumi_session_free(session);
  assert_int_equal(probe.releases, 0);
  sumi_graph_free(g);
  assert_int_equal(probe.releases, 1);
}

static void the_context_is_released_once_also_after_a_refusal(void **state) {
  (void)state;
  for (int i = 0; i < 7; ++i) {
    probe_t probe = {0};
    sumi_graph_t *g = i == 0 ? NULL : sumi_graph_new();
    sumi_tensor_t x = {0};
    if (i != 3) x = sumi_scalar(g, SUMI_FLOAT32, 1);
    if (i == 1) sumi_name_scope_end(g); /* the graph has refused already */
    const sumi_host_fn_t fn = i == 2 ? NULL : mixed;
    const sumi_types_t types = i == 4   ? (sumi_types_t){2, NULL}
                               : i == 5 ? SUMI_TYPES((sumi_dtype_t)777)
                                        : SUMI_TYPES(SUMI_FLOAT32);
    sumi_tensor_t y = sumi_host_op(g, fn, SUMI_TENSORS(x), types, .context = &probe,
                                   .release = release, .name = i == 6 ? "bad name" : NULL);
    assert_true(sumi_tensor_is_null(y));
    if (g) assert_int_not_equal(sumi_graph_status(g), SUMI_OK);
    sumi_graph_free(g);
    assert_int_equal(probe.releases, 1);
    assert_int_equal(probe.calls, 0);
  }
}

static void a_failure_is_reported_with_the_node_and_its_line(void **state) {
  (void)state;
  probe_t probe = {.fail = SUMI_UNAVAILABLE};
  sumi_graph_t *g = sumi_graph_new();
  char where[64];
  snprintf(where, sizeof where, "test_host_op.c:%d", __LINE__ + 1);
  sumi_site_t here = SUMI_HERE;
  sumi_tensor_t inputs[] = {sumi_scalar(g, SUMI_FLOAT32, 1), sumi_scalar(g, SUMI_INT64, 10),
                            sumi_constant_text(g, "a")};
  sumi_tensor_t y = sumi_host_op_with(
      g, here, mixed, SUMI_LIST(3, inputs), SUMI_TYPES(SUMI_FLOAT64, SUMI_INT32),
      SUMI_OPTIONS(sumi_host_op_options_t, .context = &probe, .name = "camera"));
  sumi_session_t *session = sumi_session_new(g);
  sumi_array_t *value = NULL;
  assert_fails(sumi_session_value(session, y, &value), SUMI_UNAVAILABLE, "the camera is off");
  assert_non_null(strstr(sumi_error_message(), "'camera'"));
  assert_non_null(strstr(sumi_error_message(), "PyFunc"));
  assert_non_null(strstr(sumi_error_message(), where));
  assert_null(value);
  probe.fail = SUMI_OK; /* and the next run is not worse for it */
  assert_ok(sumi_session_value(session, y, &value));
  assert_near(sumi_array_get(value, 0), 10, 0);
  sumi_array_unref(value);
  sumi_session_free(session);
  sumi_graph_free(g);
}

/* context: what to store in out[0]; out[1] stays NULL */
static sumi_status_t careless(void *context, int input_count, const sumi_array_view_t *in,
                              int output_count, sumi_array_t **out) {
  (void)input_count, (void)in, (void)output_count;
  const sumi_dtype_t dtype = *(sumi_dtype_t *)context;
  if (dtype) out[0] = sumi_array_scalar(dtype, 1);
  return SUMI_OK;
}

static void outputs_that_are_missing_or_of_a_wrong_dtype_are_refused(void **state) {
  (void)state;
  const struct {
    sumi_dtype_t stored;
    sumi_types_t types;
    const char *text;
  } cases[] = {
      {SUMI_DTYPE_INVALID, SUMI_TYPES(SUMI_FLOAT32), "left output 0 NULL"},
      {SUMI_FLOAT64, SUMI_TYPES(SUMI_FLOAT32), "output 0 is float64, declared as float32"},
      {SUMI_FLOAT32, SUMI_TYPES(SUMI_FLOAT32, SUMI_FLOAT32), "left output 1 NULL"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    sumi_dtype_t stored = cases[i].stored;
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t y = sumi_host_op(g, careless, SUMI_TENSORS(sumi_scalar(g, SUMI_FLOAT32, 1)),
                                   cases[i].types, .context = &stored, .name = "careless");
    sumi_session_t *session = sumi_session_new(g);
    sumi_array_t *value = NULL;
    assert_fails(sumi_session_value(session, y, &value), SUMI_INVALID_ARGUMENT, cases[i].text);
    assert_non_null(strstr(sumi_error_message(), "'careless'"));
    assert_null(value);
    sumi_session_free(session);
    sumi_graph_free(g);
  }
}

/* The constant 5, counting its calls. */
static sumi_status_t five(void *context, int input_count, const sumi_array_view_t *in,
                          int output_count, sumi_array_t **out) {
  (void)input_count, (void)in, (void)output_count;
  ++((probe_t *)context)->calls;
  out[0] = sumi_array_scalar(SUMI_FLOAT32, 5);
  return out[0] ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

/* Two readers of one node, three runs. */
static int calls(bool stateless) {
  probe_t probe = {0};
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT32, 1), y[2];
  sumi_tensor_t first = sumi_host_op(g, five, SUMI_TENSORS(x), SUMI_TYPES(SUMI_FLOAT32),
                                     .context = &probe, .stateless = stateless);
  for (int i = 0; i < 2; ++i) y[i] = sumi_add(first, i);
  assert_string_equal(sumi_op_type(first.op), stateless ? "PyFuncStateless" : "PyFunc");
  sumi_session_t *session = sumi_session_new(g);
  for (int run = 0; run < 3; ++run) {
    float values[2] = {0};
    assert_ok(
        sumi_session_run(session, .fetches = SUMI_FETCHES({.tensor = y[0], .scalar = &values[0]},
                                                          {.tensor = y[1], .scalar = &values[1]})));
    assert_near(values[0], 5, 0);
    assert_near(values[1], 6, 0);
  }
  sumi_session_free(session);
  sumi_graph_free(g);
  return probe.calls;
}

static void a_function_runs_once_in_each_run_unless_it_is_stateless(void **state) {
  (void)state;
  assert_int_equal(calls(false), 3);
  assert_true(calls(true) <= 3);
}

static void a_function_without_inputs_or_outputs_runs_for_its_effect(void **state) {
  (void)state;
  probe_t probe = {0};
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t y = sumi_host_op(g, five, ((sumi_tensors_t){0, NULL}), SUMI_TYPES(SUMI_FLOAT32),
                                 .context = &probe);
  sumi_session_t *session = sumi_session_new(g);
  assert_ok(sumi_session_run(session, .targets = SUMI_OPS(y.op)));
  assert_int_equal(probe.calls, 1);
  sumi_session_free(session);
  sumi_graph_free(g);
}

static void lack_of_memory_releases_the_context(void **state) {
  (void)state;
  counting_allocator_install();
  for (int64_t nth = 0;; ++nth) { /* 0 warms up what lives as long as the process */
    probe_t probe = {0};
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT32, 1);
    for (int i = 0; i < 200; ++i) sumi_neg(x); /* so that the arena has to grow soon */
    const int64_t before = counting_allocator_requests();
    counting_allocator_fail_at(nth);
    sumi_host_op(g, five, SUMI_TENSORS(x), SUMI_TYPES(SUMI_FLOAT32), .context = &probe,
                 .release = release);
    const bool reached = nth == 0 || counting_allocator_requests() - before >= nth;
    counting_allocator_fail_at(0);
    assert_int_equal(sumi_graph_status(g), reached && nth ? SUMI_RESOURCE_EXHAUSTED : SUMI_OK);
    sumi_graph_free(g);
    assert_int_equal(probe.releases, 1);
    assert_int_equal(counting_allocator_live(), 0);
    if (!reached) break;
  }
  counting_allocator_remove();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(inputs_and_outputs_have_their_dtypes),
      cmocka_unit_test(the_context_is_released_once_also_after_a_refusal),
      cmocka_unit_test(a_failure_is_reported_with_the_node_and_its_line),
      cmocka_unit_test(outputs_that_are_missing_or_of_a_wrong_dtype_are_refused),
      cmocka_unit_test(a_function_runs_once_in_each_run_unless_it_is_stateless),
      cmocka_unit_test(a_function_without_inputs_or_outputs_runs_for_its_effect),
      cmocka_unit_test(lack_of_memory_releases_the_context),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
