#include "sumi_test.h"

#include <sumi/annotations.h>
#include <sumi/gallery.h>
#include <sumi/png.h>

#include "samples.h"

static const char whole[] = "{\"sumi\":1,\"kind\":\"gallery\",\"title\":\"t\\u00e4st\",\"columns\":"
                            "2,\"future\":[],\"cells\":[{\"id\":9007199254740993,"
                            "\"cell\":[1,2,3,4],\"picture\":[5,6,7,8],\"shape\":[28,30,3],"
                            "\"verdict\":\"wrong\",\"label\":\"a\",\"score\":\"nan\","
                            "\"truth\":\"b\",\"key\":2.5,\"probabilities\":[0.25,\"inf\"],"
                            "\"boxes\":[{\"at\":[0,-1.5,2,3],\"label\":\"x\","
                            "\"score\":0.5,\"layer\":\"truth\",\"class\":-2}],\"keypoints\":[{"
                            "\"at\":[1,2],\"hidden\":true,\"class\":4}]}]}";

static void every_member_becomes_a_value(void **state) {
  (void)state;
  sumi_annotations_t annotations;
  assert_ok(sumi_annotations_parse(whole, &annotations));
  assert_string_equal(annotations.kind, "gallery");
  assert_string_equal(annotations.title, "täst");
  assert_int_equal(annotations.columns, 2);
  assert_int_equal(annotations.cell_count, 1);
  const sumi_annotated_cell_t *cell = &annotations.cells[0];
  assert_int_equal(cell->prediction.id, 9007199254740993);
  assert_memory_equal(&cell->cell, &((sumi_rect_t){1, 2, 3, 4}), sizeof(sumi_rect_t));
  assert_memory_equal(&cell->picture, &((sumi_rect_t){5, 6, 7, 8}), sizeof(sumi_rect_t));
  assert_int_equal(cell->prediction.image.rank, 3);
  assert_int_equal(cell->prediction.image.dims[1], 30);
  assert_null(cell->prediction.image.data);
  assert_int_equal(cell->prediction.verdict, SUMI_VERDICT_WRONG);
  assert_string_equal(cell->prediction.label, "a");
  assert_true(cell->prediction.has_score && isnan(cell->prediction.score));
  assert_string_equal(cell->prediction.truth, "b");
  assert_near(cell->key, 2.5, 0);
  assert_int_equal(cell->prediction.probability_count, 2);
  assert_near(cell->prediction.probabilities[0], 0.25, 0);
  assert_true(isinf(cell->prediction.probabilities[1]));
  assert_int_equal(cell->prediction.box_count, 1);
  const sumi_box_t *box = &cell->prediction.boxes[0];
  assert_near(box->y0, -1.5, 0);
  assert_string_equal(box->label, "x");
  assert_near(box->score, 0.5, 0);
  assert_true(box->has_score && box->layer == SUMI_LAYER_TRUTH && box->class_index == -2);
  assert_int_equal(cell->prediction.keypoint_count, 1);
  assert_true(cell->prediction.keypoints[0].hidden &&
              cell->prediction.keypoints[0].class_index == 4);
  sumi_annotations_free(&annotations);
}

/* What was drawn comes back: every float to the last bit, texts with quotes and control
 * characters. */
static void what_is_drawn_is_what_is_read(void **state) {
  (void)state;
  static uint8_t pixels[SAMPLE_SIDE * SAMPLE_SIDE];
  const float probabilities[3] = {0.1f, 1.0f / 3, NAN};
  const sumi_box_t box = {
      0.1f, 0.2f, 3, 4, "\"b\"", -INFINITY, true, SUMI_LAYER_TRUTH, INT32_MAX, SUMI_MATCH_NONE};
  const sumi_keypoint_t point = {1.5, 2.5, true, SUMI_LAYER_TRUTH, 3, false};
  const sumi_prediction_t prediction = {.image = grey_view(pixels, SAMPLE_SIDE, SAMPLE_SIDE),
                                        .label = "tab\t\"quote\" back\\slash 短袖\x01",
                                        .truth = "x",
                                        .score = 0.7f,
                                        .has_score = true,
                                        .id = INT64_MIN,
                                        .probabilities = probabilities,
                                        .probability_count = 3,
                                        .boxes = &box,
                                        .box_count = 1,
                                        .keypoints = &point,
                                        .keypoint_count = 1};
  sumi_picture_t picture;
  assert_ok(sumi_prediction_draw(&prediction, &picture));
  sumi_annotations_t annotations;
  assert_ok(sumi_annotations_parse(picture.annotations, &annotations));
  const sumi_prediction_t *back = &annotations.cells[0].prediction;
  assert_string_equal(back->label, prediction.label);
  assert_int_equal(back->id, INT64_MIN);
  assert_near((float)back->score, 0.7f, 0);
  assert_near(back->probabilities[0], 0.1f, 0);
  assert_near(back->probabilities[1], 1.0f / 3, 0);
  assert_true(isnan(back->probabilities[2]));
  assert_near((float)back->boxes[0].x0, 0.1f, 0);
  assert_string_equal(back->boxes[0].label, "\"b\"");
  assert_true(back->boxes[0].score == -INFINITY);
  assert_int_equal(back->boxes[0].class_index, INT32_MAX);
  assert_true(back->keypoints[0].hidden && back->keypoints[0].layer == SUMI_LAYER_TRUTH);
  sumi_annotations_free(&annotations);
  sumi_picture_free(&picture);
}

