/* From a plan to results. */
#ifndef SUMI_EXEC_RUN_RUN_H
#define SUMI_EXEC_RUN_RUN_H

#include "exec/plan/session.h"

/* Runs the steps on these feeds; fetches' views are valid until the next run. */
sumi_status_t sumi__tensor_plan_run(sumi__tensor_plan_t *plan, const sumi_run_options_t *run);

/* The same while another run lasts: a function that one of its steps calls. */
sumi_status_t sumi__tensor_plan_run_inside(sumi__tensor_plan_t *plan,
                                           const sumi_run_options_t *run);
#endif
