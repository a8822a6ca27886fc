/* Status codes and the message that goes with the last failure. */
#ifndef SUMI_STATUS_H
#define SUMI_STATUS_H

#include <stdarg.h>
#include <sumi/config.h>

SUMI_BEGIN_DECLS

/* X(name, number, meaning). The numbers are TensorFlow's
 * (tensorflow/core/protobuf/error_codes.proto). */
#define SUMI_STATUS_MAP(X)                                                                         \
  X(OK, 0, "success")                                                                              \
  X(CANCELLED, 1, "stopped on request")                                                            \
  X(INVALID_ARGUMENT, 3, "an argument is wrong whatever the state of the system")                  \
  X(NOT_FOUND, 5, "a named thing does not exist")                                                  \
  X(ALREADY_EXISTS, 6, "a thing to be created is already there")                                   \
  X(RESOURCE_EXHAUSTED, 8, "memory, disk or a limit ran out")                                      \
  X(FAILED_PRECONDITION, 9, "the object is not in the state the call needs")                       \
  X(OUT_OF_RANGE, 11, "past the end")                                                              \
  X(UNIMPLEMENTED, 12, "not supported")                                                            \
  X(INTERNAL, 13, "a defect of Sumi or of a library it uses")                                      \
  X(UNAVAILABLE, 14, "the operating system refused; trying again may help")                        \
  X(DATA_LOSS, 15, "stored data is damaged")

/** What a call comes to. SUMI_OK is 0; every other value is a failure, whose text is in
 * sumi_error_message(). */
typedef enum sumi_status {
#define SUMI_STATUS_ENUM(name, number, meaning) SUMI_##name = number,
  SUMI_STATUS_MAP(SUMI_STATUS_ENUM)
#undef SUMI_STATUS_ENUM
} sumi_status_t;

/** The code's name, "INVALID_ARGUMENT"; "UNKNOWN" for a number outside the map. Never NULL. */
SUMI_API const char *sumi_status_name(sumi_status_t status);

/** The code's meaning in a few words. Never NULL. */
SUMI_API const char *sumi_status_meaning(sumi_status_t status);

/** The full text of the most recent failure reported to this thread, "" when there was none. Valid
 * until the thread's next failure; success does not clear it. Objects with sticky errors (graph,
 * writer) keep their own. */
SUMI_API const char *sumi_error_message(void);

/** Records a failure's text for this thread and returns `status`, so that code reads
 * `return sumi_fail(…)`. The text is cut at SUMI_ERROR_MESSAGE_MAX - 1 bytes on a UTF-8 boundary.
 * errno is preserved. */
SUMI_API sumi_status_t sumi_fail(sumi_status_t status, const char *format, ...) SUMI_PRINTF(2, 3);
SUMI_API sumi_status_t sumi_vfail(sumi_status_t status, const char *format, va_list args);

/** sumi_fail(RESOURCE_EXHAUSTED) naming what was to be allocated. */
SUMI_API sumi_status_t sumi_fail_alloc(const char *what, size_t size_bytes);

/** The status that fits errno value `error`: ENOENT is NOT_FOUND, ENOSPC RESOURCE_EXHAUSTED, … */
SUMI_API sumi_status_t sumi_status_from_errno(int error);

/** Records "<what> <path>: <text of errno value error>" and returns the fitting status. */
SUMI_API sumi_status_t sumi_fail_errno(int error, const char *what, const char *path);

#define SUMI_ERROR_MESSAGE_MAX 2048

/* Leaves the calling function with the status of `call` unless it is SUMI_OK. */
#define SUMI_TRY(call)                                                                             \
  do {                                                                                             \
    sumi_status_t sumi_try_status_ = (call);                                                       \
    if (sumi_try_status_ != SUMI_OK) return sumi_try_status_;                                      \
  } while (0)

SUMI_END_DECLS
#endif
