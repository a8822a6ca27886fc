#include "graph/call.h"

#include <math.h>

void sumi__call_begin(sumi__call_t *call, sumi_site_t site, sumi_graph_t *graph, const char *type,
                      const char *name) {
  call->spec = (sumi_node_spec_t){.site = site, .graph = graph, .type = type, .name = name};
  call->input_count = 0;
}

void sumi__call_input(sumi__call_t *call, sumi_tensor_t input) {
  if (!call->spec.graph) call->spec.graph = sumi_tensor_graph(input);
  if (call->input_count < SUMI__MAX_INPUTS) call->inputs[call->input_count] = input;
  ++call->input_count;
}

void sumi__call_inputs(sumi__call_t *call, sumi_tensors_t inputs) {
  if (inputs.count < 0 || inputs.count > SUMI__MAX_INPUTS || (inputs.count && !inputs.list))
    call->input_count = SUMI__MAX_INPUTS + 1;
  else
    for (int i = 0; i < inputs.count; ++i) sumi__call_input(call, inputs.list[i]);
}

void sumi__call_attr(sumi__call_t *call, const char *name, sumi_attr_t value) {
  call->attrs[call->spec.attr_count++] = (sumi_named_attr_t){name, value};
}

sumi_tensor_t sumi__call_node(sumi__call_t *call) {
  if (call->input_count > SUMI__MAX_INPUTS) {
    if (call->spec.graph)
      sumi__graph_refuse(call->spec.graph, SUMI_INVALID_ARGUMENT,
                         "%s: a list of inputs without tensors, or of more than %d",
                         call->spec.type, SUMI__MAX_INPUTS);
    return (sumi_tensor_t){0};
  }
  call->spec.inputs = (sumi_tensors_t){call->input_count, call->inputs};
  call->spec.attrs = call->attrs;
  return sumi_node(&call->spec);
}

/* ---- Shapes ---- */

static sumi_tensor_t vector_of_numbers(const sumi__call_t *call, sumi_tensors_t sizes) {
  sumi_tensor_t none = {0};
  if (!call->spec.graph) return none;
  sumi_array_t *array = sumi_array_new(SUMI_INT32, SUMI_DIMS(sizes.count));
  if (!array) {
    sumi__graph_adopt_failure(call->spec.graph, SUMI_RESOURCE_EXHAUSTED);
    return none;
  }
  int32_t *values = sumi_array_data(array);
  for (int i = 0; i < sizes.count; ++i) {
    const double size = sizes.list[i].number;
    if (!(fabs(size) <= INT32_MAX) || size != floor(size)) {
      sumi__graph_refuse(call->spec.graph, SUMI_INVALID_ARGUMENT,
                         "%s: element %d of a shape is %g, which is no int32", call->spec.type, i,
                         size);
      sumi_array_unref(array);
      return none;
    }
    values[i] = (int32_t)size;
  }
  const sumi_named_attr_t attrs[] = {
      {"value", {.kind = SUMI_ATTR_ARRAY, .array = array}},
      {"dtype", {.kind = SUMI_ATTR_TYPE, .type = SUMI_INT32}},
  };
  const sumi_tensor_t constant = sumi_node(&(sumi_node_spec_t){.site = call->spec.site,
                                                               .graph = call->spec.graph,
                                                               .type = "Const",
                                                               .attr_count = 2,
                                                               .attrs = attrs});
  sumi_array_unref(array);
  return constant;
}

static sumi_tensor_t vector_of_tensors(const sumi__call_t *call, sumi_tensors_t sizes) {
  if (sizes.count == 1 && sumi_tensor_dims(sizes.list[0]).rank != 0) return sizes.list[0];
  return sumi_node(&(sumi_node_spec_t){
      .site = call->spec.site, .graph = call->spec.graph, .type = "Pack", .inputs = sizes});
}

void sumi__call_shape(sumi__call_t *call, sumi_tensors_t sizes) {
  bool numbers = true;
  for (int i = 0; i < sizes.count; ++i) {
    numbers &= sumi_tensor_is_number(sizes.list[i]);
    if (!call->spec.graph) call->spec.graph = sumi_tensor_graph(sizes.list[i]);
  }
  sumi__call_input(call, numbers ? vector_of_numbers(call, sizes) : vector_of_tensors(call, sizes));
}
