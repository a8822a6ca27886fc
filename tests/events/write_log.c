/* write_log <directory>: a run with every kind of value, by rules the oracle tests repeat. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <sumi/event_writer.h>
#include <sumi/graph_def.h>
#include <sumi/plugin_data.h>

static void check(sumi_status_t status) {
  if (status == SUMI_OK) return;
  fprintf(stderr, "%s: %s\n", sumi_status_name(status), sumi_error_message());
  exit(1);
}

/* Not a picture, but the bytes must come out as they went in; the first ones are a PNG's. */
static sumi_bytes_view_t picture(int64_t step, int sample) {
  static uint8_t bytes[2][300];
  static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  for (int i = 0; i < 300; ++i)
    bytes[sample][i] = i < 8 ? signature[i] : (uint8_t)(step * 31 + sample * 101 + i * 7);
  return (sumi_bytes_view_t){bytes[sample], 300};
}

static void log_pictures(sumi_event_writer_t *writer, int64_t step) {
  const sumi_bytes_view_t items[4] = {{"20", 2}, {"10", 2}, picture(step, 0), picture(step, 1)};
  const sumi_event_value_t value = {.tag = "pictures/墨",
                                    .kind = SUMI_EVENT_STRINGS,
                                    .strings = {items, 1, {4}},
                                    .metadata = {.plugin_name = "images",
                                                 .display_name = "Pictures",
                                                 .description = "*two* samples"}};
  check(sumi_event_writer_values(writer, step, 0, &value, 1));
}

static void log_histogram(sumi_event_writer_t *writer, int64_t step) {
  double rows[5][3];
  for (int i = 0; i < 5; ++i) {
    rows[i][0] = 0.5 * i - (double)step;
    rows[i][1] = 0.5 * (i + 1) - (double)step;
    rows[i][2] = (double)(i * step + 1);
  }
  const sumi_event_value_t value = {.tag = "weights",
                                    .kind = SUMI_EVENT_NUMBERS,
                                    .numbers = {SUMI_FLOAT64, 2, {5, 3}, rows},
                                    .metadata = {.plugin_name = "histograms"}};
  check(sumi_event_writer_values(writer, step, 0, &value, 1));
}

static void log_text(sumi_event_writer_t *writer, int64_t step) {
  char text[64];
  const int length = snprintf(text, sizeof text, "**step** %lld 墨", (long long)step);
  const sumi_bytes_view_t item = {text, (size_t)length};
  const sumi_event_value_t value = {.tag = "notes",
                                    .kind = SUMI_EVENT_STRINGS,
                                    .strings = {.items = &item},
                                    .metadata = {.plugin_name = "text"}};
  check(sumi_event_writer_values(writer, step, 0, &value, 1));
}

static void log_pr_curve(sumi_event_writer_t *writer, int64_t step) {
  /* Rows TP, FP, TN, FN, precision, recall at three thresholds. */
  const float rows[6][3] = {{4, 3, 1}, {4, 1, 0},        {0, 3, 4},
                            {0, 1, 3}, {0.5f, 0.75f, 1}, {1, 0.75f, 0.25f}};
  sumi_buffer_t content = {0};
  check(sumi_plugin_pr_curves(&content, 3));
  const sumi_event_value_t value = {
      .tag = "curve",
      .kind = SUMI_EVENT_NUMBERS,
      .numbers = {SUMI_FLOAT32, 2, {6, 3}, rows},
      .metadata = {.plugin_name = "pr_curves", .plugin_content = {content.data, content.size}}};
  check(sumi_event_writer_values(writer, step, 0, &value, 1));
  sumi_buffer_release(&content);
}

static void log_hparams(sumi_event_writer_t *writer) {
  const sumi_hparam_t hparams[3] = {
      {.name = "learning_rate", .type = SUMI_HPARAM_NUMBER, .number = 0.125},
      {.name = "optimizer", .type = SUMI_HPARAM_STRING, .string = "adam"},
      {.name = "augment", .type = SUMI_HPARAM_BOOL, .boolean = true}};
  const sumi_hparam_info_t infos[3] = {
      {.name = "learning_rate",
       .type = SUMI_HPARAM_NUMBER,
       .has_interval = true,
       .min_value = 0,
       .max_value = 1},
      {.name = "optimizer", .type = SUMI_HPARAM_STRING, .choices = &hparams[1], .choice_count = 1},
      {.name = "augment", .type = SUMI_HPARAM_BOOL}};
  const sumi_metric_info_t metrics[1] = {
      {.tag = "loss", .display_name = "Loss", .dataset = SUMI_METRIC_TRAINING}};
  const sumi_hparams_experiment_t experiment = {
      .name = "test", .hparams = infos, .hparam_count = 3, .metrics = metrics, .metric_count = 1};
  const sumi_hparams_session_t session = {.group_name = "group", .start_time_s = 1700000000};
  sumi_buffer_t contents[3] = {{0}};
  check(sumi_plugin_hparams_experiment(&contents[0], &experiment));
  check(sumi_plugin_hparams_session_start(&contents[1], hparams, 3, &session));
  check(sumi_plugin_hparams_session_end(&contents[2], SUMI_HPARAMS_SUCCESS, 1700000100));
  const char *tags[3] = {SUMI_TAG_HPARAMS_EXPERIMENT, SUMI_TAG_HPARAMS_SESSION_START,
                         SUMI_TAG_HPARAMS_SESSION_END};
  for (int i = 0; i < 3; ++i) {
    const sumi_event_value_t value = {
        .tag = tags[i],
        .kind = SUMI_EVENT_EMPTY,
        .metadata = {.plugin_name = "hparams",
                     .plugin_content = {contents[i].data, contents[i].size}}};
    check(sumi_event_writer_values(writer, 0, 0, &value, 1));
    sumi_buffer_release(&contents[i]);
  }
}

