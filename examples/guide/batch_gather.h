/* Gathering for each element of a batch. */
#ifndef BATCH_GATHER_H
#define BATCH_GATHER_H

#include <sumi/sumi.h>

/* output[i] = gather(tensor[i], indices[i]): tensor [n, m, ...] and indices [n, k]. The tensor's
 * first two axes become one, in which row i begins at i * m. Sizes are tensors here; where they are
 * static, so is the result's shape. */
static inline sumi_tensor_t batch_gather(sumi_tensor_t tensor, sumi_tensor_t indices) {
  sumi_tensor_t sizes = sumi_unstack(sumi_shape(tensor)), flat[SUMI_MAX_RANK];
  sumi_tensor_t n = sumi_output(sizes, 0), m = sumi_output(sizes, 1);
  const int rank = sumi_tensor_dims(tensor).rank;
  flat[0] = sumi_mul(n, m);
  for (int axis = 2; axis < rank; ++axis) flat[axis - 1] = sumi_output(sizes, axis);
  sumi_tensor_t rows = sumi_reshape(tensor, SUMI_LIST(rank - 1, flat));
  sumi_tensor_t starts = sumi_mul(sumi_range(0, n, 1), m);
  return sumi_gather(rows, sumi_add(indices, sumi_expand_dims(starts, 1)));
}

#endif
