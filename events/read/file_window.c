#include "file_window.h"

#include <sumi/alloc.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { LEAST_READ_BYTES = 64 * 1024 };

static sumi_status_t open_file(sumi__events_file_window_t *window) {
  if (window->fd >= 0) return SUMI_OK;
  window->fd = open(window->path, O_RDONLY | O_CLOEXEC);
  return window->fd >= 0 ? SUMI_OK : sumi_fail_errno(errno, "cannot open", window->path);
}

sumi_status_t sumi__events_window_open(sumi__events_file_window_t *window, const char *path,
                                       uint64_t offset) {
  *window = (sumi__events_file_window_t){.path = sumi_strdup(path), .fd = -1, .offset = offset};
  if (!window->path) return sumi_fail_alloc("a path", strlen(path) + 1);
  return open_file(window);
}

void sumi__events_window_close(sumi__events_file_window_t *window) {
  if (window->fd >= 0) close(window->fd);
  window->fd = -1;
  window->taken = 0;
  sumi_buffer_release(&window->buffer);
}

void sumi__events_window_release(sumi__events_file_window_t *window) {
  sumi__events_window_close(window);
  sumi_free(window->path);
  window->path = NULL;
}

static void slide(sumi__events_file_window_t *window) {
  const size_t size = sumi__events_window_size(window);
  if (window->taken == 0) return;
  memmove(window->buffer.data, sumi__events_window_bytes(window), size);
  window->buffer.size = size;
  window->taken = 0;
}

/* Reads once. The room grows with what is really in the file, never with a length some header
 * claims. */
static sumi_status_t read_more(sumi__events_file_window_t *window) {
  const size_t have = window->buffer.size;
  const size_t wanted = have > LEAST_READ_BYTES ? have : LEAST_READ_BYTES;
  char *end = sumi_buffer_reserve(&window->buffer, wanted);
  if (!end) {
    window->buffer.failed = false;
    return sumi_fail_alloc("reading an event file", have + wanted);
  }
  ssize_t n;
  do n = pread(window->fd, end, wanted, (off_t)(window->offset + have));
  while (n < 0 && errno == EINTR);
  if (n < 0) return sumi_fail_errno(errno, "cannot read", window->path);
  if (n == 0)
    return sumi_fail(SUMI_OUT_OF_RANGE, "%s ends at offset %llu", window->path,
                     (unsigned long long)(window->offset + have));
  window->buffer.size += (size_t)n;
  return SUMI_OK;
}

sumi_status_t sumi__events_window_fill(sumi__events_file_window_t *window, uint64_t needed) {
  if (sumi__events_window_size(window) >= needed) return SUMI_OK;
  SUMI_TRY(open_file(window));
  slide(window);
  while (sumi__events_window_size(window) < needed) SUMI_TRY(read_more(window));
  return SUMI_OK;
}
