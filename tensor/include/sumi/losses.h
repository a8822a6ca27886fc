/* Losses: how far predictions are from the truth, as one number to minimize (tf.losses).
 *
 *   sumi_losses_sparse_softmax_cross_entropy(labels, logits);
 *   sumi_losses_huber_loss(truth, guess, .weights = SUMI_T(0.5));
 *   sumi_op_t *train = sumi_minimize(sumi_adam(), sumi_total_loss(g));
 *
 * Each loss joins the collection SUMI_LOSSES. Labels are cast to the predictions' dtype; both have
 * one shape. Refusals are the graph's; the results are then null. */
#ifndef SUMI_LOSSES_H
#define SUMI_LOSSES_H

#include <sumi/graph.h>

SUMI_BEGIN_DECLS

/** How the losses of all elements, each times its weight, become one (tf.losses.Reduction). */
typedef enum sumi_reduction {
  SUMI_REDUCTION_DEFAULT, /* SUM_BY_NONZERO_WEIGHTS */
  SUMI_REDUCTION_NONE,    /* not at all */
  SUMI_REDUCTION_SUM,
  SUMI_REDUCTION_MEAN,                /* the sum over the sum of the weights */
  SUMI_REDUCTION_SUM_OVER_BATCH_SIZE, /* the sum over the number of elements */
  /* The sum over the number of elements with a weight other than 0; 0 of none. */
  SUMI_REDUCTION_SUM_BY_NONZERO_WEIGHTS
} sumi_reduction_t;

typedef struct sumi_loss_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  /* A scalar, SUMI_T(2), or of the losses' rank with each size theirs or 1; default 1. */
  sumi_tensor_t weights SUMI_UNSET;
  sumi_reduction_t reduction SUMI_UNSET;
  const char *name SUMI_UNSET;       /* of the name scope; default the function's */
  const char *collection SUMI_UNSET; /* default SUMI_LOSSES; "" for none */
  double label_smoothing SUMI_UNSET; /* cross-entropies: how far labels are drawn to the middle */
  double delta SUMI_UNSET;           /* huber_loss: where it becomes linear, default 1 */
  double epsilon SUMI_UNSET;         /* log_loss: added to what a logarithm is taken of; 1e-7 */
} sumi_loss_options_t;

