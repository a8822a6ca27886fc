#include "train/progress.h"

#include <sumi/clock.h>

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BAR_WIDTH = 30, MS = 1000000 };

/* Whether the terminal shows UTF-8, by the variable that decides it. */
static bool shows_utf8(void) {
  static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
  for (size_t i = 0; i < sizeof variables / sizeof *variables; ++i) {
    const char *value = getenv(variables[i]);
    if (value && *value) return strstr(value, "UTF-8") || strstr(value, "utf8");
  }
  return false;
}

void sumi__tensor_progress_begin(sumi__tensor_progress_t *progress, FILE *stream) {
  *progress = (sumi__tensor_progress_t){.stream = stream, .shown_ns = sumi_clock_monotonic_ns()};
  if (!stream) return;
  progress->terminal = isatty(fileno(stream)) == 1;
  progress->utf8 = shows_utf8();
}

static void show_bar(const sumi__tensor_progress_t *p, double fraction) {
  const char *done = p->utf8 ? "█" : "#", *open = p->utf8 ? "·" : ".";
  for (int i = 0; i < BAR_WIDTH; ++i)
    fputs(i < (int)(fraction * BAR_WIDTH) ? done : open, p->stream);
  fprintf(p->stream, " %3.0f %%  ", 100 * fraction);
}

static void show_time(FILE *stream, int64_t seconds) {
  if (seconds >= 3600)
    fprintf(stream, "  %" PRId64 ":%02d:%02d left", seconds / 3600, (int)(seconds / 60 % 60),
            (int)(seconds % 60));
  else
    fprintf(stream, "  %d:%02d left", (int)(seconds / 60), (int)(seconds % 60));
}

static void show(const sumi__tensor_progress_t *p, const sumi_training_t *t) {
  const int64_t done = t->step + 1;
  if (p->terminal) fputc('\r', p->stream);
  if (p->terminal && t->steps > 0) show_bar(p, (double)done / (double)t->steps);
  fprintf(p->stream, "step %" PRId64, done);
  if (t->steps > 0) fprintf(p->stream, "/%" PRId64, t->steps);
  fprintf(p->stream, "  %.1f steps/s", t->steps_per_second);
  if (!isnan(t->loss)) fprintf(p->stream, "  loss %.4f", t->loss);
  if (!isnan(t->metric)) fprintf(p->stream, "  metric %.4f", t->metric);
  if (t->steps > 0 && t->steps_per_second > 0)
    show_time(p->stream, (int64_t)((double)(t->steps - done) / t->steps_per_second));
  fputs(p->terminal ? "\033[K" : "\n", p->stream); /* what a longer line left is cleared */
  fflush(p->stream);
}

void sumi__tensor_progress_step(sumi__tensor_progress_t *p, const sumi_training_t *training,
                                bool must) {
  if (!p->stream) return;
  const int64_t now_ns = sumi_clock_monotonic_ns();
  const int64_t period_ns = (int64_t)(p->terminal ? 100 : 10000) * MS;
  if (!must && now_ns - p->shown_ns < period_ns) return;
  p->shown_ns = now_ns;
  p->shown = true;
  show(p, training);
}

void sumi__tensor_progress_end(const sumi__tensor_progress_t *progress) {
  if (progress->stream && progress->terminal && progress->shown) fputc('\n', progress->stream);
}
