/* One matrix of one element type: included by lapack.c with T, NAME(f) and LAPACK(f). LAPACK's
 * matrices are column-major; they are copied there and back. Functions give LAPACK's info: 0, or
 * what went wrong. */

extern void LAPACK(getrf)(const blasint *m, const blasint *n, T *a, const blasint *lda,
                          blasint *ipiv, blasint *info);
extern void LAPACK(getrs)(const char *trans, const blasint *n, const blasint *others, const T *a,
                          const blasint *lda, const blasint *ipiv, T *b, const blasint *ldb,
                          blasint *info, size_t trans_length);
extern void LAPACK(potrf)(const char *uplo, const blasint *n, T *a, const blasint *lda,
                          blasint *info, size_t uplo_length);
extern void LAPACK(syev)(const char *jobz, const char *uplo, const blasint *n, T *a,
                         const blasint *lda, T *w, T *work, const blasint *lwork, blasint *info,
                         size_t jobz_length, size_t uplo_length);
extern void LAPACK(gesdd)(const char *jobz, const blasint *m, const blasint *n, T *a,
                          const blasint *lda, T *s, T *u, const blasint *ldu, T *vt,
                          const blasint *ldvt, T *work, const blasint *lwork, blasint *iwork,
                          blasint *info, size_t jobz_length);
extern void LAPACK(geqrf)(const blasint *m, const blasint *n, T *a, const blasint *lda, T *tau,
                          T *work, const blasint *lwork, blasint *info);
extern void LAPACK(orgqr)(const blasint *m, const blasint *n, const blasint *k, T *a,
                          const blasint *lda, const T *tau, T *work, const blasint *lwork,
                          blasint *info);

static void NAME(load)(const T *from, int64_t rows, int64_t columns, T *to) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j) to[j * rows + i] = from[i * columns + j];
}

static void NAME(store)(const T *from, int64_t rows, int64_t columns, T *to) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j) to[i * columns + j] = from[j * rows + i];
}

static blasint NAME(solve)(const job_t *job, const void *a, const void *b, void *x) {
  const blasint n = (blasint)job->rows, others = (blasint)job->others;
  T *matrix = job->scratch, *side = matrix + job->rows * job->rows;
  blasint info;
  NAME(load)(a, n, n, matrix);
  NAME(load)(b, n, others, side);
  LAPACK(getrf)(&n, &n, matrix, &n, job->integers, &info);
  if (info != 0) return info;
  LAPACK(getrs)
  (job->transposed ? "T" : "N", &n, &others, matrix, &n, job->integers, side, &n, &info, 1);
  NAME(store)(side, n, others, x);
  return info;
}

static blasint NAME(inverse)(const job_t *job, const void *a, const void *b, void *x) {
  const blasint n = (blasint)job->rows;
  T *matrix = job->scratch, *unit = matrix + job->rows * job->rows;
  blasint info;
  (void)b;
  NAME(load)(a, n, n, matrix);
  memset(unit, 0, (size_t)(job->rows * job->rows) * sizeof(T));
  for (int64_t i = 0; i < n; ++i) unit[i * (n + 1)] = 1;
  LAPACK(getrf)(&n, &n, matrix, &n, job->integers, &info);
  if (info != 0) return info;
  LAPACK(getrs)
  (job->transposed ? "T" : "N", &n, &n, matrix, &n, job->integers, unit, &n, &info, 1);
  NAME(store)(unit, n, n, x);
  return info;
}

static blasint NAME(solve_triangular)(const job_t *job, const void *a, const void *b, void *x) {
  const blasint n = (blasint)job->rows, others = (blasint)job->others;
  for (int64_t i = 0; i < n; ++i)
    if (((const T *)a)[i * (n + 1)] == 0) return 1;
  memcpy(x, b, (size_t)(n * (int64_t)others) * sizeof(T));
  TRSM(CblasRowMajor, CblasLeft, job->lower ? CblasLower : CblasUpper,
       job->transposed ? CblasTrans : CblasNoTrans, CblasNonUnit, n, others, 1, a, n, x, others);
  return 0;
}

