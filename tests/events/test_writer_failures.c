#include "event_test.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "write/event_writer.h"

/* A disk that plays tricks: bytes until it is full, bytes per write, an error for sync and
 * truncate. */
typedef struct disk {
  pthread_mutex_t lock;
  int64_t room;  /* bytes until `error`; negative: no limit */
  int error;     /* when the room is used up */
  int failures;  /* after so many there is room without limit; 0: it stays full */
  size_t most;   /* bytes per write, 0: all */
  int interrupt; /* every n-th call is interrupted by a signal */
  int calls;
  long pause_ns; /* what every call takes */
  int sync_error, truncate_error;
} disk_t;

static ssize_t disk_write(void *user, int fd, const void *bytes, size_t size) {
  disk_t *disk = user;
  nanosleep(&(struct timespec){.tv_nsec = disk->pause_ns}, NULL);
  pthread_mutex_lock(&disk->lock);
  if (disk->interrupt && ++disk->calls % disk->interrupt == 0) {
    pthread_mutex_unlock(&disk->lock);
    errno = EINTR;
    return -1;
  }
  if (disk->most && size > disk->most) size = disk->most;
  if (disk->room >= 0 && size > (size_t)disk->room) size = (size_t)disk->room;
  ssize_t n = -1;
  if (size == 0) {
    errno = disk->error;
    if (disk->failures > 0 && --disk->failures == 0) disk->room = -1;
  } else {
    n = write(fd, bytes, size);
  }
  const int error = errno;
  if (disk->room >= 0 && n > 0) disk->room -= n;
  pthread_mutex_unlock(&disk->lock);
  errno = error;
  return n;
}

static int disk_truncate(void *user, int fd, off_t size) {
  disk_t *disk = user;
  if (disk->truncate_error == 0) return ftruncate(fd, size);
  errno = disk->truncate_error;
  return -1;
}

static int disk_sync(void *user, int fd) {
  (void)fd;
  disk_t *disk = user;
  if (disk->sync_error == 0) return 0;
  errno = disk->sync_error;
  return -1;
}

static disk_t new_disk(void) {
  return (disk_t){.lock = PTHREAD_MUTEX_INITIALIZER, .room = -1, .error = ENOSPC};
}

static void set_room(disk_t *disk, int64_t room) {
  pthread_mutex_lock(&disk->lock);
  disk->room = room;
  pthread_mutex_unlock(&disk->lock);
}

static sumi_event_writer_t *open_with(disk_t *disk, const char *directory,
                                      sumi_event_writer_options_t options) {
  const sumi_file_io_t io = {disk_write, disk_truncate, disk_sync, disk};
  sumi_status_t status;
  options.flush_interval_ms = -1;
  sumi_event_writer_t *writer = sumi__events_event_writer_open_io(directory, &status, options, &io);
  assert_ok(status);
  return writer;
}

static sumi_event_writer_t *open_on(disk_t *disk, const char *directory, bool sync) {
  return open_with(disk, directory, (sumi_event_writer_options_t){.sync = sync});
}

static void log_steps(sumi_event_writer_t *writer, int64_t first, int64_t last) {
  for (int64_t step = first; step <= last; ++step)
    assert_ok(sumi_event_writer_scalar(writer, "loss", step, (float)step));
}

static void assert_counts(sumi_event_writer_t *writer, uint64_t written, uint64_t lost,
                          uint64_t waiting) {
  const sumi_event_writer_counts_t counts = sumi_event_writer_counts(writer);
  assert_int_equal(counts.written, written);
  assert_int_equal(counts.lost, lost);
  assert_int_equal(counts.waiting, waiting);
}

static void assert_sound(const char *path) {
  sumi_event_repair_t report;
  assert_ok(sumi_event_file_repair(path, &report, .dry_run = true));
  assert_int_equal(report.torn_tail_bytes, 0);
  assert_int_equal(report.damaged_bytes, 0);
}

