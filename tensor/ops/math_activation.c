/* Activations of neural networks, each with the fused gradient op TensorFlow has for it.
 * Source of names and semantics: TensorFlow core/ops/nn_ops.cc, python/ops/nn_grad.py. */
#include "kernels/vmath.h"
#include "ops/elementwise.h"

/* ---- Relu, Relu6, LeakyRelu: linear on both sides of a kink; NaN stays NaN ---- */

SUMI__MAP1(relu, SIGNED, x < 0 ? 0 : x);

static void relu_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_relu_grad(d->dy[0], d->y[0]);
}

SUMI_OP(Relu, "features: T -> activations: T ; T: float32 float64 int32 int64",
        .doc = "max(features, 0).", .shape = sumi__tensor_shape_unary, .map = relu_map,
        .grad = relu_grad,
        SUMI_SAMPLES(SUMI__CASE1(4, (-2, -0.5, 0, 1.5), (0, 0, 0, 1.5), .from = "by hand",
                                 .no_gradient_check = true),
                     SUMI__RANDOM1(0.5, 2), SUMI__RANDOM1(-2, -0.5),
                     SUMI__REFUSE_DTYPE1(SUMI_BOOL)));

SUMI__MAP2(relu_dy, FLOATS, y > 0 ? x : 0);

static void relu_grad_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_relu_grad(d->dy[0], d->x[1]);
}

SUMI_OP(ReluGrad, "gradients: T, features: T -> backprops: T ; T: float32 float64",
        .doc = "gradients where features > 0, else 0: the gradient of Relu.",
        .shape = sumi_shape_broadcast, .map = relu_dy_map, .grad = relu_grad_grad,
        SUMI_SAMPLES(SUMI__CASE2(4, (3, 3, 3, 3), (-2, 0, 1.5, 9), (0, 0, 3, 3), .from = "by hand",
                                 .no_gradient_check = true),
                     SUMI__RANDOM2(0.5, 2), SUMI__REFUSE_SHAPES2));

SUMI__MAP1(relu6, FLOATS, x<0 ? 0 : x> 6 ? 6 : x);

static void relu6_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_relu6_grad(d->dy[0], d->y[0]);
}

SUMI_OP(Relu6, "features: T -> activations: T ; T: float32 float64",
        .doc = "min(max(features, 0), 6).", .shape = sumi__tensor_shape_unary, .map = relu6_map,
        .grad = relu6_grad,
        SUMI_SAMPLES(SUMI__CASE1(4, (-2, 0, 1.5, 8), (0, 0, 1.5, 6), .from = "by hand",
                                 .no_gradient_check = true),
                     SUMI__RANDOM1(0.5, 5.5), SUMI__RANDOM1(6.5, 8),
                     SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP2(relu6_dy, FLOATS, y > 0 && y < 6 ? x : 0);

static void relu6_grad_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_relu6_grad(d->dy[0], d->x[1]);
}

SUMI_OP(Relu6Grad, "gradients: T, features: T -> backprops: T ; T: float32 float64",
        .doc = "gradients where 0 < features < 6, else 0: the gradient of Relu6.",
        .shape = sumi_shape_broadcast, .map = relu6_dy_map, .grad = relu6_grad_grad,
        SUMI_SAMPLES(SUMI__CASE2(4, (3, 3, 3, 3), (-2, 0, 1.5, 9), (0, 0, 3, 0), .from = "by hand",
                                 .no_gradient_check = true),
                     SUMI__RANDOM2(0.5, 2), SUMI__REFUSE_SHAPES2));

#define LET_ALPHA const T alpha = (T)sumi_attr_float(op, "alpha")

SUMI__MAP1_LET(leaky_relu, FLOATS, LET_ALPHA, x > 0 ? x : alpha * x);

static void leaky_relu_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_leaky_relu_grad(d->dy[0], d->x[0], .alpha = sumi_attr_float(d->op, "alpha"));
}

