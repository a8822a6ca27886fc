/* Which of the engine's kernels run. They are compiled for several levels of the processor's
 * architecture, and the best that it has is taken, once, when the first op type is looked up. */
#ifndef SUMI_KERNEL_LEVEL_H
#define SUMI_KERNEL_LEVEL_H

#include <sumi/cpu.h>

SUMI_BEGIN_DECLS

/** The level in use: "x86-64-v3"; in a library built for one machine only, what SUMI_ARCH said. The
 * environment variable SUMI_CPU asks for a lower one; see <sumi/cpu.h>. */
SUMI_API const char *sumi_kernel_level(void);

/** The levels compiled in, best first: index from 0 until NULL. */
SUMI_API const char *sumi_kernel_level_at(int index);

SUMI_END_DECLS
#endif
