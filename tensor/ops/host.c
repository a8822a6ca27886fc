/* Functions of the program as ops. Source of names: TensorFlow core/ops/script_ops.cc (PyFunc,
 * PyFuncStateless). */
#include "graph/host_op.h"

#include <sumi/op_def.h>

#include <string.h>

static sumi_status_t check_outputs(const sumi_kernel_t *kernel) {
  const sumi_types_t types = sumi_op_attr(kernel->op, "Tout")->types;
  for (int i = 0; i < kernel->output_count; ++i) {
    const sumi_array_t *array = kernel->dynamic[i];
    if (!array)
      return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                              "the host function left output %d NULL", i);
    if (sumi_array_dtype(array) != types.list[i])
      return sumi_kernel_fail(
          kernel, SUMI_INVALID_ARGUMENT, "the host function's output %d is %s, declared as %s", i,
          sumi_dtype_name(sumi_array_dtype(array)), sumi_dtype_name(types.list[i]));
  }
  return SUMI_OK;
}

static sumi_status_t host_kernel(const sumi_kernel_t *kernel) {
  const sumi__tensor_host_t *host = sumi_attr_pointer(kernel->op, "host");
  if (!host)
    return sumi_kernel_fail(kernel, SUMI_FAILED_PRECONDITION,
                            "the host function is not in this process");
  const sumi_status_t status = host->fn(host->context, kernel->input_count, kernel->in,
                                        kernel->output_count, kernel->dynamic);
  if (status != SUMI_OK) {
    char reason[SUMI_ERROR_MESSAGE_MAX];
    memcpy(reason, sumi_error_message(), sizeof reason);
    return sumi_kernel_fail(kernel, status, "the host function failed: %s", reason);
  }
  return check_outputs(kernel);
}

SUMI_OP(PyFunc, "input: [Tin] | token: string, Tout: types, host: pointer -> output: [Tout]",
        .api = "py_func", .doc = "Calls a function of the program; see <sumi/host_op.h>.",
        .shape = sumi_shape_unknown, .kernel = host_kernel,
        .no_grad = "the program gives one with sumi_gradient_override_begin",
        .flags = SUMI_OP_DYNAMIC | SUMI_OP_STATEFUL);

SUMI_OP(PyFuncStateless,
        "input: [Tin] | token: string, Tout: types, host: pointer -> output: [Tout]",
        .api = "py_func_stateless",
        .doc = "PyFunc for a function without side effects; see <sumi/host_op.h>.",
        .shape = sumi_shape_unknown, .kernel = host_kernel,
        .no_grad = "the program gives one with sumi_gradient_override_begin",
        .flags = SUMI_OP_DYNAMIC);
