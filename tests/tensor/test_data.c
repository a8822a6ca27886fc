#include <stdlib.h>
#include <sumi/data.h>
#include <zlib.h>
#include "sumi_test.h"

/* Two pictures of 2x3 and their labels, as the format's description has them. */
static const unsigned char images_idx[] = {0, 0, 8, 3, 0, 0, 0, 2, 0,   0,   0,   2,   0,   0,
                                           0, 3, 1, 2, 3, 4, 5, 6, 251, 252, 253, 254, 255, 0};
static const unsigned char labels_idx[] = {0, 0, 8, 1, 0, 0, 0, 2, 7, 3};

static const char *folder;

static const char *in_folder(const char *name) {
  static char paths[4][4096];
  static int next;
  char *path = paths[next++ % 4];
  if (!folder) folder = temporary_directory();
  snprintf(path, sizeof paths[0], "%s/%s", folder, name);
  return path;
}

static const char *write_file(const char *name, const void *bytes, size_t size) {
  const char *path = in_folder(name);
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, size, file), size);
  assert_int_equal(fclose(file), 0);
  return path;
}

static size_t compress_gzip(const void *bytes, size_t size, unsigned char *out, size_t room) {
  z_stream stream = {0};
  assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_in = (unsigned char *)(uintptr_t)bytes, stream.avail_in = (uInt)size;
  stream.next_out = out, stream.avail_out = (uInt)room;
  assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
  const size_t packed = stream.total_out;
  deflateEnd(&stream);
  return packed;
}

static void an_idx_file_is_read(void **state) {
  (void)state;
  sumi_array_t *array;
  assert_ok(sumi_idx_read(write_file("a", images_idx, sizeof images_idx), &array));
  assert_true(sumi_dims_equal(sumi_array_dims(array), SUMI_DIMS(2, 2, 3)));
  assert_memory_equal(sumi_array_data(array), images_idx + 16, 12);
  sumi_array_unref(array);
}

static void every_truncation_of_an_idx_file_is_refused(void **state) {
  (void)state;
  sumi_array_t *array;
  for (size_t cut = 0; cut < sizeof images_idx; ++cut) {
    assert_fails(sumi_idx_read(write_file("cut", images_idx, cut), &array), SUMI_DATA_LOSS,
                 "cut: byte ");
    assert_null(array);
  }
  unsigned char longer[sizeof images_idx + 1] = {0};
  memcpy(longer, images_idx, sizeof images_idx);
  assert_fails(sumi_idx_read(write_file("long", longer, sizeof longer), &array), SUMI_DATA_LOSS,
               "long: byte 28: bytes follow");
}

static void no_truncation_or_flipped_bit_of_a_compressed_file_changes_what_is_read(void **state) {
  (void)state;
  unsigned char packed[200];
  const size_t size = compress_gzip(images_idx, sizeof images_idx, packed, sizeof packed);
  sumi_array_t *array;
  assert_ok(sumi_idx_read(write_file("whole.gz", packed, size), &array));
  sumi_array_unref(array);
  for (size_t cut = 0; cut < size; ++cut) {
    assert_int_equal(sumi_idx_read(write_file("cut.gz", packed, cut), &array), SUMI_DATA_LOSS);
    assert_non_null(strstr(sumi_error_message(), "cut.gz: byte "));
    assert_null(array);
  }
  for (size_t bit = 8 * 10; bit < 8 * size; ++bit) { /* after the header, whose time is free */
    packed[bit / 8] ^= 1u << bit % 8;
    /* Some bits before the checksum only fill up a byte; and the header may turn into one of
     * another format. */
    const sumi_status_t status = sumi_idx_read(write_file("flip.gz", packed, size), &array);
    assert_true(status == SUMI_OK || status == SUMI_DATA_LOSS || status == SUMI_UNIMPLEMENTED);
    if (status == SUMI_OK) assert_memory_equal(sumi_array_data(array), images_idx + 16, 12);
    sumi_array_unref(array);
    packed[bit / 8] ^= 1u << bit % 8;
  }
}

