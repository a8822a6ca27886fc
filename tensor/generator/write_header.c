/* <sumi/ops.h>: options, constructors and the macros in front of them. */
#include "generator/block.h"

#include <stdlib.h>
#include <string.h>

static const char *c_type(sumi_attr_kind_t kind) {
  switch (kind) {
  case SUMI_ATTR_BOOL: return "bool ";
  case SUMI_ATTR_INT: return "int64_t ";
  case SUMI_ATTR_FLOAT: return "double ";
  case SUMI_ATTR_STRING: return "const char *";
  case SUMI_ATTR_TYPE: return "sumi_dtype_t ";
  case SUMI_ATTR_TYPES: return "sumi_types_t ";
  case SUMI_ATTR_STRINGS: return "sumi_texts_t ";
  case SUMI_ATTR_SHAPE:
  case SUMI_ATTR_INTS: return "sumi_dims_t ";
  case SUMI_ATTR_ARRAY: return "sumi_array_t *";
  case SUMI_ATTR_POINTER:
  case SUMI_ATTR_NONE: break;
  }
  return "void *";
}

static bool is_list(const sumi__tensor_arg_t *arg) {
  return arg->kind == SUMI__ARG_REPEATED || arg->kind == SUMI__ARG_ANY ||
         arg->kind == SUMI__ARG_SHAPE;
}

void put_return_type(const block_t *block, text_t *text) {
  put(text, "%s", block->schema.output_count ? "sumi_tensor_t " : "sumi_op_t *");
}

void put_parameters(const block_t *block, text_t *text) {
  const sumi__tensor_schema_t *schema = &block->schema;
  put(text, "sumi_site_t site");
  if (takes_graph(block)) put(text, ", sumi_graph_t *graph");
  for (int i = 0; i < schema->input_count; ++i) {
    put(text, ", %s ", is_list(&schema->inputs[i]) ? "sumi_tensors_t" : "sumi_tensor_t");
    put_c_name(text, schema->inputs[i].name);
  }
  for (int i = 0; i < schema->attr_count; ++i) {
    if (!is_positional(&schema->attrs[i])) continue;
    put(text, ", %s", c_type(schema->attrs[i].kind));
    put_attr_name(text, &schema->attrs[i]);
  }
}

static void put_default(const sumi__tensor_attr_def_t *attr, text_t *text) {
  const sumi_attr_t *value = &attr->value;
  switch (attr->kind) {
  case SUMI_ATTR_BOOL:
    if (value->boolean) put(text, " /* not %s */", attr->name);
    break;
  case SUMI_ATTR_INT:
    if (value->integer) put(text, " /* 0: %lld */", (long long)value->integer);
    break;
  case SUMI_ATTR_FLOAT:
    if (value->real != 0) put(text, " /* 0: %.9g */", value->real);
    break;
  case SUMI_ATTR_STRING:
    if (*value->string) put(text, " /* NULL: \"%s\" */", value->string);
    break;
  case SUMI_ATTR_TYPE: put(text, " /* 0: %s */", sumi_dtype_name(value->type)); break;
  case SUMI_ATTR_INTS:
    for (int i = 0; i < value->dims.rank; ++i)
      put(text, "%s%lld%s", i ? " " : " /* not given: ", (long long)value->dims.size[i],
          i + 1 == value->dims.rank ? " */" : "");
    break;
  default: break;
  }
}

static void put_words(const sumi__tensor_attr_def_t *attr, text_t *text) {
  for (int i = 0; i < attr->word_count; ++i)
    put(text, "%s\"%s\"%s", i ? ", " : " /* ", attr->words[i],
        i + 1 == attr->word_count ? " */" : "");
}

static void put_options(const block_t *block, text_t *text) {
  const sumi__tensor_schema_t *schema = &block->schema;
  put(text, "typedef struct sumi_%s_options {\n  size_t struct_size SUMI_UNSET;\n", block->api);
  for (int i = 0; i < schema->attr_count; ++i) {
    const sumi__tensor_attr_def_t *attr = &schema->attrs[i];
    if (!is_named(attr)) continue;
    put(text, "  %s", c_type(attr->kind));
    put_option_name(text, attr);
    put(text, " SUMI_UNSET;");
    if (attr->word_count)
      put_words(attr, text);
    else
      put_default(attr, text);
    put(text, "\n");
  }
  put(text, "  const char *name SUMI_UNSET; /* NULL: \"%s\" */\n", block->name);
  put(text, "} sumi_%s_options_t;\n", block->api);
}

/* The macro's parameters, or what it hands to the function. */
static void put_macro_arguments(const block_t *block, text_t *text, bool call) {
  const sumi__tensor_schema_t *schema = &block->schema;
  const char *comma = "";
  if (takes_graph(block)) put(text, "graph"), comma = ", ";
  for (int i = 0; i < schema->input_count; ++i, comma = ", ") {
    bool tensor = call && !is_list(&schema->inputs[i]);
    put(text, "%s%s", comma, tensor ? "SUMI_T(" : "");
    put_c_name(text, schema->inputs[i].name);
    if (tensor) put(text, ")");
  }
  for (int i = 0; i < schema->attr_count; ++i) {
    if (!is_positional(&schema->attrs[i])) continue;
    put(text, "%s", comma), comma = ", ";
    put_attr_name(text, &schema->attrs[i]);
  }
}

static void put_macros(const block_t *block, text_t *text) {
  put(text, "#define sumi_%s(...) SUMI__OP_", block->api);
  put_upper(text, block->api);
  put(text, "(__VA_ARGS__, )\n#define SUMI__OP_");
  put_upper(text, block->api);
  put_char(text, '(');
  put_macro_arguments(block, text, false);
  put(text, ", ...) \\\n  sumi_%s_with(SUMI_HERE, ", block->api);
  put_macro_arguments(block, text, true);
  put(text, ", SUMI_OPTIONS(sumi_%s_options_t, __VA_ARGS__))\n", block->api);
}

static void put_constructor(const block_t *block, text_t *text) {
  put(text, "\n/* %s\n", block->name);
  put_wrapped(text, " *   ", block->schema_text);
  put(text, " */\n");
  put_options(block, text);
  put(text, "\n/** ");
  text_t doc = {0};
  put_wrapped(&doc, " *  ", block->doc);
  put(text, "%s */\nSUMI_API ", doc.data + 4);
  put_return_type(block, text);
  put(text, "sumi_%s_with(", block->api);
  put_parameters(block, text);
  put(text, ", const sumi_%s_options_t *options);\n", block->api);
  put_macros(block, text);
}

void write_header(const blocks_t *blocks, text_t *text) {
  put(text,
      "/* Constructors of all built-in ops. Written by sumi_generator from tensor/ops; do not "
      "edit.\n"
      " *\n"
      " * sumi_f(inputs…, attributes…, .option = value, …): a tensor may be a number; an option\n"
      " * that is zero has its default. Each macro hands the line it stands on to the function. "
      "*/\n"
      "#ifndef SUMI_OPS_H\n#define SUMI_OPS_H\n\n#include <sumi/graph.h>\n\nSUMI_BEGIN_DECLS\n");
  for (int i = 0; i < blocks->count; ++i) put_constructor(blocks->list[i], text);
  put(text, "\nSUMI_END_DECLS\n#endif\n");
}
