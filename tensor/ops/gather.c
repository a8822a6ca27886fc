/* Rows by number. Source of names and semantics: TensorFlow
 * core/ops/array_ops.cc. */
#include "graph/graph_internal.h"
#include "ops/known.h"

#include <sumi/gradients.h>
#include <sumi/ops.h>

#include <string.h>

enum { TASK_BYTES = 1 << 17 };

/* ---- GatherV2 ---- */

static void know_gathered(sumi_infer_t *infer) {
  const sumi_known_t *params = sumi_infer_known(infer, 0), *indices = sumi_infer_known(infer, 1);
  if (!params || !indices || params->scalar) return;
  sumi_known_t known = {.valid = true, .scalar = indices->scalar, .count = indices->count};
  for (int i = 0; i < indices->count; ++i) {
    const int64_t at = indices->has[i] ? indices->value[i] : -1;
    known.has[i] = at >= 0 && at < params->count && params->has[at];
    if (known.has[i]) known.value[i] = params->value[at];
  }
  infer->known_out[0] = known;
}

/* How many leading axes params and indices share; negative ones count from the end of indices. */
static int batch_dims_of(const sumi_op_t *op, int indices_rank) {
  const int64_t given = sumi_attr_int(op, "batch_dims");
  return (int)(given < 0 ? given + indices_rank : given);
}

static sumi_status_t want_batch_dims(const sumi_infer_t *infer, sumi_dims_t params,
                                     sumi_dims_t indices, int *batch_dims) {
  const int64_t given = sumi_attr_int(infer->op, "batch_dims");
  if (given < -indices.rank || given > indices.rank)
    return sumi_refuse(infer, "batch_dims is %lld, expected a value in [%d, %d]", (long long)given,
                       -indices.rank, indices.rank);
  *batch_dims = batch_dims_of(infer->op, indices.rank);
  for (int i = 0; i < *batch_dims; ++i) {
    const int64_t size = i < params.rank ? params.size[i] : 0, other = indices.size[i];
    if (i < params.rank && (size < 0 || other < 0 || size == other)) continue;
    return sumi_refuse(infer, "params %s and indices %s differ in the first %d axes (batch_dims)",
                       sumi_dims_text(params).text, sumi_dims_text(indices).text, *batch_dims);
  }
  return SUMI_OK;
}

