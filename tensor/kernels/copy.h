/* Copying boxes of elements between strided layouts: transposes, slices, tiles, pads, splits and
 * concatenations are all one loop. */
#ifndef SUMI_KERNELS_COPY_H
#define SUMI_KERNELS_COPY_H

#include <sumi/op_def.h>

enum { SUMI__BOX_RANK = 2 * SUMI_MAX_RANK }; /* Tile needs two axes for each of its input's */

/* The axes of a box, outermost first. Strides count elements and may be 0 (in the source) or
 * negative. Distinct positions of the box are distinct in the destination. */
typedef struct sumi__tensor_box {
  int rank;
  int64_t size[SUMI__BOX_RANK], to_stride[SUMI__BOX_RANK], from_stride[SUMI__BOX_RANK];
} sumi__tensor_box_t;

/* Row-major strides of a shape, in elements. */
void sumi__tensor_row_major(int rank, const int64_t *size, int64_t *stride);

/* Copies every element of the box; `to` and `from` are the elements at its first position and do
 * not overlap. Large boxes are split over the kernel's threads. */
void sumi__tensor_copy_box(const sumi_kernel_t *kernel, size_t element_bytes,
                           const sumi__tensor_box_t *box, void *to, const void *from);

/* One element of that dtype (not a string) from a number; `to` has room for 8 bytes. */
void sumi__tensor_store(sumi_dtype_t dtype, double value, void *to);

/* count elements equal to the one at `value`. */
void sumi__tensor_fill(size_t element_bytes, int64_t count, void *to, const void *value);

#endif
