/* What the summary ops share with the hook that runs them. */
#ifndef SUMI_SUMMARY_GRAPH_SUMMARY_OPS_H
#define SUMI_SUMMARY_GRAPH_SUMMARY_OPS_H

#include <sumi/op_def.h>
#include <sumi/summary_graph.h>

/* Where the summaries of the run under way go: the session's resource of this name. */
#define SUMI__SUMMARY_SINK "sumi/summary_sink"

/* A summary that cannot be logged must not keep the others, or the training step, from being done:
 * the first failure waits here until the run is over. */
typedef struct sumi__summary_graph_summary_sink {
  sumi_writer_t *writer;
  int64_t step;
  sumi_status_t status;
  char message[SUMI_ERROR_MESSAGE_MAX]; /* of `status` */
} sumi__summary_graph_summary_sink_t;

/* Makes the summary ops known, once per process. Thread-safe. */
sumi_status_t sumi__summary_graph_register_summary_ops(void);

/* The tag of a summary node, from its constant first input; NULL for nodes that are not
 * summaries. */
const char *sumi__summary_graph_summary_tag(const sumi_op_t *op);

/* In a kernel: the sink and the tag; says why when there is none. */
sumi_status_t sumi__summary_graph_summary_begin(const sumi_kernel_t *kernel,
                                                sumi__summary_graph_summary_sink_t **sink,
                                                const char **tag);

/* In a kernel: gives the tag as the node's value and keeps a failure, with the thread's last
 * message, in the sink. */
sumi_status_t sumi__summary_graph_summary_end(const sumi_kernel_t *kernel,
                                              sumi__summary_graph_summary_sink_t *sink,
                                              const char *tag, sumi_status_t status);

/* The definitions, by file. */
extern const sumi_op_def_t sumi__tensor_op_ScalarSummary, sumi__tensor_op_HistogramSummary,
    sumi__tensor_op_TensorSummaryV2, sumi__tensor_op_MergeSummary;
extern const sumi_op_def_t sumi__tensor_op_ImageSummary;
extern const sumi_op_def_t sumi__tensor_op_SumiPredictions, sumi__tensor_op_SumiLabeledImages;

#endif
