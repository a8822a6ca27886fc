/* Values and norms held within bounds. Source: TensorFlow 1.15 python/ops/clip_ops.py. */
#include <sumi/gradients.h>
#include <sumi/op_def.h>
#include <sumi/ops.h>

/* t * clip_norm / max(norm, clip_norm); the root of a sum that is 0 is not taken, so that the
 * gradient there is one. */
static sumi_tensor_t held(sumi_tensor_t t, sumi_tensor_t clip_norm, sumi_dims_t axes) {
  const sumi_tensor_t square = sumi_square(t);
  const sumi_tensor_t sum = sumi_reduce_sum(square, .axes = axes, .keep_dims = true);
  const sumi_tensor_t some = sumi_greater(sum, 0);
  const sumi_tensor_t root = sumi_sqrt(sumi_select(some, sum, sumi_ones_like(sum)));
  const sumi_tensor_t norm = sumi_select(some, root, sum);
  return sumi_div(sumi_mul(t, clip_norm), sumi_maximum(norm, clip_norm));
}

static sumi_tensor_t clip_by_norm_expand(const sumi_build_t *build) {
  const sumi_dims_t axes = sumi_build_attr(build, "axes")->dims;
  sumi_indexed_slices_t slices;
  if (!sumi_slices_of(build->in[0], &slices)) return held(build->in[0], build->in[1], axes);
  return sumi_indexed_slices(held(slices.values, build->in[1], axes), slices.indices, slices.rows);
}

SUMI_OP(clip_by_norm, "t: T, clip_norm: T | axes: ints = -> output: T ; T: float32 float64",
        .doc = "t, scaled down where its norm over `axes` (all of them by default) is above "
               "clip_norm.",
        .expand = clip_by_norm_expand,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2, 2), SUMI_S0},
                      .at = {SUMI_VALUES(3, 4, 0, .5), SUMI_VALUES(1)},
                      .attrs = "axes = 1",
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(.6, .8, 0, .5),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 2), SUMI_S0},
                      .at = {SUMI_VALUES(1, 7, 5, 5), SUMI_VALUES(2)},
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(.2, 1.4, 1, 1),
                      .from = "by hand: the norm is 10"},
                     {.input_count = 2,
                      .in = {SUMI_S(2), SUMI_S0},
                      .attrs = "axes = 1",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "expected a value in [-1, 1)"}));
