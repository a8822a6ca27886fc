#include <sumi/alloc.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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

/* Asks for large pages under a block that is large itself: walking through it then misses the
 * processor's table of pages hundreds of times less often, and first touching it costs as much
 * less. Advice: nothing depends on it. */
static void want_large_pages(void *memory, size_t size_bytes) {
#ifdef MADV_HUGEPAGE
  enum { LARGE_BYTES = 1 << 22 }; /* two of x86-64's large pages */
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  if (size_bytes < LARGE_BYTES) return;
  const uintptr_t begin = ((uintptr_t)memory + page - 1) / page * page;
  const int saved_errno = errno;
  (void)madvise((void *)begin, (uintptr_t)memory + size_bytes - begin, MADV_HUGEPAGE);
  errno = saved_errno;
#else
  (void)memory, (void)size_bytes;
#endif
}

/* The block's own address stands in the word before the aligned memory. */
void *sumi_malloc_aligned(size_t size_bytes) {
  size_t total;
  if (__builtin_add_overflow(size_bytes, sizeof(void *) + SUMI_ALIGNMENT, &total)) return NULL;
  char *block = sumi_malloc(total);
  if (!block) return NULL;
  want_large_pages(block, total);
  uintptr_t address = (uintptr_t)(block + sizeof(void *) + SUMI_ALIGNMENT - 1);
  void **aligned = (void **)(address & ~(uintptr_t)(SUMI_ALIGNMENT - 1));
  aligned[-1] = block;
  return aligned;
}

void sumi_free_aligned(void *memory) {
  if (memory) sumi_free(((void **)memory)[-1]);
}
