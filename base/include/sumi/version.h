/* Which library a program runs with, beside the headers it was compiled with (SUMI_VERSION). */
#ifndef SUMI_VERSION_H
#define SUMI_VERSION_H

#include <sumi/config.h>
#include <sumi/status.h>

SUMI_BEGIN_DECLS

/** The library's version, "0.1.0". */
SUMI_API const char *sumi_version(void);

/** The same as a number, to be compared with SUMI_VERSION_NUMBER: 1000000 major + 1000 minor +
 * patch. */
SUMI_API int sumi_version_number(void);

/** SUMI_OK when the library is at least as new as the headers the caller was compiled with, which
 * it then serves (docs/abi.md): sumi_version_check(SUMI_VERSION_NUMBER).
 * errors  FAILED_PRECONDITION an older library, with what to do */
SUMI_API sumi_status_t sumi_version_check(int header_version_number);

SUMI_END_DECLS
#endif
