#include <sumi/graph_def.h>

#include <sumi/alloc.h>

#include <stdio.h>
#include <string.h>

#include "graph_def_build.h"
#include "proto_append.h"

static void keep_failure(sumi_graph_def_t *graph, sumi_status_t status) {
  if (status == SUMI_OK || graph->failure != SUMI_OK) return;
  graph->failure = status;
  snprintf(graph->reason, sizeof graph->reason, "%s", sumi_error_message());
}

void sumi__events_graph_def_fail(sumi_graph_def_t *graph, const char *format, ...) {
  va_list args;
  va_start(args, format);
  keep_failure(graph, sumi_vfail(SUMI_INVALID_ARGUMENT, format, args));
  va_end(args);
}

void *sumi__events_graph_def_calloc(sumi_graph_def_t *graph, size_t count, size_t size_bytes) {
  if (graph->failure != SUMI_OK) return NULL;
  void *memory = sumi_arena_calloc(graph->arena, count, size_bytes);
  if (!memory) keep_failure(graph, sumi_fail_alloc("a graph", count * size_bytes));
  return memory;
}

char *sumi__events_graph_def_text(sumi_graph_def_t *graph, const char *what, const char *text) {
  if (graph->failure != SUMI_OK) return NULL;
  const sumi_status_t status = sumi_utf8_check(what, text);
  if (status != SUMI_OK) {
    keep_failure(graph, status);
    return NULL;
  }
  const size_t size = strlen(text) + 1;
  char *copy = sumi__events_graph_def_calloc(graph, 1, size);
  return copy ? memcpy(copy, text, size) : NULL;
}

sumi_graph_def_t *sumi_graph_def_new(void) {
  sumi_graph_def_t *graph = sumi_calloc(1, sizeof *graph);
  if (!graph) return NULL;
  graph->arena = sumi_arena_new();
  if (graph->arena) return graph;
  sumi_free(graph);
  return NULL;
}

void sumi_graph_def_free(sumi_graph_def_t *graph) {
  if (!graph) return;
  sumi_name_table_release(&graph->names);
  sumi_name_table_release(&graph->body_names);
  sumi_arena_free(graph->arena);
  sumi_free(graph);
}