static void short_and_interrupted_writes_lose_nothing(void **state) {
  (void)state;
  for (size_t most = 1; most <= 7; most += 3) {
    const char *directory = temporary_directory();
    disk_t disk = new_disk();
    disk.most = most;
    disk.interrupt = 3;
    sumi_event_writer_t *writer = open_on(&disk, directory, false);
    log_steps(writer, 0, 99);
    assert_ok(sumi_event_writer_close(writer));
    assert_steps(directory, "loss", 0, 99);
    assert_sound(event_file_in(directory, 0));
  }
}

/* By hand: time 9 bytes, step 2 (none for step 0), summary and value 2 each, tag "loss" 6, metadata
 * 13 (the first only), tensor 10, frame 16. */
enum { FIRST_RECORD = 9 + 2 + 2 + 6 + 13 + 10 + 16, NEXT_RECORD = 9 + 2 + 2 + 2 + 6 + 10 + 16 };

static size_t whole_records_in(int64_t room) {
  if (room < FIRST_RECORD) return 0;
  const size_t more = (size_t)(room - FIRST_RECORD) / NEXT_RECORD;
  return more < 4 ? 1 + more : 5;
}

/* The metadata of the tag stand at its first value in the file, wherever that is. */
static void assert_metadata_at_first_value(const char *path) {
  sumi_event_reader_t *reader = sumi_event_reader_open(path, NULL);
  sumi_event_t event;
  for (int i = 0; i < 3; ++i) assert_ok(sumi_event_reader_next(reader, &event));
  assert_string_equal(event.values[0].metadata.plugin_name, "scalars");
  sumi_event_reader_free(reader);
}

/* The disk is full after every possible number of bytes of a batch: what fits in whole records is
 * there, the torn record is cut off, and when there is room again the rest follows. */
static void what_does_not_fit_on_a_full_disk_waits_for_room(void **state) {
  (void)state;
  const char *root = temporary_directory();
  for (int64_t room = 0; room <= FIRST_RECORD + 4 * NEXT_RECORD; ++room) {
    char name[32];
    snprintf(name, sizeof name, "room-%lld", (long long)room);
    const char *directory = path_in(root, name);
    const size_t fitting = whole_records_in(room);
    disk_t disk = new_disk();
    sumi_event_writer_t *writer = open_on(&disk, directory, false);
    const uint64_t head = sumi_event_writer_counts(writer).file_size_bytes;
    set_room(&disk, room);
    log_steps(writer, 0, 4);
    if (fitting == 5)
      assert_ok(sumi_event_writer_flush(writer));
    else
      assert_fails(sumi_event_writer_flush(writer), SUMI_RESOURCE_EXHAUSTED,
                   "No space left on device; 0 event(s) lost");
    assert_counts(writer, fitting, 0, 5 - fitting);
    int64_t steps[8];
    assert_int_equal(steps_of(directory, "loss", steps, 8), fitting);
    assert_sound(event_file_in(directory, 0));
    struct stat info;
    assert_int_equal(stat(sumi_event_writer_path(writer), &info), 0);
    assert_int_equal(info.st_size,
                     head + (fitting ? FIRST_RECORD + (fitting - 1) * NEXT_RECORD : 0));
    set_room(&disk, -1);
    log_steps(writer, 5, 6);
    assert_int_equal(sumi_event_writer_flush(writer),
                     fitting == 5 ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED);
    assert_counts(writer, 7, 0, 0);
    assert_int_equal(sumi_event_writer_close(writer),
                     fitting == 5 ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED);
    assert_steps(directory, "loss", 0, 6);
    assert_int_equal(event_file_count(directory), 1);
    assert_metadata_at_first_value(event_file_in(directory, 0));
  }
}

