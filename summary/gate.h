/* One tag's gate: whether it is due at a step. */
#ifndef SUMI_GATE_H
#define SUMI_GATE_H

#include <sumi/clock.h>
#include <sumi/interval.h>

#include <stdatomic.h>

/* Fields are written under the tag's lock. The ones that sumi__summary_gate_is_shut looks at are
 * atomic, so that it needs no lock: a stale value only sends the caller to the lock, or answers as
 * if the call had come a moment earlier. */
typedef struct sumi__summary_gate {
  _Atomic uint32_t generation;  /* of the rules `interval` was taken from; 0: none yet */
  _Atomic bool keeps_last;      /* values that are not due are of interest too */
  _Atomic int64_t granted_step; /* newest step that was found due */
  _Atomic int64_t next_step;    /* the next mark on the axis of steps */
  _Atomic int64_t next_time_ns; /* the next mark on the clock, INT64_MAX when there is none */
  const sumi_interval_t *interval;
  int64_t start_ns;  /* when first asked, for marks on the clock; -1: not yet */
  int64_t served_ns; /* when a mark on the clock was last found due; -1: not yet */
} sumi__summary_gate_t;

/* Steps up to `served_step` count as served. */
void sumi__summary_gate_init(sumi__summary_gate_t *gate, int64_t served_step);

/* Takes over an interval; marks up to the last granted step, and on the clock up to
 * the last that was found due, count as served. */
void sumi__summary_gate_set(sumi__summary_gate_t *gate, const sumi_interval_t *interval,
                            uint32_t generation, int64_t total_steps);

/* Whether the tag is due at `step`, which has not been logged. Serves the marks up to it, and
 * remembers a yes for this step. */
bool sumi__summary_gate_ask(sumi__summary_gate_t *gate, int64_t step, int64_t total_steps);

#define SUMI__RELAXED(field) atomic_load_explicit(&(field), memory_order_relaxed)

/* Certainly not due, nothing to refuse and nothing to remember: the common case, without a lock. */
static inline bool sumi__summary_gate_is_shut(sumi__summary_gate_t *gate, uint32_t generation,
                                              int64_t step) {
  if (SUMI__RELAXED(gate->generation) != generation || SUMI__RELAXED(gate->keeps_last))
    return false;
  if (step >= SUMI__RELAXED(gate->next_step) || step <= SUMI__RELAXED(gate->granted_step))
    return false;
  const int64_t next_time_ns = SUMI__RELAXED(gate->next_time_ns);
  return next_time_ns == INT64_MAX || sumi_clock_monotonic_ns() < next_time_ns;
}

#endif
