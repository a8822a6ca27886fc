/* sumi intervals: at which steps a rule set records. */
#include "command.h"
#include "text.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include <sumi/alloc.h>
#include <sumi/buffer.h>
#include <sumi/interval.h>

enum { MOST_STEPS = 100000000, MOST_RULES_BYTES = 1 << 20, INTERVAL_TEXT_SIZE = 4096 };
static const double ns_per_s = 1e9;

/* The steps at which a summary is recorded, one after the other: what a gate of the writer does
 * (<sumi/interval.h>) when it is offered every `stride` steps, `rate` of them a second. */
typedef struct walk {
  const sumi_interval_t *interval;
  int64_t total, stride;
  double rate; /* 0: nothing counts seconds */
  int64_t next_step, next_ns;
} walk_t;

static walk_t begin(const arguments_t *arguments, const sumi_interval_t *interval) {
  const bool has_clock = arguments->rate > 0 && sumi_interval_has_seconds(interval);
  return (walk_t){.interval = interval,
                  .total = arguments->total,
                  .stride = arguments->stride ? arguments->stride : 1,
                  .rate = arguments->rate,
                  .next_step = sumi_interval_next_step(interval, 0, arguments->total),
                  .next_ns = has_clock ? 0 : INT64_MAX};
}

/* The first step that is offered at `step` or later. */
static int64_t offered(const walk_t *walk, int64_t step) {
  const int64_t over = step % walk->stride;
  return step >= walk->total ? walk->total : over ? step - over + walk->stride : step;
}

static int64_t time_of(const walk_t *walk, int64_t step) {
  return (int64_t)fmin((double)step / walk->rate * ns_per_s, 9e18);
}

/* The first step that is offered at that moment or later. */
static int64_t offered_at(const walk_t *walk, int64_t moment_ns) {
  if (moment_ns == INT64_MAX) return walk->total;
  const double near = floor((double)moment_ns / ns_per_s * walk->rate) - 1;
  int64_t step = near >= (double)walk->total ? walk->total : near > 0 ? (int64_t)near : 0;
  for (step = offered(walk, step); step < walk->total && time_of(walk, step) < moment_ns;)
    step += walk->stride;
  return step;
}

/* The next step, or `total` or more at the end. */
static int64_t next(walk_t *walk) {
  const int64_t by_step = offered(walk, walk->next_step), by_time = offered_at(walk, walk->next_ns);
  const int64_t step = by_step < by_time ? by_step : by_time;
  if (step >= walk->total) return step;
  if (step >= walk->next_step)
    walk->next_step = sumi_interval_next_step(walk->interval, step + 1, walk->total);
  if (step >= by_time)
    walk->next_ns = sumi_interval_next_time_ns(walk->interval, 0, time_of(walk, step));
  return step;
}

/* The last step that is offered is kept by scalars with a last, wherever it is. */
static int64_t kept_last(const walk_t *walk, int64_t recorded) {
  const int64_t last = (walk->total - 1) / walk->stride * walk->stride;
  return sumi_interval_has_last(walk->interval) && last != recorded ? last : -1;
}

static void put_step(const arguments_t *arguments, int64_t number, int64_t step) {
  if (arguments->json)
    printf(number ? ",%lld" : "%lld", (long long)step);
  else if (number < arguments->count)
    printf(number ? " %lld" : "%lld", (long long)step);
}

static void put_tag(const arguments_t *arguments, const char *tag,
                    const sumi_interval_t *interval) {
  char text[INTERVAL_TEXT_SIZE];
  walk_t walk = begin(arguments, interval);
  sumi_interval_format(interval, text, sizeof text);
  if (arguments->json) {
    fputs("{\"tag\":", stdout);
    sumi__command_json_text(stdout, tag, strlen(tag));
    fputs(",\"interval\":", stdout);
    sumi__command_json_text(stdout, text, strlen(text));
    fputs(",\"steps\":[", stdout);
  } else {
    sumi__command_plain(stdout, tag, strlen(tag));
    printf("\t%s\t", text);
  }
  int64_t count = 0, last = -1;
  for (int64_t step; (step = next(&walk)) < walk.total; last = step)
    put_step(arguments, count++, step);
  const int64_t kept = kept_last(&walk, last);
  if (kept >= 0) put_step(arguments, count++, kept);
  if (!arguments->json && count > arguments->count) {
    if (count > arguments->count + 1) fputs(" \xE2\x80\xA6", stdout); /* … */
    printf(" %lld", (long long)(kept >= 0 ? kept : last));
  }
  printf(arguments->json ? "],\"count\":%lld,\"offered\":%lld}\n" : "\t%lld of %lld\n",
         (long long)count, (long long)((walk.total - 1) / walk.stride + 1));
}

