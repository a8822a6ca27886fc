/* The step of a loop. */
#ifndef SUMI_EXEC_RUN_LOOP_H
#define SUMI_EXEC_RUN_LOOP_H

#include <sumi/op_def.h>

sumi_status_t sumi__tensor_run_loop(const sumi_kernel_t *kernel);

#endif
