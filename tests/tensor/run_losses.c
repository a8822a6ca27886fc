/* Losses for test_losses_tensorflow.py; see common/model_run.h. Inputs: labels, predictions and
 * weights. The command: run_losses <loss> <sumi_reduction_t> <label smoothing> <folder> */
#include "model_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sumi/losses.h>

static char **words; /* of the command: loss, reduction, smoothing */

static void build(model_run_t *m) {
  const sumi_tensor_t labels = m->inputs[0], predictions = m->inputs[1];
  const sumi_loss_options_t options = {.struct_size = sizeof options,
                                       .reduction = (sumi_reduction_t)atoi(words[1]),
                                       .label_smoothing = atof(words[2]),
                                       .delta = .7,
                                       .weights = m->inputs[2]};
  const struct {
    const char *name;
    sumi_tensor_t (*loss)(sumi_tensor_t, sumi_tensor_t, sumi_site_t, const sumi_loss_options_t *);
  } losses[] = {{"absolute_difference", sumi_losses_absolute_difference_with},
                {"mean_squared_error", sumi_losses_mean_squared_error_with},
                {"huber_loss", sumi_losses_huber_loss_with},
                {"hinge_loss", sumi_losses_hinge_loss_with},
                {"log_loss", sumi_losses_log_loss_with},
                {"sigmoid_cross_entropy", sumi_losses_sigmoid_cross_entropy_with},
                {"softmax_cross_entropy", sumi_losses_softmax_cross_entropy_with},
                {"sparse_softmax_cross_entropy", sumi_losses_sparse_softmax_cross_entropy_with}};
  for (size_t i = 0; i < sizeof losses / sizeof *losses; ++i)
    if (strcmp(losses[i].name, words[0]) == 0)
      model_output(m, losses[i].loss(labels, predictions, SUMI_HERE, &options));
  if (strcmp(words[0], "cosine_distance") == 0)
    model_output(m, sumi_losses_cosine_distance_with(labels, predictions, SUMI_HERE, 1, &options));
  if (strcmp(words[0], "compute_weighted_loss") == 0)
    model_output(m, sumi_losses_compute_weighted_loss_with(predictions, SUMI_HERE, &options));
  if (options.reduction != SUMI_REDUCTION_NONE) model_output(m, sumi_total_loss(m->graph));
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  words = argv + 1;
  const model_entry_t entry = {argv[1], build};
  return model_main(3, (char *[]){argv[0], argv[1], argv[4]}, &entry, 1);
}
