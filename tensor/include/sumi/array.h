/* Eager n-dimensional arrays: dense, row-major, counted.
 *
 *   sumi_array_t *a = sumi_array_arange(6, SUMI_FLOAT32), *b = sumi_array_reshape(a, SUMI_DIMS(2,
 * 3)); sumi_array_print(stdout, b); sumi_array_unref(a), sumi_array_unref(b);
 *
 * Functions that make an array return one with a single reference, which the caller unrefs, or NULL
 * after recording why (sumi_error_message): RESOURCE_EXHAUSTED without memory, INVALID_ARGUMENT for
 * a NULL array, an unknown dtype, a shape that is unknown, negative, too large or does not fit.
 * References are counted atomically and may be taken and dropped from any thread; elements are not
 * locked. */
#ifndef SUMI_ARRAY_H
#define SUMI_ARRAY_H

#include <stdio.h>
#include <sumi/array_view.h>
#include <sumi/buffer.h>
#include <sumi/config.h>
#include <sumi/dims.h>
#include <sumi/dtype.h>
#include <sumi/status.h>

SUMI_BEGIN_DECLS

typedef struct sumi_array sumi_array_t;

/* ---- Making and dropping ---- */

/** Zeros (empty texts for strings), aligned to SUMI_ALIGNMENT bytes. */
SUMI_API sumi_array_t *sumi_array_new(sumi_dtype_t dtype, sumi_dims_t dims) SUMI_MUST_USE;

/** As sumi_array_new with unspecified contents (strings: empty texts), for those who fill every
 * element. */
SUMI_API sumi_array_t *sumi_array_new_uninitialized(sumi_dtype_t dtype,
                                                    sumi_dims_t dims) SUMI_MUST_USE;

/** A copy of the dense row-major elements at `data` (strings: NUL-terminated texts, copied; NULL is
 * ""). */
SUMI_API sumi_array_t *sumi_array_from(sumi_dtype_t dtype, sumi_dims_t dims,
                                       const void *data) SUMI_MUST_USE;

/** A copy of what a view looks at. */
SUMI_API sumi_array_t *sumi_array_from_view(const sumi_array_view_t *view) SUMI_MUST_USE;

/** An array over the caller's memory, which must hold the elements until `release(user, data)` is
 * called with the last reference gone; release may be NULL. On failure nothing is released. */
SUMI_API sumi_array_t *sumi_array_wrap(sumi_dtype_t dtype, sumi_dims_t dims, void *data,
                                       void (*release)(void *user, void *data),
                                       void *user) SUMI_MUST_USE;

/** One element of any dtype but string, converted from a double as sumi_array_set does; and one
 * text. */
SUMI_API sumi_array_t *sumi_array_scalar(sumi_dtype_t dtype, double value) SUMI_MUST_USE;
SUMI_API sumi_array_t *sumi_array_text(const char *text) SUMI_MUST_USE;

/** Takes a reference and returns the array; NULL is allowed. */
SUMI_API sumi_array_t *sumi_array_ref(sumi_array_t *array);

/** Drops a reference, and with the last one the array. NULL is allowed. */
SUMI_API void sumi_array_unref(sumi_array_t *array);

/** Whether somebody else holds a reference too, an array made by reshape or slice included. */
SUMI_API bool sumi_array_is_shared(const sumi_array_t *array);

/* ---- Looking; the array must not be NULL ---- */

/** The elements, dense and row-major. Elements of strings arrays are written by sumi_array_set_text
 * only. */
SUMI_API void *sumi_array_data(const sumi_array_t *array);
SUMI_API sumi_dims_t sumi_array_dims(const sumi_array_t *array);
SUMI_API int sumi_array_rank(const sumi_array_t *array);
SUMI_API sumi_dtype_t sumi_array_dtype(const sumi_array_t *array);
SUMI_API int64_t sumi_array_count(const sumi_array_t *array);
SUMI_API size_t
sumi_array_size_bytes(const sumi_array_t *array); /* of the elements; strings: pointers */

/** A borrowed look, valid as long as the array. */
SUMI_API sumi_array_view_t sumi_array_view(const sumi_array_t *array);

/** Element `index` (row-major) as a double: exact but for 64-bit integers past 2^53; 0 for strings.
 * The index must be in range. */
SUMI_API double sumi_array_get(const sumi_array_t *array, int64_t index);

