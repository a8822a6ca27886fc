/* max(x, 0) written in C, as an op of float32 tensors; shared by the examples that define it and
 * that check it. */
#include <sumi/sumi.h>

static sumi_status_t map(const sumi_array_view_t *in, sumi_array_t **out, float (*f)(float)) {
  sumi_dims_t dims = sumi_dims_make(in->rank, in->dims);
  *out = sumi_array_new(SUMI_FLOAT32, dims);
  if (!*out) return SUMI_RESOURCE_EXHAUSTED;
  const float *x = in->data;
  float *y = sumi_array_data(*out);
  for (int64_t i = 0; i < sumi_array_count(*out); ++i) y[i] = f(x[i]);
  return SUMI_OK;
}

static float max_with_zero(float x) {
  return x > 0 ? x : 0;
}

static float is_positive(float x) {
  return x > 0 ? 1 : 0;
}

static sumi_status_t relu_values(void *context, int in_count, const sumi_array_view_t *in,
                                 int out_count, sumi_array_t **out) {
  (void)context, (void)in_count, (void)out_count;
  return map(in, out, max_with_zero);
}

static sumi_status_t relu_slopes(void *context, int in_count, const sumi_array_view_t *in,
                                 int out_count, sumi_array_t **out) {
  (void)context, (void)in_count, (void)out_count;
  return map(in, out, is_positive);
}

static void relu_gradient(sumi_grad_t *grad, void *context) {
  (void)context;
  sumi_tensor_t x = grad->x[0];
  sumi_tensor_t slopes = sumi_host_op(sumi_tensor_graph(x), relu_slopes, SUMI_TENSORS(x),
                                      SUMI_TYPES(SUMI_FLOAT32));
  grad->dx[0] = sumi_mul(grad->dy[0], slopes);
}

static sumi_tensor_t relu(sumi_tensor_t x) {
  sumi_graph_t *g = sumi_tensor_graph(x);
  sumi_register_gradient(g, "MyReluGrad", relu_gradient, NULL);
  sumi_gradient_override_begin(g, "PyFunc", "MyReluGrad");
  sumi_tensor_t y = sumi_host_op(g, relu_values, SUMI_TENSORS(x), SUMI_TYPES(SUMI_FLOAT32));
  sumi_gradient_override_end(g);
  return y;
}