static void log_layout(sumi_event_writer_t *writer) {
  const char *lines[1] = {"loss$"}, *margin[3] = {"loss", "twice", "loss"};
  const sumi_custom_chart_t charts[2] = {{"curves", lines, 1, false}, {"band", margin, 3, true}};
  const sumi_custom_category_t category = {"all", charts, 2, true};
  sumi_buffer_t layout = {0};
  check(sumi_plugin_custom_scalars_layout(&layout, &category, 1));
  const sumi_bytes_view_t item = {layout.data, layout.size};
  const sumi_event_value_t value = {.tag = SUMI_TAG_CUSTOM_SCALARS,
                                    .kind = SUMI_EVENT_STRINGS,
                                    .strings = {.items = &item},
                                    .metadata = {.plugin_name = "custom_scalars"}};
  check(sumi_event_writer_values(writer, 0, 0, &value, 1));
  sumi_buffer_release(&layout);
}

static void log_mesh(sumi_event_writer_t *writer) {
  const float points[4][3] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
  const int32_t faces[2][3] = {{0, 1, 2}, {0, 2, 3}}, shapes[2][3] = {{1, 4, 3}, {1, 2, 3}};
  sumi_buffer_t contents[2] = {{0}};
  check(sumi_plugin_mesh(&contents[0], "mesh", SUMI_MESH_VERTEX, 6, NULL, shapes[0]));
  check(sumi_plugin_mesh(&contents[1], "mesh", SUMI_MESH_FACE, 6, NULL, shapes[1]));
  const sumi_event_value_t values[2] = {
      {.tag = "mesh_VERTEX",
       .kind = SUMI_EVENT_NUMBERS,
       .numbers = {SUMI_FLOAT32, 3, {1, 4, 3}, points},
       .metadata = {.plugin_name = "mesh", .plugin_content = {contents[0].data, contents[0].size}}},
      {.tag = "mesh_FACE",
       .kind = SUMI_EVENT_NUMBERS,
       .numbers = {SUMI_INT32, 3, {1, 2, 3}, faces},
       .metadata = {.plugin_name = "mesh",
                    .plugin_content = {contents[1].data, contents[1].size}}}};
  check(sumi_event_writer_values(writer, 0, 0, values, 2));
  for (int i = 0; i < 2; ++i) sumi_buffer_release(&contents[i]);
}

static void log_graph(sumi_event_writer_t *writer) {
  const int64_t dims[2] = {-1, 3};
  const sumi_graph_def_shape_t shape = {2, dims};
  sumi_graph_def_t *graph = sumi_graph_def_new();
  sumi_graph_def_node(graph, "x", "Placeholder", "/device:CPU:0");
  sumi_graph_def_attr_type(graph, "dtype", SUMI_FLOAT32);
  sumi_graph_def_attr_shapes(graph, "_output_shapes", &shape, 1);
  sumi_graph_def_node(graph, "layer/square", "Square", NULL);
  sumi_graph_def_input(graph, "x");
  sumi_graph_def_attr_type(graph, "T", SUMI_FLOAT32);
  sumi_buffer_t bytes = {0};
  check(sumi_graph_def_finish(graph, 0, &bytes));
  sumi_graph_def_free(graph);
  check(sumi_event_writer_graph_def(writer, (sumi_bytes_view_t){bytes.data, bytes.size}));
  sumi_buffer_release(&bytes);
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  sumi_status_t status;
  sumi_event_writer_t *writer = sumi_event_writer_open(argv[1], &status);
  check(status);
  log_hparams(writer);
  log_layout(writer);
  log_mesh(writer);
  log_graph(writer);
  for (int64_t step = 0; step < 500; ++step) {
    const sumi_event_value_t both[2] = {{.tag = "loss", .scalar = 1.0f / (float)(step + 1)},
                                        {.tag = "twice", .scalar = 2 * (float)step}};
    check(sumi_event_writer_values(writer, step, 0, both, 2));
  }
  check(sumi_event_writer_scalar(writer, "odd", 1, NAN));
  check(sumi_event_writer_scalar(writer, "odd", 2, -INFINITY));
  for (int64_t step = 0; step < 8; ++step) {
    log_pictures(writer, step);
    log_histogram(writer, step);
    log_text(writer, step);
    log_pr_curve(writer, step);
  }
  check(sumi_event_writer_close(writer));
  return 0;
}
