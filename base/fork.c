#include <sumi/fork.h>

#include <pthread.h>
#include <stdatomic.h>

static _Atomic unsigned forks;
static _Atomic bool watched; /* asked before each value that is logged: cheaper than once */
static pthread_once_t watch_once = PTHREAD_ONCE_INIT;

static void count_fork(void) {
  atomic_fetch_add(&forks, 1);
}

static void watch_forks(void) {
  pthread_atfork(NULL, NULL, count_fork);
  atomic_store_explicit(&watched, true, memory_order_release);
}

unsigned sumi_fork_count(void) {
  if (!atomic_load_explicit(&watched, memory_order_acquire)) pthread_once(&watch_once, watch_forks);
  return atomic_load_explicit(&forks, memory_order_relaxed);
}
