/* Expressions on images [n, rows, columns, channels]. Source of names and semantics: TensorFlow
 * core/ops/array_ops.cc, image_ops.cc, nn_ops.cc. */
#include "kernels/window.h"

#include <sumi/constants.h>
#include <sumi/op_def.h>
#include <sumi/ops.h>

#include <stdio.h>
#include <string.h>

static const sumi_tensor_t none = {0};

static bool are_images(const sumi_build_t *build, const char *name, sumi_dims_t *dims) {
  const sumi_dims_t given = sumi_tensor_dims(build->in[0]);
  if (sumi_merge_dims(given, SUMI_DIMS(-1, -1, -1, -1), dims)) return true;
  sumi_build_refuse(build, "%s has shape %s, rank 4 is wanted", name, sumi_dims_text(given).text);
  return false;
}

/* Element `axis` of the shape. */
static sumi_tensor_t size_of(sumi_tensor_t x, int axis) {
  return sumi_gather(sumi_shape(x), sumi_tensor_of_number(axis));
}

/* ---- space_to_depth, depth_to_space ---- */

static int64_t block_size(const sumi_build_t *build) {
  const int64_t size = sumi_build_attr(build, "block_size")->integer;
  if (size < 2)
    sumi_build_refuse(build, "block_size is %lld, at least 2 is expected", (long long)size);
  return size;
}

static sumi_tensor_t swap_blocks(const sumi_build_t *build, sumi_tensor_t x) {
  return sumi_raw_transpose(x, sumi_constant_dims(build->graph, SUMI_AXES(0, 1, 3, 2, 4, 5)));
}

static sumi_tensor_t space_to_depth_expand(const sumi_build_t *build) {
  const sumi_tensor_t x = build->in[0];
  const int64_t block = block_size(build);
  sumi_dims_t dims;
  if (block < 2 || !are_images(build, "input", &dims)) return none;
  if ((dims.size[1] >= 0 && dims.size[1] % block) || (dims.size[2] >= 0 && dims.size[2] % block))
    return sumi_build_refuse(build, "input of shape %s has no whole blocks of %lld by %lld",
                             sumi_dims_text(dims).text, (long long)block, (long long)block);
  const double b = (double)block;
  const sumi_tensor_t images = size_of(x, 0), channels = size_of(x, 3);
  const sumi_tensor_t rows = sumi_floor_div(size_of(x, 1), b);
  const sumi_tensor_t columns = sumi_floor_div(size_of(x, 2), b);
  const sumi_tensor_t cut = sumi_reshape(x, SUMI_SHAPE(images, rows, b, columns, b, channels));
  return sumi_reshape(swap_blocks(build, cut),
                      SUMI_SHAPE(images, rows, columns, sumi_mul(channels, b * b)));
}

SUMI_OP(space_to_depth, "input: T | block_size: int -> output: T",
        .doc = "Each block of block_size by block_size pixels as the channels of one pixel.",
        .expand = space_to_depth_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(1, 2, 4, 1)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8)},
                      .attrs = "block_size = 2",
                      .out = SUMI_S(1, 1, 2, 4),
                      .expect = SUMI_VALUES(1, 2, 5, 6, 3, 4, 7, 8),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(1, 3, 4, 1)},
                      .attrs = "block_size = 2",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "input of shape (1, 3, 4, 1) has no whole blocks of 2 by 2"}));

static sumi_tensor_t depth_to_space_expand(const sumi_build_t *build) {
  const sumi_tensor_t x = build->in[0];
  const int64_t block = block_size(build);
  sumi_dims_t dims;
  if (block < 2 || !are_images(build, "input", &dims)) return none;
  if (dims.size[3] >= 0 && dims.size[3] % (block * block))
    return sumi_build_refuse(build, "the channels of input %s do not make blocks of %lld by %lld",
                             sumi_dims_text(dims).text, (long long)block, (long long)block);
  const double b = (double)block;
  const sumi_tensor_t images = size_of(x, 0), rows = size_of(x, 1), columns = size_of(x, 2);
  const sumi_tensor_t channels = sumi_floor_div(size_of(x, 3), b * b);
  const sumi_tensor_t cut = sumi_reshape(x, SUMI_SHAPE(images, rows, columns, b, b, channels));
  return sumi_reshape(swap_blocks(build, cut),
                      SUMI_SHAPE(images, sumi_mul(rows, b), sumi_mul(columns, b), channels));
}

