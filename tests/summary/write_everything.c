/* Logs every kind of summary with values the oracle test computes for itself.
 *   write_everything <directory> */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sumi/graph_def.h>
#include <sumi/png.h>
#include <sumi/run_metadata.h>
#include <sumi/summary.h>

enum { COUNT = 5000 };

/* sample(i) = ((i * 7919 + 13) mod 1000) / 250 - 2, exact in the oracle too. */
static float samples[COUNT];
static double doubles[COUNT];
static int16_t shorts[COUNT];
static uint8_t bytes[COUNT];

static void fill(void) {
  for (int i = 0; i < COUNT; ++i) {
    const int number = (int)(((int64_t)i * 7919 + 13) % 1000);
    doubles[i] = number / 250.0 - 2;
    samples[i] = (float)doubles[i];
    shorts[i] = (int16_t)(number * 60 - 30000);
    bytes[i] = (uint8_t)(number % 256);
  }
}

static void log_scalars(sumi_writer_t *log) {
  const double odd[] = {NAN, INFINITY, -INFINITY, 1e-45, -0.0, 16777217, 1e300};
  sumi_writer_describe(log, "described", "A title", "Some *text*");
  for (int64_t step = 0; step < 100; ++step) {
    const sumi_scalar_t batch[] = {{"batch/a", samples[step]}, {"batch/b", -samples[step]}};
    sumi_writer_scalar(log, "loss/train", step, doubles[step]);
    sumi_writer_scalar(log, "described", step, (double)step * 0.5);
    sumi_writer_scalars(log, step * 10, batch, 2);
  }
  for (int64_t step = 0; step < 7; ++step) sumi_writer_scalar(log, "odd", step, odd[step]);
  sumi_writer_scalar(log, "墨/水", 7, 3);
}

static void log_histograms(sumi_writer_t *log) {
  static double odd[COUNT];
  memcpy(odd, doubles, sizeof odd);
  odd[3] = NAN, odd[5] = INFINITY, odd[7] = -INFINITY, odd[9] = NAN;
  const double wide[] = {-1.5e308, 1.5e308, 0, 1e308};
  const double same[] = {2.5, 2.5, 2.5};
  const sumi_array_view_t views[] = {
      {SUMI_FLOAT32, 3, {10, 20, 25}, samples},
      {SUMI_FLOAT64, 1, {COUNT}, doubles},
      {SUMI_INT16, 2, {50, 100}, shorts},
      {SUMI_UINT8, 1, {COUNT}, bytes},
      {SUMI_FLOAT64, 1, {4}, wide},
      {SUMI_FLOAT64, 1, {3}, same},
      {SUMI_FLOAT32, 1, {0}, NULL},
      {SUMI_FLOAT32, 0, {0}, samples},
  };
  for (int64_t step = 0; step < (int64_t)(sizeof views / sizeof *views); ++step)
    sumi_writer_histogram(log, "histogram", step, &views[step]);
  sumi_writer_histogram(log, "seven", 0, &views[0], .buckets = 7);
  sumi_writer_histogram_doubles(log, "odd_histogram", 0, odd, COUNT);
  sumi_writer_histogram_doubles(log, "odd_histogram", 1, doubles, COUNT);
  sumi_writer_histogram_doubles(log, "odd_histogram", 2, doubles, COUNT);
  sumi_writer_histogram_floats(log, "floats", 0, samples, 1000);
}

static void log_images(sumi_writer_t *log, const char *directory) {
  static float broken[2 * 6 * 8 * 3];
  memcpy(broken, samples, sizeof broken);
  broken[30] = NAN, broken[2 * 6 * 8 * 3 - 1] = INFINITY;
  const sumi_array_view_t signed_pixels = {SUMI_FLOAT32, 4, {5, 6, 8, 3}, samples};
  const sumi_array_view_t broken_pixels = {SUMI_FLOAT32, 4, {2, 6, 8, 3}, broken};
  const sumi_array_view_t grey = {SUMI_UINT8, 2, {9, 7}, bytes};
  const sumi_array_view_t alpha = {SUMI_UINT8, 3, {9, 7, 4}, bytes};
  sumi_writer_image(log, "image/signed", 0, &signed_pixels);
  sumi_writer_image(log, "image/broken", 0, &broken_pixels);
  sumi_writer_image(log, "image/unit", 0, &signed_pixels, .max_outputs = 5, .low = 0, .high = 1);
  sumi_writer_image(log, "image/grey", 0, &grey);
  sumi_writer_image(log, "image/alpha", 0, &alpha);
  sumi_picture_t picture = {0};
  sumi_picture_new(SUMI_PIXEL_RGB, 5, 4, &picture);
  for (int y = 0; y < 4; ++y)
    memcpy(picture.pixels + (size_t)y * picture.stride_bytes, bytes + 15 * y, 15);
  sumi_writer_picture(log, "image/picture", 3, &picture);
  sumi_buffer_t png = {0};
  if (sumi_picture_encode_png(&picture, &png) != SUMI_OK) exit(3);
  const sumi_bytes_view_t encoded[] = {{png.data, png.size}, {png.data, png.size}};
  sumi_writer_encoded_images(log, "image/encoded", 0, 5, 4, encoded, 2);
  char path[4096];
  snprintf(path, sizeof path, "%s/../expected.png", directory);
  FILE *file = fopen(path, "wb");
  fwrite(png.data, 1, png.size, file);
  fclose(file);
  sumi_buffer_release(&png);
  sumi_picture_free(&picture);
}

