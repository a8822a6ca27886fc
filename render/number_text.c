#include "number_text.h"

#include <sumi/decimal.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

void sumi__render_number_text(char text[SUMI__NUMBER_TEXT_MAX], double value, int digits) {
  sumi_decimal(text, SUMI__NUMBER_TEXT_MAX, 'g', digits, value == 0 ? 0.0 : value);
}

void sumi__render_fixed_text(char text[SUMI__NUMBER_TEXT_MAX], double value, int decimals) {
  if (fabs(value) > 1e15) {
    sumi__render_number_text(text, value, 6);
    return;
  }
  sumi_decimal(text, SUMI__NUMBER_TEXT_MAX, 'f', decimals, value);
  if (text[0] == '-' && strspn(text + 1, "0.") == strlen(text + 1))
    memmove(text, text + 1, strlen(text));
}

void sumi__render_share_text(char text[SUMI__NUMBER_TEXT_MAX], double share) {
  if (!(share >= 0 && share <= 1))
    sumi__render_number_text(text, share, 3);
  else if (share > 0 && share < 0.005)
    snprintf(text, SUMI__NUMBER_TEXT_MAX, "<1%%");
  else if (share >= 0.995 && share < 1)
    snprintf(text, SUMI__NUMBER_TEXT_MAX, ">99%%");
  else
    snprintf(text, SUMI__NUMBER_TEXT_MAX, "%.0f%%", floor(share * 100 + 0.5));
}

void sumi__render_count_text(char text[SUMI__NUMBER_TEXT_MAX], double count) {
  char digits[SUMI__NUMBER_TEXT_MAX];
  sumi__render_fixed_text(digits, count, 0);
  const size_t length = strlen(digits);
  if (length < 5 || length > 16 || !isfinite(count)) {
    memcpy(text, digits, length + 1);
    return;
  }
  char *to = text;
  for (size_t i = 0; i < length; ++i) {
    if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-') *to++ = ' ';
    *to++ = digits[i];
  }
  *to = '\0';
}
