/* Filling a trace while a plan runs. */
#ifndef SUMI_EXEC_RUN_TRACE_H
#define SUMI_EXEC_RUN_TRACE_H

#include "exec/plan/session.h"

/* Empties the trace and makes room for all steps of the plan. */
sumi_status_t sumi__tensor_trace_begin(sumi_trace_t *trace, const sumi__tensor_plan_t *plan);

/* A step that began at `start_ns` (monotonic) and has just ended. */
void sumi__tensor_trace_step(sumi_trace_t *trace, const sumi__tensor_step_t *step,
                             int64_t start_ns);

#endif
