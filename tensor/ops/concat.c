/* Joining along an existing axis and cutting there. Source of names and semantics: TensorFlow
 * core/ops/array_ops.cc. */
#include "kernels/copy.h"
#include "ops/known.h"

#include <sumi/constants.h>
#include <sumi/ops.h>

/* Copies between a whole and a part of it that starts at `offset` along `axis`. */
static void copy_part(const sumi_kernel_t *kernel, const sumi_array_view_t *whole,
                      const sumi_array_view_t *part, int axis, int64_t offset, bool to_whole) {
  const size_t bytes = sumi_dtype_size_bytes(whole->dtype);
  const int64_t outer = sumi__tensor_count_axes(whole->dims, 0, axis);
  const int64_t inner = sumi__tensor_count_axes(whole->dims, axis + 1, whole->rank);
  const int64_t row = part->dims[axis] * inner, step = whole->dims[axis] * inner;
  const sumi__tensor_box_t box = {.rank = 2,
                                  .size = {outer, row},
                                  .to_stride = {to_whole ? step : row, 1},
                                  .from_stride = {to_whole ? row : step, 1}};
  char *in_whole = (char *)(uintptr_t)whole->data + (size_t)(offset * inner) * bytes;
  char *in_part = (char *)(uintptr_t)part->data;
  sumi__tensor_copy_box(kernel, bytes, &box, to_whole ? in_whole : in_part,
                        to_whole ? in_part : in_whole);
}

/* ---- ConcatV2 ---- */

/* Joins two shapes along an axis; -1 as the axis: along one that is not known. */
static bool join_dims(sumi_dims_t a, sumi_dims_t b, int axis, sumi_dims_t *joined) {
  if (a.rank == SUMI_UNKNOWN_RANK || b.rank == SUMI_UNKNOWN_RANK || a.rank != b.rank)
    return a.rank == SUMI_UNKNOWN_RANK || b.rank == SUMI_UNKNOWN_RANK;
  int64_t total;
  if (!sumi__tensor_add_sizes(a.size[axis], b.size[axis], &total)) return false;
  a.size[axis] = b.size[axis] = SUMI_UNKNOWN_SIZE;
  if (!sumi_merge_dims(a, b, joined)) return false;
  joined->size[axis] = total;
  return true;
}

static sumi_status_t common_rank(const sumi_infer_t *infer, int count, int *rank) {
  *rank = SUMI_UNKNOWN_RANK;
  for (int i = 0; i < count; ++i) {
    const int r = infer->in[i].rank;
    if (r == 0)
      return sumi_refuse(infer, "value %d is a scalar, which has no axis to join; stack it", i);
    if (r == SUMI_UNKNOWN_RANK) continue;
    if (*rank != SUMI_UNKNOWN_RANK && r != *rank)
      return sumi_refuse(infer, "all values must have one rank: value %d is %s, not of rank %d", i,
                         sumi_dims_text(infer->in[i]).text, *rank);
    *rank = r;
  }
  return SUMI_OK;
}

static void know_joined(sumi_infer_t *infer, int count) {
  sumi_known_t joined = {.valid = true};
  for (int i = 0; i < count; ++i) {
    const int64_t length = infer->in[i].size[0];
    if (length < 0 || length > SUMI_MAX_RANK - joined.count) return;
    for (int k = 0; k < length; ++k, ++joined.count)
      joined.has[joined.count] = sumi__tensor_known_element(infer, i, k,
                                                            &joined.value[joined.count]);
  }
  infer->known_out[0] = joined;
}

