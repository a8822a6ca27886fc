/* Interval values, their text, and rules. Expected marks are written out by hand. */
#include "sumi_test.h"

#include <stdlib.h>

#include <sumi/interval.h>
#include <sumi/utf8.h>

static sumi_interval_t parsed(const char *text) {
  sumi_interval_t interval;
  assert_ok(sumi_interval_parse(text, &interval));
  return interval;
}

/* The marked steps below `end`, written as text. */
static const char *marks(sumi_interval_t interval, int64_t end, int64_t total_steps) {
  static char text[4096];
  size_t length = 0;
  text[0] = '\0';
  for (int64_t at = 0; (at = sumi_interval_next_step(&interval, at, total_steps)) < end; ++at)
    length += (size_t)snprintf(text + length, sizeof text - length, "%s%lld", length ? " " : "",
                               (long long)at);
  return text;
}

static void every_term_marks_its_steps(void **state) {
  (void)state;
  static const struct {
    const char *interval, *marks;
    int64_t total_steps;
  } cases[] = {
      {"100", "0 100 200 300 400", 0},
      {"7",
       "0 7 14 21 28 35 42 49 56 63 70 77 84 91 98 105 112 119 126 133 140 147 154 161 168 175 "
       "182 189 196 203 210 217 224 231 238 245 252 259 266 273 280 287 294 301 308 315 322 329 "
       "336 343 350 357 364 371 378 385 392 399 406 413 420 427 434 441 448 455 462 469 476 483 "
       "490 497",
       0},
      {"at:0,10,100", "0 10 100", 0},
      {"at: 5 , 3,4", "3 4 5", 0},
      {"double", "1 2 4 8 16 32 64 128 256", 0},
      {"double:100", "100 200 400", 0},
      {"double:3", "3 6 12 24 48 96 192 384", 0},
      {"first", "0", 0},
      {"last", "", 0},
      {"last", "41", 42},
      {"last", "0", 1},
      {"never", "", 42},
      {"60s", "", 0},
      {"250,first,last,at:7,8", "0 7 8 250 399", 400},
      {"never,100,at:150", "0 100 150 200 300 400", 0},
      {"at:1,2,60s", "1 2", 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i)
    assert_string_equal(marks(parsed(cases[i].interval), 500, cases[i].total_steps),
                        cases[i].marks);
}

static void always_marks_every_step(void **state) {
  (void)state;
  assert_string_equal(marks(sumi_interval_always(), 6, 0), "0 1 2 3 4 5");
  assert_string_equal(marks(parsed("always"), 6, 0), "0 1 2 3 4 5");
}

static void values_built_in_code_equal_parsed_ones(void **state) {
  (void)state;
  const int64_t steps[] = {0, 10, 100};
  const sumi_interval_t all = sumi_interval_union(
      sumi_interval_union(sumi_interval_at_steps(steps, 3), sumi_interval_last()),
      sumi_interval_union(sumi_interval_every_steps(200), sumi_interval_doubling(50)));
  assert_false(all.invalid);
  assert_string_equal(marks(all, 500, 334), "0 10 50 100 200 333 400");
  assert_string_equal(marks(sumi_interval_first(), 500, 0), "0");
  assert_string_equal(marks(sumi_interval_never(), 500, 334), "");
  assert_true(sumi_interval_has_last(&all));
  assert_false(sumi_interval_has_seconds(&all));
  const sumi_interval_t timed = sumi_interval_every_seconds(0.5);
  assert_true(sumi_interval_has_seconds(&timed));
}

static void values_out_of_range_are_invalid(void **state) {
  (void)state;
  const int64_t negative[] = {-1};
  int64_t many[SUMI_INTERVAL_MAX_TERMS + 1] = {0};
  assert_true(sumi_interval_every_steps(0).invalid);
  assert_true(sumi_interval_every_steps(-5).invalid);
  assert_true(sumi_interval_every_steps(INT64_MAX).invalid);
  assert_true(sumi_interval_doubling(0).invalid);
  assert_true(sumi_interval_every_seconds(0).invalid);
  assert_true(sumi_interval_every_seconds(NAN).invalid);
  assert_true(sumi_interval_every_seconds(INFINITY).invalid);
  assert_true(sumi_interval_at_steps(negative, 1).invalid);
  assert_true(sumi_interval_at_steps(NULL, 1).invalid);
  assert_false(sumi_interval_at_steps(many, SUMI_INTERVAL_MAX_TERMS).invalid);
  assert_true(sumi_interval_at_steps(many, SUMI_INTERVAL_MAX_TERMS + 1).invalid);
  assert_true(sumi_interval_union(sumi_interval_first(), sumi_interval_every_steps(0)).invalid);
  sumi_interval_rules_t *rules = sumi_interval_rules_new();
  const sumi_interval_t invalid = sumi_interval_every_steps(0);
  assert_fails(sumi_interval_rules_add(rules, "*", &invalid), SUMI_INVALID_ARGUMENT,
               "the interval is not valid");
  assert_fails(sumi_interval_rules_add(rules, "*", NULL), SUMI_INVALID_ARGUMENT, "not valid");
  sumi_interval_rules_free(rules);
}

static void steps_near_the_end_of_the_axis_do_not_overflow(void **state) {
  (void)state;
  const int64_t far = (INT64_C(1) << 53) - 2;
  sumi_interval_t interval = sumi_interval_every_steps(1000);
  assert_int_equal(sumi_interval_next_step(&interval, far, 0), INT64_C(9007199254741000));
  assert_int_equal(sumi_interval_next_step(&interval, INT64_MAX, 0), SUMI_NO_STEP);
  interval = sumi_interval_doubling(3);
  assert_int_equal(sumi_interval_next_step(&interval, INT64_MAX, 0), SUMI_NO_STEP);
  assert_int_equal(sumi_interval_next_step(&interval, -7, 0), 3);
}

static void marks_on_the_clock_come_every_period_from_the_start(void **state) {
  (void)state;
  const int64_t ms = 1000000;
  sumi_interval_t interval = parsed("250ms,1s");
  static const struct {
    int64_t now_ms, next_ms;
  } cases[] = {{-5, 100},  {99, 100},    {100, 350},  {349, 350},
               {350, 600}, {1099, 1100}, {1100, 1350}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i)
    assert_int_equal(sumi_interval_next_time_ns(&interval, 100 * ms, cases[i].now_ms * ms),
                     cases[i].next_ms * ms);
  interval = parsed("10");
  assert_int_equal(sumi_interval_next_time_ns(&interval, 0, 5), INT64_MAX);
}

static void durations_have_units(void **state) {
  (void)state;
  static const struct {
    const char *text;
    double seconds;
  } cases[] = {{"60s", 60},   {"250ms", 0.25}, {"1.5h", 5400},       {"5m", 300},
               {"0.5s", 0.5}, {"1ms", 0.001},  {"1000000000s", 1e9}, {"2.25m", 135}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    const sumi_interval_t interval = parsed(cases[i].text);
    assert_int_equal(interval.term_count, 1);
    assert_int_equal(interval.terms[0].kind, SUMI_INTERVAL_EVERY_SECONDS);
    assert_true(interval.terms[0].u.seconds == cases[i].seconds);
  }
}

static void formatting_and_parsing_are_inverse(void **state) {
  (void)state;
  static const struct {
    const char *text, *canonical;
  } cases[] = {
      {"100", "100"},
      {"1", "always"},
      {"never", "never"},
      {"never,never", "never"},
      {"first", "at:0"},
      {"at:3,60s,1,2", "always,2,at:3,60s"},
      {"last,500", "500,last"},
      {"double:1", "double"},
      {"double : 4", "double:4"},
      {"1.5h", "5400s"},
      {"250ms", "0.25s"},
      {"at:1,2,3", "at:1,at:2,at:3"},
      {" at : 1 ,2 , last ", "at:1,at:2,last"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    char text[256], again[256];
    const sumi_interval_t first = parsed(cases[i].text);
    assert_int_equal(sumi_interval_format(&first, text, sizeof text), strlen(cases[i].canonical));
    assert_string_equal(text, cases[i].canonical);
    const sumi_interval_t second = parsed(text);
    sumi_interval_format(&second, again, sizeof again);
    assert_string_equal(again, cases[i].canonical);
  }
  char cut[5];
  const sumi_interval_t interval = parsed("500,60s");
  assert_int_equal(sumi_interval_format(&interval, cut, sizeof cut), 7);
  assert_string_equal(cut, "500,");
}

static void a_pattern_is_a_glob_over_the_whole_tag(void **state) {
  (void)state;
  static const struct {
    const char *pattern, *tag;
    bool matches;
  } cases[] = {
      {"*", "", true},
      {"*", "a/b", true},
      {"loss", "loss", true},
      {"loss", "loss2", false},
      {"loss", "los", false},
      {"loss/*", "loss/train", true},
      {"loss/*", "loss", false},
      {"loss/*", "loss/", true},
      {"*/bias", "layer/3/bias", true},
      {"*/bias", "bias", false},
      {"a*b*c", "aXXbYYc", true},
      {"a*b*c", "abc", true},
      {"a*b*c", "acb", false},
      {"*ab", "aab", true},
      {"*ab", "abab", true},
      {"*ab", "aba", false},
      {"**", "x", true},
      {"?", "a", true},
      {"?", "", false},
      {"?", "墨", true},
      {"??", "墨", false},
      {"*?", "墨水", true},
      {"l?ss", "loss", true},
      {"a*?c", "abc", true},
      {"a*?c", "ac", false},
      {"\\*", "*", true},
      {"\\*", "a", false},
      {"a\\=b", "a=b", true},
      {"\\?", "x", false},
      {"*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaa", false},
      {"", "", true},
      {"", "a", false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i)
    if (sumi_interval_pattern_matches(cases[i].pattern, cases[i].tag) != cases[i].matches)
      fail_msg("pattern \"%s\", tag \"%s\": expected %d", cases[i].pattern, cases[i].tag,
               cases[i].matches);
}

static const char *rule_for(const sumi_interval_rules_t *rules, const char *tag) {
  static char text[256];
  sumi_interval_format(sumi_interval_rules_match(rules, tag), text, sizeof text);
  return text;
}

static void the_last_matching_rule_wins(void **state) {
  (void)state;
  sumi_interval_rules_t *rules = sumi_interval_rules_new();
  assert_string_equal(rule_for(rules, "anything"), "always");
  assert_string_equal(rule_for(NULL, "anything"), "always");
  assert_ok(sumi_interval_rules_parse(
      rules, "test",
      "*=100; loss=10; predictions=500,60s; weights/*=double; images=at:0,10,100; final=last; "
      "debug/*=never"));
  assert_string_equal(rule_for(rules, "accuracy"), "100");
  assert_string_equal(rule_for(rules, "loss"), "10");
  assert_string_equal(rule_for(rules, "loss/train"), "100");
  assert_string_equal(rule_for(rules, "predictions"), "500,60s");
  assert_string_equal(rule_for(rules, "weights/dense/0"), "double");
  assert_string_equal(rule_for(rules, "images"), "at:0,at:10,at:100");
  assert_string_equal(rule_for(rules, "final"), "last");
  assert_string_equal(rule_for(rules, "debug/x"), "never");
  const sumi_interval_t *loss = sumi_interval_rules_match(rules, "loss");
  for (int i = 0; i < 100; ++i)
    assert_ok(sumi_interval_rules_parse(rules, "test", "loss=20; l*=30"));
  assert_int_equal(loss->terms[0].u.steps, 10);
  assert_string_equal(rule_for(rules, "loss"), "30");
  sumi_interval_rules_free(rules);
}

static void rules_may_be_written_in_lines_with_comments(void **state) {
  (void)state;
  sumi_interval_rules_t *rules = sumi_interval_rules_new();
  assert_ok(sumi_interval_rules_parse(rules, "file",
                                      "# how often\n\n  * = 100 # all\n;; loss = 10 ;\r\n"
                                      "a\\=b\\;c = 7\n two words = 8\n墨/* = 9\n sp\\  = 6"));
  assert_string_equal(rule_for(rules, "x"), "100");
  assert_string_equal(rule_for(rules, "loss"), "10");
  assert_string_equal(rule_for(rules, "a=b;c"), "7");
  assert_string_equal(rule_for(rules, "two words"), "8");
  assert_string_equal(rule_for(rules, "墨/水"), "9");
  assert_string_equal(rule_for(rules, "sp "), "6");
  assert_ok(sumi_interval_rules_parse(rules, "file", ""));
  assert_ok(sumi_interval_rules_parse(rules, "file", " \n;\t# nothing"));
  sumi_interval_rules_free(rules);
}

static void a_long_rule_is_quoted_up_to_a_whole_character(void **state) {
  (void)state;
  char text[512] = "";
  for (int i = 0; i < 100; ++i) strcat(text, "墨"); /* 3 bytes each */
  sumi_interval_rules_t *rules = sumi_interval_rules_new();
  assert_fails(sumi_interval_rules_parse(rules, "src", text), SUMI_INVALID_ARGUMENT,
               "墨\": expected '=' after the pattern, found the end");
  assert_int_equal(sumi_utf8_first_invalid(sumi_error_message(), strlen(sumi_error_message())),
                   strlen(sumi_error_message()));
  sumi_interval_rules_free(rules);
}

static void a_rule_that_does_not_parse_names_the_byte(void **state) {
  (void)state;
  static const struct {
    const char *text, *message;
  } cases[] = {
      {"loss", "src: at byte 4 of \"loss\": expected '=' after the pattern, found the end"},
      {"loss;a=1", "at byte 4 of \"loss;a=1\": expected '=' after the pattern, found ';'"},
      {"=10", "at byte 0 of \"=10\": expected a tag pattern, found '='"},
      {"loss=", "at byte 5 of \"loss=\": expected steps, a time, at:, double, first, last, always "
                "or never, found the end"},
      {"loss=0", "at byte 5 of \"loss=0\": expected steps of 1 to 2^53 - 1, found '0'"},
      {"loss=-1", "at byte 5 of \"loss=-1\": expected steps, a time"},
      {"loss=10 20", "at byte 8 of \"loss=10 20\": expected ',', ';' or the end, found '2'"},
      {"loss=10,", "at byte 8 of \"loss=10,\": expected steps, a time"},
      {"loss=99999999999999999999", "at byte 5"},
      {"loss=10x", "at byte 7 of \"loss=10x\": expected a unit: ms, s, m or h, found 'x'"},
      {"loss=1.5", "at byte 8 of \"loss=1.5\": expected a unit: ms, s, m or h, found the end"},
      {"loss=0s", "at byte 5 of \"loss=0s\": expected a time of 1ms to 1e9 seconds, found '0'"},
      {"loss=2000000000s", "expected a time of 1ms to 1e9 seconds"},
      {"a=at", "at byte 4 of \"a=at\": expected ':' after at, found the end"},
      {"a=at:", "at byte 5 of \"a=at:\": expected a step of 0 to 2^53 - 1, found the end"},
      {"a=at:1,", "at byte 7 of"},
      {"a=double:0", "at byte 9 of \"a=double:0\": expected steps of 1 to 2^53 - 1, found '0'"},
      {"a=doubles", "at byte 2 of"},
      {"a=sometimes", "at byte 2 of \"a=sometimes\": expected steps, a time, at:, double, first, "
                      "last, always or never, found 's'"},
      {"*=10;\nloss=\n", "src: line 2, at byte 5 of \"loss=\": expected steps, a time, at:, "
                         "double, first, last, always or never, found a line end"},
      {"a\\", "at byte 2 of \"a\\\": expected a character after '\\', found the end"},
      {"a=1\xFF", "src is not UTF-8: byte 0xff at offset 3"},
      {NULL, "src is NULL"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    sumi_interval_rules_t *rules = sumi_interval_rules_new();
    assert_ok(sumi_interval_rules_parse(rules, "before", "x=5"));
    assert_fails(sumi_interval_rules_parse(rules, "src", cases[i].text), SUMI_INVALID_ARGUMENT,
                 cases[i].message);
    assert_string_equal(rule_for(rules, "x"), "5");
    assert_string_equal(rule_for(rules, "a"), "always");
    sumi_interval_rules_free(rules);
  }
}

static void too_many_terms_are_refused(void **state) {
  (void)state;
  char text[1024] = "at:0";
  for (int i = 1; i < SUMI_INTERVAL_MAX_TERMS; ++i) strcat(text, ",7");
  parsed(text);
  strcat(text, ",7");
  sumi_interval_t interval;
  assert_fails(sumi_interval_parse(text, &interval), SUMI_INVALID_ARGUMENT, "more than 64 terms");
  assert_fails(sumi_interval_parse("5;", &interval), SUMI_INVALID_ARGUMENT,
               "at byte 1 of \"5;\": expected ',' or the end, found ';'");
  assert_fails(sumi_interval_parse(NULL, &interval), SUMI_INVALID_ARGUMENT, "text is NULL");
}

static void running_out_of_memory_leaves_the_rules_as_they_were(void **state) {
  (void)state;
  counting_allocator_install();
  for (int64_t nth = 1;; ++nth) {
    sumi_interval_rules_t *rules = sumi_interval_rules_new();
    assert_ok(sumi_interval_rules_parse(rules, "before", "x=5"));
    counting_allocator_fail_at(nth);
    const sumi_status_t status = sumi_interval_rules_parse(rules, "test", "x=6; y=7; z=8");
    counting_allocator_fail_at(0);
    assert_string_equal(rule_for(rules, "x"), status == SUMI_OK ? "6" : "5");
    assert_string_equal(rule_for(rules, "y"), status == SUMI_OK ? "7" : "always");
    sumi_interval_rules_free(rules);
    assert_int_equal(counting_allocator_live(), 0);
    if (status == SUMI_OK) {
      assert_true(nth > 3);
      break;
    }
    assert_int_equal(status, SUMI_RESOURCE_EXHAUSTED);
  }
  counting_allocator_remove();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_term_marks_its_steps),
      cmocka_unit_test(always_marks_every_step),
      cmocka_unit_test(values_built_in_code_equal_parsed_ones),
      cmocka_unit_test(values_out_of_range_are_invalid),
      cmocka_unit_test(steps_near_the_end_of_the_axis_do_not_overflow),
      cmocka_unit_test(marks_on_the_clock_come_every_period_from_the_start),
      cmocka_unit_test(durations_have_units),
      cmocka_unit_test(formatting_and_parsing_are_inverse),
      cmocka_unit_test(a_pattern_is_a_glob_over_the_whole_tag),
      cmocka_unit_test(the_last_matching_rule_wins),
      cmocka_unit_test(rules_may_be_written_in_lines_with_comments),
      cmocka_unit_test(a_rule_that_does_not_parse_names_the_byte),
      cmocka_unit_test(a_long_rule_is_quoted_up_to_a_whole_character),
      cmocka_unit_test(too_many_terms_are_refused),
      cmocka_unit_test(running_out_of_memory_leaves_the_rules_as_they_were),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