static sumi_status_t gather_shape(sumi_infer_t *infer) {
  const sumi_dims_t params = infer->in[0], indices = infer->in[1];
  SUMI_TRY(sumi__tensor_want_rank(infer, 2, "axis", 0));
  if (params.rank == 0) return sumi_refuse(infer, "params is a scalar");
  if (indices.rank == SUMI_UNKNOWN_RANK && sumi_attr_int(infer->op, "batch_dims") < 0)
    return sumi_refuse(infer, "batch_dims is negative: the rank of indices has to be known");
  if (params.rank == SUMI_UNKNOWN_RANK || indices.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  int batch_dims = 0;
  SUMI_TRY(want_batch_dims(infer, params, indices, &batch_dims));
  const int rank = params.rank - 1 + indices.rank - batch_dims;
  if (rank > SUMI_MAX_RANK)
    return sumi_refuse(infer, "the result would have %d axes, at most %d are supported", rank,
                       SUMI_MAX_RANK);
  int64_t value;
  if (!sumi__tensor_known_element(infer, 2, 0, &value)) {
    infer->out[0] = sumi__tensor_dims_of_rank(rank);
    return SUMI_OK;
  }
  int axis;
  SUMI_TRY(sumi__tensor_want_axis(infer, "axis", value, params.rank, &axis));
  if (axis < batch_dims)
    return sumi_refuse(infer, "axis is %d, before the %d batch_dims", axis, batch_dims);
  sumi_dims_t out = {.rank = 0};
  for (int i = 0; i < axis; ++i)
    out.size[out.rank++] = i < batch_dims && params.size[i] < 0 ? indices.size[i] : params.size[i];
  for (int i = batch_dims; i < indices.rank; ++i) out.size[out.rank++] = indices.size[i];
  for (int i = axis + 1; i < params.rank; ++i) out.size[out.rank++] = params.size[i];
  infer->out[0] = out;
  if (params.rank == 1) know_gathered(infer);
  return SUMI_OK;
}

typedef struct gather_job {
  const sumi_array_view_t *indices;
  int64_t index_count; /* of one batch */
  int64_t outer_count; /* rows of `axis_size` slices in one batch */
  int64_t axis_size, rows, rows_per_task;
  size_t row_bytes;
  const char *from;
  char *to;
} gather_job_t;

static void gather_task(void *context, int64_t task) {
  const gather_job_t *job = context;
  const int64_t begin = task * job->rows_per_task;
  const int64_t end = begin + job->rows_per_task < job->rows ? begin + job->rows_per_task
                                                             : job->rows;
  for (int64_t row = begin; row < end; ++row) {
    const int64_t outer = row / job->index_count, batch = outer / job->outer_count;
    const int64_t index = sumi__tensor_view_int(job->indices,
                                                batch * job->index_count + row % job->index_count);
    memcpy(job->to + (size_t)row * job->row_bytes,
           job->from + (size_t)(outer * job->axis_size + index) * job->row_bytes, job->row_bytes);
  }
}

static sumi_status_t gather_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *params = &kernel->in[0], *indices = &kernel->in[1];
  const int batch_dims = batch_dims_of(kernel->op, indices->rank);
  int axis;
  SUMI_TRY(sumi__tensor_kernel_axis(kernel, &kernel->in[2], params->rank, &axis));
  const size_t bytes = sumi_dtype_size_bytes(params->dtype);
  const int64_t inner = sumi__tensor_count_axes(params->dims, axis + 1, params->rank);
  gather_job_t job = {
      .indices = indices,
      .index_count = sumi__tensor_count_axes(indices->dims, batch_dims, indices->rank),
      .outer_count = sumi__tensor_count_axes(params->dims, batch_dims, axis),
      .axis_size = params->dims[axis],
      .row_bytes = (size_t)inner * bytes,
      .from = params->data,
      .to = sumi_kernel_out(kernel, 0)};
  job.rows = sumi__tensor_count_axes(params->dims, 0, axis) * job.index_count;
  if (job.rows == 0 || job.row_bytes == 0)
    return SUMI_OK; /* TensorFlow looks at no index, either */
  SUMI_TRY(sumi__tensor_check_indices(kernel, job.indices, 0, job.axis_size, "indices"));
  job.rows_per_task = job.row_bytes >= TASK_BYTES ? 1 : TASK_BYTES / (int64_t)job.row_bytes;
  sumi_kernel_parallel(kernel, (job.rows + job.rows_per_task - 1) / job.rows_per_task, gather_task,
                       &job);
  return SUMI_OK;
}

/* The axis as a number, or as a scalar where the graph does not tell it. */
static sumi_tensor_t gathered_axis(const sumi_grad_t *grad) {
  const sumi_tensor_t given = grad->x[2];
  const sumi_known_t *known = given.op->outputs[given.index].known;
  const int rank = sumi_tensor_dims(grad->x[0]).rank;
  if (known && known->has[0] && (known->value[0] >= 0 || rank != SUMI_UNKNOWN_RANK))
    return sumi_tensor_of_number((double)(known->value[0] + (known->value[0] < 0 ? rank : 0)));
  const sumi_tensors_t of_scalar = {0, NULL};
  return sumi_floor_mod(sumi_reshape(sumi_cast(given, SUMI_INT32), of_scalar),
                        sumi_rank(grad->x[0]));
}

/* Slices, with the shape of a row as it is: dy without the axes of the indices. */
static void gather_rows_grad(sumi_grad_t *grad) {
  const sumi_tensor_t shape = sumi_shape(grad->x[0]);
  const sumi_tensor_t row = sumi_slice(shape, SUMI_SHAPE(1), SUMI_SHAPE(-1));
  const sumi_tensor_t count = sumi_reshape(sumi_size(grad->x[1]), SUMI_SHAPE(1));
  const sumi_tensor_t values = sumi_reshape(grad->dy[0],
                                            SUMI_TENSORS(sumi_concat(SUMI_TENSORS(count, row), 0)));
  grad->dx[0] = sumi_indexed_slices(values, sumi_reshape(grad->x[1], SUMI_SHAPE(-1)),
                                    sumi_gather(shape, 0));
}

/* The product of the sizes [begin, end) that the vector `shape` lists; to its end without `end`. */
static sumi_tensor_t count_of(sumi_tensor_t shape, sumi_tensor_t begin, const sumi_tensor_t *end) {
  const sumi_tensor_t count = !end ? sumi_tensor_of_number(-1)
                              : sumi_tensor_is_number(*end)
                                  ? sumi_tensor_of_number(end->number - begin.number)
                                  : sumi_sub(*end, begin.number);
  return sumi_reduce_prod(sumi_slice(shape, SUMI_SHAPE(begin), SUMI_SHAPE(count)));
}

