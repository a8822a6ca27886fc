/* Elements of small integer tensors, which shape functions look at: sizes, axes, positions. */
#ifndef SUMI_EXEC_PLAN_KNOWN_H
#define SUMI_EXEC_PLAN_KNOWN_H

#include <sumi/op_def.h>

/* Whether a tensor is one: a scalar or a short vector of integers. */
bool sumi__tensor_may_be_known(sumi_dtype_t dtype, sumi_dims_t dims);

/* All of its elements; not valid for other tensors, and where `data` is NULL. */
sumi_known_t sumi__tensor_known_of(sumi_dtype_t dtype, sumi_dims_t dims, const void *data);

#endif
