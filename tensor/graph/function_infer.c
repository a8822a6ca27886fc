/* Shapes through functions: their nodes' shape functions once more, on what is known of the call.
 */
#include "graph/flow.h"

#include <sumi/alloc.h>

typedef struct walk {
  const sumi_function_t *function;
  const sumi_dims_t *in;
  const sumi_known_t *known_in;
  int *first;          /* by node of the function: where its outputs stand below */
  sumi_dims_t *dims;   /* of all nodes' outputs, then room for one node's inputs */
  sumi_known_t *known; /* the same */
  int outputs;
} walk_t;

static const sumi_known_t nothing_known;

/* What is known of a tensor that the function uses. */
static void look_up(const walk_t *w, sumi_tensor_t tensor, sumi_dims_t *dims, sumi_known_t *known) {
  const sumi_function_t *f = w->function;
  for (int i = 0; i < f->input_count; ++i) {
    if (!f->inputs[i].op || !sumi__tensor_same(f->inputs[i], tensor)) continue;
    *dims = w->in[i];
    *known = w->known_in ? w->known_in[i] : nothing_known;
    return;
  }
  if (tensor.op->function == f) {
    const int at = w->first[tensor.op->index - f->first] + tensor.index;
    *dims = w->dims[at];
    *known = w->known[at];
    return;
  }
  const sumi__tensor_output_t *output = &tensor.op->outputs[tensor.index];
  *dims = output->dims;
  *known = output->known ? *output->known : nothing_known;
}

static sumi_status_t infer_op(const walk_t *w, const sumi_op_t *op, bool actual) {
  const int at = w->first[op->index - w->function->first];
  for (int i = 0; i < op->input_count; ++i)
    look_up(w, op->inputs[i], &w->dims[w->outputs + i], &w->known[w->outputs + i]);
  sumi_dims_t *dims = w->dims + at;
  sumi_known_t *known = w->known + at;
  SUMI_TRY((actual ? sumi__tensor_infer_op : sumi__tensor_infer_static)(
      op, w->dims + w->outputs, w->known + w->outputs, dims, known));
  for (int i = 0; i < op->output_count; ++i) {
    const sumi_dims_t inferred = dims[i];
    if (!sumi_merge_dims(inferred, op->outputs[i].dims, &dims[i]))
      return sumi_fail(SUMI_INVALID_ARGUMENT,
                       "output %d of '%s' has shape %s, which contradicts its static shape %s", i,
                       op->name, sumi_dims_text(inferred).text,
                       sumi_dims_text(op->outputs[i].dims).text);
    if (!known[i].valid && op->outputs[i].known) known[i] = *op->outputs[i].known;
  }
  return SUMI_OK;
}

static sumi_status_t infer_all(const walk_t *w, bool actual, sumi_dims_t *results) {
  const sumi_function_t *f = w->function;
  for (int i = f->first; i < f->last; ++i)
    if (f->graph->ops[i]->function == f) SUMI_TRY(infer_op(w, f->graph->ops[i], actual));
  for (int i = 0; i < f->result_count; ++i) {
    sumi_known_t known;
    results[i] = SUMI_DIMS_UNKNOWN;
    if (f->results[i].op) look_up(w, f->results[i], &results[i], &known);
  }
  return SUMI_OK;
}

sumi_status_t sumi__tensor_function_infer(const sumi_function_t *f, bool actual,
                                          const sumi_dims_t *in, const sumi_known_t *known_in,
                                          sumi_dims_t *results) {
  walk_t w = {.function = f, .in = in, .known_in = known_in};
  size_t outputs = 0, most_inputs = 0;
  w.first = sumi_calloc((size_t)(f->last - f->first) + 1, sizeof *w.first);
  for (int i = f->first; w.first && i < f->last; ++i) {
    const sumi_op_t *op = f->graph->ops[i];
    if (op->function != f) continue;
    w.first[i - f->first] = (int)outputs;
    outputs += (size_t)op->output_count;
    if ((size_t)op->input_count > most_inputs) most_inputs = (size_t)op->input_count;
  }
  w.outputs = (int)outputs;
  w.dims = sumi_calloc(outputs + most_inputs + 1, sizeof *w.dims);
  w.known = sumi_calloc(outputs + most_inputs + 1, sizeof *w.known);
  const sumi_status_t status = w.first && w.dims && w.known
                                   ? infer_all(&w, actual, results)
                                   : sumi_fail_alloc("a function's shapes", outputs);
  sumi_free(w.known);
  sumi_free(w.dims);
  sumi_free(w.first);
  return status;
}
