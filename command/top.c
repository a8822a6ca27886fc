/* sumi top: the runs of a folder as they go on, and alerts. */
#include "alerts.h"
#include "braille.h"
#include "names.h"
#include "text.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <sumi/alloc.h>
#include <sumi/clock.h>

enum { CURVE_WIDTH = KEPT_VALUES / DOT_COLUMNS, DEFAULT_HEIGHT = 24 };
static const char plain_again[] = "\033[0m";

typedef struct top {
  const arguments_t *arguments;
  alerts_t alerts;
  sumi_name_table_t runs;
  bool is_live, is_colored, raised; /* an alert, ever */
  int lines_left;                   /* of the terminal; INT32_MAX when there is none */
} top_t;

static volatile sig_atomic_t stopped;

static void stop(int signal) {
  (void)signal;
  stopped = 1;
}

/* ---- Alerts ---- */

static void say_alert(const alert_t *alert, const char *tag) {
  if (tag && alert->kind == ALERT_NAN) {
    sumi__command_plain(stdout, tag, strlen(tag));
    fputs(" is not finite", stdout);
  } else if (alert->kind == ALERT_STALL) {
    printf("nothing new for more than %g s", alert->limit);
  } else {
    sumi__command_plain(stdout, alert->text, strlen(alert->text));
  }
}

/* The command of --exec learns by its environment what it is about; its status is its own
 * affair. */
static void call(const top_t *top, const watched_run_t *run, const alert_t *alert,
                 const char *tag) {
  if (!top->arguments->command) return;
  fflush(stdout);
  setenv("SUMI_RUN", run->name.text, 1);
  setenv("SUMI_ALERT", alert->text, 1);
  setenv("SUMI_TAG", tag ? tag : "", 1);
  if (system(top->arguments->command) == -1) sumi__command_fail("--exec: no process could be made");
}

/* Each alert of a run calls the command when it is raised, and again only after it has gone. */
static void check_run(top_t *top, watched_run_t *run, double now_s) {
  for (int i = 0; i < top->alerts.count; ++i) {
    const char *tag;
    const alert_t *alert = &top->alerts.list[i];
    const bool holds = sumi__command_alert_holds(alert, run, now_s, &tag);
    if (holds && !run->raised[i]) call(top, run, alert, tag);
    run->raised[i] = holds;
    top->raised |= holds;
  }
}

/* ---- For people ---- */

/* The last values, lowest to highest: a column of dots for each. */
static void put_curve(const watched_tag_t *tag) {
  const int64_t first = tag->count > KEPT_VALUES ? tag->count - KEPT_VALUES : 0;
  double low = INFINITY, high = -INFINITY;
  unsigned char cells[CURVE_WIDTH] = {0};
  for (int64_t i = first; i < tag->count; ++i) {
    const double value = tag->values[i % KEPT_VALUES];
    if (isfinite(value)) low = fmin(low, value), high = fmax(high, value);
  }
  for (int64_t i = first; i < tag->count; ++i) {
    const double value = tag->values[i % KEPT_VALUES];
    if (!isfinite(value)) continue;
    const int column = (int)(i - first);
    const int row = high > low ? (int)lround((high - value) / (high - low) * (DOT_ROWS - 1))
                               : DOT_ROWS - 1;
    cells[column / DOT_COLUMNS] |= sumi__command_dot(row, column);
  }
  for (int i = 0; i < CURVE_WIDTH; ++i) sumi__command_put_dots(stdout, cells[i]);
}

static void end_line(top_t *top) {
  fputs(top->is_live ? "\033[K\r\n" : "\n", stdout);
  --top->lines_left;
}

static void put_age(double seconds) {
  static const struct {
    double seconds;
    const char *unit;
  } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
  size_t i = 0;
  while (i < sizeof units / sizeof *units - 1 && seconds < 2 * units[i].seconds) ++i;
  printf("%.0f %s ago", fmax(seconds, 0) / units[i].seconds, units[i].unit);
}

