/* The arithmetic of reductions for each dtype. */
#include "kernels/map.h"
#include "kernels/reduce.h"

#include <math.h>

/* The parts of a reducer that are one loop. T is the element, A the total, R the result; `step`
 * makes a new total of a total t and an x that is an element or another total; `result` makes a
 * result of t and of n, the number of elements. */
#define PARTS(name, T, A, R, neutral, step, take, result)                                          \
  static void name##_start(void *totals, int64_t n) {                                              \
    A *ts = totals;                                                                                \
    for (int64_t i = 0; i < n; ++i) ts[i] = (A)(neutral);                                          \
  }                                                                                                \
  static void name##_merge(void *totals, const void *more, int64_t n) {                            \
    A *ts = totals;                                                                                \
    const A *xs = more;                                                                            \
    SUMI__SIMD for (int64_t i = 0; i < n; ++i) {                                                   \
      const A t = ts[i], x = xs[i];                                                                \
      ts[i] = (A)(step);                                                                           \
    }                                                                                              \
  }                                                                                                \
  static void name##_finish(const void *totals, int64_t count, int64_t n, void *results) {         \
    const A *ts = totals;                                                                          \
    R *ys = results;                                                                               \
    (void)n;                                                                                       \
    for (int64_t i = 0; i < count; ++i) {                                                          \
      const A t = ts[i];                                                                           \
      ys[i] = (R)(result);                                                                         \
    }                                                                                              \
  }

/* A run goes through LANES totals of type B side by side, which is what vector registers are, for
 * at most BLOCK elements; then they are added to the total of type A. Rows of columns likewise;
 * narrow rows that lie side by side are taken together. */
enum { LANES = 32, BLOCK = 1024, BLOCK_ROWS = 64 };

#define FOLD(B, half, step)                                                                        \
  SUMI__SIMD for (int j = 0; j < (half); ++j) {                                                    \
    const B t = lanes[j], x = lanes[j + (half)];                                                   \
    lanes[j] = (B)(step);                                                                          \
  }

#define LOOPS(name, T, A, B, neutral, step, take)                                                  \
  static void name##_run(const void *data, int64_t n, void *total) {                               \
    const T *xs = data;                                                                            \
    A *sum = total;                                                                                \
    while (n >= LANES) {                                                                           \
      const int64_t block = (n < BLOCK ? n : BLOCK) / LANES * LANES;                               \
      B lanes[LANES];                                                                              \
      for (int j = 0; j < LANES; ++j) lanes[j] = (B)(neutral);                                     \
      for (int64_t i = 0; i < block; i += LANES) SUMI__SIMD for (int j = 0; j < LANES; ++j) {      \
          const T element = xs[i + j];                                                             \
          const B t = lanes[j], x = (B)(take);                                                     \
          lanes[j] = (B)(step);                                                                    \
        }                                                                                          \
      FOLD(B, 16, step)                                                                            \
      FOLD(B, 8, step)                                                                             \
      FOLD(B, 4, step)                                                                             \
      FOLD(B, 2, step)                                                                             \
      FOLD(B, 1, step)                                                                             \
      const A t = *sum, x = (A)lanes[0];                                                           \
      *sum = (A)(step);                                                                            \
      xs += block, n -= block;                                                                     \
    }                                                                                              \
    for (int64_t i = 0; i < n; ++i) {                                                              \
      const T element = xs[i];                                                                     \
      const A t = *sum, x = (A)(B)(take);                                                          \
      *sum = (A)(step);                                                                            \
    }                                                                                              \
  }                                                                                                \
  static void name##_columns(const void *data, int64_t rows, int64_t stride, int64_t width,        \
                             void *totals) {                                                       \
    const T *xs = data;                                                                            \
    A *sums = totals;                                                                              \
    for (int64_t n, fold; rows > 0; rows -= n * fold) {                                            \
      B block[SUMI__REDUCE_TILE];                                                                  \
      fold = stride == width ? SUMI__REDUCE_TILE / width : 1;                                      \
      fold = rows < fold ? rows : fold;                                                            \
      n = rows / fold < BLOCK_ROWS ? rows / fold : BLOCK_ROWS;                                     \
      const int64_t wide = fold * width;                                                           \
      for (int64_t j = 0; j < wide; ++j) block[j] = (B)(neutral);                                  \
      for (int64_t i = 0; i < n; ++i, xs += fold * stride)                                         \
        SUMI__SIMD for (int64_t j = 0; j < wide; ++j) {                                            \
          const T element = xs[j];                                                                 \
          const B t = block[j], x = (B)(take);                                                     \
          block[j] = (B)(step);                                                                    \
        }                                                                                          \
      for (int64_t k = 1; k < fold; ++k) SUMI__SIMD for (int64_t j = 0; j < width; ++j) {          \
          const B t = block[j], x = block[k * width + j];                                          \
          block[j] = (B)(step);                                                                    \
        }                                                                                          \
      SUMI__SIMD for (int64_t j = 0; j < width; ++j) {                                             \
        const A t = sums[j], x = (A)block[j];                                                      \
        sums[j] = (A)(step);                                                                       \
      }                                                                                            \
    }                                                                                              \
  }

