/* The step of a branch. */
#ifndef SUMI_EXEC_RUN_BRANCH_H
#define SUMI_EXEC_RUN_BRANCH_H

#include <sumi/op_def.h>

sumi_status_t sumi__tensor_run_branch(const sumi_kernel_t *kernel);

#endif
