#include "interval_parse.h"

#include <sumi/utf8.h>

#include <stdio.h>
#include <string.h>

#include "interval_terms.h"

enum { MAX_QUOTED_BYTES = 200 };

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

static char current(const sumi__summary_rule_text_t *in) {
  return in->text[in->at]; /* the text's NUL is its end */
}

static void skip_spaces(sumi__summary_rule_text_t *in) {
  while (is_space(current(in))) ++in->at;
}

static void describe_byte(unsigned char byte, char *text, size_t size) {
  if (byte == '\0')
    snprintf(text, size, "the end");
  else if (byte == '\n')
    snprintf(text, size, "a line end");
  else if (byte < 0x20 || byte >= 0x7F)
    snprintf(text, size, "byte 0x%02x", byte);
  else
    snprintf(text, size, "'%c'", byte);
}

/* As much of a line as a message quotes, without half a character at its end. */
static size_t quoted_length(const char *line) {
  const size_t length = strcspn(line, "\n");
  size_t quoted = length < MAX_QUOTED_BYTES ? length : (size_t)MAX_QUOTED_BYTES;
  while (quoted < length && quoted > 0 && ((unsigned char)line[quoted] & 0xC0) == 0x80) --quoted;
  return quoted;
}

/* INVALID_ARGUMENT: what was expected at that byte, and what is there. A text of several lines is
 * quoted by the line. */
static sumi_status_t fail_expected(const sumi__summary_rule_text_t *in, size_t at,
                                   const char *expected) {
  size_t start = at, line = 1;
  while (start > 0 && in->text[start - 1] != '\n') --start;
  for (size_t i = 0; i < start; ++i) line += in->text[i] == '\n';
  char found[32], place[32] = "";
  describe_byte((unsigned char)in->text[at], found, sizeof found);
  if (strchr(in->text, '\n')) snprintf(place, sizeof place, "line %zu, ", line);
  return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: %sat byte %zu of \"%.*s\": expected %s, found %s",
                   in->source, place, at - start, (int)quoted_length(in->text + start),
                   in->text + start, expected, found);
}

static sumi_status_t read_steps(sumi__summary_rule_text_t *in, int64_t least, int64_t *steps) {
  const size_t start = in->at;
  int64_t value = 0;
  while (is_digit(current(in)) && value <= SUMI_MAX_STEP) {
    value = value * 10 + (current(in) - '0');
    ++in->at;
  }
  if (in->at == start || value < least || value > SUMI_MAX_STEP)
    return fail_expected(in, start, least ? "steps of 1 to 2^53 - 1" : "a step of 0 to 2^53 - 1");
  *steps = value;
  return SUMI_OK;
}

