#include "kernels/gemm_small.h"

#include <cblas.h>
#include <stdatomic.h>
#include <string.h>

enum {
  SMALL_PRODUCT = 1 << 18, /* m * n * k up to which the kernel below wins */
  THIN_PRODUCT = 1 << 11,  /* … where its panels are half empty */
  TINY_PRODUCT = 1 << 10,  /* … up to which plain loops win, where that kernel does not apply */
  MAX_DEPTH = 1024,        /* of a packed panel, which stands on the stack */
  PANEL = 16,              /* columns of c computed together: two vectors */
  ROWS = 6,                /* rows of c computed together */
  NARROW = 4,              /* columns below which panels would be mostly empty */
  HALF_FULL = 10           /* … half empty */
};

/* Plain loops; any dtype and layout. Sums run over k in order. */
#define PLAIN(name, type)                                                                          \
  static void name(const sumi__tensor_gemm_t *g) {                                                 \
    const int64_t a_row = g->transpose_a ? 1 : g->k, a_k = g->transpose_a ? g->m : 1;              \
    const int64_t b_k = g->transpose_b ? 1 : g->n, b_column = g->transpose_b ? g->k : 1;           \
    const type *a = g->a, *b = g->b;                                                               \
    type *c = g->c;                                                                                \
    for (int64_t i = 0; i < g->m; ++i)                                                             \
      for (int64_t j = 0; j < g->n; ++j) {                                                         \
        type sum = 0;                                                                              \
        for (int64_t l = 0; l < g->k; ++l)                                                         \
          sum += a[i * a_row + l * a_k] * b[l * b_k + j * b_column];                               \
        c[i * g->n + j] = sum;                                                                     \
      }                                                                                            \
  }
PLAIN(plain_32, float)
PLAIN(plain_64, double)

#ifdef __GNUC__
typedef float vector_t __attribute__((vector_size(32), aligned(4), may_alias));

/* `rows` rows and one panel of c, kept in registers over all of k. Inlined with a constant `rows`.
 * `columns` of the panel exist in c; all PANEL of them exist in b. */
static inline __attribute__((always_inline)) void
multiply_rows(int rows, const sumi__tensor_gemm_t *g, int64_t row, const float *b, int64_t ldb,
              float *c, int64_t columns) {
  const int64_t a_row = g->transpose_a ? 1 : g->k, a_k = g->transpose_a ? g->m : 1;
  const float *a = (const float *)g->a + row * a_row;
  vector_t sum[ROWS][2];
  for (int r = 0; r < rows; ++r) sum[r][0] = sum[r][1] = (vector_t){0};
  for (int64_t l = 0; l < g->k; ++l, a += a_k, b += ldb) {
    const vector_t left = *(const vector_t *)b, right = *(const vector_t *)(b + 8);
    for (int r = 0; r < rows; ++r) {
      sum[r][0] += left * a[r * a_row];
      sum[r][1] += right * a[r * a_row];
    }
  }
  c += row * g->n;
  for (int r = 0; r < rows; ++r, c += g->n) {
    if (columns == PANEL)
      memcpy(c, sum[r], PANEL * sizeof *c);
    else
      memcpy(c, sum[r], (size_t)columns * sizeof *c);
  }
}

static void multiply_panel(const sumi__tensor_gemm_t *g, const float *b, int64_t ldb, float *c,
                           int64_t columns) {
  int64_t row = 0;
  for (; row + ROWS <= g->m; row += ROWS) multiply_rows(ROWS, g, row, b, ldb, c, columns);
  switch (g->m - row) {
  case 5: multiply_rows(5, g, row, b, ldb, c, columns); break;
  case 4: multiply_rows(4, g, row, b, ldb, c, columns); break;
  case 3: multiply_rows(3, g, row, b, ldb, c, columns); break;
  case 2: multiply_rows(2, g, row, b, ldb, c, columns); break;
  case 1: multiply_rows(1, g, row, b, ldb, c, columns); break;
  default: break;
  }
}

