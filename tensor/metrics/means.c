/* Metrics that are means. Source of names and behaviour: TensorFlow 1.15
 * python/ops/metrics_impl.py. */
#include "metrics/metric.h"

#include <sumi/ops.h>
#include <sumi/options.h>

/* What is averaged, of labels and predictions; and what becomes of the mean, NULL: nothing. */
typedef struct mean {
  const char *name;
  sumi_tensor_t (*values)(sumi_tensor_t labels, sumi_tensor_t predictions);
  sumi_tensor_t (*result)(sumi_tensor_t mean);
} mean_t;

static sumi_metric_t build(const mean_t *mean, sumi_tensor_t labels, sumi_tensor_t predictions,
                           sumi_site_t site, const sumi_metric_options_t *given) {
  sumi_metric_t metric = {{0}, {0}};
  sumi__tensor_metric_t m;
  sumi_metric_options_t options;
  if (!sumi__tensor_graph_options(sumi_tensor_graph(predictions), site, &options, sizeof options,
                                  given) ||
      !sumi__tensor_metric_begin(&m, site, mean->name, labels, predictions, options.weights,
                                 options.name))
    return metric;
  if (m.graph->status == SUMI_OK)
    metric = sumi__tensor_metric_mean(
        &m, sumi__tensor_cast(mean->values(labels, predictions), SUMI_FLOAT32));
  if (mean->result && metric.value.op)
    metric = (sumi_metric_t){mean->result(metric.value), mean->result(metric.update)};
  return sumi__tensor_metric_end(&m, metric);
}

#define MEAN(kind, result)                                                                         \
  sumi_metric_t sumi_metrics_##kind##_with(sumi_tensor_t labels, sumi_tensor_t predictions,        \
                                           sumi_site_t site,                                       \
                                           const sumi_metric_options_t *options) {                 \
    const sumi_metric_t nothing = {{0}, {0}};                                                      \
    return labels.op                                                                               \
               ? build(&(const mean_t){#kind, kind, result}, labels, predictions, site, options)   \
               : nothing;                                                                          \
  }

static sumi_tensor_t accuracy(sumi_tensor_t labels, sumi_tensor_t predictions) {
  return sumi_equal(sumi__tensor_cast(predictions, sumi_tensor_dtype(labels)), labels);
}
MEAN(accuracy, NULL)

static sumi_tensor_t difference(sumi_tensor_t labels, sumi_tensor_t predictions) {
  return sumi_sub(sumi__tensor_cast(predictions, SUMI_FLOAT32),
                  sumi__tensor_cast(labels, SUMI_FLOAT32));
}

static sumi_tensor_t mean_absolute_error(sumi_tensor_t labels, sumi_tensor_t predictions) {
  return sumi_abs(difference(labels, predictions));
}
MEAN(mean_absolute_error, NULL)

static sumi_tensor_t mean_squared_error(sumi_tensor_t labels, sumi_tensor_t predictions) {
  return sumi_square(difference(labels, predictions));
}
MEAN(mean_squared_error, NULL)

static sumi_tensor_t root(sumi_tensor_t mean) {
  return sumi_sqrt(mean);
}

static sumi_tensor_t root_mean_squared_error(sumi_tensor_t labels, sumi_tensor_t predictions) {
  return mean_squared_error(labels, predictions);
}
MEAN(root_mean_squared_error, root)

static sumi_tensor_t themselves(sumi_tensor_t labels, sumi_tensor_t predictions) {
  (void)labels;
  return predictions;
}

sumi_metric_t sumi_metrics_mean_with(sumi_tensor_t values, sumi_site_t site,
                                     const sumi_metric_options_t *options) {
  return build(&(const mean_t){"mean", themselves, NULL}, (sumi_tensor_t){0}, values, site,
               options);
}
