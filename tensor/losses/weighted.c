/* From the losses of elements to one. Source of behaviour: TensorFlow 1.15
 * python/ops/losses/losses_impl.py, python/ops/weights_broadcast_ops.py. */
#include "losses/weighted.h"

#include <sumi/constants.h>
#include <sumi/ops.h>

void sumi__tensor_loss_refuse(sumi_graph_t *graph, sumi_status_t status) {
  sumi_graph_refuse(graph, status, graph->composite_site);
}

static bool broadcasts(sumi_dims_t weights, sumi_dims_t values) {
  if (weights.rank == 0 || weights.rank == SUMI_UNKNOWN_RANK || values.rank == SUMI_UNKNOWN_RANK)
    return true;
  bool fits = weights.rank == values.rank;
  for (int axis = 0; fits && axis < weights.rank; ++axis)
    fits = weights.size[axis] == 1 || weights.size[axis] < 0 || values.size[axis] < 0 ||
           weights.size[axis] == values.size[axis];
  return fits;
}

sumi_tensor_t sumi__tensor_loss_weights(const char *what, sumi_tensor_t weights, sumi_dtype_t dtype,
                                        sumi_tensor_t values) {
  sumi_graph_t *graph = sumi_tensor_graph(values);
  if (!graph || sumi_tensor_is_null(weights)) return (sumi_tensor_t){0};
  if (sumi_tensor_is_number(weights)) return sumi_scalar(graph, dtype, weights.number);
  sumi_dims_t dims = sumi_tensor_dims(weights);
  const sumi_dims_t over = sumi_tensor_dims(values);
  if (over.rank >= 0 && dims.rank == over.rank + 1 && dims.size[dims.rank - 1] == 1) {
    weights = sumi_squeeze(weights, .axes = SUMI_AXES(-1));
    dims = sumi_tensor_dims(weights);
  }
  if (broadcasts(dims, over)) return sumi__tensor_cast(weights, dtype);
  sumi__tensor_loss_refuse(
      graph, sumi_fail(SUMI_INVALID_ARGUMENT,
                       "%s: weights has shape %s, for values of shape %s; a scalar, or the same "
                       "rank with each size equal or 1, is wanted",
                       what, sumi_dims_text(dims).text, sumi_dims_text(over).text));
  return (sumi_tensor_t){0};
}

/* How many losses there are, as a number of their dtype. */
static sumi_tensor_t count(sumi_tensor_t losses) {
  return sumi_cast(sumi_size(losses), sumi_tensor_dtype(losses));
}

/* sum over all losses of what `weights` has for each. */
static sumi_tensor_t spread_sum(sumi_tensor_t weights, sumi_tensor_t losses) {
  return sumi_reduce_sum(sumi_mul(sumi_ones_like(losses), weights));
}

static sumi_tensor_t nonzero(sumi_tensor_t weights) {
  return sumi_cast(sumi_not_equal(weights, 0), sumi_tensor_dtype(weights));
}

static sumi_tensor_t reduced(sumi_tensor_t losses, sumi_tensor_t weights,
                             sumi_reduction_t reduction) {
  const sumi_tensor_t weighted = weights.op ? sumi_mul(losses, weights) : losses;
  if (reduction == SUMI_REDUCTION_NONE) return weighted;
  const sumi_tensor_t sum = sumi_reduce_sum(weighted);
  if (reduction == SUMI_REDUCTION_SUM) return sum;
  if (reduction == SUMI_REDUCTION_SUM_OVER_BATCH_SIZE || !weights.op)
    return sumi_div_no_nan(sum, count(losses));
  if (reduction == SUMI_REDUCTION_MEAN) return sumi_div_no_nan(sum, spread_sum(weights, losses));
  return sumi_div_no_nan(sum, spread_sum(nonzero(weights), losses));
}

sumi_tensor_t sumi__tensor_loss_reduced(const char *what, sumi_tensor_t losses,
                                        const sumi_loss_options_t *options) {
  sumi_graph_t *graph = sumi_tensor_graph(losses);
  if (!graph || graph->status != SUMI_OK) return (sumi_tensor_t){0};
  const sumi_tensor_t weights = sumi__tensor_loss_weights(what, options->weights,
                                                          sumi_tensor_dtype(losses), losses);
  if (graph->status != SUMI_OK) return (sumi_tensor_t){0};
  const sumi_tensor_t loss = reduced(losses, weights, options->reduction);
  const char *collection = options->collection ? options->collection : SUMI_LOSSES;
  if (collection[0]) sumi_collection_add(graph, collection, loss);
  return loss;
}
