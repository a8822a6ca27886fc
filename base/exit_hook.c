#include <sumi/exit_hook.h>

#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static sumi_exit_hook_t *newest;

static void run_hooks(void) {
  pthread_mutex_lock(&lock);
  for (sumi_exit_hook_t *hook = newest; hook; hook = hook->next) hook->run(hook->user);
  pthread_mutex_unlock(&lock);
}

/* In a forked child the objects are the parent's, and another of its threads may have held the
 * lock. */
static void forget_hooks(void) {
  newest = NULL;
  pthread_mutex_init(&lock, NULL);
}

static void prepare(void) {
  pthread_atfork(NULL, NULL, forget_hooks);
  atexit(run_hooks);
}

void sumi_exit_hook_add(sumi_exit_hook_t *hook, void (*run)(void *user), void *user) {
  pthread_once(&once, prepare);
  pthread_mutex_lock(&lock);
  *hook = (sumi_exit_hook_t){.run = run, .user = user, .next = newest};
  if (newest) newest->previous = hook;
  newest = hook;
  pthread_mutex_unlock(&lock);
}

static bool is_listed(const sumi_exit_hook_t *hook) {
  return hook == newest || (hook->previous && newest);
}

void sumi_exit_hook_remove(sumi_exit_hook_t *hook) {
  pthread_mutex_lock(&lock);
  if (is_listed(hook)) {
    if (hook->previous) hook->previous->next = hook->next;
    if (hook->next) hook->next->previous = hook->previous;
    if (hook == newest) newest = hook->next;
    *hook = (sumi_exit_hook_t){0};
  }
  pthread_mutex_unlock(&lock);
}