SUMI_OP(LeakyRelu, "features: T | alpha: float = 0.2 -> activations: T ; T: float32 float64",
        .doc = "features where positive, else alpha * features.", .shape = sumi__tensor_shape_unary,
        .map = leaky_relu_map, .grad = leaky_relu_grad,
        SUMI_SAMPLES(SUMI__CASE1(3, (-2, 0, 1.5), (-0.4, 0, 1.5), .from = "by hand",
                                 .no_gradient_check = true),
                     SUMI__CASE1(2, (-2, 1.5), (-1, 1.5), .attrs = "alpha = 0.5",
                                 .from = "by hand"),
                     SUMI__RANDOM1(-2, -0.5), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP2_LET(leaky_relu_dy, FLOATS, LET_ALPHA, y > 0 ? x : alpha * x);

static void leaky_relu_grad_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_leaky_relu_grad(d->dy[0], d->x[1], .alpha = sumi_attr_float(d->op, "alpha"));
}

SUMI_OP(LeakyReluGrad,
        "gradients: T, features: T | alpha: float = 0.2 -> backprops: T ; T: float32 float64",
        .doc = "gradients where features > 0, else alpha * gradients: the gradient of LeakyRelu.",
        .shape = sumi_shape_broadcast, .map = leaky_relu_dy_map, .grad = leaky_relu_grad_grad,
        SUMI_SAMPLES(SUMI__CASE2(3, (3, 3, 3), (-2, 0, 1.5), (1.5, 1.5, 3), .attrs = "alpha = 0.5",
                                 .from = "by hand", .no_gradient_check = true),
                     SUMI__RANDOM2(0.5, 2), SUMI__REFUSE_SHAPES2));

/* ---- Elu, Selu: exponential below 0; their gradients are functions of the outputs ---- */

enum { CHUNK = 256 };

/* y = scale * x above 0, below * (exp(x) - 1) elsewhere, a chunk at a time. */
static void elu_of_floats(int64_t count, const float *x, float *y, float scale, float below) {
  float e[CHUNK];
  for (int64_t n; count > 0; count -= n, x += n, y += n) {
    n = count < CHUNK ? count : CHUNK;
    SUMI__SIMD for (int64_t i = 0; i < n; ++i) e[i] = x[i] > 0 ? 0 : x[i];
    sumi__tensor_vexpm1(n, e, e);
    SUMI__SIMD for (int64_t i = 0; i < n; ++i) y[i] = x[i] > 0 ? scale * x[i] : below * e[i];
  }
}

static void elu_float32(SUMI__BLOCK_PARAMETERS) {
  (void)op;
  elu_of_floats(count, in[0], out, 1, 1);
}

SUMI__BLOCK1(elu_float64, double, double, double, SUMI__NO_LET, x > 0 ? x : expm1(x))
SUMI__TABLE(elu, FLOATS);

static void elu_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_elu_grad(d->dy[0], d->y[0]);
}

SUMI_OP(Elu, "features: T -> activations: T ; T: float32 float64",
        .doc = "features where positive, else exp(features) - 1. Clevert et al., 2015.",
        .shape = sumi__tensor_shape_unary, .map = elu_map, .grad = elu_grad,
        SUMI_SAMPLES(SUMI__CASE1(4, (-2, -0.5, 0, 1.5),
                                 (-0.8646647167633873, -0.3934693402873666, 0, 1.5),
                                 .from = "tf.nn.elu", .no_gradient_check = true),
                     SUMI__RANDOM1(-2, -0.1), SUMI__RANDOM1(0.1, 2),
                     SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP2(elu_dy, FLOATS, y < 0 ? x * (y + 1) : x);

static void elu_grad_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_elu_grad(d->dy[0], d->x[1]);
  d->dx[1] = sumi_select(sumi_less(d->x[1], 0), sumi_mul(d->dy[0], d->x[0]), 0);
}

SUMI_OP(EluGrad, "gradients: T, outputs: T -> backprops: T ; T: float32 float64",
        .doc = "gradients * (outputs + 1) where outputs < 0, else gradients: the gradient of Elu.",
        .shape = sumi_shape_broadcast, .map = elu_dy_map, .grad = elu_grad_grad,
        SUMI_SAMPLES(SUMI__CASE2(4, (3, 3, 3, 3), (-2, -0.5, 0, 1.5), (-3, 1.5, 3, 3),
                                 .from = "tf.raw_ops.EluGrad", .no_gradient_check = true),
                     SUMI__RANDOM2(-2, -0.1), SUMI__REFUSE_SHAPES2));

/* Self-normalising constants; Klambauer et al., 2017. */
#define SELU_SCALE       1.0507009873554804934193349852946
#define SELU_SCALE_ALPHA 1.7580993408473768599402175208123

static void selu_float32(SUMI__BLOCK_PARAMETERS) {
  (void)op;
  elu_of_floats(count, in[0], out, (float)SELU_SCALE, (float)SELU_SCALE_ALPHA);
}

SUMI__BLOCK1(selu_float64, double, double, double, SUMI__NO_LET,
             x > 0 ? SELU_SCALE * x : SELU_SCALE_ALPHA * expm1(x))
SUMI__TABLE(selu, FLOATS);

static void selu_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_selu_grad(d->dy[0], d->y[0]);
}

