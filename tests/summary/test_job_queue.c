/* What a full queue of summaries gives up, by itself: no worker takes anything. */
#include <sumi/alloc.h>

#include "job.h"
#include "sumi_test.h"

static sumi__summary_tag_t tags[3];

static sumi__summary_job_t *job(int tag, int64_t step) {
  sumi__summary_job_t *made = sumi_calloc(1, sizeof *made);
  assert_non_null(made);
  made->tag = &tags[tag];
  made->step = step;
  made->memory = sumi_arena_new();
  assert_non_null(made->memory);
  return made;
}

/* Pushes a summary of tag 0, 1, 0 and 2 into a queue of three, and says in `dropped` which went:
 * its tag and step. */
static void push_four(sumi_queue_policy_t policy, const int order[4], int *tag, int64_t *step) {
  sumi__summary_job_queue_t queue = {.count = 0};
  sumi__summary_job_queue_init(&queue, 3, 1 << 20, policy);
  for (int i = 0; i < 3; ++i) assert_null(sumi__summary_job_queue_push(&queue, job(order[i], i)));
  sumi__summary_job_t *dropped = sumi__summary_job_queue_push(&queue, job(order[3], 3));
  assert_non_null(dropped);
  assert_null(dropped->next);
  *tag = (int)(dropped->tag - tags);
  *step = dropped->step;
  sumi__summary_job_free(dropped);
  assert_int_equal(sumi__summary_job_queue_waiting(&queue), 3);
  bool closed;
  for (int i = 0; i < 3; ++i) {
    assert_non_null(sumi__summary_job_queue_take(&queue, 0, &closed));
    sumi__summary_job_queue_finish(&queue, 0);
  }
  sumi__summary_job_queue_release(&queue);
}

static void the_oldest_goes_or_the_oldest_of_the_tag(void **state) {
  (void)state;
  static const int returning[4] = {0, 1, 1, 1}, new_tag[4] = {0, 1, 0, 2};
  int tag;
  int64_t step;
  push_four(SUMI_QUEUE_DROP_OLDEST, returning, &tag, &step);
  assert_int_equal(tag, 0);
  assert_int_equal(step, 0);
  push_four(SUMI_QUEUE_COALESCE, returning, &tag, &step);
  assert_int_equal(tag, 1);
  assert_int_equal(step, 1);
  push_four(SUMI_QUEUE_COALESCE, new_tag, &tag, &step); /* nothing of its own to give up */
  assert_int_equal(tag, 0);
  assert_int_equal(step, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_oldest_goes_or_the_oldest_of_the_tag)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
