#include <sumi/status.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char message[SUMI_ERROR_MESSAGE_MAX];

const char *sumi_status_name(sumi_status_t status) {
  switch (status) {
#define NAME(name, number, meaning)                                                                \
  case SUMI_##name: return #name;
    SUMI_STATUS_MAP(NAME)
#undef NAME
  }
  return "UNKNOWN";
}

const char *sumi_status_meaning(sumi_status_t status) {
  switch (status) {
#define MEANING(name, number, meaning)                                                             \
  case SUMI_##name: return meaning;
    SUMI_STATUS_MAP(MEANING)
#undef MEANING
  }
  return "not a status code";
}

const char *sumi_error_message(void) {
  return message;
}

/* Takes back the last, incomplete character of a text that vsnprintf cut. */
static void drop_partial_character(char *text, size_t length) {
  size_t start = length;
  while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80) --start;
  if (start > 0 && (unsigned char)text[start - 1] >= 0xC0) --start;
  text[start] = '\0';
}

sumi_status_t sumi_vfail(sumi_status_t status, const char *format, va_list args) {
  const int saved_errno = errno;
  /* Arguments may point into `message` itself, when a failure is wrapped by its caller. */
  char text[SUMI_ERROR_MESSAGE_MAX];
  int length = vsnprintf(text, sizeof text, format, args);
  if (length < 0) text[0] = '\0';
  if (length >= (int)sizeof text) drop_partial_character(text, sizeof text - 1);
  memcpy(message, text, strlen(text) + 1);
  errno = saved_errno;
  return status;
}

sumi_status_t sumi_fail(sumi_status_t status, const char *format, ...) {
  va_list args;
  va_start(args, format);
  sumi_vfail(status, format, args);
  va_end(args);
  return status;
}

sumi_status_t sumi_fail_alloc(const char *what, size_t size_bytes) {
  return sumi_fail(SUMI_RESOURCE_EXHAUSTED, "out of memory: %zu bytes for %s", size_bytes, what);
}

sumi_status_t sumi_status_from_errno(int error) {
  switch (error) {
  case 0: return SUMI_OK;
  case ENOENT:
  case ENOTDIR: return SUMI_NOT_FOUND;
  case EEXIST: return SUMI_ALREADY_EXISTS;
  case EINVAL:
  case ENAMETOOLONG:
  case EISDIR: return SUMI_INVALID_ARGUMENT;
  case ENOSPC:
  case EDQUOT:
  case EFBIG:
  case EMFILE:
  case ENFILE:
  case ENOMEM: return SUMI_RESOURCE_EXHAUSTED;
  case EACCES:
  case EPERM:
  case EROFS: return SUMI_FAILED_PRECONDITION;
  default: return SUMI_UNAVAILABLE;
  }
}

sumi_status_t sumi_fail_errno(int error, const char *what, const char *path) {
  char reason[128];
#if defined(__GLIBC__) && defined(_GNU_SOURCE)
  const char *text = strerror_r(error, reason, sizeof reason);
#else
  const char *text = strerror_r(error, reason, sizeof reason) == 0 ? reason : "unknown error";
#endif
  return sumi_fail(sumi_status_from_errno(error), "%s %s: %s", what, path, text);
}
