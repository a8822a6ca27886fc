#include "kernels/gemm.h"
#include "kernels/gemm_small.h"

#include <cblas.h>
#include <limits.h>
#include <string.h>

/* Sizes are m * n * k. Two tiles are used from some 60 microseconds of work on, more only when each
 * has plenty; thinner tiles than these would repack too much of the other operand. */
enum {
  SPLIT_PRODUCT = 1 << 20,
  TILE_PRODUCT = 1 << 25, /* of each of more than two tiles */
  MAX_TILES = 16,
  MIN_HALF = 32,  /* rows or columns of one of two tiles */
  MIN_TILE = 128, /* of one of more */
  ROUND = 16
};

static bool fits_blas(const sumi__tensor_gemm_t *g) {
  return g->m <= INT32_MAX && g->n <= INT32_MAX && g->k <= INT32_MAX;
}

/* How c is cut: `down` strips of `rows` rows, `across` strips of `columns` columns. */
typedef struct grid {
  int64_t down, across, rows, columns;
} grid_t;

static int64_t divide_up(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

/* Halves one side of every tile: the one for which less is repacked, down for each strip b, across
 * for each a. False when both are too short. */
static bool halve(grid_t *grid, int64_t m, int64_t n, int64_t least) {
  const bool can_down = m >= least * grid->down * 2, can_across = n >= least * grid->across * 2;
  const int64_t cost_down = m * grid->across + n * grid->down * 2;
  const int64_t cost_across = m * grid->across * 2 + n * grid->down;
  if (can_down && (!can_across || cost_down <= cost_across))
    grid->down *= 2;
  else if (can_across)
    grid->across *= 2;
  return can_down || can_across;
}

/* Two tiles where that pays for two threads, more while each has plenty to do. */
static grid_t choose_grid(int64_t m, int64_t n, int64_t k) {
  grid_t grid = {.down = 1, .across = 1};
  const double product = (double)m * (double)n * (double)k;
  if (product >= SPLIT_PRODUCT && halve(&grid, m, n, MIN_HALF))
    while (grid.down * grid.across < MAX_TILES &&
           product >= 2.0 * TILE_PRODUCT * (double)(grid.down * grid.across))
      if (!halve(&grid, m, n, MIN_TILE)) break;
  grid.rows = divide_up(divide_up(m, grid.down), ROUND) * ROUND;
  grid.columns = divide_up(divide_up(n, grid.across), ROUND) * ROUND;
  grid.down = divide_up(m, grid.rows);
  grid.across = divide_up(n, grid.columns);
  return grid;
}

typedef struct tile_job {
  const sumi__tensor_gemm_t *gemm;
  grid_t grid;
} tile_job_t;

/* Rows and columns of c by one BLAS call on the calling thread. */
static void multiply_part(const sumi__tensor_gemm_t *g, int64_t row, int64_t rows, int64_t column,
                          int64_t columns) {
  const blasint m = (blasint)rows, n = (blasint)columns, k = (blasint)g->k;
  const enum CBLAS_TRANSPOSE ta = g->transpose_a ? CblasTrans : CblasNoTrans;
  const enum CBLAS_TRANSPOSE tb = g->transpose_b ? CblasTrans : CblasNoTrans;
  const blasint lda = (blasint)(g->transpose_a ? g->m : g->k);
  const blasint ldb = (blasint)(g->transpose_b ? g->k : g->n), ldc = (blasint)g->n;
  const int64_t a = g->transpose_a ? row : row * g->k, b = g->transpose_b ? column * g->k : column;
  const int64_t c = row * g->n + column;
  if (g->dtype == SUMI_FLOAT32)
    cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, 1, (const float *)g->a + a, lda,
                (const float *)g->b + b, ldb, 0, (float *)g->c + c, ldc);
  else
    cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, 1, (const double *)g->a + a, lda,
                (const double *)g->b + b, ldb, 0, (double *)g->c + c, ldc);
}

static int64_t least_of(int64_t a, int64_t b) {
  return a < b ? a : b;
}

static void multiply_tile(void *context, int64_t task) {
  const tile_job_t *job = context;
  const sumi__tensor_gemm_t *g = job->gemm;
  const int64_t row = task / job->grid.across * job->grid.rows;
  const int64_t column = task % job->grid.across * job->grid.columns;
  multiply_part(g, row, least_of(job->grid.rows, g->m - row), column,
                least_of(job->grid.columns, g->n - column));
}

/* All of it on the calling thread. */
static void multiply_whole(const sumi__tensor_gemm_t *g) {
  if (sumi__tensor_gemm_is_small(g))
    sumi__tensor_gemm_small(g);
  else
    multiply_part(g, 0, g->m, 0, g->n);
}

/* Integers, which BLAS does not know: one row of c, in unsigned arithmetic so that overflow wraps
 * around. */
