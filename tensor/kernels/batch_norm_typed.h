/* Loops of batch normalization for one element type: included by batch_norm.c with T and NAME(f).
 */

static void NAME(add_values)(const void *context, int64_t first, int64_t count,
                             double *restrict sums) {
  const pass_t *pass = context;
  for (int64_t row = first; row < first + count; ++row) {
    const T *restrict x = (const T *)pass->x + row * pass->channels;
    for (int64_t c = 0; c < pass->channels; ++c) sums[c] += (double)x[c];
  }
}

static void NAME(add_squares)(const void *context, int64_t first, int64_t count,
                              double *restrict sums) {
  const pass_t *pass = context;
  const double *restrict mean = pass->mean;
  for (int64_t row = first; row < first + count; ++row) {
    const T *restrict x = (const T *)pass->x + row * pass->channels;
    for (int64_t c = 0; c < pass->channels; ++c) {
      const double centred = (double)x[c] - mean[c];
      sums[c] += centred * centred;
    }
  }
}

/* sums of dy, then of dy * (x - mean) */
static void NAME(add_products)(const void *context, int64_t first, int64_t count,
                               double *restrict sums) {
  const pass_t *pass = context;
  const double *restrict mean = pass->mean;
  double *restrict products = sums + pass->channels;
  for (int64_t row = first; row < first + count; ++row) {
    const T *restrict x = (const T *)pass->x + row * pass->channels;
    const T *restrict dy = (const T *)pass->dy + row * pass->channels;
    for (int64_t c = 0; c < pass->channels; ++c) {
      sums[c] += (double)dy[c];
      products[c] += (double)dy[c] * ((double)x[c] - mean[c]);
    }
  }
}

/* y = (x - mean) * factor + shift */
static void NAME(normalize)(void *context, int64_t first, int64_t count) {
  const pass_t *pass = context;
  const double *restrict mean = pass->mean, *restrict factor = pass->factor,
                         *restrict shift = pass->shift;
  for (int64_t row = first; row < first + count; ++row) {
    const T *restrict x = (const T *)pass->x + row * pass->channels;
    T *restrict y = (T *)pass->result + row * pass->channels;
    for (int64_t c = 0; c < pass->channels; ++c)
      y[c] = (x[c] - (T)mean[c]) * (T)factor[c] + (T)shift[c];
  }
}

/* dx = (dy - shift) * factor - (x - mean) * slope */
static void NAME(spread)(void *context, int64_t first, int64_t count) {
  const pass_t *pass = context;
  const double *restrict mean = pass->mean, *restrict factor = pass->factor,
                         *restrict shift = pass->shift;
  const double *restrict slope = pass->slope;
  for (int64_t row = first; row < first + count; ++row) {
    const T *restrict x = (const T *)pass->x + row * pass->channels;
    const T *restrict dy = (const T *)pass->dy + row * pass->channels;
    T *restrict dx = (T *)pass->result + row * pass->channels;
    for (int64_t c = 0; c < pass->channels; ++c)
      dx[c] = (dy[c] - (T)shift[c]) * (T)factor[c] - (x[c] - (T)mean[c]) * (T)slope[c];
  }
}
