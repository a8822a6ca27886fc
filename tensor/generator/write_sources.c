/* ops_registry.c and ops_constructors.c. */
#include "generator/block.h"

#include <string.h>

void write_registry(const blocks_t *blocks, text_t *text) {
  put(text,
      "/* Written by sumi_generator; do not edit. */\n#include \"kernels/level_table.h\"\n\n");
  for (int i = 0; i < blocks->count; ++i)
    put(text, "extern const sumi_op_def_t sumi__tensor_op_%s;\n", blocks->list[i]->name);
  put(text, "\nconst sumi_op_def_t *const sumi__tensor_builtin_ops[] = {\n");
  for (int i = 0; i < blocks->count; ++i)
    put(text, "    &sumi__tensor_op_%s,\n", blocks->list[i]->name);
  put(text, "    NULL,\n};\n");
}

/* The member of sumi_attr_t and the enumerator of a kind. */
static const struct {
  sumi_attr_kind_t kind;
  const char *member, *name;
} kinds[] = {
    {SUMI_ATTR_BOOL, "boolean", "BOOL"},     {SUMI_ATTR_INT, "integer", "INT"},
    {SUMI_ATTR_FLOAT, "real", "FLOAT"},      {SUMI_ATTR_STRING, "string", "STRING"},
    {SUMI_ATTR_TYPE, "type", "TYPE"},        {SUMI_ATTR_SHAPE, "dims", "SHAPE"},
    {SUMI_ATTR_INTS, "dims", "INTS"},        {SUMI_ATTR_TYPES, "types", "TYPES"},
    {SUMI_ATTR_ARRAY, "array", "ARRAY"},     {SUMI_ATTR_POINTER, "pointer", "POINTER"},
    {SUMI_ATTR_STRINGS, "texts", "STRINGS"},
};

static bool is_number(const sumi__tensor_attr_def_t *attr) {
  return is_named(attr) && (attr->kind == SUMI_ATTR_FLOAT || attr->kind == SUMI_ATTR_INT);
}

/* The C expression of an attribute's value: a parameter or a member of `options`. */
static void put_value(const sumi__tensor_attr_def_t *attr, text_t *text) {
  if (!is_named(attr)) {
    put_attr_name(text, attr);
    return;
  }
  const bool whole = attr->kind == SUMI_ATTR_INT;
  if (is_number(attr)) put(text, whole ? "sumi_option_int(" : "sumi_option_number(");
  put(text, "options.");
  put_option_name(text, attr);
  if (is_number(attr) && whole) put(text, ", %lld)", (long long)attr->value.integer);
  if (is_number(attr) && !whole) put(text, ", %.17g)", attr->value.real);
}

static void put_attr(const sumi__tensor_attr_def_t *attr, text_t *text) {
  bool negated = attr->kind == SUMI_ATTR_BOOL && attr->has_default && attr->value.boolean;
  put(text, "  ");
  if (is_named(attr) && !is_number(attr)) {
    bool dims = attr->kind == SUMI_ATTR_SHAPE || attr->kind == SUMI_ATTR_INTS;
    put(text, dims ? "if (sumi_dims_given(" : "if (");
    put_value(attr, text);
    bool list = attr->kind == SUMI_ATTR_TYPES || attr->kind == SUMI_ATTR_STRINGS;
    put(text, "%s ", list ? ".count)" : dims ? "))" : ")");
  }
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i) {
    if (kinds[i].kind != attr->kind) continue;
    put(text, "sumi__tensor_call_attr(&call, \"%s\", (sumi_attr_t){.kind = SUMI_ATTR_%s, .%s = ",
        attr->name, kinds[i].name, kinds[i].member);
  }
  if (negated)
    put(text, "false");
  else
    put_value(attr, text);
  put(text, "});\n");
}

static void put_input(const block_t *block, const sumi__tensor_arg_t *arg, text_t *text) {
  switch (arg->kind) {
  case SUMI__ARG_SHAPE: put(text, "  sumi__tensor_call_shape(&call, "); break;
  case SUMI__ARG_REPEATED:
  case SUMI__ARG_ANY: put(text, "  sumi__tensor_call_inputs(&call, "); break;
  default: put(text, "  sumi__tensor_call_input(&call, "); break;
  }
  (void)block;
  put_c_name(text, arg->name);
  put(text, ");\n");
}

/* With two lists the node could not tell where the first ends. */
static void put_list_sizes(const block_t *block, text_t *text) {
  const sumi__tensor_schema_t *schema = &block->schema;
  int lists = 0;
  for (int i = 0; i < schema->input_count; ++i)
    lists += schema->inputs[i].kind == SUMI__ARG_REPEATED ||
             schema->inputs[i].kind == SUMI__ARG_ANY;
  if (lists < 2) return;
  for (int i = 0; i < schema->input_count; ++i) {
    if (schema->inputs[i].kind != SUMI__ARG_REPEATED) continue;
    put(text,
        "  sumi__tensor_call_attr(&call, \"%s\", (sumi_attr_t){.kind = SUMI_ATTR_INT, .integer = ",
        schema->attrs[schema->inputs[i].number_attr].name);
    put_c_name(text, schema->inputs[i].name);
    put(text, ".count});\n");
  }
}

static void put_body(const block_t *block, text_t *text) {
  const sumi__tensor_schema_t *schema = &block->schema;
  put(text, "\n");
  put_return_type(block, text);
  put(text, "sumi_%s_with(", block->api);
  put_parameters(block, text);
  put(text, ", const sumi_%s_options_t *given) {\n  sumi_%s_options_t options;\n", block->api,
      block->api);
  put(text,
      "  sumi__tensor_call_t call;\n"
      "  sumi__tensor_call_begin(&call, site, %s, \"%s\");\n"
      "  sumi__tensor_call_options(&call, &options, sizeof options, given);\n"
      "  call.spec.name = options.name;\n",
      takes_graph(block) ? "graph" : "NULL", block->name);
  for (int i = 0; i < schema->input_count; ++i) put_input(block, &schema->inputs[i], text);
  for (int i = 0; i < schema->attr_count; ++i)
    if (!schema->attrs[i].inferred) put_attr(&schema->attrs[i], text);
  put_list_sizes(block, text);
  put(text, "  return sumi__tensor_call_node(&call)%s;\n}\n", schema->output_count ? "" : ".op");
}

void write_constructors(const blocks_t *blocks, text_t *text) {
  put(text, "/* Written by sumi_generator; do not edit. */\n"
            "#include \"graph/call.h\"\n\n#include <sumi/ops.h>\n#include <sumi/options.h>\n");
  for (int i = 0; i < blocks->count; ++i) put_body(blocks->list[i], text);
}
