#include <sumi/decimal.h>
#include <sumi/interval.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "interval_terms.h"

static bool term_is_valid(const sumi_interval_term_t *term) {
  switch (term->kind) {
  case SUMI_INTERVAL_EVERY_STEPS:
  case SUMI_INTERVAL_DOUBLING: return term->u.steps >= 1 && term->u.steps <= SUMI_MAX_STEP;
  case SUMI_INTERVAL_AT_STEP: return term->u.steps >= 0 && term->u.steps <= SUMI_MAX_STEP;
  case SUMI_INTERVAL_EVERY_SECONDS:
    return term->u.seconds >= SUMI__MIN_SECONDS && term->u.seconds <= SUMI__MAX_SECONDS;
  case SUMI_INTERVAL_LAST: return true;
  }
  return false;
}

bool sumi__summary_interval_append(sumi_interval_t *interval, sumi_interval_term_t term) {
  if (interval->invalid || interval->term_count >= SUMI_INTERVAL_MAX_TERMS ||
      !term_is_valid(&term)) {
    interval->invalid = true;
    return false;
  }
  interval->terms[interval->term_count++] = term;
  return true;
}

static sumi_interval_t of_steps(sumi_interval_kind_t kind, int64_t steps) {
  sumi_interval_t interval = {0};
  sumi__summary_interval_append(&interval, (sumi_interval_term_t){.kind = kind, .u.steps = steps});
  return interval;
}

sumi_interval_t sumi_interval_never(void) {
  return (sumi_interval_t){0};
}

sumi_interval_t sumi_interval_always(void) {
  return of_steps(SUMI_INTERVAL_EVERY_STEPS, 1);
}

sumi_interval_t sumi_interval_first(void) {
  return of_steps(SUMI_INTERVAL_AT_STEP, 0);
}

sumi_interval_t sumi_interval_last(void) {
  return of_steps(SUMI_INTERVAL_LAST, 0);
}

sumi_interval_t sumi_interval_every_steps(int64_t steps) {
  return of_steps(SUMI_INTERVAL_EVERY_STEPS, steps);
}

sumi_interval_t sumi_interval_every_seconds(double seconds) {
  sumi_interval_t interval = {0};
  sumi__summary_interval_append(
      &interval, (sumi_interval_term_t){.kind = SUMI_INTERVAL_EVERY_SECONDS, .u.seconds = seconds});
  return interval;
}

sumi_interval_t sumi_interval_at_steps(const int64_t *steps, int count) {
  sumi_interval_t interval = {.invalid = count < 0 || (count > 0 && !steps)};
  for (int i = 0; i < count && !interval.invalid; ++i)
    sumi__summary_interval_append(
        &interval, (sumi_interval_term_t){.kind = SUMI_INTERVAL_AT_STEP, .u.steps = steps[i]});
  return interval;
}

sumi_interval_t sumi_interval_doubling(int64_t first_step) {
  return of_steps(SUMI_INTERVAL_DOUBLING, first_step);
}

sumi_interval_t sumi_interval_union(sumi_interval_t a, sumi_interval_t b) {
  a.invalid = a.invalid || b.invalid;
  for (int i = 0; i < b.term_count && !a.invalid; ++i)
    sumi__summary_interval_append(&a, b.terms[i]);
  return a;
}

sumi_status_t sumi__summary_interval_check(const sumi_interval_t *interval) {
  bool valid = interval && !interval->invalid && interval->term_count >= 0 &&
               interval->term_count <= SUMI_INTERVAL_MAX_TERMS;
  for (int i = 0; valid && i < interval->term_count; ++i)
    valid = term_is_valid(&interval->terms[i]);
  if (valid) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT,
                   "the interval is not valid: expected at most %d terms, steps of 1 to 2^53 - 1, "
                   "listed steps of 0 to 2^53 - 1 and seconds of %g to %g",
                   SUMI_INTERVAL_MAX_TERMS, SUMI__MIN_SECONDS, SUMI__MAX_SECONDS);
}

static int64_t next_multiple(int64_t of, int64_t from) {
  const int64_t past = from % of;
  if (past == 0) return from;
  int64_t next;
  return __builtin_add_overflow(from, of - past, &next) ? SUMI_NO_STEP : next;
}

static int64_t next_doubling(int64_t first, int64_t from) {
  int64_t mark = first;
  while (mark < from)
    if (__builtin_mul_overflow(mark, 2, &mark)) return SUMI_NO_STEP;
  return mark;
}

