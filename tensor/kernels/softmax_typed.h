/* Loops of softmax for one element type: included by softmax.c with T, NAME(f) and EXP_MANY(count,
 * x, y). Sums and maxima run in LANES independent lanes, so that the compiler vectorises them
 * without changing their order. */

static T NAME(maximum)(int64_t count, const T *restrict x) {
  T lanes[LANES], largest = (T)-INFINITY;
  int64_t i = 0;
  for (int k = 0; k < LANES; ++k) lanes[k] = (T)-INFINITY;
  for (; i + LANES <= count; i += LANES)
    for (int k = 0; k < LANES; ++k) lanes[k] = x[i + k] > lanes[k] ? x[i + k] : lanes[k];
  for (int k = 0; k < LANES; ++k) largest = lanes[k] > largest ? lanes[k] : largest;
  for (; i < count; ++i) largest = x[i] > largest ? x[i] : largest;
  return largest;
}

static double NAME(sum)(int64_t count, const T *restrict x) {
  double lanes[LANES] = {0}, total = 0;
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int k = 0; k < LANES; ++k) lanes[k] += (double)x[i + k];
  for (int k = 0; k < LANES; ++k) total += lanes[k];
  for (; i < count; ++i) total += (double)x[i];
  return total;
}

/* result = logits - the row's maximum: exp of it cannot overflow. */
static void NAME(shift_rows)(const sumi__tensor_softmax_t *s, int64_t first, int64_t count) {
  for (int64_t row = first; row < first + count; ++row) {
    const T *restrict x = (const T *)s->logits + row * s->classes;
    T *restrict y = (T *)s->result + row * s->classes;
    const T largest = NAME(maximum)(s->classes, x);
    for (int64_t c = 0; c < s->classes; ++c) y[c] = x[c] - largest;
  }
}

static void NAME(exp_rows)(const sumi__tensor_softmax_t *s, int64_t first, int64_t count) {
  T *y = (T *)s->result + first * s->classes;
  EXP_MANY(count * s->classes, y, y);
}

/* result /= its sum, which is returned. */
static double NAME(divide_row)(const sumi__tensor_softmax_t *s, int64_t row) {
  T *restrict y = (T *)s->result + row * s->classes;
  const double total = NAME(sum)(s->classes, y);
  const T factor = (T)(1 / total);
  for (int64_t c = 0; c < s->classes; ++c) y[c] *= factor;
  return total;
}

static void NAME(softmax_rows)(void *context, int64_t first, int64_t count) {
  const sumi__tensor_softmax_t *s = context;
  NAME(shift_rows)(s, first, count);
  NAME(exp_rows)(s, first, count);
  for (int64_t row = first; row < first + count; ++row) NAME(divide_row)(s, row);
}

static void NAME(log_softmax_rows)(void *context, int64_t first, int64_t count) {
  const sumi__tensor_softmax_t *s = context;
  T exps[BLOCK];
  NAME(shift_rows)(s, first, count);
  for (int64_t row = first; row < first + count; ++row) {
    T *restrict y = (T *)s->result + row * s->classes;
    double total = 0;
    for (int64_t c = 0; c < s->classes; c += BLOCK) {
      const int64_t block = s->classes - c < BLOCK ? s->classes - c : BLOCK;
      EXP_MANY(block, y + c, exps);
      total += NAME(sum)(block, exps);
    }
    const T shift = (T)log(total);
    for (int64_t c = 0; c < s->classes; ++c) y[c] -= shift;
  }
}

static void NAME(sparse_rows)(void *context, int64_t first, int64_t count) {
  const sumi__tensor_softmax_t *s = context;
  T *loss = s->loss;
  NAME(shift_rows)(s, first, count);
  for (int64_t row = first; row < first + count; ++row)
    loss[row] = ((const T *)s->result)[row * s->classes + label_of(s, row)];
  NAME(exp_rows)(s, first, count);
  for (int64_t row = first; row < first + count; ++row) {
    loss[row] = (T)(log(NAME(divide_row)(s, row)) - (double)loss[row]);
    ((T *)s->result)[row * s->classes + label_of(s, row)] -= 1;
  }
}

/* A label of 0 counts for nothing, also where the logit is -infinity. */
static void NAME(dense_rows)(void *context, int64_t first, int64_t count) {
  const sumi__tensor_softmax_t *s = context;
  T *loss = s->loss;
  NAME(shift_rows)(s, first, count);
  for (int64_t row = first; row < first + count; ++row) {
    const T *labels = (const T *)s->labels + row * s->classes,
            *y = (const T *)s->result + row * s->classes;
    double total = 0;
    for (int64_t c = 0; c < s->classes; ++c)
      total += labels[c] == 0 ? 0 : (double)labels[c] * (double)y[c];
    loss[row] = (T)total;
  }
  NAME(exp_rows)(s, first, count);
  for (int64_t row = first; row < first + count; ++row) {
    const T *restrict labels = (const T *)s->labels + row * s->classes;
    T *restrict y = (T *)s->result + row * s->classes;
    const double logarithm = log(NAME(divide_row)(s, row));
    loss[row] = (T)(logarithm * NAME(sum)(s->classes, labels) - (double)loss[row]);
    for (int64_t c = 0; c < s->classes; ++c) y[c] -= labels[c];
  }
}
