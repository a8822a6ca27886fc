/* Named optional arguments that may grow: a program compiled against older headers runs with a
 * newer library, and is told when it asks an older library for what that one does not know. */
#ifndef SUMI_OPTIONS_H
#define SUMI_OPTIONS_H

#include <sumi/config.h>
#include <sumi/status.h>

#include <math.h>
#include <stdint.h>

SUMI_BEGIN_DECLS

/* Every options struct begins with `size_t struct_size`, the sizeof that the caller was compiled
 * with. The macros fill it in. Who calls a sumi_…_with function by hand, or from another language,
 * sets it, or passes NULL for no options. New members are only ever added at the end, and zero
 * always means "not given"; SUMI_ZERO says zero where the default is another number. */

/** Copies a caller's options into the library's struct of `size_bytes` bytes, whose missing members
 * become zero; `given` NULL leaves all of them zero.
 * errors  INVALID_ARGUMENT struct_size was not set; UNIMPLEMENTED an option is set that this
 *         version of the library does not know. No option is then given */
SUMI_API sumi_status_t sumi_options_read(void *options, size_t size_bytes, const void *given);

/** What a number among the options means: itself, `standard` where it is not given. */
static inline double sumi_option_number(double given, double standard) {
  return given != 0 ? given : signbit(given) ? 0 : standard;
}

/** What a whole number among the options means. */
static inline int64_t sumi_option_int(int64_t given, int64_t standard) {
  return given == 0 ? standard : given == SUMI_ZERO_INT ? 0 : given;
}

SUMI_END_DECLS
#endif
