/* Two-dimensional convolutions of NHWC images with HWIO filters, and their two derivatives. Two
 * implementations: our own (columns of patches and BLAS) for every case, oneDNN for the cases that
 * it does faster. */
#ifndef SUMI_KERNELS_CONV_H
#define SUMI_KERNELS_CONV_H

#include <sumi/op_def.h>

#include "kernels/window.h"

/* images [images, rows.in, columns.in, in_channels], filter [rows.size, columns.size, in_channels,
 * out_channels], output [images, rows.out, columns.out, out_channels]. All members are int64_t:
 * equal bytes are equal geometries. */
typedef struct sumi__conv {
  int64_t images, in_channels, out_channels;
  sumi__window_t rows, columns;
} sumi__conv_t;

/* Which of the three arrays is computed from the other two. */
typedef enum sumi__conv_pass {
  SUMI__CONV_OUTPUT, /* output = images * filter */
  SUMI__CONV_IMAGES, /* the gradient of the images: the transposed map from output to images */
  SUMI__CONV_FILTER  /* the gradient of the filter */
} sumi__conv_pass_t;

/* Dense arrays; the one the pass computes is written, the others are read. */
typedef struct sumi__conv_arrays {
  void *images, *filter, *output;
} sumi__conv_arrays_t;

/* The pass by the faster implementation. Every implementation splits the work by the geometry
 * alone, so the result is the same for any number of threads. kernel->scratch has the bytes that
 * the scratch function returned. */
size_t sumi__conv_scratch(const sumi__conv_t *conv, sumi__conv_pass_t pass, sumi_dtype_t dtype);
sumi_status_t sumi__conv_run(const sumi_kernel_t *kernel, const sumi__conv_t *conv,
                             sumi__conv_pass_t pass, sumi_dtype_t dtype,
                             const sumi__conv_arrays_t *arrays);

/* Our own; float32 and float64. */
SUMI_API size_t sumi__conv_im2col_scratch(const sumi__conv_t *conv, sumi__conv_pass_t pass,
                                          sumi_dtype_t dtype);
SUMI_API void sumi__conv_im2col(const sumi_kernel_t *kernel, const sumi__conv_t *conv,
                                sumi__conv_pass_t pass, sumi_dtype_t dtype,
                                const sumi__conv_arrays_t *arrays);

/* oneDNN; float32. The scratch function returns false when oneDNN is not built in or is not the
 * faster one; then sumi__conv_onednn must not be called. */
SUMI_API bool sumi__conv_onednn_scratch(const sumi__conv_t *conv, sumi__conv_pass_t pass,
                                        size_t *bytes);
SUMI_API sumi_status_t sumi__conv_onednn(const sumi_kernel_t *kernel, const sumi__conv_t *conv,
                                         sumi__conv_pass_t pass, const sumi__conv_arrays_t *arrays);

static inline int64_t sumi__conv_image_size(const sumi__conv_t *conv) {
  return conv->rows.in * conv->columns.in * conv->in_channels;
}

static inline int64_t sumi__conv_filter_size(const sumi__conv_t *conv) {
  return conv->rows.size * conv->columns.size * conv->in_channels * conv->out_channels;
}

static inline int64_t sumi__conv_output_pixels(const sumi__conv_t *conv) {
  return conv->rows.out * conv->columns.out;
}

#endif
