/* Random numbers of distributions that a number or a row describes, the same as TensorFlow's for
 * the same (seed, seed2). Names: TensorFlow core/ops/random_ops.cc; what is drawn in which order:
 * core/kernels/random_op.cc, random_poisson_op.cc, multinomial_op.cc. */
#include "ops/known.h"

#include <sumi/op_def.h>
#include <sumi/random.h>

#include <math.h>

/* Where a number is rejected, others are drawn: each has this many blocks to itself. */
enum { BLOCKS_EACH = SUMI_RANDOM_BLOCKS_PER_NUMBER };

/* ---- Numbers one by one ---- */

typedef void (*draw_fn_t)(sumi_philox_t stream, int64_t first, int64_t count, double *out);

/* Numbers come in pairs of which TensorFlow takes the second first; a fresh pair is the next block
 * of the stream, whichever distribution asks for it. */
typedef struct numbers {
  draw_fn_t draw;
  int left;
  double pair[2];
} numbers_t;

static double next_of(numbers_t *numbers, sumi_philox_t *stream) {
  if (numbers->left == 0) {
    numbers->draw(*stream, 0, 2, numbers->pair);
    *stream = sumi_philox_skip(*stream, 1);
    numbers->left = 2;
  }
  return numbers->pair[--numbers->left];
}

/* ---- Shapes: `shape`, then that of the parameter ---- */

