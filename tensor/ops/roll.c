/* Elements moved around, and repeated one by one. Source of names and semantics: TensorFlow
 * core/ops/manip_ops.cc, python/ops/array_ops.py. */
#include "kernels/copy.h"
#include "ops/known.h"

#include <sumi/constants.h>
#include <sumi/ops.h>

#include <string.h>

/* ---- Roll ---- */

static sumi_status_t roll_shape(sumi_infer_t *infer) {
  const sumi_dims_t in = infer->in[0], shift = infer->in[1], axis = infer->in[2];
  infer->out[0] = in;
  if (in.rank == 0) return sumi_refuse(infer, "input is a scalar, which has no axes");
  sumi_dims_t merged;
  if (shift.rank > 1 || axis.rank > 1 || !sumi_merge_dims(shift, axis, &merged))
    return sumi_refuse(infer, "shift has shape %s, axis %s; two numbers or lists are expected",
                       sumi_dims_text(shift).text, sumi_dims_text(axis).text);
  const sumi_known_t *known = sumi_infer_known(infer, 2);
  for (int i = 0; known && in.rank != SUMI_UNKNOWN_RANK && i < known->count; ++i) {
    int at;
    if (known->has[i])
      SUMI_TRY(sumi__tensor_want_axis(infer, "axis", known->value[i], in.rank, &at));
  }
  return SUMI_OK;
}

/* How far each axis moves, in [0, size); an axis may be listed several times. */
static sumi_status_t read_shifts(const sumi_kernel_t *kernel, int64_t *shift) {
  const sumi_array_view_t *in = &kernel->in[0];
  const int64_t count = sumi_array_view_count(&kernel->in[1]);
  memset(shift, 0, SUMI_MAX_RANK * sizeof *shift);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t given = sumi__tensor_view_int(&kernel->in[2], i);
    if (given < -in->rank || given >= in->rank)
      return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                              "axis is %lld, expected a value in [%d, %d)", (long long)given,
                              -in->rank, in->rank);
    const int axis = (int)(given < 0 ? given + in->rank : given);
    const int64_t size = in->dims[axis] > 0 ? in->dims[axis] : 1;
    shift[axis] = (shift[axis] + sumi__tensor_view_int(&kernel->in[1], i) % size + size) % size;
  }
  return SUMI_OK;
}

/* Each axis is cut in two where it wraps around: boxes with a bit for each axis, of which those
 * with an empty side are left out. */
static sumi_status_t roll_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *in = &kernel->in[0];
  const size_t bytes = sumi_dtype_size_bytes(in->dtype);
  int64_t shift[SUMI_MAX_RANK], stride[SUMI_MAX_RANK];
  SUMI_TRY(read_shifts(kernel, shift));
  sumi__tensor_row_major(in->rank, in->dims, stride);
  for (unsigned part = 0; part < 1u << in->rank; ++part) {
    sumi__tensor_box_t box = {.rank = in->rank};
    int64_t from = 0, to = 0, count = 1;
    for (int axis = 0; axis < in->rank; ++axis) {
      const bool wraps = part >> axis & 1u;
      const int64_t stays = in->dims[axis] - shift[axis];
      box.size[axis] = wraps ? shift[axis] : stays;
      box.to_stride[axis] = box.from_stride[axis] = stride[axis];
      from += wraps ? stays * stride[axis] : 0;
      to += wraps ? 0 : shift[axis] * stride[axis];
      count *= box.size[axis];
    }
    if (count > 0)
      sumi__tensor_copy_box(kernel, bytes, &box,
                            (char *)sumi_kernel_out(kernel, 0) + (size_t)to * bytes,
                            (const char *)in->data + (size_t)from * bytes);
  }
  return SUMI_OK;
}

static void roll_grad(sumi_grad_t *grad) {
  grad->dx[0] = sumi_roll(grad->dy[0], sumi_neg(grad->x[1]), grad->x[2]);
}

SUMI_OP(Roll,
        "input: T, shift: Tshift, axis: Taxis -> output: T ; "
        "Tshift: int32 int64, Taxis: int32 int64",
        .doc = "The elements moved by `shift` places along `axis`; what leaves at the end comes in "
               "at the beginning. Both are numbers or lists of one length.",
        .shape = roll_shape, .kernel = roll_kernel, .grad = roll_grad,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(5), SUMI_S0, SUMI_S0},
                      .at = {SUMI_VALUES(0, 1, 2, 3, 4), SUMI_VALUES(2), SUMI_VALUES(0)},
                      .dtype = {0, SUMI_INT32, SUMI_INT32},
                      .out = SUMI_S(5),
                      .expect = SUMI_VALUES(3, 4, 0, 1, 2),
                      .from = "numpy.roll"},
                     {.input_count = 3,
                      .in = {SUMI_S(2, 3), SUMI_S(2), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6), SUMI_VALUES(1, -4), SUMI_VALUES(0, 1)},
                      .dtype = {0, SUMI_INT64, SUMI_INT32},
                      .out = SUMI_S(2, 3),
                      .expect = SUMI_VALUES(5, 6, 4, 2, 3, 1),
                      .from = "numpy.roll"},
                     {.input_count = 3,
                      .in = {SUMI_S(2, 3), SUMI_S0, SUMI_S0},
                      .at = {NULL, SUMI_VALUES(1), SUMI_VALUES(2)},
                      .dtype = {0, SUMI_INT32, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "axis is 2, expected a value in [-2, 2)"}));

/* ---- repeat ---- */

/* Each position as often as it is wanted: a table with a column for each repetition, of which some
 * are not there. */
