/* The TFRecord frame: 8 bytes length, 4 bytes masked CRC-32C of the length, the payload, 4 bytes
 * masked CRC-32C of the payload; little-endian, nothing before, between or after (TensorFlow,
 * core/lib/io/record_writer.cc). */
#ifndef SUMI_RECORD_H
#define SUMI_RECORD_H

#include <sumi/config.h>

SUMI_BEGIN_DECLS

enum {
  SUMI_RECORD_HEADER_BYTES = 12,
  SUMI_RECORD_FOOTER_BYTES = 4,
  SUMI_RECORD_OVERHEAD_BYTES = SUMI_RECORD_HEADER_BYTES + SUMI_RECORD_FOOTER_BYTES
};

/** What stands before a payload of `size_bytes` bytes, and after it. */
SUMI_API void sumi_record_header(uint64_t size_bytes, uint8_t header[SUMI_RECORD_HEADER_BYTES]);
SUMI_API void sumi_record_footer(const void *payload, size_t size_bytes,
                                 uint8_t footer[SUMI_RECORD_FOOTER_BYTES]);

/* What the bytes at some offset are; the comment says how a reader goes on. */
typedef enum sumi_record_state {
  SUMI_RECORD_WHOLE,      /* a record: go on behind it */
  SUMI_RECORD_INCOMPLETE, /* the beginning of a record: wait for more bytes */
  SUMI_RECORD_TOO_LARGE,  /* a sound header, a length above the cap: skip size_bytes or give up */
  SUMI_RECORD_BAD_LENGTH, /* no record begins here: search for the next one */
  SUMI_RECORD_BAD_PAYLOAD /* a sound header, damage behind it: search for the next record */
} sumi_record_state_t;

typedef struct sumi_record {
  const uint8_t *payload;      /* inside the caller's bytes; NULL unless the record is whole */
  uint64_t payload_size_bytes; /* unless the state is BAD_LENGTH or the header is incomplete */
  uint64_t size_bytes;         /* of the whole frame; the bytes needed so far when INCOMPLETE */
} sumi_record_t;

/** Looks at the record that begins at bytes[0]. Lengths above `max_payload_bytes` are TOO_LARGE,
 * whatever follows. Nothing is allocated; any bytes are safe. */
SUMI_API sumi_record_state_t sumi_record_parse(const void *bytes, size_t size_bytes,
                                               uint64_t max_payload_bytes, sumi_record_t *record);

SUMI_END_DECLS
#endif
