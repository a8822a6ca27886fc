/* Floats of 16 bits, which files have and arrays have not: read as float32, exactly. */
#ifndef SUMI_ARRAY_HALF_H
#define SUMI_ARRAY_HALF_H

#include <sumi/array.h>

typedef enum sumi__tensor_half { SUMI__FLOAT16, SUMI__BFLOAT16 } sumi__tensor_half_t;

/* A new float32 array of a uint16 array's bits; NULL without memory. */
sumi_array_t *sumi__tensor_of_halves(const sumi_array_t *halves, sumi__tensor_half_t kind);

#endif
