/* Steps of nodes that call functions. Their plans are made when they run, for the shapes that they
 * then are called with. */
#include "exec/compile/draft.h"
#include "exec/run/branch.h"
#include "exec/run/loop.h"

/* Constants are read where they are, and variables that a function changes in the session. */
static bool is_fed(const sumi_op_t *op, sumi_tensor_t inside, int input) {
  return inside.op && inside.op->type->def->source != SUMI_SOURCE_CONSTANT &&
         !sumi__tensor_flow_changes(op, input);
}

static sumi_status_t list_feeds(sumi__tensor_plan_t *plan, const sumi_op_t *op,
                                sumi__tensor_called_t *called) {
  const sumi_function_t *function = called->function;
  const sumi__tensor_flow_t *flow = sumi__tensor_flow_of(op);
  const size_t inputs = (size_t)function->input_count;
  called->feeds = sumi__tensor_plan_calloc(plan, inputs, sizeof *called->feeds);
  called->inputs = sumi__tensor_plan_calloc(plan, inputs, sizeof *called->inputs);
  if (!called->feeds || !called->inputs) return SUMI_RESOURCE_EXHAUSTED;
  for (int i = 0; i < function->input_count; ++i) {
    if (!is_fed(op, function->inputs[i], i)) continue;
    if (i <= flow->carried + flow->scanned) called->changing_feeds = called->feed_count + 1;
    called->feeds[called->feed_count].tensor = function->inputs[i];
    called->inputs[called->feed_count++] = i;
  }
  return SUMI_OK;
}

/* Of a loop, stacks that nobody reads are left out; of a branch, whatever it does not have. */
static sumi_status_t list_fetches(sumi__tensor_plan_t *plan, const sumi__tensor_calls_t *calls,
                                  sumi__tensor_called_t *called, int result_count, int first) {
  const sumi_function_t *function = called->function;
  const sumi__tensor_flow_t *flow = calls->flow;
  called->fetches = sumi__tensor_plan_calloc(plan, (size_t)result_count, sizeof *called->fetches);
  called->results = sumi__tensor_plan_calloc(plan, (size_t)result_count, sizeof *called->results);
  if (!called->fetches || !called->results) return SUMI_RESOURCE_EXHAUSTED;
  for (int i = 0; i < result_count; ++i) {
    const bool needed = first < 0 || i < flow->carried || calls->wanted[first + i];
    if (!needed || !function->results[i].op) continue;
    called->fetches[called->fetch_count].tensor = function->results[i];
    called->results[called->fetch_count++] = i;
  }
  return SUMI_OK;
}

static sumi_status_t add_function(sumi__tensor_plan_t *plan, const sumi__tensor_node_t *node,
                                  sumi__tensor_calls_t *calls, int which) {
  sumi__tensor_called_t *called = &calls->functions[which];
  called->function = calls->flow->functions[which];
  if (!called->function) return SUMI_OK;
  SUMI_TRY(list_feeds(plan, node->op, called));
  if (!calls->flow->is_loop) return list_fetches(plan, calls, called, node->output_count, 0);
  if (which == SUMI__TEST) return list_fetches(plan, calls, called, 1, -1);
  return list_fetches(plan, calls, called, node->output_count - 1, 1);
}

sumi_status_t sumi__tensor_call_step(sumi__tensor_draft_t *draft, const sumi__tensor_node_t *node,
                                     sumi__tensor_step_t *step) {
  sumi__tensor_plan_t *plan = draft->plan;
  sumi__tensor_calls_t *calls = sumi__tensor_plan_calloc(plan, 1, sizeof *calls);
  if (!calls) return SUMI_RESOURCE_EXHAUSTED;
  calls->flow = sumi__tensor_flow_of(node->op);
  calls->make = draft->make_call;
  calls->wanted = sumi__tensor_plan_calloc(plan, (size_t)node->output_count, sizeof(bool));
  const int held = calls->flow->is_loop ? node->output_count - 1 : 0;
  calls->held = sumi__tensor_plan_calloc(plan, (size_t)held, sizeof *calls->held);
  if (!calls->wanted || !calls->held) return SUMI_RESOURCE_EXHAUSTED;
  calls->held_count = held;
  for (int i = 0; i < node->output_count; ++i)
    calls->wanted[i] = draft->values[node->first_output + i].outside;
  for (int f = 0; f < SUMI__FLOW_FUNCTIONS; ++f) SUMI_TRY(add_function(plan, node, calls, f));
  calls->next = plan->calls;
  plan->calls = step->calls = calls;
  step->run = calls->flow->is_loop ? sumi__tensor_run_loop : sumi__tensor_run_branch;
  return SUMI_OK;
}
