#include "data/image/image.h"

#include <inttypes.h>

sumi_status_t sumi__tensor_image_look(const char *what, const sumi_array_t *array,
                                      sumi__tensor_image_t *image) {
  if (!array) return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: the picture is NULL", what);
  const sumi_dims_t dims = sumi_array_dims(array);
  const sumi_dtype_t dtype = sumi_array_dtype(array);
  const bool fits = (dims.rank == 3 || dims.rank == 4) &&
                    (dtype == SUMI_UINT8 || dtype == SUMI_FLOAT32);
  const int64_t *size = dims.size + (dims.rank == 4);
  if (!fits || size[0] < 1 || size[1] < 1 || size[2] < 1)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "%s: a picture of %s %s; uint8 or float32 (height, width, channels), or "
                     "several of them, is needed",
                     what, sumi_dtype_name(dtype), sumi_dims_text(dims).text);
  *image = (sumi__tensor_image_t){.array = array,
                                  .several = dims.rank == 4,
                                  .n = dims.rank == 4 ? dims.size[0] : 1,
                                  .height = size[0],
                                  .width = size[1],
                                  .channels = size[2]};
  image->pixel_bytes = (size_t)image->channels * sumi_dtype_size_bytes(dtype);
  return SUMI_OK;
}

sumi_array_t *sumi__tensor_image_new(const sumi__tensor_image_t *like, sumi_dtype_t dtype,
                                     int64_t height, int64_t width) {
  return sumi_array_new(dtype, like->several ? SUMI_DIMS(like->n, height, width, like->channels)
                                             : SUMI_DIMS(height, width, like->channels));
}

enum { MAX_SIDE = 65535, MAX_PIXELS = 1 << 28 };

sumi_array_t *sumi__tensor_image_of_header(const char *format, int64_t height, int64_t width,
                                           int channels) {
  if (height > 0 && width > 0 && height <= MAX_SIDE && width <= MAX_SIDE &&
      height * width <= MAX_PIXELS)
    return sumi_array_new_uninitialized(SUMI_UINT8, SUMI_DIMS(height, width, channels));
  sumi_fail(SUMI_INVALID_ARGUMENT,
            "a %s of %" PRId64 " x %" PRId64 " pixels; up to %d a side and %d in all are read",
            format, width, height, MAX_SIDE, MAX_PIXELS);
  return NULL;
}
