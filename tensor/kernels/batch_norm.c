#include "kernels/batch_norm.h"

#include "kernels/rows.h"

#include <math.h>

/* One pass over the rows. */
typedef struct pass {
  const void *x, *dy;
  void *result;
  int64_t channels;
  double *mean, *factor, *shift, *slope; /* of each channel */
} pass_t;

#define T       float
#define NAME(f) f##_float32
#include "kernels/batch_norm_typed.h"
#undef T
#undef NAME
#define T       double
#define NAME(f) f##_float64
#include "kernels/batch_norm_typed.h"
#undef T
#undef NAME

enum { COEFFICIENTS = 5 }; /* mean, variance, factor, shift, slope: in front of the row sums */

static int64_t channels_of(const sumi_array_view_t *x) {
  return x->dims[x->rank - 1];
}

static int64_t rows_of(const sumi_array_view_t *x) {
  int64_t rows = 1;
  for (int axis = 0; axis < x->rank - 1; ++axis) rows *= x->dims[axis];
  return rows;
}

size_t sumi__tensor_batch_norm_scratch(const sumi_kernel_t *kernel) {
  const int64_t channels = channels_of(&kernel->in[0]);
  return (size_t)channels * COEFFICIENTS * sizeof(double) +
         sumi__tensor_row_sums_scratch(2 * channels);
}

static double value(const sumi_array_view_t *view, int64_t index) {
  return view->dtype == SUMI_FLOAT32 ? (double)((const float *)view->data)[index]
                                     : ((const double *)view->data)[index];
}

static void put(const sumi_array_view_t *view, int64_t index, double number) {
  if (view->dtype == SUMI_FLOAT32)
    ((float *)(uintptr_t)view->data)[index] = (float)number;
  else
    ((double *)(uintptr_t)view->data)[index] = number;
}

typedef struct plan {
  bool single; /* float32 */
  int64_t rows, channels;
  double *variance, *sums;
  pass_t pass;
} plan_t;

static plan_t make_plan(const sumi_kernel_t *kernel, const sumi_array_view_t *x) {
  plan_t plan = {
      .single = x->dtype == SUMI_FLOAT32, .rows = rows_of(x), .channels = channels_of(x)};
  double *next = kernel->scratch;
  plan.pass = (pass_t){
      .x = x->data, .result = sumi_kernel_out(kernel, 0), .channels = plan.channels};
  double **parts[] = {&plan.pass.mean,  &plan.variance,   &plan.pass.factor,
                      &plan.pass.shift, &plan.pass.slope, &plan.sums};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; ++i, next += plan.channels) *parts[i] = next;
  return plan;
}

static void measure(const sumi_kernel_t *kernel, plan_t *plan) {
  const double rows = (double)plan->rows;
  const double *sums = sumi__tensor_row_sums(kernel, plan->rows, plan->channels,
                                             plan->single ? add_values_float32 : add_values_float64,
                                             &plan->pass, plan->sums);
  for (int64_t c = 0; c < plan->channels; ++c) plan->pass.mean[c] = sums[c] / rows;
  sums = sumi__tensor_row_sums(kernel, plan->rows, plan->channels,
                               plan->single ? add_squares_float32 : add_squares_float64,
                               &plan->pass, plan->sums);
  for (int64_t c = 0; c < plan->channels; ++c) plan->variance[c] = sums[c] / rows;
}

/* Outputs 1 and 2 are the mean and the unbiased variance, 3 and 4 what the gradient wants. */
static void put_statistics(const sumi_kernel_t *kernel, const plan_t *plan, bool training) {
  const double rows = (double)plan->rows;
  const double unbiased = training && plan->rows > 1 ? rows / (rows - 1) : 1;
  for (int64_t c = 0; c < plan->channels; ++c) {
    put(&kernel->out[1], c, plan->pass.mean[c]);
    put(&kernel->out[2], c, plan->variance[c] * unbiased);
    put(&kernel->out[3], c, plan->pass.mean[c]);
    put(&kernel->out[4], c, plan->variance[c]);
  }
}

sumi_status_t sumi__tensor_batch_norm(const sumi_kernel_t *kernel) {
  const bool training = sumi_attr_bool(kernel->op, "is_training");
  const double epsilon = sumi_attr_float(kernel->op, "epsilon");
  plan_t plan = make_plan(kernel, &kernel->in[0]);
  if (training)
    measure(kernel, &plan);
  else
    for (int64_t c = 0; c < plan.channels; ++c) {
      plan.pass.mean[c] = value(&kernel->in[3], c);
      plan.variance[c] = value(&kernel->in[4], c);
    }
  for (int64_t c = 0; c < plan.channels; ++c) {
    plan.pass.factor[c] = value(&kernel->in[1], c) / sqrt(plan.variance[c] + epsilon);
    plan.pass.shift[c] = value(&kernel->in[2], c);
  }
  put_statistics(kernel, &plan, training);
  sumi__tensor_each_rows(kernel, plan.rows, plan.channels,
                         plan.single ? normalize_float32 : normalize_float64, &plan.pass);
  return SUMI_OK;
}

/* With r = 1 / sqrt(variance + epsilon), and means taken over the rows:
 *   d offset = sum(dy),   d scale = r sum(dy (x - mean)),
 *   dx = scale r (dy - mean(dy) - (x - mean) r^2 mean(dy (x - mean)));
 * without training dx = scale r dy. */
sumi_status_t sumi__tensor_batch_norm_grad(const sumi_kernel_t *kernel) {
  const bool training = sumi_attr_bool(kernel->op, "is_training");
  const double epsilon = sumi_attr_float(kernel->op, "epsilon");
  plan_t plan = make_plan(kernel, &kernel->in[1]);
  plan.pass.dy = kernel->in[0].data;
  for (int64_t c = 0; c < plan.channels; ++c) plan.pass.mean[c] = value(&kernel->in[3], c);
  const double *sums = sumi__tensor_row_sums(
      kernel, plan.rows, 2 * plan.channels,
      plan.single ? add_products_float32 : add_products_float64, &plan.pass, plan.sums);
  const double rows = (double)plan.rows;
  for (int64_t c = 0; c < plan.channels; ++c) {
    const double dy = sums[c], product = sums[plan.channels + c];
    const double r = 1 / sqrt(value(&kernel->in[4], c) + epsilon), scale = value(&kernel->in[2], c);
    put(&kernel->out[1], c, r * product);
    put(&kernel->out[2], c, dy);
    plan.pass.factor[c] = scale * r;
    plan.pass.shift[c] = training ? dy / rows : 0;
    plan.pass.slope[c] = training ? scale * r * r * r * product / rows : 0;
  }
  sumi__tensor_each_rows(kernel, plan.rows, plan.channels,
                         plan.single ? spread_float32 : spread_float64, &plan.pass);
  return SUMI_OK;
}
