/* Some of many values, so that what can be seen of them stays. */
#ifndef SUMI_COMMAND_SAMPLE_H
#define SUMI_COMMAND_SAMPLE_H

#include <stddef.h>

/* Told the values that stay, in any order; of a value perhaps more than once. */
typedef struct sample {
  void (*keep)(void *user, size_t index);
  void *user;
} sample_t;

/* At most `most` of `count`, evenly spread, with the first and the last; of one only the last. */
void sumi__command_sample_spread(const sample_t *sample, size_t count, size_t most);

/* The first and the last, and the smallest and the largest of each of equal parts between: no spike
 * is lost. The values stand `stride_bytes` bytes apart; most is at least 4. */
void sumi__command_sample_spikes(const sample_t *sample, const double *values, size_t stride_bytes,
                                 size_t count, size_t most);

#endif