/* A number with a unit: "60s", "1.5h", "250ms". Independent of the locale. */
static sumi_status_t read_seconds(sumi__summary_rule_text_t *in, double *seconds) {
  static const struct {
    const char *text;
    double seconds;
  } units[] = {{"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}};
  const size_t start = in->at;
  double value = 0, place = 1;
  for (; is_digit(current(in)); ++in->at) value = value * 10 + (current(in) - '0');
  if (current(in) == '.')
    for (++in->at; is_digit(current(in)); ++in->at) {
      value = value * 10 + (current(in) - '0');
      place *= 10;
    }
  for (size_t i = 0; i < sizeof units / sizeof *units; ++i) {
    const size_t length = strlen(units[i].text);
    if (strncmp(in->text + in->at, units[i].text, length) != 0) continue;
    in->at += length;
    *seconds = units[i].seconds < 1 ? value / (place * 1000) : value / place * units[i].seconds;
    if (*seconds >= SUMI__MIN_SECONDS && *seconds <= SUMI__MAX_SECONDS) return SUMI_OK;
    return fail_expected(in, start, "a time of 1ms to 1e9 seconds");
  }
  return fail_expected(in, in->at, "a unit: ms, s, m or h");
}

/* Whether the digits at the cursor are a plain number and not the start of a duration. */
static bool at_plain_number(const sumi__summary_rule_text_t *in) {
  size_t at = in->at;
  while (is_digit(in->text[at])) ++at;
  return at > in->at && in->text[at] != '.' && !(in->text[at] >= 'a' && in->text[at] <= 'z');
}

static bool take_word(sumi__summary_rule_text_t *in, const char *word) {
  const size_t length = strlen(word);
  if (strncmp(in->text + in->at, word, length) != 0) return false;
  const char next = in->text[in->at + length];
  if ((next >= 'a' && next <= 'z') || is_digit(next)) return false;
  in->at += length;
  return true;
}

static bool take(sumi__summary_rule_text_t *in, char byte) {
  if (current(in) != byte) return false;
  ++in->at;
  return true;
}

static sumi_status_t append(sumi__summary_rule_text_t *in, sumi_interval_t *interval,
                            sumi_interval_term_t term) {
  if (sumi__summary_interval_append(interval, term)) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: at byte %zu of \"%.*s\": more than %d terms",
                   in->source, in->at, 400, in->text, SUMI_INTERVAL_MAX_TERMS);
}

static sumi_status_t read_at_list(sumi__summary_rule_text_t *in, sumi_interval_t *interval) {
  for (;;) {
    sumi_interval_term_t term = {.kind = SUMI_INTERVAL_AT_STEP};
    skip_spaces(in);
    SUMI_TRY(read_steps(in, 0, &term.u.steps));
    SUMI_TRY(append(in, interval, term));
    skip_spaces(in);
    const size_t comma = in->at;
    if (!take(in, ',')) return SUMI_OK;
    skip_spaces(in);
    if (at_plain_number(in)) continue;
    in->at = comma; /* another kind of term follows */
    return SUMI_OK;
  }
}

static sumi_status_t read_number_term(sumi__summary_rule_text_t *in, sumi_interval_term_t *term) {
  if (at_plain_number(in)) {
    term->kind = SUMI_INTERVAL_EVERY_STEPS;
    return read_steps(in, 1, &term->u.steps);
  }
  term->kind = SUMI_INTERVAL_EVERY_SECONDS;
  return read_seconds(in, &term->u.seconds);
}

static sumi_status_t read_doubling(sumi__summary_rule_text_t *in, sumi_interval_term_t *term) {
  *term = (sumi_interval_term_t){.kind = SUMI_INTERVAL_DOUBLING, .u.steps = 1};
  skip_spaces(in);
  if (!take(in, ':')) return SUMI_OK;
  skip_spaces(in);
  return read_steps(in, 1, &term->u.steps);
}

static sumi_status_t read_term(sumi__summary_rule_text_t *in, sumi_interval_t *interval) {
  sumi_interval_term_t term = {.kind = SUMI_INTERVAL_EVERY_STEPS, .u.steps = 1};
  if (take_word(in, "never")) return SUMI_OK;
  if (take_word(in, "at")) {
    skip_spaces(in);
    if (!take(in, ':')) return fail_expected(in, in->at, "':' after at");
    return read_at_list(in, interval);
  }
  if (take_word(in, "always")) {
  } else if (take_word(in, "first")) {
    term = (sumi_interval_term_t){.kind = SUMI_INTERVAL_AT_STEP, .u.steps = 0};
  } else if (take_word(in, "last")) {
    term = (sumi_interval_term_t){.kind = SUMI_INTERVAL_LAST, .u.steps = 0};
  } else if (take_word(in, "double")) {
    SUMI_TRY(read_doubling(in, &term));
  } else if (is_digit(current(in))) {
    SUMI_TRY(read_number_term(in, &term));
  } else {
    return fail_expected(in, in->at, "steps, a time, at:, double, first, last, always or never");
  }
  return append(in, interval, term);
}

/* Reads an interval, up to what cannot belong to one. */
static sumi_status_t read_interval(sumi__summary_rule_text_t *in, sumi_interval_t *interval) {
  *interval = (sumi_interval_t){0};
  do {
    skip_spaces(in);
    SUMI_TRY(read_term(in, interval));
    skip_spaces(in);
  } while (take(in, ','));
  return SUMI_OK;
}

static bool ends_rule(char c) {
  return c == '\0' || c == ';' || c == '\n' || c == '#';
}

/* Leaves the cursor behind the "=" and gives the pattern's extent, spaces at its ends left out. */
static sumi_status_t read_pattern(sumi__summary_rule_text_t *in, size_t *start, size_t *length) {
  *start = in->at;
  size_t end = in->at;
  while (current(in) != '=') {
    if (ends_rule(current(in))) return fail_expected(in, in->at, "'=' after the pattern");
    const bool literal = current(in) == '\\';
    if (literal) {
      ++in->at;
      if (current(in) == '\0' || current(in) == '\n')
        return fail_expected(in, in->at, "a character after '\\'");
    }
    if (!is_space(current(in)) || literal) end = in->at + 1;
    ++in->at;
  }
  *length = end - *start;
  if (*length == 0) return fail_expected(in, *start, "a tag pattern");
  ++in->at;
  return SUMI_OK;
}

static void skip_comment(sumi__summary_rule_text_t *in) {
  if (current(in) != '#') return;
  while (current(in) != '\0' && current(in) != '\n') ++in->at;
}

static void skip_to_rule(sumi__summary_rule_text_t *in) {
  for (;;) {
    skip_spaces(in);
    skip_comment(in);
    if (current(in) != ';' && current(in) != '\n') return;
    ++in->at;
  }
}

bool sumi__summary_rule_at_end(sumi__summary_rule_text_t *in) {
  skip_to_rule(in);
  return current(in) == '\0';
}

sumi_status_t sumi__summary_rule_read(sumi__summary_rule_text_t *in, size_t *pattern,
                                      size_t *pattern_length, sumi_interval_t *interval) {
  SUMI_TRY(read_pattern(in, pattern, pattern_length));
  SUMI_TRY(read_interval(in, interval));
  if (!ends_rule(current(in))) return fail_expected(in, in->at, "',', ';' or the end");
  return SUMI_OK;
}

sumi_status_t sumi_interval_parse(const char *text, sumi_interval_t *interval) {
  if (!text || !interval)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s is NULL", text ? "interval" : "text");
  sumi__summary_rule_text_t in = {.source = "interval", .text = text};
  sumi_interval_t parsed;
  SUMI_TRY(sumi_utf8_check("interval", text));
  SUMI_TRY(read_interval(&in, &parsed));
  if (current(&in) != '\0') return fail_expected(&in, in.at, "',' or the end");
  *interval = parsed;
  return SUMI_OK;
}
