/* Draws every kind of picture into a folder, as NAME.png: write_gallery FOLDER. The oracle tests
 * look at them. It runs in the environment's locale, as programs of users do. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sumi/charts.h>
#include <sumi/gallery.h>
#include <sumi/png.h>

#include "samples.h"

enum { COUNT = 64, PHOTO_HEIGHT = 240, PHOTO_WIDTH = 320 };

static const char *folder;
static uint8_t pixels[COUNT][SAMPLE_SIDE * SAMPLE_SIDE];
static float probabilities[COUNT][SAMPLE_CLASSES];
static sumi_prediction_t predictions[COUNT];

static void save(const char *name, sumi_status_t status, sumi_picture_t *picture) {
  sumi_buffer_t png = {0};
  if (status == SUMI_OK) status = sumi_picture_encode_png(picture, &png);
  if (status != SUMI_OK) {
    fprintf(stderr, "%s: %s\n", name, sumi_error_message());
    exit(1);
  }
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.png", folder, name);
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(png.data, 1, png.size, file) != png.size || fclose(file) != 0) {
    perror(path);
    exit(1);
  }
  sumi_buffer_release(&png);
  sumi_picture_free(picture);
}

/* Every seventh prediction is wrong. */
static void make_predictions(const char *const *names) {
  for (int i = 0; i < COUNT; ++i) {
    uint32_t state = (uint32_t)i + 99;
    const int truth = i % SAMPLE_CLASSES, label = i % 7 == 3 ? (truth + 6) % SAMPLE_CLASSES : truth;
    const double score = 0.45 + 0.55 * sample_random(&state);
    sample_picture(truth, (uint32_t)i, pixels[i]);
    for (int k = 0; k < SAMPLE_CLASSES; ++k)
      probabilities[i][k] = (float)(k == label ? score
                                               : (1 - score) * (k == truth ? 0.6 : 0.4 / 9));
    predictions[i] = (sumi_prediction_t){.image = grey_view(pixels[i], SAMPLE_SIDE, SAMPLE_SIDE),
                                         .label = names[label],
                                         .truth = names[truth],
                                         .score = score,
                                         .has_score = true,
                                         .id = i,
                                         .probabilities = probabilities[i],
                                         .probability_count = SAMPLE_CLASSES};
  }
}

static void write_galleries(void) {
  sumi_picture_t picture;
  make_predictions(sample_names);
  save("gallery",
       sumi_gallery_draw(predictions, COUNT, &picture, .title = "Test predictions",
                         .subtitle = "step 500", .columns = 8),
       &picture);
  save("worst",
       sumi_gallery_draw(predictions, COUNT, &picture, .title = "Worst mistakes",
                         .subtitle = "step 500", .columns = 4, .only_wrong = true,
                         .order = SUMI_ORDER_WORST_FIRST, .top_k = 3, .class_names = sample_names,
                         .class_count = SAMPLE_CLASSES),
       &picture);
  save("empty", sumi_gallery_draw(NULL, 0, &picture, .title = "Mistakes", .subtitle = "step 900"),
       &picture);
  save("single",
       sumi_prediction_draw(&predictions[3], &picture, .class_names = sample_names,
                            .class_count = SAMPLE_CLASSES),
       &picture);
  save("right", sumi_prediction_draw(&predictions[9], &picture, .top_k = -1), &picture);
  for (int i = 0; i < COUNT; ++i) {
    predictions[i].truth = NULL;
    predictions[i].probabilities = NULL;
    predictions[i].probability_count = 0;
  }
  predictions[1].label = "a label that is much longer than the picture is wide";
  predictions[2].score = NAN;
  predictions[4].label = NULL;
  save("unlabelled", sumi_gallery_draw(predictions, 6, &picture, .title = "No truths known"),
       &picture);
  make_predictions(sample_names_zh);
  save("chinese",
       sumi_gallery_draw(predictions, 12, &picture, .title = "测试集预测", .subtitle = "第 500 步",
                         .columns = 6),
       &picture);
}

