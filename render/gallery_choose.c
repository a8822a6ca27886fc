#include "gallery_choose.h"

#include <math.h>
#include <stdlib.h>

#include "classes.h"
#include "gallery_options.h"

/* Confident mistakes from 3 down to doubtful ones at 2, undecided pictures 1.5, doubtful hits
 * from 1 to sure ones at 0. */
static double default_key(const sumi_prediction_t *prediction) {
  const bool known = prediction->has_score && !isnan(prediction->score);
  const double score = known ? fmin(fmax(prediction->score, 0), 1) : 0.5;
  switch (sumi_prediction_verdict(prediction)) {
  case SUMI_VERDICT_WRONG: return 2 + score;
  case SUMI_VERDICT_RIGHT: return 1 - score;
  case SUMI_VERDICT_AUTO:
  case SUMI_VERDICT_NEUTRAL: break;
  }
  return 1.5;
}

static double key_of(const sumi_gallery_options_t *options, const sumi_prediction_t *prediction,
                     int64_t index) {
  if (!options->keys) return options->order == SUMI_ORDER_GIVEN ? 0 : default_key(prediction);
  return isnan(options->keys[index]) ? INFINITY : options->keys[index];
}

/* Equal keys keep the order they were given in. */
static int worse_first(const void *a, const void *b) {
  const sumi__render_pick_t *x = a, *y = b;
  if (x->key != y->key) return x->key > y->key ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

static int better_first(const void *a, const void *b) {
  const sumi__render_pick_t *x = a, *y = b;
  if (x->key != y->key) return x->key < y->key ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

static void count_verdict(sumi_verdict_counts_t *counts, sumi_verdict_t verdict) {
  switch (verdict) {
  case SUMI_VERDICT_RIGHT: ++counts->right; break;
  case SUMI_VERDICT_WRONG: ++counts->wrong; break;
  case SUMI_VERDICT_AUTO:
  case SUMI_VERDICT_NEUTRAL: ++counts->neutral; break;
  }
}

int64_t sumi__render_gallery_choose(const sumi_prediction_t *predictions, int64_t count,
                                    const sumi_gallery_options_t *options,
                                    sumi__render_pick_t *picks, sumi_verdict_counts_t *counts) {
  int64_t chosen = 0;
  *counts = (sumi_verdict_counts_t){0};
  for (int64_t i = 0; i < count; ++i) {
    const sumi_verdict_t verdict = sumi_prediction_verdict(&predictions[i]);
    count_verdict(counts, verdict);
    if (options->only_wrong && verdict != SUMI_VERDICT_WRONG) continue;
    picks[chosen++] = (sumi__render_pick_t){&predictions[i], key_of(options, &predictions[i], i),
                                            i};
  }
  if (options->order != SUMI_ORDER_GIVEN)
    qsort(picks, (size_t)chosen, sizeof *picks,
          options->order == SUMI_ORDER_WORST_FIRST ? worse_first : better_first);
  return chosen < options->max_count ? chosen : options->max_count;
}

sumi_status_t sumi__render_gallery_label(sumi_arena_t *memory, const sumi_prediction_t *predictions,
                                         int64_t count, const sumi_gallery_options_t *options,
                                         sumi_prediction_t **labelled) {
  sumi_prediction_t *items = sumi_arena_calloc(memory, (size_t)count, sizeof *items);
  if (!items) return sumi_fail_alloc("a gallery", (size_t)count * sizeof *items);
  for (int64_t i = 0; i < count; ++i) {
    items[i] = predictions[i];
    sumi__render_label(&items[i], options->class_names, options->class_count);
  }
  *labelled = items;
  return SUMI_OK;
}

static sumi_status_t choose_indices(sumi_arena_t *memory, const sumi_prediction_t *predictions,
                                    int64_t count, const sumi_gallery_options_t *options,
                                    int64_t *indices, int64_t *chosen,
                                    sumi_verdict_counts_t *counts) {
  sumi_prediction_t *items = NULL;
  SUMI_TRY(sumi__render_gallery_label(memory, predictions, count, options, &items));
  sumi__render_pick_t *picks = sumi_arena_calloc(memory, (size_t)count, sizeof *picks);
  if (!picks) return sumi_fail_alloc("a gallery's order", (size_t)count * sizeof *picks);
  *chosen = sumi__render_gallery_choose(items, count, options, picks, counts);
  for (int64_t i = 0; i < *chosen; ++i) indices[i] = picks[i].index;
  return SUMI_OK;
}

sumi_status_t sumi_gallery_choose(const sumi_prediction_t *predictions, int64_t count,
                                  const sumi_gallery_options_t *given, int64_t *indices,
                                  int64_t *chosen, sumi_verdict_counts_t *counts) {
  if (!chosen || !counts || (!indices && count > 0))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "indices, chosen or counts is NULL");
  sumi_gallery_options_t options;
  SUMI_TRY(sumi__render_gallery_options(predictions, count, given, &options));
  if (options.match != SUMI_MATCHING_NONE)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "match needs all predictions: a choice cannot tell the scores of all");
  sumi_arena_t *memory = sumi_arena_new();
  if (!memory) return sumi_fail_alloc("a gallery", 0);
  const sumi_status_t status = choose_indices(memory, predictions,
                                              sumi__render_gallery_taken(count, &options), &options,
                                              indices, chosen, counts);
  sumi_arena_free(memory);
  return status;
}
