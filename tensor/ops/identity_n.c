/* Several tensors as one node: how a composite op returns more than one. Source: TensorFlow
 * core/ops/array_ops.cc. */
#include <sumi/op_def.h>
#include <sumi/ops.h>

#include <string.h>

static sumi_status_t identity_n_shape(sumi_infer_t *infer) {
  for (int i = 0; i < infer->input_count; ++i) {
    infer->out[i] = infer->in[i];
    infer->known_out[i] = infer->known_in[i];
  }
  return SUMI_OK;
}

static sumi_status_t identity_n_kernel(const sumi_kernel_t *k) {
  for (int i = 0; i < k->input_count; ++i) {
    const size_t size_bytes = (size_t)sumi_array_view_count(&k->in[i]) *
                              sumi_dtype_size_bytes(k->in[i].dtype);
    if (size_bytes) memcpy(sumi_kernel_out(k, i), k->in[i].data, size_bytes);
  }
  return SUMI_OK;
}

static void identity_n_grad(sumi_grad_t *grad) {
  for (int i = 0; i < grad->input_count; ++i) grad->dx[i] = grad->dy[i];
}

SUMI_OP(IdentityN, "input: [T] -> output: [T]",
        .doc = "The inputs, unchanged, as outputs of one node.", .shape = identity_n_shape,
        .kernel = identity_n_kernel, .grad = identity_n_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2), SUMI_S(1, 2)},
                      .at = {SUMI_VALUES(1, 2), SUMI_VALUES(3, 4)},
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(1, 2),
                      .from = "by hand"}));
