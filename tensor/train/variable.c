/* Variables: VariableV2 with its initial Assign and the Identity that reads it, as TensorFlow 1
 * lays them out. */
#include <sumi/options.h>
#include "train/variable.h"

#include "train/initializer.h"

#include <stdarg.h>
#include <stdio.h>

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

/* Which collections a variable stays out of, as its options say. */
typedef struct lists {
  bool not_trainable, is_local;
} lists_t;

/* The nodes below the variable's own name: Initializer, Assign, read; and its collections. */
static sumi_tensor_t furnish(sumi_graph_t *graph, sumi_site_t site, sumi_tensor_t variable,
                             const sumi_initializer_t *initializer, sumi_tensor_t value,
                             lists_t lists) {
  sumi_tensor_t read = {0};
  if (sumi__tensor_scope_enter_below(graph, site, variable.op) != SUMI_OK) return read;
  if (initializer)
    value = sumi__tensor_initial_value(graph, initializer, sumi_tensor_dims(variable),
                                       sumi_tensor_dtype(variable));
  const sumi_tensor_t assigned = named(site, "Assign", "Assign", SUMI_TENSORS(variable, value));
  read = named(site, "Identity", "read", SUMI_TENSORS(variable));
  sumi__tensor_scope_leave(graph);
  if (graph->status != SUMI_OK) return (sumi_tensor_t){0};
  sumi_collection_add(graph, lists.is_local ? SUMI__LOCAL_INITIALIZERS : SUMI__INITIALIZERS,
                      assigned);
  sumi_collection_add(graph, lists.is_local ? SUMI_LOCAL_VARIABLES : SUMI_GLOBAL_VARIABLES, read);
  if (!lists.is_local && !lists.not_trainable)
    sumi_collection_add(graph, SUMI_TRAINABLE_VARIABLES, read);
  return read;
}

/* What get_variable does where no initializer is given: Glorot for floats, zeros for the others. */
static sumi_initializer_t initializer_for(sumi_initializer_t initializer, sumi_dtype_t dtype) {
  if (initializer.kind == SUMI_INIT_DEFAULT)
    initializer.kind = sumi_dtype_is_floating(dtype) ? SUMI_INIT_GLOROT_UNIFORM
                                                     : SUMI_INIT_CONSTANT;
  return initializer;
}

sumi_tensor_t sumi__tensor_new_variable(sumi_graph_t *graph, sumi_site_t site, const char *name,
                                        sumi_dims_t dims, const sumi_variable_options_t *options) {
  const sumi_dtype_t dtype = options->dtype ? options->dtype : SUMI_FLOAT32;
  const sumi_tensor_t variable = storage(graph, site, name, dims, dtype);
  if (!variable.op) return variable;
  const sumi_initializer_t initializer = initializer_for(options->initializer, dtype);
  return furnish(graph, site, variable, &initializer, variable,
                 (lists_t){options->not_trainable, options->is_local});
}

sumi_tensor_t sumi_variable_with(sumi_tensor_t initial_value, sumi_site_t site,
                                 const sumi_new_variable_options_t *given) {
  sumi_graph_t *graph = sumi_tensor_graph(initial_value);
  sumi_new_variable_options_t options;
  const sumi_tensor_t nothing = {0};
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given)) return nothing;
  if (!graph || graph->status != SUMI_OK) return nothing;
  const char *name = options.name ? options.name : "Variable";
  const sumi_dims_t dims = sumi_tensor_dims(initial_value);
  if (!sumi_dims_known(dims)) {
    sumi__tensor_graph_refuse(
        graph, SUMI_INVALID_ARGUMENT,
        "variable '%s' (%s:%d): its initial value '%s' is of shape %s, which must be fully known",
        name, site.file ? site.file : "?", site.line, sumi_op_name(initial_value.op),
        sumi_dims_text(dims).text);
    return nothing;
  }
  sumi_function_t *function = graph->function;
  graph->function = NULL; /* a variable is nobody's, and starts as something from outside */
  sumi_tensor_t variable = storage(graph, site, name, dims, sumi_tensor_dtype(initial_value));
  if (variable.op)
    variable = furnish(graph, site, variable, NULL, initial_value,
                       (lists_t){options.not_trainable, options.is_local});
  graph->function = function;
  return variable;
}

/* The loss stands in "<name>/Regularizer/". */
static void regularize(sumi_graph_t *graph, sumi_site_t site, sumi_tensor_t variable,
                       const sumi_regularizer_t *regularizer) {
  if (!variable.op || !regularizer->loss) return;
  const char *scope = sumi_arena_printf(graph->arena, "%s/Regularizer/",
                                        sumi_variable_name(variable));
  if (!scope) {
    sumi__tensor_graph_adopt_failure(graph, sumi_fail_alloc("a regularizer", 0));
  } else if (sumi__tensor_scope_enter(graph, site, scope) == SUMI_OK) {
    sumi_collection_add(graph, SUMI_REGULARIZATION_LOSSES,
                        regularizer->loss(variable, regularizer->scale));
    sumi__tensor_scope_leave(graph);
  }
}

sumi_tensor_t sumi__tensor_named_variable(sumi_graph_t *graph, sumi_site_t site, const char *name,
                                          sumi_dims_t dims,
                                          const sumi_variable_options_t *options) {
  sumi_tensor_t variable = {0};
  if (sumi__tensor_scope_enter(graph, site, "") != SUMI_OK) return variable;
  sumi__tensor_control_scope_t *controls = graph->controls;
  graph->controls = NULL; /* a first value waits for nothing … */
  sumi_function_t *function = graph->function;
  graph->function = NULL; /* … and is the same whichever branch or loop asks first */
  variable = sumi__tensor_new_variable(graph, site, name, dims, options);
  graph->controls = controls;
  sumi__tensor_scope_leave(graph);
  regularize(graph, site, variable, &options->regularizer);
  graph->function = function;
  if (variable.op && sumi__tensor_store_variable(graph->variable_store, name, variable) != SUMI_OK)
    sumi__tensor_graph_adopt_failure(graph, SUMI_RESOURCE_EXHAUSTED);
  return graph->status == SUMI_OK ? variable : (sumi_tensor_t){0};
}

