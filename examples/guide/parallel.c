/* Data parallelism: the batch is split, each part goes through the same model with the same
 * variables, and the results are joined. Kernels use all threads of the session in any case; what
 * this shows is that parts share variables and that their gradients add up.
 *
 *   def make_parallel(fn, num_gpus, **kwargs): …
 *   loss = make_parallel(model, 2, x=x, y=y)
 */
#include <stdio.h>
#include <sumi/sumi.h>

enum { BATCH = 100, STEPS = 1000, MAX_PARTS = 8 };

typedef sumi_tensor_t (*model_t)(sumi_tensor_t x, sumi_tensor_t y);

/* The squared errors of 5x^2+3, to be learned. */
static sumi_tensor_t model(sumi_tensor_t x, sumi_tensor_t y) {
  sumi_tensor_t w = sumi_get_variable(sumi_tensor_graph(x), "w", SUMI_DIMS(3, 1));
  sumi_tensor_t f = sumi_stack(SUMI_TENSORS(sumi_square(x), x, sumi_ones_like(x)), .axis = 1);
  sumi_tensor_t yhat = sumi_squeeze(sumi_matmul(f, w), .axes = SUMI_AXES(1));
  return sumi_square(sumi_sub(yhat, y));
}

static sumi_tensor_t make_parallel(model_t fn, int parts, sumi_tensor_t x, sumi_tensor_t y) {
  sumi_graph_t *g = sumi_tensor_graph(x);
  sumi_tensor_t xs = sumi_split(x, parts), ys = sumi_split(y, parts), out[MAX_PARTS];
  char device[16];
  for (int i = 0; i < parts; ++i) {
    snprintf(device, sizeof device, "/device:CPU:%d", i);
    sumi_graph_set_device(g, device); /* seen on TensorBoard's graph page */
    sumi_variable_scope_reenter(sumi_current_variable_scope(g), .reuse = SUMI_AUTO_REUSE);
    out[i] = fn(sumi_output(xs, i), sumi_output(ys, i));
    sumi_variable_scope_end(g);
  }
  sumi_graph_set_device(g, NULL);
  return sumi_concat(SUMI_LIST(parts, out), 0);
}

static sumi_status_t fit(int parts) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_graph_set_seed(g, 1);
  sumi_tensor_t x = sumi_random_uniform(g, SUMI_SHAPE(BATCH), .minval = -10, .maxval = 10);
  sumi_tensor_t y = sumi_add(sumi_mul(5, sumi_square(x)), 3);
  sumi_tensor_t loss = sumi_reduce_mean(parts > 1 ? make_parallel(model, parts, x, y)
                                                  : model(x, y));
  sumi_op_t *train = sumi_minimize(sumi_adam(.learning_rate = 0.1), loss);
  const sumi_tensors_t variables = sumi_collection(g, SUMI_TRAINABLE_VARIABLES);
  sumi_session_t *s = sumi_session_new(g);
  sumi_status_t status = sumi_session_run(
      s, .targets = SUMI_OPS(sumi_global_variables_initializer(g)));
  for (int i = 0; i < STEPS && status == SUMI_OK; ++i)
    status = sumi_session_run(s, .targets = SUMI_OPS(train));
  if (status == SUMI_OK) {
    printf("%d parts, %d variable\n", parts, variables.count);
    sumi_array_print(stdout, sumi_session_variable(s, variables.list[0]));
  } else {
    fprintf(stderr, "%s\n", sumi_error_message());
  }
  sumi_session_free(s);
  sumi_graph_free(g);
  return status;
}

int main(void) {
  return fit(1) == SUMI_OK && fit(2) == SUMI_OK && fit(4) == SUMI_OK ? 0 : 1;
}
