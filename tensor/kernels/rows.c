#include "kernels/rows.h"

#include <string.h>

enum { MAX_PARTS = 64, MIN_PART_ELEMENTS = 4096, MAX_SUM_PARTS = 16, MIN_SUM_PART_ROWS = 64 };

static int64_t clamp_parts(int64_t parts, int64_t most) {
  return parts < 1 ? 1 : parts > most ? most : parts;
}

typedef struct each {
  int64_t rows, parts;
  sumi__tensor_rows_fn_t run;
  void *context;
} each_t;

static void run_part(void *context, int64_t part) {
  const each_t *each = context;
  const int64_t first = each->rows * part / each->parts,
                end = each->rows * (part + 1) / each->parts;
  if (end > first) each->run(each->context, first, end - first);
}

void sumi__tensor_each_rows(const sumi_kernel_t *kernel, int64_t rows, int64_t width,
                            sumi__tensor_rows_fn_t run, void *context) {
  each_t each = {rows, clamp_parts(rows * width / MIN_PART_ELEMENTS, MAX_PARTS), run, context};
  sumi_kernel_parallel(kernel, each.parts, run_part, &each);
}

typedef struct summing {
  int64_t rows, parts, values;
  sumi__tensor_row_sums_fn_t add;
  const void *context;
  double *sums; /* the total, then each part's */
} summing_t;

static void sum_part(void *context, int64_t part) {
  const summing_t *s = context;
  const int64_t first = s->rows * part / s->parts, end = s->rows * (part + 1) / s->parts;
  double *sums = s->sums + (part + 1) * s->values;
  memset(sums, 0, (size_t)s->values * sizeof *sums);
  s->add(s->context, first, end - first, sums);
}

size_t sumi__tensor_row_sums_scratch(int64_t values) {
  return (size_t)values * (MAX_SUM_PARTS + 1) * sizeof(double);
}

const double *sumi__tensor_row_sums(const sumi_kernel_t *kernel, int64_t rows, int64_t values,
                                    sumi__tensor_row_sums_fn_t add, const void *context,
                                    void *scratch) {
  summing_t s = {rows,   clamp_parts(rows / MIN_SUM_PART_ROWS, MAX_SUM_PARTS), values, add, context,
                 scratch};
  sumi_kernel_parallel(kernel, s.parts, sum_part, &s);
  memcpy(s.sums, s.sums + values, (size_t)values * sizeof *s.sums);
  for (int64_t part = 1; part < s.parts; ++part)
    for (int64_t i = 0; i < values; ++i) s.sums[i] += s.sums[(part + 1) * values + i];
  return s.sums;
}
