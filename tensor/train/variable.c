/* Variables: VariableV2 with its initial Assign and the Identity that reads it, as TensorFlow 1
 * lays them out. */
#include <sumi/options.h>
#include "train/variable.h"

#include "train/initializer.h"

#include <string.h>

#define INITIALIZERS "sumi/initializers" /* collection of the Assign outputs */

static sumi_tensor_t reuse(sumi_graph_t *graph, sumi_tensor_t existing, sumi_dims_t dims,
                           sumi_dtype_t dtype) {
  if (sumi_dims_equal(sumi_tensor_dims(existing), dims) && sumi_tensor_dtype(existing) == dtype)
    return existing;
  sumi__tensor_graph_refuse(
      graph, SUMI_INVALID_ARGUMENT, "variable '%s' is %s %s, asked for as %s %s",
      sumi_variable_name(existing), sumi_dtype_name(sumi_tensor_dtype(existing)),
      sumi_dims_text(sumi_tensor_dims(existing)).text, sumi_dtype_name(dtype),
      sumi_dims_text(dims).text);
  return (sumi_tensor_t){0};
}

sumi_tensor_t sumi__tensor_find_variable(const sumi_graph_t *graph, const char *full_name) {
  const sumi_op_t *op = sumi_graph_find_op(graph, full_name);
  if (!op || op->type->def->source != SUMI_SOURCE_VARIABLE) return (sumi_tensor_t){0};
  const sumi_tensors_t all = sumi_collection(graph, SUMI_GLOBAL_VARIABLES);
  for (int i = 0; i < all.count; ++i)
    if (sumi__tensor_variable_of(all.list[i]) == op) return all.list[i];
  return (sumi_tensor_t){0};
}

const char *sumi__tensor_full_name(sumi_graph_t *graph, const char *name) {
  const sumi__tensor_names_t *names = &graph->names;
  const char *prefix = names->scope_count ? names->scopes[names->scope_count - 1] : "";
  const char *full = sumi_arena_printf(graph->arena, "%s%s", prefix, name);
  if (!full) sumi__tensor_graph_adopt_failure(graph, sumi_fail_alloc("a variable's name", 0));
  return full;
}

static sumi_tensor_t storage(sumi_graph_t *graph, sumi_site_t site, const char *name,
                             sumi_dims_t dims, sumi_dtype_t dtype) {
  const sumi_named_attr_t attrs[] = {{"shape", {.kind = SUMI_ATTR_SHAPE, .dims = dims}},
                                     {"dtype", {.kind = SUMI_ATTR_TYPE, .type = dtype}}};
  return sumi_node(&(sumi_node_spec_t){.site = site,
                                       .graph = graph,
                                       .type = "VariableV2",
                                       .name = name,
                                       .attr_count = 2,
                                       .attrs = attrs});
}

static sumi_tensor_t named(sumi_site_t site, const char *type, const char *name,
                           sumi_tensors_t inputs) {
  return sumi_node(&(sumi_node_spec_t){.site = site, .type = type, .name = name, .inputs = inputs});
}

/* The nodes below the variable's own name: Initializer, Assign, read. */
static sumi_tensor_t furnish(sumi_graph_t *graph, sumi_site_t site, sumi_tensor_t variable,
                             const sumi_initializer_t *initializer) {
  sumi_tensor_t read = {0};
  if (sumi__tensor_scope_enter_below(graph, site, variable.op) != SUMI_OK) return read;
  const sumi_tensor_t value = sumi__tensor_initial_value(
      graph, initializer, sumi_tensor_dims(variable), sumi_tensor_dtype(variable));
  const sumi_tensor_t assigned = named(site, "Assign", "Assign", SUMI_TENSORS(variable, value));
  read = named(site, "Identity", "read", SUMI_TENSORS(variable));
  sumi__tensor_scope_leave(graph);
  if (graph->status != SUMI_OK) return (sumi_tensor_t){0};
  sumi_collection_add(graph, INITIALIZERS, assigned);
  return read;
}

/* What get_variable does where no initializer is given: Glorot for floats, zeros for the others. */
static sumi_initializer_t initializer_for(const sumi_initializer_t *given, sumi_dtype_t dtype) {
  sumi_initializer_t initializer = *given;
  if (initializer.kind == SUMI_INIT_GLOROT_UNIFORM && !sumi_dtype_is_floating(dtype))
    initializer.kind = SUMI_INIT_CONSTANT;
  return initializer;
}

