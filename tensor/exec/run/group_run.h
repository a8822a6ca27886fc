/* Passes of groups over their data. */
#ifndef SUMI_EXEC_RUN_GROUP_RUN_H
#define SUMI_EXEC_RUN_GROUP_RUN_H

#include "exec/plan/group.h"

/* One pass; `memory` has threads * thread_bytes bytes, aligned. Fails, with the node named, where a
 * member refuses elements. */
sumi_status_t sumi__tensor_group_run(const sumi__tensor_group_t *group, void *memory,
                                     sumi_session_t *session);

#endif
