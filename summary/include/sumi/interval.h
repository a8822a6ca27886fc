/* When a summary is due: intervals as values, and rules that bind them to tags. */
#ifndef SUMI_INTERVAL_H
#define SUMI_INTERVAL_H

#include <sumi/config.h>
#include <sumi/status.h>

SUMI_BEGIN_DECLS

/* An interval is a set of marks on the axis of steps and on the clock; the union of two intervals
 * is the union of their marks. A summary is due at a step when a mark lies after the step at which
 * it was last due, up to and including this one. So a summary that is offered at every step is due
 * exactly at the marks, and one that is offered at some steps only is due at the first such step on
 * or after each mark; nothing depends on the loop's stride. Marks before the step a run resumes at
 * count as served, so a resumed run continues the series.
 *
 *   every N steps     marks 0, N, 2N, …
 *   every T seconds   the moment the summary is first offered, and every T seconds from there
 *   at steps          the listed steps
 *   doubling from N   marks N, 2N, 4N, 8N, …
 *   first             mark 0: the first step at which the summary is offered
 *   last              mark total_steps - 1, when the total is known
 *   always, never     every 1 step; no marks
 *
 * A scalar needs no total for its last: the newest value that was not due is kept and written when
 * the writer closes.
 *
 * As text, an interval is one or more terms, and a rule binds a pattern of tags to an interval:
 *
 *   rules    = [ rule ] { ( ";" | newline ) [ rule ] }
 *   rule     = pattern "=" interval
 *   interval = term { "," term }
 *   term     = steps | duration | "at:" steps { "," steps } | "double" [ ":" steps ]
 *            | "first" | "last" | "always" | "never"
 *   steps    = decimal digits: 1 to 2^53 - 1; listed after "at:" also 0
 *   duration = decimal number ( "ms" | "s" | "m" | "h" ): 1ms to 1e9s
 *
 * A pattern is matched against the whole tag: "*" is any run of characters, "/" too; "?" is any one
 * character; "\" takes the next character literally and is needed before = ; # * ? \ and before
 * spaces at the ends. "#" starts a comment, up to the end of the line. Spaces and tabs around
 * tokens mean nothing. After "at:" every plain number belongs to the list until another kind of
 * term comes. The last rule whose pattern matches a tag wins; a tag that none matches is always
 * due. docs/intervals.md has examples. One of them:
 *
 *   *=100; loss=10; predictions=500,60s; images=at:0,10,100; weights*=double; final=last */

/** The kinds of terms an interval is made of. */
typedef enum sumi_interval_kind {
  SUMI_INTERVAL_EVERY_STEPS = 1,
  SUMI_INTERVAL_EVERY_SECONDS,
  SUMI_INTERVAL_AT_STEP,
  SUMI_INTERVAL_DOUBLING,
  SUMI_INTERVAL_LAST,
} sumi_interval_kind_t;

typedef struct sumi_interval_term {
  sumi_interval_kind_t kind;
  union {
    int64_t steps;  /* EVERY_STEPS >= 1, AT_STEP >= 0, DOUBLING >= 1 */
    double seconds; /* EVERY_SECONDS: 0.001 to 1e9 */
  } u;
} sumi_interval_term_t;

#define SUMI_INTERVAL_MAX_TERMS 64

/** A plain value. Zero terms mean never. A term that is out of range, or more terms than fit, make
 * it invalid; an invalid interval is refused where it is used. */
typedef struct sumi_interval {
  bool invalid;
  int term_count;
  sumi_interval_term_t terms[SUMI_INTERVAL_MAX_TERMS];
} sumi_interval_t;

/** No marks. */
SUMI_API sumi_interval_t sumi_interval_never(void);

/** Every step. */
SUMI_API sumi_interval_t sumi_interval_always(void);

/** Step 0, which is the first step at which a summary is offered. */
SUMI_API sumi_interval_t sumi_interval_first(void);

