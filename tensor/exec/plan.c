/* Compiling: the passes in order. A plan is made a second time, with the elements of small integer
 * feeds, when shapes turn out to depend on them. */
#include "exec/draft.h"
#include "exec/late.h"

#include <sumi/alloc.h>

#include <string.h>

void *sumi__plan_constant(sumi__plan_t *plan, size_t size_bytes) {
  if (plan->constant_count == plan->constant_capacity) {
    const int capacity = plan->constant_capacity ? plan->constant_capacity * 2 : 16;
    void **grown = sumi_realloc_array(plan->constants, (size_t)capacity, sizeof *grown);
    if (!grown) return NULL;
    plan->constants = grown;
    plan->constant_capacity = capacity;
  }
  void *memory = sumi_malloc_aligned(size_bytes);
  if (memory) plan->constants[plan->constant_count++] = memory;
  return memory;
}

void sumi__plan_free(sumi__plan_t *plan) {
  if (!plan) return;
  sumi__late_release(plan);
  for (int i = 0; i < plan->constant_count; ++i) sumi_free_aligned(plan->constants[i]);
  sumi_free(plan->constants);
  sumi_arena_free(plan->memory);
  sumi_free(plan);
}

static sumi__plan_t *new_plan(sumi_session_t *session) {
  sumi__plan_t *plan = sumi_calloc(1, sizeof *plan);
  sumi_arena_t *memory = sumi_arena_new();
  if (!plan || !memory) {
    sumi_free(plan);
    sumi_arena_free(memory);
    sumi_fail_alloc("a plan", sizeof *plan);
    return NULL;
  }
  plan->session = session;
  plan->memory = memory;
  return plan;
}

/* Pruning, shapes and folding; what is left says how many shapes stay unknown. */
static sumi_status_t look(sumi__draft_t *draft) {
  SUMI_TRY(sumi__prune(draft));
  SUMI_TRY(sumi__infer_shapes(draft));
  sumi__prune_again(draft);
  return SUMI_OK;
}

static int count_late(const sumi__draft_t *draft) {
  int count = 0;
  for (int i = 0; i < draft->node_count; ++i) count += draft->nodes[i].live && draft->nodes[i].late;
  return count;
}

/* How many nodes are late when the elements of the feeds marked in `known` may be used. */
static sumi_status_t try_known(sumi_session_t *session, const sumi_run_options_t *run, bool *known,
                               int *late) {
  sumi__plan_t *plan = new_plan(session);
  if (!plan) return SUMI_RESOURCE_EXHAUSTED;
  sumi__draft_t draft = {.session = session, .run = run, .plan = plan, .memory = plan->memory};
  draft.feed_known = known;
  const sumi_status_t status = look(&draft);
  if (status == SUMI_OK) *late = count_late(&draft);
  sumi__plan_free(plan);
  return status;
}

static int mark_candidates(const sumi__draft_t *draft, bool *known) {
  int count = 0;
  for (int i = 0; i < draft->run->feeds.count; ++i)
    count += known[i] = sumi__feed_may_shape(draft, i);
  return count;
}

/* Which feeds' elements shapes depend on: all that may, less those that can be left out without
 * more shapes becoming unknown. */
static sumi_status_t choose_known(const sumi__draft_t *draft, bool *known) {
  int without, with;
  SUMI_TRY(try_known(draft->session, draft->run, known, &without));
  if (without == 0 || mark_candidates(draft, known) == 0) return SUMI_OK;
  SUMI_TRY(try_known(draft->session, draft->run, known, &with));
  for (int i = 0; i < draft->run->feeds.count; ++i) {
    if (!known[i]) continue;
    known[i] = false;
    int late = without;
    if (with < without) SUMI_TRY(try_known(draft->session, draft->run, known, &late));
    known[i] = with < without && late > with;
  }
  return SUMI_OK;
}

static bool has_candidates(const sumi__draft_t *draft) {
  for (int i = 0; i < draft->run->feeds.count; ++i)
    if (sumi__feed_may_shape(draft, i)) return true;
  return false;
}

static void key_values(sumi__plan_t *plan, const sumi__draft_t *draft) {
  for (int i = 0; i < plan->key.feed_count; ++i) {
    sumi__key_feed_t *feed = &plan->key.feeds[i];
    feed->by_value = draft->feed_known[i];
    if (feed->by_value) memcpy(feed->values, draft->values[i].known.value, sizeof feed->values);
  }
}

static sumi_status_t compile(sumi__draft_t *draft) {
  draft->feed_known = sumi__draft_calloc(draft, (size_t)draft->run->feeds.count,
                                         sizeof *draft->feed_known);
  if (!draft->feed_known) return SUMI_RESOURCE_EXHAUSTED;
  if (has_candidates(draft)) SUMI_TRY(choose_known(draft, draft->feed_known));
  SUMI_TRY(look(draft));
  SUMI_TRY(sumi__key_make(&draft->plan->key, draft->run, draft->plan->memory));
  key_values(draft->plan, draft);
  SUMI_TRY(sumi__merge_equal(draft));
  SUMI_TRY(sumi__order_effects(draft));
  SUMI_TRY(sumi__fuse(draft));
  SUMI_TRY(sumi__order_units(draft));
  SUMI_TRY(sumi__assemble(draft));
  SUMI_TRY(sumi__place(draft));
  SUMI_TRY(sumi__bind(draft));
  SUMI_TRY(sumi__describe(draft));
  return sumi__session_reserve(draft->session, draft->plan->arena_bytes);
}

sumi_status_t sumi__plan_make(sumi_session_t *session, const sumi_run_options_t *run,
                              sumi__plan_t **plan) {
  sumi__plan_t *made = new_plan(session);
  sumi_arena_t *memory = sumi_arena_new();
  sumi_status_t status = made && memory ? SUMI_OK : sumi_fail_alloc("a plan", sizeof *made);
  if (status == SUMI_OK) {
    sumi__draft_t draft = {.session = session, .run = run, .plan = made, .memory = memory};
    status = compile(&draft);
  }
  sumi_arena_free(memory);
  if (status == SUMI_OK)
    *plan = made;
  else
    sumi__plan_free(made);
  return status;
}
