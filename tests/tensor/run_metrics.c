/* Metrics over batches for test_metrics_tensorflow.py: run_metrics <metric> <weighted: 0|1>
 * <folder> The folder has labels.npy, predictions.npy and weights.npy, whose axis 0 counts batches.
 * Printed are, a line each, the update of every batch and then the value; first the local
 * variables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sumi/constants.h>
#include <sumi/metrics.h>
#include <sumi/npy.h>
#include <sumi/ops.h>
#include <sumi/session.h>

enum { CLASSES = 4 };

typedef struct batches {
  sumi_array_t *all;
  sumi_tensor_t tensor;
  sumi_dims_t dims; /* of one */
  int64_t bytes;
} batches_t;

static batches_t open_batches(sumi_graph_t *g, const char *folder, const char *name) {
  batches_t b = {0};
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.npy", folder, name);
  if (sumi_npy_read(path, &b.all) != SUMI_OK) exit(3);
  const sumi_dims_t dims = sumi_array_dims(b.all);
  b.dims.rank = dims.rank - 1;
  for (int i = 0; i < b.dims.rank; ++i) b.dims.size[i] = dims.size[i + 1];
  sumi_dims_t shape = b.dims;
  shape.size[0] = -1;
  b.tensor = sumi_placeholder(g, sumi_array_dtype(b.all), .shape = shape, .name = name);
  b.bytes = sumi_array_count(b.all) / dims.size[0] *
            (int64_t)sumi_dtype_size_bytes(sumi_array_dtype(b.all));
  return b;
}

static sumi_feed_t batch(const batches_t *b, int64_t index) {
  return (sumi_feed_t){.tensor = b->tensor,
                       .data = (const char *)sumi_array_data(b->all) + index * b->bytes,
                       .dims = b->dims};
}

static sumi_metric_t build(const char *name, sumi_tensor_t labels, sumi_tensor_t predictions,
                           const sumi_metric_options_t *options) {
  const struct {
    const char *name;
    sumi_metric_t (*metric)(sumi_tensor_t, sumi_tensor_t, sumi_site_t,
                            const sumi_metric_options_t *);
  } metrics[] = {{"accuracy", sumi_metrics_accuracy_with},
                 {"mean_absolute_error", sumi_metrics_mean_absolute_error_with},
                 {"mean_squared_error", sumi_metrics_mean_squared_error_with},
                 {"root_mean_squared_error", sumi_metrics_root_mean_squared_error_with},
                 {"true_positives", sumi_metrics_true_positives_with},
                 {"false_positives", sumi_metrics_false_positives_with},
                 {"true_negatives", sumi_metrics_true_negatives_with},
                 {"false_negatives", sumi_metrics_false_negatives_with},
                 {"precision", sumi_metrics_precision_with},
                 {"recall", sumi_metrics_recall_with}};
  for (size_t i = 0; i < sizeof metrics / sizeof *metrics; ++i)
    if (strcmp(metrics[i].name, name) == 0)
      return metrics[i].metric(labels, predictions, SUMI_HERE, options);
  if (strcmp(name, "mean") == 0) return sumi_metrics_mean_with(predictions, SUMI_HERE, options);
  if (strcmp(name, "mean_iou") == 0)
    return sumi_metrics_mean_iou_with(labels, predictions, SUMI_HERE, CLASSES, options);
  if (strcmp(name, "auc") == 0)
    return sumi_metrics_auc(labels, predictions, .weights = options->weights);
  return sumi_metrics_auc(labels, predictions, .weights = options->weights, .num_thresholds = 11,
                          .curve = "PR");
}

static void print(const sumi_array_t *value) {
  for (int64_t i = 0; i < sumi_array_count(value); ++i) printf("%.9g ", sumi_array_get(value, i));
  printf("\n");
}

static void fetch(sumi_session_t *s, sumi_feeds_t feeds, sumi_tensor_t tensor) {
  sumi_array_t *value = NULL;
  if (sumi_session_run(s, .feeds = feeds,
                       .fetches = SUMI_FETCHES({.tensor = tensor, .array = &value})) != SUMI_OK) {
    fprintf(stderr, "%s\n", sumi_error_message());
    exit(4);
  }
  print(value);
  sumi_array_unref(value);
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  sumi_graph_t *g = sumi_graph_new();
  batches_t labels = open_batches(g, argv[3], "labels"),
            predictions = open_batches(g, argv[3], "predictions"),
            weights = open_batches(g, argv[3], "weights");
  sumi_metric_options_t options = {.struct_size = sizeof options};
  if (atoi(argv[2])) options.weights = weights.tensor;
  const sumi_metric_t metric = build(argv[1], labels.tensor, predictions.tensor, &options);
  const sumi_tensors_t variables = sumi_collection(g, SUMI_LOCAL_VARIABLES);
  for (int i = 0; i < variables.count; ++i)
    printf("%s%s ", sumi_variable_name(variables.list[i]),
           sumi_dims_text(sumi_tensor_dims(variables.list[i])).text);
  printf("\n");
  sumi_op_t *init = sumi_local_variables_initializer(g);
  sumi_session_t *s = sumi_session_new(g);
  if (sumi_session_run(s, .targets = SUMI_OPS(init)) != SUMI_OK) exit(5);
  for (int64_t i = 0; i < sumi_array_dims(labels.all).size[0]; ++i)
    fetch(s, SUMI_FEEDS(batch(&labels, i), batch(&predictions, i), batch(&weights, i)),
          metric.update);
  fetch(s, (sumi_feeds_t){0, NULL}, metric.value);
  sumi_session_free(s);
  sumi_array_unref(labels.all);
  sumi_array_unref(predictions.all);
  sumi_array_unref(weights.all);
  sumi_graph_free(g);
  return 0;
}