/* TensorFlow's rule for names (core/graph/tensor_id, op name regular expression of graph.proto). */
static bool is_name(const char *name) {
  static const char first[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.";
  static const char rest[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_>./\\-";
  return *name && strchr(first, *name) && strspn(name, rest) == strlen(name);
}

static bool take_name(sumi_graph_def_t *graph, const char *name) {
  sumi_name_table_t *names = graph->function ? &graph->body_names : &graph->names;
  if (!is_name(name)) {
    sumi__events_graph_def_fail(
        graph,
        "\"%s\" is no name for a node; expected a letter, digit or '.', then "
        "letters, digits and _ > . \\ / -",
        name);
    return false;
  }
  if (sumi_name_table_find(names, name)) {
    sumi__events_graph_def_fail(graph, "two nodes are named \"%s\"", name);
    return false;
  }
  sumi_name_t *added = sumi_name_table_make(names, name, sizeof *added);
  if (added && sumi_name_table_add(names, added)) return true;
  keep_failure(graph, sumi_fail_alloc("a node's name", strlen(name)));
  return false;
}

void sumi_graph_def_node(sumi_graph_def_t *graph, const char *name, const char *op,
                         const char *device) {
  graph->node = NULL;
  char *name_copy = sumi__events_graph_def_text(graph, "a node's name", name);
  char *op_copy = sumi__events_graph_def_text(graph, "a node's op", op);
  char *device_copy = sumi__events_graph_def_text(graph, "a node's device", device ? device : "");
  sumi__events_graph_node_t *node = sumi__events_graph_def_calloc(graph, 1, sizeof *node);
  if (!node || !name_copy || !op_copy || !device_copy || !take_name(graph, name_copy)) return;
  sumi__pb__node_def__init(&node->message);
  node->message.name = name_copy;
  node->message.op = op_copy;
  node->message.device = device_copy;
  graph->node = node;
  sumi__events_graph_nodes_t *nodes = graph->function ? &graph->function->nodes : &graph->nodes;
  if (nodes->last)
    nodes->last->next = node;
  else
    nodes->first = node;
  nodes->last = node;
  ++nodes->count;
}

/* The node that inputs and attributes are for; NULL after a failure. */
sumi__events_graph_node_t *sumi__events_graph_def_current(sumi_graph_def_t *graph,
                                                          const char *what) {
  if (graph->failure == SUMI_OK && !graph->node)
    sumi__events_graph_def_fail(graph, "%s was given before any node", what);
  return graph->failure == SUMI_OK ? graph->node : NULL;
}

void sumi_graph_def_input(sumi_graph_def_t *graph, const char *input) {
  sumi__events_graph_node_t *node = sumi__events_graph_def_current(graph, "an input");
  sumi__events_graph_input_t *added = node ? sumi__events_graph_def_calloc(graph, 1, sizeof *added)
                                           : NULL;
  if (!added || !(added->text = sumi__events_graph_def_text(graph, "an input", input))) return;
  const bool is_control = *input == '^';
  if (!is_control && node->last_input && *node->last_input->text == '^') {
    sumi__events_graph_def_fail(graph, "node \"%s\": input \"%s\" comes after a control dependency",
                                node->message.name, input);
    return;
  }
  if (node->last_input)
    node->last_input->next = added;
  else
    node->first_input = added;
  node->last_input = added;
  ++node->message.n_input;
}

static Sumi__Pb__OpDef__ArgDef **
copy_arguments(sumi_graph_def_t *graph, const sumi_graph_def_arg_t *arguments, size_t count) {
  Sumi__Pb__OpDef__ArgDef **copies = sumi__events_graph_def_calloc(graph, count, sizeof *copies);
  for (size_t i = 0; copies && i < count; ++i) {
    copies[i] = sumi__events_graph_def_calloc(graph, 1, sizeof **copies);
    if (!copies[i]) return NULL;
    sumi__pb__op_def__arg_def__init(copies[i]);
    copies[i]->name = sumi__events_graph_def_text(graph, "an argument's name", arguments[i].name);
    copies[i]->type = (Sumi__Pb__DataType)arguments[i].dtype;
    if (!copies[i]->name) return NULL;
  }
  return copies;
}

/* Which value of the body each result is. */
static Sumi__Pb__FunctionDef__RetEntry **
copy_sources(sumi_graph_def_t *graph, const sumi_graph_def_arg_t *results, size_t count) {
  Sumi__Pb__FunctionDef__RetEntry **entries = sumi__events_graph_def_calloc(graph, count,
                                                                            sizeof *entries);
  for (size_t i = 0; entries && i < count; ++i) {
    entries[i] = sumi__events_graph_def_calloc(graph, 1, sizeof **entries);
    if (!entries[i]) return NULL;
    sumi__pb__function_def__ret_entry__init(entries[i]);
    entries[i]->key = sumi__events_graph_def_text(graph, "a result's name", results[i].name);
    entries[i]->value = sumi__events_graph_def_text(graph, "a result's source", results[i].source);
    if (!entries[i]->key || !entries[i]->value) return NULL;
  }
  return entries;
}

void sumi_graph_def_begin_function(sumi_graph_def_t *graph, const char *name,
                                   const sumi_graph_def_arg_t *arguments, size_t argument_count,
                                   const sumi_graph_def_arg_t *results, size_t result_count) {
  if (graph->function)
    sumi__events_graph_def_fail(graph, "function \"%s\" begins inside another", name ? name : "");
  sumi__events_graph_function_t *function = sumi__events_graph_def_calloc(graph, 1,
                                                                          sizeof *function);
  if (!function) return;
  Sumi__Pb__OpDef *signature = &function->signature;
  sumi__pb__function_def__init(&function->message);
  sumi__pb__op_def__init(signature);
  signature->name = sumi__events_graph_def_text(graph, "a function's name", name);
  signature->input_arg = copy_arguments(graph, arguments, argument_count);
  signature->output_arg = copy_arguments(graph, results, result_count);
  function->message.ret = copy_sources(graph, results, result_count);
  if (graph->failure != SUMI_OK) return;
  signature->n_input_arg = argument_count;
  signature->n_output_arg = function->message.n_ret = result_count;
  function->message.signature = signature;
  if (graph->last_function)
    graph->last_function->next = function;
  else
    graph->first_function = function;
  graph->last_function = graph->function = function;
  ++graph->function_count;
  graph->node = NULL;
}

void sumi_graph_def_end_function(sumi_graph_def_t *graph) {
  if (graph->failure == SUMI_OK && !graph->function)
    sumi__events_graph_def_fail(graph, "no function to end");
  sumi_name_table_release(&graph->body_names);
  graph->function = NULL;
  graph->node = NULL;
}

/* Lists become the arrays protobuf-c packs. */
static void flatten_node(sumi_graph_def_t *graph, sumi__events_graph_node_t *node) {
  Sumi__Pb__NodeDef *message = &node->message;
  message->input = sumi__events_graph_def_calloc(graph, message->n_input, sizeof *message->input);
  message->attr = sumi__events_graph_def_calloc(graph, message->n_attr, sizeof *message->attr);
  if (!message->input || !message->attr) return;
  size_t i = 0;
  for (sumi__events_graph_input_t *input = node->first_input; input; input = input->next)
    message->input[i++] = input->text;
  i = message->n_attr; /* attributes were put in front */
  for (sumi__events_graph_attr_t *attr = node->attrs; attr; attr = attr->next)
    message->attr[--i] = &attr->entry;
}

static Sumi__Pb__NodeDef **flatten_nodes(sumi_graph_def_t *graph,
                                         const sumi__events_graph_nodes_t *nodes) {
  Sumi__Pb__NodeDef **array = sumi__events_graph_def_calloc(graph, nodes->count, sizeof *array);
  size_t i = 0;
  for (sumi__events_graph_node_t *node = nodes->first; array && node; node = node->next) {
    flatten_node(graph, node);
    array[i++] = &node->message;
  }
  return array;
}

static void flatten_functions(sumi_graph_def_t *graph, Sumi__Pb__FunctionDefLibrary *library) {
  library->function = sumi__events_graph_def_calloc(graph, graph->function_count,
                                                    sizeof *library->function);
  sumi__events_graph_function_t *function = library->function ? graph->first_function : NULL;
  for (; function; function = function->next) {
    function->message.node_def = flatten_nodes(graph, &function->nodes);
    function->message.n_node_def = function->nodes.count;
    library->function[library->n_function++] = &function->message;
  }
}

sumi_status_t sumi_graph_def_finish(sumi_graph_def_t *graph, int producer, sumi_buffer_t *bytes) {
  if (!graph || !bytes) return sumi_fail(SUMI_INVALID_ARGUMENT, "the graph or buffer is NULL");
  enum { PYTORCH_PRODUCER = 22 }; /* any viewer takes it */
  Sumi__Pb__GraphDef message = SUMI__PB__GRAPH_DEF__INIT;
  Sumi__Pb__VersionDef versions = SUMI__PB__VERSION_DEF__INIT;
  Sumi__Pb__FunctionDefLibrary library = SUMI__PB__FUNCTION_DEF_LIBRARY__INIT;
  if (graph->function) sumi__events_graph_def_fail(graph, "a function was not ended");
  versions.producer = producer ? producer : PYTORCH_PRODUCER;
  message.versions = &versions;
  message.node = flatten_nodes(graph, &graph->nodes);
  message.n_node = graph->nodes.count;
  flatten_functions(graph, &library);
  if (library.n_function > 0) message.library = &library;
  if (graph->failure != SUMI_OK) return sumi_fail(graph->failure, "%s", graph->reason);
  return sumi__events_proto_append(bytes, &message.base);
}
