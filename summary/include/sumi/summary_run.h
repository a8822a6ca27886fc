/* What belongs to a run as a whole: hyper-parameters, dashboard layout, graph, profile of a step,
 * embeddings. Rules common to all calls: <sumi/writer.h>. None of these is gated by an interval. */
#ifndef SUMI_SUMMARY_RUN_H
#define SUMI_SUMMARY_RUN_H

#include <sumi/array_view.h>
#include <sumi/plugin_data.h>
#include <sumi/writer.h>

SUMI_BEGIN_DECLS

typedef struct sumi_hparams_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  const char *group SUMI_UNSET;  /* trials of one group are averaged; default: the run is its own */
} sumi_hparams_options_t;

/** Says with what hyper-parameters this run is made; once per run. Closing the writer records how
 * the trial ended: as sumi_writer_hparams_end said, or else as a success. TensorBoard shows metrics
 * only for runs below the log directory, not for the log directory itself.
 *
 *     sumi_hparam_t hparams[] = {{.name = "lr", .type = SUMI_HPARAM_NUMBER, .number = 0.1}};
 *     sumi_writer_hparams(log, hparams, 1); */
#define sumi_writer_hparams(writer, hparams, ...)                                                  \
  SUMI__WRITER_HPARAMS(writer, hparams, __VA_ARGS__, )
#define SUMI__WRITER_HPARAMS(writer, hparams, count, ...)                                          \
  sumi_writer_hparams_with(writer, hparams, count,                                                 \
                           SUMI_OPTIONS(sumi_hparams_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_writer_hparams_with(sumi_writer_t *writer, const sumi_hparam_t *hparams,
                                                size_t count,
                                                const sumi_hparams_options_t *options);

/** How closing the writer will say that the trial ended. */
SUMI_API sumi_status_t sumi_writer_hparams_end(sumi_writer_t *writer, sumi_hparams_status_t end);

/** Describes the experiment that trials belong to; once, in one run (by convention the parent
 * directory's). Optional: without it TensorBoard derives the columns from the trials. */
SUMI_API sumi_status_t sumi_writer_experiment(sumi_writer_t *writer,
                                              const sumi_hparams_experiment_t *experiment);

/** The layout of the Custom Scalars dashboard; once per run. */
SUMI_API sumi_status_t sumi_writer_custom_scalars(sumi_writer_t *writer,
                                                  const sumi_custom_category_t *categories,
                                                  size_t count);

/** The run's graph: a serialized tensorflow.GraphDef. Once per run. */
SUMI_API sumi_status_t sumi_writer_graph_def(sumi_writer_t *writer, const void *graph_def,
                                             size_t size_bytes);

/** Times and memory of one step: a serialized tensorflow.RunMetadata, shown on the run's graph. */
SUMI_API sumi_status_t sumi_writer_run_metadata(sumi_writer_t *writer, const char *tag,
                                                int64_t step, const void *run_metadata,
                                                size_t size_bytes);

typedef struct sumi_embedding_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  /* One label per point; with `columns` > 1, `columns` cells per point under the heads
   * `column_names`. */
  const char *const *labels SUMI_UNSET;
  const char *const *column_names SUMI_UNSET;
  int columns SUMI_UNSET;
  /* One picture per point, [n,h,w,c] of uint8 with c 1, 3 or 4; drawn as the points of the plot. */
  const sumi_array_view_t *pictures SUMI_UNSET;
} sumi_embedding_options_t;

/** Points for the Projector: [n,d] numbers, n from 1 to 100000, d at least 2, all finite. Writes
 * files in the run's directory before it returns (the one call that does) and replaces an earlier
 * embedding of the same name. */
#define sumi_writer_embedding(writer, name, ...) SUMI__WRITER_EMBEDDING(writer, name, __VA_ARGS__, )
#define SUMI__WRITER_EMBEDDING(writer, name, points, ...)                                          \
  sumi_writer_embedding_with(writer, name, points,                                                 \
                             SUMI_OPTIONS(sumi_embedding_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_writer_embedding_with(sumi_writer_t *writer, const char *name,
                                                  const sumi_array_view_t *points,
                                                  const sumi_embedding_options_t *options);

SUMI_END_DECLS
#endif
