/* A growing run of bytes with a sticky failure: append freely, check once. */
#ifndef SUMI_BUFFER_H
#define SUMI_BUFFER_H

#include <sumi/config.h>
#include <sumi/status.h>

SUMI_BEGIN_DECLS

/** Zero-initialise to start empty. After a failed append (no memory) `failed` is set, the contents
 * stay as they were and further appends do nothing. */
typedef struct sumi_buffer {
  char *data SUMI_UNSET;
  size_t size SUMI_UNSET, capacity SUMI_UNSET;
  bool failed SUMI_UNSET;
} sumi_buffer_t;

/** Releases the bytes and leaves an empty buffer. */
SUMI_API void sumi_buffer_release(sumi_buffer_t *buffer);

/** Empties the buffer and forgets a failure; keeps the memory. */
SUMI_API void sumi_buffer_clear(sumi_buffer_t *buffer);

/** Makes room for `size_bytes` more and returns where they go (not yet counted in size), NULL on
 * failure. */
SUMI_API void *sumi_buffer_reserve(sumi_buffer_t *buffer, size_t size_bytes);

/** Append bytes (they may hold NULs), a text without its NUL, one byte, and formatted text. */
SUMI_API void sumi_buffer_append(sumi_buffer_t *buffer, const void *bytes, size_t size_bytes);
SUMI_API void sumi_buffer_puts(sumi_buffer_t *buffer, const char *text);
SUMI_API void sumi_buffer_putc(sumi_buffer_t *buffer, char byte);
SUMI_API void sumi_buffer_printf(sumi_buffer_t *buffer, const char *format, ...) SUMI_PRINTF(2, 3);

/** The bytes as a NUL-terminated text (the NUL is not counted in size); NULL after a failure. */
SUMI_API const char *sumi_buffer_text(sumi_buffer_t *buffer);

/** SUMI_OK, or RESOURCE_EXHAUSTED naming `what` when an append failed. */
SUMI_API sumi_status_t sumi_buffer_status(const sumi_buffer_t *buffer, const char *what);

SUMI_END_DECLS
#endif
