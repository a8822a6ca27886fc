#include "metrics/metric.h"

#include "losses/weighted.h"

#include <sumi/constants.h>
#include <sumi/ops.h>

static void refuse(const sumi__tensor_metric_t *m) {
  sumi__tensor_loss_refuse(
      m->graph, sumi_fail(SUMI_INVALID_ARGUMENT, "%s: labels has shape %s, predictions has %s",
                          m->kind, sumi_dims_text(sumi_tensor_dims(m->labels)).text,
                          sumi_dims_text(sumi_tensor_dims(m->predictions)).text));
}

bool sumi__tensor_metric_begin(sumi__tensor_metric_t *metric, sumi_site_t site, const char *kind,
                               sumi_tensor_t labels, sumi_tensor_t predictions,
                               sumi_tensor_t weights, const char *name) {
  sumi_graph_t *graph = sumi_tensor_graph(predictions);
  if (!graph || graph->status != SUMI_OK) return false;
  *metric = (sumi__tensor_metric_t){graph, kind, labels, predictions, {0}};
  if (!sumi_variable_scope_begin_with(
          graph, site, name, SUMI_OPTIONS(sumi_variable_scope_options_t, .default_name = kind)))
    return false;
  sumi__tensor_composite_begin(graph, site);
  sumi_dims_t both;
  if (labels.op && !sumi_merge_dims(sumi_tensor_dims(labels), sumi_tensor_dims(predictions), &both))
    refuse(metric);
  else
    metric->weights = sumi__tensor_loss_weights(kind, weights, SUMI_FLOAT32, predictions);
  return true;
}

sumi_metric_t sumi__tensor_metric_end(const sumi__tensor_metric_t *metric, sumi_metric_t result) {
  sumi__tensor_composite_end(metric->graph);
  sumi_variable_scope_end(metric->graph);
  return metric->graph->status == SUMI_OK ? result : (sumi_metric_t){{0}, {0}};
}

sumi__tensor_total_t sumi__tensor_metric_total(const sumi__tensor_metric_t *metric,
                                               const char *name, sumi_dims_t dims,
                                               sumi_tensor_t more) {
  if (!more.op || metric->graph->status != SUMI_OK) return (sumi__tensor_total_t){{0}, {0}};
  sumi_tensor_t sizes[SUMI_MAX_RANK];
  for (int i = 0; i < dims.rank; ++i) sizes[i] = sumi_tensor_of_number((double)dims.size[i]);
  const sumi_tensor_t zeros = sumi_zeros(metric->graph, SUMI_LIST(dims.rank, sizes),
                                         .dtype = sumi_tensor_dtype(more));
  const sumi_tensor_t total = sumi_variable_with(
      zeros, metric->graph->composite_site,
      SUMI_OPTIONS(sumi_new_variable_options_t, .name = name, .is_local = true));
  sumi_collection_add(metric->graph, SUMI_METRIC_VARIABLES, total);
  return (sumi__tensor_total_t){total, sumi__tensor_apply("AssignAdd", SUMI_TENSORS(total, more))};
}

sumi_tensor_t sumi__tensor_metric_weighted(const sumi__tensor_metric_t *metric,
                                           sumi_tensor_t values) {
  return metric->weights.op && values.op ? sumi_mul(values, metric->weights) : values;
}

sumi_metric_t sumi__tensor_metric_mean(const sumi__tensor_metric_t *metric, sumi_tensor_t values) {
  if (metric->graph->status != SUMI_OK) return (sumi_metric_t){{0}, {0}};
  const sumi_tensor_t ones = sumi__tensor_metric_weighted(metric, sumi_ones_like(values));
  const sumi__tensor_total_t total = sumi__tensor_metric_total(
      metric, "total", SUMI_SCALAR, sumi_reduce_sum(sumi__tensor_metric_weighted(metric, values)));
  const sumi__tensor_total_t count = sumi__tensor_metric_total(metric, "count", SUMI_SCALAR,
                                                               sumi_reduce_sum(ones));
  return (sumi_metric_t){sumi_div_no_nan(total.value, count.value),
                         sumi_div_no_nan(total.updated, count.updated)};
}

sumi_tensor_t sumi__tensor_metric_spread_weights(const sumi__tensor_metric_t *metric) {
  if (!metric->weights.op) return metric->weights;
  const sumi_tensor_t ones = sumi_ones_like(sumi__tensor_cast(metric->predictions, SUMI_FLOAT32));
  return sumi_reshape(sumi_mul(ones, metric->weights), SUMI_SHAPE(-1));
}

sumi_tensor_t sumi__tensor_metric_constant(sumi_graph_t *graph, sumi_array_t *array) {
  if (array) return sumi_constant_take(graph, array);
  sumi__tensor_graph_adopt_failure(graph, SUMI_RESOURCE_EXHAUSTED);
  return (sumi_tensor_t){0};
}
