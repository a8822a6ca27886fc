#include <sumi/dims.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool rank_fits(int rank) {
  return rank >= 0 && rank <= SUMI_MAX_RANK;
}

sumi_dims_t sumi_dims_make(int rank, const int64_t *sizes) {
  sumi_dims_t dims = {.rank = rank};
  if (rank == 0) dims.size[0] = 1;
  for (int axis = 0; axis < rank && axis < SUMI_MAX_RANK; ++axis) dims.size[axis] = sizes[axis];
  return dims;
}

int64_t sumi_dims_count(sumi_dims_t dims) {
  if (!rank_fits(dims.rank)) return -1;
  int64_t count = 1;
  bool empty = false;
  for (int axis = 0; axis < dims.rank; ++axis) {
    if (dims.size[axis] < 0) return -1;
    if (dims.size[axis] == 0) empty = true;
  }
  if (empty) return 0;
  for (int axis = 0; axis < dims.rank; ++axis)
    if (__builtin_mul_overflow(count, dims.size[axis], &count)) return -1;
  return count;
}

bool sumi_dims_equal(sumi_dims_t a, sumi_dims_t b) {
  if (a.rank != b.rank) return false;
  for (int axis = 0; axis < a.rank && axis < SUMI_MAX_RANK; ++axis)
    if (a.size[axis] != b.size[axis]) return false;
  return true;
}

bool sumi_dims_known(sumi_dims_t dims) {
  if (!rank_fits(dims.rank)) return false;
  for (int axis = 0; axis < dims.rank; ++axis)
    if (dims.size[axis] < 0) return false;
  return true;
}

static bool broadcast_size(int64_t a, int64_t b, int64_t *result) {
  if (a == b || b == 1)
    *result = a;
  else if (a == 1)
    *result = b;
  else if (a < 0)
    *result = b;
  else if (b < 0)
    *result = a;
  else
    return false;
  return true;
}

bool sumi_dims_broadcast(sumi_dims_t a, sumi_dims_t b, sumi_dims_t *result) {
  if (a.rank == SUMI_UNKNOWN_RANK || b.rank == SUMI_UNKNOWN_RANK) {
    *result = SUMI_DIMS_UNKNOWN;
    return true;
  }
  if (!rank_fits(a.rank) || !rank_fits(b.rank)) return false;
  sumi_dims_t both = {.rank = a.rank > b.rank ? a.rank : b.rank};
  for (int axis = 0; axis < both.rank; ++axis) {
    const int at_a = axis - (both.rank - a.rank), at_b = axis - (both.rank - b.rank);
    const int64_t size_a = at_a < 0 ? 1 : a.size[at_a], size_b = at_b < 0 ? 1 : b.size[at_b];
    if (!broadcast_size(size_a, size_b, &both.size[axis])) return false;
  }
  *result = sumi_dims_make(both.rank, both.size);
  return true;
}

sumi_status_t sumi_dims_check(const char *what, sumi_dims_t dims) {
  if (dims.rank == SUMI_UNKNOWN_RANK)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s has an unknown shape", what);
  if (!rank_fits(dims.rank))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s has rank %d; 0 to %d are allowed", what, dims.rank,
                     SUMI_MAX_RANK);
  for (int axis = 0; axis < dims.rank; ++axis)
    if (dims.size[axis] < 0)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "%s has size %" PRId64 " along axis %d", what,
                       dims.size[axis], axis);
  if (sumi_dims_count(dims) < 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s has too many elements: shape %s", what,
                     sumi_dims_text(dims).text);
  return SUMI_OK;
}

sumi_dims_text_t sumi_dims_text(sumi_dims_t dims) {
  sumi_dims_text_t out;
  if (dims.rank == SUMI_UNKNOWN_RANK) {
    strcpy(out.text, "<unknown>");
    return out;
  }
  if (!rank_fits(dims.rank)) {
    snprintf(out.text, sizeof out.text, "<rank %d>", dims.rank);
    return out;
  }
  char *end = out.text;
  *end++ = '(';
  for (int axis = 0; axis < dims.rank; ++axis) {
    if (axis > 0) end += sprintf(end, ", ");
    end += dims.size[axis] < 0 ? sprintf(end, "?") : sprintf(end, "%" PRId64, dims.size[axis]);
  }
  strcpy(end, dims.rank == 1 ? ",)" : ")");
  return out;
}

void sumi_dims_format(sumi_dims_t dims, sumi_buffer_t *buffer) {
  sumi_buffer_puts(buffer, sumi_dims_text(dims).text);
}
