/* What a picture's text chunk says about it, as values: enough to find, filter and redraw its
 * predictions. */
#ifndef SUMI_ANNOTATIONS_H
#define SUMI_ANNOTATIONS_H

#include <sumi/prediction.h>

SUMI_BEGIN_DECLS

/** One drawn prediction. `prediction` holds everything but pixels, masks and bones; its `image` has
 * a shape and no data; of more than 100 probabilities, the 16 largest are kept and the others NaN.
 */
typedef struct sumi_annotated_cell {
  sumi_prediction_t prediction;
  sumi_rect_t cell;    /* where the whole of it is, in pixels of the sheet */
  sumi_rect_t picture; /* where its picture is */
  double key;          /* what the sheet was ordered by */
} sumi_annotated_cell_t;

/** Owns everything its cells point to. */
typedef struct sumi_annotations {
  char *kind;  /* "prediction", "gallery", "film_strip", "confusion", … */
  char *title; /* NULL when there is none */
  int columns;
  sumi_annotated_cell_t *cells;
  int64_t cell_count;
  void *memory_; /* private */
} sumi_annotations_t;

/** Reads the JSON of a "sumi" chunk. DATA_LOSS, with the offset or the name of the member, when it
 * is not what Sumi writes; RESOURCE_EXHAUSTED; UNIMPLEMENTED where Sumi was built without jansson.
 * On failure *annotations is zeroed. */
SUMI_API sumi_status_t sumi_annotations_parse(const char *json, sumi_annotations_t *annotations);

/** Releases what sumi_annotations_parse gave. NULL is allowed. */
SUMI_API void sumi_annotations_free(sumi_annotations_t *annotations);

SUMI_END_DECLS
#endif
