/* While and If as TensorFlow has them. Its loops carry everything: a counter and the limit, what is
 * carried here, what elements are taken from and what is captured, and a TensorList for each stack.
 * Source: TensorFlow core/ops/functional_ops.cc, list_ops.cc. */
#include "graph_export.h"

#include <sumi/alloc.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef sumi__summary_graph_export_t export_t;

enum { VARIANT = 21 /* DT_VARIANT */, NAME = 64 };

typedef struct names { /* of the arguments and results of one function */
  int count;
  sumi_graph_def_arg_t *list;
  char (*names)[NAME];
  sumi_buffer_t *sources;
} names_t;

static int stack_count(const sumi_op_t *op, const sumi_flow_t *flow) {
  return sumi_op_output_count(op) - 1 - flow->carried;
}

static sumi_tensor_t stacked(const sumi_flow_t *flow, int k) {
  return sumi_function_result(flow->functions[1], flow->carried + k);
}

static void function_name(const sumi_op_t *op, int which, char *name) {
  snprintf(name, NAME, "function_%d_%d", sumi_op_index(op), which);
}

/* ---- Small nodes ---- */

static void constant(export_t *e, const char *name, int rank, const int64_t *dims,
                     const int32_t *values) {
  sumi_array_view_t view = {.dtype = SUMI_INT32, .rank = rank, .data = values};
  for (int i = 0; i < rank; ++i) view.dims[i] = dims[i];
  sumi_graph_def_node(e->def, name, "Const", NULL);
  sumi_graph_def_attr_type(e->def, "dtype", SUMI_INT32);
  sumi_graph_def_attr_tensor(e->def, "value", &view);
}

static void number(export_t *e, const char *name, int32_t value) {
  constant(e, name, 0, NULL, &value);
}

static void shape_constant(export_t *e, const char *name, sumi_dims_t dims) {
  int32_t sizes[SUMI_MAX_RANK];
  if (dims.rank == SUMI_UNKNOWN_RANK) {
    number(e, name, -1);
    return;
  }
  for (int i = 0; i < dims.rank; ++i) sizes[i] = (int32_t)dims.size[i];
  constant(e, name, 1, (const int64_t[]){dims.rank}, sizes);
}

static void two_inputs(export_t *e, const char *name, const char *type, const char *a,
                       const char *b) {
  sumi_graph_def_node(e->def, name, type, NULL);
  sumi__summary_graph_put_input_text(e, "%s", a);
  sumi__summary_graph_put_input_text(e, "%s", b);
}

static void of_int32(export_t *e, const char *name, const char *type, const char *a,
                     const char *b) {
  two_inputs(e, name, type, a, b);
  sumi_graph_def_attr_type(e->def, "T", SUMI_INT32);
}

/* ---- Arguments and results ---- */

static bool names_begin(export_t *e, names_t *n, int most) {
  *n = (names_t){0};
  n->list = sumi_calloc((size_t)most + 1, sizeof *n->list);
  n->names = sumi_calloc((size_t)most + 1, sizeof *n->names);
  n->sources = sumi_calloc((size_t)most + 1, sizeof *n->sources);
  if (n->list && n->names && n->sources) return true;
  e->status = sumi_fail_alloc("a function", (size_t)most);
  return false;
}

static void names_release(names_t *n) {
  for (int i = 0; n->sources && i < n->count; ++i) sumi_buffer_release(&n->sources[i]);
  sumi_free(n->sources);
  sumi_free(n->names);
  sumi_free(n->list);
}

SUMI_PRINTF(3, 4)
static sumi_buffer_t *name(names_t *n, int dtype, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(n->names[n->count], NAME, format, args);
  va_end(args);
  n->list[n->count].name = n->names[n->count];
  n->list[n->count].dtype = (sumi_dtype_t)dtype;
  return &n->sources[n->count++];
}

static void finish_sources(export_t *e, const names_t *n) {
  for (int i = 0; i < n->count; ++i) {
    n->list[i].source = sumi_buffer_text(&n->sources[i]);
    if (!n->list[i].source) e->status = sumi_buffer_status(&n->sources[i], "a GraphDef");
  }
}