static void a_disk_that_stays_full_loses_the_rest_at_close(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  disk_t disk = new_disk();
  sumi_event_writer_t *writer = open_on(&disk, directory, false);
  set_room(&disk, FIRST_RECORD);
  log_steps(writer, 0, 4);
  assert_fails(sumi_event_writer_close(writer), SUMI_RESOURCE_EXHAUSTED, "4 event(s) lost");
  assert_steps(directory, "loss", 0, 0);
}

/* No caller waits for a disk that takes nothing: when the queue is full, the oldest are lost, and
 * no more than make room. */
static void fill_queue_before_full_disk(const char *directory, int64_t events, long pause_ns) {
  disk_t disk = new_disk();
  disk.pause_ns = pause_ns;
  sumi_event_writer_t *writer = open_with(&disk, directory,
                                          (sumi_event_writer_options_t){.queue_size_bytes = 4096});
  set_room(&disk, 0);
  log_steps(writer, 0, events - 1);
  assert_int_equal(sumi_event_writer_status(writer), SUMI_RESOURCE_EXHAUSTED);
  set_room(&disk, -1);
  assert_int_equal(sumi_event_writer_flush(writer), SUMI_RESOURCE_EXHAUSTED);
  const sumi_event_writer_counts_t counts = sumi_event_writer_counts(writer);
  assert_int_equal(counts.written + counts.lost, events);
  assert_in_range(counts.written, 64, 128); /* one to two queues of 4096 bytes, 64 an event */
  assert_int_equal(counts.dropped, 0);
  assert_int_equal(sumi_event_writer_close(writer), SUMI_RESOURCE_EXHAUSTED);
  assert_steps(directory, "loss", events - (int64_t)counts.written, events - 1);
}

static void a_full_queue_before_a_full_disk_does_not_block(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  for (int64_t events = 400; events < 528; ++events) {
    char run[1024];
    snprintf(run, sizeof run, "%s/%d", directory, (int)events);
    fill_queue_before_full_disk(run, events, events % 2 ? 0 : 100000);
  }
}

static void after_an_io_error_another_file_is_begun(void **state) {
  (void)state;
  for (int failures = 0; failures <= 3; ++failures) {
    const char *directory = temporary_directory();
    disk_t disk = new_disk();
    disk.error = EIO;
    disk.failures = failures;
    sumi_event_writer_t *writer = open_on(&disk, directory, false);
    char path[1024];
    snprintf(path, sizeof path, "cannot write %s: Input/output error; 0 event(s) lost",
             sumi_event_writer_path(writer));
    log_steps(writer, 0, 9);
    assert_ok(sumi_event_writer_flush(writer));
    set_room(&disk, 0);
    log_steps(writer, 10, 19);
    assert_fails(sumi_event_writer_flush(writer), SUMI_UNAVAILABLE, path);
    /* Failing once, the file is left; failing twice, so is the next one before it begins. */
    const bool mended = failures == 1;
    assert_counts(writer, mended ? 20 : 10, 0, mended ? 0 : 10);
    set_room(&disk, -1);
    log_steps(writer, 20, 29);
    assert_fails(sumi_event_writer_flush(writer), SUMI_UNAVAILABLE, path);
    assert_counts(writer, 30, 0, 0);
    assert_fails(sumi_event_writer_close(writer), SUMI_UNAVAILABLE, path);
    assert_steps(directory, "loss", 0, 29);
    assert_int_equal(event_file_count(directory), 2);
    assert_sound(event_file_in(directory, 0));
    assert_sound(event_file_in(directory, 1));
  }
}

