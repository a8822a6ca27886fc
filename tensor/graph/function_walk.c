/* What a function says of itself. */
#include "graph/flow.h"

const char *sumi_function_name(const sumi_function_t *function) {
  return function ? function->name : "";
}

int sumi_function_input_count(const sumi_function_t *function) {
  return function ? function->input_count : 0;
}

sumi_tensor_t sumi_function_input(const sumi_function_t *function, int index) {
  const bool exists = function && index >= 0 && index < function->input_count;
  return exists ? function->inputs[index] : (sumi_tensor_t){0};
}

int sumi_function_result_count(const sumi_function_t *function) {
  return function ? function->result_count : 0;
}

sumi_tensor_t sumi_function_result(const sumi_function_t *function, int index) {
  const bool exists = function && index >= 0 && index < function->result_count;
  return exists ? function->results[index] : (sumi_tensor_t){0};
}

bool sumi_op_flow(const sumi_op_t *op, sumi_flow_t *flow) {
  const sumi__tensor_flow_t *of = op ? sumi__tensor_flow_of(op) : NULL;
  if (!of || !flow) return false;
  *flow = (sumi_flow_t){.is_loop = of->is_loop,
                        .reverse = of->reverse,
                        .functions = {of->functions[0], of->functions[1]},
                        .carried = of->carried,
                        .elements = of->scanned,
                        .captured = of->captured,
                        .variables = of->variables};
  return true;
}
