/* Runs ops for test_nn_ops_tensorflow.py. Each argument is a folder with a file `spec`, one fact
 * per line:
 *   op NAME   inputs N   threads N
 *   static 0|1 (are the shapes of the float inputs known to the graph?)
 *   ints NAME n n n n   string NAME TEXT   bool NAME 0|1   float NAME X   int NAME N
 * and arrays in0.npy … . Written are the outputs, out0.npy …; where there are cotangents dy0.npy …
 * of the outputs, the gradients dx0.npy … of sum(dy . output); and where there are v0.npy … for the
 * float inputs, the gradients ddx0.npy … of sum(v . dx). A failure goes to the file `error`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sumi/constants.h>
#include <sumi/gradients.h>
#include <sumi/npy.h>
#include <sumi/op_def.h>
#include <sumi/ops.h>
#include <sumi/session.h>

enum { MOST = 8, TEXT = 256 };

typedef struct spec {
  char op[TEXT], names[MOST][TEXT], words[MOST][TEXT];
  sumi_named_attr_t attrs[MOST];
  int attr_count, input_count, threads;
  bool fixed;
} spec_t;

typedef struct work {
  const char *folder;
  spec_t spec;
  sumi_graph_t *graph;
  sumi_array_t *arrays[MOST];
  sumi_tensor_t inputs[MOST], floats[MOST];
  int float_inputs[MOST], float_count;
  sumi_feed_t feeds[MOST];
  int feed_count;
} work_t;

static void path_of(const work_t *w, const char *kind, int index, char *path) {
  snprintf(path, 4096, "%s/%s%d.npy", w->folder, kind, index);
}

static sumi_array_t *load(const work_t *w, const char *kind, int index) {
  char path[4096];
  sumi_array_t *array;
  path_of(w, kind, index, path);
  return sumi_npy_read(path, &array) == SUMI_OK ? array : NULL;
}

static bool parse_line(spec_t *spec, const char *line) {
  char kind[TEXT], rest[TEXT];
  if (sscanf(line, "%255s %255[^\n]", kind, rest) != 2) return false;
  if (strcmp(kind, "op") == 0) return snprintf(spec->op, TEXT, "%s", rest) > 0;
  if (strcmp(kind, "inputs") == 0) return (spec->input_count = atoi(rest)) > 0;
  if (strcmp(kind, "static") == 0) return (spec->fixed = atoi(rest) != 0), true;
  if (strcmp(kind, "threads") == 0) return (spec->threads = atoi(rest)) > 0;
  const int i = spec->attr_count++;
  sumi_attr_t *value = &spec->attrs[i].value;
  int used = 0;
  sscanf(rest, "%255s %n", spec->names[i], &used);
  snprintf(spec->words[i], TEXT, "%s", rest + used);
  spec->attrs[i].name = spec->names[i];
  if (strcmp(kind, "ints") == 0) {
    char *at = spec->words[i], *end;
    *value = (sumi_attr_t){.kind = SUMI_ATTR_INTS};
    for (int64_t n = strtoll(at, &end, 10); end != at; n = strtoll(at = end, &end, 10))
      value->dims.size[value->dims.rank++] = n;
  } else if (strcmp(kind, "string") == 0)
    *value = (sumi_attr_t){.kind = SUMI_ATTR_STRING, .string = spec->words[i]};
  else if (strcmp(kind, "bool") == 0)
    *value = (sumi_attr_t){.kind = SUMI_ATTR_BOOL, .boolean = atoi(spec->words[i]) != 0};
  else if (strcmp(kind, "float") == 0)
    *value = (sumi_attr_t){.kind = SUMI_ATTR_FLOAT, .real = atof(spec->words[i])};
  else
    *value = (sumi_attr_t){.kind = SUMI_ATTR_INT, .integer = atoll(spec->words[i])};
  return true;
}

static bool read_spec(work_t *w) {
  char path[4096], line[2 * TEXT];
  snprintf(path, sizeof path, "%s/spec", w->folder);
  FILE *file = fopen(path, "r");
  bool fine = file != NULL;
  while (fine && fgets(line, sizeof line, file)) fine = parse_line(&w->spec, line);
  if (file) fclose(file);
  return fine;
}

/* Floats are fed; integers are constants, as shapes mostly are. */
static void make_inputs(work_t *w) {
  for (int i = 0; i < w->spec.input_count; ++i) {
    sumi_array_t *array = w->arrays[i] = load(w, "in", i);
    if (!array) exit(2);
    if (!sumi_dtype_is_floating(sumi_array_dtype(array))) {
      w->inputs[i] = sumi_constant(w->graph, array);
      continue;
    }
    w->inputs[i] = w->spec.fixed ? sumi_placeholder(w->graph, sumi_array_dtype(array),
                                                    .shape = sumi_array_dims(array))
                                 : sumi_placeholder(w->graph, sumi_array_dtype(array));
    w->feeds[w->feed_count++] = (sumi_feed_t){.tensor = w->inputs[i], .array = array};
    w->float_inputs[w->float_count] = i;
    w->floats[w->float_count++] = w->inputs[i];
  }
}