/* What TensorFlow's node is handed: for a loop all that it carries. */
static bool list_arguments(export_t *e, names_t *n, const sumi_op_t *op, const sumi_flow_t *flow) {
  const int inputs = sumi_op_input_count(op);
  if (!names_begin(e, n, inputs + sumi_op_output_count(op) + 1)) return false;
  if (flow->is_loop) name(n, SUMI_INT32, "counter");
  for (int i = flow->is_loop ? 0 : 1; i < inputs; ++i)
    name(n, sumi_tensor_dtype(sumi_op_input(op, i)), "input_%d", i);
  for (int k = 0; flow->is_loop && k < stack_count(op, flow); ++k) name(n, VARIANT, "stack_%d", k);
  return true;
}

/* ---- Bodies ---- */

static bool has_constant(const export_t *e, sumi_op_t *constant_op) {
  const sumi_tensor_t value = sumi_op_output(constant_op, 0);
  for (int i = 0; i < sumi_function_input_count(e->function); ++i)
    if (sumi_function_input(e->function, i).op == value.op) return false;
  for (int i = 0; i < sumi_function_result_count(e->function); ++i)
    if (sumi_function_result(e->function, i).op == value.op) return true;
  for (int i = sumi_op_index(constant_op); i < sumi_graph_op_count(e->graph); ++i) {
    const sumi_op_t *op = sumi_graph_op(e->graph, i);
    for (int k = 0; sumi_op_function(op) == e->function && k < sumi_op_input_count(op); ++k)
      if (sumi_op_input(op, k).op == value.op) return true;
  }
  return false;
}

/* The function's nodes, and constants of other functions that it uses. */
static void add_nodes(export_t *e) {
  for (int i = 0; i < sumi_graph_op_count(e->graph) && e->status == SUMI_OK; ++i) {
    sumi_op_t *op = sumi_graph_op(e->graph, i);
    const char *type = sumi_op_type(op);
    sumi_flow_t flow;
    if (sumi_op_function(op) != e->function) {
      if (strcmp(type, "Const") == 0 && has_constant(e, op)) sumi__summary_graph_put_node(e, op);
    } else if (sumi_op_flow(op, &flow)) {
      sumi__summary_graph_put_flow(e, op);
    } else if (strcmp(type, "Placeholder") != 0) {
      sumi__summary_graph_put_node(e, op);
    }
  }
}

static void begin_body(export_t *e, const sumi_op_t *op, const sumi_flow_t *flow, int which) {
  e->function = flow->functions[which];
  e->first_element = 1 + flow->carried;
  e->element_count = flow->elements;
  (void)op;
}

static void add_function(export_t *e, const sumi_op_t *op, int which, const names_t *arguments,
                         const names_t *results) {
  char text[NAME];
  function_name(op, which, text);
  finish_sources(e, results);
  if (e->status == SUMI_OK)
    sumi_graph_def_begin_function(e->def, text, arguments->list, (size_t)arguments->count,
                                  results->list, (size_t)results->count);
}

static void end_function(export_t *e) {
  sumi_graph_def_end_function(e->def);
  e->function = NULL;
  e->element_count = 0;
}

/* The counter is below the limit, or there is none; and the test. */
static void loop_test(export_t *e, const sumi_op_t *op, const sumi_flow_t *flow,
                      const names_t *arguments) {
  names_t results;
  const sumi_function_t *test = flow->functions[0];
  begin_body(e, op, flow, 0);
  if (names_begin(e, &results, 1)) {
    sumi_buffer_puts(name(&results, SUMI_BOOL, "goes_on"),
                     test ? "loop/goes_on:z:0" : "loop/below:z:0");
    add_function(e, op, 0, arguments, &results);
    of_int32(e, "loop/below", "Less", "counter", "input_0");
    if (test) {
      number(e, "loop/zero", 0);
      of_int32(e, "loop/endless", "Less", "input_0", "loop/zero:output:0");
      two_inputs(e, "loop/allowed", "LogicalOr", "loop/below:z:0", "loop/endless:z:0");
      add_nodes(e);
      sumi_graph_def_node(e->def, "loop/goes_on", "LogicalAnd", NULL);
      sumi__summary_graph_put_input_text(e, "loop/allowed:z:0");
      sumi__summary_graph_put_input(e, sumi_function_result(test, 0));
    }
  }
  end_function(e);
  names_release(&results);
}

