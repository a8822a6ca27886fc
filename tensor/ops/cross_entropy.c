/* Cross-entropies of logits. Source of names and semantics: TensorFlow core/ops/nn_ops.cc,
 * python/ops/nn_grad.py. */
#include "kernels/softmax.h"
#include "ops/known.h"

#include <sumi/ops.h>

#include <string.h>

/* ---- Shapes ---- */

static sumi_status_t want_logits(const sumi_infer_t *infer, sumi_dims_t *features) {
  SUMI_TRY(sumi__tensor_want_rank(infer, 0, "features", 2));
  *features = infer->in[0].rank == 2 ? infer->in[0] : sumi__tensor_dims_of_rank(2);
  if (features->size[1] != 0) return SUMI_OK;
  return sumi_refuse(infer, "features has shape %s: there are no classes",
                     sumi_dims_text(*features).text);
}

static sumi_status_t dense_shape(sumi_infer_t *infer) {
  sumi_dims_t features;
  SUMI_TRY(want_logits(infer, &features));
  if (!sumi_merge_dims(features, infer->in[1], &features))
    return sumi_refuse(infer, "labels has shape %s, features has %s",
                       sumi_dims_text(infer->in[1]).text, sumi_dims_text(infer->in[0]).text);
  infer->out[0] = sumi__tensor_vector_dims(features.size[0]);
  infer->out[1] = features;
  return SUMI_OK;
}

static sumi_status_t sparse_shape(sumi_infer_t *infer) {
  sumi_dims_t features, rows;
  SUMI_TRY(want_logits(infer, &features));
  SUMI_TRY(sumi__tensor_want_rank(infer, 1, "labels", 1));
  if (!sumi_merge_dims(sumi__tensor_vector_dims(features.size[0]), infer->in[1], &rows))
    return sumi_refuse(infer,
                       "labels has shape %s, one label for each row of features %s is wanted",
                       sumi_dims_text(infer->in[1]).text, sumi_dims_text(features).text);
  features.size[0] = rows.size[0];
  infer->out[0] = rows;
  infer->out[1] = features;
  return SUMI_OK;
}

/* ---- Kernels ---- */

static sumi__tensor_softmax_t matrix(const sumi_kernel_t *k) {
  return (sumi__tensor_softmax_t){.dtype = k->in[0].dtype,
                                  .rows = k->in[0].dims[0],
                                  .classes = k->in[0].dims[1],
                                  .logits = k->in[0].data,
                                  .labels = k->in[1].data,
                                  .indices = &k->in[1],
                                  .loss = sumi_kernel_out(k, 0),
                                  .result = sumi_kernel_out(k, 1)};
}

static sumi_status_t dense_kernel(const sumi_kernel_t *k) {
  const sumi__tensor_softmax_t softmax = matrix(k);
  sumi__tensor_dense_cross_entropy(k, &softmax);
  return SUMI_OK;
}

static sumi_status_t sparse_kernel(const sumi_kernel_t *k) {
  const sumi__tensor_softmax_t softmax = matrix(k);
  for (int64_t row = 0; row < softmax.rows; ++row) {
    const int64_t label = sumi__tensor_view_int(&k->in[1], row);
    if (label < 0 || label >= softmax.classes)
      return sumi_kernel_fail(k, SUMI_INVALID_ARGUMENT,
                              "labels[%lld] is %lld, outside the %lld classes", (long long)row,
                              (long long)label, (long long)softmax.classes);
  }
  sumi__tensor_sparse_cross_entropy(k, &softmax);
  return SUMI_OK;
}

/* ---- Gradients ---- */

/* Training reads the loss alone: nothing arrives for the second output, and that is not worth
 * nodes. */
static bool is_zeros(sumi_tensor_t tensor) {
  return tensor.op && strcmp(sumi_op_type(tensor.op), "ZerosLike") == 0;
}

/* The loss has the gradient `backprop`, which in turn is softmax(features) - labels:
 *   d features = dloss . backprop + (g - sum(g . s)) . s
 * with s = softmax(features) and g the gradient of backprop. */
static sumi_tensor_t features_gradient(const sumi_grad_t *grad) {
  const sumi_tensor_t first = sumi_mul(sumi_expand_dims(grad->dy[0], -1), grad->y[1]);
  const sumi_tensor_t g = grad->dy[1];
  if (is_zeros(g)) return first;
  const sumi_tensor_t s = sumi_softmax(grad->x[0]);
  const sumi_tensor_t mean = sumi_reduce_sum(sumi_mul(g, s), .axes = SUMI_AXES(-1),
                                             .keep_dims = true);
  return sumi_add(first, sumi_mul(sumi_sub(g, mean), s));
}

static void dense_grad(sumi_grad_t *grad) {
  const sumi_tensor_t scores = sumi_log_softmax(grad->x[0]);
  const sumi_tensor_t labels = sumi_neg(sumi_mul(sumi_expand_dims(grad->dy[0], -1), scores));
  grad->dx[0] = features_gradient(grad);
  grad->dx[1] = is_zeros(grad->dy[1]) ? labels : sumi_sub(labels, grad->dy[1]);
}

