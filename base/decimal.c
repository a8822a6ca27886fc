#include <sumi/decimal.h>

#include <math.h>
#include <stdio.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* printf writes the locale's decimal point, which may be several bytes: whatever no number holds
 * becomes one '.'. Asking localeconv instead would race with a program that sets its locale. */
static int restore_point(char *text) {
  char *to = text;
  bool in_point = false;
  for (const char *from = text; *from; ++from) {
    if (strchr("0123456789+-e", *from)) {
      *to++ = *from;
      in_point = false;
    } else if (!in_point) {
      *to++ = '.';
      in_point = true;
    }
  }
  *to = '\0';
  return (int)(to - text);
}

int sumi_decimal(char *text, size_t size, char form, int digits, double value) {
  if (!isfinite(value))
    return snprintf(text, size, "%s", isnan(value) ? "nan" : value > 0 ? "inf" : "-inf");
  snprintf(text, size, form == 'f' ? "%.*f" : "%.*g", digits, value);
  return restore_point(text);
}

bool sumi_decimal_read(const char *text, double *value) {
  const locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
  if (plain == (locale_t)0) return false;
  char *end;
  const double read = strtod_l(text, &end, plain);
  freelocale(plain);
  if (end == text || *end) return false;
  *value = read;
  return true;
}
