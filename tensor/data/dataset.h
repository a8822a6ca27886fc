/* What the readers of data sets share; for the files of tensor/data/ only. */
#ifndef SUMI_DATA_DATASET_H
#define SUMI_DATA_DATASET_H

#include <sumi/data.h>

/* folder/name as an allocated text, NULL without memory. */
char *sumi__tensor_join_path(const char *folder, const char *name);

bool sumi__tensor_file_exists(const char *path);

/* Whether the folder (or path) looks like one of the kind; and the readers. Class names may stay
 * NULL. */
bool sumi__tensor_has_idx(const char *folder);
sumi_status_t sumi__tensor_load_idx(const char *folder, sumi_split_t split,
                                    sumi_dataset_t *dataset);
bool sumi__tensor_has_cifar(const char *folder);
sumi_status_t sumi__tensor_load_cifar(const char *folder, sumi_split_t split,
                                      sumi_dataset_t *dataset);
bool sumi__tensor_is_npz(const char *path);
sumi_status_t sumi__tensor_load_npz(const char *path, sumi_split_t split, sumi_dataset_t *dataset);

/* Takes over pictures of rank 3 or 4 and labels as uint8 [n, h, w, c] and int32 [n], in place of
 * `dataset`'s, after checking dtypes, shapes and counts. Drops both references whatever happens. */
sumi_status_t sumi__tensor_dataset_take(const char *path, sumi_array_t *images,
                                        sumi_array_t *labels, sumi_dataset_t *dataset);

/* Names the classes: from the first of the folder's files that exists, else by what is known of it.
 */
sumi_status_t sumi__tensor_name_classes(const char *path, sumi_dataset_t *dataset);

#endif
