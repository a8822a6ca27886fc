/* Dropout (Srivastava et al., JMLR 15, 2014). Source of name and semantics: TensorFlow 1.13
 * python/ops/nn_ops.py. */
#include <sumi/array.h>
#include <sumi/op_def.h>
#include <sumi/ops.h>

#include <string.h>

/* NULL when keep_prob is not a constant. */
static const sumi_array_t *constant_of(sumi_tensor_t tensor) {
  return strcmp(sumi_op_type(tensor.op), "Const") == 0 ? sumi_op_attr(tensor.op, "value")->array
                                                       : NULL;
}

/* Refuses a noise that would not broadcast to x but enlarge it. */
static bool noise_fits(sumi_dims_t noise, sumi_dims_t x) {
  if (x.rank == SUMI_UNKNOWN_RANK) return true;
  if (noise.rank > x.rank) return false;
  for (int i = 1; i <= noise.rank; ++i) {
    const int64_t size = noise.size[noise.rank - i], of_x = x.size[x.rank - i];
    if (size < -1 || (size > 1 && of_x >= 0 && size != of_x)) return false;
  }
  return true;
}

/* The list given, with x's sizes at -1; x's shape without one. */
static sumi_tensor_t noise_shape(const sumi_build_t *build) {
  const sumi_dims_t given = sumi_build_attr(build, "noise_shape")->dims;
  const sumi_tensor_t x = build->in[0];
  const sumi_dims_t dims = sumi_tensor_dims(x);
  sumi_tensor_t sizes[SUMI_MAX_RANK];
  if (given.rank < 1) return sumi_shape(x);
  if (!noise_fits(given, dims))
    return sumi_build_refuse(build, "noise_shape is %s, x has shape %s", sumi_dims_text(given).text,
                             sumi_dims_text(dims).text);
  for (int i = 0; i < given.rank; ++i)
    sizes[i] = given.size[i] >= 0 ? sumi_tensor_of_number((double)given.size[i])
                                  : sumi_gather(sumi_shape(x), i);
  return sumi_shape_tensor(build->graph, SUMI_HERE, SUMI_LIST(given.rank, sizes));
}

static sumi_tensor_t dropout_expand(const sumi_build_t *build) {
  const sumi_tensor_t x = build->in[0], keep_prob = build->in[1];
  const sumi_array_t *constant = constant_of(keep_prob);
  if (constant && sumi_array_count(constant) == 1) {
    const double probability = sumi_array_get(constant, 0);
    if (!(probability > 0 && probability <= 1))
      return sumi_build_refuse(build, "keep_prob is %g, a number in (0, 1] is wanted", probability);
    if (probability == 1) return sumi_identity(x);
  }
  const sumi_tensor_t shape = noise_shape(build);
  if (!shape.op) return shape;
  const sumi_tensor_t noise = sumi_raw_random_uniform(
      build->graph, SUMI_LIST(1, &shape), .dtype = sumi_tensor_dtype(x),
      .seed = sumi_build_attr(build, "seed")->integer);
  return sumi_mul(sumi_div(x, keep_prob), sumi_floor(sumi_add(keep_prob, noise)));
}

SUMI_OP(dropout,
        "x: T, keep_prob: T | noise_shape: ints = , seed: int = 0 -> y: T ; T: float32 float64",
        .doc = "Each element is x / keep_prob with probability keep_prob and 0 otherwise, so that "
               "the expectation is x. "
               "With noise_shape, which must broadcast to that of x, elements share their fate "
               "along axes of size 1; -1 is the size of x. "
               "keep_prob may be a number or a tensor: feed 1 to switch dropout off.",
        .expand = dropout_expand,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S0},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6), SUMI_VALUES(1)},
                      .out = SUMI_S(2, 3),
                      .expect = SUMI_VALUES(1, 2, 3, 4, 5, 6),
                      .from = "its definition: nothing is dropped",
                      .no_gradient_check = true},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S0},
                      .dtype = {SUMI_INT32, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "is not defined for"}));

/* ---- spatial_dropout ---- */

static sumi_tensor_t spatial_expand(const sumi_build_t *build) {
  const sumi_dims_t dims = sumi_tensor_dims(build->in[0]);
  if (dims.rank < 3)
    return sumi_build_refuse(build, "x has shape %s; n, one or more axes, channels are wanted",
                             sumi_dims_text(dims).text);
  sumi_dims_t noise = {.rank = dims.rank};
  for (int i = 0; i < dims.rank; ++i) noise.size[i] = i == 0 || i == dims.rank - 1 ? -1 : 1;
  return sumi_dropout(build->in[0], build->in[1], .noise_shape = noise,
                      .seed = sumi_build_attr(build, "seed")->integer);
}

SUMI_OP(spatial_dropout, "x: T, keep_prob: T | seed: int = 0 -> y: T ; T: float32 float64",
        .doc = "Dropout of whole channels of x [n, ..., channels] (Tompson et al. 2015; Keras' "
               "SpatialDropout1D, 2D and 3D).",
        .expand = spatial_expand,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(1, 2, 3), SUMI_S0},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6), SUMI_VALUES(1)},
                      .out = SUMI_S(1, 2, 3),
                      .expect = SUMI_VALUES(1, 2, 3, 4, 5, 6),
                      .from = "its definition: nothing is dropped",
                      .no_gradient_check = true},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S0},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "x has shape (2, 3); n, one or more axes, channels"}));
