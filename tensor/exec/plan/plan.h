/* A plan: what one (fetches, targets, shapes of the feeds) runs, ready to run. Its steps point at
 * their data; nothing is looked up, allocated or locked while they run. */
#ifndef SUMI_EXEC_PLAN_PLAN_H
#define SUMI_EXEC_PLAN_PLAN_H

#include "graph/graph_internal.h"

#include <sumi/arena.h>
#include <sumi/session.h>

enum { SUMI__NONE = -1 }; /* no index */

typedef struct sumi__tensor_plan sumi__tensor_plan_t;
typedef struct sumi__tensor_variable sumi__tensor_variable_t;
typedef struct sumi__tensor_stream sumi__tensor_stream_t;
typedef struct sumi__tensor_group sumi__tensor_group_t;
typedef struct sumi__tensor_unshaped sumi__tensor_unshaped_t;
typedef struct sumi__tensor_calls sumi__tensor_calls_t;

/* One kernel call, or one pass of a fused group. Kernels find everything else through their
 * sumi_kernel_t, which is the first member. */
typedef struct sumi__tensor_step {
  sumi_kernel_t kernel;
  sumi_status_t (*run)(const sumi_kernel_t *kernel);
  sumi__tensor_variable_t **variables; /* [input_count]: the variable an input is, else NULL */
  int read_count; /* variables it reads as plain inputs: they must have values */
  sumi__tensor_variable_t **reads;
  sumi__tensor_stream_t *stream;     /* random numbers; NULL: the op is not stateful */
  sumi__tensor_group_t *group;       /* fused elementwise ops; NULL for kernels */
  int *group_values;                 /* the draft's values that the group's operands are */
  sumi__tensor_unshaped_t *unshaped; /* shapes that are known only while running; else NULL */
  sumi__tensor_calls_t *calls;       /* the functions it runs; else NULL */
  int first_bound, bound_count;      /* its part of the plan's to_variables */
} sumi__tensor_step_t;

static inline const sumi__tensor_step_t *sumi__tensor_step_of(const sumi_kernel_t *kernel) {
  return (const sumi__tensor_step_t *)(const void *)kernel;
}

/* Where a pointer of a step comes from. `slot` is a view's data, a group operand's base or a
 * kernel's scratch. */
typedef struct sumi__tensor_binding {
  void *slot;                        /* a pointer to some object type */
  size_t offset;                     /* in the arena */
  int feed;                          /* index of a feed */
  sumi__tensor_variable_t *variable; /* a variable's storage */
} sumi__tensor_binding_t;

typedef struct sumi__tensor_bindings {
  int count;
  sumi__tensor_binding_t *list;
} sumi__tensor_bindings_t;

/* A fetch's view is bound like a step's. */
typedef struct sumi__tensor_plan_fetch {
  sumi_array_view_t view;
  int64_t count;                     /* elements, -1: known only after the run */
  int unshaped;                      /* index of the unshaped value it is, or -1 */
  sumi__tensor_variable_t *variable; /* the variable it is, or NULL */
} sumi__tensor_plan_fetch_t;

/* What distinguishes plans. Compared field by field; small integer feeds on whose elements shapes
 * depend are compared by value too. */
typedef struct sumi__tensor_key_feed {
  const sumi_op_t *op;
  int index;
  sumi_dtype_t dtype;
  sumi_dims_t dims;
  bool by_value;
  int64_t values[SUMI_MAX_RANK];
} sumi__tensor_key_feed_t;

typedef struct sumi__tensor_key {
  int feed_count, fetch_count, target_count;
  sumi__tensor_key_feed_t *feeds;
  struct sumi__tensor_key_fetch {
    const sumi_op_t *op;
    int index;
  } * fetches;
  const sumi_op_t **targets;
} sumi__tensor_key_t;

struct sumi__tensor_plan {
  sumi__tensor_key_t key;
  sumi_session_t *session;
  sumi_arena_t *memory; /* everything below */
  int step_count;
  sumi__tensor_step_t *steps;
  int fetch_count;
  sumi__tensor_plan_fetch_t *fetches;
  sumi__tensor_bindings_t in_arena, to_feeds, to_variables;
  size_t arena_bytes;
  void *arena; /* of a function's plan, which runs inside of another; NULL: the session's */
  sumi__tensor_calls_t *calls;
  int64_t arena_generation, variable_generation; /* the session's when the bindings were made */
  bool incomplete;                               /* a variable it reads has no value yet */
  bool has_unshaped_steps;
  int unshaped_count; /* values whose shapes are known only while running */
  struct sumi__tensor_unshaped_value *unshaped_values;
  int constant_count, constant_capacity;
  void **constants; /* folded values */
  sumi_session_stats_t stats;
  const char *text; /* for people */
  int64_t last_used;
};

/* The key of a run's arguments matches? Allocates nothing. */
bool sumi__tensor_key_matches(const sumi__tensor_key_t *key, const sumi_run_options_t *run);

/* Copies the arguments into a key in `memory`; RESOURCE_EXHAUSTED without it. */
sumi_status_t sumi__tensor_key_make(sumi__tensor_key_t *key, const sumi_run_options_t *run,
                                    sumi_arena_t *memory);

/* An empty plan of the session; NULL with a message. */
sumi__tensor_plan_t *sumi__tensor_plan_new(sumi_session_t *session);
void sumi__tensor_plan_free(sumi__tensor_plan_t *plan);

/* Zeroed memory that lives as long as the plan; NULL with a message. */
void *sumi__tensor_plan_calloc(sumi__tensor_plan_t *plan, size_t count, size_t size_bytes);

/* Aligned memory that lives as long as the plan; NULL when there is none. */
void *sumi__tensor_plan_constant(sumi__tensor_plan_t *plan, size_t size_bytes);

#endif
