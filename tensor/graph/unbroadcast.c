#include "graph/unbroadcast.h"

static sumi_tensor_t sum(sumi_tensor_t x, sumi_tensor_t axes, bool keep_dims) {
  const sumi_named_attr_t attr = {"keep_dims", {.kind = SUMI_ATTR_BOOL, .boolean = keep_dims}};
  return sumi_node(&(sumi_node_spec_t){.site = SUMI_HERE,
                                       .type = "Sum",
                                       .inputs = SUMI_TENSORS(x, axes),
                                       .attr_count = 1,
                                       .attrs = &attr});
}

/* Size of axis `axis`, counted from the end, 0 being the last; 1 past the front. */
static int64_t size_from_end(sumi_dims_t dims, int axis) {
  return axis < dims.rank ? dims.size[dims.rank - 1 - axis] : 1;
}

typedef enum { KEEP, REDUCE, UNDECIDED } fate_t;

/* Whether an axis must be summed. An unknown size may turn out to be 1 only where another operand
 * is not 1. */
static fate_t fate_of_axis(const sumi_op_t *op, int index, int axis) {
  const int64_t size = size_from_end(sumi_tensor_dims(op->inputs[index]), axis);
  if (size > 1 || size == 0) return KEEP;
  bool widened = false;
  for (int i = 0; i < op->input_count; ++i)
    widened |= i != index && size_from_end(sumi_tensor_dims(op->inputs[i]), axis) != 1;
  if (!widened) return KEEP;
  return size == 1 ? REDUCE : UNDECIDED;
}

/* Decides every axis of the broadcast shape from static shapes. False when that is not possible. */
static bool decide(const sumi_op_t *op, int index, int rank, fate_t fates[SUMI_MAX_RANK]) {
  for (int i = 0; i < op->input_count; ++i)
    if (sumi_tensor_dims(op->inputs[i]).rank == SUMI_UNKNOWN_RANK) return false;
  for (int axis = 0; axis < rank; ++axis) {
    fates[axis] = fate_of_axis(op, index, axis);
    if (fates[axis] == UNDECIDED) return false;
  }
  return true;
}

static sumi_tensor_t reshape_like(sumi_tensor_t dx, sumi_tensor_t x) {
  const sumi_dims_t dims = sumi_tensor_dims(x);
  if (!sumi_dims_known(dims))
    return sumi__tensor_apply("Reshape",
                              SUMI_TENSORS(dx, sumi__tensor_apply("Shape", SUMI_TENSORS(x))));
  sumi_tensor_t sizes[SUMI_MAX_RANK];
  for (int i = 0; i < dims.rank; ++i) sizes[i] = sumi_tensor_of_number((double)dims.size[i]);
  const sumi_tensor_t shape = sumi_shape_tensor(sumi_tensor_graph(dx), SUMI_HERE,
                                                SUMI_LIST(dims.rank, sizes));
  return sumi__tensor_apply("Reshape", SUMI_TENSORS(dx, shape));
}

static sumi_tensor_t reduce_statically(sumi_tensor_t dx, sumi_tensor_t x, int rank,
                                       const fate_t *fates) {
  const int lead = rank - sumi_tensor_dims(x).rank;
  sumi_tensor_t axes[SUMI_MAX_RANK];
  int count = 0;
  bool inner = false;
  for (int axis = rank - 1; axis >= 0; --axis) { /* from the front of the shape */
    const int position = rank - 1 - axis;
    if (fates[axis] != REDUCE && position >= lead) continue;
    axes[count++] = sumi_tensor_of_number(position);
    inner |= position >= lead;
  }
  if (count == 0) return dx;
  const sumi_tensor_t list = sumi_shape_tensor(sumi_tensor_graph(dx), SUMI_HERE,
                                               SUMI_LIST(count, axes));
  if (!inner) return sum(dx, list, false);
  const sumi_tensor_t kept = sum(dx, list, true);
  return lead == 0 ? kept : reshape_like(kept, x);
}

static sumi_tensor_t reduce_at_run_time(sumi_tensor_t dx, sumi_tensor_t x) {
  const sumi_tensor_t shape = sumi__tensor_apply("Shape", SUMI_TENSORS(x));
  const sumi_tensor_t full = sumi__tensor_apply("Shape", SUMI_TENSORS(dx));
  const sumi_tensor_t axes = sumi__tensor_apply("BroadcastGradientArgs", SUMI_TENSORS(shape, full));
  return sumi__tensor_apply("Reshape", SUMI_TENSORS(sum(dx, axes, false), shape));
}

sumi_tensor_t sumi__tensor_unbroadcast(const sumi_op_t *op, int index, sumi_tensor_t dx) {
  if (op->input_count < 2 || !dx.op) return dx;
  const sumi_tensor_t x = op->inputs[index];
  const int rank = sumi_tensor_dims(sumi_op_output((sumi_op_t *)(uintptr_t)op, 0)).rank;
  fate_t fates[SUMI_MAX_RANK];
  if (rank != SUMI_UNKNOWN_RANK && decide(op, index, rank, fates))
    return reduce_statically(dx, x, rank, fates);
  return reduce_at_run_time(dx, x);
}
