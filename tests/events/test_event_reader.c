/* Files nobody should write. */
#include "event_test.h"

/* An event of step 5 and nothing else. */
static const uint8_t sound[2] = {0x10, 5};

/* The payload is DATA_LOSS with `text`; the sound record behind it is read all the same. */
static void assert_refused(const void *payload, size_t size, const char *text) {
  const char *path = path_in(temporary_directory(), "file");
  append_record(path, payload, size);
  append_record(path, sound, sizeof sound);
  sumi_event_reader_t *reader = sumi_event_reader_open(path, NULL);
  sumi_event_t event;
  assert_fails(sumi_event_reader_next(reader, &event), SUMI_DATA_LOSS, text);
  assert_non_null(strstr(sumi_error_message(), "offset 0"));
  assert_ok(sumi_event_reader_next(reader, &event));
  assert_int_equal(event.step, 5);
  assert_int_equal(sumi_event_reader_damage(reader).skipped_bytes,
                   size + SUMI_RECORD_OVERHEAD_BYTES);
  sumi_event_reader_free(reader);
}

static void payloads_that_are_no_events_are_passed_over(void **state) {
  (void)state;
  assert_refused("\x2a\x7f", 2, "are not an event");
  assert_refused("\x1a\x01\xff", 3, "is not UTF-8");
  /* summary { value { tag "\xff" } } */
  assert_refused("\x2a\x05\x0a\x03\x0a\x01\xff", 7, "a tag is not UTF-8");
}

/* The payload's one value is given as undecoded, for that reason; nothing is damaged. */
static void assert_undecoded(const void *payload, size_t size, const char *dtype_name, int rank,
                             int64_t first_dim, const char *reason) {
  const char *path = path_in(temporary_directory(), "file");
  append_record(path, payload, size);
  append_record(path, sound, sizeof sound);
  sumi_event_reader_t *reader = sumi_event_reader_open(path, NULL);
  sumi_event_t event;
  assert_ok(sumi_event_reader_next(reader, &event));
  assert_int_equal(event.kind, SUMI_EVENT_SUMMARY);
  assert_int_equal(event.value_count, 1);
  const sumi_event_value_t *value = &event.values[0];
  assert_int_equal(value->kind, SUMI_EVENT_UNDECODED);
  assert_string_equal(value->undecoded.dtype_name, dtype_name);
  assert_string_equal(value->undecoded.reason, reason);
  assert_int_equal(value->undecoded.rank, rank);
  if (rank > 0) assert_int_equal(value->undecoded.dims[0], first_dim);
  assert_ok(sumi_event_reader_next(reader, &event));
  assert_int_equal(event.step, 5);
  assert_int_equal(sumi_event_reader_damage(reader).places, 0);
  sumi_event_reader_free(reader);
}

static void values_of_no_form_of_sumis_are_given_undecoded(void **state) {
  (void)state;
  /* summary { value { histo { bucket_limit 1.0 } } } */
  assert_undecoded("\x2a\x0e\x0a\x0c\x2a\x0a\x32\x08\0\0\0\0\0\0\xf0\x3f", 16, "", -1, 0,
                   "a histogram with more buckets than limits, or fewer");
  /* summary { value { tensor { dtype FLOAT, shape [3], float_val two of them } } } */
  assert_undecoded(
      "\x2a\x16\x0a\x14\x42\x12\x08\x01\x12\x04\x12\x02\x08\x03\x2a\x08\0\0\0\0\0\0\0\0", 24,
      "float32", 1, 3, "it holds 2 elements");
  /* The same of shape [1] with tensor_content of 5 bytes. */
  assert_undecoded("\x2a\x13\x0a\x11\x42\x0f\x08\x01\x12\x04\x12\x02\x08\x01\x22\x05\0\0\0\0\0", 21,
                   "float32", 1, 1, "it holds 5 bytes");
  /* shape [-1] */
  assert_undecoded("\x2a\x15\x0a\x13\x42\x11\x08\x01\x12\x0d\x12\x0b\x08\xff\xff\xff\xff\xff"
                   "\xff\xff\xff\xff\x01",
                   23, "float32", 1, -1, "its shape is unknown, too large or above rank 8");
  /* One float that is to fill 2^40 elements. */
  assert_undecoded("\x2a\x17\x0a\x15\x42\x13\x08\x01\x12\x09\x12\x07\x08\x80\x80\x80\x80\x80\x20"
                   "\x2a\x04\0\0\0\0",
                   25, "float32", 1, (int64_t)1 << 40, "it holds 1 elements");
  /* dtype HALF, shape [2], tensor_content of 4 bytes. */
  assert_undecoded("\x2a\x12\x0a\x10\x42\x0e\x08\x13\x12\x04\x12\x02\x08\x02\x22\x04\0\0\0\0", 20,
                   "half", 1, 2, "Sumi has no such element type");
}

static void bytes_that_are_no_bool_are_true(void **state) {
  (void)state;
  /* summary { value { tensor { dtype BOOL, shape [3], tensor_content 0 1 2 } } } */
  static const char payload[] =
      "\x2a\x11\x0a\x0f\x42\x0d\x08\x0a\x12\x04\x12\x02\x08\x03\x22\x03\0\1\2";
  const char *path = path_in(temporary_directory(), "file");
  append_record(path, payload, sizeof payload - 1);
  sumi_event_reader_t *reader = sumi_event_reader_open(path, NULL);
  sumi_event_t event;
  assert_ok(sumi_event_reader_next(reader, &event));
  const sumi_array_view_t *numbers = &event.values[0].numbers;
  assert_int_equal(numbers->dtype, SUMI_BOOL);
  for (int i = 0; i < 3; ++i) {
    assert_true(sumi_array_view_double(numbers, i) == (i > 0));
    assert_int_equal(((const uint8_t *)numbers->data)[i], i > 0);
  }
  sumi_event_reader_free(reader);
}

