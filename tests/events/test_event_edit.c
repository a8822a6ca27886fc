/* Editing serialized events: what goes, what is renamed, and that the rest stays byte for byte. */
#include "event_test.h"

#include <sumi/event_edit.h>

/* Event{wall_time 1.5, step 7, summary{value{tag "a", simple_value 1}, value{tag "b", tensor{dtype
 * float, float_val 2}, field 15 "?"}}, field 14 = 3}, by hand. */
static const uint8_t event_bytes[] = {
    0x09, 0,  0,    0,   0,   0,    0, 0xF8, 0x3F,                         /* wall_time */
    0x10, 7,                                                               /* step */
    0x2A, 29,                                                              /* summary */
    0x0A, 8,  0x0A, 1,   'a', 0x15, 0, 0,    0x80, 0x3F,                   /* the first value */
    0x0A, 17, 0x0A, 1,   'b', 0x42, 8, 0x08, 1,    0x2A, 4, 0, 0, 0, 0x40, /* the second */
    0x7A, 2,  '?',  '!', /* a field unknown here */
    0x70, 3};
enum { FIRST = 13, FIRST_SIZE = 10, SECOND = 23, SECOND_SIZE = 19, END = 42 };

typedef struct fixture {
  sumi_arena_t *memory;
  sumi_event_t event;
  sumi_buffer_t records;
} fixture_t;

static fixture_t decode(void) {
  fixture_t fixture = {.memory = sumi_arena_new()};
  assert_ok(sumi_event_decode(event_bytes, sizeof event_bytes, fixture.memory, &fixture.event));
  assert_int_equal(fixture.event.value_count, 2);
  return fixture;
}

static void release(fixture_t *fixture) {
  sumi_buffer_release(&fixture->records);
  sumi_arena_free(fixture->memory);
}

/* The only record's payload. */
static bytes_t payload_of(const fixture_t *fixture) {
  sumi_record_t record;
  assert_int_equal(sumi_record_parse(fixture->records.data, fixture->records.size, 1000, &record),
                   SUMI_RECORD_WHOLE);
  assert_int_equal(record.size_bytes, fixture->records.size);
  return (bytes_t){(uint8_t *)record.payload, (size_t)record.payload_size_bytes};
}

static void without_an_edit_bytes_are_copied(void **state) {
  (void)state;
  fixture_t fixture = decode();
  const sumi_value_edit_t edits[2] = {{0}};
  assert_ok(sumi_event_edit(&fixture.event, edits, &fixture.records));
  const bytes_t payload = payload_of(&fixture);
  assert_int_equal(payload.size, sizeof event_bytes);
  assert_memory_equal(payload.data, event_bytes, sizeof event_bytes);
  release(&fixture);
}

static void a_value_goes_and_the_other_stays(void **state) {
  (void)state;
  fixture_t fixture = decode();
  const sumi_value_edit_t edits[2] = {{.left_out = true}};
  assert_ok(sumi_event_edit(&fixture.event, edits, &fixture.records));
  const bytes_t payload = payload_of(&fixture);
  assert_int_equal(payload.size, sizeof event_bytes - FIRST_SIZE);
  assert_memory_equal(payload.data, event_bytes, FIRST - 1);
  assert_int_equal(payload.data[FIRST - 1], SECOND_SIZE);
  assert_memory_equal(payload.data + FIRST, event_bytes + SECOND, sizeof event_bytes - SECOND);
  release(&fixture);
}

static void without_values_there_is_no_event(void **state) {
  (void)state;
  fixture_t fixture = decode();
  const sumi_value_edit_t edits[2] = {{.left_out = true}, {.left_out = true}};
  assert_ok(sumi_event_edit(&fixture.event, edits, &fixture.records));
  assert_int_equal(fixture.records.size, 0);
  release(&fixture);
}