/* params as rows of what lies behind the axis: row (batch * outer + o) * size + index gets all of
 * dy that was copied from it. */
static void gather_grad(sumi_grad_t *grad) {
  const sumi_tensor_t indices = grad->x[1], axis = gathered_axis(grad);
  const int batch_dims = batch_dims_of(grad->op, sumi_tensor_dims(indices).rank);
  if (sumi_tensor_is_number(axis) && axis.number == 0) {
    gather_rows_grad(grad);
    return;
  }
  const sumi_tensor_t shape = sumi_shape(grad->x[0]), zero = sumi_tensor_of_number(0);
  const sumi_tensor_t after = sumi_tensor_is_number(axis) ? sumi_tensor_of_number(axis.number + 1)
                                                          : sumi_add(axis, 1);
  const sumi_tensor_t batched = sumi_tensor_of_number(batch_dims);
  const sumi_tensor_t size = sumi_gather(shape, axis), inner = count_of(shape, after, NULL);
  const sumi_tensor_t batches = batch_dims ? count_of(shape, zero, &batched)
                                           : sumi_tensor_of_number(1);
  const sumi_tensor_t rows_before = count_of(shape, zero, &axis);
  const sumi_tensor_t outer = batch_dims ? count_of(shape, batched, &axis) : rows_before;
  const sumi_tensor_t count = batch_dims ? count_of(sumi_shape(indices), batched, NULL)
                                         : sumi_size(indices);
  const sumi_tensor_t starts = sumi_mul(sumi_range(0, rows_before, 1), size);
  const sumi_tensor_t rows = sumi_add(
      sumi_reshape(sumi_cast(starts, sumi_tensor_dtype(indices)), SUMI_SHAPE(batches, outer, 1)),
      sumi_reshape(indices, SUMI_SHAPE(batches, 1, count)));
  const sumi_tensor_t row_count = sumi_mul(rows_before, count);
  const sumi_tensor_t dx = sumi_unsorted_segment_sum(
      sumi_reshape(grad->dy[0], SUMI_SHAPE(row_count, inner)),
      sumi_reshape(rows, SUMI_SHAPE(row_count)), sumi_mul(rows_before, size));
  grad->dx[0] = sumi_reshape(dx, SUMI_TENSORS(shape));
}

SUMI_OP(GatherV2,
        "params: Tparams, indices: Tindices, axis: Taxis | batch_dims: int = 0 "
        "-> output: Tparams ; "
        "Tindices: int32 int64, Taxis: int32 int64",
        .doc = "The slices of `params` along `axis` that `indices` names; each index is "
               "replaced by "
               "its slice. The first batch_dims axes are the same in both: each batch is gathered "
               "from by its own indices.",
        .shape = gather_shape, .kernel = gather_kernel, .grad = gather_grad,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(3, 2), SUMI_S(2), SUMI_S0},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6), SUMI_VALUES(2, 0), SUMI_VALUES(0)},
                      .dtype = {0, SUMI_INT32, SUMI_INT32},
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(5, 6, 1, 2),
                      .from = "by hand"},
                     {.input_count = 3,
                      .in = {SUMI_S(2, 3), SUMI_S(2, 1), SUMI_S0},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6), SUMI_VALUES(1, 1), SUMI_VALUES(-1)},
                      .dtype = {0, SUMI_INT64, SUMI_INT32},
                      .out = SUMI_S(2, 2, 1),
                      .expect = SUMI_VALUES(2, 2, 5, 5),
                      .from = "by hand"},
                     {.input_count = 3,
                      .in = {SUMI_S(2, 2, 2), SUMI_S(2, 1), SUMI_S0},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8), SUMI_VALUES(1, 0),
                             SUMI_VALUES(2)},
                      .dtype = {0, SUMI_INT32, SUMI_INT32},
                      .attrs = "batch_dims = 1",
                      .out = SUMI_S(2, 2, 1),
                      .expect = SUMI_VALUES(2, 4, 5, 7),
                      .from = "by hand"},
                     {.input_count = 3,
                      .in = {SUMI_S(3, 2), SUMI_S(2, 1), SUMI_S0},
                      .at = {NULL, SUMI_VALUES(0, 0), SUMI_VALUES(1)},
                      .dtype = {0, SUMI_INT32, SUMI_INT32},
                      .attrs = "batch_dims = 1",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "params (3, 2) and indices (2, 1) differ in the first 1 axes"},
                     {.input_count = 3,
                      .in = {SUMI_S(2, 2), SUMI_S(2, 1), SUMI_S0},
                      .at = {NULL, SUMI_VALUES(0, 0), SUMI_VALUES(0)},
                      .dtype = {0, SUMI_INT32, SUMI_INT32},
                      .attrs = "batch_dims = 1",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "axis is 0, before the 1 batch_dims"},
                     {.input_count = 3,
                      .in = {SUMI_S(2, 2), SUMI_S(2), SUMI_S0},
                      .at = {NULL, SUMI_VALUES(0, 0), SUMI_VALUES(1)},
                      .dtype = {0, SUMI_INT32, SUMI_INT32},
                      .attrs = "batch_dims = 2",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "batch_dims is 2, expected a value in [-1, 1]"},
                     {.input_count = 3,
                      .in = {SUMI_S(0, 0), SUMI_S(2), SUMI_S0},
                      .at = {NULL, SUMI_VALUES(4, 0), SUMI_VALUES(1)},
                      .dtype = {0, SUMI_INT32, SUMI_INT32},
                      .out = SUMI_S(0, 2),
                      .expect = SUMI_VALUES(0),
                      .from = "TensorFlow 2.21"},
                     {.input_count = 3,
                      .in = {SUMI_S(3, 2), SUMI_S(2), SUMI_S0},
                      .at = {NULL, SUMI_VALUES(2, 3), SUMI_VALUES(0)},
                      .dtype = {0, SUMI_INT32, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "element 1 of indices is 3, expected a value in [0, 3)"}));

