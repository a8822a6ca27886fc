#include "sumi_test.h"

#include <stdlib.h>
#include <sumi/file.h>
#include <sumi/image.h>
#include <sys/stat.h>

/* Three times two pixels of red, green and blue: 0, 14, 28, … as Pillow writes them. */
static const unsigned char png[] = {
    137, 80,  78, 71,  13,  10,  26, 10,  0,   0,   0,   13,  73,  72,  68,  82,  0,
    0,   0,   3,  0,   0,   0,   2,  8,   2,   0,   0,   0,   18,  22,  241, 77,  0,
    0,   0,   24, 73,  68,  65,  84, 120, 156, 99,  100, 224, 147, 209, 210, 210, 210,
    210, 210, 98, 172, 235, 153, 5,  97,  1,   0,   32,  202, 3,   201, 201, 15,  136,
    171, 0,   0,  0,   0,   73,  69, 78,  68,  174, 66,  96,  130,
};

static const char *in_folder(const char *name) {
  static char paths[8][4096];
  static int next;
  static const char *folder;
  char *path = paths[next++ % 8];
  if (!folder) folder = temporary_directory();
  snprintf(path, sizeof paths[0], "%s/%s", folder, name);
  return path;
}

static const char *write_file(const char *name, const void *bytes, size_t size) {
  const char *path = in_folder(name);
  char directory[4096];
  strcpy(directory, path);
  *strrchr(directory, '/') = 0;
  assert_ok(sumi_file_make_directories(directory));
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, size, file), size);
  assert_int_equal(fclose(file), 0);
  return path;
}

