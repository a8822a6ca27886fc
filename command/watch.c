#include "watch.h"

#include "names.h"
#include "series.h"

#include <math.h>

static void note_time(watched_run_t *run, const sumi_event_t *event) {
  run->last_time_s = fmax(run->last_time_s, event->wall_time_s); /* of a NaN the other */
  if (event->kind != SUMI_EVENT_SUMMARY) return;
  if (run->time_count > 0 && event->step < run->last_step) run->time_count = 0; /* resumed */
  if (run->time_count > 0 && event->step == run->last_step) return;
  const int64_t at = run->time_count++ % KEPT_TIMES;
  run->steps[at] = run->last_step = event->step;
  run->times_s[at] = event->wall_time_s;
}

static bool note_value(watched_run_t *run, int64_t step, const sumi_event_value_t *value,
                       double number) {
  watched_tag_t *tag = sumi__command_named(&run->tags, value->tag, sizeof *tag);
  if (!tag) return false;
  tag->values[tag->count++ % KEPT_VALUES] = number;
  tag->single = value->kind == SUMI_EVENT_SCALAR;
  tag->step = step;
  return true;
}

static bool note(sumi_name_table_t *runs, const arguments_t *arguments, const char *name,
                 const sumi_event_t *event) {
  const bool is_new = !sumi_name_table_find(runs, name);
  watched_run_t *run = sumi__command_named(runs, name, sizeof *run);
  if (!run) return false;
  if (is_new) run->last_time_s = NAN;
  note_time(run, event);
  double number;
  for (size_t i = 0; i < event->value_count; ++i)
    if (sumi__command_wanted(arguments, event, &event->values[i]) &&
        sumi__command_is_scalar(&event->values[i], &number) &&
        !note_value(run, event->step, &event->values[i], number))
      return false;
  return true;
}

sumi_status_t sumi__command_watch(sumi_name_table_t *runs, source_t *source,
                                  const arguments_t *arguments) {
  sumi_status_t status;
  sumi_event_t event;
  const char *name;
  while ((status = sumi__command_next(source, &event, &name)) == SUMI_OK)
    if (!note(runs, arguments, name, &event)) return SUMI_RESOURCE_EXHAUSTED;
  return status == SUMI_OUT_OF_RANGE ? SUMI_OK : status;
}

void sumi__command_watch_release(sumi_name_table_t *runs) {
  size_t cursor = 0;
  for (watched_run_t *run; (run = sumi_name_table_next(runs, &cursor));)
    sumi_name_table_release(&run->tags);
  sumi_name_table_release(runs);
}

double sumi__command_last(const watched_tag_t *tag) {
  return tag->count ? tag->values[(tag->count - 1) % KEPT_VALUES] : NAN;
}

double sumi__command_rate(const watched_run_t *run) {
  if (run->time_count < 2) return NAN;
  const int64_t first = run->time_count > KEPT_TIMES ? run->time_count % KEPT_TIMES : 0;
  const int64_t last = (run->time_count - 1) % KEPT_TIMES;
  const double time_s = run->times_s[last] - run->times_s[first];
  return time_s > 0 ? (double)(run->steps[last] - run->steps[first]) / time_s : NAN;
}
