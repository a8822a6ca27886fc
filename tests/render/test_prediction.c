#include "sumi_test.h"

#include <sumi/annotations.h>
#include <sumi/png.h>

#include "allocation_sweep.h"
#include "inspect.h"
#include "samples.h"
#include "text.h"

static uint8_t pixels[SAMPLE_SIDE * SAMPLE_SIDE];

static sumi_prediction_t sample(void) {
  sample_picture(0, 1, pixels);
  return (sumi_prediction_t){.image = grey_view(pixels, SAMPLE_SIDE, SAMPLE_SIDE), .label = "Coat"};
}

/* Where the picture and the cell are, from the drawing's own annotations. */
static sumi_annotated_cell_t cell_of(const sumi_picture_t *picture) {
  sumi_annotations_t annotations;
  assert_ok(sumi_annotations_parse(picture->annotations, &annotations));
  assert_int_equal(annotations.cell_count, 1);
  const sumi_annotated_cell_t cell = annotations.cells[0];
  sumi_annotations_free(&annotations);
  return cell;
}

static void a_small_picture_is_enlarged_by_a_whole_factor_with_sharp_pixels(void **state) {
  (void)state;
  const sumi_prediction_t prediction = sample();
  for (int px = 28; px <= 300; px += 34) {
    sumi_picture_t picture;
    assert_ok(sumi_prediction_draw(&prediction, &picture, .picture_px = px));
    const sumi_rect_t at = cell_of(&picture).picture;
    const int factor = px / 28;
    assert_int_equal(at.width, 28 * factor);
    assert_int_equal(at.height, 28 * factor);
    for (int y = 0; y < at.height; ++y)
      for (int x = 0; x < at.width; ++x)
        assert_int_equal(sumi_picture_pixel(&picture, at.x + x, at.y + y),
                         0xff000000u | pixels[y / factor * 28 + x / factor] * 0x010101u);
    sumi_picture_free(&picture);
  }
}

/* Each 2 x 2 block of the source is one pixel of the reduction: its mean. */
static void a_large_picture_is_averaged_down(void **state) {
  (void)state;
  static uint8_t rgb[100 * 60 * 3];
  sample_photo(60, 100, rgb);
  const sumi_prediction_t prediction = {.image = {SUMI_UINT8, 3, {60, 100, 3}, rgb}};
  sumi_picture_t picture;
  assert_ok(sumi_prediction_draw(&prediction, &picture, .picture_px = 50));
  const sumi_rect_t at = cell_of(&picture).picture;
  assert_int_equal(at.width, 50);
  assert_int_equal(at.height, 30);
  for (int y = 0; y < 30; ++y)
    for (int x = 0; x < 50; ++x)
      for (int c = 0; c < 3; ++c) {
        double mean = 0;
        for (int k = 0; k < 4; ++k)
          mean += rgb[((2 * y + k / 2) * 100 + 2 * x + k % 2) * 3 + c] / 4.0;
        const uint32_t color = sumi_picture_pixel(&picture, at.x + x, at.y + y);
        assert_near(color >> (16 - 8 * c) & 0xff, mean, 0.51);
      }
  sumi_picture_free(&picture);
}

/* The mean of [low, high) along both axes: of every value by the length of what it shares with it.
 */
static double area_mean(const uint8_t *values, int width, int channels, int channel, double x0,
                        double x1, double y0, double y1, bool by_alpha, double ground) {
  double sum = 0;
  for (int y = (int)y0; y < y1 - 1e-9; ++y)
    for (int x = (int)x0; x < x1 - 1e-9; ++x) {
      const double area = (fmin(x + 1, x1) - fmax(x, x0)) * (fmin(y + 1, y1) - fmax(y, y0));
      const uint8_t *at = values + (y * width + x) * channels;
      const double alpha = by_alpha ? at[3] / 255.0 : 1;
      sum += area * (at[channel] * alpha + ground * (1 - alpha));
    }
  return sum / ((x1 - x0) * (y1 - y0));
}

