/* TensorFlow's ValidateStridedSliceOp (core/util/strided_slice_op.cc), for partly known indices
 * too. */
#include "ops/strided.h"
#include "ops/known.h"

#include <string.h>

void sumi__tensor_index_masks(const sumi_op_t *op, sumi__tensor_index_t *index) {
  index->begin_mask = sumi_attr_int(op, "begin_mask");
  index->end_mask = sumi_attr_int(op, "end_mask");
  index->ellipsis_mask = sumi_attr_int(op, "ellipsis_mask");
  index->new_axis_mask = sumi_attr_int(op, "new_axis_mask");
  index->shrink_axis_mask = sumi_attr_int(op, "shrink_axis_mask");
}

static bool bit(int64_t mask, int place) {
  return (mask >> place) & 1;
}

/* A position counted from the front and clamped to where a walk in the stride's direction may start
 * or end. */
static int64_t canonical(int64_t position, int64_t size, int64_t stride) {
  const int64_t low = stride > 0 ? 0 : -1, high = stride > 0 ? size : size - 1;
  if (position < 0) position += size;
  return position < low ? low : position > high ? high : position;
}

/* One number for a place: the axis disappears. */
static sumi_status_t select_one(const sumi__tensor_index_t *index, int place, int64_t size,
                                int axis, sumi__tensor_selection_t *selection) {
  if (index->has[SUMI__STRIDE][place] && index->value[SUMI__STRIDE][place] <= 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "the stride of index %d is %lld, expected 1: it names one element", place,
                     (long long)index->value[SUMI__STRIDE][place]);
  selection->size[axis] = 1;
  selection->stride[axis] = 1;
  if (!index->has[SUMI__BEGIN][place] || size < 0) return SUMI_OK;
  const int64_t given = index->value[SUMI__BEGIN][place], at = given < 0 ? given + size : given;
  if (at < 0 || at >= size)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "index %lld of axis %d is out of range, its size is %lld", (long long)given,
                     axis, (long long)size);
  selection->begin[axis] = at;
  selection->known[axis] = true;
  return SUMI_OK;
}

static sumi_status_t select_range(const sumi__tensor_index_t *index, int place, int64_t size,
                                  int axis, sumi__tensor_selection_t *selection) {
  selection->size[axis] = SUMI_UNKNOWN_SIZE;
  if (!index->has[SUMI__STRIDE][place]) return SUMI_OK;
  const int64_t stride = index->value[SUMI__STRIDE][place];
  if (stride == 0) return sumi_fail(SUMI_INVALID_ARGUMENT, "the stride of index %d is 0", place);
  const bool from_start = bit(index->begin_mask, place), to_end = bit(index->end_mask, place);
  if (size < 0 || (!from_start && !index->has[SUMI__BEGIN][place]) ||
      (!to_end && !index->has[SUMI__END][place]))
    return SUMI_OK;
  const int64_t first = stride > 0 ? 0 : size - 1, past = stride > 0 ? size : -1;
  const int64_t begin = from_start ? first
                                   : canonical(index->value[SUMI__BEGIN][place], size, stride);
  const int64_t end = to_end ? past : canonical(index->value[SUMI__END][place], size, stride);
  const int64_t length = end - begin;
  const bool empty = length == 0 || (length > 0) != (stride > 0);
  selection->begin[axis] = begin;
  selection->stride[axis] = stride;
  selection->size[axis] = empty ? 0 : length / stride + (length % stride != 0);
  selection->known[axis] = true;
  return SUMI_OK;
}

static void select_all(int64_t size, int axis, sumi__tensor_selection_t *selection) {
  selection->begin[axis] = 0;
  selection->stride[axis] = 1;
  selection->size[axis] = size;
  selection->known[axis] = size >= 0;
}

static sumi_status_t put_size(sumi__tensor_selection_t *selection, int64_t size) {
  if (selection->out.rank == SUMI_MAX_RANK)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "the result has more than %d axes", SUMI_MAX_RANK);
  selection->out.size[selection->out.rank++] = size;
  return SUMI_OK;
}

/* Places that use up an axis of the input: all but new axes and the ellipsis. */
static int count_used(const sumi__tensor_index_t *index, int *ellipsis) {
  int used = 0;
  *ellipsis = -1;
  for (int place = 0; place < index->count; ++place) {
    if (bit(index->ellipsis_mask, place))
      *ellipsis = *ellipsis < 0 ? place : index->count;
    else if (!bit(index->new_axis_mask, place))
      ++used;
  }
  return used;
}

sumi_status_t sumi__tensor_select(const sumi__tensor_index_t *index, sumi_dims_t in,
                                  sumi__tensor_selection_t *selection) {
  memset(selection, 0, sizeof *selection);
  selection->in_rank = in.rank;
  int ellipsis, axis = 0;
  const int used = count_used(index, &ellipsis);
  if (ellipsis == index->count && index->count > 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "the index has more than one ellipsis");
  if (used > in.rank)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%d indices are too many for a tensor of shape %s",
                     used, sumi_dims_text(in).text);
  for (int place = 0; place <= index->count; ++place) {
    const bool rest = ellipsis < 0 && place == index->count;
    if (rest || place == ellipsis) {
      for (int left = in.rank - used; left > 0; --left, ++axis) {
        select_all(in.size[axis], axis, selection);
        SUMI_TRY(put_size(selection, in.size[axis]));
      }
    } else if (place == index->count) {
      break;
    } else if (bit(index->new_axis_mask, place)) {
      SUMI_TRY(put_size(selection, 1));
    } else if (bit(index->shrink_axis_mask, place)) {
      SUMI_TRY(select_one(index, place, in.size[axis], axis, selection));
      ++axis;
    } else {
      SUMI_TRY(select_range(index, place, in.size[axis], axis, selection));
      SUMI_TRY(put_size(selection, selection->size[axis]));
      ++axis;
    }
  }
  return SUMI_OK;
}
