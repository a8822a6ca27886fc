/* Rows of a variable that are updated once each. Source: TensorFlow 1.15
 * python/training/optimizer.py, _deduplicate_indexed_slices. */
#include "train/optimizer.h"

#include <sumi/ops.h>

sumi_indexed_slices_t sumi__tensor_different_rows(sumi_indexed_slices_t slices) {
  const sumi_tensor_t different = sumi_unique(slices.indices);
  if (!different.op) return slices;
  const sumi_tensor_t count = sumi_gather(sumi_shape(different), 0);
  return (sumi_indexed_slices_t){
      .values = sumi_unsorted_segment_sum(slices.values, sumi_op_output(different.op, 1), count),
      .indices = different,
      .rows = slices.rows};
}
