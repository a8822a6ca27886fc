/* The sequence of units: each after what it needs. Among those that could run, one that frees more
 * memory than it takes goes first (an update with its gradient), otherwise the graph's order. */
#include "exec/draft.h"

#include <string.h>

typedef struct follow {
  int unit;
  struct follow *next;
} follow_t;

typedef struct scheduler {
  sumi__draft_t *draft;
  follow_t **after; /* by unit: units that need it */
  int *waits_for;   /* by unit: how many it still needs */
  int *uses;        /* by root value: units that have still to read it */
  int *ready;       /* units that could run, in the graph's order */
  int ready_count;
} scheduler_t;

static sumi_status_t needs(scheduler_t *s, int unit, int needed) {
  if (unit == needed) return SUMI_OK;
  for (const follow_t *f = s->after[needed]; f; f = f->next)
    if (f->unit == unit) return SUMI_OK;
  follow_t *f = sumi__draft_calloc(s->draft, 1, sizeof *f);
  if (!f) return SUMI_RESOURCE_EXHAUSTED;
  *f = (follow_t){unit, s->after[needed]};
  s->after[needed] = f;
  ++s->waits_for[unit];
  return SUMI_OK;
}

static sumi_status_t link_node(scheduler_t *s, const sumi__node_t *node) {
  const sumi__draft_t *draft = s->draft;
  for (const sumi__edge_t *e = node->before; e; e = e->next)
    SUMI_TRY(needs(s, node->unit, draft->nodes[e->node].unit));
  for (int k = 0; k < node->input_count; ++k) {
    const int producer = draft->values[node->inputs[k]].node;
    if (producer != SUMI__NONE && draft->nodes[producer].live)
      SUMI_TRY(needs(s, node->unit, draft->nodes[producer].unit));
  }
  return SUMI_OK;
}

/* Calls that visit each root value a unit reads once are few, so a list is searched. */
static bool read_before(const sumi__draft_t *draft, const sumi__unit_t *unit, int n, int k) {
  const sumi__value_t *root = sumi__draft_root(draft, draft->nodes[unit->nodes[n]].inputs[k]);
  for (int i = 0; i <= n; ++i) {
    const sumi__node_t *node = &draft->nodes[unit->nodes[i]];
    const int end = i == n ? k : node->input_count;
    for (int j = 0; j < end; ++j)
      if (sumi__draft_root(draft, node->inputs[j]) == root) return true;
  }
  return false;
}

/* Adds `change` to the uses of all the unit reads; the bytes of those that nobody uses any more. */
static int64_t change_uses(scheduler_t *s, const sumi__unit_t *unit, int change) {
  const sumi__draft_t *draft = s->draft;
  int64_t freed = 0;
  if (!unit->has_step) return 0;
  for (int n = 0; n < unit->count; ++n) {
    const sumi__node_t *node = &draft->nodes[unit->nodes[n]];
    for (int k = 0; k < node->input_count; ++k) {
      if (read_before(draft, unit, n, k)) continue;
      const sumi__value_t *root = sumi__draft_root(draft, node->inputs[k]);
      int *uses = &s->uses[root - draft->values];
      *uses += change;
      const bool ours = root->source == SUMI__FROM_STEP && !root->late && root->outside;
      if (*uses == 0 && ours) freed += sumi__value_bytes(root);
    }
  }
  return freed;
}

static int64_t bytes_made(const scheduler_t *s, const sumi__unit_t *unit) {
  int64_t bytes = 0;
  for (int n = 0; unit->has_step && n < unit->count; ++n) {
    const sumi__node_t *node = &s->draft->nodes[unit->nodes[n]];
    for (int i = 0; i < node->output_count; ++i) {
      const sumi__value_t *value = &s->draft->values[node->first_output + i];
      const bool ours = value->source == SUMI__FROM_STEP && value->same_as == SUMI__NONE;
      if (ours && !value->late && (value->outside || !unit->is_group))
        bytes += sumi__value_bytes(value);
    }
  }
  return bytes;
}

static int64_t growth(scheduler_t *s, const sumi__unit_t *unit) {
  const int64_t freed = change_uses(s, unit, -1);
  change_uses(s, unit, 1);
  return bytes_made(s, unit) - freed;
}

/* The position in `ready` of the unit to run. Units without a step cost nothing and go first. */
static int choose(scheduler_t *s) {
  if (!sumi__draft_pass(s->draft, SUMI__PASS_ORDER)) return 0;
  int best = 0;
  int64_t least = 0;
  for (int i = 0; i < s->ready_count; ++i) {
    const sumi__unit_t *unit = &s->draft->units[s->ready[i]];
    if (!unit->has_step) return i;
    const int64_t grows = growth(s, unit);
    if (grows >= least) continue;
    least = grows;
    best = i;
  }
  return best;
}

static void add_ready(scheduler_t *s, int unit) {
  int at = s->ready_count++;
  for (; at > 0 && s->ready[at - 1] > unit; --at) s->ready[at] = s->ready[at - 1];
  s->ready[at] = unit;
}

static int take_ready(scheduler_t *s, int at) {
  const int unit = s->ready[at];
  --s->ready_count;
  memmove(s->ready + at, s->ready + at + 1, (size_t)(s->ready_count - at) * sizeof *s->ready);
  return unit;
}

static sumi_status_t start(scheduler_t *s) {
  sumi__draft_t *draft = s->draft;
  const size_t units = (size_t)draft->unit_count, values = (size_t)draft->value_count;
  s->after = sumi__draft_calloc(draft, units, sizeof *s->after);
  s->waits_for = sumi__draft_calloc(draft, units, sizeof *s->waits_for);
  s->ready = sumi__draft_calloc(draft, units, sizeof *s->ready);
  s->uses = sumi__draft_calloc(draft, values, sizeof *s->uses);
  if (!s->after || !s->waits_for || !s->ready || !s->uses) return SUMI_RESOURCE_EXHAUSTED;
  for (int i = 0; i < draft->order_count; ++i)
    SUMI_TRY(link_node(s, &draft->nodes[draft->order[i]]));
  for (int u = 0; u < draft->unit_count; ++u) {
    change_uses(s, &draft->units[u], 1);
    if (s->waits_for[u] == 0) add_ready(s, u);
  }
  for (int i = 0; i < draft->run->fetches.count; ++i)
    ++s->uses[sumi__draft_root(draft, draft->fetches[i]) - draft->values];
  return SUMI_OK;
}

sumi_status_t sumi__order_units(sumi__draft_t *draft) {
  scheduler_t s = {.draft = draft};
  SUMI_TRY(start(&s));
  sumi__unit_t *ordered = sumi__draft_calloc(draft, (size_t)draft->unit_count, sizeof *ordered);
  if (!ordered) return SUMI_RESOURCE_EXHAUSTED;
  int count = 0;
  while (s.ready_count > 0) {
    const int unit = take_ready(&s, choose(&s));
    change_uses(&s, &draft->units[unit], -1);
    ordered[count++] = draft->units[unit];
    for (const follow_t *f = s.after[unit]; f; f = f->next)
      if (--s.waits_for[f->unit] == 0) add_ready(&s, f->unit);
  }
  if (count != draft->unit_count) return sumi_fail(SUMI_INTERNAL, "the plan's units form a cycle");
  draft->units = ordered;
  return SUMI_OK;
}