static void put_head(top_t *top, const watched_run_t *run, double now_s) {
  const double rate = sumi__command_rate(run);
  if (top->is_colored) fputs("\033[1m", stdout);
  sumi__command_plain(stdout, run->name.text, run->name.size_bytes);
  if (top->is_colored) fputs(plain_again, stdout);
  printf("  step %lld", (long long)run->last_step);
  if (isfinite(rate)) printf(", %.3g steps/s", rate);
  if (isfinite(run->last_time_s)) {
    fputs(", ", stdout);
    put_age(now_s - run->last_time_s);
  }
  end_line(top);
}

static void put_alerts(top_t *top, const watched_run_t *run, double now_s) {
  for (int i = 0; i < top->alerts.count && top->lines_left > 1; ++i) {
    const char *tag;
    if (!run->raised[i]) continue;
    sumi__command_alert_holds(&top->alerts.list[i], run, now_s, &tag);
    fputs(top->is_colored ? "  \033[31m! " : "  ! ", stdout);
    say_alert(&top->alerts.list[i], tag);
    if (top->is_colored) fputs(plain_again, stdout);
    end_line(top);
  }
}

static bool put_run(top_t *top, const watched_run_t *run, double now_s) {
  watched_tag_t **tags = (watched_tag_t **)sumi__command_sorted(&run->tags);
  int width = 0;
  for (int i = 0; tags && tags[i]; ++i) {
    const int characters = sumi__command_characters(tags[i]->name.text);
    width = characters > width ? characters : width;
  }
  put_head(top, run, now_s);
  put_alerts(top, run, now_s);
  for (int i = 0; tags && tags[i] && top->lines_left > 1; ++i) {
    char text[NUMBER_TEXT_SIZE];
    fputs("  ", stdout);
    sumi__command_plain(stdout, tags[i]->name.text, tags[i]->name.size_bytes);
    printf("%*s  ", width - sumi__command_characters(tags[i]->name.text), "");
    put_curve(tags[i]);
    printf("  %s", sumi__command_number(sumi__command_last(tags[i]), tags[i]->single, text));
    end_line(top);
  }
  sumi_free(tags);
  return tags;
}

/* ---- For programs ---- */

static bool put_json(const top_t *top, const watched_run_t *run, double now_s) {
  watched_tag_t **tags = (watched_tag_t **)sumi__command_sorted(&run->tags);
  if (!tags) return false;
  fputs("{\"run\":", stdout);
  sumi__command_json_text(stdout, run->name.text, run->name.size_bytes);
  printf(",\"step\":%lld,\"wall_time\":", (long long)run->last_step);
  sumi__command_json_number(stdout, run->last_time_s, false);
  fputs(",\"age\":", stdout);
  sumi__command_json_number(stdout, now_s - run->last_time_s, false);
  fputs(",\"rate\":", stdout);
  sumi__command_json_number(stdout, sumi__command_rate(run), false);
  fputs(",\"tags\":{", stdout);
  for (int i = 0; tags[i]; ++i) {
    if (i) putchar(',');
    sumi__command_json_text(stdout, tags[i]->name.text, tags[i]->name.size_bytes);
    printf(":{\"count\":%lld,\"step\":%lld,\"last\":", (long long)tags[i]->count,
           (long long)tags[i]->step);
    sumi__command_json_number(stdout, sumi__command_last(tags[i]), tags[i]->single);
    putchar('}');
  }
  fputs("},\"alerts\":[", stdout);
  const char *before = "";
  for (int i = 0; i < top->alerts.count; ++i) {
    if (!run->raised[i]) continue;
    fputs(before, stdout);
    sumi__command_json_text(stdout, top->alerts.list[i].text, strlen(top->alerts.list[i].text));
    before = ",";
  }
  puts("]}");
  sumi_free(tags);
  return true;
}

static const int64_t frame_ns = 1000000000;

