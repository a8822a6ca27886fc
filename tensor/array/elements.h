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

#endif