/** Element `index` (row-major) of a strings array, valid until it is set. */
SUMI_API const char *sumi_array_get_text(const sumi_array_t *array, int64_t index);

/** Stores a number: rounded to float32, truncated towards zero for integers and clamped to their
 * range (NaN is 0), true for bool unless 0. Errors: OUT_OF_RANGE index, INVALID_ARGUMENT for
 * strings. */
SUMI_API sumi_status_t sumi_array_set(sumi_array_t *array, int64_t index, double value);

/** Stores a copy of a text (NULL is ""). FAILED_PRECONDITION for wrapped strings, which belong to
 * somebody else. */
SUMI_API sumi_status_t sumi_array_set_text(sumi_array_t *array, int64_t index, const char *text);

/** Same dtype, shape and elements; NaN differs from everything, -0 equals 0. Two NULLs are equal.
 */
SUMI_API bool sumi_array_equal(const sumi_array_t *array, const sumi_array_t *other);

/* ---- The same elements, seen otherwise: these share memory with `array`, which lives as long as
 * they ---- */

/** Another shape for as many elements; one size may be -1 and follows from the others. */
SUMI_API sumi_array_t *sumi_array_reshape(sumi_array_t *array, sumi_dims_t dims) SUMI_MUST_USE;

/** Rows [begin, end) along axis 0; negative positions count from the end, as in Python, and are
 * clamped to it. */
SUMI_API sumi_array_t *sumi_array_slice(sumi_array_t *array, int64_t begin,
                                        int64_t end) SUMI_MUST_USE;

/** Row `index` of axis 0, one rank lower; negative counts from the end. OUT_OF_RANGE past it. */
SUMI_API sumi_array_t *sumi_array_row(sumi_array_t *array, int64_t index) SUMI_MUST_USE;

/* ---- New arrays ---- */

/** An array of its own with the same dtype, shape and elements. */
SUMI_API sumi_array_t *sumi_array_copy(const sumi_array_t *array) SUMI_MUST_USE;

/** Converted elements: floating to integer truncates and clamps as sumi_array_set, integers to
 * narrower integers wrap, anything to bool compares with 0. Strings convert to strings only. */
SUMI_API sumi_array_t *sumi_array_astype(const sumi_array_t *array,
                                         sumi_dtype_t dtype) SUMI_MUST_USE;

/** 0, 1, …, count - 1. */
SUMI_API sumi_array_t *sumi_array_arange(int64_t count, sumi_dtype_t dtype) SUMI_MUST_USE;

/** `count` evenly spaced numbers from `start` to `stop`, both included (numpy.linspace, floating
 * dtypes). */
SUMI_API sumi_array_t *sumi_array_linspace(double start, double stop, int64_t count,
                                           sumi_dtype_t dtype) SUMI_MUST_USE;

/** Every element is `value`, converted as by sumi_array_set. */
SUMI_API sumi_array_t *sumi_array_full(sumi_dtype_t dtype, sumi_dims_t dims,
                                       double value) SUMI_MUST_USE;

/** The identity of `side` rows. */
SUMI_API sumi_array_t *sumi_array_eye(int64_t side, sumi_dtype_t dtype) SUMI_MUST_USE;

/** Numbers from N(mean, deviation^2) of the stream of <sumi/random.h> that (seed, seed2) name:
 * float32, float64. */
SUMI_API sumi_array_t *sumi_array_normal(sumi_dtype_t dtype, sumi_dims_t dims, double mean,
                                         double deviation, int64_t seed,
                                         int64_t seed2) SUMI_MUST_USE;

/** Numbers from [low, high) of the same streams. */
SUMI_API sumi_array_t *sumi_array_uniform(sumi_dtype_t dtype, sumi_dims_t dims, double low,
                                          double high, int64_t seed, int64_t seed2) SUMI_MUST_USE;

/** numpy.dot for operands of rank 0 to 2 and the same floating dtype; OpenBLAS does the work. */
SUMI_API sumi_array_t *sumi_array_dot(const sumi_array_t *array,
                                      const sumi_array_t *other) SUMI_MUST_USE;

/** Elementwise, broadcasting by NumPy's rules; both operands have the same dtype, integers wrap.
 * Not for strings; add, sub, mul not for bool. maximum gives NaN where either operand is NaN. */
