/* Parts of images, resized: an expression, so that it has gradients for the images and the boxes.
 * Source: TensorFlow core/kernels/image/crop_and_resize_op.cc. */
#include <sumi/constants.h>
#include <sumi/op_def.h>
#include <sumi/ops.h>

#include <string.h>

/* Where the pixels of the crops stand along one axis of the images. */
typedef struct places {
  sumi_tensor_t at, last; /* positions [boxes, count]; the last pixel of the images */
  sumi_tensor_t inside;   /* which of them are in the images */
} places_t;

static places_t places_of(const sumi_build_t *build, int axis, int64_t count) {
  const sumi_tensor_t boxes = build->in[1];
  const sumi_dtype_t dtype = sumi_tensor_dtype(boxes);
  const sumi_tensor_t size = sumi_gather(sumi_shape(build->in[0]), sumi_tensor_of_number(axis + 1));
  const sumi_tensor_t begin = sumi_index(boxes, axis == 0 ? ":, 0:1" : ":, 1:2");
  const sumi_tensor_t end = sumi_index(boxes, axis == 0 ? ":, 2:3" : ":, 3:4");
  places_t places = {.last = sumi_sub(sumi_cast(size, dtype), 1)};
  if (count > 1) {
    const sumi_tensor_t numbers = sumi_cast(
        sumi_range(0, sumi_scalar(build->graph, SUMI_INT32, (double)count), 1), dtype);
    const sumi_tensor_t step = sumi_div(sumi_mul(sumi_sub(end, begin), places.last),
                                        (double)(count - 1));
    places.at = sumi_add(sumi_mul(begin, places.last), sumi_mul(numbers, step));
  } else {
    places.at = sumi_mul(sumi_mul(sumi_add(begin, end), 0.5), places.last);
  }
  places.inside = sumi_logical_and(sumi_greater_equal(places.at, 0),
                                   sumi_less_equal(places.at, places.last));
  return places;
}

/* A pixel's number, in the images whatever the place is. */
static sumi_tensor_t pixel(sumi_tensor_t at, const places_t *places) {
  return sumi_cast(sumi_clip_by_value(at, 0, places->last), SUMI_INT32);
}

/* images[box_ind, rows, columns]: rows [boxes, height], columns [boxes, width]. */
static sumi_tensor_t pick(const sumi_build_t *build, sumi_tensor_t rows, sumi_tensor_t columns) {
  const sumi_tensor_t image = sumi_index(build->in[2], ":, None, None");
  const sumi_tensor_t y = sumi_expand_dims(rows, 2), x = sumi_expand_dims(columns, 1);
  const sumi_tensor_t zero = sumi_mul(sumi_add(y, x), 0); /* of the shape of them all */
  return sumi_gather_nd(build->in[0], sumi_stack(SUMI_TENSORS(sumi_add(image, zero),
                                                              sumi_add(y, zero), sumi_add(x, zero)),
                                                 .axis = -1));
}

static sumi_tensor_t interpolated(const sumi_build_t *build, const places_t *y, const places_t *x) {
  const sumi_tensor_t top = sumi_floor(y->at), left = sumi_floor(x->at);
  const sumi_tensor_t rows[] = {pixel(top, y), pixel(sumi_ceil(y->at), y)};
  const sumi_tensor_t columns[] = {pixel(left, x), pixel(sumi_ceil(x->at), x)};
  const sumi_tensor_t down = sumi_index(sumi_sub(y->at, top), ":, :, None, None");
  const sumi_tensor_t across = sumi_index(sumi_sub(x->at, left), ":, None, :, None");
  sumi_tensor_t lines[2];
  for (int i = 0; i < 2; ++i) {
    const sumi_tensor_t from = pick(build, rows[i], columns[0]);
    lines[i] = sumi_add(from, sumi_mul(sumi_sub(pick(build, rows[i], columns[1]), from), across));
  }
  return sumi_add(lines[0], sumi_mul(sumi_sub(lines[1], lines[0]), down));
}

