/* Random numbers, the same as TensorFlow's for the same (seed, seed2). Names: TensorFlow
 * core/ops/random_ops.cc; the composites are those of python/ops/random_ops.py. */
#include "ops/known.h"

#include <sumi/constants.h>
#include <sumi/ops.h>
#include <sumi/random.h>

#include <string.h>

enum { RANDOM_TASK = 1 << 13 }; /* numbers one task draws */

static sumi_status_t random_shape(sumi_infer_t *infer) {
  return sumi__tensor_want_dims(infer, 0, "shape", &infer->out[0]);
}

typedef enum { UNIFORM, NORMAL, TRUNCATED } distribution_t;

typedef struct draw_job {
  distribution_t distribution;
  sumi_dtype_t dtype;
  sumi_philox_t stream;
  int64_t count, low, high; /* [low, high) for integers */
  void *out;
} draw_job_t;

static void draw_task(void *context, int64_t task) {
  const draw_job_t *job = context;
  const int64_t first = task * RANDOM_TASK;
  const int64_t count = job->count - first < RANDOM_TASK ? job->count - first : RANDOM_TASK;
  if (job->dtype == SUMI_FLOAT32) {
    static void (*const draw[])(sumi_philox_t, int64_t, int64_t,
                                float *) = {sumi_random_uniform_float32, sumi_random_normal_float32,
                                            sumi_random_truncated_normal_float32};
    draw[job->distribution](job->stream, first, count, (float *)job->out + first);
  } else {
    static void (*const draw[])(sumi_philox_t, int64_t, int64_t, double *) = {
        sumi_random_uniform_float64, sumi_random_normal_float64,
        sumi_random_truncated_normal_float64};
    draw[job->distribution](job->stream, first, count, (double *)job->out + first);
  }
}

/* The stream of this run for `count` numbers. */
static sumi_philox_t stream_of(const sumi_kernel_t *kernel, int64_t count) {
  return sumi_kernel_random(kernel, count * SUMI_RANDOM_BLOCKS_PER_NUMBER);
}

static void run_tasks(const sumi_kernel_t *kernel, draw_job_t *job, void (*task)(void *, int64_t)) {
  const int64_t tasks = (job->count + RANDOM_TASK - 1) / RANDOM_TASK;
  if (tasks == 1)
    task(job, 0);
  else if (tasks > 1)
    sumi_kernel_parallel(kernel, tasks, task, job);
}

static sumi_status_t draw(const sumi_kernel_t *kernel, distribution_t distribution) {
  draw_job_t job = {.distribution = distribution,
                    .dtype = kernel->out[0].dtype,
                    .count = sumi_array_view_count(&kernel->out[0]),
                    .out = sumi_kernel_out(kernel, 0)};
  job.stream = stream_of(kernel, job.count);
  run_tasks(kernel, &job, draw_task);
  return SUMI_OK;
}

static sumi_status_t uniform_kernel(const sumi_kernel_t *kernel) {
  return draw(kernel, UNIFORM);
}

static sumi_status_t normal_kernel(const sumi_kernel_t *kernel) {
  return draw(kernel, NORMAL);
}

static sumi_status_t truncated_kernel(const sumi_kernel_t *kernel) {
  return draw(kernel, TRUNCATED);
}

SUMI_OP(RandomUniform,
        "shape: shape | dtype: type = float32, seed: int = 0, seed2: int = 0, T: type = int32 "
        "-> output: dtype ; dtype: float32 float64, T: int32",
        .api = "raw_random_uniform", .doc = "Numbers from [0, 1).", .shape = random_shape,
        .kernel = uniform_kernel, .no_grad = "random numbers", .flags = SUMI_OP_STATEFUL);

SUMI_OP(RandomStandardNormal,
        "shape: shape | dtype: type = float32, seed: int = 0, seed2: int = 0, T: type = int32 "
        "-> output: dtype ; dtype: float32 float64, T: int32",
        .doc = "Numbers from the normal distribution of mean 0 and deviation 1.",
        .shape = random_shape, .kernel = normal_kernel, .no_grad = "random numbers",
        .flags = SUMI_OP_STATEFUL);

SUMI_OP(TruncatedNormal,
        "shape: shape | dtype: type = float32, seed: int = 0, seed2: int = 0, T: type = int32 "
        "-> output: dtype ; dtype: float32 float64, T: int32",
        .api = "raw_truncated_normal",
        .doc = "As RandomStandardNormal; what is 2 or more away from 0 is drawn again.",
        .shape = random_shape, .kernel = truncated_kernel, .no_grad = "random numbers",
        .flags = SUMI_OP_STATEFUL);

/* ---- Integers ---- */

