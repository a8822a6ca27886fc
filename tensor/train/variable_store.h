/* What a graph knows of its variables beyond their nodes: who has which name in a variable scope,
 * and which scopes were entered how often. */
#ifndef SUMI_TRAIN_VARIABLE_STORE_H
#define SUMI_TRAIN_VARIABLE_STORE_H

#include "graph/graph_internal.h"

#include <sumi/name_table.h>
#include <sumi/variables.h>

/* A name that variable scopes have had, "a/b". TensorFlow counts how often each was opened to find
 * the next default name, forgets those inside "a" when "a" is left, and takes everything back that
 * happened inside a scope that was entered again. Forgetting is a date here: a count older than the
 * last forgetting of a scope around it is 0. */
typedef struct sumi__tensor_scope_count {
  sumi_name_t name;
  struct sumi__tensor_scope_count *outer; /* of "a/b": "a" */
  int64_t count, counted_at, forgotten_at;
} sumi__tensor_scope_count_t;

/* A change to be taken back. */
typedef struct sumi__tensor_scope_change {
  sumi__tensor_scope_count_t *scope;
  int64_t count, counted_at, forgotten_at; /* before */
  struct sumi__tensor_scope_change *earlier;
} sumi__tensor_scope_change_t;

typedef struct sumi__tensor_variable_store {
  sumi_name_table_t variables; /* sumi__tensor_stored_variable_t */
  sumi_name_table_t scope_counts;
  sumi__tensor_scope_change_t *changes;
  int64_t now;
  struct sumi__tensor_scope_frame *frame; /* the scopes that were entered; the root is outermost */
} sumi__tensor_variable_store_t;

/* The graph's, made at the first call; NULL and a refusal without memory. */
sumi__tensor_variable_store_t *sumi__tensor_variable_store(sumi_graph_t *graph);

/* The variable of exactly that name in variable scopes, the null tensor when there is none. */
sumi_tensor_t sumi__tensor_stored_variable(const sumi__tensor_variable_store_t *store,
                                           const char *name);
sumi_status_t sumi__tensor_store_variable(sumi__tensor_variable_store_t *store, const char *name,
                                          sumi_tensor_t variable);

/* How often the scope was opened, as far as that is not forgotten. */
int64_t sumi__tensor_scope_count(const sumi__tensor_variable_store_t *store, const char *scope);
sumi_status_t sumi__tensor_scope_opened(sumi__tensor_variable_store_t *store, const char *scope);
sumi_status_t sumi__tensor_scope_forget_inside(sumi__tensor_variable_store_t *store,
                                               const char *scope);

/* Takes back the changes since `until` was the newest. */
void sumi__tensor_scope_take_back(sumi__tensor_variable_store_t *store,
                                  const sumi__tensor_scope_change_t *until);

#endif
