#include "name_table.h"

#include <string.h>

#include <sumi/alloc.h>

#include "little_endian.h"

/* Eight bytes a step through a multiplication whose high half is folded back; tags are short and
 * not hostile. */
static uint64_t mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
  return hash ^ hash >> 32;
}

static uint64_t hash_bytes(const char *bytes, size_t size_bytes) {
  const uint8_t *at = (const uint8_t *)bytes;
  uint64_t hash = size_bytes;
  for (; size_bytes >= 8; at += 8, size_bytes -= 8) hash = mix(hash, sumi__get_le64(at));
  uint64_t rest = 0;
  for (size_t i = 0; i < size_bytes; ++i) rest |= (uint64_t)at[i] << 8 * i;
  return mix(hash, rest);
}

void sumi__name_table_release(sumi__name_table_t *table) {
  sumi_free(table->slots);
  sumi_arena_free(table->arena);
  *table = (sumi__name_table_t){0};
}

sumi_arena_t *sumi__name_table_arena(sumi__name_table_t *table) {
  if (!table->arena) table->arena = sumi_arena_new();
  return table->arena;
}

/* The slot that holds the name, or the free one where it would go. */
static sumi__name_t **slot_of(const sumi__name_table_t *table, const char *name, size_t size_bytes,
                              uint64_t hash) {
  for (size_t i = hash;; ++i) {
    sumi__name_t **slot = &table->slots[i & (table->capacity - 1)], *there = *slot;
    if (!there) return slot;
    if (there->hash == hash && there->size_bytes == size_bytes &&
        memcmp(there->text, name, size_bytes) == 0)
      return slot;
  }
}

void *sumi__name_table_find(const sumi__name_table_t *table, const char *name) {
  if (table->count == 0) return NULL;
  const size_t size = strlen(name);
  return *slot_of(table, name, size, hash_bytes(name, size));
}

static bool grow(sumi__name_table_t *table) {
  sumi__name_table_t larger = *table;
  larger.capacity = table->capacity ? table->capacity * 2 : 32;
  larger.slots = sumi_calloc(larger.capacity, sizeof *larger.slots);
  if (!larger.slots) return false;
  for (size_t i = 0; i < table->capacity; ++i) {
    sumi__name_t *there = table->slots[i];
    if (there) *slot_of(&larger, there->text, there->size_bytes, there->hash) = there;
  }
  sumi_free(table->slots);
  *table = larger;
  return true;
}

void *sumi__name_table_add(sumi__name_table_t *table, const char *name, size_t thing_size_bytes) {
  if (!sumi__name_table_arena(table)) return NULL;
  if (table->count >= table->capacity / 2 && !grow(table)) return NULL;
  const size_t size = strlen(name);
  sumi__name_t *thing = sumi_arena_calloc(table->arena, 1, thing_size_bytes);
  const char *text = sumi_arena_strdup(table->arena, name);
  if (!thing || !text) return NULL;
  *thing = (sumi__name_t){text, size, hash_bytes(name, size)};
  *slot_of(table, text, size, thing->hash) = thing;
  ++table->count;
  return thing;
}