static void log_galleries(sumi_writer_t *log) {
  const char *names[] = {"猫", "dog", "bird"};
  static const float probabilities[] = {0.2f, 0.5f, 0.3f};
  static sumi_prediction_t items[12];
  for (int i = 0; i < 12; ++i)
    items[i] = (sumi_prediction_t){.image = {SUMI_FLOAT32, 2, {14, 14}, samples + i},
                                   .truth = names[i % 3],
                                   .probabilities = probabilities,
                                   .probability_count = 3,
                                   .id = i};
  const int64_t counts[] = {5, 1, 0, 2, 7, 1, 0, 0, 9};
  const sumi_array_view_t confusion = {SUMI_INT64, 2, {3, 3}, counts};
  const sumi_array_view_t filters = {SUMI_FLOAT32, 4, {3, 3, 1, 8}, samples};
  for (int64_t step = 0; step < 3; ++step)
    sumi_writer_predictions(log, "predictions", step * 100, items, 12, .class_names = names,
                            .columns = 4, .worst_first = true);
  sumi_writer_confusion(log, "confusion", 100, &confusion, .class_names = names);
  sumi_writer_filters(log, "filters", 100, &filters, .title = "first layer");
}

static void log_texts(sumi_writer_t *log) {
  const char *cells[] = {"name", "value", "pipe|and\nline", "墨"};
  const char *texts[] = {"a", "b", "c", "d", "e", "f"};
  const sumi_array_view_t tensor = {SUMI_STRING, 2, {3, 2}, texts};
  sumi_writer_text(log, "text/plain", 0, "# Head\n\nSome **bold** text 墨水");
  sumi_writer_text(log, "text/plain", 5, "");
  sumi_writer_text_table(log, "text/table", 0, cells, 2, 2);
  sumi_writer_text_tensor(log, "text/tensor", 0, &tensor);
}

static void log_curves_and_media(sumi_writer_t *log) {
  static bool labels[1000];
  static float scores[1000];
  static double weights[1000];
  for (int i = 0; i < 1000; ++i) {
    labels[i] = bytes[i] > 100;
    scores[i] = (samples[i] + 2) / 4;
    weights[i] = bytes[i] / 16.0;
  }
  sumi_writer_pr_curve(log, "pr/plain", 0, labels, scores, 1000);
  sumi_writer_pr_curve(log, "pr/weighted", 0, labels, scores, 1000, .thresholds = 11,
                       .weights = weights);
  const sumi_array_view_t mono = {SUMI_FLOAT32, 1, {800}, samples};
  const sumi_array_view_t stereo = {SUMI_FLOAT32, 3, {2, 400, 2}, samples};
  const sumi_array_view_t pcm = {SUMI_INT16, 2, {400, 1}, shorts};
  sumi_writer_audio(log, "audio/mono", 0, &mono, 8000);
  sumi_writer_audio(log, "audio/stereo", 0, &stereo, 44100);
  sumi_writer_audio(log, "audio/pcm", 0, &pcm, 16000);
  const int32_t faces[] = {0, 1, 2, 1, 2, 3};
  const sumi_array_view_t vertices = {SUMI_FLOAT32, 3, {1, 4, 3}, samples};
  const sumi_array_view_t triangles = {SUMI_INT32, 3, {1, 2, 3}, faces};
  const sumi_array_view_t colors = {SUMI_UINT8, 3, {1, 4, 3}, bytes};
  sumi_writer_mesh(log, "mesh", 0, &vertices, .faces = &triangles, .colors = &colors,
                   .config_json = "{\"camera\": {\"cls\": \"PerspectiveCamera\", \"fov\": 60}}");
}

