/* The gradient of a loop is a loop that runs as often, backwards.
 *
 *   forward   state[t + 1], y[t] = body(state[t], x[t], c)
 *   backward  dstate[t], dx[t], dc += the body's gradients for dstate[t + 1], dy[t]
 *
 * It carries dstate and the sums dc. What the body's gradient uses of the forward iteration the
 * forward loop stacks: it gets one more output for each such value, which plans leave out that have
 * no use for it. Elements of x and y lie along axis 0, so the elements that the one loop stacks the
 * other takes, and the gradient of a gradient is nothing new. */
#include "graph/apply.h"
#include "graph/gradients.h"

#include <string.h>

typedef struct backward {
  sumi_grad_t *grad;
  sumi_graph_t *graph;
  sumi_op_t *op;
  const sumi__tensor_flow_t *forward;
  sumi_function_t *body, *function; /* of the forward loop; of this one */
  sumi_tensor_t *arrived;           /* by result of the body: its gradient outside of the loop */
  sumi_tensor_t *dx; /* by input of the forward node: its gradient inside of an iteration */
  sumi__tensor_flow_t *flow;
  /* The new node's inputs and what they are inside, kind by kind. */
  sumi__tensor_list_t carried, carried_inside, scanned, scanned_inside, captured, captured_inside;
  sumi__tensor_list_t shape_of;      /* by list of elements: the value whose shape they have */
  sumi__tensor_list_t next, stacked; /* results of the function */
  int *output_of; /* by input of the forward node: the output with its gradient */
} backward_t;

static bool is_float(sumi_tensor_t tensor) {
  return sumi_dtype_is_floating(sumi_tensor_dtype(tensor));
}

static void add(const backward_t *b, sumi__tensor_list_t *list, sumi_tensor_t tensor) {
  sumi__tensor_list_add(b->graph, list, tensor);
}

/* A list of elements; of those whose shapes may differ from element to element, a value that has
 * the shape of each. */
static void add_elements(backward_t *b, sumi_tensor_t list, sumi_tensor_t element,
                         sumi_tensor_t like) {
  add(b, &b->scanned, list);
  add(b, &b->scanned_inside, element);
  const bool known = !like.op || sumi_dims_known(sumi_tensor_dims(like));
  add(b, &b->shape_of, known ? (sumi_tensor_t){0} : like);
}

static int carried_output(int i) {
  return 1 + i;
}

static sumi_tensor_t zeros_like(sumi_tensor_t tensor) {
  return sumi__tensor_apply("ZerosLike", SUMI_TENSORS(tensor));
}

/* What arrives at the loop's results, zeros for what is carried. These stand outside. */
static sumi_status_t find_arrived(backward_t *b) {
  const int results = b->body->result_count;
  b->arrived = sumi__tensor_graph_calloc(b->graph, (size_t)results, sizeof *b->arrived);
  for (int i = 0; b->arrived && i < results; ++i) {
    b->arrived[i] = b->grad->dy[1 + i];
    if (i < b->forward->carried && is_float(b->body->results[i]) && !b->arrived[i].op)
      b->arrived[i] = zeros_like(b->grad->y[1 + i]);
  }
  return b->graph->status;
}

/* What arrives at the results of an iteration: what is carried backwards, and elements of dy. */
static void seed(backward_t *b, sumi_tensor_t *dys) {
  const sumi_function_t *body = b->body;
  for (int i = 0; i < body->result_count; ++i) {
    const sumi_tensor_t result = body->results[i];
    const sumi_tensor_t dy = b->arrived[i];
    if (!is_float(result)) continue;
    if (i < b->forward->carried) {
      dys[i] = sumi__tensor_function_parameter(b->function, sumi_tensor_dtype(result),
                                               b->forward->invariants[i]);
      add(b, &b->carried, dy);
      add(b, &b->carried_inside, dys[i]);
    } else if (dy.op) {
      dys[i] = sumi__tensor_function_parameter(b->function, sumi_tensor_dtype(result),
                                               sumi_tensor_dims(result));
      add_elements(b, dy, dys[i], result);
    }
  }
}

