/* Loops of pools for one element type: included by pool.c with T, the type, and NAME(f), f's name
 * for that type. One call handles one row of windows of one image. */

static void NAME(max_row)(const pool_run_t *run, int64_t image, int64_t y) {
  const sumi__tensor_pool_t *pool = run->pool;
  const int64_t channels = pool->channels;
  for (int64_t x = 0; x < pool->columns.out; ++x) {
    T *restrict out = (T *)run->result + output_pixel(pool, image, y, x) * channels;
    taps_t taps = taps_of(pool, y, x);
    for (int64_t c = 0; c < channels; ++c) out[c] = (T)-INFINITY;
    for (int64_t r = taps.first_row; r < taps.last_row; ++r)
      for (int64_t q = taps.first_column; q < taps.last_column; ++q) {
        const T *restrict in = (const T *)run->x + input_pixel(pool, image, y, x, r, q) * channels;
        for (int64_t c = 0; c < channels; ++c)
          out[c] = in[c] > out[c] || in[c] != in[c] ? in[c] : out[c];
      }
  }
}

/* The number of the first tap that equals the maximum, for channels [first, first + count); -1
 * where none does. Found from the last tap to the first, so that the loop has no branches. */
static void NAME(first_maximum)(const pool_run_t *run, int64_t image, int64_t y, int64_t x,
                                taps_t taps, int64_t first, int count, int32_t *restrict tap) {
  const sumi__tensor_pool_t *pool = run->pool;
  const T *restrict maximum = (const T *)run->y + output_pixel(pool, image, y, x) * pool->channels +
                              first;
  for (int c = 0; c < count; ++c) tap[c] = -1;
  int32_t number = taps_count(taps) - 1;
  for (int64_t r = taps.last_row - 1; r >= taps.first_row; --r)
    for (int64_t q = taps.last_column - 1; q >= taps.first_column; --q, --number) {
      const T *restrict in = (const T *)run->x +
                             input_pixel(pool, image, y, x, r, q) * pool->channels + first;
      for (int c = 0; c < count; ++c) tap[c] = in[c] == maximum[c] ? number : tap[c];
    }
}

static void NAME(max_grad_row)(const pool_run_t *run, int64_t image, int64_t y) {
  const sumi__tensor_pool_t *pool = run->pool;
  int32_t tap[CHANNEL_BLOCK];
  for (int64_t x = 0; x < pool->columns.out; ++x)
    for (int64_t first = 0; first < pool->channels; first += CHANNEL_BLOCK) {
      const int count = block_channels(pool, first);
      const taps_t taps = taps_of(pool, y, x);
      const T *restrict dy = (const T *)run->dy + output_pixel(pool, image, y, x) * pool->channels +
                             first;
      int32_t number = 0;
      NAME(first_maximum)(run, image, y, x, taps, first, count, tap);
      for (int64_t r = taps.first_row; r < taps.last_row; ++r)
        for (int64_t q = taps.first_column; q < taps.last_column; ++q, ++number) {
          T *restrict dx = (T *)run->result +
                           input_pixel(pool, image, y, x, r, q) * pool->channels + first;
          for (int c = 0; c < count; ++c) dx[c] += tap[c] == number ? dy[c] : (T)0;
        }
    }
}

/* The common pool, windows of 2 x 2 side by side that cover the image exactly: every element is
 * written once. `g` is what no element of the window before this one has taken. */
static void NAME(max_grad_upper)(const T *maximum, const T *dy, const T *x, T *dx,
                                 int64_t channels) {
  const T *a = x, *b = x + channels;
  T *da = dx, *db = dx + channels;
  SUMI__SIMD for (int64_t i = 0; i < channels; ++i) {
    const T m = maximum[i], g = a[i] == m ? 0 : dy[i];
    da[i] = a[i] == m ? dy[i] : 0;
    db[i] = b[i] == m ? g : 0;
  }
}

static void NAME(max_grad_lower)(const T *maximum, const T *dy, const T *x, const T *x_above, T *dx,
                                 int64_t channels) {
  const T *a = x_above, *b = x_above + channels, *c = x, *d = x + channels;
  T *dc = dx, *dd = dx + channels;
  SUMI__SIMD for (int64_t i = 0; i < channels; ++i) {
    const T m = maximum[i], g = a[i] == m || b[i] == m ? 0 : dy[i];
    dc[i] = c[i] == m ? g : 0;
    dd[i] = c[i] != m && d[i] == m ? g : 0;
  }
}

