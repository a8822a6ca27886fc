/* Convolution as a matrix product: the patch under each output pixel is copied into a row of
 * `columns`, so that output = columns . filter,   d filter = columns^T . d output,   d columns = d
 * output . filter^T, and the gradient of the images adds the rows of d columns back to where they
 * came from (Chellapilla, Puri and Simard 2006). Patches are made for a tile of pixels at a time,
 * small enough to stay in the second-level cache. */
#include "kernels/conv.h"
#include "kernels/conv_tasks.h"

#include <sumi/alloc.h>

#include <cblas.h>
#include <string.h>

enum {
  TILE_ELEMENTS = 48 * 1024, /* of columns */
  MIN_TILE_PIXELS = 16       /* below, the matrix product is inefficient */
};

/* How the work is cut: a function of the geometry alone. */
typedef struct im2col {
  const sumi__tensor_conv_t *conv;
  sumi__tensor_conv_pass_t pass;
  sumi_dtype_t dtype;
  size_t element_size;
  sumi__tensor_conv_arrays_t arrays;
  char *scratch;
  int64_t pixels, depth; /* of an image's output; elements of a patch */
  int64_t tile_pixels, tiles_per_image, units, tasks;
  int64_t columns_elements; /* scratch of one task, in front of its partial filter gradient */
  bool in_place;            /* patches are pixels: the images serve as columns */
} im2col_t;

static int64_t round_up(int64_t count, int64_t unit) {
  return (count + unit - 1) / unit * unit;
}

/* The gradient of an image is added to by all of its tiles, so there a unit of work is an image. */
static im2col_t make_im2col(const sumi__tensor_conv_t *conv, sumi__tensor_conv_pass_t pass,
                            sumi_dtype_t dtype) {
  im2col_t m = {
      .conv = conv, .pass = pass, .dtype = dtype, .element_size = sumi_dtype_size_bytes(dtype)};
  m.pixels = sumi__tensor_conv_output_pixels(conv);
  m.depth = conv->rows.size * conv->columns.size * conv->in_channels;
  m.in_place = sumi__tensor_conv_is_pointwise(conv);
  m.tile_pixels = sumi__tensor_most(
      1, sumi__tensor_least(
             m.pixels,
             sumi__tensor_most(MIN_TILE_PIXELS, TILE_ELEMENTS / sumi__tensor_most(m.depth, 1))));
  m.tiles_per_image = round_up(m.pixels, m.tile_pixels) / m.tile_pixels;
  m.units = conv->images * (pass == SUMI__CONV_IMAGES ? 1 : m.tiles_per_image);
  m.tasks = sumi__tensor_conv_tasks(conv, pass, dtype, m.units);
  const int64_t line = SUMI_ALIGNMENT / (int64_t)m.element_size;
  m.columns_elements = m.in_place ? 0 : round_up(m.tile_pixels * m.depth, line);
  return m;
}

static int64_t task_elements(const im2col_t *m) {
  const int64_t line = SUMI_ALIGNMENT / (int64_t)m->element_size;
  const int64_t partial = m->pass == SUMI__CONV_FILTER ? sumi__tensor_conv_filter_size(m->conv) : 0;
  return m->columns_elements + round_up(partial, line);
}

static char *element(const im2col_t *m, const void *base, int64_t index) {
  return (char *)(uintptr_t)base + index * (int64_t)m->element_size;
}

/* c = beta * c + op(a) . op(b), all row-major; op(a) is [rows, depth]. */
static void multiply(sumi_dtype_t dtype, bool transpose_a, bool transpose_b, int64_t rows,
                     int64_t columns, int64_t depth, const void *a, const void *b, double beta,
                     void *c) {
  const enum CBLAS_TRANSPOSE ta = transpose_a ? CblasTrans : CblasNoTrans;
  const enum CBLAS_TRANSPOSE tb = transpose_b ? CblasTrans : CblasNoTrans;
  const blasint m = (blasint)rows, n = (blasint)columns, k = (blasint)depth;
  const blasint lda = transpose_a ? m : k, ldb = transpose_b ? k : n;
  if (dtype == SUMI_FLOAT32)
    cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, 1, a, lda, b, ldb, (float)beta, c, n);
  else
    cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, 1, a, lda, b, ldb, beta, c, n);
}

