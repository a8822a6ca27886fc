/* A graph's life, its sticky error, and what is in force while nodes are made: scopes, control
 * inputs, overrides. */
#include "graph/flow.h"

#include <sumi/options.h>
#include <sumi/alloc.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Stands in for a graph when there was no memory to make one. Never changed: it has refused
 * already. */
static sumi_graph_t no_memory_graph = {.status = SUMI_RESOURCE_EXHAUSTED,
                                       .message = "out of memory: a graph could not be made"};

sumi_graph_t *sumi_graph_new(void) {
  sumi_graph_t *graph = sumi_calloc(1, sizeof *graph);
  sumi_arena_t *arena = sumi_arena_new();
  if (!graph || !arena) {
    sumi_free(graph);
    sumi_arena_free(arena);
    return &no_memory_graph;
  }
  graph->arena = arena;
  graph->message = "";
  return graph;
}

void sumi_graph_free(sumi_graph_t *graph) {
  if (!graph || graph == &no_memory_graph) return;
  for (sumi__tensor_cleanup_t *cleanup = graph->cleanups; cleanup; cleanup = cleanup->next)
    if (cleanup->release) cleanup->release(cleanup->object);
  for (sumi__tensor_collection_t *c = graph->collections; c; c = c->next) sumi_free(c->list);
  sumi__tensor_names_release(&graph->names);
  sumi_free(graph->ops);
  sumi_arena_free(graph->arena);
  sumi_free(graph);
}

sumi_status_t sumi_graph_status(const sumi_graph_t *graph) {
  return graph ? graph->status : sumi_fail(SUMI_INVALID_ARGUMENT, "graph is NULL");
}

const char *sumi_graph_message(const sumi_graph_t *graph) {
  return graph ? graph->message : "graph is NULL";
}

sumi_status_t sumi__tensor_graph_adopt_failure(sumi_graph_t *graph, sumi_status_t status) {
  if (graph->status != SUMI_OK) return graph->status;
  graph->status = status;
  const char *text = sumi_arena_strdup(graph->arena, sumi_error_message());
  graph->message = text ? text : "out of memory while a refusal was recorded";
  return status;
}

sumi_status_t sumi__tensor_graph_refuse(sumi_graph_t *graph, sumi_status_t status,
                                        const char *format, ...) {
  if (graph->status != SUMI_OK) return graph->status;
  va_list args;
  va_start(args, format);
  sumi_vfail(status, format, args);
  va_end(args);
  return sumi__tensor_graph_adopt_failure(graph, status);
}

sumi_status_t sumi__tensor_graph_repeat(const sumi_graph_t *graph) {
  return graph->status == SUMI_OK ? SUMI_OK : sumi_fail(graph->status, "%s", graph->message);
}

void sumi_graph_refuse(sumi_graph_t *graph, sumi_status_t status, sumi_site_t site) {
  if (!graph || graph->status != SUMI_OK) return;
  sumi_fail(status, "%s:%d: %s", site.file ? site.file : "?", site.line, sumi_error_message());
  sumi__tensor_graph_adopt_failure(graph, status);
}

void sumi__tensor_graph_refuse_at(sumi_graph_t *graph, sumi_site_t site, const char *format, ...) {
  if (graph->status != SUMI_OK) return;
  va_list args;
  va_start(args, format);
  sumi_vfail(SUMI_INVALID_ARGUMENT, format, args);
  va_end(args);
  sumi_graph_refuse(graph, SUMI_INVALID_ARGUMENT, site);
}

bool sumi__tensor_graph_options(sumi_graph_t *graph, sumi_site_t site, void *options,
                                size_t size_bytes, const void *given) {
  const sumi_status_t status = sumi_options_read(options, size_bytes, given);
  if (status != SUMI_OK) sumi_graph_refuse(graph, status, site);
  return status == SUMI_OK;
}

void *sumi__tensor_graph_calloc(sumi_graph_t *graph, size_t count, size_t size_bytes) {
  void *memory = sumi_arena_calloc(graph->arena, count, size_bytes);
  if (!memory)
    sumi__tensor_graph_adopt_failure(graph, sumi_fail_alloc("a graph", count * size_bytes));
  return memory;
}

char *sumi__tensor_graph_strdup(sumi_graph_t *graph, const char *text) {
  char *copy = sumi_arena_strdup(graph->arena, text);
  if (!copy && text)
    sumi__tensor_graph_adopt_failure(graph, sumi_fail_alloc("a graph", strlen(text) + 1));
  return copy;
}