/* Against the definition, for sizes that do not divide, of every number of channels. */
static void a_shown_pixel_is_the_mean_of_the_area_it_covers(void **state) {
  (void)state;
  static const int sizes[][3] = {
      {64, 48, 63}, {60, 45, 45}, {97, 31, 40}, {33, 90, 7}, {70, 1, 30}};
  static uint8_t bytes[100 * 100 * 4];
  uint32_t random = 4;
  for (size_t i = 0; i < sizeof bytes; ++i) bytes[i] = (uint8_t)(256 * sample_random(&random));
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; ++s)
    for (int channels = 1; channels <= 4; channels += channels == 1 ? 2 : 1) {
      const int width = sizes[s][0], height = sizes[s][1];
      const sumi_prediction_t prediction = {
          .image = {SUMI_UINT8, 3, {height, width, channels}, bytes}};
      sumi_picture_t picture;
      assert_ok(sumi_prediction_draw(&prediction, &picture, .picture_px = sizes[s][2]));
      const sumi_rect_t at = cell_of(&picture).picture;
      assert_int_equal(at.width > at.height ? at.width : at.height, sizes[s][2]);
      const double by_x = (double)width / at.width, by_y = (double)height / at.height;
      for (int y = 0; y < at.height; ++y)
        for (int x = 0; x < at.width; ++x)
          for (int c = 0; c < 3; ++c) {
            const uint32_t ground = (x ^ y) & 8 ? 0xe4e6ea : 0xffffff;
            const double mean = area_mean(bytes, width, channels, channels == 1 ? 0 : c, x * by_x,
                                          (x + 1) * by_x, y * by_y, (y + 1) * by_y, channels == 4,
                                          ground >> (16 - 8 * c) & 0xff);
            const uint32_t color = sumi_picture_pixel(&picture, at.x + x, at.y + y);
            assert_near(color >> (16 - 8 * c) & 0xff, mean, 0.5 + 1e-6);
          }
      sumi_picture_free(&picture);
    }
}

/* One of 40,000 pixels: its share of a mean would be a tenth of a percent. */
static void a_value_that_is_no_number_shows_however_small_the_picture(void **state) {
  (void)state;
  static float values[200 * 200];
  for (int i = 0; i < 200 * 200; ++i) values[i] = 0.5f;
  values[130 * 200 + 61] = NAN;
  const sumi_prediction_t prediction = {.image = {SUMI_FLOAT32, 2, {200, 200}, values}};
  sumi_picture_t picture;
  assert_ok(sumi_prediction_draw(&prediction, &picture, .picture_px = 6, .low = 0, .high = 1,
                                 .bad_color = SUMI_RGB(200, 0, 0)));
  const sumi_rect_t at = cell_of(&picture).picture;
  for (int y = 0; y < 6; ++y)
    for (int x = 0; x < 6; ++x)
      assert_int_equal(sumi_picture_pixel(&picture, at.x + x, at.y + y),
                       x == 1 && y == 3 ? SUMI_RGB(200, 200, 200) : SUMI_RGB(127, 127, 127));
  sumi_picture_free(&picture);
}

static uint32_t frame_color(const sumi_prediction_t *prediction) {
  sumi_picture_t picture;
  assert_ok(sumi_prediction_draw(prediction, &picture));
  const sumi_rect_t at = cell_of(&picture).picture;
  const uint32_t above = sumi_picture_pixel(&picture, at.x + at.width / 2, at.y - 2);
  assert_int_equal(sumi_picture_pixel(&picture, at.x - 2, at.y + at.height / 2), above);
  assert_int_equal(sumi_picture_pixel(&picture, at.x + at.width + 1, at.y + 5), above);
  assert_int_equal(sumi_picture_pixel(&picture, at.x + 5, at.y + at.height + 1), above);
  sumi_picture_free(&picture);
  return above;
}

static void the_frame_tells_right_from_wrong(void **state) {
  (void)state;
  sumi_prediction_t prediction = sample();
  prediction.truth = "Coat";
  assert_int_equal(frame_color(&prediction), SUMI_COLOR_RIGHT);
  prediction.truth = "Bag";
  assert_int_equal(frame_color(&prediction), SUMI_COLOR_WRONG);
  prediction.verdict = SUMI_VERDICT_RIGHT;
  assert_int_equal(frame_color(&prediction), SUMI_COLOR_RIGHT);
  prediction.verdict = SUMI_VERDICT_AUTO;
  prediction.truth = NULL;
  const uint32_t neutral = frame_color(&prediction);
  assert_true(neutral != SUMI_COLOR_RIGHT && neutral != SUMI_COLOR_WRONG && neutral != 0xffffffffu);
}

/* The filled part of the bar below the caption. */
static int bar_length(double score) {
  sumi_prediction_t prediction = sample();
  prediction.truth = "Coat";
  prediction.has_score = true;
  prediction.score = score;
  sumi_picture_t picture;
  assert_ok(sumi_prediction_draw(&prediction, &picture));
  const sumi_annotated_cell_t cell = cell_of(&picture);
  const int y = cell.cell.y + cell.cell.height - 2;
  const int length = count_color(&picture, (sumi_rect_t){0, y, picture.width, 1}, SUMI_COLOR_RIGHT);
  assert_int_equal(cell.cell.width, 230);
  sumi_picture_free(&picture);
  return length;
}

