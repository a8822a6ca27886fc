#include "decimal.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

int sumi__summary_format_double(char *text, size_t size, int digits, double value) {
  int length = snprintf(text, size, "%.*g", digits, value);
  const char *point = localeconv()->decimal_point;
  char *found = strcmp(point, ".") == 0 ? NULL : strstr(text, point);
  if (!found) return length;
  const size_t point_length = strlen(point);
  *found = '.';
  memmove(found + 1, found + point_length, strlen(found + point_length) + 1);
  return length - (int)point_length + 1;
}
