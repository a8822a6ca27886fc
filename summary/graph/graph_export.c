/* A graph as a TensorFlow GraphDef: names, inputs and attributes are the same, so this is a
 * walk. */
#include <sumi/options.h>
#include <sumi/alloc.h>
#include <sumi/control_flow.h>
#include <sumi/graph_def.h>
#include <sumi/summary_graph.h>

#include <string.h>

typedef struct export {
  sumi_graph_def_t *def;
  int64_t max_constant_bytes;
  sumi_buffer_t text; /* of the input being named */
  sumi_status_t status;
}
export_t;

static sumi_graph_def_shape_t shape_of(const sumi_dims_t *dims) {
  return (sumi_graph_def_shape_t){.rank = dims->rank, .dims = dims->size};
}

/* Clearing the buffer for the next name forgets a failure, so it is noted here. */
static void add_input(export_t *e) {
  const char *text = sumi_buffer_text(&e->text);
  if (text)
    sumi_graph_def_input(e->def, text);
  else
    e->status = sumi_buffer_status(&e->text, "a GraphDef");
}

static void add_inputs(export_t *e, const sumi_op_t *op) {
  for (int i = 0; i < sumi_op_input_count(op); ++i) {
    const sumi_tensor_t input = sumi_op_input(op, i);
    sumi_buffer_clear(&e->text);
    sumi_buffer_puts(&e->text, sumi_op_name(input.op));
    if (input.index > 0) sumi_buffer_printf(&e->text, ":%d", input.index);
    add_input(e);
  }
  for (int i = 0; i < sumi_op_control_count(op); ++i) {
    sumi_buffer_clear(&e->text);
    sumi_buffer_printf(&e->text, "^%s", sumi_op_name(sumi_op_control(op, i)));
    add_input(e);
  }
}

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
  case SUMI_ATTR_SHAPE: sumi_graph_def_attr_shape(e->def, name, shape_of(&attr->dims)); break;
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
      shapes[i] = shape_of(&dims[i]);
    }
    sumi_graph_def_attr_shapes(e->def, "_output_shapes", shapes, (size_t)count);
  } else {
    e->status = sumi_fail_alloc("a graph's shapes", (size_t)count * sizeof *dims);
  }
  sumi_free(shapes);
  sumi_free(dims);
}

static void add_node(export_t *e, sumi_op_t *op) {
  if (sumi_op_function(op) && e->status == SUMI_OK)
    e->status = sumi_fail(SUMI_UNIMPLEMENTED, "graph export: '%s' is inside a branch or a loop",
                          sumi_op_name(op));
  sumi_graph_def_node(e->def, sumi_op_name(op), sumi_op_type(op), sumi_op_device(op));
  add_inputs(e, op);
  for (int i = 0; i < sumi_op_attr_count(op); ++i) {
    const char *name;
    const sumi_attr_t *attr = sumi_op_attr_at(op, i, &name);
    add_attr(e, name, attr);
  }
  add_output_shapes(e, op);
}

sumi_status_t sumi_graph_export_with(const sumi_graph_t *graph, sumi_buffer_t *bytes,
                                     const sumi_graph_export_options_t *given) {
  sumi_graph_export_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  enum {
    PRODUCER = 27
  }; /* TensorFlow 1.15's graph version is past this; every reader accepts it */
  if (!graph || !bytes) return sumi_fail(SUMI_INVALID_ARGUMENT, "graph export: a NULL argument");
  const sumi_status_t refused = sumi_graph_status(graph);
  if (refused != SUMI_OK) return sumi_fail(refused, "%s", sumi_graph_message(graph));
  export_t e = {.def = sumi_graph_def_new(), .max_constant_bytes = options.max_constant_bytes};
  if (!e.def) return sumi_fail_alloc("a GraphDef", 0);
  for (int i = 0; i < sumi_graph_op_count(graph); ++i) add_node(&e, sumi_graph_op(graph, i));
  if (e.status == SUMI_OK) e.status = sumi_graph_def_finish(e.def, PRODUCER, bytes);
  sumi_buffer_release(&e.text);
  sumi_graph_def_free(e.def);
  return e.status;
}

sumi_status_t sumi_writer_graph(sumi_writer_t *writer, const sumi_graph_t *graph) {
  if (!writer) return SUMI_OK;
  sumi_buffer_t bytes = {0};
  sumi_status_t status = sumi_graph_export(graph, &bytes, .max_constant_bytes = 1024);
  if (status == SUMI_OK) status = sumi_writer_graph_def(writer, bytes.data, bytes.size);
  sumi_buffer_release(&bytes);
  return status;
}
