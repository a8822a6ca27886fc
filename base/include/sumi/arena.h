/* Memory that is released all at once: many small allocations with one lifetime. */
#ifndef SUMI_ARENA_H
#define SUMI_ARENA_H

#include <sumi/config.h>

SUMI_BEGIN_DECLS

typedef struct sumi_arena sumi_arena_t;

/** A new, empty arena; NULL when there is no memory. Confined to one thread at a time. */
SUMI_API sumi_arena_t *sumi_arena_new(void) SUMI_MUST_USE;

/** Releases everything ever allocated from the arena. NULL is allowed. */
SUMI_API void sumi_arena_free(sumi_arena_t *arena);

/** Zeroed memory for count * size_bytes bytes, aligned for any type; NULL on overflow or when there
 * is none. */
SUMI_API void *sumi_arena_calloc(sumi_arena_t *arena, size_t count,
                                 size_t size_bytes) SUMI_MUST_USE;

/** Copies that live as long as the arena. A NULL source gives NULL. */
SUMI_API void *sumi_arena_memdup(sumi_arena_t *arena, const void *bytes,
                                 size_t size_bytes) SUMI_MUST_USE;
SUMI_API char *sumi_arena_strdup(sumi_arena_t *arena, const char *text) SUMI_MUST_USE;
SUMI_API char *sumi_arena_printf(sumi_arena_t *arena, const char *format, ...) SUMI_PRINTF(2, 3);

/** Bytes handed out so far. */
SUMI_API size_t sumi_arena_used_bytes(const sumi_arena_t *arena);

SUMI_END_DECLS
#endif
