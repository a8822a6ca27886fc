/* Memory that runs out at every possible moment: nothing crashes, nothing leaks, files stay
 * whole. */
#include "event_test.h"

#include <sumi/arena.h>
#include <sumi/graph_def.h>
#include <sumi/plugin_data.h>
#include <sumi/run_metadata.h>

static const float numbers[6] = {0, 1, 3, 1, 2, 4};

static sumi_status_t log_everything(const char *directory) {
  sumi_status_t status;
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, &status, .flush_interval_ms = -1);
  if (!writer) return status;
  const sumi_bytes_view_t texts[2] = {{"one", 3}, {"two", 3}};
  const sumi_event_value_t values[2] = {
      {.tag = "text",
       .kind = SUMI_EVENT_STRINGS,
       .strings = {texts, 1, {2}},
       .metadata = {.plugin_name = "text", .description = "about it"}},
      {.tag = "weights",
       .kind = SUMI_EVENT_NUMBERS,
       .numbers = {SUMI_FLOAT32, 2, {2, 3}, numbers},
       .metadata = {.plugin_name = "histograms"}}};
  const sumi_status_t results[3] = {sumi_event_writer_scalar(writer, "loss", 1, 1),
                                    sumi_event_writer_values(writer, 2, 0, values, 2),
                                    sumi_event_writer_graph_def(writer, texts[0])};
  const sumi_status_t closed = sumi_event_writer_close(writer);
  for (int i = 0; i < 3; ++i)
    if (results[i] != SUMI_OK) return results[i];
  return closed;
}

static sumi_status_t resume(const char *directory) {
  sumi_status_t status;
  sumi_event_writer_t *writer = sumi_event_writer_open(
      directory, &status, .existing = SUMI_RUN_RESUME, .resume_step = 2);
  return writer ? sumi_event_writer_close(writer) : status;
}

static sumi_status_t read_everything(const char *directory) {
  sumi_status_t status;
  sumi_logdir_t *logdir = sumi_logdir_open(directory, &status);
  if (!logdir) return status;
  sumi_event_t event;
  while ((status = sumi_logdir_next(logdir, &event, NULL)) == SUMI_OK) {
  }
  if (status == SUMI_OUT_OF_RANGE) status = sumi_logdir_refresh(logdir);
  sumi_logdir_free(logdir);
  return status;
}

static sumi_status_t build_messages(const char *unused) {
  (void)unused;
  sumi_buffer_t bytes = {0};
  const int64_t dims[2] = {2, -1};
  const sumi_graph_def_shape_t shape = {2, dims};
  const sumi_array_view_t tensor = {SUMI_FLOAT32, 2, {2, 3}, numbers};
  const sumi_graph_def_arg_t arguments[1] = {{"x", SUMI_FLOAT32, NULL}},
                             results[1] = {{"y", SUMI_FLOAT32, "n:y:0"}};
  sumi_graph_def_t *graph = sumi_graph_def_new();
  if (!graph) return SUMI_RESOURCE_EXHAUSTED;
  sumi_graph_def_node(graph, "a", "Const", NULL);
  sumi_graph_def_attr_tensor(graph, "value", &tensor);
  sumi_graph_def_attr_shapes(graph, "_output_shapes", &shape, 1);
  sumi_graph_def_begin_function(graph, "f", arguments, 1, results, 1);
  sumi_graph_def_node(graph, "n", "Neg", NULL);
  sumi_graph_def_input(graph, "x");
  sumi_graph_def_end_function(graph);
  sumi_status_t status = sumi_graph_def_finish(graph, 0, &bytes);
  sumi_graph_def_free(graph);
  const sumi_hparam_t hparams[2] = {{.name = "rate", .type = SUMI_HPARAM_NUMBER, .number = 0.1},
                                    {.name = "kind", .type = SUMI_HPARAM_STRING, .string = "sgd"}};
  const sumi_hparam_info_t infos[1] = {
      {.name = "kind", .type = SUMI_HPARAM_STRING, .choices = hparams + 1, .choice_count = 1}};
  const sumi_metric_info_t metrics[1] = {{.tag = "loss"}};
  const sumi_hparams_experiment_t experiment = {
      .hparams = infos, .hparam_count = 1, .metrics = metrics, .metric_count = 1};
  if (status == SUMI_OK) status = sumi_plugin_hparams_session_start(&bytes, hparams, 2, NULL);
  if (status == SUMI_OK) status = sumi_plugin_hparams_experiment(&bytes, &experiment);
  const char *tags[3] = {"a", "b", "c"};
  const sumi_custom_chart_t charts[2] = {{"lines", tags, 3, false}, {"margins", tags, 3, true}};
  const sumi_custom_category_t category = {"all", charts, 2, false};
  if (status == SUMI_OK) status = sumi_plugin_custom_scalars_layout(&bytes, &category, 1);
  const sumi_node_stats_t node = {
      .node = "a", .duration_us = 5, .memory_bytes = 9, .outputs = &shape, .output_count = 1};
  if (status == SUMI_OK) status = sumi_run_metadata(&bytes, NULL, &node, 1);
  sumi_buffer_release(&bytes);
  return status;
}

/* Runs the body with the n-th allocation failing, n = 1, 2, … until it passes without one. */
static void fail_every_allocation(sumi_status_t body(const char *), const char *directory(void)) {
  for (int64_t n = 1;; ++n) {
    const char *where = directory();
    counting_allocator_install();
    counting_allocator_fail_at(n);
    const sumi_status_t status = body(where);
    const int64_t requests = counting_allocator_requests(), live = counting_allocator_live();
    counting_allocator_remove();
    assert_int_equal(live, 0);
    if (requests < n) {
      assert_int_equal(status, SUMI_OK);
      assert_true(n > 10);
      return;
    }
    if (status != SUMI_OK && status != SUMI_RESOURCE_EXHAUSTED)
      fail_msg("allocation %lld: %s: %s", (long long)n, sumi_status_name(status),
               sumi_error_message());
    if (!*where) continue;
    for (size_t i = 0; i < event_file_count(where); ++i) {
      sumi_event_repair_t report;
      assert_ok(sumi_event_file_repair(event_file_in(where, i), &report, .dry_run = true));
      assert_int_equal(report.torn_tail_bytes + report.damaged_bytes, 0);
      assert_true(report.kept_events >= 2);
    }
  }
}

static const char *root;
static int next_directory;

static const char *fresh_directory(void) {
  char name[32];
  snprintf(name, sizeof name, "run%d", next_directory++);
  const char *directory = path_in(root, name);
  assert_int_equal(mkdir(directory, 0777), 0);
  return directory;
}

static const char *used_directory(void) {
  const char *directory = fresh_directory();
  assert_ok(log_everything(directory));
  return directory;
}

static const char *no_directory(void) {
  return "";
}

static void writing_survives_every_failed_allocation(void **state) {
  (void)state;
  root = temporary_directory();
  fail_every_allocation(log_everything, fresh_directory);
}

static void resuming_survives_every_failed_allocation(void **state) {
  (void)state;
  root = temporary_directory();
  fail_every_allocation(resume, used_directory);
}

static void reading_survives_every_failed_allocation(void **state) {
  (void)state;
  root = temporary_directory();
  fail_every_allocation(read_everything, used_directory);
}

static void building_messages_survives_every_failed_allocation(void **state) {
  (void)state;
  fail_every_allocation(build_messages, no_directory);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(writing_survives_every_failed_allocation),
      cmocka_unit_test(resuming_survives_every_failed_allocation),
      cmocka_unit_test(reading_survives_every_failed_allocation),
      cmocka_unit_test(building_messages_survives_every_failed_allocation),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
