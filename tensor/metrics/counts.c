/* Metrics of bools: four counts, and what is made of two of them. Source of names and behaviour:
 * TensorFlow 1.15 python/ops/metrics_impl.py. */
#include "metrics/metric.h"

#include <sumi/ops.h>
#include <sumi/options.h>

/* Which pairs of label and prediction are counted. */
typedef struct pairs {
  const char *name;
  bool label, prediction;
} pairs_t;

static const pairs_t true_positives = {"true_positives", true, true};
static const pairs_t false_positives = {"false_positives", false, true};
static const pairs_t true_negatives = {"true_negatives", false, false};
static const pairs_t false_negatives = {"false_negatives", true, false};

static sumi_tensor_t is(sumi_tensor_t x, bool wanted) {
  const sumi_tensor_t yes = sumi__tensor_cast(x, SUMI_BOOL);
  return wanted ? yes : sumi_logical_not(yes);
}

static sumi__tensor_total_t counted(const sumi__tensor_metric_t *m, const pairs_t *pairs,
                                    const char *variable) {
  if (m->graph->status != SUMI_OK) return (sumi__tensor_total_t){{0}, {0}};
  const sumi_tensor_t hits = sumi_logical_and(is(m->labels, pairs->label),
                                              is(m->predictions, pairs->prediction));
  return sumi__tensor_metric_total(
      m, variable, SUMI_SCALAR,
      sumi_reduce_sum(sumi__tensor_metric_weighted(m, sumi__tensor_cast(hits, SUMI_FLOAT32))));
}

static bool begin(sumi__tensor_metric_t *m, const char *kind, sumi_tensor_t labels,
                  sumi_tensor_t predictions, sumi_site_t site, const sumi_metric_options_t *given) {
  sumi_metric_options_t options;
  return sumi__tensor_graph_options(sumi_tensor_graph(predictions), site, &options, sizeof options,
                                    given) &&
         labels.op &&
         sumi__tensor_metric_begin(m, site, kind, labels, predictions, options.weights,
                                   options.name);
}

#define COUNT(kind)                                                                                \
  sumi_metric_t sumi_metrics_##kind##_with(sumi_tensor_t labels, sumi_tensor_t predictions,        \
                                           sumi_site_t site,                                       \
                                           const sumi_metric_options_t *options) {                 \
    sumi__tensor_metric_t m;                                                                       \
    if (!begin(&m, #kind, labels, predictions, site, options)) return (sumi_metric_t){{0}, {0}};   \
    const sumi__tensor_total_t total = counted(&m, &kind, "count");                                \
    return sumi__tensor_metric_end(&m, (sumi_metric_t){total.value, total.updated});               \
  }
COUNT(true_positives)
COUNT(false_positives)
COUNT(true_negatives)
COUNT(false_negatives)

/* a / (a + b), 0 of none. */
static sumi_tensor_t share(sumi_tensor_t a, sumi_tensor_t b) {
  return sumi_div_no_nan(a, sumi_add(a, b));
}

/* The share of the true positives in them and the others. */
#define SHARE(kind, others)                                                                        \
  sumi_metric_t sumi_metrics_##kind##_with(sumi_tensor_t labels, sumi_tensor_t predictions,        \
                                           sumi_site_t site,                                       \
                                           const sumi_metric_options_t *options) {                 \
    sumi__tensor_metric_t m;                                                                       \
    if (!begin(&m, #kind, labels, predictions, site, options)) return (sumi_metric_t){{0}, {0}};   \
    const sumi__tensor_total_t hits = counted(&m, &true_positives, "true_positives/count");        \
    const sumi__tensor_total_t rest = counted(&m, &others, #others "/count");                      \
    return sumi__tensor_metric_end(                                                                \
        &m, (sumi_metric_t){share(hits.value, rest.value), share(hits.updated, rest.updated)});    \
  }
SHARE(precision, false_positives)
SHARE(recall, false_negatives)
