/* docs/ops.md: the reference of all built-in ops. */
#include "generator/block.h"

#include <string.h>

/* "math_compare" of ".../ops/math_compare.c" */
static void put_family(text_t *text, const char *file) {
  const char *slash = strrchr(file, '/');
  const char *stem = slash ? slash + 1 : file;
  put(text, "%.*s", (int)strcspn(stem, "."), stem);
}

static void put_member_names(text_t *text, const sumi__tensor_attr_def_t *attr) {
  put_member_name(text, attr);
  if (attr->kind != SUMI_ATTR_STRINGS) return;
  put(text, ", .");
  put_count_name(text, attr);
}

static void put_signature(const block_t *block, text_t *text) {
  const sumi__tensor_schema_t *schema = &block->schema;
  const char *comma = "";
  put(text, "sumi_%s(", block->api);
  if (takes_graph(block)) put(text, "graph"), comma = ", ";
  if (block->is_summary) put(text, "tag"), comma = ", ";
  for (int i = 0; i < schema->input_count; ++i) {
    if (block->is_summary && is_text_input(block, i)) continue;
    put(text, "%s", comma), comma = ", ";
    put_c_name(text, schema->inputs[i].name);
  }
  for (int named = 0; named < 2; ++named)
    for (int i = 0; i < schema->attr_count; ++i) {
      const sumi__tensor_attr_def_t *attr = &schema->attrs[i];
      if (named ? !is_named(attr) : !is_positional(attr)) continue;
      if (block->is_summary && attr->kind == SUMI_ATTR_POINTER) continue; /* refused */
      put(text, "%s%s", comma, named ? "." : ""), comma = ", ";
      if (named && block->is_summary)
        put_member_names(text, attr);
      else if (named)
        put_option_name(text, attr);
      else
        put_attr_name(text, attr);
    }
  put(text, ")");
}

static void put_op(const block_t *block, text_t *text) {
  put(text, "\n### %s\n\n`", block->name);
  put_signature(block, text);
  put(text, "`\n\n");
  put_wrapped(text, "", block->doc);
  put(text, "\n\n    %s\n\n", block->schema_text);
  if (block->composite)
    put(text, "Built of other ops.\n");
  else if (block->no_grad)
    put(text, "No gradient: %s.\n", block->no_grad);
  else
    put(text, "%s%s.\n", block->elementwise ? "Elementwise" : "Kernel",
        block->has_grad ? ", differentiable" : "");
}

void write_page(const blocks_t *blocks, text_t *text) {
  put(text, "# Ops\n\nWritten by the target `sumi_ops_page` from the blocks in `tensor/ops` and "
            "`summary/graph`; the\ngrammar of the schemas stands in "
            "`tensor/include/sumi/op_def.h`. Every constructor also takes `.name`,\nbut for those "
            "of summaries, whose nodes are named after their tags and whose options are the\n"
            "writer's.\n");
  for (int i = 0; i < blocks->count; ++i) {
    if (i == 0 || strcmp(blocks->list[i]->file, blocks->list[i - 1]->file) != 0) {
      put(text, "\n## ");
      put_family(text, blocks->list[i]->file);
      put(text, "\n");
    }
    put_op(blocks->list[i], text);
  }
}
