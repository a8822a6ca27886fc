/* Lists of coordinates: the last axis of an integer array holds the first coordinates of a place in
 * another. */
#ifndef SUMI_OPS_COORDINATES_H
#define SUMI_OPS_COORDINATES_H

#include "kernels/integers.h"

#include <sumi/op_def.h>

typedef struct sumi__tensor_coordinates {
  const sumi_array_view_t *indices;
  int depth;                     /* coordinates of each place */
  int64_t count;                 /* places that are listed */
  int64_t inner, places;         /* elements behind a place, and how many places there are */
  int64_t stride[SUMI_MAX_RANK]; /* of the first `depth` axes, in places */
} sumi__tensor_coordinates_t;

/* The list `indices` over an array of shape `dims`; fails the run, naming the first, when a place
 * is outside of it. */
sumi_status_t sumi__tensor_coordinates(const sumi_kernel_t *kernel,
                                       const sumi_array_view_t *indices, const char *name,
                                       sumi_dims_t dims, sumi__tensor_coordinates_t *coordinates);

/* The row-major number of place `index` of the list. */
static inline int64_t sumi__tensor_coordinates_row(const sumi__tensor_coordinates_t *coordinates,
                                                   int64_t index) {
  int64_t row = 0;
  for (int k = 0; k < coordinates->depth; ++k)
    row += coordinates->stride[k] *
           sumi__tensor_view_int(coordinates->indices, index * coordinates->depth + k);
  return row;
}

#endif