SUMI_API sumi_array_t *sumi_array_add(const sumi_array_t *array,
                                      const sumi_array_t *other) SUMI_MUST_USE;
SUMI_API sumi_array_t *sumi_array_sub(const sumi_array_t *array,
                                      const sumi_array_t *other) SUMI_MUST_USE;
SUMI_API sumi_array_t *sumi_array_mul(const sumi_array_t *array,
                                      const sumi_array_t *other) SUMI_MUST_USE;
SUMI_API sumi_array_t *sumi_array_div(const sumi_array_t *array,
                                      const sumi_array_t *other) SUMI_MUST_USE; /* floating only */
SUMI_API sumi_array_t *sumi_array_maximum(const sumi_array_t *array,
                                          const sumi_array_t *other) SUMI_MUST_USE;
SUMI_API sumi_array_t *sumi_array_square(const sumi_array_t *array) SUMI_MUST_USE;

/** Axes in reverse order (numpy.transpose without axes). */
SUMI_API sumi_array_t *sumi_array_transpose(const sumi_array_t *array) SUMI_MUST_USE;

/** Sum and mean over `axes` (a bit for each axis, 1u << axis; SUMI_ALL_AXES for all), which
 * disappear. Floating dtypes keep theirs and add up in double; sums of signed integers and bools
 * are int64, of unsigned ones uint64; means of these are float64. */
#define SUMI_ALL_AXES (~0u)
SUMI_API sumi_array_t *sumi_array_sum(const sumi_array_t *array, unsigned axes) SUMI_MUST_USE;
SUMI_API sumi_array_t *sumi_array_mean(const sumi_array_t *array, unsigned axes) SUMI_MUST_USE;

/** int64 index of the first largest element along `axis` (negative counts from the end); NaN is the
 * largest, as in NumPy. */
SUMI_API sumi_array_t *sumi_array_argmax(const sumi_array_t *array, int axis) SUMI_MUST_USE;

/* ---- Printing as NumPy prints ---- */

/** Which of Python's two texts of an array. */
typedef enum sumi_array_style {
  SUMI_ARRAY_STR, /* str(a): "[1. 2.]" */
  SUMI_ARRAY_REPR /* repr(a): "array([1., 2.], dtype=float32)" */
} sumi_array_style_t;

/** How many digits floating elements get (numpy.set_printoptions). */
typedef enum sumi_floatmode {
  SUMI_FLOATMODE_MAXPREC,       /* at most `precision` digits, fewer where they name the number */
  SUMI_FLOATMODE_MAXPREC_EQUAL, /* the same, but equally many for all elements */
  SUMI_FLOATMODE_FIXED,         /* exactly `precision` digits */
  SUMI_FLOATMODE_UNIQUE         /* as many as name the number */
} sumi_floatmode_t;

/** numpy.set_printoptions. Zero is NumPy's default, given in brackets. */
typedef struct sumi_array_format_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  sumi_array_style_t style SUMI_UNSET;
  int precision SUMI_UNSET;      /* digits after the point [8], up to 500; negative: none */
  int64_t threshold SUMI_UNSET;  /* more elements are summed up with "..." [1000]; negative: 0 */
  int64_t edge_items SUMI_UNSET; /* elements shown at each end of an axis then [3] */
  int line_width SUMI_UNSET;     /* in characters [75] */
  bool suppress SUMI_UNSET;      /* no scientific notation because of small numbers */
  sumi_floatmode_t floatmode SUMI_UNSET;
  char sign SUMI_UNSET; /* of positive numbers: '-' none [-], '+', or ' ' */
} sumi_array_format_options_t;

/** Appends the text NumPy 2.4 prints for the array. The buffer keeps a failure of memory. */
#define sumi_array_format(array, ...) SUMI__ARRAY_FORMAT(array, __VA_ARGS__, )
#define SUMI__ARRAY_FORMAT(array, buffer, ...)                                                     \
  sumi_array_format_with(array, buffer, SUMI_OPTIONS(sumi_array_format_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_array_format_with(const sumi_array_t *array, sumi_buffer_t *buffer,
                                              const sumi_array_format_options_t *options);

/** str(array) and a newline to a stream; UNAVAILABLE when the stream refuses. */
SUMI_API sumi_status_t sumi_array_print(FILE *file, const sumi_array_t *array);

SUMI_END_DECLS
#endif
