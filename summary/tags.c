#include "tags.h"

#include <sumi/alloc.h>
#include <sumi/utf8.h>

#include <string.h>

/* Open addressing, at most half full. */
struct sumi__tag_table {
  struct sumi__tag_table *next; /* in the list of the outgrown */
  size_t mask, count;
  _Atomic(sumi__tag_t *) slots[];
};

static uint64_t mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
  return hash ^ (hash >> 32);
}

static uint64_t hash_of(const char *name, size_t length) {
  uint64_t hash = length, word;
  for (; length >= sizeof word; length -= sizeof word, name += sizeof word) {
    memcpy(&word, name, sizeof word);
    hash = mix(hash, word);
  }
  word = 0;
  for (size_t i = 0; i < length; ++i) word = word << 8 | (unsigned char)name[i];
  return mix(hash, word);
}

static sumi__tag_table_t *table_new(size_t slots) {
  sumi__tag_table_t *table = sumi_calloc(1, sizeof *table + slots * sizeof *table->slots);
  if (table) table->mask = slots - 1;
  return table;
}

void sumi__tags_init(sumi__tags_t *tags) {
  atomic_init(&tags->table, NULL);
  tags->outgrown = NULL;
  pthread_mutex_init(&tags->lock, NULL);
}

static void tag_free(sumi__tag_t *tag) {
  pthread_mutex_destroy(&tag->lock);
  sumi_free(tag->title);
  sumi_free(tag->description);
  sumi_free(tag);
}

void sumi__tags_release(sumi__tags_t *tags) {
  sumi__tag_table_t *table = atomic_load(&tags->table);
  for (size_t i = 0; table && i <= table->mask; ++i) {
    sumi__tag_t *tag = atomic_load(&table->slots[i]);
    if (tag) tag_free(tag);
  }
  sumi_free(table);
  for (sumi__tag_table_t *old = tags->outgrown, *next; old; old = next) {
    next = old->next;
    sumi_free(old);
  }
  pthread_mutex_destroy(&tags->lock);
}

static sumi__tag_t *find(sumi__tag_table_t *table, const char *name, uint64_t hash) {
  if (!table) return NULL;
  for (size_t i = hash & table->mask;; i = (i + 1) & table->mask) {
    sumi__tag_t *tag = atomic_load_explicit(&table->slots[i], memory_order_acquire);
    if (!tag || (tag->hash == hash && strcmp(tag->name, name) == 0)) return tag;
  }
}

sumi__tag_t *sumi__tags_find(sumi__tags_t *tags, const char *name) {
  if (!name) return NULL;
  return find(atomic_load_explicit(&tags->table, memory_order_acquire), name,
              hash_of(name, strlen(name)));
}

static void insert(sumi__tag_table_t *table, sumi__tag_t *tag) {
  size_t i = tag->hash & table->mask;
  while (atomic_load_explicit(&table->slots[i], memory_order_relaxed)) i = (i + 1) & table->mask;
  atomic_store_explicit(&table->slots[i], tag, memory_order_release);
  ++table->count;
}

/* A table with room for one more; NULL when there is no memory. Under the lock. */
static sumi__tag_table_t *with_room(sumi__tags_t *tags) {
  sumi__tag_table_t *old = atomic_load(&tags->table);
  if (old && old->count < (old->mask + 1) / 2) return old;
  sumi__tag_table_t *grown = table_new(old ? 2 * (old->mask + 1) : 64);
  if (!grown) return NULL;
  for (size_t i = 0; old && i <= old->mask; ++i) {
    sumi__tag_t *tag = atomic_load(&old->slots[i]);
    if (tag) insert(grown, tag);
  }
  if (old) {
    old->next = tags->outgrown;
    tags->outgrown = old;
  }
  atomic_store_explicit(&tags->table, grown, memory_order_release);
  return grown;
}

static sumi__tag_t *tag_new(const char *name, size_t length, uint64_t hash, int64_t first_step) {
  sumi__tag_t *tag = sumi_calloc(1, sizeof *tag + length + 1);
  if (!tag) return NULL;
  tag->hash = hash;
  sumi__gate_init(&tag->gate, first_step);
  pthread_mutex_init(&tag->lock, NULL);
  memcpy(tag->name, name, length + 1);
  return tag;
}

static sumi_status_t check_name(const char *name) {
  SUMI_TRY(sumi_utf8_check("tag", name));
  const size_t length = strlen(name);
  if (length == 0) return sumi_fail(SUMI_INVALID_ARGUMENT, "tag is empty");
  if (length > SUMI__MAX_TAG_BYTES)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "the tag is %zu bytes long; %d are allowed", length,
                     (int)SUMI__MAX_TAG_BYTES);
  return SUMI_OK;
}

static sumi_status_t add(sumi__tags_t *tags, const char *name, int64_t first_step,
                         sumi__tag_t **tag) {
  const size_t length = strlen(name);
  const uint64_t hash = hash_of(name, length);
  *tag = find(atomic_load(&tags->table), name, hash);
  if (*tag) return SUMI_OK;
  sumi__tag_table_t *table = with_room(tags);
  *tag = table ? tag_new(name, length, hash, first_step) : NULL;
  if (!*tag) return sumi_fail_alloc("a tag", sizeof **tag + length);
  insert(table, *tag);
  return SUMI_OK;
}

sumi_status_t sumi__tags_get(sumi__tags_t *tags, const char *name, int64_t first_step,
                             sumi__tag_t **tag) {
  *tag = sumi__tags_find(tags, name);
  if (*tag) return SUMI_OK;
  SUMI_TRY(check_name(name));
  pthread_mutex_lock(&tags->lock);
  const sumi_status_t status = add(tags, name, first_step, tag);
  pthread_mutex_unlock(&tags->lock);
  return status;
}

sumi__tag_t *sumi__tags_next(sumi__tags_t *tags, size_t *cursor) {
  sumi__tag_table_t *table = atomic_load(&tags->table);
  while (table && *cursor <= table->mask) {
    sumi__tag_t *tag = atomic_load(&table->slots[(*cursor)++]);
    if (tag) return tag;
  }
  return NULL;
}