static void loop_results(export_t *e, names_t *results, const sumi_op_t *op,
                         const sumi_flow_t *flow) {
  const sumi_function_t *body = flow->functions[1];
  sumi_buffer_puts(name(results, SUMI_INT32, "counter"), "loop/next:z:0");
  for (int i = 0; i < sumi_op_input_count(op); ++i) {
    const int dtype = sumi_tensor_dtype(sumi_op_input(op, i));
    sumi_buffer_t *source = name(results, dtype, "input_%d", i);
    if (i >= 1 && i <= flow->carried)
      sumi__summary_graph_put_reference(e, sumi_function_result(body, i - 1), source);
    else
      sumi_buffer_printf(source, "input_%d", i);
  }
  for (int k = 0; k < stack_count(op, flow); ++k)
    sumi_buffer_printf(name(results, VARIANT, "stack_%d", k), "loop/stack_%d:output_handle:0", k);
}

/* Where this iteration's elements are: a number of elements, or of those that are left. */
static void add_place(export_t *e, const sumi_flow_t *flow) {
  number(e, "loop/one", 1);
  number(e, "loop/axis", 0);
  of_int32(e, "loop/next", "AddV2", "counter", "loop/one:output:0");
  if (flow->reverse) {
    of_int32(e, "loop/last", "Sub", "input_0", "loop/one:output:0");
    of_int32(e, "loop/place", "Sub", "loop/last:z:0", "counter");
  }
}

static const char *place(const sumi_flow_t *flow) {
  return flow->reverse ? "loop/place:z:0" : "counter";
}

static void add_elements(export_t *e, const sumi_op_t *op, const sumi_flow_t *flow) {
  for (int i = e->first_element; i < e->first_element + e->element_count; ++i) {
    char text[NAME];
    snprintf(text, sizeof text, "loop/element_%d", i);
    sumi_graph_def_node(e->def, text, "GatherV2", NULL);
    sumi__summary_graph_put_input_text(e, "input_%d", i);
    sumi__summary_graph_put_input_text(e, "%s", place(flow));
    sumi__summary_graph_put_input_text(e, "loop/axis:output:0");
    sumi_graph_def_attr_type(e->def, "Tparams", sumi_tensor_dtype(sumi_op_input(op, i)));
    sumi_graph_def_attr_type(e->def, "Tindices", SUMI_INT32);
    sumi_graph_def_attr_type(e->def, "Taxis", SUMI_INT32);
    sumi_graph_def_attr_int(e->def, "batch_dims", 0);
  }
}

static void add_to_stacks(export_t *e, const sumi_op_t *op, const sumi_flow_t *flow) {
  for (int k = 0; k < stack_count(op, flow); ++k) {
    char text[NAME];
    const bool grows = flow->functions[0] != NULL;
    snprintf(text, sizeof text, "loop/stack_%d", k);
    sumi_graph_def_node(e->def, text, grows ? "TensorListPushBack" : "TensorListSetItem", NULL);
    sumi__summary_graph_put_input_text(e, "stack_%d", k);
    if (!grows) sumi__summary_graph_put_input_text(e, "%s", place(flow));
    sumi__summary_graph_put_input(e, stacked(flow, k));
    sumi_graph_def_attr_type(e->def, "element_dtype", sumi_tensor_dtype(stacked(flow, k)));
  }
}

static void loop_body(export_t *e, const sumi_op_t *op, const sumi_flow_t *flow,
                      const names_t *arguments) {
  names_t results;
  begin_body(e, op, flow, 1);
  if (names_begin(e, &results, arguments->count)) {
    loop_results(e, &results, op, flow);
    add_function(e, op, 1, arguments, &results);
    add_place(e, flow);
    add_elements(e, op, flow);
    add_nodes(e);
    add_to_stacks(e, op, flow);
  }
  end_function(e);
  names_release(&results);
}

