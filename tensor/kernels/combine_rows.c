#include "kernels/combine_rows.h"

#include "kernels/copy.h"
#include "kernels/integers.h"
#include "kernels/map.h"

#include <float.h>
#include <string.h>

typedef struct job {
  const sumi__tensor_sent_rows_t *rows;
  int64_t count, places_per_task;
} job_t;

/* One task owns a range of places and takes its rows in order. */
#define COMBINE(C, dtype, DTYPE, V, name, ...)                                                     \
  static void name##_##dtype(void *context, int64_t task) {                                        \
    const job_t *job = context;                                                                    \
    const sumi__tensor_sent_rows_t *rows = job->rows;                                              \
    const int64_t begin = task * job->places_per_task, end = begin + job->places_per_task;         \
    for (int64_t row = 0; row < job->count; ++row) {                                               \
      const int64_t id = sumi__tensor_view_int(rows->ids, row);                                    \
      if (id < begin || id >= end) continue;                                                       \
      C *to = (C *)rows->to + id * rows->inner;                                                    \
      const C *from = (const C *)rows->from + row * rows->inner;                                   \
      SUMI__SIMD for (int64_t i = 0; i < rows->inner; ++i) {                                       \
        const V t = (V)to[i], x = (V)from[i];                                                      \
        to[i] = (C)(__VA_ARGS__);                                                                  \
      }                                                                                            \
    }                                                                                              \
  }

/* Comparisons are between the elements themselves, not between the numbers modulo a power of two.
 */
SUMI__NUMBERS(COMBINE, add, t + x)
SUMI__NUMBERS(COMBINE, sub, t - x)
SUMI__NUMBERS(COMBINE, max, from[i] > to[i] ? x : t)
SUMI__NUMBERS(COMBINE, min, from[i] < to[i] ? x : t)

#define ENTRY(C, dtype, DTYPE, V, ...)                                                             \
  {SUMI_##DTYPE, {add_##dtype, sub_##dtype, max_##dtype, min_##dtype}},

static const struct {
  sumi_dtype_t dtype;
  void (*task[4])(void *context, int64_t task);
} tasks[] = {SUMI__NUMBERS(ENTRY, )};

void sumi__tensor_combine_rows(const sumi_kernel_t *kernel, sumi__tensor_combine_t how,
                               const sumi__tensor_sent_rows_t *rows) {
  enum { MAX_TASKS = 8, ELEMENTS_PER_TASK = 1 << 16 };
  job_t job = {.rows = rows, .count = sumi_array_view_count(rows->ids)};
  if (rows->places == 0 || rows->inner == 0) return;
  int64_t count = job.count * rows->inner / ELEMENTS_PER_TASK;
  count = count < 1 ? 1 : count > MAX_TASKS ? MAX_TASKS : count;
  job.places_per_task = (rows->places + count - 1) / count;
  count = (rows->places + job.places_per_task - 1) / job.places_per_task;
  for (size_t i = 0; i < sizeof tasks / sizeof *tasks; ++i)
    if (tasks[i].dtype == rows->dtype)
      sumi_kernel_parallel(kernel, count, tasks[i].task[how], &job);
}

/* The least and the largest number of each dtype. */
static const struct {
  sumi_dtype_t dtype;
  double least, largest; /* as far as a double holds them: int64 is stored by itself */
} extremes[] = {
    {SUMI_FLOAT32, -FLT_MAX, FLT_MAX},  {SUMI_FLOAT64, -DBL_MAX, DBL_MAX},
    {SUMI_INT32, INT32_MIN, INT32_MAX}, {SUMI_UINT8, 0, UINT8_MAX},
    {SUMI_INT8, INT8_MIN, INT8_MAX},    {SUMI_INT16, INT16_MIN, INT16_MAX},
};

void sumi__tensor_fill_neutral(sumi__tensor_combine_t how, sumi_dtype_t dtype, int64_t count,
                               void *to) {
  int64_t element = 0;
  const bool extreme = how == SUMI__COMBINE_MAX || how == SUMI__COMBINE_MIN;
  if (extreme && dtype == SUMI_INT64) element = how == SUMI__COMBINE_MAX ? INT64_MIN : INT64_MAX;
  for (size_t i = 0; extreme && i < sizeof extremes / sizeof *extremes; ++i)
    if (extremes[i].dtype == dtype)
      sumi__tensor_store(dtype, how == SUMI__COMBINE_MAX ? extremes[i].least : extremes[i].largest,
                         &element);
  sumi__tensor_fill(sumi_dtype_size_bytes(dtype), count, to, &element);
}
