// The same headers in C++: a graph, a gradient step, and a summary.
#include <cstdio>
#include <sumi/sumi.h>

int main(int argc, char **argv) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_DIMS(2), .initializer = SUMI_ONES_INITIALIZER);
  sumi_tensor_t loss = sumi_reduce_sum(sumi_mul(0.5, sumi_square(sumi_sub(w, 3))));
  sumi_op_t *step = sumi_minimize(sumi_gradient_descent(.learning_rate = 1), loss);
  sumi_tensor_t joined = sumi_stack(SUMI_TENSORS(w, sumi_mul(w, 2)), .axis = 1);
  sumi_summary_scalar("loss", loss);

  sumi_session_t *s = sumi_session_new(g, .threads = 1);
  sumi_writer_t *log = sumi_writer_open(argc > 1 ? argv[1] : "run");
  sumi_summary_hook_t *hook = sumi_summary_hook_new(s, log);
  sumi_status_t status = sumi_session_run(
      s, .targets = SUMI_OPS(sumi_global_variables_initializer(g)));
  float before = 0;
  if (status == SUMI_OK)
    status = sumi_summary_run(hook, 0, .targets = SUMI_OPS(step),
                              .fetches = SUMI_FETCHES({.tensor = loss, .scalar = &before}));
  sumi_array_t *value = nullptr;
  if (status == SUMI_OK) status = sumi_session_value(s, joined, &value);
  if (status == SUMI_OK) sumi_array_print(stdout, value);
  if (status != SUMI_OK) std::fprintf(stderr, "%s\n", sumi_error_message());
  sumi_array_unref(value);
  sumi_summary_hook_free(hook);
  if (sumi_writer_close(log) != SUMI_OK) std::fprintf(stderr, "%s\n", sumi_error_message());
  sumi_session_free(s);
  sumi_graph_free(g);
  return status == SUMI_OK && before == 4 ? 0 : 1; // by hand: 2 * 0.5 * (1 - 3)^2
}
