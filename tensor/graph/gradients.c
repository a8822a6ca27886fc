/* Reverse-mode differentiation: one walk from the ys back to the xs, calling each op's gradient
 * expression. */
#include "graph/gradients.h"

#include "graph/apply.h"
#include "graph/slices.h"
#include "graph/unbroadcast.h"

#include <sumi/options.h>
#include <sumi/alloc.h>
#include <sumi/gradients.h>

#include <string.h>

/* Contributions to the gradient of one output, newest first. */
typedef struct contribution {
  sumi_tensor_t value;
  struct contribution *next;
} contribution_t;

typedef struct backward {
  sumi_graph_t *graph;
  const sumi_function_t *function; /* the walk stays in it; NULL: wherever nodes are seen from */
  int op_count;
  bool *from_x;              /* [op_count] does the node depend on an x? */
  contribution_t ***outputs; /* [op_count][output]; NULL where nothing has arrived */
} backward_t;

static sumi_tensor_t canonical(sumi_tensor_t x) {
  sumi_op_t *variable = sumi__tensor_variable_of(x);
  return variable ? sumi_op_output(variable, 0) : x;
}

static sumi_status_t contribute(backward_t *b, sumi_tensor_t tensor, sumi_tensor_t value) {
  sumi_op_t *op = tensor.op;
  contribution_t ***slots = &b->outputs[op->index];
  if (!*slots)
    *slots = sumi__tensor_graph_calloc(b->graph, (size_t)op->output_count, sizeof **slots);
  contribution_t *entry = sumi__tensor_graph_calloc(b->graph, 1, sizeof *entry);
  if (!*slots || !entry) return b->graph->status;
  *entry = (contribution_t){value, (*slots)[tensor.index]};
  (*slots)[tensor.index] = entry;
  return SUMI_OK;
}

/* The sum of what has arrived for an output, the null tensor when nothing has. */
static sumi_tensor_t gathered(backward_t *b, sumi_tensor_t tensor) {
  contribution_t **slots = tensor.op->index < b->op_count ? b->outputs[tensor.op->index] : NULL;
  contribution_t *list = slots ? slots[tensor.index] : NULL;
  if (!list) return (sumi_tensor_t){0};
  if (!list->next) return list->value;
  int count = 0;
  for (contribution_t *c = list; c; c = c->next) ++count;
  sumi_tensor_t *values = sumi__tensor_graph_calloc(b->graph, (size_t)count, sizeof *values);
  if (!values) return (sumi_tensor_t){0};
  /* Oldest first, so that the order of summation follows the forward graph. */
  int at = count;
  for (contribution_t *c = list; c; c = c->next) values[--at] = c->value;
  const sumi_tensor_t total = sumi__tensor_sum(b->graph, count, values);
  *list = (contribution_t){total, NULL};
  return total;
}

static bool has_gradient(const sumi_op_t *op) {
  return op->gradient || op->type->def->grad;
}

static bool is_stop(const sumi_op_t *op) {
  return !has_gradient(op) && op->type->def->no_grad;
}

/* Nodes inside of functions are walked from there only; outside the node that calls stands for
 * them. */
static bool is_walked(const backward_t *b, const sumi_op_t *op) {
  return b->function ? op->function == b->function
                     : sumi__tensor_function_sees(b->graph->function, op->function);
}

static void mark_from_x(backward_t *b) {
  for (int i = b->function ? b->function->first : 0; i < b->op_count; ++i) {
    const sumi_op_t *op = b->graph->ops[i];
    if (!is_walked(b, op)) continue;
    for (int k = 0; k < op->input_count && !b->from_x[i]; ++k)
      b->from_x[i] = b->from_x[op->inputs[k].op->index];
  }
}

static sumi_status_t check_result(const sumi_op_t *op, int index, sumi_tensor_t dx) {
  sumi_dims_t merged;
  const sumi_tensor_t x = op->inputs[index];
  if (sumi_tensor_graph(dx) != op->graph)
    return sumi__tensor_graph_refuse(op->graph, SUMI_INVALID_ARGUMENT,
                                     "the gradient of '%s' (%s) for input %d is of another graph",
                                     op->name, op->type->def->name, index);
  if (sumi_tensor_dtype(dx) != sumi_tensor_dtype(x))
    return sumi__tensor_graph_refuse(
        op->graph, SUMI_INVALID_ARGUMENT,
        "the gradient of '%s' (%s) for input %d is %s where %s is needed", op->name,
        op->type->def->name, index, sumi_dtype_name(sumi_tensor_dtype(dx)),
        sumi_dtype_name(sumi_tensor_dtype(x)));
  if (sumi_merge_dims(sumi_tensor_dims(x), sumi_tensor_dims(dx), &merged)) return SUMI_OK;
  return sumi__tensor_graph_refuse(
      op->graph, SUMI_INVALID_ARGUMENT,
      "the gradient of '%s' (%s) for input %d has shape %s where %s is needed", op->name,
      op->type->def->name, index, sumi_dims_text(sumi_tensor_dims(dx)).text,
      sumi_dims_text(sumi_tensor_dims(x)).text);
}

