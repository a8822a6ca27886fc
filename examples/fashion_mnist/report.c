#include "report.h"

#include <sumi/alloc.h>

#include <stdio.h>

enum { GALLERY = 64 };

const char report_intervals[] =
    "loss/train=10; accuracy/train=10; learning_rate=10; gradient_norm=10;"
    "steps_per_second=20;"
    "weights/*=200,last; gradients/*=200,last; activations/*=200,last;"
    "*/test=200,last; confusion=400,last; filters=double:100,last;"
    "predictions=double:50,last; mistakes=double:100,last";

static const char *const *names_of(const sumi_dataset_t *data) {
  return sumi_array_data(data->class_names);
}

static sumi_prediction_t prediction_of(const evaluation_t *e, const sumi_dataset_t *test,
                                       int64_t index) {
  const sumi_dims_t dims = sumi_array_dims(test->images);
  const int64_t pixels = dims.size[1] * dims.size[2] * dims.size[3];
  const float *row = e->probabilities + index * e->classes;
  return (sumi_prediction_t){
      .image = {.dtype = SUMI_UINT8,
                .rank = 3,
                .dims = {dims.size[1], dims.size[2], dims.size[3]},
                .data = (const uint8_t *)sumi_array_data(test->images) + index * pixels},
      .label = names_of(test)[e->predicted[index]],
      .truth = names_of(test)[((const int32_t *)sumi_array_data(test->labels))[index]],
      .score = row[e->predicted[index]],
      .has_score = true,
      .probabilities = row,
      .probability_count = e->classes,
      .id = index};
}

static void report_gallery(sumi_writer_t *log, int64_t step, const evaluation_t *e,
                           const sumi_dataset_t *test) {
  if (!sumi_writer_due(log, "predictions", step)) return;
  sumi_prediction_t predictions[GALLERY];
  const int count = e->count < GALLERY ? (int)e->count : GALLERY;
  for (int i = 0; i < count; ++i) predictions[i] = prediction_of(e, test, i);
  sumi_writer_predictions(log, "predictions", step, predictions, count, .columns = 8,
                          .title = "Test predictions");
}

/* All go to the sheet, which draws the worst of those that are wrong and counts the others. */
static void report_mistakes(sumi_writer_t *log, int64_t step, const evaluation_t *e,
                            const sumi_dataset_t *test) {
  if (!sumi_writer_due(log, "mistakes", step)) return;
  sumi_prediction_t *predictions = sumi_calloc((size_t)e->count, sizeof *predictions);
  if (!predictions) return;
  for (int64_t i = 0; i < e->count; ++i) predictions[i] = prediction_of(e, test, i);
  sumi_writer_predictions(log, "mistakes", step, predictions, e->count, .columns = 8,
                          .worst_first = true, .only_wrong = true, .keys = e->losses,
                          .max_count = GALLERY, .title = "Worst mistakes");
  sumi_free(predictions);
}

static void report_confusion(sumi_writer_t *log, int64_t step, const evaluation_t *e,
                             const sumi_dataset_t *test) {
  const sumi_array_view_t counts = {
      .dtype = SUMI_INT64, .rank = 2, .dims = {e->classes, e->classes}, .data = e->confusion};
  sumi_writer_confusion(log, "confusion", step, &counts, .class_names = names_of(test));
}

bool report_is_due(sumi_writer_t *log, int64_t step) {
  static const char *const tags[] = {"loss/test", "accuracy/test", "predictions", "mistakes",
                                     "confusion"};
  for (size_t i = 0; i < sizeof tags / sizeof *tags; ++i)
    if (sumi_writer_due(log, tags[i], step)) return true;
  return false;
}

void report_evaluation(sumi_writer_t *log, int64_t step, const evaluation_t *e,
                       const sumi_dataset_t *test) {
  sumi_writer_scalar(log, "loss/test", step, e->loss);
  sumi_writer_scalar(log, "accuracy/test", step, e->accuracy);
  report_gallery(log, step, e, test);
  report_mistakes(log, step, e, test);
  report_confusion(log, step, e, test);
}

void report_filters(sumi_writer_t *log, int64_t step, sumi_session_t *session,
                    const model_t *model) {
  const sumi_array_t *filters = sumi_writer_due(log, "filters", step)
                                    ? sumi_session_variable(session, model->filters)
                                    : NULL;
  if (!filters) return;
  const sumi_array_view_t view = sumi_array_view(filters);
  sumi_writer_filters(log, "filters", step, &view, .title = "First layer");
}

void report_configuration(sumi_writer_t *log, const options_t *options, const model_t *model,
                          int64_t steps, const sumi_dataset_t *train, const sumi_dataset_t *test) {
  char text[1024];
  snprintf(text, sizeof text,
           "| setting | value |\n|---|---|\n| data | %s |\n| training pictures | %lld |\n| test "
           "pictures | %lld |\n"
           "| steps | %lld |\n| batch | %d |\n| optimizer | Adam, 0.002, cosine decay |\n"
           "| network | conv 32, pool, conv 64, pool, dense 128, dropout 0.4, dense %lld |\n| seed "
           "| %lld |\n",
           options->data ? options->data : "drawn glyphs",
           (long long)sumi_array_count(train->labels), (long long)sumi_array_count(test->labels),
           (long long)steps, options->batch, (long long)sumi_array_count(test->class_names),
           (long long)options->seed);
  sumi_writer_text(log, "configuration", 0, text);
  const sumi_hparam_t hparams[] = {
      {.name = "batch", .type = SUMI_HPARAM_NUMBER, .number = options->batch},
      {.name = "steps", .type = SUMI_HPARAM_NUMBER, .number = (double)steps},
      {.name = "seed", .type = SUMI_HPARAM_NUMBER, .number = (double)options->seed},
      {.name = "learning_rate", .type = SUMI_HPARAM_NUMBER, .number = 2e-3},
      {.name = "optimizer", .type = SUMI_HPARAM_STRING, .string = "adam"},
  };
  sumi_writer_hparams(log, hparams, sizeof hparams / sizeof *hparams);
  sumi_writer_graph(log, model->graph);
}

void report_results(const evaluation_t *e, const sumi_dataset_t *test,
                    const sumi_training_result_t *result, const char *folder, const char *logdir) {
  printf("\n%-16s %8s %8s\n", "class", "pictures", "right");
  for (int c = 0; c < e->classes; ++c) {
    int64_t total = 0;
    for (int k = 0; k < e->classes; ++k) total += e->confusion[c * e->classes + k];
    printf("%-16s %8lld %7.1f%%\n", names_of(test)[c], (long long)total,
           total ? 100.0 * (double)e->confusion[c * e->classes + c] / (double)total : 0.0);
  }
  printf("%-16s %8lld %7.2f%%   loss %.4f\n", "all", (long long)e->count, 100 * e->accuracy,
         e->loss);
  printf("\n%lld steps in %.1f s (%.1f steps/s)\n", (long long)result->steps_done, result->seconds,
         (double)result->steps_done / result->seconds);
  printf("The log is in %s. To look at it:  tensorboard --logdir %s\n", folder, logdir);
}
