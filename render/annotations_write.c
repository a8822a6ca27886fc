#include "annotations_write.h"

#include <string.h>

#include <sumi/alloc.h>

#include "number_text.h"
#include "png_session.h"
#include "text.h"

enum {
  MAX_STRING_BYTES = 1 << 16,
  ALL_PROBABILITIES = 100, /* more classes than these are written by the most probable ones */
  MOST_PROBABLE = 16,
  /* Cells that would pass this are written without what they show: even a million of these and long
   * class names stay below what a PNG may carry. */
  FULL_CELLS_BYTES = SUMI__PNG_MAX_TEXT_BYTES / 2,
};

static void separate(sumi_buffer_t *json) {
  const char last = json->size ? json->data[json->size - 1] : '[';
  if (last != '[' && last != '{') sumi_buffer_putc(json, ',');
}

/* A text that is too long ends on a character's boundary. */
static void put_string(sumi_buffer_t *json, const char *text) {
  const char *end = text + sumi__render_cut_length(text, MAX_STRING_BYTES);
  sumi_buffer_putc(json, '"');
  for (const char *at = text; at < end; ++at) {
    const char *from = at;
    while (at < end && (unsigned char)*at >= 0x20 && *at != '"' && *at != '\\') ++at;
    sumi_buffer_append(json, from, (size_t)(at - from));
    if (at == end) break;
    if (*at == '"' || *at == '\\')
      sumi_buffer_printf(json, "\\%c", *at);
    else
      sumi_buffer_printf(json, "\\u%04x", (unsigned char)*at);
  }
  sumi_buffer_putc(json, '"');
}

static void put_name(sumi_buffer_t *json, const char *name) {
  separate(json);
  if (!name) return;
  put_string(json, name);
  sumi_buffer_putc(json, ':');
}

/* Nine digits: every float comes back as the same float. */
static void put_number(sumi_buffer_t *json, double value) {
  char text[SUMI__NUMBER_TEXT_MAX];
  sumi__render_number_text(text, value, 9);
  if (strpbrk(text, "nN"))
    put_string(json, text);
  else
    sumi_buffer_puts(json, text);
}

void sumi__render_json_text(sumi_buffer_t *json, const char *name, const char *text) {
  if (!text) return;
  put_name(json, name);
  put_string(json, text);
}

void sumi__render_json_number(sumi_buffer_t *json, const char *name, double value) {
  put_name(json, name);
  put_number(json, value);
}

void sumi__render_json_whole(sumi_buffer_t *json, const char *name, int64_t value) {
  put_name(json, name);
  sumi_buffer_printf(json, "%lld", (long long)value);
}

void sumi__render_json_open(sumi_buffer_t *json, const char *name, char bracket) {
  put_name(json, name);
  sumi_buffer_putc(json, bracket);
}

void sumi__render_json_close(sumi_buffer_t *json, char bracket) {
  sumi_buffer_putc(json, bracket);
}

void sumi__render_json_rect(sumi_buffer_t *json, const char *name, sumi_rect_t rect) {
  put_name(json, name);
  sumi_buffer_printf(json, "[%d,%d,%d,%d]", rect.x, rect.y, rect.width, rect.height);
}

void sumi__render_annotations_begin(sumi_buffer_t *json, const char *kind, const char *title) {
  sumi__render_json_open(json, NULL, '{');
  sumi__render_json_whole(json, "sumi", 1);
  sumi__render_json_text(json, "kind", kind);
  sumi__render_json_text(json, "title", title);
}

static void put_layer(sumi_buffer_t *json, sumi_layer_t layer, int class_index) {
  if (layer == SUMI_LAYER_TRUTH) sumi__render_json_text(json, "layer", "truth");
  if (class_index != 0) sumi__render_json_whole(json, "class", class_index);
}

static void put_true(sumi_buffer_t *json, const char *name) {
  put_name(json, name);
  sumi_buffer_puts(json, "true");
}

static void put_match(sumi_buffer_t *json, sumi_match_t match) {
  if (match == SUMI_MATCH_NONE) return;
  sumi__render_json_text(json, "match",
                         match == SUMI_MATCH_HIT    ? "hit"
                         : match == SUMI_MATCH_MISS ? "miss"
                                                    : "false alarm");
}

static void put_boxes(sumi_buffer_t *json, const sumi_box_t *boxes, int count) {
  if (count == 0) return;
  sumi__render_json_open(json, "boxes", '[');
  for (int i = 0; i < count; ++i) {
    sumi__render_json_open(json, NULL, '{');
    sumi__render_json_open(json, "at", '[');
    sumi__render_json_number(json, NULL, boxes[i].x0);
    sumi__render_json_number(json, NULL, boxes[i].y0);
    sumi__render_json_number(json, NULL, boxes[i].x1);
    sumi__render_json_number(json, NULL, boxes[i].y1);
    sumi__render_json_close(json, ']');
    sumi__render_json_text(json, "label", boxes[i].label);
    if (boxes[i].has_score) sumi__render_json_number(json, "score", boxes[i].score);
    put_layer(json, boxes[i].layer, boxes[i].class_index);
    put_match(json, boxes[i].match);
    sumi__render_json_close(json, '}');
  }
  sumi__render_json_close(json, ']');
}

