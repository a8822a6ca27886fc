#include "array/shown.h"

bool sumi__tensor_is_summed_up(const sumi_array_t *array,
                               const sumi_array_format_options_t *options) {
  return sumi_array_count(array) > options->threshold;
}

bool sumi__tensor_leaves_out(int64_t size, bool summed_up, int64_t edge) {
  return summed_up && size / 2 >= edge && size > 2 * edge;
}

typedef struct {
  const sumi_array_t *array;
  const sumi_array_format_options_t *options;
  sumi__tensor_visit_t visit;
  void *context;
} walk_t;

static void walk_axis(const walk_t *walk, const sumi_dims_t *dims, int axis, int64_t first) {
  if (axis == dims->rank) {
    walk->visit(walk->context, walk->array, first);
    return;
  }
  const int64_t size = dims->size[axis], edge = walk->options->edge_items;
  const bool skips = sumi__tensor_leaves_out(
      size, sumi__tensor_is_summed_up(walk->array, walk->options), edge);
  for (int64_t i = 0; i < size; ++i) {
    if (skips && i == edge) i = size - edge;
    walk_axis(walk, dims, axis + 1, first * size + i);
  }
}

void sumi__tensor_visit_shown(const sumi_array_t *array, const sumi_array_format_options_t *options,
                              sumi__tensor_visit_t visit, void *context) {
  const walk_t walk = {array, options, visit, context};
  const sumi_dims_t dims = sumi_array_dims(array);
  walk_axis(&walk, &dims, 0, 0);
}
