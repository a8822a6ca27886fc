/* Ops for scalars, histograms, text, and merging. Source of names and inputs: TensorFlow
 * core/ops/logging_ops.cc. */
#include "summary_registry.h"

#include <sumi/summary_values.h>

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

SUMI_SUMMARY_OP(
    ScalarSummary, none,
    "tags: string, values: T -> summary: string ; T: float32 float64 int32 int64 uint8 int16 "
    "int8 uint16",
    .api = "summary_scalar",
    .doc = "Logs the one element of `values` as a point of the curve `tag`.", .shape = scalar_shape,
    .kernel = scalar_kernel);

/* ---- HistogramSummary ---- */

static sumi_status_t histogram_kernel(const sumi_kernel_t *kernel) {
  sumi__summary_graph_summary_sink_t *sink;
  const char *tag;
  SUMI_TRY(sumi__summary_graph_summary_begin(kernel, &sink, &tag));
  sumi_histogram_options_t options = {.struct_size = sizeof options};
  sumi__summary_graph_read_options(kernel->op, sumi__summary_graph_options_of_HistogramSummary,
                                   &options);
  return sumi__summary_graph_summary_end(
      kernel, sink, tag,
      sumi_writer_histogram_with(sink->writer, tag, sink->step, &kernel->in[1], &options));
}

SUMI_SUMMARY_OP(HistogramSummary, sumi_histogram_options_t,
                "tag: string, values: T | _buckets: int = 0 -> summary: string"
                " ; T: float32 float64 int32 int64 uint8 int16 int8 uint16",
                .api = "summary_histogram",
                .doc = "Logs the distribution of the elements of `values`.",
                .shape = sumi_shape_scalar, .kernel = histogram_kernel);

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

SUMI_SUMMARY_OP(
    TensorSummaryV2, none,
    "tag: string, tensor: T, serialized_summary_metadata: string -> summary: string ; T: string",
    .api = "summary_text",
    .doc = "Logs a text (Markdown), rank 0, or texts as a table, rank 1 and 2.",
    .shape = text_shape, .kernel = text_kernel);

/* ---- MergeSummary ---- */

static sumi_status_t merge_kernel(const sumi_kernel_t *kernel) {
  ((const char **)sumi_kernel_out(kernel, 0))[0] = ((const char *const *)kernel->in[0].data)[0];
  return SUMI_OK;
}

SUMI_OP(MergeSummary, "inputs: N * string -> summary: string", .api = "summary_merge",
        .doc = "Runs all its summaries; its value is the first one's tag.",
        .shape = sumi_shape_scalar, .kernel = merge_kernel, .no_grad = "a summary is no number",
        .flags = SUMI_OP_SIDE_EFFECT);
