/* The sequence of units: each after what it needs. Among those that could run, one that frees more
 * memory than it takes goes first (an update with its gradient), otherwise the graph's order. */
#include "exec/compile/draft.h"

#include <string.h>

typedef struct follow {
  int unit;
  struct follow *next;
} follow_t;

typedef struct scheduler {
  sumi__tensor_draft_t *draft;
  follow_t **after;   /* by unit: units that need it */
  int *waits_for;     /* by unit: how many it still needs */
  follow_t **readers; /* by root value: units with a step that read it */
  int *uses;          /* by root value: those that have still to run, and fetches */
  int **roots;        /* by unit: the root values it reads, each once, SUMI__NONE at the end */
  int *met;           /* by unit or value: the unit that met it last, plus 1 */
  int64_t *growth;    /* by unit, as long as it is known */
  bool *known;        /* by unit */
  int *ready;         /* units that could run, in the graph's order */
  int ready_count;
} scheduler_t;

static sumi_status_t add_follow(scheduler_t *s, follow_t **list, int unit) {
  follow_t *f = sumi__tensor_draft_calloc(s->draft, 1, sizeof *f);
  if (!f) return SUMI_RESOURCE_EXHAUSTED;
  *f = (follow_t){unit, *list};
  *list = f;
  return SUMI_OK;
}

static bool meets_again(scheduler_t *s, int what, int unit) {
  if (s->met[what] == unit + 1) return true;
  s->met[what] = unit + 1;
  return false;
}

static sumi_status_t needs(scheduler_t *s, int unit, int needed) {
  if (unit == needed || meets_again(s, needed, unit)) return SUMI_OK;
  ++s->waits_for[unit];
  return add_follow(s, &s->after[needed], unit);
}

static sumi_status_t link_node(scheduler_t *s, const sumi__tensor_node_t *node) {
  const sumi__tensor_draft_t *draft = s->draft;
  for (const sumi__tensor_edge_t *e = node->before; e; e = e->next)
    SUMI_TRY(needs(s, node->unit, draft->nodes[e->node].unit));
  for (int k = 0; k < node->input_count; ++k) {
    const int producer = draft->values[node->inputs[k]].node;
    if (producer != SUMI__NONE && draft->nodes[producer].live)
      SUMI_TRY(needs(s, node->unit, draft->nodes[producer].unit));
  }
  return SUMI_OK;
}

static sumi_status_t link_units(scheduler_t *s) {
  const sumi__tensor_draft_t *draft = s->draft;
  memset(s->met, 0, (size_t)draft->unit_count * sizeof *s->met);
  for (int u = 0; u < draft->unit_count; ++u)
    for (int n = 0; n < draft->units[u].count; ++n)
      SUMI_TRY(link_node(s, &draft->nodes[draft->units[u].nodes[n]]));
  return SUMI_OK;
}

/* A value in the arena: what reads it last frees it. */
static bool is_ours(const sumi__tensor_value_t *root) {
  return root->source == SUMI__FROM_STEP && !root->unshaped && root->outside;
}

static sumi_status_t find_roots(scheduler_t *s, int u) {
  const sumi__tensor_draft_t *draft = s->draft;
  const sumi__tensor_unit_t *unit = &draft->units[u];
  size_t inputs = 0;
  for (int n = 0; unit->has_step && n < unit->count; ++n)
    inputs += (size_t)draft->nodes[unit->nodes[n]].input_count;
  int *next = s->roots[u] = sumi__tensor_draft_calloc(s->draft, inputs + 1, sizeof *next);
  if (!next) return SUMI_RESOURCE_EXHAUSTED;
  for (int n = 0; unit->has_step && n < unit->count; ++n) {
    const sumi__tensor_node_t *node = &draft->nodes[unit->nodes[n]];
    for (int k = 0; k < node->input_count; ++k) {
      const sumi__tensor_value_t *root = sumi__tensor_draft_root(draft, node->inputs[k]);
      const int value = (int)(root - draft->values);
      if (!is_ours(root) || meets_again(s, value, u)) continue;
      *next++ = value;
      ++s->uses[value];
      SUMI_TRY(add_follow(s, &s->readers[value], u));
    }
  }
  *next = SUMI__NONE;
  return SUMI_OK;
}

static sumi_status_t find_uses(scheduler_t *s) {
  const sumi__tensor_draft_t *draft = s->draft;
  memset(s->met, 0, (size_t)draft->value_count * sizeof *s->met);
  for (int u = 0; u < draft->unit_count; ++u) SUMI_TRY(find_roots(s, u));
  for (int i = 0; i < draft->run->fetches.count; ++i)
    ++s->uses[sumi__tensor_draft_root(draft, draft->fetches[i]) - draft->values];
  return SUMI_OK;
}

