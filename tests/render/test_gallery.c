#include "sumi_test.h"

#include <sumi/annotations.h>
#include <sumi/gallery.h>
#include <sumi/png.h>

#include "allocation_sweep.h"
#include "inspect.h"
#include "samples.h"
#include "text.h"

enum { COUNT = 12 };
static uint8_t pixels[COUNT][SAMPLE_SIDE * SAMPLE_SIDE];
static sumi_prediction_t predictions[COUNT];

/* Predictions 2, 5, 8 and 11 are wrong; scores rise from 0.30. */
static int make_predictions(void **state) {
  (void)state;
  for (int i = 0; i < COUNT; ++i) {
    const int truth = i % SAMPLE_CLASSES;
    sample_picture(truth, (uint32_t)i, pixels[i]);
    predictions[i] = (sumi_prediction_t){
        .image = grey_view(pixels[i], SAMPLE_SIDE, SAMPLE_SIDE),
        .label = sample_names[i % 3 == 2 ? (truth + 1) % SAMPLE_CLASSES : truth],
        .truth = sample_names[truth],
        .score = 0.30 + 0.05 * i,
        .has_score = true,
        .id = 100 + i};
  }
  return 0;
}

static sumi_annotations_t annotations_of(const sumi_picture_t *picture) {
  sumi_annotations_t annotations;
  assert_ok(sumi_annotations_parse(picture->annotations, &annotations));
  return annotations;
}

static void assert_order(sumi_picture_t *picture, const int64_t *ids, int64_t count) {
  sumi_annotations_t annotations = annotations_of(picture);
  assert_int_equal(annotations.cell_count, count);
  for (int64_t i = 0; i < count; ++i) assert_int_equal(annotations.cells[i].prediction.id, ids[i]);
  sumi_annotations_free(&annotations);
  sumi_picture_free(picture);
}

static void predictions_come_in_the_order_asked_for(void **state) {
  (void)state;
  sumi_picture_t picture;
  assert_ok(sumi_gallery_draw(predictions, 4, &picture));
  assert_order(&picture, (const int64_t[]){100, 101, 102, 103}, 4);
  const int64_t worst[] = {111, 108, 105, 102, 100, 101, 103, 104, 106, 107, 109, 110};
  assert_ok(sumi_gallery_draw(predictions, COUNT, &picture, .order = SUMI_ORDER_WORST_FIRST));
  assert_order(&picture, worst, COUNT);
  int64_t best[COUNT];
  for (int i = 0; i < COUNT; ++i) best[i] = worst[COUNT - 1 - i];
  assert_ok(sumi_gallery_draw(predictions, COUNT, &picture, .order = SUMI_ORDER_BEST_FIRST));
  assert_order(&picture, best, COUNT);
  assert_ok(sumi_gallery_draw(predictions, COUNT, &picture, .order = SUMI_ORDER_WORST_FIRST,
                              .only_wrong = true, .max_count = 3));
  assert_order(&picture, worst, 3);
}

static void keys_decide_the_order_and_nan_is_worst(void **state) {
  (void)state;
  const double keys[5] = {1, NAN, 3, 3, -INFINITY};
  sumi_picture_t picture;
  assert_ok(
      sumi_gallery_draw(predictions, 5, &picture, .order = SUMI_ORDER_WORST_FIRST, .keys = keys));
  assert_order(&picture, (const int64_t[]){101, 102, 103, 100, 104}, 5);
}

static void assert_same_picture(sumi_picture_t *one, sumi_picture_t *other) {
  assert_int_equal(one->width, other->width);
  assert_int_equal(one->height, other->height);
  assert_int_equal(one->stride_bytes, other->stride_bytes);
  assert_memory_equal(one->pixels, other->pixels, (size_t)one->height * one->stride_bytes);
  assert_string_equal(one->annotations, other->annotations);
  sumi_picture_free(one);
  sumi_picture_free(other);
}

