#include "train/variable_scope.h"

#include <string.h>

/* A scope that was entered. */
typedef struct sumi__tensor_scope_frame {
  sumi_variable_scope_t scope;
  bool is_again; /* entered again: what happened inside is taken back */
  bool has_name_scope;
  int name_scopes; /* that are open when it is entered, its own included */
  const sumi__tensor_scope_change_t *changes; /* the newest when it was entered */
  struct sumi__tensor_scope_frame *outer;
} frame_t;

static frame_t *new_frame(sumi_graph_t *graph, const sumi_variable_scope_t *scope) {
  frame_t *frame = sumi__tensor_graph_calloc(graph, 1, sizeof *frame);
  if (frame) frame->scope = *scope;
  return frame;
}

/* The innermost frame; the root at the first call. */
static frame_t *current(sumi_graph_t *graph) {
  sumi__tensor_variable_store_t *store = sumi__tensor_variable_store(graph);
  if (!store) return NULL;
  const sumi_variable_scope_t root = {.graph = graph, .name = "", .original_name_scope = ""};
  if (!store->frame) store->frame = new_frame(graph, &root);
  return store->frame;
}

const sumi_variable_scope_t *sumi__tensor_variable_scope(sumi_graph_t *graph) {
  const frame_t *frame = current(graph);
  return frame ? &frame->scope : NULL;
}

static const char *joined(sumi_graph_t *graph, const char *outer, const char *name) {
  const char *text = sumi_arena_printf(graph->arena, "%s%s%s", outer, outer[0] ? "/" : "", name);
  if (!text) sumi__tensor_graph_adopt_failure(graph, sumi_fail_alloc("a variable's name", 0));
  return text;
}

const char *sumi__tensor_full_name(sumi_graph_t *graph, const char *name) {
  const sumi_variable_scope_t *scope = sumi__tensor_variable_scope(graph);
  return scope ? joined(graph, scope->name, name) : NULL;
}

/* "dense", or "dense_1", … : the first that was not opened in the scope in force. */
static const char *unique_in(sumi_graph_t *graph, const frame_t *outer, const char *name) {
  const char *full = joined(graph, outer->scope.name, name), *found = full;
  for (int i = 1; found && sumi__tensor_scope_count(graph->variable_store, found) > 0; ++i) {
    found = sumi_arena_printf(graph->arena, "%s_%d", full, i);
    if (!found) sumi__tensor_graph_adopt_failure(graph, sumi_fail_alloc("a variable scope", 0));
  }
  return found;
}

static void apply_options(sumi_variable_scope_t *scope,
                          const sumi_variable_scope_options_t *options) {
  if (options->reuse) scope->reuse = options->reuse;
  if (options->initializer.kind) scope->initializer = options->initializer;
  if (options->regularizer.loss) scope->regularizer = options->regularizer;
  if (options->dtype) scope->dtype = options->dtype;
}

/* Makes `scope` the one in force, with a name scope unless `name_scope` is NULL. */
static frame_t *enter(sumi_graph_t *graph, const sumi_variable_scope_t *scope,
                      const char *name_scope, bool is_again) {
  sumi__tensor_variable_store_t *store = graph->variable_store;
  frame_t *frame = new_frame(graph, scope);
  if (!frame || sumi__tensor_scope_opened(store, scope->name) != SUMI_OK) {
    sumi__tensor_graph_adopt_failure(graph, SUMI_RESOURCE_EXHAUSTED);
    return NULL;
  }
  if (name_scope) sumi_name_scope_begin(graph, name_scope);
  if (graph->status != SUMI_OK) return NULL;
  if (!is_again) frame->scope.original_name_scope = sumi_name_scope(graph);
  frame->is_again = is_again;
  frame->has_name_scope = name_scope;
  frame->name_scopes = graph->held_scopes = graph->names.scope_count;
  frame->changes = store->changes;
  frame->outer = store->frame;
  store->frame = frame;
  return frame;
}

static bool is_usable(const sumi_graph_t *graph) {
  return graph && graph->status == SUMI_OK;
}

static const sumi_variable_scope_t *refuse(sumi_graph_t *graph, sumi_site_t site,
                                           sumi_status_t status) {
  sumi_graph_refuse(graph, status, site);
  return NULL;
}

