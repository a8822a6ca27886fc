/* What an event's bytes say at a glance, by the wire format: a key is field << 3 | type. */
#include "encode/event_glance.h"
#include "sumi_test.h"

#define GLANCE(text, glance) sumi__events_glance_at(text, sizeof(text) - 1, glance)

static void step_kind_and_session_are_seen(void **state) {
  (void)state;
  sumi__events_glance_t glance;
  /* wall_time (1, fixed64), step (2) = 300, summary (5) that holds no message. */
  assert_true(GLANCE("\x09\0\0\0\0\0\0\xf0\x3f\x10\xac\x02\x2a\x02\xff\xff", &glance));
  assert_int_equal(glance.step, 300);
  assert_int_equal(glance.kind, SUMI_EVENT_SUMMARY);
  /* session_log (7) { checkpoint_path (2) "a", status (1) = START }, and a fixed32 nobody knows. */
  assert_true(GLANCE("\x3a\x05\x12\x01\x61\x08\x01\xfd\x7f\0\0\0\0", &glance));
  assert_int_equal(glance.kind, SUMI_EVENT_SESSION_LOG);
  assert_int_equal(glance.session_status, SUMI_SESSION_START);
  assert_int_equal(glance.step, 0);
  /* The fields beside those that say what an event is. */
  assert_true(GLANCE("\x10\x01\x52\x00", &glance)); /* 10 */
  assert_int_equal(glance.kind, SUMI_EVENT_NOTHING);
  assert_true(GLANCE("\x1a\x00", &glance)); /* 3 */
  assert_int_equal(glance.kind, SUMI_EVENT_FILE_VERSION);
  assert_true(GLANCE("\x4a\x00", &glance)); /* 9 */
  assert_int_equal(glance.kind, SUMI_EVENT_META_GRAPH_DEF);
  assert_true(GLANCE("", &glance));
}

static void what_is_no_message_is_said(void **state) {
  (void)state;
  sumi__events_glance_t glance;
  assert_false(GLANCE("\x10", &glance));                         /* a key without its value */
  assert_false(GLANCE("\x10\x80", &glance));                     /* half a varint */
  assert_false(GLANCE("\x09\0\0\0\0\0\0\0", &glance));           /* 7 of 8 bytes */
  assert_false(GLANCE("\x0d\0\0\0", &glance));                   /* 3 of 4 */
  assert_false(GLANCE("\x2a\x02\x00", &glance));                 /* 1 of 2 */
  assert_false(GLANCE("\x2b", &glance));                         /* a group */
  assert_false(GLANCE("\x3a\x02\x08\x80", &glance));             /* a session log cut inside */
  assert_false(GLANCE("\x3a\x03\x12\x05\x61\x10\x01", &glance)); /* a text beyond its message */
  /* A varint has at most ten bytes. */
  assert_false(GLANCE("\x10\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", &glance));
  assert_true(GLANCE("\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", &glance));
  assert_int_equal(glance.step, -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(step_kind_and_session_are_seen),
      cmocka_unit_test(what_is_no_message_is_said),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
