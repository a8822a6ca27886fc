/* x[begin:end:stride, …] and its gradient. Source of names and semantics: TensorFlow
 * core/ops/array_ops.cc. */
#include "kernels/copy.h"
#include "ops/known.h"
#include "ops/strided.h"

#include <sumi/constants.h>
#include <sumi/ops.h>

#include <string.h>

/* Reads what is known of the index vectors at inputs first, first + 1, first + 2. */
static sumi_status_t read_index(const sumi_infer_t *infer, int first, sumi__tensor_index_t *index) {
  static const char *const names[] = {"begin", "end", "strides"};
  *index = (sumi__tensor_index_t){.count = SUMI_UNKNOWN_RANK};
  for (int v = 0; v < SUMI__INDEX_VECTORS; ++v) {
    int length;
    SUMI_TRY(sumi__tensor_want_length(infer, first + v, names[v], &length));
    if (length == SUMI_UNKNOWN_RANK) continue;
    if (index->count != SUMI_UNKNOWN_RANK && index->count != length)
      return sumi_refuse(infer,
                         "begin, end and strides must be of one length, %s has %d elements, not %d",
                         names[v], length, index->count);
    index->count = length;
    for (int i = 0; i < length; ++i)
      index->has[v][i] = sumi__tensor_known_element(infer, first + v, i, &index->value[v][i]);
  }
  sumi__tensor_index_masks(infer->op, index);
  return SUMI_OK;
}

/* Reads the index vectors of a run. */
static sumi_status_t read_index_now(const sumi_kernel_t *kernel, int first,
                                    sumi__tensor_index_t *index) {
  *index = (sumi__tensor_index_t){.count = (int)kernel->in[first].dims[0]};
  for (int v = 0; v < SUMI__INDEX_VECTORS; ++v) {
    const sumi_array_view_t *vector = &kernel->in[first + v];
    if (vector->dims[0] != index->count || index->count > SUMI_MAX_RANK)
      return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                              "begin, end and strides must be of one length of at most %d",
                              SUMI_MAX_RANK);
    for (int i = 0; i < index->count; ++i) {
      index->has[v][i] = true;
      index->value[v][i] = sumi__tensor_view_int(vector, i);
    }
  }
  sumi__tensor_index_masks(kernel->op, index);
  return SUMI_OK;
}

static sumi_status_t select_now(const sumi_kernel_t *kernel, int first, sumi_dims_t in,
                                sumi_dims_t want, sumi__tensor_selection_t *selection) {
  sumi__tensor_index_t index;
  SUMI_TRY(read_index_now(kernel, first, &index));
  if (sumi__tensor_select(&index, in, selection) != SUMI_OK)
    return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT, "%s", sumi_error_message());
  if (!sumi_dims_equal(selection->out, want))
    return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT, "the index selects %s, expected %s",
                            sumi_dims_text(selection->out).text, sumi_dims_text(want).text);
  return SUMI_OK;
}

/* The selected box: strides within the whole tensor go to `whole`, those of the dense selection to
 * `part`. Returns where it starts in the whole. */
static int64_t selected_box(const sumi__tensor_selection_t *selection, sumi_dims_t in,
                            int64_t *size, int64_t *whole, int64_t *part) {
  int64_t start = 0;
  sumi__tensor_row_major(in.rank, in.size, whole);
  sumi__tensor_row_major(in.rank, selection->size, part);
  for (int axis = 0; axis < in.rank; ++axis) {
    start += selection->begin[axis] * whole[axis];
    whole[axis] *= selection->stride[axis];
    size[axis] = selection->size[axis];
  }
  return start;
}

static sumi_dims_t dims_of(const sumi_array_view_t *view) {
  return sumi_dims_make(view->rank, view->dims);
}

/* ---- StridedSlice ---- */

static void know_selected(sumi_infer_t *infer, const sumi__tensor_selection_t *selection) {
  const sumi_known_t *in = sumi_infer_known(infer, 0);
  if (!in || in->scalar || selection->in_rank != 1 || !selection->known[0] ||
      selection->out.rank > 1 || selection->size[0] > SUMI_MAX_RANK)
    return;
  sumi_known_t known = {
      .valid = true, .scalar = selection->out.rank == 0, .count = (int)selection->size[0]};
  for (int i = 0; i < known.count; ++i) {
    const int64_t from = selection->begin[0] + i * selection->stride[0];
    known.has[i] = from < in->count && in->has[from];
    if (known.has[i]) known.value[i] = in->value[from];
  }
  infer->known_out[0] = known;
}

static sumi_status_t strided_slice_shape(sumi_infer_t *infer) {
  sumi__tensor_index_t index;
  sumi__tensor_selection_t selection;
  SUMI_TRY(read_index(infer, 1, &index));
  if (infer->in[0].rank == SUMI_UNKNOWN_RANK || index.count == SUMI_UNKNOWN_RANK) return SUMI_OK;
  SUMI_TRY(sumi__tensor_select(&index, infer->in[0], &selection));
  infer->out[0] = selection.out;
  know_selected(infer, &selection);
  return SUMI_OK;
}

