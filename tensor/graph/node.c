/* sumi_node: from a description to a node with checked inputs, attributes and static shapes. */
#include "graph/node.h"

#include <sumi/alloc.h>

#include <stdarg.h>
#include <string.h>

/* The rank-changing broadcasts that strict graphs refuse: [2,1] + [2]. Scalars go with anything. */
static sumi_status_t check_strict(const sumi__tensor_builder_t *b) {
  if (!b->graph->strict_broadcast || !b->type->def->map || b->graph->composite_depth > 0)
    return SUMI_OK;
  int rank = 0;
  for (int i = 0; i < b->input_count; ++i) {
    const int r = sumi_tensor_dims(b->inputs[i]).rank;
    if (r > 0 && rank > 0 && r != rank)
      return sumi__tensor_builder_refuse(
          b, "strict broadcasting: operands of ranks %d and %d; reshape one of them", rank, r);
    if (r > 0) rank = r;
  }
  return SUMI_OK;
}

static int count_outputs(const sumi__tensor_builder_t *b) {
  const sumi__tensor_schema_t *schema = &b->type->schema;
  int count = 0;
  for (int i = 0; i < schema->output_count; ++i) {
    const sumi__tensor_arg_t *arg = &schema->outputs[i];
    if (arg->kind == SUMI__ARG_REPEATED)
      count += (int)b->attrs[arg->number_attr].integer;
    else
      count += arg->kind == SUMI__ARG_ANY ? b->attrs[arg->type_attr].types.count : 1;
  }
  return count;
}

static void set_output_types(const sumi__tensor_builder_t *b, sumi_op_t *op) {
  const sumi__tensor_schema_t *schema = &b->type->schema;
  for (int i = 0, at = 0; i < schema->output_count; ++i) {
    const sumi__tensor_arg_t *arg = &schema->outputs[i];
    const sumi_attr_t *type = arg->type_attr >= 0 ? &b->attrs[arg->type_attr] : NULL;
    const bool many = type && type->kind == SUMI_ATTR_TYPES;
    int count = many ? type->types.count : 1;
    if (arg->kind == SUMI__ARG_REPEATED) count = (int)b->attrs[arg->number_attr].integer;
    for (int k = 0; k < count; ++k)
      op->outputs[at++].dtype = many ? type->types.list[k] : type ? type->type : arg->dtype;
  }
}

static int count_controls(const sumi_graph_t *graph) {
  int count = 0;
  for (const sumi__tensor_control_scope_t *s = graph->controls; s; s = s->outer) count += s->count;
  return count;
}

static void set_controls(const sumi_graph_t *graph, sumi_op_t *op) {
  for (const sumi__tensor_control_scope_t *s = graph->controls; s; s = s->outer) {
    for (int i = 0; i < s->count; ++i) {
      bool listed = false;
      for (int k = 0; k < op->control_count; ++k) listed |= op->controls[k] == s->ops[i];
      if (!listed) op->controls[op->control_count++] = s->ops[i];
    }
  }
}

static const sumi__tensor_custom_gradient_t *override_for(const sumi_graph_t *graph,
                                                          const char *type) {
  for (const sumi__tensor_override_t *o = graph->overrides; o; o = o->outer)
    if (strcmp(o->op_type, type) == 0) return o->gradient;
  return NULL;
}