/* The array is NULL, and the message contains a text. */
#define assert_refused(array, text)                                                                \
  do {                                                                                             \
    sumi_array_t *array_ = (array);                                                                \
    if (array_ || !strstr(sumi_error_message(), text))                                             \
      fail_msg("%s: \"%s\", expected \"%s\"", #array, array_ ? "" : sumi_error_message(), text);   \
  } while (0)

/* ---- Decoding ---- */

static void a_png_is_decoded(void **state) {
  (void)state;
  sumi_array_t *image = sumi_image_decode(png, sizeof png);
  assert_true(sumi_dims_equal(sumi_array_dims(image), SUMI_DIMS(2, 3, 3)));
  for (int i = 0; i < 18; ++i) assert_int_equal(sumi_array_get(image, i), 14 * i);
  sumi_array_unref(image);
  image = sumi_image_decode(png, sizeof png, .channels = 1);
  assert_true(sumi_dims_equal(sumi_array_dims(image), SUMI_DIMS(2, 3, 1)));
  sumi_array_unref(image);
}

static void no_cut_and_no_flipped_bit_of_a_png_is_missed(void **state) {
  (void)state;
  for (size_t cut = 0; cut < sizeof png; ++cut) {
    unsigned char *exact = malloc(cut + 1);
    memcpy(exact, png, cut);
    assert_null(sumi_image_decode(exact, cut));
    free(exact);
  }
  for (size_t bit = 0; bit < 8 * sizeof png; ++bit) {
    unsigned char copy[sizeof png];
    memcpy(copy, png, sizeof png);
    copy[bit / 8] ^= (unsigned char)(1u << bit % 8);
    sumi_array_t *image = sumi_image_decode(copy, sizeof png);
    /* A chunk may turn into one that nobody has to know. */
    if (image) assert_int_equal(sumi_array_get(image, 17), 14 * 17);
    sumi_array_unref(image);
  }
}

static void what_is_no_picture_is_refused(void **state) {
  (void)state;
  assert_refused(sumi_image_decode("GIF89a", 6),
                 "neither a PNG nor a JPEG: 6 bytes that begin with 47 49");
  assert_refused(sumi_image_decode("", 0), "0 bytes, which are no picture");
  assert_refused(sumi_image_decode(NULL, 3), "the bytes of a picture are NULL");
  assert_refused(sumi_image_decode(png, sizeof png, .channels = 2),
                 "channels is 2; 1, 3 and 4 are allowed");
  assert_refused(sumi_image_decode(png, 20), "PNG: byte ");
  assert_refused(sumi_image_read(write_file("text.png", "text", 4)), "text.png: neither a PNG");
  assert_refused(sumi_image_read(write_file("packed.png", "\x1f\x8b\x08 and more", 12)),
                 "packed.png: neither a PNG nor a JPEG: 12 bytes that begin with 1f 8b");
  assert_refused(sumi_image_read("/no/such.png"), "/no/such.png");
  assert_refused(sumi_image_read(NULL), "NULL");
}

/* ---- Refusals ---- */

static void arguments_that_make_no_sense_are_refused(void **state) {
  (void)state;
  sumi_array_t *image = sumi_array_new(SUMI_UINT8, SUMI_DIMS(4, 6, 2));
  sumi_array_t *flat = sumi_array_new(SUMI_UINT8, SUMI_DIMS(4, 6));
  sumi_array_t *wide = sumi_array_new(SUMI_INT32, SUMI_DIMS(4, 6, 3));
  sumi_philox_t random = sumi_philox_seeded(1, 1);
  assert_refused(sumi_image_flip_left_right(NULL), "flip_left_right: the picture is NULL");
  assert_refused(sumi_image_flip_up_down(flat), "a picture of uint8 (4, 6); uint8 or float32");
  assert_refused(sumi_image_standardize(wide), "a picture of int32 (4, 6, 3)");
  assert_refused(sumi_image_crop(image, 1, 0, 4, 6),
                 "crop: (4, 6) at (1, 0) is not inside of (4, 6)");
  assert_refused(sumi_image_crop(image, 0, -1, 1, 1), "at (0, -1)");
  assert_refused(sumi_image_crop(image, 0, 0, 0, 1), "crop: (0, 1)");
  assert_refused(sumi_image_crop(image, INT64_MAX, 0, 2, 2), "is not inside");
  assert_refused(sumi_image_pad(image, 1, 0, 4, 6),
                 "pad: (4, 6) at (1, 0) is not inside of (4, 6)");
  assert_refused(sumi_image_central_crop(image, 0), "fraction is 0");
  assert_refused(sumi_image_central_crop(image, (double)NAN), "fraction is ");
  assert_refused(sumi_image_crop_or_pad(image, 0, 1), "to (0, 1)");
  assert_refused(sumi_image_resize(image, 0, 1), "resize: to (0, 1)");
  assert_refused(sumi_image_resize(image, 2, 2, .method = (sumi_resize_method_t)3), "method 3");
  assert_refused(sumi_image_resize(image, 2, 2, .align_corners = true, .from_corner = true),
                 "not for from_corner");
  assert_refused(sumi_image_resize(image, 2, 2, .method = SUMI_RESIZE_AREA, .align_corners = true),
                 "not for areas");
  assert_refused(sumi_image_convert(image, SUMI_INT32), "to int32");
  assert_refused(sumi_image_adjust_brightness(image, INFINITY), "a number is needed");
  assert_refused(sumi_image_adjust_saturation(image, 1), "three channels are needed");
  assert_refused(sumi_image_adjust_saturation(image, -1), "0 or more is needed");
  assert_refused(sumi_image_adjust_hue(image, 1.5), "-1 to 1 are allowed");
  assert_refused(sumi_image_random_crop(image, 5, 1, &random), "random_crop: (5, 1) out of (4, 6)");
  assert_refused(sumi_image_random_crop(image, 1, 1, NULL), "the stream is NULL");
  assert_refused(sumi_image_random_contrast(image, 2, 1, &random),
                 "random_contrast: from 2 to 1; the smaller number stands first");
  assert_refused(sumi_image_random_brightness(image, -1, &random), "from 1 to -1");
  assert_refused(sumi_image_random_hue(image, 1, NULL), "random_hue: the stream is NULL");
  for (int i = 0; i < 32; ++i) { /* whatever the coin says */
    assert_refused(sumi_image_random_flip_left_right(wide, &random), "random_flip_left_right: a");
    assert_refused(sumi_image_random_flip_up_down(NULL, &random),
                   "random_flip_up_down: the picture is NULL");
  }
  sumi_array_unref(image), sumi_array_unref(flat), sumi_array_unref(wide);
}

/* ---- At random ---- */

/* A number at each pixel: its place. */
static sumi_array_t *places(int64_t height, int64_t width) {
  sumi_array_t *numbers = sumi_array_arange(height * width, SUMI_FLOAT32);
  sumi_array_t *image = sumi_array_reshape(numbers, SUMI_DIMS(height, width, 1));
  sumi_array_unref(numbers);
  return image;
}

static void random_parts_come_from_everywhere_and_flips_are_fair(void **state) {
  (void)state;
  enum { RUNS = 6000 };
  sumi_array_t *image = places(4, 5);
  sumi_philox_t random = sumi_philox_seeded(7, 0), same = random;
  int counts[20] = {0}, flipped = 0, turned = 0;
  for (int i = 0; i < RUNS; ++i) {
    sumi_array_t *part = sumi_image_random_crop(image, 3, 3, &random);
    sumi_array_t *again = sumi_image_random_crop(image, 3, 3, &same);
    assert_true(sumi_array_equal(part, again));
    ++counts[(int)sumi_array_get(part, 0)];
    sumi_array_unref(part), sumi_array_unref(again);
    part = sumi_image_random_flip_left_right(image, &random);
    flipped += sumi_array_get(part, 0) == 4;
    sumi_array_unref(part);
    part = sumi_image_random_flip_up_down(image, &random);
    turned += sumi_array_get(part, 0) == 15;
    sumi_array_unref(part);
    same = random;
  }
  /* Six places, each expected 1000 times with a deviation of 29; flips 3000 with 39. */
  for (int i = 0; i < 20; ++i) assert_near(counts[i], i / 5 < 2 && i % 5 < 3 ? 1000 : 0, 5 * 29);
  assert_near(flipped, 3000, 5 * 39);
  assert_near(turned, 3000, 5 * 39);
  sumi_array_unref(image);
}

static void random_colours_stay_within_their_range(void **state) {
  (void)state;
  sumi_array_t *image = sumi_array_full(SUMI_FLOAT32, SUMI_DIMS(1, 1, 3), 0.5);
  sumi_philox_t random = sumi_philox_seeded(8, 0);
  double least = 9, most = -9;
  for (int i = 0; i < 500; ++i) {
    sumi_array_t *brighter = sumi_image_random_brightness(image, 0.25, &random);
    const double delta = sumi_array_get(brighter, 0) - 0.5;
    least = fmin(least, delta), most = fmax(most, delta);
    sumi_array_unref(brighter);
    sumi_array_unref(sumi_image_random_contrast(image, 0.5, 2, &random));
    sumi_array_unref(sumi_image_random_saturation(image, 0.5, 2, &random));
    sumi_array_unref(sumi_image_random_hue(image, 0.5, &random));
  }
  assert_true(least >= -0.25 && least < -0.24 && most <= 0.25 && most > 0.24);
  sumi_array_unref(image);
}

/* ---- Folders ---- */

static void folders_without_what_is_needed_are_refused(void **state) {
  (void)state;
  sumi_folder_t folder = {0};
  write_file("none/a/notes.txt", "x", 1);
  assert_fails(sumi_folder_read(in_folder("none"), &folder), SUMI_NOT_FOUND,
               "none: there is no picture (.png, .jpg, .jpeg) in it");
  assert_fails(sumi_folder_read(in_folder("none/a"), &folder), SUMI_NOT_FOUND,
               "there are no sub-folders");
  write_file("flat/x.png", png, sizeof png);
  assert_fails(sumi_folder_read(in_folder("flat"), &folder), SUMI_NOT_FOUND,
               ".unlabelled takes the pictures");
  assert_fails(sumi_folder_read("/no/such/folder", &folder), SUMI_NOT_FOUND, "/no/such/folder");
  assert_fails(sumi_folder_read(NULL, &folder), SUMI_INVALID_ARGUMENT, "path of a folder is NULL");
  assert_fails(sumi_folder_read("/", NULL), SUMI_INVALID_ARGUMENT, "place of a folder is NULL");
  assert_fails(sumi_folder_read("/", &folder, .labels = "x", .unlabelled = true),
               SUMI_INVALID_ARGUMENT, "and unlabelled");
  assert_ok(sumi_folder_read(in_folder("flat"), &folder, .unlabelled = true));
  assert_int_equal(sumi_array_count(folder.paths), 1);
  assert_null(folder.labels);
  assert_fails(sumi_folder_read(in_folder("none"), &folder, .unlabelled = true), SUMI_NOT_FOUND,
               "no picture");
  assert_null(folder.paths);
  sumi_folder_release(NULL);
}

static void wrong_lines_of_labels_are_named(void **state) {
  (void)state;
  static const struct {
    const char *text, *message;
    sumi_status_t status;
  } cases[] = {{"x.png,1\n\nx.png\n",
                "labels: line 3: \"<path>,<class>\" is expected, found \"x.png\"", SUMI_DATA_LOSS},
               {"x.png,\n", "line 1: \"<path>,<class>\" is expected", SUMI_DATA_LOSS},
               {",1\n", "line 1: \"<path>,<class>\" is expected", SUMI_DATA_LOSS},
               {"x.png,1\ny.png,1\n", "line 2: there is no picture", SUMI_DATA_LOSS},
               {"x.png,10000\n", "class 10000; up to 9999 are allowed", SUMI_DATA_LOSS},
               {"\n", "there is no line in it", SUMI_NOT_FOUND}};
  sumi_folder_t folder = {0};
  write_file("flat/x.png", png, sizeof png);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    const char *labels = write_file("labels", cases[i].text, strlen(cases[i].text));
    assert_fails(sumi_folder_read(in_folder("flat"), &folder, .labels = labels), cases[i].status,
                 cases[i].message);
    assert_null(folder.paths);
  }
  assert_fails(sumi_folder_read(in_folder("flat"), &folder, .labels = "/no/such/file"),
               SUMI_NOT_FOUND, "/no/such/file");
}

