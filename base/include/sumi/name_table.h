/* Named things: a writer's tags, the metadata a reader has met. */
#ifndef SUMI_NAME_TABLE_H
#define SUMI_NAME_TABLE_H

#include <sumi/arena.h>
#include <sumi/config.h>

SUMI_BEGIN_DECLS

/** First member of every thing in a table. */
typedef struct sumi_name {
  const char *text; /* NUL-terminated copy */
  size_t size_bytes;
  uint64_t hash;
} sumi_name_t;

/** Things are found by any thread at any time, without a lock; they are made and added by one
 * thread at a time, never move, and live until release. Zero-initialise to start empty. */
typedef struct sumi_name_table {
  sumi_arena_t *arena SUMI_UNSET;
  struct sumi_name_slots *slots SUMI_UNSET;
  size_t count SUMI_UNSET;
} sumi_name_table_t;

/** Releases the things and leaves an empty table; nobody may look any more. */
SUMI_API void sumi_name_table_release(sumi_name_table_t *table);

/** The arena the things live in, for what they point to; NULL when there is no memory. */
SUMI_API sumi_arena_t *sumi_name_table_arena(sumi_name_table_t *table);

/** The thing of that name; NULL when there is none, or `name` is NULL. */
SUMI_API void *sumi_name_table_find(const sumi_name_table_t *table, const char *name);

/** A zeroed thing of `thing_size_bytes` bytes with a copy of `name`, which nobody finds before it
 * is added; NULL when there is no memory. */
SUMI_API void *sumi_name_table_make(sumi_name_table_t *table, const char *name,
                                    size_t thing_size_bytes) SUMI_MUST_USE;

/** Adds a made thing whose name is not yet there; false, and nothing changed, when there is no
 * memory. */
SUMI_API bool sumi_name_table_add(sumi_name_table_t *table, void *thing) SUMI_MUST_USE;

/** The things in no particular order, from NULL to NULL, while none is added. */
SUMI_API void *sumi_name_table_next(const sumi_name_table_t *table, size_t *cursor);

SUMI_END_DECLS
#endif
