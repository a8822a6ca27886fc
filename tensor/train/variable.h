/* Variables as optimizers and layers make and find them. */
#ifndef SUMI_TRAIN_VARIABLE_H
#define SUMI_TRAIN_VARIABLE_H

#include "graph/graph_internal.h"

#include <sumi/train.h>

/* `name` below the current scope, from the graph's memory; NULL refuses the graph. */
const char *sumi__tensor_full_name(sumi_graph_t *graph, const char *name);

/* The variable of exactly that name, the null tensor when there is none. */
sumi_tensor_t sumi__tensor_find_variable(const sumi_graph_t *graph, const char *full_name);

/* A new variable, named `name` below the current scope or, where that is taken, name_1, name_2, …
 */
sumi_tensor_t sumi__tensor_new_variable(sumi_graph_t *graph, sumi_site_t site, const char *name,
                                        sumi_dims_t dims, const sumi_variable_options_t *options);

#endif