static void sparse_grad(sumi_grad_t *grad) {
  grad->dx[0] = features_gradient(grad);
}

/* ---- Blocks ---- */

SUMI_OP(SoftmaxCrossEntropyWithLogits,
        "features: T, labels: T -> loss: T, backprop: T ; T: float32 float64",
        .api = "raw_softmax_cross_entropy_with_logits",
        .doc = "-sum(labels . log(softmax(features))) of each row: features and labels [batch, "
               "classes] -> loss "
               "[batch], and softmax(features) - labels as output 1.",
        .shape = dense_shape, .kernel = dense_kernel, .grad = dense_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S(2, 3)},
                      .at = {SUMI_VALUES(1, 2, 3, 0, 0, 0), SUMI_VALUES(0, 0.25, 0.75, 1, 0, 0)},
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(0.65760596, 1.09861229),
                      .from = "TensorFlow 2.21"},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S(2, 3)},
                      .at = {NULL, SUMI_VALUES(0.2, 0.3, 0.5, 0.6, 0.3, 0.1)}},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S(2, 4)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "labels has shape (2, 4), features has (2, 3)"}));

SUMI_OP(
    SparseSoftmaxCrossEntropyWithLogits,
    "features: T, labels: Tlabels -> loss: T, backprop: T ; T: float32 float64, Tlabels: int64 "
    "int32",
    .api = "raw_sparse_softmax_cross_entropy_with_logits",
    .doc = "-log(softmax(features)[label]) of each row: features [batch, classes], labels [batch] "
           "in [0, classes) "
           "-> loss [batch], and the gradient of its sum as output 1.",
    .shape = sparse_shape, .kernel = sparse_kernel, .grad = sparse_grad,
    SUMI_SAMPLES(
        {.input_count = 2,
         .in = {SUMI_S(2, 3), SUMI_S(2)},
         .at = {SUMI_VALUES(1, 2, 3, 0, 0, 0), SUMI_VALUES(2, 0)},
         .dtype = {0, SUMI_INT32},
         .out = SUMI_S(2),
         .expect = SUMI_VALUES(0.40760596, 1.09861229),
         .from = "TensorFlow 2.21"},
        {.input_count = 2,
         .in = {SUMI_S(3, 10), SUMI_S(3)},
         .at = {NULL, SUMI_VALUES(9, 0, 4)},
         .dtype = {0, SUMI_INT64}},
        {.input_count = 2,
         .in = {SUMI_S(2, 3), SUMI_S(2)},
         .at = {NULL, SUMI_VALUES(1, 3)},
         .dtype = {0, SUMI_INT32},
         .want = SUMI_INVALID_ARGUMENT,
         .message = "labels[1] is 3, outside the 3 classes"},
        {.input_count = 2,
         .in = {SUMI_S(2, 3), SUMI_S(4)},
         .at = {NULL, SUMI_VALUES(1, 2, 0, 0)},
         .dtype = {0, SUMI_INT32},
         .want = SUMI_INVALID_ARGUMENT,
         .message = "labels has shape (4,), one label for each row of features (2, 3) is wanted"}));

/* max(x, 0) = (x + |x|) / 2 has the right derivative at 0, and exp sees no positive number. */
static sumi_tensor_t sigmoid_expand(const sumi_build_t *build) {
  const sumi_tensor_t x = build->in[0], labels = build->in[1];
  const sumi_tensor_t size = sumi_abs(x);
  const sumi_tensor_t positive = sumi_mul(0.5, sumi_add(x, size));
  return sumi_add(sumi_sub(positive, sumi_mul(x, labels)), sumi_log1p(sumi_exp(sumi_neg(size))));
}

SUMI_OP(sigmoid_cross_entropy_with_logits, "logits: T, labels: T -> loss: T ; T: float32 float64",
        .doc = "-labels . log(sigmoid(logits)) - (1 - labels) . log(1 - sigmoid(logits)), of each "
               "element.",
        .expand = sigmoid_expand,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(4), SUMI_S(4)},
                      .at = {SUMI_VALUES(-1, 2, 0.5, -100), SUMI_VALUES(0, 1, 0.25, 1)},
                      .out = SUMI_S(4),
                      .expect = SUMI_VALUES(0.3132617, 0.126928, 0.849077, 100),
                      .from = "TensorFlow 2.21"},
                     {.input_count = 2,
                      .in = {SUMI_S(2), SUMI_S(3)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "shapes (2,) and (3,) do not broadcast"}));

/* ---- Logits of any rank ---- */

