/* Activations that are expressions of other ops.
 * Source: TensorFlow python/ops/nn_impl.py, and the papers named. */
#include "ops/elementwise.h"

static sumi_tensor_t log_sigmoid_expand(const sumi_build_t *b) {
  return sumi_neg(sumi_softplus(sumi_neg(b->in[0])));
}

SUMI_OP(LogSigmoid, "x: T -> y: T ; T: float32 float64",
        .doc = "log(sigmoid(x)) as -softplus(-x), exact for large negative x.",
        .expand = log_sigmoid_expand,
        SUMI_SAMPLES(SUMI__CASE1(4, (-2, -0.5, 0, 1.5),
                                 (-2.1269280110429722, -0.9740769841801067, -0.6931471805599453,
                                  -0.20141327798275238),
                                 .from = "tf.math.log_sigmoid"),
                     SUMI__RANDOM1(-2, 2), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

static sumi_tensor_t swish_expand(const sumi_build_t *b) {
  return sumi_mul(b->in[0], sumi_sigmoid(b->in[0]));
}

SUMI_OP(Swish, "features: T -> activations: T ; T: float32 float64",
        .doc = "features * sigmoid(features), also called SiLU. Ramachandran et al., 2017.",
        .expand = swish_expand,
        SUMI_SAMPLES(SUMI__CASE1(4, (-2, -0.5, 0, 1.5),
                                 (-0.2384058440442351, -0.18877033439907273, 0, 1.2263617142904655),
                                 .from = "tf.nn.swish"),
                     SUMI__RANDOM1(-2, 2), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

static sumi_tensor_t mish_expand(const sumi_build_t *b) {
  return sumi_mul(b->in[0], sumi_tanh(sumi_softplus(b->in[0])));
}

SUMI_OP(Mish, "features: T -> activations: T ; T: float32 float64",
        .doc = "features * tanh(softplus(features)). Misra, 2019.", .expand = mish_expand,
        SUMI_SAMPLES(SUMI__CASE1(4, (-2, -0.5, 0, 1.5),
                                 (-0.2525014826957089, -0.22074377465173, 0, 1.4033782663958028),
                                 .from = "tf.keras.activations.mish"),
                     SUMI__RANDOM1(-2, 2), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

static sumi_tensor_t gelu_expand(const sumi_build_t *b) {
  const sumi_tensor_t x = b->in[0];
  const double root_half = 0.7071067811865476, root_two_over_pi = 0.7978845608028654;
  sumi_tensor_t inner;
  if (sumi_build_attr(b, "approximate")->boolean) {
    const sumi_tensor_t cubic = sumi_mul(0.044715, sumi_mul(x, sumi_square(x)));
    inner = sumi_tanh(sumi_mul(root_two_over_pi, sumi_add(x, cubic)));
  } else {
    inner = sumi_erf(sumi_mul(root_half, x));
  }
  return sumi_mul(sumi_mul(0.5, x), sumi_add(1, inner));
}

SUMI_OP(
    Gelu, "features: T | approximate: bool = false -> activations: T ; T: float32 float64",
    .doc = "features times the normal distribution function of features, or its approximation "
           "by tanh. Hendrycks and Gimpel, 2016.",
    .expand = gelu_expand,
    SUMI_SAMPLES(SUMI__CASE1(4, (-2, -0.5, 0, 1.5),
                             (-0.04550026759242268, -0.1542687708693288, 0, 1.3997891931093644),
                             .from = "tf.nn.gelu"),
                 SUMI__CASE1(4, (-2, -0.5, 0, 1.5),
                             (-0.04540230678804602, -0.15428599020775666, 0, 1.3995715761999459),
                             .attrs = "approximate = true", .from = "tf.nn.gelu(approximate=True)"),
                 SUMI__RANDOM1(-2, 2), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

static sumi_tensor_t hard_sigmoid(sumi_tensor_t x) {
  return sumi_div(sumi_relu6(sumi_add(x, 3)), 6);
}

static sumi_tensor_t hard_sigmoid_expand(const sumi_build_t *b) {
  return hard_sigmoid(b->in[0]);
}

SUMI_OP(HardSigmoid, "x: T -> y: T ; T: float32 float64",
        .doc = "relu6(x + 3) / 6: a sigmoid of three straight lines.",
        .expand = hard_sigmoid_expand,
        SUMI_SAMPLES(SUMI__CASE1(5, (-2, -0.5, 0, 1.5, 4), (1.0 / 6, 2.5 / 6, 0.5, 0.75, 1),
                                 .from = "tf.keras.activations.hard_sigmoid"),
                     SUMI__RANDOM1(-2, 2), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

static sumi_tensor_t hard_swish_expand(const sumi_build_t *b) {
  return sumi_mul(b->in[0], hard_sigmoid(b->in[0]));
}

SUMI_OP(HardSwish, "features: T -> activations: T ; T: float32 float64",
        .doc = "features * hard_sigmoid(features). Howard et al., 2019.",
        .expand = hard_swish_expand,
        SUMI_SAMPLES(SUMI__CASE1(3, (-2, 1.5, 4), (-1.0 / 3, 1.125, 4), .from = "by hand"),
                     SUMI__RANDOM1(-2, 2), SUMI__REFUSE_DTYPE1(SUMI_INT32)));
