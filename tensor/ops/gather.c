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

static sumi_status_t gather_shape(sumi_infer_t *infer) {
  const sumi_dims_t params = infer->in[0], indices = infer->in[1];
  SUMI_TRY(sumi__tensor_want_rank(infer, 2, "axis", 0));
  const int64_t batch_dims = sumi_attr_int(infer->op, "batch_dims");
  if (batch_dims != 0)
    return sumi_refuse(infer, "batch_dims is %lld, only 0 is supported", (long long)batch_dims);
  if (params.rank == 0) return sumi_refuse(infer, "params is a scalar");
  if (params.rank == SUMI_UNKNOWN_RANK || indices.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  const int rank = params.rank - 1 + indices.rank;
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
  sumi_dims_t out = {.rank = 0};
  for (int i = 0; i < axis; ++i) out.size[out.rank++] = params.size[i];
  for (int i = 0; i < indices.rank; ++i) out.size[out.rank++] = indices.size[i];
  for (int i = axis + 1; i < params.rank; ++i) out.size[out.rank++] = params.size[i];
  infer->out[0] = out;
  if (params.rank == 1) know_gathered(infer);
  return SUMI_OK;
}

typedef struct gather_job {
  const sumi_array_view_t *indices;
  int64_t index_count, axis_size, rows, rows_per_task;
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
    const int64_t outer = row / job->index_count;
    const int64_t index = sumi__tensor_view_int(job->indices, row % job->index_count);
    memcpy(job->to + (size_t)row * job->row_bytes,
           job->from + (size_t)(outer * job->axis_size + index) * job->row_bytes, job->row_bytes);
  }
}

static sumi_status_t gather_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *params = &kernel->in[0];
  int axis;
  SUMI_TRY(sumi__tensor_kernel_axis(kernel, &kernel->in[2], params->rank, &axis));
  const size_t bytes = sumi_dtype_size_bytes(params->dtype);
  const int64_t inner = sumi__tensor_count_axes(params->dims, axis + 1, params->rank);
  gather_job_t job = {.indices = &kernel->in[1],
                      .index_count = sumi_array_view_count(&kernel->in[1]),
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

/* params as rows of what lies behind the axis: row outer * size + index gets all of dy that was
 * copied from it. */
static void gather_grad(sumi_grad_t *grad) {
  const sumi_tensor_t indices = grad->x[1], axis = gathered_axis(grad);
  if (sumi_tensor_is_number(axis) && axis.number == 0) {
    gather_rows_grad(grad);
    return;
  }
  const sumi_tensor_t shape = sumi_shape(grad->x[0]), count = sumi_size(indices);
  const sumi_tensor_t after = sumi_tensor_is_number(axis) ? sumi_tensor_of_number(axis.number + 1)
                                                          : sumi_add(axis, 1);
  const sumi_tensor_t size = sumi_gather(shape, axis);
  const sumi_tensor_t inner = sumi_reduce_prod(
      sumi_slice(shape, SUMI_SHAPE(after), SUMI_SHAPE(-1)));
  const sumi_tensor_t outer = sumi_reduce_prod(sumi_slice(shape, SUMI_SHAPE(0), SUMI_SHAPE(axis)));
  const sumi_tensor_t starts = sumi_mul(sumi_range(0, outer, 1), size);
  const sumi_tensor_t rows = sumi_add(
      sumi_reshape(sumi_cast(starts, sumi_tensor_dtype(indices)), SUMI_SHAPE(outer, 1)),
      sumi_reshape(indices, SUMI_SHAPE(1, count)));
  const sumi_tensor_t row_count = sumi_mul(outer, count), segments = sumi_mul(outer, size);
  const sumi_tensor_t dx = sumi_unsorted_segment_sum(
      sumi_reshape(grad->dy[0], SUMI_SHAPE(row_count, inner)),
      sumi_reshape(rows, SUMI_SHAPE(row_count)), segments);
  grad->dx[0] = sumi_reshape(dx, SUMI_TENSORS(shape));
}

SUMI_OP(GatherV2,
        "params: Tparams, indices: Tindices, axis: Taxis | batch_dims: int = 0 "
        "-> output: Tparams ; "
        "Tindices: int32 int64, Taxis: int32 int64",
        .doc = "The slices of `params` along `axis` that `indices` names; each index is "
               "replaced by "
               "its slice.",
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
  return sumi_gather_v2(build->in[0], build->in[1],
                        sumi_tensor_of_number((double)sumi_build_attr(build, "axis")->integer));
}

SUMI_OP(gather, "params: T, indices: Tindices | axis: int = 0 -> output: T ; Tindices: int32 int64",
        .doc = "The slices of `params` along `axis` that `indices` names.", .expand = gather_expand,
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
