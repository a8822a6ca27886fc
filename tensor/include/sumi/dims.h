/* Shapes by value: SUMI_DIMS(2, 3) is a matrix's, SUMI_DIMS() a scalar's. */
#ifndef SUMI_DIMS_H
#define SUMI_DIMS_H

#include <sumi/array_view.h> /* SUMI_MAX_RANK */
#include <sumi/buffer.h>
#include <sumi/config.h>
#include <sumi/status.h>

SUMI_BEGIN_DECLS

/** The size of each axis, outermost first. A zeroed value is a scalar's shape. Symbolic shapes may
 * also have the rank SUMI_UNKNOWN_RANK and sizes SUMI_UNKNOWN_SIZE; arrays never do. */
typedef struct sumi_dims {
  int rank;
  int64_t size[SUMI_MAX_RANK];
} sumi_dims_t;

#define SUMI_UNKNOWN_RANK (-1)
#define SUMI_UNKNOWN_SIZE (-1)

/** The shape with these sizes. An explicit scalar has size[0] == 1, so that it differs from a
 * zeroed value, which in options means "not given" (sumi_dims_given). A rank outside [0,
 * SUMI_MAX_RANK] is kept, so that whoever gets the shape refuses it by name; sizes past
 * SUMI_MAX_RANK are dropped. */
SUMI_API sumi_dims_t sumi_dims_make(int rank, const int64_t *sizes);

/** Whether a shape in options was given. */
static inline bool sumi_dims_given(sumi_dims_t dims) {
  return dims.rank != 0 || dims.size[0] != 0;
}

/** SUMI_DIMS_UNKNOWN: a shape of which nothing is known. */
#define SUMI_DIMS_UNKNOWN sumi_dims_make(SUMI_UNKNOWN_RANK, NULL)

/** Number of elements, 1 for a scalar; -1 when a size or the rank is unknown or out of range, or
 * the product overflows int64. */
SUMI_API int64_t sumi_dims_count(sumi_dims_t dims);

/** Same rank and sizes; an unknown equals an unknown. */
SUMI_API bool sumi_dims_equal(sumi_dims_t dims, sumi_dims_t other);

/** Whether the rank and every size are known. */
SUMI_API bool sumi_dims_known(sumi_dims_t dims);

/** The shape NumPy's rules broadcast a and b to. With unknown sizes: an unknown against n > 1 is n,
 * against 1 or an unknown it is unknown; with an unknown rank the result is unknown. False (and
 * *result untouched) when the shapes do not broadcast or a rank is out of range. */
SUMI_API bool sumi_dims_broadcast(sumi_dims_t dims, sumi_dims_t other, sumi_dims_t *result);

/** INVALID_ARGUMENT, naming `what`, unless the shape is that of an array: known, rank at most
 * SUMI_MAX_RANK, no negative size, fewer than 2^63 elements. */
SUMI_API sumi_status_t sumi_dims_check(const char *what, sumi_dims_t dims);

/** Appends the shape as TensorFlow and NumPy print it: "()", "(3,)", "(2, 3)", "(?, 128)",
 * "<unknown>". */
SUMI_API void sumi_dims_format(sumi_dims_t dims, sumi_buffer_t *buffer);

/** The same text by value, for messages: sumi_fail(…, "%s", sumi_dims_text(dims).text). */
#define SUMI_DIMS_TEXT_MAX (SUMI_MAX_RANK * 22 + 8)
typedef struct {
  char text[SUMI_DIMS_TEXT_MAX];
} sumi_dims_text_t;
SUMI_API sumi_dims_text_t sumi_dims_text(sumi_dims_t dims);

SUMI_END_DECLS

/* SUMI_DIMS(2, 3): a sumi_dims_t of 0 to SUMI_MAX_RANK sizes; -1 is an unknown one. */
#ifdef __cplusplus
extern "C++" {
template <class... SumiSizes> inline sumi_dims_t sumi__tensor_dims_of(SumiSizes... sizes) {
  const int64_t list[] = {0, static_cast<int64_t>(sizes)...};
  return sumi_dims_make(static_cast<int>(sizeof...(sizes)), list + 1);
}
}
#define SUMI_DIMS(...) sumi__tensor_dims_of(__VA_ARGS__)
#else
/* The zero in front keeps the list from being empty for a scalar. */
#define SUMI_DIMS(...)                                                                             \
  sumi_dims_make((int)(sizeof((const int64_t[]){0, __VA_ARGS__}) / sizeof(int64_t)) - 1,           \
                 (const int64_t[]){0, __VA_ARGS__} + 1)
#endif
#define SUMI_SCALAR    SUMI_DIMS()            /* the shape of one number */
#define SUMI_AXES(...) SUMI_DIMS(__VA_ARGS__) /* a list of axes, strides, … in options */

#endif