static void put_keypoints(sumi_buffer_t *json, const sumi_keypoint_t *points, int count) {
  if (count == 0) return;
  sumi__render_json_open(json, "keypoints", '[');
  for (int i = 0; i < count; ++i) {
    sumi__render_json_open(json, NULL, '{');
    sumi__render_json_open(json, "at", '[');
    sumi__render_json_number(json, NULL, points[i].x);
    sumi__render_json_number(json, NULL, points[i].y);
    sumi__render_json_close(json, ']');
    if (points[i].hidden) put_true(json, "hidden");
    if (points[i].absent) put_true(json, "absent");
    put_layer(json, points[i].layer, points[i].class_index);
    sumi__render_json_close(json, '}');
  }
  sumi__render_json_close(json, ']');
}

/* "classes":5000, "most_probable":[[17,0.9],…] */
static void put_most_probable(sumi_buffer_t *json, const float *probabilities, int count) {
  int best[MOST_PROBABLE];
  const int found = sumi_top_classes(probabilities, count, best, MOST_PROBABLE);
  sumi__render_json_whole(json, "classes", count);
  sumi__render_json_open(json, "most_probable", '[');
  for (int i = 0; i < found; ++i) {
    sumi__render_json_open(json, NULL, '[');
    sumi__render_json_whole(json, NULL, best[i]);
    sumi__render_json_number(json, NULL, probabilities[best[i]]);
    sumi__render_json_close(json, ']');
  }
  sumi__render_json_close(json, ']');
}

static void put_probabilities(sumi_buffer_t *json, const float *probabilities, int count) {
  if (!probabilities || count == 0) return;
  if (count > ALL_PROBABILITIES) {
    put_most_probable(json, probabilities, count);
    return;
  }
  sumi__render_json_open(json, "probabilities", '[');
  for (int i = 0; i < count; ++i) sumi__render_json_number(json, NULL, probabilities[i]);
  sumi__render_json_close(json, ']');
}

static const char *verdict_name(sumi_verdict_t verdict) {
  switch (verdict) {
  case SUMI_VERDICT_RIGHT: return "right";
  case SUMI_VERDICT_WRONG: return "wrong";
  case SUMI_VERDICT_AUTO:
  case SUMI_VERDICT_NEUTRAL: break;
  }
  return "neutral";
}

/* What the picture shows: everything but where it is. */
static void put_content(sumi_buffer_t *json, const sumi_prediction_t *prediction, double key) {
  sumi__render_json_text(json, "label", prediction->label);
  if (prediction->has_score) sumi__render_json_number(json, "score", prediction->score);
  sumi__render_json_text(json, "truth", prediction->truth);
  if (key != 0) sumi__render_json_number(json, "key", key);
  put_probabilities(json, prediction->probabilities, prediction->probability_count);
  put_boxes(json, prediction->boxes, prediction->box_count);
  put_keypoints(json, prediction->keypoints, prediction->keypoint_count);
}

void sumi__render_annotations_cell(sumi_buffer_t *json, const sumi_prediction_t *prediction,
                                   sumi_rect_t cell, sumi_rect_t picture, double key) {
  const sumi_array_view_t *image = &prediction->image;
  sumi__render_json_open(json, NULL, '{');
  sumi__render_json_whole(json, "id", prediction->id);
  sumi__render_json_rect(json, "cell", cell);
  sumi__render_json_rect(json, "picture", picture);
  sumi__render_json_open(json, "shape", '[');
  for (int axis = 0; axis < image->rank; ++axis)
    sumi__render_json_whole(json, NULL, image->dims[axis]);
  sumi__render_json_close(json, ']');
  sumi__render_json_text(json, "verdict", verdict_name(sumi_prediction_verdict(prediction)));
  const size_t bare_size = json->size;
  put_content(json, prediction, key);
  if (json->size > FULL_CELLS_BYTES && !json->failed) {
    json->size = bare_size;
    put_true(json, "left_out");
  }
  sumi__render_json_close(json, '}');
}

sumi_status_t sumi__render_annotations_end(sumi_buffer_t *json, sumi_picture_t *picture) {
  sumi__render_json_close(json, '}');
  const char *text = sumi_buffer_text(json);
  char *copy = text ? sumi_strdup(text) : NULL;
  sumi_buffer_release(json);
  if (!copy) {
    sumi_picture_free(picture);
    return sumi_fail(SUMI_RESOURCE_EXHAUSTED, "out of memory for a picture's annotations");
  }
  sumi_free(picture->annotations);
  picture->annotations = copy;
  return SUMI_OK;
}

sumi_status_t sumi__render_annotations_end_canvas(sumi_buffer_t *json, sumi_canvas_t *canvas,
                                                  sumi_status_t status, sumi_picture_t *picture) {
  if (status != SUMI_OK)
    sumi_canvas_free(canvas);
  else
    status = sumi_canvas_finish(canvas, picture);
  if (status == SUMI_OK) return sumi__render_annotations_end(json, picture);
  sumi_buffer_release(json);
  return status;
}
