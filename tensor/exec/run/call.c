#include "exec/run/call.h"

#include "exec/run/run.h"

void sumi__tensor_hand_captured(const sumi_kernel_t *kernel, sumi__tensor_called_t *called) {
  for (int i = called->changing_feeds; i < called->feed_count; ++i) {
    const sumi_array_view_t *in = &kernel->in[called->inputs[i]];
    sumi__tensor_hand(called, i, sumi_dims_make(in->rank, in->dims), in->data);
  }
}

static sumi_status_t find_plan(const sumi_kernel_t *kernel, sumi__tensor_called_t *called,
                               const sumi_run_options_t *run, sumi__tensor_plan_t **plan) {
  for (int i = 0; i < called->plan_count; ++i) {
    *plan = called->plans[i];
    if (sumi__tensor_key_matches(&(*plan)->key, run)) return SUMI_OK;
  }
  SUMI_TRY(sumi__tensor_step_of(kernel)->calls->make(kernel->session, called, plan));
  if (called->plan_count < SUMI__MAX_CALLED_PLANS) ++called->plan_count;
  sumi__tensor_plan_t **place = &called->plans[called->next_plan];
  sumi__tensor_plan_free(*place);
  *place = *plan;
  called->next_plan = (called->next_plan + 1) % SUMI__MAX_CALLED_PLANS;
  return SUMI_OK;
}

sumi_status_t sumi__tensor_call(const sumi_kernel_t *kernel, sumi__tensor_called_t *called,
                                sumi__tensor_plan_t **plan) {
  const sumi_run_options_t run = sumi__tensor_called_run(called);
  SUMI_TRY(find_plan(kernel, called, &run, plan));
  return sumi__tensor_plan_run_inside(*plan, &run);
}
