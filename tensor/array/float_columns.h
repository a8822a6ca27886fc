/* How the floating-point elements of one array are written; for the files of tensor/array/ only. */
#ifndef SUMI_ARRAY_FLOAT_COLUMNS_H
#define SUMI_ARRAY_FLOAT_COLUMNS_H

#include "array/number_text.h"
#include <sumi/array.h>

/* numpy._core.arrayprint.FloatingFormat: the columns all shown elements fit in. */
typedef struct {
  bool single, scientific, unique;
  sumi__tensor_trim_t trim;
  int precision, least;
  int left, right; /* characters before and after the point */
  int exponent_digits;
  char sign;
} sumi__tensor_float_columns_t;

sumi__tensor_float_columns_t sumi__tensor_float_columns(const sumi_array_t *array,
                                                        const sumi_array_format_options_t *options);
void sumi__tensor_put_float(sumi_buffer_t *buffer, const sumi__tensor_float_columns_t *columns,
                            double value);

#endif
