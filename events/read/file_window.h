/* A file looked at through a buffer that slides forward and sees the file grow. */
#ifndef SUMI__FILE_WINDOW_H
#define SUMI__FILE_WINDOW_H

#include <sumi/buffer.h>
#include <sumi/status.h>

typedef struct sumi__events_file_window {
  char *path;
  int fd;          /* -1 while closed */
  uint64_t offset; /* in the file, of the first byte not yet taken */
  size_t taken;    /* bytes of the buffer before it */
  sumi_buffer_t buffer;
} sumi__events_file_window_t;

sumi_status_t sumi__events_window_open(sumi__events_file_window_t *window, const char *path,
                                       uint64_t offset);
void sumi__events_window_release(sumi__events_file_window_t *window);

/* Forgets buffered bytes and closes the file; the next fill opens it again at the same offset. */
void sumi__events_window_close(sumi__events_file_window_t *window);

/* Tries to have at least `needed` bytes from `offset` on.
 * errors  OUT_OF_RANGE the file ends before; what the operating system says; RESOURCE_EXHAUSTED */
sumi_status_t sumi__events_window_fill(sumi__events_file_window_t *window, uint64_t needed);

/* The bytes that are there (NULL before the first), and how many. */
static inline const uint8_t *sumi__events_window_bytes(const sumi__events_file_window_t *window) {
  const uint8_t *bytes = (const uint8_t *)window->buffer.data;
  return bytes ? bytes + window->taken : NULL;
}

static inline size_t sumi__events_window_size(const sumi__events_file_window_t *window) {
  return window->buffer.size - window->taken;
}

/* Moves on by bytes that are there. */
static inline void sumi__events_window_take(sumi__events_file_window_t *window, size_t size_bytes) {
  window->taken += size_bytes;
  window->offset += size_bytes;
}

#endif
