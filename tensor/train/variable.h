/* Variables as optimizers and layers make them. */
#ifndef SUMI_TRAIN_VARIABLE_H
#define SUMI_TRAIN_VARIABLE_H

#include "train/variable_scope.h"

/* The collections of the Assign outputs that give variables their first values. */
#define SUMI__INITIALIZERS       "sumi/initializers"
#define SUMI__LOCAL_INITIALIZERS "sumi/local_initializers"

/* A new variable, named `name` in the current name scope or, where that is taken, name_1, name_2, …
 */
sumi_tensor_t sumi__tensor_new_variable(sumi_graph_t *graph, sumi_site_t site, const char *name,
                                        sumi_dims_t dims, const sumi_variable_options_t *options);

/* A new variable that get_variable finds under this name, which is none's yet. */
sumi_tensor_t sumi__tensor_named_variable(sumi_graph_t *graph, sumi_site_t site, const char *name,
                                          sumi_dims_t dims, const sumi_variable_options_t *options);

#endif
