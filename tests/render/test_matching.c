#include "sumi_test.h"

#include <sumi/matching.h>

#include "allocation_sweep.h"
#include "samples.h"

static sumi_box_t box(double x0, double y0, double x1, double y1, sumi_layer_t layer,
                      double score) {
  return (sumi_box_t){.x0 = x0,
                      .y0 = y0,
                      .x1 = x1,
                      .y1 = y1,
                      .layer = layer,
                      .score = score,
                      .has_score = layer == SUMI_LAYER_PREDICTED};
}

/* Overlaps by hand: 80 / 120 of the second prediction, 90 / 110 of the first. */
static void the_highest_score_takes_the_truth(void **state) {
  (void)state;
  sumi_box_t boxes[] = {
      box(0, 0, 10, 10, SUMI_LAYER_TRUTH, 0), box(0, 0, 9, 10, SUMI_LAYER_PREDICTED, 0.5),
      box(2, 0, 10, 10, SUMI_LAYER_PREDICTED, 0.9), box(40, 0, 50, 10, SUMI_LAYER_TRUTH, 0),
      box(60, 0, 61, 10, SUMI_LAYER_PREDICTED, 0.1)};
  sumi_match_counts_t counts;
  assert_ok(sumi_boxes_match(boxes, 5, &counts));
  const sumi_match_t expected[] = {SUMI_MATCH_HIT, SUMI_MATCH_FALSE_ALARM, SUMI_MATCH_HIT,
                                   SUMI_MATCH_MISS, SUMI_MATCH_FALSE_ALARM};
  for (int i = 0; i < 5; ++i) assert_int_equal(boxes[i].match, expected[i]);
  assert_int_equal(counts.hits, 1);
  assert_int_equal(counts.misses, 1);
  assert_int_equal(counts.false_alarms, 2);
  /* 0.8 of the second prediction: not enough; 0.9 of the first is. */
  assert_ok(sumi_boxes_match(boxes, 5, &counts, .iou = 0.85));
  assert_int_equal(boxes[1].match, SUMI_MATCH_HIT);
  assert_int_equal(boxes[2].match, SUMI_MATCH_FALSE_ALARM);
  /* Not told: below the least score. */
  assert_ok(sumi_boxes_match(boxes, 5, NULL, .min_score = 0.6));
  assert_int_equal(boxes[1].match, SUMI_MATCH_NONE);
  assert_int_equal(boxes[4].match, SUMI_MATCH_NONE);
  assert_int_equal(boxes[2].match, SUMI_MATCH_HIT);
}

static void classes_match_only_when_asked_to(void **state) {
  (void)state;
  sumi_box_t boxes[] = {box(0, 0, 4, 4, SUMI_LAYER_TRUTH, 0),
                        box(0, 0, 4, 4, SUMI_LAYER_PREDICTED, 1)};
  boxes[1].class_index = 3;
  sumi_match_counts_t counts;
  assert_ok(sumi_boxes_match(boxes, 2, &counts));
  assert_int_equal(counts.hits, 0);
  assert_int_equal(counts.false_alarms, 1);
  assert_ok(sumi_boxes_match(boxes, 2, &counts, .any_class = true));
  assert_int_equal(counts.hits, 1);
  assert_int_equal(counts.misses + counts.false_alarms, 0);
}

/* What is exactly alike is a hit at an overlap of 1; what has no area overlaps nothing. */
static void the_ends_of_overlap(void **state) {
  (void)state;
  sumi_box_t boxes[] = {box(0.1, 0.2, 0.3, 0.7, SUMI_LAYER_TRUTH, 0),
                        box(0.1, 0.2, 0.3, 0.7, SUMI_LAYER_PREDICTED, NAN)};
  sumi_match_counts_t counts;
  assert_ok(sumi_boxes_match(boxes, 2, &counts, .iou = 1));
  assert_int_equal(counts.hits, 1);
  boxes[0].x1 = boxes[1].x1 = 0.1;
  assert_ok(sumi_boxes_match(boxes, 2, &counts, .iou = 1e-300));
  assert_int_equal(counts.misses, 1);
  boxes[0] = box(-1e300, -1e300, 1e300, 1e300, SUMI_LAYER_TRUTH, 0);
  boxes[1] = box(-1e300, -1e300, 1e300, 1e300, SUMI_LAYER_PREDICTED, 1);
  assert_ok(sumi_boxes_match(boxes, 2, &counts));
  assert_int_equal(counts.hits + counts.misses, 1);
  assert_ok(sumi_boxes_match(NULL, 0, &counts));
  assert_int_equal(counts.hits + counts.misses + counts.false_alarms, 0);
}

/* 130 pixels, so that the last word is not full: 65 of 130 in common. */
static void masks_match_by_their_pixels(void **state) {
  (void)state;
  static uint8_t all[130], half[130];
  for (int i = 0; i < 130; ++i) all[i] = 1, half[i] = i % 2;
  sumi_mask_t masks[] = {{.pixels = grey_view(all, 13, 10), .layer = SUMI_LAYER_TRUTH},
                         {.pixels = grey_view(half, 13, 10)}};
  sumi_match_counts_t counts;
  assert_ok(sumi_masks_match(masks, 2, &counts));
  assert_int_equal(counts.hits, 1);
  assert_int_equal(masks[0].match, SUMI_MATCH_HIT);
  assert_ok(sumi_masks_match(masks, 2, &counts, .iou = 0.500001));
  assert_int_equal(masks[0].match, SUMI_MATCH_MISS);
  assert_int_equal(masks[1].match, SUMI_MATCH_FALSE_ALARM);
  masks[1].pixels = grey_view(half, 10, 13);
  assert_fails(sumi_masks_match(masks, 2, &counts), SUMI_INVALID_ARGUMENT,
               "mask 1 has shape [10, 13] and mask 0 [13, 10]");
}

