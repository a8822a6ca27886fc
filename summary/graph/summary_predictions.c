/* Galleries of labelled pictures as ops: what the model sees, drawn by the writer's workers. */
#include "summary_ops.h"

#include <sumi/alloc.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Everything a kernel hands to the writer; one block of memory behind it. */
typedef struct gallery {
  int64_t count;
  sumi_prediction_t *predictions;
  const char **class_names; /* into `names` */
  int class_count;
  char *names;         /* the attribute, cut at its newlines */
  char (*numbers)[24]; /* labels that are integers without a name */
} gallery_t;

static void release(gallery_t *gallery) {
  sumi_free(gallery->predictions);
  sumi_free((void *)gallery->class_names);
  sumi_free(gallery->names);
  sumi_free(gallery->numbers);
}

static sumi_status_t split_names(gallery_t *gallery, const char *text) {
  gallery->names = sumi_strdup(text);
  if (!gallery->names) return sumi_fail_alloc("class names", strlen(text));
  int count = text[0] ? 1 : 0;
  for (const char *c = text; *c; ++c) count += *c == '\n';
  gallery->class_names = sumi_calloc((size_t)count, sizeof *gallery->class_names);
  if (!gallery->class_names) return sumi_fail_alloc("class names", (size_t)count);
  char *rest = gallery->names;
  for (int i = 0; i < count; ++i) gallery->class_names[i] = strsep(&rest, "\n");
  gallery->class_count = count;
  return SUMI_OK;
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

static sumi_status_t prepare(const sumi_kernel_t *kernel, gallery_t *gallery) {
  const sumi_array_view_t *images = &kernel->in[1];
  const int64_t max = sumi_attr_int(kernel->op, "max_outputs");
  if (max < 1)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "max_outputs is %lld; at least 1 is needed",
                     (long long)max);
  gallery->count = images->dims[0] < max ? images->dims[0] : max;
  SUMI_TRY(split_names(gallery, sumi_attr_string(kernel->op, "class_names")));
  gallery->predictions = sumi_calloc((size_t)gallery->count, sizeof *gallery->predictions);
  gallery->numbers = sumi_calloc((size_t)gallery->count, 2 * sizeof *gallery->numbers);
  if (!gallery->predictions || !gallery->numbers)
    return sumi_fail_alloc("a gallery", (size_t)gallery->count);
  for (int64_t i = 0; i < gallery->count; ++i) {
    gallery->predictions[i].image = picture(images, i);
    gallery->predictions[i].id = i;
  }
  return SUMI_OK;
}

/* A class by its name, or by its number where it has none; NULL for a negative one: not known. */
static const char *class_text(const gallery_t *gallery, int64_t index, char number[24]) {
  if (index < 0) return NULL;
  if (index < gallery->class_count) return gallery->class_names[index];
  snprintf(number, 24, "%lld", (long long)index);
  return number;
}

static void set_classes(const sumi_kernel_t *kernel, gallery_t *gallery) {
  const sumi_array_view_t *probabilities = &kernel->in[2], *truth = &kernel->in[3];
  const int classes = (int)probabilities->dims[1];
  for (int64_t i = 0; i < gallery->count; ++i) {
    sumi_prediction_t *prediction = &gallery->predictions[i];
    const float *row = (const float *)probabilities->data + i * classes;
    int best = 0;
    for (int k = 1; k < classes; ++k)
      if (row[k] > row[best] || isnan(row[best])) best = k;
    prediction->label = class_text(gallery, best, gallery->numbers[2 * i]);
    prediction->score = row[best];
    prediction->has_score = true;
    prediction->probabilities = row;
    prediction->probability_count = classes;
    prediction->truth = class_text(gallery, (int64_t)sumi_array_view_double(truth, i),
                                   gallery->numbers[2 * i + 1]);
  }
}

