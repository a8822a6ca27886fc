/* PNG with libpng, whose memory comes from <sumi/alloc.h>. */
#include "data/image/image.h"

#include <png.h>
#include <setjmp.h>
#include <string.h>
#include <sumi/alloc.h>

typedef struct {
  const unsigned char *bytes;
  size_t size, at;
  int channels;
  png_structp png;
  png_infop info;
  char message[128]; /* of libpng's; "" for none */
  sumi_array_t *image;
  png_bytep *rows;
} reader_t;

static void fail(png_structp png, png_const_charp message) {
  reader_t *reader = png_get_error_ptr(png);
  strncpy(reader->message, message, sizeof reader->message - 1);
  longjmp(png_jmpbuf(png), 1);
}

static void ignore(png_structp png, png_const_charp message) {
  (void)png, (void)message;
}

static png_voidp allocate(png_structp png, png_alloc_size_t size) {
  (void)png;
  return sumi_malloc(size);
}

static void release(png_structp png, png_voidp memory) {
  (void)png;
  sumi_free(memory);
}

static void read_bytes(png_structp png, png_bytep to, size_t size) {
  reader_t *reader = png_get_io_ptr(png);
  if (size > reader->size - reader->at) png_error(png, "the bytes end early");
  memcpy(to, reader->bytes + reader->at, size);
  reader->at += size;
}

/* 8 bits, no palette, and the channels that are asked for. */
static void normalize(const reader_t *reader) {
  png_structp png = reader->png;
  const int color = png_get_color_type(png, reader->info);
  png_set_expand(png);
  png_set_strip_16(png);
  if (reader->channels >= 3 && !(color & PNG_COLOR_MASK_COLOR)) png_set_gray_to_rgb(png);
  if (reader->channels == 1 && (color & PNG_COLOR_MASK_COLOR))
    png_set_rgb_to_gray(png, PNG_ERROR_ACTION_NONE, 0.299, 0.587);
  if (reader->channels == 1 || reader->channels == 3) png_set_strip_alpha(png);
  if (reader->channels == 4) png_set_add_alpha(png, 255, PNG_FILLER_AFTER);
  png_set_interlace_handling(png);
  png_read_update_info(png, reader->info);
}

/* Deflate makes at most 1032 bytes out of one, and a bit becomes at most the 32 of a pixel: a small
 * file cannot ask for much memory. */
static bool is_large_enough(const reader_t *reader, int64_t height) {
  const uint64_t row = png_get_rowbytes(reader->png, reader->info) / 32;
  return row * (uint64_t)height <= (uint64_t)reader->size * 1032;
}

static void read_image(reader_t *reader) {
  if (setjmp(png_jmpbuf(reader->png))) return;
  png_set_read_fn(reader->png, reader, read_bytes);
  png_set_crc_action(reader->png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  png_read_info(reader->png, reader->info);
  normalize(reader);
  const int64_t height = png_get_image_height(reader->png, reader->info);
  const int64_t width = png_get_image_width(reader->png, reader->info);
  const int channels = png_get_channels(reader->png, reader->info);
  if (!is_large_enough(reader, height)) png_error(reader->png, "the bytes end early");
  reader->image = sumi__tensor_image_of_header("PNG", height, width, channels);
  reader->rows = reader->image ? sumi_calloc((size_t)height, sizeof *reader->rows) : NULL;
  if (!reader->rows) return;
  for (int64_t y = 0; y < height; ++y)
    reader->rows[y] = (png_bytep)sumi_array_data(reader->image) + y * width * channels;
  png_read_image(reader->png, reader->rows);
  png_read_end(reader->png, NULL);
}

sumi_status_t sumi__tensor_decode_png(const void *bytes, size_t size, int channels,
                                      sumi_array_t **image) {
  reader_t *reader = sumi_calloc(1, sizeof *reader);
  if (!reader) return sumi_fail_alloc("a PNG", sizeof *reader);
  *reader = (reader_t){.bytes = bytes, .size = size, .channels = channels};
  reader->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, reader, fail, ignore, NULL,
                                         allocate, release);
  if (reader->png) reader->info = png_create_info_struct(reader->png);
  if (reader->info) read_image(reader);
  sumi_status_t status = SUMI_OK;
  if (!reader->info || (reader->image && !reader->rows))
    status = sumi_fail_alloc("a PNG", size);
  else if (reader->message[0])
    status = strstr(reader->message, "emory")
                 ? sumi_fail(SUMI_RESOURCE_EXHAUSTED, "out of memory for a PNG")
                 : sumi_fail(SUMI_DATA_LOSS, "PNG: byte %zu: %s", reader->at, reader->message);
  else if (!reader->image)
    status = SUMI_INVALID_ARGUMENT;
  png_destroy_read_struct(&reader->png, &reader->info, NULL);
  *image = reader->image;
  if (status != SUMI_OK) {
    sumi_array_unref(reader->image);
    *image = NULL;
  }
  sumi_free(reader->rows);
  sumi_free(reader);
  return status;
}
