/* Whether numbers are finite. */
#ifndef SUMI_ARRAY_FINITE_H
#define SUMI_ARRAY_FINITE_H

#include <sumi/array.h>

/* The first element that is not finite; -1 without one, and for dtypes that have none such. */
int64_t sumi__tensor_first_not_finite(const sumi_array_view_t *view);

#endif
