/* Rows that are sent to numbered places, where those that meet are combined: segment sums,
 * scatters. */
#ifndef SUMI_KERNELS_COMBINE_ROWS_H
#define SUMI_KERNELS_COMBINE_ROWS_H

#include <sumi/op_def.h>

typedef enum sumi__tensor_combine {
  SUMI__COMBINE_ADD,
  SUMI__COMBINE_SUB,
  SUMI__COMBINE_MAX,
  SUMI__COMBINE_MIN
} sumi__tensor_combine_t;

/* Row i of `from`, `inner` elements, goes to row ids[i] of `to`; rows with a negative number are
 * dropped. */
typedef struct sumi__tensor_sent_rows {
  const sumi_array_view_t *ids; /* int32 or int64, all below `places` */
  sumi_dtype_t dtype;           /* a number's */
  const void *from;
  void *to;
  int64_t inner, places;
} sumi__tensor_sent_rows_t;

/* to[ids[i]] = to[ids[i]] combined with from[i], in the order of the rows, so that results are the
 * same for any number of threads. Integers wrap around. */
void sumi__tensor_combine_rows(const sumi_kernel_t *kernel, sumi__tensor_combine_t how,
                               const sumi__tensor_sent_rows_t *rows);

/* What a combination starts from: 0 for sums, the least and the largest number for maxima and
 * minima. Fills `count` elements. */
void sumi__tensor_fill_neutral(sumi__tensor_combine_t how, sumi_dtype_t dtype, int64_t count,
                               void *to);

#endif
