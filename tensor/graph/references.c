/* What a node may use, and which of its inputs and outputs are variables themselves, not their
 * values. */
#include "graph/flow.h"

bool sumi__tensor_function_sees(const sumi_function_t *inside, const sumi_function_t *function) {
  for (const sumi_function_t *f = inside; function && f; f = f->outer)
    for (const sumi_function_t *shown = f; shown; shown = shown->of)
      if (shown == function) return true;
  return !function;
}

/* The argument that flat position `index` of an op's inputs or outputs belongs to, and its place
 * among those of that argument. */
static const sumi__tensor_arg_t *arg_at(const sumi_op_t *op, const sumi__tensor_arg_t *args,
                                        int arg_count, int index, int *place) {
  for (int i = 0, at = 0; i < arg_count; ++i) {
    const sumi__tensor_arg_t *arg = &args[i];
    int64_t count = 1;
    if (arg->kind == SUMI__ARG_REPEATED) count = op->attrs[arg->number_attr].integer;
    if (arg->kind == SUMI__ARG_ANY) count = op->attrs[arg->type_attr].types.count;
    *place = index - at;
    if (index < at + count) return arg;
    at += (int)count;
  }
  return NULL;
}

bool sumi__tensor_input_is_ref(const sumi_op_t *op, int index) {
  const sumi__tensor_schema_t *schema = &op->type->schema;
  int place;
  const sumi__tensor_arg_t *arg = arg_at(op, schema->inputs, schema->input_count, index, &place);
  return (arg && arg->ref) || sumi__tensor_flow_changes(op, index);
}

bool sumi__tensor_output_is_ref(const sumi_op_t *op, int index) {
  const sumi__tensor_schema_t *schema = &op->type->schema;
  int place;
  const sumi__tensor_arg_t *arg = arg_at(op, schema->outputs, schema->output_count, index, &place);
  return arg && arg->ref;
}

bool sumi__tensor_updates(const sumi_op_t *op, int index) {
  return (op->type->def->flags & SUMI_OP_SIDE_EFFECT) && sumi__tensor_input_is_ref(op, index);
}

const char *sumi_op_output_name(const sumi_op_t *op, int index, int *place) {
  int none;
  if (!op || index < 0 || index >= op->output_count) return "";
  const sumi__tensor_schema_t *schema = &op->type->schema;
  return arg_at(op, schema->outputs, schema->output_count, index, place ? place : &none)->name;
}