/* Of two truths one is found, by the second of three predictions: precision 1/2 up to recall 1/2,
 * that is at 51 of 101 recalls. */
static void average_precision_by_hand(void **state) {
  (void)state;
  static uint8_t grey[SAMPLE_SIDE * SAMPLE_SIDE];
  const sumi_box_t boxes[] = {
      box(0, 0, 10, 10, SUMI_LAYER_TRUTH, 0), box(20, 0, 28, 10, SUMI_LAYER_TRUTH, 0),
      box(0, 20, 10, 28, SUMI_LAYER_PREDICTED, 0.9), box(0, 0, 10, 10, SUMI_LAYER_PREDICTED, 0.8),
      box(10, 20, 20, 28, SUMI_LAYER_PREDICTED, 0.7)};
  const sumi_prediction_t prediction = {
      .image = grey_view(grey, SAMPLE_SIDE, SAMPLE_SIDE), .boxes = boxes, .box_count = 5};
  sumi_detection_scores_t scores;
  assert_ok(sumi_detections_score(&prediction, 1, &scores));
  assert_near(scores.average_precision, 0.5 * 51 / 101, 1e-12);
  assert_near(scores.coco_average_precision, 0.5 * 51 / 101, 1e-12);
  assert_near(scores.precision, 1.0 / 3, 1e-12);
  assert_near(scores.recall, 0.5, 0);
  assert_ok(sumi_detections_score(NULL, 0, &scores));
  assert_true(isnan(scores.average_precision) && isnan(scores.coco_average_precision));
  assert_true(isnan(scores.precision) && isnan(scores.recall));
  /* With one prediction a picture, the one that hits is not asked. */
  assert_ok(sumi_detections_score(&prediction, 1, &scores, .max_per_picture = 1));
  assert_near(scores.average_precision, 0, 0);
  assert_int_equal(scores.counts.hits, 1);
}

static void what_is_wrong_is_named(void **state) {
  (void)state;
  sumi_box_t one = box(0, 0, 1, 1, SUMI_LAYER_TRUTH, 0);
  sumi_detection_scores_t scores;
  assert_fails(sumi_boxes_match(NULL, 1, NULL), SUMI_INVALID_ARGUMENT, "1 boxes are NULL");
  assert_fails(sumi_boxes_match(&one, -1, NULL), SUMI_INVALID_ARGUMENT, "-1 boxes");
  assert_fails(sumi_boxes_match(&one, 1, NULL, .iou = 1.5), SUMI_INVALID_ARGUMENT, "iou is 1.5");
  assert_fails(sumi_boxes_match(&one, 1, NULL, .iou = NAN), SUMI_INVALID_ARGUMENT, "iou is nan");
  assert_fails(sumi_boxes_match(&one, 1, NULL, .min_score = NAN), SUMI_INVALID_ARGUMENT,
               "min_score is nan");
  assert_fails(sumi_detections_score(NULL, 1, &scores), SUMI_INVALID_ARGUMENT,
               "1 predictions are NULL");
  assert_fails(sumi_detections_score(NULL, 0, &scores, .max_per_picture = -1),
               SUMI_INVALID_ARGUMENT, "max_per_picture is -1");
  const sumi_prediction_t broken = {.boxes = &one, .box_count = 1};
  assert_fails(sumi_detections_score(&broken, 1, &scores), SUMI_INVALID_ARGUMENT, "prediction 0");
  assert_fails(sumi_detections_score(NULL, 0, NULL), SUMI_INVALID_ARGUMENT, "scores is NULL");
}

static void lack_of_memory_is_reported(void **state) {
  (void)state;
  static uint8_t grey[SAMPLE_SIDE * SAMPLE_SIDE];
  const sumi_mask_t masks[2] = {
      {.pixels = grey_view(grey, SAMPLE_SIDE, SAMPLE_SIDE), .layer = SUMI_LAYER_TRUTH},
      {.pixels = grey_view(grey, SAMPLE_SIDE, SAMPLE_SIDE)}};
  const sumi_prediction_t prediction = {
      .image = grey_view(grey, SAMPLE_SIDE, SAMPLE_SIDE), .masks = masks, .mask_count = 2};
  counting_allocator_install();
  bool passed = false;
  for (int n = 1; !passed && n < 20; ++n) {
    sumi_detection_scores_t scores;
    counting_allocator_fail_at(n);
    const sumi_status_t status = sumi_detections_score(&prediction, 1, &scores, .masks = true);
    counting_allocator_fail_at(0);
    passed = status == SUMI_OK;
    if (!passed) assert_int_equal(status, SUMI_RESOURCE_EXHAUSTED);
    assert_int_equal(counting_allocator_live(), 0);
  }
  assert_true(passed);
  counting_allocator_remove();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_highest_score_takes_the_truth),
      cmocka_unit_test(classes_match_only_when_asked_to),
      cmocka_unit_test(the_ends_of_overlap),
      cmocka_unit_test(masks_match_by_their_pixels),
      cmocka_unit_test(average_precision_by_hand),
      cmocka_unit_test(what_is_wrong_is_named),
      cmocka_unit_test(lack_of_memory_is_reported),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
