/* Static shapes: the rules that shape functions are written with, and running them. */
#include "graph/graph_internal.h"

#include <string.h>

static const sumi_dims_t unknown_dims = {.rank = SUMI_UNKNOWN_RANK};

/* The op's shape function on this knowledge; value_in only while a run is under way. */
static sumi_status_t infer_shapes(const sumi_op_t *op, bool actual,
                                  const sumi_array_view_t *value_in, const sumi_dims_t *in,
                                  const sumi_known_t *known_in, sumi_dims_t *out,
                                  sumi_known_t *known_out) {
  for (int i = 0; i < op->output_count; ++i) {
    out[i] = unknown_dims;
    known_out[i].valid = false;
  }
  sumi_infer_t infer = {.op = op,
                        .actual = actual,
                        .input_count = op->input_count,
                        .output_count = op->output_count,
                        .in = in,
                        .out = out,
                        .known_in = known_in,
                        .known_out = known_out,
                        .value_in = value_in};
  return op->type->def->shape(&infer);
}

sumi_status_t sumi__tensor_infer_static(const sumi_op_t *op, const sumi_dims_t *in,
                                        const sumi_known_t *known_in, sumi_dims_t *out,
                                        sumi_known_t *known_out) {
  return infer_shapes(op, false, NULL, in, known_in, out, known_out);
}

sumi_status_t sumi__tensor_infer_op(const sumi_op_t *op, const sumi_dims_t *in,
                                    const sumi_known_t *known_in, sumi_dims_t *out,
                                    sumi_known_t *known_out) {
  return infer_shapes(op, true, NULL, in, known_in, out, known_out);
}

sumi_status_t sumi__tensor_infer_unshaped(const sumi_op_t *op, const sumi_array_view_t *value_in,
                                          const sumi_dims_t *in, const sumi_known_t *known_in,
                                          sumi_dims_t *out, sumi_known_t *known_out) {
  return infer_shapes(op, true, value_in, in, known_in, out, known_out);
}

const sumi_known_t *sumi_infer_known(const sumi_infer_t *infer, int index) {
  if (!infer->known_in || index < 0 || index >= infer->input_count) return NULL;
  return infer->known_in[index].valid ? &infer->known_in[index] : NULL;
}

sumi_status_t sumi_refuse(const sumi_infer_t *infer, const char *format, ...) {
  (void)infer;
  va_list args;
  va_start(args, format);
  sumi_vfail(SUMI_INVALID_ARGUMENT, format, args);
  va_end(args);
  return SUMI_INVALID_ARGUMENT;
}

bool sumi_merge_dims(sumi_dims_t a, sumi_dims_t b, sumi_dims_t *merged) {
  if (a.rank == SUMI_UNKNOWN_RANK || b.rank == SUMI_UNKNOWN_RANK) {
    *merged = a.rank == SUMI_UNKNOWN_RANK ? b : a;
    return true;
  }
  if (a.rank != b.rank) return false;
  for (int axis = 0; axis < a.rank; ++axis) {
    if (a.size[axis] == -1) a.size[axis] = b.size[axis];
    if (b.size[axis] != -1 && b.size[axis] != a.size[axis]) return false;
  }
  *merged = a;
  return true;
}

sumi_dims_t sumi_dims_of_known(const sumi_known_t *known) {
  if (!known || known->scalar) return unknown_dims;
  sumi_dims_t dims = {.rank = known->count};
  for (int i = 0; i < known->count; ++i) dims.size[i] = known->has[i] ? known->value[i] : -1;
  return dims;
}

sumi_status_t sumi_shape_same_as_input(sumi_infer_t *infer) {
  infer->out[0] = infer->in[0];
  const sumi_known_t *known = sumi_infer_known(infer, 0);
  if (known) infer->known_out[0] = *known;
  return SUMI_OK;
}

sumi_status_t sumi_shape_broadcast(sumi_infer_t *infer) {
  infer->out[0] = infer->in[0];
  for (int i = 1; i < infer->input_count; ++i) {
    const sumi_dims_t left = infer->out[0];
    if (sumi_dims_broadcast(left, infer->in[i], &infer->out[0])) continue;
    return sumi_refuse(infer, "shapes %s and %s do not broadcast", sumi_dims_text(left).text,
                       sumi_dims_text(infer->in[i]).text);
  }
  return SUMI_OK;
}

sumi_status_t sumi_shape_scalar(sumi_infer_t *infer) {
  for (int i = 0; i < infer->output_count; ++i) infer->out[i] = SUMI_SCALAR;
  return SUMI_OK;
}

sumi_status_t sumi_shape_unknown(sumi_infer_t *infer) {
  (void)infer; /* outputs start as unknown rank */
  return SUMI_OK;
}

sumi_status_t sumi_shape_none(sumi_infer_t *infer) {
  (void)infer;
  return SUMI_OK;
}
