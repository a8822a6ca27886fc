/* cmocka with the comparisons Sumi's tests need. Every comparison fails on NaN. */
#ifndef SUMI_TEST_H
#define SUMI_TEST_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sumi/alloc.h>
#include <sumi/status.h>

/* The call succeeds; otherwise its message is shown. */
#define assert_ok(call)                                                                            \
  do {                                                                                             \
    sumi_status_t status_ = (call);                                                                \
    if (status_ != SUMI_OK)                                                                        \
      fail_msg("%s: %s: %s", #call, sumi_status_name(status_), sumi_error_message());              \
  } while (0)

/* The call fails with `status` and a message that contains `text`. */
#define assert_fails(call, status, text)                                                           \
  do {                                                                                             \
    sumi_status_t status_ = (call);                                                                \
    if (status_ != (status) || !strstr(sumi_error_message(), text))                                \
      fail_msg("%s: %s \"%s\", expected %s with \"%s\"", #call, sumi_status_name(status_),         \
               sumi_error_message(), #status, text);                                               \
  } while (0)

/* |actual - expected| <= tolerance. */
#define assert_near(actual, expected, tolerance)                                                   \
  do {                                                                                             \
    const double actual_ = (actual), expected_ = (expected);                                       \
    if (!(fabs(actual_ - expected_) <= (tolerance)))                                               \
      fail_msg("%s is %.17g, expected %.17g within %g", #actual, actual_, expected_,               \
               (double)(tolerance));                                                               \
  } while (0)

/* An allocator that counts, and fails the n-th request from now (1 = the next) when told to.
 * Thread-safe. */
void counting_allocator_install(void);
void counting_allocator_remove(void);
void counting_allocator_fail_at(int64_t nth); /* 0 = never */
int64_t counting_allocator_requests(void);    /* allocations and reallocations since installation */
int64_t counting_allocator_live(void);        /* blocks not yet released */

/* A new empty directory below the build's test folder; its path stays valid for the process.
 * Removed at exit. */
const char *temporary_directory(void);

#endif
