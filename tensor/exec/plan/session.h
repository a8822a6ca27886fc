/* What a session holds; for files of tensor/exec/ only. */
#ifndef SUMI_EXEC_PLAN_SESSION_H
#define SUMI_EXEC_PLAN_SESSION_H

#include "exec/plan/plan.h"

/* A variable's value. Nodes of type VariableV2 have one per session. */
struct sumi__tensor_variable {
  const sumi_op_t *op;
  int number;          /* in order of appearance */
  sumi_array_t *array; /* NULL: not initialised */
  sumi__tensor_variable_t *next;
};

/* The random numbers of one node: a Philox stream and how much of it has been given. */
struct sumi__tensor_stream {
  const sumi_op_t *op;
  uint64_t seed, seed2, used_blocks;
  sumi__tensor_stream_t *next;
};

/* What a session keeps for a node. */
typedef struct sumi__tensor_op_state {
  sumi__tensor_variable_t *variable;
  sumi__tensor_stream_t *stream;
} sumi__tensor_op_state_t;

typedef struct sumi__tensor_resource {
  char *name;
  void *resource;
  struct sumi__tensor_resource *next;
} sumi__tensor_resource_t;

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
  unsigned passes;           /* that are on */
  char *unknown_pass;        /* a word of disable_passes that names no pass, else NULL */
  sumi__tensor_plan_t *last; /* of the most recent run, NULL before the first */
  sumi__tensor_plan_t *plans[SUMI__MAX_PLANS];
  int plan_count;
  int64_t plans_made, runs;
  void *arena; /* intermediates of whichever plan runs */
  size_t arena_bytes;
  int64_t arena_generation, variable_generation;
  sumi__tensor_variable_t *variables;
  sumi__tensor_stream_t *streams;
  sumi__tensor_op_state_t *states; /* by index of the op in the graph */
  int state_count;
  sumi__tensor_resource_t *resources;
  bool check_numerics; /* after each step; nodes are then neither left out nor fused */
  bool failure_named;  /* the message of the failure under way has its node in front */
};

/* The node's place among the session's states; NULL (with a message) without memory. Valid until
 * the next call. */
sumi__tensor_op_state_t *sumi__tensor_session_state(sumi_session_t *session, const sumi_op_t *op);

/* The state of a VariableV2 node, made at first use; NULL (with a message) without memory. */
sumi__tensor_variable_t *sumi__tensor_session_variable(sumi_session_t *session,
                                                       const sumi_op_t *op);
/* Makes a new array of the declared dtype and shape the variable's value, and takes it over. */
sumi_status_t sumi__tensor_session_adopt(sumi_session_t *session, const sumi_op_t *op,
                                         sumi_array_t *value);
sumi__tensor_stream_t *sumi__tensor_session_stream(sumi_session_t *session, const sumi_op_t *op);
void sumi__tensor_variables_free(sumi_session_t *session);
void sumi__tensor_streams_free(sumi_session_t *session);

/* Makes the session's arena at least this large. */
sumi_status_t sumi__tensor_session_reserve(sumi_session_t *session, size_t size_bytes);

/* A feed's dtype, shape and elements, whichever way it is given. */
sumi_dtype_t sumi__tensor_feed_dtype(const sumi_feed_t *feed);
sumi_dims_t sumi__tensor_feed_dims(const sumi_feed_t *feed);
const void *sumi__tensor_feed_data(const sumi_feed_t *feed);

/* Fails with "node 'name' (Type, file:line): text". */
sumi_status_t sumi__tensor_fail_at(const sumi_op_t *op, sumi_status_t status, const char *format,
                                   ...) SUMI_PRINTF(3, 4);

/* Puts the node in front of the calling thread's last message. */
sumi_status_t sumi__tensor_name_failure(const sumi_op_t *op, sumi_status_t status);

#endif
