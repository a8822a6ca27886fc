#include "proto_append.h"

sumi_status_t sumi__events_proto_no_memory(void) {
  return sumi_fail(SUMI_RESOURCE_EXHAUSTED, "out of memory for a message");
}

sumi_status_t sumi__events_proto_append(sumi_buffer_t *bytes, const ProtobufCMessage *message) {
  const size_t size = protobuf_c_message_get_packed_size(message);
  uint8_t *end = sumi_buffer_reserve(bytes, size);
  if (!end) return sumi__events_proto_no_memory();
  protobuf_c_message_pack(message, end);
  bytes->size += size;
  return SUMI_OK;
}
