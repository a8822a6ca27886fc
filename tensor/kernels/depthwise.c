#include "kernels/depthwise.h"

#include "kernels/conv_tasks.h"
#include "kernels/map.h"

#include <string.h>

/* A unit of work is a row of the output, or of the images when these are computed: nothing is
 * written by two. For the filter, each task has a sum of its own. */
typedef struct depthwise {
  const sumi__tensor_conv_t *conv;
  sumi__tensor_conv_pass_t pass;
  const sumi__tensor_conv_arrays_t *arrays;
  void (*unit)(const struct depthwise *run, int64_t unit, void *partial);
  int64_t units, tasks;
  char *partials;
  size_t partial_bytes;
} depthwise_t;

static int64_t rows_of(const depthwise_t *run) {
  return run->pass == SUMI__CONV_IMAGES ? run->conv->rows.in : run->conv->rows.out;
}

static inline int64_t input_column(const sumi__tensor_window_t *columns, int64_t x, int64_t tap) {
  return x * columns->stride - columns->before + tap * columns->dilation;
}

/* The first channel of the pixel that a tap of an output sees. */
static inline int64_t input_at(const sumi__tensor_conv_t *conv, int64_t image, int64_t y, int64_t x,
                               int64_t row_tap, int64_t column_tap) {
  const int64_t row = input_column(&conv->rows, y, row_tap);
  const int64_t column = input_column(&conv->columns, x, column_tap);
  return ((image * conv->rows.in + row) * conv->columns.in + column) * conv->in_channels;
}

/* The output row whose tap sees that row of the images; -1 when none does. */
static inline int64_t output_row_of(const sumi__tensor_window_t *rows, int64_t row, int64_t tap) {
  const int64_t start = row + rows->before - tap * rows->dilation;
  if (start < 0 || start % rows->stride != 0) return -1;
  return start / rows->stride < rows->out ? start / rows->stride : -1;
}

#define T       float
#define NAME(f) f##_float32
#include "kernels/depthwise_typed.h"
#undef T
#undef NAME
#define T       double
#define NAME(f) f##_float64
#include "kernels/depthwise_typed.h"
#undef T
#undef NAME

static void run_task(void *context, int64_t task) {
  const depthwise_t *run = context;
  char *partial = run->partials ? run->partials + (size_t)task * run->partial_bytes : NULL;
  if (partial) memset(partial, 0, run->partial_bytes);
  for (int64_t unit = run->units * task / run->tasks; unit < run->units * (task + 1) / run->tasks;
       ++unit)
    run->unit(run, unit, partial);
}

static depthwise_t plan(const sumi__tensor_conv_t *conv, sumi__tensor_conv_pass_t pass,
                        sumi_dtype_t dtype) {
  depthwise_t run = {.conv = conv, .pass = pass};
  run.units = conv->images * rows_of(&run);
  run.tasks = sumi__tensor_conv_tasks(conv, pass, dtype, run.units);
  run.partial_bytes = pass == SUMI__CONV_FILTER ? (size_t)sumi__tensor_conv_filter_size(conv) *
                                                      sumi_dtype_size_bytes(dtype)
                                                : 0;
  return run;
}

static int64_t result_elements(const sumi__tensor_conv_t *conv, sumi__tensor_conv_pass_t pass) {
  if (pass == SUMI__CONV_FILTER) return sumi__tensor_conv_filter_size(conv);
  if (pass == SUMI__CONV_IMAGES) return conv->images * sumi__tensor_conv_image_size(conv);
  return conv->images * sumi__tensor_conv_output_pixels(conv) * conv->in_channels *
         conv->out_channels;
}

size_t sumi__tensor_depthwise_scratch(const sumi__tensor_conv_t *conv,
                                      sumi__tensor_conv_pass_t pass, sumi_dtype_t dtype) {
  const depthwise_t run = plan(conv, pass, dtype);
  return (size_t)run.tasks * run.partial_bytes;
}

void sumi__tensor_depthwise_run(const sumi_kernel_t *kernel, const sumi__tensor_conv_t *conv,
                                sumi__tensor_conv_pass_t pass, sumi_dtype_t dtype,
                                const sumi__tensor_conv_arrays_t *arrays) {
  depthwise_t run = plan(conv, pass, dtype);
  run.arrays = arrays;
  run.unit = dtype == SUMI_FLOAT32 ? run_unit_float32 : run_unit_float64;
  if (result_elements(conv, pass) == 0) return;
  if (run.tasks == 0) { /* of no images there is a filter's gradient all the same */
    memset(arrays->filter, 0, run.partial_bytes);
    return;
  }
  if (run.partial_bytes) run.partials = kernel->scratch;
  sumi_kernel_parallel(kernel, run.tasks, run_task, &run);
  if (run.partials)
    sumi__tensor_conv_sum_partials(kernel, dtype, sumi__tensor_conv_filter_size(conv), run.tasks,
                                   run.partials, run.partial_bytes, arrays->filter);
}