static sumi_tensor_t repeat_expand(const sumi_build_t *build) {
  const sumi_tensor_t input = build->in[0], repeats = build->in[1];
  const int rank = sumi_tensor_dims(repeats).rank;
  if (rank < 0 || rank > 1)
    return sumi_build_refuse(build, "repeats has shape %s, a number or a list is expected",
                             sumi_dims_text(sumi_tensor_dims(repeats)).text);
  int axis;
  if (!sumi__tensor_build_axis(build, sumi_tensor_dims(input).rank, &axis))
    return (sumi_tensor_t){0};
  const sumi_tensor_t size = sumi_gather(sumi_shape(input), sumi_tensor_of_number((double)axis));
  const sumi_tensor_t counts = sumi_broadcast_to(repeats, SUMI_SHAPE(size));
  const sumi_tensor_t mask = sumi_sequence_mask(counts);
  const sumi_tensor_t columns = sumi_index(sumi_shape(mask), "1");
  const sumi_tensor_t table = sumi_tile(sumi_expand_dims(sumi_range(0, size, 1), 1),
                                        SUMI_SHAPE(1, columns));
  return sumi_gather(input, sumi_boolean_mask(table, mask), .axis = axis);
}

SUMI_OP(repeat, "input: T, repeats: Trepeats | axis: int = 0 -> output: T ; Trepeats: int32 int64",
        .doc = "Each slice along `axis` as often as `repeats` says, one number for all or one for "
               "each.",
        .expand = repeat_expand,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(3), SUMI_S(3)},
                      .at = {SUMI_VALUES(5, 6, 7), SUMI_VALUES(2, 0, 1)},
                      .dtype = {0, SUMI_INT32},
                      .out = SUMI_S(3),
                      .expect = SUMI_VALUES(5, 5, 7),
                      .from = "numpy.repeat"},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 2), SUMI_S0},
                      .at = {SUMI_VALUES(1, 2, 3, 4), SUMI_VALUES(2)},
                      .dtype = {0, SUMI_INT64},
                      .attrs = "axis = 1",
                      .out = SUMI_S(2, 4),
                      .expect = SUMI_VALUES(1, 1, 2, 2, 3, 3, 4, 4),
                      .from = "numpy.repeat"},
                     {.input_count = 2,
                      .in = {SUMI_S(3), SUMI_S(2)},
                      .at = {NULL, SUMI_VALUES(2, 2)},
                      .dtype = {0, SUMI_INT32},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "input of shape (2,) does not broadcast to (3,)"}));

/* ---- meshgrid ---- */

static sumi_tensor_t meshgrid_expand(const sumi_build_t *build) {
  const int count = build->input_count;
  const bool swapped = count > 1 && strcmp(sumi_build_attr(build, "indexing")->string, "xy") == 0;
  sumi_tensor_t sizes[SUMI_MAX_RANK], grids[SUMI_MAX_RANK];
  if (count < 1 || count > SUMI_MAX_RANK)
    return sumi_build_refuse(build, "there are %d vectors; 1 to %d are allowed", count,
                             SUMI_MAX_RANK);
  for (int i = 0; i < count; ++i) {
    const sumi_dims_t dims = sumi_tensor_dims(build->in[i]);
    if (dims.rank > 1)
      return sumi_build_refuse(build, "input %d has shape %s, a vector is expected", i,
                               sumi_dims_text(dims).text);
    sizes[swapped && i < 2 ? 1 - i : i] = sumi_size(build->in[i]);
  }
  const sumi_tensor_t shape = sumi_stack(SUMI_LIST(count, sizes));
  for (int i = 0; i < count; ++i) {
    sumi_dims_t one = {.rank = count};
    const int axis = swapped && i < 2 ? 1 - i : i;
    for (int k = 0; k < count; ++k) one.size[k] = k == axis ? -1 : 1;
    const bool unknown = sumi_tensor_dims(build->in[i]).rank == SUMI_UNKNOWN_RANK;
    const sumi_tensor_t vector = unknown ? sumi_ensure_shape(build->in[i], SUMI_DIMS(-1))
                                         : build->in[i];
    const sumi_tensor_t line = sumi_reshape(vector,
                                            SUMI_TENSORS(sumi_constant_dims(build->graph, one)));
    grids[i] = sumi_broadcast_to(line, SUMI_TENSORS(shape));
  }
  return sumi_identity_n(SUMI_LIST(count, grids));
}

SUMI_OP(meshgrid, "inputs: N * T | indexing: {xy, ij} -> output: T",
        .doc = "The coordinates of a grid whose axes have these positions: grid i is "
               "sumi_output(grids, i). The first axis of the grids belongs to the second vector, "
               "as the rows of a picture to y, unless indexing is ij.",
        .expand = meshgrid_expand,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(3), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 2, 3), SUMI_VALUES(4, 5)},
                      .out = SUMI_S(2, 3),
                      .expect = SUMI_VALUES(1, 2, 3, 1, 2, 3),
                      .from = "numpy.meshgrid"},
                     {.input_count = 2,
                      .in = {SUMI_S(3), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 2, 3), SUMI_VALUES(4, 5)},
                      .attrs = "indexing = ij",
                      .out = SUMI_S(3, 2),
                      .expect = SUMI_VALUES(1, 1, 2, 2, 3, 3),
                      .from = "numpy.meshgrid"},
                     {.input_count = 2,
                      .in = {SUMI_S(3), SUMI_S(2, 2)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "input 1 has shape (2, 2), a vector is expected"}));
