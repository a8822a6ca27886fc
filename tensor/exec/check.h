/* What a run is given, looked at by itself. */
#ifndef SUMI_EXEC_CHECK_H
#define SUMI_EXEC_CHECK_H

#include "exec/plan/session.h"

/* Checks every feed, fetch and target of a run by itself: NULLs, other graphs, dtypes, shapes. */
sumi_status_t sumi__tensor_check_run(const sumi_session_t *session, const sumi_run_options_t *run);

/* Lists with a count have a pointer. */
sumi_status_t sumi__tensor_check_lists(const sumi_run_options_t *run);

/* Every fetch has somewhere to go to: not part of a plan's key, so checked by every run. */
sumi_status_t sumi__tensor_check_fetch_pointers(const sumi_run_options_t *run);

#endif
