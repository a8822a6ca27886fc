/* The network, its loss and its training step. */
#ifndef DEMO_MODEL_H
#define DEMO_MODEL_H

#include <sumi/sumi.h>

typedef struct model {
  sumi_graph_t *graph;
  sumi_tensor_t images, labels; /* placeholders: float32 [n, h, w, c] in [0, 1]; int32 [n] */
  sumi_tensor_t keep;           /* of dropout: 0.6 while training, 1 otherwise */
  sumi_tensor_t probabilities;  /* [n, classes] */
  sumi_tensor_t losses;         /* [n] */
  sumi_tensor_t loss, accuracy; /* means over the batch */
  sumi_tensor_t filters;        /* of the first layer */
  sumi_tensor_t learning_rate;
  sumi_op_t *train;
} model_t;

/* Builds the graph with its summaries for pictures of [height, width, channels]. Refusals are the
 * graph's. */
void model_build(model_t *model, const int64_t picture[3], int classes, int64_t steps,
                 int64_t seed);

#endif
