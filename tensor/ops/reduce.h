/* Shapes of ops that reduce the axes listed by their second input. */
#ifndef SUMI_OPS_REDUCE_H
#define SUMI_OPS_REDUCE_H

#include <sumi/op_def.h>

/* The axes that input 1 lists, as a bit set; *known is false when they or the rank are not known.
 * Refuses axes out of range or listed twice. */
sumi_status_t sumi__tensor_known_axes(const sumi_infer_t *infer, int rank, unsigned *axes,
                                      bool *known);

/* out[0] = in[0] without those axes, or with size 1 there when the attribute keep_dims says so. */
sumi_status_t sumi__tensor_shape_reduced(sumi_infer_t *infer);

#endif
