/* The features of a tf.train.Example as arrays. As in protobuf, of equal keys the last counts, and
 * values may be packed or not. */
#include "data/example.h"

#include <sumi/wire.h>

#include <inttypes.h>
#include <string.h>
#include <sumi/alloc.h>

/* Values of a feature, as they lie in the message. */
typedef struct {
  const uint8_t *bytes, *end; /* of the list; NULL without one */
  uint64_t kind;              /* SUMI__FEATURE_BYTES, …; 0 without one */
  int64_t count;
} values_t;

static const struct {
  sumi_dtype_t dtype;
  uint64_t kind;
} kinds[] = {{SUMI_FLOAT32, SUMI__FEATURE_FLOATS},
             {SUMI_INT64, SUMI__FEATURE_INT64S},
             {SUMI_STRING, SUMI__FEATURE_BYTES},
             {SUMI_UINT8, SUMI__FEATURE_BYTES}};

static uint64_t kind_of(sumi_dtype_t dtype) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i)
    if (kinds[i].dtype == dtype) return kinds[i].kind;
  return 0;
}

static const char *kind_text(uint64_t kind) {
  return kind == SUMI__FEATURE_BYTES ? "bytes" : kind == SUMI__FEATURE_FLOATS ? "float" : "int64";
}

/* ---- Walking through a message ---- */

typedef bool (*visit_t)(void *user, const sumi_wire_field_t *field);

/* Calls for each field; false when the message is damaged or a call says so. */
static bool walk(const uint8_t *at, const uint8_t *end, visit_t visit, void *user) {
  sumi_wire_field_t field;
  for (; at < end; at = field.end)
    if (!sumi_wire_get_field(at, end, &field) || !visit(user, &field)) return false;
  return true;
}

static bool is_message(const sumi_wire_field_t *field, uint64_t number) {
  return field->number == number && field->type == SUMI_WIRE_BYTES;
}

static bool take_list(void *user, const sumi_wire_field_t *field) {
  values_t *values = user;
  if (field->type == SUMI_WIRE_BYTES && field->number >= SUMI__FEATURE_BYTES &&
      field->number <= SUMI__FEATURE_INT64S)
    *values = (values_t){.bytes = field->bytes, .end = field->end, .kind = field->number};
  return true;
}

typedef struct {
  const uint8_t *key, *key_end, *value, *value_end;
} entry_t;

static bool take_entry(void *user, const sumi_wire_field_t *field) {
  entry_t *entry = user;
  if (is_message(field, SUMI__ENTRY_KEY)) entry->key = field->bytes, entry->key_end = field->end;
  if (is_message(field, SUMI__ENTRY_VALUE))
    entry->value = field->bytes, entry->value_end = field->end;
  return true;
}

typedef struct {
  const char *name;
  size_t length;
  values_t found;
} search_t;

static bool look_at_feature(void *user, const sumi_wire_field_t *field) {
  search_t *search = user;
  if (!is_message(field, SUMI__FEATURES_FEATURE)) return true;
  entry_t entry = {NULL, NULL, NULL, NULL};
  if (!walk(field->bytes, field->end, take_entry, &entry)) return false;
  if ((size_t)(entry.key_end - entry.key) != search->length ||
      (search->length > 0 && memcmp(entry.key, search->name, search->length) != 0))
    return true;
  search->found = (values_t){0};
  return !entry.value || walk(entry.value, entry.value_end, take_list, &search->found);
}

static bool look_at_features(void *user, const sumi_wire_field_t *field) {
  return !is_message(field, SUMI__EXAMPLE_FEATURES) ||
         walk(field->bytes, field->end, look_at_feature, user);
}

/* ---- Values ---- */

/* Where values go, which may be nowhere: then they are counted. */
typedef struct {
  uint64_t kind;
  int64_t count;
  sumi_array_t *array;        /* or NULL */
  const uint8_t *bytes, *end; /* the last value of bytes */
  bool with_zero;             /* there is a NUL in a value of bytes */
  sumi_status_t status;       /* of storing */
} reading_t;

