/* Galleries of labelled pictures as ops: what the model sees, drawn by the writer's workers. */
#include "summary_registry.h"

#include <sumi/alloc.h>
#include <sumi/summary_pictures.h>

#include <stdio.h>

enum { NUMBER_SIZE = 24 };

/* Everything a kernel hands to the writer. */
typedef struct gallery {
  int64_t count;
  sumi_prediction_t *predictions;
  sumi_gallery_options_t options;
  const char **class_names; /* the options' names, then the numbers of classes without one */
  int class_count;          /* of `class_names` */
  char (*class_numbers)[NUMBER_SIZE];
  char (*numbers)[NUMBER_SIZE]; /* one a picture: of a class that is not among them */
  sumi_box_t *boxes;            /* of all pictures */
  char (*box_numbers)[NUMBER_SIZE];
} gallery_t;

static void release(gallery_t *gallery) {
  sumi_free(gallery->predictions);
  sumi_free((void *)gallery->class_names);
  sumi_free(gallery->class_numbers);
  sumi_free(gallery->numbers);
  sumi_free(gallery->boxes);
  sumi_free(gallery->box_numbers);
}

static sumi_array_view_t picture(const sumi_array_view_t *images, int64_t index) {
  sumi_array_view_t view = {.dtype = images->dtype,
                            .rank = 3,
                            .dims = {images->dims[1], images->dims[2], images->dims[3]}};
  const int64_t elements = view.dims[0] * view.dims[1] * view.dims[2];
  view.data = (const char *)images->data +
              (size_t)(index * elements) * sumi_dtype_size_bytes(view.dtype);
  return view;
}

/* The first `max_outputs` pictures, all of which are drawn unless `max_count` says otherwise. */
static sumi_status_t prepare(const sumi_kernel_t *kernel, const sumi__summary_graph_option_t *table,
                             gallery_t *gallery) {
  const sumi_array_view_t *images = &kernel->in[1];
  sumi_gallery_options_t *options = &gallery->options;
  options->struct_size = sizeof *options;
  sumi__summary_graph_read_options(kernel->op, table, options);
  if (options->max_outputs < 1)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "max_outputs is %d; at least 1 is needed",
                     options->max_outputs);
  gallery->count = images->dims[0] < options->max_outputs ? images->dims[0] : options->max_outputs;
  if (options->max_count == 0) options->max_count = (int)gallery->count;
  gallery->predictions = sumi_calloc((size_t)gallery->count, sizeof *gallery->predictions);
  gallery->numbers = sumi_calloc((size_t)gallery->count, sizeof *gallery->numbers);
  if (!gallery->predictions || !gallery->numbers)
    return sumi_fail_alloc("a gallery", (size_t)gallery->count);
  for (int64_t i = 0; i < gallery->count; ++i) {
    gallery->predictions[i].image = picture(images, i);
    gallery->predictions[i].id = i;
  }
  return SUMI_OK;
}

/* A name for each of `classes` classes. */
static sumi_status_t name_classes(gallery_t *gallery, int classes) {
  sumi_gallery_options_t *options = &gallery->options;
  const int named = options->class_count;
  const int count = classes > named ? classes : named;
  if (count == 0) return SUMI_OK;
  gallery->class_names = sumi_calloc((size_t)count, sizeof *gallery->class_names);
  gallery->class_numbers = sumi_calloc((size_t)(count - named), sizeof *gallery->class_numbers);
  if (!gallery->class_names || (count > named && !gallery->class_numbers))
    return sumi_fail_alloc("class names", (size_t)count);
  for (int i = 0; i < named; ++i) gallery->class_names[i] = options->class_names[i];
  for (int i = named; i < count; ++i) {
    snprintf(gallery->class_numbers[i - named], NUMBER_SIZE, "%d", i);
    gallery->class_names[i] = gallery->class_numbers[i - named];
  }
  gallery->class_count = options->class_count = count;
  options->class_names = gallery->class_names;
  return SUMI_OK;
}

/* A class by its name, or by its number where it has none; NULL for a negative one: not known. */
static const char *class_text(const gallery_t *gallery, int64_t index, char number[NUMBER_SIZE]) {
  if (index < 0) return NULL;
  if (index < gallery->class_count) return gallery->class_names[index];
  snprintf(number, NUMBER_SIZE, "%lld", (long long)index);
  return number;
}