static sumi_status_t concat_shape(sumi_infer_t *infer) {
  const int count = infer->input_count - 1;
  if (count < 1) return sumi_refuse(infer, "there is nothing to join");
  int rank, axis = 0;
  SUMI_TRY(common_rank(infer, count, &rank));
  SUMI_TRY(sumi__tensor_want_rank(infer, count, "axis", 0));
  if (rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  int64_t value;
  if (!sumi__tensor_known_element(infer, count, 0, &value)) {
    infer->out[0] = sumi__tensor_dims_of_rank(rank);
    return SUMI_OK;
  }
  SUMI_TRY(sumi__tensor_want_axis(infer, "axis", value, rank, &axis));
  sumi_dims_t out = infer->in[0].rank == rank ? infer->in[0] : sumi__tensor_dims_of_rank(rank);
  bool all_ranks = infer->in[0].rank == rank;
  for (int i = 1; i < count; ++i) {
    const sumi_dims_t in = infer->in[i].rank == rank ? infer->in[i]
                                                     : sumi__tensor_dims_of_rank(rank);
    all_ranks = all_ranks && infer->in[i].rank == rank;
    const sumi_dims_t before = out;
    if (!join_dims(before, in, axis, &out))
      return sumi_refuse(infer,
                         "value %d of shape %s does not join those before it, %s, along axis %d", i,
                         sumi_dims_text(in).text, sumi_dims_text(before).text, axis);
  }
  infer->out[0] = out;
  if (rank == 1 && all_ranks) know_joined(infer, count);
  return SUMI_OK;
}

static sumi_status_t concat_kernel(const sumi_kernel_t *kernel) {
  const int count = kernel->input_count - 1;
  const sumi_array_view_t *out = &kernel->out[0];
  int axis;
  SUMI_TRY(sumi__tensor_kernel_axis(kernel, &kernel->in[count], out->rank, &axis));
  int64_t offset = 0;
  for (int i = 0; i < count; offset += kernel->in[i++].dims[axis])
    copy_part(kernel, out, &kernel->in[i], axis, offset, true);
  return SUMI_OK;
}

/* Each value's gradient is the part of dy that it became. */
static void concat_grad(sumi_grad_t *grad) {
  const int count = grad->input_count - 1;
  if (count == 1) {
    grad->dx[0] = grad->dy[0];
    return;
  }
  const sumi_tensor_t shapes = sumi_shape_n(SUMI_LIST(count, grad->x));
  sumi_tensor_t *shape = grad->dx; /* the list of shapes stands where the results will */
  for (int i = 0; i < count; ++i) shape[i] = sumi_output(shapes, i);
  const sumi_tensor_t offsets = sumi_concat_offset(grad->x[count], SUMI_LIST(count, shape));
  for (int i = 0; i < count; ++i)
    grad->dx[i] = sumi_slice(grad->dy[0], SUMI_TENSORS(sumi_output(offsets, i)),
                             SUMI_TENSORS(shape[i]));
}

SUMI_OP(ConcatV2, "values: N * T, axis: Tidx -> output: T ; Tidx: int32 int64", .api = "concat",
        .doc = "The values joined along an axis they have: sumi_concat(SUMI_TENSORS(a, b), 1).",
        .shape = concat_shape, .kernel = concat_kernel, .grad = concat_grad,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(2, 1), SUMI_S(2, 2), SUMI_S0},
                      .at = {SUMI_VALUES(1, 2), SUMI_VALUES(3, 4, 5, 6), SUMI_VALUES(-1)},
                      .dtype = {0, 0, SUMI_INT32},
                      .out = SUMI_S(2, 3),
                      .expect = SUMI_VALUES(1, 3, 4, 2, 5, 6),
                      .from = "by hand"},
                     {.input_count = 3,
                      .in = {SUMI_S(2, 1), SUMI_S(3, 1), SUMI_S0},
                      .at = {NULL, NULL, SUMI_VALUES(1)},
                      .dtype = {0, 0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "value 1 of shape (3, 1) does not join"}));

/* ---- ConcatOffset: where each value starts in the joined tensor ---- */

