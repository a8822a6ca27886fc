/* How the elements of one array are written; for the files of tensor/array/ only. */
#ifndef SUMI_ARRAY_FORMAT_H
#define SUMI_ARRAY_FORMAT_H

#include "array/number_text.h"
#include <sumi/array.h>

/* Calls visit for every element that is shown: all, or the corners of an array that is summed up.
 */
typedef void (*sumi__tensor_visit_t)(void *context, const sumi_array_t *array, int64_t index);
void sumi__tensor_visit_shown(const sumi_array_t *array, const sumi_array_format_options_t *options,
                              sumi__tensor_visit_t visit, void *context);

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

/* A text as Python's repr writes it. */
void sumi__tensor_put_text_repr(sumi_buffer_t *buffer, const char *text);

/* Characters (not bytes) from `text` on. */
int64_t sumi__tensor_character_count(const char *text, size_t size_bytes);

#endif
