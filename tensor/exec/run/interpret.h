/* One op, now, on these arrays: for folding and for shapes that are known only while running. */
#ifndef SUMI_EXEC_RUN_INTERPRET_H
#define SUMI_EXEC_RUN_INTERPRET_H

#include "exec/plan/session.h"

/* Computes the op's outputs (data set, shapes right) from its inputs. Allocates scratch. The op has
 * a kernel or a map or is an alias, and touches no variable. Failures have the node in front. */
sumi_status_t sumi__tensor_interpret(sumi_session_t *session, const sumi_op_t *op,
                                     const sumi_array_view_t *in, const sumi_array_view_t *out);

#endif