static sumi_status_t drawn_shape(sumi_infer_t *infer, const char *name) {
  sumi_dims_t out;
  const sumi_dims_t parameter = infer->in[1];
  SUMI_TRY(sumi__tensor_want_dims(infer, 0, "shape", &out));
  if (out.rank == SUMI_UNKNOWN_RANK || parameter.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  if (out.rank + parameter.rank > SUMI_MAX_RANK)
    return sumi_refuse(infer,
                       "the result would have %d axes, %s has shape %s and at most %d are "
                       "supported",
                       out.rank + parameter.rank, name, sumi_dims_text(parameter).text,
                       SUMI_MAX_RANK);
  for (int axis = 0; axis < parameter.rank; ++axis) out.size[out.rank++] = parameter.size[axis];
  infer->out[0] = out;
  return SUMI_OK;
}

typedef struct job {
  const sumi_kernel_t *kernel;
  sumi_philox_t stream;
  int64_t parameters, samples; /* of each parameter */
  double (*draw)(double parameter, sumi_philox_t stream);
} job_t;

/* All samples of one parameter. */
static void draw_task(void *context, int64_t index) {
  const job_t *job = context;
  const sumi_array_view_t *out = &job->kernel->out[0];
  const double parameter = sumi_array_view_double(&job->kernel->in[1], index);
  for (int64_t i = 0; i < job->samples; ++i) {
    const int64_t number = index * job->samples + i, to = i * job->parameters + index;
    const double value = job->draw(parameter,
                                   sumi_philox_skip(job->stream, (uint64_t)(BLOCKS_EACH * number)));
    if (out->dtype == SUMI_FLOAT32)
      ((float *)sumi_kernel_out(job->kernel, 0))[to] = (float)value;
    else if (out->dtype == SUMI_FLOAT64)
      ((double *)sumi_kernel_out(job->kernel, 0))[to] = value;
    else
      sumi__tensor_put_int(out, to, (int64_t)value);
  }
}

static sumi_status_t draw_all(const sumi_kernel_t *kernel,
                              double (*draw)(double parameter, sumi_philox_t stream)) {
  const int64_t count = sumi_array_view_count(&kernel->out[0]);
  job_t job = {.kernel = kernel,
               .stream = sumi_kernel_random(kernel, count * BLOCKS_EACH),
               .parameters = sumi_array_view_count(&kernel->in[1]),
               .draw = draw};
  if (count == 0) return SUMI_OK;
  job.samples = count / job.parameters;
  sumi_kernel_parallel(kernel, job.parameters, draw_task, &job);
  return SUMI_OK;
}

/* ---- RandomGamma ---- */

/* Marsaglia and Tsang, "A simple method for generating gamma variables", 2000. */
static double draw_gamma(double alpha, sumi_philox_t stream) {
  numbers_t uniform = {.draw = sumi_random_uniform_float64};
  numbers_t normal = {.draw = sumi_random_normal_float64};
  if (!(alpha > 0)) return NAN;
  if (alpha == 1) return -log1p(-next_of(&uniform, &stream));
  const bool small = alpha < 1;
  const double d = alpha + (small ? 2.0 / 3 : -1.0 / 3), c = 1.0 / 3 / sqrt(d);
  for (;;) {
    const double x = next_of(&normal, &stream), root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root, u = next_of(&uniform, &stream);
    if (u >= 1 - 0.0331 * (x * x) * (x * x) && log(u) >= 0.5 * x * x + d * (1 - v + log(v)))
      continue;
    return small ? d * v * pow(next_of(&uniform, &stream), 1 / alpha) : d * v;
  }
}

static sumi_status_t gamma_shape(sumi_infer_t *infer) {
  return drawn_shape(infer, "alpha");
}

static sumi_status_t gamma_kernel(const sumi_kernel_t *kernel) {
  return draw_all(kernel, draw_gamma);
}

SUMI_OP(RandomGamma,
        "shape: shape, alpha: T | seed: int = 0, seed2: int = 0, S: type = int32 -> output: T ; "
        "T: float32 float64, S: int32",
        .doc = "Numbers of gamma distributions with the scale 1, `shape` of them for each of the "
               "alphas, whose axes come last; NaN where alpha is not positive.",
        .shape = gamma_shape, .kernel = gamma_kernel, .no_grad = "random numbers",
        .flags = SUMI_OP_STATEFUL);

/* ---- RandomPoissonV2 ---- */

/* Knuth, The Art of Computer Programming 2, 3.4.1: as many factors as it takes. */
static double draw_few(double rate, sumi_philox_t stream) {
  numbers_t uniform = {.draw = sumi_random_uniform_float64};
  const double least = exp(-rate);
  double product = 1, count = 0;
  for (;; ++count) {
    product *= next_of(&uniform, &stream);
    if (product <= least) return count;
  }
}

/* Hörmann, "The transformed rejection method for generating Poisson random variables", 1993. */
static double draw_many(double rate, sumi_philox_t stream) {
  numbers_t uniform = {.draw = sumi_random_uniform_float64};
  const double b = 0.931 + 2.53 * sqrt(rate), a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  for (;;) {
    const double u = next_of(&uniform, &stream) - 0.5, v = next_of(&uniform, &stream);
    const double shifted = 0.5 - fabs(u), k = floor((2 * a / shifted + b) * u + rate + 0.43);
    if (shifted >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2)) return k;
    if (k < 0 || (shifted < 0.013 && v > shifted)) continue;
    const double s = log(v * inverse_alpha / (a / (shifted * shifted) + b));
    if (s <= -rate + k * log(rate) - lgamma(k + 1)) return k;
  }
}

static double draw_poisson(double rate, sumi_philox_t stream) {
  return rate < 10 ? draw_few(rate, stream) : draw_many(rate, stream);
}

static sumi_status_t poisson_shape(sumi_infer_t *infer) {
  return drawn_shape(infer, "rate");
}

static sumi_status_t poisson_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *rates = &kernel->in[1];
  enum { LARGEST = 1 << 30 };
  for (int64_t i = 0; i < sumi_array_view_count(rates); ++i) {
    const double rate = sumi_array_view_double(rates, i);
    if (!(rate >= 0 && rate <= LARGEST))
      return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                              "element %lld of rate is %g, expected a value in [0, %d]",
                              (long long)i, rate, (int)LARGEST);
  }
  return draw_all(kernel, draw_poisson);
}

