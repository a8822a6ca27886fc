/* What each step of a loop over data is fed. */
#ifndef SUMI_TRAIN_FEEDING_H
#define SUMI_TRAIN_FEEDING_H

#include <sumi/training.h>

typedef struct sumi__tensor_feeding {
  sumi_feeds_t given;
  sumi_feed_fn_t feed;
  void *data;
  sumi_feed_t *list; /* of the step */
} sumi__tensor_feeding_t;

sumi_status_t sumi__tensor_feeding_begin(sumi__tensor_feeding_t *feeding, sumi_feeds_t given,
                                         sumi_feed_fn_t feed, void *data);
void sumi__tensor_feeding_end(sumi__tensor_feeding_t *feeding);

/* The feeds of a step, valid until the next; *ended when there is none. */
sumi_status_t sumi__tensor_feeding_step(sumi__tensor_feeding_t *feeding, int64_t step,
                                        sumi_feeds_t *feeds, bool *ended);

#endif
