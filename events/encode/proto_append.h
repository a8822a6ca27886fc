/* Building protobuf-c messages in an arena and packing them into a buffer. */
#ifndef SUMI__PROTO_APPEND_H
#define SUMI__PROTO_APPEND_H

#include <sumi/arena.h>
#include <sumi/buffer.h>
#include <sumi/utf8.h>

#include <protobuf-c/protobuf-c.h>

/* Appends the packed message; the buffer stays as it was when there is no memory. */
sumi_status_t sumi__events_proto_append(sumi_buffer_t *bytes, const ProtobufCMessage *message);

sumi_status_t sumi__events_proto_no_memory(void);

/* A text field's value: protobuf-c's own empty text for NULL. */
static inline char *sumi__events_proto_text(const char *text) {
  return text ? (char *)text : (char *)protobuf_c_empty_string;
}

/* `array`, a Message ** lvalue, becomes `count` fresh messages of the arena's, each passed through
 * `init`; leaves the calling function when there is no memory. */
#define SUMI__PROTO_MESSAGES(arena, array, count, init)                                            \
  do {                                                                                             \
    (array) = sumi_arena_calloc(arena, count, sizeof *(array));                                    \
    if (!(array)) return sumi__events_proto_no_memory();                                           \
    for (size_t proto_i_ = 0; proto_i_ < (count); ++proto_i_) {                                    \
      (array)[proto_i_] = sumi_arena_calloc(arena, 1, sizeof **(array));                           \
      if (!(array)[proto_i_]) return sumi__events_proto_no_memory();                               \
      init((array)[proto_i_]);                                                                     \
    }                                                                                              \
  } while (0)

#endif
