/* Gradients added up over several runs: sums that are variables, and a branch that is taken when
 * they are complete. The sums of slices are kept as a dense tensor and the rows that it has, so
 * that the update touches the rows that one big batch would touch. */
#include "train/accumulate.h"

#include "train/optimizer.h"
#include "train/variable.h"

#include <sumi/constants.h>
#include <sumi/control.h>
#include <sumi/ops.h>

/* Variables themselves, not their reads. */
typedef struct sum {
  sumi_tensor_t total; /* null: no gradient */
  sumi_tensor_t rows;  /* bool: which rows `total` has; null: all */
} sum_t;

typedef struct accumulation {
  sumi_graph_t *graph;
  sumi_tensor_t counter;
  int runs, count;
  sum_t *sums;
  sumi__tensor_update_fn_t update;
  void *data;
} accumulation_t;

static sumi_tensor_t itself(sumi_tensor_t read) {
  sumi_op_t *variable = sumi__tensor_variable_of(read);
  return variable ? sumi_op_output(variable, 0) : (sumi_tensor_t){0};
}

static sum_t make_sum(sumi_graph_t *graph, sumi_tensor_t variable, sumi_tensor_t gradient) {
  const sumi_dims_t dims = sumi_tensor_dims(variable);
  sumi_indexed_slices_t slices;
  sum_t sum = {.total = itself(sumi__tensor_make_slot(graph, variable, "accumulated_gradient", dims,
                                                      sumi_tensor_dtype(variable), 0))};
  if (sumi_slices_of(gradient, &slices))
    sum.rows = itself(sumi__tensor_make_slot(graph, variable, "accumulated_rows",
                                             SUMI_DIMS(dims.size[0]), SUMI_BOOL, 0));
  return sum;
}

/* Appends what adds one gradient to its sum. */
static int add(const sum_t *sum, sumi_tensor_t gradient, sumi_op_t **ops) {
  sumi_indexed_slices_t slices;
  if (!sum->rows.op || !sumi_slices_of(gradient, &slices)) {
    ops[0] = sumi_assign_add(sum->total, gradient).op;
    return 1;
  }
  const sumi_tensor_t flat = sumi_reshape(slices.indices, SUMI_SHAPE(-1));
  const sumi_tensor_t all_true = sumi_cast(sumi_ones_like(flat), SUMI_BOOL);
  ops[0] = sumi_scatter_add(sum->total, slices.indices, slices.values).op;
  ops[1] = sumi_scatter_update(sum->rows, flat, all_true).op;
  return 2;
}

static sumi_tensor_t mean(const accumulation_t *a, const sum_t *sum) {
  if (!sum->rows.op) return sumi_div(sum->total, a->runs);
  const sumi_tensor_t found = sumi_reshape(sumi_where(sum->rows), SUMI_SHAPE(-1));
  const sumi_tensor_t values = sumi_gather(sum->total, found);
  return sumi_indexed_slices(sumi_div(values, a->runs), found,
                             sumi_gather(sumi_shape(sum->total), 0));
}

/* Everything is 0 again, once the update has been made. */
static void clear(const accumulation_t *a) {
  for (int i = 0; i < a->count; ++i) {
    const sum_t *sum = &a->sums[i];
    if (sum->total.op) sumi_assign(sum->total, sumi_zeros_like(sum->total));
    if (sum->rows.op) sumi_assign(sum->rows, sumi_zeros_like(sum->rows));
  }
  sumi_assign(a->counter, sumi_zeros_like(a->counter));
}

static void complete(sumi_graph_t *graph, sumi_tensor_t *results, void *data) {
  const accumulation_t *a = data;
  (void)results;
  sumi_tensor_t *means = sumi__tensor_graph_calloc(graph, (size_t)a->count, sizeof *means);
  if (!means) return;
  for (int i = 0; i < a->count; ++i)
    if (a->sums[i].total.op) means[i] = mean(a, &a->sums[i]);
  sumi_op_t *updated = a->update((sumi_tensors_t){a->count, means}, a->data);
  if (!updated) return;
  sumi_control_begin(graph, SUMI_OPS(updated));
  clear(a);
  sumi_control_end(graph);
}

static void incomplete(sumi_graph_t *graph, sumi_tensor_t *results, void *data) {
  (void)graph;
  (void)results;
  (void)data;
}

static sumi_tensor_t make_counter(sumi_graph_t *graph, sumi_site_t site) {
  const sumi_variable_options_t options = {
      .not_trainable = true, .dtype = SUMI_INT32, .initializer = SUMI_ZEROS_INITIALIZER};
  return itself(sumi__tensor_new_variable(graph, site, "accumulated_runs", SUMI_SCALAR, &options));
}

sumi_op_t *sumi__tensor_accumulate(sumi_site_t site, const char *name, int runs,
                                   sumi_tensors_t gradients, sumi_tensors_t variables,
                                   sumi__tensor_update_fn_t update, void *data) {
  sumi_graph_t *graph = sumi_tensor_graph(variables.list[0]);
  accumulation_t a = {
      .graph = graph, .runs = runs, .count = variables.count, .update = update, .data = data};
  a.sums = sumi__tensor_graph_calloc(graph, (size_t)a.count, sizeof *a.sums);
  sumi_op_t **ops = sumi__tensor_graph_calloc(graph, 2 * (size_t)a.count + 1, sizeof *ops);
  if (!a.sums || !ops) return NULL;
  const sumi_cond_options_t options = {.struct_size = sizeof options, .name = name};
  a.counter = make_counter(graph, site);
  int count = 0;
  for (int i = 0; i < a.count && graph->status == SUMI_OK; ++i) {
    if (!gradients.list[i].op) continue;
    a.sums[i] = make_sum(graph, variables.list[i], gradients.list[i]);
    count += add(&a.sums[i], gradients.list[i], ops + count);
  }
  const sumi_tensor_t counted = sumi_assign_add(a.counter, 1);
  ops[count++] = counted.op;
  if (graph->status != SUMI_OK) return NULL;
  sumi_control_begin(graph, (sumi_ops_t){count, ops});
  sumi_op_t *updated = sumi_cond_with(sumi_greater_equal(counted, runs), site, complete, incomplete,
                                      &a, 0, NULL, &options);
  sumi_control_end(graph);
  return updated;
}
