#include <sumi/clock.h>

#include <time.h>

static double system_wall_s(void *user) {
  (void)user;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int64_t system_monotonic_ns(void *user) {
  (void)user;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static const sumi_clock_t system_clock = {system_wall_s, system_monotonic_ns, NULL};
static sumi_clock_t current = {system_wall_s, system_monotonic_ns, NULL};

void sumi_set_clock(const sumi_clock_t *clock) {
  current = clock ? *clock : system_clock;
}

double sumi_clock_wall_s(void) {
  return current.wall_s(current.user);
}

int64_t sumi_clock_monotonic_ns(void) {
  return current.monotonic_ns(current.user);
}
