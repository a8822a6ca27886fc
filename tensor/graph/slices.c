/* Slices: gradients of which most rows are 0. TensorFlow's IndexedSlices are a type of their own,
 * and made dense where a tensor is needed. Here they are the node that makes them dense, with a
 * mark: who knows what to do with slices takes the node's inputs, and then the node is in no plan;
 * all others use its output. */
#include "graph/slices.h"

#include "graph/apply.h"

sumi_tensor_t sumi_indexed_slices(sumi_tensor_t values, sumi_tensor_t indices, sumi_tensor_t rows) {
  const sumi_tensor_t sum = sumi__tensor_apply("UnsortedSegmentSum",
                                               SUMI_TENSORS(values, indices, rows));
  if (sum.op) sum.op->is_slices = true;
  return sum;
}

bool sumi_slices_of(sumi_tensor_t tensor, sumi_indexed_slices_t *slices) {
  *slices = (sumi_indexed_slices_t){.values = {0}};
  if (!tensor.op || !tensor.op->is_slices) return false;
  *slices = (sumi_indexed_slices_t){.values = sumi_op_input(tensor.op, 0),
                                    .indices = sumi_op_input(tensor.op, 1),
                                    .rows = sumi_op_input(tensor.op, 2)};
  return true;
}

/* Several lists one behind the other; `parts` is used up. */
static sumi_tensor_t joined(int count, sumi_tensor_t *parts) {
  const sumi_named_attr_t attr = {"N", {.kind = SUMI_ATTR_INT}};
  enum { SOME = SUMI__MAX_INPUTS - 1 };
  while (count > 1) {
    int made = 0;
    for (int at = 0; at < count; at += SOME) {
      const int some = count - at < SOME ? count - at : SOME;
      sumi_tensor_t inputs[SUMI__MAX_INPUTS];
      for (int i = 0; i < some; ++i) inputs[i] = parts[at + i];
      inputs[some] = sumi_tensor_of_number(0);
      sumi_named_attr_t attrs = attr;
      attrs.value.integer = some;
      parts[made++] = sumi_node(&(sumi_node_spec_t){.site = SUMI_HERE,
                                                    .type = "ConcatV2",
                                                    .inputs = SUMI_LIST(some + 1, inputs),
                                                    .attr_count = 1,
                                                    .attrs = &attrs});
    }
    count = made;
  }
  return parts[0];
}

static bool all_alike(int count, const sumi_tensor_t *terms) {
  sumi_indexed_slices_t first, slices;
  if (count < 1 || !sumi_slices_of(terms[0], &first)) return false;
  for (int i = 1; i < count; ++i)
    if (!sumi_slices_of(terms[i], &slices) ||
        sumi_tensor_dtype(slices.indices) != sumi_tensor_dtype(first.indices) ||
        sumi_tensor_dims(slices.values).rank != sumi_tensor_dims(first.values).rank ||
        sumi_tensor_dims(slices.indices).rank != 1)
      return false;
  return sumi_tensor_dims(first.indices).rank == 1;
}

sumi_tensor_t sumi__tensor_sum(sumi_graph_t *graph, int count, sumi_tensor_t *terms) {
  if (count < 2 || !all_alike(count, terms)) return sumi__tensor_add_n(count, terms);
  sumi_tensor_t *values = sumi__tensor_graph_calloc(graph, 2 * (size_t)count, sizeof *values);
  if (!values) return (sumi_tensor_t){0};
  sumi_tensor_t *indices = values + count;
  sumi_indexed_slices_t slices = {0};
  for (int i = 0; i < count; ++i) {
    sumi_slices_of(terms[i], &slices);
    values[i] = slices.values;
    indices[i] = slices.indices;
  }
  const sumi_tensor_t all = joined(count, values);
  return sumi_indexed_slices(all, joined(count, indices), slices.rows);
}