/* Outputs that only the other branch has are FakeParams. */
static void branch(export_t *e, const sumi_op_t *op, const sumi_flow_t *flow, int which,
                   const names_t *arguments) {
  const int outputs = sumi_op_output_count(op);
  names_t results;
  begin_body(e, op, flow, which);
  if (names_begin(e, &results, outputs)) {
    for (int i = 0; i < outputs; ++i) {
      const sumi_tensor_t result = sumi_function_result(e->function, i);
      const sumi_tensor_t output = sumi_op_output((sumi_op_t *)(uintptr_t)op, i);
      sumi_buffer_t *source = name(&results, sumi_tensor_dtype(output), "output_%d", i);
      if (result.op)
        sumi__summary_graph_put_reference(e, result, source);
      else
        sumi_buffer_printf(source, "none_%d:output:0", i);
    }
    add_function(e, op, which, arguments, &results);
    for (int i = 0; i < outputs; ++i) {
      char text[NAME];
      const sumi_tensor_t output = sumi_op_output((sumi_op_t *)(uintptr_t)op, i);
      const sumi_dims_t dims = sumi_tensor_dims(output);
      if (sumi_function_result(e->function, i).op) continue;
      snprintf(text, sizeof text, "none_%d", i);
      sumi_graph_def_node(e->def, text, "FakeParam", NULL);
      sumi_graph_def_attr_type(e->def, "dtype", sumi_tensor_dtype(output));
      sumi_graph_def_attr_shape(e->def, "shape", sumi__summary_graph_shape(&dims));
    }
    add_nodes(e);
  }
  end_function(e);
  names_release(&results);
}

void sumi__summary_graph_put_functions(export_t *e, sumi_op_t *op) {
  sumi_flow_t flow;
  names_t arguments = {0};
  if (!sumi_op_flow(op, &flow) || e->status != SUMI_OK) return;
  if (flow.variables > 0)
    e->status = sumi_fail(
        SUMI_UNIMPLEMENTED,
        "graph export: '%s' changes a variable inside, and TensorFlow's functions "
        "take variables by value",
        sumi_op_name(op));
  else if (list_arguments(e, &arguments, op, &flow)) {
    if (flow.is_loop) {
      loop_test(e, op, &flow, &arguments);
      loop_body(e, op, &flow, &arguments);
    } else {
      branch(e, op, &flow, 0, &arguments);
      branch(e, op, &flow, 1, &arguments);
    }
  }
  names_release(&arguments);
}

/* ---- The node ---- */

static void begin_list(export_t *e, const sumi_op_t *op, const sumi_flow_t *flow, int k) {
  char text[SUMI_ERROR_MESSAGE_MAX], shape[SUMI_ERROR_MESSAGE_MAX];
  const bool grows = flow->functions[0] != NULL;
  snprintf(shape, sizeof shape, "%s/shape_%d", sumi_op_name(op), k);
  shape_constant(e, shape, sumi_tensor_dims(stacked(flow, k)));
  if (grows && k == 0) {
    snprintf(text, sizeof text, "%s/maximum", sumi_op_name(op));
    number(e, text, -1);
  }
  snprintf(text, sizeof text, "%s/list_%d", sumi_op_name(op), k);
  sumi_graph_def_node(e->def, text, grows ? "EmptyTensorList" : "TensorListReserve", NULL);
  const char *output = e->function ? ":output:0" : "";
  sumi__summary_graph_put_input_text(e, "%s%s", shape, output);
  if (grows)
    sumi__summary_graph_put_input_text(e, "%s/maximum%s", sumi_op_name(op), output);
  else
    sumi__summary_graph_put_input(e, sumi_op_input(op, 0));
  sumi_graph_def_attr_type(e->def, "element_dtype", sumi_tensor_dtype(stacked(flow, k)));
  sumi_graph_def_attr_type(e->def, "shape_type", SUMI_INT32);
}

static void end_list(export_t *e, const sumi_op_t *op, const sumi_flow_t *flow, int k) {
  char text[SUMI_ERROR_MESSAGE_MAX];
  snprintf(text, sizeof text, "%s/stack_%d", sumi_op_name(op), k);
  const int port = 1 + sumi_op_input_count(op) + k;
  sumi_graph_def_node(e->def, text, "TensorListStack", NULL);
  if (e->function)
    sumi__summary_graph_put_input_text(e, "%s:output:%d", sumi_op_name(op), port);
  else
    sumi__summary_graph_put_input_text(e, "%s:%d", sumi_op_name(op), port);
  sumi__summary_graph_put_input_text(e, "%s/shape_%d%s", sumi_op_name(op), k,
                                     e->function ? ":output:0" : "");
  sumi_graph_def_attr_type(e->def, "element_dtype", sumi_tensor_dtype(stacked(flow, k)));
  sumi_graph_def_attr_int(e->def, "num_elements", -1);
}

