/* The plan as text. */
#include "exec/compile/draft.h"
#include "exec/plan/group.h"

#include <inttypes.h>

static void describe_unit(const sumi__tensor_draft_t *draft, const sumi__tensor_unit_t *unit,
                          int number, sumi_buffer_t *text) {
  sumi_buffer_printf(text, "%4d %s", number, unit->is_group && unit->count > 1 ? "fused" : "");
  for (int i = 0; i < unit->count; ++i) {
    const sumi__tensor_node_t *node = &draft->nodes[unit->nodes[i]];
    sumi_buffer_printf(text, "%s%s '%s'", i || (unit->is_group && unit->count > 1) ? " " : "",
                       node->def->name, node->op->name);
  }
  for (int i = 0; i < unit->count; ++i) {
    const sumi__tensor_node_t *node = &draft->nodes[unit->nodes[i]];
    for (int k = 0; k < node->output_count; ++k) {
      const sumi__tensor_value_t *value = &draft->values[node->first_output + k];
      if (unit->is_group && !value->outside) continue;
      sumi_buffer_printf(text, " -> %s %s", sumi_dtype_name(value->dtype),
                         value->unshaped ? "(shape at run time)"
                                         : sumi_dims_text(value->dims).text);
      if (value->slot != SUMI__NONE) sumi_buffer_printf(text, " @%zu", value->offset);
    }
  }
  if (unit->scratch_bytes > 0)
    sumi_buffer_printf(text, " scratch %zu @%zu", unit->scratch_bytes, unit->scratch_offset);
  sumi_buffer_putc(text, '\n');
}

static void describe_totals(const sumi_session_stats_t *stats, sumi_buffer_t *text) {
  sumi_buffer_printf(text,
                     "%" PRId64 " steps; nodes: %" PRId64 " pruned, %" PRId64 " folded, %" PRId64
                     " merged, %" PRId64 " fused; arena %" PRId64 " bytes, without sharing %" PRId64
                     "\n",
                     stats->steps, stats->pruned_nodes, stats->folded_nodes, stats->merged_nodes,
                     stats->fused_nodes, stats->arena_bytes, stats->unshared_bytes);
}

sumi_status_t sumi__tensor_describe(sumi__tensor_draft_t *draft) {
  sumi_buffer_t text = {0};
  int number = 0;
  for (int i = 0; i < draft->unit_count; ++i)
    if (draft->units[i].has_step) describe_unit(draft, &draft->units[i], number++, &text);
  describe_totals(&draft->plan->stats, &text);
  const char *all = sumi_buffer_text(&text);
  draft->plan->text = all ? sumi_arena_strdup(draft->plan->memory, all) : NULL;
  sumi_buffer_release(&text);
  return draft->plan->text ? SUMI_OK : sumi_fail_alloc("a plan's text", 1);
}
