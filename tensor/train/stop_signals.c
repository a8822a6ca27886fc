#include "train/stop_signals.h"

#include <pthread.h>
#include <signal.h>

static const int signals[] = {SIGINT, SIGTERM};
enum { SIGNAL_COUNT = sizeof signals / sizeof *signals };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int users;
static struct sigaction before[SIGNAL_COUNT];
static volatile sig_atomic_t caught;

static void note(int number) {
  caught = number;
}

/* SA_RESETHAND: the second signal has its usual effect. What a parent has made ignored (nohup)
 * stays so. */
void sumi__tensor_stop_signals_begin(void) {
  const struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART | (int)SA_RESETHAND};
  pthread_mutex_lock(&lock);
  if (users++ == 0) {
    caught = 0;
    for (int i = 0; i < SIGNAL_COUNT; ++i) {
      sigaction(signals[i], NULL, &before[i]);
      if (before[i].sa_handler != SIG_IGN) sigaction(signals[i], &action, NULL);
    }
  }
  pthread_mutex_unlock(&lock);
}

void sumi__tensor_stop_signals_end(void) {
  pthread_mutex_lock(&lock);
  if (--users == 0)
    for (int i = 0; i < SIGNAL_COUNT; ++i) sigaction(signals[i], &before[i], NULL);
  pthread_mutex_unlock(&lock);
}

int sumi__tensor_stop_signal(void) {
  return caught;
}
