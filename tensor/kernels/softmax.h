/* Softmax of the rows of a matrix and the losses made of it; float32 and float64. Each row's result
 * depends on that row alone. Arrays of [rows, classes] unless stated otherwise. */
#ifndef SUMI_KERNELS_SOFTMAX_H
#define SUMI_KERNELS_SOFTMAX_H

#include <sumi/op_def.h>

typedef struct sumi__tensor_softmax {
  sumi_dtype_t dtype;
  int64_t rows, classes;
  const void *logits;
  const void *labels; /* probabilities, for the dense loss */
  const sumi_array_view_t
      *indices; /* int32 or int64, [rows], each in [0, classes), for the sparse loss */
  void *result; /* what the function computes, or the losses' gradients */
  void *loss;   /* [rows] */
} sumi__tensor_softmax_t;

void sumi__tensor_softmax(const sumi_kernel_t *kernel, const sumi__tensor_softmax_t *softmax);
void sumi__tensor_log_softmax(const sumi_kernel_t *kernel, const sumi__tensor_softmax_t *softmax);

/* loss = -sum(labels . log_softmax(logits)), result = softmax(logits) - labels. */
void sumi__tensor_dense_cross_entropy(const sumi_kernel_t *kernel,
                                      const sumi__tensor_softmax_t *softmax);

/* The same with labels that are 1 at one index and 0 elsewhere. */
void sumi__tensor_sparse_cross_entropy(const sumi_kernel_t *kernel,
                                       const sumi__tensor_softmax_t *softmax);

#endif