/* ---- Pipelines ---- */

static void write_classes(void) {
  write_file("classes/a/1.png", png, sizeof png);
  write_file("classes/a/2.png", "no picture", 10);
  write_file("classes/b/deep/3.png", png, sizeof png);
}

static sumi_pipeline_t *pictures(int threads) {
  sumi_folder_t folder = {0};
  sumi_folder_read(in_folder("classes"), &folder);
  sumi_pipeline_t *p = sumi_pipeline_from_folder(&folder);
  sumi_folder_release(&folder);
  return sumi_pipeline_decode_images(p, .height = 4, .width = 5, .threads = threads);
}

static void pictures_that_are_none_are_named_and_may_be_passed(void **state) {
  (void)state;
  write_classes();
  for (int threads = 0; threads < 3; threads += 2) {
    sumi_pipeline_t *p = pictures(threads);
    sumi_iterator_t *it = sumi_iterator_new(p);
    const sumi_element_t *e = sumi_iterator_next(it);
    assert_non_null(strstr(sumi_array_get_text(sumi_element_get(e, "path"), 0), "classes/a/1.png"));
    assert_true(sumi_dims_equal(sumi_array_dims(sumi_element_get(e, "image")), SUMI_DIMS(4, 5, 3)));
    assert_null(sumi_iterator_next(it));
    assert_fails(sumi_iterator_status(it), SUMI_DATA_LOSS,
                 "classes/a/2.png: neither a PNG nor a JPEG");
    sumi_iterator_free(it);
    it = sumi_iterator_new(p = sumi_pipeline_ignore_errors(p));
    sumi_pipeline_unref(p);
    assert_int_equal(sumi_array_get(sumi_element_get(sumi_iterator_next(it), "label"), 0), 0);
    assert_int_equal(sumi_array_get(sumi_element_get(sumi_iterator_next(it), "label"), 0), 1);
    assert_null(sumi_iterator_next(it));
    assert_ok(sumi_iterator_status(it));
    sumi_iterator_free(it);
  }
}