static sumi_status_t keep(sumi_graph_t *graph, const void *key, void *object,
                          void (*release)(void *object)) {
  sumi__tensor_cleanup_t *cleanup = sumi__tensor_graph_calloc(graph, 1, sizeof *cleanup);
  if (!cleanup) {
    if (release) release(object);
    return graph->status;
  }
  *cleanup = (sumi__tensor_cleanup_t){release, object, key, graph->cleanups};
  graph->cleanups = cleanup;
  return SUMI_OK;
}

sumi_status_t sumi__tensor_graph_own(sumi_graph_t *graph, void *object,
                                     void (*release)(void *object)) {
  return keep(graph, NULL, object, release);
}

static sumi__tensor_cleanup_t *find_data(const sumi_graph_t *graph, const void *key) {
  sumi__tensor_cleanup_t *kept = graph->cleanups;
  while (kept && kept->key != key) kept = kept->next;
  return kept;
}

sumi_status_t sumi_graph_set_data(sumi_graph_t *graph, const void *key, void *data,
                                  void (*release)(void *data)) {
  sumi_status_t status = SUMI_OK;
  if (!graph || !key)
    status = sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_graph_set_data: graph or key is NULL");
  else if (graph->status != SUMI_OK)
    status = sumi__tensor_graph_repeat(graph);
  else if (find_data(graph, key))
    status = sumi_fail(SUMI_ALREADY_EXISTS, "sumi_graph_set_data: the key is in use");
  if (status == SUMI_OK) return keep(graph, key, data, release);
  if (release) release(data);
  return status;
}

void *sumi_graph_data(const sumi_graph_t *graph, const void *key) {
  const sumi__tensor_cleanup_t *kept = graph && key ? find_data(graph, key) : NULL;
  return kept ? kept->object : NULL;
}

/* Settings on a graph that refused (or on NULL) have no effect: constructors do nothing there
 * anyway. */
static bool usable(const sumi_graph_t *graph) {
  return graph && graph->status == SUMI_OK;
}

void sumi_graph_set_seed(sumi_graph_t *graph, int64_t seed) {
  if (!usable(graph)) return;
  graph->has_seed = true;
  graph->seed = seed;
}

void sumi_graph_set_strict_broadcast(sumi_graph_t *graph, bool strict) {
  if (usable(graph)) graph->strict_broadcast = strict;
}

void sumi_graph_set_device(sumi_graph_t *graph, const char *device) {
  if (usable(graph)) graph->device = device ? sumi__tensor_graph_strdup(graph, device) : NULL;
}

void sumi_name_scope_begin(sumi_graph_t *graph, const char *name) {
  if (!usable(graph)) return;
  const bool is_root = !name || !name[0];
  if (!is_root && !sumi__tensor_name_is_valid(&graph->names, name)) {
    sumi__tensor_graph_refuse(
        graph, SUMI_INVALID_ARGUMENT,
        "'%s' is not a scope name: a letter, digit or '.' first, then also _ - / > \\", name);
    return;
  }
  const sumi_status_t status = sumi__tensor_names_enter(&graph->names, graph->arena,
                                                        is_root ? "" : name);
  if (status != SUMI_OK) sumi__tensor_graph_adopt_failure(graph, status);
}

void sumi_name_scope_end(sumi_graph_t *graph) {
  if (!usable(graph)) return;
  if (graph->names.scope_count > graph->held_scopes)
    sumi__tensor_names_leave(&graph->names);
  else
    sumi__tensor_graph_refuse(graph, SUMI_FAILED_PRECONDITION,
                              graph->held_scopes
                                  ? "sumi_name_scope_end where the innermost scope is a variable "
                                    "scope, which sumi_variable_scope_end leaves"
                                  : "sumi_name_scope_end without sumi_name_scope_begin");
}

const char *sumi_name_scope(const sumi_graph_t *graph) {
  return graph ? sumi__tensor_names_scope(&graph->names) : "";
}

