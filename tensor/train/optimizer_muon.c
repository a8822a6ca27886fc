/* Muon (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon): the momentum of a matrix,
 * with all singular values brought near 1 by Newton and Schulz' iteration. The step is scaled to
 * the root mean square of Adam's (Liu et al., "Muon is scalable for LLM training", 2025), so that
 * one rate does for both: variables that are no matrices are Adam's. Expressions of TensorFlow's
 * ops: an exported graph trains there, too. */
#include "train/optimizer.h"

#include <sumi/options.h>
#include <sumi/ops.h>

#include <math.h>

static void fill(sumi_optimizer_t *muon) {
  sumi__tensor_fill_adam(muon);
  muon->momentum = sumi_option_number(muon->momentum, 0.95);
  muon->weight_decay = sumi_option_number(muon->weight_decay, 0.004);
}

/* One step of x = a x + b x x' x + c x x' x x' x, on the smaller of the two products. The
 * coefficients, Jordan's, move singular values in (0, 1] into about [0.7, 1.2] in five steps. */
static sumi_tensor_t newton_schulz(sumi_tensor_t x, bool tall) {
  const double a = 3.4445, b = -4.7750, c = 2.0315;
  const sumi_tensor_t square = sumi_matmul(x, x, .transpose_a = tall, .transpose_b = !tall);
  const sumi_tensor_t cubic = sumi_add(sumi_mul(square, b),
                                       sumi_mul(sumi_matmul(square, square), c));
  const sumi_tensor_t change = tall ? sumi_matmul(x, cubic) : sumi_matmul(cubic, x);
  return sumi_add(sumi_mul(x, a), change);
}

static sumi_tensor_t orthogonalized(sumi_tensor_t x, bool tall) {
  const sumi_tensor_t norm = sumi_sqrt(sumi_mul(sumi_l2_loss(x), 2));
  x = sumi_div(x, sumi_add(norm, 1e-7));
  for (int i = 0; i < 5; ++i) x = newton_schulz(x, tall);
  return x;
}

static sumi_op_t *apply(sumi__tensor_update_t *update, sumi_tensor_t variable,
                        const sumi_tensor_t *slots, sumi_tensor_t gradient) {
  const double momentum = update->optimizer->momentum;
  const sumi_dims_t dims = sumi_tensor_dims(variable);
  const bool tall = dims.size[0] > dims.size[1];
  const sumi_tensor_t m = sumi_assign(slots[0], sumi_add(sumi_mul(slots[0], momentum), gradient));
  const sumi_tensor_t ahead = sumi_add(gradient, sumi_mul(m, momentum));
  const double scale = 0.2 * sqrt((double)dims.size[tall ? 0 : 1]);
  const sumi_tensor_t step = sumi_mul(orthogonalized(ahead, tall),
                                      sumi__tensor_scaled_rate(update, scale));
  return sumi_assign_sub(variable, step).op;
}

static bool is_matrix(sumi_tensor_t variable) {
  return sumi_tensor_dims(variable).rank == 2;
}

const sumi__tensor_optimizer_t sumi__tensor_muon = {.name = "Muon",
                                                    .slot_count = 1,
                                                    .fill = fill,
                                                    .prepare = sumi__tensor_prepare_adam,
                                                    .apply = apply,
                                                    .finish = sumi__tensor_finish_adam,
                                                    .takes = is_matrix,
                                                    .otherwise = &sumi__tensor_adam};
