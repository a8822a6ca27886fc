/* What becomes of SUMI_SUMMARY_OP blocks: constructors that take a tag, tensors and the options of
 * the writer's call, and tables that say where each option is kept in the node. */
#include "generator/block.h"

#include <string.h>

bool is_text_input(const block_t *block, int index) {
  const sumi__tensor_arg_t *input = &block->schema.inputs[index];
  return input->kind == SUMI__ARG_DTYPE && input->dtype == SUMI_STRING;
}

bool takes_options(const block_t *block) {
  return strcmp(block->options, "none") != 0;
}

/* An attribute that TensorFlow's op does not have begins with an underscore, which its importer
 * passes over; and TensorFlow itself calls the attribute `max_images` of the argument
 * `max_outputs`. */
void put_member_name(text_t *text, const sumi__tensor_attr_def_t *attr) {
  const char *name = attr->name + (attr->name[0] == '_');
  put(text, "%s", strcmp(name, "max_images") == 0 ? "max_outputs" : name);
}

void put_count_name(text_t *text, const sumi__tensor_attr_def_t *attr) {
  text_t member = {0};
  put_member_name(&member, attr);
  put(text, "%.*s_count", (int)(strlen(member.data) - strlen("_names")), member.data);
}

static void put_parameter_names(const block_t *block, text_t *text, const char *type) {
  for (int i = 0; i < block->schema.input_count; ++i) {
    if (is_text_input(block, i)) continue;
    put(text, ", %s", type);
    put_c_name(text, block->schema.inputs[i].name);
  }
}

static void put_signature(const block_t *block, text_t *text, const char *options) {
  put(text, "sumi_tensor_t sumi_%s_at(sumi_site_t site, const char *tag", block->api);
  put_parameter_names(block, text, "sumi_tensor_t ");
  if (takes_options(block)) put(text, ", const %s *%s", block->options, options);
  put(text, ")");
}

static void put_macros(const block_t *block, text_t *text) {
  const bool options = takes_options(block);
  put(text, "#define sumi_%s(", block->api);
  if (options) {
    put(text, "...) SUMI__OP_");
    put_upper(text, block->api);
    put(text, "(__VA_ARGS__, )\n#define SUMI__OP_");
    put_upper(text, block->api);
    put_char(text, '(');
  }
  put(text, "tag");
  put_parameter_names(block, text, "");
  put(text, "%s) \\\n  sumi_%s_at(SUMI_HERE, tag", options ? ", ..." : "", block->api);
  put_parameter_names(block, text, "");
  if (options) put(text, ", SUMI_OPTIONS(%s, __VA_ARGS__)", block->options);
  put(text, ")\n");
}

void write_summary_header(const blocks_t *blocks, text_t *text) {
  put(text,
      "/* Constructors of the summary ops; written by sumi_generator from the blocks in\n"
      " * summary/graph. Each is added to the collection SUMI_SUMMARIES; its value is the tag: "
      "that of\n"
      " * the call behind the name scopes around it (\"train/loss\"), with _1, _2, … when the\n"
      " * graph has such a summary already.\n"
      " * Their options are those of the writer's calls; class names and titles are copied. */\n"
      "#ifndef SUMI_SUMMARY_OPS_H\n#define SUMI_SUMMARY_OPS_H\n\n"
      "#include <sumi/graph.h>\n#include <sumi/summary.h>\n\nSUMI_BEGIN_DECLS\n");
  for (int i = 0; i < blocks->count; ++i) {
    const block_t *block = blocks->list[i];
    if (!block->is_summary) continue;
    put(text, "\n/** ");
    text_t doc = {0};
    put_wrapped(&doc, " *  ", block->doc);
    put(text, "%s (%s) */\nSUMI_API ", doc.data + 4, block->name);
    put_signature(block, text, "options");
    put(text, ";\n");
    put_macros(block, text);
  }
  put(text, "\nSUMI_END_DECLS\n#endif\n");
}

