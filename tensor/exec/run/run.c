/* Running a plan: pointers that moved since the last run are set again, then every step is called.
 */
#include "exec/run/run.h"

#include "exec/plan/unshaped.h"
#include "exec/run/check_numerics.h"
#include "exec/run/parallel.h"
#include "exec/run/trace.h"

#include <sumi/clock.h>

#include <string.h>

static void bind_arena(sumi__tensor_plan_t *plan) {
  const sumi_session_t *session = plan->session;
  for (int i = 0; i < plan->in_arena.count; ++i) {
    const sumi__tensor_binding_t *b = &plan->in_arena.list[i];
    const void *place = (char *)(plan->arena ? plan->arena : session->arena) + b->offset;
    memcpy(b->slot, &place, sizeof place);
  }
  plan->arena_generation = session->arena_generation;
}

/* Whether all of those variables have a value. */
static bool bind_some_variables(const sumi__tensor_plan_t *plan, int first, int count) {
  bool complete = true;
  for (int i = first; i < first + count; ++i) {
    const sumi__tensor_binding_t *b = &plan->to_variables.list[i];
    const void *place = b->variable->array ? sumi_array_data(b->variable->array) : NULL;
    memcpy(b->slot, &place, sizeof place);
    complete &= b->variable->array != NULL;
  }
  return complete;
}

static void bind_variables(sumi__tensor_plan_t *plan) {
  plan->incomplete = !bind_some_variables(plan, 0, plan->to_variables.count);
  plan->variable_generation = plan->session->variable_generation;
}

static void bind_feeds(const sumi__tensor_plan_t *plan, const sumi_run_options_t *run) {
  for (int i = 0; i < plan->to_feeds.count; ++i) {
    const sumi__tensor_binding_t *b = &plan->to_feeds.list[i];
    const void *place = sumi__tensor_feed_data(&run->feeds.list[b->feed]);
    memcpy(b->slot, &place, sizeof place);
  }
}

static sumi_status_t fail_uninitialized(const sumi__tensor_variable_t *variable) {
  return sumi__tensor_fail_at(variable->op, SUMI_FAILED_PRECONDITION,
                              "the variable is read before it has been initialised; run "
                              "sumi_global_variables_initializer or restore it first");
}

static bool variables_moved(const sumi__tensor_plan_t *plan) {
  return plan->variable_generation != plan->session->variable_generation;
}

/* The failure of a step, or of a variable it reads and that has no value. */
static sumi_status_t run_step(sumi__tensor_plan_t *plan, const sumi__tensor_step_t *step) {
  if (plan->incomplete)
    for (int i = 0; i < step->read_count; ++i)
      if (!step->reads[i]->array) return fail_uninitialized(step->reads[i]);
  if (variables_moved(plan)) /* by an earlier step */
    bind_some_variables(plan, step->first_bound, step->bound_count);
  const sumi_status_t status = step->run(&step->kernel);
  if (status == SUMI_OK)
    return plan->session->check_numerics ? sumi__tensor_check_step(step) : SUMI_OK;
  if (plan->session->failure_named) return status;
  return sumi__tensor_name_failure(step->kernel.op, status);
}

static sumi_status_t check_fetches(const sumi__tensor_plan_t *plan) {
  for (int i = 0; i < plan->fetch_count; ++i) {
    const sumi__tensor_variable_t *variable = plan->fetches[i].variable;
    if (variable && !variable->array) return fail_uninitialized(variable);
  }
  return SUMI_OK;
}

sumi_status_t sumi__tensor_plan_run_inside(sumi__tensor_plan_t *plan,
                                           const sumi_run_options_t *run) {
  sumi_session_t *session = plan->session;
  if (run->trace) SUMI_TRY(sumi__tensor_trace_begin(run->trace, plan));
  if (plan->has_unshaped_steps) sumi__tensor_unshaped_release(plan);
  if (plan->arena_generation != session->arena_generation) bind_arena(plan);
  if (variables_moved(plan)) bind_variables(plan);
  bind_feeds(plan, run);
  session->failure_named = false;
  sumi_status_t status = SUMI_OK;
  for (int i = 0; i < plan->step_count && status == SUMI_OK; ++i) {
    const int64_t start_ns = run->trace ? sumi_clock_monotonic_ns() : 0;
    status = run_step(plan, &plan->steps[i]);
    if (run->trace && status == SUMI_OK)
      sumi__tensor_trace_step(run->trace, &plan->steps[i], start_ns);
  }
  if (variables_moved(plan)) bind_variables(plan);
  return status == SUMI_OK ? check_fetches(plan) : status;
}

sumi_status_t sumi__tensor_plan_run(sumi__tensor_plan_t *plan, const sumi_run_options_t *run) {
  const int saved_threads = sumi__tensor_threads_begin();
  const sumi_status_t status = sumi__tensor_plan_run_inside(plan, run);
  sumi__tensor_threads_end(saved_threads);
  return status;
}
