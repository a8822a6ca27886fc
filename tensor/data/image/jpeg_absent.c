/* In place of jpeg.c where Sumi is built without libjpeg. */
#include "data/image/image.h"

sumi_status_t sumi__tensor_decode_jpeg(const void *bytes, size_t size, int channels,
                                       sumi_array_t **image) {
  (void)bytes, (void)size, (void)channels;
  *image = NULL;
  return sumi_fail(SUMI_UNIMPLEMENTED, "a JPEG: Sumi was built without libjpeg");
}
