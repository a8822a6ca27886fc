#include "exec/run/parallel.h"

#include "exec/plan/plan.h"

#include <sumi/alloc.h>

#include <cblas.h>
#include <omp.h>
#include <pthread.h>
#include <stdatomic.h>

void sumi__tensor_parallel(int threads, int64_t count,
                           void (*task)(void *context, int64_t index, int thread), void *context) {
  if (threads <= 1 || count <= 1 || omp_in_parallel()) {
    for (int64_t i = 0; i < count; ++i) task(context, i, 0);
    return;
  }
  /* Always the same number of threads, so that the runtime keeps its team. */
  _Atomic int64_t next = 0;
#pragma omp parallel num_threads(threads)
  {
    const int thread = omp_get_thread_num();
    for (;;) {
      const int64_t index = atomic_fetch_add_explicit(&next, 1, memory_order_relaxed);
      if (index >= count) break;
      task(context, index, thread);
    }
  }
}

typedef struct kernel_task {
  void (*task)(void *context, int64_t index);
  void *context;
} kernel_task_t;

static void run_kernel_task(void *context, int64_t index, int thread) {
  (void)thread;
  const kernel_task_t *t = context;
  t->task(t->context, index);
}

void sumi_kernel_parallel(const sumi_kernel_t *kernel, int64_t count,
                          void (*task)(void *context, int64_t index), void *context) {
  kernel_task_t t = {task, context};
  sumi__tensor_parallel(kernel->threads, count, run_kernel_task, &t);
}

/* ThreadSanitizer does not see how the OpenMP runtime synchronises and would report every region.
 */
#if defined(__SANITIZE_THREAD__)
#define ONE_THREAD 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ONE_THREAD 1
#endif
#endif

int sumi__tensor_thread_count(int wanted) {
#ifdef ONE_THREAD
  (void)wanted;
  return 1;
#else
  const int count = wanted > 0 ? wanted : omp_get_num_procs();
  return count < 1 ? 1 : count > SUMI__MAX_THREADS ? SUMI__MAX_THREADS : count;
#endif
}

/* OpenBLAS with a pool of its own (Debian's libopenblas0-pthread) does not see that it is called by
 * one of many threads: the demo's network then trained half as fast. Its count of threads belongs
 * to the process, so that the first run takes it away and the last gives it back. */
static pthread_mutex_t blas_lock = PTHREAD_MUTEX_INITIALIZER;
static int blas_runs, blas_threads;

static void hold_blas_threads(int change) {
  if (openblas_get_parallel() != OPENBLAS_THREAD) return;
  pthread_mutex_lock(&blas_lock);
  if (blas_runs == 0) blas_threads = openblas_get_num_threads();
  const int before = blas_runs;
  blas_runs += change;
  if (blas_threads > 1 && (before == 0) != (blas_runs == 0))
    openblas_set_num_threads(blas_runs > 0 ? 1 : blas_threads);
  pthread_mutex_unlock(&blas_lock);
}

int sumi__tensor_threads_begin(void) {
  hold_blas_threads(1);
  const int saved = omp_get_max_threads();
  if (saved != 1) omp_set_num_threads(1);
  return saved;
}

void sumi__tensor_threads_end(int saved) {
  hold_blas_threads(-1);
  if (saved != 1) omp_set_num_threads(saved);
}

enum { WARM_M = 32, WARM_K = 1024, WARM_N = 320 }; /* large enough to touch the whole buffer */

static void warm_one_thread(float *memory) {
  float *a = memory, *b = a + WARM_M * WARM_K, *c = b + WARM_K * WARM_N;
  for (int i = 0; i < WARM_M * WARM_K + WARM_K * WARM_N; ++i) memory[i] = 0;
#ifdef _OPENMP
#pragma omp barrier
#endif
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, WARM_M, WARM_N, WARM_K, 1, a, WARM_K, b,
              WARM_N, 0, c, WARM_N);
}

void sumi__tensor_warm_blas(int threads) {
  static atomic_int warmed; /* threads so far */
  int before = atomic_load(&warmed);
  if (before >= threads || !atomic_compare_exchange_strong(&warmed, &before, threads)) return;
  const size_t floats = WARM_M * WARM_K + WARM_K * WARM_N + WARM_M * WARM_N;
  float *memory = sumi_malloc((size_t)threads * floats * sizeof *memory);
  if (!memory) return; /* only slower */
  const int saved = sumi__tensor_threads_begin();
#pragma omp parallel num_threads(threads) if (threads > 1)
  warm_one_thread(memory + (size_t)omp_get_thread_num() * floats);
  sumi__tensor_threads_end(saved);
  sumi_free(memory);
}
