/* Fully connected layers. Source of behaviour: TensorFlow 1.15 tf.layers.dense, tf.layers.flatten.
 */
#include "layers/layer.h"

#include <sumi/options.h>
#include <sumi/ops.h>

/* x's shape with the last size replaced; unknown sizes are taken from the run. */
static sumi_tensor_t with_last(sumi_tensor_t y, sumi_tensor_t x, int64_t units) {
  const sumi_dims_t dims = sumi_tensor_dims(x);
  sumi_tensor_t sizes[SUMI_MAX_RANK];
  for (int axis = 0; axis + 1 < dims.rank; ++axis) sizes[axis] = sumi__tensor_size_of(x, axis);
  sizes[dims.rank - 1] = sumi_tensor_of_number((double)units);
  return sumi_reshape(y, SUMI_LIST(dims.rank, sizes));
}

static sumi_tensor_t product(sumi_tensor_t x, sumi_tensor_t kernel, int64_t inputs, int64_t units) {
  if (sumi_tensor_dims(x).rank == 2) return sumi_matmul(x, kernel);
  const sumi_tensor_t rows = sumi_reshape(x, SUMI_SHAPE(-1, (double)inputs));
  return with_last(sumi_matmul(rows, kernel), x, units);
}

sumi_tensor_t sumi_dense_with(sumi_tensor_t x, sumi_site_t site, int64_t units,
                              const sumi_layer_options_t *given) {
  sumi_layer_options_t options;
  if (!sumi__tensor_graph_options(sumi_tensor_graph(x), site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  sumi_tensor_t y = {0};
  if (!sumi__tensor_layer_begin(x, site, options.name, "dense", options.reuse)) return y;
  int64_t inputs;
  if (units < 1)
    sumi__tensor_layer_refuse(x, SUMI_INVALID_ARGUMENT, "dense: %lld units", (long long)units);
  else if (sumi__tensor_layer_size(x, "dense", 0, &inputs)) {
    const sumi_tensor_t kernel = sumi__tensor_layer_variable(x, "kernel", SUMI_DIMS(inputs, units),
                                                             options.kernel_initializer, true);
    if (kernel.op)
      y = sumi__tensor_layer_finish(product(x, kernel, inputs, units), units, &options);
  }
  sumi__tensor_layer_end(x);
  return y;
}

sumi_tensor_t sumi_flatten_at(sumi_site_t site, sumi_tensor_t x) {
  const sumi_dims_t dims = sumi_tensor_dims(x);
  int64_t rest = dims.rank < 1 ? -1 : 1;
  for (int axis = 1; axis < dims.rank && rest >= 0; ++axis)
    rest = dims.size[axis] < 0 ? -1 : rest * dims.size[axis];
  sumi_graph_t *graph = sumi_tensor_graph(x);
  sumi_tensor_t y = {0};
  if (!graph || graph->status != SUMI_OK) return y;
  sumi__tensor_composite_begin(graph, site);
  if (rest >= 0)
    y = sumi_reshape(x, SUMI_SHAPE(-1, (double)rest));
  else
    sumi__tensor_layer_refuse(x, SUMI_INVALID_ARGUMENT,
                              "flatten: input '%s' of shape %s; sizes past the first must be known",
                              sumi_op_name(x.op), sumi_dims_text(dims).text);
  sumi__tensor_composite_end(graph);
  return y;
}
