/* Arrays of a bundle: looked for, and read. */
#include "array/tensor_bundle.h"

#include "array/array.h"
#include "array/elements.h"
#include "array/half.h"
#include "array/source.h"

#include <sumi/crc32c.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

int64_t sumi_tensor_bundle_count(const sumi_tensor_bundle_t *bundle) {
  return bundle ? bundle->arrays.count : 0;
}

const sumi_safetensor_t *sumi_tensor_bundle_at(const sumi_tensor_bundle_t *bundle, int64_t index) {
  if (!bundle || index < 0 || index >= bundle->arrays.count) return NULL;
  return &bundle->arrays.items[index].shown;
}

static const sumi__tensor_bundle_entry_t *find(const sumi_tensor_bundle_t *b, const char *name) {
  return b && name ? sumi__tensor_bundle_find_key(&b->arrays, name, strlen(name)) : NULL;
}

const sumi_safetensor_t *sumi_tensor_bundle_find(const sumi_tensor_bundle_t *bundle,
                                                 const char *name) {
  const sumi__tensor_bundle_entry_t *entry = find(bundle, name);
  return entry ? &entry->shown : NULL;
}

static sumi_status_t read_bytes(const char *path, const sumi__tensor_bundle_entry_t *entry,
                                sumi_array_t *array) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return sumi_fail_errno(errno, "cannot open", path);
  const size_t size = sumi_array_size_bytes(array);
  size_t done;
  const sumi_status_t read = sumi__tensor_read_at(file, path, (int64_t)entry->offset, array->data,
                                                  size, &done);
  close(file);
  SUMI_TRY(read);
  if (done < size)
    return sumi_fail(SUMI_DATA_LOSS, "%s: byte %" PRIu64 ": the file ends in array \"%s\"", path,
                     entry->offset + done, entry->shown.name);
  if (sumi_crc32c_mask(sumi_crc32c(array->data, size)) != entry->crc)
    return sumi_fail(SUMI_DATA_LOSS, "%s: byte %" PRIu64 ": the checksum of array \"%s\" is wrong",
                     path, entry->offset, entry->shown.name);
  sumi__tensor_from_little_endian(array);
  return SUMI_OK;
}

static bool is_half(uint64_t dtype) {
  return dtype == SUMI__BUNDLE_FLOAT16 || dtype == SUMI__BUNDLE_BFLOAT16;
}

/* Of 16-bit floats the bits are read. */
static sumi_dtype_t stored_dtype(const sumi__tensor_bundle_entry_t *entry) {
  return is_half(entry->dtype) ? SUMI_UINT16 : (sumi_dtype_t)entry->dtype;
}

static sumi_status_t read_stored(const sumi_tensor_bundle_t *b,
                                 const sumi__tensor_bundle_entry_t *entry, sumi_array_t **array) {
  const char *path = sumi__tensor_bundle_data_path(b, entry->shard);
  sumi_array_t *read = path ? sumi_array_new_uninitialized(stored_dtype(entry), entry->shown.dims)
                            : NULL;
  if (!read) return SUMI_RESOURCE_EXHAUSTED;
  const sumi_status_t status = read_bytes(path, entry, read);
  if (status == SUMI_OK)
    *array = read;
  else
    sumi_array_unref(read);
  return status;
}

/* ---- Slices ---- */

static sumi_status_t bad_slices(const sumi_tensor_bundle_t *b,
                                const sumi__tensor_bundle_entry_t *entry, const char *what) {
  return sumi_fail(SUMI_DATA_LOSS, "%s: the slices of array \"%s\" %s", b->index_path,
                   entry->shown.name, what);
}