static sumi_status_t status_of(sumi_pipeline_t *p) {
  sumi_iterator_t *it = sumi_iterator_new(p);
  sumi_pipeline_unref(p);
  while (sumi_iterator_next(it)) continue;
  const sumi_status_t status = it ? sumi_iterator_status(it) : SUMI_RESOURCE_EXHAUSTED;
  sumi_iterator_free(it);
  return status;
}

static void decoding_from_other_arrays(void **state) {
  (void)state;
  sumi_array_t *bytes = sumi_array_from(SUMI_UINT8, SUMI_DIMS(1, sizeof png), png);
  sumi_array_t *numbers = sumi_array_arange(1, SUMI_FLOAT32);
#define ROWS(...) sumi_pipeline_from_arrays(SUMI_COMPONENTS(__VA_ARGS__))
  sumi_pipeline_t *p = sumi_pipeline_decode_images(ROWS({"b", bytes}), .from = "b", .to = "x");
  sumi_iterator_t *it = sumi_iterator_new(p);
  sumi_pipeline_unref(p);
  const sumi_element_t *e = sumi_iterator_next(it);
  assert_int_equal(sumi_element_count(e), 1);
  assert_int_equal(sumi_array_dtype(sumi_element_get(e, "x")), SUMI_UINT8);
  sumi_iterator_free(it);
  assert_fails(status_of(sumi_pipeline_decode_images(ROWS({"b", bytes}))), SUMI_NOT_FOUND,
               "no array \"path\"");
  assert_fails(status_of(sumi_pipeline_decode_images(ROWS({"path", numbers}))),
               SUMI_INVALID_ARGUMENT, "is float32 (); a path (string ()) or bytes");
  assert_fails(status_of(sumi_pipeline_decode_images(ROWS({"b", bytes}), .height = 3)),
               SUMI_INVALID_ARGUMENT, "height is 3 and width 0");
  assert_fails(
      status_of(sumi_pipeline_decode_images(ROWS({"b", bytes}), .from = "b", .channels = 7)),
      SUMI_INVALID_ARGUMENT, "channels is 7");
  assert_fails(status_of(sumi_pipeline_decode_images(NULL)), SUMI_INVALID_ARGUMENT,
               "the pipeline is NULL");
  assert_fails(status_of(sumi_pipeline_from_folder(NULL)), SUMI_INVALID_ARGUMENT,
               "\"path\" is NULL");
  sumi_array_unref(bytes), sumi_array_unref(numbers);
}

