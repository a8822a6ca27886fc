/* Numerical stability: right on paper is not right in float32.
 *
 *   def unstable_softmax(logits): …            # nan for 1000
 *   def unstable_softmax_cross_entropy(…): …   # inf
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <sumi/sumi.h>

static sumi_tensor_t unstable_softmax(sumi_tensor_t logits) {
  sumi_tensor_t e = sumi_exp(logits);
  return sumi_div(e, sumi_reduce_sum(e));
}

/* exp(x - c) / sum exp(x - c) is the same for any c; with the largest x nothing overflows. */
static sumi_tensor_t stable_softmax(sumi_tensor_t logits) {
  sumi_tensor_t e = sumi_exp(sumi_sub(logits, sumi_reduce_max(logits)));
  return sumi_div(e, sumi_reduce_sum(e));
}

static sumi_tensor_t unstable_cross_entropy(sumi_tensor_t labels, sumi_tensor_t logits) {
  sumi_tensor_t log_p = sumi_log(stable_softmax(logits));
  return sumi_neg(sumi_reduce_sum(sumi_mul(labels, log_p)));
}

/* The logarithm of the softmax taken by hand. */
static sumi_tensor_t stable_cross_entropy(sumi_tensor_t labels, sumi_tensor_t logits) {
  sumi_tensor_t scaled = sumi_sub(logits, sumi_reduce_max(logits));
  sumi_tensor_t normalized = sumi_sub(scaled, sumi_reduce_logsumexp(scaled));
  return sumi_neg(sumi_reduce_sum(sumi_mul(labels, normalized)));
}

/* x * y / y, where y does not fit into a float32. */
static void limits(void) {
  const volatile double small = 1e-50, large = 1e39;
  const float x = 1, tiny = (float)small, huge = (float)large;
  printf("%g %g\n", fabs(x * tiny / tiny), fabs(x * huge / huge)); /* a nan has a sign, too */
  printf("%g %g\n", (double)nextafterf(0, 1), (double)FLT_MAX);
}

int main(void) {
  limits();
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t labels = sumi_constant_f32(g, SUMI_DIMS(2), SUMI_F32(0.5F, 0.5F));
  sumi_tensor_t logits = sumi_constant_f32(g, SUMI_DIMS(2), SUMI_F32(1000, 0));
  sumi_tensor_t loss = stable_cross_entropy(labels, logits), slope = {0};
  sumi_status_t status = sumi_gradients(SUMI_TENSORS(loss), SUMI_TENSORS(logits), &slope);
  const sumi_tensor_t values[] = {unstable_softmax(logits), stable_softmax(logits),
                                  unstable_cross_entropy(labels, logits), loss, slope};
  sumi_session_t *s = sumi_session_new(g);
  for (size_t i = 0; i < sizeof values / sizeof *values && status == SUMI_OK; ++i) {
    sumi_array_t *value = NULL;
    status = sumi_session_value(s, values[i], &value);
    if (status == SUMI_OK) sumi_array_print(stdout, value);
    sumi_array_unref(value);
  }
  if (status != SUMI_OK) fprintf(stderr, "%s\n", sumi_error_message());
  sumi_session_free(s);
  sumi_graph_free(g);
  return status == SUMI_OK ? 0 : 1;
}