static sumi_status_t infer_outputs(const sumi__tensor_builder_t *b, sumi_op_t *op) {
  const size_t inputs = (size_t)op->input_count, outputs = (size_t)op->output_count;
  sumi_dims_t *dims = sumi__tensor_graph_calloc(b->graph, inputs + outputs, sizeof *dims);
  sumi_known_t *known = sumi__tensor_graph_calloc(b->graph, inputs + outputs, sizeof *known);
  if (!dims || !known) return b->graph->status;
  for (size_t i = 0; i < inputs; ++i) {
    const sumi_tensor_t input = op->inputs[i];
    dims[i] = sumi_tensor_dims(input);
    const sumi_known_t *elements = input.op->outputs[input.index].known;
    if (elements) known[i] = *elements;
  }
  const sumi_status_t status = sumi__tensor_infer_static(op, dims, known, dims + inputs,
                                                         known + inputs);
  if (status == SUMI_RESOURCE_EXHAUSTED) return sumi__tensor_graph_adopt_failure(b->graph, status);
  if (status != SUMI_OK) return sumi__tensor_builder_refuse(b, "%s", sumi_error_message());
  for (size_t i = 0; i < outputs; ++i) {
    op->outputs[i].dims = dims[inputs + i];
    if (known[inputs + i].valid) op->outputs[i].known = &known[inputs + i];
  }
  return SUMI_OK;
}

static sumi_op_t *make_op(const sumi__tensor_builder_t *b) {
  sumi_graph_t *graph = b->graph;
  sumi_op_t *op = sumi__tensor_graph_calloc(graph, 1, sizeof *op);
  if (!op) return NULL;
  *op = (sumi_op_t){.graph = graph,
                    .type = b->type,
                    .device = graph->device,
                    .index = graph->op_count,
                    .site = b->site,
                    .input_count = b->input_count,
                    .output_count = count_outputs(b),
                    .inputs = b->inputs,
                    .attrs = b->attrs,
                    .gradient = override_for(graph, b->type->def->name),
                    .function = graph->function};
  op->outputs = sumi__tensor_graph_calloc(graph, (size_t)op->output_count, sizeof *op->outputs);
  op->controls = sumi__tensor_graph_calloc(graph, (size_t)count_controls(graph),
                                           sizeof *op->controls);
  if (!op->outputs || !op->controls) return NULL;
  set_output_types(b, op);
  set_controls(graph, op);
  return op;
}

static sumi_status_t append(const sumi__tensor_builder_t *b, sumi_op_t *op) {
  sumi_graph_t *graph = b->graph;
  if (graph->op_count == graph->op_capacity) {
    const int capacity = graph->op_capacity ? graph->op_capacity * 2 : 64;
    sumi_op_t **ops = sumi_realloc_array(graph->ops, (size_t)capacity, sizeof *ops);
    if (!ops) return sumi__tensor_graph_adopt_failure(graph, sumi_fail_alloc("a graph", 0));
    graph->ops = ops;
    graph->op_capacity = capacity;
  }
  const char *wish = b->spec->name ? b->spec->name : b->type->def->name;
  op->name = sumi__tensor_names_unique(&graph->names, graph->arena, wish);
  if (!op->name)
    return sumi__tensor_graph_adopt_failure(graph, sumi_fail_alloc("a node's name", 0));
  sumi__tensor_names_bind(&graph->names, op->name, graph->op_count);
  graph->ops[graph->op_count++] = op;
  return SUMI_OK;
}

/* A composite op's result takes the name of the op, as the last node of a TensorFlow function does.
 */
static void name_result(sumi_graph_t *graph, const char *scope, sumi_tensor_t result,
                        int first_new) {
  if (!result.op || result.op->index < first_new) return;
  char *name = sumi__tensor_graph_strdup(graph, scope);
  if (!name) return;
  name[strlen(name) - 1] = '\0'; /* the prefix ends in "/" */
  sumi__tensor_names_bind(&graph->names, result.op->name, -1);
  result.op->name = name;
  sumi__tensor_names_bind(&graph->names, name, result.op->index);
}

