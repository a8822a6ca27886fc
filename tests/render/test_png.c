#include "sumi_test.h"

#include <png.h>

#include <sumi/png.h>

#include "inspect.h"
#include "samples.h"

static const sumi_pixel_format_t formats[] = {SUMI_PIXEL_GREY, SUMI_PIXEL_RGB, SUMI_PIXEL_RGBA,
                                              SUMI_PIXEL_CANVAS};
enum { FORMATS = 4 };

static sumi_picture_t noise(sumi_pixel_format_t format, int width, int height) {
  sumi_picture_t picture;
  assert_ok(sumi_picture_new(format, width, height, &picture));
  uint32_t state = 11;
  for (size_t i = 0; i < picture.stride_bytes * (size_t)height; ++i)
    picture.pixels[i] = (uint8_t)(256 * sample_random(&state));
  if (format == SUMI_PIXEL_CANVAS)
    for (int i = 0; i < width * height; ++i) ((uint32_t *)(void *)picture.pixels)[i] |= 0xff000000u;
  return picture;
}

/* libpng's simplified reader shares no code with ours. */
static void assert_libpng_reads(const sumi_buffer_t *png, const sumi_picture_t *picture) {
  png_image image = {.version = PNG_IMAGE_VERSION};
  assert_true(png_image_begin_read_from_memory(&image, png->data, png->size) != 0);
  assert_int_equal(image.width, picture->width);
  assert_int_equal(image.height, picture->height);
  image.format = PNG_FORMAT_RGBA;
  uint8_t *rgba = sumi_malloc(PNG_IMAGE_SIZE(image));
  assert_non_null(rgba);
  assert_true(png_image_finish_read(&image, NULL, rgba, 0, NULL) != 0);
  for (int y = 0; y < picture->height; ++y)
    for (int x = 0; x < picture->width; ++x) {
      const uint8_t *at = rgba + 4 * (y * picture->width + x);
      const uint32_t color = (uint32_t)at[3] << 24 | (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 |
                             at[2];
      assert_int_equal(color, sumi_picture_pixel(picture, x, y));
    }
  sumi_free(rgba);
}

static void assert_same_pixels(const sumi_picture_t *a, const sumi_picture_t *b) {
  assert_int_equal(a->width, b->width);
  assert_int_equal(a->height, b->height);
  for (int y = 0; y < a->height; ++y)
    for (int x = 0; x < a->width; ++x)
      assert_int_equal(sumi_picture_pixel(a, x, y), sumi_picture_pixel(b, x, y));
}

static void every_format_and_setting_comes_back_pixel_by_pixel(void **state) {
  (void)state;
  for (int f = 0; f < FORMATS; ++f)
    for (int content = SUMI_PNG_AUTO; content <= SUMI_PNG_PHOTO; ++content) {
      sumi_picture_t picture = noise(formats[f], 37, 23), back;
      sumi_buffer_t png = {0};
      assert_ok(sumi_picture_encode_png(&picture, &png, .content = (sumi_png_content_t)content));
      assert_libpng_reads(&png, &picture);
      assert_ok(sumi_png_decode(png.data, png.size, &back));
      assert_int_equal(back.format, formats[f] == SUMI_PIXEL_CANVAS ? SUMI_PIXEL_RGB : formats[f]);
      assert_same_pixels(&picture, &back);
      int width, height, colorspace;
      assert_ok(sumi_png_size(png.data, png.size, &width, &height, &colorspace));
      assert_int_equal(width, 37);
      assert_int_equal(height, 23);
      assert_int_equal(colorspace, sumi_picture_colorspace(&picture));
      sumi_picture_free(&picture);
      sumi_picture_free(&back);
      sumi_buffer_release(&png);
    }
}

static void the_smallest_and_a_wide_picture_come_back(void **state) {
  (void)state;
  const int sizes[][2] = {{1, 1}, {65536, 1}, {1, 65536}};
  for (int i = 0; i < 3; ++i) {
    sumi_picture_t picture = noise(SUMI_PIXEL_GREY, sizes[i][0], sizes[i][1]), back;
    sumi_buffer_t png = {0};
    assert_ok(sumi_picture_encode_png(&picture, &png));
    assert_ok(sumi_png_decode(png.data, png.size, &back));
    assert_same_pixels(&picture, &back);
    sumi_picture_free(&picture);
    sumi_picture_free(&back);
    sumi_buffer_release(&png);
  }
}

static void the_same_picture_gives_the_same_bytes(void **state) {
  (void)state;
  sumi_picture_t picture = noise(SUMI_PIXEL_RGB, 50, 40);
  picture.annotations = sumi_strdup("{}");
  sumi_buffer_t first = {0}, second = {0};
  assert_ok(sumi_picture_encode_png(&picture, &first));
  assert_ok(sumi_picture_encode_png(&picture, &second));
  assert_int_equal(first.size, second.size);
  assert_memory_equal(first.data, second.data, first.size);
  sumi_buffer_release(&first);
  sumi_buffer_release(&second);
  sumi_picture_free(&picture);
}

static void a_png_is_appended_to_what_the_buffer_holds(void **state) {
  (void)state;
  sumi_picture_t picture = noise(SUMI_PIXEL_GREY, 5, 5);
  sumi_buffer_t buffer = {0};
  sumi_buffer_puts(&buffer, "head");
  assert_ok(sumi_picture_encode_png(&picture, &buffer));
  assert_memory_equal(buffer.data, "head\x89PNG", 8);
  sumi_buffer_release(&buffer);
  sumi_picture_free(&picture);
}

static void settings_are_chosen_by_what_the_picture_is_like(void **state) {
  (void)state;
  sumi_picture_t drawn, photo;
  assert_ok(sumi_picture_new(SUMI_PIXEL_RGB, 200, 200, &drawn));
  assert_ok(sumi_picture_new(SUMI_PIXEL_RGB, 200, 200, &photo));
  uint8_t small[SAMPLE_SIDE * SAMPLE_SIDE];
  sample_picture(6, 1, small);
  for (int i = 0; i < 200 * 200; ++i)
    memset(drawn.pixels + 3 * i, small[i / 200 / 8 * SAMPLE_SIDE + i % 200 / 8], 3);
  sample_photo(200, 200, photo.pixels);
  const sumi_picture_t *pictures[] = {&drawn, &photo};
  const sumi_png_content_t expected[] = {SUMI_PNG_DRAWN, SUMI_PNG_PHOTO};
  for (int i = 0; i < 2; ++i) {
    sumi_buffer_t chosen = {0}, given = {0}, other = {0};
    assert_ok(sumi_picture_encode_png(pictures[i], &chosen));
    assert_ok(sumi_picture_encode_png(pictures[i], &given, .content = expected[i]));
    assert_ok(sumi_picture_encode_png(pictures[i], &other, .content = expected[1 - i]));
    assert_int_equal(chosen.size, given.size);
    assert_memory_equal(chosen.data, given.data, given.size);
    assert_true(other.size != chosen.size);
    sumi_buffer_release(&chosen);
    sumi_buffer_release(&given);
    sumi_buffer_release(&other);
  }
  sumi_picture_free(&drawn);
  sumi_picture_free(&photo);
}

static void annotations_of_any_length_come_back(void **state) {
  (void)state;
  const size_t lengths[] = {0, 1, 1023, 1024, 3000000};
  for (int i = 0; i < 5; ++i) {
    sumi_picture_t picture = noise(SUMI_PIXEL_GREY, 3, 3), back;
    picture.annotations = sumi_malloc(lengths[i] + 1);
    for (size_t k = 0; k < lengths[i]; ++k) picture.annotations[k] = (char)('a' + k % 26);
    picture.annotations[lengths[i]] = '\0';
    sumi_buffer_t png = {0};
    char *read;
    assert_ok(sumi_picture_encode_png(&picture, &png));
    assert_ok(sumi_png_read_annotations(png.data, png.size, &read));
    assert_string_equal(read, picture.annotations);
    assert_ok(sumi_png_decode(png.data, png.size, &back));
    assert_string_equal(back.annotations, picture.annotations);
    sumi_free(read);
    sumi_buffer_clear(&png);
    assert_ok(sumi_picture_encode_png(&picture, &png, .without_annotations = true));
    assert_fails(sumi_png_read_annotations(png.data, png.size, &read), SUMI_NOT_FOUND, "sumi");
    assert_null(read);
    sumi_buffer_release(&png);
    sumi_picture_free(&picture);
    sumi_picture_free(&back);
  }
}

static void annotations_must_be_utf8(void **state) {
  (void)state;
  sumi_picture_t picture = noise(SUMI_PIXEL_GREY, 3, 3);
  picture.annotations = sumi_strdup("{\"label\":\"\xff\"}");
  sumi_buffer_t png = {0};
  assert_fails(sumi_picture_encode_png(&picture, &png), SUMI_INVALID_ARGUMENT,
               "annotations is not UTF-8");
  assert_int_equal(png.size, 0);
  sumi_buffer_release(&png);
  sumi_picture_free(&picture);
}

static sumi_buffer_t sample_png(void) {
  sumi_picture_t picture = noise(SUMI_PIXEL_RGB, 9, 7);
  picture.annotations = sumi_strdup("{\"sumi\":1}");
  sumi_buffer_t png = {0};
  assert_ok(sumi_picture_encode_png(&picture, &png));
  sumi_picture_free(&picture);
  return png;
}

static void a_png_cut_anywhere_is_damaged(void **state) {
  (void)state;
  sumi_buffer_t png = sample_png();
  for (size_t size = 0; size < png.size; ++size) {
    sumi_picture_t picture;
    assert_int_equal(sumi_png_decode(png.data, size, &picture), SUMI_DATA_LOSS);
    assert_null(picture.pixels);
    assert_null(picture.annotations);
  }
  sumi_buffer_release(&png);
}

/* Every chunk carries a CRC and the signature is fixed: no single wrong byte goes unnoticed. */
static void a_png_with_a_wrong_byte_anywhere_is_damaged(void **state) {
  (void)state;
  sumi_buffer_t png = sample_png();
  for (size_t at = 0; at < png.size; ++at)
    for (int bit = 0; bit < 8; ++bit) {
      png.data[at] = (char)(png.data[at] ^ 1 << bit);
      sumi_picture_t picture;
      const sumi_status_t status = sumi_png_decode(png.data, png.size, &picture);
      if (status != SUMI_DATA_LOSS)
        fail_msg("byte %zu bit %d: %s", at, bit, sumi_status_name(status));
      png.data[at] = (char)(png.data[at] ^ 1 << bit);
    }
  sumi_buffer_release(&png);
}

static void a_huge_picture_is_refused_by_its_header(void **state) {
  (void)state;
  /* IHDR of 2^31-1 x 2^31-1 grey pixels; its CRC is zlib's. */
  uint8_t png[33] = {0x89, 'P',  'N', 'G', '\r', '\n', 0x1a, '\n', 0,    0,    0,
                     13,   'I',  'H', 'D', 'R',  0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff,
                     0xff, 0xff, 8,   0,   0,    0,    0,    0x31, 0xa2, 0x54, 0xba};
  sumi_picture_t picture;
  const sumi_status_t status = sumi_png_decode(png, sizeof png, &picture);
  if (status == SUMI_DATA_LOSS) fail_msg("%s", sumi_error_message());
  assert_int_equal(status, SUMI_INVALID_ARGUMENT);
  assert_non_null(strstr(sumi_error_message(), "2147483647 x 2147483647"));
}

static void what_is_not_a_picture_or_a_png_is_refused(void **state) {
  (void)state;
  sumi_picture_t empty = {0};
  sumi_buffer_t buffer = {0};
  int n;
  assert_fails(sumi_picture_encode_png(&empty, &buffer), SUMI_INVALID_ARGUMENT, "no pixels");
  assert_fails(sumi_picture_encode_png(NULL, &buffer), SUMI_INVALID_ARGUMENT, "picture is NULL");
  assert_fails(sumi_png_size("GIF89a", 6, &n, &n, &n), SUMI_DATA_LOSS, "not a PNG");
  assert_fails(sumi_png_decode(NULL, 0, &empty), SUMI_INVALID_ARGUMENT, "NULL");
  sumi_picture_t picture = noise(SUMI_PIXEL_GREY, 2, 2);
  assert_fails(sumi_picture_encode_png(&picture, NULL), SUMI_INVALID_ARGUMENT, "buffer is NULL");
  assert_fails(sumi_picture_encode_png(&picture, &buffer, .content = (sumi_png_content_t)9),
               SUMI_INVALID_ARGUMENT, "content 9");
  sumi_picture_free(&picture);
}

static void lack_of_memory_is_reported_at_every_point(void **state) {
  (void)state;
  sumi_buffer_t sample = sample_png();
  counting_allocator_install();
  bool passed = false;
  for (int n = 1; !passed && n < 200; ++n) {
    sumi_picture_t picture = noise(SUMI_PIXEL_RGB, 40, 30);
    picture.annotations = sumi_strdup("{}");
    sumi_buffer_t png = {0};
    counting_allocator_fail_at(n);
    const sumi_status_t status = sumi_picture_encode_png(&picture, &png);
    counting_allocator_fail_at(0);
    passed = status == SUMI_OK;
    if (!passed) {
      assert_int_equal(status, SUMI_RESOURCE_EXHAUSTED);
      assert_int_equal(png.size, 0);
    }
    sumi_buffer_release(&png);
    sumi_picture_free(&picture);
    assert_int_equal(counting_allocator_live(), 0);
  }
  assert_true(passed);
  passed = false;
  for (int n = 1; !passed && n < 200; ++n) {
    sumi_picture_t picture;
    counting_allocator_fail_at(n);
    const sumi_status_t status = sumi_png_decode(sample.data, sample.size, &picture);
    counting_allocator_fail_at(0);
    passed = status == SUMI_OK;
    if (!passed) assert_int_equal(status, SUMI_RESOURCE_EXHAUSTED);
    sumi_picture_free(&picture);
    assert_int_equal(counting_allocator_live(), 0);
  }
  assert_true(passed);
  counting_allocator_remove();
  sumi_buffer_release(&sample);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_format_and_setting_comes_back_pixel_by_pixel),
      cmocka_unit_test(the_smallest_and_a_wide_picture_come_back),
      cmocka_unit_test(the_same_picture_gives_the_same_bytes),
      cmocka_unit_test(a_png_is_appended_to_what_the_buffer_holds),
      cmocka_unit_test(settings_are_chosen_by_what_the_picture_is_like),
      cmocka_unit_test(annotations_of_any_length_come_back),
      cmocka_unit_test(annotations_must_be_utf8),
      cmocka_unit_test(a_png_cut_anywhere_is_damaged),
      cmocka_unit_test(a_png_with_a_wrong_byte_anywhere_is_damaged),
      cmocka_unit_test(a_huge_picture_is_refused_by_its_header),
      cmocka_unit_test(what_is_not_a_picture_or_a_png_is_refused),
      cmocka_unit_test(lack_of_memory_is_reported_at_every_point),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