static int64_t next_of_term(const sumi_interval_term_t *term, int64_t from, int64_t total_steps) {
  switch (term->kind) {
  case SUMI_INTERVAL_EVERY_STEPS: return next_multiple(term->u.steps, from);
  case SUMI_INTERVAL_DOUBLING: return next_doubling(term->u.steps, from);
  case SUMI_INTERVAL_AT_STEP: return term->u.steps >= from ? term->u.steps : SUMI_NO_STEP;
  case SUMI_INTERVAL_LAST: return total_steps > from ? total_steps - 1 : SUMI_NO_STEP;
  case SUMI_INTERVAL_EVERY_SECONDS: break;
  }
  return SUMI_NO_STEP;
}

int64_t sumi_interval_next_step(const sumi_interval_t *interval, int64_t from,
                                int64_t total_steps) {
  if (from < 0) from = 0;
  int64_t next = SUMI_NO_STEP;
  for (int i = 0; i < interval->term_count; ++i) {
    const int64_t mark = next_of_term(&interval->terms[i], from, total_steps);
    if (mark < next) next = mark;
  }
  return next;
}

int64_t sumi_interval_next_time_ns(const sumi_interval_t *interval, int64_t start_ns,
                                   int64_t now_ns) {
  int64_t next = INT64_MAX;
  for (int i = 0; i < interval->term_count; ++i) {
    if (interval->terms[i].kind != SUMI_INTERVAL_EVERY_SECONDS) continue;
    const int64_t period = (int64_t)(interval->terms[i].u.seconds * 1e9);
    const int64_t mark = now_ns < start_ns ? start_ns
                                           : start_ns + ((now_ns - start_ns) / period + 1) * period;
    if (mark < next) next = mark;
  }
  return next;
}

static bool has(const sumi_interval_t *interval, sumi_interval_kind_t kind) {
  for (int i = 0; i < interval->term_count; ++i)
    if (interval->terms[i].kind == kind) return true;
  return false;
}

bool sumi_interval_has_last(const sumi_interval_t *interval) {
  return has(interval, SUMI_INTERVAL_LAST);
}

bool sumi_interval_has_seconds(const sumi_interval_t *interval) {
  return has(interval, SUMI_INTERVAL_EVERY_SECONDS);
}

/* A text of known capacity that counts what it could not hold. */
typedef struct output {
  char *text;
  size_t size;
  int length;
} output_t;

static void put(output_t *out, const char *format, ...) SUMI_PRINTF(2, 3);
static void put(output_t *out, const char *format, ...) {
  const bool room = (size_t)out->length < out->size;
  va_list args;
  va_start(args, format);
  const int length = vsnprintf(room ? out->text + out->length : NULL,
                               room ? out->size - (size_t)out->length : 0, format, args);
  va_end(args);
  if (length > 0) out->length += length;
}

static void put_term(output_t *out, const sumi_interval_term_t *term) {
  char seconds[32];
  const char *comma = out->length ? "," : "";
  const long long steps = term->kind == SUMI_INTERVAL_EVERY_SECONDS ? 0 : (long long)term->u.steps;
  switch (term->kind) {
  case SUMI_INTERVAL_EVERY_STEPS:
    if (steps == 1)
      put(out, "%salways", comma);
    else
      put(out, "%s%lld", comma, steps);
    break;
  case SUMI_INTERVAL_EVERY_SECONDS:
    sumi_decimal(seconds, sizeof seconds, 'g', 15, term->u.seconds);
    put(out, "%s%ss", comma, seconds);
    break;
  case SUMI_INTERVAL_AT_STEP: put(out, "%sat:%lld", comma, steps); break;
  case SUMI_INTERVAL_DOUBLING:
    if (steps == 1)
      put(out, "%sdouble", comma);
    else
      put(out, "%sdouble:%lld", comma, steps);
    break;
  case SUMI_INTERVAL_LAST: put(out, "%slast", comma); break;
  }
}

int sumi_interval_format(const sumi_interval_t *interval, char *text, size_t size) {
  output_t out = {text, size, 0};
  if (interval->term_count == 0) put(&out, "never");
  /* Plain steps come first: after "at:" they would be read as listed ones. */
  for (int i = 0; i < interval->term_count; ++i)
    if (interval->terms[i].kind == SUMI_INTERVAL_EVERY_STEPS) put_term(&out, &interval->terms[i]);
  for (int i = 0; i < interval->term_count; ++i)
    if (interval->terms[i].kind != SUMI_INTERVAL_EVERY_STEPS) put_term(&out, &interval->terms[i]);
  return out.length;
}
