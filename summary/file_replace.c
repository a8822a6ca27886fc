#include "file_replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <sumi/buffer.h>

static sumi_status_t write_all(int file, const char *path, const char *bytes, size_t size_bytes) {
  for (size_t done = 0; done < size_bytes;) {
    const ssize_t wrote = write(file, bytes + done, size_bytes - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return sumi_fail_errno(errno, "write", path);
    done += (size_t)wrote;
  }
  return SUMI_OK;
}

static sumi_status_t write_and_rename(const char *path, const char *final_path, const void *bytes,
                                      size_t size_bytes) {
  const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return sumi_fail_errno(errno, "create", path);
  sumi_status_t status = write_all(file, path, bytes, size_bytes);
  if (close(file) != 0 && status == SUMI_OK) status = sumi_fail_errno(errno, "close", path);
  if (status == SUMI_OK && rename(path, final_path) != 0)
    status = sumi_fail_errno(errno, "rename", path);
  if (status != SUMI_OK) unlink(path);
  return status;
}

sumi_status_t sumi__replace_file(const char *directory, const char *name, const void *bytes,
                                 size_t size_bytes) {
  sumi_buffer_t path = {0}, final_path = {0};
  sumi_buffer_printf(&path, "%s/.%s.new", directory, name);
  sumi_buffer_printf(&final_path, "%s/%s", directory, name);
  sumi_status_t status;
  if (!sumi_buffer_text(&path) || !sumi_buffer_text(&final_path))
    status = sumi_fail_alloc("a path", path.size);
  else
    status = write_and_rename(path.data, final_path.data, bytes, size_bytes);
  sumi_buffer_release(&path);
  sumi_buffer_release(&final_path);
  return status;
}
