#include "kernels/copy.h"

#include <string.h>

/* Bytes that are worth a task of their own. */
enum { TASK_BYTES = 1 << 17, BLOCK = 16 };

void sumi__tensor_row_major(int rank, const int64_t *size, int64_t *stride) {
  int64_t step = 1;
  for (int axis = rank - 1; axis >= 0; --axis) {
    stride[axis] = step;
    step *= size[axis];
  }
}

/* One run along an axis. Inlined for each element size, so that memcpy is a load and a store. */
static inline void copy_run(size_t bytes, int64_t count, char *restrict to, int64_t to_stride,
                            const char *restrict from, int64_t from_stride) {
  for (int64_t i = 0; i < count; ++i)
    memcpy(to + i * to_stride * (int64_t)bytes, from + i * from_stride * (int64_t)bytes, bytes);
}

static inline void copy_row(size_t bytes, int64_t count, char *to, int64_t to_stride,
                            const char *from, int64_t from_stride) {
  if (to_stride == 1 && from_stride == 1)
    memcpy(to, from, (size_t)count * bytes);
  else if (to_stride == 1)
    copy_run(bytes, count, to, 1, from, from_stride);
  else
    copy_run(bytes, count, to, to_stride, from, from_stride);
}

/* The two inner axes of a box, in square blocks so that both sides stay in cache when one of them
 * runs down columns. */
static inline void copy_plane(size_t bytes, const int64_t *size, char *to, const int64_t *to_stride,
                              const char *from, const int64_t *from_stride) {
  for (int64_t row = 0; row < size[0]; row += BLOCK)
    for (int64_t column = 0; column < size[1]; column += BLOCK) {
      const int64_t rows = size[0] - row < BLOCK ? size[0] - row : BLOCK;
      const int64_t columns = size[1] - column < BLOCK ? size[1] - column : BLOCK;
      for (int64_t i = row; i < row + rows; ++i)
        copy_run(bytes, columns, to + (i * to_stride[0] + column * to_stride[1]) * (int64_t)bytes,
                 to_stride[1],
                 from + (i * from_stride[0] + column * from_stride[1]) * (int64_t)bytes,
                 from_stride[1]);
    }
}

typedef struct copy_job {
  size_t bytes;
  sumi__tensor_box_t box;
  int inner;     /* axes that one step of the outer loop copies: 1, or 2 in blocks */
  int64_t steps; /* positions of the outer axes */
  int64_t steps_per_task;
  char *to;
  const char *from;
} copy_job_t;

static void copy_step(const copy_job_t *job, char *to, const char *from) {
  const sumi__tensor_box_t *box = &job->box;
  const int first = box->rank - job->inner;
  const int64_t *size = box->size + first, *to_stride = box->to_stride + first,
                *from_stride = box->from_stride + first;
#define COPY(bytes)                                                                                \
  case bytes:                                                                                      \
    if (job->inner == 2)                                                                           \
      copy_plane(bytes, size, to, to_stride, from, from_stride);                                   \
    else                                                                                           \
      copy_row(bytes, *size, to, *to_stride, from, *from_stride);                                  \
    break
  switch (job->bytes) {
    COPY(1);
    COPY(2);
    COPY(4);
    COPY(8);
  default: break; /* dtypes have no other size */
  }
#undef COPY
}

static void copy_task(void *context, int64_t task) {
  const copy_job_t *job = context;
  const sumi__tensor_box_t *box = &job->box;
  const int outer = box->rank - job->inner;
  const int64_t first = task * job->steps_per_task;
  const int64_t left = job->steps - first;
  const int64_t count = left < job->steps_per_task ? left : job->steps_per_task;

  int64_t at[SUMI__BOX_RANK], to = 0, from = 0, rest = first;
  for (int axis = outer - 1; axis >= 0; --axis) {
    at[axis] = rest % box->size[axis];
    rest /= box->size[axis];
    to += at[axis] * box->to_stride[axis];
    from += at[axis] * box->from_stride[axis];
  }
  for (int64_t step = 0; step < count; ++step) {
    copy_step(job, job->to + to * (int64_t)job->bytes, job->from + from * (int64_t)job->bytes);
    for (int axis = outer - 1; axis >= 0; --axis) {
      to += box->to_stride[axis], from += box->from_stride[axis];
      if (++at[axis] < box->size[axis]) break;
      to -= at[axis] * box->to_stride[axis], from -= at[axis] * box->from_stride[axis];
      at[axis] = 0;
    }
  }
}

