#include <sumi/picture.h>

#include <string.h>

#include <sumi/alloc.h>

static size_t bytes_per_pixel(sumi_pixel_format_t format) {
  return format == SUMI_PIXEL_CANVAS ? sizeof(uint32_t) : (size_t)format;
}

sumi_status_t sumi_picture_new(sumi_pixel_format_t format, int64_t width, int64_t height,
                               sumi_picture_t *picture) {
  if (!picture) return sumi_fail(SUMI_INVALID_ARGUMENT, "picture is NULL");
  *picture = (sumi_picture_t){0};
  if (format != SUMI_PIXEL_GREY && format != SUMI_PIXEL_RGB && format != SUMI_PIXEL_RGBA &&
      format != SUMI_PIXEL_CANVAS)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "picture format %d is unknown", (int)format);
  const int64_t longest = format == SUMI_PIXEL_CANVAS ? SUMI_CANVAS_MAX_SIDE_PX
                                                      : SUMI_PICTURE_MAX_SIDE_PX;
  if (width < 1 || height < 1 || width > longest || height > longest ||
      width * height > SUMI_PICTURE_MAX_PIXELS)
    return sumi_fail(
        SUMI_INVALID_ARGUMENT,
        "a picture of %lld x %lld pixels is not possible: 1 to %lld a side and at most "
        "%lld pixels are allowed",
        (long long)width, (long long)height, (long long)longest,
        (long long)SUMI_PICTURE_MAX_PIXELS);
  const size_t stride = (size_t)width * bytes_per_pixel(format);
  uint8_t *pixels = sumi_malloc(stride * (size_t)height);
  if (!pixels) return sumi_fail_alloc("a picture's pixels", stride * (size_t)height);
  *picture = (sumi_picture_t){.format = format,
                              .width = (int)width,
                              .height = (int)height,
                              .stride_bytes = stride,
                              .pixels = pixels};
  return SUMI_OK;
}

void sumi_picture_free(sumi_picture_t *picture) {
  if (!picture) return;
  sumi_free(picture->pixels);
  sumi_free(picture->annotations);
  *picture = (sumi_picture_t){0};
}

uint32_t sumi_picture_pixel(const sumi_picture_t *picture, int x, int y) {
  if (!picture || !picture->pixels || x < 0 || y < 0 || x >= picture->width || y >= picture->height)
    return 0;
  const uint8_t *at = picture->pixels + (size_t)y * picture->stride_bytes +
                      (size_t)x * bytes_per_pixel(picture->format);
  uint32_t color;
  switch (picture->format) {
  case SUMI_PIXEL_GREY: return 0xff000000u | at[0] * 0x010101u;
  case SUMI_PIXEL_RGB:
    return 0xff000000u | (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | (uint32_t)at[2];
  case SUMI_PIXEL_RGBA:
    return (uint32_t)at[3] << 24 | (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | (uint32_t)at[2];
  case SUMI_PIXEL_CANVAS: memcpy(&color, at, sizeof color); return color;
  }
  return 0;
}

int sumi_picture_colorspace(const sumi_picture_t *picture) {
  return picture->format == SUMI_PIXEL_CANVAS ? SUMI_PIXEL_RGB : (int)picture->format;
}
