/* Summaries as ops of a graph, and the hook that runs those that are due.
 *
 *   sumi_summary_scalar("loss", loss);
 *   sumi_summary_predictions("predictions", images, probabilities, labels,
 *                            .class_names = names, .class_count = 10);
 *   sumi_summary_hook_t *hook = sumi_summary_hook_new(session, log);
 *   for (…) sumi_summary_run(hook, step, .feeds = …, .targets = SUMI_OPS(train));
 *
 * A summary that is not due at a step is not part of that step's plan: nothing of its subgraph is
 * computed. Names and inputs of the ops are TensorFlow's where TensorFlow has them; their output is
 * the tag. */
#ifndef SUMI_SUMMARY_GRAPH_H
#define SUMI_SUMMARY_GRAPH_H

#include <sumi/session.h>
#include <sumi/summary.h>

SUMI_BEGIN_DECLS

/* ---- Summary ops. Each is added to the collection SUMI_SUMMARIES. ---- */

typedef struct sumi_summary_options {
  size_t struct_size SUMI_UNSET;     /* filled in by the macros; see <sumi/options.h> */
  int max_outputs SUMI_UNSET;        /* pictures: default 3; galleries: 64 */
  sumi_color_t bad_color SUMI_UNSET; /* pictures: for pixels with NaN or infinity, default red */
  int buckets SUMI_UNSET;            /* histograms: default 30 */
  const char *const *class_names SUMI_UNSET; /* galleries: copied; they may not contain a newline */
  int class_count SUMI_UNSET;
  int columns SUMI_UNSET;       /* galleries: default about square */
  bool worst_first SUMI_UNSET;  /* galleries: mistakes first, the most confident ones leading */
  bool only_wrong SUMI_UNSET;   /* galleries: the mistakes alone */
  const char *title SUMI_UNSET; /* galleries: default the tag */
} sumi_summary_options_t;

#define SUMI__SUMMARY(function, ...) function(SUMI_HERE, __VA_ARGS__)
#define SUMI__SUMMARY_OPTIONS(...)   SUMI_OPTIONS(sumi_summary_options_t, __VA_ARGS__)

/** A curve of a one-element tensor (ScalarSummary). */
SUMI_API sumi_tensor_t sumi_summary_scalar_at(sumi_site_t site, const char *tag,
                                              sumi_tensor_t value);
#define sumi_summary_scalar(tag, value) sumi_summary_scalar_at(SUMI_HERE, tag, value)

/** The distribution of a tensor's elements (HistogramSummary). */
#define sumi_summary_histogram(tag, ...) SUMI__SUMMARY_HISTOGRAM(tag, __VA_ARGS__, )
#define SUMI__SUMMARY_HISTOGRAM(tag, values, ...)                                                  \
  sumi_summary_histogram_at(SUMI_HERE, tag, values, SUMI__SUMMARY_OPTIONS(__VA_ARGS__))
SUMI_API sumi_tensor_t sumi_summary_histogram_at(sumi_site_t site, const char *tag,
                                                 sumi_tensor_t values,
                                                 const sumi_summary_options_t *options);

/** Pictures [n, h, w, c] of uint8 or floats, c 1, 3 or 4, floats scaled by TensorFlow's rule
 * (ImageSummary). */
#define sumi_summary_image(tag, ...) SUMI__SUMMARY_IMAGE(tag, __VA_ARGS__, )
#define SUMI__SUMMARY_IMAGE(tag, images, ...)                                                      \
  sumi_summary_image_at(SUMI_HERE, tag, images, SUMI__SUMMARY_OPTIONS(__VA_ARGS__))
SUMI_API sumi_tensor_t sumi_summary_image_at(sumi_site_t site, const char *tag,
                                             sumi_tensor_t images,
                                             const sumi_summary_options_t *options);

/** A text (Markdown) or a table of texts: a string tensor of rank 0 to 2 (TensorSummaryV2). */
#define sumi_summary_text(tag, text) sumi_summary_text_at(SUMI_HERE, tag, text)
SUMI_API sumi_tensor_t sumi_summary_text_at(sumi_site_t site, const char *tag, sumi_tensor_t text);

/** A gallery of labelled predictions: images [n, h, w, c], probabilities [n, k] float32, truth [n]
 * of int32 or int64 (-1: not known). The label of each picture is its most probable class. */
#define sumi_summary_predictions(tag, images, probabilities, ...)                                  \
  SUMI__SUMMARY_PREDICTIONS(tag, images, probabilities, __VA_ARGS__, )
#define SUMI__SUMMARY_PREDICTIONS(tag, images, probabilities, truth, ...)                          \
  sumi_summary_predictions_at(SUMI_HERE, tag, images, probabilities, truth,                        \
                              SUMI__SUMMARY_OPTIONS(__VA_ARGS__))
SUMI_API sumi_tensor_t sumi_summary_predictions_at(sumi_site_t site, const char *tag,
                                                   sumi_tensor_t images,
                                                   sumi_tensor_t probabilities, sumi_tensor_t truth,
                                                   const sumi_summary_options_t *options);

/** Each image drawn with its label: images [n, h, w, c], labels [n] of strings or integers (indices
 * into .class_names when given). */
#define sumi_summary_labeled_images(tag, images, ...)                                              \
  SUMI__SUMMARY_LABELED(tag, images, __VA_ARGS__, )
#define SUMI__SUMMARY_LABELED(tag, images, labels, ...)                                            \
  sumi_summary_labeled_images_at(SUMI_HERE, tag, images, labels, SUMI__SUMMARY_OPTIONS(__VA_ARGS__))
SUMI_API sumi_tensor_t sumi_summary_labeled_images_at(sumi_site_t site, const char *tag,
                                                      sumi_tensor_t images, sumi_tensor_t labels,
                                                      const sumi_summary_options_t *options);

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
 * logged; the first such failure is returned after the run. A step that goes back is not due: the writer
 * keeps it as its failure. */
#define sumi_summary_run(hook, ...) SUMI__SUMMARY_RUN(hook, __VA_ARGS__, )
#define SUMI__SUMMARY_RUN(hook, step, ...)                                                         \
  sumi_summary_run_with(hook, step, SUMI_OPTIONS(sumi_run_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_summary_run_with(sumi_summary_hook_t *hook, int64_t step,
                                             const sumi_run_options_t *options);

/** How many summaries of the hook were due, and so were computed, at the most recent run. */
SUMI_API int sumi_summary_hook_due(const sumi_summary_hook_t *hook);

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

SUMI_END_DECLS
#endif