/* A file that goes on with a session says its version, and of every tag the metadata. */
static void the_next_file_can_be_read_without_the_first(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  disk_t disk = new_disk();
  disk.error = EIO;
  disk.failures = 1;
  sumi_event_writer_t *writer = open_on(&disk, directory, false);
  log_steps(writer, 0, 9);
  assert_ok(sumi_event_writer_flush(writer));
  set_room(&disk, 0);
  log_steps(writer, 10, 19);
  assert_int_equal(sumi_event_writer_close(writer), SUMI_UNAVAILABLE);
  sumi_event_reader_t *reader = sumi_event_reader_open(event_file_in(directory, 1), NULL);
  sumi_event_t event;
  assert_ok(sumi_event_reader_next(reader, &event));
  assert_string_equal(event.text, "brain.Event:2");
  assert_ok(sumi_event_reader_next(reader, &event));
  assert_int_equal(event.kind, SUMI_EVENT_SUMMARY); /* and no session start */
  assert_int_equal(event.step, 10);
  assert_string_equal(event.values[0].metadata.plugin_name, "scalars");
  sumi_event_reader_free(reader);
}

/* Without truncation the torn record stays, and nothing may be written behind it. */
static void a_torn_record_that_cannot_be_cut_off_ends_the_file(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  disk_t disk = new_disk();
  disk.truncate_error = EPERM;
  sumi_event_writer_t *writer = open_on(&disk, directory, false);
  set_room(&disk, 20);
  log_steps(writer, 0, 0);
  assert_int_equal(sumi_event_writer_flush(writer), SUMI_RESOURCE_EXHAUSTED);
  set_room(&disk, -1);
  log_steps(writer, 1, 9);
  assert_int_equal(sumi_event_writer_close(writer), SUMI_RESOURCE_EXHAUSTED);
  /* Nothing but a head was in the first file. */
  assert_int_equal(event_file_count(directory), 1);
  assert_sound(event_file_in(directory, 0));
  assert_steps(directory, "loss", 0, 9);
}

static void a_failing_sync_is_reported(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  disk_t disk = new_disk();
  sumi_event_writer_t *writer = open_on(&disk, directory, true);
  log_steps(writer, 0, 0);
  assert_ok(sumi_event_writer_flush(writer));
  disk.sync_error = EIO;
  log_steps(writer, 1, 1);
  assert_fails(sumi_event_writer_flush(writer), SUMI_UNAVAILABLE, "cannot sync");
  assert_int_equal(sumi_event_writer_close(writer), SUMI_UNAVAILABLE);
  assert_steps(directory, "loss", 0, 1);
}

static void a_disk_full_from_the_start_refuses_to_open(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  disk_t disk = new_disk();
  disk.room = 10;
  const sumi_file_io_t io = {disk_write, disk_truncate, disk_sync, &disk};
  sumi_status_t status;
  assert_null(
      sumi__events_event_writer_open_io(directory, &status, (sumi_event_writer_options_t){0}, &io));
  assert_fails(status, SUMI_RESOURCE_EXHAUSTED, "No space left on device");
  assert_int_equal(event_file_count(directory), 0);
}

static void a_disk_full_from_the_start_can_be_waited_for(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  disk_t disk = new_disk();
  disk.room = 10;
  sumi_event_writer_t *writer = open_with(&disk, directory,
                                          (sumi_event_writer_options_t){.keep_trying = true});
  assert_fails(sumi_event_writer_status(writer), SUMI_RESOURCE_EXHAUSTED, "No space left");
  log_steps(writer, 0, 4);
  assert_int_equal(sumi_event_writer_flush(writer), SUMI_RESOURCE_EXHAUSTED);
  assert_int_equal(event_file_count(directory), 0);
  assert_counts(writer, 0, 0, 5);
  set_room(&disk, -1);
  log_steps(writer, 5, 9);
  assert_fails(sumi_event_writer_close(writer), SUMI_RESOURCE_EXHAUSTED, "0 event(s) lost");
  assert_steps(directory, "loss", 0, 9);
}

/* As somebody who may not write there: root may everywhere. */
static void become_nobody(const char *directory, bool nobody) {
  if (getuid() == 0 && !nobody) assert_int_equal(seteuid(0), 0);
  assert_int_equal(chmod(directory, nobody ? 0555 : 0777), 0);
  if (getuid() == 0 && nobody) assert_int_equal(seteuid(65534), 0);
}