void write_summary_registry(const blocks_t *blocks, text_t *text) {
  put(text, "/* Written by sumi_generator; do not edit. */\n#include \"summary_ops.h\"\n\n");
  for (int i = 0; i < blocks->count; ++i) {
    const block_t *block = blocks->list[i];
    put(text, "extern const sumi_op_def_t sumi__tensor_op_%s;\n", block->name);
    if (block->is_summary)
      put(text, "extern const sumi__summary_graph_option_t sumi__summary_graph_options_of_%s[];\n",
          block->name);
  }
}

static const char *kind_of(sumi_attr_kind_t kind) {
  switch (kind) {
  case SUMI_ATTR_BOOL: return "BOOL";
  case SUMI_ATTR_INT: return "INT";
  case SUMI_ATTR_FLOAT: return "FLOAT";
  case SUMI_ATTR_STRING: return "STRING";
  case SUMI_ATTR_STRINGS: return "STRINGS";
  default: return "POINTER"; /* what a graph cannot keep is refused */
  }
}

/* {"columns", SUMI_ATTR_INT, offsetof(…, columns), sizeof …, offsetof(…, …_count)} */
static void put_option(const block_t *block, const sumi__tensor_attr_def_t *attr, text_t *text) {
  text_t member = {0};
  put_member_name(&member, attr);
  put(text, "    {\"%s\", \"%s\", SUMI_ATTR_%s, offsetof(%s, %s), sizeof((%s){0}.%s)", attr->name,
      member.data, kind_of(attr->kind), block->options, member.data, block->options, member.data);
  if (attr->kind == SUMI_ATTR_STRINGS) {
    put(text, ", offsetof(%s, ", block->options);
    put_count_name(text, attr);
    put(text, ")");
  } else {
    put(text, ", 0");
  }
  put(text, "},\n");
}

static void put_table(const block_t *block, text_t *text) {
  put(text, "\nconst sumi__summary_graph_option_t sumi__summary_graph_options_of_%s[] = {\n",
      block->name);
  for (int i = 0; i < block->schema.attr_count; ++i)
    if (is_named(&block->schema.attrs[i])) put_option(block, &block->schema.attrs[i], text);
  put(text, "    {.attr = NULL},\n};\n");
}

static void put_body(const block_t *block, text_t *text) {
  put(text, "\n");
  put_signature(block, text, "given");
  put(text, " {\n");
  if (takes_options(block))
    put(text,
        "  %s options;\n"
        "  const sumi_status_t read = sumi_options_read(&options, sizeof options, given);\n",
        block->options);
  put(text, "  const sumi_tensor_t inputs[] = {");
  for (int i = 0; i < block->schema.input_count; ++i) {
    put(text, i ? ", " : "");
    if (is_text_input(block, i))
      put(text, "SUMI__SUMMARY_TEXT");
    else
      put_c_name(text, block->schema.inputs[i].name);
  }
  put(text,
      "};\n  return sumi__summary_graph_node(site, &sumi__tensor_op_%s, tag, %d, inputs, "
      "sumi__summary_graph_options_of_%s, %s);\n}\n",
      block->name, block->schema.input_count, block->name,
      takes_options(block) ? "read, &options" : "SUMI_OK, NULL");
}

static const char head[] = "/* Written by sumi_generator; do not edit. */\n"
                           "#include \"summary_registry.h\"\n\n#include <sumi/options.h>\n"
                           "#include <sumi/summary_graph.h>\n\n#include <stddef.h>\n\n";

void write_summary_tables(const blocks_t *blocks, text_t *text) {
  put(text, "%s", head);
  for (int i = 0; i < blocks->count; ++i)
    if (blocks->list[i]->is_summary) put_table(blocks->list[i], text);
}

void write_summary_constructors(const blocks_t *blocks, text_t *text) {
  put(text, "%s", head);
  for (int i = 0; i < blocks->count; ++i)
    if (blocks->list[i]->is_summary) put_body(blocks->list[i], text);
}

void write_summary_list(const blocks_t *blocks, text_t *text) {
  put(text, "%sconst sumi_op_def_t *const sumi__summary_graph_ops[] = {\n", head);
  for (int i = 0; i < blocks->count; ++i)
    put(text, "    &sumi__tensor_op_%s,\n", blocks->list[i]->name);
  put(text, "    NULL,\n};\n");
}
