/* PNG: encoding with settings chosen by content, decoding with limits, annotations in a text
 * chunk. */
#ifndef SUMI_PNG_H
#define SUMI_PNG_H

#include <sumi/buffer.h>
#include <sumi/picture.h>

SUMI_BEGIN_DECLS

/** What a picture is like, which decides how zlib and the row filters are set. */
typedef enum sumi_png_content {
  SUMI_PNG_AUTO = 0, /* decided by size and by sampling the pixels */
  SUMI_PNG_TINY,     /* a few KB of pixels */
  SUMI_PNG_DRAWN,    /* flat areas, text, upscaled pictures */
  SUMI_PNG_PHOTO     /* neighbours differ */
} sumi_png_content_t;

typedef struct sumi_png_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  sumi_png_content_t content SUMI_UNSET;
  bool without_annotations SUMI_UNSET; /* leave picture->annotations out */
} sumi_png_options_t;

/** Appends the picture as a PNG (8 bits per channel) to `buffer`. Same picture, same bytes (for one
 * zlib version). Annotations go into an iTXt chunk with the keyword "sumi". On failure the buffer's
 * size is as before. INVALID_ARGUMENT: no pixels, annotations that are not UTF-8.
 * RESOURCE_EXHAUSTED. Any thread. */
SUMI_API sumi_status_t sumi_picture_encode_png_with(const sumi_picture_t *picture,
                                                    sumi_buffer_t *buffer,
                                                    const sumi_png_options_t *options);

/* sumi_picture_encode_png(&picture, &buffer, .content = …) */
#define sumi_picture_encode_png(picture, ...) SUMI__PICTURE_ENCODE_PNG(picture, __VA_ARGS__, )
#define SUMI__PICTURE_ENCODE_PNG(picture, buffer, ...)                                             \
  sumi_picture_encode_png_with(picture, buffer, SUMI_OPTIONS(sumi_png_options_t, __VA_ARGS__))

/** Width, height and colour space (1 grey, 2 grey+alpha, 3 RGB, 4 RGBA; a palette counts as 3) from
 * a PNG's header, without decoding. DATA_LOSS when the bytes do not start as a PNG does. */
SUMI_API sumi_status_t sumi_png_size(const void *bytes, size_t size_bytes, int *width, int *height,
                                     int *colorspace);

/** Decodes any PNG to a GREY, RGB or RGBA picture with its annotations. 16-bit channels keep their
 * upper byte, palettes become RGB(A), grey+alpha becomes RGBA. INVALID_ARGUMENT for a picture
 * beyond the limits of picture.h, DATA_LOSS for damaged bytes. */
SUMI_API sumi_status_t sumi_png_decode(const void *bytes, size_t size_bytes,
                                       sumi_picture_t *picture);

/** The "sumi" text chunk as a new text, to be released with sumi_free; pixels are not decoded.
 * NOT_FOUND when there is none, DATA_LOSS for damaged bytes. annotations.h turns the text into
 * values. */
SUMI_API sumi_status_t sumi_png_read_annotations(const void *bytes, size_t size_bytes,
                                                 char **annotations);

SUMI_END_DECLS
#endif
