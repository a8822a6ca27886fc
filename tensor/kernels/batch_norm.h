/* Kernels of FusedBatchNorm and its gradient, on rows of channels; float32 and float64. Inputs,
 * outputs and attributes are those of the ops. */
#ifndef SUMI_KERNELS_BATCH_NORM_H
#define SUMI_KERNELS_BATCH_NORM_H

#include <sumi/op_def.h>

size_t sumi__tensor_batch_norm_scratch(const sumi_kernel_t *kernel);
sumi_status_t sumi__tensor_batch_norm(const sumi_kernel_t *kernel);
sumi_status_t sumi__tensor_batch_norm_grad(const sumi_kernel_t *kernel);

#endif
