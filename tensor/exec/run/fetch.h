/* Results on their way to the caller. */
#ifndef SUMI_EXEC_RUN_FETCH_H
#define SUMI_EXEC_RUN_FETCH_H

#include "exec/plan/session.h"

/* Scalar fetches have one element, as far as the plan knows. */
sumi_status_t sumi__tensor_check_fetch_counts(const sumi__tensor_plan_t *plan,
                                              const sumi_run_options_t *run);

/* What fetch `index` of the plan's last run is, until the next. */
sumi_array_view_t sumi__tensor_fetched(const sumi__tensor_plan_t *plan, int index);

/* Copies fetched values to where the caller wants them. */
sumi_status_t sumi__tensor_deliver(const sumi__tensor_plan_t *plan, const sumi_run_options_t *run);

#endif
