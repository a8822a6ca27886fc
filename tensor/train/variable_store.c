#include "train/variable_store.h"

#include <string.h>

typedef struct stored_variable {
  sumi_name_t name;
  sumi_tensor_t variable;
} stored_variable_t;

static void release(void *object) {
  sumi__tensor_variable_store_t *store = object;
  sumi_name_table_release(&store->variables);
  sumi_name_table_release(&store->scope_counts);
}

sumi__tensor_variable_store_t *sumi__tensor_variable_store(sumi_graph_t *graph) {
  if (graph->variable_store) return graph->variable_store;
  sumi__tensor_variable_store_t *store = sumi__tensor_graph_calloc(graph, 1, sizeof *store);
  if (!store || sumi__tensor_graph_own(graph, store, release) != SUMI_OK) return NULL;
  return graph->variable_store = store;
}

sumi_tensor_t sumi__tensor_stored_variable(const sumi__tensor_variable_store_t *store,
                                           const char *name) {
  const stored_variable_t *found = sumi_name_table_find(&store->variables, name);
  return found ? found->variable : (sumi_tensor_t){0};
}

sumi_status_t sumi__tensor_store_variable(sumi__tensor_variable_store_t *store, const char *name,
                                          sumi_tensor_t variable) {
  stored_variable_t *entry = sumi_name_table_make(&store->variables, name, sizeof *entry);
  if (!entry) return sumi_fail_alloc("a variable's name", 0);
  entry->variable = variable;
  return sumi_name_table_add(&store->variables, entry) ? SUMI_OK
                                                       : sumi_fail_alloc("a variable's name", 0);
}

static bool is_forgotten(const sumi__tensor_scope_count_t *scope) {
  for (const sumi__tensor_scope_count_t *o = scope->outer; o; o = o->outer)
    if (o->forgotten_at > scope->counted_at) return true;
  return false;
}

int64_t sumi__tensor_scope_count(const sumi__tensor_variable_store_t *store, const char *scope) {
  const sumi__tensor_scope_count_t *found = sumi_name_table_find(&store->scope_counts, scope);
  return found && !is_forgotten(found) ? found->count : 0;
}

static sumi__tensor_scope_count_t *find_or_add(sumi__tensor_variable_store_t *store,
                                               const char *name) {
  sumi__tensor_scope_count_t *scope = sumi_name_table_find(&store->scope_counts, name);
  if (scope) return scope;
  scope = sumi_name_table_make(&store->scope_counts, name, sizeof *scope);
  if (!scope) return NULL;
  const char *last = strrchr(name, '/');
  if (last && last > name) {
    char *outer = sumi_arena_memdup(sumi_name_table_arena(&store->scope_counts), name,
                                    (size_t)(last - name) + 1);
    if (!outer) return NULL;
    outer[last - name] = '\0';
    scope->outer = find_or_add(store, outer);
    if (!scope->outer) return NULL;
  }
  return sumi_name_table_add(&store->scope_counts, scope) ? scope : NULL;
}

/* The scope, with its state kept so that what follows can be taken back. */
static sumi__tensor_scope_count_t *to_change(sumi__tensor_variable_store_t *store,
                                             const char *name) {
  sumi__tensor_scope_count_t *scope = find_or_add(store, name);
  sumi__tensor_scope_change_t *change = NULL;
  if (scope)
    change = sumi_arena_calloc(sumi_name_table_arena(&store->scope_counts), 1, sizeof *change);
  if (!change) {
    sumi_fail_alloc("a variable scope", 0);
    return NULL;
  }
  *change = (sumi__tensor_scope_change_t){scope, scope->count, scope->counted_at,
                                          scope->forgotten_at, store->changes};
  store->changes = change;
  return scope;
}

sumi_status_t sumi__tensor_scope_opened(sumi__tensor_variable_store_t *store, const char *name) {
  sumi__tensor_scope_count_t *scope = to_change(store, name);
  if (!scope) return SUMI_RESOURCE_EXHAUSTED;
  scope->count = is_forgotten(scope) ? 1 : scope->count + 1;
  scope->counted_at = ++store->now;
  return SUMI_OK;
}

sumi_status_t sumi__tensor_scope_forget_inside(sumi__tensor_variable_store_t *store,
                                               const char *name) {
  sumi__tensor_scope_count_t *scope = to_change(store, name);
  if (!scope) return SUMI_RESOURCE_EXHAUSTED;
  scope->forgotten_at = ++store->now;
  return SUMI_OK;
}

void sumi__tensor_scope_take_back(sumi__tensor_variable_store_t *store,
                                  const sumi__tensor_scope_change_t *until) {
  for (; store->changes != until; store->changes = store->changes->earlier) {
    const sumi__tensor_scope_change_t *change = store->changes;
    change->scope->count = change->count;
    change->scope->counted_at = change->counted_at;
    change->scope->forgotten_at = change->forgotten_at;
  }
}
