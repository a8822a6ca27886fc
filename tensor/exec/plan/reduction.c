/* Which reductions a group may end in. */
#include "exec/plan/group.h"
#include "kernels/reduce.h"

enum { GRAIN = 64, LONGEST_ROW = 2048 };

/* Rows of consecutive elements: all reduced axes stand behind all kept ones. */
static bool find_rows(sumi_dims_t dims, unsigned axes, sumi__tensor_reduction_t *reduction) {
  reduction->rows = reduction->length = 1;
  for (int axis = 0; axis < dims.rank; ++axis) {
    if (dims.size[axis] == 1) continue;
    if (axes >> axis & 1u)
      reduction->length *= dims.size[axis];
    else if (reduction->length > 1)
      return false;
    else
      reduction->rows *= dims.size[axis];
  }
  return reduction->length > 1 && reduction->rows > 0;
}

bool sumi__tensor_find_reduction(const sumi_op_def_t *def, sumi_dtype_t dtype, sumi_dims_t dims,
                                 unsigned axes, sumi__tensor_reduction_t *reduction) {
  reduction->reducer = def->reducer ? def->reducer(dtype) : NULL;
  return reduction->reducer && find_rows(dims, axes, reduction) &&
         sumi__tensor_reduction_grain(reduction) > 0;
}

/* Blocks hold whole rows. A single row is cut where the reduction by itself cuts it. */
int64_t sumi__tensor_reduction_grain(const sumi__tensor_reduction_t *reduction) {
  if (reduction->rows == 1) return SUMI__REDUCE_GRAIN;
  int64_t grain = reduction->length; /* the least common multiple with GRAIN, a power of two */
  for (int64_t left = GRAIN; left > 1 && grain % GRAIN != 0; left /= 2) grain *= 2;
  return grain <= LONGEST_ROW ? grain : 0;
}
