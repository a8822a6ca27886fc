/* Protobuf's wire format for messages that are put together and taken apart by hand, where a
 * general encoder costs several times the copy (encoding guide,
 * protobuf.dev/programming-guides/encoding). Sizes are computed first, bytes are put after: every
 * sumi_wire_put_… returns where the next byte goes. */
#ifndef SUMI_WIRE_H
#define SUMI_WIRE_H

#include <sumi/little_endian.h>

SUMI_BEGIN_DECLS

/** How a field's value is stored. */
enum { SUMI_WIRE_VARINT = 0, SUMI_WIRE_FIXED64 = 1, SUMI_WIRE_BYTES = 2, SUMI_WIRE_FIXED32 = 5 };

/* ---- Putting; field numbers are below 16, so that a field's key is one byte ---- */

/** A field's key. */
static inline uint8_t sumi_wire_key(unsigned field, unsigned type) {
  return SUMI_CAST(uint8_t, field << 3 | type);
}

/** The bytes of a number of variable length. */
static inline size_t sumi_wire_varint_size(uint64_t value) {
  const unsigned bits = 64 - SUMI_CAST(unsigned, __builtin_clzll(value | 1));
  return (bits + 6) / 7;
}

/** The number itself. */
static inline uint8_t *sumi_wire_put_varint(uint8_t *at, uint64_t value) {
  for (; value >= 0x80; value >>= 7) *at++ = SUMI_CAST(uint8_t, value | 0x80);
  *at++ = SUMI_CAST(uint8_t, value);
  return at;
}

/** The bytes of a field with a length: a text, bytes or a message of `size_bytes` bytes. */
static inline size_t sumi_wire_bytes_field_size(size_t size_bytes) {
  return 1 + sumi_wire_varint_size(size_bytes) + size_bytes;
}

/** Its key and length; the bytes follow. */
static inline uint8_t *sumi_wire_put_bytes_key(uint8_t *at, unsigned field, size_t size_bytes) {
  *at++ = sumi_wire_key(field, SUMI_WIRE_BYTES);
  return sumi_wire_put_varint(at, size_bytes);
}

/** Bytes as they are. */
static inline uint8_t *sumi_wire_put_bytes(uint8_t *at, const void *bytes, size_t size_bytes) {
  if (size_bytes > 0) memcpy(at, bytes, size_bytes);
  return at + size_bytes;
}

/** A whole field with a length. */
static inline uint8_t *sumi_wire_put_bytes_field(uint8_t *at, unsigned field, const void *bytes,
                                                 size_t size_bytes) {
  return sumi_wire_put_bytes(sumi_wire_put_bytes_key(at, field, size_bytes), bytes, size_bytes);
}

/** The bytes of a field that is a number of variable length. */
static inline size_t sumi_wire_varint_field_size(uint64_t value) {
  return 1 + sumi_wire_varint_size(value);
}

/** That field. */
static inline uint8_t *sumi_wire_put_varint_field(uint8_t *at, unsigned field, uint64_t value) {
  *at++ = sumi_wire_key(field, SUMI_WIRE_VARINT);
  return sumi_wire_put_varint(at, value);
}

/** A float without its key, as in packed fields. */
static inline uint8_t *sumi_wire_put_float(uint8_t *at, float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return sumi_put_le32(at, bits);
}

/** A field that is a double. */
static inline uint8_t *sumi_wire_put_double_field(uint8_t *at, unsigned field, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  *at++ = sumi_wire_key(field, SUMI_WIRE_FIXED64);
  return sumi_put_le64(at, bits);
}

/* ---- Getting ---- */

/** A field of a message. */
typedef struct sumi_wire_field {
  uint64_t number;
  unsigned type;        /* SUMI_WIRE_… */
  uint64_t value;       /* of a varint; the size of bytes */
  const uint8_t *bytes; /* what follows the field's head, up to */
  const uint8_t *end;   /* where the next field begins */
} sumi_wire_field_t;

/** Reads a number of variable length and returns where it ends; NULL when it does not end before
 * `end`, or not after ten bytes. */
static inline const uint8_t *sumi_wire_get_varint(const uint8_t *at, const uint8_t *end,
                                                  uint64_t *value) {
  *value = 0;
  for (unsigned shift = 0; at < end && shift < 64; shift += 7) {
    *value |= SUMI_CAST(uint64_t, *at & 0x7f) << shift;
    if (!(*at++ & 0x80)) return at;
  }
  return NULL;
}

/** The field at `at`; false when none can be read there. Any bytes are safe. */
static inline bool sumi_wire_get_field(const uint8_t *at, const uint8_t *end,
                                       sumi_wire_field_t *field) {
  uint64_t key, size = 0;
  if (!(at = sumi_wire_get_varint(at, end, &key))) return false;
  field->number = key >> 3;
  field->type = SUMI_CAST(unsigned, key & 7);
  field->value = 0;
  field->bytes = at;
  switch (field->type) {
  case SUMI_WIRE_VARINT:
    field->end = sumi_wire_get_varint(at, end, &field->value);
    return field->end != NULL;
  case SUMI_WIRE_FIXED64: size = 8; break;
  case SUMI_WIRE_FIXED32: size = 4; break;
  case SUMI_WIRE_BYTES:
    if (!(field->bytes = sumi_wire_get_varint(at, end, &size))) return false;
    field->value = size;
    break;
  default: return false;
  }
  if (size > SUMI_CAST(uint64_t, end - field->bytes)) return false;
  field->end = field->bytes + size;
  return true;
}

SUMI_END_DECLS
#endif
