/* JPEG with libjpeg, as libjpeg-turbo has it. Its own memory is not <sumi/alloc.h>'s: libjpeg has
 * no way to say so. */
#include "data/image/image.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <sumi/alloc.h>

#include <jpeglib.h>

#include <jerror.h>

typedef struct {
  struct jpeg_error_mgr errors; /* first: libjpeg hands it to the functions below */
  jmp_buf back;
  char message[JMSG_LENGTH_MAX]; /* "" for none */
  bool memory;
} failures_t;

static void fail(j_common_ptr jpeg) {
  failures_t *failures = (failures_t *)jpeg->err;
  failures->memory = jpeg->err->msg_code == JERR_OUT_OF_MEMORY;
  if (!failures->message[0]) jpeg->err->format_message(jpeg, failures->message);
  longjmp(failures->back, 1);
}

/* Pictures that end early or are damaged inside come with a warning and grey areas; other warnings
 * are of what does not matter. */
static void warn(j_common_ptr jpeg, int level) {
  const int code = jpeg->err->msg_code;
  if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE))
    fail(jpeg);
}

static void say_nothing(j_common_ptr jpeg) {
  (void)jpeg;
}

/* Inks as colours: Adobe's programs store them inverted. */
static void cmyk_to_rgb(const unsigned char *from, unsigned char *to, int64_t width,
                        bool inverted) {
  for (int64_t x = 0; x < width; ++x, from += 4, to += 3)
    for (int c = 0; c < 3; ++c)
      to[c] = (unsigned char)(inverted ? from[c] * from[3] / 255
                                       : (255 - from[c]) * (255 - from[3]) / 255);
}

typedef struct {
  struct jpeg_decompress_struct jpeg;
  failures_t failures;
  sumi_array_t *image;
  unsigned char *row; /* of inks */
} reader_t;

static J_COLOR_SPACE space_of(const reader_t *reader, int channels) {
  if (reader->jpeg.jpeg_color_space == JCS_CMYK || reader->jpeg.jpeg_color_space == JCS_YCCK)
    return JCS_CMYK;
  const int wanted = channels ? channels : reader->jpeg.num_components;
  return wanted == 1 ? JCS_GRAYSCALE : JCS_RGB;
}

static void read_rows(reader_t *reader) {
  const int64_t width = reader->jpeg.output_width;
  const bool inks = reader->jpeg.out_color_space == JCS_CMYK;
  const int channels = inks ? 3 : reader->jpeg.output_components;
  unsigned char *to = sumi_array_data(reader->image);
  while (reader->jpeg.output_scanline < reader->jpeg.output_height) {
    JSAMPROW row = inks ? reader->row : to;
    jpeg_read_scanlines(&reader->jpeg, &row, 1);
    if (inks) cmyk_to_rgb(reader->row, to, width, reader->jpeg.saw_Adobe_marker);
    to += width * channels;
  }
}

/* A block of 64 numbers takes at least a bit, so that a small file cannot ask for much memory;
 * arithmetic codes may take less. A colour has a block for 8 x 8 pixels or, where it is sampled
 * most coarsely, for that many times the largest factors. */
static bool is_large_enough(const struct jpeg_decompress_struct *jpeg, size_t size) {
  const uint64_t pixels = (uint64_t)jpeg->image_width * jpeg->image_height;
  const uint64_t block = 64 * (uint64_t)(jpeg->max_h_samp_factor * jpeg->max_v_samp_factor);
  return jpeg->arith_code || pixels / block <= (uint64_t)size * 8;
}

static void read_image(reader_t *reader, const void *bytes, size_t size, int channels) {
  if (setjmp(reader->failures.back)) return;
  jpeg_create_decompress(&reader->jpeg);
  jpeg_mem_src(&reader->jpeg, (unsigned char *)(uintptr_t)bytes, size);
  jpeg_read_header(&reader->jpeg, TRUE);
  if (!is_large_enough(&reader->jpeg, size)) ERREXIT(&reader->jpeg, JERR_INPUT_EOF);
  reader->jpeg.out_color_space = space_of(reader, channels);
  reader->jpeg.dct_method = JDCT_ISLOW;
  jpeg_calc_output_dimensions(&reader->jpeg);
  const bool inks = reader->jpeg.out_color_space == JCS_CMYK;
  reader->image = sumi__tensor_image_of_header("JPEG", reader->jpeg.output_height,
                                               reader->jpeg.output_width,
                                               inks ? 3 : reader->jpeg.out_color_components);
  if (!reader->image) return;
  if (inks) reader->row = sumi_malloc(4 * (size_t)reader->jpeg.output_width);
  if (inks && !reader->row) return;
  jpeg_start_decompress(&reader->jpeg);
  read_rows(reader);
  jpeg_finish_decompress(&reader->jpeg);
}

static sumi_status_t outcome(const reader_t *reader, size_t size) {
  if (reader->failures.memory)
    return sumi_fail(SUMI_RESOURCE_EXHAUSTED, "out of memory for a JPEG of %zu bytes", size);
  if (reader->failures.message[0])
    return sumi_fail(SUMI_DATA_LOSS, "JPEG of %zu bytes: %s", size, reader->failures.message);
  if (!reader->image) return SUMI_INVALID_ARGUMENT;
  const bool lacks_row = reader->jpeg.out_color_space == JCS_CMYK && !reader->row;
  return lacks_row ? sumi_fail_alloc("a JPEG", size) : SUMI_OK;
}

sumi_status_t sumi__tensor_decode_jpeg(const void *bytes, size_t size, int channels,
                                       sumi_array_t **image) {
  reader_t *reader = sumi_calloc(1, sizeof *reader);
  if (!reader) return sumi_fail_alloc("a JPEG", sizeof *reader);
  reader->jpeg.err = jpeg_std_error(&reader->failures.errors);
  reader->failures.errors.error_exit = fail;
  reader->failures.errors.emit_message = warn;
  reader->failures.errors.output_message = say_nothing;
  read_image(reader, bytes, size, channels);
  const sumi_status_t status = outcome(reader, size);
  jpeg_destroy_decompress(&reader->jpeg);
  *image = status == SUMI_OK ? reader->image : NULL;
  if (status != SUMI_OK) sumi_array_unref(reader->image);
  sumi_free(reader->row);
  sumi_free(reader);
  return status;
}
