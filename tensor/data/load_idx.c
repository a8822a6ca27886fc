/* Folders of IDX files with MNIST's names. */
#include "data/dataset.h"

#include <sumi/alloc.h>

static const struct {
  const char *images, *labels;
} names[] = {[SUMI_TRAIN] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"},
             [SUMI_TEST] = {"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}};

/* The path of the file, with or without .gz; the plain one when there is neither. NULL without
 * memory. */
static char *find_file(const char *folder, const char *name) {
  char *plain = sumi__tensor_join_path(folder, name);
  if (!plain || sumi__tensor_file_exists(plain)) return plain;
  sumi_buffer_t packed = {0};
  sumi_buffer_printf(&packed, "%s.gz", plain);
  if (!sumi_buffer_text(&packed) || !sumi__tensor_file_exists(packed.data)) {
    sumi_buffer_release(&packed);
    return plain;
  }
  sumi_free(plain);
  return packed.data;
}

bool sumi__tensor_has_idx(const char *folder) {
  bool found = false;
  for (int split = SUMI_TRAIN; split <= SUMI_TEST && !found; ++split) {
    char *path = find_file(folder, names[split].images);
    found = sumi__tensor_file_exists(path);
    sumi_free(path);
  }
  return found;
}

static sumi_status_t read_named(const char *folder, const char *name, sumi_array_t **array) {
  char *path = find_file(folder, name);
  if (!path) return sumi_fail_alloc("a path", 1);
  const sumi_status_t status = sumi_idx_read(path, array);
  sumi_free(path);
  return status;
}

sumi_status_t sumi__tensor_load_idx(const char *folder, sumi_split_t split,
                                    sumi_dataset_t *dataset) {
  sumi_array_t *images, *labels;
  SUMI_TRY(read_named(folder, names[split].images, &images));
  const sumi_status_t status = read_named(folder, names[split].labels, &labels);
  if (status == SUMI_OK) return sumi__tensor_dataset_take(folder, images, labels, dataset);
  sumi_array_unref(images);
  return status;
}