/* One row of taps of a patch, copied from (gather) or added to (scatter) the image. Taps [first,
 * last) lie inside; neighbouring taps are neighbours in memory when the window has no holes. */
typedef struct tap_row {
  char *image; /* where tap 0 would lie; not dereferenced outside [first, last) */
  char *patch;
  int64_t first, last;
} tap_row_t;

static void gather_row(const im2col_t *m, const tap_row_t *row) {
  const size_t pixel = (size_t)m->conv->in_channels * m->element_size;
  const int64_t size = m->conv->columns.size, dilation = m->conv->columns.dilation;
  memset(row->patch, 0, (size_t)row->first * pixel);
  if (dilation == 1)
    memcpy(row->patch + (size_t)row->first * pixel, row->image + row->first * (int64_t)pixel,
           (size_t)(row->last - row->first) * pixel);
  else
    for (int64_t k = row->first; k < row->last; ++k)
      memcpy(row->patch + (size_t)k * pixel, row->image + k * dilation * (int64_t)pixel, pixel);
  memset(row->patch + (size_t)row->last * pixel, 0, (size_t)(size - row->last) * pixel);
}

static void scatter_row(const im2col_t *m, const tap_row_t *row) {
  const int64_t channels = m->conv->in_channels, dilation = m->conv->columns.dilation;
  const int64_t pixel = channels * (int64_t)m->element_size;
  if (dilation == 1)
    sumi__tensor_conv_add(m->dtype, (row->last - row->first) * channels,
                          row->patch + row->first * pixel, row->image + row->first * pixel);
  else
    for (int64_t k = row->first; k < row->last; ++k)
      sumi__tensor_conv_add(m->dtype, channels, row->patch + k * pixel,
                            row->image + k * dilation * pixel);
}

/* Walks the patches of output pixels [first, first + count) of one image. */
static void walk_patches(const im2col_t *m, char *image, int64_t first, int64_t count,
                         char *columns, bool gather) {
  const sumi__tensor_window_t *rows = &m->conv->rows, *cols = &m->conv->columns;
  const int64_t pixel = m->conv->in_channels * (int64_t)m->element_size;
  const int64_t row_bytes = cols->size * pixel;
  for (int64_t p = first; p < first + count; ++p) {
    const int64_t y = p / cols->out, x = p % cols->out;
    const int64_t top = y * rows->stride - rows->before, left = x * cols->stride - cols->before;
    int64_t first_row, last_row;
    tap_row_t row = {0};
    sumi__tensor_window_taps(rows, y, &first_row, &last_row);
    sumi__tensor_window_taps(cols, x, &row.first, &row.last);
    for (int64_t k = 0; k < rows->size; ++k, columns += row_bytes) {
      if (k < first_row || k >= last_row) {
        if (gather) memset(columns, 0, (size_t)row_bytes);
        continue;
      }
      row.image = (char *)((uintptr_t)image +
                           (uintptr_t)(((top + k * rows->dilation) * cols->in + left) * pixel));
      row.patch = columns;
      if (gather)
        gather_row(m, &row);
      else
        scatter_row(m, &row);
    }
  }
}

static char *image_at(const im2col_t *m, int64_t image) {
  return element(m, m->arrays.images, image * sumi__tensor_conv_image_size(m->conv));
}

static char *output_at(const im2col_t *m, int64_t image, int64_t pixel) {
  return element(m, m->arrays.output, (image * m->pixels + pixel) * m->conv->out_channels);
}

/* The patches of a tile, gathered into `columns` unless the image already has their layout. */
static const char *tile_columns(const im2col_t *m, int64_t image, int64_t pixel, int64_t count,
                                char *columns) {
  if (m->in_place) return image_at(m, image) + pixel * m->depth * (int64_t)m->element_size;
  walk_patches(m, image_at(m, image), pixel, count, columns, true);
  return columns;
}

static void output_tile(const im2col_t *m, int64_t image, int64_t pixel, int64_t count,
                        char *columns) {
  multiply(m->dtype, false, false, count, m->conv->out_channels, m->depth,
           tile_columns(m, image, pixel, count, columns), m->arrays.filter, 0,
           output_at(m, image, pixel));
}