static bool read_packed(reading_t *reading, const sumi_wire_field_t *field) {
  const uint8_t *at = field->bytes;
  for (; at < field->end; ++reading->count) {
    if (reading->kind == SUMI__FEATURE_FLOATS) {
      if (field->end - at < 4) return false;
      const uint32_t bits = sumi_get_le32(at);
      if (reading->array)
        memcpy((float *)sumi_array_data(reading->array) + reading->count, &bits, sizeof bits);
      at += 4;
    } else {
      uint64_t value;
      if (!(at = sumi_wire_get_varint(at, field->end, &value))) return false;
      if (reading->array)
        ((int64_t *)sumi_array_data(reading->array))[reading->count] = (int64_t)value;
    }
  }
  return true;
}

static void store_text(reading_t *reading, const char *bytes, size_t size) {
  char *text = sumi_strndup(bytes, size);
  reading->status = text ? sumi_array_set_text(reading->array, reading->count, text)
                         : sumi_fail_alloc("a text", size);
  sumi_free(text);
}

static bool read_bytes(reading_t *reading, const sumi_wire_field_t *field) {
  const size_t size = (size_t)(field->end - field->bytes);
  reading->bytes = field->bytes;
  reading->end = field->end;
  reading->with_zero = reading->with_zero || (size > 0 && memchr(field->bytes, 0, size));
  if (reading->array && reading->status == SUMI_OK)
    store_text(reading, (const char *)field->bytes, size);
  ++reading->count;
  return true;
}

static bool read_value(void *user, const sumi_wire_field_t *field) {
  reading_t *reading = user;
  if (field->number != SUMI__LIST_VALUE) return true;
  if (reading->kind == SUMI__FEATURE_BYTES)
    return field->type == SUMI_WIRE_BYTES && read_bytes(reading, field);
  if (field->type == SUMI_WIRE_BYTES) return read_packed(reading, field);
  if (reading->kind == SUMI__FEATURE_FLOATS)
    return field->type == SUMI_WIRE_FIXED32 && read_packed(reading, field);
  return field->type == SUMI_WIRE_VARINT && read_packed(reading, field);
}

static bool read_values(const values_t *values, reading_t *reading) {
  reading->kind = values->kind;
  reading->count = 0;
  return walk(values->bytes, values->end, read_value, reading);
}

/* ---- Features as arrays ---- */

static sumi_status_t fail_damaged(const char *name) {
  return sumi_fail(SUMI_DATA_LOSS, "the bytes are no tf.train.Example%s%s%s",
                   name ? ": feature \"" : "", name ? name : "", name ? "\" is damaged" : "");
}

/* The bytes of one value as they are. */
static sumi_status_t to_bytes(const sumi_feature_t *feature, const reading_t *reading,
                              sumi_array_t **array) {
  if (reading->count != 1)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "feature \"%s\" has %" PRId64 " values; the bytes of one are expected",
                     feature->name, reading->count);
  const int64_t size = reading->end - reading->bytes;
  const sumi_dims_t dims = sumi_dims_given(feature->shape) ? feature->shape : SUMI_DIMS(size);
  if (sumi_dims_count(dims) != size)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "feature \"%s\" has %" PRId64 " bytes; shape %s takes %" PRId64, feature->name,
                     size, sumi_dims_text(dims).text, sumi_dims_count(dims));
  *array = sumi_array_from(SUMI_UINT8, dims, reading->bytes);
  return *array ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

static sumi_status_t to_values(const sumi_feature_t *feature, const values_t *values,
                               reading_t *reading, sumi_array_t **array) {
  const sumi_dims_t dims = feature->variable ? SUMI_DIMS(reading->count) : feature->shape;
  if (sumi_dims_count(dims) != reading->count)
    return sumi_fail(
        SUMI_INVALID_ARGUMENT, "feature \"%s\" has %" PRId64 " values; shape %s takes %" PRId64,
        feature->name, reading->count, sumi_dims_text(dims).text, sumi_dims_count(dims));
  if (reading->with_zero)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "feature \"%s\" has a NUL in its bytes, which a text cannot; dtype uint8 "
                     "takes any",
                     feature->name);
  reading->array = sumi_array_new(feature->dtype, dims);
  if (!reading->array) return SUMI_RESOURCE_EXHAUSTED;
  read_values(values, reading);
  *array = reading->array;
  return reading->status;
}

