/* Equal expressions become one: nodes of one type with the same inputs and attributes whose results
 * depend on nothing else. Equal small constants are one value. */
#include "exec/compile/draft.h"

#include <string.h>

enum { MAX_CONSTANT_BYTES = 64 };

typedef struct table {
  sumi__tensor_draft_t *draft;
  size_t size; /* a power of two, more than the nodes */
  int *nodes;  /* 1 + node, 0: free */
  int *same;   /* by value: the value to use instead */
} table_t;

static uint64_t mix(uint64_t hash, uint64_t word) {
  hash ^= word;
  hash *= UINT64_C(0x9E3779B97F4A7C15);
  return hash ^ hash >> 29;
}

static uint64_t hash_node(const sumi__tensor_node_t *node) {
  uint64_t hash = mix(0, (uint64_t)(uintptr_t)node->def);
  for (int i = 0; i < node->input_count; ++i) hash = mix(hash, (uint64_t)node->inputs[i]);
  return hash;
}

static bool same_text(const char *a, const char *b) {
  return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_types(sumi_types_t a, sumi_types_t b) {
  if (a.count != b.count) return false;
  for (int i = 0; i < a.count; ++i)
    if (a.list[i] != b.list[i]) return false;
  return true;
}

static bool same_texts(sumi_texts_t a, sumi_texts_t b) {
  if (a.count != b.count) return false;
  for (int i = 0; i < a.count; ++i)
    if (!same_text(a.list[i], b.list[i])) return false;
  return true;
}

static bool same_attr(const sumi_attr_t *a, const sumi_attr_t *b) {
  if (a->kind != b->kind) return false;
  switch (a->kind) {
  case SUMI_ATTR_NONE: return true;
  case SUMI_ATTR_BOOL: return a->boolean == b->boolean;
  case SUMI_ATTR_INT: return a->integer == b->integer;
  case SUMI_ATTR_FLOAT: return memcmp(&a->real, &b->real, sizeof a->real) == 0;
  case SUMI_ATTR_STRING: return same_text(a->string, b->string);
  case SUMI_ATTR_TYPE: return a->type == b->type;
  case SUMI_ATTR_SHAPE:
  case SUMI_ATTR_INTS: return sumi_dims_equal(a->dims, b->dims);
  case SUMI_ATTR_TYPES: return same_types(a->types, b->types);
  case SUMI_ATTR_STRINGS: return same_texts(a->texts, b->texts);
  case SUMI_ATTR_ARRAY: return a->array == b->array;
  case SUMI_ATTR_POINTER: return a->pointer == b->pointer;
  }
  return false;
}

static bool same_node(const sumi__tensor_draft_t *draft, const sumi__tensor_node_t *a,
                      const sumi__tensor_node_t *b) {
  if (a->def != b->def || a->input_count != b->input_count || a->output_count != b->output_count)
    return false;
  for (int i = 0; i < a->input_count; ++i)
    if (a->inputs[i] != b->inputs[i]) return false;
  for (int i = 0; i < a->op->type->schema.attr_count; ++i)
    if (!same_attr(&a->op->attrs[i], &b->op->attrs[i])) return false;
  for (int i = 0; i < a->output_count; ++i) /* sumi_set_shape may have told them apart */
    if (!sumi_dims_equal(draft->values[a->first_output + i].dims,
                         draft->values[b->first_output + i].dims))
      return false;
  return true;
}

static bool may_merge(const sumi__tensor_draft_t *draft, const sumi__tensor_node_t *node) {
  if (!node->live || node->before || node->output_count == 0) return false;
  if (sumi__tensor_is_stateful(node->def) || sumi__tensor_op_is(node, SUMI_OP_DYNAMIC))
    return false;
  return draft->values[node->first_output].source == SUMI__FROM_STEP;
}

static void merge(table_t *table, int index) {
  sumi__tensor_draft_t *draft = table->draft;
  sumi__tensor_node_t *node = &draft->nodes[index];
  size_t at = hash_node(node) & (table->size - 1);
  for (; table->nodes[at]; at = (at + 1) & (table->size - 1)) {
    const int other = table->nodes[at] - 1;
    if (!same_node(draft, node, &draft->nodes[other])) continue;
    for (int i = 0; i < node->output_count; ++i)
      table->same[node->first_output + i] = draft->nodes[other].first_output + i;
    node->live = false;
    draft->node_of_op[node->op->index] = other;
    ++draft->plan->stats.merged_nodes;
    return;
  }
  table->nodes[at] = 1 + index;
}

static bool same_constant(const sumi__tensor_value_t *a, const sumi__tensor_value_t *b) {
  return a->dtype == b->dtype && sumi_dims_equal(a->dims, b->dims) &&
         memcmp(a->data, b->data, (size_t)sumi__tensor_value_bytes(a)) == 0;
}

static bool is_small_constant(const sumi__tensor_draft_t *draft,
                              const sumi__tensor_value_t *value) {
  return value->source == SUMI__FROM_CONSTANT && value->dtype != SUMI_STRING &&
         value->node != SUMI__NONE && !draft->nodes[value->node].before &&
         sumi__tensor_value_bytes(value) <= MAX_CONSTANT_BYTES;
}

static uint64_t hash_constant(const sumi__tensor_value_t *value) {
  uint64_t hash = mix(1, (uint64_t)value->dtype);
  const int64_t bytes = sumi__tensor_value_bytes(value);
  for (int64_t i = 0; i < bytes; ++i) hash = mix(hash, ((const unsigned char *)value->data)[i]);
  return hash;
}

static sumi_status_t merge_constants(table_t *table) {
  const sumi__tensor_draft_t *draft = table->draft;
  size_t size = 16;
  while (size < 2 * (size_t)draft->value_count) size *= 2;
  int *values = sumi__tensor_draft_calloc(table->draft, size, sizeof *values);
  if (!values) return SUMI_RESOURCE_EXHAUSTED;
  for (int i = 0; i < draft->value_count; ++i) {
    if (!is_small_constant(draft, &draft->values[i])) continue;
    size_t at = hash_constant(&draft->values[i]) & (size - 1);
    while (values[at] && !same_constant(&draft->values[i], &draft->values[values[at] - 1]))
      at = (at + 1) & (size - 1);
    if (values[at])
      table->same[i] = values[at] - 1;
    else
      values[at] = 1 + i;
  }
  return SUMI_OK;
}

static void use_merged(table_t *table, int index) {
  sumi__tensor_draft_t *draft = table->draft;
  sumi__tensor_node_t *node = &draft->nodes[index];
  for (int k = 0; k < node->input_count; ++k) node->inputs[k] = table->same[node->inputs[k]];
  for (sumi__tensor_edge_t *e = node->before; e; e = e->next)
    e->node = draft->node_of_op[draft->nodes[e->node].op->index];
  for (int i = 0; i < node->output_count; ++i) {
    sumi__tensor_value_t *value = &draft->values[node->first_output + i];
    if (value->same_as != SUMI__NONE)
      sumi__tensor_draft_point(draft, value, table->same[value->same_as]);
  }
}

sumi_status_t sumi__tensor_merge_equal(sumi__tensor_draft_t *draft) {
  if (!sumi__tensor_draft_pass(draft, SUMI__PASS_CSE)) return SUMI_OK;
  table_t table = {.draft = draft, .size = 16};
  while (table.size < 2 * (size_t)draft->node_count) table.size *= 2;
  table.nodes = sumi__tensor_draft_calloc(draft, table.size, sizeof *table.nodes);
  table.same = sumi__tensor_draft_calloc(draft, (size_t)draft->value_count, sizeof *table.same);
  if (!table.nodes || !table.same) return SUMI_RESOURCE_EXHAUSTED;
  for (int i = 0; i < draft->value_count; ++i) table.same[i] = i;
  SUMI_TRY(merge_constants(&table));
  for (int i = 0; i < draft->node_count; ++i) {
    if (!draft->nodes[i].live) continue;
    use_merged(&table, i);
    if (may_merge(draft, &draft->nodes[i])) merge(&table, i);
  }
  for (int i = 0; i < draft->run->fetches.count; ++i)
    draft->fetches[i] = table.same[draft->fetches[i]];
  sumi__tensor_prune_again(draft);
  return SUMI_OK;
}
