/* The area under a curve of rates. Source of names, thresholds and formulas: TensorFlow 1.15
 * python/ops/metrics_impl.py. */
#include "metrics/metric.h"

#include "losses/weighted.h"

#include <sumi/constants.h>
#include <sumi/ops.h>
#include <sumi/options.h>

#include <string.h>

/* Evenly in [0, 1], the ends a little beyond, so that 0 and 1 are on the right sides. */
static sumi_tensor_t thresholds(sumi_graph_t *graph, int64_t count) {
  sumi_array_t *values = sumi_array_new(SUMI_FLOAT32, SUMI_DIMS(count, 1));
  for (int64_t i = 0; values && i < count; ++i) {
    const double beyond = i == 0 ? -1e-7 : i == count - 1 ? 1e-7 : 0;
    sumi_array_set(values, i, (double)i / (double)(count - 1) + beyond);
  }
  return sumi__tensor_metric_constant(graph, values);
}

/* The weighted count of pairs at each threshold: [1, n] and [thresholds, n] to [thresholds]. */
static sumi__tensor_total_t counted(const sumi__tensor_metric_t *m, const char *name, int64_t count,
                                    sumi_tensor_t weights, sumi_tensor_t labels,
                                    sumi_tensor_t predictions) {
  if (m->graph->status != SUMI_OK) return (sumi__tensor_total_t){{0}, {0}};
  sumi_tensor_t hits = sumi__tensor_cast(sumi_logical_and(labels, predictions), SUMI_FLOAT32);
  if (weights.op) hits = sumi_mul(hits, weights);
  return sumi__tensor_metric_total(m, name, SUMI_DIMS(count),
                                   sumi_reduce_sum(hits, .axes = SUMI_AXES(1)));
}

static sumi_tensor_t rate(sumi_tensor_t a, sumi_tensor_t b, double more) {
  return sumi_div(sumi_add(a, more), sumi_add(sumi_add(a, b), 1e-6));
}

/* Trapezoids from each point to the next. */
static sumi_tensor_t area(sumi_tensor_t x, sumi_tensor_t y) {
  const sumi_tensor_t width = sumi_sub(sumi_index(x, ":-1"), sumi_index(x, "1:"));
  const sumi_tensor_t height = sumi_mul(.5, sumi_add(sumi_index(y, ":-1"), sumi_index(y, "1:")));
  return sumi_reduce_sum(sumi_mul(width, height));
}

static sumi_tensor_t curve(bool is_pr, sumi_tensor_t tp, sumi_tensor_t fn, sumi_tensor_t tn,
                           sumi_tensor_t fp) {
  const sumi_tensor_t recall = rate(tp, fn, 1e-6);
  return is_pr ? area(recall, rate(tp, fp, 1e-6)) : area(rate(fp, tn, 0), recall);
}

static sumi_metric_t auc(const sumi__tensor_metric_t *m, int64_t count, bool is_pr) {
  const sumi_tensor_t row = sumi_reshape(sumi__tensor_cast(m->predictions, SUMI_FLOAT32),
                                         SUMI_SHAPE(1, -1));
  const sumi_tensor_t yes = sumi_greater(row, thresholds(m->graph, count));
  const sumi_tensor_t is = sumi_reshape(sumi__tensor_cast(m->labels, SUMI_BOOL), SUMI_SHAPE(1, -1));
  const sumi_tensor_t no = sumi_logical_not(yes), is_not = sumi_logical_not(is);
  sumi_tensor_t weights = sumi__tensor_metric_spread_weights(m);
  if (weights.op) weights = sumi_expand_dims(weights, 0);
  const sumi__tensor_total_t tp = counted(m, "true_positives", count, weights, is, yes);
  const sumi__tensor_total_t fn = counted(m, "false_negatives", count, weights, is, no);
  const sumi__tensor_total_t tn = counted(m, "true_negatives", count, weights, is_not, no);
  const sumi__tensor_total_t fp = counted(m, "false_positives", count, weights, is_not, yes);
  return (sumi_metric_t){curve(is_pr, tp.value, fn.value, tn.value, fp.value),
                         curve(is_pr, tp.updated, fn.updated, tn.updated, fp.updated)};
}

sumi_metric_t sumi_metrics_auc_with(sumi_tensor_t labels, sumi_tensor_t predictions,
                                    sumi_site_t site, const sumi_auc_options_t *given) {
  sumi_metric_t metric = {{0}, {0}};
  sumi__tensor_metric_t m;
  sumi_auc_options_t options;
  if (!sumi__tensor_graph_options(sumi_tensor_graph(predictions), site, &options, sizeof options,
                                  given) ||
      !labels.op ||
      !sumi__tensor_metric_begin(&m, site, "auc", labels, predictions, options.weights,
                                 options.name))
    return metric;
  const int64_t count = sumi_option_int(options.num_thresholds, 200);
  const char *name = options.curve ? options.curve : "ROC";
  const bool is_pr = strcmp(name, "PR") == 0;
  if (count < 2 || (!is_pr && strcmp(name, "ROC") != 0))
    sumi__tensor_loss_refuse(
        m.graph, sumi_fail(SUMI_INVALID_ARGUMENT,
                           "auc: num_thresholds is %lld, curve is \"%s\"; 2 or more, and \"ROC\" "
                           "or \"PR\" are wanted",
                           (long long)count, name));
  if (m.graph->status == SUMI_OK) metric = auc(&m, count, is_pr);
  return sumi__tensor_metric_end(&m, metric);
}
