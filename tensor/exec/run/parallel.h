/* Threads: OpenMP, the one thread runtime of the process. */
#ifndef SUMI_EXEC_RUN_PARALLEL_H
#define SUMI_EXEC_RUN_PARALLEL_H

#include <sumi/config.h>

enum { SUMI__MAX_THREADS = 256 };

/* Runs task(context, index, thread) for every index in [0, count) on up to `threads` threads;
 * thread is in [0, threads). Inline when there is one thread, one index, or when called from inside
 * another sumi__tensor_parallel. */
void sumi__tensor_parallel(int threads, int64_t count,
                           void (*task)(void *context, int64_t index, int thread), void *context);

/* How many threads a session uses when asked for `wanted` (0: what the machine has). */
int sumi__tensor_thread_count(int wanted);

/* While a run lasts, the calling thread's OpenMP thread count is 1, so that BLAS called by a kernel
 * outside sumi__tensor_parallel does not split by itself; results would depend on the machine. The
 * count belongs to the thread, not to the process; where OpenBLAS has threads of its own, theirs is
 * 1 while any run lasts. begin returns what end restores. */
int sumi__tensor_threads_begin(void);
void sumi__tensor_threads_end(int saved);

/* One matrix product per thread, once per process: OpenBLAS is three times slower until its packing
 * buffers have been touched. */
void sumi__tensor_warm_blas(int threads);

#endif
