/* Symbolic gradients: they are nodes of the graph themselves, so gradients of gradients exist. */
#ifndef SUMI_GRADIENTS_H
#define SUMI_GRADIENTS_H

#include <sumi/graph.h>

SUMI_BEGIN_DECLS

typedef struct sumi_gradients_options {
  size_t struct_size SUMI_UNSET;     /* filled in by the macros; see <sumi/options.h> */
  sumi_tensors_t grad_ys SUMI_UNSET; /* one for each y, of its shape; default ones */
} sumi_gradients_options_t;

/** Fills dxs[i] with the gradient of sum_k(grad_ys[k] . ys[k]) with respect to xs[i]: a tensor of
 * xs[i]'s shape, or the null tensor when no y depends on it. An x may be any tensor; a variable
 * stands for all reads of it. ys and xs belong to one graph. Refusals (an op without a gradient on
 * the way, a gradient of a wrong shape) are the graph's. Gradients do not flow through integers,
 * stop_gradient and comparisons. */
#define sumi_gradients(ys, xs, ...) SUMI__GRADIENTS(ys, xs, __VA_ARGS__, )
#define SUMI__GRADIENTS(ys, xs, dxs, ...)                                                          \
  sumi_gradients_with(ys, xs, dxs, SUMI_OPTIONS(sumi_gradients_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_gradients_with(sumi_tensors_t ys, sumi_tensors_t xs, sumi_tensor_t *dxs,
                                           const sumi_gradients_options_t *options);

/* ---- Slices: gradients of which most rows are 0 (tf.IndexedSlices) ----
 * The gradient of a gather along axis 0, as of sumi_embedding_lookup, is slices: rows, and where
 * they belong. It is a tensor as any other, dense to whoever uses it as one; optimizers, clipping
 * and sumi_global_norm see the slices and never make it dense. */

/** What stands behind a tensor that is slices: row indices[i] of `rows` receives values[i]; rows
 * that are meant several times receive the sum. */
typedef struct sumi_slices {
  sumi_tensor_t values, indices, rows;
} sumi_indexed_slices_t;

/** Fills *slices; false when the tensor is not slices. */
SUMI_API bool sumi_slices_of(sumi_tensor_t tensor, sumi_indexed_slices_t *slices);

/** A tensor that is slices, for gradients of ops that a program registers: values of shape (n, …),
 * indices of shape (n), `rows` a scalar: the first size of the tensor. */
SUMI_API sumi_tensor_t sumi_indexed_slices(sumi_tensor_t values, sumi_tensor_t indices,
                                           sumi_tensor_t rows);

SUMI_END_DECLS
#endif
