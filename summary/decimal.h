/* Numbers as text that do not depend on the program's locale. */
#ifndef SUMI_DECIMAL_H
#define SUMI_DECIMAL_H

#include <stddef.h>

/* As snprintf "%.<digits>g", with "." as decimal point; 32 bytes are enough. Returns the length. */
int sumi__summary_format_double(char *text, size_t size, int digits, double value);

#endif
