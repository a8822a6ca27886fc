#include <sumi/annotations.h>

#include <limits.h>
#include <math.h>
#include <string.h>

#include <jansson.h>

#include <sumi/arena.h>

enum { MAX_CELLS = 1 << 20 };

/* The first failure of reading one text: what follows reads on into nothing and is dropped at
 * the end. */
typedef struct {
  sumi_arena_t *arena;
  sumi_status_t status;
} reader_t;

static void refuse(reader_t *reader, const char *member, const char *expected) {
  if (reader->status == SUMI_OK)
    reader->status = sumi_fail(SUMI_DATA_LOSS, "annotations: \"%s\" is not %s", member, expected);
}

static void *take(reader_t *reader, size_t count, size_t size_bytes) {
  void *memory = sumi_arena_calloc(reader->arena, count, size_bytes);
  if (!memory && reader->status == SUMI_OK)
    reader->status = sumi_fail_alloc("annotations", count * size_bytes);
  return memory;
}

static char *read_text(reader_t *reader, const json_t *object, const char *member) {
  const json_t *value = json_object_get(object, member);
  if (!value) return NULL;
  if (!json_is_string(value)) {
    refuse(reader, member, "a text");
    return NULL;
  }
  char *copy = sumi_arena_strdup(reader->arena, json_string_value(value));
  if (!copy && reader->status == SUMI_OK)
    reader->status = sumi_fail_alloc("annotations", json_string_length(value));
  return copy;
}

/* A number, or one of the texts that stand for what JSON cannot say. */
static double number_value(reader_t *reader, const json_t *value, const char *member) {
  if (json_is_number(value)) return json_number_value(value);
  const char *text = json_string_value(value);
  if (text && strcmp(text, "nan") == 0) return NAN;
  if (text && strcmp(text, "inf") == 0) return INFINITY;
  if (text && strcmp(text, "-inf") == 0) return -INFINITY;
  refuse(reader, member, "a number");
  return 0;
}

static double read_number(reader_t *reader, const json_t *object, const char *member) {
  const json_t *value = json_object_get(object, member);
  return value ? number_value(reader, value, member) : 0;
}

static int64_t whole_value(reader_t *reader, const json_t *value, const char *member, int64_t low,
                           int64_t high) {
  if (json_is_integer(value) && json_integer_value(value) >= low &&
      json_integer_value(value) <= high)
    return json_integer_value(value);
  refuse(reader, member, "a whole number in range");
  return 0;
}

static int64_t read_whole(reader_t *reader, const json_t *object, const char *member, int64_t low,
                          int64_t high) {
  const json_t *value = json_object_get(object, member);
  return value ? whole_value(reader, value, member, low, high) : 0;
}

/* The array of that name and its length; NULL and 0 when there is none. */
static const json_t *read_array(reader_t *reader, const json_t *object, const char *member,
                                int *count) {
  const json_t *array = json_object_get(object, member);
  *count = 0;
  if (!array) return NULL;
  if (!json_is_array(array) || json_array_size(array) > MAX_CELLS) {
    refuse(reader, member, "an array of at most 2^20 elements");
    return NULL;
  }
  *count = (int)json_array_size(array);
  return array;
}

static void read_fixed(reader_t *reader, const json_t *object, const char *member, double *values,
                       int wanted) {
  int count;
  const json_t *array = read_array(reader, object, member, &count);
  if (!array || count != wanted) {
    refuse(reader, member, "an array of the right length");
    return;
  }
  for (int i = 0; i < count; ++i)
    values[i] = number_value(reader, json_array_get(array, (size_t)i), member);
}

static sumi_rect_t read_rect(reader_t *reader, const json_t *object, const char *member) {
  double sides[4] = {0};
  read_fixed(reader, object, member, sides, 4);
  for (int i = 0; i < 4; ++i)
    if (!(sides[i] >= 0 && sides[i] <= SUMI_PICTURE_MAX_SIDE_PX)) {
      refuse(reader, member, "a rectangle of a picture");
      return (sumi_rect_t){0};
    }
  return (sumi_rect_t){(int)sides[0], (int)sides[1], (int)sides[2], (int)sides[3]};
}

static sumi_layer_t read_layer(reader_t *reader, const json_t *object) {
  const json_t *value = json_object_get(object, "layer");
  if (!value) return SUMI_LAYER_PREDICTED;
  if (!json_is_string(value) || strcmp(json_string_value(value), "truth") != 0)
    refuse(reader, "layer", "\"truth\"");
  return SUMI_LAYER_TRUTH;
}

