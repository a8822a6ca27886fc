#include "data/dataset.h"

#include <inttypes.h>
#include <string.h>
#include <sumi/alloc.h>
#include <unistd.h>

void sumi_dataset_release(sumi_dataset_t *dataset) {
  if (!dataset) return;
  sumi_array_unref(dataset->images);
  sumi_array_unref(dataset->labels);
  sumi_array_unref(dataset->class_names);
  *dataset = (sumi_dataset_t){0};
}

char *sumi__tensor_join_path(const char *folder, const char *name) {
  sumi_buffer_t path = {0};
  sumi_buffer_printf(&path, "%s/%s", folder, name);
  if (!sumi_buffer_text(&path)) sumi_buffer_release(&path);
  return path.data;
}

bool sumi__tensor_file_exists(const char *path) {
  return path && access(path, F_OK) == 0;
}

/* ---- Checking what was read ---- */

static sumi_status_t check_images(const char *path, const sumi_array_t *images) {
  const int rank = sumi_array_rank(images);
  if (sumi_array_dtype(images) == SUMI_UINT8 && (rank == 3 || rank == 4)) return SUMI_OK;
  return sumi_fail(SUMI_UNIMPLEMENTED,
                   "%s: pictures of %s and shape %s; uint8 of rank 3 or 4 are supported", path,
                   sumi_dtype_name(sumi_array_dtype(images)),
                   sumi_dims_text(sumi_array_dims(images)).text);
}

/* Labels may be a column, as in CIFAR's npz files. */
static sumi_status_t check_labels(const char *path, const sumi_array_t *images,
                                  const sumi_array_t *labels) {
  const int64_t count = sumi_array_dims(images).size[0];
  if (!sumi_dtype_is_integer(sumi_array_dtype(labels)))
    return sumi_fail(SUMI_UNIMPLEMENTED, "%s: labels of %s; integers are supported", path,
                     sumi_dtype_name(sumi_array_dtype(labels)));
  if (sumi_array_rank(labels) < 1 || sumi_array_dims(labels).size[0] != count ||
      sumi_array_count(labels) != count)
    return sumi_fail(SUMI_DATA_LOSS, "%s: labels of shape %s for %" PRId64 " pictures", path,
                     sumi_dims_text(sumi_array_dims(labels)).text, count);
  for (int64_t i = 0; i < count; ++i) {
    const double label = sumi_array_get(labels, i);
    if (label < 0 || label > 9999)
      return sumi_fail(SUMI_DATA_LOSS,
                       "%s: label %.0f of picture %" PRId64 "; 0 to 9999 are allowed", path, label,
                       i);
  }
  return SUMI_OK;
}

sumi_status_t sumi__tensor_dataset_take(const char *path, sumi_array_t *images,
                                        sumi_array_t *labels, sumi_dataset_t *dataset) {
  sumi_status_t status = check_images(path, images);
  if (status == SUMI_OK) status = check_labels(path, images, labels);
  if (status == SUMI_OK) {
    const sumi_dims_t dims = sumi_array_dims(images);
    const int64_t channels = dims.rank == 4 ? dims.size[3] : 1;
    dataset->images = sumi_array_reshape(
        images, SUMI_DIMS(dims.size[0], dims.size[1], dims.size[2], channels));
    sumi_array_t *numbers = sumi_array_astype(labels, SUMI_INT32);
    if (numbers) dataset->labels = sumi_array_reshape(numbers, SUMI_DIMS(dims.size[0]));
    sumi_array_unref(numbers);
    if (!dataset->images || !dataset->labels) status = SUMI_RESOURCE_EXHAUSTED;
  }
  sumi_array_unref(images);
  sumi_array_unref(labels);
  return status;
}