static sumi_status_t strided_slice_kernel(const sumi_kernel_t *kernel) {
  const sumi_dims_t in = dims_of(&kernel->in[0]);
  sumi__tensor_selection_t selection;
  SUMI_TRY(select_now(kernel, 1, in, dims_of(&kernel->out[0]), &selection));
  if (sumi_array_view_count(&kernel->out[0]) == 0) return SUMI_OK;
  sumi__tensor_box_t box = {.rank = in.rank};
  const int64_t start = selected_box(&selection, in, box.size, box.from_stride, box.to_stride);
  const size_t bytes = sumi_dtype_size_bytes(kernel->in[0].dtype);
  sumi__tensor_copy_box(kernel, bytes, &box, sumi_kernel_out(kernel, 0),
                        (const char *)kernel->in[0].data + start * (int64_t)bytes);
  return SUMI_OK;
}

/* The masks of a node, for another node with the same index. */
#define MASKS_OF(op)                                                                               \
  .begin_mask = sumi_attr_int(op, "begin_mask"), .end_mask = sumi_attr_int(op, "end_mask"),        \
  .ellipsis_mask = sumi_attr_int(op, "ellipsis_mask"),                                             \
  .new_axis_mask = sumi_attr_int(op, "new_axis_mask"),                                             \
  .shrink_axis_mask = sumi_attr_int(op, "shrink_axis_mask")

static void strided_slice_gradient(sumi_grad_t *grad) {
  grad->dx[0] = sumi_strided_slice_grad(
      sumi_shape(grad->x[0], .out_type = sumi_tensor_dtype(grad->x[1])), grad->x[1], grad->x[2],
      grad->x[3], grad->dy[0], MASKS_OF(grad->op));
}

SUMI_OP(StridedSlice,
        "input: T, begin: Index, end: Index, strides: Index | begin_mask: int = 0, "
        "end_mask: int = 0, ellipsis_mask: int = 0, new_axis_mask: int = 0, "
        "shrink_axis_mask: int = 0 -> output: T ; Index: int32 int64",
        .api = "raw_strided_slice",
        .doc = "input[begin:end:stride, …] by the rules of NumPy. Bits of the masks say which "
               "places of the index have no begin or end, are an ellipsis, a new axis or one "
               "number. sumi_index is the pleasant way.",
        .shape = strided_slice_shape, .kernel = strided_slice_kernel,
        .grad = strided_slice_gradient,
        SUMI_SAMPLES({.input_count = 4,
                      .in = {SUMI_S(2, 3), SUMI_S(2), SUMI_S(2), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6), SUMI_VALUES(1, 0), SUMI_VALUES(2, 0),
                             SUMI_VALUES(1, -2)},
                      .dtype = {0, SUMI_INT32, SUMI_INT32, SUMI_INT32},
                      .attrs = "begin_mask = 2, end_mask = 2, shrink_axis_mask = 1",
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(6, 4),
                      .from = "by hand: x[1, ::-2]"},
                     {.input_count = 4,
                      .in = {SUMI_S(2), SUMI_S(1), SUMI_S(1), SUMI_S(1)},
                      .at = {NULL, SUMI_VALUES(0), SUMI_VALUES(2), SUMI_VALUES(0)},
                      .dtype = {0, SUMI_INT32, SUMI_INT32, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "the stride of index 0 is 0"},
                     {.input_count = 4,
                      .in = {SUMI_S(2), SUMI_S(1), SUMI_S(1), SUMI_S(1)},
                      .at = {NULL, SUMI_VALUES(2), SUMI_VALUES(3), SUMI_VALUES(1)},
                      .dtype = {0, SUMI_INT32, SUMI_INT32, SUMI_INT32},
                      .attrs = "shrink_axis_mask = 1",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "index 2 of axis 0 is out of range, its size is 2"}));

/* ---- StridedSliceGrad: zeros of that shape with dy where the slice was ---- */

static sumi_status_t strided_slice_grad_shape(sumi_infer_t *infer) {
  sumi__tensor_index_t index;
  sumi__tensor_selection_t selection;
  SUMI_TRY(sumi__tensor_want_dims(infer, 0, "shape", &infer->out[0]));
  SUMI_TRY(read_index(infer, 1, &index));
  if (infer->out[0].rank == SUMI_UNKNOWN_RANK || index.count == SUMI_UNKNOWN_RANK) return SUMI_OK;
  SUMI_TRY(sumi__tensor_select(&index, infer->out[0], &selection));
  sumi_dims_t merged;
  if (!sumi_merge_dims(selection.out, infer->in[4], &merged))
    return sumi_refuse(infer, "dy has shape %s, the index selects %s",
                       sumi_dims_text(infer->in[4]).text, sumi_dims_text(selection.out).text);
  return SUMI_OK;
}

