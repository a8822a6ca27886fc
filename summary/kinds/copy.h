/* Copies of what callers lend, into the memory of a job. */
#ifndef SUMI_KINDS_COPY_H
#define SUMI_KINDS_COPY_H

#include <sumi/arena.h>
#include <sumi/array_view.h>
#include <sumi/prediction.h>
#include <sumi/status.h>

/* Zeroed memory for the arguments of a job, as job->payload. */
#define SUMI__PAYLOAD(job, type)                                                                   \
  ((type *)((job)->payload = sumi_arena_calloc((job)->memory, 1, sizeof(type))))

/* `size_bytes` bytes; *copy is NULL for none. */
sumi_status_t sumi__summary_copy_bytes(sumi_arena_t *memory, const void *bytes, size_t size_bytes,
                                       const void **copy);

/* A text that must be UTF-8, or NULL. `what` names it in messages. */
sumi_status_t sumi__summary_copy_text(sumi_arena_t *memory, const char *what, const char *text,
                                      const char **copy);

/* `count` texts that must be UTF-8; NULL gives NULL. */
sumi_status_t sumi__summary_copy_texts(sumi_arena_t *memory, const char *what,
                                       const char *const *texts, int64_t count,
                                       const char *const **copy);

/* An array that has been checked; not one of strings. */
sumi_status_t sumi__summary_copy_view(sumi_arena_t *memory, const sumi_array_view_t *view,
                                      sumi_array_view_t *copy);

/* The pixels of [c,h,w] or [n,c,h,w] as [h,w,c] or [n,h,w,c], in `memory`. INVALID_ARGUMENT, naming
 * `what`, for another rank, strings, or what is no array. */
sumi_status_t sumi__summary_channels_last(sumi_arena_t *memory, const char *what,
                                          const sumi_array_view_t *pixels,
                                          sumi_array_view_t *moved);

/* Predictions that have been checked, with all they point to: those at the `indices`, or, where
 * that is NULL, the first `count`. */
sumi_status_t sumi__summary_copy_predictions(sumi_arena_t *memory,
                                             const sumi_prediction_t *predictions,
                                             const int64_t *indices, int64_t count,
                                             sumi_prediction_t **copy);

#endif
