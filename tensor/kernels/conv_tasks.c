#include "kernels/conv_tasks.h"

#include <string.h>

enum {
  MAX_TASKS = 16,
  MAX_PARTIAL_BYTES = 16 << 20, /* of filter gradients, one for each task … */
  MIN_TASKS_WITH_PARTIALS = 4,  /* … but at least as many tasks */
  SUM_ELEMENTS = 4096           /* of a sum made by one task */
};

int64_t sumi__tensor_conv_tasks(const sumi__tensor_conv_t *conv, sumi__tensor_conv_pass_t pass,
                                sumi_dtype_t dtype, int64_t units) {
  const int64_t tasks = sumi__tensor_least(units, MAX_TASKS);
  if (pass != SUMI__CONV_FILTER) return tasks;
  const int64_t partial_bytes = sumi__tensor_conv_filter_size(conv) *
                                (int64_t)sumi_dtype_size_bytes(dtype);
  return sumi__tensor_least(
      tasks, sumi__tensor_most(MIN_TASKS_WITH_PARTIALS,
                               MAX_PARTIAL_BYTES / sumi__tensor_most(1, partial_bytes)));
}

static void add_floats(int64_t count, const float *restrict x, float *restrict sum) {
  for (int64_t i = 0; i < count; ++i) sum[i] += x[i];
}

static void add_doubles(int64_t count, const double *restrict x, double *restrict sum) {
  for (int64_t i = 0; i < count; ++i) sum[i] += x[i];
}

void sumi__tensor_conv_add(sumi_dtype_t dtype, int64_t count, const void *x, void *sum) {
  if (dtype == SUMI_FLOAT32)
    add_floats(count, x, sum);
  else
    add_doubles(count, x, sum);
}

typedef struct partials {
  sumi_dtype_t dtype;
  int64_t tasks, elements;
  const char *first;
  size_t stride_bytes;
  char *sum;
} partials_t;

static void sum_block(void *context, int64_t block) {
  const partials_t *p = context;
  const size_t element_size = sumi_dtype_size_bytes(p->dtype);
  const size_t start = (size_t)(block * SUM_ELEMENTS) * element_size;
  const int64_t count = sumi__tensor_least(SUM_ELEMENTS, p->elements - block * SUM_ELEMENTS);
  if (p->sum != p->first) memcpy(p->sum + start, p->first + start, (size_t)count * element_size);
  for (int64_t task = 1; task < p->tasks; ++task)
    sumi__tensor_conv_add(p->dtype, count, p->first + (size_t)task * p->stride_bytes + start,
                          p->sum + start);
}

void sumi__tensor_conv_sum_partials(const sumi_kernel_t *kernel, sumi_dtype_t dtype,
                                    int64_t elements, int64_t tasks, const void *partials,
                                    size_t stride_bytes, void *sum) {
  partials_t p = {dtype, tasks, elements, partials, stride_bytes, sum};
  sumi_kernel_parallel(kernel, (elements + SUM_ELEMENTS - 1) / SUM_ELEMENTS, sum_block, &p);
}