static sumi_tensor_t expand(const sumi__tensor_builder_t *b) {
  const sumi_tensor_t nothing = {0};
  sumi_graph_t *graph = b->graph;
  const sumi_op_def_t *def = b->type->def;
  const sumi_status_t status = sumi__tensor_names_enter(&graph->names, graph->arena,
                                                        b->spec->name ? b->spec->name : def->name);
  if (status != SUMI_OK) {
    sumi__tensor_graph_adopt_failure(graph, status);
    return nothing;
  }
  const char *scope = graph->names.scopes[graph->names.scope_count - 1];
  const int first_new = graph->op_count;
  const sumi_build_t build = {graph, b->input_count, b->inputs, b->attrs, def};
  sumi__tensor_composite_begin(graph, b->site);
  const sumi_tensor_t result = def->expand(&build);
  sumi__tensor_composite_end(graph);
  sumi__tensor_names_leave(&graph->names);
  if (graph->status != SUMI_OK) return nothing;
  name_result(graph, scope, result, first_new);
  return result;
}

static sumi_graph_t *graph_of(const sumi_node_spec_t *spec) {
  if (spec->graph) return spec->graph;
  for (int i = 0; spec->inputs.list && i < spec->inputs.count; ++i)
    if (spec->inputs.list[i].op) return spec->inputs.list[i].op->graph;
  return NULL;
}

static sumi_status_t constant_of_number(const sumi__tensor_builder_t *b, int index) {
  sumi_tensor_t *input = &b->inputs[index];
  const sumi_dtype_t dtype = sumi__tensor_builder_input_dtype(b, index);
  sumi_array_t *array = sumi_array_scalar(dtype, input->number);
  if (!array) return sumi__tensor_graph_adopt_failure(b->graph, sumi_fail_alloc("a constant", 0));
  if (!sumi_dtype_is_floating(dtype) && sumi_array_get(array, 0) != input->number) {
    sumi_array_unref(array);
    return sumi__tensor_builder_refuse(b, "the number %g is not a value of %s", input->number,
                                       sumi_dtype_name(dtype));
  }
  const sumi_named_attr_t attrs[] = {{"value", {.kind = SUMI_ATTR_ARRAY, .array = array}},
                                     {"dtype", {.kind = SUMI_ATTR_TYPE, .type = dtype}}};
  *input = sumi_node(&(sumi_node_spec_t){
      .site = b->site, .graph = b->graph, .type = "Const", .attr_count = 2, .attrs = attrs});
  sumi_array_unref(array);
  return b->graph->status;
}

static sumi_status_t constants_of_numbers(const sumi__tensor_builder_t *b) {
  for (int i = 0; i < b->input_count; ++i)
    if (sumi_tensor_is_number(b->inputs[i])) SUMI_TRY(constant_of_number(b, i));
  return SUMI_OK;
}

sumi_tensor_t sumi_node(const sumi_node_spec_t *spec) {
  const sumi_tensor_t nothing = {0};
  sumi_graph_t *graph = spec ? graph_of(spec) : NULL;
  if (!graph) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "%s (%s:%d): no graph, and no input is a tensor of one",
              spec && spec->type ? spec->type : "a node",
              spec && spec->site.file ? spec->site.file : "?", spec ? spec->site.line : 0);
    return nothing;
  }
  if (graph->status != SUMI_OK) return nothing;
  const sumi_site_t site = graph->composite_depth > 0 ? graph->composite_site : spec->site;
  sumi__tensor_builder_t b = {.graph = graph, .spec = spec, .site = site};
  b.type = spec->type ? sumi__tensor_op_type(spec->type) : NULL;
  if (!b.type) {
    if (!spec->type) sumi_fail(SUMI_NOT_FOUND, "a node without a type");
    sumi_graph_refuse(graph, SUMI_NOT_FOUND, site);
    return nothing;
  }
  if (spec->name && !sumi__tensor_name_is_valid(&graph->names, spec->name)) {
    sumi__tensor_builder_refuse(
        &b, "'%s' is not a name: a letter, digit or '.' first, then also _ - / > \\", spec->name);
    return nothing;
  }
  if (sumi__tensor_builder_attrs(&b) != SUMI_OK || sumi__tensor_builder_inputs(&b) != SUMI_OK ||
      constants_of_numbers(&b) != SUMI_OK)
    return nothing;
  if (b.type->def->expand) return expand(&b);
  if (check_strict(&b) != SUMI_OK) return nothing;
  sumi_op_t *op = make_op(&b);
  if (!op || infer_outputs(&b, op) != SUMI_OK || append(&b, op) != SUMI_OK) return nothing;
  return (sumi_tensor_t){.op = op};
}

