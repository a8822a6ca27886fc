#include "ops/elementwise.h"

sumi_status_t sumi__tensor_shape_unary(sumi_infer_t *infer) {
  infer->out[0] = infer->in[0];
  return SUMI_OK;
}

/* Element i of a known vector or scalar that is broadcast to more elements. */
static bool element(const sumi_known_t *known, int i, int64_t *value) {
  const int at = known->count == 1 ? 0 : i;
  *value = known->value[at];
  return known->has[at];
}

sumi_status_t sumi__tensor_shape_binary(sumi_infer_t *infer,
                                        bool (*combine)(int64_t a, int64_t b, int64_t *result)) {
  SUMI_TRY(sumi_shape_broadcast(infer));
  const sumi_known_t *x = sumi_infer_known(infer, 0), *y = sumi_infer_known(infer, 1);
  if (!x || !y) return SUMI_OK;
  const bool narrow = sumi_attr_type(infer->op, "T") == SUMI_INT32;
  sumi_known_t *known = &infer->known_out[0];
  *known = (sumi_known_t){.valid = true, .scalar = x->scalar && y->scalar};
  known->count = x->count == 1 ? y->count : x->count;
  for (int i = 0; i < known->count; ++i) {
    int64_t a, b, result;
    if (!element(x, i, &a) || !element(y, i, &b) || !combine(a, b, &result)) continue;
    if (narrow && result != (int32_t)result) continue;
    known->has[i] = true;
    known->value[i] = result;
  }
  return SUMI_OK;
}

static bool add(int64_t a, int64_t b, int64_t *result) {
  return !__builtin_add_overflow(a, b, result);
}

static bool sub(int64_t a, int64_t b, int64_t *result) {
  return !__builtin_sub_overflow(a, b, result);
}

static bool mul(int64_t a, int64_t b, int64_t *result) {
  return !__builtin_mul_overflow(a, b, result);
}

static bool floor_div(int64_t a, int64_t b, int64_t *result) {
  if (b == 0 || (a == INT64_MIN && b == -1)) return false;
  *result = a / b - (a % b != 0 && (a < 0) != (b < 0));
  return true;
}

static bool floor_mod(int64_t a, int64_t b, int64_t *result) {
  if (!floor_div(a, b, result)) return false;
  *result = a - *result * b;
  return true;
}

static bool maximum(int64_t a, int64_t b, int64_t *result) {
  *result = a > b ? a : b;
  return true;
}

static bool minimum(int64_t a, int64_t b, int64_t *result) {
  *result = a < b ? a : b;
  return true;
}

sumi_status_t sumi__tensor_shape_add(sumi_infer_t *infer) {
  return sumi__tensor_shape_binary(infer, add);
}

sumi_status_t sumi__tensor_shape_sub(sumi_infer_t *infer) {
  return sumi__tensor_shape_binary(infer, sub);
}

sumi_status_t sumi__tensor_shape_mul(sumi_infer_t *infer) {
  return sumi__tensor_shape_binary(infer, mul);
}

sumi_status_t sumi__tensor_shape_floor_div(sumi_infer_t *infer) {
  return sumi__tensor_shape_binary(infer, floor_div);
}

sumi_status_t sumi__tensor_shape_floor_mod(sumi_infer_t *infer) {
  return sumi__tensor_shape_binary(infer, floor_mod);
}

sumi_status_t sumi__tensor_shape_maximum(sumi_infer_t *infer) {
  return sumi__tensor_shape_binary(infer, maximum);
}

sumi_status_t sumi__tensor_shape_minimum(sumi_infer_t *infer) {
  return sumi__tensor_shape_binary(infer, minimum);
}
