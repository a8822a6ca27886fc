#include "ops/known.h"

#include <sumi/constants.h>
#include <sumi/ops.h>

#include <string.h>

bool sumi__tensor_known_element(const sumi_infer_t *infer, int input, int element, int64_t *value) {
  const sumi_known_t *known = sumi_infer_known(infer, input);
  if (!known || element >= known->count || !known->has[element]) return false;
  *value = known->value[element];
  return true;
}

void sumi__tensor_know_scalar(sumi_infer_t *infer, int output, int64_t value) {
  infer->known_out[output] = (sumi_known_t){
      .valid = true, .scalar = true, .count = 1, .has = {true}, .value = {value}};
}

void sumi__tensor_know_dims(sumi_infer_t *infer, int output, sumi_dims_t dims) {
  if (dims.rank == SUMI_UNKNOWN_RANK) return;
  sumi_known_t *known = &infer->known_out[output];
  *known = (sumi_known_t){.valid = true, .count = dims.rank};
  for (int axis = 0; axis < dims.rank; ++axis) {
    known->has[axis] = dims.size[axis] != SUMI_UNKNOWN_SIZE;
    known->value[axis] = dims.size[axis];
  }
}

void sumi__tensor_know_part(sumi_infer_t *infer, int output, int input, int begin, int count) {
  const sumi_known_t *from = sumi_infer_known(infer, input);
  if (!from || begin < 0 || count < 0 || count > from->count - begin) return;
  sumi_known_t *known = &infer->known_out[output];
  *known = (sumi_known_t){.valid = true, .count = count};
  memcpy(known->has, from->has + begin, (size_t)count * sizeof *known->has);
  memcpy(known->value, from->value + begin, (size_t)count * sizeof *known->value);
}

void sumi__tensor_know_reshaped(sumi_infer_t *infer) {
  const sumi_known_t *known = sumi_infer_known(infer, 0);
  const int rank = infer->out[0].rank;
  if (!known || (rank != 0 && rank != 1)) return;
  infer->known_out[0] = *known;
  infer->known_out[0].scalar = rank == 0;
}

sumi_status_t sumi__tensor_want_rank(const sumi_infer_t *infer, int input, const char *name,
                                     int rank) {
  const sumi_dims_t dims = infer->in[input];
  if (dims.rank == SUMI_UNKNOWN_RANK || dims.rank == rank) return SUMI_OK;
  return sumi_refuse(infer, "%s must have rank %d, its shape is %s", name, rank,
                     sumi_dims_text(dims).text);
}

sumi_status_t sumi__tensor_want_axis(const sumi_infer_t *infer, const char *name, int64_t axis,
                                     int rank, int *index) {
  if (axis < -rank || axis >= rank)
    return sumi_refuse(infer, "%s is %lld, expected a value in [%d, %d)", name, (long long)axis,
                       -rank, rank);
  *index = (int)(axis < 0 ? axis + rank : axis);
  return SUMI_OK;
}

sumi_status_t sumi__tensor_want_length(const sumi_infer_t *infer, int input, const char *name,
                                       int *length) {
  const sumi_dims_t dims = infer->in[input];
  SUMI_TRY(sumi__tensor_want_rank(infer, input, name, 1));
  *length = SUMI_UNKNOWN_RANK;
  if (dims.rank == SUMI_UNKNOWN_RANK || dims.size[0] == SUMI_UNKNOWN_SIZE) return SUMI_OK;
  if (dims.size[0] > SUMI_MAX_RANK)
    return sumi_refuse(infer, "%s has %lld elements, at most %d are supported", name,
                       (long long)dims.size[0], SUMI_MAX_RANK);
  *length = (int)dims.size[0];
  return SUMI_OK;
}

sumi_status_t sumi__tensor_want_dims(const sumi_infer_t *infer, int input, const char *name,
                                     sumi_dims_t *dims) {
  int length;
  SUMI_TRY(sumi__tensor_want_length(infer, input, name, &length));
  *dims = length == SUMI_UNKNOWN_RANK ? SUMI_DIMS_UNKNOWN : sumi__tensor_dims_of_rank(length);
  for (int i = 0; i < length; ++i) {
    int64_t size;
    if (!sumi__tensor_known_element(infer, input, i, &size)) continue;
    if (size < 0)
      return sumi_refuse(infer, "element %d of %s is %lld, expected at least 0", i, name,
                         (long long)size);
    dims->size[i] = size;
  }
  return SUMI_OK;
}

