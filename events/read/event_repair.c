#include <sumi/options.h>
#include <sumi/alloc.h>
#include <sumi/buffer.h>
#include <sumi/file.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "event_file.h"
#include "encode/event_glance.h"
#include "event_reader.h"
#include "event_repair.h"

typedef sumi_event_repair_options_t options_t;

/* File versions and session starts begin a file or a session and hold nothing a reader could
 * show. */
static bool is_head(const sumi__events_glance_t *event) {
  return event->kind == SUMI_EVENT_FILE_VERSION || event->kind == SUMI_EVENT_NOTHING ||
         (event->kind == SUMI_EVENT_SESSION_LOG && event->session_status == SUMI_SESSION_START);
}

/* A record whose checksum is right is not damage, whoever wrote it: what is no event stays too. */
static bool stays(const sumi_record_t *record, const options_t *options) {
  sumi__events_glance_t event;
  return !options->trim ||
         !sumi__events_glance_at(record->payload, (size_t)record->payload_size_bytes, &event) ||
         event.step < options->first_step || is_head(&event);
}

/* Called for every whole record; anything but SUMI_OK ends the walk. */
typedef sumi_status_t visit_t(void *user, const sumi_record_t *record);

static sumi_status_t walk(const char *path, visit_t *visit, void *user, uint64_t *whole_end,
                          uint64_t *damaged_bytes) {
  sumi_status_t status;
  /* No record is left out for being large. */
  sumi_event_reader_t *reader = sumi_event_reader_open(path, &status, .max_record_bytes = INT32_MAX,
                                                       .complete = true);
  if (!reader) return status;
  *whole_end = 0;
  *damaged_bytes = 0;
  while (status == SUMI_OK || status == SUMI_DATA_LOSS) {
    sumi_record_t record;
    status = sumi__events_event_reader_next_record(reader, &record);
    if (status != SUMI_OK) continue;
    *whole_end = sumi_event_reader_offset(reader);
    *damaged_bytes = sumi_event_reader_damage(reader).skipped_bytes;
    status = visit(user, &record);
  }
  sumi_event_reader_free(reader);
  return status == SUMI_OUT_OF_RANGE ? SUMI_OK : status;
}

typedef struct survey {
  const options_t *options;
  uint64_t kept, removed;
} survey_t;

static sumi_status_t count_record(void *user, const sumi_record_t *record) {
  survey_t *survey = user;
  if (stays(record, survey->options))
    ++survey->kept;
  else
    ++survey->removed;
  return SUMI_OK;
}

typedef struct copy {
  const options_t *options;
  const char *path;
  int fd;
  sumi_buffer_t block;
} copy_t;

static sumi_status_t copy_record(void *user, const sumi_record_t *record) {
  copy_t *copy = user;
  if (!stays(record, copy->options)) return SUMI_OK;
  sumi_buffer_append(&copy->block, record->payload - SUMI_RECORD_HEADER_BYTES,
                     (size_t)record->size_bytes);
  SUMI_TRY(sumi_buffer_status(&copy->block, "a record"));
  if (copy->block.size < 1 << 20) return SUMI_OK;
  SUMI_TRY(sumi_file_write_all(copy->fd, copy->path, copy->block.data, copy->block.size));
  sumi_buffer_clear(&copy->block);
  return SUMI_OK;
}

static sumi_status_t fill_copy(const char *path, int fd, const options_t *options) {
  copy_t copy = {.options = options, .path = path, .fd = fd};
  uint64_t end, damaged;
  sumi_status_t status = walk(path, copy_record, &copy, &end, &damaged);
  if (status == SUMI_OK) status = sumi_file_write_all(fd, path, copy.block.data, copy.block.size);
  sumi_buffer_release(&copy.block);
  if (status != SUMI_OK) return status;
  struct stat info;
  if (stat(path, &info) == 0) (void)fchmod(fd, info.st_mode & 07777);
  return fsync(fd) == 0 ? SUMI_OK : sumi_fail_errno(errno, "cannot sync a repaired copy of", path);
}

/* A name beside the file that no reader takes for an event file. */
static char *temporary_name(const char *path) {
  const char *slash = strrchr(path, '/');
  sumi_buffer_t name = {0};
  sumi_buffer_append(&name, path, slash ? (size_t)(slash + 1 - path) : 0);
  sumi_buffer_puts(&name, ".sumi-repair-XXXXXX");
  char *text = sumi_strdup(sumi_buffer_text(&name));
  sumi_buffer_release(&name);
  return text;
}

static sumi_status_t replace(const char *path, const options_t *options) {
  char *temporary = temporary_name(path);
  if (!temporary) return sumi_fail_alloc("a file name", strlen(path));
  const int fd = mkostemp(temporary, O_CLOEXEC);
  if (fd < 0) {
    const sumi_status_t status = sumi_fail_errno(errno, "cannot create", temporary);
    sumi_free(temporary);
    return status;
  }
  sumi_status_t status = fill_copy(path, fd, options);
  close(fd);
  if (status == SUMI_OK && rename(temporary, path) != 0)
    status = sumi_fail_errno(errno, "cannot replace", path);
  if (status == SUMI_OK)
    sumi_file_sync_directory_of(path);
  else
    unlink(temporary);
  sumi_free(temporary);
  return status;
}

sumi_status_t sumi__events_event_file_repair_locked(const char *path, int fd,
                                                    sumi_event_repair_t *report,
                                                    const sumi_event_repair_options_t *options) {
  sumi_event_repair_t unwanted;
  if (!report) report = &unwanted;
  *report = (sumi_event_repair_t){0};
  survey_t survey = {.options = options};
  uint64_t whole_end = 0;
  SUMI_TRY(walk(path, count_record, &survey, &whole_end, &report->damaged_bytes));
  struct stat info;
  if (fstat(fd, &info) != 0) return sumi_fail_errno(errno, "cannot stat", path);
  report->kept_events = survey.kept;
  report->removed_events = survey.removed;
  report->torn_tail_bytes = (uint64_t)info.st_size - whole_end;
  /* Without one whole record nothing shows that this is an event file at all. */
  if (options->dry_run || survey.kept + survey.removed == 0) return SUMI_OK;
  const bool rewrite = report->removed_events > 0 ||
                       (report->damaged_bytes > 0 && !options->tail_only);
  if (rewrite) return replace(path, options);
  if (report->torn_tail_bytes > 0 && ftruncate(fd, (off_t)whole_end) != 0)
    return sumi_fail_errno(errno, "cannot cut the torn end of", path);
  return SUMI_OK;
}

sumi_status_t sumi_event_file_repair_with(const char *path, sumi_event_repair_t *report,
                                          const sumi_event_repair_options_t *given) {
  sumi_event_repair_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  sumi_event_repair_t unwanted;
  if (!report) report = &unwanted;
  *report = (sumi_event_repair_t){0};
  if (!path) return sumi_fail(SUMI_INVALID_ARGUMENT, "the event file's path is NULL");
  const int fd = open(path, (options.dry_run ? O_RDONLY : O_RDWR) | O_CLOEXEC);
  if (fd < 0) return sumi_fail_errno(errno, "cannot open", path);
  sumi_status_t status;
  if (options.dry_run || sumi__events_event_file_lock(fd)) {
    status = sumi__events_event_file_repair_locked(path, fd, report, &options);
  } else {
    report->busy = true;
    status = sumi_fail(SUMI_UNAVAILABLE, "%s is still being written by another process", path);
  }
  close(fd);
  return status;
}