static void empty_messages_cannot_fill_the_memory(void **state) {
  (void)state;
  /* 8 million values of two bytes each. */
  const size_t count = 8 << 20, size = 5 + 2 * count;
  uint8_t *payload = malloc(size);
  payload[0] = 0x2a;
  payload[1] = 0x80, payload[2] = 0x80, payload[3] = 0x80, payload[4] = 0x08;
  for (size_t i = 0; i < count; ++i) payload[5 + 2 * i] = 0x0a, payload[6 + 2 * i] = 0;
  assert_refused(payload, size, "decodes to more than");
  free(payload);
}

static void records_above_the_cap_are_skipped(void **state) {
  (void)state;
  const char *path = path_in(temporary_directory(), "file");
  static uint8_t large[200000];
  append_record(path, sound, sizeof sound);
  append_record(path, large, sizeof large);
  append_record(path, sound, sizeof sound);
  sumi_event_reader_t *reader = sumi_event_reader_open(path, NULL, .max_record_bytes = 1000);
  sumi_event_t event;
  assert_ok(sumi_event_reader_next(reader, &event));
  assert_fails(sumi_event_reader_next(reader, &event), SUMI_RESOURCE_EXHAUSTED,
               "a record of 200000 bytes at offset 18; at most 1000 are read");
  assert_ok(sumi_event_reader_next(reader, &event));
  assert_int_equal(event.offset, 18 + 200016);
  assert_int_equal(sumi_event_reader_next(reader, &event), SUMI_OUT_OF_RANGE);
  sumi_event_reader_free(reader);
}

static void a_huge_length_costs_no_memory(void **state) {
  (void)state;
  const char *path = path_in(temporary_directory(), "file");
  uint8_t header[SUMI_RECORD_HEADER_BYTES];
  sumi_record_header(200u << 20, header);
  write_file(path, header, sizeof header);
  counting_allocator_install();
  sumi_event_reader_t *reader = sumi_event_reader_open(path, NULL);
  sumi_event_t event;
  assert_int_equal(sumi_event_reader_next(reader, &event), SUMI_OUT_OF_RANGE);
  assert_in_range(counting_allocator_requests(), 1, 10);
  sumi_event_reader_free(reader);
  assert_int_equal(counting_allocator_live(), 0);
  counting_allocator_remove();
}

static void reading_may_start_where_it_ended(void **state) {
  (void)state;
  const char *path = path_in(temporary_directory(), "file");
  for (uint8_t step = 1; step <= 3; ++step) append_record(path, (uint8_t[2]){0x10, step}, 2);
  sumi_event_reader_t *reader = sumi_event_reader_open(path, NULL);
  sumi_event_t event;
  assert_ok(sumi_event_reader_next(reader, &event));
  const uint64_t offset = sumi_event_reader_offset(reader);
  sumi_event_reader_free(reader);
  reader = sumi_event_reader_open(path, NULL, .offset = offset);
  assert_ok(sumi_event_reader_next(reader, &event));
  assert_int_equal(event.step, 2);
  sumi_event_reader_free(reader);
}

static void damage_at_the_end_of_a_growing_file_is_told_once_and_then_passed(void **state) {
  (void)state;
  const char *path = path_in(temporary_directory(), "file");
  append_record(path, sound, sizeof sound);
  append_file(path, "these bytes are no record at all", 32);
  sumi_event_reader_t *reader = sumi_event_reader_open(path, NULL);
  sumi_event_t event;
  assert_ok(sumi_event_reader_next(reader, &event));
  assert_fails(sumi_event_reader_next(reader, &event), SUMI_DATA_LOSS, "no record at offset 18");
  assert_int_equal(sumi_event_reader_next(reader, &event), SUMI_OUT_OF_RANGE);
  assert_int_equal(sumi_event_reader_offset(reader), 18);
  append_record(path, sound, sizeof sound);
  assert_ok(sumi_event_reader_next(reader, &event));
  assert_int_equal(event.offset, 50);
  assert_int_equal(sumi_event_reader_damage(reader).places, 1);
  assert_int_equal(sumi_event_reader_damage(reader).skipped_bytes, 32);
  sumi_event_reader_free(reader);
}

static void files_that_are_not_there_are_named(void **state) {
  (void)state;
  sumi_status_t status;
  assert_null(sumi_event_reader_open("no/such/file", &status));
  assert_fails(status, SUMI_NOT_FOUND, "no/such/file");
  assert_null(sumi_event_reader_open(NULL, &status));
  assert_fails(status, SUMI_INVALID_ARGUMENT, "NULL");
  assert_fails(sumi_event_file_repair("no/such/file", NULL), SUMI_NOT_FOUND, "no/such/file");
  assert_fails(sumi_event_file_repair(NULL, NULL), SUMI_INVALID_ARGUMENT, "NULL");
  sumi_event_t event;
  assert_fails(sumi_event_reader_next(NULL, &event), SUMI_INVALID_ARGUMENT, "NULL");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(payloads_that_are_no_events_are_passed_over),
      cmocka_unit_test(values_of_no_form_of_sumis_are_given_undecoded),
      cmocka_unit_test(bytes_that_are_no_bool_are_true),
      cmocka_unit_test(empty_messages_cannot_fill_the_memory),
      cmocka_unit_test(records_above_the_cap_are_skipped),
      cmocka_unit_test(a_huge_length_costs_no_memory),
      cmocka_unit_test(reading_may_start_where_it_ended),
      cmocka_unit_test(damage_at_the_end_of_a_growing_file_is_told_once_and_then_passed),
      cmocka_unit_test(files_that_are_not_there_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
