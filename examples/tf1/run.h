/* What the programs of this folder have in common: their arguments, the pictures, the loop with its
 * log, and one figure at the end.
 *   program [--logdir FOLDER] [--steps N] [--data PATH] [--graph FILE]
 *
 * The whole of a training run is in the graph, its batches too: with --graph it is written as
 * TensorFlow's GraphDef, and whoever runs its node `training` as often, from what `init` gives,
 * gets the same losses and the same figure. */
#ifndef RUN_H
#define RUN_H

#include <sumi/sumi.h>

typedef struct run {
  const char *logdir, *data, *graph_file;
  int64_t steps;
  sumi_graph_t *graph;
  sumi_dataset_t train, test; /* of run_pictures */
} run_t;

/* Reads the arguments and makes the graph; ends the program when they are wrong. */
run_t run_begin(int argc, char **argv, const char *logdir, int64_t steps);

/* Pictures with labels, of --data or drawn. */
typedef struct pictures {
  sumi_tensor_t images, labels; /* a batch, another at each step: [batch, h, w, c], 0 to 1 */
  sumi_tensor_t test_images, test_labels; /* the test set */
  int64_t height, width, channels, classes;
  const char *const *class_names;
} pictures_t;

pictures_t run_pictures(run_t *run, int64_t batch);

/* The share of rows whose largest logit is the label's. */
sumi_tensor_t run_accuracy(sumi_tensor_t logits, sumi_tensor_t labels);

/* Trains: `loss` is logged, at the end `figure` is printed and logged under its name. Gives what
 * main returns. */
int run_end(run_t *run, sumi_op_t *train, sumi_tensor_t loss, const char *name,
            sumi_tensor_t figure);

#endif
