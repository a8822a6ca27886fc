/* What npz files need of npy files; for the files of tensor/array/ only. */
#ifndef SUMI_ARRAY_NPY_H
#define SUMI_ARRAY_NPY_H

#include "array/source.h"
#include <sumi/array.h>

/* Reads one npy file that ends where the source ends; *array is NULL on failure. */
sumi_status_t sumi__tensor_npy_read_source(sumi__tensor_source_t *source, sumi_array_t **array);

#endif