/* How many axes stand before that of the classes: a number, where the graph tells. */
static sumi_tensor_t axes_before(sumi_tensor_t logits) {
  const int rank = sumi_tensor_dims(logits).rank;
  return rank == SUMI_UNKNOWN_RANK ? sumi_sub(sumi_rank(logits), 1)
                                   : sumi_tensor_of_number(rank - 1);
}

/* Rows of classes. */
static sumi_tensor_t as_matrix(sumi_tensor_t logits) {
  const sumi_tensor_t classes = sumi_gather(sumi_shape(logits), axes_before(logits));
  return sumi_reshape(logits, SUMI_SHAPE(-1, classes));
}

/* One number for each row, in the shape that the logits have without their last axis. */
static sumi_tensor_t rows_back(sumi_tensor_t loss, sumi_tensor_t logits) {
  return sumi_reshape(loss, SUMI_SHAPE(sumi_slice(sumi_shape(logits), SUMI_SHAPE(0),
                                                  SUMI_SHAPE(axes_before(logits)))));
}

static sumi_tensor_t dense_expand(const sumi_build_t *b) {
  const sumi_tensor_t logits = b->in[0], labels = b->in[1];
  if (sumi_tensor_dims(logits).rank == 2)
    return sumi_raw_softmax_cross_entropy_with_logits(logits, labels);
  if (sumi_tensor_dims(logits).rank == 0)
    return sumi_build_refuse(b, "logits is a scalar: there are no classes");
  return rows_back(sumi_raw_softmax_cross_entropy_with_logits(as_matrix(logits), as_matrix(labels)),
                   logits);
}

static sumi_tensor_t sparse_expand(const sumi_build_t *b) {
  const sumi_tensor_t logits = b->in[0], labels = b->in[1];
  const int rank = sumi_tensor_dims(logits).rank, labels_rank = sumi_tensor_dims(labels).rank;
  if (rank == 2) return sumi_raw_sparse_softmax_cross_entropy_with_logits(logits, labels);
  if (rank == 0) return sumi_build_refuse(b, "logits is a scalar: there are no classes");
  if (rank != SUMI_UNKNOWN_RANK && labels_rank != SUMI_UNKNOWN_RANK && labels_rank != rank - 1)
    return sumi_build_refuse(b,
                             "labels has shape %s, one label for each row of logits %s is wanted",
                             sumi_dims_text(sumi_tensor_dims(labels)).text,
                             sumi_dims_text(sumi_tensor_dims(logits)).text);
  const sumi_tensor_t list = sumi_reshape(labels, SUMI_SHAPE(-1));
  return rows_back(sumi_raw_sparse_softmax_cross_entropy_with_logits(as_matrix(logits), list),
                   logits);
}

SUMI_OP(softmax_cross_entropy_with_logits, "logits: T, labels: T -> loss: T ; T: float32 float64",
        .doc = "-sum(labels . log(softmax(logits))) along the last axis, which is that of the "
               "classes: logits and labels of one shape -> loss, of that shape without it.",
        .expand = dense_expand,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(3), SUMI_S(3)},
                      .at = {SUMI_VALUES(1, 2, 3), SUMI_VALUES(0, 0.25, 0.75)},
                      .out = SUMI_S0,
                      .expect = SUMI_VALUES(0.65760596),
                      .from = "TensorFlow 2.21"},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 1, 3), SUMI_S(2, 1, 3)},
                      .at = {SUMI_VALUES(1, 2, 3, 0, 0, 0), SUMI_VALUES(0, 0.25, 0.75, 1, 0, 0)},
                      .out = SUMI_S(2, 1),
                      .expect = SUMI_VALUES(0.65760596, 1.09861229),
                      .from = "TensorFlow 2.21"},
                     {.input_count = 2,
                      .in = {SUMI_S0, SUMI_S0},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "there are no classes"}));

SUMI_OP(sparse_softmax_cross_entropy_with_logits,
        "logits: T, labels: Tlabels -> loss: T ; T: float32 float64, Tlabels: int64 int32",
        .doc = "-log(softmax(logits)[label]) along the last axis, which is that of the classes: "
               "labels in [0, classes), of the logits' shape without it, as the loss.",
        .expand = sparse_expand,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(3), SUMI_S0},
                      .at = {SUMI_VALUES(1, 2, 3), SUMI_VALUES(2)},
                      .dtype = {0, SUMI_INT32},
                      .out = SUMI_S0,
                      .expect = SUMI_VALUES(0.40760596),
                      .from = "TensorFlow 2.21"},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 1, 3), SUMI_S(2, 1)},
                      .at = {SUMI_VALUES(1, 2, 3, 0, 0, 0), SUMI_VALUES(2, 0)},
                      .dtype = {0, SUMI_INT32},
                      .out = SUMI_S(2, 1),
                      .expect = SUMI_VALUES(0.40760596, 1.09861229),
                      .from = "TensorFlow 2.21"},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 1, 3), SUMI_S(3)},
                      .at = {NULL, SUMI_VALUES(2, 0, 1)},
                      .dtype = {0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "one label for each row of "}));
