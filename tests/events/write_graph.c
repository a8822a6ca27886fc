/* write_graph <directory>: the files graph.pb and run_metadata.pb, by rules test_graph.py
 * repeats. */
#include <stdio.h>
#include <stdlib.h>

#include <sumi/graph_def.h>
#include <sumi/run_metadata.h>

static void check(sumi_status_t status) {
  if (status == SUMI_OK) return;
  fprintf(stderr, "%s: %s\n", sumi_status_name(status), sumi_error_message());
  exit(1);
}

static void save(const char *directory, const char *name, const sumi_buffer_t *bytes) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(bytes->data, 1, bytes->size, file) != bytes->size || fclose(file) != 0)
    exit(1);
}

/* A node that no program could run, with an attribute of every type. */
static void add_every_attribute(sumi_graph_def_t *graph) {
  const int64_t dims[2] = {-1, 3}, ints[3] = {-1, 0, INT64_MAX};
  const sumi_graph_def_shape_t known = {2, dims}, scalar = {0, NULL}, unknown = {-1, NULL};
  const sumi_graph_def_shape_t shapes[3] = {{2, dims}, {0, NULL}, {-1, NULL}};
  const float floats[2] = {0.5f, -1e30f};
  const bool bools[2] = {true, false};
  const sumi_dtype_t types[2] = {SUMI_INT64, SUMI_STRING};
  const sumi_bytes_view_t bytes = {"a\0b", 3}, strings[2] = {{"x", 1}, {"", 0}};
  const char *texts[2] = {"one", "墨"};
  const sumi_array_view_t tensor = {SUMI_FLOAT32, 1, {2}, floats},
                          words = {SUMI_STRING, 1, {2}, texts};
  sumi_graph_def_node(graph, "scope/every", "Strange", "/device:GPU:1");
  sumi_graph_def_input(graph, "a");
  sumi_graph_def_input(graph, "call:1");
  sumi_graph_def_input(graph, "^a");
  sumi_graph_def_attr_string(graph, "string", bytes);
  sumi_graph_def_attr_int(graph, "int", -5);
  sumi_graph_def_attr_float(graph, "float", 0.0f);
  sumi_graph_def_attr_bool(graph, "bool", false);
  sumi_graph_def_attr_type(graph, "type", SUMI_UINT8);
  sumi_graph_def_attr_shape(graph, "shape", known);
  sumi_graph_def_attr_shape(graph, "scalar", scalar);
  sumi_graph_def_attr_shape(graph, "unknown", unknown);
  sumi_graph_def_attr_tensor(graph, "tensor", &tensor);
  sumi_graph_def_attr_tensor(graph, "words", &words);
  sumi_graph_def_attr_func(graph, "func", "twice");
  sumi_graph_def_attr_strings(graph, "strings", strings, 2);
  sumi_graph_def_attr_ints(graph, "ints", ints, 3);
  sumi_graph_def_attr_floats(graph, "floats", floats, 2);
  sumi_graph_def_attr_bools(graph, "bools", bools, 2);
  sumi_graph_def_attr_types(graph, "types", types, 2);
  sumi_graph_def_attr_shapes(graph, "shapes", shapes, 3);
  sumi_graph_def_attr_ints(graph, "none", NULL, 0);
}

static void add_function(sumi_graph_def_t *graph) {
  const sumi_graph_def_arg_t argument = {"x", SUMI_FLOAT32, NULL},
                             result = {"y", SUMI_FLOAT32, "sum:z:0"};
  sumi_graph_def_begin_function(graph, "twice", &argument, 1, &result, 1);
  sumi_graph_def_node(graph, "sum", "AddV2", NULL);
  sumi_graph_def_input(graph, "x");
  sumi_graph_def_input(graph, "x");
  sumi_graph_def_attr_type(graph, "T", SUMI_FLOAT32);
  sumi_graph_def_end_function(graph);
}

/* a = [1.5, -2]; call = twice(a). */
static void add_call(sumi_graph_def_t *graph) {
  const float values[2] = {1.5f, -2};
  const sumi_array_view_t tensor = {SUMI_FLOAT32, 1, {2}, values};
  const sumi_dtype_t types[1] = {SUMI_FLOAT32};
  sumi_graph_def_node(graph, "a", "Const", NULL);
  sumi_graph_def_attr_type(graph, "dtype", SUMI_FLOAT32);
  sumi_graph_def_attr_tensor(graph, "value", &tensor);
  sumi_graph_def_node(graph, "call", "PartitionedCall", NULL);
  sumi_graph_def_input(graph, "a");
  sumi_graph_def_attr_func(graph, "f", "twice");
  sumi_graph_def_attr_types(graph, "Tin", types, 1);
  sumi_graph_def_attr_types(graph, "Tout", types, 1);
}

static void save_graph(const char *directory, const char *name, bool every_attribute) {
  sumi_graph_def_t *graph = sumi_graph_def_new();
  sumi_buffer_t bytes = {0};
  if (!graph) exit(1);
  add_function(graph);
  add_call(graph);
  if (every_attribute) add_every_attribute(graph);
  check(sumi_graph_def_finish(graph, 1087, &bytes));
  save(directory, name, &bytes);
  sumi_graph_def_free(graph);
  sumi_buffer_release(&bytes);
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  save_graph(argv[1], "runnable.pb", false);
  save_graph(argv[1], "graph.pb", true);
  const int64_t dims[2] = {4, 5};
  const sumi_graph_def_shape_t outputs[2] = {{2, dims}, {0, NULL}};
  const sumi_node_stats_t nodes[2] = {{.node = "a",
                                       .start_us = 1000,
                                       .duration_us = 7,
                                       .memory_bytes = 80,
                                       .outputs = outputs,
                                       .output_count = 2},
                                      {.node = "call", .start_us = 1010, .duration_us = 3}};
  sumi_buffer_t bytes = {0};
  check(sumi_run_metadata(&bytes, NULL, nodes, 2));
  save(argv[1], "run_metadata.pb", &bytes);
  sumi_buffer_release(&bytes);
  return 0;
}