static sumi_status_t concat_offset_shape(sumi_infer_t *infer) {
  int64_t axis, at = 0;
  const bool axis_known = sumi__tensor_known_element(infer, 0, 0, &axis);
  for (int i = 1; i < infer->input_count; ++i) {
    int length;
    SUMI_TRY(sumi__tensor_want_length(infer, i, "shape", &length));
    infer->out[i - 1] = infer->in[i];
    if (length == SUMI_UNKNOWN_RANK) return SUMI_OK;
    sumi_dims_t offset = {.rank = length};
    if (axis_known) {
      int index;
      SUMI_TRY(sumi__tensor_want_axis(infer, "concat_dim", axis, length, &index));
      offset.size[index] = at;
      int64_t size = SUMI_UNKNOWN_SIZE;
      sumi__tensor_known_element(infer, i, index, &size);
      if (!sumi__tensor_add_sizes(at, size, &at))
        return sumi_refuse(infer, "the sizes add up to too much");
      sumi__tensor_know_dims(infer, i - 1, offset);
    }
  }
  return SUMI_OK;
}

static sumi_status_t concat_offset_kernel(const sumi_kernel_t *kernel) {
  const int rank = (int)kernel->in[1].dims[0];
  int axis;
  SUMI_TRY(sumi__tensor_kernel_axis(kernel, &kernel->in[0], rank, &axis));
  int64_t at = 0;
  for (int i = 0; i < kernel->output_count; ++i) {
    for (int k = 0; k < rank; ++k) sumi__tensor_put_int(&kernel->out[i], k, k == axis ? at : 0);
    at += sumi__tensor_view_int(&kernel->in[i + 1], axis);
  }
  return SUMI_OK;
}

SUMI_OP(ConcatOffset,
        "concat_dim: int32, shape: N * shape_type -> offset: N * shape_type ; "
        "shape_type: int32 int64",
        .doc = "Where values of these shapes start in the tensor they are joined to.",
        .shape = concat_offset_shape, .kernel = concat_offset_kernel, .no_grad = "integers",
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S0, SUMI_S(2), SUMI_S(2)},
                      .at = {SUMI_VALUES(1), SUMI_VALUES(2, 3), SUMI_VALUES(2, 4)},
                      .dtype = {SUMI_INT32, SUMI_INT32, SUMI_INT32},
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(0, 0),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S0, SUMI_S(2)},
                      .at = {SUMI_VALUES(2), SUMI_VALUES(2, 3)},
                      .dtype = {SUMI_INT32, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "concat_dim is 2"}));

/* ---- Split, SplitV ---- */

static sumi_status_t split_shape(sumi_infer_t *infer) {
  SUMI_TRY(sumi__tensor_want_rank(infer, 0, "split_dim", 0));
  const sumi_dims_t in = infer->in[1];
  const int64_t num = sumi_attr_int(infer->op, "num_split");
  if (num < 1) return sumi_refuse(infer, "num_split is %lld, expected at least 1", (long long)num);
  if (in.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  sumi_dims_t part = sumi__tensor_dims_of_rank(in.rank);
  int64_t value;
  if (sumi__tensor_known_element(infer, 0, 0, &value)) {
    int axis;
    SUMI_TRY(sumi__tensor_want_axis(infer, "split_dim", value, in.rank, &axis));
    part = in;
    if (in.size[axis] != SUMI_UNKNOWN_SIZE) {
      if (in.size[axis] % num != 0)
        return sumi_refuse(infer, "axis %d of size %lld does not split into %lld equal parts", axis,
                           (long long)in.size[axis], (long long)num);
      part.size[axis] = in.size[axis] / num;
    }
  }
  for (int i = 0; i < infer->output_count; ++i) infer->out[i] = part;
  return SUMI_OK;
}

/* Cuts input `value` along the axis that input `dim` names. */
static sumi_status_t cut(const sumi_kernel_t *kernel, int value, int dim) {
  const sumi_array_view_t *in = &kernel->in[value];
  int axis;
  SUMI_TRY(sumi__tensor_kernel_axis(kernel, &kernel->in[dim], in->rank, &axis));
  int64_t offset = 0;
  for (int i = 0; i < kernel->output_count; offset += kernel->out[i++].dims[axis]) {
    if (offset + kernel->out[i].dims[axis] > in->dims[axis])
      return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                              "the parts are larger than axis %d of size %lld", axis,
                              (long long)in->dims[axis]);
    copy_part(kernel, in, &kernel->out[i], axis, offset, false);
  }
  return SUMI_OK;
}

