/* A branch: one of two functions is called. */
#include "exec/run/branch.h"

#include "exec/run/call.h"
#include "exec/run/fetch.h"
#include "exec/run/unshaped.h"

#include <string.h>

static sumi_status_t give_out(const sumi_kernel_t *kernel, int output,
                              const sumi_array_view_t *result) {
  SUMI_TRY(sumi__tensor_hold_output(kernel, output, sumi_dims_make(result->rank, result->dims)));
  const size_t bytes = (size_t)sumi_array_view_count(result) * sumi_dtype_size_bytes(result->dtype);
  if (bytes) memcpy(sumi_kernel_out(kernel, output), result->data, bytes);
  return SUMI_OK;
}

/* What only the other branch has: zeros, of no elements where the shape is not known. Nobody looks
 * at them but gradients of the branch that is not taken. */
static sumi_status_t give_zeros(const sumi_kernel_t *kernel, int output) {
  const sumi_array_view_t *out = &kernel->out[output];
  if (!sumi__tensor_is_placed(kernel, output)) {
    sumi_dims_t dims = kernel->op->outputs[output].dims;
    if (dims.rank == SUMI_UNKNOWN_RANK) dims = SUMI_DIMS(0);
    for (int i = 0; i < dims.rank; ++i)
      if (dims.size[i] < 0) dims.size[i] = 0;
    SUMI_TRY(sumi__tensor_hold_output(kernel, output, dims));
  }
  const size_t bytes = (size_t)sumi_array_view_count(out) * sumi_dtype_size_bytes(out->dtype);
  if (bytes) memset(sumi_kernel_out(kernel, output), 0, bytes);
  return SUMI_OK;
}

static sumi_status_t run(const sumi_kernel_t *kernel, sumi__tensor_calls_t *calls, int which) {
  sumi__tensor_called_t *called = &calls->functions[which];
  sumi__tensor_plan_t *plan;
  sumi__tensor_hand_captured(kernel, called);
  SUMI_TRY(sumi__tensor_call(kernel, called, &plan));
  for (int k = 0, i = 0; i < kernel->output_count; ++i) {
    if (!calls->wanted[i]) continue;
    if (k < called->fetch_count && called->results[k] == i) {
      const sumi_array_view_t result = sumi__tensor_fetched(plan, k++);
      SUMI_TRY(give_out(kernel, i, &result));
    } else {
      SUMI_TRY(give_zeros(kernel, i));
    }
  }
  return SUMI_OK;
}

sumi_status_t sumi__tensor_run_branch(const sumi_kernel_t *kernel) {
  sumi__tensor_calls_t *calls = sumi__tensor_step_of(kernel)->calls;
  if (sumi__tensor_step_of(kernel)->unshaped) sumi__tensor_look_at_inputs(kernel);
  const int which = *(const bool *)kernel->in[0].data ? SUMI__THEN : SUMI__ELSE;
  const sumi_status_t status = run(kernel, calls, which);
  if (status == SUMI_OK) return SUMI_OK;
  return sumi_kernel_fail(kernel, status, "%s: %s",
                          which == SUMI__THEN ? "where it is true" : "where it is false",
                          sumi_error_message());
}
