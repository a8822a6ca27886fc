/* Ops for scalars, histograms, text, and merging. Source of names and inputs: TensorFlow
 * core/ops/logging_ops.cc. */
#include "summary_ops.h"

/* ---- ScalarSummary ---- */

static sumi_status_t scalar_shape(sumi_infer_t *infer) {
  const int64_t count = sumi_dims_count(infer->in[1]);
  if (count >= 0 && count != 1)
    return sumi_refuse(infer, "a scalar summary of %lld elements; one is needed", (long long)count);
  infer->out[0] = SUMI_SCALAR;
  return SUMI_OK;
}

static sumi_status_t scalar_kernel(const sumi_kernel_t *kernel) {
  sumi__summary_graph_summary_sink_t *sink;
  const char *tag;
  SUMI_TRY(sumi__summary_graph_summary_begin(kernel, &sink, &tag));
  const double value = sumi_array_view_double(&kernel->in[1], 0);
  return sumi__summary_graph_summary_end(kernel, sink, tag,
                                         sumi_writer_scalar(sink->writer, tag, sink->step, value));
}

SUMI_OP(ScalarSummary,
        "tags: string, values: T -> summary: string ; T: float32 float64 int32 int64 uint8 int16 "
        "int8 uint16",
        .doc = "Logs the one element of `values` as a point of the curve `tags`.",
        .shape = scalar_shape, .kernel = scalar_kernel, .no_grad = "a summary is no number",
        .flags = SUMI_OP_SIDE_EFFECT);

/* ---- HistogramSummary ---- */

static sumi_status_t histogram_kernel(const sumi_kernel_t *kernel) {
  sumi__summary_graph_summary_sink_t *sink;
  const char *tag;
  SUMI_TRY(sumi__summary_graph_summary_begin(kernel, &sink, &tag));
  const int buckets = (int)sumi_attr_int(kernel->op, "_buckets");
  return sumi__summary_graph_summary_end(
      kernel, sink, tag,
      sumi_writer_histogram(sink->writer, tag, sink->step, &kernel->in[1], .buckets = buckets));
}

SUMI_OP(HistogramSummary,
        "tag: string, values: T | _buckets: int = 0 -> summary: string"
        " ; T: float32 float64 int32 int64 uint8 int16 int8 uint16",
        .doc = "Logs the distribution of the elements of `values`.", .shape = sumi_shape_scalar,
        .kernel = histogram_kernel, .no_grad = "a summary is no number",
        .flags = SUMI_OP_SIDE_EFFECT);

/* ---- TensorSummaryV2, for text ---- */

static sumi_status_t text_shape(sumi_infer_t *infer) {
  if (infer->in[1].rank > 2)
    return sumi_refuse(infer, "a text summary of rank %d; 0 to 2 can be shown", infer->in[1].rank);
  infer->out[0] = SUMI_SCALAR;
  return SUMI_OK;
}

static sumi_status_t text_kernel(const sumi_kernel_t *kernel) {
  sumi__summary_graph_summary_sink_t *sink;
  const char *tag;
  SUMI_TRY(sumi__summary_graph_summary_begin(kernel, &sink, &tag));
  return sumi__summary_graph_summary_end(
      kernel, sink, tag, sumi_writer_text_tensor(sink->writer, tag, sink->step, &kernel->in[1]));
}

SUMI_OP(
    TensorSummaryV2,
    "tag: string, tensor: T, serialized_summary_metadata: string -> summary: string ; T: string",
    .doc = "Logs texts (Markdown); rank 1 and 2 are shown as a table.", .shape = text_shape,
    .kernel = text_kernel, .no_grad = "a summary is no number", .flags = SUMI_OP_SIDE_EFFECT);

/* ---- MergeSummary ---- */

static sumi_status_t merge_kernel(const sumi_kernel_t *kernel) {
  ((const char **)sumi_kernel_out(kernel, 0))[0] = ((const char *const *)kernel->in[0].data)[0];
  return SUMI_OK;
}

SUMI_OP(MergeSummary, "inputs: N * string -> summary: string",
        .doc = "Runs all its summaries; its value is the first one's tag.",
        .shape = sumi_shape_scalar, .kernel = merge_kernel, .no_grad = "a summary is no number",
        .flags = SUMI_OP_SIDE_EFFECT);
