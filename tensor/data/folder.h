/* Pictures in folders; for the files of tensor/data/ only. */
#ifndef SUMI_DATA_FOLDER_H
#define SUMI_DATA_FOLDER_H

#include "data/texts.h"

#include <sumi/buffer.h>
#include <sumi/image.h>

/* The pictures that a file of labels names: paths, a label (int32) for each, names of classes. */
sumi_status_t sumi__tensor_read_labels(const char *folder, const char *file,
                                       sumi__tensor_texts_t *paths, sumi_buffer_t *labels,
                                       sumi__tensor_texts_t *names);

#endif
