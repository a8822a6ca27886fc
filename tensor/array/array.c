#include "array/array.h"

#include <inttypes.h>
#include <string.h>
#include <sumi/alloc.h>

static const char empty_text[] = "";

sumi_status_t sumi__tensor_array_check(const char *what, const sumi_array_t *array) {
  return array ? SUMI_OK : sumi_fail(SUMI_INVALID_ARGUMENT, "%s is NULL", what);
}

/* The bytes `dims` elements take, after all checks. */
static sumi_status_t element_bytes(sumi_dtype_t dtype, sumi_dims_t dims, size_t *bytes) {
  const size_t size = sumi_dtype_size_bytes(dtype);
  if (size == 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "an array of unknown dtype %d", (int)dtype);
  SUMI_TRY(sumi_dims_check("an array", dims));
  int64_t total;
  if (__builtin_mul_overflow(sumi_dims_count(dims), (int64_t)size, &total))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "an array has too many elements: shape %s of %s",
                     sumi_dims_text(dims).text, sumi_dtype_name(dtype));
  *bytes = (size_t)total;
  return SUMI_OK;
}

static sumi_array_t *new_header(sumi_dtype_t dtype, sumi_dims_t dims) {
  sumi_array_t *array = sumi_calloc(1, sizeof *array);
  if (!array) {
    sumi_fail_alloc("an array", sizeof *array);
    return NULL;
  }
  atomic_init(&array->references, 1);
  array->dtype = dtype;
  array->dims = sumi_dims_make(dims.rank, dims.size);
  array->count = sumi_dims_count(dims);
  return array;
}

sumi_array_t *sumi_array_new_uninitialized(sumi_dtype_t dtype, sumi_dims_t dims) {
  size_t bytes = 0;
  if (element_bytes(dtype, dims, &bytes) != SUMI_OK) return NULL;
  sumi_array_t *array = new_header(dtype, dims);
  if (!array) return NULL;
  array->data = sumi_malloc_aligned(bytes);
  if (!array->data) {
    sumi_free(array);
    sumi_fail(SUMI_RESOURCE_EXHAUSTED, "out of memory: %zu bytes for an array of shape %s", bytes,
              sumi_dims_text(dims).text);
    return NULL;
  }
  if (dtype == SUMI_STRING)
    for (int64_t i = 0; i < array->count; ++i) ((const char **)array->data)[i] = empty_text;
  return array;
}

sumi_array_t *sumi_array_new(sumi_dtype_t dtype, sumi_dims_t dims) {
  sumi_array_t *array = sumi_array_new_uninitialized(dtype, dims);
  if (array && dtype != SUMI_STRING) memset(array->data, 0, sumi_array_size_bytes(array));
  return array;
}

static sumi_status_t copy_texts(sumi_array_t *array, const char *const *texts) {
  for (int64_t i = 0; i < array->count; ++i) SUMI_TRY(sumi_array_set_text(array, i, texts[i]));
  return SUMI_OK;
}

sumi_array_t *sumi_array_from(sumi_dtype_t dtype, sumi_dims_t dims, const void *data) {
  if (!data && sumi_dims_count(dims) > 0) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "the data of an array of shape %s is NULL",
              sumi_dims_text(dims).text);
    return NULL;
  }
  sumi_array_t *array = sumi_array_new_uninitialized(dtype, dims);
  if (!array || array->count == 0) return array;
  if (dtype != SUMI_STRING) {
    memcpy(array->data, data, sumi_array_size_bytes(array));
  } else if (copy_texts(array, data) != SUMI_OK) {
    sumi_array_unref(array);
    return NULL;
  }
  return array;
}

sumi_array_t *sumi_array_from_view(const sumi_array_view_t *view) {
  if (sumi_array_view_check("a view", view) != SUMI_OK) return NULL;
  return sumi_array_from(view->dtype, sumi_dims_make(view->rank, view->dims), view->data);
}

