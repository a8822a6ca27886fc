/* What the processor can do, as far as Sumi chooses code by it. */
#ifndef SUMI_CPU_H
#define SUMI_CPU_H

#include <sumi/status.h>

SUMI_BEGIN_DECLS

/** The highest level of its architecture that the processor and the operating system offer:
 * "x86-64", "x86-64-v2", "x86-64-v3" (AVX2 and FMA) or "x86-64-v4" (AVX-512), the levels of the
 * x86-64 psABI; on others the name of the architecture, "aarch64" or "s390x". Found once, at the
 * first call. The environment variable SUMI_CPU, read then, chooses a lower one. Thread-safe. */
SUMI_API const char *sumi_cpu_features(void);

/** Whether code compiled for that level is to be run: it is sumi_cpu_features() or below it. */
SUMI_API bool sumi_cpu_has(const char *level);

/** Whether SUMI_CPU could be followed. INVALID_ARGUMENT when it names no level of this
 * architecture, FAILED_PRECONDITION when this processor does not have it; sumi_cpu_features() then
 * is the best that it has. */
SUMI_API sumi_status_t sumi_cpu_check(void);

SUMI_END_DECLS
#endif
