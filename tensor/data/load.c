/* A data set from a path: the reader is chosen by what is there. */
#include "data/dataset.h"

static const struct {
  bool (*matches)(const char *path);
  sumi_status_t (*load)(const char *path, sumi_split_t split, sumi_dataset_t *dataset);
} readers[] = {{sumi__tensor_is_npz, sumi__tensor_load_npz},
               {sumi__tensor_has_idx, sumi__tensor_load_idx},
               {sumi__tensor_has_cifar, sumi__tensor_load_cifar}};

static sumi_status_t load_any(const char *path, sumi_split_t split, sumi_dataset_t *dataset) {
  for (size_t i = 0; i < sizeof readers / sizeof *readers; ++i)
    if (readers[i].matches(path)) return readers[i].load(path, split, dataset);
  if (!sumi__tensor_file_exists(path)) return sumi_fail(SUMI_NOT_FOUND, "%s does not exist", path);
  return sumi_fail(SUMI_NOT_FOUND,
                   "%s holds no data set: neither train-images-idx3-ubyte[.gz] nor "
                   "data_batch_1.bin is there, and it is no .npz file",
                   path);
}

sumi_status_t sumi_dataset_load(const char *path, sumi_split_t split, sumi_dataset_t *dataset) {
  if (!path || !dataset)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "the %s of a data set is NULL",
                     path ? "place" : "path");
  if (split != SUMI_TRAIN && split != SUMI_TEST)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "split %d of a data set", (int)split);
  sumi_dataset_release(dataset);
  sumi_status_t status = load_any(path, split, dataset);
  if (status == SUMI_OK) status = sumi__tensor_name_classes(path, dataset);
  if (status != SUMI_OK) sumi_dataset_release(dataset);
  return status;
}
