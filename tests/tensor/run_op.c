/* Runs ops for test_ops_tensorflow.py. Each line of stdin is a case:
 *   type kinds in.npz out.npz [name=value[;name=value]...]
 *
 * in.npz holds the inputs in0, in1, … and, for gradients, dy0, dy1, … for the outputs; `kinds` has
 * a letter for each input: f it is fed, s fed and of known shape, c it is a constant ("-" without
 * inputs). out.npz receives the outputs out0, … and the gradients dx0, …. For each case a line goes
 * to stdout: "ok", or what was refused. */
#include "graph/schema.h"

#include <sumi/gradients.h>
#include <sumi/npy.h>
#include <sumi/op_def.h>
#include <sumi/session.h>

#include <stdio.h>
#include <string.h>

enum { MOST = 16, LINE = 4096 };

typedef struct run {
  sumi_graph_t *graph;
  sumi__tensor_schema_t schema;
  int input_count, dy_count, result_count;
  sumi_array_t *in[MOST], *dy[MOST], *results[2 * MOST];
  char names[2 * MOST][16];
  sumi_tensor_t inputs[MOST], fetched[2 * MOST];
  sumi_feed_t feeds[MOST];
  int feed_count;
} run_t;

static sumi_tensor_t source(run_t *r, const char *type, const char *attr, sumi_attr_t value,
                            sumi_dtype_t dtype) {
  const sumi_named_attr_t attrs[] = {{attr, value},
                                     {"dtype", {.kind = SUMI_ATTR_TYPE, .type = dtype}}};
  return sumi_node(&(sumi_node_spec_t){
      .site = SUMI_HERE, .graph = r->graph, .type = type, .attr_count = 2, .attrs = attrs});
}

static sumi_tensor_t constant(run_t *r, sumi_array_t *array) {
  const sumi_attr_t value = {.kind = SUMI_ATTR_ARRAY, .array = array};
  return source(r, "Const", "value", value, sumi_array_dtype(array));
}

static sumi_tensor_t placeholder(run_t *r, sumi_array_t *array, bool shaped) {
  const sumi_attr_t value = {.kind = SUMI_ATTR_SHAPE,
                             .dims = shaped ? sumi_array_dims(array) : SUMI_DIMS_UNKNOWN};
  const sumi_tensor_t x = source(r, "Placeholder", "shape", value, sumi_array_dtype(array));
  r->feeds[r->feed_count++] = (sumi_feed_t){.tensor = x, .array = array};
  return x;
}

static sumi_status_t read_arrays(const char *path, run_t *r) {
  sumi_npz_t *npz;
  SUMI_TRY(sumi_npz_open(path, &npz));
  sumi_status_t status = SUMI_OK;
  for (int64_t i = 0; i < sumi_npz_count(npz) && status == SUMI_OK; ++i) {
    const char *name = sumi_npz_name(npz, i);
    int index;
    if (sscanf(name, "in%d", &index) == 1 && index < MOST) {
      status = sumi_npz_read(npz, name, &r->in[index]);
      if (index >= r->input_count) r->input_count = index + 1;
    } else if (sscanf(name, "dy%d", &index) == 1 && index < MOST) {
      status = sumi_npz_read(npz, name, &r->dy[index]);
      if (index >= r->dy_count) r->dy_count = index + 1;
    }
  }
  sumi_npz_close(npz);
  return status;
}

static int parse_attrs(run_t *r, char *text, sumi_named_attr_t *attrs) {
  int count = 0;
  for (char *item = strtok(text, ";"); item; item = strtok(NULL, ";")) {
    char *value = strchr(item, '=');
    if (!value) return -1;
    *value++ = 0;
    const int index = sumi__tensor_schema_attr(&r->schema, item);
    if (index < 0) return -1;
    attrs[count].name = r->schema.attrs[index].name;
    if (!sumi__tensor_schema_value(&r->schema, &r->schema.attrs[index], value, strlen(value),
                                   &attrs[count++].value))
      return -1;
  }
  return count;
}

static void fetch(run_t *r, const char *prefix, int index, sumi_tensor_t tensor) {
  if (!tensor.op) return;
  snprintf(r->names[r->result_count], sizeof r->names[0], "%s%d", prefix, index);
  r->fetched[r->result_count++] = tensor;
}