static sumi_status_t find_slice(const sumi_tensor_bundle_t *b,
                                const sumi__tensor_bundle_entry_t *entry,
                                const sumi_wire_field_t *message,
                                sumi__tensor_bundle_slice_t *slice,
                                const sumi__tensor_bundle_entry_t **part) {
  if (message->type != SUMI_WIRE_BYTES ||
      !sumi__tensor_bundle_get_slice(message, entry->shown.dims, slice))
    return bad_slices(b, entry, "do not lie in it");
  sumi_buffer_t key = {0};
  sumi__tensor_bundle_slice_key(&key, entry->shown.name, slice);
  const sumi_status_t status = sumi_buffer_status(&key, "the key of a slice");
  if (status == SUMI_OK) *part = sumi__tensor_bundle_find_key(&b->parts, key.data, key.size);
  sumi_buffer_release(&key);
  SUMI_TRY(status);
  if (!*part) return bad_slices(b, entry, "are not all there");
  if ((*part)->dtype == entry->dtype && sumi_dims_equal((*part)->shown.dims, slice->dims))
    return SUMI_OK;
  return bad_slices(b, entry, "have other dtypes or shapes");
}

/* Goes over the slices: counts their elements while `whole` is NULL, else reads them to it. */
static sumi_status_t each_slice(const sumi_tensor_bundle_t *b,
                                const sumi__tensor_bundle_entry_t *entry, int64_t *count,
                                sumi_array_t *whole) {
  const uint8_t *at = entry->value, *end = entry->value + entry->value_size;
  for (sumi_wire_field_t field; at < end && sumi_wire_get_field(at, end, &field); at = field.end) {
    sumi__tensor_bundle_slice_t slice;
    const sumi__tensor_bundle_entry_t *part = NULL;
    sumi_array_t *read;
    if (field.number != SUMI__BUNDLE_ENTRY_SLICES) continue;
    SUMI_TRY(find_slice(b, entry, &field, &slice, &part));
    *count += sumi_dims_count(slice.dims);
    if (!whole) continue;
    SUMI_TRY(read_stored(b, part, &read));
    sumi__tensor_bundle_put_slice(whole, &slice, read);
    sumi_array_unref(read);
  }
  return SUMI_OK;
}

/* Slices do not overlap, so they are all there when they have as many elements. */
static sumi_status_t read_slices(const sumi_tensor_bundle_t *b,
                                 const sumi__tensor_bundle_entry_t *entry, sumi_array_t **array) {
  int64_t count = 0;
  SUMI_TRY(each_slice(b, entry, &count, NULL));
  if (count != sumi_dims_count(entry->shown.dims)) return bad_slices(b, entry, "do not fill it");
  sumi_array_t *whole = sumi_array_new(stored_dtype(entry), entry->shown.dims);
  if (!whole) return SUMI_RESOURCE_EXHAUSTED;
  const sumi_status_t status = each_slice(b, entry, &count, whole);
  if (status == SUMI_OK)
    *array = whole;
  else
    sumi_array_unref(whole);
  return status;
}

sumi_status_t sumi_tensor_bundle_read(const sumi_tensor_bundle_t *bundle, const char *name,
                                      sumi_array_t **array) {
  if (!bundle || !name || !array)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_tensor_bundle_read: a NULL argument");
  *array = NULL;
  const sumi__tensor_bundle_entry_t *entry = find(bundle, name);
  if (!entry)
    return sumi_fail(SUMI_NOT_FOUND, "%s: there is no array \"%s\"", bundle->index_path, name);
  if (!sumi__tensor_bundle_element_bytes(entry->dtype) || entry->shown.dims.rank < 0)
    return sumi_fail(SUMI_UNIMPLEMENTED, "%s: array \"%s\" of %s is stored %s", bundle->index_path,
                     name, entry->shown.dtype,
                     entry->shown.dims.rank < 0 ? "with a rank above 8"
                                                : "as no numbers that Sumi has");
  sumi_array_t *stored = NULL;
  SUMI_TRY(entry->slices ? read_slices(bundle, entry, &stored)
                         : read_stored(bundle, entry, &stored));
  if (!is_half(entry->dtype)) {
    *array = stored;
    return SUMI_OK;
  }
  *array = sumi__tensor_of_halves(stored, entry->dtype == SUMI__BUNDLE_FLOAT16 ? SUMI__FLOAT16
                                                                               : SUMI__BFLOAT16);
  sumi_array_unref(stored);
  return *array ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}
