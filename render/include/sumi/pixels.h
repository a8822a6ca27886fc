/* Numbers as pictures: TensorFlow's image-summary rules. */
#ifndef SUMI_PIXELS_H
#define SUMI_PIXELS_H

#include <sumi/array_view.h>
#include <sumi/color.h>
#include <sumi/picture.h>

SUMI_BEGIN_DECLS

typedef struct sumi_pixels_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  /* Colour of pixels with a value that is not finite; default opaque red. A grey picture takes its
   * red byte. */
  sumi_color_t bad_color SUMI_UNSET;
  /* Values shown as 0 and 255, in between cut(255.5 * (x - low) / (high - low)), outside clipped; 0
   * and 1 give TensorFlow 2's rule. Both 0 (the default) asks for TensorFlow 1's, per picture. */
  double low SUMI_UNSET, high SUMI_UNSET;
} sumi_pixels_options_t;

/** How many pictures an array holds: [h, w], [h, w, c] one; [n, h, w, c] n. c is 1 (grey), 2 (grey
 * and alpha), 3 (RGB) or 4 (RGB and alpha); float32, float64, bool, integers of 8 or 16 bits.
 * INVALID_ARGUMENT naming `what` and the whole shape for another rank or channel count, for
 * pictures without pixels (unless n is 0), and for pictures beyond SUMI_PICTURE_MAX_SIDE_PX or
 * SUMI_PICTURE_MAX_PIXELS. */
SUMI_API sumi_status_t sumi_pixels_check(const char *what, const sumi_array_view_t *pictures,
                                         int64_t *count);

/** Pixels that lie as [c, h, w] or [n, c, h, w], as PyTorch's do, copied into `room`, of as many
 * bytes, as [h, w, c] or [n, h, w, c]; `room` NULL gives that shape alone, of data that lie as
 * before. INVALID_ARGUMENT, naming `what`, for another rank, strings, or what is no array. Any
 * thread. */
SUMI_API sumi_status_t sumi_pixels_channels_last(const char *what, const sumi_array_view_t *pixels,
                                                 void *room, sumi_array_view_t *moved);

/** Picture `index` of the array as a new GREY, RGB or RGBA picture. uint8 values are taken as they
 * are (unless a range is given), uint16 from 0 to 65535, bool from 0 to 1. Floats and signed
 * integers follow TensorFlow's rule, per picture and over its finite pixels: without a negative
 * value x * (255 / max), otherwise 128 + x * (127 / max|x|), cut to whole numbers; extremes below
 * 1e-6 count as 0. A pixel with any non-finite channel becomes bad_color. Source:
 * tensorflow/core/kernels/summary_image_op.cc, NormalizeFloatImage. Any thread. */
SUMI_API sumi_status_t sumi_pixels_picture_with(const sumi_array_view_t *pictures, int64_t index,
                                                sumi_picture_t *picture,
                                                const sumi_pixels_options_t *options);

/* sumi_pixels_picture(pictures, index, &picture, .bad_color = …) */
#define sumi_pixels_picture(pictures, index, ...)                                                  \
  SUMI__PIXELS_PICTURE(pictures, index, __VA_ARGS__, )
#define SUMI__PIXELS_PICTURE(pictures, index, picture, ...)                                        \
  sumi_pixels_picture_with(pictures, index, picture,                                               \
                           SUMI_OPTIONS(sumi_pixels_options_t, __VA_ARGS__))

SUMI_END_DECLS
#endif
