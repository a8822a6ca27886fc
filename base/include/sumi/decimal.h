/* Numbers as text that do not depend on the program's locale. */
#ifndef SUMI_DECIMAL_H
#define SUMI_DECIMAL_H

#include <sumi/config.h>

#include <stddef.h>

SUMI_BEGIN_DECLS

/** A number as printf writes it by %g (form 'g') or %f ('f') with that many digits, but with "." as
 * the decimal point, and "nan", "inf" and "-inf" for what is not finite. Returns the length; `size`
 * bytes have to be enough for the text in the program's locale. */
SUMI_API int sumi_decimal(char *text, size_t size, char form, int digits, double value);

/** The number that is all of `text`, written so; false when it is none, or there is no memory. */
SUMI_API bool sumi_decimal_read(const char *text, double *value);

SUMI_END_DECLS
#endif
