#include "kernels/reduce.h"

#include <sumi/alloc.h>

#include <string.h>

/* The work of a reduction. Neighbouring axes with one fate are one group, so kept and reduced
 * groups alternate. A unit is one position of the outer kept groups and one tile of the innermost
 * group where that is kept. A unit reduces a sequence of elements: positions of the outer reduced
 * groups times the innermost reduced one. */
typedef struct layout {
  int kept_count, reduced_count; /* outer groups, outermost first */
  int64_t kept_size[SUMI_MAX_RANK], kept_stride[SUMI_MAX_RANK];
  int64_t reduced_size[SUMI_MAX_RANK], reduced_stride[SUMI_MAX_RANK];
  int64_t inner, inner_stride; /* the innermost reduced group */
  int64_t width;               /* elements of an innermost kept group, 1 without one */
  bool columns;                /* the innermost group is kept */
  bool dense;                  /* units are runs that lie one behind the other */
  int64_t rows, tiles;         /* units = rows * tiles */
  int64_t length;              /* of the sequence */
  int64_t parts;               /* the sequence is cut into these */
  int64_t units_per_task;      /* with one part */
} layout_t;

enum { ENOUGH_UNITS = 16 }; /* from here on sequences need not be cut */

static int64_t at_most(int64_t value, int64_t most) {
  return value < most ? value : most;
}

static int64_t at_least(int64_t value, int64_t least) {
  return value > least ? value : least;
}

static int64_t rounded_up(int64_t count, int64_t divisor) {
  return count / divisor + (count % divisor != 0);
}

static void divide(layout_t *l) {
  const int64_t tile = at_most(l->width, SUMI__REDUCE_TILE);
  l->tiles = rounded_up(l->width, SUMI__REDUCE_TILE);
  const int64_t unit_elements = at_least(l->length * tile, 1), units = l->rows * l->tiles;
  l->parts = 1;
  if (units < ENOUGH_UNITS)
    l->parts = at_least(
        at_most(unit_elements / SUMI__REDUCE_TASK, at_most(SUMI__REDUCE_MOST_PARTS, l->length)), 1);
  l->units_per_task = at_least(SUMI__REDUCE_TASK / unit_elements, 1);
}

/* Neighbouring axes with one fate, innermost first; axes of size 1 have none. Strides count
 * elements. */
typedef struct groups {
  int count;
  int64_t size[SUMI_MAX_RANK], stride[SUMI_MAX_RANK];
  bool reduced[SUMI_MAX_RANK];
} groups_t;

static groups_t groups_of(sumi_dims_t dims, unsigned axes) {
  groups_t g = {0};
  int64_t stride = 1;
  for (int axis = dims.rank - 1; axis >= 0; --axis) {
    const int64_t size = dims.size[axis];
    const bool reduced = (axes >> axis & 1u) != 0;
    if (size == 1) continue;
    if (g.count > 0 && g.reduced[g.count - 1] == reduced) {
      g.size[g.count - 1] *= size;
    } else {
      g.size[g.count] = size, g.stride[g.count] = stride;
      g.reduced[g.count++] = reduced;
    }
    stride *= size;
  }
  return g;
}

static layout_t layout_of(sumi_dims_t dims, unsigned axes) {
  const groups_t groups = groups_of(dims, axes);
  layout_t l = {.inner = 1, .inner_stride = 1, .width = 1, .rows = 1, .length = 1};
  l.columns = groups.count > 0 && !groups.reduced[0];
  if (l.columns) l.width = groups.size[0];
  const int innermost_reduced = l.columns ? 1 : 0; /* groups alternate */
  for (int g = groups.count - 1; g >= innermost_reduced; --g) {
    if (g == innermost_reduced) {
      l.inner = groups.size[g], l.inner_stride = groups.stride[g];
    } else if (groups.reduced[g]) {
      l.reduced_size[l.reduced_count] = groups.size[g];
      l.reduced_stride[l.reduced_count++] = groups.stride[g];
    } else {
      l.kept_size[l.kept_count] = groups.size[g];
      l.kept_stride[l.kept_count++] = groups.stride[g];
    }
  }
  l.length = l.inner;
  for (int i = 0; i < l.reduced_count; ++i) l.length *= l.reduced_size[i];
  for (int i = 0; i < l.kept_count; ++i) l.rows *= l.kept_size[i];
  l.dense = !l.columns && l.reduced_count == 0 && l.kept_count <= 1;
  divide(&l);
  return l;
}

static int64_t offset_of(int64_t position, int count, const int64_t *size, const int64_t *stride) {
  int64_t offset = 0;
  for (int i = count - 1; i >= 0; --i) {
    offset += position % size[i] * stride[i];
    position /= size[i];
  }
  return offset;
}

