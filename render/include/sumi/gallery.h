/* Many annotated pictures on one sheet. */
#ifndef SUMI_GALLERY_H
#define SUMI_GALLERY_H

#include <sumi/prediction.h>

SUMI_BEGIN_DECLS

typedef enum sumi_gallery_order {
  SUMI_ORDER_GIVEN = 0,
  /* Largest key first. Without keys: confident mistakes, then doubtful mistakes, then undecided
   * pictures, then doubtful hits, then confident hits. */
  SUMI_ORDER_WORST_FIRST,
  SUMI_ORDER_BEST_FIRST /* the reverse */
} sumi_gallery_order_t;

typedef struct sumi_gallery_options {
  const char *title SUMI_UNSET;    /* UTF-8 or NULL */
  const char *subtitle SUMI_UNSET; /* e.g. "step 500" */
  int columns SUMI_UNSET;   /* default: as many as make the sheet about square; at most 256 */
  int max_count SUMI_UNSET; /* pictures drawn, after ordering; default 256, at most 4096 */
  sumi_gallery_order_t order SUMI_UNSET;
  /* One per prediction, larger = worse; NaN counts as worst. NULL: see the order. */
  const double *keys SUMI_UNSET;
  bool only_wrong SUMI_UNSET; /* leave out all but the mistakes */
  int picture_px SUMI_UNSET;  /* as for one prediction; default 112 */
  const char *const *class_names SUMI_UNSET;
  int class_count SUMI_UNSET;
  int top_k SUMI_UNSET; /* default: none in a gallery */
  sumi_color_t bad_color SUMI_UNSET;
  double low SUMI_UNSET, high SUMI_UNSET;
  int end_ SUMI_UNSET;
} sumi_gallery_options_t;

/** A contact sheet: title, legend with counts of right and wrong, one cell per prediction. `count`
 * may be 0: a sheet that says so. Pictures may differ in size. Fails as sumi_prediction_check,
 * naming the prediction's index, and with INVALID_ARGUMENT when the sheet would pass the limits of
 * picture.h. Any thread. */
SUMI_API sumi_status_t sumi_gallery_draw_with(const sumi_prediction_t *predictions, int64_t count,
                                              sumi_picture_t *picture,
                                              sumi_gallery_options_t options);

/* sumi_gallery_draw(predictions, count, &picture, .title = "test", .columns = 8) */
#define sumi_gallery_draw(predictions, count, ...)                                                 \
  SUMI__GALLERY_DRAW(predictions, count, __VA_ARGS__, .end_ = 0)
#define SUMI__GALLERY_DRAW(predictions, count, picture, ...)                                       \
  sumi_gallery_draw_with(predictions, count, picture,                                              \
                         SUMI_OPTIONS(sumi_gallery_options_t, __VA_ARGS__))

typedef struct sumi_film_strip_options {
  const char *title SUMI_UNSET;
  const char *const *frame_names SUMI_UNSET; /* heads, e.g. "step 100"; NULL: 1, 2, 3 … */
  int picture_px SUMI_UNSET;                 /* default 112 */
  sumi_color_t bad_color SUMI_UNSET;
  double low SUMI_UNSET, high SUMI_UNSET;
  int end_ SUMI_UNSET;
} sumi_film_strip_options_t;

/** The same samples over time: one row per sample, one column per frame;
 * predictions[frame * samples + sample]. At most 256 of either; errors as sumi_gallery_draw. */
SUMI_API sumi_status_t sumi_film_strip_draw_with(const sumi_prediction_t *predictions, int samples,
                                                 int frames, sumi_picture_t *picture,
                                                 sumi_film_strip_options_t options);

#define sumi_film_strip_draw(predictions, samples, frames, ...)                                    \
  SUMI__FILM_STRIP_DRAW(predictions, samples, frames, __VA_ARGS__, .end_ = 0)
#define SUMI__FILM_STRIP_DRAW(predictions, samples, frames, picture, ...)                          \
  sumi_film_strip_draw_with(predictions, samples, frames, picture,                                 \
                            SUMI_OPTIONS(sumi_film_strip_options_t, __VA_ARGS__))

SUMI_END_DECLS
#endif