/* The text itself, or that of the file it names; a status with its message. */
static sumi_status_t read_rules(const char *operand, sumi_buffer_t *text, const char **source) {
  FILE *file = strpbrk(operand, "=\n") ? NULL : fopen(operand, "rb");
  *source = file ? operand : "RULES";
  if (!file) {
    sumi_buffer_puts(text, operand);
    return sumi_buffer_status(text, "the rules");
  }
  char *bytes = sumi_buffer_reserve(text, MOST_RULES_BYTES);
  if (bytes) text->size = fread(bytes, 1, MOST_RULES_BYTES, file);
  const bool failed = ferror(file), whole = bytes && text->size < MOST_RULES_BYTES;
  fclose(file);
  if (failed || (bytes && !whole))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s: %s", operand,
                     failed ? strerror(EIO) : "more than a megabyte of rules");
  return sumi_buffer_status(text, "the rules");
}

/* Rules, or an interval alone, which is for every tag. */
static sumi_status_t parse(const char *operand, sumi_interval_rules_t *rules) {
  sumi_buffer_t buffer = {0};
  const char *source, *text;
  sumi_status_t status = read_rules(operand, &buffer, &source);
  if (status == SUMI_OK && !(text = sumi_buffer_text(&buffer)))
    status = sumi_buffer_status(&buffer, "the rules");
  if (status == SUMI_OK && source != operand && !strchr(text, '=')) {
    sumi_interval_t interval;
    status = sumi_interval_parse(text, &interval);
    if (status == SUMI_OK) status = sumi_interval_rules_add(rules, "*", &interval);
  } else if (status == SUMI_OK) {
    status = sumi_interval_rules_parse(rules, source, text);
  }
  sumi_buffer_release(&buffer);
  return status;
}

static int check(const arguments_t *arguments) {
  if (arguments->path_count < 1)
    return sumi__command_misused("intervals", "RULES are needed, then tags");
  if (arguments->total < 1 || arguments->total > MOST_STEPS)
    return sumi__command_misused("intervals", "--total is %lld; 1 to %d is expected",
                                 (long long)arguments->total, MOST_STEPS);
  return -1;
}

static int intervals(const arguments_t *arguments) {
  const int misused = check(arguments);
  if (misused >= 0) return misused;
  sumi_interval_rules_t *rules = sumi_interval_rules_new();
  if (!rules) return sumi__command_fail("out of memory");
  int status = EXIT_FINE;
  if (parse(arguments->paths[0], rules) != SUMI_OK)
    status = sumi__command_misused("intervals", "%s", sumi_error_message());
  const char *const any[] = {"*"};
  const char *const *tags = arguments->path_count > 1 ? arguments->paths + 1 : any;
  const int count = arguments->path_count > 1 ? arguments->path_count - 1 : 1;
  bool has_clock = false;
  for (int i = 0; status == EXIT_FINE && i < count; ++i) {
    const sumi_interval_t *interval = sumi_interval_rules_match(rules, tags[i]);
    has_clock |= sumi_interval_has_seconds(interval);
    put_tag(arguments, tags[i], interval);
  }
  if (has_clock && !(arguments->rate > 0))
    fputs("sumi: what is due by the clock is left out; --rate counts it\n", stderr);
  sumi_interval_rules_free(rules);
  return status;
}

const command_t sumi__command_intervals = {
    .name = "intervals",
    .summary = "At which steps a rule set of summary intervals records",
    .operands = "RULES [TAG…]",
    .options = "total stride rate lines json",
    .details =
        "RULES are rules, \"*=100; loss=10,last\", or an interval for every tag, \"100,last\", or "
        "a file of rules.\nA line for each TAG: its interval, the first steps, and how many there "
        "are. A last counts as for scalars.\n",
    .run = intervals};
