/* Functions of the program as ops. Source of names: TensorFlow core/ops/script_ops.cc (PyFunc,
 * PyFuncStateless). */
#include "graph/graph_internal.h"

#include <sumi/alloc.h>
#include <sumi/host_op.h>
#include <sumi/op_def.h>

#include <string.h>

/* What the `token` attribute names in an exported graph and `host` points to in this process. */
typedef struct host {
  sumi_host_fn_t fn;
  void *context;
  void (*release)(void *context);
} host_t;

static void release_host(void *object) {
  host_t *host = object;
  if (host->release) host->release(host->context);
  sumi_free(host);
}

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
  const host_t *host = sumi_attr_pointer(kernel->op, "host");
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

static host_t *make_host(sumi_graph_t *graph, sumi_host_fn_t fn,
                         const sumi_host_op_options_t *options) {
  host_t *host = sumi_malloc(sizeof *host);
  if (!host) {
    sumi__graph_adopt_failure(graph, sumi_fail_alloc("a host op", sizeof *host));
    if (options->release) options->release(options->context);
    return NULL;
  }
  *host = (host_t){fn, options->context, options->release};
  return sumi__graph_own(graph, host, release_host) == SUMI_OK ? host : NULL;
}

sumi_tensor_t sumi_host_op_with(sumi_graph_t *graph, sumi_site_t site, sumi_host_fn_t fn,
                                sumi_tensors_t inputs, sumi_types_t types,
                                sumi_host_op_options_t options) {
  const sumi_tensor_t nothing = {0};
  const bool usable = graph && graph->status == SUMI_OK;
  if (usable && !fn)
    sumi__graph_refuse(graph, SUMI_INVALID_ARGUMENT, "a host op's function is NULL");
  if (!usable || !fn) {
    if (options.release) options.release(options.context);
    return nothing;
  }
  host_t *host = make_host(graph, fn, &options);
  if (!host) return nothing;
  char token[32];
  snprintf(token, sizeof token, "host_%d", graph->op_count);
  const sumi_named_attr_t attrs[] = {{"token", {.kind = SUMI_ATTR_STRING, .string = token}},
                                     {"Tout", {.kind = SUMI_ATTR_TYPES, .types = types}},
                                     {"host", {.kind = SUMI_ATTR_POINTER, .pointer = host}}};
  return sumi_node(&(sumi_node_spec_t){.site = site,
                                       .graph = graph,
                                       .type = options.stateless ? "PyFuncStateless" : "PyFunc",
                                       .name = options.name,
                                       .inputs = inputs,
                                       .attr_count = 3,
                                       .attrs = attrs});
}