bool sumi__tensor_input_value(const sumi_infer_t *infer, int input, sumi_array_view_t *value) {
  if (infer->value_in && infer->value_in[input].data) {
    *value = infer->value_in[input];
    return true;
  }
  const sumi_tensor_t tensor = sumi_op_input(infer->op, input);
  if (!tensor.op || strcmp(sumi_op_type(tensor.op), "Const") != 0) return false;
  *value = sumi_array_view(sumi_op_attr(tensor.op, "value")->array);
  return true;
}

bool sumi__tensor_add_sizes(int64_t a, int64_t b, int64_t *sum) {
  *sum = SUMI_UNKNOWN_SIZE;
  return a == SUMI_UNKNOWN_SIZE || b == SUMI_UNKNOWN_SIZE || !__builtin_add_overflow(a, b, sum);
}

bool sumi__tensor_mul_sizes(int64_t a, int64_t b, int64_t *product) {
  *product = SUMI_UNKNOWN_SIZE;
  return a == SUMI_UNKNOWN_SIZE || b == SUMI_UNKNOWN_SIZE || !__builtin_mul_overflow(a, b, product);
}

sumi_dims_t sumi__tensor_dims_of_rank(int rank) {
  sumi_dims_t dims = {.rank = rank};
  for (int axis = 0; axis < rank && axis < SUMI_MAX_RANK; ++axis)
    dims.size[axis] = SUMI_UNKNOWN_SIZE;
  return dims;
}

sumi_dims_t sumi__tensor_vector_dims(int64_t length) {
  return SUMI_DIMS(length);
}

bool sumi__tensor_build_axis(const sumi_build_t *build, int rank, int *axis) {
  const int64_t given = sumi_build_attr(build, "axis")->integer;
  const bool known = rank != SUMI_UNKNOWN_RANK;
  *axis = (int)(given < 0 ? given + rank : given);
  if (known ? given >= -rank && given < rank : given >= 0 && given < SUMI_MAX_RANK) return true;
  if (known)
    sumi_build_refuse(build, "axis is %lld, expected a value in [%d, %d)", (long long)given, -rank,
                      rank);
  else
    sumi_build_refuse(build, "axis is %lld, of an input of unknown rank", (long long)given);
  return false;
}

sumi_tensor_t sumi__tensor_swap_axes(sumi_tensor_t x, int a, int b) {
  if (a == b) return x;
  sumi_dims_t order = {.rank = sumi_tensor_dims(x).rank};
  for (int i = 0; i < order.rank; ++i) order.size[i] = i == a ? b : i == b ? a : i;
  return sumi_raw_transpose(x, sumi_constant_dims(sumi_tensor_graph(x), order));
}

sumi_status_t sumi__tensor_kernel_axis(const sumi_kernel_t *kernel, const sumi_array_view_t *view,
                                       int rank, int *axis) {
  const int64_t value = sumi__tensor_view_int(view, 0);
  if (value < -rank || value >= rank)
    return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                            "axis is %lld, expected a value in [%d, %d)", (long long)value, -rank,
                            rank);
  *axis = (int)(value < 0 ? value + rank : value);
  return SUMI_OK;
}

sumi_status_t sumi__tensor_check_indices(const sumi_kernel_t *kernel,
                                         const sumi_array_view_t *indices, int64_t low,
                                         int64_t high, const char *name) {
  const int64_t count = sumi_array_view_count(indices);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t index = sumi__tensor_view_int(indices, i);
    if (index < low || index >= high)
      return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                              "element %lld of %s is %lld, expected a value in [0, %lld)",
                              (long long)i, name, (long long)index, (long long)high);
  }
  return SUMI_OK;
}

void sumi__tensor_grad_pass(sumi_grad_t *grad) {
  grad->dx[0] = grad->dy[0];
}

void sumi__tensor_grad_reshape_back(sumi_grad_t *grad) {
  grad->dx[0] = sumi_reshape(grad->dy[0], SUMI_TENSORS(sumi_shape(grad->x[0])));
}
