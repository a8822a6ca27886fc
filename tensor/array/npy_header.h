/* The header of a .npy file; for the files of tensor/array/ only. */
#ifndef SUMI_ARRAY_NPY_HEADER_H
#define SUMI_ARRAY_NPY_HEADER_H

#include "array/source.h"
#include <sumi/array.h>

typedef struct {
  sumi_dtype_t dtype;
  char kind;     /* of NumPy: 'f' 'i' 'u' 'b', 'U' UCS-4 and 'S' byte strings of fixed length */
  int64_t width; /* bytes of an element in the file */
  bool swapped;  /* the other byte order than this machine's */
  bool fortran;  /* the first axis varies fastest */
  sumi_dims_t dims;
} sumi__tensor_npy_header_t;

sumi_status_t sumi__tensor_npy_read_header(sumi__tensor_source_t *source,
                                           sumi__tensor_npy_header_t *header);

/* Appends magic, version 1.0 and header, padded as numpy.save pads. `width` is used for strings. */
void sumi__tensor_npy_put_header(sumi_buffer_t *buffer, const sumi_array_t *array, int64_t width);

#endif