sumi_array_t *sumi_array_wrap(sumi_dtype_t dtype, sumi_dims_t dims, void *data,
                              void (*release)(void *user, void *data), void *user) {
  size_t bytes = 0;
  if (element_bytes(dtype, dims, &bytes) != SUMI_OK) return NULL;
  if (!data && bytes > 0) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "the memory to wrap as an array of shape %s is NULL",
              sumi_dims_text(dims).text);
    return NULL;
  }
  sumi_array_t *array = new_header(dtype, dims);
  if (!array) return NULL;
  array->foreign = true;
  array->data = data;
  array->release = release;
  array->user = user;
  return array;
}

sumi_array_t *sumi_array_text(const char *text) {
  return sumi_array_from(SUMI_STRING, SUMI_DIMS(), &text);
}

sumi_array_t *sumi_array_ref(sumi_array_t *array) {
  if (array) atomic_fetch_add_explicit(&array->references, 1, memory_order_relaxed);
  return array;
}

static void release_text(const char *text) {
  if (text != empty_text) sumi_free((void *)(uintptr_t)text);
}

static void release_elements(sumi_array_t *array) {
  if (array->base) {
    sumi_array_unref(array->base);
  } else if (array->foreign) {
    if (array->release) array->release(array->user, array->data);
  } else {
    if (array->dtype == SUMI_STRING)
      for (int64_t i = 0; i < array->count; ++i) release_text(((const char **)array->data)[i]);
    sumi_free_aligned(array->data);
  }
}

void sumi_array_unref(sumi_array_t *array) {
  if (!array || atomic_fetch_sub_explicit(&array->references, 1, memory_order_acq_rel) > 1) return;
  release_elements(array);
  sumi_free(array);
}

bool sumi_array_is_shared(const sumi_array_t *array) {
  return array->base || atomic_load_explicit(&array->references, memory_order_acquire) > 1;
}

void *sumi_array_data(const sumi_array_t *array) {
  return array->data;
}

sumi_dims_t sumi_array_dims(const sumi_array_t *array) {
  return array->dims;
}

int sumi_array_rank(const sumi_array_t *array) {
  return array->dims.rank;
}

sumi_dtype_t sumi_array_dtype(const sumi_array_t *array) {
  return array->dtype;
}

int64_t sumi_array_count(const sumi_array_t *array) {
  return array->count;
}

size_t sumi_array_size_bytes(const sumi_array_t *array) {
  return (size_t)array->count * sumi_dtype_size_bytes(array->dtype);
}

sumi_array_view_t sumi_array_view(const sumi_array_t *array) {
  sumi_array_view_t view = {.dtype = array->dtype, .rank = array->dims.rank, .data = array->data};
  memcpy(view.dims, array->dims.size, sizeof view.dims);
  return view;
}

const char *sumi_array_get_text(const sumi_array_t *array, int64_t index) {
  return ((const char *const *)array->data)[index];
}

sumi_status_t sumi__tensor_array_check_index(const sumi_array_t *array, int64_t index) {
  SUMI_TRY(sumi__tensor_array_check("the array", array));
  if (index >= 0 && index < array->count) return SUMI_OK;
  return sumi_fail(SUMI_OUT_OF_RANGE, "element %" PRId64 " of an array of shape %s", index,
                   sumi_dims_text(array->dims).text);
}

static const sumi_array_t *owner(const sumi_array_t *array) {
  while (array->base) array = array->base;
  return array;
}

sumi_status_t sumi_array_set_text(sumi_array_t *array, int64_t index, const char *text) {
  SUMI_TRY(sumi__tensor_array_check_index(array, index));
  if (array->dtype != SUMI_STRING)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "a text for an array of %s",
                     sumi_dtype_name(array->dtype));
  if (owner(array)->foreign)
    return sumi_fail(SUMI_FAILED_PRECONDITION, "the array wraps strings of somebody else");
  const char *copy = empty_text;
  if (text && text[0]) {
    copy = sumi_strdup(text);
    if (!copy) return sumi_fail_alloc("a text of an array", strlen(text) + 1);
  }
  const char **place = (const char **)array->data + index;
  release_text(*place);
  *place = copy;
  return SUMI_OK;
}

