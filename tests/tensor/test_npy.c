#include <signal.h>
#include <stdlib.h>
#include <sumi/npy.h>
#include <sys/resource.h>
#include <unistd.h>
#include "sumi_test.h"

static sumi_array_t *sample(void) {
  const float values[6] = {1, 2, 3, 4, 5, 6};
  sumi_array_t *array = sumi_array_from(SUMI_FLOAT32, SUMI_DIMS(2, 3), values);
  assert_non_null(array);
  return array;
}

static const char *in_folder(const char *name) {
  static char path[4096];
  static const char *folder;
  if (!folder) folder = temporary_directory();
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static void write_bytes(const char *path, const void *bytes, size_t size) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, size, file), size);
  assert_int_equal(fclose(file), 0);
}

static sumi_buffer_t read_bytes(const char *path) {
  sumi_buffer_t buffer = {0};
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  for (int byte = fgetc(file); byte != EOF; byte = fgetc(file))
    sumi_buffer_putc(&buffer, (char)byte);
  fclose(file);
  return buffer;
}

static void every_truncation_of_an_npy_file_is_refused(void **state) {
  (void)state;
  sumi_array_t *array = sample(), *read;
  sumi_buffer_t bytes = {0};
  assert_ok(sumi_npy_encode(array, &bytes));
  for (size_t cut = 0; cut < bytes.size; ++cut) {
    char *exact = malloc(cut + 1); /* so that a sanitizer sees reading past the end */
    memcpy(exact, bytes.data, cut);
    assert_fails(sumi_npy_decode("x.npy", exact, cut, &read), SUMI_DATA_LOSS, "x.npy: byte ");
    assert_null(read);
    free(exact);
  }
  sumi_buffer_putc(&bytes, 0);
  assert_fails(sumi_npy_decode("x.npy", bytes.data, bytes.size, &read), SUMI_DATA_LOSS,
               "x.npy: byte 152: bytes follow");
  sumi_buffer_release(&bytes);
  sumi_array_unref(array);
}

/* A file with this header text and 24 bytes of elements. */
static sumi_status_t decode_header(const char *header, sumi_array_t **array) {
  sumi_buffer_t bytes = {0};
  sumi_buffer_append(&bytes, "\x93NUMPY\1\0", 8);
  sumi_buffer_putc(&bytes, (char)(strlen(header) & 0xFF));
  sumi_buffer_putc(&bytes, (char)(strlen(header) >> 8));
  sumi_buffer_puts(&bytes, header);
  sumi_buffer_append(&bytes, "123456789012345678901234", 24);
  const sumi_status_t status = sumi_npy_decode("h.npy", bytes.data, bytes.size, array);
  sumi_buffer_release(&bytes);
  return status;
}

static void damaged_headers_are_refused_with_the_byte(void **state) {
  (void)state;
  static const struct {
    const char *header;
    sumi_status_t status;
    const char *message;
  } cases[] = {
      {"", SUMI_DATA_LOSS, "byte 10: the npy header is damaged: expected '{'"},
      {"{'descr': '<f4', 'fortran_order': False}", SUMI_DATA_LOSS,
       "expected descr, fortran_order and shape"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (6,), 'x': 1}", SUMI_DATA_LOSS,
       "the keys"},
      {"{'descr': '<f4', 'fortran_order': Nope, 'shape': (6,)}", SUMI_DATA_LOSS, "True or False"},
      {"{'descr': <f4, 'fortran_order': False, 'shape': (6,)}", SUMI_DATA_LOSS,
       "byte 20: the npy header is damaged: expected a quoted text"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (-6,)}", SUMI_DATA_LOSS, "a size"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (6", SUMI_DATA_LOSS, "',' or ')'"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,6)}", SUMI_DATA_LOSS,
       "at most 8"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", SUMI_DATA_LOSS,
       "a size"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
       SUMI_DATA_LOSS, "too many elements"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,)}", SUMI_DATA_LOSS,
       "too many elements"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,)}", SUMI_DATA_LOSS,
       "truncated: the elements need 4000000000000 bytes"},
      {"{'descr': '<U0', 'fortran_order': False, 'shape': (1000000000000,)}", SUMI_DATA_LOSS,
       "empty texts"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (6,)} junk", SUMI_DATA_LOSS,
       "the header's end"},
      {"{'descr': '<f3', 'fortran_order': False, 'shape': (8,)}", SUMI_UNIMPLEMENTED, "'<f3'"},
      {"{'descr': '<f99999999999999999999', 'fortran_order': False, 'shape': (8,)}",
       SUMI_UNIMPLEMENTED, "'<f99999999999999999999'"},
      {"{'descr': '|O', 'fortran_order': False, 'shape': (3,)}", SUMI_UNIMPLEMENTED, "'|O'"},
      {"{'descr': '<U6', 'fortran_order': False, 'shape': (1,)}", SUMI_DATA_LOSS,
       "a character that is none"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    sumi_array_t *array;
    assert_fails(decode_header(cases[i].header, &array), cases[i].status, cases[i].message);
    assert_null(array);
  }
  sumi_array_t *array;
  assert_ok(decode_header("{\"shape\":(6),'fortran_order':True,'descr':'<i4',}", &array));
  assert_int_equal(sumi_array_get(array, 0), 0x34333231);
  sumi_array_unref(array);
  assert_fails(sumi_npy_decode("v", "\x93NUMPY\7\0aaaa", 12, &array), SUMI_UNIMPLEMENTED, "7.0");
}