SUMI_OP(depth_to_space, "input: T | block_size: int -> output: T",
        .doc = "The channels of each pixel as a block of block_size by block_size pixels.",
        .expand = depth_to_space_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(1, 1, 2, 4)},
                      .at = {SUMI_VALUES(1, 2, 5, 6, 3, 4, 7, 8)},
                      .attrs = "block_size = 2",
                      .out = SUMI_S(1, 2, 4, 1),
                      .expect = SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(1, 1, 2, 6)},
                      .attrs = "block_size = 2",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "the channels of input (1, 1, 2, 6) do not make blocks"}));

/* ---- lrn: local response normalization ---- */

static sumi_tensor_t lrn_expand(const sumi_build_t *build) {
  const sumi_tensor_t x = build->in[0];
  const int64_t radius = sumi_build_attr(build, "depth_radius")->integer;
  sumi_dims_t dims;
  if (!are_images(build, "input", &dims)) return none;
  if (radius < 0)
    return sumi_build_refuse(build, "depth_radius is %lld, at least 0 is expected",
                             (long long)radius);
  const sumi_tensor_t channels = size_of(x, 3);
  const sumi_tensor_t ones = sumi_ones(build->graph, SUMI_SHAPE(channels, channels),
                                       .dtype = sumi_tensor_dtype(x));
  const sumi_tensor_t squares = sumi_matmul(sumi_reshape(sumi_square(x), SUMI_SHAPE(-1, channels)),
                                            sumi_matrix_band_part(ones, radius, radius));
  const sumi_tensor_t base = sumi_add(sumi_mul(sumi_reshape(squares, SUMI_TENSORS(sumi_shape(x))),
                                               sumi_build_attr(build, "alpha")->real),
                                      sumi_build_attr(build, "bias")->real);
  return sumi_mul(x, sumi_pow(base, -sumi_build_attr(build, "beta")->real));
}

SUMI_OP(lrn,
        "input: T | depth_radius: int = 5, bias: float = 1, alpha: float = 1, beta: float = 0.5 "
        "-> output: T ; T: float32 float64",
        .doc = "Local response normalization: input / (bias + alpha . sum(input^2))^beta, the sum "
               "over the channel and `depth_radius` channels on each side.",
        .expand = lrn_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(1, 1, 1, 4)},
                      .at = {SUMI_VALUES(1, 2, 2, 4)},
                      .attrs = "depth_radius = 1, bias = 4, beta = 0.5",
                      .out = SUMI_S(1, 1, 1, 4),
                      .expect = SUMI_VALUES(1 / 3.0, 0.5547001962252291, 0.3779644730092272,
                                            0.8164965809277260),
                      .from = "by hand: sums 5, 9, 24, 20"},
                     {.input_count = 1, .in = {SUMI_S(1, 2, 1, 5)}, .attrs = "depth_radius = 2"},
                     {.input_count = 1,
                      .in = {SUMI_S(2, 3)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "input has shape (2, 3), rank 4 is wanted"}));

/* ---- extract_image_patches ---- */

typedef struct patches {
  sumi__tensor_window_t rows, columns;
} patches_t;

static bool read_window(const sumi_build_t *build, int axis, int64_t in,
                        sumi__tensor_window_t *window) {
  int64_t value[3];
  static const char *const names[] = {"ksizes", "strides", "rates"};
  for (int i = 0; i < 3; ++i) {
    const sumi_dims_t list = sumi_build_attr(build, names[i])->dims;
    const bool good = list.rank == 4 && list.size[0] == 1 && list.size[3] == 1 &&
                      list.size[1] > 0 && list.size[2] > 0 && list.size[axis] < INT32_MAX;
    if (!good) {
      sumi_build_refuse(build, "%s is %s, (1, rows, columns, 1) is wanted", names[i],
                        sumi_dims_text(list).text);
      return false;
    }
    value[i] = list.size[axis];
  }
  const bool same = strcmp(sumi_build_attr(build, "padding")->string, "SAME") == 0;
  *window = sumi__tensor_window_make(in, value[0], value[1], value[2], same);
  if (window->out > 0) return true;
  sumi_build_refuse(build, "a window of %lld does not fit into %lld pixels", (long long)value[0],
                    (long long)in);
  return false;
}

