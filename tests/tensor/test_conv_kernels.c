/* All implementations of convolution against its definition, and against themselves on other
 * numbers of threads. */
#include "exec/run/parallel.h"
#include "kernels/conv.h"

#include "sumi_test.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct shape {
  int64_t images, rows, columns, in_channels, out_channels, filter_rows, filter_columns;
  int64_t row_stride, column_stride, row_dilation, column_dilation;
  bool same;
} shape_t;

/* Batches above 16 images are cut into chunks of which the last may be shorter. */
static const shape_t shapes[] = {
    {2, 5, 6, 1, 4, 3, 3, 1, 1, 1, 1, true},     {1, 7, 7, 3, 5, 2, 4, 1, 1, 1, 1, false},
    {5, 9, 8, 8, 16, 3, 3, 2, 2, 1, 1, true},    {17, 8, 8, 16, 16, 3, 3, 1, 1, 1, 1, true},
    {40, 6, 5, 4, 10, 3, 2, 2, 1, 1, 1, false},  {3, 11, 10, 17, 9, 3, 3, 1, 1, 2, 2, true},
    {2, 12, 9, 2, 3, 2, 3, 1, 2, 3, 1, false},   {6, 7, 7, 12, 20, 1, 1, 1, 1, 1, 1, true},
    {6, 7, 7, 12, 20, 1, 1, 2, 3, 1, 1, true},   {4, 2, 2, 3, 4, 5, 5, 1, 1, 1, 1, true},
    {3, 10, 10, 1, 32, 5, 5, 1, 1, 1, 1, true},  {2, 3, 200, 40, 48, 3, 7, 1, 1, 1, 1, true},
    {33, 28, 28, 1, 32, 3, 3, 1, 1, 1, 1, true}, {0, 5, 6, 1, 4, 3, 3, 1, 1, 1, 1, true},
    {2, 5, 6, 3, 0, 3, 3, 1, 1, 1, 1, true},     {2, 5, 6, 0, 3, 3, 3, 1, 1, 1, 1, true},
    {2, 2, 6, 3, 4, 3, 3, 1, 1, 1, 1, false},    {3, 9, 9, 9, 8, 3, 3, 1, 1, 1, 1, false},
    {2, 60, 50, 8, 24, 3, 5, 1, 1, 1, 2, true},  {2, 40, 33, 17, 33, 4, 4, 2, 1, 2, 1, true},
    {5, 13, 14, 10, 10, 5, 1, 1, 3, 1, 1, true}, {1, 3, 900, 24, 8, 2, 3, 1, 1, 1, 1, false},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static sumi__tensor_conv_t geometry(const shape_t *s) {
  return (sumi__tensor_conv_t){
      s->images, s->in_channels, s->out_channels,
      sumi__tensor_window_make(s->rows, s->filter_rows, s->row_stride, s->row_dilation, s->same),
      sumi__tensor_window_make(s->columns, s->filter_columns, s->column_stride, s->column_dilation,
                               s->same)};
}

typedef struct problem {
  sumi__tensor_conv_t conv;
  int64_t count[3];    /* elements of images, filter, output */
  double *value[3];    /* small integers over 8: exact in float */
  double *expected[3]; /* what the pass that computes it gives from the other two */
} problem_t;

static uint32_t next_number(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 16;
}

/* The definition: one loop over images, output pixels, taps and channels that feeds all three
 * passes. */
static void apply_definition(problem_t *p) {
  const sumi__tensor_window_t *rows = &p->conv.rows, *columns = &p->conv.columns;
  const int64_t in = p->conv.in_channels, out = p->conv.out_channels;
  for (int64_t n = 0; n < p->conv.images; ++n)
    for (int64_t y = 0; y < rows->out; ++y)
      for (int64_t x = 0; x < columns->out; ++x)
        for (int64_t r = 0; r < rows->size; ++r)
          for (int64_t q = 0; q < columns->size; ++q) {
            const int64_t iy = y * rows->stride - rows->before + r * rows->dilation;
            const int64_t ix = x * columns->stride - columns->before + q * columns->dilation;
            if (iy < 0 || iy >= rows->in || ix < 0 || ix >= columns->in) continue;
            for (int64_t i = 0; i < in; ++i)
              for (int64_t o = 0; o < out; ++o) {
                const int64_t at_image = ((n * rows->in + iy) * columns->in + ix) * in + i;
                const int64_t at_filter = ((r * columns->size + q) * in + i) * out + o;
                const int64_t at_output = ((n * rows->out + y) * columns->out + x) * out + o;
                p->expected[2][at_output] += p->value[0][at_image] * p->value[1][at_filter];
                p->expected[0][at_image] += p->value[2][at_output] * p->value[1][at_filter];
                p->expected[1][at_filter] += p->value[0][at_image] * p->value[2][at_output];
              }
          }
}

static problem_t make_problem(const shape_t *shape) {
  problem_t p = {.conv = geometry(shape)};
  uint32_t state = 7;
  p.count[0] = p.conv.images * sumi__tensor_conv_image_size(&p.conv);
  p.count[1] = sumi__tensor_conv_filter_size(&p.conv);
  p.count[2] = p.conv.images * sumi__tensor_conv_output_pixels(&p.conv) * p.conv.out_channels;
  for (int k = 0; k < 3; ++k) {
    p.value[k] = calloc((size_t)p.count[k] + 1, sizeof(double));
    p.expected[k] = calloc((size_t)p.count[k] + 1, sizeof(double));
    for (int64_t i = 0; i < p.count[k]; ++i)
      p.value[k][i] = ((int)(next_number(&state) % 17) - 8) / 8.0;
  }
  apply_definition(&p);
  return p;
}

static void free_problem(problem_t *p) {
  for (int k = 0; k < 3; ++k) free(p->value[k]), free(p->expected[k]);
}

static int result_of(sumi__tensor_conv_pass_t pass) {
  return pass == SUMI__CONV_OUTPUT ? 2 : pass == SUMI__CONV_IMAGES ? 0 : 1;
}

/* Copies of the arrays in the dtype; the result is full of NaN, so that an element that is not
 * written shows. */
static void *array_of(const problem_t *p, int which, bool is_result, sumi_dtype_t dtype) {
  float *floats = sumi_malloc_aligned(((size_t)p->count[which] + 1) * sizeof(double));
  double *doubles = (double *)(void *)floats;
  for (int64_t i = 0; i < p->count[which]; ++i) {
    const double value = is_result ? NAN : p->value[which][i];
    if (dtype == SUMI_FLOAT32)
      floats[i] = (float)value;
    else
      doubles[i] = value;
  }
  return floats;
}

typedef enum { COLUMNS, DIRECT, ONEDNN } implementation_t;

/* The result of a pass, to be freed with sumi_free_aligned; NULL where the implementation is not
 * used. */
static void *compute(const problem_t *p, sumi__tensor_conv_pass_t pass, sumi_dtype_t dtype,
                     implementation_t by, int threads) {
  size_t bytes = 0;
  if (by == ONEDNN && !sumi__tensor_conv_onednn_scratch(&p->conv, pass, &bytes)) return NULL;
  if (by == DIRECT && !sumi__tensor_conv_direct_scratch(&p->conv, pass, &bytes)) return NULL;
  if (by == COLUMNS) bytes = sumi__tensor_conv_im2col_scratch(&p->conv, pass, dtype);
  void *arrays[3], *scratch = sumi_malloc_aligned(bytes + 1);
  for (int k = 0; k < 3; ++k) arrays[k] = array_of(p, k, k == result_of(pass), dtype);
  const sumi_kernel_t kernel = {.threads = threads, .scratch = scratch};
  const sumi__tensor_conv_arrays_t conv_arrays = {arrays[0], arrays[1], arrays[2]};
  const int saved = sumi__tensor_threads_begin(); /* as in a run */
  if (by == ONEDNN)
    assert_ok(sumi__tensor_conv_onednn(&kernel, &p->conv, pass, &conv_arrays));
  else if (by == DIRECT)
    sumi__tensor_conv_direct(&kernel, &p->conv, pass, &conv_arrays);
  else
    sumi__tensor_conv_im2col(&kernel, &p->conv, pass, dtype, &conv_arrays);
  sumi__tensor_threads_end(saved);
  for (int k = 0; k < 3; ++k)
    if (k != result_of(pass)) sumi_free_aligned(arrays[k]);
  sumi_free_aligned(scratch);
  return arrays[result_of(pass)];
}

/* Products are multiples of 1/64 and sums stay below 2^17: float adds them exactly, in any order.
 */
/* How many passes the implementation took. */
static int check_against_definition(implementation_t by, sumi_dtype_t dtype) {
  int taken = 0;
  for (int s = 0; s < SHAPES; ++s) {
    problem_t p = make_problem(&shapes[s]);
    for (int pass = 0; pass < 3; ++pass) {
      const int which = result_of((sumi__tensor_conv_pass_t)pass);
      const float *floats = compute(&p, (sumi__tensor_conv_pass_t)pass, dtype, by, 2);
      const double *doubles = (const double *)(const void *)floats;
      taken += floats != NULL;
      for (int64_t i = 0; floats && i < p.count[which]; ++i) {
        const double actual = dtype == SUMI_FLOAT32 ? (double)floats[i] : doubles[i];
        if (!(fabs(actual - p.expected[which][i]) <= 0))
          fail_msg("shape %d, pass %d, element %lld: %g, expected %g", s, pass, (long long)i,
                   actual, p.expected[which][i]);
      }
      sumi_free_aligned((void *)(uintptr_t)floats);
    }
    free_problem(&p);
  }
  return taken;
}

static void columns_follow_the_definition_in_float32(void **state) {
  (void)state;
  assert_int_equal(check_against_definition(COLUMNS, SUMI_FLOAT32), 3 * SHAPES);
}

static void columns_follow_the_definition_in_float64(void **state) {
  (void)state;
  assert_int_equal(check_against_definition(COLUMNS, SUMI_FLOAT64), 3 * SHAPES);
}

static void direct_convolution_follows_the_definition(void **state) {
  (void)state;
  const int taken = check_against_definition(DIRECT, SUMI_FLOAT32);
  /* Each pass of some shapes, where the level promises fused multiply-add. */
  if (strncmp(SUMI__LEVEL_NAME, "x86-64-v", 8) == 0) assert_true(taken >= 3 * 5);
}

static void onednn_follows_the_definition(void **state) {
  (void)state;
  check_against_definition(ONEDNN, SUMI_FLOAT32);
}

/* Values that do not add exactly: another order of summation would show. */
static void make_inexact(problem_t *p) {
  for (int k = 0; k < 3; ++k)
    for (int64_t i = 0; i < p->count[k]; ++i) p->value[k][i] = sin((double)(i * 37 + k)) / 3;
}

static void the_number_of_threads_does_not_change_a_bit(void **state) {
  (void)state;
  for (int s = 0; s < SHAPES; ++s) {
    problem_t p = make_problem(&shapes[s]);
    make_inexact(&p);
    for (int pass = 0; pass < 3; ++pass) {
      const size_t size_bytes = (size_t)p.count[result_of((sumi__tensor_conv_pass_t)pass)] *
                                sizeof(float);
      for (int by = COLUMNS; by <= ONEDNN; ++by) {
        void *one = compute(&p, (sumi__tensor_conv_pass_t)pass, SUMI_FLOAT32, (implementation_t)by,
                            1);
        void *three = compute(&p, (sumi__tensor_conv_pass_t)pass, SUMI_FLOAT32,
                              (implementation_t)by, 3);
        if (one && memcmp(one, three, size_bytes) != 0)
          fail_msg("shape %d, pass %d, implementation %d", s, pass, by);
        sumi_free_aligned(one);
        sumi_free_aligned(three);
      }
    }
    free_problem(&p);
  }
}

typedef struct worker {
  pthread_t thread;
  const problem_t *problem;
  bool same;
} worker_t;

static void *convolve_repeatedly(void *context) {
  worker_t *worker = context;
  const problem_t *p = worker->problem;
  worker->same = true;
  for (int round = 0; round < 20; ++round) {
    float *output = compute(p, SUMI__CONV_OUTPUT, SUMI_FLOAT32, ONEDNN, 1);
    for (int64_t i = 0; output && i < p->count[2]; ++i)
      worker->same &= (double)output[i] == p->expected[2][i];
    sumi_free_aligned(output);
  }
  return NULL;
}

static void concurrent_runs_of_one_geometry_do_not_disturb_each_other(void **state) {
  (void)state;
  worker_t workers[4];
  problem_t p = make_problem(&(shape_t){20, 9, 9, 16, 24, 3, 3, 1, 1, 1, 1, true});
  for (int i = 0; i < 4; ++i) {
    workers[i].problem = &p;
    assert_int_equal(pthread_create(&workers[i].thread, NULL, convolve_repeatedly, &workers[i]), 0);
  }
  for (int i = 0; i < 4; ++i) {
    pthread_join(workers[i].thread, NULL);
    assert_true(workers[i].same);
  }
  free_problem(&p);
}

/* More geometries than the process keeps primitives for. */
static void more_geometries_than_are_kept_still_convolve(void **state) {
  (void)state;
  for (int i = 0; i < 300; ++i) {
    problem_t p = make_problem(&(shape_t){1, 2, 2 + i, 2, 2, 2, 2, 1, 1, 1, 1, true});
    float *output = compute(&p, SUMI__CONV_OUTPUT, SUMI_FLOAT32, ONEDNN, 1);
    for (int64_t k = 0; output && k < p.count[2]; ++k) assert_near(output[k], p.expected[2][k], 0);
    sumi_free_aligned(output);
    free_problem(&p);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(columns_follow_the_definition_in_float32),
      cmocka_unit_test(columns_follow_the_definition_in_float64),
      cmocka_unit_test(direct_convolution_follows_the_definition),
      cmocka_unit_test(onednn_follows_the_definition),
      cmocka_unit_test(the_number_of_threads_does_not_change_a_bit),
      cmocka_unit_test(concurrent_runs_of_one_geometry_do_not_disturb_each_other),
      cmocka_unit_test(more_geometries_than_are_kept_still_convolve),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
