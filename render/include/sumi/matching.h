/* Hits, misses and false alarms: what was predicted, matched with what is true.
 * Rules and average precision are COCO's (pycocotools.cocoeval, without crowds and areas): in each
 * picture, and for each class by itself, the predictions take their truth one after the other, the
 * highest score first: of those that are still free the one with the largest overlap, if that is
 * enough. Overlap is intersection over union (IoU). */
#ifndef SUMI_MATCHING_H
#define SUMI_MATCHING_H

#include <sumi/prediction.h>

SUMI_BEGIN_DECLS

typedef struct sumi_match_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  double iou SUMI_UNSET;         /* least overlap of a hit, above 0 to 1; default 0.5 */
  bool any_class SUMI_UNSET;     /* match across classes; default: only of equal class_index */
  /* Predictions with a lower score count for nothing: no hit, no false alarm. Average precision,
   * which asks what every such score would give, takes all. */
  double min_score SUMI_UNSET;
  bool masks SUMI_UNSET; /* sumi_detections_score: match the masks instead of the boxes */
  int max_per_picture
      SUMI_UNSET; /* average precision: predictions of a class in a picture; default 100, COCO's */
} sumi_match_options_t;

typedef struct sumi_match_counts {
  int64_t hits SUMI_UNSET, misses SUMI_UNSET, false_alarms SUMI_UNSET;
} sumi_match_counts_t;

/** Sets `match` of each of one picture's boxes, of both layers: SUMI_MATCH_HIT for a prediction and
 * the truth it took, SUMI_MATCH_MISS for the truth that is left, SUMI_MATCH_FALSE_ALARM for the
 * prediction, SUMI_MATCH_NONE for one below min_score; and counts (NULL: not wanted), a hit once. A
 * prediction without a score counts as certain, one of NaN comes last. INVALID_ARGUMENT for NULL, a
 * negative count or options out of range; RESOURCE_EXHAUSTED. Any thread. */
SUMI_API sumi_status_t sumi_boxes_match_with(sumi_box_t *boxes, int count,
                                             sumi_match_counts_t *counts,
                                             const sumi_match_options_t *options);

/* sumi_boxes_match(boxes, count, &counts, .iou = 0.75) */
#define sumi_boxes_match(boxes, count, ...) SUMI__BOXES_MATCH(boxes, count, __VA_ARGS__, )
#define SUMI__BOXES_MATCH(boxes, count, counts, ...)                                               \
  sumi_boxes_match_with(boxes, count, counts, SUMI_OPTIONS(sumi_match_options_t, __VA_ARGS__))

/** The same for masks, all of one size: overlaps are counts of pixels. */
SUMI_API sumi_status_t sumi_masks_match_with(sumi_mask_t *masks, int count,
                                             sumi_match_counts_t *counts,
                                             const sumi_match_options_t *options);
#define sumi_masks_match(masks, count, ...) SUMI__MASKS_MATCH(masks, count, __VA_ARGS__, )
#define SUMI__MASKS_MATCH(masks, count, counts, ...)                                               \
  sumi_masks_match_with(masks, count, counts, SUMI_OPTIONS(sumi_match_options_t, __VA_ARGS__))

typedef struct sumi_detection_scores {
  sumi_match_counts_t counts SUMI_UNSET; /* of all pictures */
  double precision SUMI_UNSET;           /* hits of all predictions; NaN when there are none */
  double recall SUMI_UNSET;              /* hits of all that is true; NaN when there is none */
  /* The mean over classes that are there at all, of precision at recall 0, 0.01 … 1: at
   * options.iou, and the mean over IoU 0.5, 0.55 … 0.95, which is what COCO calls AP. NaN when
   * nothing is true. */
  double average_precision SUMI_UNSET, coco_average_precision SUMI_UNSET;
} sumi_detection_scores_t;

/** How good the boxes (or the masks) of `count` pictures are. Fails as sumi_prediction_check,
 * naming the picture, and as sumi_boxes_match. Any thread. */
SUMI_API sumi_status_t sumi_detections_score_with(const sumi_prediction_t *predictions,
                                                  int64_t count, sumi_detection_scores_t *scores,
                                                  const sumi_match_options_t *options);
#define sumi_detections_score(predictions, count, ...)                                             \
  SUMI__DETECTIONS_SCORE(predictions, count, __VA_ARGS__, )
#define SUMI__DETECTIONS_SCORE(predictions, count, scores, ...)                                    \
  sumi_detections_score_with(predictions, count, scores,                                           \
                             SUMI_OPTIONS(sumi_match_options_t, __VA_ARGS__))

SUMI_END_DECLS
#endif