/* dstate goes on; dx is stacked; dc is added up. */
static void collect(backward_t *b) {
  const int carried = b->forward->carried, scanned = b->forward->scanned;
  for (int i = 0; i < carried; ++i) {
    const sumi_tensor_t x = b->body->inputs[1 + i];
    if (!is_float(x)) continue;
    const int at = b->next.count;
    const sumi_tensor_t dx = b->dx[1 + i];
    b->output_of[1 + i] = carried_output(at);
    add(b, &b->next, dx.op ? dx : zeros_like(b->carried_inside.items[at]));
  }
  for (int i = 1 + carried + scanned; i < b->op->input_count; ++i) {
    const sumi_tensor_t dx = b->dx[i], x = b->op->inputs[i];
    if (!dx.op || b->graph->status != SUMI_OK) continue;
    const sumi_tensor_t sum = sumi__tensor_function_parameter(b->function, sumi_tensor_dtype(x),
                                                              sumi_tensor_dims(x));
    b->output_of[i] = carried_output(b->next.count);
    add(b, &b->next, sumi__tensor_apply("Add", SUMI_TENSORS(sum, dx)));
    add(b, &b->carried_inside, sum);
  }
  for (int i = 1 + carried; i < 1 + carried + scanned; ++i)
    if (b->dx[i].op) add(b, &b->stacked, b->dx[i]);
}

static sumi_status_t end_function(backward_t *b) {
  const int count = b->next.count + b->stacked.count;
  sumi_tensor_t *results = sumi__tensor_graph_calloc(b->graph, (size_t)count, sizeof *results);
  for (int i = 0; results && i < count; ++i)
    results[i] = i < b->next.count ? b->next.items[i] : b->stacked.items[i - b->next.count];
  return sumi__tensor_function_end(b->function, results ? count : 0, results);
}

/* Sums start at zero; these zeros stand outside. */
static void begin_sums(backward_t *b) {
  for (int i = 1 + b->forward->carried + b->forward->scanned; i < b->op->input_count; ++i)
    if (b->output_of[i] && b->graph->status == SUMI_OK)
      add(b, &b->carried, zeros_like(b->op->inputs[i]));
}

/* ---- What the gradient uses of the forward loop ---- */

/* The forward loop's stack of a value of its body. */
static sumi_tensor_t stack_of(const backward_t *b, sumi_tensor_t value) {
  sumi_function_t *body = b->body;
  for (int i = b->forward->carried; i < body->result_count; ++i)
    if (sumi__tensor_same(body->results[i], value)) return sumi_op_output(b->op, 1 + i);
  const sumi_dims_t element = sumi_tensor_dims(value);
  sumi_dims_t dims = SUMI_DIMS_UNKNOWN;
  if (element.rank >= SUMI_MAX_RANK) {
    sumi__tensor_graph_refuse(b->graph, SUMI_UNIMPLEMENTED,
                              "the gradient of '%s' stacks '%s', which has %d axes already",
                              b->op->name, sumi_op_name(value.op), element.rank);
    return (sumi_tensor_t){0};
  }
  if (element.rank != SUMI_UNKNOWN_RANK) {
    const sumi_known_t *count = b->op->outputs[0].known;
    dims = (sumi_dims_t){.rank = element.rank + 1,
                         .size = {count && count->has[0] ? count->value[0] : SUMI_UNKNOWN_SIZE}};
    memcpy(dims.size + 1, element.size, (size_t)element.rank * sizeof *dims.size);
  }
  if (sumi__tensor_function_add_result(body, value) < 0) return (sumi_tensor_t){0};
  const int output = sumi__tensor_flow_add_output(b->op, sumi_tensor_dtype(value), dims);
  return output < 0 ? (sumi_tensor_t){0} : (sumi_tensor_t){.op = b->op, .index = output};
}

