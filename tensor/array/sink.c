#include "array/sink.h"

#include <errno.h>
#include <sys/stat.h>

sumi__tensor_sink_t sumi__tensor_sink_open(const char *path, const char *what) {
  sumi__tensor_sink_t sink = {.path = path};
  if (!path) {
    sink.status = sumi_fail(SUMI_INVALID_ARGUMENT, "the path of the %s file is NULL", what);
    return sink;
  }
  sink.file = fopen(path, "wb");
  if (!sink.file) sink.status = sumi_fail_errno(errno, "cannot create", path);
  return sink;
}

void sumi__tensor_sink_write(sumi__tensor_sink_t *sink, const void *bytes, size_t size) {
  if (sink->status != SUMI_OK || size == 0) return;
  if (fwrite(bytes, 1, size, sink->file) == size)
    sink->size += (int64_t)size;
  else
    sink->status = sumi_fail_errno(errno, "cannot write", sink->path);
}

void sumi__tensor_sink_abandon(sumi__tensor_sink_t *sink, sumi_status_t status) {
  if (sink->status == SUMI_OK) sink->status = status;
}

/* Not so a device or a pipe. */
static bool is_regular(FILE *file) {
  struct stat info;
  return fstat(fileno(file), &info) == 0 && S_ISREG(info.st_mode);
}

sumi_status_t sumi__tensor_sink_close(sumi__tensor_sink_t *sink) {
  if (!sink->file) return sink->status;
  const bool removable = is_regular(sink->file);
  if (fclose(sink->file) != 0 && sink->status == SUMI_OK)
    sink->status = sumi_fail_errno(errno, "cannot write", sink->path);
  sink->file = NULL;
  if (sink->status != SUMI_OK && removable) remove(sink->path);
  return sink->status;
}