static void log_experiment(sumi_writer_t *log) {
  static const sumi_hparam_t choices[] = {{.type = SUMI_HPARAM_STRING, .string = "adam"},
                                          {.type = SUMI_HPARAM_STRING, .string = "momentum"}};
  static const sumi_hparam_info_t hparams[] = {
      {.name = "learning rate",
       .type = SUMI_HPARAM_NUMBER,
       .has_interval = true,
       .min_value = 0.001,
       .max_value = 1},
      {.name = "optimizer",
       .type = SUMI_HPARAM_STRING,
       .display_name = "Optimizer",
       .choices = choices,
       .choice_count = 2},
      {.name = "nesterov", .type = SUMI_HPARAM_BOOL, .description = "looks ahead"}};
  static const sumi_metric_info_t metrics[] = {
      {.tag = "loss/train", .display_name = "Loss", .dataset = SUMI_METRIC_TRAINING}};
  sumi_writer_experiment(log, &(sumi_hparams_experiment_t){.name = "rates",
                                                           .description = "Which *rate*?",
                                                           .hparams = hparams,
                                                           .hparam_count = 3,
                                                           .metrics = metrics,
                                                           .metric_count = 1});
}

static void log_run(sumi_writer_t *log) {
  const sumi_hparam_t hparams[] = {
      {.name = "learning rate", .type = SUMI_HPARAM_NUMBER, .number = 0.125},
      {.name = "optimizer", .type = SUMI_HPARAM_STRING, .string = "adam"},
      {.name = "nesterov", .type = SUMI_HPARAM_BOOL, .boolean = true}};
  sumi_writer_hparams(log, hparams, 3, .group = "trial 1");
  const char *lines[] = {"loss/.*", "described$"}, *margin[] = {"batch/a", "batch/b", "described"};
  const sumi_custom_chart_t charts[] = {{"lines", lines, 2, false}, {"margin", margin, 3, true}};
  const sumi_custom_category_t category = {"Losses", charts, 2, true};
  sumi_writer_custom_scalars(log, &category, 1);
  sumi_graph_def_t *graph = sumi_graph_def_new();
  sumi_graph_def_node(graph, "x", "Placeholder", NULL);
  sumi_graph_def_attr_type(graph, "dtype", SUMI_FLOAT32);
  sumi_graph_def_node(graph, "layer/y", "Square", NULL);
  sumi_graph_def_input(graph, "x");
  sumi_buffer_t message = {0};
  if (sumi_graph_def_finish(graph, 0, &message) != SUMI_OK) exit(4);
  sumi_graph_def_free(graph);
  sumi_writer_graph_def(log, message.data, message.size);
  sumi_buffer_clear(&message);
  const sumi_node_stats_t stats = {.node = "layer/y", .start_us = 100, .duration_us = 25};
  if (sumi_run_metadata(&message, NULL, &stats, 1) != SUMI_OK) exit(5);
  sumi_writer_run_metadata(log, "step 10", 10, message.data, message.size);
  sumi_buffer_release(&message);
  const sumi_array_view_t points = {SUMI_FLOAT32, 2, {6, 3}, samples};
  const sumi_array_view_t sprites = {SUMI_UINT8, 3 + 1, {6, 4, 4, 1}, bytes};
  const char *labels[] = {"a", "b", "c", "d\te", "墨", "f"};
  sumi_writer_embedding(log, "features \"1\"", &points, .labels = labels, .pictures = &sprites);
}

/* In a run of its own: TensorBoard's hparams take no metric whose step needs more than 31 bits. */
static void log_the_last_step_there_is(const char *directory) {
  char path[4096];
  snprintf(path, sizeof path, "%s-far", directory);
  sumi_writer_t *log = sumi_writer_open(path);
  sumi_writer_scalar(log, "far", (INT64_C(1) << 53) - 1, 3);
  if (sumi_writer_close(log) != SUMI_OK) exit(6);
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  fill();
  log_the_last_step_there_is(argv[1]);
  sumi_writer_t *log = sumi_writer_open(argv[1], .workers = 2);
  log_scalars(log);
  log_histograms(log);
  log_images(log, argv[1]);
  log_galleries(log);
  log_texts(log);
  log_curves_and_media(log);
  log_experiment(log);
  log_run(log);
  if (sumi_writer_close(log) == SUMI_OK) return 0;
  fprintf(stderr, "%s\n", sumi_error_message());
  return 1;
}