static sumi_tensor_t as_tensor_like(sumi_tensor_t dx, sumi_tensor_t x) {
  if (!sumi_tensor_is_number(dx)) return dx;
  return sumi__tensor_apply("Mul",
                            SUMI_TENSORS(sumi__tensor_apply("OnesLike", SUMI_TENSORS(x)), dx));
}

static sumi_status_t hand_back(backward_t *b, sumi_op_t *op, const sumi_tensor_t *dx) {
  for (int i = 0; i < op->input_count; ++i) {
    const sumi_tensor_t x = op->inputs[i];
    if (sumi_tensor_is_null(dx[i]) || !b->from_x[x.op->index]) continue;
    if (!sumi_dtype_is_floating(sumi_tensor_dtype(x))) continue;
    sumi_tensor_t value = as_tensor_like(dx[i], x);
    if (op->type->def->map) value = sumi__tensor_unbroadcast(op, i, value);
    if (sumi_tensor_is_null(value)) return b->graph->status;
    SUMI_TRY(check_result(op, i, value));
    SUMI_TRY(contribute(b, x, value));
  }
  return b->graph->status;
}

/* dy of every output: what arrived, zeros where nothing did; a loop looks for itself. */
static sumi_status_t collect_dy(backward_t *b, sumi_op_t *op, sumi_tensor_t *y, sumi_tensor_t *dy) {
  for (int i = 0; i < op->output_count; ++i) {
    y[i] = sumi_op_output(op, i);
    dy[i] = gathered(b, y[i]);
    const bool calls = op->type->def->flags & SUMI_OP_CALLS;
    if (!dy[i].op && !calls && sumi_dtype_is_floating(op->outputs[i].dtype))
      dy[i] = sumi__tensor_apply("ZerosLike", SUMI_TENSORS(y[i]));
  }
  return b->graph->status;
}

static sumi_status_t differentiate(backward_t *b, sumi_op_t *op) {
  sumi_graph_t *graph = b->graph;
  if (!has_gradient(op))
    return sumi__tensor_graph_refuse(graph, SUMI_UNIMPLEMENTED, "'%s' (%s, %s:%d) has no gradient",
                                     op->name, op->type->def->name,
                                     op->site.file ? op->site.file : "?", op->site.line);
  const size_t inputs = (size_t)op->input_count, outputs = (size_t)op->output_count;
  sumi_tensor_t *memory = sumi__tensor_graph_calloc(graph, inputs + 2 * outputs, sizeof *memory);
  if (!memory) return graph->status;
  sumi_tensor_t *dx = memory, *y = memory + inputs, *dy = y + outputs;
  SUMI_TRY(collect_dy(b, op, y, dy));
  sumi_grad_t grad = {.op = op,
                      .input_count = op->input_count,
                      .output_count = op->output_count,
                      .x = op->inputs,
                      .y = y,
                      .dy = dy,
                      .dx = dx};
  if (op->gradient)
    op->gradient->fn(&grad, op->gradient->context);
  else
    op->type->def->grad(&grad);
  if (graph->status != SUMI_OK) return graph->status;
  return hand_back(b, op, dx);
}

/* Nodes of an op's gradient stand in gradients/<name>_grad/, as in TensorFlow. */
static sumi_status_t differentiate_in_scope(backward_t *b, sumi_op_t *op) {
  sumi_graph_t *graph = b->graph;
  const char *scope = sumi_arena_printf(graph->arena, "%s_grad", op->name);
  if (!scope) return sumi__tensor_graph_adopt_failure(graph, sumi_fail_alloc("a name scope", 0));
  const sumi_status_t entered = sumi__tensor_names_enter(&graph->names, graph->arena, scope);
  if (entered != SUMI_OK) return sumi__tensor_graph_adopt_failure(graph, entered);
  sumi__tensor_composite_begin(graph, op->site);
  const sumi_status_t status = differentiate(b, op);
  sumi__tensor_composite_end(graph);
  sumi__tensor_names_leave(&graph->names);
  return status;
}

static bool has_arrived(const backward_t *b, const sumi_op_t *op) {
  contribution_t **slots = b->outputs[op->index];
  for (int i = 0; slots && i < op->output_count; ++i)
    if (slots[i]) return true;
  return false;
}

