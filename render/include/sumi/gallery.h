/* Many annotated pictures on one sheet. */
#ifndef SUMI_GALLERY_H
#define SUMI_GALLERY_H

#include <sumi/prediction.h>

SUMI_BEGIN_DECLS

/** The order of the pictures on a sheet. */
typedef enum sumi_gallery_order {
  SUMI_ORDER_GIVEN = 0,
  /* Largest key first. Without keys, and where nothing is matched: confident mistakes, then
   * doubtful mistakes, then undecided pictures, then doubtful hits, then confident hits. */
  SUMI_ORDER_WORST_FIRST,
  SUMI_ORDER_BEST_FIRST /* the reverse */
} sumi_gallery_order_t;

/** Whether boxes or masks of both layers are matched with each other (see matching.h). */
typedef enum sumi_matching {
  SUMI_MATCHING_NONE = 0,
  SUMI_MATCHING_BOXES,
  SUMI_MATCHING_MASKS
} sumi_matching_t;

/** How many predictions are right, wrong and neither. */
typedef struct sumi_verdict_counts {
  int64_t right, wrong, neutral;
} sumi_verdict_counts_t;

/** The options of every call that makes a gallery: sumi_gallery_draw, sumi_writer_predictions and
 * the summary ops of a graph. */
typedef struct sumi_gallery_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  /* Names of the classes that the predictions' `probabilities` stand for. A prediction without a
   * label takes the name and the probability of its most probable class (sumi_top_classes). */
  const char *const *class_names SUMI_UNSET;
  int columns SUMI_UNSET;       /* default: as many as make the sheet about square; at most 256 */
  bool worst_first SUMI_UNSET;  /* short for .order = SUMI_ORDER_WORST_FIRST */
  const char *title SUMI_UNSET; /* UTF-8; a summary's default is its tag */
  const char *subtitle SUMI_UNSET; /* a summary's default is "step N" */
  bool only_wrong SUMI_UNSET;      /* leave out all but the mistakes */
  /* One per prediction, larger = worse; NaN counts as worst. NULL: see the order. Summaries of a
   * graph take none. */
  const double *keys SUMI_UNSET;
  int max_count SUMI_UNSET;  /* pictures drawn, after ordering; default 256, at most 4096 */
  int picture_px SUMI_UNSET; /* as for one prediction; default 112 */
  int top_k SUMI_UNSET; /* rows of the most probable classes below each picture; default none */
  int class_count SUMI_UNSET;             /* default: as many as the longest `probabilities` */
  double low SUMI_UNSET, high SUMI_UNSET; /* see pixels.h */
  sumi_color_t bad_color SUMI_UNSET;
  bool channels_first SUMI_UNSET; /* the pictures lie as [c,h,w] */
  sumi_gallery_order_t order SUMI_UNSET;
  /* Predictions taken at all, the first ones; default all (summaries of a graph: 64 of predictions,
   * 3 of labelled images). */
  int max_outputs SUMI_UNSET;
  /* Shows what became of the predicted boxes or masks and of the true ones: hits, misses and false
   * alarms each with their colour, and their numbers, precision, recall and average precision
   * above. A picture with a miss or a false alarm is wrong; the more of these, the worse. */
  sumi_matching_t match SUMI_UNSET;
  double iou SUMI_UNSET;       /* least overlap of a hit; default 0.5 */
  bool any_class SUMI_UNSET;   /* match across classes */
  double min_score SUMI_UNSET; /* predictions with a lower score are neither drawn nor counted */
  /* Where the predictions were chosen from more of them (sumi_gallery_choose): what the legend then
   * counts. Without `match`; summaries of a graph take none. */
  sumi_verdict_counts_t chosen_from SUMI_UNSET;
} sumi_gallery_options_t;

/** How many class names there are: class_count, or else as many as the longest `probabilities`; 0
 * without class_names. */
SUMI_API int sumi_gallery_class_count(const sumi_prediction_t *predictions, int64_t count,
                                      const sumi_gallery_options_t *options);

/** What sumi_gallery_draw refuses: predictions as sumi_prediction_check, naming their index, more
 * than a million of them, options out of range, texts that are not UTF-8. */
SUMI_API sumi_status_t sumi_gallery_check(const sumi_prediction_t *predictions, int64_t count,
                                          const sumi_gallery_options_t *options);

/** A sheet shows no more. */
enum { SUMI_GALLERY_MAX_SHOWN = 4096 };

/** Chooses as sumi_gallery_draw does, so that no more than these need be kept for it: `indices`,
 * with room for SUMI_GALLERY_MAX_SHOWN or for `count`, whichever is less, gets the places of the
 * `*chosen` predictions that a sheet would show, in its order, and `counts` what all of them are,
 * for `.chosen_from`. Keys are then those of the chosen ones. Fails as sumi_gallery_check, with
 * RESOURCE_EXHAUSTED, and with INVALID_ARGUMENT where `match` is asked for: what was chosen could
 * not tell the scores of all. Any thread. */
SUMI_API sumi_status_t sumi_gallery_choose(const sumi_prediction_t *predictions, int64_t count,
                                           const sumi_gallery_options_t *options, int64_t *indices,
                                           int64_t *chosen, sumi_verdict_counts_t *counts);

/** A contact sheet: title, legend with counts of right and wrong, one cell per prediction. `count`
 * may be 0: a sheet that says so. Pictures may differ in size. Fails as sumi_gallery_check,
 * and with INVALID_ARGUMENT when the sheet would pass the limits of picture.h. Any thread. */
SUMI_API sumi_status_t sumi_gallery_draw_with(const sumi_prediction_t *predictions, int64_t count,
                                              sumi_picture_t *picture,
                                              const sumi_gallery_options_t *options);

/* sumi_gallery_draw(predictions, count, &picture, .title = "test", .columns = 8) */
#define sumi_gallery_draw(predictions, count, ...)                                                 \
  SUMI__GALLERY_DRAW(predictions, count, __VA_ARGS__, )
#define SUMI__GALLERY_DRAW(predictions, count, picture, ...)                                       \
  sumi_gallery_draw_with(predictions, count, picture,                                              \
                         SUMI_OPTIONS(sumi_gallery_options_t, __VA_ARGS__))

typedef struct sumi_film_strip_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  const char *title SUMI_UNSET;
  const char *const *frame_names SUMI_UNSET; /* heads, e.g. "step 100"; NULL: 1, 2, 3 … */
  int picture_px SUMI_UNSET;                 /* default 112 */
  sumi_color_t bad_color SUMI_UNSET;
  double low SUMI_UNSET, high SUMI_UNSET;
} sumi_film_strip_options_t;

/** The same samples over time: one row per sample, one column per frame;
 * predictions[frame * samples + sample]. At most 256 of either; errors as sumi_gallery_draw. */
SUMI_API sumi_status_t sumi_film_strip_draw_with(const sumi_prediction_t *predictions, int samples,
                                                 int frames, sumi_picture_t *picture,
                                                 const sumi_film_strip_options_t *options);

#define sumi_film_strip_draw(predictions, samples, frames, ...)                                    \
  SUMI__FILM_STRIP_DRAW(predictions, samples, frames, __VA_ARGS__, )
#define SUMI__FILM_STRIP_DRAW(predictions, samples, frames, picture, ...)                          \
  sumi_film_strip_draw_with(predictions, samples, frames, picture,                                 \
                            SUMI_OPTIONS(sumi_film_strip_options_t, __VA_ARGS__))

SUMI_END_DECLS
#endif
