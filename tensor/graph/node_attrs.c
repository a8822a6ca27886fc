/* Attribute values of a new node. */
#include "graph/node.h"

#include <sumi/alloc.h>

#include <limits.h>
#include <string.h>

static const char *kind_name(sumi_attr_kind_t kind) {
  static const char *const names[] = {
      [SUMI_ATTR_NONE] = "nothing",    [SUMI_ATTR_BOOL] = "bool",
      [SUMI_ATTR_INT] = "int",         [SUMI_ATTR_FLOAT] = "float",
      [SUMI_ATTR_STRING] = "string",   [SUMI_ATTR_TYPE] = "type",
      [SUMI_ATTR_SHAPE] = "shape",     [SUMI_ATTR_INTS] = "ints",
      [SUMI_ATTR_TYPES] = "types",     [SUMI_ATTR_ARRAY] = "array",
      [SUMI_ATTR_POINTER] = "pointer", [SUMI_ATTR_STRINGS] = "strings",
  };
  return names[kind];
}

static bool is_word_of(const sumi__tensor_attr_def_t *def, const char *text) {
  for (int i = 0; i < def->word_count; ++i)
    if (strcmp(def->words[i], text) == 0) return true;
  return def->word_count == 0;
}

static bool is_type_of(const sumi__tensor_attr_def_t *def, sumi_dtype_t dtype) {
  for (int i = 0; i < def->type_count; ++i)
    if (def->types[i] == dtype) return true;
  return def->type_count == 0;
}

static sumi_status_t check_dims(const sumi__tensor_builder_t *b, const sumi__tensor_attr_def_t *def,
                                sumi_dims_t dims) {
  if (dims.rank > SUMI_MAX_RANK || (dims.rank < 0 && dims.rank != SUMI_UNKNOWN_RANK))
    return sumi__tensor_builder_refuse(b, "attribute %s has %d entries; at most %d are allowed",
                                       def->name, dims.rank, SUMI_MAX_RANK);
  for (int i = 0; def->kind == SUMI_ATTR_SHAPE && i < dims.rank; ++i)
    if (dims.size[i] < -1)
      return sumi__tensor_builder_refuse(b, "attribute %s has a size of %lld", def->name,
                                         (long long)dims.size[i]);
  return SUMI_OK;
}

static sumi_status_t check_type(const sumi__tensor_builder_t *b, const sumi__tensor_attr_def_t *def,
                                sumi_dtype_t dtype) {
  if (sumi_dtype_size_bytes(dtype) == 0)
    return sumi__tensor_builder_refuse(b, "attribute %s: dtype %d is unknown", def->name,
                                       (int)dtype);
  if (!is_type_of(def, dtype))
    return sumi__tensor_builder_refuse(b, "%s may not be %s", def->name, sumi_dtype_name(dtype));
  return SUMI_OK;
}

static void unref_array(void *array) {
  sumi_array_unref(array);
}

static sumi_status_t keep_texts(sumi_graph_t *graph, sumi_texts_t *texts) {
  if (texts->count == 0) return SUMI_OK;
  const char **list = sumi_arena_calloc(graph->arena, (size_t)texts->count, sizeof *list);
  if (!list) return sumi__tensor_graph_adopt_failure(graph, sumi_fail_alloc("a list of texts", 0));
  for (int i = 0; i < texts->count; ++i)
    if (!(list[i] = sumi__tensor_graph_strdup(graph, texts->list[i]))) return graph->status;
  texts->list = list;
  return SUMI_OK;
}

/* Texts, lists and arrays are copied or counted: the node keeps them as long as the graph lives. */
static sumi_status_t keep(const sumi__tensor_builder_t *b, sumi_attr_t *value) {
  sumi_graph_t *graph = b->graph;
  switch (value->kind) {
  case SUMI_ATTR_STRING:
    value->string = sumi__tensor_graph_strdup(graph, value->string ? value->string : "");
    return value->string ? SUMI_OK : graph->status;
  case SUMI_ATTR_TYPES:
    if (value->types.count == 0) return SUMI_OK;
    value->types.list = sumi_arena_memdup(graph->arena, value->types.list,
                                          (size_t)value->types.count * sizeof(sumi_dtype_t));
    if (value->types.list) return SUMI_OK;
    return sumi__tensor_graph_adopt_failure(graph, sumi_fail_alloc("a list of types", 0));
  case SUMI_ATTR_STRINGS: return keep_texts(graph, &value->texts);
  case SUMI_ATTR_ARRAY:
    if (!value->array) return sumi__tensor_builder_refuse(b, "the array is NULL");
    return sumi__tensor_graph_own(graph, sumi_array_ref(value->array), unref_array);
  default: return SUMI_OK;
  }
}

/* Whether a list may have that many items. */
static sumi_status_t check_count(const sumi__tensor_builder_t *b,
                                 const sumi__tensor_attr_def_t *def, int count, const void *list,
                                 int most) {
  if (count >= 0 && count <= most && (count == 0 || list)) return SUMI_OK;
  return sumi__tensor_builder_refuse(b, "attribute %s: a list of %d %s%s; 0 to %d are allowed",
                                     def->name, count, kind_name(def->kind),
                                     count > 0 && !list ? " at NULL" : "", most);
}

static sumi_status_t check_texts(const sumi__tensor_builder_t *b,
                                 const sumi__tensor_attr_def_t *def, sumi_texts_t texts) {
  SUMI_TRY(check_count(b, def, texts.count, texts.list, INT_MAX));
  for (int i = 0; i < texts.count; ++i)
    if (!texts.list[i])
      return sumi__tensor_builder_refuse(b, "attribute %s: text %d is NULL", def->name, i);
  return SUMI_OK;
}

