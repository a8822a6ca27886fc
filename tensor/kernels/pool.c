#include "kernels/pool.h"

#include "kernels/map.h"

#include <math.h>
#include <string.h>

enum { CHANNEL_BLOCK = 256, MAX_TASKS = 64 };

typedef struct pool_run {
  const sumi__tensor_pool_t *pool;
  const void *x, *y, *dy;
  void *result;
  size_t image_bytes; /* of `result`, where rows of windows add to it; 0 where each row writes its
                         own part */
  int64_t tasks;
  void (*row)(const struct pool_run *run, int64_t image, int64_t y);
} pool_run_t;

/* The taps of one window that do not lie in the padding. */
typedef struct taps {
  int64_t first_row, last_row, first_column, last_column;
} taps_t;

static inline taps_t taps_of(const sumi__tensor_pool_t *pool, int64_t y, int64_t x) {
  taps_t taps;
  sumi__tensor_window_taps(&pool->rows, y, &taps.first_row, &taps.last_row);
  sumi__tensor_window_taps(&pool->columns, x, &taps.first_column, &taps.last_column);
  return taps;
}

static inline int32_t taps_count(taps_t taps) {
  return (int32_t)((taps.last_row - taps.first_row) * (taps.last_column - taps.first_column));
}

static inline int64_t output_pixel(const sumi__tensor_pool_t *pool, int64_t image, int64_t y,
                                   int64_t x) {
  return (image * pool->rows.out + y) * pool->columns.out + x;
}

static inline int64_t input_pixel(const sumi__tensor_pool_t *pool, int64_t image, int64_t y,
                                  int64_t x, int64_t row_tap, int64_t column_tap) {
  const int64_t row = y * pool->rows.stride - pool->rows.before + row_tap;
  const int64_t column = x * pool->columns.stride - pool->columns.before + column_tap;
  return (image * pool->rows.in + row) * pool->columns.in + column;
}

static inline int block_channels(const sumi__tensor_pool_t *pool, int64_t first) {
  const int64_t left = pool->channels - first;
  return left < CHANNEL_BLOCK ? (int)left : CHANNEL_BLOCK;
}

#define T       float
#define NAME(f) f##_float32
#include "kernels/pool_typed.h"
#undef T
#undef NAME
#define T       double
#define NAME(f) f##_float64
#include "kernels/pool_typed.h"
#undef T
#undef NAME

/* The unit of work is a row of windows, or a whole image where windows add to what they share. */
static int64_t units_of(const pool_run_t *run) {
  return run->pool->images * (run->image_bytes ? 1 : run->pool->rows.out);
}

static void run_image(const pool_run_t *run, int64_t image) {
  memset((char *)run->result + (size_t)image * run->image_bytes, 0, run->image_bytes);
  for (int64_t y = 0; y < run->pool->rows.out; ++y) run->row(run, image, y);
}

static void run_task(void *context, int64_t task) {
  const pool_run_t *run = context;
  const int64_t units = units_of(run);
  for (int64_t unit = units * task / run->tasks; unit < units * (task + 1) / run->tasks; ++unit) {
    if (run->image_bytes)
      run_image(run, unit);
    else
      run->row(run, unit / run->pool->rows.out, unit % run->pool->rows.out);
  }
}

static void run_pool(const sumi_kernel_t *kernel, pool_run_t *run) {
  const int64_t units = units_of(run);
  run->tasks = units < MAX_TASKS ? units : MAX_TASKS;
  sumi_kernel_parallel(kernel, run->tasks, run_task, run);
}

static size_t image_bytes(const sumi__tensor_pool_t *pool, sumi_dtype_t dtype) {
  return (size_t)(pool->rows.in * pool->columns.in * pool->channels) * sumi_dtype_size_bytes(dtype);
}

void sumi__tensor_max_pool(const sumi_kernel_t *kernel, const sumi__tensor_pool_t *pool,
                           sumi_dtype_t dtype, const void *input, void *output) {
  pool_run_t run = {.pool = pool, .x = input, .result = output};
  run.row = dtype == SUMI_FLOAT32 ? max_row_float32 : max_row_float64;
  run_pool(kernel, &run);
}

static bool is_halved(const sumi__tensor_window_t *window) {
  return window->size == 2 && window->stride == 2 && window->in == 2 * window->out;
}

void sumi__tensor_max_pool_grad(const sumi_kernel_t *kernel, const sumi__tensor_pool_t *pool,
                                sumi_dtype_t dtype, const void *x, const void *y, const void *dy,
                                void *dx) {
  pool_run_t run = {.pool = pool, .x = x, .y = y, .dy = dy, .result = dx};
  run.image_bytes = image_bytes(pool, dtype);
  if (run.image_bytes == 0) return;
  run.row = dtype == SUMI_FLOAT32 ? max_grad_row_float32 : max_grad_row_float64;
  if (is_halved(&pool->rows) && is_halved(&pool->columns)) {
    run.image_bytes = 0;
    run.row = dtype == SUMI_FLOAT32 ? max_grad_quads_float32 : max_grad_quads_float64;
  }
  run_pool(kernel, &run);
}

void sumi__tensor_max_pool_grad_grad(const sumi_kernel_t *kernel, const sumi__tensor_pool_t *pool,
                                     sumi_dtype_t dtype, const void *x, const void *y,
                                     const void *g, void *output) {
  pool_run_t run = {.pool = pool, .x = x, .y = y, .dy = g, .result = output};
  run.row = dtype == SUMI_FLOAT32 ? max_grad_grad_row_float32 : max_grad_grad_row_float64;
  run_pool(kernel, &run);
}

void sumi__tensor_avg_pool(const sumi_kernel_t *kernel, const sumi__tensor_pool_t *pool,
                           sumi_dtype_t dtype, const void *input, void *output) {
  pool_run_t run = {.pool = pool, .x = input, .result = output};
  run.row = dtype == SUMI_FLOAT32 ? avg_row_float32 : avg_row_float64;
  run_pool(kernel, &run);
}

void sumi__tensor_avg_pool_grad(const sumi_kernel_t *kernel, const sumi__tensor_pool_t *pool,
                                sumi_dtype_t dtype, const void *dy, void *dx) {
  pool_run_t run = {.pool = pool, .dy = dy, .result = dx};
  run.image_bytes = image_bytes(pool, dtype);
  run.row = dtype == SUMI_FLOAT32 ? avg_grad_row_float32 : avg_grad_row_float64;
  if (run.image_bytes) run_pool(kernel, &run);
}