static sumi_status_t split_kernel(const sumi_kernel_t *kernel) {
  return cut(kernel, 1, 0);
}

static void split_grad(sumi_grad_t *grad) {
  grad->dx[1] = sumi_concat(SUMI_LIST(grad->output_count, grad->dy), grad->x[0]);
}

SUMI_OP(Split, "split_dim: int32, value: T | num_split: int -> output: num_split * T",
        .api = "raw_split", .doc = "`value` cut into `num_split` equal parts along `split_dim`.",
        .shape = split_shape, .kernel = split_kernel, .grad = split_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S0, SUMI_S(2, 4)},
                      .at = {SUMI_VALUES(1), SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8)},
                      .dtype = {SUMI_INT32},
                      .attrs = "num_split = 2",
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(1, 2, 5, 6),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S0, SUMI_S(2, 3)},
                      .at = {SUMI_VALUES(1)},
                      .dtype = {SUMI_INT32},
                      .attrs = "num_split = 2",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "axis 1 of size 3 does not split into 2 equal parts"}));

static sumi_tensor_t split_expand(const sumi_build_t *build) {
  return sumi_raw_split(sumi_tensor_of_number((double)sumi_build_attr(build, "axis")->integer),
                        build->in[0], sumi_build_attr(build, "num_split")->integer);
}

SUMI_OP(split, "value: T | num_split: int, axis: int = 0 -> output: T",
        .doc = "`value` cut into equal parts along `axis`: part i is sumi_output(parts, i).",
        .expand = split_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(4)},
                      .at = {SUMI_VALUES(1, 2, 3, 4)},
                      .attrs = "num_split = 2",
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(1, 2),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(4)},
                      .attrs = "num_split = 3",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "does not split into 3 equal parts"}));

/* Element i of size_splits; false when it is not known. */
static bool split_size(const sumi_infer_t *infer, int i, int64_t *size) {
  sumi_array_view_t sizes;
  if (sumi__tensor_known_element(infer, 1, i, size)) return true;
  if (!sumi__tensor_input_value(infer, 1, &sizes) || i >= sumi_array_view_count(&sizes))
    return false;
  *size = sumi__tensor_view_int(&sizes, i);
  return true;
}

typedef struct split_sizes {
  int64_t total; /* of those known */
  int wild;      /* the part whose size is -1; -1 without one */
  bool all_known;
} split_sizes_t;

static sumi_status_t add_up_sizes(const sumi_infer_t *infer, split_sizes_t *sum) {
  *sum = (split_sizes_t){.wild = -1, .all_known = true};
  for (int i = 0; i < infer->output_count; ++i) {
    int64_t size;
    if (!split_size(infer, i, &size)) {
      sum->all_known = false;
    } else if (size < -1 || (size == -1 && sum->wild >= 0)) {
      return sumi_refuse(infer,
                         "element %d of size_splits is %lld; one may be -1, the others at least 0",
                         i, (long long)size);
    } else if (size == -1) {
      sum->wild = i;
    } else if (!sumi__tensor_add_sizes(sum->total, size, &sum->total)) {
      return sumi_refuse(infer, "the sizes add up to too much");
    }
  }
  return SUMI_OK;
}

