#include "array/number_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void put(sumi__tensor_number_text_t *out, char byte) {
  out->text[out->length++] = byte;
}

static void put_sign(sumi__tensor_number_text_t *out, double value, bool plus) {
  if (signbit(value))
    put(out, '-');
  else if (plus)
    put(out, '+');
}

/* The digit at a power of ten, 0 outside those generated. */
static char digit_at(const sumi__tensor_digits_t *digits, int power) {
  const int index = digits->exponent - power;
  return index < 0 || index >= digits->count ? '0' : digits->digit[index];
}

/* Appends the point and the digits of the powers first, first - 1, … as far as generated, and
 * trims. */
static void put_fraction(sumi__tensor_number_text_t *out, const sumi__tensor_digits_t *digits,
                         int first, const sumi__tensor_number_style_t *style) {
  out->point = out->length;
  put(out, '.');
  const int last = digits->exponent - digits->count + 1;
  for (int power = first; power >= last; --power) put(out, digit_at(digits, power));
  int count = out->length - out->point - 1;
  if (style->trim == SUMI__TRIM_NOTHING) {
    const int wanted = style->unique ? style->least : style->most;
    for (; count < wanted; ++count) put(out, '0');
    return;
  }
  while (out->text[out->length - 1] == '0') --out->length;
  const bool bare = out->length == out->point + 1;
  if (bare && style->trim == SUMI__TRIM_TO_ZERO) put(out, '0');
  if (bare && style->trim == SUMI__TRIM_ALL) --out->length;
}

static sumi__tensor_digits_t digits_of(double value, const sumi__tensor_number_style_t *style,
                                       bool fraction) {
  const int whole = fraction ? 0 : 1; /* digits before the point that count */
  sumi__tensor_digits_t digits;
  sumi__tensor_digits(
      value,
      (sumi__tensor_digits_rule_t){.single = style->single,
                                   .unique = style->unique,
                                   .fraction = fraction,
                                   .most = style->most < 0 ? -1 : style->most + whole,
                                   .least = style->least < 0 ? -1 : style->least + whole},
      &digits);
  return digits;
}

void sumi__tensor_positional_text(double value, sumi__tensor_number_style_t style,
                                  sumi__tensor_number_text_t *out) {
  const sumi__tensor_digits_t digits = digits_of(value, &style, true);
  out->length = 0;
  put_sign(out, value, style.plus);
  for (int power = digits.exponent > 0 ? digits.exponent : 0; power >= 0; --power)
    put(out, digit_at(&digits, power));
  put_fraction(out, &digits, -1, &style);
  out->exponent = out->length;
  out->text[out->length] = '\0';
}

void sumi__tensor_scientific_text(double value, sumi__tensor_number_style_t style,
                                  sumi__tensor_number_text_t *out) {
  const sumi__tensor_digits_t digits = digits_of(value, &style, false);
  out->length = 0;
  put_sign(out, value, style.plus);
  put(out, digits.digit[0]);
  put_fraction(out, &digits, digits.exponent - 1, &style);
  out->exponent = out->length;
  const int power = digits.exponent < 0 ? -digits.exponent : digits.exponent;
  out->length += sprintf(out->text + out->length, "e%c%0*d", digits.exponent < 0 ? '-' : '+',
                         style.exponent_digits, power);
}

void sumi__tensor_scalar_text(double value, bool single, sumi__tensor_number_text_t *out) {
  const double size = fabs(value);
  if (!isfinite(value)) {
    out->length = sprintf(out->text, "%s", isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
    out->point = out->exponent = out->length;
    return;
  }
  sumi__tensor_number_style_t style = {.single = single, .unique = true, .most = -1, .least = -1};
  if (size == 0 || (size >= 1e-4 && size < (single ? 1e6 : 1e16))) {
    style.trim = SUMI__TRIM_TO_ZERO;
    sumi__tensor_positional_text(value, style, out);
  } else {
    style.trim = SUMI__TRIM_ALL;
    style.exponent_digits = 2;
    sumi__tensor_scientific_text(value, style, out);
  }
}
