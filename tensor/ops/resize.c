/* Images of another size. Source of names and semantics: TensorFlow core/ops/image_ops.cc,
 * python/ops/image_grad.py. */
#include "kernels/resample.h"
#include "ops/known.h"

#include <sumi/ops.h>

/* ---- Shapes ---- */

static sumi_status_t want_images(const sumi_infer_t *infer, int input, const char *name) {
  const sumi_dims_t dims = infer->in[input];
  SUMI_TRY(sumi__tensor_want_rank(infer, input, name, 4));
  if (sumi_attr_bool(infer->op, "align_corners") && sumi_attr_bool(infer->op, "half_pixel_centers"))
    return sumi_refuse(infer, "align_corners and half_pixel_centers exclude each other");
  if (dims.rank == 4 && (dims.size[1] == 0 || dims.size[2] == 0))
    return sumi_refuse(infer, "%s has shape %s, pictures of at least one pixel are expected", name,
                       sumi_dims_text(dims).text);
  return SUMI_OK;
}

/* out[0]: the images of input 0 with the rows and columns that input 1 lists. */
static sumi_status_t resize_shape(sumi_infer_t *infer) {
  sumi_dims_t size, out = infer->in[0], merged;
  SUMI_TRY(want_images(infer, 0, "images"));
  SUMI_TRY(sumi__tensor_want_dims(infer, 1, "size", &size));
  if (!sumi_merge_dims(size, sumi__tensor_dims_of_rank(2), &merged))
    return sumi_refuse(infer, "size has %d elements, expected rows and columns", size.rank);
  if (out.rank == SUMI_UNKNOWN_RANK) out = sumi__tensor_dims_of_rank(4);
  for (int axis = 0; axis < 2; ++axis) {
    if (merged.size[axis] == 0)
      return sumi_refuse(infer, "size is %s, expected at least one pixel",
                         sumi_dims_text(merged).text);
    out.size[axis + 1] = merged.size[axis];
  }
  infer->out[0] = out;
  return SUMI_OK;
}

/* out[0]: as the original images, input 1. */
static sumi_status_t resize_grad_shape(sumi_infer_t *infer) {
  const sumi_dims_t grads = infer->in[0], image = infer->in[1];
  SUMI_TRY(want_images(infer, 0, "grads"));
  SUMI_TRY(want_images(infer, 1, "original_image"));
  infer->out[0] = image;
  if (grads.rank == SUMI_UNKNOWN_RANK || image.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  sumi_dims_t want = image, merged;
  want.size[1] = grads.size[1];
  want.size[2] = grads.size[2];
  if (!sumi_merge_dims(want, grads, &merged))
    return sumi_refuse(infer, "grads has shape %s, original_image %s", sumi_dims_text(grads).text,
                       sumi_dims_text(image).text);
  return SUMI_OK;
}

/* ---- Kernels ---- */

/* From the shape of the original images and of the resized ones. */
static sumi__tensor_resample_t geometry(const sumi_kernel_t *kernel,
                                        sumi__tensor_resampling_t method,
                                        const sumi_array_view_t *original,
                                        const sumi_array_view_t *resized) {
  return (sumi__tensor_resample_t){
      .method = method,
      .align_corners = sumi_attr_bool(kernel->op, "align_corners"),
      .half_pixel_centers = sumi_attr_bool(kernel->op, "half_pixel_centers"),
      .dtype = original->dtype,
      .images = original->dims[0],
      .channels = original->dims[3],
      .rows = original->dims[1],
      .columns = original->dims[2],
      .out_rows = resized->dims[1],
      .out_columns = resized->dims[2]};
}

static size_t resize_scratch(const sumi_kernel_t *kernel) {
  const sumi__tensor_resample_t r = geometry(kernel, SUMI__RESAMPLE_NEAREST, &kernel->in[0],
                                             &kernel->out[0]);
  return sumi__tensor_resample_scratch(&r);
}

static size_t resize_grad_scratch(const sumi_kernel_t *kernel) {
  const sumi__tensor_resample_t r = geometry(kernel, SUMI__RESAMPLE_NEAREST, &kernel->out[0],
                                             &kernel->in[0]);
  return sumi__tensor_resample_scratch(&r);
}

#define RESIZE_KERNELS(name, METHOD)                                                               \
  static sumi_status_t name##_kernel(const sumi_kernel_t *kernel) {                                \
    const sumi__tensor_resample_t r = geometry(kernel, SUMI__RESAMPLE_##METHOD, &kernel->in[0],    \
                                               &kernel->out[0]);                                   \
    sumi__tensor_resample(kernel, &r, kernel->in[0].data, sumi_kernel_out(kernel, 0));             \
    return SUMI_OK;                                                                                \
  }                                                                                                \
  static sumi_status_t name##_grad_kernel(const sumi_kernel_t *kernel) {                           \
    const sumi__tensor_resample_t r = geometry(kernel, SUMI__RESAMPLE_##METHOD, &kernel->out[0],   \
                                               &kernel->in[0]);                                    \
    sumi__tensor_resample_back(kernel, &r, kernel->in[0].data, sumi_kernel_out(kernel, 0));        \
    return SUMI_OK;                                                                                \
  }
