/* What an optimizer does with gradients: its variables, the updates, the step counter. Layout of
 * the graph as TensorFlow 1's Optimizer. */
#include "train/optimizer.h"

#include "train/variable.h"

#include <sumi/options.h>
#include <sumi/gradients.h>

#include <math.h>

static sumi_status_t check(sumi_tensors_t gradients, sumi_tensors_t variables) {
  if (gradients.count != variables.count || !gradients.list)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%d gradients for %d variables", gradients.count,
                     variables.count);
  bool any = false;
  for (int i = 0; i < variables.count; ++i) {
    if (!sumi__tensor_variable_of(variables.list[i]))
      return sumi_fail(SUMI_INVALID_ARGUMENT, "what is to be trained (%d) is not a variable", i);
    any |= gradients.list[i].op != NULL;
  }
  if (any) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT,
                   "no gradients: the loss depends on none of the %d variables", variables.count);
}

const sumi__tensor_optimizer_t *sumi__tensor_optimizer_of(const sumi__tensor_optimizer_t *kind,
                                                          sumi_tensor_t variable) {
  return kind->takes && !kind->takes(variable) ? kind->otherwise : kind;
}

/* The optimizer's variables, in the scope around it; the slots of each of the program's. */
static bool prepare(sumi__tensor_update_t *update, sumi_tensors_t gradients) {
  const sumi_tensors_t variables = update->variables;
  update->slots = sumi__tensor_graph_calloc(update->graph, (size_t)variables.count,
                                            sizeof *update->slots);
  if (!update->slots) return false;
  sumi__tensor_composite_begin(update->graph, update->site);
  if (update->kind->prepare) update->kind->prepare(update);
  for (int i = 0; i < variables.count; ++i)
    if (gradients.list[i].op)
      sumi__tensor_make_slots(update, sumi__tensor_optimizer_of(update->kind, variables.list[i]),
                              variables.list[i], update->slots[i].of);
  sumi__tensor_composite_end(update->graph);
  return update->graph->status == SUMI_OK;
}

static sumi_tensor_t rate_of(const sumi_optimizer_t *optimizer, sumi_dtype_t dtype) {
  if (optimizer->schedule.op) return sumi__tensor_cast(optimizer->schedule, dtype);
  return sumi_tensor_of_number(optimizer->learning_rate);
}

/* w -= rate * weight_decay * w, once the gradient at w is there (Loshchilov and Hutter, ICLR 2019).
 */
static sumi_op_t *decay(sumi__tensor_update_t *update, sumi_tensor_t variable,
                        sumi_tensor_t gradient) {
  const sumi_tensor_t share = sumi__tensor_scaled_rate(update, update->optimizer->weight_decay);
  sumi_indexed_slices_t slices;
  const bool sparse = sumi_slices_of(gradient, &slices);
  sumi_control_begin(update->graph, SUMI_OPS(sparse ? slices.values.op : gradient.op));
  const sumi_tensor_t lost = sumi__tensor_apply("Mul", SUMI_TENSORS(variable, share));
  const sumi_tensor_t rest = sumi__tensor_apply("AssignSub", SUMI_TENSORS(variable, lost));
  sumi_control_end(update->graph);
  return rest.op;
}

/* By the rows that the gradient has, where the optimizer knows how. */
static sumi_op_t *apply(sumi__tensor_update_t *update, const sumi__tensor_optimizer_t *kind,
                        sumi_tensor_t variable, const sumi_tensor_t *slots,
                        sumi_tensor_t gradient) {
  sumi_indexed_slices_t slices;
  if (!kind->apply_slices || !sumi_slices_of(gradient, &slices))
    return kind->apply(update, variable, slots, gradient);
  if (!kind->rows_repeat) slices = sumi__tensor_different_rows(slices);
  return kind->apply_slices(update, variable, slots, slices);
}

static sumi_op_t *update_one(sumi__tensor_update_t *update, sumi_tensor_t variable,
                             const sumi_tensor_t *slots, sumi_tensor_t gradient) {
  const sumi__tensor_optimizer_t *kind = sumi__tensor_optimizer_of(update->kind, variable);
  if (kind->decays || !(update->optimizer->weight_decay > 0))
    return apply(update, kind, variable, slots, gradient);
  sumi_op_t *decayed = decay(update, variable, gradient);
  if (!decayed) return NULL;
  sumi_control_begin(update->graph, SUMI_OPS(decayed));
  sumi_op_t *updated = apply(update, kind, variable, slots, gradient);
  sumi_control_end(update->graph);
  return updated;
}

static sumi_op_t *count_step(sumi_graph_t *graph, sumi_op_t *updated, sumi_tensor_t global_step,
                             const char *name) {
  sumi_control_begin(graph, SUMI_OPS(updated));
  const sumi_tensor_t next = sumi_node(&(sumi_node_spec_t){
      .type = "AssignAdd", .name = name, .inputs = SUMI_TENSORS(global_step, 1)});
  sumi_control_end(graph);
  return next.op;
}