static sumi_status_t start(backward_t *b, sumi_tensors_t ys, sumi_tensors_t grad_ys) {
  for (int i = 0; i < ys.count; ++i) {
    sumi_tensor_t dy = i < grad_ys.count ? grad_ys.list[i] : (sumi_tensor_t){0};
    if (sumi_tensor_is_null(dy)) dy = sumi__tensor_apply("OnesLike", SUMI_TENSORS(ys.list[i]));
    dy = as_tensor_like(dy, ys.list[i]);
    if (sumi_tensor_is_null(dy)) return b->graph->status;
    SUMI_TRY(contribute(b, ys.list[i], dy));
  }
  return SUMI_OK;
}

static sumi_status_t walk_back(backward_t *b) {
  const int first = b->function ? b->function->first : 0;
  for (int i = b->op_count - 1; i >= first; --i) {
    sumi_op_t *op = b->graph->ops[i];
    if (!is_walked(b, op) || !b->from_x[i] || op->input_count == 0 || !has_arrived(b, op) ||
        is_stop(op))
      continue;
    bool flows = false;
    for (int k = 0; k < op->input_count; ++k) flows |= b->from_x[op->inputs[k].op->index];
    if (flows) SUMI_TRY(differentiate_in_scope(b, op));
  }
  return SUMI_OK;
}

static sumi_status_t check_list(const sumi_graph_t *graph, const char *what, sumi_tensors_t list) {
  if (list.count < 1 || !list.list)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_gradients: %s has %d tensors", what, list.count);
  for (int i = 0; i < list.count; ++i) {
    if (sumi_tensor_dtype(list.list[i]) == SUMI_DTYPE_INVALID)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_gradients: %s[%d] is not a tensor", what, i);
    if (list.list[i].op->graph != graph)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_gradients: %s[%d] is of another graph", what,
                       i);
  }
  return SUMI_OK;
}

/* One for each y, each a number, null (ones) or of the y's dtype and shape. */
static sumi_status_t check_grad_ys(sumi_tensors_t ys, sumi_tensors_t grad_ys) {
  if (grad_ys.count == 0) return SUMI_OK;
  if (grad_ys.count != ys.count || !grad_ys.list)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_gradients: %d grad_ys for %d ys", grad_ys.count,
                     ys.count);
  for (int i = 0; i < ys.count; ++i) {
    const sumi_tensor_t y = ys.list[i], dy = grad_ys.list[i];
    sumi_dims_t merged;
    if (!dy.op) continue;
    if (dy.op->graph != y.op->graph)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_gradients: grad_ys[%d] is of another graph", i);
    if (sumi_tensor_dtype(dy) != sumi_tensor_dtype(y) ||
        !sumi_merge_dims(sumi_tensor_dims(dy), sumi_tensor_dims(y), &merged))
      return sumi_fail(
          SUMI_INVALID_ARGUMENT, "sumi_gradients: grad_ys[%d] is %s %s for a y, '%s', of %s %s", i,
          sumi_dtype_name(sumi_tensor_dtype(dy)), sumi_dims_text(sumi_tensor_dims(dy)).text,
          y.op->name, sumi_dtype_name(sumi_tensor_dtype(y)),
          sumi_dims_text(sumi_tensor_dims(y)).text);
  }
  return SUMI_OK;
}

/* What belongs to no op of its own carries the line of the first y. */
static sumi_status_t run(backward_t *b, sumi_tensors_t ys, sumi_tensors_t xs, sumi_tensor_t *dxs,
                         sumi_tensors_t grad_ys) {
  const sumi_site_t site = ys.list[0].op->site;
  for (int i = 0; i < xs.count; ++i) b->from_x[canonical(xs.list[i]).op->index] = true;
  mark_from_x(b);
  sumi__tensor_composite_begin(b->graph, site);
  const sumi_status_t started = start(b, ys, grad_ys);
  sumi__tensor_composite_end(b->graph);
  SUMI_TRY(started);
  SUMI_TRY(walk_back(b));
  sumi__tensor_composite_begin(b->graph, site);
  for (int i = 0; i < xs.count; ++i) dxs[i] = gathered(b, canonical(xs.list[i]));
  sumi__tensor_composite_end(b->graph);
  return b->graph->status;
}

/* False, and the graph refused, without memory; end in any case. */
static bool begin(backward_t *b, sumi_graph_t *graph, const sumi_function_t *function) {
  *b = (backward_t){.graph = graph, .function = function, .op_count = graph->op_count};
  b->from_x = sumi_calloc((size_t)b->op_count, sizeof *b->from_x);
  b->outputs = sumi_calloc((size_t)b->op_count, sizeof *b->outputs);
  if (b->from_x && b->outputs) return true;
  sumi__tensor_graph_adopt_failure(graph, sumi_fail_alloc("gradients", (size_t)b->op_count * 16));
  return false;
}

