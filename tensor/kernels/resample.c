#include "kernels/resample.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MAX_TAPS = 4, TABLE = 1 << 10 };

/* Which pixels of a line are summed. */
typedef struct taps {
  int count;
  int64_t at[MAX_TAPS];
  float weight[MAX_TAPS];
} taps_t;

typedef struct job {
  const sumi__tensor_resample_t *resample;
  const taps_t *rows, *columns;
  const void *from;
  void *to;
} job_t;

/* ---- Taps ---- */

static float scale_of(const sumi__tensor_resample_t *r, int64_t in, int64_t out) {
  if (r->align_corners && out > 1) return (float)(in - 1) / (float)(out - 1);
  return (float)in / (float)out;
}

static int64_t bound(int64_t at, int64_t size) {
  return at < 0 ? 0 : at >= size ? size - 1 : at;
}

static taps_t nearest_taps(const sumi__tensor_resample_t *r, float scale, int64_t place,
                           int64_t size) {
  const float at = ((float)place + (r->half_pixel_centers ? 0.5F : 0)) * scale;
  const float whole = r->align_corners ? roundf(at) : floorf(at);
  return (taps_t){.count = 1, .at = {bound((int64_t)whole, size)}, .weight = {1}};
}

static float position(const sumi__tensor_resample_t *r, float scale, int64_t place) {
  return r->half_pixel_centers ? ((float)place + 0.5F) * scale - 0.5F : (float)place * scale;
}

static taps_t bilinear_taps(const sumi__tensor_resample_t *r, float scale, int64_t place,
                            int64_t size) {
  const float at = position(r, scale, place), whole = floorf(at);
  const float lerp = at - whole;
  return (taps_t){.count = 2,
                  .at = {bound((int64_t)whole, size), bound((int64_t)ceilf(at), size)},
                  .weight = {1 - lerp, lerp}};
}

/* Keys' kernel at a distance below 1, and between 1 and 2. TensorFlow reads both from a table. */
static float near_weight(int64_t step, float a) {
  const float x = (float)step / TABLE;
  return ((a + 2) * x - (a + 3)) * x * x + 1;
}

static float far_weight(int64_t step, float a) {
  const float x = (float)step / TABLE + 1;
  return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
}

/* With half pixels, what lies outside of the picture has no weight, and the others are scaled up
 * for it; else pixels at the edge stand for it. */
static taps_t bicubic_taps(const sumi__tensor_resample_t *r, float scale, int64_t place,
                           int64_t size) {
  const float a = r->half_pixel_centers ? -0.5F : -0.75F;
  const float at = position(r, scale, place), whole = floorf(at);
  const int64_t step = lrintf((at - whole) * TABLE), first = (int64_t)whole - 1;
  taps_t taps = {.count = MAX_TAPS,
                 .weight = {far_weight(step, a), near_weight(step, a), near_weight(TABLE - step, a),
                            far_weight(TABLE - step, a)}};
  float sum = 0;
  for (int i = 0; i < MAX_TAPS; ++i) {
    taps.at[i] = bound(first + i, size);
    if (r->half_pixel_centers && taps.at[i] != first + i) taps.weight[i] = 0;
    sum += taps.weight[i];
  }
  if (r->half_pixel_centers && fabsf(sum) >= 1000 * FLT_MIN)
    for (int i = 0; i < MAX_TAPS; ++i) taps.weight[i] /= sum;
  return taps;
}

static void fill_taps(const sumi__tensor_resample_t *r, int64_t in, int64_t out, taps_t *taps) {
  static taps_t (*const of[])(const sumi__tensor_resample_t *, float, int64_t,
                              int64_t) = {nearest_taps, bilinear_taps, bicubic_taps};
  const float scale = scale_of(r, in, out);
  for (int64_t i = 0; i < out; ++i) taps[i] = of[r->method](r, scale, i, in);
}

size_t sumi__tensor_resample_scratch(const sumi__tensor_resample_t *resample) {
  return (size_t)(resample->out_rows + resample->out_columns) * sizeof(taps_t);
}

static job_t prepare(const sumi_kernel_t *kernel, const sumi__tensor_resample_t *r,
                     const void *from, void *to) {
  taps_t *rows = kernel->scratch, *columns = rows + r->out_rows;
  fill_taps(r, r->rows, r->out_rows, rows);
  fill_taps(r, r->columns, r->out_columns, columns);
  return (job_t){.resample = r, .rows = rows, .columns = columns, .from = from, .to = to};
}

