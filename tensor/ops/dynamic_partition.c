/* Rows sorted out by a number, and put together again. Source of names and semantics: TensorFlow
 * core/ops/data_flow_ops.cc, python/ops/data_flow_grad.py. */
#include "graph/graph_internal.h"
#include "ops/known.h"

#include <sumi/array.h>
#include <sumi/ops.h>

#include <string.h>

/* Their gradient is a node that takes two inputs for each part. */
enum { MAX_PARTS = SUMI__MAX_INPUTS / 2 };

/* ---- DynamicPartition ---- */

static sumi_status_t partition_shape(sumi_infer_t *infer) {
  const sumi_dims_t data = infer->in[0], partitions = infer->in[1];
  const int64_t count = sumi_attr_int(infer->op, "num_partitions");
  if (count < 1 || count > MAX_PARTS)
    return sumi_refuse(infer, "num_partitions is %lld; 1 to %d are allowed", (long long)count,
                       MAX_PARTS);
  if (data.rank == SUMI_UNKNOWN_RANK || partitions.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  sumi_dims_t lead = data, merged;
  lead.rank = partitions.rank;
  if (partitions.rank > data.rank || !sumi_merge_dims(lead, partitions, &merged))
    return sumi_refuse(infer, "partitions of shape %s do not number the rows of data of shape %s",
                       sumi_dims_text(partitions).text, sumi_dims_text(data).text);
  sumi_dims_t out = {.rank = 1, .size = {SUMI_UNKNOWN_SIZE}};
  if (data.rank - partitions.rank + 1 > SUMI_MAX_RANK)
    return sumi_refuse(infer, "the parts would have more than %d axes", SUMI_MAX_RANK);
  for (int axis = partitions.rank; axis < data.rank; ++axis) out.size[out.rank++] = data.size[axis];
  for (int i = 0; i < infer->output_count; ++i) infer->out[i] = out;
  return SUMI_OK;
}

/* One part: the rows with its number, in order. */
static sumi_array_t *part(const sumi_array_view_t *data, const sumi_array_view_t *partitions,
                          int32_t number) {
  const int32_t *of_row = partitions->data;
  const int64_t rows = sumi_array_view_count(partitions);
  sumi_dims_t dims = {.rank = 1};
  for (int64_t i = 0; i < rows; ++i) dims.size[0] += of_row[i] == number;
  for (int axis = partitions->rank; axis < data->rank; ++axis)
    dims.size[dims.rank++] = data->dims[axis];
  sumi_array_t *array = sumi_array_new_uninitialized(data->dtype, dims);
  const size_t bytes = (size_t)sumi__tensor_count_axes(dims.size, 1, dims.rank) *
                       sumi_dtype_size_bytes(data->dtype);
  char *to = array ? sumi_array_data(array) : NULL;
  for (int64_t i = 0; to && bytes > 0 && i < rows; ++i) {
    if (of_row[i] != number) continue;
    memcpy(to, (const char *)data->data + (size_t)i * bytes, bytes);
    to += bytes;
  }
  return array;
}

static sumi_status_t partition_kernel(const sumi_kernel_t *kernel) {
  SUMI_TRY(
      sumi__tensor_check_indices(kernel, &kernel->in[1], 0, kernel->output_count, "partitions"));
  for (int i = 0; i < kernel->output_count; ++i) {
    kernel->dynamic[i] = part(&kernel->in[0], &kernel->in[1], i);
    if (!kernel->dynamic[i])
      return sumi_kernel_fail(kernel, SUMI_RESOURCE_EXHAUSTED, "%s", sumi_error_message());
  }
  return SUMI_OK;
}

/* Where the rows of each part came from says where their gradients go. */
static void partition_grad(sumi_grad_t *grad) {
  const sumi_tensor_t partitions = grad->x[1], shape = sumi_shape(partitions);
  const sumi_tensor_t places = sumi_reshape(sumi_range(0, sumi_size(partitions), 1),
                                            SUMI_TENSORS(shape));
  const sumi_tensor_t parts = sumi_dynamic_partition(places, partitions, grad->output_count);
  sumi_tensor_t from[MAX_PARTS];
  for (int i = 0; i < grad->output_count; ++i) from[i] = sumi_output(parts, i);
  const sumi_tensor_t rows = sumi_dynamic_stitch(SUMI_LIST(grad->output_count, from),
                                                 SUMI_LIST(grad->output_count, grad->dy));
  grad->dx[0] = sumi_reshape(rows, SUMI_TENSORS(sumi_shape(grad->x[0])));
}

SUMI_OP(DynamicPartition,
        "data: T, partitions: int32 | num_partitions: int -> outputs: num_partitions * T",
        .doc = "Part i holds the rows of `data` whose number in `partitions` is i, in order: part "
               "i is sumi_output(parts, i).",
        .shape = partition_shape, .kernel = partition_kernel, .grad = partition_grad,
        .flags = SUMI_OP_DYNAMIC,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(3, 2), SUMI_S(3)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6), SUMI_VALUES(0, 1, 0)},
                      .dtype = {0, SUMI_INT32},
                      .attrs = "num_partitions = 2",
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(1, 2, 5, 6),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(3), SUMI_S(3)},
                      .at = {NULL, SUMI_VALUES(0, 2, 0)},
                      .dtype = {0, SUMI_INT32},
                      .attrs = "num_partitions = 2",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "element 1 of partitions is 2, expected a value in [0, 2)"},
                     {.input_count = 2,
                      .in = {SUMI_S(3), SUMI_S(2)},
                      .at = {NULL, SUMI_VALUES(0, 1)},
                      .dtype = {0, SUMI_INT32},
                      .attrs = "num_partitions = 2",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "partitions of shape (2,) do not number the rows of data"}));

