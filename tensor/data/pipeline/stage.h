/* What the stages of pipelines are made of; for the files of tensor/data/ only.
 *
 * A stage (sumi_pipeline_t) says what is done, a cursor where an iterator is in it. Cursors live as
 * long as their iterator and begin a round each time they are rewound. They belong to the thread
 * that asks them; only maps and prefetches have others. */
#ifndef SUMI_DATA_PIPELINE_STAGE_H
#define SUMI_DATA_PIPELINE_STAGE_H

#include "data/pipeline/element.h"

#include <sumi/buffer.h>
#include <sumi/pipeline.h>

#include <stdatomic.h>

typedef struct sumi__tensor_cursor sumi__tensor_cursor_t;

/* What differs between kinds of stages. Each extends stage and cursor by a struct of its own, whose
 * first member is the common one. Only `name` and `next` are needed. */
typedef struct sumi__tensor_stage_kind {
  const char *name;
  size_t stage_bytes, cursor_bytes;
  bool varies; /* rounds may differ in length */
  bool waits;  /* counts in its cursors how often nothing was ready when it was asked */
  /* Of stages: what stands behind the name in brackets; the end. */
  void (*describe)(const sumi_pipeline_t *stage, sumi_buffer_t *text);
  void (*release)(sumi_pipeline_t *stage);
  /* The beginning of round cursor->round. NULL: that of the inputs (sumi__tensor_rewind_inputs). */
  sumi_status_t (*rewind)(sumi__tensor_cursor_t *cursor);
  /* A new element, NULL at the end, where it stays. After a failure it goes on behind what failed,
   * or is at the end. */
  sumi_status_t (*next)(sumi__tensor_cursor_t *cursor, sumi_element_t **element);
  /* Passes over up to `count` elements, fewer only at the end. NULL: next, and drop. */
  sumi_status_t (*skip)(sumi__tensor_cursor_t *cursor, int64_t count, int64_t *skipped);
  /* Before the inputs are closed: stops threads, drops what is held. */
  void (*close)(sumi__tensor_cursor_t *cursor);
} sumi__tensor_stage_kind_t;

enum { SUMI__STAGE_INPUTS = 2 };

struct sumi_pipeline {
  atomic_int references;
  const sumi__tensor_stage_kind_t *kind;
  sumi_pipeline_t *inputs[SUMI__STAGE_INPUTS]; /* NULL behind the last */
  bool varies;                                 /* itself or below */
  int depth;                                   /* stages below */
  sumi__tensor_failure_t failure;
};

struct sumi__tensor_cursor {
  const sumi_pipeline_t *stage;
  sumi__tensor_cursor_t *inputs[SUMI__STAGE_INPUTS];
  int64_t round;
  atomic_llong waits; /* where the kind counts them */
};

/* Stages of a kind: a source; one over another stage; one over two. They take over the references
 * of their inputs, of which NULL is a failure, and are never NULL themselves: without memory it is
 * one of another kind that has failed for good, so members of the kind's own are set only where
 * sumi__tensor_stage_is returns true. */
sumi_pipeline_t *sumi__tensor_stage_source(const sumi__tensor_stage_kind_t *kind);
sumi_pipeline_t *sumi__tensor_stage_over(const sumi__tensor_stage_kind_t *kind,
                                         sumi_pipeline_t *input);
sumi_pipeline_t *sumi__tensor_stage_over_two(const sumi__tensor_stage_kind_t *kind,
                                             sumi_pipeline_t *input, sumi_pipeline_t *other);
bool sumi__tensor_stage_is(const sumi_pipeline_t *stage, const sumi__tensor_stage_kind_t *kind);

/* The seed of the stage's streams: those of two stages differ where the program gave both the same.
 */
int64_t sumi__tensor_stage_seed(const sumi_pipeline_t *stage, int64_t seed);

/* Keeps the failure that was just recorded, unless the stage has one, and returns the stage.
 * SUMI_OK is none. */
sumi_pipeline_t *sumi__tensor_stage_check(sumi_pipeline_t *stage, sumi_status_t status);

/* A cursor at no round yet; rewind it first. NULL without memory. */
sumi__tensor_cursor_t *sumi__tensor_cursor_new(const sumi_pipeline_t *stage);
void sumi__tensor_cursor_free(sumi__tensor_cursor_t *cursor);

/* How often whoever asks this cursor has waited for stages that count it; those below have threads
 * of their own that ask them. */
int64_t sumi__tensor_cursor_waits(const sumi__tensor_cursor_t *cursor);

sumi_status_t sumi__tensor_cursor_rewind(sumi__tensor_cursor_t *cursor, int64_t round);
sumi_status_t sumi__tensor_rewind_inputs(sumi__tensor_cursor_t *cursor);
sumi_status_t sumi__tensor_cursor_next(sumi__tensor_cursor_t *cursor, sumi_element_t **element);
/* Passes over elements: as the kind does it, or by making and dropping them. */
sumi_status_t sumi__tensor_cursor_skip(sumi__tensor_cursor_t *cursor, int64_t count,
                                       int64_t *skipped);
sumi_status_t sumi__tensor_cursor_drop(sumi__tensor_cursor_t *cursor, int64_t count,
                                       int64_t *skipped);

/* A function of the program's, and what goes with it. */
typedef struct {
  void *user;
  void (*release)(void *user);
  int64_t seed;
} sumi__tensor_function_t;

/* One with a stream of the stage's own. */
sumi__tensor_function_t sumi__tensor_function_of(const sumi_pipeline_t *stage, void *user,
                                                 void (*release)(void *user), int64_t seed);

/* The call for an element. */
sumi_pipeline_call_t sumi__tensor_call_at(const sumi__tensor_function_t *function, int64_t round,
                                          int64_t index);
void sumi__tensor_function_release(sumi__tensor_function_t *function);

#endif
