/* Shapes of ops on the matrices in the last two axes. */
#ifndef SUMI_OPS_LINALG_H
#define SUMI_OPS_LINALG_H

#include <sumi/op_def.h>

/* Refuses what has no matrices, or none that are square. */
sumi_status_t sumi__tensor_want_matrices(const sumi_infer_t *infer, int input, const char *name,
                                         bool square);

/* out[0] = in[0], square matrices. */
sumi_status_t sumi__tensor_shape_square(sumi_infer_t *infer);

#endif