/* ---- Once, or until Ctrl-C ---- */

static bool put_all(top_t *top) {
  const double now_s = sumi_clock_wall_s();
  watched_run_t **runs = (watched_run_t **)sumi__command_sorted(&top->runs);
  bool enough = runs;
  for (int i = 0; enough && runs[i]; ++i) check_run(top, runs[i], now_s);
  for (int i = 0; enough && runs[i] && top->lines_left > 1; ++i)
    enough = top->arguments->json ? put_json(top, runs[i], now_s) : put_run(top, runs[i], now_s);
  sumi_free(runs);
  return enough;
}

static bool put_frame(top_t *top) {
  struct winsize size;
  const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0;
  top->lines_left = known ? size.ws_row : DEFAULT_HEIGHT;
  fputs("\033[H", stdout);
  const bool enough = put_all(top);
  fputs("\033[J", stdout);
  return enough && fflush(stdout) == 0;
}

/* The screen that was there comes back at the end. */
static sumi_status_t go_on(top_t *top, source_t *source) {
  const struct sigaction action = {.sa_handler = stop};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  fputs("\033[?1049h\033[?25l\033[?7l", stdout);
  sumi_status_t status = SUMI_OK;
  int64_t shown_ns = -1;
  while (!stopped && status == SUMI_OK) {
    const int64_t now_ns = sumi_clock_monotonic_ns();
    if (shown_ns < 0 || now_ns - shown_ns >= frame_ns) {
      if (!put_frame(top)) status = SUMI_RESOURCE_EXHAUSTED;
      shown_ns = now_ns;
    }
    if (status == SUMI_OK) status = sumi__command_wait(source);
    if (status == SUMI_OK) status = sumi__command_watch(&top->runs, source, top->arguments);
  }
  fputs("\033[?7h\033[?25h\033[?1049l", stdout);
  fflush(stdout);
  return status;
}

static sumi_status_t show(top_t *top, source_t *source) {
  SUMI_TRY(sumi__command_watch(&top->runs, source, top->arguments));
  if (top->is_live) return go_on(top, source);
  top->lines_left = INT32_MAX;
  return put_all(top) ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

static int top(const arguments_t *given) {
  arguments_t arguments = *given;
  const bool has_terminal = isatty(STDOUT_FILENO);
  top_t top = {.arguments = &arguments,
               .is_live = has_terminal && !given->once && !given->json,
               .is_colored = has_terminal && !getenv("NO_COLOR")};
  const char *wrong;
  if (!sumi__command_alerts_read(&top.alerts, &given->alerts, &wrong))
    return sumi__command_misused(
        "top", "--alert '%s'; nan, stall=SECONDS, TAG>X and TAG<X are expected", wrong);
  if (given->command && top.alerts.count == 0)
    return sumi__command_misused("top", "--exec needs --alert");
  arguments.follow = top.is_live;
  source_t *source = sumi__command_open(&arguments);
  if (!source) return EXIT_FAILED;
  const sumi_status_t status = show(&top, source);
  if (status == SUMI_RESOURCE_EXHAUSTED) sumi__command_fail("out of memory");
  sumi__command_watch_release(&top.runs);
  sumi__command_close(source);
  return status != SUMI_OK ? EXIT_FAILED : top.raised ? EXIT_FOUND : EXIT_FINE;
}

const command_t sumi__command_top = {
    .name = "top",
    .summary =
        "The runs of a folder as they go on: steps, rates, last values, small curves, alerts",
    .options = "run tag steps once alert exec json",
    .details =
        "Until Ctrl-C on a terminal, else once. An alert is nan (a last value is not finite), "
        "stall=SECONDS\n(nothing new for so long), TAG>X or TAG<X (of the last value); a run's "
        "calls the command of --exec\nwhen it is raised, which finds SUMI_RUN, SUMI_ALERT and "
        "SUMI_TAG in its environment.\n",
    .run = top};