/* `name` inside the scope in force, whose settings it takes over. */
static const sumi_variable_scope_t *prolong(sumi_graph_t *graph, const char *full,
                                            const char *name_scope,
                                            const sumi_variable_scope_options_t *options) {
  sumi_variable_scope_t scope = current(graph)->scope;
  scope.name = full;
  apply_options(&scope, options);
  const frame_t *frame = enter(graph, &scope, name_scope, false);
  return frame ? &frame->scope : NULL;
}

const sumi_variable_scope_t *
sumi_variable_scope_begin_with(sumi_graph_t *graph, sumi_site_t site, const char *name,
                               const sumi_variable_scope_options_t *given) {
  sumi_variable_scope_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given) ||
      !is_usable(graph))
    return NULL;
  const frame_t *outer = current(graph);
  if (!outer) return NULL;
  const char *wish = name ? name : options.default_name;
  if (!wish || !sumi__tensor_name_is_valid(&graph->names, wish) || wish[strlen(wish) - 1] == '/')
    return refuse(graph, site,
                  sumi_fail(SUMI_INVALID_ARGUMENT,
                            "'%s' is not a variable scope's name: a letter, digit or '.' first, "
                            "then also _ - / > \\",
                            wish ? wish : "(NULL)"));
  if (!name && options.reuse)
    return refuse(graph, site,
                  sumi_fail(SUMI_INVALID_ARGUMENT,
                            "a variable scope with a default name ('%s') cannot reuse: name it",
                            wish));
  const char *full = name ? joined(graph, outer->scope.name, name) : unique_in(graph, outer, wish);
  return full ? prolong(graph, full, options.no_name_scope ? NULL : wish, &options) : NULL;
}

const sumi_variable_scope_t *
sumi_variable_scope_reenter_with(const sumi_variable_scope_t *scope, sumi_site_t site,
                                 const sumi_variable_scope_options_t *given) {
  sumi_graph_t *graph = scope ? scope->graph : NULL;
  sumi_variable_scope_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given) ||
      !is_usable(graph) || !current(graph))
    return NULL;
  sumi_variable_scope_t again = *scope;
  apply_options(&again, &options);
  const char *slash = strrchr(scope->name, '/'), *last = slash ? slash + 1 : scope->name;
  const frame_t *frame = enter(graph, &again, options.no_name_scope || !last[0] ? NULL : last,
                               true);
  return frame ? &frame->scope : NULL;
}

void sumi_variable_scope_end(sumi_graph_t *graph) {
  if (!is_usable(graph)) return;
  frame_t *frame = current(graph);
  if (!frame) return;
  if (!frame->outer || frame->name_scopes != graph->names.scope_count) {
    sumi__tensor_graph_refuse(graph, SUMI_FAILED_PRECONDITION,
                              !frame->outer
                                  ? "sumi_variable_scope_end without sumi_variable_scope_begin"
                                  : "sumi_variable_scope_end of '%s': the scopes that were entered "
                                    "inside it are to be left first",
                              frame->scope.name);
    return;
  }
  sumi__tensor_variable_store_t *store = graph->variable_store;
  if (frame->is_again)
    sumi__tensor_scope_take_back(store, frame->changes);
  else if (sumi__tensor_scope_forget_inside(store, frame->scope.name) != SUMI_OK)
    sumi__tensor_graph_adopt_failure(graph, SUMI_RESOURCE_EXHAUSTED);
  store->frame = frame->outer;
  graph->held_scopes = frame->outer->name_scopes;
  if (frame->has_name_scope) sumi__tensor_names_leave(&graph->names);
}

const sumi_variable_scope_t *sumi_current_variable_scope(sumi_graph_t *graph) {
  return is_usable(graph) ? sumi__tensor_variable_scope(graph) : NULL;
}

void sumi_reuse_variables(sumi_graph_t *graph) {
  frame_t *frame = is_usable(graph) ? current(graph) : NULL;
  if (frame) frame->scope.reuse = SUMI_REUSE;
}

const char *sumi_variable_scope_name(const sumi_variable_scope_t *scope) {
  return scope ? scope->name : "";
}

const char *sumi_variable_scope_original_name_scope(const sumi_variable_scope_t *scope) {
  return scope ? scope->original_name_scope : "";
}