static void a_directory_that_cannot_be_made_can_be_waited_for(void **state) {
  (void)state;
  const char *root = temporary_directory(), *directory = path_in(root, "a/run");
  disk_t disk = new_disk();
  become_nobody(root, true);
  sumi_status_t status;
  assert_null(sumi_event_writer_open(directory, &status));
  assert_int_equal(status, SUMI_FAILED_PRECONDITION);
  sumi_event_writer_t *writer = open_with(&disk, directory,
                                          (sumi_event_writer_options_t){.keep_trying = true});
  assert_string_equal(sumi_event_writer_path(writer), "");
  log_steps(writer, 0, 4);
  assert_int_equal(sumi_event_writer_flush(writer), SUMI_FAILED_PRECONDITION);
  become_nobody(root, false);
  log_steps(writer, 5, 9);
  assert_fails(sumi_event_writer_close(writer), SUMI_FAILED_PRECONDITION, "0 event(s) lost");
  assert_steps(directory, "loss", 0, 9);
}

static void a_deleted_run_goes_on_in_a_new_file(void **state) {
  (void)state;
  const char *root = temporary_directory(), *directory = path_in(root, "run");
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, NULL, .flush_interval_ms = -1);
  char first[1024];
  snprintf(first, sizeof first, "%s", sumi_event_writer_path(writer));
  log_steps(writer, 0, 2);
  assert_ok(sumi_event_writer_flush(writer));
  assert_int_equal(unlink(first), 0);
  assert_int_equal(rmdir(directory), 0);
  log_steps(writer, 3, 4);
  assert_fails(sumi_event_writer_flush(writer), SUMI_NOT_FOUND, "was deleted while being written");
  assert_counts(writer, 2, 3, 0); /* the first three went with their file */
  assert_string_not_equal(sumi_event_writer_path(writer), first);
  log_steps(writer, 5, 6);
  assert_fails(sumi_event_writer_close(writer), SUMI_NOT_FOUND, "3 event(s) lost");
  assert_steps(directory, "loss", 3, 6);
}

/* Daemons close every descriptor they do not know, and open files of their own under the number. */
static void a_descriptor_of_somebody_else_is_not_written_to(void **state) {
  (void)state;
  const char *directory = temporary_directory(), *own = path_in(temporary_directory(), "own");
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, NULL, .flush_interval_ms = -1);
  log_steps(writer, 0, 1);
  assert_ok(sumi_event_writer_flush(writer));
  struct stat event_file, opened;
  assert_int_equal(stat(sumi_event_writer_path(writer), &event_file), 0);
  int fd = 3;
  while (fstat(fd, &opened) != 0 || opened.st_ino != event_file.st_ino) ++fd;
  assert_int_equal(close(fd), 0);
  assert_int_equal(open(own, O_WRONLY | O_CREAT, 0666), fd);
  log_steps(writer, 2, 3);
  assert_fails(sumi_event_writer_close(writer), SUMI_FAILED_PRECONDITION,
               "closed by somebody else");
  assert_int_equal(write(fd, "mine", 4), 4); /* still open */
  assert_int_equal(close(fd), 0);
  const bytes_t bytes = read_file(own);
  assert_int_equal(bytes.size, 4);
  free(bytes.data);
  assert_steps(directory, "loss", 0, 3);
  assert_int_equal(event_file_count(directory), 2);
}

/* The kernel's own refusal, wherever the test runs: a limit on the size of files. Writing beyond it
 * would send SIGXFSZ, which ends a process that has not asked otherwise. */