static void missing_files_and_nulls_are_refused(void **state) {
  (void)state;
  sumi_array_t *array = sample(), *read;
  assert_fails(sumi_npy_read("/no/such.npy", &read), SUMI_NOT_FOUND, "/no/such.npy");
  assert_fails(sumi_npy_read("/", &read), SUMI_INVALID_ARGUMENT, "regular file");
  assert_fails(sumi_npy_read(NULL, &read), SUMI_INVALID_ARGUMENT, "NULL");
  assert_fails(sumi_npy_read("x", NULL), SUMI_INVALID_ARGUMENT, "NULL");
  assert_fails(sumi_npy_write(NULL, array), SUMI_INVALID_ARGUMENT, "NULL");
  assert_fails(sumi_npy_write("x", NULL), SUMI_INVALID_ARGUMENT, "NULL");
  assert_fails(sumi_npy_write("/no/such/folder/x.npy", array), SUMI_NOT_FOUND, "create");
  sumi_npz_t *npz;
  assert_fails(sumi_npz_open(NULL, &npz), SUMI_INVALID_ARGUMENT, "NULL");
  assert_fails(sumi_npz_open("/no/such.npz", &npz), SUMI_NOT_FOUND, "/no/such.npz");
  assert_null(npz);
  assert_fails(sumi_npz_read(NULL, "a", &read), SUMI_INVALID_ARGUMENT, "archive is NULL");
  const sumi_npz_item_t twice[] = {{"a", array}, {"a", array}}, none[] = {{NULL, array}};
  assert_fails(sumi_npz_write(in_folder("x.npz"), 2, twice), SUMI_INVALID_ARGUMENT, "\"a\"");
  assert_fails(sumi_npz_write(in_folder("x.npz"), 1, none), SUMI_INVALID_ARGUMENT, "NULL");
  assert_fails(sumi_npz_write(in_folder("x.npz"), -1, none), SUMI_INVALID_ARGUMENT, "-1");
  sumi_array_unref(array);
}

static void a_full_disk_is_reported(void **state) {
  (void)state;
  sumi_array_t *large = sumi_array_new(SUMI_FLOAT64, SUMI_DIMS(100000));
  assert_fails(sumi_npy_write("/dev/full", large), SUMI_RESOURCE_EXHAUSTED, "/dev/full");
  assert_int_equal(access("/dev/full", F_OK), 0);
  sumi_array_unref(large);
}

/* A limit on file sizes stands for a disk that fills up. */
static void a_file_that_could_not_be_completed_is_removed(void **state) {
  (void)state;
  sumi_array_t *large = sumi_array_new(SUMI_FLOAT64, SUMI_DIMS(100000));
  const sumi_npz_item_t items[] = {{"large", large}};
  struct rlimit before, small;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
  small = before;
  small.rlim_cur = 10000;
  signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
  assert_fails(sumi_npy_write(in_folder("cut.npy"), large), SUMI_RESOURCE_EXHAUSTED, "cut.npy");
  assert_int_equal(access(in_folder("cut.npy"), F_OK), -1);
  assert_fails(sumi_npz_write(in_folder("cut.npz"), 1, items), SUMI_RESOURCE_EXHAUSTED, "cut.npz");
  assert_int_equal(access(in_folder("cut.npz"), F_OK), -1);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
  sumi_array_unref(large);
}

/* Reads all arrays of an archive; the first failure. */
static sumi_status_t read_all(const char *path) {
  sumi_npz_t *npz;
  sumi_status_t status = sumi_npz_open(path, &npz);
  for (int64_t i = 0; i < sumi_npz_count(npz) && status == SUMI_OK; ++i) {
    sumi_array_t *array;
    status = sumi_npz_read(npz, sumi_npz_name(npz, i), &array);
    sumi_array_unref(array);
  }
  sumi_npz_close(npz);
  return status;
}

