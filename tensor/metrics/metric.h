/* What metrics share: their scope, their variables, labels beside predictions. */
#ifndef SUMI_METRICS_METRIC_H
#define SUMI_METRICS_METRIC_H

#include "graph/apply.h"

#include <sumi/metrics.h>

/* A metric that is being built, in a variable scope of its own. */
typedef struct sumi__tensor_metric {
  sumi_graph_t *graph;
  const char *kind;
  sumi_tensor_t labels, predictions; /* of one shape */
  sumi_tensor_t weights;             /* float32 that broadcasts over the predictions, or null */
} sumi__tensor_metric_t;

/* Enters the scope; false, with nothing to leave, when the graph has refused or a tensor is null.
 * Shapes that differ are refused: the graph's status tells. `labels` may be null. */
bool sumi__tensor_metric_begin(sumi__tensor_metric_t *metric, sumi_site_t site, const char *kind,
                               sumi_tensor_t labels, sumi_tensor_t predictions,
                               sumi_tensor_t weights, const char *name);
/* Leaves it; what has refused is null. */
sumi_metric_t sumi__tensor_metric_end(const sumi__tensor_metric_t *metric, sumi_metric_t result);

/* A local variable of zeros in the scope; and the same with `more` added. */
typedef struct sumi__tensor_total {
  sumi_tensor_t value, updated;
} sumi__tensor_total_t;
sumi__tensor_total_t sumi__tensor_metric_total(const sumi__tensor_metric_t *metric,
                                               const char *name, sumi_dims_t dims,
                                               sumi_tensor_t more);

/* The weighted mean of float32 values of the predictions' shape. */
sumi_metric_t sumi__tensor_metric_mean(const sumi__tensor_metric_t *metric, sumi_tensor_t values);

/* values . weights, where there are weights. */
sumi_tensor_t sumi__tensor_metric_weighted(const sumi__tensor_metric_t *metric,
                                           sumi_tensor_t values);

/* The weights as a vector, one for each prediction; null where there are none. */
sumi_tensor_t sumi__tensor_metric_spread_weights(const sumi__tensor_metric_t *metric);

/* A constant of the array, which it takes over; NULL where there was no memory for it. */
sumi_tensor_t sumi__tensor_metric_constant(sumi_graph_t *graph, sumi_array_t *array);

#endif