static void what_was_chosen_is_drawn_as_if_all_were_there(void **state) {
  (void)state;
  double keys[COUNT];
  for (int i = 0; i < COUNT; ++i) keys[i] = i * 7 % COUNT;
  const sumi_gallery_options_t cases[] = {
      {.struct_size = sizeof *cases, .max_count = 5},
      {.struct_size = sizeof *cases, .max_count = 4, .only_wrong = true},
      {.struct_size = sizeof *cases, .max_count = 6, .worst_first = true},
      {.struct_size = sizeof *cases, .max_count = 3, .worst_first = true, .keys = keys},
      {.struct_size = sizeof *cases, .order = SUMI_ORDER_BEST_FIRST, .max_outputs = 7},
      {.struct_size = sizeof *cases, .max_count = 1},
  };
  for (size_t c = 0; c < sizeof cases / sizeof *cases; ++c) {
    int64_t indices[COUNT], chosen = -1;
    sumi_verdict_counts_t counts;
    assert_ok(sumi_gallery_choose(predictions, COUNT, &cases[c], indices, &chosen, &counts));
    sumi_gallery_options_t of_chosen = cases[c];
    sumi_prediction_t some[COUNT];
    double their_keys[COUNT];
    for (int64_t i = 0; i < chosen; ++i) {
      some[i] = predictions[indices[i]];
      their_keys[i] = keys[indices[i]];
    }
    if (of_chosen.keys) of_chosen.keys = their_keys;
    of_chosen.chosen_from = counts;
    sumi_picture_t of_all, of_some;
    assert_ok(sumi_gallery_draw_with(predictions, COUNT, &of_all, &cases[c]));
    assert_ok(sumi_gallery_draw_with(some, chosen, &of_some, &of_chosen));
    assert_same_picture(&of_all, &of_some);
  }
}

static void a_choice_that_cannot_be_is_refused(void **state) {
  (void)state;
  int64_t indices[COUNT], chosen;
  sumi_verdict_counts_t counts;
  const sumi_gallery_options_t matched = {.struct_size = sizeof matched,
                                          .match = SUMI_MATCHING_BOXES};
  assert_fails(sumi_gallery_choose(predictions, COUNT, &matched, indices, &chosen, &counts),
               SUMI_INVALID_ARGUMENT, "match needs all predictions");
  assert_fails(sumi_gallery_choose(predictions, COUNT, NULL, NULL, &chosen, &counts),
               SUMI_INVALID_ARGUMENT, "indices, chosen or counts is NULL");
  sumi_picture_t picture;
  assert_fails(sumi_gallery_draw(predictions, 4, &picture, .chosen_from = {.right = 3}),
               SUMI_INVALID_ARGUMENT, "of which 4 predictions cannot have been chosen");
  assert_fails(
      sumi_gallery_draw(predictions, 4, &picture, .chosen_from = {.right = 9, .wrong = -1}),
      SUMI_INVALID_ARGUMENT, "-1 wrong");
}

/* One picture with a hit, one with a sure false alarm, one with a miss and a doubtful false alarm,
 * and one with nothing on it. */
static void what_became_of_boxes_decides_verdicts_and_order(void **state) {
  (void)state;
  const sumi_box_t truth = {.x1 = 10, .y1 = 10, .layer = SUMI_LAYER_TRUTH},
                   hit = {.x1 = 10, .y1 = 9, .score = 0.8, .has_score = true},
                   alarm = {.x0 = 12, .x1 = 20, .y1 = 9, .score = 0.9, .has_score = true},
                   doubt = {.x0 = 12, .x1 = 20, .y1 = 9, .score = 0.2, .has_score = true};
  const sumi_box_t boxes[3][3] = {{truth, hit}, {truth, hit, alarm}, {truth, doubt}};
  sumi_prediction_t items[4];
  for (int i = 0; i < 4; ++i) {
    items[i] = (sumi_prediction_t){.image = predictions[i].image, .id = i};
    if (i < 3) items[i].boxes = boxes[i], items[i].box_count = i == 1 ? 3 : 2;
  }
  sumi_picture_t picture;
  assert_ok(
      sumi_gallery_draw(items, 4, &picture, .match = SUMI_MATCHING_BOXES, .worst_first = true));
  sumi_annotations_t annotations = annotations_of(&picture);
  const int64_t ids[] = {2, 1, 0, 3};
  const sumi_verdict_t verdicts[] = {SUMI_VERDICT_WRONG, SUMI_VERDICT_WRONG, SUMI_VERDICT_RIGHT,
                                     SUMI_VERDICT_NEUTRAL};
  const double keys[] = {1.2, 0.9, 0, 0};
  for (int i = 0; i < 4; ++i) {
    assert_int_equal(annotations.cells[i].prediction.id, ids[i]);
    assert_int_equal(annotations.cells[i].prediction.verdict, verdicts[i]);
    assert_near(annotations.cells[i].key, keys[i], 1e-6);
  }
  const sumi_box_t *drawn = annotations.cells[1].prediction.boxes;
  assert_int_equal(drawn[0].match, SUMI_MATCH_HIT);
  assert_int_equal(drawn[1].match, SUMI_MATCH_HIT);
  assert_int_equal(drawn[2].match, SUMI_MATCH_FALSE_ALARM);
  assert_int_equal(annotations.cells[0].prediction.boxes[0].match, SUMI_MATCH_MISS);
  sumi_annotations_free(&annotations);
  sumi_picture_free(&picture);
  /* A prediction of too low a score is not there: what it was wrong about is only a miss. */
  assert_ok(sumi_gallery_draw(items, 4, &picture, .match = SUMI_MATCHING_BOXES, .min_score = 0.5));
  annotations = annotations_of(&picture);
  assert_int_equal(annotations.cells[2].prediction.box_count, 1);
  sumi_annotations_free(&annotations);
  sumi_picture_free(&picture);
}