/* The border behind the pixels that the last window needs. */
static int64_t border_behind(const sumi__tensor_window_t *w) {
  const int64_t end = (w->out - 1) * w->stride + (w->size - 1) * w->dilation + 1 - w->before;
  return end > w->in ? end - w->in : 0;
}

/* The pixel at place (row, column) of every window. */
static sumi_tensor_t pixels(sumi_tensor_t padded, const patches_t *p, int64_t row, int64_t column) {
  const int64_t top = row * p->rows.dilation, left = column * p->columns.dilation;
  char index[160];
  snprintf(index, sizeof index, ":, %lld:%lld:%lld, %lld:%lld:%lld, :", (long long)top,
           (long long)(top + (p->rows.out - 1) * p->rows.stride + 1), (long long)p->rows.stride,
           (long long)left, (long long)(left + (p->columns.out - 1) * p->columns.stride + 1),
           (long long)p->columns.stride);
  return sumi_index(padded, index);
}

static sumi_tensor_t extract_image_patches_expand(const sumi_build_t *build) {
  enum { MAX_PLACES = 1024 };
  sumi_tensor_t parts[MAX_PLACES];
  sumi_dims_t dims;
  patches_t p;
  if (!are_images(build, "images", &dims)) return none;
  if (dims.size[1] < 0 || dims.size[2] < 0)
    return sumi_build_refuse(build, "images of shape %s: rows and columns must be known",
                             sumi_dims_text(dims).text);
  if (!read_window(build, 1, dims.size[1], &p.rows) ||
      !read_window(build, 2, dims.size[2], &p.columns))
    return none;
  if (p.rows.size * p.columns.size > MAX_PLACES)
    return sumi_build_refuse(build, "windows have %lld pixels, at most %d are supported",
                             (long long)(p.rows.size * p.columns.size), MAX_PLACES);
  const sumi_tensor_t padded = sumi_pad(
      build->in[0], SUMI_AXES(0, p.rows.before, p.columns.before, 0),
      SUMI_AXES(0, border_behind(&p.rows), border_behind(&p.columns), 0));
  int count = 0;
  for (int64_t row = 0; row < p.rows.size; ++row)
    for (int64_t column = 0; column < p.columns.size; ++column)
      parts[count++] = pixels(padded, &p, row, column);
  return count == 1 ? parts[0] : sumi_concat(SUMI_LIST(count, parts), 3);
}

SUMI_OP(extract_image_patches,
        "images: T | ksizes: ints, strides: ints, rates: ints, padding: {SAME, VALID} "
        "-> patches: T",
        .doc = "The windows that a convolution would see, each as the channels of one pixel: "
               "places row by row, the channels of each side by side. The sizes of the images "
               "must be known.",
        .expand = extract_image_patches_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(1, 3, 3, 1)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8, 9)},
                      .attrs = "ksizes = 1 2 2 1, strides = 1 1 1 1, rates = 1 1 1 1, "
                               "padding = VALID",
                      .out = SUMI_S(1, 2, 2, 4),
                      .expect = SUMI_VALUES(1, 2, 4, 5, 2, 3, 5, 6, 4, 5, 7, 8, 5, 6, 8, 9),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(1, 4, 5, 2)},
                      .attrs = "ksizes = 1 3 2 1, strides = 1 2 2 1, rates = 1 1 2 1"},
                     {.input_count = 1,
                      .in = {SUMI_S(1, 4, 5, 2)},
                      .attrs = "ksizes = 1 5 2 1, strides = 1 2 2 1, rates = 1 1 1 1, "
                               "padding = VALID",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "a window of 5 does not fit into 4 pixels"}));
