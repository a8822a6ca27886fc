/* Attributes of nodes, read by name. */
#include "graph/graph_internal.h"

#include <string.h>

int sumi_op_attr_count(const sumi_op_t *op) {
  return op ? op->type->schema.attr_count : 0;
}

const sumi_attr_t *sumi_op_attr_at(const sumi_op_t *op, int index, const char **name) {
  if (index < 0 || index >= sumi_op_attr_count(op)) return NULL;
  if (name) *name = op->type->schema.attrs[index].name;
  return &op->attrs[index];
}

const sumi_attr_t *sumi_op_attr(const sumi_op_t *op, const char *name) {
  return op && name ? sumi_op_attr_at(op, sumi__tensor_schema_attr(&op->type->schema, name), NULL)
                    : NULL;
}

/* A zero value for names an op does not have: the generic tests hold every block to its schema. */
static const sumi_attr_t *attr(const sumi_op_t *op, const char *name) {
  static const sumi_attr_t none;
  const sumi_attr_t *found = sumi_op_attr(op, name);
  return found ? found : &none;
}

bool sumi_attr_bool(const sumi_op_t *op, const char *name) {
  return attr(op, name)->boolean;
}

int64_t sumi_attr_int(const sumi_op_t *op, const char *name) {
  return attr(op, name)->integer;
}

double sumi_attr_float(const sumi_op_t *op, const char *name) {
  return attr(op, name)->real;
}

const char *sumi_attr_string(const sumi_op_t *op, const char *name) {
  const char *text = attr(op, name)->string;
  return text ? text : "";
}

sumi_dtype_t sumi_attr_type(const sumi_op_t *op, const char *name) {
  return attr(op, name)->type;
}

sumi_dims_t sumi_attr_dims(const sumi_op_t *op, const char *name) {
  return attr(op, name)->dims;
}

sumi_texts_t sumi_attr_strings(const sumi_op_t *op, const char *name) {
  return attr(op, name)->texts;
}

void *sumi_attr_pointer(const sumi_op_t *op, const char *name) {
  return attr(op, name)->pointer;
}

bool sumi_attr_is(const sumi_op_t *op, const char *name, const char *word) {
  return strcmp(sumi_attr_string(op, name), word) == 0;
}

const sumi_attr_t *sumi_build_attr(const sumi_build_t *build, const char *name) {
  const sumi__tensor_op_type_t *type = sumi__tensor_op_type(build->def->name);
  const int index = type ? sumi__tensor_schema_attr(&type->schema, name) : -1;
  return index < 0 ? NULL : &build->attrs[index];
}