static sumi_status_t draw_matches(sumi_picture_t *picture) {
  const sumi_box_t boxes[] = {{.x1 = 10, .y1 = 10, .layer = SUMI_LAYER_TRUTH, .label = "a"},
                              {.x1 = 9, .y1 = 9, .label = "b"}};
  const sumi_prediction_t item = {.image = predictions[0].image, .boxes = boxes, .box_count = 2};
  return sumi_gallery_draw(&item, 1, picture, .match = SUMI_MATCHING_BOXES, .worst_first = true);
}

static void lack_of_memory_for_matches_is_reported(void **state) {
  (void)state;
  assert_survives_lack_of_memory(draw_matches);
}

static void options_of_matching_are_refused_by_name(void **state) {
  (void)state;
  sumi_picture_t picture;
  assert_fails(sumi_gallery_draw(predictions, 1, &picture, .match = SUMI_MATCHING_BOXES, .iou = 2),
               SUMI_INVALID_ARGUMENT, "iou is 2");
  assert_fails(sumi_gallery_draw(predictions, 1, &picture, .match = (sumi_matching_t)7),
               SUMI_INVALID_ARGUMENT, "match is 7");
  assert_fails(sumi_gallery_draw(predictions, 1, &picture, .min_score = 0.5), SUMI_INVALID_ARGUMENT,
               "for .match");
}

/* Frames of the colour the verdict asks for around each annotated picture, and the picture's own
 * pixels inside. */
static void every_cell_is_where_its_annotations_say(void **state) {
  (void)state;
  sumi_picture_t picture;
  assert_ok(sumi_gallery_draw(predictions, COUNT, &picture, .columns = 5, .title = "Title"));
  sumi_annotations_t annotations = annotations_of(&picture);
  assert_string_equal(annotations.kind, "gallery");
  assert_string_equal(annotations.title, "Title");
  assert_int_equal(annotations.columns, 5);
  for (int i = 0; i < COUNT; ++i) {
    const sumi_annotated_cell_t *cell = &annotations.cells[i];
    const sumi_rect_t at = cell->picture;
    assert_int_equal(at.width, 112);
    assert_true(lies_within(at, cell->cell));
    assert_true(lies_within(cell->cell, (sumi_rect_t){0, 0, picture.width, picture.height}));
    assert_int_equal(sumi_picture_pixel(&picture, at.x - 1, at.y),
                     i % 3 == 2 ? SUMI_COLOR_WRONG : SUMI_COLOR_RIGHT);
    for (int k = 0; k < 28; ++k)
      assert_int_equal(sumi_picture_pixel(&picture, at.x + 4 * k, at.y + 4 * k) & 0xff,
                       pixels[i][k * 28 + k]);
    assert_string_equal(cell->prediction.label, predictions[i].label);
    assert_string_equal(cell->prediction.truth, predictions[i].truth);
    assert_near(cell->prediction.score, predictions[i].score, 1e-9);
    for (int k = 0; k < i; ++k) {
      const sumi_rect_t other = annotations.cells[k].cell;
      assert_true(other.x + other.width <= cell->cell.x || other.y + other.height <= cell->cell.y ||
                  cell->cell.x + cell->cell.width <= other.x);
    }
  }
  sumi_annotations_free(&annotations);
  sumi_picture_free(&picture);
}

