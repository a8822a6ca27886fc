/* Where the extremes are.
 * Source of names and semantics: TensorFlow core/ops/math_ops.cc; NaN as in NumPy. */
#include "kernels/map.h"
#include "kernels/reduce.h"
#include "ops/known.h"

#include <sumi/ops.h>

/* Columns that are searched side by side, and elements of a row that are compared before it is
 * asked where the best of them is. */
enum { TILE = 256, BLOCK = 256 };

typedef struct search {
  const sumi_kernel_t *kernel;
  const sumi__tensor_reducer_t *best_of;
  int64_t length, inner, tiles;
  bool wide; /* int64 results */
} search_t;

static void store(const search_t *s, int64_t position, int64_t found) {
  if (s->wide)
    ((int64_t *)sumi_kernel_out(s->kernel, 0))[position] = found;
  else
    ((int32_t *)sumi_kernel_out(s->kernel, 0))[position] = (int32_t)found;
}

/* The first of equal elements; NaN beats everything. A row is read by the reducer of the extreme,
 * block by block, and only the block that it is found in once more. */
#define SEARCH(name, T, better)                                                                    \
  static int64_t name##_in_row(const search_t *s, const T *x) {                                    \
    int64_t at = 0, found = 0;                                                                     \
    T best = *x;                                                                                   \
    for (int64_t begin = 0; begin < s->length; begin += BLOCK) {                                   \
      T v;                                                                                         \
      s->best_of->rows(x + begin, 1, s->length - begin < BLOCK ? s->length - begin : BLOCK, &v);   \
      if (v better best || (v != v && best == best)) best = v, at = begin;                         \
    }                                                                                              \
    for (found = at; x[found] != best && (best == best || x[found] == x[found]);) ++found;         \
    return found;                                                                                  \
  }                                                                                                \
  static void name##_in_columns(const search_t *s, const T *x, int64_t count, int64_t position) {  \
    T best[TILE];                                                                                  \
    int64_t found[TILE];                                                                           \
    for (int64_t j = 0; j < count; ++j) best[j] = x[j], found[j] = 0;                              \
    for (int64_t i = 1; i < s->length; ++i) {                                                      \
      x += s->inner;                                                                               \
      SUMI__SIMD for (int64_t j = 0; j < count; ++j) {                                             \
        const T v = x[j], so_far = best[j];                                                        \
        const bool is_better = (v better so_far) | ((v != v) & (so_far == so_far));                \
        best[j] = is_better ? v : so_far;                                                          \
        found[j] = is_better ? i : found[j];                                                       \
      }                                                                                            \
    }                                                                                              \
    for (int64_t j = 0; j < count; ++j) store(s, position + j, found[j]);                          \
  }                                                                                                \
  static void name(void *context, int64_t task) {                                                  \
    const search_t *s = context;                                                                   \
    const int64_t outer = task / s->tiles, first = task % s->tiles * TILE;                         \
    const T *x = (const T *)s->kernel->in[0].data + outer * s->length * s->inner + first;          \
    if (s->inner == 1)                                                                             \
      store(s, outer, name##_in_row(s, x));                                                        \
    else                                                                                           \
      name##_in_columns(s, x, s->inner - first < TILE ? s->inner - first : TILE,                   \
                        outer * s->inner + first);                                                 \
  }

SEARCH(largest_float32, float, >)
SEARCH(largest_float64, double, >)
SEARCH(largest_int32, int32_t, >)
SEARCH(largest_int64, int64_t, >)
SEARCH(smallest_float32, float, <)
SEARCH(smallest_float64, double, <)
SEARCH(smallest_int32, int32_t, <)
SEARCH(smallest_int64, int64_t, <)

static const struct {
  sumi_dtype_t dtype;
  void (*largest)(void *context, int64_t task);
  void (*smallest)(void *context, int64_t task);
} searches[] = {
    {SUMI_FLOAT32, largest_float32, smallest_float32},
    {SUMI_FLOAT64, largest_float64, smallest_float64},
    {SUMI_INT32, largest_int32, smallest_int32},
    {SUMI_INT64, largest_int64, smallest_int64},
};

