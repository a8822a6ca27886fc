/* Two-dimensional convolutions of NHWC images with HWIO filters, and their two derivatives. Three
 * implementations: columns of patches and BLAS for every case; loops over the images as they lie,
 * and oneDNN, for the cases that they do faster. */
#ifndef SUMI_KERNELS_CONV_H
#define SUMI_KERNELS_CONV_H

#include <sumi/op_def.h>

#include "kernels/window.h"

/* images [images, rows.in, columns.in, in_channels], filter [rows.size, columns.size, in_channels,
 * out_channels], output [images, rows.out, columns.out, out_channels]. All members are int64_t:
 * equal bytes are equal geometries. */
typedef struct sumi__tensor_conv {
  int64_t images, in_channels, out_channels;
  sumi__tensor_window_t rows, columns;
} sumi__tensor_conv_t;

/* Which of the three arrays is computed from the other two. */
typedef enum sumi__tensor_conv_pass {
  SUMI__CONV_OUTPUT, /* output = images * filter */
  SUMI__CONV_IMAGES, /* the gradient of the images: the transposed map from output to images */
  SUMI__CONV_FILTER  /* the gradient of the filter */
} sumi__tensor_conv_pass_t;

/* Dense arrays; the one the pass computes is written, the others are read. */
typedef struct sumi__tensor_conv_arrays {
  void *images, *filter, *output;
} sumi__tensor_conv_arrays_t;

/* The pass by the faster implementation. Every implementation splits the work by the geometry
 * alone, so the result is the same for any number of threads. kernel->scratch has the bytes that
 * the scratch function returned. */
size_t sumi__tensor_conv_scratch(const sumi__tensor_conv_t *conv, sumi__tensor_conv_pass_t pass,
                                 sumi_dtype_t dtype);
sumi_status_t sumi__tensor_conv_run(const sumi_kernel_t *kernel, const sumi__tensor_conv_t *conv,
                                    sumi__tensor_conv_pass_t pass, sumi_dtype_t dtype,
                                    const sumi__tensor_conv_arrays_t *arrays);

/* Columns of patches and BLAS; float32 and float64. */
size_t sumi__tensor_conv_im2col_scratch(const sumi__tensor_conv_t *conv,
                                        sumi__tensor_conv_pass_t pass, sumi_dtype_t dtype);
void sumi__tensor_conv_im2col(const sumi_kernel_t *kernel, const sumi__tensor_conv_t *conv,
                              sumi__tensor_conv_pass_t pass, sumi_dtype_t dtype,
                              const sumi__tensor_conv_arrays_t *arrays);

/* Blocks in registers; float32. The scratch function returns false where columns are faster; then
 * sumi__tensor_conv_direct must not be called. */
bool sumi__tensor_conv_direct_scratch(const sumi__tensor_conv_t *conv,
                                      sumi__tensor_conv_pass_t pass, size_t *bytes);
void sumi__tensor_conv_direct(const sumi_kernel_t *kernel, const sumi__tensor_conv_t *conv,
                              sumi__tensor_conv_pass_t pass,
                              const sumi__tensor_conv_arrays_t *arrays);

/* oneDNN; float32. The scratch function returns false when oneDNN is not built in or is not the
 * faster one; then sumi__tensor_conv_onednn must not be called. */
bool sumi__tensor_conv_onednn_scratch(const sumi__tensor_conv_t *conv,
                                      sumi__tensor_conv_pass_t pass, size_t *bytes);
sumi_status_t sumi__tensor_conv_onednn(const sumi_kernel_t *kernel, const sumi__tensor_conv_t *conv,
                                       sumi__tensor_conv_pass_t pass,
                                       const sumi__tensor_conv_arrays_t *arrays);

static inline int64_t sumi__tensor_conv_image_size(const sumi__tensor_conv_t *conv) {
  return conv->rows.in * conv->columns.in * conv->in_channels;
}

static inline int64_t sumi__tensor_conv_filter_size(const sumi__tensor_conv_t *conv) {
  return conv->rows.size * conv->columns.size * conv->in_channels * conv->out_channels;
}

static inline int64_t sumi__tensor_conv_output_pixels(const sumi__tensor_conv_t *conv) {
  return conv->rows.out * conv->columns.out;
}

#endif
