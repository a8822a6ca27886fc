#include "ops/conv_shape.h"

#include "ops/known.h"
#include "ops/window_attrs.h"

static sumi_status_t want_channels(const sumi_infer_t *infer, int64_t images, int64_t filter) {
  if (images < 0 || filter < 0 || images == filter) return SUMI_OK;
  return sumi_refuse(infer, "filter has %lld input channels, images have %lld", (long long)filter,
                     (long long)images);
}

static sumi_status_t want_rank_four(const sumi_infer_t *infer, const char *name,
                                    sumi_dims_t *dims) {
  if (dims->rank == SUMI_UNKNOWN_RANK) *dims = sumi__tensor_dims_of_rank(4);
  if (dims->rank == 4) return SUMI_OK;
  return sumi_refuse(infer, "%s has shape %s, rank 4 is wanted", name, sumi_dims_text(*dims).text);
}

static sumi_status_t out_channels(const sumi_infer_t *infer, const sumi_dims_t *filter,
                                  bool depthwise, int64_t *channels) {
  const int64_t in = filter->size[2], last = filter->size[3];
  *channels = !depthwise ? last : in < 0 || last < 0 ? -1 : in * last;
  if (in <= 0 || last <= 0 || !depthwise || last <= INT64_MAX / in) return SUMI_OK;
  return sumi_refuse(infer, "filter has shape %s: too many channels", sumi_dims_text(*filter).text);
}

/* The output's shape from the other two, as far as these are known. */
static sumi_status_t output_dims(const sumi_infer_t *infer, bool depthwise, sumi_dims_t images,
                                 sumi_dims_t filter, sumi_dims_t *output) {
  sumi__tensor_spatial_t stride, dilation;
  SUMI_TRY(sumi__tensor_want_nhwc(infer));
  SUMI_TRY(sumi__tensor_want_spatial(infer, "strides", &stride));
  SUMI_TRY(sumi__tensor_want_spatial(infer, "dilations", &dilation));
  SUMI_TRY(want_rank_four(infer, "the array of images", &images));
  SUMI_TRY(want_rank_four(infer, "filter", &filter));
  SUMI_TRY(want_channels(infer, images.size[3], filter.size[2]));
  if (filter.size[0] == 0 || filter.size[1] == 0)
    return sumi_refuse(infer, "filter has shape %s: it covers nothing",
                       sumi_dims_text(filter).text);
  *output = (sumi_dims_t){4, {images.size[0], -1, -1, -1}};
  SUMI_TRY(out_channels(infer, &filter, depthwise, &output->size[3]));
  SUMI_TRY(sumi__tensor_want_windows(infer, "rows", images.size[1], filter.size[0], stride.rows,
                                     dilation.rows, &output->size[1]));
  return sumi__tensor_want_windows(infer, "columns", images.size[2], filter.size[1], stride.columns,
                                   dilation.columns, &output->size[2]);
}

sumi_status_t sumi__tensor_conv_output_shape(sumi_infer_t *infer, bool depthwise) {
  return output_dims(infer, depthwise, infer->in[0], infer->in[1], &infer->out[0]);
}

/* Refuses gradients of the output that have another shape than the output. */
static sumi_status_t want_output_like(const sumi_infer_t *infer, bool depthwise, sumi_dims_t images,
                                      sumi_dims_t filter) {
  sumi_dims_t output, merged;
  SUMI_TRY(output_dims(infer, depthwise, images, filter, &output));
  if (sumi_merge_dims(output, infer->in[2], &merged)) return SUMI_OK;
  return sumi_refuse(infer,
                     "out_backprop has shape %s; images %s and filter %s make an output of %s",
                     sumi_dims_text(infer->in[2]).text, sumi_dims_text(images).text,
                     sumi_dims_text(filter).text, sumi_dims_text(output).text);
}

static sumi_status_t sizes_input(sumi_infer_t *infer, int input, const char *name) {
  SUMI_TRY(sumi__tensor_want_dims(infer, input, name, &infer->out[0]));
  return want_rank_four(infer, name, &infer->out[0]);
}

sumi_status_t sumi__tensor_conv_images_shape(sumi_infer_t *infer, bool depthwise) {
  SUMI_TRY(sizes_input(infer, 0, "input_sizes"));
  return want_output_like(infer, depthwise, infer->out[0], infer->in[1]);
}

sumi_status_t sumi__tensor_conv_filter_shape(sumi_infer_t *infer, bool depthwise) {
  SUMI_TRY(sizes_input(infer, 1, "filter_sizes"));
  return want_output_like(infer, depthwise, infer->in[0], infer->out[0]);
}

sumi__tensor_conv_t sumi__tensor_conv_geometry(const sumi_op_t *op, const sumi_array_view_t *images,
                                               const sumi_array_view_t *filter) {
  const sumi__tensor_spatial_t stride = sumi__tensor_spatial_attr(op, "strides"),
                               dilation = sumi__tensor_spatial_attr(op, "dilations");
  return (sumi__tensor_conv_t){.images = images->dims[0],
                               .in_channels = filter->dims[2],
                               .out_channels = filter->dims[3],
                               .rows = sumi__tensor_op_window(op, images->dims[1], filter->dims[0],
                                                              stride.rows, dilation.rows),
                               .columns = sumi__tensor_op_window(op, images->dims[2],
                                                                 filter->dims[1], stride.columns,
                                                                 dilation.columns)};
}

static void *read_only(const sumi_array_view_t *view) {
  return (void *)(uintptr_t)view->data;
}

sumi__tensor_conv_arrays_t sumi__tensor_conv_arrays(const sumi_array_view_t *images,
                                                    const sumi_array_view_t *filter,
                                                    const sumi_array_view_t *output) {
  return (sumi__tensor_conv_arrays_t){read_only(images), read_only(filter), read_only(output)};
}
