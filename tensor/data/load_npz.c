/* npz files with Keras' names. */
#include "data/dataset.h"

#include <string.h>
#include <sumi/npy.h>

bool sumi__tensor_is_npz(const char *path) {
  const size_t length = strlen(path);
  return length > 4 && strcmp(path + length - 4, ".npz") == 0;
}

sumi_status_t sumi__tensor_load_npz(const char *path, sumi_split_t split, sumi_dataset_t *dataset) {
  sumi_npz_t *npz;
  SUMI_TRY(sumi_npz_open(path, &npz));
  sumi_array_t *images = NULL, *labels = NULL;
  sumi_status_t status = sumi_npz_read(npz, split == SUMI_TRAIN ? "x_train" : "x_test", &images);
  if (status == SUMI_OK)
    status = sumi_npz_read(npz, split == SUMI_TRAIN ? "y_train" : "y_test", &labels);
  sumi_npz_close(npz);
  if (status == SUMI_OK) return sumi__tensor_dataset_take(path, images, labels, dataset);
  sumi_array_unref(images);
  sumi_array_unref(labels);
  return status;
}