#define REDUCER(name, T, A, B, R, neutral, step, take, result)                                     \
  PARTS(name, T, A, R, neutral, step, take, result)                                                \
  LOOPS(name, T, A, B, neutral, step, take)                                                        \
  static void name##_rows(const void *data, int64_t rows, int64_t n, void *results) {              \
    const T *xs = data;                                                                            \
    R *ys = results;                                                                               \
    for (int64_t row = 0; row < rows; ++row, xs += n) {                                            \
      A total = (A)(neutral);                                                                      \
      name##_run(xs, n, &total);                                                                   \
      const A t = total;                                                                           \
      ys[row] = (R)(result);                                                                       \
    }                                                                                              \
  }                                                                                                \
  static const sumi__tensor_reducer_t name = {sizeof(T),      sizeof(A),    sizeof(R),             \
                                              name##_start,   name##_run,   name##_rows,           \
                                              name##_columns, name##_merge, name##_finish};

#define ADD        t + x
#define MULTIPLY   t *x
#define LARGER     (x > t || x != x ? x : t)
#define SMALLER    (x < t || x != x ? x : t)
#define THE_TOTAL  t
#define AS_IT_IS   element
#define SQUARE     element *element
#define THE_MEAN   t / (double)n
#define WHOLE_MEAN (n ? (int64_t)t / n : 0)

REDUCER(sum_float32, float, double, float, float, 0, ADD, AS_IT_IS, THE_TOTAL)
REDUCER(sum_float64, double, double, double, double, 0, ADD, AS_IT_IS, THE_TOTAL)
REDUCER(sum_int32, int32_t, uint64_t, uint64_t, int32_t, 0, ADD, AS_IT_IS, THE_TOTAL)
REDUCER(sum_int64, int64_t, uint64_t, uint64_t, int64_t, 0, ADD, AS_IT_IS, THE_TOTAL)

REDUCER(mean_float32, float, double, float, float, 0, ADD, AS_IT_IS, THE_MEAN)
REDUCER(mean_float64, double, double, double, double, 0, ADD, AS_IT_IS, THE_MEAN)
REDUCER(mean_int32, int32_t, uint64_t, uint64_t, int32_t, 0, ADD, AS_IT_IS, WHOLE_MEAN)
REDUCER(mean_int64, int64_t, uint64_t, uint64_t, int64_t, 0, ADD, AS_IT_IS, WHOLE_MEAN)

REDUCER(prod_float32, float, double, double, float, 1, MULTIPLY, AS_IT_IS, THE_TOTAL)
REDUCER(prod_float64, double, double, double, double, 1, MULTIPLY, AS_IT_IS, THE_TOTAL)
REDUCER(prod_int32, int32_t, uint64_t, uint64_t, int32_t, 1, MULTIPLY, AS_IT_IS, THE_TOTAL)
REDUCER(prod_int64, int64_t, uint64_t, uint64_t, int64_t, 1, MULTIPLY, AS_IT_IS, THE_TOTAL)

REDUCER(max_float32, float, float, float, float, -INFINITY, LARGER, AS_IT_IS, THE_TOTAL)
REDUCER(max_float64, double, double, double, double, -INFINITY, LARGER, AS_IT_IS, THE_TOTAL)
REDUCER(max_int32, int32_t, int32_t, int32_t, int32_t, INT32_MIN, LARGER, AS_IT_IS, THE_TOTAL)
REDUCER(max_int64, int64_t, int64_t, int64_t, int64_t, INT64_MIN, LARGER, AS_IT_IS, THE_TOTAL)

REDUCER(min_float32, float, float, float, float, INFINITY, SMALLER, AS_IT_IS, THE_TOTAL)
REDUCER(min_float64, double, double, double, double, INFINITY, SMALLER, AS_IT_IS, THE_TOTAL)
REDUCER(min_int32, int32_t, int32_t, int32_t, int32_t, INT32_MAX, SMALLER, AS_IT_IS, THE_TOTAL)
REDUCER(min_int64, int64_t, int64_t, int64_t, int64_t, INT64_MAX, SMALLER, AS_IT_IS, THE_TOTAL)

REDUCER(half_squares_float32, float, double, float, float, 0, ADD, SQUARE, t * 0.5)
REDUCER(half_squares_float64, double, double, double, double, 0, ADD, SQUARE, t * 0.5)

REDUCER(all_bool, bool, uint8_t, uint8_t, bool, 1, t &x, AS_IT_IS, THE_TOTAL)
REDUCER(any_bool, bool, uint8_t, uint8_t, bool, 0, t | x, AS_IT_IS, THE_TOTAL)

static const struct {
  sumi_dtype_t dtype;
  const sumi__tensor_reducer_t *sum, *mean, *prod, *max, *min, *all, *any, *half_squares;
} reducers[] = {
    {SUMI_FLOAT32, &sum_float32, &mean_float32, &prod_float32, &max_float32, &min_float32, NULL,
     NULL, &half_squares_float32},
    {SUMI_FLOAT64, &sum_float64, &mean_float64, &prod_float64, &max_float64, &min_float64, NULL,
     NULL, &half_squares_float64},
    {SUMI_INT32, &sum_int32, &mean_int32, &prod_int32, &max_int32, &min_int32, NULL, NULL, NULL},
    {SUMI_INT64, &sum_int64, &mean_int64, &prod_int64, &max_int64, &min_int64, NULL, NULL, NULL},
    {SUMI_BOOL, NULL, NULL, NULL, NULL, NULL, &all_bool, &any_bool, NULL},
};

#define CHOOSER(name)                                                                              \
  const sumi__tensor_reducer_t *sumi__tensor_##name##_reducer(sumi_dtype_t dtype) {                \
    for (size_t i = 0; i < sizeof reducers / sizeof *reducers; ++i)                                \
      if (reducers[i].dtype == dtype) return reducers[i].name;                                     \
    return NULL;                                                                                   \
  }

CHOOSER(sum)
CHOOSER(mean)
CHOOSER(prod)
CHOOSER(max)
CHOOSER(min)
CHOOSER(all)
CHOOSER(any)
CHOOSER(half_squares)
