/* Learning rates that rise, or fall more than once. Sources: TensorFlow 1.15
 * python/training/learning_rate_decay.py (cosine_decay_restarts after Loshchilov and Hutter, ICLR
 * 2017, linear_cosine_decay after Bello et al., ICML 2017); PyTorch's OneCycleLR (Smith and Topin
 * 2018); Vaswani et al., "Attention is all you need", 2017. */
#include "train/schedule.h"

#include <sumi/ops.h>

#include <math.h>

#define PI 3.14159265358979323846

/* (1 + cos(pi x)) / 2: from 1 at 0 to 0 at 1. */
static sumi_tensor_t half_wave(sumi_tensor_t x) {
  return sumi_mul(sumi_add(sumi_cos(sumi_mul(x, PI)), 1), 0.5);
}

/* Which period `done` first periods are in, when each is t_mul times as long as the one before. */
static sumi_tensor_t period_of(sumi_tensor_t done, double t_mul) {
  if (t_mul == 1) return sumi_floor(done);
  const sumi_tensor_t power = sumi_add(sumi_mul(done, t_mul - 1), 1);
  return sumi_floor(sumi_div(sumi_log(power), log(t_mul)));
}

/* How much of that period is done. */
static sumi_tensor_t share_of_period(sumi_tensor_t done, sumi_tensor_t period, double t_mul) {
  if (t_mul == 1) return sumi_sub(done, period);
  const sumi_tensor_t length = sumi_pow(t_mul, period);
  const sumi_tensor_t before = sumi_div(sumi_sub(length, 1), t_mul - 1);
  return sumi_div(sumi_sub(done, before), length);
}

sumi_tensor_t sumi_cosine_decay_restarts(double rate, sumi_tensor_t step, double first_decay_steps,
                                         double t_mul, double m_mul, double alpha) {
  const bool valid = first_decay_steps > 0 && t_mul >= 1 && m_mul > 0;
  if (!sumi__tensor_schedule_begin(step, "SGDRDecay", valid,
                                   "steps and m_mul must be above 0, t_mul at least 1"))
    return (sumi_tensor_t){0};
  const sumi_tensor_t done = sumi__tensor_schedule_fraction(step, first_decay_steps);
  const sumi_tensor_t period = period_of(done, t_mul);
  const sumi_tensor_t wave = half_wave(share_of_period(done, period, t_mul));
  const sumi_tensor_t height = sumi_mul(sumi_pow(m_mul, period), (1 - alpha) * rate);
  const sumi_tensor_t result = sumi_add(sumi_mul(height, wave), alpha * rate);
  sumi__tensor_scope_leave(sumi_tensor_graph(step));
  return result;
}

sumi_tensor_t sumi_linear_cosine_decay(double rate, sumi_tensor_t step, double decay_steps,
                                       double num_periods, double alpha, double beta) {
  if (!sumi__tensor_schedule_begin(step, "LinearCosineDecay", decay_steps > 0, SUMI__STEPS_ABOVE_0))
    return (sumi_tensor_t){0};
  const sumi_tensor_t done = sumi_minimum(sumi__tensor_schedule_fraction(step, decay_steps), 1);
  const sumi_tensor_t wave = half_wave(sumi_mul(done, 2 * num_periods));
  const sumi_tensor_t decayed = sumi_add(sumi_mul(sumi_sub(1 + alpha, done), wave), beta);
  const sumi_tensor_t result = sumi_mul(decayed, rate);
  sumi__tensor_scope_leave(sumi_tensor_graph(step));
  return result;
}

sumi_tensor_t sumi_warm_up(sumi_tensor_t rate, sumi_tensor_t step, double warm_up_steps) {
  if (!sumi__tensor_schedule_begin(step, "WarmUp", warm_up_steps > 0, SUMI__STEPS_ABOVE_0))
    return (sumi_tensor_t){0};
  const sumi_tensor_t warm = sumi_minimum(sumi__tensor_schedule_fraction(step, warm_up_steps), 1);
  const sumi_tensor_t result = sumi_mul(warm, rate);
  sumi__tensor_scope_leave(sumi_tensor_graph(step));
  return result;
}

/* From one rate to the other along half a wave. */
static sumi_tensor_t between(double from, double to, sumi_tensor_t share) {
  return sumi_add(sumi_mul(half_wave(share), from - to), to);
}

sumi_tensor_t sumi_one_cycle(double max_rate, sumi_tensor_t step, double total_steps,
                             double pct_start, double div_factor, double final_div_factor) {
  const double top = pct_start * total_steps - 1, end = total_steps - 1;
  const bool valid = top > 0 && top < end && div_factor > 0 && final_div_factor > 0;
  if (!sumi__tensor_schedule_begin(step, "OneCycle", valid,
                                   "the rise and the fall must be longer than a step, the factors "
                                   "above 0"))
    return (sumi_tensor_t){0};
  const double first = max_rate / div_factor;
  const sumi_tensor_t at = sumi_minimum(sumi__tensor_schedule_fraction(step, 1), end);
  const sumi_tensor_t rise = between(first, max_rate, sumi_div(at, top));
  const sumi_tensor_t fall = between(max_rate, first / final_div_factor,
                                     sumi_div(sumi_sub(at, top), end - top));
  const sumi_tensor_t result = sumi_select(sumi_less_equal(at, top), rise, fall);
  sumi__tensor_scope_leave(sumi_tensor_graph(step));
  return result;
}

sumi_tensor_t sumi_noam_decay(double scale, sumi_tensor_t step, double model_dim,
                              double warm_up_steps) {
  if (!sumi__tensor_schedule_begin(step, "NoamDecay", model_dim > 0 && warm_up_steps > 0,
                                   "the steps and the size of the model must be above 0"))
    return (sumi_tensor_t){0};
  const sumi_tensor_t number = sumi_add(sumi__tensor_schedule_fraction(step, 1), 1);
  const sumi_tensor_t rise = sumi_mul(number, pow(warm_up_steps, -1.5));
  const sumi_tensor_t result = sumi_mul(sumi_minimum(sumi_rsqrt(number), rise),
                                        scale / sqrt(model_dim));
  sumi__tensor_scope_leave(sumi_tensor_graph(step));
  return result;
}
