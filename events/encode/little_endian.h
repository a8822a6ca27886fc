/* Fixed-width little-endian numbers, as TFRecord frames and protobuf store them, on any machine. */
#ifndef SUMI__LITTLE_ENDIAN_H
#define SUMI__LITTLE_ENDIAN_H

#include <stdint.h>
#include <string.h>

static inline uint8_t *sumi__events_put_le32(uint8_t *at, uint32_t value) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap32(value);
#endif
  memcpy(at, &value, sizeof value);
  return at + sizeof value;
}

static inline uint8_t *sumi__events_put_le64(uint8_t *at, uint64_t value) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap64(value);
#endif
  memcpy(at, &value, sizeof value);
  return at + sizeof value;
}

static inline uint32_t sumi__events_get_le32(const uint8_t *at) {
  uint32_t value;
  memcpy(&value, at, sizeof value);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap32(value);
#endif
  return value;
}

static inline uint64_t sumi__events_get_le64(const uint8_t *at) {
  uint64_t value;
  memcpy(&value, at, sizeof value);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap64(value);
#endif
  return value;
}

#endif