/* Drops axes of size 1 and joins neighbours that are one axis on both sides. False for an empty
 * box. */
static bool simplify(sumi__tensor_box_t *box) {
  int rank = 0;
  for (int axis = 0; axis < box->rank; ++axis) {
    const int64_t size = box->size[axis], to = box->to_stride[axis], from = box->from_stride[axis];
    if (size == 0) return false;
    if (size == 1) continue;
    const bool joins = rank > 0 && box->to_stride[rank - 1] == to * size &&
                       box->from_stride[rank - 1] == from * size;
    if (joins) {
      box->size[rank - 1] *= size;
    } else {
      box->size[rank++] = size;
    }
    box->to_stride[rank - 1] = to;
    box->from_stride[rank - 1] = from;
  }
  if (rank == 0) {
    box->size[rank] = 1, box->to_stride[rank] = 1, box->from_stride[rank] = 1;
    ++rank;
  }
  box->rank = rank;
  return true;
}

static void swap_axes(sumi__tensor_box_t *box, int a, int b) {
  int64_t *lists[] = {box->size, box->to_stride, box->from_stride};
  for (int i = 0; i < 3; ++i) {
    const int64_t kept = lists[i][a];
    lists[i][a] = lists[i][b];
    lists[i][b] = kept;
  }
}

/* A transpose: the source is dense along another axis than the last. Puts that axis second to last.
 */
static bool make_plane(sumi__tensor_box_t *box) {
  const int last = box->rank - 1;
  if (last < 1 || box->from_stride[last] == 1 || box->from_stride[last] == 0) return false;
  for (int axis = last - 1; axis >= 0; --axis)
    if (box->from_stride[axis] == 1) {
      swap_axes(box, axis, last - 1);
      return true;
    }
  return false;
}

void sumi__tensor_copy_box(const sumi_kernel_t *kernel, size_t element_bytes,
                           const sumi__tensor_box_t *box, void *to, const void *from) {
  copy_job_t job = {.bytes = element_bytes, .box = *box, .to = to, .from = from};
  if (!simplify(&job.box)) return;
  job.inner = make_plane(&job.box) ? 2 : 1;
  const int outer = job.box.rank - job.inner;
  int64_t step_bytes = (int64_t)element_bytes;
  for (int axis = outer; axis < job.box.rank; ++axis) step_bytes *= job.box.size[axis];
  job.steps = 1;
  for (int axis = 0; axis < outer; ++axis) job.steps *= job.box.size[axis];
  job.steps_per_task = step_bytes >= TASK_BYTES ? 1 : TASK_BYTES / step_bytes;
  const int64_t tasks = (job.steps + job.steps_per_task - 1) / job.steps_per_task;
  if (tasks == 1)
    copy_task(&job, 0);
  else
    sumi_kernel_parallel(kernel, tasks, copy_task, &job);
}

static inline void fill_run(size_t bytes, int64_t count, char *restrict to,
                            const char *restrict value) {
  for (int64_t i = 0; i < count; ++i) memcpy(to + i * (int64_t)bytes, value, bytes);
}

void sumi__tensor_fill(size_t element_bytes, int64_t count, void *to, const void *value) {
  switch (element_bytes) {
  case 1: fill_run(1, count, to, value); break;
  case 2: fill_run(2, count, to, value); break;
  case 4: fill_run(4, count, to, value); break;
  case 8: fill_run(8, count, to, value); break;
  default: break;
  }
}

void sumi__tensor_store(sumi_dtype_t dtype, double value, void *to) {
  switch (dtype) {
#define STORE(NAME, type)                                                                          \
  case SUMI_##NAME: {                                                                              \
    const type element = (type)value;                                                              \
    memcpy(to, &element, sizeof element);                                                          \
    break;                                                                                         \
  }
    STORE(FLOAT32, float)
    STORE(FLOAT64, double)
    STORE(INT32, int32_t)
    STORE(UINT8, uint8_t)
    STORE(INT16, int16_t)
    STORE(INT8, int8_t)
    STORE(INT64, int64_t)
    STORE(BOOL, bool)
    STORE(UINT16, uint16_t)
    STORE(UINT32, uint32_t)
    STORE(UINT64, uint64_t)
#undef STORE
  default: memset(to, 0, sizeof(int64_t)); break;
  }
}