static sumi_status_t check(const sumi__tensor_builder_t *b, const sumi__tensor_attr_def_t *def,
                           const sumi_attr_t *value) {
  if (value->kind != def->kind)
    return sumi__tensor_builder_refuse(b, "attribute %s is a %s, not a %s", def->name,
                                       kind_name(def->kind), kind_name(value->kind));
  switch (def->kind) {
  case SUMI_ATTR_SHAPE:
  case SUMI_ATTR_INTS: return check_dims(b, def, value->dims);
  case SUMI_ATTR_TYPE: return check_type(b, def, value->type);
  case SUMI_ATTR_TYPES:
    SUMI_TRY(check_count(b, def, value->types.count, value->types.list, SUMI__MAX_INPUTS));
    for (int i = 0; i < value->types.count; ++i) SUMI_TRY(check_type(b, def, value->types.list[i]));
    return SUMI_OK;
  case SUMI_ATTR_STRINGS: return check_texts(b, def, value->texts);
  case SUMI_ATTR_STRING:
    if (!is_word_of(def, value->string ? value->string : ""))
      return sumi__tensor_builder_refuse(b, "attribute %s may not be '%s'", def->name,
                                         value->string ? value->string : "(NULL)");
    return SUMI_OK;
  default: return SUMI_OK;
  }
}

/* TensorFlow's get_seed: the graph's and the op's seed together decide a random op's stream;
 * without either the session draws one. Done here, so that an exported graph carries the same pair.
 */
static void resolve_seeds(sumi__tensor_builder_t *b) {
  enum { DEFAULT_GRAPH_SEED = 87654321 };
  const sumi__tensor_schema_t *schema = &b->type->schema;
  const int first = sumi__tensor_schema_attr(schema, "seed"),
            second = sumi__tensor_schema_attr(schema, "seed2");
  if (first < 0 || second < 0 || b->type->def->expand) return;
  int64_t *seed = &b->attrs[first].integer, *seed2 = &b->attrs[second].integer;
  if (*seed2 != 0) return;
  if (b->graph->has_seed) {
    *seed2 = *seed != 0 ? *seed : b->graph->op_count;
    *seed = b->graph->seed;
    if (*seed == 0 && *seed2 == 0) *seed2 = INT32_MAX; /* (0, 0) would mean "none" */
  } else if (*seed != 0) {
    *seed2 = *seed;
    *seed = DEFAULT_GRAPH_SEED;
  }
}

sumi_status_t sumi__tensor_builder_check_numbers(const sumi__tensor_builder_t *b,
                                                 const sumi__tensor_arg_t *args, int count) {
  for (int i = 0; i < count; ++i) {
    if (args[i].number_attr < 0) continue;
    const sumi_attr_t *number = &b->attrs[args[i].number_attr];
    if (number->kind == SUMI_ATTR_INT &&
        (number->integer < 1 || number->integer > SUMI__MAX_INPUTS))
      return sumi__tensor_builder_refuse(b, "%s of %lld tensors; 1 to %d are allowed", args[i].name,
                                         (long long)number->integer, SUMI__MAX_INPUTS);
  }
  return SUMI_OK;
}

/* As a GraphDef carries them. What a composite op is given never becomes an attribute of a node. */
static void round_floats(sumi__tensor_builder_t *b) {
  for (int i = 0; i < b->type->schema.attr_count; ++i)
    if (b->attrs[i].kind == SUMI_ATTR_FLOAT && !b->type->def->expand)
      b->attrs[i].real = (double)(float)b->attrs[i].real;
}

sumi_status_t sumi__tensor_builder_attrs(sumi__tensor_builder_t *b) {
  const sumi__tensor_schema_t *schema = &b->type->schema;
  b->attrs = sumi__tensor_graph_calloc(b->graph, (size_t)schema->attr_count, sizeof *b->attrs);
  if (!b->attrs) return b->graph->status;
  for (int i = 0; i < b->spec->attr_count; ++i) {
    const sumi_named_attr_t *given = &b->spec->attrs[i];
    if (given->value.kind == SUMI_ATTR_NONE) continue;
    const int index = given->name ? sumi__tensor_schema_attr(schema, given->name) : -1;
    if (index < 0)
      return sumi__tensor_builder_refuse(b, "there is no attribute '%s'",
                                         given->name ? given->name : "(NULL)");
    SUMI_TRY(check(b, &schema->attrs[index], &given->value));
    b->attrs[index] = given->value;
    SUMI_TRY(keep(b, &b->attrs[index]));
  }
  for (int i = 0; i < schema->attr_count; ++i) {
    const sumi__tensor_attr_def_t *def = &schema->attrs[i];
    if (b->attrs[i].kind != SUMI_ATTR_NONE || def->inferred) continue;
    if (!def->has_default)
      return sumi__tensor_builder_refuse(b, "attribute %s (a %s) is missing", def->name,
                                         kind_name(def->kind));
    b->attrs[i] = def->value;
  }
  round_floats(b);
  SUMI_TRY(sumi__tensor_builder_check_numbers(b, schema->inputs, schema->input_count));
  SUMI_TRY(sumi__tensor_builder_check_numbers(b, schema->outputs, schema->output_count));
  resolve_seeds(b);
  return SUMI_OK;
}