static void write_film_strip(void) {
  enum { FRAMES = 6, SAMPLES = 4 };
  static const char *const names[FRAMES] = {"step 1",   "step 10",   "step 100",
                                            "step 500", "step 1000", "step 5000"};
  sumi_prediction_t frames[FRAMES * SAMPLES];
  make_predictions(sample_names);
  for (int frame = 0; frame < FRAMES; ++frame)
    for (int sample = 0; sample < SAMPLES; ++sample) {
      sumi_prediction_t *prediction = &frames[frame * SAMPLES + sample];
      *prediction = predictions[sample];
      prediction->score = 0.15 + 0.16 * frame;
      prediction->label = frame > sample ? prediction->truth
                                         : sample_names[(sample + frame + 3) % SAMPLE_CLASSES];
    }
  sumi_picture_t picture;
  save("film_strip",
       sumi_film_strip_draw(frames, SAMPLES, FRAMES, &picture, .title = "Four samples over time",
                            .frame_names = names),
       &picture);
}

static void write_detection(void) {
  static uint8_t photo[PHOTO_HEIGHT * PHOTO_WIDTH * 3];
  static bool mask[PHOTO_HEIGHT * PHOTO_WIDTH];
  sample_photo(PHOTO_HEIGHT, PHOTO_WIDTH, photo);
  for (int y = 0; y < PHOTO_HEIGHT; ++y)
    for (int x = 0; x < PHOTO_WIDTH; ++x)
      mask[y * PHOTO_WIDTH + x] = (x - 240) * (x - 240) / 4 + (y - 150) * (y - 150) < 1400;
  const sumi_box_t boxes[] = {
      {20, 20, 110, 130, "cat", 0.92, true, SUMI_LAYER_PREDICTED, 0, SUMI_MATCH_NONE},
      {26, 28, 118, 126, "cat", 0, false, SUMI_LAYER_TRUTH, 0, SUMI_MATCH_NONE},
      {30, 25, 100, 90, "a small grey cat", 0.41, true, SUMI_LAYER_PREDICTED, 3, SUMI_MATCH_NONE},
      {150, 100, 315, 200, "bicycle", 0.77, true, SUMI_LAYER_PREDICTED, 2, SUMI_MATCH_NONE},
      {250, -20, 340, 60, "bird", NAN, true, SUMI_LAYER_PREDICTED, 6, SUMI_MATCH_NONE},
  };
  const sumi_mask_t masks[] = {
      {.pixels = {SUMI_BOOL, 2, {PHOTO_HEIGHT, PHOTO_WIDTH}, mask}, .class_index = 2}};
  const sumi_keypoint_t points[] = {{40, 180, false, SUMI_LAYER_PREDICTED, 1, false},
                                    {80, 160, false, SUMI_LAYER_PREDICTED, 1, false},
                                    {110, 200, false, SUMI_LAYER_PREDICTED, 1, false},
                                    {60, 220, true, SUMI_LAYER_PREDICTED, 1, false}};
  const sumi_bone_t bones[] = {{0, 1}, {1, 2}, {1, 3}};
  const sumi_prediction_t prediction = {
      .image = {SUMI_UINT8, 3, {PHOTO_HEIGHT, PHOTO_WIDTH, 3}, photo},
      .label = "detections",
      .boxes = boxes,
      .box_count = 5,
      .masks = masks,
      .mask_count = 1,
      .keypoints = points,
      .keypoint_count = 4,
      .bones = bones,
      .bone_count = 3};
  sumi_picture_t picture;
  save("detection", sumi_prediction_draw(&prediction, &picture, .picture_px = 480), &picture);
  save("detection_small", sumi_prediction_draw(&prediction, &picture, .picture_px = 112), &picture);
}

