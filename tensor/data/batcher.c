#include "array/array.h"
#include <sumi/options.h>
#include <sumi/data.h>
#include <sumi/random.h>

#include <inttypes.h>
#include <string.h>
#include <sumi/alloc.h>

/* The arrays of full batches and of the smaller last one share memory. */
typedef struct {
  int64_t count;
  sumi_array_t *images, *labels;
} slot_t;

struct sumi_batcher {
  const sumi_dataset_t *dataset;
  sumi_batcher_options_t options;
  int64_t batch_size, per_epoch;
  int64_t pictures, picture_size; /* in the data set; elements of one */
  int64_t epoch;                  /* whose order is held; -1: none */
  int64_t *order;
  slot_t full, last;
};

static sumi_status_t check_dataset(const sumi_dataset_t *dataset) {
  if (!dataset || !dataset->images || !dataset->labels)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "batches of a data set that is not loaded");
  const sumi_dims_t images = sumi_array_dims(dataset->images);
  if (sumi_array_dtype(dataset->images) != SUMI_UINT8 || images.rank != 4 || images.size[0] == 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "batches of pictures of %s and shape %s; uint8 [n, h, w, c] is needed",
                     sumi_dtype_name(sumi_array_dtype(dataset->images)),
                     sumi_dims_text(images).text);
  if (sumi_array_dtype(dataset->labels) != SUMI_INT32 ||
      !sumi_dims_equal(sumi_array_dims(dataset->labels), SUMI_DIMS(images.size[0])))
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "batches with labels of %s and shape %s; int32 (%" PRId64 ",) is needed",
                     sumi_dtype_name(sumi_array_dtype(dataset->labels)),
                     sumi_dims_text(sumi_array_dims(dataset->labels)).text, images.size[0]);
  return SUMI_OK;
}

static sumi_status_t allocate(sumi_batcher_t *batcher, int64_t last) {
  const sumi_dims_t dims = sumi_array_dims(batcher->dataset->images);
  const int64_t count = batcher->batch_size;
  batcher->order = sumi_calloc((size_t)batcher->pictures, sizeof *batcher->order);
  if (!batcher->order) return sumi_fail_alloc("the order of an epoch", (size_t)batcher->pictures);
  slot_t *full = &batcher->full;
  full->count = count;
  full->images = sumi_array_new(SUMI_FLOAT32,
                                SUMI_DIMS(count, dims.size[1], dims.size[2], dims.size[3]));
  full->labels = sumi_array_new(SUMI_INT32, SUMI_DIMS(count));
  if (!full->images || !full->labels) return SUMI_RESOURCE_EXHAUSTED;
  batcher->last = (slot_t){.count = last,
                           .images = sumi_array_slice(full->images, 0, last),
                           .labels = sumi_array_slice(full->labels, 0, last)};
  return batcher->last.images && batcher->last.labels ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

sumi_batcher_t *sumi_batcher_new_with(const sumi_dataset_t *dataset, int64_t batch_size,
                                      const sumi_batcher_options_t *given) {
  sumi_batcher_options_t options;
  if (sumi_options_read(&options, sizeof options, given) != SUMI_OK) return NULL;
  if (check_dataset(dataset) != SUMI_OK) return NULL;
  const int64_t pictures = sumi_array_dims(dataset->images).size[0];
  if (batch_size < 1 || batch_size > pictures) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "batches of %" PRId64 " of %" PRId64 " pictures", batch_size,
              pictures);
    return NULL;
  }
  sumi_batcher_t *batcher = sumi_calloc(1, sizeof *batcher);
  if (!batcher) {
    sumi_fail_alloc("a batcher", sizeof *batcher);
    return NULL;
  }
  batcher->dataset = dataset;
  batcher->options = options;
  batcher->batch_size = batch_size;
  batcher->pictures = pictures;
  batcher->picture_size = sumi_array_count(dataset->images) / pictures;
  batcher->epoch = -1;
  const int64_t rest = pictures % batch_size;
  batcher->per_epoch = pictures / batch_size + (rest > 0 && !options.drop_last);
  if (allocate(batcher, rest) == SUMI_OK) return batcher;
  sumi_batcher_free(batcher);
  return NULL;
}

void sumi_batcher_free(sumi_batcher_t *batcher) {
  if (!batcher) return;
  sumi_array_unref(batcher->full.images);
  sumi_array_unref(batcher->full.labels);
  sumi_array_unref(batcher->last.images);
  sumi_array_unref(batcher->last.labels);
  sumi_free(batcher->order);
  sumi_free(batcher);
}

int64_t sumi_batcher_per_epoch(const sumi_batcher_t *batcher) {
  return batcher->per_epoch;
}

static void order_epoch(sumi_batcher_t *batcher, int64_t epoch) {
  if (batcher->epoch == epoch) return;
  if (!batcher->options.in_order)
    sumi_random_permutation(sumi_philox_seeded(batcher->options.seed, epoch), batcher->pictures,
                            batcher->order);
  else if (batcher->epoch < 0)
    for (int64_t i = 0; i < batcher->pictures; ++i) batcher->order[i] = i;
  batcher->epoch = epoch;
}

/* Division, not multiplication by 1/255: each value is the float nearest to its fraction. */
static void scale(const uint8_t *restrict from, int64_t count, float *restrict to) {
  for (int64_t i = 0; i < count; ++i) to[i] = (float)from[i] / 255.0f;
}

static void gather(const sumi_batcher_t *batcher, const int64_t *indices, const slot_t *slot) {
  const uint8_t *pixels = sumi_array_data(batcher->dataset->images);
  const int32_t *labels = sumi_array_data(batcher->dataset->labels);
  const int64_t size = batcher->picture_size;
  for (int64_t i = 0; i < slot->count; ++i) {
    scale(pixels + indices[i] * size, size, (float *)slot->images->data + i * size);
    ((int32_t *)slot->labels->data)[i] = labels[indices[i]];
  }
}

sumi_status_t sumi_batcher_get(sumi_batcher_t *batcher, int64_t step, sumi_batch_t *batch) {
  if (!batcher || !batch)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "the %s is NULL",
                     batcher ? "place for a batch" : "batcher");
  if (step < 0) return sumi_fail(SUMI_INVALID_ARGUMENT, "the batch of step %" PRId64, step);
  const int64_t epoch = step / batcher->per_epoch, at = step % batcher->per_epoch;
  order_epoch(batcher, epoch);
  const int64_t first = at * batcher->batch_size;
  const bool whole = first + batcher->batch_size <= batcher->pictures;
  const slot_t *slot = whole ? &batcher->full : &batcher->last;
  gather(batcher, batcher->order + first, slot);
  *batch = (sumi_batch_t){.count = slot->count,
                          .epoch = epoch,
                          .images = slot->images,
                          .labels = slot->labels,
                          .indices = batcher->order + first};
  return SUMI_OK;
}