SUMI_OP(RandomPoissonV2,
        "shape: shape, rate: R | seed: int = 0, seed2: int = 0, S: type = int32, "
        "dtype: type = int64 -> output: dtype ; "
        "R: float64 float32, S: int32, dtype: int32 int64 float32 float64",
        .api = "random_poisson",
        .doc =
            "Numbers of Poisson distributions, `shape` of them for each of the rates, whose axes "
            "come last. With float64 rates they are TensorFlow's.",
        .shape = poisson_shape, .kernel = poisson_kernel, .no_grad = "random numbers",
        .flags = SUMI_OP_STATEFUL);

/* ---- Multinomial ---- */

static sumi_status_t multinomial_shape(sumi_infer_t *infer) {
  int64_t count = SUMI_UNKNOWN_SIZE;
  const sumi_dims_t logits = infer->in[0];
  SUMI_TRY(sumi__tensor_want_rank(infer, 0, "logits", 2));
  SUMI_TRY(sumi__tensor_want_rank(infer, 1, "num_samples", 0));
  if (sumi__tensor_known_element(infer, 1, 0, &count) && count < 0)
    return sumi_refuse(infer, "num_samples is %lld, expected at least 0", (long long)count);
  if (logits.rank == 2 && logits.size[1] == 0)
    return sumi_refuse(infer, "logits has shape %s, at least one class is expected",
                       sumi_dims_text(logits).text);
  infer->out[0] = SUMI_DIMS(logits.rank == 2 ? logits.size[0] : SUMI_UNKNOWN_SIZE, count);
  return SUMI_OK;
}

static size_t multinomial_scratch(const sumi_kernel_t *kernel) {
  return (size_t)kernel->in[0].dims[1] * sizeof(double);
}

/* Running sums of exp(logit - largest), logits that are not finite left out; the last is returned.
 */
static double running_sums(const sumi_array_view_t *logits, int64_t row, double *sums) {
  const int64_t classes = logits->dims[1];
  double largest = -INFINITY, total = 0;
  for (int64_t c = 0; c < classes; ++c) {
    const double logit = sumi_array_view_double(logits, row * classes + c);
    if (isfinite(logit) && logit > largest) largest = logit;
  }
  for (int64_t c = 0; c < classes; ++c) {
    const double logit = sumi_array_view_double(logits, row * classes + c);
    if (isfinite(logit)) total += exp(logit - largest);
    sums[c] = total;
  }
  return total;
}

/* The first class whose sum is larger. */
static int64_t class_of(const double *sums, int64_t classes, double place) {
  int64_t begin = 0, end = classes;
  while (begin < end) {
    const int64_t middle = begin + (end - begin) / 2;
    if (sums[middle] > place)
      end = middle;
    else
      begin = middle + 1;
  }
  return begin;
}

static sumi_status_t multinomial_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *logits = &kernel->in[0], *out = &kernel->out[0];
  const int64_t rows = out->dims[0], samples = out->dims[1], classes = logits->dims[1];
  const sumi_philox_t stream = sumi_kernel_random(kernel,
                                                  rows * ((samples + 3) / 4 * 4) * BLOCKS_EACH);
  double *sums = kernel->scratch;
  for (int64_t row = 0; row < rows; ++row) {
    const double total = running_sums(logits, row, sums);
    for (int64_t i = 0; i < samples; ++i) {
      double number;
      sumi_random_uniform_float64(stream, row * samples + i, 1, &number);
      sumi__tensor_put_int(out, row * samples + i, class_of(sums, classes, number * total));
    }
  }
  return SUMI_OK;
}

SUMI_OP(Multinomial,
        "logits: T, num_samples: int32 | seed: int = 0, seed2: int = 0, "
        "output_dtype: type = int64 -> output: output_dtype ; "
        "T: float32 float64, output_dtype: int32 int64",
        .doc = "`num_samples` classes for each row of logits (not normalized logarithms of their "
               "probabilities). A row without a finite logit gives the number of classes.",
        .shape = multinomial_shape, .kernel = multinomial_kernel, .scratch = multinomial_scratch,
        .no_grad = "random numbers", .flags = SUMI_OP_STATEFUL);