RESIZE_KERNELS(nearest, NEAREST)
RESIZE_KERNELS(bilinear, BILINEAR)
RESIZE_KERNELS(bicubic, BICUBIC)

/* ---- Gradients: resizing is linear, so each is the other's ---- */

#define CORNERS(d)                                                                                 \
  .align_corners = sumi_attr_bool((d)->op, "align_corners"),                                       \
  .half_pixel_centers = sumi_attr_bool((d)->op, "half_pixel_centers")

static sumi_tensor_t size_of(sumi_tensor_t images) {
  return sumi_index(sumi_shape(images), "1:3");
}

static void nearest_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_resize_nearest_neighbor_grad(d->dy[0], SUMI_TENSORS(size_of(d->x[0])),
                                               CORNERS(d));
}

static void nearest_grad_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_resize_nearest_neighbor(d->dy[0], SUMI_TENSORS(size_of(d->x[0])), CORNERS(d));
}

static void bilinear_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_resize_bilinear_grad(d->dy[0], d->x[0], CORNERS(d));
}

static void bilinear_grad_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_resize_bilinear(d->dy[0], SUMI_TENSORS(size_of(d->x[0])), CORNERS(d));
}

static void bicubic_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_resize_bicubic_grad(d->dy[0], d->x[0], CORNERS(d));
}

static void bicubic_grad_grad(sumi_grad_t *d) {
  d->dx[0] = sumi_resize_bicubic(d->dy[0], SUMI_TENSORS(size_of(d->x[0])), CORNERS(d));
}

/* ---- Samples ---- */

#define RESIZE(options, rows, columns, result)                                                     \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(1, 2, 2, 1), SUMI_S(2)},                                       \
    .at = {SUMI_VALUES(1, 2, 3, 4), SUMI_VALUES(rows, columns)}, .dtype = {0, SUMI_INT32},         \
    .attrs = options, .out = SUMI_S(1, rows, columns, 1), .expect = SUMI_VALUES result,            \
    .from = "by hand"                                                                              \
  }
#define RESIZE_RANDOM(options)                                                                     \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(2, 3, 4, 2), SUMI_S(2)}, .at = {NULL, SUMI_VALUES(5, 3)},      \
    .dtype = {0, SUMI_INT32}, .attrs = options                                                     \
  }
#define RESIZE_REFUSED                                                                             \
  {.input_count = 2,                                                                               \
   .in = {SUMI_S(1, 2, 2, 1), SUMI_S(2)},                                                          \
   .at = {NULL, SUMI_VALUES(4, 0)},                                                                \
   .dtype = {0, SUMI_INT32},                                                                       \
   .want = SUMI_INVALID_ARGUMENT,                                                                  \
   .message = "size is (4, 0), expected at least one pixel"},                                      \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(2, 2, 1), SUMI_S(2)}, .at = {NULL, SUMI_VALUES(4, 4)},         \
    .dtype = {0, SUMI_INT32}, .want = SUMI_INVALID_ARGUMENT,                                       \
    .message = "images must have rank 4, its shape is (2, 2, 1)"                                   \
  }
/* Each pixel of a picture twice as wide, whose gradients come together. */
#define RESIZE_BACK(result)                                                                        \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(1, 1, 4, 1), SUMI_S(1, 1, 2, 1)},                              \
    .at = {SUMI_VALUES(1, 2, 3, 4), NULL}, .out = SUMI_S(1, 1, 2, 1),                              \
    .expect = SUMI_VALUES result, .from = "by hand", .held = 2                                     \
  }
#define RESIZE_BACK_REFUSED                                                                        \
  {                                                                                                \
    .input_count = 2, .in = {SUMI_S(1, 2, 2, 1), SUMI_S(1, 2, 2, 3)},                              \
    .want = SUMI_INVALID_ARGUMENT,                                                                 \
    .message = "grads has shape (1, 2, 2, 1), original_image (1, 2, 2, 3)"                         \
  }

SUMI_OP(ResizeNearestNeighbor,
        "images: T, size: shape | align_corners: bool = false, half_pixel_centers: bool = false "
        "-> resized_images: T ; T: float32 float64 int32 int64 uint8 int8 int16",
        .doc = "Images [n, rows, columns, channels] of another size, each pixel that of the "
               "nearest place: sumi_resize_nearest_neighbor(x, SUMI_SHAPE(32, 32)).",
        .shape = resize_shape, .kernel = nearest_kernel, .scratch = resize_scratch,
        .grad = nearest_grad,
        SUMI_SAMPLES(RESIZE("", 2, 4, (1, 1, 2, 2, 3, 3, 4, 4)), RESIZE_RANDOM(""),
                     RESIZE_RANDOM("align_corners = true"),
                     RESIZE_RANDOM("half_pixel_centers = true"), RESIZE_REFUSED));