SUMI_OP(Selu, "features: T -> activations: T ; T: float32 float64",
        .doc = "Elu with the scales that keep mean 0 and variance 1. Klambauer et al., 2017.",
        .shape = sumi__tensor_shape_unary, .map = selu_map, .grad = selu_grad,
        SUMI_SAMPLES(SUMI__CASE1(4, (-2, -0.5, 0, 1.5),
                                 (-1.520166468595695, -0.6917581878028713, 0, 1.5760514810332207),
                                 .from = "tf.nn.selu", .no_gradient_check = true),
                     SUMI__RANDOM1(-2, -0.1), SUMI__RANDOM1(0.1, 2),
                     SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP2(selu_dy, FLOATS, y < 0 ? x * (y + (T)SELU_SCALE_ALPHA) : x * (T)SELU_SCALE);

static void selu_grad_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_selu_grad(d->dy[0], d->x[1]);
  d->dx[1] = sumi_select(sumi_less(d->x[1], 0), sumi_mul(d->dy[0], d->x[0]), 0);
}

SUMI_OP(SeluGrad, "gradients: T, outputs: T -> backprops: T ; T: float32 float64",
        .doc = "The gradient of Selu as a function of its outputs.", .shape = sumi_shape_broadcast,
        .map = selu_dy_map, .grad = selu_grad_grad,
        SUMI_SAMPLES(SUMI__CASE2(3, (3, 3, 3), (-2, -0.5, 1.5),
                                 (-0.7257019774578695, 3.7742980225421308, 3.1521029620664414),
                                 .from = "tf.raw_ops.SeluGrad"),
                     SUMI__RANDOM2(-1.5, -0.1), SUMI__REFUSE_SHAPES2));

/* ---- Sigmoid, Softplus, Softsign ---- */

/* Neither exp(-x) nor exp(x) overflows on the side where it is used. */
SUMI__MAP1_VECTOR(sigmoid, sumi__tensor_vsigmoid, (x < 0 ? exp(x) : 1) / (1 + exp(-fabs(x))));

static void sigmoid_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_sigmoid_grad(d->y[0], d->dy[0]);
}

