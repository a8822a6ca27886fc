/* Random numbers by counter: the n-th number of a stream is a function of the stream's name and n.
 *
 * Generator and distributions are those of TensorFlow's CPU kernels (Philox4x32-10 of Salmon et
 * al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011;
 * tensorflow/core/lib/random/random_distributions.h): the same seeds give the same numbers, up to
 * the last bit of the C library's logf and sincosf. Nothing here has state, so parts of a range may
 * be filled by any number of threads in any order. */
#ifndef SUMI_RANDOM_H
#define SUMI_RANDOM_H

#include <sumi/config.h>

SUMI_BEGIN_DECLS

/** A position in a stream: the key names the stream, the 128-bit counter (lowest word first) the
 * next block of four 32-bit numbers. */
typedef struct sumi_philox {
  uint32_t key[2];
  uint32_t counter[4];
} sumi_philox_t;

/** The stream TensorFlow's random ops draw from with the attributes seed and seed2 (graph and op
 * seed). */
SUMI_API sumi_philox_t sumi_philox_seeded(int64_t seed, int64_t seed2);

/** The position `blocks` further. */
SUMI_API sumi_philox_t sumi_philox_skip(sumi_philox_t stream, uint64_t blocks);

/** The block at the position. */
SUMI_API void sumi_philox_block(sumi_philox_t stream, uint32_t block[4]);

/** What TensorFlow's stateful ops put aside for each number they draw, so that a second run starts
 * where it would there: skip count * SUMI_RANDOM_BLOCKS_PER_NUMBER blocks after drawing `count`
 * numbers. */
#define SUMI_RANDOM_BLOCKS_PER_NUMBER 256

/* Each writes the numbers [first, first + count) that follow `stream` to out[0], out[1], …; first
 * and count are not negative. */

/** Uniform in [0, 1): multiples of 2^-23, and of 2^-52. */
SUMI_API void sumi_random_uniform_float32(sumi_philox_t stream, int64_t first, int64_t count,
                                          float *out);
SUMI_API void sumi_random_uniform_float64(sumi_philox_t stream, int64_t first, int64_t count,
                                          double *out);

/** Standard normal by Box and Muller. */
SUMI_API void sumi_random_normal_float32(sumi_philox_t stream, int64_t first, int64_t count,
                                         float *out);
SUMI_API void sumi_random_normal_float64(sumi_philox_t stream, int64_t first, int64_t count,
                                         double *out);

/** Standard normal, drawn again where it is 2 or more away from 0. */
SUMI_API void sumi_random_truncated_normal_float32(sumi_philox_t stream, int64_t first,
                                                   int64_t count, float *out);
SUMI_API void sumi_random_truncated_normal_float64(sumi_philox_t stream, int64_t first,
                                                   int64_t count, double *out);

/** Uniform in [low, high), low < high, by remainder as TensorFlow does: the smaller values are
 * favoured by at most (high - low) / 2^32 and 2^64. */
SUMI_API void sumi_random_uniform_int32(sumi_philox_t stream, int32_t low, int32_t high,
                                        int64_t first, int64_t count, int32_t *out);
SUMI_API void sumi_random_uniform_int64(sumi_philox_t stream, int64_t low, int64_t high,
                                        int64_t first, int64_t count, int64_t *out);

/** A permutation of 0 … count - 1 (Fisher and Yates), each as likely as any other. */
SUMI_API void sumi_random_permutation(sumi_philox_t stream, int64_t count, int64_t *out);

SUMI_END_DECLS
#endif
