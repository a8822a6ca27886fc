#include "train/feeding.h"

#include <sumi/alloc.h>

#include <string.h>

sumi_status_t sumi_batcher_feed(void *batcher, int64_t step, sumi_feed_t *feeds) {
  sumi_batch_t batch;
  SUMI_TRY(sumi_batcher_get(batcher, step, &batch));
  feeds[0].array = batch.images;
  feeds[1].array = batch.labels;
  return SUMI_OK;
}

sumi_status_t sumi__tensor_feeding_begin(sumi__tensor_feeding_t *feeding, sumi_feeds_t given,
                                         sumi_feed_fn_t feed, void *data) {
  *feeding = (sumi__tensor_feeding_t){.given = given, .feed = feed, .data = data};
  if (given.count < 0 || (given.count && !given.list))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%d feeds without a list", given.count);
  if (feed == sumi_batcher_feed && (given.count < 2 || !data))
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "sumi_batcher_feed gives two feeds, pictures and labels, of the batcher that "
                     "is .feed_data; found %d feeds%s",
                     given.count, data ? "" : " and NULL");
  feeding->list = sumi_calloc((size_t)given.count + 1, sizeof *feeding->list);
  return feeding->list ? SUMI_OK : sumi_fail_alloc("the feeds of a loop", sizeof *feeding->list);
}

void sumi__tensor_feeding_end(sumi__tensor_feeding_t *feeding) {
  sumi_free(feeding->list);
  feeding->list = NULL;
}

sumi_status_t sumi__tensor_feeding_step(sumi__tensor_feeding_t *feeding, int64_t step,
                                        sumi_feeds_t *feeds, bool *ended) {
  const size_t count = (size_t)feeding->given.count;
  if (count) memcpy(feeding->list, feeding->given.list, count * sizeof *feeding->list);
  *feeds = (sumi_feeds_t){feeding->given.count, feeding->list};
  const sumi_status_t status = feeding->feed ? feeding->feed(feeding->data, step, feeding->list)
                                             : SUMI_OK;
  *ended = status == SUMI_OUT_OF_RANGE;
  return *ended ? SUMI_OK : status;
}
