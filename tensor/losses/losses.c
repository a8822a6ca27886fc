/* The losses of elements. Source of formulas and defaults: TensorFlow 1.15
 * python/ops/losses/losses_impl.py. */
#include "losses/weighted.h"

#include <sumi/ops.h>
#include <sumi/options.h>
#include <sumi/variables.h>

/* Labels and predictions are of one shape and dtype, unless labels are numbers of classes. */
typedef struct request {
  sumi_tensor_t labels, predictions;
  int64_t axis;
  sumi_loss_options_t options;
} request_t;

/* From a request to the losses of elements. */
typedef struct kind {
  const char *name;
  sumi_tensor_t (*losses)(const request_t *r);
  bool has_class_labels;
} kind_t;

static bool is_checked(const kind_t *kind, const request_t *r) {
  const sumi_tensor_t labels = r->labels, predictions = r->predictions;
  sumi_graph_t *graph = sumi_tensor_graph(predictions);
  sumi_dims_t both;
  sumi_status_t status = SUMI_OK;
  if (!sumi_dtype_is_floating(sumi_tensor_dtype(predictions)))
    status = sumi_fail(SUMI_INVALID_ARGUMENT, "%s: predictions '%s' are %s; they must be floating",
                       kind->name, sumi_op_name(predictions.op),
                       sumi_dtype_name(sumi_tensor_dtype(predictions)));
  else if (!kind->has_class_labels &&
           !sumi_merge_dims(sumi_tensor_dims(labels), sumi_tensor_dims(predictions), &both))
    status = sumi_fail(SUMI_INVALID_ARGUMENT, "%s: labels has shape %s, predictions has %s",
                       kind->name, sumi_dims_text(sumi_tensor_dims(labels)).text,
                       sumi_dims_text(sumi_tensor_dims(predictions)).text);
  if (status != SUMI_OK) sumi__tensor_loss_refuse(graph, status);
  return status == SUMI_OK;
}

static sumi_tensor_t build(const kind_t *kind, request_t r, sumi_site_t site,
                           const sumi_loss_options_t *given) {
  sumi_graph_t *graph = sumi_tensor_graph(r.predictions);
  sumi_tensor_t loss = {0};
  if (!sumi__tensor_graph_options(graph, site, &r.options, sizeof r.options, given)) return loss;
  if (!graph || !r.labels.op) return loss;
  const char *scope = r.options.name ? r.options.name : kind->name;
  if (sumi__tensor_scope_enter(graph, site, scope) != SUMI_OK) return loss;
  if (is_checked(kind, &r)) {
    if (!kind->has_class_labels)
      r.labels = sumi__tensor_cast(r.labels, sumi_tensor_dtype(r.predictions));
    loss = sumi__tensor_loss_reduced(kind->name, kind->losses(&r), &r.options);
  }
  sumi__tensor_scope_leave(graph);
  return loss;
}

