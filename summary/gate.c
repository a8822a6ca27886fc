#include "gate.h"

static void store(_Atomic int64_t *field, int64_t value) {
  atomic_store_explicit(field, value, memory_order_relaxed);
}

void sumi__summary_gate_init(sumi__summary_gate_t *gate, int64_t served_step) {
  store(&gate->granted_step, served_step);
  store(&gate->next_step, served_step + 1);
  store(&gate->next_time_ns, INT64_MAX);
  atomic_store_explicit(&gate->keeps_last, false, memory_order_relaxed);
  atomic_store_explicit(&gate->generation, 0, memory_order_relaxed);
  gate->interval = NULL;
  gate->start_ns = gate->served_ns = -1;
}

/* The first mark on the clock that has not been served; the first of all is the first offer. */
static int64_t next_time_ns(const sumi__summary_gate_t *gate) {
  if (gate->served_ns < 0) return gate->start_ns;
  return sumi_interval_next_time_ns(gate->interval, gate->start_ns, gate->served_ns);
}

void sumi__summary_gate_set(sumi__summary_gate_t *gate, const sumi_interval_t *interval,
                            uint32_t generation, int64_t total_steps) {
  gate->interval = interval;
  store(&gate->next_step,
        sumi_interval_next_step(interval, SUMI__RELAXED(gate->granted_step) + 1, total_steps));
  if (!sumi_interval_has_seconds(interval)) {
    store(&gate->next_time_ns, INT64_MAX);
  } else {
    if (gate->start_ns < 0) gate->start_ns = sumi_clock_monotonic_ns();
    store(&gate->next_time_ns, next_time_ns(gate));
  }
  atomic_store_explicit(&gate->keeps_last, sumi_interval_has_last(interval), memory_order_relaxed);
  atomic_store_explicit(&gate->generation, generation, memory_order_relaxed);
}

bool sumi__summary_gate_ask(sumi__summary_gate_t *gate, int64_t step, int64_t total_steps) {
  if (step == SUMI__RELAXED(gate->granted_step)) return true;
  const bool step_marked = step >= SUMI__RELAXED(gate->next_step);
  const int64_t mark_ns = SUMI__RELAXED(gate->next_time_ns);
  const int64_t now_ns = mark_ns == INT64_MAX ? 0 : sumi_clock_monotonic_ns();
  const bool time_marked = mark_ns != INT64_MAX && now_ns >= mark_ns;
  if (step_marked)
    store(&gate->next_step, sumi_interval_next_step(gate->interval, step + 1, total_steps));
  if (time_marked) {
    gate->served_ns = now_ns;
    store(&gate->next_time_ns, next_time_ns(gate));
  }
  if (step_marked || time_marked) store(&gate->granted_step, step);
  return step_marked || time_marked;
}
