#include <sumi/png.h>

#include <string.h>

#include <zlib.h>

#include <sumi/alloc.h>
#include <sumi/utf8.h>

#include "png_session.h"

enum { SIGNATURE_BYTES = 8, HEADER_BYTES = 33 };
static const uint8_t signature[SIGNATURE_BYTES] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

static uint32_t big_endian(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* PNG's colour types as TensorFlow's colour spaces; 0: not a colour type. */
static int colorspace_of(uint8_t color_type) {
  switch (color_type) {
  case PNG_COLOR_TYPE_GRAY: return 1;
  case PNG_COLOR_TYPE_GRAY_ALPHA: return 2;
  case PNG_COLOR_TYPE_RGB:
  case PNG_COLOR_TYPE_PALETTE: return 3;
  case PNG_COLOR_TYPE_RGBA: return 4;
  default: return 0;
  }
}

sumi_status_t sumi_png_size(const void *bytes, size_t size_bytes, int *width, int *height,
                            int *colorspace) {
  if (!bytes || !width || !height || !colorspace)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "bytes, width, height or colorspace is NULL");
  const uint8_t *at = bytes;
  if (size_bytes < HEADER_BYTES || memcmp(at, signature, sizeof signature) != 0)
    return sumi_fail(SUMI_DATA_LOSS, "%zu bytes that are not a PNG", size_bytes);
  const uint32_t w = big_endian(at + 16), h = big_endian(at + 20);
  if (big_endian(at + 8) != 13 || memcmp(at + 12, "IHDR", 4) != 0 ||
      (uint32_t)crc32(0, at + 12, 17) != big_endian(at + 29) || w == 0 || h == 0 || w > INT32_MAX ||
      h > INT32_MAX || colorspace_of(at[25]) == 0)
    return sumi_fail(SUMI_DATA_LOSS, "PNG: the header (IHDR, offset 8) is damaged");
  *width = (int)w;
  *height = (int)h;
  *colorspace = colorspace_of(at[25]);
  return SUMI_OK;
}

/* The encoded bytes and how far libpng has read. */
typedef struct {
  const uint8_t *bytes;
  size_t size, at;
} source_t;

static void read_from_source(png_structp png, uint8_t *to, size_t size_bytes) {
  source_t *source = png_get_io_ptr(png);
  if (size_bytes > source->size - source->at) png_error(png, "the bytes end early");
  memcpy(to, source->bytes + source->at, size_bytes);
  source->at += size_bytes;
}

/* The "sumi" text as a new text in *annotations, if there is one and it is UTF-8. */
static void take_annotations(sumi__render_png_session_t *session, char **annotations) {
  png_textp texts = NULL;
  int count = 0;
  png_get_text(session->png, session->info, &texts, &count);
  for (int i = 0; i < count && !*annotations; ++i) {
    if (strcmp(texts[i].key, SUMI__PNG_KEYWORD) != 0 ||
        texts[i].compression < PNG_ITXT_COMPRESSION_NONE)
      continue;
    const size_t length = texts[i].itxt_length;
    if (sumi_utf8_first_invalid(texts[i].text, length) != length || strlen(texts[i].text) != length)
      png_error(session->png, "the annotations are not UTF-8");
    *annotations = sumi_strndup(texts[i].text, length);
    if (!*annotations) session->out_of_memory = true;
  }
}

static void begin_reading(sumi__render_png_session_t *session, source_t *source) {
  png_structp png = session->png;
  png_set_read_fn(png, source, read_from_source);
  png_set_user_limits(png, SUMI_PICTURE_MAX_SIDE_PX, SUMI_PICTURE_MAX_SIDE_PX);
  png_set_chunk_malloc_max(png, SUMI__PNG_MAX_TEXT_BYTES + 1024);
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  png_read_info(png, session->info);
}