static sumi_tensor_t gather_expand(const sumi_build_t *build) {
  const int64_t axis = sumi_build_attr(build, "axis")->integer;
  const int64_t batch_dims = sumi_build_attr(build, "batch_dims")->integer;
  const int indices_rank = sumi_tensor_dims(build->in[1]).rank;
  const int64_t first = batch_dims < 0 && indices_rank != SUMI_UNKNOWN_RANK
                            ? batch_dims + indices_rank
                            : batch_dims;
  return sumi_gather_v2(build->in[0], build->in[1],
                        sumi_tensor_of_number((double)(axis ? axis : first)),
                        .batch_dims = batch_dims);
}

SUMI_OP(gather,
        "params: T, indices: Tindices | axis: int = 0, batch_dims: int = 0 -> output: T ; "
        "Tindices: int32 int64",
        .doc = "The slices of `params` along `axis`, by default the first behind batch_dims, that "
               "`indices` names. The first batch_dims axes are the same in both: each batch is "
               "gathered from by its own indices.",
        .expand = gather_expand,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2, 2), SUMI_S(3)},
                      .at = {SUMI_VALUES(1, 2, 3, 4), SUMI_VALUES(1, 0, 1)},
                      .dtype = {0, SUMI_INT32},
                      .attrs = "axis = 1",
                      .out = SUMI_S(2, 3),
                      .expect = SUMI_VALUES(2, 1, 2, 4, 3, 4),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 2), SUMI_S(3)},
                      .at = {NULL, SUMI_VALUES(0, 0, 0)},
                      .dtype = {0, SUMI_INT32},
                      .attrs = "axis = 2",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "axis is 2, expected a value in [-2, 2)"}));

/* ---- embedding_lookup ---- */

static sumi_tensor_t embedding_lookup_expand(const sumi_build_t *build) {
  return sumi_gather(build->in[0], build->in[1]);
}

SUMI_OP(embedding_lookup,
        "params: T, ids: Tindices -> output: T ; T: float32 float64, Tindices: int32 int64",
        .doc = "The rows of the table `params` that `ids` names. Its gradient is slices: an update "
               "touches only rows that were looked up.",
        .expand = embedding_lookup_expand,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(3, 2), SUMI_S(2, 2)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6), SUMI_VALUES(2, 0, 0, 1)},
                      .dtype = {0, SUMI_INT64},
                      .out = SUMI_S(2, 2, 2),
                      .expect = SUMI_VALUES(5, 6, 1, 2, 1, 2, 3, 4),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(3, 2), SUMI_S(1)},
                      .at = {NULL, SUMI_VALUES(3)},
                      .dtype = {0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "element 0 of indices is 3, expected a value in [0, 3)"}));
