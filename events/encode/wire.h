/* Protobuf's wire format for the messages written once per value, where a general encoder costs
 * several times the copy (encoding guide, protobuf.dev/programming-guides/encoding). Sizes are
 * computed first, bytes are put after. */
#ifndef SUMI__WIRE_H
#define SUMI__WIRE_H

#include <stddef.h>

#include "little_endian.h"

enum {
  SUMI__WIRE_VARINT = 0,
  SUMI__WIRE_FIXED64 = 1,
  SUMI__WIRE_BYTES = 2,
  SUMI__WIRE_FIXED32 = 5
};

/* Every field number used here is below 16, so that a field's key is one byte. */
static inline uint8_t sumi__events_wire_key(unsigned field, unsigned type) {
  return (uint8_t)(field << 3 | type);
}

static inline size_t sumi__events_varint_size(uint64_t value) {
  const unsigned bits = 64 - (unsigned)__builtin_clzll(value | 1);
  return (bits + 6) / 7;
}

static inline uint8_t *sumi__events_put_varint(uint8_t *at, uint64_t value) {
  for (; value >= 0x80; value >>= 7) *at++ = (uint8_t)(value | 0x80);
  *at++ = (uint8_t)value;
  return at;
}

/* A field with a length: a text, bytes or a message of `size_bytes` bytes. */
static inline size_t sumi__events_bytes_field_size(size_t size_bytes) {
  return 1 + sumi__events_varint_size(size_bytes) + size_bytes;
}

/* Its key and length; the bytes follow. */
static inline uint8_t *sumi__events_put_bytes_key(uint8_t *at, unsigned field, size_t size_bytes) {
  *at++ = sumi__events_wire_key(field, SUMI__WIRE_BYTES);
  return sumi__events_put_varint(at, size_bytes);
}

static inline uint8_t *sumi__events_put_bytes(uint8_t *at, const void *bytes, size_t size_bytes) {
  if (size_bytes > 0) memcpy(at, bytes, size_bytes);
  return at + size_bytes;
}

static inline uint8_t *sumi__events_put_bytes_field(uint8_t *at, unsigned field, const void *bytes,
                                                    size_t size_bytes) {
  return sumi__events_put_bytes(sumi__events_put_bytes_key(at, field, size_bytes), bytes,
                                size_bytes);
}

static inline size_t sumi__events_varint_field_size(uint64_t value) {
  return 1 + sumi__events_varint_size(value);
}

static inline uint8_t *sumi__events_put_varint_field(uint8_t *at, unsigned field, uint64_t value) {
  *at++ = sumi__events_wire_key(field, SUMI__WIRE_VARINT);
  return sumi__events_put_varint(at, value);
}

static inline uint8_t *sumi__events_put_float(uint8_t *at, float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return sumi__events_put_le32(at, bits);
}

static inline uint8_t *sumi__events_put_double_field(uint8_t *at, unsigned field, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  *at++ = sumi__events_wire_key(field, SUMI__WIRE_FIXED64);
  return sumi__events_put_le64(at, bits);
}

#endif
