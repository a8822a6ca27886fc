/* One node: its inputs, in the words of the graph or of a function, and its attributes. */
#include "graph_export.h"

#include <sumi/alloc.h>

#include <stdarg.h>
#include <string.h>

typedef sumi__summary_graph_export_t export_t;

/* ---- Inputs ---- */

/* Clearing the buffer for the next name forgets a failure, so it is noted here. */
static void add_input(export_t *e) {
  const char *text = sumi_buffer_text(&e->text);
  if (text)
    sumi_graph_def_input(e->def, text);
  else
    e->status = sumi_buffer_status(&e->text, "a GraphDef");
}

void sumi__summary_graph_put_input_text(export_t *e, const char *format, ...) {
  char text[2 * SUMI_ERROR_MESSAGE_MAX];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  sumi_buffer_clear(&e->text);
  sumi_buffer_puts(&e->text, text);
  add_input(e);
}

void sumi__summary_graph_put_input(export_t *e, sumi_tensor_t tensor) {
  sumi_buffer_clear(&e->text);
  sumi__summary_graph_put_reference(e, tensor, &e->text);
  add_input(e);
}

/* In a function outputs have the names of the op's schema; in the graph they are numbered. */
static void put_output(const export_t *e, const char *name, const char *output, int place, int port,
                       sumi_buffer_t *text) {
  sumi_buffer_puts(text, name);
  if (e->function)
    sumi_buffer_printf(text, ":%s:%d", output, place);
  else if (port > 0)
    sumi_buffer_printf(text, ":%d", port);
}

/* A loop's node carries more than here, and its stacks are nodes of their own. */
static void put_flow_output(const export_t *e, sumi_tensor_t tensor, const sumi_flow_t *flow,
                            sumi_buffer_t *text) {
  const int stack = tensor.index - 1 - flow->carried;
  const bool is_stack = flow->is_loop && stack >= 0;
  const int port = !flow->is_loop || tensor.index == 0 ? tensor.index : tensor.index + 1;
  if (!is_stack) {
    put_output(e, sumi_op_name(tensor.op), "output", port, port, text);
    return;
  }
  sumi_buffer_printf(text, "%s/stack_%d", sumi_op_name(tensor.op), stack);
  put_output(e, "", "tensor", 0, 0, text);
}

void sumi__summary_graph_put_reference(const export_t *e, sumi_tensor_t tensor,
                                       sumi_buffer_t *text) {
  for (int i = 0; i < sumi_function_input_count(e->function); ++i) {
    const sumi_tensor_t input = sumi_function_input(e->function, i);
    if (input.op != tensor.op || input.index != tensor.index) continue;
    if (i >= e->first_element && i < e->first_element + e->element_count)
      sumi_buffer_printf(text, "loop/element_%d:output:0", i);
    else
      sumi_buffer_printf(text, "input_%d", i);
    return;
  }
  sumi_flow_t flow;
  if (sumi_op_flow(tensor.op, &flow)) {
    put_flow_output(e, tensor, &flow, text);
    return;
  }
  int place = 0;
  const char *output = sumi_op_output_name(tensor.op, tensor.index, &place);
  put_output(e, sumi_op_name(tensor.op), output, place, tensor.index, text);
}

static void add_inputs(export_t *e, const sumi_op_t *op) {
  for (int i = 0; i < sumi_op_input_count(op); ++i)
    sumi__summary_graph_put_input(e, sumi_op_input(op, i));
  for (int i = 0; i < sumi_op_control_count(op); ++i) {
    const sumi_op_t *control = sumi_op_control(op, i);
    if (sumi_op_function(control) == e->function)
      sumi__summary_graph_put_input_text(e, "^%s", sumi_op_name(control));
  }
}

/* ---- Attributes ---- */