static void of_many_probabilities_the_largest_are_kept(void **state) {
  (void)state;
  enum { CLASSES = 5000 };
  static uint8_t pixels[SAMPLE_SIDE * SAMPLE_SIDE];
  static float probabilities[CLASSES];
  for (int i = 0; i < CLASSES; ++i) probabilities[i] = (float)((i * 7) % CLASSES) / CLASSES;
  const sumi_prediction_t prediction = {.image = grey_view(pixels, SAMPLE_SIDE, SAMPLE_SIDE),
                                        .probabilities = probabilities,
                                        .probability_count = CLASSES};
  sumi_picture_t picture;
  assert_ok(sumi_prediction_draw(&prediction, &picture));
  assert_true(strlen(picture.annotations) < 1000);
  sumi_annotations_t annotations;
  assert_ok(sumi_annotations_parse(picture.annotations, &annotations));
  const sumi_prediction_t *back = &annotations.cells[0].prediction;
  assert_int_equal(back->probability_count, CLASSES);
  for (int i = 0; i < CLASSES; ++i)
    if (probabilities[i] > (CLASSES - 16.5f) / CLASSES)
      assert_near(back->probabilities[i], probabilities[i], 0);
    else
      assert_true(isnan(back->probabilities[i]));
  sumi_annotations_free(&annotations);
  sumi_picture_free(&picture);
}

/* More than a PNG may carry: the picture is there all the same, and says which cells are not told.
 */
static void a_picture_is_not_lost_to_its_annotations(void **state) {
  (void)state;
  enum { BOXES = 2000, LABEL = 40000 };
  static uint8_t pixels[SAMPLE_SIDE * SAMPLE_SIDE];
  static char label[LABEL + 1];
  static sumi_box_t boxes[BOXES];
  memset(label, 'x', LABEL);
  for (int i = 0; i < BOXES; ++i) boxes[i] = (sumi_box_t){.x1 = 9, .y1 = 9, .label = label};
  const sumi_prediction_t predictions[2] = {
      {.image = grey_view(pixels, SAMPLE_SIDE, SAMPLE_SIDE),
       .id = 7,
       .boxes = boxes,
       .box_count = BOXES},
      {.image = grey_view(pixels, SAMPLE_SIDE, SAMPLE_SIDE), .id = 8, .label = "told"}};
  sumi_picture_t picture;
  sumi_buffer_t png = {0};
  assert_ok(sumi_gallery_draw(predictions, 2, &picture));
  assert_ok(sumi_picture_encode_png(&picture, &png));
  assert_non_null(strstr(picture.annotations, "\"left_out\":true"));
  sumi_annotations_t annotations;
  assert_ok(sumi_annotations_parse(picture.annotations, &annotations));
  assert_int_equal(annotations.cells[0].prediction.id, 7);
  assert_int_equal(annotations.cells[0].prediction.box_count, 0);
  assert_string_equal(annotations.cells[1].prediction.label, "told");
  sumi_annotations_free(&annotations);
  sumi_buffer_release(&png);
  sumi_picture_free(&picture);
}

