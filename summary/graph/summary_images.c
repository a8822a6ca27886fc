/* ImageSummary. Source of names and inputs: TensorFlow core/ops/logging_ops.cc,
 * core/kernels/summary_image_op.cc. */
#include "summary_ops.h"

static sumi_status_t image_shape(sumi_infer_t *infer) {
  const sumi_dims_t dims = infer->in[1];
  infer->out[0] = SUMI_SCALAR;
  if (dims.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  const int64_t channels = dims.rank == 4 ? dims.size[3] : 0;
  if (dims.rank == 4 && (channels == -1 || channels == 1 || channels == 3 || channels == 4))
    return SUMI_OK;
  return sumi_refuse(infer, "images of shape %s; [n, h, w, c] with c 1, 3 or 4 is needed",
                     sumi_dims_text(dims).text);
}

static sumi_status_t image_kernel(const sumi_kernel_t *kernel) {
  sumi__summary_graph_summary_sink_t *sink;
  const char *tag;
  SUMI_TRY(sumi__summary_graph_summary_begin(kernel, &sink, &tag));
  const sumi_image_options_t options = {
      .struct_size = sizeof options,
      .max_outputs = (int)sumi_attr_int(kernel->op, "max_images"),
      .bad_color = (sumi_color_t)sumi_attr_int(kernel->op, "_bad_color")};
  return sumi__summary_graph_summary_end(
      kernel, sink, tag,
      sumi_writer_image_with(sink->writer, tag, sink->step, &kernel->in[1], &options));
}

SUMI_OP(
    ImageSummary,
    "tag: string, tensor: T | max_images: int = 3, _bad_color: int = 0 -> summary: string"
    " ; T: uint8 float32 float64",
    .doc =
        "Logs up to `max_images` pictures of [n, h, w, c]; floats are scaled by TensorFlow's rule.",
    .shape = image_shape, .kernel = image_kernel, .no_grad = "a summary is no number",
    .flags = SUMI_OP_SIDE_EFFECT);
