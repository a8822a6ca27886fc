#include "sumi_test.h"

#include <sumi/pixels.h>

static sumi_array_view_t floats(const float *data, int64_t height, int64_t width,
                                int64_t channels) {
  return (sumi_array_view_t){SUMI_FLOAT32, 3, {height, width, channels}, data};
}

static void assert_bytes(const sumi_picture_t *picture, const uint8_t *expected, size_t count) {
  assert_int_equal(picture->stride_bytes * (size_t)picture->height, count);
  assert_memory_equal(picture->pixels, expected, count);
}

/* Expected bytes by hand from NormalizeFloatImage: cut(x * 255 / max), and cut(128 + x * 127 /
 * max|x|). */
static void values_without_a_negative_one_are_stretched_to_255(void **state) {
  (void)state;
  const float values[4] = {0, 0.5f, 1, 2};
  const uint8_t expected[4] = {0, 63, 127, 255};
  sumi_picture_t picture;
  const sumi_array_view_t view = floats(values, 2, 2, 1);
  assert_ok(sumi_pixels_picture(&view, 0, &picture));
  assert_int_equal(picture.format, SUMI_PIXEL_GREY);
  assert_bytes(&picture, expected, sizeof expected);
  sumi_picture_free(&picture);
}

static void with_a_negative_value_zero_is_mid_grey(void **state) {
  (void)state;
  const float values[5] = {-2, -1, 0, 1, 2};
  const uint8_t expected[5] = {1, 64, 128, 191, 255};
  sumi_picture_t picture;
  const sumi_array_view_t view = floats(values, 1, 5, 1);
  assert_ok(sumi_pixels_picture(&view, 0, &picture));
  assert_bytes(&picture, expected, sizeof expected);
  sumi_picture_free(&picture);
}

static void values_near_zero_are_not_stretched(void **state) {
  (void)state;
  const float small[3] = {0, 5e-7f, 9e-7f}, signed_small[2] = {-5e-7f, 5e-7f};
  sumi_picture_t picture;
  const sumi_array_view_t a = floats(small, 1, 3, 1), b = floats(signed_small, 1, 2, 1);
  assert_ok(sumi_pixels_picture(&a, 0, &picture));
  assert_bytes(&picture, (const uint8_t[]){0, 0, 0}, 3);
  sumi_picture_free(&picture);
  assert_ok(sumi_pixels_picture(&b, 0, &picture));
  assert_bytes(&picture, (const uint8_t[]){128, 128}, 2);
  sumi_picture_free(&picture);
}

static void a_pixel_that_is_not_finite_is_painted_whole_and_not_scaled_by(void **state) {
  (void)state;
  const float values[9] = {1, NAN, 1, 2, 1, 0, 100, 100, INFINITY};
  const uint8_t expected[9] = {255, 0, 0, 255, 127, 0, 255, 0, 0};
  sumi_picture_t picture;
  const sumi_array_view_t view = floats(values, 1, 3, 3);
  assert_ok(sumi_pixels_picture(&view, 0, &picture));
  assert_bytes(&picture, expected, sizeof expected);
  sumi_picture_free(&picture);
  const uint8_t green[9] = {1, 2, 3, 255, 127, 0, 1, 2, 3};
  assert_ok(sumi_pixels_picture(&view, 0, &picture, .bad_color = SUMI_RGB(1, 2, 3)));
  assert_bytes(&picture, green, sizeof green);
  sumi_picture_free(&picture);
}

static void a_picture_of_nothing_but_nan_is_all_bad_color(void **state) {
  (void)state;
  const float values[2] = {NAN, -INFINITY};
  sumi_picture_t picture;
  const sumi_array_view_t view = floats(values, 1, 2, 1);
  assert_ok(sumi_pixels_picture(&view, 0, &picture));
  assert_bytes(&picture, (const uint8_t[]){255, 255}, 2);
  sumi_picture_free(&picture);
}

static void each_picture_of_a_batch_is_scaled_by_itself(void **state) {
  (void)state;
  const double values[4] = {0, 1, 0, 10};
  const sumi_array_view_t view = {SUMI_FLOAT64, 4, {2, 1, 2, 1}, values};
  int64_t count;
  assert_ok(sumi_pixels_check("x", &view, &count));
  assert_int_equal(count, 2);
  for (int i = 0; i < 2; ++i) {
    sumi_picture_t picture;
    assert_ok(sumi_pixels_picture(&view, i, &picture));
    assert_bytes(&picture, (const uint8_t[]){0, 255}, 2);
    sumi_picture_free(&picture);
  }
}

