/* Elements of files into arrays; for the files of tensor/array/ and tensor/data/ only. */
#ifndef SUMI_ARRAY_ELEMENTS_H
#define SUMI_ARRAY_ELEMENTS_H

#include "array/source.h"
#include <sumi/array.h>

bool sumi__tensor_is_little_endian(void);

/* An array of numbers read from a source, in its memory where that can be handed over; `swapped`
 * when the file has the other byte order. The caller has asked sumi__tensor_source_expect. */
sumi_status_t sumi__tensor_read_elements(sumi__tensor_source_t *source, sumi_dtype_t dtype,
                                         sumi_dims_t dims, bool swapped, sumi_array_t **array);

/* The elements as little-endian bytes: the array's own where the machine is so, else a copy. The
 * release takes what was given, NULL included. */
sumi_status_t sumi__tensor_little_endian(const sumi_array_t *array, const void **bytes,
                                         size_t *size_bytes);
void sumi__tensor_little_endian_release(const sumi_array_t *array, const void *bytes);

/* Makes little-endian bytes, as they were read into the array, its elements. */
void sumi__tensor_from_little_endian(sumi_array_t *array);

#endif