sumi_tensor_t sumi_build_refuse(const sumi_build_t *build, const char *format, ...) {
  char reason[SUMI_ERROR_MESSAGE_MAX];
  va_list args;
  va_start(args, format);
  vsnprintf(reason, sizeof reason, format, args);
  va_end(args);
  const sumi_node_spec_t spec = {.inputs = {build->input_count, build->in}};
  const sumi__tensor_builder_t b = {.graph = build->graph,
                                    .spec = &spec,
                                    .type = sumi__tensor_op_type(build->def->name),
                                    .site = build->graph->composite_site};
  sumi__tensor_builder_refuse(&b, "%s", reason);
  return (sumi_tensor_t){0};
}

static bool all_numbers(sumi_tensors_t elements) {
  for (int i = 0; i < elements.count; ++i)
    if (!sumi_tensor_is_number(elements.list[i])) return false;
  return true;
}

static sumi_tensor_t constant_vector(sumi_graph_t *graph, sumi_site_t site,
                                     sumi_tensors_t elements) {
  sumi_array_t *array = sumi_array_new(SUMI_INT32, SUMI_DIMS(elements.count));
  if (!array) {
    sumi__tensor_graph_adopt_failure(graph, sumi_fail_alloc("a shape", 0));
    return (sumi_tensor_t){0};
  }
  sumi_tensor_t vector = {0};
  for (int i = 0; i < elements.count; ++i) {
    const double number = elements.list[i].number;
    if (!(number >= -1 && number <= INT32_MAX) || number != (int32_t)number) {
      sumi__tensor_graph_refuse_at(graph, site, "%g is not a size (entry %d of a shape)", number,
                                   i);
      sumi_array_unref(array);
      return vector;
    }
    ((int32_t *)sumi_array_data(array))[i] = (int32_t)number;
  }
  const sumi_named_attr_t attrs[] = {{"value", {.kind = SUMI_ATTR_ARRAY, .array = array}},
                                     {"dtype", {.kind = SUMI_ATTR_TYPE, .type = SUMI_INT32}}};
  vector = sumi_node(&(sumi_node_spec_t){
      .site = site, .graph = graph, .type = "Const", .attr_count = 2, .attrs = attrs});
  sumi_array_unref(array);
  return vector;
}

sumi_tensor_t sumi_shape_tensor(sumi_graph_t *graph, sumi_site_t site, sumi_tensors_t elements) {
  const bool listed = elements.count == 0 || elements.list;
  for (int i = 0; listed && i < elements.count && !graph; ++i)
    graph = sumi_tensor_graph(elements.list[i]);
  if (!graph || graph->status != SUMI_OK) return (sumi_tensor_t){0};
  if (!listed || elements.count < 0 || elements.count > SUMI__MAX_INPUTS) {
    sumi__tensor_graph_refuse_at(graph, site,
                                 "a shape of %d sizes without a list, or of more than %d",
                                 elements.count, SUMI__MAX_INPUTS);
    return (sumi_tensor_t){0};
  }
  if (elements.count == 1 && elements.list[0].op && sumi_tensor_dims(elements.list[0]).rank != 0)
    return elements.list[0];
  if (all_numbers(elements)) return constant_vector(graph, site, elements);
  const sumi_named_attr_t type = {"T", {.kind = SUMI_ATTR_TYPE, .type = SUMI_INT32}};
  return sumi_node(&(sumi_node_spec_t){.site = site,
                                       .graph = graph,
                                       .type = "Pack",
                                       .inputs = elements,
                                       .attr_count = 1,
                                       .attrs = &type});
}