static void a_tag_changes_and_metadata_are_added(void **state) {
  (void)state;
  fixture_t fixture = decode();
  sumi_event_value_t values[2] = {fixture.event.values[0], fixture.event.values[1]};
  values[1].metadata = (sumi_event_metadata_t){.plugin_name = "scalars", .description = "d"};
  fixture.event.values = values;
  const sumi_value_edit_t edits[2] = {{.tag = "longer", .with_metadata = true},
                                      {.with_metadata = true}};
  assert_ok(sumi_event_edit(&fixture.event, edits, &fixture.records));
  const bytes_t payload = payload_of(&fixture);
  sumi_event_t edited;
  assert_ok(sumi_event_decode(payload.data, payload.size, fixture.memory, &edited));
  assert_int_equal(edited.value_count, 2);
  assert_string_equal(edited.values[0].tag, "longer");
  assert_string_equal(edited.values[1].tag, "b");
  assert_int_equal(edited.values[0].form, SUMI_EVENT_FORM_SIMPLE_VALUE);
  assert_string_equal(edited.values[1].metadata.plugin_name, "scalars");
  assert_string_equal(edited.values[1].metadata.description, "d");
  assert_near(edited.values[1].scalar, 2, 0);
  assert_int_equal(edited.step, 7);
  /* The fields that nobody here knows. */
  assert_memory_equal(payload.data + payload.size - 2, event_bytes + END, 2);
  assert_non_null(memmem(payload.data, payload.size, "\x7A\x02?!", 4));
  release(&fixture);
}

static void what_cannot_be_is_refused(void **state) {
  (void)state;
  fixture_t fixture = decode();
  const sumi_value_edit_t empty[2] = {{.tag = ""}}, broken[2] = {{0}, {.tag = "\xFF"}};
  const sumi_value_edit_t fine[2] = {{.tag = "x"}};
  assert_fails(sumi_event_edit(&fixture.event, empty, &fixture.records), SUMI_INVALID_ARGUMENT,
               "the new tag of \"a\" is empty");
  assert_fails(sumi_event_edit(&fixture.event, broken, &fixture.records), SUMI_INVALID_ARGUMENT,
               "UTF-8");
  assert_fails(sumi_event_edit(&fixture.event, NULL, &fixture.records), SUMI_INVALID_ARGUMENT,
               "NULL");
  sumi_event_t other = fixture.event;
  other.value_count = 1;
  assert_fails(sumi_event_edit(&other, fine, &fixture.records), SUMI_DATA_LOSS, "other values");
  other = fixture.event;
  other.record.size_bytes = END - 3;
  assert_fails(sumi_event_edit(&other, fine, &fixture.records), SUMI_DATA_LOSS, "other values");
  assert_int_equal(fixture.records.size, 0);
  release(&fixture);
}

static void without_memory_nothing_is_appended(void **state) {
  (void)state;
  fixture_t fixture = decode();
  const sumi_value_edit_t edits[2] = {{.tag = "x"}, {.left_out = true}};
  for (int64_t n = 1;; ++n) {
    sumi_buffer_t records = {0};
    counting_allocator_install();
    counting_allocator_fail_at(n);
    const sumi_status_t status = sumi_event_edit(&fixture.event, edits, &records);
    const bool failed = counting_allocator_requests() >= n;
    assert_int_equal(status, failed ? SUMI_RESOURCE_EXHAUSTED : SUMI_OK);
    assert_true(!failed || records.size == 0);
    sumi_buffer_release(&records);
    counting_allocator_remove();
    if (!failed) break;
    assert_true(n < 100);
  }
  release(&fixture);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(without_an_edit_bytes_are_copied),
      cmocka_unit_test(a_value_goes_and_the_other_stays),
      cmocka_unit_test(without_values_there_is_no_event),
      cmocka_unit_test(a_tag_changes_and_metadata_are_added),
      cmocka_unit_test(what_cannot_be_is_refused),
      cmocka_unit_test(without_memory_nothing_is_appended),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
