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
#endif