static void the_bar_is_as_long_as_the_score(void **state) {
  (void)state;
  assert_int_equal(bar_length(0), 0);
  assert_int_equal(bar_length(0.5), 115);
  assert_int_equal(bar_length(1), 230);
  assert_int_equal(bar_length(7), 230);
  assert_int_equal(bar_length(-1), 0);
  assert_int_equal(bar_length(NAN), 0);
  assert_int_equal(bar_length(INFINITY), 230);
}

/* Height tells whether a line was added. */
static int height_of(const sumi_prediction_t *prediction) {
  sumi_picture_t picture;
  assert_ok(sumi_prediction_draw(prediction, &picture));
  const int height = picture.height;
  sumi_picture_free(&picture);
  return height;
}

static void the_truth_is_written_only_when_it_differs(void **state) {
  (void)state;
  sumi_prediction_t prediction = sample();
  const int plain = height_of(&prediction);
  prediction.truth = "Coat";
  assert_int_equal(height_of(&prediction), plain);
  prediction.truth = "Bag";
  assert_true(height_of(&prediction) >= plain + 12);
}

static void nothing_is_drawn_in_the_outermost_margin(void **state) {
  (void)state;
  sumi_prediction_t prediction = sample();
  const float probabilities[3] = {0.1f, NAN, 0.9f};
  const sumi_box_t box = {-50,
                          -50,
                          500,
                          10,
                          "outside on all sides, with a long label",
                          2,
                          true,
                          SUMI_LAYER_TRUTH,
                          1,
                          SUMI_MATCH_NONE};
  const sumi_keypoint_t point = {27.9, 27.9, false, SUMI_LAYER_PREDICTED, 0, false};
  prediction.label =
      "jÅ a label that is far too long to fit below a picture of this size, whatever the font";
  prediction.truth = "Å another one that is far too long to fit below a picture of this size";
  prediction.score = 0.5, prediction.has_score = true;
  prediction.probabilities = probabilities, prediction.probability_count = 3;
  prediction.boxes = &box, prediction.box_count = 1;
  prediction.keypoints = &point, prediction.keypoint_count = 1;
  sumi_picture_t picture;
  assert_ok(sumi_prediction_draw(&prediction, &picture));
  const sumi_rect_t drawn = drawn_box(&picture, 0xffffffffu);
  assert_true(drawn.width > 200);
  assert_true(lies_within(drawn, (sumi_rect_t){8, 8, picture.width - 16, picture.height - 16}));
  sumi_picture_free(&picture);
}

/* The marks of a black picture: colours of the palette at hand-computed places, 8 shown pixels
 * per pixel. */
static void boxes_masks_and_points_are_where_they_should_be(void **state) {
  (void)state;
  static const uint8_t black[28 * 28];
  static bool mask[28 * 28];
  for (int i = 0; i < 28 * 28; ++i) mask[i] = i / 28 >= 20 && i % 28 < 8;
  const sumi_box_t box = {4, 5, 14, 15, NULL, 0, false, SUMI_LAYER_PREDICTED, 0, SUMI_MATCH_NONE};
  const sumi_mask_t region = {.pixels = {SUMI_BOOL, 2, {28, 28}, mask}, .class_index = 2};
  const sumi_keypoint_t points[2] = {{20.5, 20.5, false, SUMI_LAYER_PREDICTED, 1, false},
                                     {20.5, 24.5, false, SUMI_LAYER_PREDICTED, 1, false}};
  const sumi_bone_t bone = {0, 1};
  const sumi_prediction_t prediction = {.image = grey_view(black, 28, 28),
                                        .boxes = &box,
                                        .box_count = 1,
                                        .masks = &region,
                                        .mask_count = 1,
                                        .keypoints = points,
                                        .keypoint_count = 2,
                                        .bones = &bone,
                                        .bone_count = 1};
  sumi_picture_t picture;
  assert_ok(sumi_prediction_draw(&prediction, &picture));
  const sumi_rect_t at = cell_of(&picture).picture;
  assert_int_equal(at.width, 224);
  const sumi_rect_t edge = {at.x + 32, at.y + 40, 80, 2};
  assert_int_equal(count_color(&picture, edge, sumi_palette_color(0)), 160);
  assert_int_equal(sumi_picture_pixel(&picture, at.x + 32 + 79, at.y + 40 + 79),
                   sumi_palette_color(0));
  assert_int_equal(sumi_picture_pixel(&picture, at.x + 70, at.y + 80), 0xff000000u);
  const uint32_t inside = sumi_picture_pixel(&picture, at.x + 30, at.y + 190);
  assert_near(inside >> 8 & 0xff, 0x9e * 0.45, 3);
  assert_int_equal(sumi_picture_pixel(&picture, at.x + 63, at.y + 190), sumi_palette_color(2));
  assert_int_equal(sumi_picture_pixel(&picture, at.x + 66, at.y + 190), 0xff000000u);
  assert_int_equal(sumi_picture_pixel(&picture, at.x + 164, at.y + 164), sumi_palette_color(1));
  assert_int_equal(sumi_picture_pixel(&picture, at.x + 163, at.y + 180), sumi_palette_color(1));
  sumi_picture_free(&picture);
}

