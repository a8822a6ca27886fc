/* What a session holds; for files of tensor/exec/ only. */
#ifndef SUMI_EXEC_SESSION_INTERNAL_H
#define SUMI_EXEC_SESSION_INTERNAL_H

#include "exec/plan.h"

/* A variable's value. Nodes of type VariableV2 have one per session. */
struct sumi__variable {
  const sumi_op_t *op;
  int number;          /* in order of appearance */
  sumi_array_t *array; /* NULL: not initialised */
  sumi__variable_t *next;
};

/* The random numbers of one node: a Philox stream and how much of it has been given. */
struct sumi__stream {
  const sumi_op_t *op;
  uint64_t seed, seed2, used_blocks;
  sumi__stream_t *next;
};

typedef struct sumi__resource {
  char *name;
  void *resource;
  struct sumi__resource *next;
} sumi__resource_t;

enum {
  SUMI__PASS_FOLD = 1,
  SUMI__PASS_CSE = 2,
  SUMI__PASS_FUSE = 4,
  SUMI__PASS_ARENA = 8,
  SUMI__PASS_ORDER = 16,
  SUMI__PASS_SIMPLIFY = 32
};

enum { SUMI__MAX_PLANS = 64 }; /* kept; the least recently used goes */

struct sumi_session {
  sumi_graph_t *graph;
  int threads;
  unsigned passes;    /* that are on */
  char *unknown_pass; /* a word of disable_passes that names no pass, else NULL */
  sumi__plan_t *last; /* of the most recent run, NULL before the first */
  sumi__plan_t *plans[SUMI__MAX_PLANS];
  int plan_count;
  int64_t plans_made, runs;
  void *arena; /* intermediates of whichever plan runs */
  size_t arena_bytes;
  int64_t arena_generation, variable_generation;
  sumi__variable_t *variables;
  sumi__stream_t *streams;
  sumi__resource_t *resources;
  bool failure_named; /* the message of the failure under way has its node in front */
};

/* The state of a VariableV2 node, made at first use; NULL (with a message) without memory. */
sumi__variable_t *sumi__session_variable(sumi_session_t *session, const sumi_op_t *op);
sumi__stream_t *sumi__session_stream(sumi_session_t *session, const sumi_op_t *op);
void sumi__variables_free(sumi_session_t *session);
void sumi__streams_free(sumi_session_t *session);

/* Makes the session's arena at least this large. */
sumi_status_t sumi__session_reserve(sumi_session_t *session, size_t size_bytes);

/* Checks every feed, fetch and target of a run by itself: NULLs, other graphs, dtypes, shapes. */
sumi_status_t sumi__check_run(const sumi_session_t *session, const sumi_run_options_t *run);

/* Lists with a count have a pointer. */
sumi_status_t sumi__check_lists(const sumi_run_options_t *run);

/* Every fetch has somewhere to go to: not part of a plan's key, so checked by every run. */
sumi_status_t sumi__check_fetch_pointers(const sumi_run_options_t *run);

/* Scalar fetches have one element, as far as the plan knows. */
sumi_status_t sumi__check_fetch_counts(const sumi__plan_t *plan, const sumi_run_options_t *run);

/* A feed's dtype, shape and elements, whichever way it is given. */
sumi_dtype_t sumi__feed_dtype(const sumi_feed_t *feed);
sumi_dims_t sumi__feed_dims(const sumi_feed_t *feed);
const void *sumi__feed_data(const sumi_feed_t *feed);

/* Copies fetched values to where the caller wants them. */
sumi_status_t sumi__deliver(const sumi__plan_t *plan, const sumi_run_options_t *run);

/* Fails with "node 'name' (Type, file:line): text". */
sumi_status_t sumi__fail_at(const sumi_op_t *op, sumi_status_t status, const char *format, ...)
    SUMI_PRINTF(3, 4);

/* Puts the node in front of the calling thread's last message. */
sumi_status_t sumi__name_failure(const sumi_op_t *op, sumi_status_t status);

#endif
