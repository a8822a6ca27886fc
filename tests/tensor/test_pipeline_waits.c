/* Whether a step waits for its data, told by the counter and not by a clock: a producer that keeps
 * up is one that has filled the prefetch before each step. */
#include "sumi_test.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sumi/pipeline.h>

enum { STEPS = 60, AHEAD = 3 };

static sumi_pipeline_t *numbers(int64_t count) {
  sumi_array_t *array = sumi_array_arange(count, SUMI_INT64);
  sumi_pipeline_t *made = sumi_pipeline_from_arrays(SUMI_COMPONENTS({"x", array}));
  sumi_array_unref(array);
  return made;
}

typedef struct gate {
  sem_t made, allowed;
  sumi_iterator_t *iterator;
} gate_t;

static sumi_status_t count_made(const sumi_pipeline_call_t *call, sumi_element_t *element) {
  (void)element;
  sem_post(&((gate_t *)call->user)->made);
  return SUMI_OK;
}

/* A map has posted that an element is made a moment before the prefetch has it, and begins the next
 * only afterwards: so of `AHEAD` that lie ready one more has been made. */
static void steps_do_not_wait_when_the_pipeline_keeps_up(void **state) {
  (void)state;
  gate_t gate = {.iterator = NULL};
  sem_init(&gate.made, 0, 0);
  sumi_pipeline_t *p = sumi_pipeline_map(numbers(STEPS + AHEAD + 1), count_made, .user = &gate);
  p = sumi_pipeline_prefetch(p, AHEAD);
  gate.iterator = sumi_iterator_new(p);
  sumi_pipeline_unref(p);
  assert_non_null(sumi_iterator_next(gate.iterator)); /* starts the thread, and waits */
  const int64_t first = sumi_iterator_wait_count(gate.iterator);
  assert_true(first <= 1);
  for (int i = 0; i < 2; ++i) sem_wait(&gate.made); /* the first, and one that lies ready */
  for (int step = 1; step < STEPS; ++step) {
    sem_wait(&gate.made); /* one more: what was made before it lies ready */
    const sumi_element_t *element = sumi_iterator_next(gate.iterator);
    assert_int_equal(sumi_array_get(sumi_element_get(element, "x"), 0), step);
    assert_int_equal(sumi_iterator_wait_count(gate.iterator), first);
  }
  sumi_iterator_free(gate.iterator);
  sem_destroy(&gate.made);
}

static sumi_status_t wait_for_leave(const sumi_pipeline_call_t *call, sumi_element_t *element) {
  (void)element;
  sem_wait(&((gate_t *)call->user)->allowed);
  return SUMI_OK;
}

/* Lets an element be made each time that a step is seen to wait. */
static void *allow_when_waiting(void *argument) {
  gate_t *gate = argument;
  for (int64_t allowed = 0; allowed < STEPS;) {
    if (sumi_iterator_wait_count(gate->iterator) > allowed) {
      sem_post(&gate->allowed);
      ++allowed;
    } else {
      sched_yield();
    }
  }
  return NULL;
}

static void each_step_that_waits_is_counted(void **state) {
  (void)state;
  gate_t gate = {.iterator = NULL};
  sem_init(&gate.allowed, 0, 0);
  sumi_pipeline_t *p = sumi_pipeline_map(numbers(STEPS), wait_for_leave, .user = &gate);
  p = sumi_pipeline_batch(sumi_pipeline_prefetch(p, AHEAD), 1); /* need not be the last stage */
  gate.iterator = sumi_iterator_new(p);
  sumi_pipeline_unref(p);
  pthread_t helper;
  assert_int_equal(pthread_create(&helper, NULL, allow_when_waiting, &gate), 0);
  for (int step = 0; step < STEPS; ++step) {
    assert_non_null(sumi_iterator_next(gate.iterator));
    assert_int_equal(sumi_iterator_wait_count(gate.iterator), step + 1);
  }
  pthread_join(helper, NULL);
  sumi_iterator_free(gate.iterator);
  sem_destroy(&gate.allowed);
}

static void without_a_prefetch_nothing_is_counted(void **state) {
  (void)state;
  sumi_pipeline_t *p = numbers(3);
  sumi_iterator_t *it = sumi_iterator_new(p);
  sumi_pipeline_unref(p);
  while (sumi_iterator_next(it)) continue;
  assert_int_equal(sumi_iterator_wait_count(it), 0);
  assert_int_equal(sumi_iterator_wait_count(NULL), 0);
  sumi_iterator_free(it);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(steps_do_not_wait_when_the_pipeline_keeps_up),
      cmocka_unit_test(each_step_that_waits_is_counted),
      cmocka_unit_test(without_a_prefetch_nothing_is_counted),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
