#include <sumi/arena.h>
#include <sumi/alloc.h>

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK_SIZE_BYTES = 16 * 1024 };

typedef struct block {
  struct block *next;
  size_t size, used;
  alignas(max_align_t) unsigned char bytes[];
} block_t;

struct sumi_arena {
  block_t *blocks; /* the first has room; the others are full or were made for one large request */
  size_t used_bytes;
};

sumi_arena_t *sumi_arena_new(void) {
  return sumi_calloc(1, sizeof(sumi_arena_t));
}

void sumi_arena_free(sumi_arena_t *arena) {
  if (!arena) return;
  for (block_t *block = arena->blocks, *next; block; block = next) {
    next = block->next;
    sumi_free(block);
  }
  sumi_free(arena);
}

static block_t *add_block(sumi_arena_t *arena, size_t size) {
  size_t total;
  if (__builtin_add_overflow(sizeof(block_t), size, &total)) return NULL;
  block_t *block = sumi_malloc(total);
  if (!block) return NULL;
  block->size = size;
  block->used = 0;
  const bool keeps_room = arena->blocks && size > BLOCK_SIZE_BYTES;
  block_t **place = keeps_room ? &arena->blocks->next : &arena->blocks;
  block->next = *place;
  *place = block;
  return block;
}

static void *allocate(sumi_arena_t *arena, size_t total) {
  const size_t align = alignof(max_align_t);
  if (total > SIZE_MAX - align) return NULL;
  total = (total + align - 1) & ~(align - 1);
  block_t *block = arena->blocks;
  if (!block || block->size - block->used < total)
    block = add_block(arena, total > BLOCK_SIZE_BYTES ? total : (size_t)BLOCK_SIZE_BYTES);
  if (!block) return NULL;
  void *memory = block->bytes + block->used;
  block->used += total;
  arena->used_bytes += total;
  return memory;
}

void *sumi_arena_calloc(sumi_arena_t *arena, size_t count, size_t size_bytes) {
  size_t total;
  if (__builtin_mul_overflow(count, size_bytes, &total)) return NULL;
  void *memory = allocate(arena, total);
  return memory ? memset(memory, 0, total) : NULL;
}

void *sumi_arena_memdup(sumi_arena_t *arena, const void *bytes, size_t size_bytes) {
  if (!bytes) return NULL;
  void *copy = allocate(arena, size_bytes);
  return copy ? memcpy(copy, bytes, size_bytes) : NULL;
}

char *sumi_arena_strdup(sumi_arena_t *arena, const char *text) {
  return text ? sumi_arena_memdup(arena, text, strlen(text) + 1) : NULL;
}

char *sumi_arena_printf(sumi_arena_t *arena, const char *format, ...) {
  va_list args;
  va_start(args, format);
  const int length = vsnprintf(NULL, 0, format, args);
  va_end(args);
  if (length < 0) return NULL;
  char *text = sumi_arena_calloc(arena, 1, (size_t)length + 1);
  if (!text) return NULL;
  va_start(args, format);
  vsnprintf(text, (size_t)length + 1, format, args);
  va_end(args);
  return text;
}

size_t sumi_arena_used_bytes(const sumi_arena_t *arena) {
  return arena->used_bytes;
}