static void a_transparent_picture_lies_on_a_light_ground(void **state) {
  (void)state;
  uint8_t rgba[4 * 4 * 4] = {0};
  rgba[3] = 255;
  const sumi_prediction_t prediction = {.image = {SUMI_UINT8, 3, {4, 4, 4}, rgba}};
  sumi_picture_t picture;
  assert_ok(sumi_prediction_draw(&prediction, &picture));
  const sumi_rect_t at = cell_of(&picture).picture;
  assert_int_equal(sumi_picture_pixel(&picture, at.x + 1, at.y + 1), 0xff000000u);
  assert_true((sumi_picture_pixel(&picture, at.x + at.width - 1, at.y + 1) & 0xff) > 200);
  sumi_picture_free(&picture);
}

static void the_same_input_gives_the_same_bytes(void **state) {
  (void)state;
  const sumi_prediction_t prediction = sample();
  sumi_buffer_t png[2] = {{0}};
  for (int i = 0; i < 2; ++i) {
    sumi_picture_t picture;
    assert_ok(sumi_prediction_draw(&prediction, &picture));
    assert_ok(sumi_picture_encode_png(&picture, &png[i]));
    sumi_picture_free(&picture);
    sumi__render_text_forget();
  }
  assert_int_equal(png[0].size, png[1].size);
  assert_memory_equal(png[0].data, png[1].data, png[0].size);
  sumi_buffer_release(&png[0]);
  sumi_buffer_release(&png[1]);
}

#define assert_refused(change, text)                                                               \
  do {                                                                                             \
    sumi_prediction_t wrong = sample();                                                            \
    change;                                                                                        \
    assert_fails(sumi_prediction_draw(&wrong, &picture), SUMI_INVALID_ARGUMENT, text);             \
    assert_null(picture.pixels);                                                                   \
  } while (0)

static void wrong_predictions_are_refused_by_name(void **state) {
  (void)state;
  sumi_picture_t picture;
  static bool mask[4];
  const sumi_box_t nan_box = {
      0, 0, NAN, 1, NULL, 0, false, SUMI_LAYER_PREDICTED, 0, SUMI_MATCH_NONE};
  const sumi_box_t turned = {5, 0, 1, 1, NULL, 0, false, SUMI_LAYER_PREDICTED, 0, SUMI_MATCH_NONE};
  const sumi_box_t named = {0, 0, 1, 1, "\x80", 0, false, SUMI_LAYER_PREDICTED, 0, SUMI_MATCH_NONE};
  const sumi_mask_t small = {.pixels = {SUMI_BOOL, 2, {2, 2}, mask}, .class_index = 0};
  const sumi_keypoint_t lost = {NAN, 0, false, SUMI_LAYER_PREDICTED, 0, false},
                        fine = {0, 0, false, SUMI_LAYER_PREDICTED, 0, false};
  const sumi_bone_t bone = {0, 1};
  assert_refused(wrong.label = "a\xc3(",
                 "the label of the prediction is not UTF-8: byte 0xc3 at offset 1");
  assert_refused(wrong.truth = "\xff", "the truth of the prediction");
  assert_refused(wrong.image.rank = 1, "the image of the prediction has shape [28]");
  assert_refused(wrong.image = ((sumi_array_view_t){SUMI_UINT8, 4, {1, 28, 28, 1}, pixels}),
                 "[1, 28, 28, 1]");
  assert_refused(wrong.image.data = NULL, "NULL");
  assert_refused(wrong.box_count = 2, "the prediction has 2 boxes, but they are NULL");
  assert_refused(wrong.box_count = -1, "-1 boxes");
  assert_refused((wrong.boxes = &nan_box, wrong.box_count = 1),
                 "box 0 of the prediction is (0, 0) to (nan, 1)");
  assert_refused((wrong.boxes = &turned, wrong.box_count = 1), "x0 <= x1");
  assert_refused((wrong.boxes = &named, wrong.box_count = 1),
                 "the label of box 0 of the prediction");
  assert_refused((wrong.masks = &small, wrong.mask_count = 1),
                 "mask 0 of the prediction has shape [2, 2]");
  static bool fitting[SAMPLE_SIDE * SAMPLE_SIDE];
  const sumi_mask_t unnamed = {.pixels = {SUMI_BOOL, 2, {SAMPLE_SIDE, SAMPLE_SIDE}, fitting},
                               .label = "\x80"};
  assert_refused((wrong.masks = &unnamed, wrong.mask_count = 1),
                 "the label of mask 0 of the prediction");
  assert_refused((wrong.keypoints = &lost, wrong.keypoint_count = 1), "key point 0");
  assert_refused((wrong.keypoints = &fine, wrong.keypoint_count = 1, wrong.bones = &bone,
                  wrong.bone_count = 1),
                 "bone 0 of the prediction joins key points 0 and 1; there are 1");
  assert_fails(sumi_prediction_draw(NULL, &picture), SUMI_INVALID_ARGUMENT,
               "the prediction is NULL");
}