/* 8 bits per channel, no palette, alpha only with colour. */
static void normalise(sumi__render_png_session_t *session) {
  png_structp png = session->png;
  const int color = png_get_color_type(png, session->info);
  const bool transparent = png_get_valid(png, session->info, PNG_INFO_tRNS) != 0;
  png_set_expand(png);
  png_set_strip_16(png);
  if (color == PNG_COLOR_TYPE_GRAY_ALPHA || (color == PNG_COLOR_TYPE_GRAY && transparent))
    png_set_gray_to_rgb(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, session->info);
}

static void read_pixels(sumi__render_png_session_t *session, source_t *source,
                        sumi_picture_t *picture, png_bytep **rows) {
  if (setjmp(png_jmpbuf(session->png))) return;
  begin_reading(session, source);
  take_annotations(session, &picture->annotations);
  normalise(session);
  sumi_picture_t sized;
  const sumi_pixel_format_t format = (sumi_pixel_format_t)png_get_channels(session->png,
                                                                           session->info);
  session->status = sumi_picture_new(format, png_get_image_width(session->png, session->info),
                                     png_get_image_height(session->png, session->info), &sized);
  if (session->status != SUMI_OK) return;
  sized.annotations = picture->annotations;
  *picture = sized;
  *rows = sumi_calloc((size_t)picture->height, sizeof **rows);
  if (!*rows) {
    session->out_of_memory = true;
    return;
  }
  for (int y = 0; y < picture->height; ++y)
    (*rows)[y] = picture->pixels + (size_t)y * picture->stride_bytes;
  png_read_image(session->png, *rows);
  png_read_end(session->png, session->info);
  take_annotations(session, &picture->annotations);
}

sumi_status_t sumi_png_decode(const void *bytes, size_t size_bytes, sumi_picture_t *picture) {
  if (!picture) return sumi_fail(SUMI_INVALID_ARGUMENT, "picture is NULL");
  *picture = (sumi_picture_t){0};
  int width, height, colorspace;
  SUMI_TRY(sumi_png_size(bytes, size_bytes, &width, &height, &colorspace));
  if (width > SUMI_PICTURE_MAX_SIDE_PX || height > SUMI_PICTURE_MAX_SIDE_PX ||
      (int64_t)width * height > SUMI_PICTURE_MAX_PIXELS)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "a PNG of %d x %d pixels; at most %d a side and %lld in all are read", width,
                     height, SUMI_PICTURE_MAX_SIDE_PX, (long long)SUMI_PICTURE_MAX_PIXELS);
  sumi__render_png_session_t session;
  SUMI_TRY(sumi__render_png_open(&session, false));
  source_t source = {bytes, size_bytes, 0};
  png_bytep *rows = NULL;
  read_pixels(&session, &source, picture, &rows);
  sumi_free(rows);
  const sumi_status_t status = sumi__render_png_close(&session, false);
  if (status != SUMI_OK) sumi_picture_free(picture);
  return status;
}

static void read_texts(sumi__render_png_session_t *session, source_t *source, char **annotations) {
  if (setjmp(png_jmpbuf(session->png))) return;
  begin_reading(session, source);
  take_annotations(session, annotations);
}

sumi_status_t sumi_png_read_annotations(const void *bytes, size_t size_bytes, char **annotations) {
  if (!annotations) return sumi_fail(SUMI_INVALID_ARGUMENT, "annotations is NULL");
  *annotations = NULL;
  int width, height, colorspace;
  SUMI_TRY(sumi_png_size(bytes, size_bytes, &width, &height, &colorspace));
  sumi__render_png_session_t session;
  SUMI_TRY(sumi__render_png_open(&session, false));
  source_t source = {bytes, size_bytes, 0};
  read_texts(&session, &source, annotations);
  const sumi_status_t status = sumi__render_png_close(&session, false);
  if (status != SUMI_OK) {
    sumi_free(*annotations);
    *annotations = NULL;
    return status;
  }
  if (!*annotations)
    return sumi_fail(SUMI_NOT_FOUND, "the PNG has no \"%s\" text before its pixels",
                     SUMI__PNG_KEYWORD);
  return SUMI_OK;
}
