/* What the builders of graphs and plugin contents refuse. */
#include "sumi_test.h"

#include <sumi/graph_def.h>
#include <sumi/plugin_data.h>
#include <sumi/run_metadata.h>

#include <string.h>

/* Finishing reports the first refusal, also when more follow, and appends nothing. */
static void assert_graph_fails(sumi_graph_def_t *graph, const char *text) {
  sumi_buffer_t bytes = {0};
  sumi_graph_def_input(graph, "\xFF");
  assert_fails(sumi_graph_def_finish(graph, 0, &bytes), SUMI_INVALID_ARGUMENT, text);
  assert_int_equal(bytes.size, 0);
  sumi_graph_def_free(graph);
  sumi_buffer_release(&bytes);
}

static void names_of_nodes_are_checked(void **state) {
  (void)state;
  static const char *bad[] = {"", "_a", "a b", "a:0", "^a", "a\"", "\xE5\xA2\xA8"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
    sumi_graph_def_t *graph = sumi_graph_def_new();
    sumi_graph_def_node(graph, bad[i], "NoOp", NULL);
    assert_graph_fails(graph, "is no name for a node");
  }
  sumi_graph_def_t *graph = sumi_graph_def_new();
  sumi_graph_def_node(graph, "a/b", "NoOp", NULL);
  sumi_graph_def_node(graph, "a/b", "NoOp", NULL);
  assert_graph_fails(graph, "two nodes are named \"a/b\"");
  graph = sumi_graph_def_new();
  sumi_graph_def_node(graph, NULL, "NoOp", NULL);
  assert_graph_fails(graph, "a node's name is NULL");
}

static void things_out_of_place_are_refused(void **state) {
  (void)state;
  sumi_graph_def_t *graph = sumi_graph_def_new();
  sumi_graph_def_input(graph, "a");
  assert_graph_fails(graph, "an input was given before any node");
  graph = sumi_graph_def_new();
  sumi_graph_def_attr_int(graph, "i", 1);
  assert_graph_fails(graph, "an attribute was given before any node");
  graph = sumi_graph_def_new();
  sumi_graph_def_node(graph, "a", "NoOp", NULL);
  sumi_graph_def_attr_int(graph, "i", 1);
  sumi_graph_def_attr_float(graph, "i", 1);
  assert_graph_fails(graph, "node \"a\": attribute \"i\" is given twice");
  graph = sumi_graph_def_new();
  sumi_graph_def_node(graph, "a", "NoOp", NULL);
  sumi_graph_def_input(graph, "^b");
  sumi_graph_def_input(graph, "c");
  assert_graph_fails(graph, "input \"c\" comes after a control dependency");
  graph = sumi_graph_def_new();
  sumi_graph_def_begin_function(graph, "f", NULL, 0, NULL, 0);
  sumi_graph_def_begin_function(graph, "g", NULL, 0, NULL, 0);
  assert_graph_fails(graph, "function \"g\" begins inside another");
  graph = sumi_graph_def_new();
  sumi_graph_def_begin_function(graph, "f", NULL, 0, NULL, 0);
  sumi_graph_def_node(graph, "a", "NoOp", NULL);
  sumi_buffer_t bytes = {0};
  assert_fails(sumi_graph_def_finish(graph, 0, &bytes), SUMI_INVALID_ARGUMENT,
               "a function was not ended");
  sumi_graph_def_free(graph);
  graph = sumi_graph_def_new();
  sumi_graph_def_end_function(graph);
  assert_graph_fails(graph, "no function to end");
}

static void attributes_that_cannot_be_are_refused(void **state) {
  (void)state;
  sumi_graph_def_t *graph = sumi_graph_def_new();
  sumi_graph_def_node(graph, "a", "NoOp", NULL);
  sumi_graph_def_attr_shape(graph, "s", (sumi_graph_def_shape_t){2, NULL});
  assert_graph_fails(graph, "sizes are NULL");
  graph = sumi_graph_def_new();
  sumi_graph_def_node(graph, "a", "NoOp", NULL);
  sumi_graph_def_attr_ints(graph, "list", NULL, 2);
  assert_graph_fails(graph, "attribute \"list\" is a NULL list");
  graph = sumi_graph_def_new();
  sumi_graph_def_node(graph, "a", "NoOp", NULL);
  sumi_graph_def_attr_tensor(graph, "value", NULL);
  assert_graph_fails(graph, "value is NULL");
}

