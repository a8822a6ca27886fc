/* What an object still has to do when the program ends without closing it. */
#ifndef SUMI_EXIT_HOOK_H
#define SUMI_EXIT_HOOK_H

#include <sumi/config.h>

SUMI_BEGIN_DECLS

/** A member of the object; zero-initialised. */
typedef struct sumi_exit_hook {
  void (*run)(void *user);
  void *user;
  struct sumi_exit_hook *next, *previous;
} sumi_exit_hook_t;

/** From now on run(user) is called by exit and by a return from main, the newest hook first, until
 * the hook is removed. Not by _exit, abort or a signal, and not in a forked child. */
SUMI_API void sumi_exit_hook_add(sumi_exit_hook_t *hook, void (*run)(void *user), void *user);

/** Waits while the hook is running. A hook that was never added, or in a parent of this process, is
 * left alone. */
SUMI_API void sumi_exit_hook_remove(sumi_exit_hook_t *hook);

SUMI_END_DECLS
#endif
