#include "sumi_test.h"

#include <stdlib.h>
#include <sumi/options.h>
#include <sumi/tfrecord.h>

static const char *in_folder(const char *name) {
  static char paths[4][4096];
  static int next;
  static const char *folder;
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

static size_t read_file(const char *path, unsigned char *bytes, size_t room) {
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  const size_t size = fread(bytes, 1, room, file);
  fclose(file);
  return size;
}

/* Three records: Examples with "x" of i + 1 numbers, i bytes "b", and a label but for the last. */
static sumi_status_t write_records(const char *path, sumi_compression_t compression) {
  sumi_record_writer_t *writer = sumi_record_writer_open(path, .compression = compression);
  for (int i = 0; writer && i < 3; ++i) {
    sumi_array_t *x = sumi_array_arange(i + 1, SUMI_FLOAT32);
    sumi_array_t *b = sumi_array_full(SUMI_UINT8, SUMI_DIMS(i), 9);
    sumi_array_t *label = sumi_array_scalar(SUMI_INT64, 10 * i);
    sumi_record_writer_example(
        writer, (sumi_components_t){i < 2 ? 3 : 2,
                                    (sumi_component_t[]){{"x", x}, {"b", b}, {"label", label}}});
    sumi_array_unref(x), sumi_array_unref(b), sumi_array_unref(label);
  }
  return writer ? sumi_record_writer_close(writer) : SUMI_RESOURCE_EXHAUSTED;
}

/* How many elements come before the end, and how it ends; the pipeline is taken. */
static sumi_status_t run(sumi_pipeline_t *pipeline, int64_t *count) {
  sumi_iterator_t *it = sumi_iterator_new(pipeline);
  sumi_pipeline_unref(pipeline);
  if (!it) return SUMI_RESOURCE_EXHAUSTED;
  while (sumi_iterator_next(it)) continue;
  *count = sumi_iterator_position(it);
  const sumi_status_t status = sumi_iterator_status(it);
  sumi_iterator_free(it);
  return status;
}

static sumi_pipeline_t *records_of(const char *path) {
  return sumi_pipeline_from_records(SUMI_PATHS(path));
}

static void records_come_back_and_are_passed_over(void **state) {
  (void)state;
  static const char *const names[] = {"plain", "gzip", "zlib"};
  for (int packing = SUMI_UNCOMPRESSED; packing <= SUMI_ZLIB; ++packing)
    assert_ok(write_records(in_folder(names[packing]), (sumi_compression_t)packing));
  sumi_pipeline_t *p = sumi_pipeline_from_records(
      SUMI_PATHS(in_folder("plain"), in_folder("gzip"), in_folder("zlib")));
  p = sumi_pipeline_parse_examples(
      p, SUMI_FEATURES({.name = "x", .dtype = SUMI_FLOAT32, .variable = true},
                       {.name = "b", .dtype = SUMI_UINT8}));
  sumi_iterator_t *it = sumi_iterator_new(p);
  for (int at = 0; at < 9; ++at) {
    assert_ok(sumi_iterator_seek(it, at));
    const sumi_element_t *e = sumi_iterator_next(it);
    assert_int_equal(sumi_element_count(e), 2);
    assert_true(sumi_dims_equal(sumi_array_dims(sumi_element_get(e, "x")), SUMI_DIMS(at % 3 + 1)));
    assert_int_equal(sumi_array_get(sumi_element_get(e, "x"), at % 3), at % 3);
    assert_int_equal(sumi_array_count(sumi_element_get(e, "b")), at % 3);
  }
  assert_null(sumi_iterator_next(it));
  assert_ok(sumi_iterator_status(it));
  sumi_iterator_free(it);
  sumi_pipeline_unref(p);
}

static void every_cut_is_said_where_it_is_and_nothing_before_it_is_lost(void **state) {
  (void)state;
  unsigned char bytes[1000];
  assert_ok(write_records(in_folder("whole"), SUMI_UNCOMPRESSED));
  const size_t size = read_file(in_folder("whole"), bytes, sizeof bytes);
  size_t ends[4] = {0}; /* of records: each begins with its length */
  for (int i = 0; i < 3; ++i) ends[i + 1] = ends[i] + 16 + bytes[ends[i]];
  assert_int_equal(ends[3], size);
  for (size_t cut = 0; cut < size; ++cut) {
    int64_t count = 0;
    int whole = 0;
    while (ends[whole + 1] <= cut) ++whole;
    char expected[100];
    snprintf(expected, sizeof expected, "cut: byte %zu: truncated: record %d needs", ends[whole],
             whole);
    const char *path = write_file("cut", bytes, cut);
    if (cut == ends[whole])
      assert_ok(run(records_of(path), &count));
    else
      assert_fails(run(records_of(path), &count), SUMI_DATA_LOSS, expected);
    assert_int_equal(count, whole);
  }
}

static void every_flipped_bit_is_seen(void **state) {
  (void)state;
  unsigned char bytes[1000];
  int64_t count = 0;
  assert_ok(write_records(in_folder("whole"), SUMI_UNCOMPRESSED));
  const size_t size = read_file(in_folder("whole"), bytes, sizeof bytes);
  const size_t first = 16u + bytes[0];
  for (size_t bit = 0; bit < 8 * size; ++bit) {
    bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    const char *path = write_file("flip", bytes, size);
    assert_int_equal(run(records_of(path), &count), SUMI_DATA_LOSS);
    assert_non_null(strstr(sumi_error_message(), bit / 8 < first ? "record 0" : "flip: byte "));
    assert_true(bit / 8 < first ? count == 0 : count >= 1);
    /* The length is sound where the bytes behind it are not, and the next record is found. */
    if (bit / 8 >= 12 && bit / 8 < first) {
      assert_non_null(
          strstr(sumi_error_message(), "byte 0: record 0: the checksum is wrong of its"));
      assert_ok(run(sumi_pipeline_ignore_errors(records_of(path)), &count));
      assert_int_equal(count, 2);
    }
    bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
  }
}

static void damaged_packed_files_end_with_a_failure(void **state) {
  (void)state;
  unsigned char bytes[1000];
  for (int packing = SUMI_GZIP; packing <= SUMI_ZLIB; ++packing) {
    int64_t count = 0;
    assert_ok(write_records(in_folder("whole"), (sumi_compression_t)packing));
    const size_t size = read_file(in_folder("whole"), bytes, sizeof bytes);
    for (size_t cut = 3; cut < size; ++cut) {
      const char *path = write_file("cut", bytes, cut);
      assert_int_equal(run(records_of(path), &count), SUMI_DATA_LOSS);
      assert_non_null(strstr(sumi_error_message(), "cut: byte "));
      assert_ok(run(sumi_pipeline_ignore_errors(records_of(path)), &count));
    }
    for (size_t byte = 10; byte < size; ++byte) {
      bytes[byte] ^= 0x55;
      const sumi_status_t status = run(records_of(write_file("flip", bytes, size)), &count);
      assert_true(status == SUMI_DATA_LOSS || (status == SUMI_OK && count == 3));
      bytes[byte] ^= 0x55;
    }
  }
}

static void other_files_are_no_records(void **state) {
  (void)state;
  int64_t count = 0;
  static const char text[] = "once upon a time there was a text";
  assert_fails(run(records_of(write_file("text", text, sizeof text)), &count), SUMI_DATA_LOSS,
               "text: byte 0: record 0: the checksum of its length is wrong");
  assert_fails(run(records_of("/no/such/file"), &count), SUMI_NOT_FOUND, "/no/such/file");
  assert_fails(run(records_of("/"), &count), SUMI_INVALID_ARGUMENT, "is not a regular file");
  assert_ok(run(records_of(write_file("nothing", "", 0)), &count));
  assert_int_equal(count, 0);
  /* A length that is sound, and larger than any file. */
  uint8_t header[SUMI_RECORD_HEADER_BYTES];
  sumi_record_header(UINT64_C(1) << 62, header);
  assert_fails(run(records_of(write_file("large", header, sizeof header)), &count), SUMI_DATA_LOSS,
               "record 0 needs 4611686018427387920 bytes, 12 follow");
  sumi_record_header(UINT64_MAX, header);
  assert_fails(run(records_of(write_file("large", header, sizeof header)), &count), SUMI_DATA_LOSS,
               "it claims to have 18446744073709551615 bytes");
  /* Files that cannot be read are passed, when that is asked for. */
  assert_ok(write_records(in_folder("whole"), SUMI_GZIP));
  sumi_pipeline_t *p = sumi_pipeline_from_records(
      SUMI_PATHS("/no/such/file", in_folder("text"), in_folder("whole")));
  assert_ok(run(sumi_pipeline_ignore_errors(p), &count));
  assert_int_equal(count, 3);
}

static sumi_status_t parse_with(sumi_feature_t feature) {
  int64_t count = 0;
  return run(sumi_pipeline_parse_examples(records_of(in_folder("whole")),
                                          ((sumi_features_t){1, &feature})),
             &count);
}

static void features_that_do_not_fit_are_named_with_their_record(void **state) {
  (void)state;
  assert_ok(write_records(in_folder("whole"), SUMI_UNCOMPRESSED));
  sumi_array_t *two = sumi_array_arange(2, SUMI_INT64);
  const struct {
    sumi_feature_t feature;
    sumi_status_t status;
    const char *message;
  } cases[] = {
      {{.name = "label", .dtype = SUMI_INT64},
       SUMI_NOT_FOUND,
       "whole: record 2: feature \"label\" (int64 ()) is missing"},
      {{.name = "x", .dtype = SUMI_INT64},
       SUMI_INVALID_ARGUMENT,
       "record 0: feature \"x\" holds float values; int64 is expected"},
      {{.name = "x", .dtype = SUMI_FLOAT32},
       SUMI_INVALID_ARGUMENT,
       "record 1: feature \"x\" has 2 values; shape () takes 1"},
      {{.name = "b", .dtype = SUMI_UINT8, .shape = SUMI_DIMS(2, 2)},
       SUMI_INVALID_ARGUMENT,
       "record 0: feature \"b\" has 0 bytes; shape (2, 2) takes 4"},
      {{.name = "x", .dtype = SUMI_FLOAT64},
       SUMI_INVALID_ARGUMENT,
       "feature \"x\": dtype float64; float32, int64, string and uint8 are"},
      {{.dtype = SUMI_FLOAT32}, SUMI_INVALID_ARGUMENT, "the name of feature 0 is NULL"},
      {{.name = "b", .dtype = SUMI_UINT8, .variable = true},
       SUMI_INVALID_ARGUMENT,
       "is variable, and of bytes"},
      {{.name = "x", .dtype = SUMI_FLOAT32, .shape = SUMI_DIMS(3), .variable = true},
       SUMI_INVALID_ARGUMENT,
       "is variable, and has a shape"},
      {{.name = "x", .dtype = SUMI_FLOAT32, .shape = SUMI_DIMS(-1)}, SUMI_INVALID_ARGUMENT, "x"},
      {{.name = "label", .dtype = SUMI_INT64, .standard = two},
       SUMI_INVALID_ARGUMENT,
       "feature \"label\" is int64 (), its standard is int64 (2,)"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i)
    assert_fails(parse_with(cases[i].feature), cases[i].status, cases[i].message);
  assert_ok(parse_with(
      (sumi_feature_t){.name = "nothing", .dtype = SUMI_INT64, .variable = true, .standard = two}));
  sumi_array_unref(two);
}

static void messages_that_are_none_crash_nothing(void **state) {
  (void)state;
  unsigned char bytes[1000];
  assert_ok(write_records(in_folder("whole"), SUMI_UNCOMPRESSED));
  read_file(in_folder("whole"), bytes, sizeof bytes);
  unsigned char *message = bytes + SUMI_RECORD_HEADER_BYTES;
  const size_t size = bytes[0];
  sumi_array_t *standard = sumi_array_scalar(SUMI_INT64, 1);
  const sumi_features_t features = {
      3, (sumi_feature_t[]){{.name = "x", .dtype = SUMI_FLOAT32, .variable = true},
                            {.name = "label", .dtype = SUMI_INT64, .standard = standard},
                            {.name = "b", .dtype = SUMI_UINT8}}};
  sumi_pipeline_t *one = sumi_pipeline_from_lines(SUMI_PATHS(write_file("line", "x\n", 2)));
  sumi_iterator_t *it = sumi_iterator_new(one);
  sumi_element_t *e = (sumi_element_t *)(uintptr_t)sumi_iterator_next(it); /* to put arrays into */
  for (size_t cut = 1; cut < size; ++cut) {
    unsigned char *exact = malloc(cut);
    memcpy(exact, message, cut);
    assert_int_equal(sumi_example_parse(exact, cut, features, e), SUMI_DATA_LOSS);
    free(exact);
  }
  for (size_t byte = 0; byte < size; ++byte)
    for (int value = 0; value < 256; value += 5) {
      const unsigned char before = message[byte];
      message[byte] = (unsigned char)value;
      (void)!sumi_example_parse(message, size, features, e);
      message[byte] = before;
    }
  assert_ok(sumi_example_parse(message, size, features, e));
  assert_int_equal(sumi_array_get(sumi_element_get(e, "x"), 0), 0);
  assert_fails(sumi_example_parse(NULL, 0, features, e), SUMI_NOT_FOUND, "feature \"b\"");
  assert_fails(sumi_example_parse(NULL, 1, features, e), SUMI_INVALID_ARGUMENT, "bytes is NULL");
  assert_fails(sumi_example_parse(message, size, features, NULL), SUMI_INVALID_ARGUMENT,
               "element is NULL");
  sumi_array_unref(standard);
  sumi_iterator_free(it);
  sumi_pipeline_unref(one);
}

static void lines_with_a_nul_are_refused_by_their_number(void **state) {
  (void)state;
  int64_t count = 0;
  const char *path = write_file("text", "one\ntwo\0\nthree", 14);
  assert_fails(run(sumi_pipeline_from_lines(SUMI_PATHS(path)), &count), SUMI_DATA_LOSS,
               "text: line 2: there is a NUL");
  assert_int_equal(count, 1);
  assert_ok(run(sumi_pipeline_ignore_errors(sumi_pipeline_from_lines(SUMI_PATHS(path))), &count));
  assert_int_equal(count, 2);
  assert_fails(run(sumi_pipeline_from_lines(SUMI_PATHS("/no/such/file")), &count), SUMI_NOT_FOUND,
               "/no/such/file");
  assert_fails(run(sumi_pipeline_from_lines(SUMI_PATHS(path, NULL)), &count), SUMI_INVALID_ARGUMENT,
               "lines: path 1 of 2 is NULL");
  assert_fails(run(sumi_pipeline_from_records((sumi_texts_t){0, NULL}), &count),
               SUMI_INVALID_ARGUMENT, "records of 0 files");
}

static void a_writer_keeps_its_first_failure_and_leaves_no_file(void **state) {
  (void)state;
  assert_null(sumi_record_writer_open(NULL));
  assert_non_null(strstr(sumi_error_message(), "NULL"));
  assert_null(sumi_record_writer_open("/no/such/folder/file"));
  assert_non_null(strstr(sumi_error_message(), "/no/such/folder/file"));
  assert_null(sumi_record_writer_open(in_folder("w"), .level = 10));
  assert_non_null(strstr(sumi_error_message(), "level is 10"));
  assert_null(sumi_record_writer_open(in_folder("w"), .compression = (sumi_compression_t)3));
  assert_fails(sumi_record_writer_close(NULL), SUMI_INVALID_ARGUMENT, "NULL");
  assert_fails(sumi_record_writer_record(NULL, "", 0), SUMI_INVALID_ARGUMENT, "NULL");
  sumi_record_writer_t *w = sumi_record_writer_open(in_folder("w"));
  assert_ok(sumi_record_writer_record(w, "a", 1));
  assert_fails(sumi_record_writer_example(w, SUMI_COMPONENTS({"x", NULL})), SUMI_INVALID_ARGUMENT,
               "the contents of array 0 is NULL");
  assert_fails(sumi_record_writer_record(w, "a", 1), SUMI_INVALID_ARGUMENT, "array 0");
  assert_fails(sumi_record_writer_close(w), SUMI_INVALID_ARGUMENT, "array 0");
  int64_t count = 0;
  assert_fails(run(records_of(in_folder("w")), &count), SUMI_NOT_FOUND, "/w");
  w = sumi_record_writer_open("/dev/full", .compression = SUMI_GZIP);
  sumi_status_t status = SUMI_OK;
  for (int i = 0; i < 40 && status == SUMI_OK; ++i) {
    static uint8_t noise[1 << 16];
    for (size_t k = 0; k < sizeof noise; ++k) noise[k] = (uint8_t)rand();
    status = sumi_record_writer_record(w, noise, sizeof noise);
  }
  assert_fails(sumi_record_writer_close(w), SUMI_RESOURCE_EXHAUSTED, "/dev/full");
}

static sumi_status_t use_everything(void) {
  int64_t count = 0;
  SUMI_TRY(write_records(in_folder("memory"), SUMI_ZLIB));
  sumi_array_t *standard = sumi_array_scalar(SUMI_INT64, 1);
  sumi_pipeline_t *p = sumi_pipeline_from_records(
      SUMI_PATHS(in_folder("memory"), in_folder("memory")));
  p = sumi_pipeline_parse_examples(
      p, SUMI_FEATURES({.name = "x", .dtype = SUMI_FLOAT32, .variable = true},
                       {.name = "label", .dtype = SUMI_INT64, .standard = standard},
                       {.name = "b", .dtype = SUMI_UINT8}));
  sumi_array_unref(standard);
  SUMI_TRY(run(p, &count));
  return run(sumi_pipeline_from_lines(SUMI_PATHS(in_folder("line"))), &count);
}

static void memory_that_runs_out_anywhere_is_reported_and_leaks_nothing(void **state) {
  (void)state;
  write_file("line", "x\ny", 3);
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
    /* A NULL standard is none: the feature is then missing. An array that could not be made is
     * refused where it is written. */
    assert_true(status == SUMI_RESOURCE_EXHAUSTED || status == SUMI_NOT_FOUND ||
                strstr(sumi_error_message(), "out of memory") || status == SUMI_OK);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(records_come_back_and_are_passed_over),
      cmocka_unit_test(every_cut_is_said_where_it_is_and_nothing_before_it_is_lost),
      cmocka_unit_test(every_flipped_bit_is_seen),
      cmocka_unit_test(damaged_packed_files_end_with_a_failure),
      cmocka_unit_test(other_files_are_no_records),
      cmocka_unit_test(features_that_do_not_fit_are_named_with_their_record),
      cmocka_unit_test(messages_that_are_none_crash_nothing),
      cmocka_unit_test(lines_with_a_nul_are_refused_by_their_number),
      cmocka_unit_test(a_writer_keeps_its_first_failure_and_leaves_no_file),
      cmocka_unit_test(memory_that_runs_out_anywhere_is_reported_and_leaks_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