static sumi_status_t use_everything(const char *labels) {
  SUMI_TRY(status_of(sumi_pipeline_ignore_errors(pictures(0))));
  sumi_folder_t folder = {0};
  SUMI_TRY(sumi_folder_read(in_folder("classes"), &folder, .labels = labels));
  sumi_folder_release(&folder);
  sumi_philox_t random = sumi_philox_seeded(1, 1);
  sumi_array_t *image = sumi_image_decode(png, sizeof png), *steps[4] = {NULL};
  if (image) steps[0] = sumi_image_adjust_hue(image, 0.1);
  if (steps[0]) steps[1] = sumi_image_random_crop(steps[0], 2, 2, &random);
  if (steps[1]) steps[2] = sumi_image_resize(steps[1], 3, 3);
  if (steps[2]) steps[3] = sumi_image_standardize(steps[2]);
  const bool done = steps[3] != NULL;
  sumi_array_unref(image);
  for (int i = 0; i < 4; ++i) sumi_array_unref(steps[i]);
  return done ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

static void memory_that_runs_out_anywhere_is_reported_and_leaks_nothing(void **state) {
  (void)state;
  write_classes();
  static const char lines[] = "a/1.png,owl\nb/deep/3.png,bat\n";
  char labels[4096];
  strcpy(labels, write_file("names", lines, sizeof lines - 1));
  for (int64_t nth = 1;; ++nth) {
    counting_allocator_install();
    counting_allocator_fail_at(nth);
    const sumi_status_t status = use_everything(labels);
    const bool reached = counting_allocator_requests() >= nth;
    assert_int_equal(counting_allocator_live(), 0);
    counting_allocator_remove();
    if (!reached) {
      assert_int_equal(status, SUMI_OK);
      break;
    }
    /* A folder that could not be read gives NULL arrays, and a failure that was recorded as another
     * one may be passed over. */
    assert_true(status == SUMI_RESOURCE_EXHAUSTED || status == SUMI_OK ||
                strstr(sumi_error_message(), "out of memory"));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_png_is_decoded),
      cmocka_unit_test(no_cut_and_no_flipped_bit_of_a_png_is_missed),
      cmocka_unit_test(what_is_no_picture_is_refused),
      cmocka_unit_test(arguments_that_make_no_sense_are_refused),
      cmocka_unit_test(random_parts_come_from_everywhere_and_flips_are_fair),
      cmocka_unit_test(random_colours_stay_within_their_range),
      cmocka_unit_test(folders_without_what_is_needed_are_refused),
      cmocka_unit_test(wrong_lines_of_labels_are_named),
      cmocka_unit_test(pictures_that_are_none_are_named_and_may_be_passed),
      cmocka_unit_test(decoding_from_other_arrays),
      cmocka_unit_test(memory_that_runs_out_anywhere_is_reported_and_leaks_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
