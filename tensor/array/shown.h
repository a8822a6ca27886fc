/* Which elements of an array its text shows; for the files of tensor/array/ only. */
#ifndef SUMI_ARRAY_SHOWN_H
#define SUMI_ARRAY_SHOWN_H

#include <sumi/array.h>

/* Whether only the corners are shown. */
bool sumi__tensor_is_summed_up(const sumi_array_t *array,
                               const sumi_array_format_options_t *options);

/* Whether the positions [edge, size - edge) of an axis are left out. */
bool sumi__tensor_leaves_out(int64_t size, bool summed_up, int64_t edge);

/* Calls visit for every element that is shown. */
typedef void (*sumi__tensor_visit_t)(void *context, const sumi_array_t *array, int64_t index);
void sumi__tensor_visit_shown(const sumi_array_t *array, const sumi_array_format_options_t *options,
                              sumi__tensor_visit_t visit, void *context);

#endif