static void filter_tile(const im2col_t *m, int64_t image, int64_t pixel, int64_t count,
                        char *columns, double beta, char *partial) {
  multiply(m->dtype, true, false, m->depth, m->conv->out_channels, count,
           tile_columns(m, image, pixel, count, columns), output_at(m, image, pixel), beta,
           partial);
}

static void image_tile(const im2col_t *m, int64_t image, int64_t pixel, int64_t count,
                       char *columns) {
  char *target = m->in_place ? image_at(m, image) + pixel * m->depth * (int64_t)m->element_size
                             : columns;
  multiply(m->dtype, false, true, count, m->depth, m->conv->out_channels,
           output_at(m, image, pixel), m->arrays.filter, 0, target);
  if (!m->in_place) walk_patches(m, image_at(m, image), pixel, count, columns, false);
}

static void run_unit(const im2col_t *m, int64_t unit, bool first_of_task, char *columns) {
  if (m->pass == SUMI__CONV_IMAGES) {
    memset(image_at(m, unit), 0, (size_t)sumi__tensor_conv_image_size(m->conv) * m->element_size);
    for (int64_t p = 0; p < m->pixels; p += m->tile_pixels)
      image_tile(m, unit, p, sumi__tensor_least(m->tile_pixels, m->pixels - p), columns);
    return;
  }
  const int64_t image = unit / m->tiles_per_image,
                pixel = unit % m->tiles_per_image * m->tile_pixels;
  const int64_t count = sumi__tensor_least(m->tile_pixels, m->pixels - pixel);
  if (m->pass == SUMI__CONV_OUTPUT)
    output_tile(m, image, pixel, count, columns);
  else
    filter_tile(m, image, pixel, count, columns, first_of_task ? 0 : 1,
                element(m, columns, m->columns_elements));
}

static void run_task(void *context, int64_t task) {
  const im2col_t *m = context;
  char *columns = element(m, m->scratch, task * task_elements(m));
  const int64_t first = m->units * task / m->tasks, last = m->units * (task + 1) / m->tasks;
  for (int64_t unit = first; unit < last; ++unit) run_unit(m, unit, unit == first, columns);
}

/* An array without elements somewhere: the result is zero where it has any. */
static bool is_empty(const im2col_t *m) {
  return m->conv->images == 0 || m->pixels == 0 || m->depth == 0 || m->conv->out_channels == 0;
}

static void clear_result(const im2col_t *m) {
  const int64_t outputs = m->conv->images * m->pixels * m->conv->out_channels;
  const int64_t images = m->conv->images * sumi__tensor_conv_image_size(m->conv);
  if (m->pass == SUMI__CONV_OUTPUT && outputs)
    memset(m->arrays.output, 0, (size_t)outputs * m->element_size);
  if (m->pass == SUMI__CONV_IMAGES && images)
    memset(m->arrays.images, 0, (size_t)images * m->element_size);
  if (m->pass == SUMI__CONV_FILTER && sumi__tensor_conv_filter_size(m->conv))
    memset(m->arrays.filter, 0, (size_t)sumi__tensor_conv_filter_size(m->conv) * m->element_size);
}

size_t sumi__tensor_conv_im2col_scratch(const sumi__tensor_conv_t *conv,
                                        sumi__tensor_conv_pass_t pass, sumi_dtype_t dtype) {
  const im2col_t m = make_im2col(conv, pass, dtype);
  return is_empty(&m) ? 0 : (size_t)(m.tasks * task_elements(&m)) * m.element_size;
}

void sumi__tensor_conv_im2col(const sumi_kernel_t *kernel, const sumi__tensor_conv_t *conv,
                              sumi__tensor_conv_pass_t pass, sumi_dtype_t dtype,
                              const sumi__tensor_conv_arrays_t *arrays) {
  im2col_t m = make_im2col(conv, pass, dtype);
  m.arrays = *arrays;
  m.scratch = kernel->scratch;
  if (is_empty(&m)) {
    clear_result(&m);
    return;
  }
  sumi_kernel_parallel(kernel, m.tasks, run_task, &m);
  if (pass == SUMI__CONV_FILTER)
    sumi__tensor_conv_sum_partials(kernel, dtype, sumi__tensor_conv_filter_size(conv), m.tasks,
                                   element(&m, m.scratch, m.columns_elements),
                                   (size_t)task_elements(&m) * m.element_size, arrays->filter);
}