/* The function that the body behind it makes of a request; and the public one. */
#define LOSSES(kind) static sumi_tensor_t kind(const request_t *r)
#define LOSS(kind, classes)                                                                        \
  sumi_tensor_t sumi_losses_##kind##_with(sumi_tensor_t labels, sumi_tensor_t predictions,         \
                                          sumi_site_t site, const sumi_loss_options_t *options) {  \
    return build(&(const kind_t){#kind, kind, classes},                                            \
                 (request_t){.labels = labels, .predictions = predictions}, site, options);        \
  }

LOSSES(absolute_difference) {
  return sumi_abs(sumi_sub(r->predictions, r->labels));
}
LOSS(absolute_difference, false)

LOSSES(mean_squared_error) {
  return sumi_squared_difference(r->predictions, r->labels);
}
LOSS(mean_squared_error, false)

LOSSES(huber_loss) {
  const double delta = sumi_option_number(r->options.delta, 1);
  const sumi_tensor_t error = sumi_abs(sumi_sub(r->predictions, r->labels));
  const sumi_tensor_t quadratic = sumi_minimum(error, delta);
  return sumi_add(sumi_mul(.5, sumi_square(quadratic)),
                  sumi_mul(delta, sumi_sub(error, quadratic)));
}
LOSS(huber_loss, false)

LOSSES(hinge_loss) {
  const sumi_tensor_t signs = sumi_sub(sumi_mul(2, r->labels), 1);
  return sumi_relu(sumi_sub(1, sumi_mul(signs, r->predictions)));
}
LOSS(hinge_loss, false)

LOSSES(log_loss) {
  const double epsilon = sumi_option_number(r->options.epsilon, 1e-7);
  const sumi_tensor_t yes = sumi_mul(r->labels, sumi_log(sumi_add(r->predictions, epsilon)));
  const sumi_tensor_t no = sumi_mul(sumi_sub(1, r->labels),
                                    sumi_log(sumi_add(sumi_sub(1, r->predictions), epsilon)));
  return sumi_neg(sumi_add(yes, no));
}
LOSS(log_loss, false)

LOSSES(sigmoid_cross_entropy) {
  sumi_tensor_t labels = r->labels;
  const double smoothing = sumi_option_number(r->options.label_smoothing, 0);
  if (smoothing > 0) labels = sumi_add(sumi_mul(labels, 1 - smoothing), .5 * smoothing);
  return sumi_sigmoid_cross_entropy_with_logits(r->predictions, labels);
}
LOSS(sigmoid_cross_entropy, false)

LOSSES(softmax_cross_entropy) {
  sumi_tensor_t labels = r->labels;
  const double smoothing = sumi_option_number(r->options.label_smoothing, 0);
  if (smoothing > 0) {
    const sumi_tensor_t classes = sumi_cast(sumi_index(sumi_shape(labels), "-1"),
                                            sumi_tensor_dtype(labels));
    labels = sumi_add(sumi_mul(labels, 1 - smoothing), sumi_div(smoothing, classes));
  }
  return sumi_softmax_cross_entropy_with_logits(r->predictions, sumi_stop_gradient(labels));
}
LOSS(softmax_cross_entropy, false)

LOSSES(sparse_softmax_cross_entropy) {
  sumi_tensor_t labels = r->labels;
  const sumi_dims_t dims = sumi_tensor_dims(labels);
  if (dims.rank > 0 && dims.rank == sumi_tensor_dims(r->predictions).rank &&
      dims.size[dims.rank - 1] == 1)
    labels = sumi_squeeze(labels, .axes = SUMI_AXES(-1));
  return sumi_sparse_softmax_cross_entropy_with_logits(r->predictions, labels);
}
LOSS(sparse_softmax_cross_entropy, true)

LOSSES(cosine_distance) {
  return sumi_sub(1, sumi_reduce_sum(sumi_mul(r->predictions, r->labels),
                                     .axes = SUMI_AXES(r->axis), .keep_dims = true));
}

sumi_tensor_t sumi_losses_cosine_distance_with(sumi_tensor_t labels, sumi_tensor_t predictions,
                                               sumi_site_t site, int64_t axis,
                                               const sumi_loss_options_t *options) {
  const request_t request = {.labels = labels, .predictions = predictions, .axis = axis};
  return build(&(const kind_t){"cosine_distance", cosine_distance, false}, request, site, options);
}

sumi_tensor_t sumi_losses_compute_weighted_loss_with(sumi_tensor_t losses, sumi_site_t site,
                                                     const sumi_loss_options_t *given) {
  sumi_graph_t *graph = sumi_tensor_graph(losses);
  sumi_tensor_t loss = {0};
  sumi_loss_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given) || !graph)
    return loss;
  const char *scope = options.name ? options.name : "weighted_loss";
  if (sumi__tensor_scope_enter(graph, site, scope) != SUMI_OK) return loss;
  loss = sumi__tensor_loss_reduced("compute_weighted_loss", losses, &options);
  sumi__tensor_scope_leave(graph);
  return loss;
}

sumi_tensor_t sumi_total_loss_at(sumi_site_t site, sumi_graph_t *graph) {
  sumi_tensor_t sum = {0};
  if (!graph || graph->status != SUMI_OK) return sum;
  const sumi_tensors_t lists[] = {sumi_collection(graph, SUMI_LOSSES),
                                  sumi_collection(graph, SUMI_REGULARIZATION_LOSSES)};
  if (lists[0].count + lists[1].count == 0) {
    sumi_graph_refuse(graph,
                      sumi_fail(SUMI_FAILED_PRECONDITION,
                                "total_loss: the graph has no losses (SUMI_LOSSES, "
                                "SUMI_REGULARIZATION_LOSSES)"),
                      site);
    return sum;
  }
  sumi_tensor_t *terms = sumi__tensor_graph_calloc(graph, (size_t)(lists[0].count + lists[1].count),
                                                   sizeof *terms);
  if (!terms || sumi__tensor_scope_enter(graph, site, "total_loss") != SUMI_OK) return sum;
  int count = 0;
  for (int k = 0; k < 2; ++k)
    for (int i = 0; i < lists[k].count; ++i) terms[count++] = lists[k].list[i];
  sum = sumi__tensor_add_n(count, terms);
  sumi__tensor_scope_leave(graph);
  return sum;
}
