/* Summaries as ops of a graph, and the hook that runs those that are due.
 *   sumi_summary_scalar("loss", loss);
 *   sumi_summary_predictions("predictions", images, probabilities, labels,
 *                            .class_names = names, .class_count = 10);
 *   sumi_summary_hook_t *hook = sumi_summary_hook_new(session, log);
 *   for (…) sumi_summary_run(hook, step, .feeds = …, .targets = SUMI_OPS(train));
 *
 * A summary that is not due at a step is not part of that step's plan: nothing of its subgraph is
 * computed. Names and inputs of the ops are TensorFlow's where TensorFlow has them; their output is
 * the tag, which begins with the name scopes around the summary ("train/loss"). Their constructors
 * stand in <sumi/summary_ops.h>.
 *
 * One that is made in a branch or a loop (<sumi/control_flow.h>) is run by it, as its effect; it is
 * not in SUMI_SUMMARIES and cannot be merged. In a loop its tag has to be logged in one iteration
 * of a step only, as a tag has one value at a step. */
#ifndef SUMI_SUMMARY_GRAPH_H
#define SUMI_SUMMARY_GRAPH_H

#include <sumi/session.h>
#include <sumi/summary.h>
#include <sumi/summary_ops.h>
#include <sumi/training.h>

SUMI_BEGIN_DECLS

/** Several summaries as one tensor (MergeSummary); merge_all takes the whole collection, and gives
 * the null tensor when that is empty. */
#define sumi_summary_merge(summaries) sumi_summary_merge_at(SUMI_HERE, summaries)
SUMI_API sumi_tensor_t sumi_summary_merge_at(sumi_site_t site, sumi_tensors_t summaries);
#define sumi_summary_merge_all(graph) sumi_summary_merge_all_at(SUMI_HERE, graph)
SUMI_API sumi_tensor_t sumi_summary_merge_all_at(sumi_site_t site, sumi_graph_t *graph);

/* ---- Running them ---- */

typedef struct sumi_summary_hook sumi_summary_hook_t;

typedef struct sumi_summary_hook_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  /* One summary or a merged one; default: the collection, as it is now. */
  sumi_tensor_t summaries SUMI_UNSET;
} sumi_summary_hook_options_t;

/** Ties summaries of the session's graph to a writer (NULL: logging is off). Both stay the caller's
 * and must outlive the hook. NULL after a failure, with its message: no memory, a tensor that is
 * not a summary. */
#define sumi_summary_hook_new(session, ...) SUMI__SUMMARY_HOOK_NEW(session, __VA_ARGS__, )
#define SUMI__SUMMARY_HOOK_NEW(session, writer, ...)                                               \
  sumi_summary_hook_new_with(session, writer,                                                      \
                             SUMI_OPTIONS(sumi_summary_hook_options_t, __VA_ARGS__))
SUMI_API sumi_summary_hook_t *
sumi_summary_hook_new_with(sumi_session_t *session, sumi_writer_t *writer,
                           const sumi_summary_hook_options_t *options);
/** NULL is allowed. The session and the writer stay. */
SUMI_API void sumi_summary_hook_free(sumi_summary_hook_t *hook);

/** sumi_session_run with the summaries that are due at `step` added to its targets. A summary that
 * cannot be logged (a label that is not UTF-8, say) keeps nothing else from running or being
 * logged; the first such failure is returned after the run. A step that goes back is not due: the
 * writer keeps it as its failure. */
#define sumi_summary_run(hook, ...) SUMI__SUMMARY_RUN(hook, __VA_ARGS__, )
#define SUMI__SUMMARY_RUN(hook, step, ...)                                                         \
  sumi_summary_run_with(hook, step, SUMI_OPTIONS(sumi_run_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_summary_run_with(sumi_summary_hook_t *hook, int64_t step,
                                             const sumi_run_options_t *options);

/** How many summaries of the hook were due, and so were computed, at the most recent run. */
SUMI_API int sumi_summary_hook_due(const sumi_summary_hook_t *hook);

/** The hook as one of a training loop (sumi_train), which it must outlive: summaries that are due
 * are run with the step, what is due at the last step with whichever is the last, and the log is
 * flushed before each checkpoint and at the end. A loop has one of them. Valid as long as the hook;
 * of NULL one that refuses to begin. */
SUMI_API const sumi_training_hook_t *sumi_summary_training_hook(sumi_summary_hook_t *hook);

/* ---- The graph itself ---- */

typedef struct sumi_graph_export_options {
  size_t struct_size SUMI_UNSET;         /* filled in by the macros; see <sumi/options.h> */
  int64_t max_constant_bytes SUMI_UNSET; /* larger constants are left out; 0: none are */
} sumi_graph_export_options_t;

/** Appends the graph as a serialized TensorFlow GraphDef. */
#define sumi_graph_export(graph, ...) SUMI__GRAPH_EXPORT(graph, __VA_ARGS__, )
#define SUMI__GRAPH_EXPORT(graph, bytes, ...)                                                      \
  sumi_graph_export_with(graph, bytes, SUMI_OPTIONS(sumi_graph_export_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_graph_export_with(const sumi_graph_t *graph, sumi_buffer_t *bytes,
                                              const sumi_graph_export_options_t *options);

/** Logs the graph for TensorBoard's Graphs page; constants of more than 1024 bytes are left out.
 * Once per run. */
SUMI_API sumi_status_t sumi_writer_graph(sumi_writer_t *writer, const sumi_graph_t *graph);

/** Logs what a run did under a tag of its own, for the Graphs page, whose nodes it colours by time
 * and memory; the graph has to be logged, too. Of nodes that ran as one, the last has the time of
 * all. */
SUMI_API sumi_status_t sumi_writer_trace(sumi_writer_t *writer, const char *tag, int64_t step,
                                         const sumi_trace_t *trace);

SUMI_END_DECLS
#endif