static sumi_status_t split_v_shape(sumi_infer_t *infer) {
  const sumi_dims_t in = infer->in[0], lengths = infer->in[1];
  SUMI_TRY(sumi__tensor_want_rank(infer, 1, "size_splits", 1));
  SUMI_TRY(sumi__tensor_want_rank(infer, 2, "split_dim", 0));
  if (infer->output_count < 1 || (lengths.rank == 1 && lengths.size[0] != SUMI_UNKNOWN_SIZE &&
                                  lengths.size[0] != infer->output_count))
    return sumi_refuse(infer, "size_splits has shape %s, num_split is %d",
                       sumi_dims_text(lengths).text, infer->output_count);
  if (in.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  int64_t dim;
  const bool dim_known = sumi__tensor_known_element(infer, 2, 0, &dim);
  int axis = 0;
  if (dim_known) SUMI_TRY(sumi__tensor_want_axis(infer, "split_dim", dim, in.rank, &axis));
  split_sizes_t sum;
  SUMI_TRY(add_up_sizes(infer, &sum));
  const int64_t whole = dim_known ? in.size[axis] : SUMI_UNKNOWN_SIZE;
  if (whole != SUMI_UNKNOWN_SIZE && sum.all_known &&
      (sum.wild < 0 ? sum.total != whole : sum.total > whole))
    return sumi_refuse(infer, "the sizes add up to %lld, axis %d has size %lld",
                       (long long)sum.total, axis, (long long)whole);
  for (int i = 0; i < infer->output_count; ++i) {
    infer->out[i] = dim_known ? in : sumi__tensor_dims_of_rank(in.rank);
    if (!dim_known) continue;
    int64_t size = SUMI_UNKNOWN_SIZE;
    split_size(infer, i, &size);
    if (i == sum.wild && sum.all_known && whole != SUMI_UNKNOWN_SIZE) size = whole - sum.total;
    infer->out[i].size[axis] = size;
  }
  return SUMI_OK;
}

static sumi_status_t split_v_kernel(const sumi_kernel_t *kernel) {
  return cut(kernel, 0, 2);
}

static void split_v_grad(sumi_grad_t *grad) {
  grad->dx[0] = sumi_concat(SUMI_LIST(grad->output_count, grad->dy), grad->x[2]);
}

SUMI_OP(SplitV,
        "value: T, size_splits: Tlen, split_dim: int32 | num_split: int "
        "-> output: num_split * T ; "
        "Tlen: int32 int64",
        .api = "raw_split_v",
        .doc = "`value` cut along `split_dim` into parts of the given sizes, "
               "one of which may be -1.",
        .shape = split_v_shape, .kernel = split_v_kernel, .grad = split_v_grad,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(4), SUMI_S(2), SUMI_S0},
                      .at = {SUMI_VALUES(1, 2, 3, 4), SUMI_VALUES(-1, 1), SUMI_VALUES(0)},
                      .dtype = {0, SUMI_INT32, SUMI_INT32},
                      .attrs = "num_split = 2",
                      .out = SUMI_S(3),
                      .expect = SUMI_VALUES(1, 2, 3),
                      .from = "by hand"},
                     {.input_count = 3,
                      .in = {SUMI_S(4), SUMI_S(2), SUMI_S0},
                      .at = {NULL, SUMI_VALUES(3, 2), SUMI_VALUES(0)},
                      .dtype = {0, SUMI_INT32, SUMI_INT32},
                      .attrs = "num_split = 2",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "the sizes add up to 5, axis 0 has size 4"}));

static sumi_tensor_t split_v_expand(const sumi_build_t *build) {
  const sumi_dims_t sizes = sumi_build_attr(build, "sizes")->dims;
  return sumi_raw_split_v(build->in[0], sumi_constant_dims(build->graph, sizes),
                          sumi_tensor_of_number((double)sumi_build_attr(build, "axis")->integer),
                          sizes.rank);
}

SUMI_OP(split_v, "value: T | sizes: ints, axis: int = 0 -> output: T",
        .doc = "`value` cut along `axis` into up to 8 parts of these sizes, one of which may be "
               "-1: sumi_split_v(x, SUMI_AXES(2, -1)).",
        .expand = split_v_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(4)},
                      .at = {SUMI_VALUES(1, 2, 3, 4)},
                      .attrs = "sizes = -1 1",
                      .out = SUMI_S(3),
                      .expect = SUMI_VALUES(1, 2, 3),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(4)},
                      .attrs = "sizes = 2 3",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "the sizes add up to 5, axis 0 has size 4"}));