/* Bytes of the values that nobody but the unit has still to read. */
static int64_t bytes_freed(const scheduler_t *s, int unit) {
  int64_t bytes = 0;
  for (const int *root = s->roots[unit]; *root != SUMI__NONE; ++root)
    if (s->uses[*root] == 1) bytes += sumi__tensor_value_bytes(&s->draft->values[*root]);
  return bytes;
}

/* The unit has run. What becomes the last to read a value frees it. */
static void end_uses(scheduler_t *s, int unit) {
  for (const int *root = s->roots[unit]; *root != SUMI__NONE; ++root)
    if (--s->uses[*root] == 1)
      for (const follow_t *f = s->readers[*root]; f; f = f->next) s->known[f->unit] = false;
}

static int64_t bytes_made(const scheduler_t *s, const sumi__tensor_unit_t *unit) {
  int64_t bytes = 0;
  for (int n = 0; unit->has_step && n < unit->count; ++n) {
    const sumi__tensor_node_t *node = &s->draft->nodes[unit->nodes[n]];
    for (int i = 0; i < node->output_count; ++i) {
      const sumi__tensor_value_t *value = &s->draft->values[node->first_output + i];
      const bool ours = value->source == SUMI__FROM_STEP && value->same_as == SUMI__NONE;
      if (ours && !value->unshaped && (value->outside || !unit->is_group))
        bytes += sumi__tensor_value_bytes(value);
    }
  }
  return bytes;
}

static int64_t growth_of(scheduler_t *s, int unit) {
  if (!s->known[unit]) {
    s->growth[unit] = bytes_made(s, &s->draft->units[unit]) - bytes_freed(s, unit);
    s->known[unit] = true;
  }
  return s->growth[unit];
}

/* The position in `ready` of the unit to run. Units without a step cost nothing and go first. */
static int choose(scheduler_t *s) {
  if (!sumi__tensor_draft_pass(s->draft, SUMI__PASS_ORDER)) return 0;
  int best = 0;
  int64_t least = 0;
  for (int i = 0; i < s->ready_count; ++i) {
    if (!s->draft->units[s->ready[i]].has_step) return i;
    const int64_t grows = growth_of(s, s->ready[i]);
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
  sumi__tensor_draft_t *draft = s->draft;
  const size_t units = (size_t)draft->unit_count, values = (size_t)draft->value_count;
  s->after = sumi__tensor_draft_calloc(draft, units, sizeof *s->after);
  s->waits_for = sumi__tensor_draft_calloc(draft, units, sizeof *s->waits_for);
  s->readers = sumi__tensor_draft_calloc(draft, values, sizeof *s->readers);
  s->uses = sumi__tensor_draft_calloc(draft, values, sizeof *s->uses);
  s->roots = sumi__tensor_draft_calloc(draft, units, sizeof *s->roots);
  s->met = sumi__tensor_draft_calloc(draft, units + values, sizeof *s->met);
  s->growth = sumi__tensor_draft_calloc(draft, units, sizeof *s->growth);
  s->known = sumi__tensor_draft_calloc(draft, units, sizeof *s->known);
  s->ready = sumi__tensor_draft_calloc(draft, units, sizeof *s->ready);
  if (!s->after || !s->waits_for || !s->readers || !s->uses || !s->roots || !s->met || !s->growth ||
      !s->known || !s->ready)
    return SUMI_RESOURCE_EXHAUSTED;
  SUMI_TRY(link_units(s));
  SUMI_TRY(find_uses(s));
  for (int u = 0; u < draft->unit_count; ++u)
    if (s->waits_for[u] == 0) add_ready(s, u);
  return SUMI_OK;
}

sumi_status_t sumi__tensor_order_units(sumi__tensor_draft_t *draft) {
  scheduler_t s = {.draft = draft};
  SUMI_TRY(start(&s));
  sumi__tensor_unit_t *ordered = sumi__tensor_draft_calloc(draft, (size_t)draft->unit_count,
                                                           sizeof *ordered);
  if (!ordered) return SUMI_RESOURCE_EXHAUSTED;
  int count = 0;
  while (s.ready_count > 0) {
    const int unit = take_ready(&s, choose(&s));
    end_uses(&s, unit);
    ordered[count++] = draft->units[unit];
    for (const follow_t *f = s.after[unit]; f; f = f->next)
      if (--s.waits_for[f->unit] == 0) add_ready(&s, f->unit);
  }
  if (count != draft->unit_count) return sumi_fail(SUMI_INTERNAL, "the plan's units form a cycle");
  draft->units = ordered;
  return SUMI_OK;
}