static sumi_status_t log_gallery(const sumi_kernel_t *kernel,
                                 sumi__summary_graph_summary_sink_t *sink, const char *tag,
                                 const gallery_t *gallery) {
  const char *title = sumi_attr_string(kernel->op, "title");
  return sumi_writer_predictions(
      sink->writer, tag, sink->step, gallery->predictions, gallery->count,
      .class_names = gallery->class_count ? gallery->class_names : NULL,
      .columns = (int)sumi_attr_int(kernel->op, "columns"), .title = title[0] ? title : NULL,
      .worst_first = sumi_attr_bool(kernel->op, "worst_first"),
      .only_wrong = sumi_attr_bool(kernel->op, "only_wrong"), .max_count = (int)gallery->count);
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

static sumi_status_t predictions_kernel(const sumi_kernel_t *kernel) {
  sumi__summary_graph_summary_sink_t *sink;
  const char *tag;
  SUMI_TRY(sumi__summary_graph_summary_begin(kernel, &sink, &tag));
  if (kernel->in[2].dims[1] < 1)
    return sumi__summary_graph_summary_end(
        kernel, sink, tag, sumi_fail(SUMI_INVALID_ARGUMENT, "probabilities of no class"));
  gallery_t gallery = {0};
  sumi_status_t status = prepare(kernel, &gallery);
  if (status == SUMI_OK) {
    set_classes(kernel, &gallery);
    status = log_gallery(kernel, sink, tag, &gallery);
  }
  release(&gallery);
  return sumi__summary_graph_summary_end(kernel, sink, tag, status);
}

SUMI_OP(
    SumiPredictions,
    "tag: string, images: T, probabilities: float32, truth: L"
    " | max_outputs: int = 64, class_names: string = \"\", columns: int = 0, worst_first: bool = "
    "false,"
    " only_wrong: bool = false, title: string = \"\""
    " -> summary: string ; T: uint8 float32 float64, L: int32 int64",
    .doc = "Logs a gallery of pictures with their most probable class, its score, and the truth.",
    .shape = predictions_shape, .kernel = predictions_kernel, .no_grad = "a summary is no number",
    .flags = SUMI_OP_SIDE_EFFECT);

/* ---- SumiLabeledImages ---- */

static sumi_status_t labeled_shape(sumi_infer_t *infer) {
  int64_t count;
  SUMI_TRY(check_images(infer, &count));
  return check_per_image(infer, 2, "labels", 1, count);
}

static void set_labels(const sumi_kernel_t *kernel, gallery_t *gallery) {
  const sumi_array_view_t *labels = &kernel->in[2];
  for (int64_t i = 0; i < gallery->count; ++i)
    gallery->predictions[i].label = labels->dtype == SUMI_STRING
                                        ? ((const char *const *)labels->data)[i]
                                        : class_text(gallery,
                                                     (int64_t)sumi_array_view_double(labels, i),
                                                     gallery->numbers[2 * i]);
}

static sumi_status_t labeled_kernel(const sumi_kernel_t *kernel) {
  sumi__summary_graph_summary_sink_t *sink;
  const char *tag;
  SUMI_TRY(sumi__summary_graph_summary_begin(kernel, &sink, &tag));
  gallery_t gallery = {0};
  sumi_status_t status = prepare(kernel, &gallery);
  if (status == SUMI_OK) {
    set_labels(kernel, &gallery);
    status = log_gallery(kernel, sink, tag, &gallery);
  }
  release(&gallery);
  return sumi__summary_graph_summary_end(kernel, sink, tag, status);
}

SUMI_OP(SumiLabeledImages,
        "tag: string, images: T, labels: L"
        " | max_outputs: int = 3, class_names: string = \"\", columns: int = 0, worst_first: bool "
        "= false,"
        " only_wrong: bool = false, title: string = \"\""
        " -> summary: string ; T: uint8 float32 float64, L: string int32 int64",
        .doc = "Logs pictures drawn with their labels.", .shape = labeled_shape,
        .kernel = labeled_kernel, .no_grad = "a summary is no number",
        .flags = SUMI_OP_SIDE_EFFECT);
