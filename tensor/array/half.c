#include "array/half.h"

#include "array/array.h"

#include <string.h>

static float bits_as_float(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* IEEE 754 binary16 (1, 5 and 10 bits) as binary32. */
static float from_float16(uint16_t half) {
  const uint32_t sign = (uint32_t)(half & 0x8000) << 16;
  const uint32_t exponent = half >> 10 & 31, fraction = half & 1023;
  if (exponent == 0) {
    const float tiny = (float)fraction * 0x1p-24f;
    return sign ? -tiny : tiny;
  }
  return bits_as_float(sign | (exponent == 31 ? 255 : exponent + 112) << 23 | fraction << 13);
}

static float from_bfloat16(uint16_t half) {
  return bits_as_float((uint32_t)half << 16);
}

sumi_array_t *sumi__tensor_of_halves(const sumi_array_t *halves, sumi__tensor_half_t kind) {
  sumi_array_t *floats = sumi_array_new_uninitialized(SUMI_FLOAT32, sumi_array_dims(halves));
  for (int64_t i = 0; floats && i < halves->count; ++i) {
    const uint16_t half = ((const uint16_t *)halves->data)[i];
    ((float *)floats->data)[i] = kind == SUMI__FLOAT16 ? from_float16(half) : from_bfloat16(half);
  }
  return floats;
}
