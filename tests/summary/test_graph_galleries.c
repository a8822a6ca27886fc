/* A gallery of a graph is the gallery that the writer's own call draws: the same bytes for every
 * option, each of which changes them. */
#include <sumi/constants.h>
#include <sumi/ops.h>
#include <sumi/summary_graph.h>

#include "logged.h"

enum { COUNT = 6, CLASSES = 3 };

static const char *const names[] = {"cat", "two\nlines", "ox"};
/* Hits, mistakes and a picture of unknown truth; row 4 has a NaN, which is no class. */
static const float chances[COUNT][CLASSES] = {{.7f, .2f, .1f}, {.1f, .6f, .3f}, {.3f, .3f, .4f},
                                              {.9f, 0, .1f},   {NAN, .1f, .9f}, {.2f, .5f, .3f}};
static const int32_t truth[COUNT] = {0, 1, 0, 2, 2, -1};
static float pixels[COUNT][3][4][3]; /* lies as [h=3, w=4, c=3] or as [c=3, h=4, w=3] */

static void fill_pixels(void) {
  for (int i = 0; i < COUNT * 36; ++i) (&pixels[0][0][0][0])[i] = (float)(i * 37 % 101) / 100;
}

static void log_graph(sumi_writer_t *log, const sumi_gallery_options_t *options) {
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t images = sumi_constant_f32(g, SUMI_DIMS(COUNT, 3, 4, 3), &pixels[0][0][0][0]);
  sumi_summary_predictions_at(SUMI_HERE, "graph", images,
                              sumi_constant_f32(g, SUMI_DIMS(COUNT, CLASSES), &chances[0][0]),
                              sumi_constant_i32(g, SUMI_DIMS(COUNT), truth), options);
  assert_ok(sumi_graph_status(g));
  sumi_session_t *s = sumi_session_new(g);
  sumi_summary_hook_t *hook = sumi_summary_hook_new(s, log);
  assert_ok(sumi_summary_run(hook, 7));
  sumi_summary_hook_free(hook);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void log_by_hand(sumi_writer_t *log, const sumi_gallery_options_t *options) {
  sumi_prediction_t predictions[COUNT] = {{.id = 0}};
  for (int i = 0; i < COUNT; ++i)
    predictions[i] = (sumi_prediction_t){
        .image = {.data = pixels[i], .dtype = SUMI_FLOAT32, .rank = 3, .dims = {3, 4, 3}},
        .truth = truth[i] < 0 ? NULL : names[truth[i]],
        .id = i,
        .probabilities = chances[i],
        .probability_count = CLASSES};
  assert_ok(sumi_writer_predictions_with(log, "hand", 7, predictions, COUNT, options));
}

/* The hash of the gallery that both ways give. */
static uint64_t draw_both_ways(const sumi_gallery_options_t *options) {
  const char *directory = temporary_directory();
  sumi_writer_t *log = sumi_writer_open(directory, .ignore_environment = true);
  log_graph(log, options);
  log_by_hand(log, options);
  assert_ok(sumi_writer_close(log));
  log_contents_t contents = logged_read(directory);
  const uint64_t graph = logged_find(&contents, "graph")->hash;
  assert_int_equal(graph, logged_find(&contents, "hand")->hash);
  free(contents.values);
  return graph;
}

#define GALLERY(...)                                                                               \
  {                                                                                                \
    .struct_size = sizeof(sumi_gallery_options_t), .class_names = names, .class_count = CLASSES,   \
    .title = "gallery", __VA_ARGS__                                                                \
  }

static void a_graphs_gallery_is_the_writers(void **state) {
  (void)state;
  /* The plain one, then one for each member that a graph keeps. */
  const sumi_gallery_options_t options[] = {
      GALLERY(.columns = 0),
      GALLERY(.columns = 2),
      GALLERY(.worst_first = true),
      GALLERY(.subtitle = "of the day"),
      GALLERY(.only_wrong = true),
      GALLERY(.max_count = 4),
      GALLERY(.picture_px = 40),
      GALLERY(.top_k = 2),
      GALLERY(.low = 0.25, .high = 0.75),
      GALLERY(.low = 0.25, .high = 0.75, .bad_color = SUMI_RGB(0, 255, 0), .max_outputs = 5),
      GALLERY(.channels_first = true),
      GALLERY(.order = SUMI_ORDER_BEST_FIRST),
      GALLERY(.max_outputs = 3),
      GALLERY(.match = SUMI_MATCHING_BOXES),
      {.struct_size = sizeof *options,
       .class_names = names,
       .class_count = CLASSES,
       .title = "another"},
  };
  enum { CASES = sizeof options / sizeof *options };
  fill_pixels();
  uint64_t hashes[CASES];
  for (int i = 0; i < CASES; ++i) {
    hashes[i] = draw_both_ways(&options[i]);
    for (int k = 0; k < i; ++k) assert_int_not_equal(hashes[i], hashes[k]);
  }
  /* A member that is new has to be kept by the nodes, too (summary/graph/summary_predictions.c),
   * or is, as the last one, no concern of theirs. */
  assert_int_equal(offsetof(sumi_gallery_options_t, chosen_from) + sizeof(sumi_verdict_counts_t),
                   sizeof *options);
}

enum { BOXES = 3, TRUTHS = 2 };
/* y_min, x_min, y_max, x_max in quarters and thirds of pictures of 3 x 4 pixels: exact where it
 * matters. */
static const float corners[2][BOXES][4] = {{{0, 0, 1, .5f}, {0, .5f, 1, 1}, {0, 0, 1, 1}},
                                           {{0, .25f, 1, .75f}, {0, 0, 1, .25f}, {0, 0, 0, 0}}};
static const float scores[2][BOXES] = {{.9f, .6f, .2f}, {.8f, .7f, 0}};
static const int32_t classes[2][BOXES] = {{0, 1, 7}, {2, 0, -1}};
static const float true_corners[2][TRUTHS][4] = {{{0, 0, 1, .5f}, {0, .75f, 1, 1}},
                                                 {{0, .25f, 1, .75f}, {0, 0, 0, 0}}};
static const int32_t true_classes[2][TRUTHS] = {{0, 1}, {0, -1}};

static void log_detections_graph(sumi_writer_t *log, const sumi_gallery_options_t *options) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_summary_detections_at(
      SUMI_HERE, "graph", sumi_constant_f32(g, SUMI_DIMS(2, 3, 4, 3), &pixels[0][0][0][0]),
      sumi_constant_f32(g, SUMI_DIMS(2, BOXES, 4), &corners[0][0][0]),
      sumi_constant_f32(g, SUMI_DIMS(2, BOXES), &scores[0][0]),
      sumi_constant_i32(g, SUMI_DIMS(2, BOXES), &classes[0][0]),
      sumi_constant_f32(g, SUMI_DIMS(2, TRUTHS, 4), &true_corners[0][0][0]),
      sumi_constant_i32(g, SUMI_DIMS(2, TRUTHS), &true_classes[0][0]), options);
  assert_ok(sumi_graph_status(g));
  sumi_session_t *s = sumi_session_new(g);
  sumi_summary_hook_t *hook = sumi_summary_hook_new(s, log);
  assert_ok(sumi_summary_run(hook, 7));
  sumi_summary_hook_free(hook);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static sumi_box_t box_of(const float at[4], int class_index, const char *label) {
  return (sumi_box_t){.y0 = 3 * (double)at[0],
                      .x0 = 4 * (double)at[1],
                      .y1 = 3 * (double)at[2],
                      .x1 = 4 * (double)at[3],
                      .class_index = class_index,
                      .label = label};
}

static void log_detections_by_hand(sumi_writer_t *log, sumi_gallery_options_t options) {
  sumi_prediction_t predictions[2] = {{.id = 0}};
  sumi_box_t boxes[2][BOXES + TRUTHS];
  for (int i = 0; i < 2; ++i) {
    int count = 0;
    for (int k = 0; k < BOXES; ++k) {
      const int kind = classes[i][k];
      if (kind < 0) continue;
      boxes[i][count] = box_of(corners[i][k], kind, kind < CLASSES ? names[kind] : "7");
      boxes[i][count].has_score = true;
      boxes[i][count++].score = (double)scores[i][k];
    }
    for (int k = 0; k < TRUTHS; ++k) {
      if (true_classes[i][k] < 0) continue;
      boxes[i][count] = box_of(true_corners[i][k], true_classes[i][k], names[true_classes[i][k]]);
      boxes[i][count++].layer = SUMI_LAYER_TRUTH;
    }
    predictions[i] = (sumi_prediction_t){
        .image = {.data = pixels[i], .dtype = SUMI_FLOAT32, .rank = 3, .dims = {3, 4, 3}},
        .id = i,
        .boxes = boxes[i],
        .box_count = count};
  }
  options.match = SUMI_MATCHING_BOXES;
  assert_ok(sumi_writer_predictions_with(log, "hand", 7, predictions, 2, &options));
}

static void a_graphs_detections_are_the_writers(void **state) {
  (void)state;
  const sumi_gallery_options_t options[] = {
      GALLERY(.columns = 1), GALLERY(.columns = 1, .iou = 0.4),
      GALLERY(.columns = 1, .any_class = true), GALLERY(.columns = 1, .min_score = 0.5)};
  enum { CASES = sizeof options / sizeof *options };
  fill_pixels();
  uint64_t hashes[CASES];
  for (int i = 0; i < CASES; ++i) {
    const char *directory = temporary_directory();
    sumi_writer_t *log = sumi_writer_open(directory, .ignore_environment = true);
    log_detections_graph(log, &options[i]);
    log_detections_by_hand(log, options[i]);
    assert_ok(sumi_writer_close(log));
    log_contents_t contents = logged_read(directory);
    hashes[i] = logged_find(&contents, "graph")->hash;
    assert_int_equal(hashes[i], logged_find(&contents, "hand")->hash);
    free(contents.values);
    for (int k = 0; k < i; ++k) assert_int_not_equal(hashes[i], hashes[k]);
  }
}

static void detections_of_other_shapes_are_refused(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t images = sumi_constant_f32(g, SUMI_DIMS(2, 3, 4, 3), &pixels[0][0][0][0]),
                      boxes = sumi_constant_f32(g, SUMI_DIMS(2, BOXES, 4), &corners[0][0][0]),
                      score = sumi_constant_f32(g, SUMI_DIMS(2, BOXES), &scores[0][0]),
                      kinds = sumi_constant_i32(g, SUMI_DIMS(2, BOXES), &classes[0][0]);
  sumi_summary_detections("a", images, boxes, score, kinds, score, kinds);
  assert_int_equal(sumi_graph_status(g), SUMI_INVALID_ARGUMENT);
  assert_non_null(strstr(sumi_graph_message(g), "truth_boxes of shape (2, 3)"));
  sumi_graph_free(g);
}

static void what_a_graph_cannot_keep_is_refused(void **state) {
  (void)state;
  const double keys[COUNT] = {0};
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t images = sumi_constant_f32(g, SUMI_DIMS(COUNT, 3, 4, 3), &pixels[0][0][0][0]);
  sumi_summary_predictions("a", images,
                           sumi_constant_f32(g, SUMI_DIMS(COUNT, CLASSES), &chances[0][0]),
                           sumi_constant_i32(g, SUMI_DIMS(COUNT), truth), .keys = keys);
  assert_int_equal(sumi_graph_status(g), SUMI_INVALID_ARGUMENT);
  assert_non_null(strstr(sumi_graph_message(g), "takes no .keys"));
  sumi_graph_free(g);
}

/* The options are attributes of the exported node; class names as a list(string). */
static void the_exported_node_has_its_options(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_summary_labeled_images("a", sumi_placeholder(g, SUMI_UINT8), sumi_placeholder(g, SUMI_INT32),
                              .class_names = names, .class_count = CLASSES, .columns = 5);
  const sumi_op_t *op = sumi_collection(g, SUMI_SUMMARIES).list[0].op;
  const sumi_attr_t *attr = sumi_op_attr(op, "class_names");
  assert_int_equal(attr->kind, SUMI_ATTR_STRINGS);
  assert_int_equal(attr->texts.count, CLASSES);
  assert_string_equal(attr->texts.list[1], "two\nlines");
  assert_ptr_not_equal(attr->texts.list[1], names[1]); /* copied */
  assert_int_equal(sumi_op_attr(op, "columns")->integer, 5);
  sumi_buffer_t bytes = {0};
  assert_ok(sumi_graph_export(g, &bytes));
  /* tensorflow/core/framework/attr_value.proto: AttrValue.list (1) { s (2): … } */
  static const char list[] = "\x12\x03"
                             "cat\x12\x09two\nlines\x12\x02ox";
  assert_non_null(memmem(bytes.data, bytes.size, list, sizeof list - 1));
  sumi_buffer_release(&bytes);
  sumi_graph_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_graphs_gallery_is_the_writers),
      cmocka_unit_test(a_graphs_detections_are_the_writers),
      cmocka_unit_test(detections_of_other_shapes_are_refused),
      cmocka_unit_test(what_a_graph_cannot_keep_is_refused),
      cmocka_unit_test(the_exported_node_has_its_options),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