static void plugin_contents_are_checked(void **state) {
  (void)state;
  sumi_buffer_t content = {0};
  const int32_t shape[3] = {1, 2, 3};
  assert_fails(sumi_plugin_pr_curves(&content, 1), SUMI_INVALID_ARGUMENT, "with 1 thresholds");
  assert_fails(sumi_plugin_mesh(&content, "m", SUMI_MESH_FACE, 2, NULL, shape),
               SUMI_INVALID_ARGUMENT, "part 2 of the parts 0x2");
  assert_fails(sumi_plugin_mesh(&content, "m", (sumi_mesh_part_t)40, 2, NULL, shape),
               SUMI_INVALID_ARGUMENT, "part 40");
  const sumi_hparam_t infinite = {.name = "rate", .type = SUMI_HPARAM_NUMBER, .number = INFINITY};
  assert_fails(sumi_plugin_hparams_session_start(&content, &infinite, 1, NULL),
               SUMI_INVALID_ARGUMENT, "hyper-parameter \"rate\" is inf");
  const sumi_hparam_t untyped = {.name = "rate"};
  assert_fails(sumi_plugin_hparams_session_start(&content, &untyped, 1, NULL),
               SUMI_INVALID_ARGUMENT, "has type 0");
  const sumi_hparam_t unnamed = {.type = SUMI_HPARAM_BOOL};
  assert_fails(sumi_plugin_hparams_session_start(&content, &unnamed, 1, NULL),
               SUMI_INVALID_ARGUMENT, "name is NULL");
  const sumi_metric_info_t absolute = {.tag = "loss", .group = "/val"};
  const sumi_hparams_experiment_t experiment = {.metrics = &absolute, .metric_count = 1};
  assert_fails(sumi_plugin_hparams_experiment(&content, &experiment), SUMI_INVALID_ARGUMENT,
               "is not relative");
  assert_fails(sumi_plugin_hparams_session_end(&content, (sumi_hparams_status_t)9, 0),
               SUMI_INVALID_ARGUMENT, "status 9");
  const char *tags[2] = {"a", "b"};
  const sumi_custom_chart_t chart = {"band", tags, 2, true};
  const sumi_custom_category_t category = {"all", &chart, 1, false};
  assert_fails(sumi_plugin_custom_scalars_layout(&content, &category, 1), SUMI_INVALID_ARGUMENT,
               "come in threes");
  assert_fails(sumi_run_metadata(&content, "\xFF", NULL, 0), SUMI_INVALID_ARGUMENT, "UTF-8");
  assert_int_equal(content.size, 0);
  /* TensorBoard's facts: audio content 10 0b. */
  assert_ok(sumi_plugin_audio(&content));
  assert_int_equal(content.size, 2);
  assert_memory_equal(content.data, "\x10\x0b", 2);
  sumi_buffer_release(&content);
}

/* Where one text stands in the bytes; they are there once, in the order of the fields. */
static size_t place_of(const sumi_buffer_t *bytes, const char *text) {
  const char *found = memmem(bytes->data, bytes->size, text, strlen(text));
  assert_non_null(found);
  return (size_t)(found - bytes->data);
}

/* Wire bytes by hand: field << 3 | type. */
static void plugin_contents_reach_to_their_bounds(void **state) {
  (void)state;
  sumi_buffer_t content = {0};
  assert_ok(sumi_plugin_pr_curves(&content, 2));
  assert_int_equal(content.size, 2);
  assert_memory_equal(content.data, "\x10\x02", 2); /* num_thresholds = 2 */
  sumi_buffer_clear(&content);
  const int32_t shape[3] = {4, 5, 6};
  for (int part = SUMI_MESH_VERTEX; part <= SUMI_MESH_COLOR; ++part) {
    sumi_buffer_clear(&content);
    assert_ok(sumi_plugin_mesh(&content, "m", (sumi_mesh_part_t)part, 0xE, NULL, shape));
    place_of(&content, "\x04\x05\x06"); /* the shape, packed */
  }
  assert_fails(sumi_plugin_mesh(&content, "m", (sumi_mesh_part_t)0, 0xF, NULL, shape),
               SUMI_INVALID_ARGUMENT, "part 0");
  assert_fails(sumi_plugin_mesh(&content, "m", (sumi_mesh_part_t)4, 0x1F, NULL, shape),
               SUMI_INVALID_ARGUMENT, "part 4");
  for (int type = 0; type <= 4; ++type) {
    const sumi_hparam_info_t info = {.name = "rate", .type = (sumi_hparam_type_t)type};
    const sumi_hparams_experiment_t experiment = {.hparams = &info, .hparam_count = 1};
    sumi_buffer_clear(&content);
    const sumi_status_t status = sumi_plugin_hparams_experiment(&content, &experiment);
    const bool is_type = type >= SUMI_HPARAM_STRING && type <= SUMI_HPARAM_NUMBER;
    assert_int_equal(status, is_type ? SUMI_OK : SUMI_INVALID_ARGUMENT);
    if (is_type) place_of(&content, "rate");
  }
  static const char *const tags[] = {"value1", "lower1", "upper1", "value2", "lower2", "upper2"};
  const sumi_custom_chart_t chart = {"band", tags, 6, true};
  const sumi_custom_category_t category = {"all", &chart, 1, false};
  sumi_buffer_clear(&content);
  assert_ok(sumi_plugin_custom_scalars_layout(&content, &category, 1));
  for (int i = 0; i + 1 < 6; ++i)
    assert_true(place_of(&content, tags[i]) < place_of(&content, tags[i + 1]));
  sumi_buffer_release(&content);
}

