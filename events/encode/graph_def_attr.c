#include "graph_def_build.h"

#include <string.h>

/* A new attribute of the current node, its value not yet set; NULL after a failure. */
static Sumi__Pb__AttrValue *add_attr(sumi_graph_def_t *graph, const char *name) {
  sumi__events_graph_node_t *node = sumi__events_graph_def_current(graph, "an attribute");
  char *key = node ? sumi__events_graph_def_text(graph, "an attribute's name", name) : NULL;
  sumi__events_graph_attr_t *attr = key ? sumi__events_graph_def_calloc(graph, 1, sizeof *attr)
                                        : NULL;
  if (!attr) return NULL;
  for (sumi__events_graph_attr_t *other = node->attrs; other; other = other->next)
    if (strcmp(other->entry.key, key) == 0) {
      sumi__events_graph_def_fail(graph, "node \"%s\": attribute \"%s\" is given twice",
                                  node->message.name, key);
      return NULL;
    }
  sumi__pb__node_def__attr_entry__init(&attr->entry);
  sumi__pb__attr_value__init(&attr->value);
  attr->entry.key = key;
  attr->entry.value = &attr->value;
  attr->next = node->attrs;
  node->attrs = attr;
  ++node->message.n_attr;
  return &attr->value;
}

static ProtobufCBinaryData copy_bytes(sumi_graph_def_t *graph, sumi_bytes_view_t bytes) {
  if (bytes.size_bytes > 0 && !bytes.data)
    sumi__events_graph_def_fail(graph, "an attribute's bytes are NULL");
  uint8_t *data = sumi__events_graph_def_calloc(graph, 1, bytes.size_bytes);
  if (data && bytes.size_bytes > 0) memcpy(data, bytes.data, bytes.size_bytes);
  return (ProtobufCBinaryData){data ? bytes.size_bytes : 0, data};
}

void sumi_graph_def_attr_string(sumi_graph_def_t *graph, const char *name,
                                sumi_bytes_view_t value) {
  Sumi__Pb__AttrValue *attr = add_attr(graph, name);
  if (!attr) return;
  attr->value_case = SUMI__PB__ATTR_VALUE__VALUE_S;
  attr->s = copy_bytes(graph, value);
}

void sumi_graph_def_attr_int(sumi_graph_def_t *graph, const char *name, int64_t value) {
  Sumi__Pb__AttrValue *attr = add_attr(graph, name);
  if (!attr) return;
  attr->value_case = SUMI__PB__ATTR_VALUE__VALUE_I;
  attr->i = value;
}

void sumi_graph_def_attr_float(sumi_graph_def_t *graph, const char *name, float value) {
  Sumi__Pb__AttrValue *attr = add_attr(graph, name);
  if (!attr) return;
  attr->value_case = SUMI__PB__ATTR_VALUE__VALUE_F;
  attr->f = value;
}

void sumi_graph_def_attr_bool(sumi_graph_def_t *graph, const char *name, bool value) {
  Sumi__Pb__AttrValue *attr = add_attr(graph, name);
  if (!attr) return;
  attr->value_case = SUMI__PB__ATTR_VALUE__VALUE_B;
  attr->b = value;
}

void sumi_graph_def_attr_type(sumi_graph_def_t *graph, const char *name, sumi_dtype_t value) {
  Sumi__Pb__AttrValue *attr = add_attr(graph, name);
  if (!attr) return;
  attr->value_case = SUMI__PB__ATTR_VALUE__VALUE_TYPE;
  attr->type = (Sumi__Pb__DataType)value;
}

/* A shape in the arena; NULL after a failure. */
static Sumi__Pb__TensorShapeProto *make_shape(sumi_graph_def_t *graph, const char *what,
                                              const sumi_graph_def_shape_t *shape) {
  Sumi__Pb__TensorShapeProto *message = sumi__events_graph_def_calloc(graph, 1, sizeof *message);
  if (!message) return NULL;
  sumi__pb__tensor_shape_proto__init(message);
  message->unknown_rank = shape->rank < 0;
  if (shape->rank <= 0) return message;
  if (shape->rank > 254 || !shape->dims) { /* TensorShape::MaxDimensions */
    sumi__events_graph_def_fail(graph, "%s: a shape of rank %d%s", what, shape->rank,
                                shape->dims ? "" : " whose sizes are NULL");
    return NULL;
  }
  message->n_dim = (size_t)shape->rank;
  message->dim = sumi__events_graph_def_calloc(graph, message->n_dim, sizeof *message->dim);
  for (size_t i = 0; message->dim && i < message->n_dim; ++i) {
    message->dim[i] = sumi__events_graph_def_calloc(graph, 1, sizeof **message->dim);
    if (!message->dim[i]) return NULL;
    sumi__pb__tensor_shape_proto__dim__init(message->dim[i]);
    message->dim[i]->size = shape->dims[i] < 0 ? -1 : shape->dims[i];
  }
  return message->dim ? message : NULL;
}

void sumi_graph_def_attr_shape(sumi_graph_def_t *graph, const char *name,
                               sumi_graph_def_shape_t value) {
  Sumi__Pb__AttrValue *attr = add_attr(graph, name);
  if (!attr) return;
  attr->shape = make_shape(graph, name, &value);
  attr->value_case = SUMI__PB__ATTR_VALUE__VALUE_SHAPE;
}