/* ---- Arrays that share memory with another ---- */

static sumi_array_t *share(sumi_array_t *array, sumi_dims_t dims, int64_t first) {
  sumi_array_t *view = new_header(array->dtype, dims);
  if (!view) return NULL;
  view->base = sumi_array_ref(array);
  view->data = array->count > 0
                   ? (char *)array->data + (size_t)first * sumi_dtype_size_bytes(array->dtype)
                   : array->data;
  return view;
}

/* Replaces the one -1 of `dims` by the size that gives `count` elements. */
static bool infer_size(sumi_dims_t *dims, int64_t count) {
  if (dims->rank < 0 || dims->rank > SUMI_MAX_RANK) return false;
  int unknown = -1;
  int64_t rest = 1;
  for (int axis = 0; axis < dims->rank; ++axis) {
    if (dims->size[axis] == SUMI_UNKNOWN_SIZE && unknown < 0)
      unknown = axis;
    else if (dims->size[axis] < 0 || __builtin_mul_overflow(rest, dims->size[axis], &rest))
      return false;
  }
  if (unknown < 0) return sumi_dims_count(*dims) == count;
  if (rest == 0 || count % rest != 0) return false;
  dims->size[unknown] = count / rest;
  return true;
}

sumi_array_t *sumi_array_reshape(sumi_array_t *array, sumi_dims_t dims) {
  if (sumi__tensor_array_check("the array to reshape", array) != SUMI_OK) return NULL;
  sumi_dims_t full = dims;
  if (infer_size(&full, array->count)) return share(array, full, 0);
  sumi_fail(SUMI_INVALID_ARGUMENT, "an array of shape %s cannot be reshaped to %s",
            sumi_dims_text(array->dims).text, sumi_dims_text(dims).text);
  return NULL;
}

static sumi_status_t check_has_rows(const sumi_array_t *array) {
  SUMI_TRY(sumi__tensor_array_check("the array to slice", array));
  if (array->dims.rank > 0) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "a scalar array has no rows");
}

static int64_t row_size(const sumi_array_t *array) {
  return sumi_dims_count(sumi_dims_make(array->dims.rank - 1, array->dims.size + 1));
}

static int64_t clamp_position(int64_t position, int64_t rows) {
  if (position < 0) position += rows;
  return position < 0 ? 0 : position > rows ? rows : position;
}

sumi_array_t *sumi_array_slice(sumi_array_t *array, int64_t begin, int64_t end) {
  if (check_has_rows(array) != SUMI_OK) return NULL;
  const int64_t rows = array->dims.size[0];
  begin = clamp_position(begin, rows);
  end = clamp_position(end, rows);
  sumi_dims_t dims = array->dims;
  dims.size[0] = end > begin ? end - begin : 0;
  return share(array, dims, begin * row_size(array));
}

sumi_array_t *sumi_array_row(sumi_array_t *array, int64_t index) {
  if (check_has_rows(array) != SUMI_OK) return NULL;
  const int64_t rows = array->dims.size[0], at = index < 0 ? index + rows : index;
  if (at < 0 || at >= rows) {
    sumi_fail(SUMI_OUT_OF_RANGE, "row %" PRId64 " of an array of shape %s", index,
              sumi_dims_text(array->dims).text);
    return NULL;
  }
  return share(array, sumi_dims_make(array->dims.rank - 1, array->dims.size + 1),
               at * row_size(array));
}

sumi_array_t *sumi_array_copy(const sumi_array_t *array) {
  if (sumi__tensor_array_check("the array to copy", array) != SUMI_OK) return NULL;
  return sumi_array_from(array->dtype, array->dims, array->data);
}