static sumi_match_t read_match(reader_t *reader, const json_t *object) {
  const json_t *value = json_object_get(object, "match");
  if (!value) return SUMI_MATCH_NONE;
  const char *name = json_string_value(value);
  if (name && strcmp(name, "hit") == 0) return SUMI_MATCH_HIT;
  if (name && strcmp(name, "miss") == 0) return SUMI_MATCH_MISS;
  if (!name || strcmp(name, "false alarm") != 0)
    refuse(reader, "match", "hit, miss or false alarm");
  return SUMI_MATCH_FALSE_ALARM;
}

static sumi_verdict_t read_verdict(reader_t *reader, const json_t *object) {
  const char *name = json_string_value(json_object_get(object, "verdict"));
  if (name && strcmp(name, "right") == 0) return SUMI_VERDICT_RIGHT;
  if (name && strcmp(name, "wrong") == 0) return SUMI_VERDICT_WRONG;
  if (!name || strcmp(name, "neutral") != 0) refuse(reader, "verdict", "right, wrong or neutral");
  return SUMI_VERDICT_NEUTRAL;
}

static void read_boxes(reader_t *reader, const json_t *cell, sumi_prediction_t *prediction) {
  int count;
  const json_t *array = read_array(reader, cell, "boxes", &count);
  sumi_box_t *boxes = count ? take(reader, (size_t)count, sizeof *boxes) : NULL;
  if (!boxes) return;
  for (int i = 0; i < count; ++i) {
    const json_t *object = json_array_get(array, (size_t)i);
    double at[4] = {0};
    read_fixed(reader, object, "at", at, 4);
    boxes[i] = (sumi_box_t){
        .x0 = at[0],
        .y0 = at[1],
        .x1 = at[2],
        .y1 = at[3],
        .label = read_text(reader, object, "label"),
        .score = read_number(reader, object, "score"),
        .has_score = json_object_get(object, "score") != NULL,
        .layer = read_layer(reader, object),
        .class_index = (int)read_whole(reader, object, "class", INT_MIN, INT_MAX),
        .match = read_match(reader, object),
    };
  }
  prediction->boxes = boxes;
  prediction->box_count = count;
}

static void read_keypoints(reader_t *reader, const json_t *cell, sumi_prediction_t *prediction) {
  int count;
  const json_t *array = read_array(reader, cell, "keypoints", &count);
  sumi_keypoint_t *points = count ? take(reader, (size_t)count, sizeof *points) : NULL;
  if (!points) return;
  for (int i = 0; i < count; ++i) {
    const json_t *object = json_array_get(array, (size_t)i);
    double at[2] = {0};
    read_fixed(reader, object, "at", at, 2);
    points[i] = (sumi_keypoint_t){
        .x = at[0],
        .y = at[1],
        .hidden = json_is_true(json_object_get(object, "hidden")),
        .absent = json_is_true(json_object_get(object, "absent")),
        .layer = read_layer(reader, object),
        .class_index = (int)read_whole(reader, object, "class", INT_MIN, INT_MAX),
    };
  }
  prediction->keypoints = points;
  prediction->keypoint_count = count;
}

/* NaN stands for the classes that are not among the most probable ones. */
static void read_most_probable(reader_t *reader, const json_t *cell,
                               sumi_prediction_t *prediction) {
  int found;
  const json_t *array = read_array(reader, cell, "most_probable", &found);
  const int classes = (int)read_whole(reader, cell, "classes", 1, MAX_CELLS);
  float *probabilities = array && classes ? take(reader, (size_t)classes, sizeof *probabilities)
                                          : NULL;
  if (!probabilities) return;
  for (int i = 0; i < classes; ++i) probabilities[i] = NAN;
  for (int i = 0; i < found; ++i) {
    const json_t *pair = json_array_get(array, (size_t)i);
    if (!json_is_array(pair) || json_array_size(pair) != 2) {
      refuse(reader, "most_probable", "pairs of a class and its probability");
      return;
    }
    const int64_t class_index = whole_value(reader, json_array_get(pair, 0), "most_probable", 0,
                                            classes - 1);
    probabilities[class_index] = (float)number_value(reader, json_array_get(pair, 1),
                                                     "most_probable");
  }
  prediction->probabilities = probabilities;
  prediction->probability_count = classes;
}

