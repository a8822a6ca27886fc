#include "op_case.h"

#include "sumi_test.h"

#include <sumi/array.h>

#include <stdlib.h>

/* splitmix64 */
static uint64_t next_random(op_case_t *c) {
  uint64_t z = c->random += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

double op_case_random(op_case_t *c, double low, double high) {
  return low + (high - low) * ((double)(next_random(c) >> 11) * 0x1p-53);
}

const char *op_case_label(const op_case_t *c) {
  static char label[160];
  snprintf(label, sizeof label, "%s sample %d (%s, %s)", c->def->name,
           (int)(c->sample - c->def->samples),
           c->input_count ? sumi_dtype_name(sumi_tensor_dtype(c->inputs[0])) : "no inputs",
           c->input_count && c->fed[0] && sumi_tensor_dims(c->inputs[0]).rank < 0 ? "dynamic"
                                                                                  : "static");
  return label;
}

/* ---- Dtypes ---- */

static void parse(sumi__tensor_schema_t *schema, const sumi_op_def_t *def) {
  size_t offset;
  const char *error;
  if (!sumi__tensor_schema_parse(schema, def->schema, &offset, &error))
    fail_msg("%s: schema, offset %zu: expected %s", def->name, offset, error);
}

static bool is_list(const sumi__tensor_arg_t *arg) {
  return arg->kind == SUMI__ARG_REPEATED || arg->kind == SUMI__ARG_ANY;
}

/* The schema's input that input `index` of the flat list belongs to. Lists are equally long. */
static const sumi__tensor_arg_t *arg_of(const sumi__tensor_schema_t *schema, int input_count,
                                        int index) {
  int lists = 0;
  for (int i = 0; i < schema->input_count; ++i) lists += is_list(&schema->inputs[i]);
  const int length = lists ? (input_count - schema->input_count + lists) / lists : 0;
  for (int i = 0, at = 0; i < schema->input_count; ++i) {
    const sumi__tensor_arg_t *arg = &schema->inputs[i];
    const int span = is_list(arg) ? length : 1;
    if (index < at + span) return arg;
    at += span;
  }
  return NULL;
}

static bool allows(const sumi__tensor_attr_def_t *attr, sumi_dtype_t dtype) {
  for (int i = 0; i < attr->type_count; ++i)
    if (attr->types[i] == dtype) return true;
  return attr->type_count == 0;
}

static const sumi__tensor_attr_def_t *type_attr_of(const sumi__tensor_schema_t *schema,
                                                   const sumi__tensor_arg_t *arg) {
  if (!arg || arg->type_attr < 0) return NULL;
  const sumi__tensor_attr_def_t *attr = &schema->attrs[arg->type_attr];
  return attr->kind == SUMI_ATTR_TYPE ? attr : NULL;
}

/* What the sample says, else what the schema demands, else the swept dtype or float32. */
static sumi_dtype_t dtype_of(const sumi__tensor_schema_t *schema, const sumi_sample_t *sample,
                             int index, sumi_dtype_t sweep) {
  if (sample->dtype[index]) return sample->dtype[index];
  const sumi__tensor_arg_t *arg = arg_of(schema, sample->input_count, index);
  const sumi__tensor_attr_def_t *attr = type_attr_of(schema, arg);
  if (arg && arg->type_attr < 0 && !sample->want) return arg->dtype;
  const sumi_dtype_t wish = sweep ? sweep : SUMI_FLOAT32;
  if (attr && !allows(attr, wish) && !sample->want) return attr->types[0];
  return wish;
}

void op_case_dtypes(const sumi_op_def_t *def, const sumi_sample_t *sample,
                    sumi_dtype_t dtypes[SUMI__MAX_TYPES + 1]) {
  static sumi__tensor_schema_t schema;
  int count = 0;
  parse(&schema, def);
  for (int i = 0; i < sample->input_count && !count; ++i) {
    if (sample->dtype[i]) continue;
    const sumi__tensor_attr_def_t *attr = type_attr_of(&schema,
                                                       arg_of(&schema, sample->input_count, i));
    if (!attr || !allows(attr, SUMI_FLOAT32)) continue;
    for (int k = 0; k < attr->type_count; ++k) dtypes[count++] = attr->types[k];
  }
  dtypes[count] = 0;
}

static bool holds(sumi_dtype_t dtype, double value) {
  if (sumi_dtype_is_floating(dtype)) return true;
  if (dtype == SUMI_BOOL || dtype == SUMI_STRING) return false;
  if (value != floor(value) || fabs(value) > 100) return false;
  return value >= 0 || (dtype != SUMI_UINT8 && dtype != SUMI_UINT16 && dtype != SUMI_UINT32 &&
                        dtype != SUMI_UINT64);
}

bool op_case_fits(const sumi_op_def_t *def, const sumi_sample_t *sample, sumi_dtype_t dtype) {
  static sumi__tensor_schema_t schema;
  parse(&schema, def);
  for (int i = 0; i < sample->input_count; ++i) {
    if (dtype_of(&schema, sample, i, dtype) != dtype) continue;
    const int64_t count = sumi_dims_count(sample->in[i]);
    if (!sample->at[i] && !sumi_dtype_is_floating(dtype)) return false;
    for (int64_t k = 0; sample->at[i] && k < count; ++k)
      if (!holds(dtype, sample->at[i][k])) return false;
  }
  for (int64_t k = 0; sample->expect && k < sumi_dims_count(sample->out); ++k)
    if (!holds(dtype, sample->expect[k])) return false;
  return true;
}

/* ---- Inputs ---- */

static sumi_array_t *value_of(op_case_t *c, int index, sumi_dtype_t dtype) {
  const sumi_sample_t *sample = c->sample;
  const bool ranged = sample->lo != 0 || sample->hi != 0;
  const double low = ranged ? sample->lo : -1, high = ranged ? sample->hi : 1;
  sumi_array_t *array = sumi_array_new(dtype, sample->in[index]);
  if (!array) fail_msg("%s: %s", c->def->name, sumi_error_message());
  for (int64_t i = 0; dtype != SUMI_STRING && i < sumi_array_count(array); ++i) {
    double value = sample->at[index] ? sample->at[index][i] : op_case_random(c, low, high);
    if (!sample->at[index] && !sumi_dtype_is_floating(dtype))
      value = dtype == SUMI_BOOL ? value > 0 : round(value);
    assert_ok(sumi_array_set(array, i, value));
  }
  return array;
}

static sumi_tensor_t node(op_case_t *c, const char *type, sumi_tensors_t inputs, int attr_count,
                          const sumi_named_attr_t *attrs) {
  return sumi_node(&(sumi_node_spec_t){.site = SUMI_HERE,
                                       .graph = c->graph,
                                       .type = type,
                                       .inputs = inputs,
                                       .attr_count = attr_count,
                                       .attrs = attrs});
}

static sumi_tensor_t constant(op_case_t *c, sumi_array_t *array) {
  const sumi_named_attr_t attrs[] = {
      {"value", {.kind = SUMI_ATTR_ARRAY, .array = array}},
      {"dtype", {.kind = SUMI_ATTR_TYPE, .type = sumi_array_dtype(array)}}};
  return node(c, "Const", SUMI_LIST(0, NULL), 2, attrs);
}

static sumi_tensor_t variable(op_case_t *c, sumi_array_t *array) {
  const sumi_named_attr_t attrs[] = {
      {"shape", {.kind = SUMI_ATTR_SHAPE, .dims = sumi_array_dims(array)}},
      {"dtype", {.kind = SUMI_ATTR_TYPE, .type = sumi_array_dtype(array)}}};
  const sumi_tensor_t ref = node(c, "VariableV2", SUMI_LIST(0, NULL), 2, attrs);
  const sumi_tensor_t set = node(c, "Assign", SUMI_TENSORS(ref, constant(c, array)), 0, NULL);
  c->session = c->session ? c->session : sumi_session_new(c->graph);
  assert_ok(sumi_session_run(c->session, .targets = SUMI_OPS(set.op)));
  return ref;
}

static sumi_tensor_t placeholder(op_case_t *c, const sumi_array_t *array, bool dynamic) {
  const sumi_dims_t dims = dynamic ? SUMI_DIMS_UNKNOWN : sumi_array_dims(array);
  const sumi_named_attr_t attrs[] = {
      {"shape", {.kind = SUMI_ATTR_SHAPE, .dims = dims}},
      {"dtype", {.kind = SUMI_ATTR_TYPE, .type = sumi_array_dtype(array)}}};
  return node(c, "Placeholder", SUMI_LIST(0, NULL), 2, attrs);
}

static void make_input(op_case_t *c, int index, op_case_mode_t mode, sumi_dtype_t sweep) {
  const sumi__tensor_arg_t *arg = arg_of(&c->schema, c->input_count, index);
  const sumi_dtype_t dtype = dtype_of(&c->schema, c->sample, index, sweep);
  sumi_array_t *array = c->values[index] = value_of(c, index, dtype);
  if (arg && arg->ref) {
    c->inputs[index] = variable(c, array);
  } else if (!sumi_dtype_is_floating(dtype) &&
             (mode == OP_CASE_STATIC || sumi_array_rank(array) > 1)) {
    c->inputs[index] = constant(c, array);
  } else {
    c->inputs[index] = placeholder(c, array, mode == OP_CASE_DYNAMIC);
    c->fed[index] = true;
  }
}

/* ---- Attributes: "name = value, name = value" ---- */

static int parse_attrs(op_case_t *c, sumi_named_attr_t *attrs) {
  int count = 0;
  const char *at = c->sample->attrs ? c->sample->attrs : "";
  while (*(at += strspn(at, " ,"))) {
    const size_t name_length = strcspn(at, " =");
    const char *value = at + name_length + strspn(at + name_length, " =");
    bool quoted = false;
    size_t length = 0, end = 0;
    for (; value[length] && (quoted || value[length] != ','); ++length) {
      if (value[length] == '"') quoted = !quoted;
      if (value[length] != ' ') end = length + 1;
    }
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)name_length, at);
    const int index = sumi__tensor_schema_attr(&c->schema, name);
    if (index < 0) fail_msg("%s: a sample has an attribute %s", c->def->name, name);
    attrs[count].name = c->schema.attrs[index].name;
    sumi_attr_t parsed;
    const bool good = sumi__tensor_schema_value(&c->schema, &c->schema.attrs[index], value, end,
                                                &parsed);
    if (!good && c->schema.attrs[index].kind == SUMI_ATTR_STRING)
      parsed = (sumi_attr_t){.kind = SUMI_ATTR_STRING, .string = "?"}; /* to be refused */
    else if (!good)
      fail_msg("%s: %s is no value of %s", c->def->name, value, name);
    attrs[count++].value = parsed;
    at = value + length;
  }
  return count;
}

