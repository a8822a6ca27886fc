/* minimize: gradients of the loss, clipped, perhaps added up over several runs, and the update. */
#include "train/accumulate.h"
#include "train/optimizer.h"

#include <sumi/gradients.h>
#include <sumi/options.h>
#include <sumi/ops.h>

typedef struct minimizing {
  sumi_graph_t *graph;
  sumi_site_t site;
  const sumi_optimizer_t *optimizer;
  const sumi_minimize_options_t *options;
  sumi_tensors_t variables;
  sumi_tensor_t *gradients;
  sumi__tensor_update_t update;
} minimizing_t;

static bool refuse(const minimizing_t *m, sumi_status_t status) {
  sumi_graph_refuse(m->graph, status, m->site);
  return false;
}

static bool check_options(const minimizing_t *m) {
  const sumi_minimize_options_t *o = m->options;
  if (!(o->clip_value >= 0) || !(o->clip_each_norm >= 0))
    return refuse(m, sumi_fail(SUMI_INVALID_ARGUMENT,
                               "minimize: clip_value is %g and clip_each_norm %g; numbers from 0 "
                               "are allowed",
                               o->clip_value, o->clip_each_norm));
  const int ways = (o->clip_value > 0) + (o->clip_each_norm > 0) + (o->clip_norm > 0);
  if (ways > 1)
    return refuse(m, sumi_fail(SUMI_INVALID_ARGUMENT,
                               "minimize: %d of clip_value, clip_each_norm and clip_norm are "
                               "given; one of them is allowed",
                               ways));
  if (o->accumulate < 0)
    return refuse(m, sumi_fail(SUMI_INVALID_ARGUMENT,
                               "minimize: accumulate is %d; a number of runs is expected",
                               o->accumulate));
  return true;
}

static bool take_variables(minimizing_t *m) {
  const sumi_tensors_t given = m->options->variables.count
                                   ? m->options->variables
                                   : sumi_collection(m->graph, SUMI_TRAINABLE_VARIABLES);
  if (given.count < 0 || (given.count > 0 && !given.list))
    return refuse(
        m, sumi_fail(SUMI_INVALID_ARGUMENT, "minimize: %d variables without a list", given.count));
  if (given.count == 0)
    return refuse(
        m, sumi_fail(SUMI_FAILED_PRECONDITION, "minimize: the graph has no trainable variables"));
  sumi_tensor_t *list = sumi__tensor_graph_calloc(m->graph, (size_t)given.count, sizeof *list);
  m->gradients = sumi__tensor_graph_calloc(m->graph, (size_t)given.count, sizeof *m->gradients);
  if (!list || !m->gradients) return false;
  /* Slots join the collection while it is walked: a copy. */
  for (int i = 0; i < given.count; ++i) list[i] = given.list[i];
  m->variables = (sumi_tensors_t){given.count, list};
  return true;
}

/* ---- Clipping ---- */

static sumi_tensor_t clip_one(const minimizing_t *m, sumi_tensor_t gradient) {
  const double limit = m->options->clip_value, norm = m->options->clip_each_norm;
  return limit > 0 ? sumi_clip_by_value(gradient, -limit, limit)
                   : sumi_clip_by_norm(gradient, norm);
}

static void clip_each(const minimizing_t *m, sumi_tensor_t *gradients) {
  sumi__tensor_composite_begin(m->graph, m->site);
  for (int i = 0; i < m->variables.count; ++i) {
    sumi_indexed_slices_t slices;
    if (!gradients[i].op) continue;
    gradients[i] = sumi_slices_of(gradients[i], &slices)
                       ? sumi_indexed_slices(clip_one(m, slices.values), slices.indices,
                                             slices.rows)
                       : clip_one(m, gradients[i]);
  }
  sumi__tensor_composite_end(m->graph);
}

