/* UTF-8 checks: every string that reaches an event file passes here (one bad string stops
 * TensorBoard's reader). */
#ifndef SUMI_UTF8_H
#define SUMI_UTF8_H

#include <sumi/config.h>
#include <sumi/status.h>

SUMI_BEGIN_DECLS

/** The offset of the first byte that is not part of well-formed UTF-8 (Unicode 15, table 3-7: no
 * surrogates, no overlong forms, nothing past U+10FFFF); `length` when all of it is. */
SUMI_API size_t sumi_utf8_first_invalid(const char *text, size_t length);

/** SUMI_OK, or INVALID_ARGUMENT naming `what`, the offset and the byte. A NULL text is refused
 * too. */
SUMI_API sumi_status_t sumi_utf8_check(const char *what, const char *text);

/** The code point that starts at `text` (well-formed UTF-8), and where the next one starts. */
SUMI_API uint32_t sumi_utf8_next(const char **text);

SUMI_END_DECLS
#endif
