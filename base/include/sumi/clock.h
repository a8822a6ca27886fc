/* Time, replaceable so that tests and reproducible files can fix it. */
#ifndef SUMI_CLOCK_H
#define SUMI_CLOCK_H

#include <sumi/config.h>

SUMI_BEGIN_DECLS

/** Seconds since the epoch; what an event's wall_time holds. */
SUMI_API double sumi_clock_wall_s(void);

/** Nanoseconds from an arbitrary start, never going back. */
SUMI_API int64_t sumi_clock_monotonic_ns(void);

/** Replacements for both clocks, called from any thread. */
typedef struct sumi_clock {
  double (*wall_s)(void *user);
  int64_t (*monotonic_ns)(void *user);
  void *user;
} sumi_clock_t;

/** Installs a clock (copied); NULL restores the system's. Call it while no other thread is in
 * Sumi. */
SUMI_API void sumi_set_clock(const sumi_clock_t *clock);

SUMI_END_DECLS
#endif
