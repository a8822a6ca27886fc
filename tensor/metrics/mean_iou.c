/* The mean of intersections over unions. Source of names and formulas: TensorFlow 1.15
 * python/ops/metrics_impl.py. */
#include "metrics/metric.h"

#include "losses/weighted.h"

#include <sumi/ops.h>
#include <sumi/options.h>

/* As a vector of integers that have room for a place in the matrix. */
static sumi_tensor_t flat(sumi_tensor_t classes) {
  return sumi_reshape(sumi__tensor_cast(classes, SUMI_INT64), SUMI_SHAPE(-1));
}

static sumi_tensor_t is_class(sumi_tensor_t x, int64_t classes) {
  return sumi_logical_and(sumi_greater_equal(x, 0), sumi_less(x, (double)classes));
}

/* Rows are labels, columns predictions; a pair of which one is no class counts nowhere. */
static sumi_tensor_t confusion(const sumi__tensor_metric_t *m, int64_t classes) {
  const sumi_tensor_t label = flat(m->labels), prediction = flat(m->predictions);
  const sumi_tensor_t sound = sumi_logical_and(is_class(label, classes),
                                               is_class(prediction, classes));
  const sumi_tensor_t place = sumi_add(sumi_mul(label, (double)classes), prediction);
  sumi_tensor_t counts = sumi__tensor_metric_spread_weights(m);
  if (!counts.op) counts = sumi_ones_like(sumi__tensor_cast(prediction, SUMI_FLOAT32));
  const sumi_tensor_t sums = sumi_unsorted_segment_sum(
      sumi__tensor_cast(counts, SUMI_FLOAT64),
      sumi_select(sound, place, sumi_sub(sumi_zeros_like(place), 1)), (double)(classes * classes));
  return sumi_reshape(sums, SUMI_SHAPE((double)classes, (double)classes));
}

/* The mean over the classes that are labels or predictions. */
static sumi_tensor_t mean_iou(sumi_tensor_t matrix, int64_t classes) {
  sumi_graph_t *graph = sumi_tensor_graph(matrix);
  if (!graph || graph->status != SUMI_OK) return (sumi_tensor_t){0};
  const sumi_tensor_t eye = sumi__tensor_metric_constant(graph,
                                                         sumi_array_eye(classes, SUMI_FLOAT64));
  const sumi_tensor_t both = sumi__tensor_cast(
      sumi_reduce_sum(sumi_mul(matrix, eye), .axes = SUMI_AXES(0)), SUMI_FLOAT32);
  const sumi_tensor_t either = sumi_sub(
      sumi__tensor_cast(sumi_add(sumi_reduce_sum(matrix, .axes = SUMI_AXES(0)),
                                 sumi_reduce_sum(matrix, .axes = SUMI_AXES(1))),
                        SUMI_FLOAT32),
      both);
  const sumi_tensor_t present = sumi__tensor_cast(sumi_not_equal(either, 0), SUMI_FLOAT32);
  return sumi_div_no_nan(sumi_reduce_sum(sumi_div_no_nan(both, either)), sumi_reduce_sum(present));
}

sumi_metric_t sumi_metrics_mean_iou_with(sumi_tensor_t labels, sumi_tensor_t predictions,
                                         sumi_site_t site, int64_t num_classes,
                                         const sumi_metric_options_t *given) {
  sumi_metric_t metric = {{0}, {0}};
  sumi__tensor_metric_t m;
  sumi_metric_options_t options;
  if (!sumi__tensor_graph_options(sumi_tensor_graph(predictions), site, &options, sizeof options,
                                  given) ||
      !labels.op ||
      !sumi__tensor_metric_begin(&m, site, "mean_iou", labels, predictions, options.weights,
                                 options.name))
    return metric;
  if (num_classes < 1)
    sumi__tensor_loss_refuse(m.graph,
                             sumi_fail(SUMI_INVALID_ARGUMENT,
                                       "mean_iou: num_classes is %lld; 1 or more is wanted",
                                       (long long)num_classes));
  if (m.graph->status == SUMI_OK) {
    const sumi__tensor_total_t matrix = sumi__tensor_metric_total(
        &m, "total_confusion_matrix", SUMI_DIMS(num_classes, num_classes),
        confusion(&m, num_classes));
    metric = (sumi_metric_t){mean_iou(matrix.value, num_classes), matrix.updated};
  }
  return sumi__tensor_metric_end(&m, metric);
}
