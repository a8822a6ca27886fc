/* Inputs of a new node: which of them belong to which of the schema's, their dtypes, and plain
 * numbers. */
#include "graph/flow.h"
#include "graph/node.h"

#include <string.h>

static sumi_status_t check_given(sumi__tensor_builder_t *b) {
  const int count = b->spec->inputs.count;
  if (count < 0 || count > SUMI__MAX_INPUTS || (count > 0 && !b->spec->inputs.list))
    return sumi__tensor_builder_refuse(b, "%d inputs; 0 to %d are allowed", count,
                                       SUMI__MAX_INPUTS);
  b->inputs = sumi__tensor_graph_calloc(b->graph, (size_t)count, sizeof *b->inputs);
  if (!b->inputs) return b->graph->status;
  for (int i = 0; i < count; ++i) {
    const sumi_tensor_t input = b->spec->inputs.list[i];
    if (sumi_tensor_is_null(input))
      return sumi__tensor_builder_refuse(b, "input %d is the null tensor", i);
    if (input.op && input.op->graph != b->graph)
      return sumi__tensor_builder_refuse(b, "input %d, '%s', belongs to another graph", i,
                                         input.op->name);
    if (input.op && (input.index < 0 || input.index >= input.op->output_count))
      return sumi__tensor_builder_refuse(b, "input %d is output %d of '%s', which has %d", i,
                                         input.index, input.op->name, input.op->output_count);
    if (input.op && !sumi__tensor_function_sees(b->graph->function, input.op->function))
      return sumi__tensor_builder_refuse(
          b, "input %d, '%s', was made in the branch or loop '%s' and leaves it as a result only",
          i, input.op->name, input.op->function->name);
    b->inputs[i] = input;
  }
  b->input_count = count;
  return SUMI_OK;
}

static bool is_list(const sumi__tensor_arg_t *arg) {
  return arg->kind == SUMI__ARG_REPEATED || arg->kind == SUMI__ARG_ANY;
}

/* Lists whose length is not given take what the other inputs leave: one list, or several of one
 * length. */
static sumi_status_t distribute(sumi__tensor_builder_t *b) {
  const sumi__tensor_schema_t *schema = &b->type->schema;
  int left = b->input_count, open = -1, lists = 0;
  bool mixed = false; /* lists of different lengths are open */
  for (int i = 0; i < schema->input_count; ++i) {
    const sumi__tensor_arg_t *arg = &schema->inputs[i];
    const sumi_attr_t *number = arg->number_attr >= 0 ? &b->attrs[arg->number_attr] : NULL;
    if (is_list(arg) && !(number && number->kind == SUMI_ATTR_INT)) {
      mixed |= open >= 0 && !(number && schema->inputs[open].number_attr == arg->number_attr);
      ++lists;
      open = i;
      continue;
    }
    b->span[i] = is_list(arg) ? (int)number->integer : 1;
    left -= b->span[i];
  }
  if (lists > 0 && left >= 0 && left % lists == 0) {
    const int number = schema->inputs[open].number_attr, length = left / lists;
    for (int i = 0; i < schema->input_count; ++i)
      if (is_list(&schema->inputs[i]) && schema->inputs[i].number_attr == number)
        b->span[i] = length;
    left = 0;
    if (number >= 0) b->attrs[number] = (sumi_attr_t){.kind = SUMI_ATTR_INT, .integer = length};
  }
  if (left != 0 || mixed)
    return sumi__tensor_builder_refuse(b, "%d inputs do not fit its schema \"%s\"", b->input_count,
                                       b->type->def->schema);
  return sumi__tensor_builder_check_numbers(b, schema->inputs, schema->input_count);
}

static sumi_status_t check_type(const sumi__tensor_builder_t *b, const sumi__tensor_arg_t *arg,
                                sumi_dtype_t want, sumi_tensor_t input) {
  const sumi_dtype_t dtype = sumi_tensor_dtype(input);
  if (dtype == want) return SUMI_OK;
  return sumi__tensor_builder_refuse(b, "%s is %s where %s is needed", arg->name,
                                     sumi_dtype_name(dtype), sumi_dtype_name(want));
}

