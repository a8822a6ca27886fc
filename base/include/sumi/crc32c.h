/* CRC-32C (Castagnoli), plain and in the masked form TFRecord files store. */
#ifndef SUMI_CRC32C_H
#define SUMI_CRC32C_H

#include <sumi/config.h>

SUMI_BEGIN_DECLS

/** CRC-32C of `size_bytes` bytes: reflected polynomial 0x82F63B78, initial and final xor 0xFFFFFFFF
 * (RFC 3720, appendix B.4). Any thread. */
SUMI_API uint32_t sumi_crc32c(const void *bytes, size_t size_bytes);

/** The CRC of a text whose beginning has CRC `crc` and whose next bytes are these; 0 is the empty
 * text's. */
SUMI_API uint32_t sumi_crc32c_extend(uint32_t crc, const void *bytes, size_t size_bytes);

/** The stored form: rotated right by 15 bits plus 0xA282EAD8, so that a CRC of data that holds CRCs
 * stays useful (TensorFlow, core/lib/hash/crc32c.h). */
static inline uint32_t sumi_crc32c_mask(uint32_t crc) {
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
}

/** The CRC of a stored form. */
static inline uint32_t sumi_crc32c_unmask(uint32_t masked) {
  const uint32_t rotated = masked - 0xA282EAD8u;
  return (rotated >> 17) | (rotated << 15);
}

SUMI_END_DECLS
#endif
