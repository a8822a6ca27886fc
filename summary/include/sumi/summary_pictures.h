/* Pictures for TensorBoard's Images: arrays, drawn predictions, charts. Rules common to all calls:
 * <sumi/writer.h>. */
#ifndef SUMI_SUMMARY_PICTURES_H
#define SUMI_SUMMARY_PICTURES_H

#include <sumi/array_view.h>
#include <sumi/charts.h>
#include <sumi/gallery.h>
#include <sumi/writer.h>

SUMI_BEGIN_DECLS

typedef struct sumi_image_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  int max_outputs SUMI_UNSET;    /* pictures of the batch to show; default 3 */
  /* Values shown as 0 and 255; both 0: TensorFlow 1's rule, per picture (see pixels.h). 0 and 1 is
   * TensorFlow 2's. */
  double low SUMI_UNSET, high SUMI_UNSET;
  sumi_color_t bad_color SUMI_UNSET; /* for pixels with NaN or infinity; default red */
  /* The pixels lie as [c,h,w] or [n,c,h,w], as PyTorch's do. */
  bool channels_first SUMI_UNSET;
} sumi_image_options_t;

/** An array as it is: pixels [h,w], [h,w,c] or [n,h,w,c] of the dtypes that pixels.h takes, with c
 * 1 (grey), 2 (grey and alpha), 3 (RGB) or 4 (RGB and alpha), and n at least 1. */
#define sumi_writer_image(writer, tag, step, ...)                                                  \
  SUMI__WRITER_IMAGE(writer, tag, step, __VA_ARGS__, )
#define SUMI__WRITER_IMAGE(writer, tag, step, pixels, ...)                                         \
  sumi_writer_image_with(writer, tag, step, pixels, SUMI_OPTIONS(sumi_image_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_writer_image_with(sumi_writer_t *writer, const char *tag, int64_t step,
                                              const sumi_array_view_t *pixels,
                                              const sumi_image_options_t *options);

/** Images that are encoded already (PNG, JPEG, GIF or BMP), `count` at least 1, all of the same
 * size in pixels. */
SUMI_API sumi_status_t sumi_writer_encoded_images(sumi_writer_t *writer, const char *tag,
                                                  int64_t step, int width_px, int height_px,
                                                  const sumi_bytes_view_t *images, size_t count);

/** A finished picture, whatever drew it: a chart of <sumi/charts.h>, a canvas. Its annotations go
 * into the PNG. */
SUMI_API sumi_status_t sumi_writer_picture(sumi_writer_t *writer, const char *tag, int64_t step,
                                           const sumi_picture_t *picture);

/** The name that a gallery's options had for the writer. */
typedef sumi_gallery_options_t sumi_predictions_options_t;

/** A gallery of pictures with what was predicted for them and what is true (see prediction.h and
 * gallery.h). */
#define sumi_writer_predictions(writer, tag, step, predictions, ...)                               \
  SUMI__WRITER_PREDICTIONS(writer, tag, step, predictions, __VA_ARGS__, )
#define SUMI__WRITER_PREDICTIONS(writer, tag, step, predictions, count, ...)                       \
  sumi_writer_predictions_with(writer, tag, step, predictions, count,                              \
                               SUMI_OPTIONS(sumi_gallery_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_writer_predictions_with(sumi_writer_t *writer, const char *tag,
                                                    int64_t step,
                                                    const sumi_prediction_t *predictions,
                                                    int64_t count,
                                                    const sumi_gallery_options_t *options);

/** A confusion matrix, counts [n,n] of any numeric dtype, row = truth, column = prediction (see
 * charts.h). */
#define sumi_writer_confusion(writer, tag, step, ...)                                              \
  SUMI__WRITER_CONFUSION(writer, tag, step, __VA_ARGS__, )
#define SUMI__WRITER_CONFUSION(writer, tag, step, counts, ...)                                     \
  sumi_writer_confusion_with(writer, tag, step, counts,                                            \
                             SUMI_OPTIONS(sumi_confusion_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_writer_confusion_with(sumi_writer_t *writer, const char *tag,
                                                  int64_t step, const sumi_array_view_t *counts,
                                                  const sumi_confusion_options_t *options);

/** The filters of a convolution, [height,width,in,out] floats (see charts.h). */
#define sumi_writer_filters(writer, tag, step, ...)                                                \
  SUMI__WRITER_FILTERS(writer, tag, step, __VA_ARGS__, )
#define SUMI__WRITER_FILTERS(writer, tag, step, filters, ...)                                      \
  sumi_writer_filters_with(writer, tag, step, filters,                                             \
                           SUMI_OPTIONS(sumi_filters_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_writer_filters_with(sumi_writer_t *writer, const char *tag,
                                                int64_t step, const sumi_array_view_t *filters,
                                                const sumi_filters_options_t *options);

SUMI_END_DECLS
#endif