static blasint NAME(determinant)(const job_t *job, const void *a, const void *b, void *out) {
  const blasint n = (blasint)job->rows;
  T *matrix = job->scratch, product = 1;
  blasint info;
  (void)b;
  NAME(load)(a, n, n, matrix);
  if (n > 0) LAPACK(getrf)(&n, &n, matrix, &n, job->integers, &info);
  for (int64_t i = 0; i < n; ++i)
    product *= (job->integers[i] == i + 1 ? 1 : -1) * matrix[i * (n + 1)];
  *(T *)out = product;
  return 0;
}

static blasint NAME(cholesky)(const job_t *job, const void *a, const void *b, void *l) {
  const blasint n = (blasint)job->rows;
  T *matrix = job->scratch;
  blasint info;
  (void)b;
  NAME(load)(a, n, n, matrix);
  LAPACK(potrf)("L", &n, matrix, &n, &info, 1);
  for (int64_t j = 1; j < n; ++j)
    for (int64_t i = 0; i < j; ++i) matrix[j * n + i] = 0;
  NAME(store)(matrix, n, n, l);
  return info;
}

static blasint NAME(eigen)(const job_t *job, const void *a, void *e, void *v, void *unused) {
  const blasint n = (blasint)job->rows, work_size = (blasint)job->work_size;
  T *matrix = job->scratch, *work = matrix + job->rows * job->rows;
  blasint info;
  (void)unused;
  NAME(load)(a, n, n, matrix);
  LAPACK(syev)(v ? "V" : "N", "L", &n, matrix, &n, e, work, &work_size, &info, 1, 1);
  if (v) NAME(store)(matrix, n, n, v);
  return info;
}

static blasint NAME(svd)(const job_t *job, const void *a, void *s, void *u, void *v) {
  const blasint m = (blasint)job->rows, n = (blasint)job->columns;
  const blasint least = m < n ? m : n, work_size = (blasint)job->work_size;
  const blasint left = job->full ? m : least, right = job->full ? n : least;
  T *matrix = job->scratch, *columns = matrix + (int64_t)m * n;
  T *rows = columns + (int64_t)m * left, *work = rows + (int64_t)n * right;
  blasint info;
  NAME(load)(a, m, n, matrix);
  LAPACK(gesdd)
  (u ? job->full ? "A" : "S" : "N", &m, &n, matrix, &m, s, columns, &m, rows, &right, work,
   &work_size, job->integers, &info, 1);
  if (u) NAME(store)(columns, m, left, u);
  if (v) memcpy(v, rows, (size_t)n * (size_t)right * sizeof(T)); /* vᵀ by columns is v by rows */
  return info;
}

static blasint NAME(qr)(const job_t *job, const void *a, void *q, void *r, void *unused) {
  const blasint m = (blasint)job->rows, n = (blasint)job->columns;
  const blasint least = m < n ? m : n, width = job->full ? m : least;
  const blasint work_size = (blasint)job->work_size;
  T *matrix = job->scratch, *tau = matrix + (int64_t)m * (m > n ? m : n), *work = tau + least;
  T *upper = r;
  blasint info;
  (void)unused;
  NAME(load)(a, m, n, matrix);
  LAPACK(geqrf)(&m, &n, matrix, &m, tau, work, &work_size, &info);
  if (info != 0) return info;
  for (int64_t i = 0; i < width; ++i)
    for (int64_t j = 0; j < n; ++j) upper[i * n + j] = j < i ? 0 : matrix[j * m + i];
  LAPACK(orgqr)(&m, &width, &least, matrix, &m, tau, work, &work_size, &info);
  NAME(store)(matrix, m, width, q);
  return info;
}
