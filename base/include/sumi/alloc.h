/* The one way Sumi gets memory. */
#ifndef SUMI_ALLOC_H
#define SUMI_ALLOC_H

#include <sumi/config.h>

SUMI_BEGIN_DECLS

/** Replacement for malloc, realloc and free. `allocate` and `reallocate` return NULL when there is
 * no memory and memory aligned as malloc's; `release` accepts NULL. All three may be called from
 * any thread. */
typedef struct sumi_allocator {
  void *(*allocate)(void *user, size_t size_bytes);
  void *(*reallocate)(void *user, void *memory, size_t size_bytes);
  void (*release)(void *user, void *memory);
  void *user;
} sumi_allocator_t;

/** Installs an allocator (copied); NULL restores the C library's. Call it while nothing of Sumi's
 * is alive and no other thread is in Sumi. */
SUMI_API void sumi_set_allocator(const sumi_allocator_t *allocator);

/** Uninitialised memory, NULL when there is none. A size of 0 gives a pointer that may be freed. */
SUMI_API void *sumi_malloc(size_t size_bytes) SUMI_MUST_USE;

/** count * size_bytes zeroed bytes; NULL when the product overflows or there is no memory. */
SUMI_API void *sumi_calloc(size_t count, size_t size_bytes) SUMI_MUST_USE;

/** Resizes to count * size_bytes; on NULL (overflow, no memory) the old block is untouched. */
SUMI_API void *sumi_realloc_array(void *memory, size_t count, size_t size_bytes) SUMI_MUST_USE;

/** Releases what the functions above gave. NULL is allowed; errno is preserved. */
SUMI_API void sumi_free(void *memory);

/** A copy of a text (the first `length` bytes of one), NULL when there is no memory or text is
 * NULL. */
SUMI_API char *sumi_strdup(const char *text) SUMI_MUST_USE;
SUMI_API char *sumi_strndup(const char *text, size_t length) SUMI_MUST_USE;

/** Memory aligned for vector instructions and cache lines (SUMI_ALIGNMENT bytes); release it with
 * sumi_free_aligned only. */
SUMI_API void *sumi_malloc_aligned(size_t size_bytes) SUMI_MUST_USE;
SUMI_API void sumi_free_aligned(void *memory);

#define SUMI_ALIGNMENT 64

SUMI_END_DECLS
#endif
