/* Steps whose shapes are known only while running: they infer, allocate and run. */
#ifndef SUMI_EXEC_RUN_UNSHAPED_H
#define SUMI_EXEC_RUN_UNSHAPED_H

#include <sumi/op_def.h>

/* What the kernel of such a step sees: its inputs as they are now. */
void sumi__tensor_look_at_inputs(const sumi_kernel_t *kernel);

/* Whether the plan has a place for the output. */
bool sumi__tensor_is_placed(const sumi_kernel_t *kernel, int index);

/* Memory for an output of this shape, whether the plan has a place for it or not; what was planned
 * otherwise is refused. */
sumi_status_t sumi__tensor_hold_output(const sumi_kernel_t *kernel, int index, sumi_dims_t dims);

/* An op of which an input had no shape when the plan was made, and one that makes its outputs
 * itself. */
sumi_status_t sumi__tensor_run_unshaped(const sumi_kernel_t *kernel);
sumi_status_t sumi__tensor_run_dynamic(const sumi_kernel_t *kernel);

#endif
