#include "base64.h"

#include <stdint.h>

void sumi__command_base64(FILE *file, const void *bytes, size_t size_bytes) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const uint8_t *at = bytes;
  for (size_t i = 0; i < size_bytes; i += 3) {
    const size_t left = size_bytes - i;
    const unsigned three = (unsigned)at[i] << 16 | (left > 1 ? (unsigned)at[i + 1] << 8 : 0) |
                           (left > 2 ? at[i + 2] : 0);
    const char four[4] = {digits[three >> 18], digits[three >> 12 & 63],
                          left > 1 ? digits[three >> 6 & 63] : '=',
                          left > 2 ? digits[three & 63] : '='};
    fwrite(four, 1, sizeof four, file);
  }
}