static void bytes_are_taken_as_they_are(void **state) {
  (void)state;
  const uint8_t values[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  const sumi_array_view_t view = {SUMI_UINT8, 3, {1, 2, 4}, values};
  sumi_picture_t picture;
  assert_ok(sumi_pixels_picture(&view, 0, &picture));
  assert_int_equal(picture.format, SUMI_PIXEL_RGBA);
  assert_bytes(&picture, values, sizeof values);
  assert_int_equal(sumi_picture_pixel(&picture, 1, 0), 0x08050607);
  sumi_picture_free(&picture);
}

/* 255.5 / 65535 of each, cut; signed values by TensorFlow's rule for floats. */
static void sixteen_bits_and_other_dtypes_become_bytes(void **state) {
  (void)state;
  const uint16_t words[5] = {0, 256, 257, 32768, 65535};
  const int16_t shorts[5] = {-2032, -1016, 0, 1016, 2032};
  const int8_t chars[5] = {-2, -1, 0, 1, 2};
  const bool bits[2] = {false, true};
  const struct {
    sumi_array_view_t view;
    uint8_t expected[5];
  } cases[] = {{{SUMI_UINT16, 2, {1, 5}, words}, {0, 0, 1, 127, 255}},
               {{SUMI_INT16, 2, {1, 5}, shorts}, {1, 64, 128, 191, 255}},
               {{SUMI_INT8, 2, {1, 5}, chars}, {1, 64, 128, 191, 255}},
               {{SUMI_BOOL, 2, {1, 2}, bits}, {0, 255}}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    sumi_picture_t picture;
    assert_ok(sumi_pixels_picture(&cases[i].view, 0, &picture));
    assert_bytes(&picture, cases[i].expected, (size_t)cases[i].view.dims[1]);
    sumi_picture_free(&picture);
  }
  sumi_picture_t picture;
  assert_ok(sumi_pixels_picture(&cases[0].view, 0, &picture, .low = 256, .high = 257));
  assert_bytes(&picture, (const uint8_t[]){0, 0, 255, 255, 255}, 5);
  sumi_picture_free(&picture);
}

static void two_channels_are_grey_and_alpha(void **state) {
  (void)state;
  const uint8_t values[4] = {10, 255, 200, 0};
  const float floats_of[4] = {1, 1, NAN, 1};
  const sumi_array_view_t view = {SUMI_UINT8, 3, {1, 2, 2}, values},
                          bad = floats(floats_of, 1, 2, 2);
  sumi_picture_t picture;
  assert_ok(sumi_pixels_picture(&view, 0, &picture));
  assert_int_equal(picture.format, SUMI_PIXEL_RGBA);
  assert_bytes(&picture, (const uint8_t[]){10, 10, 10, 255, 200, 200, 200, 0}, 8);
  sumi_picture_free(&picture);
  assert_ok(sumi_pixels_picture(&bad, 0, &picture, .low = 0, .high = 1, .bad_color = 0x80c00000u));
  assert_bytes(&picture, (const uint8_t[]){255, 255, 255, 255, 0xc0, 0xc0, 0xc0, 0x80}, 8);
  sumi_picture_free(&picture);
}

/* tf.image.convert_image_dtype: cut(255.5 * x), saturated. */
static void a_given_range_is_used_and_clipped(void **state) {
  (void)state;
  const float values[6] = {-1, 0, 0.5f, 0.998f, 1, 3};
  sumi_picture_t picture;
  const sumi_array_view_t view = floats(values, 1, 6, 1);
  assert_ok(sumi_pixels_picture(&view, 0, &picture, .low = 0, .high = 1));
  assert_bytes(&picture, (const uint8_t[]){0, 0, 127, 254, 255, 255}, 6);
  sumi_picture_free(&picture);
}

static void wrong_shapes_are_refused_with_the_whole_shape(void **state) {
  (void)state;
  static const uint8_t data[64];
  sumi_array_view_t view = {SUMI_UINT8, 3, {4, 2, 5}, data};
  assert_fails(sumi_pixels_check("pictures", &view, NULL), SUMI_INVALID_ARGUMENT,
               "pictures has shape [4, 2, 5]: the last dimension is the number of channels");
  view = (sumi_array_view_t){SUMI_UINT8, 2, {0, 4}, data};
  assert_fails(sumi_pixels_check("pictures", &view, NULL), SUMI_INVALID_ARGUMENT,
               "shape [0, 4]: a picture without pixels");
  view = (sumi_array_view_t){SUMI_UINT8, 2, {INT64_C(1) << 16, INT64_C(1) << 15}, data};
  assert_fails(sumi_pixels_check("pictures", &view, NULL), SUMI_INVALID_ARGUMENT, "[65536, 32768]");
  view = (sumi_array_view_t){SUMI_UINT8, 2, {INT64_MAX, INT64_MAX}, data};
  assert_fails(sumi_pixels_check("pictures", &view, NULL), SUMI_INVALID_ARGUMENT,
               "[9223372036854775807, 9223372036854775807]");
  view = (sumi_array_view_t){SUMI_UINT8, 2, {4, -4}, data};
  assert_fails(sumi_pixels_check("pictures", &view, NULL), SUMI_INVALID_ARGUMENT, "[4, -4]");
  view = (sumi_array_view_t){SUMI_UINT8, 1, {4}, data};
  assert_fails(sumi_pixels_check("pictures", &view, NULL), SUMI_INVALID_ARGUMENT, "shape [4]");
  view = (sumi_array_view_t){SUMI_UINT8, 99, {4}, data};
  assert_fails(sumi_pixels_check("pictures", &view, NULL), SUMI_INVALID_ARGUMENT, "rank 99");
  view = (sumi_array_view_t){SUMI_INT32, 2, {4, 4}, data};
  assert_fails(sumi_pixels_check("pictures", &view, NULL), SUMI_INVALID_ARGUMENT, "int32");
  view = (sumi_array_view_t){SUMI_UINT8, 2, {4, 4}, NULL};
  assert_fails(sumi_pixels_check("pictures", &view, NULL), SUMI_INVALID_ARGUMENT, "NULL");
  assert_fails(sumi_pixels_check("pictures", NULL, NULL), SUMI_INVALID_ARGUMENT,
               "pictures is NULL");
}

static void wrong_arguments_leave_an_empty_picture(void **state) {
  (void)state;
  const float values[4] = {0};
  const sumi_array_view_t view = floats(values, 2, 2, 1);
  sumi_picture_t picture = {.width = 9};
  assert_fails(sumi_pixels_picture(&view, 1, &picture), SUMI_INVALID_ARGUMENT,
               "picture 1 was asked for of 1");
  assert_int_equal(picture.width, 0);
  assert_fails(sumi_pixels_picture(&view, 0, &picture, .low = 2, .high = 1), SUMI_INVALID_ARGUMENT,
               "2 to 1");
  assert_fails(sumi_pixels_picture(&view, 0, &picture, .low = NAN, .high = 1),
               SUMI_INVALID_ARGUMENT, "nan");
  assert_fails(sumi_pixels_picture(&view, 0, NULL), SUMI_INVALID_ARGUMENT, "NULL");
}

static void an_empty_batch_holds_no_pictures(void **state) {
  (void)state;
  const sumi_array_view_t view = {SUMI_FLOAT32, 4, {0, 4, 4, 3}, NULL};
  int64_t count = 9;
  assert_ok(sumi_pixels_check("x", &view, &count));
  assert_int_equal(count, 0);
}

static void lack_of_memory_is_reported(void **state) {
  (void)state;
  const float values[4] = {0};
  const sumi_array_view_t view = floats(values, 2, 2, 1);
  sumi_picture_t picture;
  counting_allocator_install();
  counting_allocator_fail_at(1);
  assert_fails(sumi_pixels_picture(&view, 0, &picture), SUMI_RESOURCE_EXHAUSTED, "out of memory");
  assert_null(picture.pixels);
  assert_int_equal(counting_allocator_live(), 0);
  counting_allocator_remove();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_without_a_negative_one_are_stretched_to_255),
      cmocka_unit_test(with_a_negative_value_zero_is_mid_grey),
      cmocka_unit_test(values_near_zero_are_not_stretched),
      cmocka_unit_test(a_pixel_that_is_not_finite_is_painted_whole_and_not_scaled_by),
      cmocka_unit_test(a_picture_of_nothing_but_nan_is_all_bad_color),
      cmocka_unit_test(each_picture_of_a_batch_is_scaled_by_itself),
      cmocka_unit_test(bytes_are_taken_as_they_are),
      cmocka_unit_test(sixteen_bits_and_other_dtypes_become_bytes),
      cmocka_unit_test(two_channels_are_grey_and_alpha),
      cmocka_unit_test(a_given_range_is_used_and_clipped),
      cmocka_unit_test(wrong_shapes_are_refused_with_the_whole_shape),
      cmocka_unit_test(wrong_arguments_leave_an_empty_picture),
      cmocka_unit_test(an_empty_batch_holds_no_pictures),
      cmocka_unit_test(lack_of_memory_is_reported),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
