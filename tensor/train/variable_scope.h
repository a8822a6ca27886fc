/* The variable scope in force, for those who make variables. Source of behaviour: TensorFlow 1.15
 * python/ops/variable_scope.py. */
#ifndef SUMI_TRAIN_VARIABLE_SCOPE_H
#define SUMI_TRAIN_VARIABLE_SCOPE_H

#include "train/variable_store.h"

struct sumi_variable_scope {
  sumi_graph_t *graph;
  const char *name;                /* "a/b", "" for the root */
  const char *original_name_scope; /* "a/b_1/" */
  sumi_reuse_t reuse;
  sumi_initializer_t initializer;
  sumi_regularizer_t regularizer;
  sumi_dtype_t dtype;
};

/* The scope in force; NULL and a refusal without memory. */
const sumi_variable_scope_t *sumi__tensor_variable_scope(sumi_graph_t *graph);

/* `name` in the scope in force, from the graph's memory; NULL and a refusal without memory. */
const char *sumi__tensor_full_name(sumi_graph_t *graph, const char *name);

#endif