/* All four states of a session by hand: session_end_info (4) { status (1), end_time_secs (2) }. */
static void a_session_ends_in_each_state(void **state) {
  (void)state;
  for (int status = SUMI_HPARAMS_UNKNOWN; status <= SUMI_HPARAMS_RUNNING; ++status) {
    sumi_buffer_t content = {0};
    assert_ok(sumi_plugin_hparams_session_end(&content, (sumi_hparams_status_t)status, 1.0));
    const char bytes[] = {0x08, (char)status, 0x11, 0, 0, 0, 0, 0, 0, (char)0xf0, 0x3f};
    const size_t left_out = status == 0 ? 2 : 0; /* 0 is the default of the wire */
    assert_true(content.size >= sizeof bytes - left_out);
    assert_memory_equal(content.data + content.size - sizeof bytes + left_out, bytes + left_out,
                        sizeof bytes - left_out);
    sumi_buffer_release(&content);
  }
  sumi_buffer_t content = {0};
  assert_fails(sumi_plugin_hparams_session_end(&content, (sumi_hparams_status_t)4, 0),
               SUMI_INVALID_ARGUMENT, "status 4");
  sumi_buffer_release(&content);
}

static void an_experiment_names_each_metric(void **state) {
  (void)state;
  const sumi_metric_info_t metrics[] = {
      {.tag = "loss"}, {.tag = "accuracy", .group = "val"}, {.tag = "time"}};
  const sumi_hparams_experiment_t experiment = {.metrics = metrics, .metric_count = 3};
  sumi_buffer_t content = {0};
  assert_ok(sumi_plugin_hparams_experiment(&content, &experiment));
  assert_true(place_of(&content, "loss") < place_of(&content, "accuracy"));
  assert_true(place_of(&content, "accuracy") < place_of(&content, "time"));
  sumi_buffer_release(&content);
}

static void a_layout_without_categories_is_empty(void **state) {
  (void)state;
  sumi_buffer_t content = {0};
  assert_ok(sumi_plugin_custom_scalars_layout(&content, NULL, 0));
  assert_fails(sumi_plugin_custom_scalars_layout(&content, NULL, 1), SUMI_INVALID_ARGUMENT,
               "the categories are NULL");
  sumi_buffer_release(&content);
}

/* Memory and durations that are not there are not said: 0 is the default of the wire. */
static void run_metadata_say_the_smallest_memory(void **state) {
  (void)state;
  sumi_buffer_t none = {0}, one = {0};
  sumi_node_stats_t node = {.node = "n", .start_us = 5, .duration_us = 7};
  assert_ok(sumi_run_metadata(&none, NULL, &node, 1));
  node.memory_bytes = 1;
  assert_ok(sumi_run_metadata(&one, NULL, &node, 1));
  assert_null(memmem(none.data, none.size, "cpu", 3));
  const size_t at = place_of(&one, "cpu");
  assert_memory_equal(one.data + at, "cpu\x10\x01", 5); /* total_bytes = 1 */
  sumi_buffer_release(&none);
  sumi_buffer_release(&one);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_of_nodes_are_checked),
      cmocka_unit_test(things_out_of_place_are_refused),
      cmocka_unit_test(attributes_that_cannot_be_are_refused),
      cmocka_unit_test(plugin_contents_are_checked),
      cmocka_unit_test(plugin_contents_reach_to_their_bounds),
      cmocka_unit_test(a_session_ends_in_each_state),
      cmocka_unit_test(an_experiment_names_each_metric),
      cmocka_unit_test(a_layout_without_categories_is_empty),
      cmocka_unit_test(run_metadata_say_the_smallest_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