void sumi_control_begin(sumi_graph_t *graph, sumi_ops_t ops) {
  if (!usable(graph)) return;
  if (ops.count < 0 || (ops.count > 0 && !ops.list)) {
    sumi__tensor_graph_refuse(graph, SUMI_INVALID_ARGUMENT, "%d control inputs without a list",
                              ops.count);
    return;
  }
  sumi__tensor_control_scope_t *scope = sumi__tensor_graph_calloc(graph, 1, sizeof *scope);
  sumi_op_t **list = sumi__tensor_graph_calloc(graph, (size_t)ops.count, sizeof *list);
  if (!scope || !list) return;
  for (int i = 0; i < ops.count; ++i) {
    if (!ops.list[i] || ops.list[i]->graph != graph) {
      sumi__tensor_graph_refuse(graph, SUMI_INVALID_ARGUMENT, "control input %d is %s", i,
                                ops.list[i] ? "a node of another graph" : "NULL");
      return;
    }
    if (!sumi__tensor_function_sees(graph->function, ops.list[i]->function)) {
      sumi__tensor_graph_refuse(
          graph, SUMI_INVALID_ARGUMENT,
          "control input %d, '%s', was made in the branch or loop '%s', whose "
          "node runs it",
          i, ops.list[i]->name, ops.list[i]->function->name);
      return;
    }
    list[i] = ops.list[i];
  }
  *scope = (sumi__tensor_control_scope_t){ops.count, list, graph->controls};
  graph->controls = scope;
}

void sumi_control_end(sumi_graph_t *graph) {
  if (!usable(graph)) return;
  if (graph->controls)
    graph->controls = graph->controls->outer;
  else
    sumi__tensor_graph_refuse(graph, SUMI_FAILED_PRECONDITION,
                              "sumi_control_end without sumi_control_begin");
}

static const sumi__tensor_custom_gradient_t *find_gradient(const sumi_graph_t *graph,
                                                           const char *name) {
  const sumi__tensor_custom_gradient_t *gradient = graph->gradients;
  while (gradient && strcmp(gradient->name, name) != 0) gradient = gradient->next;
  return gradient;
}

sumi_status_t sumi_register_gradient(sumi_graph_t *graph, const char *name,
                                     sumi_gradient_fn_t gradient, void *context) {
  if (!graph || !name || !gradient)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_register_gradient: a NULL argument");
  if (graph->status != SUMI_OK) return sumi__tensor_graph_repeat(graph);
  if (find_gradient(graph, name))
    return sumi_fail(SUMI_ALREADY_EXISTS, "a gradient named '%s' is registered already", name);
  sumi__tensor_custom_gradient_t *entry = sumi__tensor_graph_calloc(graph, 1, sizeof *entry);
  const char *copy = sumi__tensor_graph_strdup(graph, name);
  if (!entry || !copy) return graph->status;
  *entry = (sumi__tensor_custom_gradient_t){copy, gradient, context, graph->gradients};
  graph->gradients = entry;
  return SUMI_OK;
}

void sumi_gradient_override_begin(sumi_graph_t *graph, const char *op_type,
                                  const char *gradient_name) {
  if (!usable(graph)) return;
  const sumi__tensor_custom_gradient_t *gradient = gradient_name
                                                       ? find_gradient(graph, gradient_name)
                                                       : NULL;
  if (!op_type || !gradient) {
    sumi__tensor_graph_refuse(
        graph, SUMI_NOT_FOUND, "gradient override of %s: no gradient named '%s'",
        op_type ? op_type : "(NULL)", gradient_name ? gradient_name : "(NULL)");
    return;
  }
  if (!sumi__tensor_op_type(op_type)) {
    sumi__tensor_graph_adopt_failure(graph, SUMI_NOT_FOUND);
    return;
  }
  sumi__tensor_override_t *entry = sumi__tensor_graph_calloc(graph, 1, sizeof *entry);
  const char *type = sumi__tensor_graph_strdup(graph, op_type);
  if (!entry || !type) return;
  *entry = (sumi__tensor_override_t){type, gradient, graph->overrides};
  graph->overrides = entry;
}

void sumi_gradient_override_end(sumi_graph_t *graph) {
  if (!usable(graph)) return;
  if (graph->overrides)
    graph->overrides = graph->overrides->outer;
  else
    sumi__tensor_graph_refuse(graph, SUMI_FAILED_PRECONDITION,
                              "sumi_gradient_override_end without its begin");
}

void sumi__tensor_composite_begin(sumi_graph_t *graph, sumi_site_t site) {
  if (graph->composite_depth++ == 0) graph->composite_site = site;
}

void sumi__tensor_composite_end(sumi_graph_t *graph) {
  --graph->composite_depth;
}

int sumi_graph_op_count(const sumi_graph_t *graph) {
  return graph ? graph->op_count : 0;
}

sumi_op_t *sumi_graph_op(const sumi_graph_t *graph, int index) {
  return graph && index >= 0 && index < graph->op_count ? graph->ops[index] : NULL;
}

sumi_op_t *sumi_graph_find_op(const sumi_graph_t *graph, const char *name) {
  return graph && name ? sumi_graph_op(graph, sumi__tensor_names_find(&graph->names, name)) : NULL;
}
