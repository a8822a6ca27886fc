/* What shape functions and kernels of index-taking ops share: partly known integers, axes, index
 * vectors. */
#ifndef SUMI_OPS_KNOWN_H
#define SUMI_OPS_KNOWN_H

#include "kernels/integers.h"

#include <sumi/op_def.h>

/* ---- In shape functions ---- */

/* Element `element` of integer input `input`; false when it is not known. */
bool sumi__tensor_known_element(const sumi_infer_t *infer, int input, int element, int64_t *value);

/* Sets known_out[output] to one known number, of rank 0. */
void sumi__tensor_know_scalar(sumi_infer_t *infer, int output, int64_t value);

/* Sets known_out[output] to the elements of an int vector that spells `dims`, sizes of -1 unknown;
 * nothing when the rank is unknown. */
void sumi__tensor_know_dims(sumi_infer_t *infer, int output, sumi_dims_t dims);

/* Known elements [begin, begin + count) of input `input`, a vector, become output `output`'s. */
void sumi__tensor_know_part(sumi_infer_t *infer, int output, int input, int begin, int count);

/* Copies input 0's known elements to output 0 where its shape, which is set, has rank 0 or 1. */
void sumi__tensor_know_reshaped(sumi_infer_t *infer);

/* Refuses unless input `input` may have this rank. */
sumi_status_t sumi__tensor_want_rank(const sumi_infer_t *infer, int input, const char *name,
                                     int rank);

/* Refuses an axis outside [-rank, rank); otherwise *index is the axis counted from the front. */
sumi_status_t sumi__tensor_want_axis(const sumi_infer_t *infer, const char *name, int64_t axis,
                                     int rank, int *index);

/* The shape that integer vector `input` spells, none of its sizes negative. Rank unknown when its
 * length is; sizes -1 where its elements are. */
sumi_status_t sumi__tensor_want_dims(const sumi_infer_t *infer, int input, const char *name,
                                     sumi_dims_t *dims);

/* Whether the vector `input` has a known length, and which (at most SUMI_MAX_RANK, or it is
 * refused). */
sumi_status_t sumi__tensor_want_length(const sumi_infer_t *infer, int input, const char *name,
                                       int *length);

/* All elements of input `input`, when a Const node gives them or a run is under way; false
 * otherwise. For what known elements do not hold: matrices, long lists and floating-point
 * numbers. */
bool sumi__tensor_input_value(const sumi_infer_t *infer, int input, sumi_array_view_t *value);

/* a + b, a * b of sizes: -1 when either is unknown; false on overflow. */
bool sumi__tensor_add_sizes(int64_t a, int64_t b, int64_t *sum);
bool sumi__tensor_mul_sizes(int64_t a, int64_t b, int64_t *product);

sumi_dims_t sumi__tensor_dims_of_rank(int rank); /* all sizes unknown */
sumi_dims_t sumi__tensor_vector_dims(int64_t length);

/* ---- In expansions ---- */

/* The attribute `axis` counted from the front, of an input of this rank; false when it is refused:
 * outside [-rank, rank), or from the back where the rank is unknown. */
bool sumi__tensor_build_axis(const sumi_build_t *build, int rank, int *axis);

/* x, of known rank, with two axes in each other's place. */
sumi_tensor_t sumi__tensor_swap_axes(sumi_tensor_t x, int a, int b);

/* ---- In gradients ---- */

void sumi__tensor_grad_pass(sumi_grad_t *grad);         /* dx[0] = dy[0] */
void sumi__tensor_grad_reshape_back(sumi_grad_t *grad); /* dx[0] = dy[0] with the shape of x[0] */

/* ---- In kernels ---- */

/* The axis that scalar `view` names, counted from the front; fails the run when it is outside
 * [-rank, rank). */
sumi_status_t sumi__tensor_kernel_axis(const sumi_kernel_t *kernel, const sumi_array_view_t *view,
                                       int rank, int *axis);

/* Fails the run unless all elements of an integer array are in [low, high). */
sumi_status_t sumi__tensor_check_indices(const sumi_kernel_t *kernel,
                                         const sumi_array_view_t *indices, int64_t low,
                                         int64_t high, const char *name);

#endif
