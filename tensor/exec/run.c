/* Running a plan: pointers that moved since the last run are set again, then every step is called.
 */
#include "exec/late.h"
#include "exec/parallel.h"

#include <string.h>

static void bind_arena(sumi__plan_t *plan) {
  const sumi_session_t *session = plan->session;
  for (int i = 0; i < plan->in_arena.count; ++i) {
    const sumi__binding_t *b = &plan->in_arena.list[i];
    const void *place = (char *)session->arena + b->offset;
    memcpy(b->slot, &place, sizeof place);
  }
  plan->arena_generation = session->arena_generation;
}

static void bind_variables(sumi__plan_t *plan) {
  plan->incomplete = false;
  for (int i = 0; i < plan->to_variables.count; ++i) {
    const sumi__binding_t *b = &plan->to_variables.list[i];
    const void *place = b->variable->array ? sumi_array_data(b->variable->array) : NULL;
    memcpy(b->slot, &place, sizeof place);
    plan->incomplete |= !b->variable->array;
  }
  plan->variable_generation = plan->session->variable_generation;
}

static void bind_feeds(const sumi__plan_t *plan, const sumi_run_options_t *run) {
  for (int i = 0; i < plan->to_feeds.count; ++i) {
    const sumi__binding_t *b = &plan->to_feeds.list[i];
    const void *place = sumi__feed_data(&run->feeds.list[b->feed]);
    memcpy(b->slot, &place, sizeof place);
  }
}

static sumi_status_t fail_uninitialized(const sumi__variable_t *variable) {
  return sumi__fail_at(variable->op, SUMI_FAILED_PRECONDITION,
                       "the variable is read before it has been initialised; run "
                       "sumi_global_variables_initializer or restore it first");
}

/* The failure of a step, or of a variable it reads and that has no value. */
static sumi_status_t run_step(sumi__plan_t *plan, const sumi__step_t *step) {
  if (plan->incomplete)
    for (int i = 0; i < step->read_count; ++i)
      if (!step->reads[i]->array) return fail_uninitialized(step->reads[i]);
  const sumi_status_t status = step->run(&step->kernel);
  if (status != SUMI_OK)
    return plan->session->failure_named ? status : sumi__name_failure(step->kernel.op, status);
  if (step->assigns && plan->session->variable_generation != plan->variable_generation)
    bind_variables(plan);
  return SUMI_OK;
}

static sumi_status_t check_fetches(const sumi__plan_t *plan) {
  for (int i = 0; i < plan->fetch_count; ++i) {
    const sumi__variable_t *variable = plan->fetches[i].variable;
    if (variable && !variable->array) return fail_uninitialized(variable);
  }
  return SUMI_OK;
}

sumi_status_t sumi__plan_run(sumi__plan_t *plan, const sumi_run_options_t *run) {
  sumi_session_t *session = plan->session;
  if (plan->has_late_steps) sumi__late_release(plan);
  if (plan->arena_generation != session->arena_generation) bind_arena(plan);
  if (plan->variable_generation != session->variable_generation) bind_variables(plan);
  bind_feeds(plan, run);
  session->failure_named = false;
  const int saved_threads = sumi__threads_begin();
  sumi_status_t status = SUMI_OK;
  for (int i = 0; i < plan->step_count && status == SUMI_OK; ++i)
    status = run_step(plan, &plan->steps[i]);
  sumi__threads_end(saved_threads);
  return status == SUMI_OK ? check_fetches(plan) : status;
}
