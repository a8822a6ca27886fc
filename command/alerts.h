/* Rules that say when somebody should look at a run. */
#ifndef SUMI_COMMAND_ALERTS_H
#define SUMI_COMMAND_ALERTS_H

#include "watch.h"

/* "nan": a last value is not finite; "stall=SECONDS": the run has written nothing for so long;
 * "TAG>X", "TAG<X": the last value of a tag that fits the pattern is so. */
typedef enum alert_kind { ALERT_NAN, ALERT_STALL, ALERT_ABOVE, ALERT_BELOW } alert_kind_t;

typedef struct alert {
  alert_kind_t kind;
  const char *text; /* as it was given */
  char tag[256];    /* a pattern */
  double limit;
} alert_t;

typedef struct alerts {
  alert_t list[MAX_PATTERNS];
  int count;
} alerts_t;

/* Reads the rules; false for one that is none, which *wrong is then. */
bool sumi__command_alerts_read(alerts_t *alerts, const patterns_t *rules, const char **wrong);

/* Whether the rule holds of the run at that moment; *tag is the first that it is about, NULL for
 * none. False without memory, too. */
bool sumi__command_alert_holds(const alert_t *alert, const watched_run_t *run, double now_s,
                               const char **tag);

#endif