static void add_controls(export_t *e, const sumi_op_t *op) {
  for (int i = 0; i < sumi_op_control_count(op); ++i)
    sumi__summary_graph_put_input_text(e, "^%s", sumi_op_name(sumi_op_control(op, i)));
}

static void add_functions(export_t *e, const sumi_op_t *op, const char *first, const char *second) {
  char text[NAME];
  function_name(op, 0, text);
  sumi_graph_def_attr_func(e->def, first, text);
  function_name(op, 1, text);
  sumi_graph_def_attr_func(e->def, second, text);
}

static void add_loop(export_t *e, const sumi_op_t *op, const sumi_flow_t *flow,
                     const sumi_dtype_t *types, int count) {
  char zero[SUMI_ERROR_MESSAGE_MAX];
  snprintf(zero, sizeof zero, "%s/zero", sumi_op_name(op));
  number(e, zero, 0);
  for (int k = 0; k < stack_count(op, flow); ++k) begin_list(e, op, flow, k);
  sumi_graph_def_node(e->def, sumi_op_name(op), sumi_op_type(op), sumi_op_device(op));
  sumi__summary_graph_put_input_text(e, "%s%s", zero, e->function ? ":output:0" : "");
  for (int i = 0; i < sumi_op_input_count(op); ++i)
    sumi__summary_graph_put_input(e, sumi_op_input(op, i));
  for (int k = 0; k < stack_count(op, flow); ++k)
    sumi__summary_graph_put_input_text(e, "%s/list_%d%s", sumi_op_name(op), k,
                                       e->function ? ":handle:0" : "");
  add_controls(e, op);
  sumi_graph_def_attr_types(e->def, "T", types, (size_t)count);
  add_functions(e, op, "cond", "body");
  for (int k = 0; k < stack_count(op, flow); ++k) end_list(e, op, flow, k);
}

static void add_branch(export_t *e, sumi_op_t *op, const sumi_dtype_t *types, int count) {
  const int outputs = sumi_op_output_count(op);
  sumi_dtype_t *out = sumi_calloc((size_t)outputs + 1, sizeof *out);
  if (!out) {
    e->status = sumi_fail_alloc("a branch", (size_t)outputs);
    return;
  }
  for (int i = 0; i < outputs; ++i) out[i] = sumi_tensor_dtype(sumi_op_output(op, i));
  sumi_graph_def_node(e->def, sumi_op_name(op), sumi_op_type(op), sumi_op_device(op));
  for (int i = 0; i < sumi_op_input_count(op); ++i)
    sumi__summary_graph_put_input(e, sumi_op_input(op, i));
  add_controls(e, op);
  sumi_graph_def_attr_type(e->def, "Tcond", SUMI_BOOL);
  sumi_graph_def_attr_types(e->def, "Tin", types, (size_t)count);
  sumi_graph_def_attr_types(e->def, "Tout", out, (size_t)outputs);
  add_functions(e, op, "then_branch", "else_branch");
  sumi_free(out);
}

void sumi__summary_graph_put_flow(export_t *e, sumi_op_t *op) {
  sumi_flow_t flow;
  names_t arguments = {0};
  if (!sumi_op_flow(op, &flow) || !list_arguments(e, &arguments, op, &flow)) {
    names_release(&arguments);
    return;
  }
  sumi_dtype_t *types = sumi_calloc((size_t)arguments.count + 1, sizeof *types);
  for (int i = 0; types && i < arguments.count; ++i) types[i] = arguments.list[i].dtype;
  if (!types)
    e->status = sumi_fail_alloc("a branch or loop", (size_t)arguments.count);
  else if (flow.is_loop)
    add_loop(e, op, &flow, types, arguments.count);
  else
    add_branch(e, op, types, arguments.count);
  sumi_free(types);
  names_release(&arguments);
}
