/* ImageSummary. Source of names and inputs: TensorFlow core/ops/logging_ops.cc,
 * core/kernels/summary_image_op.cc. */
#include "summary_registry.h"

#include <sumi/summary_pictures.h>

static sumi_status_t image_shape(sumi_infer_t *infer) {
  const sumi_dims_t dims = infer->in[1];
  infer->out[0] = SUMI_SCALAR;
  if (dims.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  const bool first = sumi_attr_bool(infer->op, "_channels_first");
  const int64_t channels = dims.rank == 4 ? dims.size[first ? 1 : 3] : 0;
  if (dims.rank == 4 && (channels == -1 || channels == 1 || channels == 3 || channels == 4))
    return SUMI_OK;
  return sumi_refuse(infer, "images of shape %s; %s with c 1, 3 or 4 is needed",
                     sumi_dims_text(dims).text, first ? "[n, c, h, w]" : "[n, h, w, c]");
}

static sumi_status_t image_kernel(const sumi_kernel_t *kernel) {
  sumi__summary_graph_summary_sink_t *sink;
  const char *tag;
  SUMI_TRY(sumi__summary_graph_summary_begin(kernel, &sink, &tag));
  sumi_image_options_t options = {.struct_size = sizeof options};
  sumi__summary_graph_read_options(kernel->op, sumi__summary_graph_options_of_ImageSummary,
                                   &options);
  return sumi__summary_graph_summary_end(
      kernel, sink, tag,
      sumi_writer_image_with(sink->writer, tag, sink->step, &kernel->in[1], &options));
}

SUMI_SUMMARY_OP(
    ImageSummary, sumi_image_options_t,
    "tag: string, tensor: T"
    " | max_images: int = 3, _low: float = 0, _high: float = 0, _bad_color: int = 0,"
    " _channels_first: bool = false"
    " -> summary: string ; T: uint8 float32 float64",
    .api = "summary_image",
    .doc = "Logs up to `max_outputs` pictures of [n, h, w, c], c 1, 3 or 4; with `channels_first` "
           "of [n, c, h, w]. Floats are scaled by TensorFlow's rule where no range is given.",
    .shape = image_shape, .kernel = image_kernel);