/* What the text chunk is for: the pictures of a sheet, cut out of its PNG, drawn again. */
static void a_gallery_can_be_redrawn_from_its_png(void **state) {
  (void)state;
  sumi_picture_t first, decoded, second;
  sumi_buffer_t png = {0};
  assert_ok(sumi_gallery_draw(predictions, COUNT, &first));
  assert_ok(sumi_picture_encode_png(&first, &png));
  assert_ok(sumi_png_decode(png.data, png.size, &decoded));
  sumi_annotations_t annotations = annotations_of(&decoded);
  static uint8_t cut[COUNT][SAMPLE_SIDE * SAMPLE_SIDE];
  sumi_prediction_t again[COUNT];
  for (int i = 0; i < COUNT; ++i) {
    again[i] = annotations.cells[i].prediction;
    again[i].verdict = SUMI_VERDICT_AUTO;
    const sumi_rect_t at = annotations.cells[i].picture;
    for (int k = 0; k < SAMPLE_SIDE * SAMPLE_SIDE; ++k)
      cut[i][k] = (uint8_t)sumi_picture_pixel(&decoded, at.x + k % SAMPLE_SIDE * 4,
                                              at.y + k / SAMPLE_SIDE * 4);
    again[i].image = grey_view(cut[i], SAMPLE_SIDE, SAMPLE_SIDE);
  }
  assert_ok(sumi_gallery_draw(again, COUNT, &second));
  assert_int_equal(first.width, second.width);
  assert_int_equal(first.height, second.height);
  assert_memory_equal(first.pixels, second.pixels, first.stride_bytes * (size_t)first.height);
  assert_string_equal(first.annotations, second.annotations);
  sumi_annotations_free(&annotations);
  sumi_picture_free(&first);
  sumi_picture_free(&decoded);
  sumi_picture_free(&second);
  sumi_buffer_release(&png);
}

static void nothing_leaves_the_sheets_margin(void **state) {
  (void)state;
  sumi_prediction_t wide[3] = {predictions[0], predictions[1], predictions[2]};
  wide[0].label = "a label far longer than its picture is wide, and then some";
  static char title[600];
  memset(title, 'W', sizeof title - 1);
  sumi_picture_t picture;
  assert_ok(sumi_gallery_draw(wide, 3, &picture, .title = title, .subtitle = title));
  const sumi_rect_t drawn = drawn_box(&picture, 0xffffffffu);
  assert_true(lies_within(drawn, (sumi_rect_t){14, 14, picture.width - 28, picture.height - 28}));
  sumi_picture_free(&picture);
}

static void galleries_of_any_count_are_drawn(void **state) {
  (void)state;
  for (int count = 0; count <= COUNT; ++count) {
    sumi_picture_t picture;
    assert_ok(sumi_gallery_draw(predictions, count, &picture));
    sumi_annotations_t annotations = annotations_of(&picture);
    assert_int_equal(annotations.cell_count, count);
    sumi_annotations_free(&annotations);
    sumi_picture_free(&picture);
  }
  sumi_picture_t picture;
  assert_ok(sumi_gallery_draw(NULL, 0, &picture, .title = "none"));
  sumi_picture_free(&picture);
}

static void pictures_of_different_sizes_share_a_sheet(void **state) {
  (void)state;
  static uint8_t rgb[300 * 200 * 3];
  sample_photo(200, 300, rgb);
  const uint8_t dot = 200;
  const sumi_prediction_t mixed[3] = {
      predictions[0],
      {.image = {SUMI_UINT8, 3, {200, 300, 3}, rgb}, .label = "photo"},
      {.image = grey_view(&dot, 1, 1)}};
  sumi_picture_t picture;
  assert_ok(sumi_gallery_draw(mixed, 3, &picture));
  sumi_annotations_t annotations = annotations_of(&picture);
  assert_int_equal(annotations.cells[1].picture.width, 112);
  assert_int_equal(annotations.cells[1].picture.height, 75);
  assert_int_equal(annotations.cells[2].picture.width, 112);
  assert_true(annotations.cells[0].cell.height == annotations.cells[1].cell.height);
  sumi_annotations_free(&annotations);
  sumi_picture_free(&picture);
}

static void a_film_strip_has_a_row_per_sample_and_a_column_per_frame(void **state) {
  (void)state;
  sumi_picture_t picture;
  const char *const names[4] = {"step 1", "step 2", "step 4", "step 8"};
  assert_ok(sumi_film_strip_draw(predictions, 3, 4, &picture, .frame_names = names,
                                 .title = "over time"));
  sumi_annotations_t annotations = annotations_of(&picture);
  assert_int_equal(annotations.cell_count, 12);
  for (int i = 0; i < 12; ++i) {
    const sumi_rect_t at = annotations.cells[i].cell;
    assert_int_equal(annotations.cells[i].prediction.id, 100 + i);
    assert_int_equal(at.x, annotations.cells[i / 3 * 3].cell.x);
    assert_int_equal(at.y, annotations.cells[i % 3].cell.y);
    if (i >= 3) assert_true(at.x > annotations.cells[i - 3].cell.x);
    if (i % 3) assert_true(at.y > annotations.cells[i - 1].cell.y);
  }
  sumi_annotations_free(&annotations);
  sumi_picture_free(&picture);
}