/* Four pictures: all found, one missed and one found twice, nothing there, and a crowd. */
static void write_matches(void) {
  enum { CROWD = 40 };
  static uint8_t photo[PHOTO_HEIGHT * PHOTO_WIDTH * 3];
  static sumi_box_t crowd[2 * CROWD];
  for (int i = 0; i < PHOTO_HEIGHT * PHOTO_WIDTH; ++i) {
    const int y = i / PHOTO_WIDTH, shade = y < 130 ? 200 - y / 3 : 90 + (y - 130) / 4;
    photo[3 * i] = (uint8_t)(shade - 40), photo[3 * i + 1] = (uint8_t)shade;
    photo[3 * i + 2] = (uint8_t)(y < 130 ? shade + 30 : shade - 50);
  }
  const sumi_box_t found[] = {
      {.x0 = 30, .y0 = 40, .x1 = 130, .y1 = 160, .label = "cat", .layer = SUMI_LAYER_TRUTH},
      {.x0 = 36, .y0 = 46, .x1 = 136, .y1 = 158, .label = "cat", .score = 0.94, .has_score = true},
      {.x0 = 180,
       .y0 = 90,
       .x1 = 290,
       .y1 = 200,
       .label = "dog",
       .layer = SUMI_LAYER_TRUTH,
       .class_index = 1},
      {.x0 = 180,
       .y0 = 90,
       .x1 = 290,
       .y1 = 200,
       .label = "dog",
       .score = 0.81,
       .has_score = true,
       .class_index = 1}};
  const sumi_box_t mistaken[] = {
      {.x0 = 30, .y0 = 40, .x1 = 130, .y1 = 160, .label = "cat", .layer = SUMI_LAYER_TRUTH},
      {.x0 = 210,
       .y0 = 60,
       .x1 = 300,
       .y1 = 150,
       .label = "bicycle",
       .layer = SUMI_LAYER_TRUTH,
       .class_index = 2},
      {.x0 = 34, .y0 = 36, .x1 = 128, .y1 = 162, .label = "cat", .score = 0.88, .has_score = true},
      {.x0 = 50, .y0 = 60, .x1 = 150, .y1 = 190, .label = "cat", .score = 0.67, .has_score = true},
      {.x0 = 5, .y0 = 5, .x1 = 60, .y1 = 60, .label = "below", .score = 0.1, .has_score = true}};
  uint32_t state = 11;
  for (int i = 0; i < CROWD; ++i) {
    const double x = 290 * sample_random(&state), y = 200 * sample_random(&state);
    crowd[i] = (sumi_box_t){
        .x0 = x, .y0 = y, .x1 = x + 24, .y1 = y + 34, .label = "person", .layer = SUMI_LAYER_TRUTH};
    crowd[CROWD + i] = crowd[i];
    crowd[CROWD + i].layer = SUMI_LAYER_PREDICTED;
    crowd[CROWD + i].x1 += i % 8 == 0 ? 60 : 2;
    crowd[CROWD + i].score = 0.4 + 0.6 * sample_random(&state), crowd[CROWD + i].has_score = true;
  }
  const sumi_array_view_t image = {SUMI_UINT8, 3, {PHOTO_HEIGHT, PHOTO_WIDTH, 3}, photo};
  const sumi_prediction_t items[] = {{.image = image, .boxes = found, .box_count = 4},
                                     {.image = image, .boxes = mistaken, .box_count = 5},
                                     {.image = image},
                                     {.image = image, .boxes = crowd, .box_count = 2 * CROWD}};
  sumi_picture_t picture;
  save("matches",
       sumi_gallery_draw(items, 4, &picture, .title = "Detections", .subtitle = "step 500",
                         .columns = 2, .picture_px = 240, .match = SUMI_MATCHING_BOXES,
                         .min_score = 0.3, .worst_first = true),
       &picture);
  static bool disc[PHOTO_HEIGHT * PHOTO_WIDTH], moved[PHOTO_HEIGHT * PHOTO_WIDTH],
      lost[PHOTO_HEIGHT * PHOTO_WIDTH], small[PHOTO_HEIGHT * PHOTO_WIDTH];
  for (int i = 0; i < PHOTO_HEIGHT * PHOTO_WIDTH; ++i) {
    const int x = i % PHOTO_WIDTH, y = i / PHOTO_WIDTH;
    disc[i] = (x - 90) * (x - 90) + (y - 120) * (y - 120) < 3600;
    moved[i] = (x - 98) * (x - 98) + (y - 124) * (y - 124) < 3800;
    lost[i] = (x - 240) * (x - 240) + (y - 80) * (y - 80) < 1600;
    small[i] = (x - 110) * (x - 110) + (y - 130) * (y - 130) < 200;
  }
  const int64_t h = PHOTO_HEIGHT, w = PHOTO_WIDTH;
  const sumi_mask_t masks[] = {
      {.pixels = {SUMI_BOOL, 2, {h, w}, small}, .label = "eye", .score = 0.5, .has_score = true},
      {.pixels = {SUMI_BOOL, 2, {h, w}, disc}, .layer = SUMI_LAYER_TRUTH, .label = "ball"},
      {.pixels = {SUMI_BOOL, 2, {h, w}, moved}, .label = "ball", .score = 0.9, .has_score = true},
      {.pixels = {SUMI_BOOL, 2, {h, w}, lost}, .layer = SUMI_LAYER_TRUTH, .label = "sun"}};
  const sumi_prediction_t segmented = {.image = image, .masks = masks, .mask_count = 4};
  save("matches_masks",
       sumi_gallery_draw(&segmented, 1, &picture, .picture_px = 320, .match = SUMI_MATCHING_MASKS),
       &picture);
}