static sumi_status_t strided_slice_grad_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *dy = &kernel->in[4];
  const sumi_dims_t whole = dims_of(&kernel->out[0]);
  sumi__tensor_selection_t selection;
  SUMI_TRY(select_now(kernel, 1, whole, dims_of(dy), &selection));
  const size_t bytes = sumi_dtype_size_bytes(dy->dtype);
  char *out = sumi_kernel_out(kernel, 0);
  memset(out, 0, (size_t)sumi_dims_count(whole) * bytes);
  if (sumi_array_view_count(dy) == 0) return SUMI_OK;
  sumi__tensor_box_t box = {.rank = whole.rank};
  const int64_t start = selected_box(&selection, whole, box.size, box.to_stride, box.from_stride);
  sumi__tensor_copy_box(kernel, bytes, &box, out + start * (int64_t)bytes, dy->data);
  return SUMI_OK;
}

static void strided_slice_grad_gradient(sumi_grad_t *grad) {
  grad->dx[4] = sumi_raw_strided_slice(grad->dy[0], grad->x[1], grad->x[2], grad->x[3],
                                       MASKS_OF(grad->op));
}

SUMI_OP(StridedSliceGrad,
        "shape: Index, begin: Index, end: Index, strides: Index, dy: T | begin_mask: int = 0, "
        "end_mask: int = 0, ellipsis_mask: int = 0, new_axis_mask: int = 0, "
        "shrink_axis_mask: int = 0 -> output: T ; "
        "Index: int32 int64, T: float32 float64 int32 int64",
        .doc = "The gradient of StridedSlice: zeros of `shape` with `dy` where the slice was.",
        .shape = strided_slice_grad_shape, .kernel = strided_slice_grad_kernel,
        .grad = strided_slice_grad_gradient,
        SUMI_SAMPLES({.input_count = 5,
                      .in = {SUMI_S(1), SUMI_S(1), SUMI_S(1), SUMI_S(1), SUMI_S(2)},
                      .at = {SUMI_VALUES(5), SUMI_VALUES(1), SUMI_VALUES(5), SUMI_VALUES(2),
                             SUMI_VALUES(7, 8)},
                      .dtype = {SUMI_INT32, SUMI_INT32, SUMI_INT32, SUMI_INT32},
                      .out = SUMI_S(5),
                      .expect = SUMI_VALUES(0, 7, 0, 8, 0),
                      .from = "by hand: where x[1:5:2] was"},
                     {.input_count = 5,
                      .in = {SUMI_S(1), SUMI_S(1), SUMI_S(1), SUMI_S(1), SUMI_S(3)},
                      .at = {SUMI_VALUES(5), SUMI_VALUES(1), SUMI_VALUES(5), SUMI_VALUES(2)},
                      .dtype = {SUMI_INT32, SUMI_INT32, SUMI_INT32, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "dy has shape (3,), the index selects (2,)"}));

/* ---- strided_slice: with numbers known while the graph is built ---- */

static sumi_tensor_t strided_slice_expand(const sumi_build_t *build) {
  const sumi_dims_t begin = sumi_build_attr(build, "begin")->dims;
  sumi_dims_t strides = sumi_build_attr(build, "strides")->dims;
  if (strides.rank == 0)
    for (strides.rank = 0; strides.rank < begin.rank; ++strides.rank)
      strides.size[strides.rank] = 1;
  return sumi_raw_strided_slice(
      build->in[0], sumi_constant_dims(build->graph, begin, .name = "begin"),
      sumi_constant_dims(build->graph, sumi_build_attr(build, "end")->dims, .name = "end"),
      sumi_constant_dims(build->graph, strides, .name = "strides"),
      .begin_mask = sumi_build_attr(build, "begin_mask")->integer,
      .end_mask = sumi_build_attr(build, "end_mask")->integer,
      .ellipsis_mask = sumi_build_attr(build, "ellipsis_mask")->integer,
      .new_axis_mask = sumi_build_attr(build, "new_axis_mask")->integer,
      .shrink_axis_mask = sumi_build_attr(build, "shrink_axis_mask")->integer);
}

SUMI_OP(strided_slice,
        "input: T | begin: ints, end: ints, strides: ints = , begin_mask: int = 0, "
        "end_mask: int = 0, ellipsis_mask: int = 0, new_axis_mask: int = 0, "
        "shrink_axis_mask: int = 0 -> output: T",
        .doc = "TensorFlow's strided_slice with an index of numbers; strides are 1 by default.",
        .expand = strided_slice_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 3)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6)},
                      .attrs = "begin = 0 0, end = 2 3, strides = 1 2",
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(1, 3, 4, 6),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(2)},
                      .attrs = "begin = 0, end = 1 2",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "begin, end and strides must be of one length"}));
