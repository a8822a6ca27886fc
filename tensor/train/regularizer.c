/* What variables add to the loss. Source of behaviour: TensorFlow 1.15
 * contrib/layers/python/layers/regularizers.py. */
#include "graph/apply.h"

#include <sumi/constants.h>
#include <sumi/ops.h>
#include <sumi/variables.h>

static sumi_tensor_t scaled(sumi_tensor_t loss, double scale) {
  return sumi__tensor_apply("Mul", SUMI_TENSORS(scale, loss));
}

sumi_tensor_t sumi_l1_regularization(sumi_tensor_t variable, double scale) {
  return scaled(sumi_reduce_sum(sumi_abs(variable)), scale);
}

sumi_tensor_t sumi_l2_regularization(sumi_tensor_t variable, double scale) {
  return scaled(sumi_l2_loss(variable), scale);
}

sumi_tensor_t sumi_no_regularization(sumi_tensor_t variable, double scale) {
  (void)variable, (void)scale;
  return (sumi_tensor_t){0};
}

sumi_tensor_t sumi_regularization_loss(sumi_graph_t *graph) {
  sumi_tensor_t nothing = {0};
  if (!graph || graph->status != SUMI_OK) return nothing;
  const sumi_tensors_t losses = sumi_collection(graph, SUMI_REGULARIZATION_LOSSES);
  if (losses.count == 0) return sumi_scalar(graph, SUMI_FLOAT32, 0);
  sumi_tensor_t *terms = sumi__tensor_graph_calloc(graph, (size_t)losses.count, sizeof *terms);
  if (!terms) return nothing;
  for (int i = 0; i < losses.count; ++i) terms[i] = losses.list[i];
  sumi__tensor_composite_begin(graph, SUMI_HERE);
  const sumi_tensor_t sum = sumi__tensor_add_n(losses.count, terms);
  sumi__tensor_composite_end(graph);
  return sum;
}