static void wrong_options_are_refused(void **state) {
  (void)state;
  sumi_picture_t picture;
  const sumi_prediction_t prediction = sample();
  const char *const names[3] = {"a", NULL, "c"}, *const broken[2] = {"a", "\xfe"};
  assert_fails(sumi_prediction_draw(&prediction, &picture, .picture_px = 5000),
               SUMI_INVALID_ARGUMENT, "picture_px is 5000");
  assert_fails(sumi_prediction_draw(&prediction, &picture, .top_k = 99), SUMI_INVALID_ARGUMENT,
               "top_k is 99");
  assert_fails(sumi_prediction_draw(&prediction, &picture, .class_count = 3), SUMI_INVALID_ARGUMENT,
               "class_names are NULL");
  assert_fails(sumi_prediction_draw(&prediction, &picture, .class_names = names, .class_count = 3),
               SUMI_INVALID_ARGUMENT, "class_names[1] is NULL");
  assert_fails(sumi_prediction_draw(&prediction, &picture, .class_names = broken, .class_count = 2),
               SUMI_INVALID_ARGUMENT, "class_names[1] is not UTF-8");
  assert_fails(sumi_prediction_draw(&prediction, NULL), SUMI_INVALID_ARGUMENT, "picture is NULL");
}

static sumi_status_t draw_with_box_and_strip(sumi_picture_t *picture) {
  static const float probabilities[3] = {0.1f, 0.7f, 0.2f};
  static const sumi_box_t box = {
      2, 2, 20, 20, "box", 0.5, true, SUMI_LAYER_PREDICTED, 1, SUMI_MATCH_NONE};
  sumi_prediction_t prediction = sample();
  prediction.boxes = &box, prediction.box_count = 1;
  prediction.truth = "Bag", prediction.score = 0.5, prediction.has_score = true;
  prediction.probabilities = probabilities, prediction.probability_count = 3;
  return sumi_prediction_draw(&prediction, picture);
}

static sumi_status_t draw_reduced(sumi_picture_t *picture) {
  const sumi_prediction_t prediction = sample();
  return sumi_prediction_draw(&prediction, picture, .picture_px = 20);
}

static void lack_of_memory_is_reported_at_every_point(void **state) {
  (void)state;
  assert_survives_lack_of_memory(draw_reduced);
  assert_survives_lack_of_memory(draw_with_box_and_strip);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_small_picture_is_enlarged_by_a_whole_factor_with_sharp_pixels),
      cmocka_unit_test(a_large_picture_is_averaged_down),
      cmocka_unit_test(a_shown_pixel_is_the_mean_of_the_area_it_covers),
      cmocka_unit_test(a_value_that_is_no_number_shows_however_small_the_picture),
      cmocka_unit_test(the_frame_tells_right_from_wrong),
      cmocka_unit_test(the_bar_is_as_long_as_the_score),
      cmocka_unit_test(the_truth_is_written_only_when_it_differs),
      cmocka_unit_test(nothing_is_drawn_in_the_outermost_margin),
      cmocka_unit_test(boxes_masks_and_points_are_where_they_should_be),
      cmocka_unit_test(a_transparent_picture_lies_on_a_light_ground),
      cmocka_unit_test(the_same_input_gives_the_same_bytes),
      cmocka_unit_test(wrong_predictions_are_refused_by_name),
      cmocka_unit_test(wrong_options_are_refused),
      cmocka_unit_test(lack_of_memory_is_reported_at_every_point),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
