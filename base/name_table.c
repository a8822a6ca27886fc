/* Open addressing, at most half full. A finder may still look at slots that were outgrown, so those
 * live as long as the table. */
#include <sumi/alloc.h>
#include <sumi/name_table.h>

#include <string.h>

typedef struct sumi_name_slots {
  struct sumi_name_slots *outgrown;
  size_t mask; /* a power of two, less one */
  sumi_name_t *at[];
} slots_t;

enum { FIRST_CAPACITY = 32 };

/* Eight bytes a step through a multiplication whose high half is folded back; names are short and
 * not hostile. */
static uint64_t mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
  return hash ^ hash >> 32;
}

static uint64_t hash_of(const char *bytes, size_t size_bytes) {
  uint64_t hash = size_bytes, word;
  for (; size_bytes >= sizeof word; bytes += sizeof word, size_bytes -= sizeof word) {
    memcpy(&word, bytes, sizeof word);
    hash = mix(hash, word);
  }
  word = 0;
  for (size_t i = 0; i < size_bytes; ++i) word = word << 8 | (unsigned char)bytes[i];
  return mix(hash, word);
}

static slots_t *slots_new(size_t capacity) {
  slots_t *slots = sumi_calloc(1, sizeof *slots + capacity * sizeof *slots->at);
  if (slots) slots->mask = capacity - 1;
  return slots;
}

void sumi_name_table_release(sumi_name_table_t *table) {
  for (slots_t *slots = table->slots, *next; slots; slots = next) {
    next = slots->outgrown;
    sumi_free(slots);
  }
  sumi_arena_free(table->arena);
  *table = (sumi_name_table_t){0};
}

sumi_arena_t *sumi_name_table_arena(sumi_name_table_t *table) {
  if (!table->arena) table->arena = sumi_arena_new();
  return table->arena;
}

/* A pointer that another thread publishes, with what it points to. */
#define LOOK(pointer)           __atomic_load_n(&(pointer), __ATOMIC_ACQUIRE)
#define PUBLISH(pointer, value) __atomic_store_n(&(pointer), value, __ATOMIC_RELEASE)

/* The slot that holds the name, or the free one where it would go. */
static sumi_name_t **slot_of(slots_t *slots, const char *text, size_t size_bytes, uint64_t hash) {
  for (size_t i = hash;; ++i) {
    sumi_name_t **slot = &slots->at[i & slots->mask];
    const sumi_name_t *there = LOOK(*slot);
    if (!there) return slot;
    if (there->hash == hash && there->size_bytes == size_bytes &&
        memcmp(there->text, text, size_bytes) == 0)
      return slot;
  }
}

void *sumi_name_table_find(const sumi_name_table_t *table, const char *name) {
  slots_t *slots = LOOK(table->slots);
  if (!name || !slots) return NULL;
  const size_t size = strlen(name);
  return LOOK(*slot_of(slots, name, size, hash_of(name, size)));
}

void *sumi_name_table_make(sumi_name_table_t *table, const char *name, size_t thing_size_bytes) {
  sumi_arena_t *arena = sumi_name_table_arena(table);
  if (!arena) return NULL;
  const size_t size = strlen(name);
  sumi_name_t *thing = sumi_arena_calloc(arena, 1, thing_size_bytes);
  const char *text = sumi_arena_memdup(arena, name, size + 1);
  if (!thing || !text) return NULL;
  *thing = (sumi_name_t){text, size, hash_of(name, size)};
  return thing;
}

static void put(slots_t *slots, sumi_name_t *thing) {
  PUBLISH(*slot_of(slots, thing->text, thing->size_bytes, thing->hash), thing);
}

static bool grow(sumi_name_table_t *table) {
  slots_t *old = table->slots;
  slots_t *larger = slots_new(old ? 2 * (old->mask + 1) : (size_t)FIRST_CAPACITY);
  if (!larger) return false;
  for (size_t i = 0; old && i <= old->mask; ++i)
    if (old->at[i]) put(larger, old->at[i]);
  larger->outgrown = old;
  PUBLISH(table->slots, larger);
  return true;
}

bool sumi_name_table_add(sumi_name_table_t *table, void *thing) {
  const bool full = !table->slots || table->count >= (table->slots->mask + 1) / 2;
  if (full && !grow(table)) return false;
  put(table->slots, thing);
  ++table->count;
  return true;
}

void *sumi_name_table_next(const sumi_name_table_t *table, size_t *cursor) {
  const slots_t *slots = table->slots;
  while (slots && *cursor <= slots->mask) {
    void *thing = slots->at[(*cursor)++];
    if (thing) return thing;
  }
  return NULL;
}
