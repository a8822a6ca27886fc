#include "sumi_test.h"

#include <stdlib.h>
#include <sumi/image.h>

/* 16 x 24 pixels of grey that grows by 6 from one to the next, as Pillow writes them. */
static const unsigned char jpeg[] = {
    255, 216, 255, 224, 0,   16,  74,  70,  73,  70, 0,   1,   1,   0,   0,   1,  0,   1,   0,
    0,   255, 219, 0,   67,  0,   16,  11,  12,  14, 12,  10,  16,  14,  13,  14, 18,  17,  16,
    19,  24,  40,  26,  24,  22,  22,  24,  49,  35, 37,  29,  40,  58,  51,  61, 60,  57,  51,
    56,  55,  64,  72,  92,  78,  64,  68,  87,  69, 55,  56,  80,  109, 81,  87, 95,  98,  103,
    104, 103, 62,  77,  113, 121, 112, 100, 120, 92, 101, 103, 99,  255, 192, 0,  11,  8,   0,
    16,  0,   24,  1,   1,   17,  0,   255, 196, 0,  21,  0,   1,   1,   0,   0,  0,   0,   0,
    0,   0,   0,   0,   0,   0,   0,   0,   0,   5,  6,   255, 196, 0,   23,  16, 1,   0,   3,
    0,   0,   0,   0,   0,   0,   0,   0,   0,   0,  0,   0,   0,   4,   0,   33, 49,  255, 218,
    0,   8,   1,   1,   0,   0,   63,  0,   148, 41, 178, 163, 5,   54,  84,  96, 166, 202, 131,
    148, 217, 81,  130, 155, 42,  48,  83,  101, 79, 255, 217,
};

static void a_jpeg_is_decoded_nearly(void **state) {
  (void)state;
  for (int channels = 0; channels <= 4; ++channels) {
    if (channels == 2) continue;
    sumi_array_t *image = sumi_image_decode(jpeg, sizeof jpeg, .channels = channels);
    assert_true(
        sumi_dims_equal(sumi_array_dims(image), SUMI_DIMS(16, 24, channels ? channels : 1)));
    for (int64_t y = 0; y < 16; ++y)
      for (int64_t x = 0; x < 24; ++x)
        assert_near(sumi_array_get(image, (y * 24 + x) * (channels ? channels : 1)),
                    6.0 * (double)(x + y), 8);
    sumi_array_unref(image);
  }
}

/* The last two bytes only say that it ends here. */
static void a_jpeg_that_ends_early_is_refused(void **state) {
  (void)state;
  for (size_t cut = 3; cut < sizeof jpeg - 2; ++cut) {
    unsigned char *exact = malloc(cut);
    memcpy(exact, jpeg, cut);
    assert_null(sumi_image_decode(exact, cut));
    assert_non_null(strstr(sumi_error_message(), "JPEG of "));
    free(exact);
  }
}

static void a_jpeg_gets_no_memory_that_its_bytes_cannot_fill(void **state) {
  (void)state;
  unsigned char copy[sizeof jpeg];
  memcpy(copy, jpeg, sizeof jpeg);
  copy[94] = 127, copy[95] = 255, copy[96] = 16, copy[97] = 0; /* 32767 rows of 4096 */
  assert_null(sumi_image_decode(copy, sizeof copy));
  assert_non_null(strstr(sumi_error_message(), "Premature end of input"));
}

static void damaged_jpegs_crash_nothing_and_leak_nothing(void **state) {
  (void)state;
  counting_allocator_install();
  for (size_t byte = 3; byte < sizeof jpeg; ++byte)
    for (int value = 0; value < 256; value += 51) {
      unsigned char copy[sizeof jpeg];
      memcpy(copy, jpeg, sizeof jpeg);
      copy[byte] = (unsigned char)value;
      sumi_array_unref(sumi_image_decode(copy, sizeof jpeg, .channels = 3));
    }
  assert_int_equal(counting_allocator_live(), 0);
  counting_allocator_remove();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_jpeg_is_decoded_nearly),
      cmocka_unit_test(a_jpeg_that_ends_early_is_refused),
      cmocka_unit_test(a_jpeg_gets_no_memory_that_its_bytes_cannot_fill),
      cmocka_unit_test(damaged_jpegs_crash_nothing_and_leak_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
