/* From the graph to a plan. */
#ifndef SUMI_EXEC_COMPILE_COMPILE_H
#define SUMI_EXEC_COMPILE_COMPILE_H

#include "exec/plan/session.h"

/* The plan of a run; the feeds have been checked. */
sumi_status_t sumi__tensor_plan_make(sumi_session_t *session, const sumi_run_options_t *run,
                                     sumi__tensor_plan_t **plan);

#endif
