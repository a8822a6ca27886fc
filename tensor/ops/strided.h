/* The index arithmetic of StridedSlice: x[begin:end:stride, …, newaxis, i]. */
#ifndef SUMI_OPS_STRIDED_H
#define SUMI_OPS_STRIDED_H

#include <sumi/op_def.h>

/* begin, end and strides, one entry for each place in the index; the masks of the op say what a
 * place stands for. */
enum { SUMI__BEGIN, SUMI__END, SUMI__STRIDE, SUMI__INDEX_VECTORS };

typedef struct sumi__tensor_index {
  int count; /* places */
  bool has[SUMI__INDEX_VECTORS][SUMI_MAX_RANK];
  int64_t value[SUMI__INDEX_VECTORS][SUMI_MAX_RANK];
  int64_t begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask;
} sumi__tensor_index_t;

/* What it selects. Along each input axis: elements begin, begin + stride, …, `size` of them (-1:
 * not known). */
typedef struct sumi__tensor_selection {
  int in_rank;
  int64_t begin[SUMI_MAX_RANK], stride[SUMI_MAX_RANK], size[SUMI_MAX_RANK];
  bool known[SUMI_MAX_RANK]; /* begin, stride and size are */
  sumi_dims_t out;           /* without shrunk axes, with new ones */
} sumi__tensor_selection_t;

void sumi__tensor_index_masks(const sumi_op_t *op, sumi__tensor_index_t *index);

/* INVALID_ARGUMENT (sumi_fail) for an index that a tensor of shape `in` (rank known) does not
 * have. */
sumi_status_t sumi__tensor_select(const sumi__tensor_index_t *index, sumi_dims_t in,
                                  sumi__tensor_selection_t *selection);

#endif
