/* What the functions of pictures share; for the files of tensor/data/ only. */
#ifndef SUMI_DATA_IMAGE_IMAGE_H
#define SUMI_DATA_IMAGE_IMAGE_H

#include <sumi/image.h>

/* Pictures as four axes; a single one is n = 1. */
typedef struct {
  const sumi_array_t *array;
  bool several; /* of rank 4 */
  int64_t n, height, width, channels;
  size_t pixel_bytes;
} sumi__tensor_image_t;

/* Looks at an array as pictures; INVALID_ARGUMENT, naming the caller, when it is none. */
sumi_status_t sumi__tensor_image_look(const char *what, const sumi_array_t *array,
                                      sumi__tensor_image_t *image);

/* A new array for pictures of the same number and channels. */
sumi_array_t *sumi__tensor_image_new(const sumi__tensor_image_t *like, sumi_dtype_t dtype,
                                     int64_t height, int64_t width);

/* sumi_image_decode and sumi_image_read with their status; *image is NULL then. */
sumi_status_t sumi__tensor_image_decode(const void *bytes, size_t size,
                                        const sumi_decode_options_t *options, sumi_array_t **image);
sumi_status_t sumi__tensor_image_read(const char *path, const sumi_decode_options_t *options,
                                      sumi_array_t **image);

/* Decoders of one format each, into uint8 [height, width, channels]. */
sumi_status_t sumi__tensor_decode_png(const void *bytes, size_t size, int channels,
                                      sumi_array_t **image);
sumi_status_t sumi__tensor_decode_jpeg(const void *bytes, size_t size, int channels,
                                       sumi_array_t **image);

/* The array for a picture whose header was read; NULL, after recording why, for impossible
 * sizes. */
sumi_array_t *sumi__tensor_image_of_header(const char *format, int64_t height, int64_t width,
                                           int channels);

#endif