static void wrong_input_is_refused_by_index(void **state) {
  (void)state;
  sumi_picture_t picture;
  sumi_prediction_t wrong[COUNT];
  memcpy(wrong, predictions, sizeof wrong);
  wrong[7].label = "\xe7\x9f";
  assert_fails(sumi_gallery_draw(wrong, COUNT, &picture), SUMI_INVALID_ARGUMENT,
               "the label of prediction 7 is not UTF-8: byte 0xe7 at offset 0");
  assert_fails(sumi_film_strip_draw(wrong, 3, 4, &picture), SUMI_INVALID_ARGUMENT,
               "sample 1 in frame 2");
  wrong[7] = predictions[7];
  wrong[3].image = (sumi_array_view_t){SUMI_UINT8, 3, {28, 28, 5}, pixels};
  assert_fails(sumi_gallery_draw(wrong, COUNT, &picture), SUMI_INVALID_ARGUMENT,
               "the image of prediction 3 has shape [28, 28, 5]");
  assert_fails(sumi_gallery_draw(NULL, 3, &picture), SUMI_INVALID_ARGUMENT,
               "3 predictions are NULL");
  assert_fails(sumi_gallery_draw(predictions, -1, &picture), SUMI_INVALID_ARGUMENT,
               "-1 predictions");
  assert_fails(sumi_gallery_draw(predictions, 2, &picture, .columns = 300), SUMI_INVALID_ARGUMENT,
               "columns is 300");
  assert_fails(sumi_gallery_draw(predictions, 2, &picture, .max_count = 5000),
               SUMI_INVALID_ARGUMENT, "max_count is 5000");
  assert_fails(sumi_gallery_draw(predictions, 2, &picture, .title = "\xff"), SUMI_INVALID_ARGUMENT,
               "the title is not UTF-8");
  assert_fails(sumi_gallery_draw(predictions, 2, &picture, .picture_px = -3), SUMI_INVALID_ARGUMENT,
               "picture_px is -3");
  assert_fails(sumi_gallery_draw(predictions, COUNT, &picture, .picture_px = 4096, .columns = 12),
               SUMI_INVALID_ARGUMENT, "is not possible");
  assert_fails(sumi_film_strip_draw(predictions, 0, 4, &picture), SUMI_INVALID_ARGUMENT,
               "0 samples");
  const char *const names[4] = {"a", "b", NULL, "d"};
  assert_fails(sumi_film_strip_draw(predictions, 3, 4, &picture, .frame_names = names),
               SUMI_INVALID_ARGUMENT, "frame_names[2] is NULL");
}

static sumi_status_t draw_gallery(sumi_picture_t *picture) {
  return sumi_gallery_draw(predictions, 4, picture, .title = "T", .subtitle = "s");
}

static sumi_status_t draw_film_strip(sumi_picture_t *picture) {
  return sumi_film_strip_draw(predictions, 2, 3, picture, .title = "T");
}

static void lack_of_memory_is_reported_at_every_point(void **state) {
  (void)state;
  assert_survives_lack_of_memory(draw_gallery);
  assert_survives_lack_of_memory(draw_film_strip);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(predictions_come_in_the_order_asked_for),
      cmocka_unit_test(keys_decide_the_order_and_nan_is_worst),
      cmocka_unit_test(what_was_chosen_is_drawn_as_if_all_were_there),
      cmocka_unit_test(a_choice_that_cannot_be_is_refused),
      cmocka_unit_test(what_became_of_boxes_decides_verdicts_and_order),
      cmocka_unit_test(lack_of_memory_for_matches_is_reported),
      cmocka_unit_test(options_of_matching_are_refused_by_name),
      cmocka_unit_test(every_cell_is_where_its_annotations_say),
      cmocka_unit_test(a_gallery_can_be_redrawn_from_its_png),
      cmocka_unit_test(nothing_leaves_the_sheets_margin),
      cmocka_unit_test(galleries_of_any_count_are_drawn),
      cmocka_unit_test(pictures_of_different_sizes_share_a_sheet),
      cmocka_unit_test(a_film_strip_has_a_row_per_sample_and_a_column_per_frame),
      cmocka_unit_test(wrong_input_is_refused_by_index),
      cmocka_unit_test(lack_of_memory_is_reported_at_every_point),
  };
  return cmocka_run_group_tests(tests, make_predictions, NULL);
}
