#include "kernels/softmax.h"

#include "kernels/rows.h"
#include "kernels/vmath.h"

#include <math.h>

enum { LANES = 8, BLOCK = 256 };

static int64_t label_of(const sumi__tensor_softmax_t *s, int64_t row) {
  return s->indices->dtype == SUMI_INT32 ? ((const int32_t *)s->indices->data)[row]
                                         : ((const int64_t *)s->indices->data)[row];
}

static void exp_doubles(int64_t count, const double *x, double *y) {
  for (int64_t i = 0; i < count; ++i) y[i] = exp(x[i]);
}

#define T        float
#define NAME(f)  f##_float32
#define EXP_MANY sumi__tensor_vexp
#include "kernels/softmax_typed.h"
#undef T
#undef NAME
#undef EXP_MANY
#define T        double
#define NAME(f)  f##_float64
#define EXP_MANY exp_doubles
#include "kernels/softmax_typed.h"
#undef T
#undef NAME
#undef EXP_MANY

static void run(const sumi_kernel_t *kernel, const sumi__tensor_softmax_t *softmax,
                sumi__tensor_rows_fn_t single, sumi__tensor_rows_fn_t twice) {
  sumi__tensor_softmax_t s = *softmax;
  if (s.rows > 0 && s.classes > 0)
    sumi__tensor_each_rows(kernel, s.rows, s.classes, s.dtype == SUMI_FLOAT32 ? single : twice, &s);
}

void sumi__tensor_softmax(const sumi_kernel_t *kernel, const sumi__tensor_softmax_t *softmax) {
  run(kernel, softmax, softmax_rows_float32, softmax_rows_float64);
}

void sumi__tensor_log_softmax(const sumi_kernel_t *kernel, const sumi__tensor_softmax_t *softmax) {
  run(kernel, softmax, log_softmax_rows_float32, log_softmax_rows_float64);
}

void sumi__tensor_dense_cross_entropy(const sumi_kernel_t *kernel,
                                      const sumi__tensor_softmax_t *softmax) {
  run(kernel, softmax, dense_rows_float32, dense_rows_float64);
}

void sumi__tensor_sparse_cross_entropy(const sumi_kernel_t *kernel,
                                       const sumi__tensor_softmax_t *softmax) {
  run(kernel, softmax, sparse_rows_float32, sparse_rows_float64);
}
