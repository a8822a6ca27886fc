#include "array/source.h"
#include "data/image/image.h"

#include <string.h>
#include <sumi/alloc.h>
#include <sumi/options.h>

typedef sumi_status_t (*decoder_t)(const void *bytes, size_t size, int channels,
                                   sumi_array_t **image);

static const struct {
  const char *magic;
  size_t size;
  decoder_t decode;
} formats[] = {{"\x89PNG\r\n\x1a\n", 8, sumi__tensor_decode_png},
               {"\xff\xd8\xff", 3, sumi__tensor_decode_jpeg}};

static sumi_status_t decode_any(const void *bytes, size_t size, int channels,
                                sumi_array_t **image) {
  const unsigned char *start = bytes;
  for (size_t i = 0; i < sizeof formats / sizeof *formats; ++i)
    if (size >= formats[i].size && memcmp(bytes, formats[i].magic, formats[i].size) == 0)
      return formats[i].decode(bytes, size, channels, image);
  if (size < 2) return sumi_fail(SUMI_DATA_LOSS, "%zu bytes, which are no picture", size);
  return sumi_fail(SUMI_DATA_LOSS, "neither a PNG nor a JPEG: %zu bytes that begin with %02x %02x",
                   size, start[0], start[1]);
}

/* A fourth channel for pictures that have none, and that cannot be asked for one. */
static sumi_status_t add_alpha(sumi_array_t **image) {
  const sumi_dims_t dims = sumi_array_dims(*image);
  sumi_array_t *wider = sumi_array_new(SUMI_UINT8, SUMI_DIMS(dims.size[0], dims.size[1], 4));
  const unsigned char *from = sumi_array_data(*image);
  for (int64_t i = 0; wider && i < dims.size[0] * dims.size[1]; ++i) {
    unsigned char *to = (unsigned char *)sumi_array_data(wider) + 4 * i;
    for (int c = 0; c < 3; ++c) to[c] = from[3 * i + c];
    to[3] = 255;
  }
  sumi_array_unref(*image);
  *image = wider;
  return wider ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

/* Inks become three channels, whatever is asked for. */
static sumi_status_t to_gray(sumi_array_t **image) {
  const sumi_dims_t dims = sumi_array_dims(*image);
  sumi_array_t *gray = sumi_array_new(SUMI_UINT8, SUMI_DIMS(dims.size[0], dims.size[1], 1));
  const unsigned char *from = sumi_array_data(*image);
  for (int64_t i = 0; gray && i < dims.size[0] * dims.size[1]; ++i)
    ((unsigned char *)sumi_array_data(gray))[i] =
        (unsigned char)((299 * from[3 * i] + 587 * from[3 * i + 1] + 114 * from[3 * i + 2] + 500) /
                        1000);
  sumi_array_unref(*image);
  *image = gray;
  return gray ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

sumi_status_t sumi__tensor_image_decode(const void *bytes, size_t size,
                                        const sumi_decode_options_t *given, sumi_array_t **image) {
  sumi_decode_options_t options;
  *image = NULL;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  const int channels = options.channels;
  if (!bytes) return sumi_fail(SUMI_INVALID_ARGUMENT, "the bytes of a picture are NULL");
  if (channels != 0 && channels != 1 && channels != 3 && channels != 4)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "a picture: channels is %d; 1, 3 and 4 are allowed",
                     channels);
  SUMI_TRY(decode_any(bytes, size, channels, image));
  const int64_t found = sumi_array_dims(*image).size[2];
  if (channels == 4 && found == 3) return add_alpha(image);
  return channels == 1 && found == 3 ? to_gray(image) : SUMI_OK;
}

sumi_array_t *sumi_image_decode_with(const void *bytes, size_t size_bytes,
                                     const sumi_decode_options_t *options) {
  sumi_array_t *image;
  sumi__tensor_image_decode(bytes, size_bytes, options, &image);
  return image;
}

sumi_status_t sumi__tensor_image_read(const char *path, const sumi_decode_options_t *options,
                                      sumi_array_t **image) {
  unsigned char *bytes = NULL;
  size_t size = 0;
  *image = NULL;
  sumi_status_t status = sumi__tensor_source_read_file(path, &bytes, &size);
  if (status == SUMI_OK) {
    status = sumi__tensor_image_decode(bytes, size, options, image);
    if (status != SUMI_OK) sumi_fail(status, "%s: %s", path, sumi_error_message());
  }
  sumi_free(bytes);
  return status;
}

sumi_array_t *sumi_image_read_with(const char *path, const sumi_decode_options_t *options) {
  sumi_array_t *image;
  sumi__tensor_image_read(path, options, &image);
  return image;
}
