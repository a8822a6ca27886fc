#include <sumi/alloc.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void *libc_allocate(void *user, size_t size_bytes) {
  (void)user;
  return malloc(size_bytes);
}

static void *libc_reallocate(void *user, void *memory, size_t size_bytes) {
  (void)user;
  return realloc(memory, size_bytes);
}

static void libc_release(void *user, void *memory) {
  (void)user;
  free(memory);
}

static const sumi_allocator_t libc_allocator = {libc_allocate, libc_reallocate, libc_release, NULL};
static sumi_allocator_t current = {libc_allocate, libc_reallocate, libc_release, NULL};

void sumi_set_allocator(const sumi_allocator_t *allocator) {
  current = allocator ? *allocator : libc_allocator;
}

/* malloc(0) may give NULL, which would read as "no memory". */
static size_t at_least_one(size_t size_bytes) {
  return size_bytes ? size_bytes : 1;
}

void *sumi_malloc(size_t size_bytes) {
  return current.allocate(current.user, at_least_one(size_bytes));
}

void *sumi_calloc(size_t count, size_t size_bytes) {
  size_t total;
  if (__builtin_mul_overflow(count, size_bytes, &total)) return NULL;
  void *memory = sumi_malloc(total);
  if (memory) memset(memory, 0, total);
  return memory;
}

void *sumi_realloc_array(void *memory, size_t count, size_t size_bytes) {
  size_t total;
  if (__builtin_mul_overflow(count, size_bytes, &total)) return NULL;
  return current.reallocate(current.user, memory, at_least_one(total));
}

void sumi_free(void *memory) {
  const int saved_errno = errno;
  current.release(current.user, memory);
  errno = saved_errno;
}

char *sumi_strndup(const char *text, size_t length) {
  if (!text) return NULL;
  char *copy = sumi_malloc(length + 1);
  if (!copy) return NULL;
  memcpy(copy, text, length);
  copy[length] = '\0';
  return copy;
}

char *sumi_strdup(const char *text) {
  return text ? sumi_strndup(text, strlen(text)) : NULL;
}

/* The block's own address stands in the word before the aligned memory. */
void *sumi_malloc_aligned(size_t size_bytes) {
  size_t total;
  if (__builtin_add_overflow(size_bytes, sizeof(void *) + SUMI_ALIGNMENT, &total)) return NULL;
  char *block = sumi_malloc(total);
  if (!block) return NULL;
  uintptr_t address = (uintptr_t)(block + sizeof(void *) + SUMI_ALIGNMENT - 1);
  void **aligned = (void **)(address & ~(uintptr_t)(SUMI_ALIGNMENT - 1));
  aligned[-1] = block;
  return aligned;
}

void sumi_free_aligned(void *memory) {
  if (memory) sumi_free(((void **)memory)[-1]);
}