static void end(backward_t *b) {
  sumi_free(b->from_x);
  sumi_free(b->outputs);
}

/* ---- Of a call ---- */

/* The function's own uses of a variable as values, each once, to `reads`; `index` as often to `of`.
 */
static void add_reads(const sumi_function_t *function, sumi_tensor_t variable, int index,
                      sumi__tensor_list_t *reads, sumi__tensor_list_t *of) {
  if (!sumi_dtype_is_floating(sumi_tensor_dtype(variable))) return;
  for (int i = function->first; i < function->last; ++i) {
    const sumi_op_t *op = function->graph->ops[i];
    for (int k = 0; op->function == function && k < op->input_count; ++k) {
      const sumi_tensor_t input = op->inputs[k];
      if (sumi__tensor_variable_of(input) != variable.op) continue;
      if (sumi__tensor_list_find(reads, input) >= 0) continue;
      sumi__tensor_list_add(function->graph, reads, input);
      sumi__tensor_list_add(function->graph, of, (sumi_tensor_t){.index = index});
    }
  }
}

/* What stands for inputs of the node in the function, and for which. */
static void find_xs(const sumi_op_t *op, const sumi_function_t *function, sumi__tensor_list_t *xs,
                    sumi__tensor_list_t *of) {
  for (int i = 1; i < op->input_count; ++i) {
    const sumi_tensor_t x = function->inputs[i];
    if (sumi__tensor_flow_changes(op, i)) {
      add_reads(function, op->inputs[i], i, xs, of);
    } else if (x.op && sumi_dtype_is_floating(sumi_tensor_dtype(x))) {
      sumi__tensor_list_add(op->graph, xs, x);
      sumi__tensor_list_add(op->graph, of, (sumi_tensor_t){.index = i});
    }
  }
}

sumi_status_t sumi__tensor_call_gradients(const sumi_op_t *op, const sumi_function_t *function,
                                          const sumi_tensor_t *dys, sumi_tensor_t *dx) {
  sumi_graph_t *graph = op->graph;
  sumi__tensor_list_t xs = {0}, of = {0};
  find_xs(op, function, &xs, &of);
  if (graph->status != SUMI_OK) return graph->status;
  backward_t b;
  if (begin(&b, graph, function)) {
    for (int i = 0; i < xs.count; ++i) b.from_x[xs.items[i].op->index] = true;
    mark_from_x(&b);
    for (int i = 0; i < function->result_count; ++i)
      if (function->results[i].op && dys[i].op) contribute(&b, function->results[i], dys[i]);
    if (graph->status == SUMI_OK) walk_back(&b);
    for (int i = 0; i < xs.count && graph->status == SUMI_OK; ++i) {
      const sumi_tensor_t part = gathered(&b, xs.items[i]);
      sumi_tensor_t *sum = &dx[of.items[i].index];
      if (part.op) *sum = sum->op ? sumi__tensor_apply("Add", SUMI_TENSORS(*sum, part)) : part;
    }
  }
  end(&b);
  return graph->status;
}

/* ---- Of a graph ---- */

static void clear(sumi_tensor_t *dxs, int count) {
  for (int i = 0; i < count; ++i) dxs[i] = (sumi_tensor_t){0};
}

sumi_status_t sumi_gradients_with(sumi_tensors_t ys, sumi_tensors_t xs, sumi_tensor_t *dxs,
                                  const sumi_gradients_options_t *given) {
  sumi_gradients_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  if (!dxs) return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_gradients: dxs is NULL");
  clear(dxs, xs.count);
  sumi_graph_t *graph = ys.count > 0 && ys.list ? sumi_tensor_graph(ys.list[0]) : NULL;
  if (graph && graph->status != SUMI_OK) return sumi__tensor_graph_repeat(graph);
  sumi_status_t status = check_list(graph, "ys", ys);
  if (status == SUMI_OK) status = check_list(graph, "xs", xs);
  if (status == SUMI_OK) status = check_grad_ys(ys, options.grad_ys);
  if (status != SUMI_OK) return graph ? sumi__tensor_graph_adopt_failure(graph, status) : status;
  status = sumi__tensor_names_enter(&graph->names, graph->arena, "gradients");
  if (status != SUMI_OK) return sumi__tensor_graph_adopt_failure(graph, status);
  backward_t b;
  if (begin(&b, graph, NULL)) run(&b, ys, xs, dxs, options.grad_ys);
  end(&b);
  sumi__tensor_names_leave(&graph->names);
  if (graph->status != SUMI_OK) clear(dxs, xs.count);
  return sumi__tensor_graph_repeat(graph);
}