/* Class `i` of a tensor of class numbers. */
static const char *class_at(const gallery_t *gallery, const sumi_array_view_t *classes, int64_t i) {
  return class_text(gallery, (int64_t)sumi_array_view_double(classes, i), gallery->numbers[i]);
}

static sumi_status_t log_gallery(const sumi__summary_graph_summary_sink_t *sink, const char *tag,
                                 const gallery_t *gallery) {
  return sumi_writer_predictions_with(sink->writer, tag, sink->step, gallery->predictions,
                                      gallery->count, &gallery->options);
}

static sumi_status_t
run_gallery(const sumi_kernel_t *kernel,
            sumi_status_t (*log)(const sumi_kernel_t *kernel, gallery_t *gallery,
                                 const sumi__summary_graph_summary_sink_t *sink, const char *tag)) {
  sumi__summary_graph_summary_sink_t *sink;
  const char *tag;
  SUMI_TRY(sumi__summary_graph_summary_begin(kernel, &sink, &tag));
  gallery_t gallery = {0};
  const sumi_status_t status = log(kernel, &gallery, sink, tag);
  release(&gallery);
  return sumi__summary_graph_summary_end(kernel, sink, tag, status);
}

static sumi_status_t check_images(sumi_infer_t *infer, int64_t *count) {
  const sumi_dims_t dims = infer->in[1];
  *count = -1;
  infer->out[0] = SUMI_SCALAR;
  if (dims.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  if (dims.rank != 4)
    return sumi_refuse(infer, "images of shape %s; [n, h, w, c] is needed",
                       sumi_dims_text(dims).text);
  *count = dims.size[0];
  return SUMI_OK;
}

static sumi_status_t check_per_image(sumi_infer_t *infer, int index, const char *what, int rank,
                                     int64_t count) {
  const sumi_dims_t dims = infer->in[index];
  if (dims.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  const bool fits = dims.rank == rank && (dims.size[0] < 0 || count < 0 || dims.size[0] == count);
  if (fits) return SUMI_OK;
  return sumi_refuse(infer, "%s of shape %s for images of shape %s; one %s for each is needed",
                     what, sumi_dims_text(dims).text, sumi_dims_text(infer->in[1]).text,
                     rank == 2 ? "row" : "element");
}

/* ---- SumiPredictions ---- */

static sumi_status_t predictions_shape(sumi_infer_t *infer) {
  int64_t count;
  SUMI_TRY(check_images(infer, &count));
  SUMI_TRY(check_per_image(infer, 2, "probabilities", 2, count));
  return check_per_image(infer, 3, "truth", 1, count);
}

/* Labels and scores are the gallery's to find: one rule for the most probable class. */
static sumi_status_t log_predictions(const sumi_kernel_t *kernel, gallery_t *gallery,
                                     const sumi__summary_graph_summary_sink_t *sink,
                                     const char *tag) {
  const sumi_array_view_t *probabilities = &kernel->in[2];
  const int classes = (int)probabilities->dims[1];
  if (classes < 1) return sumi_fail(SUMI_INVALID_ARGUMENT, "probabilities of no class");
  SUMI_TRY(prepare(kernel, sumi__summary_graph_options_of_SumiPredictions, gallery));
  SUMI_TRY(name_classes(gallery, classes));
  for (int64_t i = 0; i < gallery->count; ++i) {
    sumi_prediction_t *prediction = &gallery->predictions[i];
    prediction->probabilities = (const float *)probabilities->data + i * classes;
    prediction->probability_count = classes;
    prediction->truth = class_at(gallery, &kernel->in[3], i);
  }
  return log_gallery(sink, tag, gallery);
}

static sumi_status_t predictions_kernel(const sumi_kernel_t *kernel) {
  return run_gallery(kernel, log_predictions);
}

SUMI_SUMMARY_OP(
    SumiPredictions, sumi_gallery_options_t,
    "tag: string, images: T, probabilities: float32, truth: L"
    " | class_names: strings =, columns: int = 0, worst_first: bool = false, title: string = \"\","
    " subtitle: string = \"\", only_wrong: bool = false, keys: pointer = null, max_count: int = 0,"
    " picture_px: int = 0, top_k: int = 0, low: float = 0, high: float = 0, bad_color: int = 0,"
    " channels_first: bool = false, order: int = 0, max_outputs: int = 64,"
    " match: int = 0, iou: float = 0, any_class: bool = false, min_score: float = 0"
    " -> summary: string ; T: uint8 float32 float64, L: int32 int64",
    .api = "summary_predictions",
    .doc = "Logs a gallery of pictures [n, h, w, c], each with its most probable class of "
           "`probabilities` [n, k], the score of that, and the truth [n] (negative: not known).",
    .shape = predictions_shape, .kernel = predictions_kernel);

/* ---- SumiLabeledImages ---- */

static sumi_status_t labeled_shape(sumi_infer_t *infer) {
  int64_t count;
  SUMI_TRY(check_images(infer, &count));
  return check_per_image(infer, 2, "labels", 1, count);
}

static sumi_status_t log_labeled(const sumi_kernel_t *kernel, gallery_t *gallery,
                                 const sumi__summary_graph_summary_sink_t *sink, const char *tag) {
  const sumi_array_view_t *labels = &kernel->in[2];
  SUMI_TRY(prepare(kernel, sumi__summary_graph_options_of_SumiLabeledImages, gallery));
  SUMI_TRY(name_classes(gallery, 0));
  for (int64_t i = 0; i < gallery->count; ++i)
    gallery->predictions[i].label = labels->dtype == SUMI_STRING
                                        ? ((const char *const *)labels->data)[i]
                                        : class_at(gallery, labels, i);
  return log_gallery(sink, tag, gallery);
}

static sumi_status_t labeled_kernel(const sumi_kernel_t *kernel) {
  return run_gallery(kernel, log_labeled);
}

SUMI_SUMMARY_OP(
    SumiLabeledImages, sumi_gallery_options_t,
    "tag: string, images: T, labels: L"
    " | class_names: strings =, columns: int = 0, worst_first: bool = false, title: string = \"\","
    " subtitle: string = \"\", only_wrong: bool = false, keys: pointer = null, max_count: int = 0,"
    " picture_px: int = 0, top_k: int = 0, low: float = 0, high: float = 0, bad_color: int = 0,"
    " channels_first: bool = false, order: int = 0, max_outputs: int = 3,"
    " match: int = 0, iou: float = 0, any_class: bool = false, min_score: float = 0"
    " -> summary: string ; T: uint8 float32 float64, L: string int32 int64",
    .api = "summary_labeled_images",
    .doc = "Logs pictures [n, h, w, c] drawn with their labels [n], strings or numbers of classes.",
    .shape = labeled_shape, .kernel = labeled_kernel);

/* ---- SumiDetections ---- */

/* Inputs in the order of the schema. */
enum { BOXES = 2, SCORES, CLASSES, TRUTH_BOXES, TRUTH_CLASSES };

/* [count, things, 4] with [count, things] beside it, of which `beside` says the name. */
static sumi_status_t check_things(sumi_infer_t *infer, int boxes, const char *what, int others,
                                  const char *beside, int64_t count) {
  const sumi_dims_t at = infer->in[boxes], per = infer->in[others];
  if (at.rank == SUMI_UNKNOWN_RANK || per.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  const bool fits = at.rank == 3 && (at.size[2] < 0 || at.size[2] == 4) &&
                    (at.size[0] < 0 || count < 0 || at.size[0] == count);
  if (!fits)
    return sumi_refuse(infer, "%s of shape %s for images of shape %s; [n, k, 4] is needed", what,
                       sumi_dims_text(at).text, sumi_dims_text(infer->in[1]).text);
  for (int axis = 0; axis < 2; ++axis)
    if (per.rank != 2 ||
        (per.size[axis] >= 0 && at.size[axis] >= 0 && per.size[axis] != at.size[axis]))
      return sumi_refuse(infer, "%s of shape %s for %s of shape %s; one for each is needed", beside,
                         sumi_dims_text(per).text, what, sumi_dims_text(at).text);
  return SUMI_OK;
}

static sumi_status_t detections_shape(sumi_infer_t *infer) {
  int64_t count;
  SUMI_TRY(check_images(infer, &count));
  SUMI_TRY(check_things(infer, BOXES, "boxes", SCORES, "scores", count));
  SUMI_TRY(check_things(infer, BOXES, "boxes", CLASSES, "classes", count));
  return check_things(infer, TRUTH_BOXES, "truth_boxes", TRUTH_CLASSES, "truth_classes", count);
}

/* Adds a picture's boxes of one layer; those of a negative class are not there. */
static void add_boxes(gallery_t *gallery, const sumi_kernel_t *kernel, int64_t index,
                      sumi_layer_t layer, int64_t *made) {
  const bool truth = layer == SUMI_LAYER_TRUTH;
  const sumi_array_view_t *corners = &kernel->in[truth ? TRUTH_BOXES : BOXES];
  const sumi_array_view_t *classes = &kernel->in[truth ? TRUTH_CLASSES : CLASSES];
  sumi_prediction_t *prediction = &gallery->predictions[index];
  const int64_t *size = prediction->image.dims + gallery->options.channels_first;
  for (int64_t i = index * corners->dims[1]; i < (index + 1) * corners->dims[1]; ++i) {
    const int32_t class_index = ((const int32_t *)classes->data)[i];
    const float *at = (const float *)corners->data + 4 * i;
    if (class_index < 0) continue;
    gallery->boxes[*made] = (sumi_box_t){
        .y0 = (double)at[0] * (double)size[0],
        .x0 = (double)at[1] * (double)size[1],
        .y1 = (double)at[2] * (double)size[0],
        .x1 = (double)at[3] * (double)size[1],
        .label = class_text(gallery, class_index, gallery->box_numbers[*made]),
        .has_score = !truth,
        .score = truth ? 0 : ((const float *)kernel->in[SCORES].data)[i],
        .layer = layer,
        .class_index = class_index};
    ++*made;
    ++prediction->box_count;
  }
}

static sumi_status_t log_detections(const sumi_kernel_t *kernel, gallery_t *gallery,
                                    const sumi__summary_graph_summary_sink_t *sink,
                                    const char *tag) {
  SUMI_TRY(prepare(kernel, sumi__summary_graph_options_of_SumiDetections, gallery));
  SUMI_TRY(name_classes(gallery, 0));
  const int64_t each = kernel->in[BOXES].dims[1] + kernel->in[TRUTH_BOXES].dims[1];
  const size_t most = (size_t)(gallery->count * each);
  gallery->boxes = sumi_calloc(most, sizeof *gallery->boxes);
  gallery->box_numbers = sumi_calloc(most, sizeof *gallery->box_numbers);
  if (!gallery->boxes || !gallery->box_numbers) return sumi_fail_alloc("boxes", most);
  int64_t made = 0;
  for (int64_t i = 0; i < gallery->count; ++i) {
    gallery->predictions[i].boxes = gallery->boxes + made;
    add_boxes(gallery, kernel, i, SUMI_LAYER_PREDICTED, &made);
    add_boxes(gallery, kernel, i, SUMI_LAYER_TRUTH, &made);
  }
  return log_gallery(sink, tag, gallery);
}

static sumi_status_t detections_kernel(const sumi_kernel_t *kernel) {
  return run_gallery(kernel, log_detections);
}

SUMI_SUMMARY_OP(
    SumiDetections, sumi_gallery_options_t,
    "tag: string, images: T, boxes: float32, scores: float32, classes: int32, truth_boxes: float32,"
    " truth_classes: int32"
    " | class_names: strings =, columns: int = 0, worst_first: bool = false, title: string = \"\","
    " subtitle: string = \"\", only_wrong: bool = false, keys: pointer = null, max_count: int = 0,"
    " picture_px: int = 0, top_k: int = 0, low: float = 0, high: float = 0, bad_color: int = 0,"
    " channels_first: bool = false, order: int = 0, max_outputs: int = 64,"
    " match: int = 1, iou: float = 0, any_class: bool = false, min_score: float = 0"
    " -> summary: string ; T: uint8 float32 float64",
    .api = "summary_detections",
    .doc =
        "Logs a gallery of pictures [n, h, w, c] with predicted boxes [n, k, 4], their scores "
        "[n, k] and classes [n, k], and the true boxes [n, m, 4] with their classes [n, m]: hits, "
        "misses and false alarms. Boxes are y_min, x_min, y_max, x_max in parts of the picture, "
        "as tf.image.draw_bounding_boxes has them; one of a negative class is not there.",
    .shape = detections_shape, .kernel = detections_kernel);
