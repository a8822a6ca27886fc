#include "kernels/lapack.h"

#include <cblas.h>
#include <string.h>

/* One matrix, and memory to work in. */
typedef struct job {
  int64_t rows, columns, others;
  bool lower, transposed, full;
  int64_t work_size;
  void *scratch;
  blasint *integers;
} job_t;

#define T         float
#define NAME(f)   f##_float32
#define LAPACK(f) s##f##_
#define TRSM      cblas_strsm
#include "kernels/lapack_typed.h"
#undef T
#undef NAME
#undef LAPACK
#undef TRSM
#define T         double
#define NAME(f)   f##_float64
#define LAPACK(f) d##f##_
#define TRSM      cblas_dtrsm
#include "kernels/lapack_typed.h"

sumi__tensor_matrices_t sumi__tensor_matrices_of(const sumi_array_view_t *array) {
  sumi__tensor_matrices_t m = {.dtype = array->dtype,
                               .count = 1,
                               .rows = array->dims[array->rank - 2],
                               .columns = array->dims[array->rank - 1]};
  for (int axis = 0; axis < array->rank - 2; ++axis) m.count *= array->dims[axis];
  return m;
}

enum { MOST = 1 << 14 };

static bool is_small_enough(const sumi__tensor_matrices_t *m) {
  return m->rows <= MOST && m->columns <= MOST;
}

/* ---- Scratch: elements, then integers ---- */

/* What the most demanding of them, gesdd, asks for at least. */
static int64_t work_size(int64_t rows, int64_t columns) {
  const int64_t least = rows < columns ? rows : columns, most = rows < columns ? columns : rows;
  return 4 * least * least + 7 * least + 64 * most + 64;
}

static int64_t element_count(const sumi__tensor_matrices_t *m, int64_t others) {
  const int64_t most = m->rows < m->columns ? m->columns : m->rows;
  return 3 * most * most + most * (others + 1) + work_size(m->rows, m->columns);
}

static int64_t integer_count(const sumi__tensor_matrices_t *m) {
  return 8 * (m->rows + m->columns) + 8;
}

/* No room is asked for what want_size() refuses, whose counts may overflow. */
size_t sumi__tensor_lapack_scratch(const sumi__tensor_matrices_t *m, int64_t others) {
  if (!is_small_enough(m)) return 0;
  return (size_t)element_count(m, others) * sizeof(double) +
         (size_t)integer_count(m) * sizeof(blasint);
}

static job_t job_of(const sumi_kernel_t *kernel, const sumi__tensor_matrices_t *m, int64_t others) {
  return (job_t){.rows = m->rows,
                 .columns = m->columns,
                 .others = others,
                 .work_size = work_size(m->rows, m->columns),
                 .scratch = kernel->scratch,
                 .integers = (blasint *)((double *)kernel->scratch + element_count(m, others))};
}

/* ---- One after the other; OpenBLAS runs on the calling thread ---- */

static sumi_status_t want_size(const sumi_kernel_t *kernel, const sumi__tensor_matrices_t *m) {
  if (is_small_enough(m)) return SUMI_OK;
  return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                          "matrices are %lld by %lld, at most %d rows and columns are supported",
                          (long long)m->rows, (long long)m->columns, (int)MOST);
}

static const char *at(const void *data, int64_t index, int64_t elements, sumi_dtype_t dtype) {
  return (const char *)data + (size_t)(index * elements) * sumi_dtype_size_bytes(dtype);
}

static char *to(void *data, int64_t index, int64_t elements, sumi_dtype_t dtype) {
  return (char *)data + (size_t)(index * elements) * sumi_dtype_size_bytes(dtype);
}

typedef blasint (*one_fn_t)(const job_t *job, const void *a, const void *b, void *x);
typedef blasint (*parts_fn_t)(const job_t *job, const void *a, void *first, void *second,
                              void *third);

/* x of a and perhaps b, each of that many elements. */
static sumi_status_t each(const sumi_kernel_t *kernel, const sumi__tensor_matrices_t *m,
                          const job_t *job, one_fn_t one, const void *a, const void *b,
                          int64_t elements, void *x, const char *what) {
  SUMI_TRY(want_size(kernel, m));
  for (int64_t i = 0; i < m->count && m->rows > 0 && elements > 0; ++i)
    if (one(job, at(a, i, m->rows * m->columns, m->dtype), at(b, i, elements, m->dtype),
            to(x, i, elements, m->dtype)) != 0)
      return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT, "matrix %lld is not %s", (long long)i,
                              what);
  return SUMI_OK;
}

sumi_status_t sumi__tensor_lapack_solve(const sumi_kernel_t *kernel,
                                        const sumi__tensor_matrices_t *m, bool transposed,
                                        const void *a, int64_t others, const void *b, void *x) {
  job_t job = job_of(kernel, m, others);
  job.transposed = transposed;
  return each(kernel, m, &job, m->dtype == SUMI_FLOAT32 ? solve_float32 : solve_float64, a, b,
              m->rows * others, x, "invertible");
}

