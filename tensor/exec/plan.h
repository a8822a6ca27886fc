/* A plan: what one (fetches, targets, shapes of the feeds) runs, ready to run. Its steps point at
 * their data; nothing is looked up, allocated or locked while they run. */
#ifndef SUMI_EXEC_PLAN_H
#define SUMI_EXEC_PLAN_H

#include "graph/graph_internal.h"

#include <sumi/arena.h>
#include <sumi/session.h>

typedef struct sumi__plan sumi__plan_t;
typedef struct sumi__variable sumi__variable_t;
typedef struct sumi__stream sumi__stream_t;
typedef struct sumi__group sumi__group_t;
typedef struct sumi__late sumi__late_t;

/* One kernel call, or one pass of a fused group. Kernels find everything else through their
 * sumi_kernel_t, which is the first member. */
typedef struct sumi__step {
  sumi_kernel_t kernel;
  sumi_status_t (*run)(const sumi_kernel_t *kernel);
  sumi__variable_t **variables; /* [input_count]: the variable an input is, else NULL */
  int read_count;               /* variables it reads as plain inputs: they must have values */
  sumi__variable_t **reads;
  sumi__stream_t *stream; /* random numbers; NULL: the op is not stateful */
  sumi__group_t *group;   /* fused elementwise ops; NULL for kernels */
  int *group_values;      /* the draft's values that the group's operands are */
  sumi__late_t *late;     /* shapes that are known only while running; else NULL */
  bool assigns;           /* may move the storage of a variable */
} sumi__step_t;

static inline const sumi__step_t *sumi__step_of(const sumi_kernel_t *kernel) {
  return (const sumi__step_t *)(const void *)kernel;
}

/* Where a pointer of a step comes from. `slot` is a view's data, a group operand's base or a
 * kernel's scratch. */
typedef struct sumi__binding {
  void *slot;                 /* a pointer to some object type */
  size_t offset;              /* in the arena */
  int feed;                   /* index of a feed */
  sumi__variable_t *variable; /* a variable's storage */
} sumi__binding_t;

typedef struct sumi__bindings {
  int count;
  sumi__binding_t *list;
} sumi__bindings_t;

/* A fetch's view is bound like a step's. */
typedef struct sumi__plan_fetch {
  sumi_array_view_t view;
  int64_t count;              /* elements, -1: known only after the run */
  int late;                   /* index of the late value it is, or -1 */
  sumi__variable_t *variable; /* the variable it is, or NULL */
} sumi__plan_fetch_t;

/* What distinguishes plans. Compared field by field; small integer feeds on whose elements shapes
 * depend are compared by value too. */
typedef struct sumi__key_feed {
  const sumi_op_t *op;
  int index;
  sumi_dtype_t dtype;
  sumi_dims_t dims;
  bool by_value;
  int64_t values[SUMI_MAX_RANK];
} sumi__key_feed_t;

typedef struct sumi__key {
  int feed_count, fetch_count, target_count;
  sumi__key_feed_t *feeds;
  struct sumi__key_fetch {
    const sumi_op_t *op;
    int index;
  } * fetches;
  const sumi_op_t **targets;
} sumi__key_t;

struct sumi__plan {
  sumi__key_t key;
  sumi_session_t *session;
  sumi_arena_t *memory; /* everything below */
  int step_count;
  sumi__step_t *steps;
  int fetch_count;
  sumi__plan_fetch_t *fetches;
  sumi__bindings_t in_arena, to_feeds, to_variables;
  size_t arena_bytes;
  int64_t arena_generation, variable_generation; /* the session's when the bindings were made */
  bool incomplete;                               /* a variable it reads has no value yet */
  bool has_late_steps;
  int late_count; /* values whose shapes are known only while running */
  struct sumi__late_value *late_values;
  int constant_count, constant_capacity;
  void **constants; /* folded values */
  sumi_session_stats_t stats;
  const char *text; /* for people */
  int64_t last_used;
};

/* The key of a run's arguments matches? Allocates nothing. */
bool sumi__key_matches(const sumi__key_t *key, const sumi_run_options_t *run);

/* Copies the arguments into a key in `memory`; RESOURCE_EXHAUSTED without it. */
sumi_status_t sumi__key_make(sumi__key_t *key, const sumi_run_options_t *run, sumi_arena_t *memory);

/* Compiles. The feeds have been checked. */
sumi_status_t sumi__plan_make(sumi_session_t *session, const sumi_run_options_t *run,
                              sumi__plan_t **plan);
void sumi__plan_free(sumi__plan_t *plan);

/* Aligned memory that lives as long as the plan; NULL when there is none. */
void *sumi__plan_constant(sumi__plan_t *plan, size_t size_bytes);

/* Runs the steps on these feeds; fetches' views are valid until the next run. */
sumi_status_t sumi__plan_run(sumi__plan_t *plan, const sumi_run_options_t *run);

#endif