static sumi_status_t take_missing(const sumi_feature_t *feature, sumi_array_t **array) {
  if (feature->standard) {
    *array = sumi_array_ref(feature->standard);
    return SUMI_OK;
  }
  if (!feature->variable)
    return sumi_fail(SUMI_NOT_FOUND, "feature \"%s\" (%s %s) is missing", feature->name,
                     sumi_dtype_name(feature->dtype), sumi_dims_text(feature->shape).text);
  *array = sumi_array_new(feature->dtype, SUMI_DIMS(0));
  return *array ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

static sumi_status_t parse_feature(const sumi_feature_t *feature, const uint8_t *bytes, size_t size,
                                   sumi_array_t **array) {
  search_t search = {.name = feature->name, .length = strlen(feature->name)};
  if (!walk(bytes, bytes + size, look_at_features, &search)) return fail_damaged(NULL);
  const values_t *values = &search.found;
  if (values->kind == 0) return take_missing(feature, array);
  const uint64_t kind = kind_of(feature->dtype);
  if (values->kind != kind)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "feature \"%s\" holds %s values; %s is expected",
                     feature->name, kind_text(values->kind), kind_text(kind));
  reading_t reading = {0};
  if (!read_values(values, &reading)) return fail_damaged(feature->name);
  return feature->dtype == SUMI_UINT8 ? to_bytes(feature, &reading, array)
                                      : to_values(feature, values, &reading, array);
}

static sumi_status_t check_standard(const sumi_feature_t *feature) {
  if (!feature->standard) return SUMI_OK;
  const sumi_dims_t dims = sumi_array_dims(feature->standard);
  const bool open = feature->variable ||
                    (feature->dtype == SUMI_UINT8 && !sumi_dims_given(feature->shape));
  const bool fits = open ? dims.rank == 1
                         : sumi_dims_equal(
                               dims, sumi_dims_make(feature->shape.rank, feature->shape.size));
  if (fits && sumi_array_dtype(feature->standard) == feature->dtype) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "feature \"%s\" is %s %s, its standard is %s",
                   feature->name, sumi_dtype_name(feature->dtype),
                   open ? "(?,)" : sumi_dims_text(feature->shape).text,
                   sumi__tensor_array_text(feature->standard).text);
}

sumi_status_t sumi__tensor_features_check(sumi_features_t features) {
  for (int i = 0; i < features.count; ++i) {
    const sumi_feature_t *feature = &features.list[i];
    if (!feature->name)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "the name of feature %d is NULL", i);
    if (kind_of(feature->dtype) == 0)
      return sumi_fail(SUMI_INVALID_ARGUMENT,
                       "feature \"%s\": dtype %s; float32, int64, string and uint8 are in Examples",
                       feature->name, sumi_dtype_name(feature->dtype));
    if (feature->variable && (feature->dtype == SUMI_UINT8 || sumi_dims_given(feature->shape)))
      return sumi_fail(SUMI_INVALID_ARGUMENT, "feature \"%s\" is variable, and %s", feature->name,
                       feature->dtype == SUMI_UINT8 ? "of bytes" : "has a shape");
    SUMI_TRY(sumi_dims_check(feature->name, feature->shape));
    SUMI_TRY(check_standard(feature));
  }
  return SUMI_OK;
}

sumi_status_t sumi__tensor_features_take(sumi_features_t features, const void *bytes, size_t size,
                                         sumi_element_t *element) {
  for (int i = 0; i < features.count; ++i) {
    sumi_array_t *array = NULL;
    const sumi_status_t status = parse_feature(&features.list[i], bytes, size, &array);
    if (status != SUMI_OK) {
      sumi_array_unref(array);
      return status;
    }
    SUMI_TRY(sumi_element_set(element, features.list[i].name, array));
  }
  return SUMI_OK;
}

sumi_status_t sumi_example_parse(const void *bytes, size_t size_bytes, sumi_features_t features,
                                 sumi_element_t *element) {
  if ((!bytes && size_bytes > 0) || !element)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_example_parse: %s is NULL",
                     element ? "bytes" : "element");
  SUMI_TRY(sumi__tensor_features_check(features));
  return sumi__tensor_features_take(features, bytes ? bytes : "", size_bytes, element);
}
