/* Learning rates as expressions of the step. Source: TensorFlow 1.15
 * python/training/learning_rate_decay.py. */
#include "train/schedule.h"

sumi_tensor_t sumi__tensor_schedule_fraction(sumi_tensor_t step, double steps) {
  return sumi__tensor_apply("RealDiv", SUMI_TENSORS(sumi__tensor_cast(step, SUMI_FLOAT32), steps));
}

bool sumi__tensor_schedule_begin(sumi_tensor_t step, const char *name, bool valid,
                                 const char *need) {
  sumi_graph_t *graph = sumi_tensor_graph(step);
  if (!graph || graph->status != SUMI_OK) return false;
  if (!valid) {
    sumi__tensor_graph_refuse(graph, SUMI_INVALID_ARGUMENT, "%s of '%s': %s", name,
                              sumi_op_name(step.op), need);
    return false;
  }
  return sumi__tensor_scope_enter(graph, sumi_op_site(step.op), name) == SUMI_OK;
}

/* step / decay_steps, whole when `staircase`. */
static sumi_tensor_t periods(sumi_tensor_t step, double decay_steps, bool staircase) {
  const sumi_tensor_t exact = sumi__tensor_schedule_fraction(step, decay_steps);
  return staircase ? sumi__tensor_apply("Floor", SUMI_TENSORS(exact)) : exact;
}

sumi_tensor_t sumi_exponential_decay(double rate, sumi_tensor_t step, double decay_steps,
                                     double decay_rate, bool staircase) {
  if (!sumi__tensor_schedule_begin(step, "ExponentialDecay", decay_steps > 0, SUMI__STEPS_ABOVE_0))
    return (sumi_tensor_t){0};
  const sumi_tensor_t exponent = periods(step, decay_steps, staircase);
  const sumi_tensor_t decayed = sumi__tensor_apply("Pow", SUMI_TENSORS(decay_rate, exponent));
  const sumi_tensor_t result = sumi__tensor_apply("Mul", SUMI_TENSORS(decayed, rate));
  sumi__tensor_scope_leave(sumi_tensor_graph(step));
  return result;
}

sumi_tensor_t sumi_natural_exp_decay(double rate, sumi_tensor_t step, double decay_steps,
                                     double decay_rate, bool staircase) {
  if (!sumi__tensor_schedule_begin(step, "NaturalExpDecay", decay_steps > 0, SUMI__STEPS_ABOVE_0))
    return (sumi_tensor_t){0};
  const sumi_tensor_t exponent = sumi__tensor_apply(
      "Mul", SUMI_TENSORS(periods(step, decay_steps, staircase), -decay_rate));
  const sumi_tensor_t result = sumi__tensor_apply(
      "Mul", SUMI_TENSORS(sumi__tensor_apply("Exp", SUMI_TENSORS(exponent)), rate));
  sumi__tensor_scope_leave(sumi_tensor_graph(step));
  return result;
}

sumi_tensor_t sumi_inverse_time_decay(double rate, sumi_tensor_t step, double decay_steps,
                                      double decay_rate, bool staircase) {
  if (!sumi__tensor_schedule_begin(step, "InverseTimeDecay", decay_steps > 0, SUMI__STEPS_ABOVE_0))
    return (sumi_tensor_t){0};
  const sumi_tensor_t slowed = sumi__tensor_apply(
      "Mul", SUMI_TENSORS(periods(step, decay_steps, staircase), decay_rate));
  const sumi_tensor_t result = sumi__tensor_apply(
      "RealDiv", SUMI_TENSORS(rate, sumi__tensor_apply("Add", SUMI_TENSORS(slowed, 1))));
  sumi__tensor_scope_leave(sumi_tensor_graph(step));
  return result;
}

/* How much of the decay is done, in [0, 1]; `cycle` stretches it to the next multiple of its steps.
 */
static sumi_tensor_t share_done(sumi_tensor_t step, double decay_steps, bool cycle) {
  const sumi_tensor_t exact = sumi__tensor_schedule_fraction(step, decay_steps);
  if (!cycle) return sumi__tensor_apply("Minimum", SUMI_TENSORS(exact, 1));
  const sumi_tensor_t multiple = sumi__tensor_apply("Ceil", SUMI_TENSORS(exact));
  return sumi__tensor_apply(
      "RealDiv", SUMI_TENSORS(exact, sumi__tensor_apply("Maximum", SUMI_TENSORS(multiple, 1))));
}

sumi_tensor_t sumi_polynomial_decay(double rate, sumi_tensor_t step, double decay_steps,
                                    double end_rate, double power, bool cycle) {
  if (!sumi__tensor_schedule_begin(step, "PolynomialDecay", decay_steps > 0, SUMI__STEPS_ABOVE_0))
    return (sumi_tensor_t){0};
  const sumi_tensor_t left = sumi__tensor_apply(
      "Sub", SUMI_TENSORS(1, share_done(step, decay_steps, cycle)));
  const sumi_tensor_t shape = sumi__tensor_apply("Pow", SUMI_TENSORS(left, power));
  const sumi_tensor_t result = sumi__tensor_apply(
      "Add",
      SUMI_TENSORS(sumi__tensor_apply("Mul", SUMI_TENSORS(shape, rate - end_rate)), end_rate));
  sumi__tensor_scope_leave(sumi_tensor_graph(step));
  return result;
}

static bool increase(int count, const int64_t *boundaries) {
  for (int i = 1; i < count; ++i)
    if (boundaries[i] <= boundaries[i - 1]) return false;
  return true;
}

/* From the last value back: where the step is within a boundary, that boundary's value instead. */
sumi_tensor_t sumi_piecewise_constant(sumi_tensor_t step, int count, const int64_t *boundaries,
                                      const double *values) {
  const bool valid = count > 0 && boundaries && values && increase(count, boundaries);
  if (!sumi__tensor_schedule_begin(step, "PiecewiseConstant", valid,
                                   "boundaries must be given and increase"))
    return (sumi_tensor_t){0};
  sumi_tensor_t rate = sumi_tensor_of_number(values[count]);
  for (int i = count - 1; i >= 0; --i) {
    const sumi_tensor_t within = sumi__tensor_apply("LessEqual",
                                                    SUMI_TENSORS(step, (double)boundaries[i]));
    rate = sumi__tensor_apply("SelectV2", SUMI_TENSORS(within, values[i], rate));
  }
  sumi__tensor_scope_leave(sumi_tensor_graph(step));
  return rate;
}

sumi_tensor_t sumi_cosine_decay(double rate, sumi_tensor_t step, double steps, double alpha) {
  if (!sumi__tensor_schedule_begin(step, "CosineDecay", steps > 0, SUMI__STEPS_ABOVE_0))
    return (sumi_tensor_t){0};
  const double pi = 3.14159265358979323846;
  const sumi_tensor_t done = sumi__tensor_apply(
      "Minimum", SUMI_TENSORS(sumi__tensor_schedule_fraction(step, steps), 1));
  const sumi_tensor_t cosine = sumi__tensor_apply(
      "Cos", SUMI_TENSORS(sumi__tensor_apply("Mul", SUMI_TENSORS(done, pi))));
  const double half = rate * (1 - alpha) / 2;
  const sumi_tensor_t scaled = sumi__tensor_apply("Mul", SUMI_TENSORS(cosine, half));
  const sumi_tensor_t result = sumi__tensor_apply("Add", SUMI_TENSORS(scaled, half + rate * alpha));
  sumi__tensor_scope_leave(sumi_tensor_graph(step));
  return result;
}