static sumi_op_t *build_update(sumi__tensor_update_t *update, sumi_tensors_t gradients,
                               sumi_tensor_t global_step) {
  sumi_graph_t *graph = update->graph;
  const sumi_tensors_t variables = update->variables;
  const sumi__tensor_optimizer_t *kind = update->kind;
  sumi_op_t **ops = sumi__tensor_graph_calloc(
      graph, (size_t)variables.count + SUMI__TENSOR_MAX_STATE, sizeof *ops);
  if (!ops) return NULL;
  int count = 0;
  for (int i = 0; i < variables.count; ++i) {
    if (!gradients.list[i].op) continue;
    update->rate = rate_of(update->optimizer, sumi_tensor_dtype(variables.list[i]));
    ops[count++] = update_one(update, variables.list[i], update->slots[i].of, gradients.list[i]);
  }
  if (graph->status != SUMI_OK) return NULL;
  if (kind->finish) {
    sumi_control_begin(graph, (sumi_ops_t){count, ops});
    kind->finish(update);
    sumi_control_end(graph);
    for (int i = 0; i < SUMI__TENSOR_MAX_STATE; ++i)
      if (update->state[i].op) ops[count++] = update->state[i].op;
  }
  /* The node that does it all has the name of the scope. */
  const char *name = sumi_name_scope(graph);
  if (!global_step.op) return sumi__tensor_group(graph, name, count, ops);
  sumi_op_t *updated = sumi__tensor_group(graph, "update", count, ops);
  return updated ? count_step(graph, updated, global_step, name) : NULL;
}

/* The optimizer as the program gave it, with its defaults. */
static sumi_status_t read_optimizer(const sumi_optimizer_t *given, sumi_optimizer_t *optimizer,
                                    const sumi__tensor_optimizer_t **kind) {
  static const sumi__tensor_optimizer_t *const kinds[] = {
      [SUMI_OPTIMIZER_GRADIENT_DESCENT] = &sumi__tensor_gradient_descent,
      [SUMI_OPTIMIZER_MOMENTUM] = &sumi__tensor_momentum,
      [SUMI_OPTIMIZER_ADAM] = &sumi__tensor_adam,
      [SUMI_OPTIMIZER_ADAGRAD] = &sumi__tensor_adagrad,
      [SUMI_OPTIMIZER_RMS_PROP] = &sumi__tensor_rms_prop,
      [SUMI_OPTIMIZER_CENTERED_RMS_PROP] = &sumi__tensor_centered_rms_prop,
      [SUMI_OPTIMIZER_ADADELTA] = &sumi__tensor_adadelta,
      [SUMI_OPTIMIZER_ADAMW] = &sumi__tensor_adamw,
      [SUMI_OPTIMIZER_AMSGRAD] = &sumi__tensor_amsgrad,
      [SUMI_OPTIMIZER_NADAM] = &sumi__tensor_nadam,
      [SUMI_OPTIMIZER_FTRL] = &sumi__tensor_ftrl,
      [SUMI_OPTIMIZER_LAMB] = &sumi__tensor_lamb,
      [SUMI_OPTIMIZER_LION] = &sumi__tensor_lion,
      [SUMI_OPTIMIZER_MUON] = &sumi__tensor_muon};
  SUMI_TRY(sumi_options_read(optimizer, sizeof *optimizer, given));
  const int number = (int)optimizer->kind;
  if (number <= SUMI_OPTIMIZER_NONE || number >= (int)(sizeof kinds / sizeof *kinds))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "an optimizer of unknown kind %d", number);
  *kind = kinds[number];
  if ((*kind)->fill) (*kind)->fill(optimizer);
  if (optimizer->weight_decay < 0 || isnan(optimizer->weight_decay))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "weight_decay is %g; 0 or more is allowed",
                     optimizer->weight_decay);
  return SUMI_OK;
}

/* False when there is nothing to build, and the graph has refused. */
bool sumi__tensor_update_prepare(sumi__tensor_update_t *update, const sumi_optimizer_t *given,
                                 sumi_site_t site, sumi_tensors_t gradients,
                                 sumi_tensors_t variables) {
  sumi_graph_t *graph = variables.count > 0 && variables.list ? sumi_tensor_graph(variables.list[0])
                                                              : NULL;
  if (!graph || graph->status != SUMI_OK) return false;
  *update = (sumi__tensor_update_t){.graph = graph, .site = site, .variables = variables};
  update->optimizer = &update->filled;
  sumi_status_t status = read_optimizer(given, &update->filled, &update->kind);
  if (status == SUMI_OK) status = check(gradients, variables);
  if (status != SUMI_OK) {
    sumi_graph_refuse(graph, status, site);
    return false;
  }
  return prepare(update, gradients);
}

sumi_op_t *sumi__tensor_update_build(sumi__tensor_update_t *update, sumi_tensors_t gradients,
                                     sumi_tensor_t global_step, const char *name) {
  sumi_graph_t *graph = update->graph;
  if (sumi__tensor_scope_enter(graph, update->site, name ? name : update->kind->name) != SUMI_OK)
    return NULL;
  sumi_op_t *train = build_update(update, gradients, global_step);
  sumi__tensor_scope_leave(graph);
  return graph->status == SUMI_OK ? train : NULL;
}

sumi_op_t *sumi_apply_gradients_at(sumi_site_t site, const sumi_optimizer_t *optimizer,
                                   sumi_tensors_t gradients, sumi_tensors_t variables,
                                   sumi_tensor_t global_step, const char *name) {
  sumi__tensor_update_t update;
  if (!sumi__tensor_update_prepare(&update, optimizer, site, gradients, variables)) return NULL;
  return sumi__tensor_update_build(&update, gradients, global_step, name);
}