void op_case_open(op_case_t *c, const sumi_op_def_t *def, const sumi_sample_t *sample,
                  op_case_mode_t mode, sumi_dtype_t sweep) {
  sumi_named_attr_t attrs[SUMI__MAX_ATTRS];
  *c = (op_case_t){.def = def, .sample = sample, .input_count = sample->input_count, .random = 1};
  parse(&c->schema, def);
  c->graph = sumi_graph_new();
  for (int i = 0; i < c->input_count; ++i) make_input(c, i, mode, sweep);
  if (sumi_graph_status(c->graph) != SUMI_OK)
    fail_msg("%s: %s", def->name, sumi_graph_message(c->graph));
  const int attr_count = parse_attrs(c, attrs);
  c->node = node(c, def->name, SUMI_LIST(c->input_count, c->inputs), attr_count, attrs);
}

void op_case_close(op_case_t *c) {
  sumi_session_free(c->session);
  sumi_graph_free(c->graph);
  for (int i = 0; i < c->input_count; ++i) sumi_array_unref(c->values[i]);
}

sumi_status_t op_case_run(op_case_t *c, sumi_tensor_t tensor, sumi_array_t **value) {
  sumi_feed_t feeds[OP_CASE_INPUTS] = {0};
  int feed_count = 0;
  for (int i = 0; i < c->input_count; ++i)
    if (c->fed[i])
      feeds[feed_count++] = (sumi_feed_t){.tensor = c->inputs[i], .array = c->values[i]};
  if (!c->session) c->session = sumi_session_new(c->graph);
  const sumi_feeds_t given = {feed_count, feeds};
  *value = NULL;
  if (tensor.op && sumi_op_output_count(tensor.op) == 0)
    return sumi_session_run(c->session, .feeds = given, .targets = SUMI_OPS(tensor.op));
  return sumi_session_run(c->session, .feeds = given,
                          .fetches = SUMI_FETCHES({.tensor = tensor, .array = value}));
}

sumi_tensor_t op_case_random_like(op_case_t *c, const sumi_array_t *like) {
  sumi_array_t *array = sumi_array_new(sumi_array_dtype(like), sumi_array_dims(like));
  if (!array) fail_msg("%s", sumi_error_message());
  for (int64_t i = 0; i < sumi_array_count(array); ++i)
    assert_ok(sumi_array_set(array, i, op_case_random(c, -1, 1)));
  const sumi_tensor_t tensor = constant(c, array);
  sumi_array_unref(array);
  return tensor;
}
