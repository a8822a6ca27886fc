/* Averages of weights over the steps of a training, often better than the last ones
 * (tf.train.ExponentialMovingAverage).
 *
 *   sumi_moving_average_t *averages = sumi_moving_average_new(g, 0.999);
 *   sumi_control_begin(g, SUMI_OPS(train));
 *   sumi_op_t *step = sumi_moving_average_apply(averages, sumi_collection(g,
 *                                                                    SUMI_TRAINABLE_VARIABLES));
 *   sumi_control_end(g);
 *   sumi_op_t *swap = sumi_moving_average_swap(averages);
 *
 * Run `step` instead of `train`; run `swap` before an evaluation and again behind it. Averages are
 * variables: checkpoints hold them. Refusals are the graph's; the results are then null. */
#ifndef SUMI_MOVING_AVERAGE_H
#define SUMI_MOVING_AVERAGE_H

#include <sumi/variables.h>

SUMI_BEGIN_DECLS

/** Averages of variables. The graph's: it lives as long. */
typedef struct sumi_moving_average sumi_moving_average_t;

typedef struct sumi_moving_average_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  /* A scalar that counts updates, as the global step: the decay is then at most
   * (1 + num_updates) / (10 + num_updates), so that the first averages are no echo of the start. */
  sumi_tensor_t num_updates SUMI_UNSET;
  const char *name SUMI_UNSET; /* default "ExponentialMovingAverage" */
} sumi_moving_average_options_t;

/** average = decay * average + (1 - decay) * variable; decay between 0 and 1, as 0.999. */
#define sumi_moving_average_new(graph, ...) SUMI__MOVING_AVERAGE_NEW(graph, __VA_ARGS__, )
#define SUMI__MOVING_AVERAGE_NEW(graph, decay, ...)                                                \
  sumi_moving_average_new_with(graph, SUMI_HERE, decay,                                            \
                               SUMI_OPTIONS(sumi_moving_average_options_t, __VA_ARGS__))
SUMI_API sumi_moving_average_t *
sumi_moving_average_new_with(sumi_graph_t *graph, sumi_site_t site, double decay,
                             const sumi_moving_average_options_t *options);

/** The node that updates the averages of these variables, which are floating. Their averages are
 * variables "w/ExponentialMovingAverage" that start from the variables' own first values. Variables
 * that have an average already keep it. */
#define sumi_moving_average_apply(...) sumi_moving_average_apply_at(SUMI_HERE, __VA_ARGS__)
SUMI_API sumi_op_t *sumi_moving_average_apply_at(sumi_site_t site, sumi_moving_average_t *averages,
                                                 sumi_tensors_t variables);

/** The average of a variable; the null tensor when it has none. */
SUMI_API sumi_tensor_t sumi_moving_average_of(const sumi_moving_average_t *averages,
                                              sumi_tensor_t variable);

/** The node that exchanges the values of all variables and of their averages so far. */
#define sumi_moving_average_swap(...) sumi_moving_average_swap_at(SUMI_HERE, __VA_ARGS__)
SUMI_API sumi_op_t *sumi_moving_average_swap_at(sumi_site_t site, sumi_moving_average_t *averages);

SUMI_END_DECLS
#endif
