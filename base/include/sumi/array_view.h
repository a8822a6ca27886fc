/* A borrowed look at somebody's numbers: the common currency of modules that do not know each
 * other. */
#ifndef SUMI_ARRAY_VIEW_H
#define SUMI_ARRAY_VIEW_H

#include <sumi/config.h>
#include <sumi/dtype.h>
#include <sumi/status.h>

SUMI_BEGIN_DECLS

#define SUMI_MAX_RANK 8

/** Dense row-major elements that belong to somebody else; rank 0 is one element. Valid as long as
 * their owner says. */
typedef struct {
  sumi_dtype_t dtype;
  int rank;
  int64_t dims[SUMI_MAX_RANK];
  const void *data;
} sumi_array_view_t;

/** A view in one expression, for other languages too: `rank` sizes at `dims` (at most SUMI_MAX_RANK
 * are taken; sumi_array_view_check refuses more). Pictures are [height, width, channels]; those
 * that lie as [channels, height, width] are logged with .channels_first. */
SUMI_API sumi_array_view_t sumi_array_view_make(const void *data, sumi_dtype_t dtype, int rank,
                                                const int64_t *dims);

/** Number of elements, 1 for rank 0; -1 when rank or a size is out of range or the product
 * overflows int64. */
SUMI_API int64_t sumi_array_view_count(const sumi_array_view_t *view);

/** INVALID_ARGUMENT, naming `what`, for an unknown dtype, a bad rank or size, or NULL data with
 * elements to read. */
SUMI_API sumi_status_t sumi_array_view_check(const char *what, const sumi_array_view_t *view);

enum { SUMI_SHAPE_TEXT_MAX = SUMI_MAX_RANK * 22 + 16 };

/** The shape as messages show it, "[2, 28, 28]"; "[] of rank 9" when the rank is out of range. */
SUMI_API void sumi_array_view_shape_text(const sumi_array_view_t *view,
                                         char text[SUMI_SHAPE_TEXT_MAX]);

/** Element `index` (row-major) as a double; 0 for strings. The caller has checked the view. */
SUMI_API double sumi_array_view_double(const sumi_array_view_t *view, int64_t index);

SUMI_END_DECLS

/* SUMI_VIEW(pointer, sizes…): the view with the dtype of what the pointer points to.
 *
 *   sumi_array_view_t batch = SUMI_VIEW(pixels, 8, 28, 28); */
#ifdef __cplusplus
extern "C++" {
#include <initializer_list>
#define SUMI__BASE_DTYPE_OF(NAME, number, text, type)                                              \
  inline sumi_dtype_t sumi__base_dtype_of(type const *) {                                          \
    return SUMI_##NAME;                                                                            \
  }
SUMI_DTYPE_MAP(SUMI__BASE_DTYPE_OF)
#undef SUMI__BASE_DTYPE_OF
template <class SumiElement>
inline sumi_array_view_t sumi__base_view(const SumiElement *data,
                                         std::initializer_list<int64_t> dims) {
  return sumi_array_view_make(data, sumi__base_dtype_of(data), static_cast<int>(dims.size()),
                              dims.begin());
}
}
#define SUMI_VIEW(pointer, ...) (sumi__base_view(pointer, {__VA_ARGS__}))
#else
#define SUMI__BASE_DTYPE_OF(pointer)                                                               \
  _Generic(*(pointer),                                                                             \
      float: SUMI_FLOAT32,                                                                         \
      double: SUMI_FLOAT64,                                                                        \
      int32_t: SUMI_INT32,                                                                         \
      uint8_t: SUMI_UINT8,                                                                         \
      int16_t: SUMI_INT16,                                                                         \
      int8_t: SUMI_INT8,                                                                           \
      const char *: SUMI_STRING,                                                                   \
      int64_t: SUMI_INT64,                                                                         \
      bool: SUMI_BOOL,                                                                             \
      uint16_t: SUMI_UINT16,                                                                       \
      uint32_t: SUMI_UINT32,                                                                       \
      uint64_t: SUMI_UINT64)
#define SUMI_VIEW(pointer, ...)                                                                    \
  sumi_array_view_make(pointer, SUMI__BASE_DTYPE_OF(pointer),                                      \
                       (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)),                  \
                       (int64_t[]){__VA_ARGS__})
#endif
#endif