static sumi_status_t build(run_t *r, const char *type, const char *kinds, char *attr_text) {
  const sumi_op_def_t *def = sumi_find_op_def(type);
  sumi_named_attr_t attrs[SUMI__MAX_ATTRS];
  size_t offset;
  const char *error;
  if (!def) return SUMI_NOT_FOUND;
  if (!sumi__tensor_schema_parse(&r->schema, def->schema, &offset, &error)) return SUMI_INTERNAL;
  const int attr_count = parse_attrs(r, attr_text, attrs);
  if (attr_count < 0) return sumi_fail(SUMI_INVALID_ARGUMENT, "attributes of %s", type);
  for (int i = 0; i < r->input_count; ++i)
    r->inputs[i] = kinds[i] == 'c' ? constant(r, r->in[i])
                                   : placeholder(r, r->in[i], kinds[i] == 's');
  const sumi_tensor_t node = sumi_node(&(sumi_node_spec_t){.site = SUMI_HERE,
                                                           .graph = r->graph,
                                                           .type = type,
                                                           .inputs = {r->input_count, r->inputs},
                                                           .attr_count = attr_count,
                                                           .attrs = attrs});
  if (!node.op) return sumi_graph_status(r->graph);
  for (int i = 0; i < sumi_op_output_count(node.op); ++i) fetch(r, "out", i, sumi_output(node, i));
  sumi_tensor_t ys[MOST], dys[MOST], xs[MOST], dxs[MOST];
  int y_count = 0, x_count = 0, index[MOST];
  for (int i = 0; i < r->dy_count; ++i)
    if (r->dy[i]) ys[y_count] = sumi_output(node, i), dys[y_count++] = constant(r, r->dy[i]);
  if (!y_count) return SUMI_OK;
  for (int i = 0; i < r->input_count; ++i)
    if (sumi_dtype_is_floating(sumi_array_dtype(r->in[i])))
      index[x_count] = i, xs[x_count++] = r->inputs[i];
  SUMI_TRY(sumi_gradients(SUMI_LIST(y_count, ys), SUMI_LIST(x_count, xs), dxs,
                          .grad_ys = SUMI_LIST(y_count, dys)));
  for (int i = 0; i < x_count; ++i) fetch(r, "dx", index[i], dxs[i]);
  return SUMI_OK;
}

static sumi_status_t run_and_write(run_t *r, const char *path) {
  sumi_fetch_t fetches[2 * MOST] = {0};
  sumi_npz_item_t items[2 * MOST] = {0};
  for (int i = 0; i < r->result_count; ++i)
    fetches[i] = (sumi_fetch_t){.tensor = r->fetched[i], .array = &r->results[i]};
  sumi_session_t *session = sumi_session_new(r->graph);
  const sumi_feeds_t feeds = {r->feed_count, r->feeds};
  const sumi_fetches_t wanted = {r->result_count, fetches};
  sumi_status_t status = sumi_session_run(session, .feeds = feeds, .fetches = wanted);
  sumi_session_free(session);
  for (int i = 0; i < r->result_count; ++i)
    items[i] = (sumi_npz_item_t){.name = r->names[i], .array = r->results[i]};
  return status ? status : sumi_npz_write(path, r->result_count, items);
}

static void run_case(const char *type, const char *kinds, const char *in, const char *out,
                     char *attrs) {
  static run_t r;
  memset(&r, 0, sizeof r);
  r.graph = sumi_graph_new();
  sumi_status_t status = read_arrays(in, &r);
  if (status == SUMI_OK) status = build(&r, type, kinds, attrs);
  if (status == SUMI_OK) status = sumi_graph_status(r.graph);
  if (status == SUMI_OK) status = run_and_write(&r, out);
  const char *message = sumi_graph_status(r.graph) ? sumi_graph_message(r.graph)
                                                   : sumi_error_message();
  if (status == SUMI_OK)
    puts("ok");
  else
    printf("%s: %s\n", sumi_status_name(status), message);
  sumi_graph_free(r.graph);
  for (int i = 0; i < MOST; ++i) sumi_array_unref(r.in[i]), sumi_array_unref(r.dy[i]);
  for (int i = 0; i < r.result_count; ++i) sumi_array_unref(r.results[i]);
}

int main(void) {
  static char line[LINE], type[LINE], kinds[LINE], in[LINE], out[LINE], attrs[LINE];
  while (fgets(line, sizeof line, stdin)) {
    attrs[0] = 0;
    if (sscanf(line, "%s %s %s %s %[^\n]", type, kinds, in, out, attrs) < 4) return 2;
    run_case(type, kinds, in, out, attrs);
  }
  return 0;
}