/* Tensors ys[k] for which there is a cotangent `kind`k.npy, and these. */
static int with_cotangents(work_t *w, const char *kind, int count, const int *index,
                           const sumi_tensor_t *all, sumi_tensor_t *ys, sumi_tensor_t *grads) {
  int found = 0;
  for (int i = 0; i < count; ++i) {
    sumi_array_t *array = all[i].op ? load(w, kind, index[i]) : NULL;
    if (!array) continue;
    ys[found] = all[i];
    grads[found++] = sumi_constant_take(w->graph, array);
  }
  return found;
}

typedef struct results {
  int count;
  sumi_fetch_t fetches[4 * MOST];
  sumi_array_t *arrays[4 * MOST];
  char paths[4 * MOST][4096];
} results_t;

static void want(const work_t *w, results_t *r, sumi_tensor_t tensor, const char *kind, int index) {
  path_of(w, kind, index, r->paths[r->count]);
  r->fetches[r->count] = (sumi_fetch_t){.tensor = tensor, .array = &r->arrays[r->count]};
  ++r->count;
}

static void build(work_t *w, results_t *r) {
  static const int in_order[MOST] = {0, 1, 2, 3, 4, 5, 6, 7};
  sumi_tensor_t outputs[MOST], dxs[MOST], ddxs[MOST], ys[MOST], grads[MOST];
  make_inputs(w);
  const sumi_tensor_t first = sumi_node(
      &(sumi_node_spec_t){.graph = w->graph,
                          .type = w->spec.op,
                          .inputs = SUMI_LIST(w->spec.input_count, w->inputs),
                          .attr_count = w->spec.attr_count,
                          .attrs = w->spec.attrs});
  if (!first.op) return;
  const int output_count = sumi_op_output_count(first.op);
  for (int i = 0; i < output_count; ++i)
    want(w, r, outputs[i] = sumi_op_output(first.op, i), "out", i);
  const int dys = with_cotangents(w, "dy", output_count, in_order, outputs, ys, grads);
  if (dys == 0) return;
  sumi_gradients(SUMI_LIST(dys, ys), SUMI_LIST(w->float_count, w->floats), dxs,
                 .grad_ys = SUMI_LIST(dys, grads));
  for (int i = 0; i < w->float_count; ++i)
    if (dxs[i].op) want(w, r, dxs[i], "dx", w->float_inputs[i]);
  const int vs = with_cotangents(w, "v", w->float_count, w->float_inputs, dxs, ys, grads);
  if (vs == 0) return;
  sumi_gradients(SUMI_LIST(vs, ys), SUMI_LIST(w->float_count, w->floats), ddxs,
                 .grad_ys = SUMI_LIST(vs, grads));
  for (int i = 0; i < w->float_count; ++i)
    if (ddxs[i].op) want(w, r, ddxs[i], "ddx", w->float_inputs[i]);
}

static void report(const work_t *w, sumi_status_t status, const char *message) {
  char path[4096];
  snprintf(path, sizeof path, "%s/error", w->folder);
  FILE *file = fopen(path, "w");
  if (!file) exit(3);
  fprintf(file, "%s: %s\n", sumi_status_name(status), message);
  fclose(file);
}

static void run_case(const char *folder) {
  work_t w = {.folder = folder, .graph = sumi_graph_new()};
  results_t *r = calloc(1, sizeof *r);
  if (!r || !read_spec(&w)) exit(2);
  build(&w, r);
  sumi_session_t *session = sumi_session_new(w.graph, .threads = w.spec.threads);
  sumi_status_t status = sumi_session_run(session, .feeds = {w.feed_count, w.feeds},
                                          .fetches = {r->count, r->fetches});
  if (status != SUMI_OK) report(&w, status, sumi_error_message());
  for (int i = 0; i < r->count && status == SUMI_OK; ++i)
    status = sumi_npy_write(r->paths[i], r->arrays[i]);
  for (int i = 0; i < r->count; ++i) sumi_array_unref(r->arrays[i]);
  for (int i = 0; i < MOST; ++i) sumi_array_unref(w.arrays[i]);
  sumi_session_free(session);
  sumi_graph_free(w.graph);
  free(r);
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; ++i) run_case(argv[i]);
  return 0;
}