/* ---- DynamicStitch ---- */

/* What lies behind the indices of input i. */
static sumi_dims_t behind(sumi_dims_t data, int rank) {
  sumi_dims_t rest = {.rank = data.rank - rank};
  for (int axis = 0; axis < rest.rank; ++axis) rest.size[axis] = data.size[rank + axis];
  return rest;
}

static sumi_status_t stitch_shape(sumi_infer_t *infer) {
  const int count = infer->input_count / 2;
  sumi_dims_t rest = SUMI_DIMS_UNKNOWN;
  if (count == 0) return sumi_refuse(infer, "there is nothing to put together");
  for (int i = 0; i < count; ++i) {
    const sumi_dims_t indices = infer->in[i], data = infer->in[count + i];
    if (indices.rank == SUMI_UNKNOWN_RANK || data.rank == SUMI_UNKNOWN_RANK) continue;
    sumi_dims_t lead = data, merged;
    lead.rank = indices.rank;
    if (indices.rank > data.rank || !sumi_merge_dims(lead, indices, &merged))
      return sumi_refuse(infer, "indices %d of shape %s do not number the rows of data of shape %s",
                         i, sumi_dims_text(indices).text, sumi_dims_text(data).text);
    if (!sumi_merge_dims(rest, behind(data, indices.rank), &rest))
      return sumi_refuse(infer, "rows of data %d have shape %s, those before it %s", i,
                         sumi_dims_text(behind(data, indices.rank)).text,
                         sumi_dims_text(rest).text);
  }
  if (rest.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  if (rest.rank == SUMI_MAX_RANK)
    return sumi_refuse(infer, "the result would have more than %d axes", SUMI_MAX_RANK);
  infer->out[0] = (sumi_dims_t){.rank = rest.rank + 1, .size = {SUMI_UNKNOWN_SIZE}};
  for (int axis = 0; axis < rest.rank; ++axis) infer->out[0].size[axis + 1] = rest.size[axis];
  return SUMI_OK;
}

static sumi_status_t stitch_kernel(const sumi_kernel_t *kernel) {
  const int count = kernel->input_count / 2;
  const sumi_array_view_t *indices = kernel->in, *data = kernel->in + count;
  int64_t rows = 0;
  for (int i = 0; i < count; ++i) {
    SUMI_TRY(sumi__tensor_check_indices(kernel, &indices[i], 0, INT32_MAX, "indices"));
    for (int64_t k = 0; k < sumi_array_view_count(&indices[i]); ++k) {
      const int64_t end = sumi__tensor_view_int(&indices[i], k) + 1;
      if (end > rows) rows = end;
    }
  }
  const sumi_dims_t rest = behind(sumi_dims_make(data->rank, data->dims), indices->rank);
  sumi_dims_t dims = {.rank = rest.rank + 1, .size = {rows}};
  for (int axis = 0; axis < rest.rank; ++axis) dims.size[axis + 1] = rest.size[axis];
  sumi_array_t *out = sumi_array_new(data->dtype, dims); /* rows that nobody names are zeros */
  if (!out) return sumi_kernel_fail(kernel, SUMI_RESOURCE_EXHAUSTED, "%s", sumi_error_message());
  const size_t bytes = (size_t)sumi_dims_count(rest) * sumi_dtype_size_bytes(data->dtype);
  char *to = sumi_array_data(out);
  for (int i = 0; bytes > 0 && i < count; ++i)
    for (int64_t k = 0; k < sumi_array_view_count(&indices[i]); ++k)
      memcpy(to + (size_t)sumi__tensor_view_int(&indices[i], k) * bytes,
             (const char *)data[i].data + (size_t)k * bytes, bytes);
  kernel->dynamic[0] = out;
  return SUMI_OK;
}

/* As TensorFlow's: a row that another covers has the gradient of the place, too. */
static void stitch_grad(sumi_grad_t *grad) {
  const int count = grad->input_count / 2;
  for (int i = 0; i < count; ++i) grad->dx[count + i] = sumi_gather(grad->dy[0], grad->x[i]);
}

#define STITCH(indices, result)                                                                    \
  {                                                                                                \
    .input_count = 4, .in = {SUMI_S0, SUMI_S(2), SUMI_S(2), SUMI_S(2, 2)},                         \
    .at = {SUMI_VALUES(2), SUMI_VALUES indices, SUMI_VALUES(1, 2), SUMI_VALUES(3, 4, 5, 6)},       \
    .dtype = {SUMI_INT32, SUMI_INT32}, .out = SUMI_S(4, 2), .expect = SUMI_VALUES result,          \
    .from = "by hand"                                                                              \
  }

SUMI_OP(DynamicStitch, "indices: N * int32, data: N * T -> merged: T",
        .doc = "merged[indices[m][i, …]] = data[m][i, …]: sumi_dynamic_stitch(SUMI_TENSORS(i, j), "
               "SUMI_TENSORS(a, b)). There are as many rows as the largest index says; the last "
               "value of several wins, and rows without one are zeros.",
        .shape = stitch_shape, .kernel = stitch_kernel, .grad = stitch_grad,
        .flags = SUMI_OP_DYNAMIC,
        SUMI_SAMPLES(STITCH((3, 0), (5, 6, 0, 0, 1, 2, 3, 4)),
                     {.input_count = 4,
                      .in = {SUMI_S(1), SUMI_S(1), SUMI_S(1), SUMI_S(1, 2)},
                      .at = {SUMI_VALUES(0), SUMI_VALUES(1)},
                      .dtype = {SUMI_INT32, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "rows of data 1 have shape (2,), those before it ()"},
                     {.input_count = 2,
                      .in = {SUMI_S(2), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, -1)},
                      .dtype = {SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "element 1 of indices is -1"}));
