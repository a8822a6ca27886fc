/* Weights of losses and metrics, and how losses become one number. */
#ifndef SUMI_LOSSES_WEIGHTED_H
#define SUMI_LOSSES_WEIGHTED_H

#include "graph/apply.h"

#include <sumi/losses.h>

/* Refuses the graph on behalf of the line in force, with the thread's last message. */
void sumi__tensor_loss_refuse(sumi_graph_t *graph, sumi_status_t status);

/* The weights as a tensor of that dtype that broadcasts over `values`: scalar, or of their rank
 * with each size theirs or 1; a last axis of 1 too many is dropped. The null tensor stays null, and
 * so does what is refused, on behalf of `what`. */
sumi_tensor_t sumi__tensor_loss_weights(const char *what, sumi_tensor_t weights, sumi_dtype_t dtype,
                                        sumi_tensor_t values);

/* The loss of a name scope that is open, and its place in the collection. */
sumi_tensor_t sumi__tensor_loss_reduced(const char *what, sumi_tensor_t losses,
                                        const sumi_loss_options_t *options);

#endif