SUMI_OP(Sigmoid, "x: T -> y: T ; T: float32 float64", .doc = "1 / (1 + exp(-x)).",
        .shape = sumi__tensor_shape_unary, .map = sigmoid_map, .grad = sigmoid_grad,
        SUMI_SAMPLES(SUMI__CASE1(4, (-2, -0.5, 0, 1.5),
                                 (0.11920292202211755, 0.37754066879814546, 0.5,
                                  0.8175744761936437),
                                 .from = "tf.sigmoid"),
                     SUMI__RANDOM1(-2, 2), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP2(sigmoid_dy, FLOATS, y *x *(1 - x));

static void sigmoid_grad_grad(sumi_grad_t *d) {
  const sumi_tensor_t both = sumi_mul(d->dy[0], d->x[1]);
  d->dx[0] = sumi_sub(both, sumi_mul(sumi_mul(2, both), d->x[0]));
  d->dx[1] = sumi_sigmoid_grad(d->x[0], d->dy[0]);
}

SUMI_OP(SigmoidGrad, "y: T, dy: T -> z: T ; T: float32 float64",
        .doc = "dy * y * (1 - y): the gradient of y = sigmoid(x).", .shape = sumi_shape_broadcast,
        .map = sigmoid_dy_map, .grad = sigmoid_grad_grad,
        SUMI_SAMPLES(SUMI__CASE2(3, (-2, -0.5, 0.5), (3, 3, 4), (-18, -2.25, 1), .from = "by hand"),
                     SUMI__RANDOM2(0.1, 0.9), SUMI__REFUSE_SHAPES2));

SUMI__MAP1_VECTOR(softplus, sumi__tensor_vsoftplus, (x < 0 ? 0 : x) + log1p(exp(-fabs(x))));

static void softplus_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_softplus_grad(d->dy[0], d->x[0]);
}

SUMI_OP(Softplus, "features: T -> activations: T ; T: float32 float64",
        .doc = "log(1 + exp(features)).", .shape = sumi__tensor_shape_unary, .map = softplus_map,
        .grad = softplus_grad,
        SUMI_SAMPLES(SUMI__CASE1(4, (-2, -0.5, 0, 1.5),
                                 (0.1269280110429725, 0.4740769841801067, 0.6931471805599453,
                                  1.7014132779827524),
                                 .from = "tf.nn.softplus"),
                     SUMI__RANDOM1(-2, 2), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

static void softplus_dy_float32(SUMI__BLOCK_PARAMETERS) {
  const float *gradients = in[0], *features = in[1];
  float *results = out, s[CHUNK];
  (void)op;
  for (int64_t begin = 0; begin < count; begin += CHUNK) {
    const int64_t n = count - begin < CHUNK ? count - begin : CHUNK;
    sumi__tensor_vsigmoid(n, features + begin, s);
    SUMI__SIMD for (int64_t i = 0; i < n; ++i) results[begin + i] = gradients[begin + i] * s[i];
  }
}

SUMI__BLOCK2(softplus_dy_float64, double, double, double, SUMI__NO_LET, x / (1 + exp(-y)))
SUMI__TABLE(softplus_dy, FLOATS);

static void softplus_grad_grad(sumi_grad_t *d) {
  const sumi_tensor_t s = sumi_sigmoid(d->x[1]);
  d->dx[0] = sumi_softplus_grad(d->dy[0], d->x[1]);
  d->dx[1] = sumi_sigmoid_grad(s, sumi_mul(d->dy[0], d->x[0]));
}

SUMI_OP(SoftplusGrad, "gradients: T, features: T -> backprops: T ; T: float32 float64",
        .doc = "gradients / (1 + exp(-features)): the gradient of Softplus.",
        .shape = sumi_shape_broadcast, .map = softplus_dy_map, .grad = softplus_grad_grad,
        SUMI_SAMPLES(SUMI__CASE2(4, (3, 3, 3, 3), (-2, -0.5, 0, 1.5),
                                 (0.35760876606635267, 1.1326220063944363, 1.5, 2.452723428580931),
                                 .from = "tf.raw_ops.SoftplusGrad"),
                     SUMI__RANDOM2(-2, 2), SUMI__REFUSE_SHAPES2));

SUMI__MAP1(softsign, FLOATS, x / (1 + fabs(x)));

static void softsign_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_softsign_grad(d->dy[0], d->x[0]);
}

SUMI_OP(Softsign, "features: T -> activations: T ; T: float32 float64",
        .doc = "features / (1 + |features|).", .shape = sumi__tensor_shape_unary,
        .map = softsign_map, .grad = softsign_grad,
        SUMI_SAMPLES(SUMI__CASE1(4, (-2, -0.5, 0, 1.5), (-2.0 / 3, -1.0 / 3, 0, 0.6),
                                 .from = "tf.nn.softsign", .no_gradient_check = true),
                     SUMI__RANDOM1(0.2, 2), SUMI__REFUSE_DTYPE1(SUMI_INT32)));

SUMI__MAP2(softsign_dy, FLOATS, x / ((1 + fabs(y)) * (1 + fabs(y))));

static void softsign_grad_grad(sumi_grad_t *d) {
  const sumi_tensor_t x = d->x[1];
  const sumi_tensor_t slope = sumi_div(sumi_mul(-2, sumi_sign(x)), sumi_add(1, sumi_abs(x)));
  d->dx[0] = sumi_softsign_grad(d->dy[0], x);
  d->dx[1] = sumi_mul(d->dy[0], sumi_mul(d->y[0], slope));
}

SUMI_OP(SoftsignGrad, "gradients: T, features: T -> backprops: T ; T: float32 float64",
        .doc = "gradients / (1 + |features|)^2: the gradient of Softsign.",
        .shape = sumi_shape_broadcast, .map = softsign_dy_map, .grad = softsign_grad_grad,
        SUMI_SAMPLES(SUMI__CASE2(4, (3, 3, 3, 3), (-2, -0.5, 0, 1.5), (1.0 / 3, 4.0 / 3, 3, 0.48),
                                 .from = "tf.raw_ops.SoftsignGrad", .no_gradient_check = true),
                     SUMI__RANDOM2(0.2, 2), SUMI__REFUSE_SHAPES2));
