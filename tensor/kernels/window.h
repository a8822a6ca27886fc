/* Sliding windows along one axis, as convolutions and pools use them: output i covers the input
 * positions i * stride - before + k * dilation for k in [0, size), of which those outside [0, in)
 * are padding. */
#ifndef SUMI_KERNELS_WINDOW_H
#define SUMI_KERNELS_WINDOW_H

#include <sumi/config.h>

typedef struct sumi__tensor_window {
  int64_t in, out, size, stride, dilation;
  int64_t before; /* padding in front */
} sumi__tensor_window_t;

/* The window that TensorFlow's padding SAME (same = true) or VALID gives; `out` is negative when
 * the window does not fit. Source: tensorflow/core/framework/common_shape_fns.cc,
 * GetWindowedOutputSizeVerbose. */
static inline sumi__tensor_window_t
sumi__tensor_window_make(int64_t in, int64_t size, int64_t stride, int64_t dilation, bool same) {
  const int64_t span = (size - 1) * dilation + 1;
  sumi__tensor_window_t window = {in, 0, size, stride, dilation, 0};
  if (same) {
    window.out = (in + stride - 1) / stride;
    const int64_t padding = (window.out - 1) * stride + span - in;
    window.before = padding > 0 ? padding / 2 : 0;
  } else {
    window.out = (in - span + stride) / stride;
  }
  return window;
}

/* The taps [*first, *last) of output `index` that do not lie in the padding. */
static inline void sumi__tensor_window_taps(const sumi__tensor_window_t *window, int64_t index,
                                            int64_t *first, int64_t *last) {
  const int64_t start = index * window->stride - window->before, step = window->dilation;
  *first = start >= 0 ? 0 : (-start + step - 1) / step;
  const int64_t fitting = window->in <= start ? 0 : (window->in - start + step - 1) / step;
  *last = fitting < window->size ? fitting : window->size;
  if (*first > *last) *first = *last;
}

#endif
