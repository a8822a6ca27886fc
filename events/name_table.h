/* A table of named things: a writer's tags, the metadata a reader has met. */
#ifndef SUMI__NAME_TABLE_H
#define SUMI__NAME_TABLE_H

#include <sumi/arena.h>

/* First member of every thing in a table. */
typedef struct sumi__name {
  const char *text; /* NUL-terminated copy */
  size_t size_bytes;
  uint64_t hash;
} sumi__name_t;

/* Zero-initialise to start empty. Things live until release and never move. */
typedef struct sumi__name_table {
  sumi_arena_t *arena;
  sumi__name_t **slots; /* open addressing, a power of two */
  size_t capacity, count;
} sumi__name_table_t;

void sumi__name_table_release(sumi__name_table_t *table);

/* The arena the things live in, for what they point to; NULL when there is no memory. */
sumi_arena_t *sumi__name_table_arena(sumi__name_table_t *table);

/* NULL when there is none of that name. */
void *sumi__name_table_find(const sumi__name_table_t *table, const char *name);

/* A new zeroed thing of `thing_size_bytes` bytes under a name not yet there; NULL when there is no
 * memory. */
void *sumi__name_table_add(sumi__name_table_t *table, const char *name, size_t thing_size_bytes);

#endif
