/* Runs allocate nothing after the first, and lack of memory is survived wherever it strikes. */
#include "sumi_test.h"

#include <sumi/constants.h>
#include <sumi/host_op.h>
#include <sumi/ops.h>
#include <sumi/session.h>

#include <malloc.h>
#include <stdlib.h>

typedef struct model {
  sumi_graph_t *graph;
  sumi_tensor_t x, loss;
  sumi_op_t *init, *train;
} model_t;

/* Gradient descent on |x w - 1|^2 / 2 spelled out: elementwise groups, kernels, updates. */
static model_t make_model(void) {
  model_t m = {.graph = sumi_graph_new()};
  sumi_graph_t *g = m.graph;
  m.x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 3));
  sumi_tensor_t w = sumi_variable_v2(g, SUMI_DIMS(3), SUMI_FLOAT32);
  m.init = sumi_assign(w, sumi_constant_f32(g, SUMI_DIMS(3), ((float[]){1, 2, 3}))).op;
  sumi_tensor_t error = sumi_sub(sumi_mul(m.x, w), 1);
  sumi_tensor_t first = sumi_slice(error, SUMI_SHAPE(0, 0), SUMI_SHAPE(1, -1));
  sumi_tensor_t flat = sumi_reshape(sumi_transpose(first, .perm = SUMI_AXES(1, 0)), SUMI_SHAPE(3));
  m.loss = sumi_square(sumi_index(flat, "0"));
  m.train = sumi_apply_gradient_descent(w, 0.01, sumi_mul(flat, 0.5)).op;
  return m;
}

static sumi_status_t train(const model_t *m, sumi_session_t *s, const float *values, float *loss) {
  return sumi_session_run(
      s, .feeds = SUMI_FEEDS({.tensor = m->x, .data = values, .dims = SUMI_DIMS(100, 3)}),
      .targets = SUMI_OPS(m->train), .fetches = SUMI_FETCHES({.tensor = m->loss, .scalar = loss}));
}

static void a_run_after_the_first_allocates_nothing(void **state) {
  (void)state;
  float values[300], loss = 0;
  for (int i = 0; i < 300; ++i) values[i] = 1;
  model_t m = make_model();
  sumi_array_t *out = NULL;
  for (int threads = 1; threads <= 2; ++threads) {
    counting_allocator_install();
    sumi_session_t *s = sumi_session_new(m.graph, .threads = threads);
    assert_ok(sumi_session_run(s, .targets = SUMI_OPS(m.init)));
    assert_ok(train(&m, s, values, &loss));
    assert_near(loss, 0, 0); /* x w - 1 = (0, 1, 2) */
    assert_ok(sumi_session_value(s, sumi_op_input(m.train, 0), &out));
    const int64_t requests = counting_allocator_requests();
    const size_t heap = mallinfo2().uordblks;
    for (int i = 0; i < 50; ++i) assert_ok(train(&m, s, values, &loss));
    assert_int_equal(counting_allocator_requests(), requests);
    assert_int_equal(mallinfo2().uordblks, heap);
    sumi_array_unref(out), out = NULL;
    sumi_session_free(s);
    assert_int_equal(counting_allocator_live(), 0);
    counting_allocator_remove();
  }
  sumi_graph_free(m.graph);
}

static void plans_that_alternate_allocate_nothing(void **state) {
  (void)state;
  float values[3000] = {0};
  model_t m = make_model();
  sumi_session_t *s = sumi_session_new(m.graph, .threads = 1);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(m.init)));
  float loss;
  int64_t requests = 0;
  counting_allocator_install(); /* the memory is malloc's either way */
  for (int round = 0; round < 5; ++round) {
    if (round == 1) requests = counting_allocator_requests();
    for (int rows = 1; rows < 10; ++rows)
      assert_ok(sumi_session_run(
          s, .feeds = SUMI_FEEDS({.tensor = m.x, .data = values, .dims = SUMI_DIMS(rows * 100, 3)}),
          .fetches = SUMI_FETCHES({.tensor = m.loss, .scalar = &loss})));
    assert_near(loss, 1, 0);
  }
  assert_int_equal(counting_allocator_requests(), requests);
  counting_allocator_remove();
  sumi_session_free(s);
  sumi_graph_free(m.graph);
}

static sumi_status_t halve(void *context, int input_count, const sumi_array_view_t *in,
                           int output_count, sumi_array_t **out) {
  (void)context, (void)input_count, (void)output_count;
  out[0] = sumi_array_from(SUMI_FLOAT32, SUMI_DIMS(in[0].dims[0] / 2), in[0].data);
  return out[0] ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

/* Everything a session does, with the n-th allocation failing. */
static sumi_status_t whole_life(const model_t *m, sumi_tensor_t late, const float *values,
                                sumi_array_t **out) {
  float loss;
  sumi_session_t *s = sumi_session_new(m->graph, .threads = 1, .disable_passes = "cse");
  if (!s) return SUMI_RESOURCE_EXHAUSTED;
  sumi_status_t status = sumi_session_set_resource(s, "thing", s);
  if (status == SUMI_OK) status = sumi_session_run(s, .targets = SUMI_OPS(m->init));
  if (status == SUMI_OK) status = train(m, s, values, &loss);
  if (status == SUMI_OK)
    status = sumi_session_run(
        s, .feeds = SUMI_FEEDS({.tensor = m->x, .data = values, .dims = SUMI_DIMS(6, 3)}),
        .fetches = SUMI_FETCHES({.tensor = late, .array = out}));
  sumi_session_free(s);
  return status;
}

static void lack_of_memory_is_reported_wherever_it_strikes(void **state) {
  (void)state;
  float values[300] = {0};
  model_t m = make_model();
  sumi_tensor_t flat = sumi_reshape(sumi_exp(m.x), SUMI_SHAPE(-1));
  sumi_tensor_t half = sumi_host_op(m.graph, halve, SUMI_TENSORS(flat), SUMI_TYPES(SUMI_FLOAT32));
  sumi_tensor_t late = sumi_add(sumi_slice(half, SUMI_SHAPE(1), SUMI_SHAPE(-1)), 2);
  counting_allocator_install();
  int nth = 1, failures = 0;
  for (bool reached = true; reached; ++nth) {
    sumi_array_t *out = NULL;
    const int64_t before = counting_allocator_requests();
    counting_allocator_fail_at(nth);
    const sumi_status_t status = whole_life(&m, late, values, &out);
    reached = counting_allocator_requests() - before >= nth;
    counting_allocator_fail_at(0);
    if (status == SUMI_OK) {
      assert_int_equal(sumi_array_count(out), 8);
      assert_near(sumi_array_get(out, 7), 3, 0);
      sumi_array_unref(out);
    } else {
      assert_int_equal(status, SUMI_RESOURCE_EXHAUSTED);
      assert_true(strlen(sumi_error_message()) > 0);
      ++failures;
    }
    assert_int_equal(counting_allocator_live(), 0);
  }
  assert_true(nth - failures <= 3); /* the last, and the warm-up, which is only for speed */
  assert_true(failures > 40);
  assert_int_equal(counting_allocator_live(), 0);
  counting_allocator_remove();
  sumi_graph_free(m.graph);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_run_after_the_first_allocates_nothing),
      cmocka_unit_test(plans_that_alternate_allocate_nothing),
      cmocka_unit_test(lack_of_memory_is_reported_wherever_it_strikes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