#define INTEGER_ROW(name, type, wide)                                                              \
  static void name(void *context, int64_t row) {                                                   \
    const sumi__tensor_gemm_t *g = context;                                                        \
    const int64_t a_row = g->transpose_a ? 1 : g->k, a_k = g->transpose_a ? g->m : 1;              \
    const int64_t b_k = g->transpose_b ? 1 : g->n, b_column = g->transpose_b ? g->k : 1;           \
    const type *a = (const type *)g->a + row * a_row, *b = g->b;                                   \
    type *c = (type *)g->c + row * g->n;                                                           \
    for (int64_t j = 0; j < g->n; ++j) c[j] = 0;                                                   \
    for (int64_t l = 0; l < g->k; ++l)                                                             \
      for (int64_t j = 0; j < g->n; ++j)                                                           \
        c[j] = (type)((wide)c[j] + (wide)a[l * a_k] * (wide)b[l * b_k + j * b_column]);            \
  }
INTEGER_ROW(row_int32, int32_t, uint32_t)
INTEGER_ROW(row_int64, int64_t, uint64_t)

static bool is_floating(const sumi__tensor_gemm_t *g) {
  return g->dtype == SUMI_FLOAT32 || g->dtype == SUMI_FLOAT64;
}

static void multiply_integers(const sumi_kernel_t *kernel, const sumi__tensor_gemm_t *gemm) {
  sumi__tensor_gemm_t g = *gemm;
  sumi_kernel_parallel(kernel, g.m, g.dtype == SUMI_INT32 ? row_int32 : row_int64, &g);
}

static sumi_status_t too_large(const sumi_kernel_t *kernel, const sumi__tensor_gemm_t *g) {
  return sumi_kernel_fail(kernel, SUMI_RESOURCE_EXHAUSTED,
                          "a product of [%lld, %lld] and [%lld, %lld]: no size may be past %d",
                          (long long)g->m, (long long)g->k, (long long)g->k, (long long)g->n,
                          INT32_MAX);
}

sumi_status_t sumi__tensor_gemm(const sumi_kernel_t *kernel, const sumi__tensor_gemm_t *g) {
  if (g->m == 0 || g->n == 0) return SUMI_OK;
  if (g->k == 0) {
    memset(g->c, 0, (size_t)(g->m * g->n) * sumi_dtype_size_bytes(g->dtype));
    return SUMI_OK;
  }
  if (!is_floating(g)) {
    multiply_integers(kernel, g);
    return SUMI_OK;
  }
  if (!fits_blas(g)) return too_large(kernel, g);
  tile_job_t job = {g, choose_grid(g->m, g->n, g->k)};
  const int64_t tiles = job.grid.down * job.grid.across;
  if (tiles == 1)
    multiply_whole(g);
  else
    sumi_kernel_parallel(kernel, tiles, multiply_tile, &job);
  return SUMI_OK;
}

/* ---- Batches ---- */

typedef struct batch_job {
  const sumi__tensor_gemm_t *gemm;
  int64_t count, per_task;
  sumi__tensor_gemm_offsets_t offsets;
  const void *context;
} batch_job_t;

static sumi__tensor_gemm_t product_of_batch(const batch_job_t *job, int64_t index) {
  sumi__tensor_gemm_t g = *job->gemm;
  const int64_t bytes = (int64_t)sumi_dtype_size_bytes(g.dtype);
  int64_t a, b;
  job->offsets(job->context, index, &a, &b);
  g.a = (const char *)g.a + a * bytes;
  g.b = (const char *)g.b + b * bytes;
  g.c = (char *)g.c + index * g.m * g.n * bytes;
  return g;
}

/* Products too small to be split, several to a task. */
static void multiply_some(void *context, int64_t task) {
  const batch_job_t *job = context;
  const int64_t begin = task * job->per_task, end = least_of(begin + job->per_task, job->count);
  for (int64_t i = begin; i < end; ++i) {
    const sumi__tensor_gemm_t g = product_of_batch(job, i);
    multiply_whole(&g);
  }
}

sumi_status_t sumi__tensor_gemm_batch(const sumi_kernel_t *kernel, const sumi__tensor_gemm_t *gemm,
                                      int64_t count, sumi__tensor_gemm_offsets_t offsets,
                                      const void *context) {
  batch_job_t job = {.gemm = gemm, .count = count, .offsets = offsets, .context = context};
  const double product = (double)gemm->m * (double)gemm->n * (double)gemm->k;
  if (product > 0 && product < SPLIT_PRODUCT && is_floating(gemm)) {
    if (!fits_blas(gemm)) return too_large(kernel, gemm);
    job.per_task = 1 + (int64_t)(SPLIT_PRODUCT / product);
    sumi_kernel_parallel(kernel, divide_up(count, job.per_task), multiply_some, &job);
    return SUMI_OK;
  }
  for (int64_t i = 0; i < count; ++i) {
    const sumi__tensor_gemm_t g = product_of_batch(&job, i);
    SUMI_TRY(sumi__tensor_gemm(kernel, &g));
  }
  return SUMI_OK;
}
