/* Sessions that stop at the first value that is not finite. */
#ifndef SUMI_EXEC_RUN_CHECK_NUMERICS_H
#define SUMI_EXEC_RUN_CHECK_NUMERICS_H

#include "exec/plan/session.h"

/* After a step that has run: fails, naming the node with its inputs, when it made a NaN or an
 * infinity or put one into a variable. */
sumi_status_t sumi__tensor_check_step(const sumi__tensor_step_t *step);

#endif
