/* Compiling: the passes in order. A plan is made a second time, with the elements of small integer
 * feeds, when shapes turn out to depend on them. */
#include "exec/compile/compile.h"

#include "exec/compile/draft.h"

#include <sumi/alloc.h>

#include <string.h>

/* Pruning, shapes and folding; what is left says how many shapes stay unknown. */
static sumi_status_t look(sumi__tensor_draft_t *draft) {
  SUMI_TRY(sumi__tensor_prune(draft));
  SUMI_TRY(sumi__tensor_infer_shapes(draft));
  sumi__tensor_prune_again(draft);
  return SUMI_OK;
}

static int count_unshaped(const sumi__tensor_draft_t *draft) {
  int count = 0;
  for (int i = 0; i < draft->node_count; ++i)
    count += draft->nodes[i].live && draft->nodes[i].unshaped;
  return count;
}

/* How many nodes are unshaped when the elements of the feeds marked in `known` may be used. */
static sumi_status_t try_known(const sumi__tensor_draft_t *like, bool *known, int *unshaped) {
  sumi__tensor_plan_t *plan = sumi__tensor_plan_new(like->session);
  if (!plan) return SUMI_RESOURCE_EXHAUSTED;
  sumi__tensor_draft_t draft = {.session = like->session,
                                .run = like->run,
                                .function = like->function,
                                .changing_feeds = like->changing_feeds,
                                .plan = plan,
                                .memory = plan->memory,
                                .feed_known = known,
                                .alias_time = 1};
  const sumi_status_t status = look(&draft);
  if (status == SUMI_OK) *unshaped = count_unshaped(&draft);
  sumi__tensor_plan_free(plan);
  return status;
}

static int mark_candidates(const sumi__tensor_draft_t *draft, bool *known) {
  int count = 0;
  for (int i = 0; i < draft->run->feeds.count; ++i)
    count += known[i] = sumi__tensor_feed_may_shape(draft, i);
  return count;
}

/* Which feeds' elements shapes depend on: all that may, less those that can be left out without
 * more shapes becoming unknown. */
static sumi_status_t choose_known(const sumi__tensor_draft_t *draft, bool *known) {
  int without, with;
  SUMI_TRY(try_known(draft, known, &without));
  if (without == 0 || mark_candidates(draft, known) == 0) return SUMI_OK;
  SUMI_TRY(try_known(draft, known, &with));
  for (int i = 0; i < draft->run->feeds.count; ++i) {
    if (!known[i]) continue;
    known[i] = false;
    int unshaped = without;
    if (with < without) SUMI_TRY(try_known(draft, known, &unshaped));
    known[i] = with < without && unshaped > with;
  }
  return SUMI_OK;
}

static bool has_candidates(const sumi__tensor_draft_t *draft) {
  for (int i = 0; i < draft->run->feeds.count; ++i)
    if (sumi__tensor_feed_may_shape(draft, i)) return true;
  return false;
}

static void key_values(sumi__tensor_plan_t *plan, const sumi__tensor_draft_t *draft) {
  for (int i = 0; i < plan->key.feed_count; ++i) {
    sumi__tensor_key_feed_t *feed = &plan->key.feeds[i];
    feed->by_value = draft->feed_known[i];
    if (feed->by_value) memcpy(feed->values, draft->values[i].known.value, sizeof feed->values);
  }
}

static sumi_status_t compile(sumi__tensor_draft_t *draft) {
  draft->feed_known = sumi__tensor_draft_calloc(draft, (size_t)draft->run->feeds.count,
                                                sizeof *draft->feed_known);
  if (!draft->feed_known) return SUMI_RESOURCE_EXHAUSTED;
  if (has_candidates(draft)) SUMI_TRY(choose_known(draft, draft->feed_known));
  SUMI_TRY(look(draft));
  SUMI_TRY(sumi__tensor_key_make(&draft->plan->key, draft->run, draft->plan->memory));
  key_values(draft->plan, draft);
  SUMI_TRY(sumi__tensor_merge_equal(draft));
  SUMI_TRY(sumi__tensor_order_effects(draft));
  SUMI_TRY(sumi__tensor_fuse(draft));
  SUMI_TRY(sumi__tensor_order_units(draft));
  SUMI_TRY(sumi__tensor_assemble(draft));
  SUMI_TRY(sumi__tensor_place(draft));
  SUMI_TRY(sumi__tensor_bind(draft));
  SUMI_TRY(sumi__tensor_describe(draft));
  if (!draft->function)
    return sumi__tensor_session_reserve(draft->session, draft->plan->arena_bytes);
  draft->plan->arena = sumi_malloc_aligned(draft->plan->arena_bytes);
  return draft->plan->arena
             ? SUMI_OK
             : sumi_fail_alloc("a function's intermediate values", draft->plan->arena_bytes);
}

static sumi_status_t make_call(sumi_session_t *session, const sumi__tensor_called_t *called,
                               sumi__tensor_plan_t **plan);

static sumi_status_t make_plan(sumi_session_t *session, const sumi_run_options_t *run,
                               const sumi__tensor_called_t *called, sumi__tensor_plan_t **plan) {
  sumi__tensor_plan_t *made = sumi__tensor_plan_new(session);
  sumi_arena_t *memory = sumi_arena_new();
  sumi_status_t status = made && memory ? SUMI_OK : sumi_fail_alloc("a plan", sizeof *made);
  if (status == SUMI_OK) {
    sumi__tensor_draft_t draft = {.session = session,
                                  .run = run,
                                  .function = called ? called->function : NULL,
                                  .changing_feeds = called ? called->changing_feeds : 0,
                                  .make_call = make_call,
                                  .plan = made,
                                  .memory = memory,
                                  .alias_time = 1};
    status = compile(&draft);
  }
  sumi_arena_free(memory);
  if (status == SUMI_OK)
    *plan = made;
  else
    sumi__tensor_plan_free(made);
  return status;
}

/* Functions call functions: the plans of those are made in the same way. */
static sumi_status_t make_call(sumi_session_t *session, const sumi__tensor_called_t *called,
                               sumi__tensor_plan_t **plan) {
  const sumi_run_options_t run = sumi__tensor_called_run(called);
  return make_plan(session, &run, called, plan);
}

sumi_status_t sumi__tensor_plan_make(sumi_session_t *session, const sumi_run_options_t *run,
                                     sumi__tensor_plan_t **plan) {
  return make_plan(session, run, NULL, plan);
}