typedef struct work {
  const sumi__tensor_reducer_t *reducer;
  layout_t layout;
  const char *x;
  char *partials; /* [part][row][width] totals; only with more than one part */
  char *results;
} work_t;

/* totals += elements [begin, end) of the sequence of one unit. */
static void reduce_part(const work_t *w, int64_t row, int64_t column, int64_t width, int64_t begin,
                        int64_t end, void *totals) {
  const layout_t *l = &w->layout;
  const int64_t base = column + offset_of(row, l->kept_count, l->kept_size, l->kept_stride);
  for (int64_t n; begin < end; begin += n) {
    const int64_t outer = begin / l->inner, inner = begin % l->inner;
    n = at_most(l->inner - inner, end - begin);
    const int64_t at = base + inner * l->inner_stride +
                       offset_of(outer, l->reduced_count, l->reduced_size, l->reduced_stride);
    const char *x = w->x + (size_t)at * w->reducer->element_bytes;
    if (l->columns)
      w->reducer->columns(x, n, l->inner_stride, width, totals);
    else
      w->reducer->run(x, n, totals);
  }
}

/* Totals of a tile, of at most 8 bytes each. */
typedef struct tile {
  _Alignas(SUMI_ALIGNMENT) char bytes[SUMI__REDUCE_TILE * 8];
} tile_t;

static void task_of_units(void *context, int64_t index) {
  const work_t *w = context;
  const layout_t *l = &w->layout;
  const int64_t begin = index * l->units_per_task;
  const int64_t end = at_most(begin + l->units_per_task, l->rows * l->tiles);
  if (l->dense) {
    w->reducer->rows(w->x + (size_t)(begin * l->length) * w->reducer->element_bytes, end - begin,
                     l->length, w->results + (size_t)begin * w->reducer->result_bytes);
    return;
  }
  tile_t totals;
  for (int64_t unit = begin; unit < end; ++unit) {
    const int64_t row = unit / l->tiles, column = unit % l->tiles * SUMI__REDUCE_TILE;
    const int64_t width = at_most(l->width - column, SUMI__REDUCE_TILE);
    w->reducer->start(totals.bytes, width);
    reduce_part(w, row, column, width, 0, l->length, totals.bytes);
    w->reducer->finish(totals.bytes, width, l->length,
                       w->results + (size_t)(row * l->width + column) * w->reducer->result_bytes);
  }
}

static void task_of_part(void *context, int64_t index) {
  const work_t *w = context;
  const layout_t *l = &w->layout;
  const int64_t units = l->rows * l->tiles;
  const int64_t part = index / units, unit = index % units;
  const int64_t row = unit / l->tiles, column = unit % l->tiles * SUMI__REDUCE_TILE;
  const int64_t width = at_most(l->width - column, SUMI__REDUCE_TILE);
  const int64_t at = (part * l->rows + row) * l->width + column;
  tile_t totals; /* neighbouring parts do not share cache lines while they are busy */
  w->reducer->start(totals.bytes, width);
  int64_t begin = l->length * part / l->parts, end = l->length * (part + 1) / l->parts;
  if (units == 1 && !l->columns) {
    begin = sumi__tensor_reduce_part_begin(l->length, l->parts, part);
    end = sumi__tensor_reduce_part_begin(l->length, l->parts, part + 1);
  }
  reduce_part(w, row, column, width, begin, end, totals.bytes);
  memcpy(w->partials + (size_t)at * w->reducer->total_bytes, totals.bytes,
         (size_t)width * w->reducer->total_bytes);
}

size_t sumi__tensor_reduce_scratch(const sumi__tensor_reducer_t *reducer, sumi_dims_t dims,
                                   unsigned axes) {
  const layout_t l = layout_of(dims, axes);
  return l.parts > 1 ? (size_t)(l.parts * l.rows * l.width) * reducer->total_bytes : 0;
}

void sumi__tensor_reduce(const sumi_kernel_t *kernel, const sumi__tensor_reducer_t *reducer,
                         sumi_dims_t dims, unsigned axes, const void *x, void *scratch,
                         void *results) {
  work_t w = {reducer, layout_of(dims, axes), x, scratch, results};
  const layout_t *l = &w.layout;
  if (l->parts == 1) {
    sumi_kernel_parallel(kernel, rounded_up(l->rows * l->tiles, l->units_per_task), task_of_units,
                         &w);
    return;
  }
  sumi_kernel_parallel(kernel, l->parts * l->rows * l->tiles, task_of_part, &w);
  const int64_t count = l->rows * l->width;
  for (int64_t part = 1; part < l->parts; ++part)
    reducer->merge(w.partials, w.partials + (size_t)(part * count) * reducer->total_bytes, count);
  reducer->finish(w.partials, count, l->length, results);
}
