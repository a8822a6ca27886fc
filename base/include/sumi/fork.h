/* How an object knows that it was inherited by a forked child. */
#ifndef SUMI_FORK_H
#define SUMI_FORK_H

#include <sumi/config.h>

SUMI_BEGIN_DECLS

/** How often this process and its ancestors were forked off since they first asked: an object made
 * at another count belongs to another process. Costs no system call; from any thread. */
SUMI_API unsigned sumi_fork_count(void);

SUMI_END_DECLS
#endif
