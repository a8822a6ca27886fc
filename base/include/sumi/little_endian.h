/* Fixed-width little-endian numbers, as TFRecord frames and protobuf store them, on any machine. */
#ifndef SUMI_LITTLE_ENDIAN_H
#define SUMI_LITTLE_ENDIAN_H

#include <string.h>
#include <sumi/config.h>

SUMI_BEGIN_DECLS

/** Stores a number at `at`, aligned or not, and returns where the next byte goes. */
static inline uint8_t *sumi_put_le32(uint8_t *at, uint32_t value) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap32(value);
#endif
  memcpy(at, &value, sizeof value);
  return at + sizeof value;
}

/** The same for 8 bytes. */
static inline uint8_t *sumi_put_le64(uint8_t *at, uint64_t value) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap64(value);
#endif
  memcpy(at, &value, sizeof value);
  return at + sizeof value;
}

/** The number stored in the 4 bytes at `at`. */
static inline uint32_t sumi_get_le32(const uint8_t *at) {
  uint32_t value;
  memcpy(&value, at, sizeof value);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap32(value);
#endif
  return value;
}

/** The number stored in the 8 bytes at `at`. */
static inline uint64_t sumi_get_le64(const uint8_t *at) {
  uint64_t value;
  memcpy(&value, at, sizeof value);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap64(value);
#endif
  return value;
}

SUMI_END_DECLS
#endif