static void draw_integers_task(void *context, int64_t task) {
  const draw_job_t *job = context;
  const int64_t first = task * RANDOM_TASK;
  const int64_t count = job->count - first < RANDOM_TASK ? job->count - first : RANDOM_TASK;
  if (job->dtype == SUMI_INT32)
    sumi_random_uniform_int32(job->stream, (int32_t)job->low, (int32_t)job->high, first, count,
                              (int32_t *)job->out + first);
  else
    sumi_random_uniform_int64(job->stream, job->low, job->high, first, count,
                              (int64_t *)job->out + first);
}

static sumi_status_t uniform_int_shape(sumi_infer_t *infer) {
  SUMI_TRY(sumi__tensor_want_rank(infer, 1, "minval", 0));
  SUMI_TRY(sumi__tensor_want_rank(infer, 2, "maxval", 0));
  return random_shape(infer);
}

static sumi_status_t uniform_int_kernel(const sumi_kernel_t *kernel) {
  draw_job_t job = {.dtype = kernel->out[0].dtype,
                    .count = sumi_array_view_count(&kernel->out[0]),
                    .low = sumi__tensor_view_int(&kernel->in[1], 0),
                    .high = sumi__tensor_view_int(&kernel->in[2], 0),
                    .out = sumi_kernel_out(kernel, 0)};
  if (job.low >= job.high)
    return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT, "minval %lld is not below maxval %lld",
                            (long long)job.low, (long long)job.high);
  job.stream = stream_of(kernel, job.count);
  run_tasks(kernel, &job, draw_integers_task);
  return SUMI_OK;
}

SUMI_OP(RandomUniformInt,
        "shape: shape, minval: Tout, maxval: Tout | seed: int = 0, seed2: int = 0, "
        "T: type = int32 -> output: Tout ; Tout: int32 int64, T: int32",
        .doc = "Integers from [minval, maxval).", .shape = uniform_int_shape,
        .kernel = uniform_int_kernel, .no_grad = "random numbers", .flags = SUMI_OP_STATEFUL);

/* ---- RandomShuffle: rows in random order ---- */

static sumi_status_t shuffle_shape(sumi_infer_t *infer) {
  infer->out[0] = infer->in[0];
  return SUMI_OK;
}

static int64_t row_count(const sumi_array_view_t *view) {
  return view->rank > 0 ? view->dims[0] : 1;
}

static size_t shuffle_scratch(const sumi_kernel_t *kernel) {
  return (size_t)row_count(&kernel->in[0]) * sizeof(int64_t);
}

static sumi_status_t shuffle_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *in = &kernel->in[0];
  const int64_t rows = row_count(in), count = sumi_array_view_count(in);
  int64_t *order = kernel->scratch;
  sumi_random_permutation(stream_of(kernel, rows), rows, order);
  if (count == 0) return SUMI_OK;
  const size_t row_bytes = (size_t)(count / rows) * sumi_dtype_size_bytes(in->dtype);
  char *to = sumi_kernel_out(kernel, 0);
  for (int64_t row = 0; row < rows; ++row)
    memcpy(to + (size_t)row * row_bytes, (const char *)in->data + (size_t)order[row] * row_bytes,
           row_bytes);
  return SUMI_OK;
}

SUMI_OP(RandomShuffle, "value: T | seed: int = 0, seed2: int = 0 -> output: T",
        .doc = "`value` with its rows (axis 0) in random order, each order as likely.",
        .shape = shuffle_shape, .kernel = shuffle_kernel, .scratch = shuffle_scratch,
        .no_grad = "random order, as in TensorFlow", .flags = SUMI_OP_STATEFUL);

/* ---- The composites of TensorFlow's Python ---- */

/* x * scale + offset, without the operations that change nothing. */
static sumi_tensor_t scaled(sumi_tensor_t x, double scale, double offset) {
  if (scale != 1) x = sumi_mul(x, scale);
  return offset == 0 ? x : sumi_add(x, offset);
}

static double real(const sumi_build_t *build, const char *name) {
  return sumi_build_attr(build, name)->real;
}

static sumi_tensor_t random_normal_expand(const sumi_build_t *build) {
  return scaled(sumi_random_standard_normal(build->graph, SUMI_LIST(1, build->in),
                                            .dtype = sumi_build_attr(build, "dtype")->type,
                                            .seed = sumi_build_attr(build, "seed")->integer),
                real(build, "stddev"), real(build, "mean"));
}