static void fill_strings(sumi_graph_def_t *graph, Sumi__Pb__TensorProto *tensor,
                         const sumi_array_view_t *view, size_t count) {
  const char *const *texts = view->data;
  tensor->string_val = sumi__events_graph_def_calloc(graph, count, sizeof *tensor->string_val);
  if (!tensor->string_val) return;
  tensor->n_string_val = count;
  for (size_t i = 0; i < count; ++i)
    tensor->string_val[i] = copy_bytes(
        graph, (sumi_bytes_view_t){texts[i], texts[i] ? strlen(texts[i]) : 0});
}

void sumi_graph_def_attr_tensor(sumi_graph_def_t *graph, const char *name,
                                const sumi_array_view_t *value) {
  Sumi__Pb__AttrValue *attr = add_attr(graph, name);
  if (!attr) return;
  if (sumi_array_view_check(name, value) != SUMI_OK) {
    sumi__events_graph_def_fail(graph, "%s", sumi_error_message());
    return;
  }
  const size_t count = (size_t)sumi_array_view_count(value);
  Sumi__Pb__TensorProto *tensor = sumi__events_graph_def_calloc(graph, 1, sizeof *tensor);
  if (!tensor) return;
  sumi__pb__tensor_proto__init(tensor);
  tensor->dtype = (Sumi__Pb__DataType)value->dtype;
  tensor->tensor_shape = make_shape(graph, name,
                                    &(sumi_graph_def_shape_t){value->rank, value->dims});
  if (value->dtype == SUMI_STRING)
    fill_strings(graph, tensor, value, count);
  else
    tensor->tensor_content = copy_bytes(
        graph, (sumi_bytes_view_t){value->data, count * sumi_dtype_size_bytes(value->dtype)});
  attr->tensor = tensor;
  attr->value_case = SUMI__PB__ATTR_VALUE__VALUE_TENSOR;
}

void sumi_graph_def_attr_func(sumi_graph_def_t *graph, const char *name, const char *function) {
  Sumi__Pb__AttrValue *attr = add_attr(graph, name);
  Sumi__Pb__NameAttrList *func = attr ? sumi__events_graph_def_calloc(graph, 1, sizeof *func)
                                      : NULL;
  if (!func) return;
  sumi__pb__name_attr_list__init(func);
  func->name = sumi__events_graph_def_text(graph, "a function's name", function);
  attr->func = func;
  attr->value_case = SUMI__PB__ATTR_VALUE__VALUE_FUNC;
}

/* A new list attribute; NULL after a failure. */
static Sumi__Pb__AttrValue__ListValue *add_list(sumi_graph_def_t *graph, const char *name,
                                                const void *values, size_t count) {
  Sumi__Pb__AttrValue *attr = add_attr(graph, name);
  if (attr && count > 0 && !values)
    sumi__events_graph_def_fail(graph, "attribute \"%s\" is a NULL list", name);
  Sumi__Pb__AttrValue__ListValue *list = attr
                                             ? sumi__events_graph_def_calloc(graph, 1, sizeof *list)
                                             : NULL;
  if (!list) return NULL;
  sumi__pb__attr_value__list_value__init(list);
  attr->list = list;
  attr->value_case = SUMI__PB__ATTR_VALUE__VALUE_LIST;
  return list;
}

/* Gives a list its elements, converted one by one. */
#define FILL_LIST(graph, list, member, count, element)                                             \
  do {                                                                                             \
    (list)->member = sumi__events_graph_def_calloc(graph, count, sizeof *(list)->member);          \
    if (!(list)->member) return;                                                                   \
    (list)->n_##member = (count);                                                                  \
    for (size_t i = 0; i < (count); ++i) (list)->member[i] = (element);                            \
  } while (0)

void sumi_graph_def_attr_strings(sumi_graph_def_t *graph, const char *name,
                                 const sumi_bytes_view_t *values, size_t count) {
  Sumi__Pb__AttrValue__ListValue *list = add_list(graph, name, values, count);
  if (list) FILL_LIST(graph, list, s, count, copy_bytes(graph, values[i]));
}

void sumi_graph_def_attr_ints(sumi_graph_def_t *graph, const char *name, const int64_t *values,
                              size_t count) {
  Sumi__Pb__AttrValue__ListValue *list = add_list(graph, name, values, count);
  if (list) FILL_LIST(graph, list, i, count, values[i]);
}

void sumi_graph_def_attr_floats(sumi_graph_def_t *graph, const char *name, const float *values,
                                size_t count) {
  Sumi__Pb__AttrValue__ListValue *list = add_list(graph, name, values, count);
  if (list) FILL_LIST(graph, list, f, count, values[i]);
}

void sumi_graph_def_attr_bools(sumi_graph_def_t *graph, const char *name, const bool *values,
                               size_t count) {
  Sumi__Pb__AttrValue__ListValue *list = add_list(graph, name, values, count);
  if (list) FILL_LIST(graph, list, b, count, values[i]);
}

void sumi_graph_def_attr_types(sumi_graph_def_t *graph, const char *name,
                               const sumi_dtype_t *values, size_t count) {
  Sumi__Pb__AttrValue__ListValue *list = add_list(graph, name, values, count);
  if (list) FILL_LIST(graph, list, type, count, (Sumi__Pb__DataType)values[i]);
}

void sumi_graph_def_attr_shapes(sumi_graph_def_t *graph, const char *name,
                                const sumi_graph_def_shape_t *values, size_t count) {
  Sumi__Pb__AttrValue__ListValue *list = add_list(graph, name, values, count);
  if (list) FILL_LIST(graph, list, shape, count, make_shape(graph, name, &values[i]));
}