/* ---- Forward: a task makes one row of the result ---- */

static void nearest_row(void *context, int64_t row) {
  const job_t *job = context;
  const sumi__tensor_resample_t *r = job->resample;
  const size_t bytes = (size_t)r->channels * sumi_dtype_size_bytes(r->dtype);
  const int64_t from = row / r->out_rows * r->rows + job->rows[row % r->out_rows].at[0];
  for (int64_t x = 0; x < r->out_columns; ++x)
    memcpy((char *)job->to + (size_t)(row * r->out_columns + x) * bytes,
           (const char *)job->from + (size_t)(from * r->columns + job->columns[x].at[0]) * bytes,
           bytes);
}

#define WEIGHTED_ROW(name, type)                                                                   \
  static void weighted_row_##name(void *context, int64_t row) {                                    \
    const job_t *job = context;                                                                    \
    const sumi__tensor_resample_t *r = job->resample;                                              \
    const taps_t *down = &job->rows[row % r->out_rows];                                            \
    const type *image = (const type *)job->from +                                                  \
                        row / r->out_rows * r->rows * r->columns * r->channels;                    \
    for (int64_t x = 0; x < r->out_columns; ++x) {                                                 \
      const taps_t *across = &job->columns[x];                                                     \
      type *to = (type *)job->to + (row * r->out_columns + x) * r->channels;                       \
      for (int64_t c = 0; c < r->channels; ++c) {                                                  \
        type sum = 0;                                                                              \
        for (int i = 0; i < down->count; ++i) {                                                    \
          type line = 0;                                                                           \
          for (int k = 0; k < across->count; ++k)                                                  \
            line += across->weight[k] *                                                            \
                    image[(down->at[i] * r->columns + across->at[k]) * r->channels + c];           \
          sum += down->weight[i] * line;                                                           \
        }                                                                                          \
        to[c] = sum;                                                                               \
      }                                                                                            \
    }                                                                                              \
  }
WEIGHTED_ROW(float32, float)
WEIGHTED_ROW(float64, double)

void sumi__tensor_resample(const sumi_kernel_t *kernel, const sumi__tensor_resample_t *resample,
                           const void *in, void *out) {
  job_t job = prepare(kernel, resample, in, out);
  void (*task)(void *, int64_t) = nearest_row;
  if (resample->method != SUMI__RESAMPLE_NEAREST)
    task = resample->dtype == SUMI_FLOAT32 ? weighted_row_float32 : weighted_row_float64;
  sumi_kernel_parallel(kernel, resample->images * resample->out_rows, task, &job);
}

/* ---- Backward: a task owns one image, so that nobody else adds to it ---- */

#define BACK_IMAGE(name, type)                                                                     \
  static void back_image_##name(void *context, int64_t index) {                                    \
    const job_t *job = context;                                                                    \
    const sumi__tensor_resample_t *r = job->resample;                                              \
    const int64_t size = r->rows * r->columns * r->channels;                                       \
    type *image = (type *)job->to + index * size;                                                  \
    memset(image, 0, (size_t)size * sizeof *image);                                                \
    for (int64_t y = 0; y < r->out_rows; ++y)                                                      \
      for (int64_t x = 0; x < r->out_columns; ++x) {                                               \
        const taps_t *down = &job->rows[y], *across = &job->columns[x];                            \
        const type *from = (const type *)job->from +                                               \
                           ((index * r->out_rows + y) * r->out_columns + x) * r->channels;         \
        for (int i = 0; i < down->count; ++i)                                                      \
          for (int k = 0; k < across->count; ++k) {                                                \
            const type weight = (type)down->weight[i] * across->weight[k];                         \
            type *to = image + (down->at[i] * r->columns + across->at[k]) * r->channels;           \
            for (int64_t c = 0; c < r->channels; ++c) to[c] += weight * from[c];                   \
          }                                                                                        \
      }                                                                                            \
  }
BACK_IMAGE(float32, float)
BACK_IMAGE(float64, double)

void sumi__tensor_resample_back(const sumi_kernel_t *kernel,
                                const sumi__tensor_resample_t *resample, const void *grad,
                                void *out) {
  job_t job = prepare(kernel, resample, grad, out);
  sumi_kernel_parallel(kernel, resample->images,
                       resample->dtype == SUMI_FLOAT32 ? back_image_float32 : back_image_float64,
                       &job);
}