/* Learns a type variable from a tensor, or holds the tensor to what is known of it. */
static sumi_status_t learn_type(const sumi__tensor_builder_t *b, const sumi__tensor_arg_t *arg,
                                sumi_tensor_t input) {
  if (sumi_tensor_is_number(input)) return SUMI_OK;
  if (arg->type_attr < 0) return check_type(b, arg, arg->dtype, input);
  sumi_attr_t *attr = &b->attrs[arg->type_attr];
  if (attr->kind == SUMI_ATTR_TYPE) return check_type(b, arg, attr->type, input);
  *attr = (sumi_attr_t){.kind = SUMI_ATTR_TYPE, .type = sumi_tensor_dtype(input)};
  return SUMI_OK;
}

static sumi_status_t learn_list_of_types(const sumi__tensor_builder_t *b,
                                         const sumi__tensor_arg_t *arg, const sumi_tensor_t *inputs,
                                         int count) {
  sumi_dtype_t *types = sumi__tensor_graph_calloc(b->graph, (size_t)count, sizeof *types);
  if (!types) return b->graph->status;
  for (int i = 0; i < count; ++i)
    types[i] = sumi_tensor_is_number(inputs[i]) ? SUMI_FLOAT32 : sumi_tensor_dtype(inputs[i]);
  b->attrs[arg->type_attr] = (sumi_attr_t){.kind = SUMI_ATTR_TYPES, .types = {count, types}};
  return SUMI_OK;
}

static sumi_status_t learn_types(sumi__tensor_builder_t *b) {
  const sumi__tensor_schema_t *schema = &b->type->schema;
  for (int i = 0, at = 0; i < schema->input_count; at += b->span[i++]) {
    const sumi__tensor_arg_t *arg = &schema->inputs[i];
    if (arg->kind == SUMI__ARG_ANY) {
      SUMI_TRY(learn_list_of_types(b, arg, b->inputs + at, b->span[i]));
      continue;
    }
    for (int k = 0; k < b->span[i]; ++k) SUMI_TRY(learn_type(b, arg, b->inputs[at + k]));
  }
  return SUMI_OK;
}

/* Type variables that only numbers would decide are the first dtype of their constraint, or
 * float32; then all are held to the schema's constraints. */
static sumi_status_t settle_types(sumi__tensor_builder_t *b) {
  const sumi__tensor_schema_t *schema = &b->type->schema;
  for (int i = 0; i < schema->attr_count; ++i) {
    const sumi__tensor_attr_def_t *def = &schema->attrs[i];
    sumi_attr_t *attr = &b->attrs[i];
    if (!def->inferred || def->kind != SUMI_ATTR_TYPE) continue;
    if (attr->kind == SUMI_ATTR_NONE)
      *attr = (sumi_attr_t){.kind = SUMI_ATTR_TYPE,
                            .type = def->type_count ? def->types[0] : SUMI_FLOAT32};
    bool allowed = def->type_count == 0;
    for (int k = 0; k < def->type_count; ++k) allowed |= def->types[k] == attr->type;
    if (!allowed)
      return sumi__tensor_builder_refuse(b, "%s is not defined for %s", b->type->def->name,
                                         sumi_dtype_name(attr->type));
  }
  return SUMI_OK;
}

static sumi_status_t settle_variable(sumi__tensor_builder_t *b, const sumi__tensor_arg_t *arg,
                                     sumi_tensor_t *input) {
  sumi_op_t *variable = sumi__tensor_variable_of(*input);
  if (!variable) return sumi__tensor_builder_refuse(b, "%s must be a variable", arg->name);
  *input = sumi_op_output(variable, 0);
  return SUMI_OK;
}

sumi_dtype_t sumi__tensor_builder_input_dtype(const sumi__tensor_builder_t *b, int index) {
  int i = 0;
  for (; index >= b->span[i]; ++i) index -= b->span[i];
  const sumi__tensor_arg_t *arg = &b->type->schema.inputs[i];
  if (arg->type_attr < 0) return arg->dtype;
  const sumi_attr_t *attr = &b->attrs[arg->type_attr];
  return attr->kind == SUMI_ATTR_TYPES ? attr->types.list[index] : attr->type;
}

sumi_status_t sumi__tensor_builder_inputs(sumi__tensor_builder_t *b) {
  SUMI_TRY(check_given(b));
  SUMI_TRY(distribute(b));
  SUMI_TRY(learn_types(b));
  SUMI_TRY(settle_types(b));
  const sumi__tensor_schema_t *schema = &b->type->schema;
  for (int i = 0, at = 0; i < schema->input_count; at += b->span[i++])
    for (int k = 0; schema->inputs[i].ref && k < b->span[i]; ++k)
      SUMI_TRY(settle_variable(b, &schema->inputs[i], &b->inputs[at + k]));
  return SUMI_OK;
}