static void add_constant(export_t *e, const char *name, const sumi_array_t *array) {
  const bool fits = e->max_constant_bytes <= 0 ||
                    (int64_t)sumi_array_size_bytes(array) <= e->max_constant_bytes;
  if (fits) {
    const sumi_array_view_t view = sumi_array_view(array);
    sumi_graph_def_attr_tensor(e->def, name, &view);
  } else {
    const sumi_bytes_view_t left_out = {.data = name, .size_bytes = strlen(name)};
    sumi_graph_def_attr_strings(e->def, "_too_large_attrs", &left_out, 1);
  }
}

static void add_texts(export_t *e, const char *name, sumi_texts_t texts) {
  sumi_bytes_view_t *views = sumi_calloc((size_t)texts.count + 1, sizeof *views);
  if (views) {
    for (int i = 0; i < texts.count; ++i)
      views[i] = (sumi_bytes_view_t){texts.list[i], strlen(texts.list[i])};
    sumi_graph_def_attr_strings(e->def, name, views, (size_t)texts.count);
  } else {
    e->status = sumi_fail_alloc("a list of texts", (size_t)texts.count * sizeof *views);
  }
  sumi_free(views);
}

static void add_attr(export_t *e, const char *name, const sumi_attr_t *attr) {
  switch (attr->kind) {
  case SUMI_ATTR_BOOL: sumi_graph_def_attr_bool(e->def, name, attr->boolean); break;
  case SUMI_ATTR_INT: sumi_graph_def_attr_int(e->def, name, attr->integer); break;
  case SUMI_ATTR_FLOAT: sumi_graph_def_attr_float(e->def, name, (float)attr->real); break;
  case SUMI_ATTR_STRING: {
    const sumi_bytes_view_t text = {.data = attr->string, .size_bytes = strlen(attr->string)};
    sumi_graph_def_attr_string(e->def, name, text);
    break;
  }
  case SUMI_ATTR_TYPE: sumi_graph_def_attr_type(e->def, name, attr->type); break;
  case SUMI_ATTR_SHAPE:
    sumi_graph_def_attr_shape(e->def, name, sumi__summary_graph_shape(&attr->dims));
    break;
  case SUMI_ATTR_INTS:
    sumi_graph_def_attr_ints(e->def, name, attr->dims.size, (size_t)attr->dims.rank);
    break;
  case SUMI_ATTR_TYPES:
    sumi_graph_def_attr_types(e->def, name, attr->types.list, (size_t)attr->types.count);
    break;
  case SUMI_ATTR_STRINGS: add_texts(e, name, attr->texts); break;
  case SUMI_ATTR_ARRAY: add_constant(e, name, attr->array); break;
  case SUMI_ATTR_POINTER: /* means nothing outside this process */
  case SUMI_ATTR_NONE: break;
  }
}

/* What TensorBoard labels edges with. */
static void add_output_shapes(export_t *e, sumi_op_t *op) {
  const int count = sumi_op_output_count(op);
  if (count == 0) return;
  sumi_dims_t *dims = sumi_calloc((size_t)count, sizeof *dims);
  sumi_graph_def_shape_t *shapes = sumi_calloc((size_t)count, sizeof *shapes);
  if (dims && shapes) {
    for (int i = 0; i < count; ++i) {
      dims[i] = sumi_tensor_dims(sumi_op_output(op, i));
      shapes[i] = sumi__summary_graph_shape(&dims[i]);
    }
    sumi_graph_def_attr_shapes(e->def, "_output_shapes", shapes, (size_t)count);
  } else {
    e->status = sumi_fail_alloc("a graph's shapes", (size_t)count * sizeof *dims);
  }
  sumi_free(shapes);
  sumi_free(dims);
}

void sumi__summary_graph_put_node(export_t *e, sumi_op_t *op) {
  sumi_graph_def_node(e->def, sumi_op_name(op), sumi_op_type(op), sumi_op_device(op));
  add_inputs(e, op);
  for (int i = 0; i < sumi_op_attr_count(op); ++i) {
    const char *name;
    const sumi_attr_t *attr = sumi_op_attr_at(op, i, &name);
    add_attr(e, name, attr);
  }
  add_output_shapes(e, op);
}
