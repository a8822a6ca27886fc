/* Reductions of any axes: sums, products, extremes, "all" and "any" are one walk over the input
 * with different arithmetic. How the work is divided follows from the shape alone, so results do
 * not depend on the number of threads. */
#ifndef SUMI_KERNELS_REDUCE_H
#define SUMI_KERNELS_REDUCE_H

#include <sumi/op_def.h>

/* The arithmetic of one reduction and dtype. Totals may be wider than elements: float32 is summed
 * in float32 a block at a time and in float64 across blocks. */
typedef struct sumi__tensor_reducer {
  size_t element_bytes, total_bytes, result_bytes;
  /* totals[0, n) = the neutral element */
  void (*start)(void *totals, int64_t n);
  /* total += n consecutive elements */
  void (*run)(const void *x, int64_t n, void *total);
  /* The results of `rows` runs of n elements that lie one behind the other: start, run, finish. */
  void (*rows)(const void *x, int64_t rows, int64_t n, void *results);
  /* totals[j] += the rows elements x[j], x[j + stride], …, for j in [0, width), width at most
   * SUMI__REDUCE_TILE */
  void (*columns)(const void *x, int64_t rows, int64_t stride, int64_t width, void *totals);
  /* totals[j] += more[j] */
  void (*merge)(void *totals, const void *more, int64_t n);
  /* results of totals, each of `count` elements */
  void (*finish)(const void *totals, int64_t n, int64_t count, void *results);
} sumi__tensor_reducer_t;

enum { SUMI__REDUCE_TILE = 256 };

/* Reduces the axes of `dims` in the bit set `axes`, of data at `x`, into `results`. `scratch` has
 * as many bytes as sumi__tensor_reduce_scratch says. */
void sumi__tensor_reduce(const sumi_kernel_t *kernel, const sumi__tensor_reducer_t *reducer,
                         sumi_dims_t dims, unsigned axes, const void *x, void *scratch,
                         void *results);

/* How the elements of a sequence that is reduced to one result are cut: parts, each reduced by
 * itself and merged in order. Parts begin at multiples of SUMI__REDUCE_GRAIN, and a run that is
 * done in pieces of that many elements has the same result as one. */
enum {
  SUMI__REDUCE_GRAIN = 1024,
  SUMI__REDUCE_MOST_PARTS = 64,
  SUMI__REDUCE_TASK = 1 << 15 /* elements worth a part */
};

static inline int64_t sumi__tensor_reduce_parts(int64_t length) {
  const int64_t parts = length / SUMI__REDUCE_TASK;
  return parts < 1 ? 1 : parts < SUMI__REDUCE_MOST_PARTS ? parts : SUMI__REDUCE_MOST_PARTS;
}

static inline int64_t sumi__tensor_reduce_part_begin(int64_t length, int64_t parts, int64_t part) {
  if (part == parts) return length;
  return length / parts * part / SUMI__REDUCE_GRAIN * SUMI__REDUCE_GRAIN;
}

size_t sumi__tensor_reduce_scratch(const sumi__tensor_reducer_t *reducer, sumi_dims_t dims,
                                   unsigned axes);

/* The reducers of an op and dtype; NULL when there is none. */
const sumi__tensor_reducer_t *sumi__tensor_sum_reducer(sumi_dtype_t dtype);
const sumi__tensor_reducer_t *sumi__tensor_mean_reducer(sumi_dtype_t dtype);
const sumi__tensor_reducer_t *sumi__tensor_prod_reducer(sumi_dtype_t dtype);
const sumi__tensor_reducer_t *sumi__tensor_max_reducer(sumi_dtype_t dtype);
const sumi__tensor_reducer_t *sumi__tensor_min_reducer(sumi_dtype_t dtype);
const sumi__tensor_reducer_t *sumi__tensor_all_reducer(sumi_dtype_t dtype);
const sumi__tensor_reducer_t *sumi__tensor_any_reducer(sumi_dtype_t dtype);
const sumi__tensor_reducer_t *
sumi__tensor_half_squares_reducer(sumi_dtype_t dtype); /* sum of x * x / 2 */

#endif