SUMI_OP(ResizeNearestNeighborGrad,
        "grads: T, size: shape | align_corners: bool = false, half_pixel_centers: bool = false "
        "-> output: T ; T: float32 float64",
        .doc = "The gradient of ResizeNearestNeighbor for its images, which have that size.",
        .shape = resize_shape, .kernel = nearest_grad_kernel, .scratch = resize_grad_scratch,
        .grad = nearest_grad_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(1, 1, 4, 1), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 2, 3, 4), SUMI_VALUES(1, 2)},
                      .dtype = {0, SUMI_INT32},
                      .out = SUMI_S(1, 1, 2, 1),
                      .expect = SUMI_VALUES(3, 7),
                      .from = "by hand"},
                     RESIZE_REFUSED));

SUMI_OP(ResizeBilinear,
        "images: T, size: shape | align_corners: bool = false, half_pixel_centers: bool = false "
        "-> resized_images: T ; T: float32 float64",
        .doc = "Images [n, rows, columns, channels] of another size, pixels interpolated between "
               "two in each direction: sumi_resize_bilinear(x, SUMI_SHAPE(32, 32)).",
        .shape = resize_shape, .kernel = bilinear_kernel, .scratch = resize_scratch,
        .grad = bilinear_grad,
        SUMI_SAMPLES(RESIZE("", 2, 4, (1, 1.5, 2, 2, 3, 3.5, 4, 4)),
                     RESIZE("align_corners = true", 2, 3, (1, 1.5, 2, 3, 3.5, 4)),
                     RESIZE("half_pixel_centers = true", 2, 4,
                            (1, 1.25, 1.75, 2, 3, 3.25, 3.75, 4)),
                     RESIZE_RANDOM(""), RESIZE_RANDOM("align_corners = true"),
                     RESIZE_RANDOM("half_pixel_centers = true"), RESIZE_REFUSED,
                     {.input_count = 2,
                      .in = {SUMI_S(1, 2, 2, 1), SUMI_S(2)},
                      .at = {NULL, SUMI_VALUES(4, 4)},
                      .dtype = {0, SUMI_INT32},
                      .attrs = "align_corners = true, half_pixel_centers = true",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "align_corners and half_pixel_centers exclude each other"}));

SUMI_OP(ResizeBilinearGrad,
        "grads: T, original_image: T | align_corners: bool = false, half_pixel_centers: bool = "
        "false -> output: T ; T: float32 float64",
        .doc = "The gradient of ResizeBilinear for its images, of which only the shape matters.",
        .shape = resize_grad_shape, .kernel = bilinear_grad_kernel, .scratch = resize_grad_scratch,
        .grad = bilinear_grad_grad, SUMI_SAMPLES(RESIZE_BACK((2, 8)), RESIZE_BACK_REFUSED));

SUMI_OP(ResizeBicubic,
        "images: T, size: shape | align_corners: bool = false, half_pixel_centers: bool = false "
        "-> resized_images: T ; T: float32 float64",
        .doc = "Images [n, rows, columns, channels] of another size, pixels interpolated between "
               "four in each direction (Keys, 1981).",
        .shape = resize_shape, .kernel = bicubic_kernel, .scratch = resize_scratch,
        .grad = bicubic_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(1, 1, 4, 1), SUMI_S(2)},
                      .at = {SUMI_VALUES(0, 8, 0, 0), SUMI_VALUES(1, 8)},
                      .dtype = {0, SUMI_INT32},
                      .out = SUMI_S(1, 1, 8, 1),
                      .expect = SUMI_VALUES(0, 4.75, 8, 4.75, 0, -0.75, 0, 0),
                      .from = "by hand: Keys' kernel is 19/32 and -3/32 at 1/2 and 3/2"},
                     RESIZE_RANDOM(""), RESIZE_RANDOM("align_corners = true"),
                     RESIZE_RANDOM("half_pixel_centers = true"), RESIZE_REFUSED));

SUMI_OP(ResizeBicubicGrad,
        "grads: T, original_image: T | align_corners: bool = false, half_pixel_centers: bool = "
        "false -> output: T ; T: float32 float64",
        .doc = "The gradient of ResizeBicubic for its images, of which only the shape matters.",
        .shape = resize_grad_shape, .kernel = bicubic_grad_kernel, .scratch = resize_grad_scratch,
        .grad = bicubic_grad_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(1, 1, 4, 1), SUMI_S(1, 1, 4, 1)},
                      .at = {SUMI_VALUES(1, 2, 3, 4), NULL},
                      .out = SUMI_S(1, 1, 4, 1),
                      .expect = SUMI_VALUES(1, 2, 3, 4),
                      .from = "by hand: nothing is resized",
                      .held = 2},
                     RESIZE_BACK_REFUSED));
