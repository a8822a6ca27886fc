/* Metrics: what is measured over many batches, as two tensors (tf.metrics).
 *
 *   sumi_metric_t right = sumi_metrics_accuracy(labels, guess);
 *   sumi_session_run(s, .targets = SUMI_OPS(sumi_local_variables_initializer(g)));
 *   for (…) sumi_session_run(s, .feeds = …, .targets = SUMI_OPS(right.update.op));
 *   sumi_session_run(s, .fetches = SUMI_FETCHES({.tensor = right.value, .scalar = &value}));
 *
 * What was counted so far is in variables of SUMI_LOCAL_VARIABLES, named as TensorFlow's
 * ("accuracy/total", "accuracy/count"): no checkpoint has them, and their initializer starts a new
 * count. Refusals are the graph's; the results are then null. */
#ifndef SUMI_METRICS_H
#define SUMI_METRICS_H

#include <sumi/variables.h>

SUMI_BEGIN_DECLS

#define SUMI_METRIC_VARIABLES "metric_variables" /* the local variables of metrics */

/** What was measured so far, and what counts one more batch and gives the value behind it. */
typedef struct sumi_metric {
  sumi_tensor_t value, update;
} sumi_metric_t;

typedef struct sumi_metric_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  /* A scalar, SUMI_T(2), or of the values' rank with each size theirs or 1; default 1. */
  sumi_tensor_t weights SUMI_UNSET;
  const char *name SUMI_UNSET; /* of the scope; default the function's; made unique */
} sumi_metric_options_t;

#define SUMI__METRIC(kind, labels, predictions, ...)                                               \
  sumi_metrics_##kind##_with(labels, predictions, SUMI_HERE,                                       \
                             SUMI_OPTIONS(sumi_metric_options_t, __VA_ARGS__))

/** The weighted mean of all values, float32 as all metrics; 0 of none. */
#define sumi_metrics_mean(...) SUMI__METRIC_MEAN(__VA_ARGS__, )
#define SUMI__METRIC_MEAN(values, ...)                                                             \
  sumi_metrics_mean_with(values, SUMI_HERE, SUMI_OPTIONS(sumi_metric_options_t, __VA_ARGS__))
SUMI_API sumi_metric_t sumi_metrics_mean_with(sumi_tensor_t values, sumi_site_t site,
                                              const sumi_metric_options_t *options);

/** How often predictions equal labels, of one shape. */
#define sumi_metrics_accuracy(labels, ...) SUMI__METRIC(accuracy, labels, __VA_ARGS__, )
SUMI_API sumi_metric_t sumi_metrics_accuracy_with(sumi_tensor_t labels, sumi_tensor_t predictions,
                                                  sumi_site_t site,
                                                  const sumi_metric_options_t *options);

/** The mean of |predictions - labels|. */
#define sumi_metrics_mean_absolute_error(labels, ...)                                              \
  SUMI__METRIC(mean_absolute_error, labels, __VA_ARGS__, )
SUMI_API sumi_metric_t sumi_metrics_mean_absolute_error_with(sumi_tensor_t labels,
                                                             sumi_tensor_t predictions,
                                                             sumi_site_t site,
                                                             const sumi_metric_options_t *options);

/** The mean of (predictions - labels)^2, and its square root. */
#define sumi_metrics_mean_squared_error(labels, ...)                                               \
  SUMI__METRIC(mean_squared_error, labels, __VA_ARGS__, )
SUMI_API sumi_metric_t sumi_metrics_mean_squared_error_with(sumi_tensor_t labels,
                                                            sumi_tensor_t predictions,
                                                            sumi_site_t site,
                                                            const sumi_metric_options_t *options);
#define sumi_metrics_root_mean_squared_error(labels, ...)                                          \
  SUMI__METRIC(root_mean_squared_error, labels, __VA_ARGS__, )
SUMI_API sumi_metric_t
sumi_metrics_root_mean_squared_error_with(sumi_tensor_t labels, sumi_tensor_t predictions,
                                          sumi_site_t site, const sumi_metric_options_t *options);

/** How many predictions are rightly true, wrongly true, rightly and wrongly false; both arguments
 * are taken as bools. */
#define sumi_metrics_true_positives(labels, ...) SUMI__METRIC(true_positives, labels, __VA_ARGS__, )
SUMI_API sumi_metric_t sumi_metrics_true_positives_with(sumi_tensor_t labels,
                                                        sumi_tensor_t predictions, sumi_site_t site,
                                                        const sumi_metric_options_t *options);