/** The last step, when the total is known. */
SUMI_API sumi_interval_t sumi_interval_last(void);

/** Steps 0, N, 2N, …; invalid unless `steps` is 1 to 2^53 - 1. */
SUMI_API sumi_interval_t sumi_interval_every_steps(int64_t steps);

/** The moment a summary is first offered, and every `seconds` from there; invalid unless they are
 * 0.001 to 1e9. */
SUMI_API sumi_interval_t sumi_interval_every_seconds(double seconds);

/** The listed steps; invalid when there are more than SUMI_INTERVAL_MAX_TERMS or one is out of
 * range. */
SUMI_API sumi_interval_t sumi_interval_at_steps(const int64_t *steps, int count);

/** Steps N, 2N, 4N, …; invalid unless `first_step` is 1 to 2^53 - 1. */
SUMI_API sumi_interval_t sumi_interval_doubling(int64_t first_step);

/** The marks of both; invalid when one of them is, or when their terms together do not fit. */
SUMI_API sumi_interval_t sumi_interval_union(sumi_interval_t one, sumi_interval_t other);

/** Reads the right side of a rule. INVALID_ARGUMENT says at which byte what was expected. */
SUMI_API sumi_status_t sumi_interval_parse(const char *text, sumi_interval_t *interval);

/** The interval in the notation sumi_interval_parse reads, cut at `size` bytes including the NUL;
 * returns the length of the whole text as snprintf does. */
SUMI_API int sumi_interval_format(const sumi_interval_t *interval, char *text, size_t size);

#define SUMI_NO_STEP INT64_MAX

/** The smallest marked step that is `from` or later, SUMI_NO_STEP when there is none. `total_steps`
 * is 0 when it is not known; a last then has no mark. */
SUMI_API int64_t sumi_interval_next_step(const sumi_interval_t *interval, int64_t from,
                                         int64_t total_steps);

/** The first moment marked by a term of seconds that is later than `now_ns`, for a summary first
 * offered at `start_ns`; INT64_MAX when no term counts seconds. */
SUMI_API int64_t sumi_interval_next_time_ns(const sumi_interval_t *interval, int64_t start_ns,
                                            int64_t now_ns);

/** Whether one of the terms is a last; whether one counts seconds. */
SUMI_API bool sumi_interval_has_last(const sumi_interval_t *interval);
SUMI_API bool sumi_interval_has_seconds(const sumi_interval_t *interval);

/** Rules in order of increasing precedence. Confined to a thread at a time. */
typedef struct sumi_interval_rules sumi_interval_rules_t;

/** No rules: every tag is always due. NULL when there is no memory. The caller frees it. */
SUMI_API sumi_interval_rules_t *sumi_interval_rules_new(void) SUMI_MUST_USE;
SUMI_API void sumi_interval_rules_free(sumi_interval_rules_t *rules);

/** Appends one rule. `pattern` is copied. */
SUMI_API sumi_status_t sumi_interval_rules_add(sumi_interval_rules_t *rules, const char *pattern,
                                               const sumi_interval_t *interval);

/** Appends the rules written in `text`, all or none. `source` names the text in messages
 * ("SUMI_INTERVALS", a path).
 * errors  INVALID_ARGUMENT "SUMI_INTERVALS: at byte 5 of "loss=0": expected …, found …"; for a text
 *         of several lines, "line 3, at byte 5 of …" that line */
SUMI_API sumi_status_t sumi_interval_rules_parse(sumi_interval_rules_t *rules, const char *source,
                                                 const char *text);

/** The interval of the last rule that matches `tag`; always when none does. Valid until `rules`
 * are freed. */
SUMI_API const sumi_interval_t *sumi_interval_rules_match(const sumi_interval_rules_t *rules,
                                                          const char *tag);

/** Whether a tag matches a pattern of the grammar above. */
SUMI_API bool sumi_interval_pattern_matches(const char *pattern, const char *tag);

SUMI_END_DECLS
#endif
