#include "sumi_test.h"

#include <sumi/arena.h>
#include <sumi/event.h>
#include <sumi/record.h>

/* The first record of a real event file (wall time 1599759586, "brain.Event:2"). */
static const uint8_t first_record[40] = {0x18, 0,    0,    0,   0,   0,    0,    0,    0xa3, 0x7f,
                                         0x4b, 0x22, 0x09, 0,   0,   0x80, 0x38, 0x99, 0xd6, 0xd7,
                                         0x41, 0x1a, 0x0d, 'b', 'r', 'a',  'i',  'n',  '.',  'E',
                                         'v',  'e',  'n',  't', ':', '2',  0x12, 0x4b, 0x36, 0xab};

static const uint8_t empty_record[16] = {0,    0,    0,    0,    0,    0,    0,    0,
                                         0x29, 0x03, 0x98, 0x07, 0xd8, 0xea, 0x82, 0xa2};

static void frames_are_the_bytes_of_real_files(void **state) {
  (void)state;
  uint8_t header[SUMI_RECORD_HEADER_BYTES], footer[SUMI_RECORD_FOOTER_BYTES];
  sumi_record_header(24, header);
  sumi_record_footer(first_record + 12, 24, footer);
  assert_memory_equal(header, first_record, 12);
  assert_memory_equal(footer, first_record + 36, 4);
  sumi_record_header(0, header);
  sumi_record_footer("", 0, footer);
  assert_memory_equal(header, empty_record, 12);
  assert_memory_equal(footer, empty_record + 12, 4);
}

static void a_real_record_is_parsed_and_decoded(void **state) {
  (void)state;
  sumi_record_t record;
  assert_int_equal(sumi_record_parse(first_record, 40, 1000, &record), SUMI_RECORD_WHOLE);
  assert_int_equal(record.payload_size_bytes, 24);
  assert_int_equal(record.size_bytes, 40);
  assert_ptr_equal(record.payload, first_record + 12);
  sumi_arena_t *memory = sumi_arena_new();
  sumi_event_t event;
  assert_ok(sumi_event_decode(record.payload, 24, memory, &event));
  assert_int_equal(event.kind, SUMI_EVENT_FILE_VERSION);
  assert_string_equal(event.text, "brain.Event:2");
  assert_near(event.wall_time_s, 1599759586.0, 0);
  assert_int_equal(event.step, 0);
  assert_int_equal(sumi_record_parse(empty_record, 16, 1000, &record), SUMI_RECORD_WHOLE);
  assert_ok(sumi_event_decode(record.payload, 0, memory, &event));
  assert_int_equal(event.kind, SUMI_EVENT_NOTHING);
  sumi_arena_free(memory);
}

static void every_shorter_record_is_incomplete(void **state) {
  (void)state;
  sumi_record_t record;
  for (size_t size = 0; size < 40; ++size) {
    assert_int_equal(sumi_record_parse(first_record, size, 1000, &record), SUMI_RECORD_INCOMPLETE);
    assert_int_equal(record.size_bytes, size < 12 ? 12 : 40);
    assert_null(record.payload);
  }
}

static void every_flipped_bit_is_found(void **state) {
  (void)state;
  for (int bit = 0; bit < 40 * 8; ++bit) {
    uint8_t bytes[40];
    sumi_record_t record;
    memcpy(bytes, first_record, 40);
    bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    assert_int_equal(sumi_record_parse(bytes, 40, 1000, &record),
                     bit < 12 * 8 ? SUMI_RECORD_BAD_LENGTH : SUMI_RECORD_BAD_PAYLOAD);
  }
}

static void lengths_above_the_cap_are_refused_whatever_they_claim(void **state) {
  (void)state;
  static const uint64_t lengths[] = {1001, 1u << 31, UINT64_MAX - 16, UINT64_MAX - 15, UINT64_MAX};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; ++i) {
    uint8_t header[SUMI_RECORD_HEADER_BYTES];
    sumi_record_t record;
    sumi_record_header(lengths[i], header);
    assert_int_equal(sumi_record_parse(header, 12, 1000, &record), SUMI_RECORD_TOO_LARGE);
    assert_true(record.payload_size_bytes == lengths[i]);
    assert_true(record.size_bytes > 1000);
  }
  uint8_t header[SUMI_RECORD_HEADER_BYTES];
  sumi_record_t record;
  sumi_record_header(UINT64_MAX, header);
  assert_int_equal(sumi_record_parse(header, 12, UINT64_MAX, &record), SUMI_RECORD_TOO_LARGE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(frames_are_the_bytes_of_real_files),
      cmocka_unit_test(a_real_record_is_parsed_and_decoded),
      cmocka_unit_test(every_shorter_record_is_incomplete),
      cmocka_unit_test(every_flipped_bit_is_found),
      cmocka_unit_test(lengths_above_the_cap_are_refused_whatever_they_claim),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
