/* Drawing with every single allocation failing in turn. */
#ifndef SUMI_TESTS_RENDER_ALLOCATION_SWEEP_H
#define SUMI_TESTS_RENDER_ALLOCATION_SWEEP_H

#include "sumi_test.h"

#include <sumi/picture.h>

#include "text.h"

/* `draw` makes n requests for memory; when any one of them fails it says so, leaves no picture
 * and leaks nothing. The thread's text cache is dropped in between, so that every run makes the
 * same requests. */
static inline void assert_survives_lack_of_memory(sumi_status_t (*draw)(sumi_picture_t *picture)) {
  sumi_picture_t picture;
  sumi__render_text_forget();
  counting_allocator_install();
  assert_ok(draw(&picture));
  sumi_picture_free(&picture);
  const int64_t requests = counting_allocator_requests();
  assert_true(requests > 0);
  for (int64_t n = 1; n <= requests; ++n) {
    sumi__render_text_forget();
    assert_int_equal(counting_allocator_live(), 0);
    counting_allocator_fail_at(n);
    const sumi_status_t status = draw(&picture);
    counting_allocator_fail_at(0);
    if (status != SUMI_RESOURCE_EXHAUSTED)
      fail_msg("request %lld of %lld: %s", (long long)n, (long long)requests,
               sumi_status_name(status));
    assert_null(picture.pixels);
    assert_null(picture.annotations);
  }
  sumi__render_text_forget();
  assert_int_equal(counting_allocator_live(), 0);
  counting_allocator_remove();
}

#endif
