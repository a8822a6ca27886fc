/* Finished pixels and what is known about them: what every drawing function gives and the PNG
 * encoder takes. */
#ifndef SUMI_PICTURE_H
#define SUMI_PICTURE_H

#include <sumi/config.h>
#include <sumi/status.h>

SUMI_BEGIN_DECLS

/** How the bytes of a pixel are laid out. */
typedef enum sumi_pixel_format {
  SUMI_PIXEL_GREY = 1,   /* 1 byte */
  SUMI_PIXEL_RGB = 3,    /* 3 bytes: red, green, blue */
  SUMI_PIXEL_RGBA = 4,   /* 4 bytes: red, green, blue, alpha (not premultiplied) */
  SUMI_PIXEL_CANVAS = 32 /* one native uint32_t 0xffRRGGBB, always opaque; what drawing gives */
} sumi_pixel_format_t;

/** Whole pixels from the top left corner. */
typedef struct sumi_rect {
  int x, y, width, height;
} sumi_rect_t;

/** A picture that owns its pixels and its annotations. Zero-initialise it; functions that fill a
 * picture release nothing that was in it before, and leave it zeroed when they fail. */
typedef struct sumi_picture {
  sumi_pixel_format_t format SUMI_UNSET;
  int width SUMI_UNSET, height SUMI_UNSET; /* pixels */
  size_t stride_bytes SUMI_UNSET;          /* from one row to the next */
  uint8_t *pixels SUMI_UNSET;              /* height * stride_bytes bytes, from sumi_malloc */
  char *annotations SUMI_UNSET; /* JSON text (see annotations.h) or NULL, from sumi_malloc */
} sumi_picture_t;

/* No side of a picture is longer, no side of a drawn one (CANVAS, cairo's limit), and no picture
 * has more pixels. */
#define SUMI_PICTURE_MAX_SIDE_PX 65536
#define SUMI_CANVAS_MAX_SIDE_PX  32767
#define SUMI_PICTURE_MAX_PIXELS  (INT64_C(1) << 28)

/** Gives uninitialised pixels. INVALID_ARGUMENT for a side below 1 or above the limits;
 * RESOURCE_EXHAUSTED. */
SUMI_API sumi_status_t sumi_picture_new(sumi_pixel_format_t format, int64_t width, int64_t height,
                                        sumi_picture_t *picture);

/** Releases pixels and annotations and leaves an empty picture. NULL is allowed. */
SUMI_API void sumi_picture_free(sumi_picture_t *picture);

/** The pixel at column x, row y as 0xAARRGGBB, whatever the format; 0 outside the picture. */
SUMI_API uint32_t sumi_picture_pixel(const sumi_picture_t *picture, int x, int y);

/** What TensorFlow's Summary.Image calls the colorspace of the picture's PNG: 1 grey, 3 RGB, 4
 * RGBA. */
SUMI_API int sumi_picture_colorspace(const sumi_picture_t *picture);

SUMI_END_DECLS
#endif
