#include <sumi/record.h>
#include <sumi/crc32c.h>

#include <sumi/little_endian.h>

void sumi_record_header(uint64_t size_bytes, uint8_t header[SUMI_RECORD_HEADER_BYTES]) {
  sumi_put_le64(header, size_bytes);
  sumi_put_le32(header + 8, sumi_crc32c_mask(sumi_crc32c(header, 8)));
}

void sumi_record_footer(const void *payload, size_t size_bytes,
                        uint8_t footer[SUMI_RECORD_FOOTER_BYTES]) {
  sumi_put_le32(footer, sumi_crc32c_mask(sumi_crc32c(payload, size_bytes)));
}

static bool crc_matches(const uint8_t *stored, const void *bytes, size_t size_bytes) {
  return sumi_get_le32(stored) == sumi_crc32c_mask(sumi_crc32c(bytes, size_bytes));
}

sumi_record_state_t sumi_record_parse(const void *bytes, size_t size_bytes,
                                      uint64_t max_payload_bytes, sumi_record_t *record) {
  const uint8_t *at = bytes;
  *record = (sumi_record_t){.size_bytes = SUMI_RECORD_HEADER_BYTES};
  if (size_bytes < SUMI_RECORD_HEADER_BYTES) return SUMI_RECORD_INCOMPLETE;
  if (!crc_matches(at + 8, at, 8)) return SUMI_RECORD_BAD_LENGTH;
  const uint64_t length = sumi_get_le64(at);
  record->payload_size_bytes = length;
  const bool representable = length <= UINT64_MAX - SUMI_RECORD_OVERHEAD_BYTES;
  record->size_bytes = representable ? length + SUMI_RECORD_OVERHEAD_BYTES : UINT64_MAX;
  if (length > max_payload_bytes || !representable) return SUMI_RECORD_TOO_LARGE;
  if (size_bytes < record->size_bytes) return SUMI_RECORD_INCOMPLETE;
  const uint8_t *payload = at + SUMI_RECORD_HEADER_BYTES;
  if (!crc_matches(payload + length, payload, (size_t)length)) return SUMI_RECORD_BAD_PAYLOAD;
  record->payload = payload;
  return SUMI_RECORD_WHOLE;
}
