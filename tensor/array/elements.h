/* Elements of files into arrays; for the files of tensor/array/ and tensor/data/ only. */
#ifndef SUMI_ARRAY_ELEMENTS_H
#define SUMI_ARRAY_ELEMENTS_H

#include "array/source.h"
#include <sumi/array.h>

bool sumi__is_little_endian(void);

/* Fills an array of numbers from a source; `swapped` when the file has the other byte order. */
sumi_status_t sumi__read_elements(sumi__source_t *source, sumi_array_t *array, bool swapped);

#endif
