/* Numbers as text the way NumPy lays them out; for the files of tensor/array/ only. */
#ifndef SUMI_ARRAY_NUMBER_TEXT_H
#define SUMI_ARRAY_NUMBER_TEXT_H

#include "array/digits.h"

/* A number of digits this large is refused where options are read. */
enum { SUMI__PRECISION_MAX = 500 };

typedef enum {
  SUMI__TRIM_NOTHING,  /* zeros up to the number of digits asked for */
  SUMI__TRIM_TO_POINT, /* "1." */
  SUMI__TRIM_TO_ZERO,  /* "1.0" */
  SUMI__TRIM_ALL       /* "1" */
} sumi__tensor_trim_t;

typedef struct {
  bool single, unique, plus; /* plus: a sign for positive numbers */
  sumi__tensor_trim_t trim;
  int most, least;     /* digits after the point: at most (-1: no limit), at least (-1: none) */
  int exponent_digits; /* at least; scientific only */
} sumi__tensor_number_style_t;

/* "-12.5", "-1.25e+01": where the point stands (or would) and where the exponent begins. */
typedef struct {
  int length, point, exponent;
  char text[2 * SUMI__DIGITS_MAX];
} sumi__tensor_number_text_t;

/* A finite number with all digits before the point, and with one. */
void sumi__tensor_positional_text(double value, sumi__tensor_number_style_t style,
                                  sumi__tensor_number_text_t *out);
void sumi__tensor_scientific_text(double value, sumi__tensor_number_style_t style,
                                  sumi__tensor_number_text_t *out);

/* Any number as str(scalar) gives it: "0.1", "1e-05", "nan". */
void sumi__tensor_scalar_text(double value, bool single, sumi__tensor_number_text_t *out);

#endif
