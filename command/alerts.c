#include "alerts.h"

#include "names.h"

#include <fnmatch.h>
#include <math.h>
#include <string.h>

#include <sumi/alloc.h>
#include <sumi/decimal.h>

static bool read_one(alert_t *alert, const char *text) {
  static const char stall[] = "stall=";
  alert->text = text;
  if (strcmp(text, "nan") == 0) {
    alert->kind = ALERT_NAN;
    return true;
  }
  if (strncmp(text, stall, sizeof stall - 1) == 0) {
    alert->kind = ALERT_STALL;
    return sumi_decimal_read(text + sizeof stall - 1, &alert->limit) && alert->limit > 0;
  }
  const char *sign = text + strcspn(text, "<>");
  const size_t size = (size_t)(sign - text);
  if (!*sign || size == 0 || size >= sizeof alert->tag) return false;
  alert->kind = *sign == '>' ? ALERT_ABOVE : ALERT_BELOW;
  memcpy(alert->tag, text, size);
  return sumi_decimal_read(sign + 1, &alert->limit) && !isnan(alert->limit);
}

bool sumi__command_alerts_read(alerts_t *alerts, const patterns_t *rules, const char **wrong) {
  *alerts = (alerts_t){0};
  for (int i = 0; i < rules->count; ++i) {
    *wrong = rules->list[i];
    if (!read_one(&alerts->list[alerts->count++], rules->list[i])) return false;
  }
  return true;
}

static bool holds_of(const alert_t *alert, const watched_tag_t *tag) {
  const double last = sumi__command_last(tag);
  if (alert->kind == ALERT_NAN) return !isfinite(last);
  if (fnmatch(alert->tag, tag->name.text, 0) != 0) return false;
  return alert->kind == ALERT_ABOVE ? last > alert->limit : last < alert->limit;
}

bool sumi__command_alert_holds(const alert_t *alert, const watched_run_t *run, double now_s,
                               const char **tag) {
  *tag = NULL;
  if (alert->kind == ALERT_STALL) return now_s - run->last_time_s > alert->limit;
  watched_tag_t **tags = (watched_tag_t **)sumi__command_sorted(&run->tags);
  for (int i = 0; tags && tags[i] && !*tag; ++i)
    if (holds_of(alert, tags[i])) *tag = tags[i]->name.text;
  sumi_free(tags);
  return *tag;
}