static sumi_tensor_t crop_and_resize_expand(const sumi_build_t *build) {
  const sumi_dims_t size = sumi_build_attr(build, "crop_size")->dims;
  sumi_dims_t image, boxes;
  if (size.rank != 2 || size.size[0] < 1 || size.size[1] < 1)
    return sumi_build_refuse(build, "crop_size is %s, rows and columns are expected",
                             sumi_dims_text(size).text);
  if (!sumi_merge_dims(sumi_tensor_dims(build->in[0]), SUMI_DIMS(-1, -1, -1, -1), &image) ||
      !sumi_merge_dims(sumi_tensor_dims(build->in[1]), SUMI_DIMS(-1, 4), &boxes))
    return sumi_build_refuse(
        build, "image has shape %s and boxes %s, ranks 4 and 2 and four numbers are wanted",
        sumi_dims_text(sumi_tensor_dims(build->in[0])).text,
        sumi_dims_text(sumi_tensor_dims(build->in[1])).text);
  const places_t y = places_of(build, 0, size.size[0]), x = places_of(build, 1, size.size[1]);
  const bool nearest = strcmp(sumi_build_attr(build, "method")->string, "nearest") == 0;
  const sumi_tensor_t crops = nearest ? pick(build, pixel(sumi_floor(sumi_add(y.at, 0.5)), &y),
                                             pixel(sumi_floor(sumi_add(x.at, 0.5)), &x))
                                      : interpolated(build, &y, &x);
  const sumi_tensor_t inside = sumi_logical_and(sumi_index(y.inside, ":, :, None, None"),
                                                sumi_index(x.inside, ":, None, :, None"));
  return sumi_select(inside, crops, sumi_build_attr(build, "extrapolation_value")->real);
}

SUMI_OP(crop_and_resize,
        "image: T, boxes: T, box_ind: int32 | crop_size: shape, method: {bilinear, nearest}, "
        "extrapolation_value: float = 0 -> crops: T ; T: float32 float64",
        .doc = "Part boxes[i] = (top, left, bottom, right) of image box_ind[i], resized to "
               "crop_size: sumi_crop_and_resize(x, boxes, numbers, SUMI_DIMS(14, 14)). 0 is the "
               "middle of the first pixel and 1 that of the last; what lies outside has "
               "`extrapolation_value`.",
        .expand = crop_and_resize_expand,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(1, 2, 2, 1), SUMI_S(2, 4), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 2, 3, 4), SUMI_VALUES(0, 0, 1, 1, 1, 1, 0, 2),
                             SUMI_VALUES(0, 0)},
                      .dtype = {0, 0, SUMI_INT32},
                      .attrs = "crop_size = 2 3, extrapolation_value = -1",
                      .out = SUMI_S(2, 2, 3, 1),
                      .expect = SUMI_VALUES(1, 1.5, 2, 3, 3.5, 4, 4, -1, -1, 2, -1, -1),
                      .from = "by hand",
                      .no_gradient_check = true},
                     {.input_count = 3,
                      .in = {SUMI_S(2, 4, 5, 2), SUMI_S(2, 4), SUMI_S(2)},
                      .at = {NULL, SUMI_VALUES(0.11, 0.23, 0.83, 0.71, 0.9, 0.1, 0.3, 0.97),
                             SUMI_VALUES(1, 0)},
                      .dtype = {0, 0, SUMI_INT32},
                      .attrs = "crop_size = 3 2"},
                     {.input_count = 3,
                      .in = {SUMI_S(1, 2, 2, 1), SUMI_S(1, 4), SUMI_S(1)},
                      .at = {NULL, NULL, SUMI_VALUES(1)},
                      .dtype = {0, 0, SUMI_INT32},
                      .attrs = "crop_size = 2 2",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "is outside the shape (1, 2, 2, 1)"}));