sumi_tensor_t sumi__tensor_new_variable(sumi_graph_t *graph, sumi_site_t site, const char *name,
                                        sumi_dims_t dims, const sumi_variable_options_t *options) {
  const sumi_dtype_t dtype = options->dtype ? options->dtype : SUMI_FLOAT32;
  const sumi_tensor_t variable = storage(graph, site, name, dims, dtype);
  if (!variable.op) return variable;
  const sumi_initializer_t initializer = initializer_for(&options->initializer, dtype);
  const sumi_tensor_t read = furnish(graph, site, variable, &initializer);
  sumi_collection_add(graph, SUMI_GLOBAL_VARIABLES, read);
  if (!options->not_trainable) sumi_collection_add(graph, SUMI_TRAINABLE_VARIABLES, read);
  return read;
}

/* A variable that came out under another name than asked for could not be found again. */
static sumi_tensor_t hold_to_name(sumi_graph_t *graph, sumi_site_t site, const char *full,
                                  sumi_tensor_t variable) {
  if (!variable.op || strcmp(sumi_variable_name(variable), full) == 0) return variable;
  sumi__tensor_graph_refuse(
      graph, SUMI_ALREADY_EXISTS,
      "variable '%s' (%s:%d): a node or scope has that name, upper and lower case "
      "being the same",
      full, site.file ? site.file : "?", site.line);
  return (sumi_tensor_t){0};
}

sumi_tensor_t sumi_get_variable_with(sumi_graph_t *graph, sumi_site_t site, const char *name,
                                     sumi_dims_t dims, const sumi_variable_options_t *given) {
  sumi_variable_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  const sumi_tensor_t nothing = {0};
  if (!graph || graph->status != SUMI_OK) return nothing;
  const sumi_dtype_t dtype = options.dtype ? options.dtype : SUMI_FLOAT32;
  if (!name || !sumi__tensor_name_is_valid(&graph->names, name) || !sumi_dims_known(dims)) {
    sumi__tensor_graph_refuse(
        graph, SUMI_INVALID_ARGUMENT,
        "variable '%s' (%s:%d): a valid name and a fully known shape are needed; the shape is %s",
        name ? name : "(NULL)", site.file ? site.file : "?", site.line, sumi_dims_text(dims).text);
    return nothing;
  }
  const char *full = sumi__tensor_full_name(graph, name);
  if (!full) return nothing;
  const sumi_tensor_t existing = sumi__tensor_find_variable(graph, full);
  if (existing.op && options.reuse) return reuse(graph, existing, dims, dtype);
  if (existing.op) {
    const sumi_site_t first = sumi_op_site(existing.op);
    sumi__tensor_graph_refuse(
        graph, SUMI_ALREADY_EXISTS,
        "variable '%s' (%s:%d) exists already, made at %s:%d; ask for .reuse to share it", full,
        site.file ? site.file : "?", site.line, first.file ? first.file : "?", first.line);
    return nothing;
  }
  return hold_to_name(graph, site, full,
                      sumi__tensor_new_variable(graph, site, name, dims, &options));
}

sumi_op_t *sumi_global_variables_initializer(sumi_graph_t *graph) {
  if (!graph || graph->status != SUMI_OK) return NULL;
  const sumi_tensors_t all = sumi_collection(graph, INITIALIZERS);
  sumi_op_t **ops = sumi__tensor_graph_calloc(graph, (size_t)all.count, sizeof *ops);
  if (!ops) return NULL;
  for (int i = 0; i < all.count; ++i) ops[i] = all.list[i].op;
  return sumi__tensor_group(graph, "init", all.count, ops);
}

const char *sumi_variable_name(sumi_tensor_t variable) {
  return sumi_op_name(sumi__tensor_variable_of(variable));
}

sumi_tensor_t sumi_global_step(sumi_graph_t *graph) {
  if (!graph || graph->status != SUMI_OK) return (sumi_tensor_t){0};
  const sumi_tensor_t existing = sumi__tensor_find_variable(graph, "global_step");
  if (existing.op) return existing;
  sumi_variable_options_t options = {
      .struct_size = sizeof options, .dtype = SUMI_INT64, .not_trainable = true};
  options.initializer.kind = SUMI_INIT_CONSTANT;
  return sumi_get_variable_with(graph, SUMI_HERE, "global_step", SUMI_SCALAR, &options);
}
