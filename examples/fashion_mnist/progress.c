#include "progress.h"

#include <sumi/clock.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BAR_WIDTH = 30 };

/* Whether the terminal shows UTF-8, by the variable that decides it. */
static bool shows_utf8(void) {
  static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
  for (size_t i = 0; i < sizeof variables / sizeof *variables; ++i) {
    const char *value = getenv(variables[i]);
    if (value && *value) return strstr(value, "UTF-8") || strstr(value, "utf8");
  }
  return false;
}

void progress_start(progress_t *progress, int64_t total) {
  const int64_t now_ns = sumi_clock_monotonic_ns();
  *progress = (progress_t){.terminal = isatty(STDERR_FILENO),
                           .utf8 = shows_utf8(),
                           .total = total,
                           .start_ns = now_ns,
                           .shown_ns = now_ns};
}

static void show(const progress_t *p, int64_t done, double loss) {
  const double fraction = (double)done / (double)p->total;
  const int left_s = p->steps_per_second > 0
                         ? (int)((double)(p->total - done) / p->steps_per_second)
                         : 0;
  if (p->terminal) {
    const char *done_mark = p->utf8 ? "█" : "#", *open_mark = p->utf8 ? "·" : ".";
    fputc('\r', stderr);
    for (int i = 0; i < BAR_WIDTH; ++i)
      fputs(i < (int)(fraction * BAR_WIDTH) ? done_mark : open_mark, stderr);
    fprintf(stderr, " %3.0f %%  ", 100 * fraction);
  }
  fprintf(stderr, "step %lld/%lld  %.1f steps/s  loss %.4f  %d:%02d left%s", (long long)done,
          (long long)p->total, p->steps_per_second, loss, left_s / 60, left_s % 60,
          p->terminal ? "  " : "\n");
}

void progress_step(progress_t *progress, int64_t step, double loss) {
  const int64_t now_ns = sumi_clock_monotonic_ns();
  const int64_t period_ns = progress->terminal ? 100000000 : 10000000000;
  const bool last = step + 1 == progress->total;
  if (now_ns - progress->shown_ns < period_ns && !last) return;
  progress->steps_per_second = (double)(step + 1 - progress->shown_step) * 1e9 /
                               (double)(now_ns - progress->shown_ns + 1);
  progress->shown_ns = now_ns;
  progress->shown_step = step + 1;
  show(progress, step + 1, loss);
}

void progress_end(progress_t *progress) {
  if (progress->terminal) fputc('\n', stderr);
}

double progress_seconds(const progress_t *progress) {
  return (double)(sumi_clock_monotonic_ns() - progress->start_ns) * 1e-9;
}