#define sumi_metrics_false_positives(labels, ...)                                                  \
  SUMI__METRIC(false_positives, labels, __VA_ARGS__, )
SUMI_API sumi_metric_t sumi_metrics_false_positives_with(sumi_tensor_t labels,
                                                         sumi_tensor_t predictions,
                                                         sumi_site_t site,
                                                         const sumi_metric_options_t *options);
#define sumi_metrics_true_negatives(labels, ...) SUMI__METRIC(true_negatives, labels, __VA_ARGS__, )
SUMI_API sumi_metric_t sumi_metrics_true_negatives_with(sumi_tensor_t labels,
                                                        sumi_tensor_t predictions, sumi_site_t site,
                                                        const sumi_metric_options_t *options);
#define sumi_metrics_false_negatives(labels, ...)                                                  \
  SUMI__METRIC(false_negatives, labels, __VA_ARGS__, )
SUMI_API sumi_metric_t sumi_metrics_false_negatives_with(sumi_tensor_t labels,
                                                         sumi_tensor_t predictions,
                                                         sumi_site_t site,
                                                         const sumi_metric_options_t *options);

/** Of what was predicted to be true, how much is; 0 of none. */
#define sumi_metrics_precision(labels, ...) SUMI__METRIC(precision, labels, __VA_ARGS__, )
SUMI_API sumi_metric_t sumi_metrics_precision_with(sumi_tensor_t labels, sumi_tensor_t predictions,
                                                   sumi_site_t site,
                                                   const sumi_metric_options_t *options);

/** Of what is true, how much was predicted to be; 0 of none. */
#define sumi_metrics_recall(labels, ...) SUMI__METRIC(recall, labels, __VA_ARGS__, )
SUMI_API sumi_metric_t sumi_metrics_recall_with(sumi_tensor_t labels, sumi_tensor_t predictions,
                                                sumi_site_t site,
                                                const sumi_metric_options_t *options);

typedef struct sumi_auc_options {
  size_t struct_size SUMI_UNSET;     /* filled in by the macros; see <sumi/options.h> */
  sumi_tensor_t weights SUMI_UNSET;  /* as of other metrics */
  const char *name SUMI_UNSET;       /* of the scope; default "auc" */
  int64_t num_thresholds SUMI_UNSET; /* where predictions are cut, evenly in [0, 1]; default 200 */
  const char *curve SUMI_UNSET;      /* "ROC" (default) or "PR" */
} sumi_auc_options_t;

/** The area under the curve of recall over the rate of false positives, or with "PR" of precision
 * over recall, by trapezoids: labels as bools, predictions in [0, 1] of one shape. */
#define sumi_metrics_auc(labels, ...) SUMI__METRIC_AUC(labels, __VA_ARGS__, )
#define SUMI__METRIC_AUC(labels, predictions, ...)                                                 \
  sumi_metrics_auc_with(labels, predictions, SUMI_HERE,                                            \
                        SUMI_OPTIONS(sumi_auc_options_t, __VA_ARGS__))
SUMI_API sumi_metric_t sumi_metrics_auc_with(sumi_tensor_t labels, sumi_tensor_t predictions,
                                             sumi_site_t site, const sumi_auc_options_t *options);

/** The mean over the classes that occur of intersection over union: labels and predictions are
 * numbers of classes in [0, num_classes), of one shape; others are not counted. The update gives
 * the matrix of labels (rows) and predictions. */
#define sumi_metrics_mean_iou(labels, predictions, ...)                                            \
  SUMI__METRIC_MEAN_IOU(labels, predictions, __VA_ARGS__, )
#define SUMI__METRIC_MEAN_IOU(labels, predictions, num_classes, ...)                               \
  sumi_metrics_mean_iou_with(labels, predictions, SUMI_HERE, num_classes,                          \
                             SUMI_OPTIONS(sumi_metric_options_t, __VA_ARGS__))
SUMI_API sumi_metric_t sumi_metrics_mean_iou_with(sumi_tensor_t labels, sumi_tensor_t predictions,
                                                  sumi_site_t site, int64_t num_classes,
                                                  const sumi_metric_options_t *options);

SUMI_END_DECLS
#endif
