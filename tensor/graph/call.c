#include "graph/call.h"

#include <sumi/options.h>

void sumi__tensor_call_begin(sumi__tensor_call_t *call, sumi_site_t site, sumi_graph_t *graph,
                             const char *type) {
  call->spec = (sumi_node_spec_t){.site = site, .graph = graph, .type = type};
  call->options = SUMI_OK;
  call->input_count = 0;
}

void sumi__tensor_call_options(sumi__tensor_call_t *call, void *options, size_t size_bytes,
                               const void *given) {
  call->options = sumi_options_read(options, size_bytes, given);
}

void sumi__tensor_call_input(sumi__tensor_call_t *call, sumi_tensor_t input) {
  if (!call->spec.graph) call->spec.graph = sumi_tensor_graph(input);
  if (call->input_count < SUMI__MAX_INPUTS) call->inputs[call->input_count] = input;
  ++call->input_count;
}

void sumi__tensor_call_inputs(sumi__tensor_call_t *call, sumi_tensors_t inputs) {
  if (inputs.count < 0 || inputs.count > SUMI__MAX_INPUTS || (inputs.count && !inputs.list))
    call->input_count = SUMI__MAX_INPUTS + 1;
  else
    for (int i = 0; i < inputs.count; ++i) sumi__tensor_call_input(call, inputs.list[i]);
}

void sumi__tensor_call_attr(sumi__tensor_call_t *call, const char *name, sumi_attr_t value) {
  call->attrs[call->spec.attr_count++] = (sumi_named_attr_t){name, value};
}

sumi_tensor_t sumi__tensor_call_node(sumi__tensor_call_t *call) {
  if (call->options != SUMI_OK && call->spec.graph) {
    sumi__tensor_graph_refuse(call->spec.graph, call->options, "%s (%s:%d): %s", call->spec.type,
                              call->spec.site.file, call->spec.site.line, sumi_error_message());
    return (sumi_tensor_t){0};
  }
  if (call->input_count > SUMI__MAX_INPUTS) {
    if (call->spec.graph)
      sumi__tensor_graph_refuse(call->spec.graph, SUMI_INVALID_ARGUMENT,
                                "%s: a list of inputs without tensors, or of more than %d",
                                call->spec.type, SUMI__MAX_INPUTS);
    return (sumi_tensor_t){0};
  }
  call->spec.inputs = (sumi_tensors_t){call->input_count, call->inputs};
  call->spec.attrs = call->attrs;
  return sumi_node(&call->spec);
}

void sumi__tensor_call_shape(sumi__tensor_call_t *call, sumi_tensors_t sizes) {
  sumi__tensor_call_input(call, sumi_shape_tensor(call->spec.graph, call->spec.site, sizes));
}