/* The global norm before clipping, where it is needed; null otherwise. */
static sumi_tensor_t clip(const minimizing_t *m, sumi_tensor_t *gradients, bool wants_norm) {
  const sumi_minimize_options_t *o = m->options;
  const bool each = o->clip_value > 0 || o->clip_each_norm > 0;
  const sumi_tensors_t list = {m->variables.count, gradients};
  sumi_tensor_t norm = {0};
  if (!wants_norm && !each && !(o->clip_norm > 0)) return norm;
  const char *scope = wants_norm || o->clip_norm > 0 ? "gradient_norm" : "clip";
  if (sumi__tensor_scope_enter(m->graph, m->site, scope) != SUMI_OK) return norm;
  if (o->clip_norm > 0)
    norm = sumi_clip_by_global_norm_at(m->site, list, o->clip_norm, gradients);
  else if (wants_norm)
    norm = sumi_global_norm_at(m->site, list);
  if (each) clip_each(m, gradients);
  sumi__tensor_scope_leave(m->graph);
  return norm;
}

/* ---- The update ---- */

static sumi_op_t *update_by_means(sumi_tensors_t means, void *data) {
  minimizing_t *m = data;
  for (int i = 0; i < means.count; ++i) m->gradients[i] = means.list[i];
  clip(m, m->gradients, false);
  return sumi__tensor_update_build(&m->update, (sumi_tensors_t){means.count, m->gradients},
                                   m->options->global_step, m->options->name);
}

static sumi_op_t *update_by_sums(minimizing_t *m) {
  const sumi_minimize_options_t *o = m->options;
  const sumi_tensors_t gradients = {m->variables.count, m->gradients};
  if (o->gradient_norm) {
    if (sumi__tensor_scope_enter(m->graph, m->site, "gradient_norm") != SUMI_OK) return NULL;
    *o->gradient_norm = sumi_global_norm_at(m->site, gradients);
    sumi__tensor_scope_leave(m->graph);
  }
  if (!sumi__tensor_update_prepare(&m->update, m->optimizer, m->site, gradients, m->variables))
    return NULL;
  const char *name = o->name ? o->name : m->update.kind->name;
  return sumi__tensor_accumulate(m->site, name, o->accumulate, gradients, m->variables,
                                 update_by_means, m);
}

static sumi_op_t *update_at_once(minimizing_t *m) {
  const sumi_tensor_t norm = clip(m, m->gradients, m->options->gradient_norm != NULL);
  if (m->options->gradient_norm) *m->options->gradient_norm = norm;
  return sumi_apply_gradients_at(m->site, m->optimizer,
                                 (sumi_tensors_t){m->variables.count, m->gradients}, m->variables,
                                 m->options->global_step, m->options->name);
}

/* Those in branches and loops are run by them. */
static sumi_op_t *after_update_ops(sumi_graph_t *graph, sumi_op_t *train) {
  const sumi_tensors_t updates = sumi_collection(graph, SUMI_UPDATE_OPS);
  if (!train || updates.count == 0) return train;
  sumi_op_t **ops = sumi__tensor_graph_calloc(graph, (size_t)updates.count + 1, sizeof *ops);
  if (!ops) return NULL;
  int count = 0;
  for (int i = 0; i < updates.count; ++i)
    if (updates.list[i].op->function == train->function) ops[count++] = updates.list[i].op;
  if (count == 0) return train;
  ops[count++] = train;
  return sumi__tensor_group(graph, "train", count, ops);
}

sumi_op_t *sumi_minimize_with(const sumi_optimizer_t *optimizer, sumi_site_t site,
                              sumi_tensor_t loss, const sumi_minimize_options_t *given) {
  sumi_minimize_options_t options;
  sumi_graph_t *graph = sumi_tensor_graph(loss);
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given)) return NULL;
  if (!graph || graph->status != SUMI_OK) return NULL;
  minimizing_t m = {.graph = graph, .site = site, .optimizer = optimizer, .options = &options};
  if (!check_options(&m) || !take_variables(&m)) return NULL;
  if (sumi_gradients(SUMI_TENSORS(loss), m.variables, m.gradients) != SUMI_OK) return NULL;
  for (int i = 0; options.gradients && i < m.variables.count; ++i)
    options.gradients[i] = m.gradients[i];
  return after_update_ops(graph, options.accumulate > 1 ? update_by_sums(&m) : update_at_once(&m));
}
