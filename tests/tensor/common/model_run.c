#include "model_run.h"

#include <stdio.h>
#include <string.h>

#include <sumi/checkpoint.h>
#include <sumi/gradients.h>
#include <sumi/npy.h>
#include <sumi/ops.h>
#include <sumi/session.h>
#include <sumi/variables.h>

typedef struct work {
  const char *folder;
  model_run_t model;
  sumi_session_t *session;
  int feed_count, fetch_count;
  sumi_array_t *fed[MODEL_MOST], *fetched[3 * MODEL_MOST];
  sumi_feed_t feeds[MODEL_MOST];
  sumi_fetch_t fetches[3 * MODEL_MOST];
  char paths[3 * MODEL_MOST][4096];
} work_t;

void model_output(model_run_t *model, sumi_tensor_t output) {
  model->outputs[model->output_count++] = output;
}

void model_outputs(model_run_t *model, sumi_tensors_t outputs) {
  for (int i = 0; i < outputs.count; ++i) model_output(model, outputs.list[i]);
}

static void load_inputs(work_t *w) {
  for (char path[4096]; w->model.input_count < MODEL_MOST; ++w->model.input_count) {
    const int i = w->model.input_count;
    snprintf(path, sizeof path, "%s/in%d.npy", w->folder, i);
    if (sumi_npy_read(path, &w->fed[i]) != SUMI_OK) return;
    sumi_dims_t dims = sumi_array_dims(w->fed[i]);
    if (dims.rank > 0) dims.size[0] = -1;
    w->model.inputs[i] = sumi_placeholder(w->model.graph, sumi_array_dtype(w->fed[i]),
                                          .shape = dims);
    w->feeds[i] = (sumi_feed_t){.tensor = w->model.inputs[i], .array = w->fed[i]};
  }
}

static void want(work_t *w, sumi_tensor_t tensor, const char *kind, int index) {
  if (!tensor.op) return;
  snprintf(w->paths[w->fetch_count], sizeof *w->paths, "%s/%s%d.npy", w->folder, kind, index);
  w->fetches[w->fetch_count] = (sumi_fetch_t){.tensor = tensor,
                                              .array = &w->fetched[w->fetch_count]};
  ++w->fetch_count;
}

static void want_gradients(work_t *w) {
  const model_run_t *m = &w->model;
  const sumi_tensors_t variables = sumi_collection(m->graph, SUMI_TRAINABLE_VARIABLES);
  sumi_tensor_t ys[MODEL_MOST], dxs[MODEL_MOST] = {{0}}, gs[MODEL_MOST] = {{0}};
  int count = 0;
  for (int i = 0; i < m->output_count; ++i)
    if (sumi_dtype_is_floating(sumi_tensor_dtype(m->outputs[i])))
      ys[count++] = sumi_reduce_sum(sumi_square(m->outputs[i]));
  if (count == 0) return;
  for (int i = 0; i < m->input_count; ++i)
    if (sumi_dtype_is_floating(sumi_tensor_dtype(m->inputs[i])))
      sumi_gradients(SUMI_LIST(count, ys), SUMI_LIST(1, &m->inputs[i]), &dxs[i]);
  if (variables.count) sumi_gradients(SUMI_LIST(count, ys), variables, gs);
  for (int i = 0; i < m->input_count; ++i) want(w, dxs[i], "dx", i);
  for (int i = 0; i < variables.count; ++i) want(w, gs[i], "g", i);
}

static sumi_status_t set_variables(work_t *w) {
  const sumi_tensors_t all = sumi_collection(w->model.graph, SUMI_GLOBAL_VARIABLES);
  sumi_status_t status = SUMI_OK;
  for (int i = 0; i < all.count && status == SUMI_OK; ++i) {
    sumi_array_t *value = sumi_array_uniform(sumi_tensor_dtype(all.list[i]),
                                             sumi_tensor_dims(all.list[i]), -.7, .9, 3, i);
    status = value ? sumi_session_set_variable(w->session, all.list[i], value)
                   : SUMI_RESOURCE_EXHAUSTED;
    sumi_array_unref(value);
  }
  char path[4096];
  snprintf(path, sizeof path, "%s/variables.safetensors", w->folder);
  return status == SUMI_OK && all.count ? sumi_save(w->session, path, 0) : status;
}

static sumi_status_t run(work_t *w, void (*build)(model_run_t *model)) {
  load_inputs(w);
  build(&w->model);
  for (int i = 0; i < w->model.output_count; ++i) want(w, w->model.outputs[i], "out", i);
  if (sumi_graph_status(w->model.graph) == SUMI_OK) want_gradients(w);
  w->session = sumi_session_new(w->model.graph);
  sumi_status_t status = set_variables(w);
  const sumi_feeds_t feeds = {w->model.input_count, w->feeds};
  const sumi_fetches_t fetches = {w->fetch_count, w->fetches};
  if (status == SUMI_OK) status = sumi_session_run(w->session, .feeds = feeds, .fetches = fetches);
  for (int i = 0; i < w->fetch_count && status == SUMI_OK; ++i)
    status = sumi_npy_write(w->paths[i], w->fetched[i]);
  return status;
}

int model_main(int argc, char **argv, const model_entry_t *entries, int count) {
  static work_t work;
  int at = 0;
  while (argc == 3 && at < count && strcmp(entries[at].name, argv[1]) != 0) ++at;
  if (argc != 3 || at == count) return fprintf(stderr, "no such model\n"), 2;
  work.folder = argv[2];
  work.model.graph = sumi_graph_new();
  const sumi_status_t status = run(&work, entries[at].build);
  if (status != SUMI_OK) fprintf(stderr, "%s: %s\n", argv[1], sumi_error_message());
  for (int i = 0; i < work.fetch_count; ++i) sumi_array_unref(work.fetched[i]);
  for (int i = 0; i < work.model.input_count; ++i) sumi_array_unref(work.fed[i]);
  sumi_session_free(work.session);
  sumi_graph_free(work.model.graph);
  return status == SUMI_OK ? 0 : 1;
}