static sumi_tensor_t refuse(sumi_graph_t *graph, sumi_site_t site, sumi_status_t status,
                            const char *name, const char *format, ...) {
  char reason[SUMI_ERROR_MESSAGE_MAX];
  va_list args;
  va_start(args, format);
  vsnprintf(reason, sizeof reason, format, args);
  va_end(args);
  sumi__tensor_graph_refuse(graph, status, "variable '%s' (%s:%d) %s", name,
                            site.file ? site.file : "?", site.line, reason);
  return (sumi_tensor_t){0};
}

static sumi_tensor_t shared(sumi_graph_t *graph, sumi_site_t site, const char *name,
                            sumi_tensor_t existing, sumi_dims_t dims,
                            const sumi_variable_options_t *options) {
  const sumi_site_t first = sumi_op_site(existing.op);
  if (!options->reuse)
    return refuse(graph, site, SUMI_ALREADY_EXISTS, name,
                  "exists already, made at %s:%d; SUMI_REUSE or SUMI_AUTO_REUSE, here or in a "
                  "variable scope, shares it",
                  first.file ? first.file : "?", first.line);
  if (sumi_dims_equal(sumi_tensor_dims(existing), dims) &&
      sumi_tensor_dtype(existing) == options->dtype)
    return existing;
  return refuse(graph, site, SUMI_INVALID_ARGUMENT, name, "is %s %s, asked for as %s %s",
                sumi_dtype_name(sumi_tensor_dtype(existing)),
                sumi_dims_text(sumi_tensor_dims(existing)).text, sumi_dtype_name(options->dtype),
                sumi_dims_text(dims).text);
}

/* What the options leave open is the scope's. */
static void inherit(sumi_variable_options_t *options, const sumi_variable_scope_t *scope) {
  if (!options->reuse) options->reuse = scope->reuse;
  if (!options->initializer.kind) options->initializer = scope->initializer;
  if (!options->regularizer.loss) options->regularizer = scope->regularizer;
  if (!options->dtype) options->dtype = scope->dtype ? scope->dtype : SUMI_FLOAT32;
}

sumi_tensor_t sumi_get_variable_with(sumi_graph_t *graph, sumi_site_t site, const char *name,
                                     sumi_dims_t dims, const sumi_variable_options_t *given) {
  sumi_variable_options_t options;
  const sumi_tensor_t nothing = {0};
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given)) return nothing;
  if (!graph || graph->status != SUMI_OK) return nothing;
  const sumi_variable_scope_t *scope = sumi__tensor_variable_scope(graph);
  const char *full = scope ? sumi__tensor_full_name(graph, name ? name : "(NULL)") : NULL;
  if (!full) return nothing;
  if (!name || !sumi__tensor_name_is_valid(&graph->names, name) || !sumi_dims_known(dims))
    return refuse(graph, site, SUMI_INVALID_ARGUMENT, full,
                  "needs a valid name and a fully known shape; the shape is %s",
                  sumi_dims_text(dims).text);
  inherit(&options, scope);
  const sumi_tensor_t existing = sumi__tensor_stored_variable(graph->variable_store, full);
  if (existing.op) return shared(graph, site, full, existing, dims, &options);
  if (options.reuse == SUMI_REUSE)
    return refuse(graph, site, SUMI_NOT_FOUND, full,
                  "is to be reused, but get_variable has made none of that name; SUMI_AUTO_REUSE "
                  "makes it");
  return sumi__tensor_named_variable(graph, site, full, dims, &options);
}

static sumi_op_t *initialize_all(sumi_graph_t *graph, const char *initializers) {
  if (!graph || graph->status != SUMI_OK) return NULL;
  const sumi_tensors_t all = sumi_collection(graph, initializers);
  sumi_op_t **ops = sumi__tensor_graph_calloc(graph, (size_t)all.count, sizeof *ops);
  if (!ops) return NULL;
  for (int i = 0; i < all.count; ++i) ops[i] = all.list[i].op;
  return sumi__tensor_group(graph, "init", all.count, ops);
}

sumi_op_t *sumi_global_variables_initializer(sumi_graph_t *graph) {
  return initialize_all(graph, SUMI__INITIALIZERS);
}

sumi_op_t *sumi_local_variables_initializer(sumi_graph_t *graph) {
  return initialize_all(graph, SUMI__LOCAL_INITIALIZERS);
}

const char *sumi_variable_name(sumi_tensor_t variable) {
  return sumi_op_name(sumi__tensor_variable_of(variable));
}

sumi_tensor_t sumi_global_step(sumi_graph_t *graph) {
  if (!graph || graph->status != SUMI_OK) return (sumi_tensor_t){0};
  const sumi_tensors_t existing = sumi_collection(graph, SUMI_GLOBAL_STEP);
  if (existing.count) return existing.list[0];
  const sumi_tensor_t step = sumi_get_variable(
      graph, "global_step", SUMI_SCALAR, .dtype = SUMI_INT64, .not_trainable = true,
      .initializer = SUMI_ZEROS_INITIALIZER, .regularizer = SUMI_NO_REGULARIZER);
  sumi_collection_add(graph, SUMI_GLOBAL_STEP, step);
  return step;
}
