/* Maxima of windows and where they were. Source of names and semantics: TensorFlow
 * core/ops/nn_ops.cc, core/kernels/maxpooling_op.cc. */
#include "kernels/map.h"
#include "kernels/window.h"
#include "ops/known.h"
#include "ops/window_attrs.h"

#include <sumi/ops.h>

static sumi_status_t argmax_shape(sumi_infer_t *infer) {
  sumi__tensor_spatial_t size, stride;
  sumi_dims_t out = infer->in[0];
  SUMI_TRY(sumi__tensor_want_spatial(infer, "ksize", &size));
  SUMI_TRY(sumi__tensor_want_spatial(infer, "strides", &stride));
  SUMI_TRY(sumi__tensor_want_rank(infer, 0, "input", 4));
  if (out.rank == SUMI_UNKNOWN_RANK) out = sumi__tensor_dims_of_rank(4);
  SUMI_TRY(sumi__tensor_want_windows(infer, "rows", out.size[1], size.rows, stride.rows, 1,
                                     &out.size[1]));
  SUMI_TRY(sumi__tensor_want_windows(infer, "columns", out.size[2], size.columns, stride.columns, 1,
                                     &out.size[2]));
  infer->out[0] = infer->out[1] = out;
  return SUMI_OK;
}

typedef struct job {
  const sumi_kernel_t *kernel;
  sumi__tensor_window_t rows, columns;
  int64_t channels;
  bool with_image; /* positions count the images before */
} job_t;

/* One row of results: the first of equal maxima, and its position among rows, columns and channels.
 */
#define ARGMAX_ROW(C, dtype, DTYPE, V, ...)                                                        \
  static void row_##dtype(void *context, int64_t row) {                                            \
    const job_t *job = context;                                                                    \
    const sumi__tensor_window_t *down = &job->rows, *across = &job->columns;                       \
    const int64_t image = row / down->out, size = down->in * across->in * job->channels;           \
    const C *x = (const C *)job->kernel->in[0].data + image * size;                                \
    int64_t top, bottom;                                                                           \
    sumi__tensor_window_taps(down, row % down->out, &top, &bottom);                                \
    for (int64_t i = 0; i < across->out * job->channels; ++i) {                                    \
      const int64_t place = i / job->channels, c = i % job->channels;                              \
      int64_t left, right, best = -1;                                                              \
      sumi__tensor_window_taps(across, place, &left, &right);                                      \
      for (int64_t k = top; k < bottom; ++k)                                                       \
        for (int64_t l = left; l < right; ++l) {                                                   \
          const int64_t y = row % down->out * down->stride - down->before + k;                     \
          const int64_t at =                                                                       \
              (y * across->in + place * across->stride - across->before + l) * job->channels + c;  \
          if (best < 0 || x[at] > x[best]) best = at;                                              \
        }                                                                                          \
      const int64_t to = row * across->out * job->channels + i;                                    \
      ((C *)sumi_kernel_out(job->kernel, 0))[to] = x[best];                                        \
      sumi__tensor_put_int(&job->kernel->out[1], to, best + (job->with_image ? image * size : 0)); \
    }                                                                                              \
  }
SUMI__SIGNED(ARGMAX_ROW, )

static sumi_status_t argmax_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *in = &kernel->in[0];
  const sumi__tensor_spatial_t size = sumi__tensor_spatial_attr(kernel->op, "ksize"),
                               stride = sumi__tensor_spatial_attr(kernel->op, "strides");
  job_t job = {
      .kernel = kernel,
      .rows = sumi__tensor_op_window(kernel->op, in->dims[1], size.rows, stride.rows, 1),
      .columns = sumi__tensor_op_window(kernel->op, in->dims[2], size.columns, stride.columns, 1),
      .channels = in->dims[3],
      .with_image = sumi_attr_bool(kernel->op, "include_batch_in_index")};
#define RUN(C, dtype, DTYPE, V, ...)                                                               \
  case SUMI_##DTYPE:                                                                               \
    sumi_kernel_parallel(kernel, in->dims[0] * job.rows.out, row_##dtype, &job);                   \
    break;
  switch (in->dtype) {
    SUMI__SIGNED(RUN, )
  default: break;
  }
#undef RUN
  return SUMI_OK;
}

/* Each result's gradient goes to where it was; a pixel may be the maximum of several windows. */
static void argmax_grad(sumi_grad_t *grad) {
  const sumi_tensor_t x = grad->x[0], shape = sumi_shape(x), all = sumi_size(x);
  sumi_tensor_t at = grad->y[1];
  if (!sumi_attr_bool(grad->op, "include_batch_in_index")) {
    const sumi_tensor_t images = sumi_index(shape, "0");
    const sumi_tensor_t size = sumi_reduce_prod(sumi_index(shape, "1:"));
    const sumi_tensor_t starts = sumi_mul(sumi_range(0, images, 1), size);
    at = sumi_add(
        at, sumi_reshape(sumi_cast(starts, sumi_tensor_dtype(at)), SUMI_SHAPE(images, 1, 1, 1)));
  }
  const sumi_tensor_t dx = sumi_unsorted_segment_sum(sumi_reshape(grad->dy[0], SUMI_SHAPE(-1)),
                                                     sumi_reshape(at, SUMI_SHAPE(-1)), all);
  grad->dx[0] = sumi_reshape(dx, SUMI_TENSORS(shape));
}

SUMI_OP(MaxPoolWithArgmax,
        "input: T | ksize: ints, strides: ints, Targmax: type = int64, padding: {SAME, VALID}, "
        "include_batch_in_index: bool = false -> output: T, argmax: Targmax ; "
        "T: float32 float64 int32 int64, Targmax: int32 int64",
        .doc = "The maxima of windows; output 1 says where each stood: (row * columns + column) * "
               "channels + channel, of equal ones the first.",
        .shape = argmax_shape, .kernel = argmax_kernel, .grad = argmax_grad,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(1, 2, 4, 1)},
                      .at = {SUMI_VALUES(1, 2, 7, 4, 5, 3, 6, 8)},
                      .attrs = "ksize = 1 2 2 1, strides = 1 2 2 1",
                      .out = SUMI_S(1, 1, 2, 1),
                      .expect = SUMI_VALUES(5, 8),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(2, 2, 3, 2)},
                      .at = {SUMI_VALUES(0.1, 2.3, 1.7, -0.4, 3.1, 0.8, -1.2, 0.5, 2.9, 1.1, -0.7,
                                         4.2, 3.3, -2.1, 0.2, 1.9, -1.6, 2.6, 0.9, -0.1, 1.4, 3.7,
                                         -3, 0.6)},
                      .attrs = "ksize = 1 2 2 1, strides = 1 1 1 1, padding = SAME"},
                     {.input_count = 1,
                      .in = {SUMI_S(1, 2, 2, 1)},
                      .attrs = "ksize = 1 3 3 1, strides = 1 1 1 1, padding = VALID",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "rows"}));