SUMI_OP(random_normal,
        "shape: shape | mean: float = 0, stddev: float = 1, dtype: type = float32, seed: int = 0 "
        "-> output: dtype ; dtype: float32 float64",
        .doc = "Numbers from the normal distribution: sumi_random_normal(g, SUMI_SHAPE(10, 10)).",
        .expand = random_normal_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2)},
                      .at = {SUMI_VALUES(0, 3)},
                      .dtype = {SUMI_INT32},
                      .out = SUMI_S(0, 3),
                      .expect = SUMI_VALUES(0),
                      .from = "no numbers; those of other shapes are compared with TensorFlow"},
                     {.input_count = 1,
                      .in = {SUMI_S(1)},
                      .at = {SUMI_VALUES(-2)},
                      .dtype = {SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "element 0 of shape is -2"}));

static sumi_tensor_t truncated_normal_expand(const sumi_build_t *build) {
  return scaled(sumi_raw_truncated_normal(build->graph, SUMI_LIST(1, build->in),
                                          .dtype = sumi_build_attr(build, "dtype")->type,
                                          .seed = sumi_build_attr(build, "seed")->integer),
                real(build, "stddev"), real(build, "mean"));
}

SUMI_OP(truncated_normal,
        "shape: shape | mean: float = 0, stddev: float = 1, dtype: type = float32, seed: int = 0 "
        "-> output: dtype ; dtype: float32 float64",
        .doc = "As random_normal; what is two deviations or more from the mean is drawn again.",
        .expand = truncated_normal_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2)},
                      .at = {SUMI_VALUES(0, 3)},
                      .dtype = {SUMI_INT32},
                      .out = SUMI_S(0, 3),
                      .expect = SUMI_VALUES(0),
                      .from = "no numbers; those of other shapes are compared with TensorFlow"},
                     {.input_count = 1,
                      .in = {SUMI_S(1)},
                      .at = {SUMI_VALUES(-2)},
                      .dtype = {SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "element 0 of shape is -2"}));

static sumi_tensor_t random_uniform_expand(const sumi_build_t *build) {
  const double low = real(build, "minval"), high = real(build, "maxval");
  if (!(low < high))
    return sumi_build_refuse(build, "minval %g is not below maxval %g (0 means the default, 1)",
                             low, high);
  return scaled(sumi_raw_random_uniform(build->graph, SUMI_LIST(1, build->in),
                                        .dtype = sumi_build_attr(build, "dtype")->type,
                                        .seed = sumi_build_attr(build, "seed")->integer),
                high - low, low);
}

SUMI_OP(random_uniform,
        "shape: shape | minval: float = 0, maxval: float = 1, dtype: type = float32, seed: int = 0 "
        "-> output: dtype ; dtype: float32 float64",
        .doc = "Numbers from [minval, maxval): sumi_random_uniform(g, SUMI_SHAPE(5, 3), .minval = "
               "-1). sumi_random_uniform_int draws integers.",
        .expand = random_uniform_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2)},
                      .at = {SUMI_VALUES(0, 3)},
                      .dtype = {SUMI_INT32},
                      .out = SUMI_S(0, 3),
                      .expect = SUMI_VALUES(0),
                      .from = "no numbers; those of other shapes are compared with TensorFlow"},
                     {.input_count = 1,
                      .in = {SUMI_S(1)},
                      .at = {SUMI_VALUES(2)},
                      .dtype = {SUMI_INT32},
                      .attrs = "minval = 2",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "minval 2 is not below maxval 1"}));

/* ---- random_crop ---- */

static sumi_tensor_t random_crop_expand(const sumi_build_t *build) {
  const sumi_tensor_t value = build->in[0], size = build->in[1], shape = sumi_shape(value);
  const sumi_dims_t dims = sumi_tensor_dims(value);
  if (dims.rank == 0) return sumi_build_refuse(build, "value is a scalar, which has no axes");
  const sumi_tensor_t places = sumi_add(sumi_sub(shape, size), 1);
  const sumi_tensor_t drawn = sumi_random_uniform_int(
      build->graph, SUMI_TENSORS(sumi_shape(shape)), 0, INT32_MAX,
      .seed = sumi_build_attr(build, "seed")->integer);
  return sumi_slice(value, SUMI_TENSORS(sumi_floor_mod(drawn, places)), SUMI_TENSORS(size));
}

SUMI_OP(random_crop, "value: T, size: shape | seed: int = 0 -> output: T",
        .doc = "A part of that size, each as likely: sumi_random_crop(picture, SUMI_SHAPE(24, 24, "
               "3)).",
        .expand = random_crop_expand,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2, 2), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 2, 3, 4), SUMI_VALUES(2, 2)},
                      .dtype = {0, SUMI_INT32},
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(1, 2, 3, 4),
                      .from = "there is one place; others are compared with TensorFlow"},
                     {.input_count = 2,
                      .in = {SUMI_S0, SUMI_S(1)},
                      .at = {NULL, SUMI_VALUES(1)},
                      .dtype = {0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "value is a scalar"}));
