/* The gradient of a branch is a branch on the same bool: of what was taken. What it uses of the
 * forward branch that one gives out, as an output that the other branch does not have. */
#include "graph/apply.h"
#include "graph/gradients.h"

#include <string.h>

typedef struct backward {
  sumi_grad_t *grad;
  sumi_graph_t *graph;
  sumi_op_t *op;
  const sumi__tensor_flow_t *forward;
  sumi__tensor_flow_t *flow;
  sumi_tensor_t *dx[SUMI__FLOW_FUNCTIONS]; /* by input of the node */
  int *output_of;                          /* by input: 1 + the output with its gradient */
  sumi__tensor_list_t captured, inside[SUMI__FLOW_FUNCTIONS];
} backward_t;

static bool is_float(sumi_tensor_t tensor) {
  return sumi_dtype_is_floating(sumi_tensor_dtype(tensor));
}

static void differentiate(backward_t *b, int which) {
  const sumi_function_t *branch = b->forward->functions[which];
  sumi_tensor_t *dys = sumi__tensor_graph_calloc(b->graph, (size_t)branch->result_count,
                                                 sizeof *dys);
  if (!dys) return;
  for (int i = 0; i < branch->result_count; ++i)
    if (branch->results[i].op && is_float(branch->results[i])) dys[i] = b->grad->dy[i];
  sumi__tensor_call_gradients(b->op, branch, dys, b->dx[which]);
}

static sumi_status_t build_branch(backward_t *b, int which, const char *name) {
  b->dx[which] = sumi__tensor_graph_calloc(b->graph, (size_t)b->op->input_count,
                                           sizeof *b->dx[which]);
  sumi_function_t *function = sumi__tensor_function_begin(b->graph, name,
                                                          b->forward->functions[which]);
  if (!function) return b->graph->status;
  b->flow->functions[which] = function;
  if (b->dx[which]) differentiate(b, which);
  return sumi__tensor_function_end(function, 0, NULL);
}

/* A branch that does not use what the other one does has a gradient of zeros for it. */
static sumi_status_t set_results(backward_t *b, int which) {
  sumi_function_t *function = b->flow->functions[which];
  sumi_tensor_t *results = sumi__tensor_graph_calloc(b->graph, (size_t)b->op->input_count,
                                                     sizeof *results);
  if (!results || sumi__tensor_function_reopen(function) != SUMI_OK) return b->graph->status;
  int count = 0;
  for (int i = 1; i < b->op->input_count; ++i) {
    if (!b->dx[0][i].op && !b->dx[1][i].op) continue;
    const sumi_tensor_t dx = b->dx[which][i];
    results[count++] = dx.op ? dx : sumi__tensor_apply("ZerosLike", SUMI_TENSORS(b->op->inputs[i]));
    b->output_of[i] = count;
  }
  return sumi__tensor_function_end(function, count, results);
}

/* The node's output with a value of the branch. */
static sumi_tensor_t given_out(backward_t *b, int which, sumi_tensor_t value) {
  sumi_function_t *branch = b->forward->functions[which];
  for (int i = 0; i < branch->result_count; ++i)
    if (sumi__tensor_same(branch->results[i], value)) return sumi_op_output(b->op, i);
  if (sumi__tensor_function_add_result(branch, value) < 0 ||
      sumi__tensor_function_add_result(b->forward->functions[1 - which], (sumi_tensor_t){0}) < 0)
    return (sumi_tensor_t){0};
  const int output = sumi__tensor_flow_add_output(b->op, sumi_tensor_dtype(value),
                                                  sumi_tensor_dims(value));
  return output < 0 ? (sumi_tensor_t){0} : (sumi_tensor_t){.op = b->op, .index = output};
}

static void connect(backward_t *b, int which) {
  const sumi_function_t *branch = b->forward->functions[which];
  sumi__tensor_list_t used = {0}, none = {0};
  if (sumi__tensor_function_uses(b->flow->functions[which], &used, &none) != SUMI_OK) return;
  for (int i = 0; i < used.count && b->graph->status == SUMI_OK; ++i) {
    const sumi_tensor_t value = used.items[i];
    const int input = sumi__tensor_function_input(branch, value);
    if (sumi__tensor_is_constant_inside(b->graph->function, value)) continue;
    sumi_tensor_t outside = input > 0 ? b->op->inputs[input] : value;
    if (value.op->function == branch || sumi__tensor_flow_variable(b->op, value) >= 0)
      outside = given_out(b, which, value);
    sumi__tensor_list_add(b->graph, &b->captured, outside);
    sumi__tensor_list_add(b->graph, &b->inside[which], value);
    sumi__tensor_list_add(b->graph, &b->inside[1 - which], (sumi_tensor_t){0});
  }
}

static sumi_op_t *make_node(backward_t *b) {
  sumi__tensor_list_t inputs = {0};
  sumi__tensor_list_add(b->graph, &inputs, b->op->inputs[0]);
  for (int i = 0; i < b->captured.count; ++i)
    sumi__tensor_list_add(b->graph, &inputs, b->captured.items[i]);
  const sumi_function_t *then = b->flow->functions[SUMI__THEN];
  sumi_dtype_t *types = sumi__tensor_graph_calloc(b->graph, (size_t)then->result_count,
                                                  sizeof *types);
  sumi_tensor_t *inside = sumi__tensor_graph_calloc(b->graph, (size_t)inputs.count, sizeof *inside);
  if (!types || !inside || b->graph->status != SUMI_OK) return NULL;
  b->flow->captured = b->captured.count;
  for (int i = 0; i < then->result_count; ++i) types[i] = sumi_tensor_dtype(then->results[i]);
  for (int f = 0; f < SUMI__FLOW_FUNCTIONS; ++f) {
    if (b->captured.count)
      memcpy(inside + 1, b->inside[f].items, (size_t)b->captured.count * sizeof *inside);
    if (sumi__tensor_function_bind(b->flow->functions[f], inputs.count, inside) != SUMI_OK)
      return NULL;
  }
  return sumi__tensor_flow_node(b->graph, b->op->site, "cond", b->flow,
                                (sumi_tensors_t){inputs.count, inputs.items},
                                (sumi_types_t){then->result_count, types});
}

void sumi__tensor_if_gradient(sumi_grad_t *grad) {
  backward_t b = {.grad = grad, .op = grad->op, .graph = grad->op->graph};
  b.forward = sumi__tensor_flow_of(b.op);
  b.flow = sumi__tensor_graph_calloc(b.graph, 1, sizeof *b.flow);
  b.output_of = sumi__tensor_graph_calloc(b.graph, (size_t)b.op->input_count, sizeof *b.output_of);
  if (!b.flow || !b.output_of) return;
  if (build_branch(&b, SUMI__THEN, "true") != SUMI_OK) return;
  if (build_branch(&b, SUMI__ELSE, "false") != SUMI_OK) return;
  for (int f = 0; f < SUMI__FLOW_FUNCTIONS; ++f)
    if (set_results(&b, f) != SUMI_OK) return;
  for (int f = 0; f < SUMI__FLOW_FUNCTIONS && b.graph->status == SUMI_OK; ++f) connect(&b, f);
  sumi_op_t *node = b.graph->status == SUMI_OK ? make_node(&b) : NULL;
  for (int i = 1; node && i < b.op->input_count; ++i)
    if (b.output_of[i]) grad->dx[i] = sumi_op_output(node, b.output_of[i] - 1);
}