sumi_status_t sumi__tensor_lapack_inverse(const sumi_kernel_t *kernel,
                                          const sumi__tensor_matrices_t *m, bool transposed,
                                          const void *a, void *x) {
  job_t job = job_of(kernel, m, m->rows);
  job.transposed = transposed;
  return each(kernel, m, &job, m->dtype == SUMI_FLOAT32 ? inverse_float32 : inverse_float64, a, a,
              m->rows * m->rows, x, "invertible");
}

sumi_status_t sumi__tensor_lapack_solve_triangular(const sumi_kernel_t *kernel,
                                                   const sumi__tensor_matrices_t *m, bool lower,
                                                   bool transposed, const void *a, int64_t others,
                                                   const void *b, void *x) {
  const job_t job = {.rows = m->rows, .others = others, .lower = lower, .transposed = transposed};
  return each(kernel, m, &job,
              m->dtype == SUMI_FLOAT32 ? solve_triangular_float32 : solve_triangular_float64, a, b,
              m->rows * others, x, "invertible");
}

sumi_status_t sumi__tensor_lapack_determinant(const sumi_kernel_t *kernel,
                                              const sumi__tensor_matrices_t *m, const void *a,
                                              void *out) {
  const job_t job = job_of(kernel, m, 0);
  SUMI_TRY(want_size(kernel, m));
  const one_fn_t one = m->dtype == SUMI_FLOAT32 ? determinant_float32 : determinant_float64;
  for (int64_t i = 0; i < m->count; ++i)
    one(&job, at(a, i, m->rows * m->columns, m->dtype), NULL, to(out, i, 1, m->dtype));
  return SUMI_OK;
}

sumi_status_t sumi__tensor_lapack_cholesky(const sumi_kernel_t *kernel,
                                           const sumi__tensor_matrices_t *m, const void *a,
                                           void *l) {
  const job_t job = job_of(kernel, m, 0);
  return each(kernel, m, &job, m->dtype == SUMI_FLOAT32 ? cholesky_float32 : cholesky_float64, a, a,
              m->rows * m->rows, l, "positive definite");
}

/* Up to three parts of a, which may be NULL, each of so many elements. */
static sumi_status_t each_parts(const sumi_kernel_t *kernel, const sumi__tensor_matrices_t *m,
                                const job_t *job, parts_fn_t decompose, const void *a,
                                void *const *parts, const int64_t *elements) {
  SUMI_TRY(want_size(kernel, m));
  for (int64_t i = 0; i < m->count && m->rows > 0 && m->columns > 0; ++i) {
    void *part[3];
    for (int k = 0; k < 3; ++k) part[k] = parts[k] ? to(parts[k], i, elements[k], m->dtype) : NULL;
    if (decompose(job, at(a, i, m->rows * m->columns, m->dtype), part[0], part[1], part[2]) != 0)
      return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                              "the decomposition of matrix %lld does not converge", (long long)i);
  }
  return SUMI_OK;
}

sumi_status_t sumi__tensor_lapack_eigen(const sumi_kernel_t *kernel,
                                        const sumi__tensor_matrices_t *m, const void *a, void *e,
                                        void *v) {
  const job_t job = job_of(kernel, m, 0);
  return each_parts(kernel, m, &job, m->dtype == SUMI_FLOAT32 ? eigen_float32 : eigen_float64, a,
                    (void *[]){e, v, NULL}, (int64_t[]){m->rows, m->rows * m->rows, 0});
}

sumi_status_t sumi__tensor_lapack_svd(const sumi_kernel_t *kernel, const sumi__tensor_matrices_t *m,
                                      bool full, const void *a, void *s, void *u, void *v) {
  const int64_t least = m->rows < m->columns ? m->rows : m->columns;
  job_t job = job_of(kernel, m, 0);
  job.full = full;
  return each_parts(kernel, m, &job, m->dtype == SUMI_FLOAT32 ? svd_float32 : svd_float64, a,
                    (void *[]){s, u, v},
                    (int64_t[]){least, m->rows * (full ? m->rows : least),
                                m->columns * (full ? m->columns : least)});
}

sumi_status_t sumi__tensor_lapack_qr(const sumi_kernel_t *kernel, const sumi__tensor_matrices_t *m,
                                     bool full, const void *a, void *q, void *r) {
  const int64_t least = m->rows < m->columns ? m->rows : m->columns;
  const int64_t width = full ? m->rows : least;
  job_t job = job_of(kernel, m, 0);
  job.full = full;
  return each_parts(kernel, m, &job, m->dtype == SUMI_FLOAT32 ? qr_float32 : qr_float64, a,
                    (void *[]){q, r, NULL}, (int64_t[]){m->rows * width, width * m->columns, 0});
}
