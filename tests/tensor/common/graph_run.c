#include "graph_run.h"

#include <sumi/constants.h>
#include <sumi/gradients.h>
#include <sumi/variables.h>

sumi_session_t *started(sumi_graph_t *g) {
  sumi_op_t *init = sumi_global_variables_initializer(g);
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(init)));
  return s;
}

double scalar_of(sumi_session_t *s, sumi_tensor_t tensor) {
  sumi_array_t *value = NULL;
  assert_ok(sumi_session_value(s, tensor, &value));
  assert_int_equal(sumi_array_count(value), 1);
  const double number = sumi_array_get(value, 0);
  sumi_array_unref(value);
  return number;
}

sumi_tensor_t gradient_of(sumi_tensor_t y, sumi_tensor_t x) {
  sumi_tensor_t dx;
  assert_ok(sumi_gradients(SUMI_TENSORS(y), SUMI_TENSORS(x), &dx));
  return dx;
}

void assert_refusal(sumi_graph_t *g, sumi_status_t status, const char *text) {
  if (sumi_graph_status(g) != status || !strstr(sumi_graph_message(g), text))
    fail_msg("%s \"%s\", expected %s with \"%s\"", sumi_status_name(sumi_graph_status(g)),
             sumi_graph_message(g), sumi_status_name(status), text);
}

void assert_survives_lack_of_memory(sumi_status_t (*attempt)(const void *data), const void *data,
                                    int stride) {
  assert_ok(attempt(data)); /* what the process keeps is there */
  counting_allocator_install();
  bool reached = true;
  int failures = 0;
  for (int64_t nth = 1; reached; nth += nth < 40 ? 1 : stride) {
    const int64_t before = counting_allocator_requests();
    counting_allocator_fail_at(nth);
    const sumi_status_t status = attempt(data);
    reached = counting_allocator_requests() - before >= nth;
    counting_allocator_fail_at(0);
    failures += status != SUMI_OK;
    if (status != SUMI_OK && (status != SUMI_RESOURCE_EXHAUSTED || !reached))
      fail_msg("request %lld: %s: %s", (long long)nth, sumi_status_name(status),
               sumi_error_message());
    assert_int_equal(counting_allocator_live(), 0);
  }
  counting_allocator_remove();
  assert_true(failures > 0);
}

typedef struct function {
  sumi_tensor_t (*of)(sumi_graph_t *g, sumi_tensor_t x);
} function_t;

static sumi_status_t differentiated(const void *data) {
  const function_t *f = data;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT32, 3), y = f->of(g, x), dx;
  float value, slope;
  sumi_status_t status = sumi_graph_status(g);
  if (status == SUMI_OK) status = sumi_gradients(SUMI_TENSORS(y), SUMI_TENSORS(x), &dx);
  sumi_session_t *s = status == SUMI_OK ? sumi_session_new(g) : NULL;
  if (status == SUMI_OK && !s) status = SUMI_RESOURCE_EXHAUSTED;
  if (status == SUMI_OK)
    status = sumi_session_run(s, .fetches = SUMI_FETCHES({.tensor = y, .scalar = &value},
                                                         {.tensor = dx, .scalar = &slope}));
  sumi_session_free(s);
  sumi_graph_free(g);
  return status;
}

void assert_gradient_survives_lack_of_memory(sumi_tensor_t (*f)(sumi_graph_t *g, sumi_tensor_t x)) {
  assert_survives_lack_of_memory(differentiated, &(function_t){f}, 3);
}