/** The weighted losses, reduced. */
#define sumi_losses_compute_weighted_loss(...) SUMI__WEIGHTED_LOSS(__VA_ARGS__, )
#define SUMI__WEIGHTED_LOSS(losses, ...)                                                           \
  sumi_losses_compute_weighted_loss_with(losses, SUMI_HERE,                                        \
                                         SUMI_OPTIONS(sumi_loss_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_losses_compute_weighted_loss_with(sumi_tensor_t losses,
                                                              sumi_site_t site,
                                                              const sumi_loss_options_t *options);

#define SUMI__LOSS(kind, labels, predictions, ...)                                                 \
  sumi_losses_##kind##_with(labels, predictions, SUMI_HERE,                                        \
                            SUMI_OPTIONS(sumi_loss_options_t, __VA_ARGS__))

/** |predictions - labels|. */
#define sumi_losses_absolute_difference(labels, ...)                                               \
  SUMI__LOSS(absolute_difference, labels, __VA_ARGS__, )
SUMI_API sumi_tensor_t sumi_losses_absolute_difference_with(sumi_tensor_t labels,
                                                            sumi_tensor_t predictions,
                                                            sumi_site_t site,
                                                            const sumi_loss_options_t *options);

/** (predictions - labels)^2. */
#define sumi_losses_mean_squared_error(labels, ...)                                                \
  SUMI__LOSS(mean_squared_error, labels, __VA_ARGS__, )
SUMI_API sumi_tensor_t sumi_losses_mean_squared_error_with(sumi_tensor_t labels,
                                                           sumi_tensor_t predictions,
                                                           sumi_site_t site,
                                                           const sumi_loss_options_t *options);

/** e^2 / 2 for e = |predictions - labels| up to delta, behind it delta e - delta^2 / 2. */
#define sumi_losses_huber_loss(labels, ...) SUMI__LOSS(huber_loss, labels, __VA_ARGS__, )
SUMI_API sumi_tensor_t sumi_losses_huber_loss_with(sumi_tensor_t labels, sumi_tensor_t predictions,
                                                   sumi_site_t site,
                                                   const sumi_loss_options_t *options);

/** max(0, 1 - (2 labels - 1) logits), for labels 0 and 1. */
#define sumi_losses_hinge_loss(labels, ...) SUMI__LOSS(hinge_loss, labels, __VA_ARGS__, )
SUMI_API sumi_tensor_t sumi_losses_hinge_loss_with(sumi_tensor_t labels, sumi_tensor_t logits,
                                                   sumi_site_t site,
                                                   const sumi_loss_options_t *options);

/** -labels log(predictions + epsilon) - (1 - labels) log(1 - predictions + epsilon). */
#define sumi_losses_log_loss(labels, ...) SUMI__LOSS(log_loss, labels, __VA_ARGS__, )
SUMI_API sumi_tensor_t sumi_losses_log_loss_with(sumi_tensor_t labels, sumi_tensor_t predictions,
                                                 sumi_site_t site,
                                                 const sumi_loss_options_t *options);

/** 1 - sum(labels predictions) along `axis`, which stays with size 1; both are expected to be of
 * unit length. */
#define sumi_losses_cosine_distance(labels, predictions, ...)                                      \
  SUMI__COSINE_DISTANCE(labels, predictions, __VA_ARGS__, )
#define SUMI__COSINE_DISTANCE(labels, predictions, axis, ...)                                      \
  sumi_losses_cosine_distance_with(labels, predictions, SUMI_HERE, axis,                           \
                                   SUMI_OPTIONS(sumi_loss_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_losses_cosine_distance_with(sumi_tensor_t labels,
                                                        sumi_tensor_t predictions, sumi_site_t site,
                                                        int64_t axis,
                                                        const sumi_loss_options_t *options);

/** The cross-entropy of independent classes: labels in [0, 1] and logits of one shape; smoothing
 * draws labels to 1/2. */
#define sumi_losses_sigmoid_cross_entropy(labels, ...)                                             \
  SUMI__LOSS(sigmoid_cross_entropy, labels, __VA_ARGS__, )
SUMI_API sumi_tensor_t sumi_losses_sigmoid_cross_entropy_with(sumi_tensor_t labels,
                                                              sumi_tensor_t logits,
                                                              sumi_site_t site,
                                                              const sumi_loss_options_t *options);

/** The cross-entropy of classes that exclude each other, the last axis: labels are probabilities,
 * smoothing draws them to 1 / classes. No gradient flows to them. */
#define sumi_losses_softmax_cross_entropy(labels, ...)                                             \
  SUMI__LOSS(softmax_cross_entropy, labels, __VA_ARGS__, )
SUMI_API sumi_tensor_t sumi_losses_softmax_cross_entropy_with(sumi_tensor_t labels,
                                                              sumi_tensor_t logits,
                                                              sumi_site_t site,
                                                              const sumi_loss_options_t *options);

/** The same for labels that are numbers of classes, int32 or int64: of the logits' shape without
 * the last axis, or with a last axis of 1. */
#define sumi_losses_sparse_softmax_cross_entropy(labels, ...)                                      \
  SUMI__LOSS(sparse_softmax_cross_entropy, labels, __VA_ARGS__, )
SUMI_API sumi_tensor_t
sumi_losses_sparse_softmax_cross_entropy_with(sumi_tensor_t labels, sumi_tensor_t logits,
                                              sumi_site_t site, const sumi_loss_options_t *options);

/** The sum of SUMI_LOSSES and SUMI_REGULARIZATION_LOSSES (tf.losses.get_total_loss); the null
 * tensor, and the graph refused, when there is none. */
#define sumi_total_loss(graph) sumi_total_loss_at(SUMI_HERE, graph)
SUMI_API sumi_tensor_t sumi_total_loss_at(sumi_site_t site, sumi_graph_t *graph);

SUMI_END_DECLS
#endif
