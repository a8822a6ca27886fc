/* The text form of interval rules; the grammar is in <sumi/interval.h>. */
#ifndef SUMI_INTERVAL_PARSE_H
#define SUMI_INTERVAL_PARSE_H

#include <sumi/interval.h>

/* A NUL-terminated text being read, and its name in messages. */
typedef struct sumi__summary_rule_text {
  const char *source, *text;
  size_t at;
} sumi__summary_rule_text_t;

/* Moves past separators and comments; whether the text ends there. */
bool sumi__summary_rule_at_end(sumi__summary_rule_text_t *in);

/* Reads one rule. The pattern is given as a part of the text, escapes kept. */
sumi_status_t sumi__summary_rule_read(sumi__summary_rule_text_t *in, size_t *pattern,
                                      size_t *pattern_length, sumi_interval_t *interval);

#endif