static sumi_status_t find(const sumi_kernel_t *kernel, bool largest) {
  const sumi_array_view_t *x = &kernel->in[0];
  int axis;
  SUMI_TRY(sumi__tensor_kernel_axis(kernel, &kernel->in[1], x->rank, &axis));
  const int64_t outer = sumi__tensor_count_axes(x->dims, 0, axis);
  search_t s = {.kernel = kernel,
                .best_of = largest ? sumi__tensor_max_reducer(x->dtype)
                                   : sumi__tensor_min_reducer(x->dtype),
                .length = x->dims[axis],
                .inner = sumi__tensor_count_axes(x->dims, axis + 1, x->rank),
                .wide = kernel->out[0].dtype == SUMI_INT64};
  s.tiles = (s.inner + TILE - 1) / TILE;
  if (s.length == 0 && outer * s.inner > 0)
    return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                            "axis %d has no elements to choose from: input has shape %s", axis,
                            sumi_dims_text(sumi_dims_make(x->rank, x->dims)).text);
  for (size_t i = 0; i < sizeof searches / sizeof *searches; ++i)
    if (searches[i].dtype == x->dtype)
      sumi_kernel_parallel(kernel, outer * s.tiles,
                           largest ? searches[i].largest : searches[i].smallest, &s);
  return SUMI_OK;
}

static sumi_status_t argmax_kernel(const sumi_kernel_t *kernel) {
  return find(kernel, true);
}

static sumi_status_t argmin_kernel(const sumi_kernel_t *kernel) {
  return find(kernel, false);
}

static sumi_status_t argmax_shape(sumi_infer_t *infer) {
  const sumi_dims_t in = infer->in[0];
  int64_t value;
  int axis;
  SUMI_TRY(sumi__tensor_want_rank(infer, 1, "dimension", 0));
  if (in.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  if (in.rank == 0) return sumi_refuse(infer, "input is a scalar, which has no axes");
  infer->out[0] = sumi__tensor_dims_of_rank(in.rank - 1);
  if (!sumi__tensor_known_element(infer, 1, 0, &value)) return SUMI_OK;
  SUMI_TRY(sumi__tensor_want_axis(infer, "dimension", value, in.rank, &axis));
  for (int i = 0; i < in.rank; ++i)
    if (i != axis) infer->out[0].size[i < axis ? i : i - 1] = in.size[i];
  return SUMI_OK;
}

#define SEARCH_CASE(axis, n, result)                                                               \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(2, 3), SUMI_S0},                                               \
    .at = {SUMI_VALUES(1, 7, 7, 4, 5, -6), SUMI_VALUES(axis)}, .dtype = {0, SUMI_INT32},           \
    .out = SUMI_S(n), .expect = SUMI_VALUES result, .from = "numpy"                                \
  }
#define SEARCH_REFUSED                                                                             \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(2, 3), SUMI_S0}, .at = {NULL, SUMI_VALUES(-3)},                \
    .dtype = {0, SUMI_INT32}, .want = SUMI_INVALID_ARGUMENT, .message = "dimension is -3"          \
  }

SUMI_OP(ArgMax,
        "input: T, dimension: Tidx | output_type: type = int64 -> output: output_type ; "
        "T: float32 float64 int32 int64, Tidx: int32 int64, output_type: int64 int32",
        .api = "argmax",
        .doc = "The position of the largest element along the axis `dimension`, the first of equal "
               "ones; that of the first NaN if there is one.",
        .shape = argmax_shape, .kernel = argmax_kernel, .no_grad = "its result is a position",
        SUMI_SAMPLES(SEARCH_CASE(1, 2, (1, 1)), SEARCH_CASE(0, 3, (1, 0, 0)), SEARCH_REFUSED));

SUMI_OP(ArgMin,
        "input: T, dimension: Tidx | output_type: type = int64 -> output: output_type ; "
        "T: float32 float64 int32 int64, Tidx: int32 int64, output_type: int64 int32",
        .api = "argmin",
        .doc = "The position of the smallest element along the axis `dimension`, the first of "
               "equal ones; that of the first NaN if there is one.",
        .shape = argmax_shape, .kernel = argmin_kernel, .no_grad = "its result is a position",
        SUMI_SAMPLES(SEARCH_CASE(1, 2, (0, 2)), SEARCH_CASE(0, 3, (0, 1, 1)), SEARCH_REFUSED));