static void read_probabilities(reader_t *reader, const json_t *cell,
                               sumi_prediction_t *prediction) {
  int count;
  if (json_object_get(cell, "most_probable")) read_most_probable(reader, cell, prediction);
  const json_t *array = read_array(reader, cell, "probabilities", &count);
  float *probabilities = count ? take(reader, (size_t)count, sizeof *probabilities) : NULL;
  if (!probabilities) return;
  for (int i = 0; i < count; ++i)
    probabilities[i] = (float)number_value(reader, json_array_get(array, (size_t)i),
                                           "probabilities");
  prediction->probabilities = probabilities;
  prediction->probability_count = count;
}

static void read_shape(reader_t *reader, const json_t *cell, sumi_array_view_t *image) {
  int rank;
  const json_t *shape = read_array(reader, cell, "shape", &rank);
  if (rank < 2 || rank > 3) {
    refuse(reader, "shape", "a picture's shape");
    return;
  }
  image->rank = rank;
  for (int axis = 0; axis < rank; ++axis)
    image->dims[axis] = whole_value(reader, json_array_get(shape, (size_t)axis), "shape", 1,
                                    SUMI_PICTURE_MAX_SIDE_PX);
}

static void read_cell(reader_t *reader, const json_t *object, sumi_annotated_cell_t *cell) {
  if (!json_is_object(object)) {
    refuse(reader, "cells", "an array of objects");
    return;
  }
  sumi_prediction_t *prediction = &cell->prediction;
  prediction->id = read_whole(reader, object, "id", INT64_MIN, INT64_MAX);
  cell->cell = read_rect(reader, object, "cell");
  cell->picture = read_rect(reader, object, "picture");
  read_shape(reader, object, &prediction->image);
  prediction->verdict = read_verdict(reader, object);
  prediction->label = read_text(reader, object, "label");
  prediction->score = read_number(reader, object, "score");
  prediction->has_score = json_object_get(object, "score") != NULL;
  prediction->truth = read_text(reader, object, "truth");
  cell->key = read_number(reader, object, "key");
  read_probabilities(reader, object, prediction);
  read_boxes(reader, object, prediction);
  read_keypoints(reader, object, prediction);
}

static void read_all(reader_t *reader, const json_t *root, sumi_annotations_t *annotations) {
  if (!json_is_object(root) || read_whole(reader, root, "sumi", 1, 1) != 1) {
    refuse(reader, "sumi", "version 1");
    return;
  }
  annotations->kind = read_text(reader, root, "kind");
  if (!annotations->kind) refuse(reader, "kind", "there");
  annotations->title = read_text(reader, root, "title");
  annotations->columns = (int)read_whole(reader, root, "columns", 0, INT_MAX);
  int count;
  const json_t *cells = read_array(reader, root, "cells", &count);
  annotations->cells = count ? take(reader, (size_t)count, sizeof *annotations->cells) : NULL;
  annotations->cell_count = annotations->cells ? count : 0;
  for (int i = 0; i < annotations->cell_count && reader->status == SUMI_OK; ++i)
    read_cell(reader, json_array_get(cells, (size_t)i), &annotations->cells[i]);
}

sumi_status_t sumi_annotations_parse(const char *json, sumi_annotations_t *annotations) {
  if (!annotations) return sumi_fail(SUMI_INVALID_ARGUMENT, "annotations is NULL");
  *annotations = (sumi_annotations_t){0};
  if (!json) return sumi_fail(SUMI_INVALID_ARGUMENT, "json is NULL");
  json_error_t error;
  json_t *root = json_loads(json, JSON_REJECT_DUPLICATES, &error);
  if (!root)
    return json_error_code(&error) == json_error_out_of_memory
               ? sumi_fail_alloc("annotations", strlen(json))
               : sumi_fail(SUMI_DATA_LOSS, "annotations: %s at offset %d", error.text,
                           error.position);
  reader_t reader = {.arena = sumi_arena_new()};
  if (!reader.arena)
    reader.status = sumi_fail_alloc("annotations", strlen(json));
  else
    read_all(&reader, root, annotations);
  json_decref(root);
  annotations->memory_ = reader.arena;
  if (reader.status != SUMI_OK) sumi_annotations_free(annotations);
  return reader.status;
}

void sumi_annotations_free(sumi_annotations_t *annotations) {
  if (!annotations) return;
  sumi_arena_free(annotations->memory_);
  *annotations = (sumi_annotations_t){0};
}