static void what_is_no_idx_file_is_refused_with_the_byte(void **state) {
  (void)state;
  static const struct {
    unsigned char bytes[12];
    size_t size;
    sumi_status_t status;
    const char *message;
  } cases[] = {
      {"\x89PNG\r\n\x1a\n", 8, SUMI_DATA_LOSS, "byte 0: not an IDX file: it begins with 89 50"},
      {{0, 0, 10, 1, 0, 0, 0, 0}, 8, SUMI_DATA_LOSS, "byte 2: not an IDX file: element type 0a"},
      {{0, 0, 8, 0}, 4, SUMI_UNIMPLEMENTED, "byte 3: rank 0"},
      {{0, 0, 8, 9, 0, 0, 0, 1}, 8, SUMI_UNIMPLEMENTED, "byte 3: rank 9"},
      {{0, 0, 8, 1, 255, 255, 255, 255, 1},
       9,
       SUMI_DATA_LOSS,
       "byte 8: truncated: the elements need 4294967295 bytes, at most 1 follow"},
      {{0, 0, 14, 2, 255, 255, 255, 255, 255, 255, 255, 255},
       12,
       SUMI_DATA_LOSS,
       "byte 12: shape (4294967295, 4294967295) has too many elements"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    sumi_array_t *array;
    const char *path = write_file("not-idx", cases[i].bytes, cases[i].size);
    assert_fails(sumi_idx_read(path, &array), cases[i].status, cases[i].message);
  }
}

static void write_pair(void) {
  write_file("train-images-idx3-ubyte", images_idx, sizeof images_idx);
  write_file("train-labels-idx1-ubyte", labels_idx, sizeof labels_idx);
}

static void a_data_set_that_does_not_fit_together_is_refused(void **state) {
  (void)state;
  sumi_dataset_t dataset = {0};
  write_pair();
  assert_ok(sumi_dataset_load(folder, SUMI_TRAIN, &dataset));
  assert_int_equal(sumi_array_get(dataset.labels, 0), 7);
  assert_int_equal(sumi_array_count(dataset.class_names), 8);
  assert_fails(sumi_dataset_load(folder, SUMI_TEST, &dataset), SUMI_NOT_FOUND,
               "t10k-images-idx3-ubyte");
  assert_null(dataset.images);
  static const unsigned char three[] = {0, 0, 8, 1, 0, 0, 0, 3, 7, 3, 1};
  write_file("train-labels-idx1-ubyte", three, sizeof three);
  assert_fails(sumi_dataset_load(folder, SUMI_TRAIN, &dataset), SUMI_DATA_LOSS,
               "labels of shape (3,) for 2 pictures");
  write_file("train-images-idx3-ubyte", labels_idx, sizeof labels_idx);
  assert_fails(sumi_dataset_load(folder, SUMI_TRAIN, &dataset), SUMI_UNIMPLEMENTED,
               "pictures of uint8 and shape (2,)");
  static const unsigned char negative[] = {0, 0, 9, 1, 0, 0, 0, 2, 0xFF, 1};
  write_pair();
  write_file("train-labels-idx1-ubyte", negative, sizeof negative);
  assert_fails(sumi_dataset_load(folder, SUMI_TRAIN, &dataset), SUMI_DATA_LOSS,
               "label -1 of picture 0");
}

static void folders_without_data_and_nulls_are_refused(void **state) {
  (void)state;
  sumi_dataset_t dataset = {0};
  sumi_array_t *array;
  assert_fails(sumi_dataset_load("/no/such/folder", SUMI_TRAIN, &dataset), SUMI_NOT_FOUND,
               "/no/such/folder does not exist");
  assert_fails(sumi_dataset_load("/usr", SUMI_TRAIN, &dataset), SUMI_NOT_FOUND,
               "train-images-idx3-ubyte");
  assert_fails(sumi_dataset_load(NULL, SUMI_TRAIN, &dataset), SUMI_INVALID_ARGUMENT, "NULL");
  assert_fails(sumi_dataset_load("/usr", SUMI_TRAIN, NULL), SUMI_INVALID_ARGUMENT, "NULL");
  assert_fails(sumi_dataset_load("/usr", (sumi_split_t)5, &dataset), SUMI_INVALID_ARGUMENT, "5");
  assert_fails(sumi_dataset_draw_glyphs(0, 1, &dataset), SUMI_INVALID_ARGUMENT, "0 pictures");
  assert_fails(sumi_dataset_draw_glyphs(1, 1, NULL), SUMI_INVALID_ARGUMENT, "NULL");
  assert_fails(sumi_idx_read(NULL, &array), SUMI_INVALID_ARGUMENT, "NULL");
  assert_fails(sumi_idx_read("x", NULL), SUMI_INVALID_ARGUMENT, "NULL");
  assert_fails(sumi_csv_read("/no/such.csv", &array), SUMI_NOT_FOUND, "/no/such.csv");
  assert_fails(sumi_csv_read("x", &array, .dtype = SUMI_STRING), SUMI_INVALID_ARGUMENT, "string");
  sumi_dataset_release(NULL);
  assert_null(sumi_batcher_new(&dataset, 4));
  assert_non_null(strstr(sumi_error_message(), "not loaded"));
}

static void batches_of_impossible_sizes_are_refused(void **state) {
  (void)state;
  sumi_dataset_t dataset = {0};
  assert_ok(sumi_dataset_draw_glyphs(10, 1, &dataset));
  assert_null(sumi_batcher_new(&dataset, 0));
  assert_non_null(strstr(sumi_error_message(), "batches of 0 of 10 pictures"));
  assert_null(sumi_batcher_new(&dataset, 11));
  sumi_batcher_t *batcher = sumi_batcher_new(&dataset, 4);
  sumi_batch_t batch;
  assert_fails(sumi_batcher_get(batcher, -1, &batch), SUMI_INVALID_ARGUMENT, "-1");
  assert_fails(sumi_batcher_get(batcher, 0, NULL), SUMI_INVALID_ARGUMENT, "NULL");
  sumi_batcher_free(batcher);
  sumi_dataset_release(&dataset);
}

static void the_batch_of_a_step_does_not_depend_on_what_came_before(void **state) {
  (void)state;
  sumi_dataset_t dataset = {0};
  assert_ok(sumi_dataset_draw_glyphs(10, 1, &dataset));
  sumi_batcher_t *batcher = sumi_batcher_new(&dataset, 4, .seed = 3);
  assert_int_equal(sumi_batcher_per_epoch(batcher), 3);
  sumi_batch_t batch;
  int64_t forwards[30][4];
  for (int step = 0; step < 30; ++step) {
    assert_ok(sumi_batcher_get(batcher, step, &batch));
    assert_int_equal(batch.epoch, step / 3);
    assert_int_equal(batch.count, step % 3 == 2 ? 2 : 4);
    assert_int_equal(sumi_array_dims(batch.images).size[0], batch.count);
    memcpy(forwards[step], batch.indices, (size_t)batch.count * sizeof(int64_t));
  }
  sumi_batcher_t *other = sumi_batcher_new(&dataset, 4, .seed = 3);
  for (int step = 29; step >= 0; --step) {
    assert_ok(sumi_batcher_get(other, step, &batch));
    assert_memory_equal(batch.indices, forwards[step], (size_t)batch.count * sizeof(int64_t));
  }
  sumi_batcher_free(other);
  other = sumi_batcher_new(&dataset, 4, .drop_last = true);
  assert_int_equal(sumi_batcher_per_epoch(other), 2);
  assert_ok(sumi_batcher_get(other, 2, &batch));
  assert_int_equal(batch.epoch, 1);
  sumi_batcher_free(other);
  sumi_batcher_free(batcher);
  sumi_dataset_release(&dataset);
}

static void getting_batches_allocates_nothing(void **state) {
  (void)state;
  counting_allocator_install();
  sumi_dataset_t dataset = {0};
  assert_ok(sumi_dataset_draw_glyphs(10, 1, &dataset));
  sumi_batcher_t *batcher = sumi_batcher_new(&dataset, 4);
  const int64_t before = counting_allocator_requests();
  sumi_batch_t batch;
  for (int step = 0; step < 10; ++step) assert_ok(sumi_batcher_get(batcher, step, &batch));
  assert_int_equal(counting_allocator_requests(), before);
  sumi_batcher_free(batcher);
  sumi_dataset_release(&dataset);
  assert_int_equal(counting_allocator_live(), 0);
  counting_allocator_remove();
}

static sumi_status_t use_everything(void) {
  sumi_dataset_t dataset = {0};
  sumi_array_t *numbers = NULL;
  sumi_status_t status = sumi_csv_read(in_folder("n.csv"), &numbers, .dtype = SUMI_INT16);
  sumi_array_unref(numbers);
  if (status == SUMI_OK) status = sumi_dataset_load(folder, SUMI_TRAIN, &dataset);
  if (status == SUMI_OK) {
    sumi_batcher_t *batcher = sumi_batcher_new(&dataset, 1);
    if (!batcher) status = SUMI_RESOURCE_EXHAUSTED;
    sumi_batcher_free(batcher);
  }
  if (status == SUMI_OK) status = sumi_dataset_draw_glyphs(2, 1, &dataset);
  sumi_dataset_release(&dataset);
  return status;
}

static void memory_that_runs_out_anywhere_is_reported_and_leaks_nothing(void **state) {
  (void)state;
  unsigned char packed[200];
  const size_t size = compress_gzip(images_idx, sizeof images_idx, packed, sizeof packed);
  write_pair();
  assert_int_equal(remove(in_folder("train-images-idx3-ubyte")), 0);
  write_file("train-images-idx3-ubyte.gz", packed, size);
  write_file("class_names.txt", "a\nb\n", 4);
  write_file("n.csv", "1,2\n3,4\n", 8);
  for (int64_t nth = 1;; ++nth) {
    counting_allocator_install();
    counting_allocator_fail_at(nth);
    const sumi_status_t status = use_everything();
    const bool reached = counting_allocator_requests() >= nth;
    assert_int_equal(counting_allocator_live(), 0);
    counting_allocator_remove();
    if (!reached) {
      assert_int_equal(status, SUMI_OK);
      break;
    }
    /* A path that could not be built may also look like a file that is not there; and what inflates
     * a whole file at once gives way to what needs less memory. */
    assert_true(status == SUMI_RESOURCE_EXHAUSTED || status == SUMI_NOT_FOUND || status == SUMI_OK);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_idx_file_is_read),
      cmocka_unit_test(every_truncation_of_an_idx_file_is_refused),
      cmocka_unit_test(no_truncation_or_flipped_bit_of_a_compressed_file_changes_what_is_read),
      cmocka_unit_test(what_is_no_idx_file_is_refused_with_the_byte),
      cmocka_unit_test(a_data_set_that_does_not_fit_together_is_refused),
      cmocka_unit_test(folders_without_data_and_nulls_are_refused),
      cmocka_unit_test(batches_of_impossible_sizes_are_refused),
      cmocka_unit_test(the_batch_of_a_step_does_not_depend_on_what_came_before),
      cmocka_unit_test(getting_batches_allocates_nothing),
      cmocka_unit_test(memory_that_runs_out_anywhere_is_reported_and_leaks_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