static void what_sumi_does_not_write_is_refused(void **state) {
  (void)state;
  static const struct {
    const char *json, *message;
  } cases[] = {
      {"", "offset"},
      {"{", "offset"},
      {"[]", "\"sumi\""},
      {"{}", "\"sumi\""},
      {"{\"sumi\":2,\"kind\":\"x\"}", "\"sumi\""},
      {"{\"sumi\":1}", "\"kind\""},
      {"{\"sumi\":1,\"kind\":5}", "\"kind\""},
      {"{\"sumi\":1,\"kind\":\"x\",\"columns\":-1}", "\"columns\""},
      {"{\"sumi\":1,\"kind\":\"x\",\"cells\":{}}", "\"cells\""},
      {"{\"sumi\":1,\"kind\":\"x\",\"cells\":[1]}", "\"cells\""},
      {"{\"sumi\":1,\"kind\":\"x\",\"cells\":[{}]}", "\"cell\""},
      {"{\"sumi\":1,\"kind\":\"x\",\"cells\":[{\"cell\":[1,2,3]}]}", "\"cell\""},
      {"{\"sumi\":1,\"kind\":\"x\",\"cells\":[{\"cell\":[1,2,3,1e300]}]}", "\"cell\""},
      {"{\"sumi\":1,\"kind\":\"x\",\"cells\":[{\"cell\":[1,2,3,\"nan\"]}]}", "\"cell\""},
      {"{\"sumi\":1,\"kind\":\"x\",\"cells\":[{\"cell\":[1,2,3,4],\"picture\":[1,2,3,4],\"shape\":["
       "1]}]}",
       "\"shape\""},
      {"{\"sumi\":1,\"kind\":\"x\",\"cells\":[{\"cell\":[1,2,3,4],\"picture\":[1,2,3,4],\"shape\":["
       "1,0]}]}",
       "\"shape\""},
      {"{\"sumi\":1,\"kind\":\"x\",\"cells\":[{\"cell\":[1,2,3,4],\"picture\":[1,2,3,4],\"shape\":["
       "1,1]}]}",
       "\"verdict\""},
      {"{\"sumi\":1,\"kind\":\"x\",\"cells\":[{\"cell\":[1,2,3,4],\"picture\":[1,2,3,4],\"shape\":["
       "1,1],\"verdict\":\"neutral\",\"classes\":3,\"most_probable\":[[3,0.5]]}]}",
       "\"most_probable\""},
      {"{\"sumi\":1,\"kind\":\"x\",\"cells\":[{\"cell\":[1,2,3,4],\"picture\":[1,2,3,4],\"shape\":["
       "1,1],\"verdict\":\"neutral\",\"classes\":3,\"most_probable\":[7]}]}",
       "\"most_probable\""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
    sumi_annotations_t annotations = {.columns = 7};
    assert_fails(sumi_annotations_parse(cases[i].json, &annotations), SUMI_DATA_LOSS,
                 cases[i].message);
    assert_null(annotations.cells);
    assert_int_equal(annotations.columns, 0);
  }
  sumi_annotations_t annotations;
  assert_fails(sumi_annotations_parse(NULL, &annotations), SUMI_INVALID_ARGUMENT, "json is NULL");
  assert_fails(sumi_annotations_parse("{}", NULL), SUMI_INVALID_ARGUMENT, "annotations is NULL");
}

static void a_text_cut_anywhere_is_refused(void **state) {
  (void)state;
  char cut[sizeof whole];
  for (size_t length = 0; length < sizeof whole - 1; ++length) {
    memcpy(cut, whole, length);
    cut[length] = '\0';
    sumi_annotations_t annotations;
    assert_int_equal(sumi_annotations_parse(cut, &annotations), SUMI_DATA_LOSS);
  }
}

static void lack_of_memory_is_reported_at_every_point(void **state) {
  (void)state;
  counting_allocator_install();
  bool passed = false;
  for (int n = 1; !passed && n < 200; ++n) {
    sumi_annotations_t annotations;
    counting_allocator_fail_at(n);
    const sumi_status_t status = sumi_annotations_parse(whole, &annotations);
    counting_allocator_fail_at(0);
    passed = status == SUMI_OK;
    if (!passed) assert_int_equal(status, SUMI_RESOURCE_EXHAUSTED);
    sumi_annotations_free(&annotations);
    assert_int_equal(counting_allocator_live(), 0);
  }
  assert_true(passed);
  counting_allocator_remove();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_member_becomes_a_value),
      cmocka_unit_test(what_is_drawn_is_what_is_read),
      cmocka_unit_test(of_many_probabilities_the_largest_are_kept),
      cmocka_unit_test(a_picture_is_not_lost_to_its_annotations),
      cmocka_unit_test(what_sumi_does_not_write_is_refused),
      cmocka_unit_test(a_text_cut_anywhere_is_refused),
      cmocka_unit_test(lack_of_memory_is_reported_at_every_point),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