/* Each value that the function uses and does not make: a stack of the forward loop's, an element or
 * a captured tensor of it under the name that it has there, or a tensor from outside. */
static void connect(backward_t *b) {
  sumi__tensor_list_t used = {0}, none = {0};
  if (sumi__tensor_function_uses(b->function, &used, &none) != SUMI_OK) return;
  const int carried = b->forward->carried, scanned = b->forward->scanned;
  for (int i = 0; i < used.count && b->graph->status == SUMI_OK; ++i) {
    const sumi_tensor_t value = used.items[i];
    const int input = sumi__tensor_function_input(b->body, value);
    const bool is_element = input > carried && input <= carried + scanned;
    const bool of_body = value.op->function == b->body;
    if (sumi__tensor_is_constant_inside(b->graph->function, value)) continue;
    if (is_element) {
      add_elements(b, b->op->inputs[input], value, value);
    } else if (of_body || (input > 0 && input <= carried) ||
               sumi__tensor_flow_variable(b->op, value) >= 0) {
      add_elements(b, stack_of(b, value), value, value);
    } else {
      add(b, &b->captured, input > 0 ? b->op->inputs[input] : value);
      add(b, &b->captured_inside, value);
    }
  }
}

/* ---- Shapes that differ from element to element ---- */

/* The shape of a value in an iteration of the forward loop, a node of its body. */
static sumi_tensor_t shape_in_body(const backward_t *b, sumi_tensor_t value) {
  if (sumi__tensor_function_reopen(b->body) != SUMI_OK) return (sumi_tensor_t){0};
  const sumi_tensor_t shape = sumi__tensor_apply("Shape", SUMI_TENSORS(value));
  sumi__tensor_function_end(b->body, b->body->result_count, b->body->results);
  return shape;
}

/* The list of shapes that an element list of the forward loop has; -1 when it needs none. */
static int forward_shapes(const backward_t *b, sumi_tensor_t element) {
  const int i = sumi__tensor_function_input(b->body, element) - 1 - b->forward->carried;
  const bool is_element = i >= 0 && i < b->forward->scanned && b->forward->shapes;
  return is_element ? b->forward->shapes[i] : -1;
}

/* Gives element lists of unknown shapes lists of their shapes: those that the forward loop has, or
 * stacks of it. */
static void connect_shapes(backward_t *b) {
  const int lists = b->scanned.count;
  sumi__tensor_list_t done = {0};
  int *shapes = sumi__tensor_graph_calloc(b->graph, 2 * (size_t)lists, sizeof *shapes);
  int *place = sumi__tensor_graph_calloc(b->graph, (size_t)lists, sizeof *place);
  if (!shapes || !place) return;
  for (int i = 0; i < lists && b->graph->status == SUMI_OK; ++i) {
    const sumi_tensor_t like = b->shape_of.items[i];
    shapes[i] = -1;
    if (!like.op) continue;
    const int before = sumi__tensor_list_find(&done, like);
    if (before >= 0) {
      shapes[i] = place[before];
      continue;
    }
    const int of_forward = forward_shapes(b, like);
    const int input = 1 + b->forward->carried + of_forward;
    const sumi_tensor_t shape = of_forward >= 0 ? b->body->inputs[input] : shape_in_body(b, like);
    if (!shape.op) return;
    const int listed = sumi__tensor_list_find(&b->scanned_inside, shape);
    shapes[i] = listed >= 0 ? listed : b->scanned.count;
    if (listed < 0)
      add_elements(b, of_forward >= 0 ? b->op->inputs[input] : stack_of(b, shape), shape,
                   (sumi_tensor_t){0});
    add(b, &done, like);
    place[done.count - 1] = shapes[i];
  }
  for (int i = lists; i < b->scanned.count; ++i) shapes[i] = -1;
  b->flow->shapes = shapes;
}

static void append(const backward_t *b, sumi__tensor_list_t *all, const sumi__tensor_list_t *list) {
  for (int i = 0; i < list->count; ++i) add(b, all, list->items[i]);
}

