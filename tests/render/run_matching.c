/* Matching from outside: run_matching boxes|masks HEIGHT WIDTH IOU ANY_CLASS MIN_SCORE reads the
 * number of pictures and, for each, the number of its things, then each as "TRUTH CLASS SCORE X0 Y0
 * X1 Y1" (a mask is that rectangle without every pixel whose column and row make a multiple of
 * three), and prints "hits misses false_alarms ap coco_ap". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sumi/matching.h>

enum { MAX_PICTURES = 64, MAX_THINGS = 1024 };

static sumi_prediction_t predictions[MAX_PICTURES];

static void fill(uint8_t *pixels, int width, const sumi_box_t *box) {
  for (int y = (int)box->y0; y < (int)box->y1; ++y)
    for (int x = (int)box->x0; x < (int)box->x1; ++x) pixels[y * width + x] = (x + y) % 3 != 0;
}

static int read_picture(sumi_prediction_t *prediction, int height, int width) {
  int count;
  if (scanf("%d", &count) != 1 || count < 0 || count > MAX_THINGS) return 2;
  const size_t size = (size_t)height * (size_t)width;
  sumi_box_t *boxes = calloc((size_t)count + 1, sizeof *boxes);
  sumi_mask_t *masks = calloc((size_t)count + 1, sizeof *masks);
  uint8_t *pixels = calloc((size_t)count + 1, size);
  if (!boxes || !masks || !pixels) return 2;
  const sumi_array_view_t blank = {SUMI_UINT8, 2, {height, width}, pixels};
  for (int i = 0; i < count; ++i) {
    sumi_box_t *box = &boxes[i];
    int truth;
    if (scanf("%d %d %lf %lf %lf %lf %lf", &truth, &box->class_index, &box->score, &box->x0,
              &box->y0, &box->x1, &box->y1) != 7)
      return 2;
    box->layer = truth ? SUMI_LAYER_TRUTH : SUMI_LAYER_PREDICTED;
    box->has_score = !truth;
    uint8_t *mask = pixels + (size_t)(i + 1) * size;
    fill(mask, width, box);
    masks[i] = (sumi_mask_t){.pixels = blank,
                             .layer = box->layer,
                             .class_index = box->class_index,
                             .score = box->score,
                             .has_score = box->has_score};
    masks[i].pixels.data = mask;
  }
  *prediction = (sumi_prediction_t){
      .image = blank, .boxes = boxes, .box_count = count, .masks = masks, .mask_count = count};
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 7) return 2;
  int count;
  if (scanf("%d", &count) != 1 || count < 0 || count > MAX_PICTURES) return 2;
  for (int i = 0; i < count; ++i)
    if (read_picture(&predictions[i], atoi(argv[2]), atoi(argv[3])) != 0) return 2;
  sumi_detection_scores_t scores;
  if (sumi_detections_score(predictions, count, &scores, .masks = strcmp(argv[1], "masks") == 0,
                            .iou = atof(argv[4]), .any_class = atoi(argv[5]) != 0,
                            .min_score = atof(argv[6])) != SUMI_OK) {
    fprintf(stderr, "%s\n", sumi_error_message());
    return 1;
  }
  printf("%lld %lld %lld %.17g %.17g\n", (long long)scores.counts.hits,
         (long long)scores.counts.misses, (long long)scores.counts.false_alarms,
         scores.average_precision, scores.coco_average_precision);
  for (int i = 0; i < count; ++i) {
    free((void *)(uintptr_t)predictions[i].image.data);
    free((void *)(uintptr_t)predictions[i].boxes);
    free((void *)(uintptr_t)predictions[i].masks);
  }
  return 0;
}