static void write_matrices(void) {
  int32_t counts[SAMPLE_CLASSES * SAMPLE_CLASSES], small[4] = {980, 20, 7, 93};
  uint32_t state = 5;
  for (int row = 0; row < SAMPLE_CLASSES; ++row)
    for (int column = 0; column < SAMPLE_CLASSES; ++column)
      counts[row * SAMPLE_CLASSES + column] =
          row == column
              ? 820 + (int)(150 * sample_random(&state))
              : (sample_random(&state) < 0.5 ? 0 : (int)(50 * pow(sample_random(&state), 2)));
  counts[6 * SAMPLE_CLASSES + 0] = 140;
  const sumi_array_view_t matrix = {SUMI_INT32, 2, {SAMPLE_CLASSES, SAMPLE_CLASSES}, counts};
  const sumi_array_view_t two = {SUMI_INT32, 2, {2, 2}, small};
  sumi_picture_t picture;
  save("confusion",
       sumi_confusion_draw(&matrix, &picture, .title = "Confusion matrix", .subtitle = "step 500",
                           .class_names = sample_names),
       &picture);
  save("confusion_zh",
       sumi_confusion_draw(&matrix, &picture, .title = "混淆矩阵", .class_names = sample_names_zh),
       &picture);
  save("confusion_2", sumi_confusion_draw(&two, &picture, .title = "Two classes"), &picture);
  static float values[24 * 40];
  for (int i = 0; i < 24 * 40; ++i)
    values[i] = sinf((float)(i / 40) * 0.3f) * cosf((float)(i % 40) * 0.2f);
  values[100] = NAN;
  const sumi_array_view_t heat = {SUMI_FLOAT32, 2, {24, 40}, values};
  const sumi_array_view_t named = {SUMI_FLOAT32, 2, {10, 10}, values};
  save("heat_map", sumi_heat_map_draw(&heat, &picture, .title = "Activations"), &picture);
  save("heat_map_named",
       sumi_heat_map_draw(&named, &picture, .title = "Correlations", .map = SUMI_MAP_DIVERGING,
                          .row_names = sample_names, .column_names = sample_names),
       &picture);
}