/* Columns [column, column + columns) of op(b) as [k, PANEL], zeros behind them. */
static void pack_panel(const sumi__tensor_gemm_t *g, int64_t column, int64_t columns,
                       float *panel) {
  const float *b = g->b;
  if (columns < PANEL) memset(panel, 0, (size_t)(g->k * PANEL) * sizeof *panel);
  if (g->transpose_b) {
    for (int64_t j = 0; j < columns; ++j)
      for (int64_t l = 0; l < g->k; ++l) panel[l * PANEL + j] = b[(column + j) * g->k + l];
  } else {
    for (int64_t l = 0; l < g->k; ++l)
      memcpy(panel + l * PANEL, b + l * g->n + column, (size_t)columns * sizeof *panel);
  }
}

static void multiply_small(const sumi__tensor_gemm_t *g) {
  float panel[MAX_DEPTH * PANEL];
  for (int64_t column = 0; column < g->n; column += PANEL) {
    const int64_t columns = g->n - column < PANEL ? g->n - column : PANEL;
    if (columns == PANEL && !g->transpose_b) {
      multiply_panel(g, (const float *)g->b + column, g->n, (float *)g->c + column, PANEL);
    } else {
      pack_panel(g, column, columns, panel);
      multiply_panel(g, panel, PANEL, (float *)g->c + column, columns);
    }
  }
}
#define HAS_PANELS 1
#else
static void multiply_small(const sumi__tensor_gemm_t *g) {
  plain_32(g);
}
#define HAS_PANELS 0
#endif

/* m * n * k, or one past SMALL_PRODUCT when it is larger. */
static int64_t product(const sumi__tensor_gemm_t *g) {
  const int64_t limit = SMALL_PRODUCT + 1;
  if (g->m > limit || g->n > limit || g->k > limit) return limit;
  const int64_t area = g->m * g->n;
  return area > limit || area * g->k > limit ? limit : area * g->k;
}

static bool has_panels(const sumi__tensor_gemm_t *g) {
  const int64_t columns = g->n == 1 ? g->m : g->n;
  return HAS_PANELS && g->dtype == SUMI_FLOAT32 && columns >= NARROW && g->k <= MAX_DEPTH;
}

/* A product with a vector, transposed: its result is a row, which fills panels. */
static sumi__tensor_gemm_t as_row(const sumi__tensor_gemm_t *g) {
  return (sumi__tensor_gemm_t){.dtype = g->dtype,
                               .transpose_b = !g->transpose_a,
                               .m = 1,
                               .n = g->m,
                               .k = g->k,
                               .a = g->b,
                               .b = g->a,
                               .c = g->c};
}

/* The cores for which OpenBLAS multiplies small matrices without packing them (SMALL_MATRIX_OPT of
 * its Makefile.x86_64); measured on one of them, its kernels win from 2 by 2 on. */
static bool blas_is_quick(void) {
  static const char *const cores[] = {"SkylakeX", "Cooperlake", "SapphireRapids"};
  static atomic_int answer; /* 0: not asked yet */
  int known = atomic_load_explicit(&answer, memory_order_relaxed);
  if (known == 0) {
    known = 1;
    for (size_t i = 0; i < sizeof cores / sizeof *cores; ++i)
      if (strcmp(openblas_get_corename(), cores[i]) == 0) known = 2;
    atomic_store_explicit(&answer, known, memory_order_relaxed);
  }
  return known == 2;
}

static int64_t largest_product(const sumi__tensor_gemm_t *g) {
  if (!has_panels(g)) return TINY_PRODUCT;
  return g->n >= HALF_FULL ? SMALL_PRODUCT : THIN_PRODUCT;
}

bool sumi__tensor_gemm_is_small(const sumi__tensor_gemm_t *g) {
  return !blas_is_quick() && product(g) <= largest_product(g);
}

void sumi__tensor_gemm_small(const sumi__tensor_gemm_t *g) {
  if (g->dtype == SUMI_FLOAT64) {
    plain_64(g);
  } else if (!has_panels(g)) {
    plain_32(g);
  } else if (g->n == 1) {
    const sumi__tensor_gemm_t row = as_row(g);
    multiply_small(&row);
  } else {
    multiply_small(g);
  }
}
