/* Images of another size: each row and each column of the result is a weighted sum of a few of the
 * original's. Source: tensorflow/core/kernels/image/resize_bilinear_op.cc, resize_bicubic_op.cc,
 * resize_nearest_neighbor_op.cc, image_resizer_state.h; positions are float32, as there. */
#ifndef SUMI_KERNELS_RESAMPLE_H
#define SUMI_KERNELS_RESAMPLE_H

#include <sumi/op_def.h>

typedef enum sumi__tensor_resampling {
  SUMI__RESAMPLE_NEAREST,
  SUMI__RESAMPLE_BILINEAR,
  SUMI__RESAMPLE_BICUBIC
} sumi__tensor_resampling_t;

typedef struct sumi__tensor_resample {
  sumi__tensor_resampling_t method;
  bool align_corners;      /* the corners of both are at the same places, else their edges */
  bool half_pixel_centers; /* a pixel is at its middle, else at its first corner */
  sumi_dtype_t dtype;
  int64_t images, channels, rows, columns; /* of the original */
  int64_t out_rows, out_columns;
} sumi__tensor_resample_t;

size_t sumi__tensor_resample_scratch(const sumi__tensor_resample_t *resample);

/* out = in, resized. Any number type for NEAREST, else floats. */
void sumi__tensor_resample(const sumi_kernel_t *kernel, const sumi__tensor_resample_t *resample,
                           const void *in, void *out);

/* The adjoint, for gradients: what each pixel of `grad`, which has the size of results, gave to
 * those it was made of. Floats only. */
void sumi__tensor_resample_back(const sumi_kernel_t *kernel,
                                const sumi__tensor_resample_t *resample, const void *grad,
                                void *out);

#endif