static void write_filters(void) {
  static float grey[5 * 5 * 1 * 32], color[7 * 7 * 3 * 16];
  for (int o = 0; o < 32; ++o)
    for (int y = 0; y < 5; ++y)
      for (int x = 0; x < 5; ++x)
        grey[(y * 5 + x) * 32 + o] = 0.3f *
                                     sinf(0.2f * (float)o + 1.3f * (float)x * cosf((float)o) +
                                          (float)y * sinf((float)o));
  for (int o = 0; o < 16; ++o)
    for (int i = 0; i < 7 * 7 * 3; ++i)
      color[i * 16 + o] = sinf(0.4f * (float)(i / 21) * cosf((float)o) +
                               0.9f * (float)(i / 3 % 7) * sinf((float)o) + (float)(i % 3) * 0.7f);
  const sumi_array_view_t one = {SUMI_FLOAT32, 4, {5, 5, 1, 32}, grey};
  const sumi_array_view_t three = {SUMI_FLOAT32, 4, {7, 7, 3, 16}, color};
  sumi_picture_t picture;
  save("filters",
       sumi_filters_draw(&one, &picture, .title = "conv1", .subtitle = "32 filters of 5 x 5"),
       &picture);
  save("filters_color", sumi_filters_draw(&three, &picture, .title = "stem/conv"), &picture);
}

static void write_lines(void) {
  enum { POINTS = 2000 };
  static double train[POINTS], test[POINTS / 50], test_x[POINTS / 50], recall[101], precision[101],
      weak[101];
  static float weights[5000];
  uint32_t state = 3;
  for (int i = 0; i < POINTS; ++i)
    train[i] = 2.3 * exp(-i / 300.0) + 0.25 + 0.12 * (sample_random(&state) - 0.5);
  train[900] = NAN;
  for (int i = 0; i < POINTS / 50; ++i) {
    test_x[i] = 50.0 * i;
    test[i] = 2.35 * exp(-i * 50 / 330.0) + 0.33;
  }
  const sumi_series_t losses[] = {{.name = "train", .y = {SUMI_FLOAT64, 1, {POINTS}, train}},
                                  {.name = "test",
                                   .x = {SUMI_FLOAT64, 1, {POINTS / 50}, test_x},
                                   .y = {SUMI_FLOAT64, 1, {POINTS / 50}, test}}};
  sumi_picture_t picture;
  save("lines",
       sumi_line_chart_draw(losses, 2, &picture, .title = "Loss",
                            .subtitle = "cross-entropy, mean over a batch", .x_label = "step",
                            .y_label = "loss"),
       &picture);
  save("lines_log",
       sumi_line_chart_draw(losses, 2, &picture, .title = "Loss", .x_label = "step", .log_y = true,
                            .width_px = 320, .height_px = 240),
       &picture);
  save("lines_none", sumi_line_chart_draw(NULL, 0, &picture, .title = "Nothing yet"), &picture);
  for (int i = 0; i <= 100; ++i) {
    recall[i] = i / 100.0;
    precision[i] = 1 - 0.6 * pow(recall[i], 5);
    weak[i] = 1 - 0.8 * recall[i];
  }
  const sumi_series_t curves[] = {{.name = "boots",
                                   .x = {SUMI_FLOAT64, 1, {101}, recall},
                                   .y = {SUMI_FLOAT64, 1, {101}, precision}},
                                  {.name = "shirts",
                                   .x = {SUMI_FLOAT64, 1, {101}, recall},
                                   .y = {SUMI_FLOAT64, 1, {101}, weak}}};
  save("pr_chart", sumi_pr_chart_draw(curves, 2, &picture, .title = "Precision and recall"),
       &picture);
  for (int i = 0; i < 5000; ++i) {
    double sum = 0;
    for (int k = 0; k < 12; ++k) sum += sample_random(&state);
    weights[i] = (float)(0.05 * (sum - 6));
  }
  const sumi_array_view_t values = {SUMI_FLOAT32, 1, {5000}, weights};
  save("histogram",
       sumi_histogram_chart_draw(&values, &picture, .title = "dense/kernel", .x_label = "weight"),
       &picture);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  setlocale(LC_ALL, "");
  folder = argv[1];
  write_galleries();
  write_film_strip();
  write_detection();
  write_matches();
  write_matrices();
  write_filters();
  write_lines();
  return 0;
}
