/* Sessions run graphs.
 *
 *   sumi_session_t *s = sumi_session_new(g, .threads = 2);
 *   sumi_session_run(s, .targets = SUMI_OPS(sumi_global_variables_initializer(g)));
 *   float loss;
 *   sumi_session_run(s, .targets = SUMI_OPS(train),
 *                    .feeds = SUMI_FEEDS({.tensor = x, .array = batch}),
 *                    .fetches = SUMI_FETCHES({.tensor = l, .scalar = &loss}));
 *
 * A session holds the values of the graph's variables, the counters of its random ops and the plans
 * it compiled: one for each (fetches, targets, shapes of the feeds). Confined to one thread at a
 * time. */
#ifndef SUMI_SESSION_H
#define SUMI_SESSION_H

#include <sumi/graph.h>
#include <sumi/trace.h>

#include <stdio.h>

SUMI_BEGIN_DECLS

typedef struct sumi_session sumi_session_t;

typedef struct sumi_session_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  int threads SUMI_UNSET;        /* 0: as many as the machine has */
  const char *disable_passes
      SUMI_UNSET; /* "fold simplify cse fuse arena order": names of plan passes to switch off */
  /* Looks at every floating-point number that a run makes, and stops the run at the first that is
   * NaN or infinite (tf.add_check_numerics_ops). Slow: nodes run one by one, as the graph has them.
   */
  bool check_numerics SUMI_UNSET;
  /* Where sumi_print's nodes write their lines; without it they write none. */
  FILE *print SUMI_UNSET;
} sumi_session_options_t;

/** A session on a graph; never NULL except without memory. A refused graph is reported by the first
 * run. */
#define sumi_session_new(...) SUMI__SESSION_NEW(__VA_ARGS__, )
#define SUMI__SESSION_NEW(graph, ...)                                                              \
  sumi_session_new_with(graph, SUMI_OPTIONS(sumi_session_options_t, __VA_ARGS__))
SUMI_API sumi_session_t *sumi_session_new_with(sumi_graph_t *graph,
                                               const sumi_session_options_t *options);
/** NULL is allowed. The graph stays. */
SUMI_API void sumi_session_free(sumi_session_t *session);

/** The graph the session was made on. */
SUMI_API sumi_graph_t *sumi_session_graph(const sumi_session_t *session);

/** A value for a tensor during one run: an array (borrowed for the call), or dense elements of the
 * tensor's dtype at `data` with shape `dims` (borrowed; its dtype must be known to be the
 * tensor's). */
typedef struct sumi_feed {
  sumi_tensor_t tensor SUMI_UNSET;
  const sumi_array_t *array SUMI_UNSET;
  const void *data SUMI_UNSET;
  sumi_dims_t dims SUMI_UNSET;
} sumi_feed_t;

/** Where a value goes: `scalar` receives the one element of a tensor with one element (same C type
 * as the dtype); `array` receives an array: *array must be NULL or an array, which is filled when
 * it has the right dtype and shape and is not shared, and otherwise replaced by a new one. The
 * caller unrefs it. */
typedef struct sumi_fetch {
  sumi_tensor_t tensor SUMI_UNSET;
  void *scalar SUMI_UNSET;
  sumi_array_t **array SUMI_UNSET;
} sumi_fetch_t;

typedef struct sumi_feeds {
  int count SUMI_UNSET;
  const sumi_feed_t *list SUMI_UNSET;
} sumi_feeds_t;

typedef struct sumi_fetches {
  int count SUMI_UNSET;
  const sumi_fetch_t *list SUMI_UNSET;
} sumi_fetches_t;

#define SUMI_FEEDS(...)   SUMI__LIST(sumi_feeds_t, sumi_feed_t, __VA_ARGS__)
#define SUMI_FETCHES(...) SUMI__LIST(sumi_fetches_t, sumi_fetch_t, __VA_ARGS__)

typedef struct sumi_run_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  sumi_ops_t targets SUMI_UNSET;
  sumi_feeds_t feeds SUMI_UNSET;
  sumi_fetches_t fetches SUMI_UNSET;
  sumi_trace_t *trace SUMI_UNSET; /* receives what the run did */
} sumi_run_options_t;

/** Computes the fetches and runs the targets, and nothing that they do not need. Variables read by
 * a run have the value from before the run's updates, unless a control dependency says otherwise.
 *  errors  the graph's refusal; INVALID_ARGUMENT a feed of a wrong dtype or shape, a NULL, a tensor
 * of another graph, a scalar fetch of several elements; FAILED_PRECONDITION a placeholder that was
 * not fed, a variable that is not initialised; and what kernels report, with the node's name and
 * source line in front; in a session with check_numerics INVALID_ARGUMENT for the first node that
 * makes a NaN or an infinity, with its inputs and their ranges. */
#define sumi_session_run(...) SUMI__SESSION_RUN(__VA_ARGS__, )
#define SUMI__SESSION_RUN(session, ...)                                                            \
  sumi_session_run_with(session, SUMI_OPTIONS(sumi_run_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_session_run_with(sumi_session_t *session,
                                             const sumi_run_options_t *options);

/** Fetches one tensor as a new array. */
SUMI_API sumi_status_t sumi_session_value(sumi_session_t *session, sumi_tensor_t tensor,
                                          sumi_array_t **value);

/** The current value of a variable (its VariableV2 output or read tensor), borrowed until the next
 * run; NULL when it is not initialised. */
SUMI_API sumi_array_t *sumi_session_variable(sumi_session_t *session, sumi_tensor_t variable);

/** Gives a variable a value, of its dtype and shape, which is copied: its first one or another.
 * INVALID_ARGUMENT, with both, where they differ. */
SUMI_API sumi_status_t sumi_session_set_variable(sumi_session_t *session, sumi_tensor_t variable,
                                                 const sumi_array_t *value);

/** Gives kernels a thing of the program's under a name (sumi_kernel_resource): a writer, a camera.
 * Not owned. */
SUMI_API sumi_status_t sumi_session_set_resource(sumi_session_t *session, const char *name,
                                                 void *resource);

/** The resource that `print` of the session's options is kept under, to be exchanged later. */
#define SUMI_PRINT_STREAM "sumi/print"

/** The plan of the most recent run: steps in order, shapes, fused groups, arena offsets; for people
 * to read. */
SUMI_API void sumi_session_format_plan(const sumi_session_t *session, sumi_buffer_t *buffer);

/** What the most recent run's plan uses. */
typedef struct {
  int64_t steps; /* kernels and fused groups that run */
  int64_t pruned_nodes, folded_nodes, merged_nodes, fused_nodes;
  int64_t arena_bytes;    /* one block that holds all intermediates */
  int64_t unshared_bytes; /* what the intermediates would take without sharing memory */
  int64_t plans;          /* compiled by this session so far */
  int64_t reserved_[8];
} sumi_session_stats_t;
SUMI_API sumi_session_stats_t sumi_session_stats(const sumi_session_t *session);

SUMI_END_DECLS
#endif
