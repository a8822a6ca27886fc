/* Decimal digits of binary floating-point numbers; for the files of tensor/array/ only. */
#ifndef SUMI_ARRAY_DIGITS_H
#define SUMI_ARRAY_DIGITS_H

#include <stdbool.h>

enum { SUMI__DIGITS_MAX = 1200 };

/* Which digits are wanted. Counts of digits are those after the point (`fraction`) or all of them.
 */
typedef struct {
  bool single;   /* the number is a float32: neighbours are further away */
  bool unique;   /* stop where the digits name the number; otherwise its exact expansion, rounded at
                    `most` */
  bool fraction; /* how `most` and `least` count */
  int most;      /* -1: no limit */
  int least;     /* -1: none; more digits than name the number, those of the exact expansion */
} sumi__tensor_digits_rule_t;

/* digit[0].digit[1]digit[2]… * 10^exponent, `count` of them, '0' to '9'. */
typedef struct {
  int count, exponent;
  char digit[SUMI__DIGITS_MAX];
} sumi__tensor_digits_t;

/* The digits of |value|, which must be finite, correctly rounded, ties to even. */
void sumi__tensor_digits(double value, sumi__tensor_digits_rule_t rule,
                         sumi__tensor_digits_t *digits);

#endif
