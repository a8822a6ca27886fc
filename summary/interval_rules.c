#include <sumi/alloc.h>
#include <sumi/interval.h>
#include <sumi/utf8.h>

#include <string.h>

#include "interval_parse.h"
#include "interval_rules.h"
#include "interval_terms.h"

enum { MAX_RULES = 10000 };

/* Every rule is a block of its own: the intervals that were given out stay where they are. */
typedef struct rule {
  struct rule *older;
  sumi_interval_t interval;
  char pattern[];
} rule_t;

struct sumi_interval_rules {
  rule_t *newest;
  int count;
};

sumi_interval_rules_t *sumi_interval_rules_new(void) {
  return sumi_calloc(1, sizeof(sumi_interval_rules_t));
}

static void forget_after(sumi_interval_rules_t *rules, const rule_t *kept) {
  while (rules->newest != kept) {
    rule_t *rule = rules->newest;
    rules->newest = rule->older;
    --rules->count;
    sumi_free(rule);
  }
}

void sumi_interval_rules_free(sumi_interval_rules_t *rules) {
  if (!rules) return;
  forget_after(rules, NULL);
  sumi_free(rules);
}

static sumi_status_t add(sumi_interval_rules_t *rules, const char *pattern, size_t length,
                         const sumi_interval_t *interval) {
  if (rules->count == MAX_RULES)
    return sumi_fail(SUMI_RESOURCE_EXHAUSTED, "more than %d interval rules", MAX_RULES);
  rule_t *rule = sumi_malloc(sizeof *rule + length + 1);
  if (!rule) return sumi_fail_alloc("an interval rule", sizeof *rule + length + 1);
  rule->older = rules->newest;
  rule->interval = *interval;
  memcpy(rule->pattern, pattern, length);
  rule->pattern[length] = '\0';
  rules->newest = rule;
  ++rules->count;
  return SUMI_OK;
}

sumi_status_t sumi_interval_rules_add(sumi_interval_rules_t *rules, const char *pattern,
                                      const sumi_interval_t *interval) {
  if (!rules) return sumi_fail(SUMI_INVALID_ARGUMENT, "rules is NULL");
  SUMI_TRY(sumi_utf8_check("pattern", pattern));
  if (!*pattern) return sumi_fail(SUMI_INVALID_ARGUMENT, "pattern is empty");
  SUMI_TRY(sumi__summary_interval_check(interval));
  return add(rules, pattern, strlen(pattern), interval);
}

static sumi_status_t read_rules(sumi_interval_rules_t *rules, sumi__summary_rule_text_t *in) {
  while (!sumi__summary_rule_at_end(in)) {
    size_t pattern, length;
    sumi_interval_t interval;
    SUMI_TRY(sumi__summary_rule_read(in, &pattern, &length, &interval));
    SUMI_TRY(add(rules, in->text + pattern, length, &interval));
  }
  return SUMI_OK;
}

sumi_status_t sumi_interval_rules_parse(sumi_interval_rules_t *rules, const char *source,
                                        const char *text) {
  if (!rules) return sumi_fail(SUMI_INVALID_ARGUMENT, "rules is NULL");
  sumi__summary_rule_text_t in = {.source = source ? source : "intervals", .text = text};
  SUMI_TRY(sumi_utf8_check(in.source, text));
  const rule_t *newest = rules->newest;
  const sumi_status_t status = read_rules(rules, &in);
  if (status != SUMI_OK) forget_after(rules, newest);
  return status;
}

static const char *after_character(const char *text) {
  do ++text;
  while (((unsigned char)*text & 0xC0) == 0x80);
  return text;
}

/* Matches the pattern up to its first "*" (or its end) at `*tag`, and moves both on when it
 * does. */
static bool match_segment(const char **pattern, const char **tag) {
  const char *p = *pattern, *t = *tag;
  while (*p && *p != '*') {
    if (*p == '?') {
      if (!*t) return false;
      t = after_character(t);
      ++p;
      continue;
    }
    if (*p == '\\' && p[1]) ++p;
    if (*p++ != *t) return false;
    ++t;
  }
  *pattern = p;
  *tag = t;
  return true;
}

bool sumi_interval_pattern_matches(const char *pattern, const char *tag) {
  if (!match_segment(&pattern, &tag)) return false;
  if (!*pattern) return !*tag;
  /* A segment after a "*" is taken where it first fits; the last one must reach the end of the
   * tag. */
  while (*pattern == '*') {
    while (*pattern == '*') ++pattern;
    if (!*pattern) return true;
    for (;; tag = after_character(tag)) {
      const char *p = pattern, *t = tag;
      if (match_segment(&p, &t) && (*p || !*t)) {
        pattern = p;
        tag = t;
        break;
      }
      if (!*tag) return false;
    }
  }
  return true;
}

const sumi_interval_t *sumi__summary_interval_rules_find(const sumi_interval_rules_t *rules,
                                                         const char *tag) {
  for (const rule_t *rule = rules ? rules->newest : NULL; rule; rule = rule->older)
    if (sumi_interval_pattern_matches(rule->pattern, tag)) return &rule->interval;
  return NULL;
}

const sumi_interval_t sumi__summary_interval_always = {
    .term_count = 1, .terms = {{.kind = SUMI_INTERVAL_EVERY_STEPS, .u.steps = 1}}};

const sumi_interval_t *sumi_interval_rules_match(const sumi_interval_rules_t *rules,
                                                 const char *tag) {
  const sumi_interval_t *found = sumi__summary_interval_rules_find(rules, tag);
  return found ? found : &sumi__summary_interval_always;
}