static void fill_a_limited_file(const char *directory) {
  const struct rlimit limit = {20000, 20000};
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, NULL, .flush_interval_ms = -1);
  if (!writer || setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(2);
  for (int64_t step = 0; step < 1000; ++step)
    if (sumi_event_writer_scalar(writer, "loss", step, 1) != SUMI_OK) _exit(3);
  if (sumi_event_writer_close(writer) != SUMI_RESOURCE_EXHAUSTED) _exit(4);
  _exit(strstr(sumi_error_message(), "File too large; 0 event(s) lost") ? 0 : 5);
}

static void a_limit_on_file_sizes_is_an_error_and_no_signal(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  const pid_t child = fork();
  if (child == 0) fill_a_limited_file(directory);
  int ended;
  assert_int_equal(waitpid(child, &ended, 0), child);
  assert_true(WIFEXITED(ended));
  assert_int_equal(WEXITSTATUS(ended), 0);
  assert_sound(event_file_in(directory, 0));
  assert_steps(directory, "loss", 0, 999);
  assert_in_range(event_file_count(directory), 3, 4); /* 1000 records of 47 bytes, 20000 a file */
}

/* A file system of 256 KiB in a mount namespace of this process, so that it goes with it. */
static bool mount_small(const char *directory) {
  if (unshare(CLONE_NEWNS) != 0) return false;
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return false;
  return mount("sumi", directory, "tmpfs", 0, "size=256k") == 0;
}

/* Where the machine does not let us mount, the disk of the tests above stands for the file system;
 * the same is required either way. */
static void fill_a_small_file_system(const char *directory, bool *mounted) {
  disk_t disk = new_disk();
  *mounted = mount_small(directory);
  sumi_event_writer_t *writer = open_on(&disk, directory, false);
  if (!*mounted) set_room(&disk, 250000);
  int64_t step = 0;
  sumi_status_t status = SUMI_OK;
  for (; status == SUMI_OK && step < 100000; ++step) {
    assert_ok(sumi_event_writer_scalar(writer, "loss", step, 1));
    if (step % 100 == 0) status = sumi_event_writer_flush(writer);
  }
  assert_int_equal(status, SUMI_RESOURCE_EXHAUSTED);
  assert_non_null(strstr(sumi_error_message(), "No space left on device"));
  const uint64_t written = sumi_event_writer_counts(writer).written;
  assert_in_range(written, 4000, 6000);
  assert_sound(event_file_in(directory, 0));
  assert_steps(directory, "loss", 0, (int64_t)written - 1);
  assert_int_equal(sumi_event_writer_close(writer), SUMI_RESOURCE_EXHAUSTED);
}

static void a_small_file_system_fills_up_without_losing_what_was_flushed(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  bool mounted = false;
  fill_a_small_file_system(directory, &mounted);
  if (mounted) assert_int_equal(umount(directory), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(short_and_interrupted_writes_lose_nothing),
      cmocka_unit_test(what_does_not_fit_on_a_full_disk_waits_for_room),
      cmocka_unit_test(a_disk_that_stays_full_loses_the_rest_at_close),
      cmocka_unit_test(a_full_queue_before_a_full_disk_does_not_block),
      cmocka_unit_test(after_an_io_error_another_file_is_begun),
      cmocka_unit_test(the_next_file_can_be_read_without_the_first),
      cmocka_unit_test(a_torn_record_that_cannot_be_cut_off_ends_the_file),
      cmocka_unit_test(a_failing_sync_is_reported),
      cmocka_unit_test(a_disk_full_from_the_start_refuses_to_open),
      cmocka_unit_test(a_disk_full_from_the_start_can_be_waited_for),
      cmocka_unit_test(a_directory_that_cannot_be_made_can_be_waited_for),
      cmocka_unit_test(a_deleted_run_goes_on_in_a_new_file),
      cmocka_unit_test(a_descriptor_of_somebody_else_is_not_written_to),
      cmocka_unit_test(a_limit_on_file_sizes_is_an_error_and_no_signal),
      cmocka_unit_test(a_small_file_system_fills_up_without_losing_what_was_flushed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
