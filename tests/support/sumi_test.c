#include "sumi_test.h"

#include <ftw.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

static _Atomic int64_t requests, live, fail_at;

static bool refuse(void) {
  const int64_t number = atomic_fetch_add(&requests, 1) + 1;
  return number == atomic_load(&fail_at);
}

static void *counted_allocate(void *user, size_t size_bytes) {
  (void)user;
  void *memory = refuse() ? NULL : malloc(size_bytes);
  if (memory) atomic_fetch_add(&live, 1);
  return memory;
}

static void *counted_reallocate(void *user, void *old, size_t size_bytes) {
  (void)user;
  void *memory = refuse() ? NULL : realloc(old, size_bytes);
  if (memory && !old) atomic_fetch_add(&live, 1);
  return memory;
}

static void counted_release(void *user, void *memory) {
  (void)user;
  if (memory) atomic_fetch_sub(&live, 1);
  free(memory);
}

void counting_allocator_install(void) {
  static const sumi_allocator_t counting = {counted_allocate, counted_reallocate, counted_release,
                                            NULL};
  requests = live = fail_at = 0;
  sumi_set_allocator(&counting);
}

void counting_allocator_remove(void) {
  sumi_set_allocator(NULL);
}

void counting_allocator_fail_at(int64_t nth) {
  fail_at = nth ? requests + nth : 0;
}

int64_t counting_allocator_requests(void) {
  return requests;
}

int64_t counting_allocator_live(void) {
  return live;
}

enum { MAX_DIRECTORIES = 64 };
static char *directories[MAX_DIRECTORIES];
static pid_t directories_owner;
static int directory_count;

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk) {
  (void)info, (void)kind, (void)walk;
  return remove(path);
}

/* A forked child that ends by exit leaves its parent's folders alone. */
static void remove_directories(void) {
  if (getpid() != directories_owner) return;
  for (int i = 0; i < directory_count; ++i) {
    nftw(directories[i], remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(directories[i]);
  }
}

const char *temporary_directory(void) {
  if (directory_count == 0) {
    directories_owner = getpid();
    atexit(remove_directories);
  }
  assert_true(directory_count < MAX_DIRECTORIES);
  char *path = strdup("sumi-test-XXXXXX");
  assert_non_null(mkdtemp(path));
  char *absolute = realpath(path, NULL);
  free(path);
  assert_non_null(absolute);
  directories[directory_count++] = absolute;
  return absolute;
}
