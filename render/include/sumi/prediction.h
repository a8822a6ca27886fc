/* One annotated picture: what a model said about it, and what is true. */
#ifndef SUMI_PREDICTION_H
#define SUMI_PREDICTION_H

#include <sumi/array_view.h>
#include <sumi/color.h>
#include <sumi/picture.h>

SUMI_BEGIN_DECLS

/** Whether a prediction is right, which colours its frame. */
typedef enum sumi_verdict {
  SUMI_VERDICT_AUTO = 0, /* label and truth compared as texts; neutral when either is missing */
  SUMI_VERDICT_RIGHT,
  SUMI_VERDICT_WRONG,
  SUMI_VERDICT_NEUTRAL
} sumi_verdict_t;

/** Whether an annotation says what was predicted or what is true. */
typedef enum sumi_layer { SUMI_LAYER_PREDICTED = 0, SUMI_LAYER_TRUTH } sumi_layer_t;

/** What became of an annotation when predictions were matched with the truth (<sumi/matching.h>):
 * of a prediction HIT or FALSE_ALARM, of the truth HIT or MISS. Colours it instead of its class. */
typedef enum sumi_match {
  SUMI_MATCH_NONE = 0, /* not matched */
  SUMI_MATCH_HIT,
  SUMI_MATCH_MISS,
  SUMI_MATCH_FALSE_ALARM
} sumi_match_t;

/** An axis-aligned box in pixels of the picture, edges at x0 <= x1, y0 <= y1; it may reach outside
 * the picture. */
typedef struct sumi_box {
  double x0 SUMI_UNSET, y0 SUMI_UNSET, x1 SUMI_UNSET, y1 SUMI_UNSET;
  const char *label SUMI_UNSET; /* UTF-8 or NULL */
  double score SUMI_UNSET;      /* counts only with has_score */
  bool has_score SUMI_UNSET;
  sumi_layer_t layer SUMI_UNSET; /* predicted boxes are solid, true ones dashed */
  int class_index SUMI_UNSET; /* picks the palette colour; predictions match truths of one class */
  sumi_match_t match SUMI_UNSET; /* set by sumi_boxes_match, or by the program itself */
} sumi_box_t;

/** A region: pixels of [h, w] (bool, integer or floating, the picture's size) that are above
 * 0.5. */
typedef struct sumi_mask {
  sumi_array_view_t pixels SUMI_UNSET;
  sumi_layer_t layer SUMI_UNSET; /* predicted regions are filled, true ones outlined */
  int class_index SUMI_UNSET;
  const char *label SUMI_UNSET; /* as a box's */
  double score SUMI_UNSET;
  bool has_score SUMI_UNSET;
  sumi_match_t match SUMI_UNSET;
} sumi_mask_t;

/** A point in pixels of the picture (the middle of the top left pixel is 0.5, 0.5). */
typedef struct sumi_keypoint {
  double x SUMI_UNSET, y SUMI_UNSET;
  bool hidden SUMI_UNSET; /* known but not visible: drawn hollow */
  sumi_layer_t layer SUMI_UNSET;
  int class_index SUMI_UNSET; /* points of one class share a colour */
  bool absent SUMI_UNSET;     /* not there at all: neither it nor its bones are drawn */
} sumi_keypoint_t;

/** A line between two key points, by their indices. */
typedef struct sumi_bone {
  int from SUMI_UNSET, to SUMI_UNSET;
} sumi_bone_t;

/** One picture with its annotations; everything is borrowed for the duration of the call that takes
 * it. Zero-initialise and set what is known. */
typedef struct sumi_prediction {
  sumi_array_view_t image SUMI_UNSET; /* [h, w] or [h, w, c]; see pixels.h */
  const char *label SUMI_UNSET;       /* the predicted class, UTF-8, or NULL */
  const char *truth SUMI_UNSET;       /* the true class, UTF-8, or NULL */
  double score SUMI_UNSET; /* in [0, 1]; counts only with has_score; NaN is shown as "nan" */
  bool has_score SUMI_UNSET;
  sumi_verdict_t verdict SUMI_UNSET;
  int64_t id SUMI_UNSET; /* kept in the annotations, e.g. the index in the data set */
  const float *probabilities SUMI_UNSET; /* one per class, for the top-k strip, or NULL */
  int probability_count SUMI_UNSET;
  const sumi_box_t *boxes SUMI_UNSET;
  int box_count SUMI_UNSET;
  const sumi_mask_t *masks SUMI_UNSET;
  int mask_count SUMI_UNSET;
  const sumi_keypoint_t *keypoints SUMI_UNSET;
  int keypoint_count SUMI_UNSET;
  const sumi_bone_t *bones SUMI_UNSET;
  int bone_count SUMI_UNSET;
} sumi_prediction_t;

typedef struct sumi_prediction_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  /* The picture's longer side is scaled up by the largest whole factor that keeps it within this,
   * with sharp pixels; a larger picture is averaged down to it. Default 224; 4096 at most. */
  int picture_px SUMI_UNSET;
  /* Names of the classes that `probabilities` stand for, as for a gallery. */
  const char *const *class_names SUMI_UNSET;
  int class_count SUMI_UNSET;
  int top_k SUMI_UNSET; /* rows of the strip; default 3 when there are probabilities, -1 = none */
  sumi_color_t bad_color SUMI_UNSET; /* see pixels.h */
  double low SUMI_UNSET, high SUMI_UNSET;
} sumi_prediction_options_t;

/** The `wanted` most probable of `count` classes, the most probable first, into `classes`; returns
 * how many these are. Of equal ones the first comes first. NaN comes after all numbers and is never
 * the most probable: where classes[0] is NaN, all are, and nothing was predicted. */
SUMI_API int sumi_top_classes(const float *probabilities, int count, int *classes, int wanted);

/** What AUTO comes to; the given verdict otherwise. */
SUMI_API sumi_verdict_t sumi_prediction_verdict(const sumi_prediction_t *prediction);

/** INVALID_ARGUMENT, naming `what`, for a picture pixels.h refuses (a batch too), a text that is
 * not UTF-8, a NULL array with a count, a negative count, box or point coordinates that are not
 * finite, a mask of another size. */
SUMI_API sumi_status_t sumi_prediction_check(const char *what, const sumi_prediction_t *prediction);

/** Draws the picture in a frame coloured by the verdict, label and score with its bar below, the
 * truth where it differs, then the top-k strip; boxes, masks and key points on the picture. Text
 * that does not fit is shortened with an ellipsis; no text leaves the frame. Fails as
 * sumi_prediction_check, or RESOURCE_EXHAUSTED. Any thread. */
SUMI_API sumi_status_t sumi_prediction_draw_with(const sumi_prediction_t *prediction,
                                                 sumi_picture_t *picture,
                                                 const sumi_prediction_options_t *options);

/* sumi_prediction_draw(&prediction, &picture, .picture_px = 112) */
#define sumi_prediction_draw(prediction, ...) SUMI__PREDICTION_DRAW(prediction, __VA_ARGS__, )
#define SUMI__PREDICTION_DRAW(prediction, picture, ...)                                            \
  sumi_prediction_draw_with(prediction, picture,                                                   \
                            SUMI_OPTIONS(sumi_prediction_options_t, __VA_ARGS__))

SUMI_END_DECLS
#endif