static void every_truncation_and_flipped_byte_of_an_archive_is_survived(void **state) {
  (void)state;
  sumi_array_t *array = sample();
  const sumi_npz_item_t items[] = {{"weights", array}, {"bias", array}};
  for (int compress = 0; compress < 2; ++compress) {
    char path[4096];
    strcpy(path, in_folder("whole.npz"));
    assert_ok(sumi_npz_write(path, 2, items, .compress = compress));
    assert_ok(read_all(path));
    sumi_buffer_t bytes = read_bytes(path);
    for (size_t cut = 0; cut < bytes.size; ++cut) {
      write_bytes(path, bytes.data, cut);
      assert_int_equal(read_all(path), SUMI_DATA_LOSS);
      assert_non_null(strstr(sumi_error_message(), path));
    }
    for (size_t at = 0; at < bytes.size; ++at) { /* names and dates may change unnoticed */
      bytes.data[at] ^= 0x40;
      write_bytes(path, bytes.data, bytes.size);
      const sumi_status_t status = read_all(path);
      assert_true(status == SUMI_OK || status == SUMI_DATA_LOSS || status == SUMI_UNIMPLEMENTED);
      bytes.data[at] ^= 0x40;
    }
    sumi_buffer_release(&bytes);
  }
  sumi_array_unref(array);
}

static void what_an_archive_lacks_is_answered_with_what_it_has(void **state) {
  (void)state;
  sumi_array_t *array = sample(), *read;
  const sumi_npz_item_t items[] = {{"weights", array}, {"bias", array}};
  assert_ok(sumi_npz_write(in_folder("names.npz"), 2, items));
  sumi_npz_t *npz;
  assert_ok(sumi_npz_open(in_folder("names.npz"), &npz));
  assert_int_equal(sumi_npz_count(npz), 2);
  assert_string_equal(sumi_npz_name(npz, 1), "bias");
  assert_null(sumi_npz_name(npz, 2));
  assert_fails(sumi_npz_read(npz, "momentum", &read), SUMI_NOT_FOUND,
               "no array \"momentum\"; it has: weights, bias");
  assert_ok(sumi_npz_read(npz, "bias", &read));
  assert_true(sumi_array_equal(read, array));
  sumi_array_unref(read);
  sumi_array_unref(array);
  sumi_npz_close(npz);
}

static void memory_that_runs_out_anywhere_is_reported_and_leaks_nothing(void **state) {
  (void)state;
  char npz_path[4096], npy_path[4096];
  strcpy(npz_path, in_folder("memory.npz"));
  strcpy(npy_path, in_folder("memory.npy"));
  const char *texts[] = {"a", "墨", "", "b"};
  for (int64_t nth = 1;; ++nth) {
    counting_allocator_install();
    counting_allocator_fail_at(nth);
    sumi_status_t status = SUMI_RESOURCE_EXHAUSTED;
    sumi_array_t *array = sumi_array_from(SUMI_STRING, SUMI_DIMS(2, 2), texts), *read = NULL;
    if (array) {
      const sumi_npz_item_t items[] = {{"texts", array}};
      status = sumi_npy_write(npy_path, array);
      if (status == SUMI_OK) status = sumi_npy_read(npy_path, &read);
      sumi_array_unref(read);
      if (status == SUMI_OK) status = sumi_npz_write(npz_path, 1, items, .compress = true);
      if (status == SUMI_OK) status = read_all(npz_path);
    }
    sumi_array_unref(array);
    const bool reached = counting_allocator_requests() >= nth;
    assert_int_equal(counting_allocator_live(), 0);
    counting_allocator_remove();
    assert_int_equal(status, reached ? SUMI_RESOURCE_EXHAUSTED : SUMI_OK);
    if (!reached) break;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_truncation_of_an_npy_file_is_refused),
      cmocka_unit_test(damaged_headers_are_refused_with_the_byte),
      cmocka_unit_test(missing_files_and_nulls_are_refused),
      cmocka_unit_test(a_full_disk_is_reported),
      cmocka_unit_test(a_file_that_could_not_be_completed_is_removed),
      cmocka_unit_test(every_truncation_and_flipped_byte_of_an_archive_is_survived),
      cmocka_unit_test(what_an_archive_lacks_is_answered_with_what_it_has),
      cmocka_unit_test(memory_that_runs_out_anywhere_is_reported_and_leaks_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
