/* Work over the rows of matrices, cut by their number alone, so that results are the same for any
 * number of threads. */
#ifndef SUMI_KERNELS_ROWS_H
#define SUMI_KERNELS_ROWS_H

#include <sumi/op_def.h>

/* Calls run(context, first, count) for parts that cover rows [0, rows); a row has `width` elements.
 */
typedef void (*sumi__tensor_rows_fn_t)(void *context, int64_t first, int64_t count);
void sumi__tensor_each_rows(const sumi_kernel_t *kernel, int64_t rows, int64_t width,
                            sumi__tensor_rows_fn_t run, void *context);

/* Adds what rows [first, first + count) contribute to the `values` sums, which start as zeros. */
typedef void (*sumi__tensor_row_sums_fn_t)(const void *context, int64_t first, int64_t count,
                                           double *sums);

/* The sums over all rows, at the start of `scratch`, which has
 * sumi__tensor_row_sums_scratch(values) bytes. The parts' sums are added in order. */
size_t sumi__tensor_row_sums_scratch(int64_t values);
const double *sumi__tensor_row_sums(const sumi_kernel_t *kernel, int64_t rows, int64_t values,
                                    sumi__tensor_row_sums_fn_t add, const void *context,
                                    void *scratch);

#endif