static sumi_op_t *make_node(backward_t *b) {
  sumi__tensor_flow_t *flow = b->flow;
  sumi__tensor_list_t inputs = {0}, inside = {0};
  flow->carried = b->carried.count;
  flow->scanned = b->scanned.count;
  flow->captured = b->captured.count;
  add(b, &inputs, sumi_op_output(b->op, 0));
  append(b, &inputs, &b->carried);
  append(b, &inputs, &b->scanned);
  append(b, &inputs, &b->captured);
  add(b, &inside, (sumi_tensor_t){0});
  append(b, &inside, &b->carried_inside);
  append(b, &inside, &b->scanned_inside);
  append(b, &inside, &b->captured_inside);
  const int results = b->function->result_count;
  sumi_dtype_t *types = sumi__tensor_graph_calloc(b->graph, (size_t)results + 1, sizeof *types);
  flow->invariants = sumi__tensor_graph_calloc(b->graph, (size_t)flow->carried,
                                               sizeof *flow->invariants);
  if (!types || !flow->invariants || b->graph->status != SUMI_OK) return NULL;
  types[0] = SUMI_INT32;
  for (int i = 0; i < results; ++i) types[1 + i] = sumi_tensor_dtype(b->function->results[i]);
  for (int i = 0; i < flow->carried; ++i)
    flow->invariants[i] = sumi_tensor_dims(b->carried_inside.items[i]);
  if (sumi__tensor_function_bind(b->function, inside.count, inside.items) != SUMI_OK) return NULL;
  return sumi__tensor_flow_node(b->graph, b->op->site, "while", flow,
                                (sumi_tensors_t){inputs.count, inputs.items},
                                (sumi_types_t){results + 1, types});
}

static void give_back(backward_t *b, sumi_op_t *node) {
  const int carried = b->forward->carried, scanned = b->forward->scanned;
  for (int i = 1; i < b->op->input_count; ++i)
    if (b->output_of[i]) b->grad->dx[i] = sumi_op_output(node, b->output_of[i]);
  int output = carried_output(b->next.count);
  for (int i = 1 + carried; i < 1 + carried + scanned; ++i)
    if (b->dx[i].op) b->grad->dx[i] = sumi_op_output(node, output++);
}

void sumi__tensor_while_gradient(sumi_grad_t *grad) {
  backward_t b = {.grad = grad, .op = grad->op, .graph = grad->op->graph};
  const size_t inputs = (size_t)b.op->input_count;
  b.forward = sumi__tensor_flow_of(b.op);
  b.body = b.forward->functions[SUMI__BODY];
  b.flow = sumi__tensor_graph_calloc(b.graph, 1, sizeof *b.flow);
  b.dx = sumi__tensor_graph_calloc(b.graph, inputs, sizeof *b.dx);
  b.output_of = sumi__tensor_graph_calloc(b.graph, inputs, sizeof *b.output_of);
  sumi_tensor_t *dys = sumi__tensor_graph_calloc(b.graph, (size_t)b.body->result_count,
                                                 sizeof *dys);
  if (!b.flow || !b.dx || !b.output_of || !dys || find_arrived(&b) != SUMI_OK) return;
  b.function = sumi__tensor_function_begin(b.graph, "body", b.body);
  if (!b.function) return;
  *b.flow = (sumi__tensor_flow_t){
      .functions = {[SUMI__BODY] = b.function}, .is_loop = true, .reverse = !b.forward->reverse};
  seed(&b, dys);
  if (b.graph->status == SUMI_OK) sumi__tensor_call_gradients(b.op, b.body, dys, b.dx);
  if (b.graph->status == SUMI_OK) collect(&b);
  if (end_function(&b) != SUMI_OK) return;
  begin_sums(&b);
  connect(&b);
  connect_shapes(&b);
  if (b.graph->status != SUMI_OK) return;
  sumi_op_t *node = make_node(&b);
  if (node) give_back(&b, node);
}
