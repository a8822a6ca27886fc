/* What a run did, step by step: which nodes, when, for how long, on how many threads.
 *
 *   sumi_trace_t *trace = sumi_trace_new();
 *   sumi_session_run(session, .targets = SUMI_OPS(train), .trace = trace);
 *   sumi_trace_format_chrome(trace, &text);         for chrome://tracing and ui.perfetto.dev
 *   sumi_writer_trace(log, "step 100", 100, trace); for TensorBoard's Graphs page
 *
 * A session's first run with some fetches and shapes also makes its plan, which a trace leaves
 * out. */
#ifndef SUMI_TRACE_H
#define SUMI_TRACE_H

#include <sumi/buffer.h>
#include <sumi/graph.h>

SUMI_BEGIN_DECLS

/** The steps of one run; confined to a thread. */
typedef struct sumi_trace sumi_trace_t;

/** An empty trace; NULL without memory. */
SUMI_API sumi_trace_t *sumi_trace_new(void) SUMI_MUST_USE;
/** NULL is allowed. */
SUMI_API void sumi_trace_free(sumi_trace_t *trace);

/** A step: a kernel, or elementwise nodes that ran as one; a branch or a loop with all that it runs
 * is one. Names are the graph's. */
typedef struct sumi_trace_step {
  const sumi_op_t *op;           /* the node, the last of several */
  const sumi_op_t *const *nodes; /* all, in order, valid until the trace's next run */
  int node_count;
  int threads;      /* that it may use */
  int64_t start_ns; /* since the run began */
  int64_t duration_ns;
  int64_t output_bytes; /* that it wrote to memory */
} sumi_trace_step_t;

/** How many steps the most recent run that was given the trace has done; one of them, all zero out
 * of range. After a failure, those before the one that failed. */
SUMI_API int64_t sumi_trace_count(const sumi_trace_t *trace);
SUMI_API sumi_trace_step_t sumi_trace_at(const sumi_trace_t *trace, int64_t index);

/** When the run began, in seconds since the epoch; 0 before the first. */
SUMI_API double sumi_trace_wall_s(const sumi_trace_t *trace);

/** Appends the steps in the Chrome's trace event format (JSON), as TensorFlow's Timeline. */
SUMI_API sumi_status_t sumi_trace_format_chrome(const sumi_trace_t *trace, sumi_buffer_t *buffer);

SUMI_END_DECLS
#endif
