#include "ops/coordinates.h"

#include <stdio.h>

/* "1, 2" */
static void coordinates_text(const sumi__tensor_coordinates_t *c, int64_t index, char *text,
                             size_t size) {
  size_t length = 0;
  text[0] = '\0';
  for (int k = 0; k < c->depth && length < size; ++k)
    length += (size_t)snprintf(text + length, size - length, "%s%lld", k ? ", " : "",
                               (long long)sumi__tensor_view_int(c->indices, index * c->depth + k));
}

static bool is_inside(const sumi__tensor_coordinates_t *c, int64_t index, sumi_dims_t dims) {
  for (int k = 0; k < c->depth; ++k) {
    const int64_t at = sumi__tensor_view_int(c->indices, index * c->depth + k);
    if (at < 0 || at >= dims.size[k]) return false;
  }
  return true;
}

sumi_status_t sumi__tensor_coordinates(const sumi_kernel_t *kernel,
                                       const sumi_array_view_t *indices, const char *name,
                                       sumi_dims_t dims, sumi__tensor_coordinates_t *coordinates) {
  sumi__tensor_coordinates_t *c = coordinates;
  const int last = indices->rank - 1;
  *c = (sumi__tensor_coordinates_t){.indices = indices,
                                    .depth = (int)indices->dims[last],
                                    .count = sumi__tensor_count_axes(indices->dims, 0, last),
                                    .places = 1};
  for (int k = c->depth; k-- > 0;) {
    c->stride[k] = c->places;
    c->places *= dims.size[k];
  }
  c->inner = sumi__tensor_count_axes(dims.size, c->depth, dims.rank);
  for (int64_t i = 0; i < c->count; ++i) {
    if (is_inside(c, i, dims)) continue;
    char text[32 * SUMI_MAX_RANK];
    coordinates_text(c, i, text, sizeof text);
    return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                            "%s[%lld] = [%s] is outside the shape %s", name, (long long)i, text,
                            sumi_dims_text(dims).text);
  }
  return SUMI_OK;
}
