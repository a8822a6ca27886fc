/* Steps whose shapes are known only while running: they infer, allocate and run. */
#ifndef SUMI_EXEC_RUN_UNSHAPED_H
#define SUMI_EXEC_RUN_UNSHAPED_H

#include <sumi/op_def.h>

/* An op of which an input had no shape when the plan was made, and one that makes its outputs
 * itself. */
sumi_status_t sumi__tensor_run_unshaped(const sumi_kernel_t *kernel);
sumi_status_t sumi__tensor_run_dynamic(const sumi_kernel_t *kernel);

#endif