/* The upper halves of a row of windows, then the lower: writing one row at a time takes half the
 * time of writing two in turn. */
static void NAME(max_grad_quads)(const pool_run_t *run, int64_t image, int64_t y) {
  const sumi__tensor_pool_t *pool = run->pool;
  const int64_t channels = pool->channels, row = pool->columns.in * channels;
  const int64_t out = output_pixel(pool, image, y, 0) * channels;
  const int64_t in = input_pixel(pool, image, y, 0, 0, 0) * channels;
  const T *maximum = (const T *)run->y + out, *dy = (const T *)run->dy + out;
  const T *x = (const T *)run->x + in;
  T *dx = (T *)run->result + in;
  for (int64_t i = 0; i < pool->columns.out * channels; i += channels)
    NAME(max_grad_upper)(maximum + i, dy + i, x + 2 * i, dx + 2 * i, channels);
  for (int64_t i = 0; i < pool->columns.out * channels; i += channels) NAME(max_grad_lower)
  (maximum + i, dy + i, x + row + 2 * i, x + 2 * i, dx + row + 2 * i, channels);
}

static void NAME(max_grad_grad_row)(const pool_run_t *run, int64_t image, int64_t y) {
  const sumi__tensor_pool_t *pool = run->pool;
  int32_t tap[CHANNEL_BLOCK];
  for (int64_t x = 0; x < pool->columns.out; ++x)
    for (int64_t first = 0; first < pool->channels; first += CHANNEL_BLOCK) {
      const int count = block_channels(pool, first);
      const taps_t taps = taps_of(pool, y, x);
      T *restrict out = (T *)run->result + output_pixel(pool, image, y, x) * pool->channels + first;
      int32_t number = 0;
      NAME(first_maximum)(run, image, y, x, taps, first, count, tap);
      for (int c = 0; c < count; ++c) out[c] = 0;
      for (int64_t r = taps.first_row; r < taps.last_row; ++r)
        for (int64_t q = taps.first_column; q < taps.last_column; ++q, ++number) {
          const T *restrict g = (const T *)run->dy +
                                input_pixel(pool, image, y, x, r, q) * pool->channels + first;
          for (int c = 0; c < count; ++c) out[c] = tap[c] == number ? g[c] : out[c];
        }
    }
}

static void NAME(avg_row)(const pool_run_t *run, int64_t image, int64_t y) {
  const sumi__tensor_pool_t *pool = run->pool;
  const int64_t channels = pool->channels;
  for (int64_t x = 0; x < pool->columns.out; ++x) {
    T *restrict out = (T *)run->result + output_pixel(pool, image, y, x) * channels;
    const taps_t taps = taps_of(pool, y, x);
    const T scale = (T)1 / (T)taps_count(taps);
    for (int64_t c = 0; c < channels; ++c) out[c] = 0;
    for (int64_t r = taps.first_row; r < taps.last_row; ++r)
      for (int64_t q = taps.first_column; q < taps.last_column; ++q) {
        const T *restrict in = (const T *)run->x + input_pixel(pool, image, y, x, r, q) * channels;
        for (int64_t c = 0; c < channels; ++c) out[c] += in[c];
      }
    for (int64_t c = 0; c < channels; ++c) out[c] *= scale;
  }
}

static void NAME(avg_grad_row)(const pool_run_t *run, int64_t image, int64_t y) {
  const sumi__tensor_pool_t *pool = run->pool;
  const int64_t channels = pool->channels;
  for (int64_t x = 0; x < pool->columns.out; ++x) {
    const T *restrict dy = (const T *)run->dy + output_pixel(pool, image, y, x) * channels;
    const taps_t taps = taps_of(pool, y, x);
    const T scale = (T)1 / (T)taps_count(taps);
    for (int64_t r = taps.first_row; r < taps.last_row; ++r)
      for (int64_t q = taps.first_column; q < taps.last_column; ++q) {
        T *restrict dx = (T *)run->result + input_pixel(pool, image, y, x, r, q) * channels;
        for (int64_t c = 0; c < channels; ++c) dx[c] += dy[c] * scale;
      }
  }
}
