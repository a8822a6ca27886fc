#include "graph/names.h"

#include <sumi/alloc.h>

#include <ctype.h>
#include <string.h>
#include <strings.h>

struct sumi__tensor_name {
  const char *text;
  int uses;  /* how often a name was asked for: where to start counting */
  int index; /* of the node, -1 for scopes and reserved names */
  /* A node that was given exactly this name: as in TensorFlow, others may differ from it in case. */
  bool is_exact;
  sumi__tensor_name_t *next;
};

void sumi__tensor_names_release(sumi__tensor_names_t *names) {
  sumi_free(names->buckets);
  sumi_free((void *)names->scopes);
}

/* Whatever the locale calls a letter. */
static bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
}

const char *sumi__tensor_names_scope(const sumi__tensor_names_t *names) {
  return names->scope_count ? names->scopes[names->scope_count - 1] : "";
}

bool sumi__tensor_name_is_valid(const sumi__tensor_names_t *names, const char *name) {
  const bool at_root = !sumi__tensor_names_scope(names)[0];
  if (!name[0] || (at_root && !is_plain(name[0]))) return false;
  for (const char *c = name; *c; ++c)
    if (!is_plain(*c) && !strchr("_-/>\\", *c)) return false;
  return true;
}

/* FNV-1a over the lower-case text. */
static unsigned hash_of(const char *text) {
  unsigned hash = 2166136261u;
  for (; *text; ++text) hash = (hash ^ (unsigned)tolower((unsigned char)*text)) * 16777619u;
  return hash;
}

/* The name that keeps others from being `text`. */
static sumi__tensor_name_t *find_taken(const sumi__tensor_names_t *names, const char *text) {
  if (names->bucket_count == 0) return NULL;
  sumi__tensor_name_t *name = names->buckets[hash_of(text) % (unsigned)names->bucket_count];
  while (name && (name->is_exact ? strcmp : strcasecmp)(name->text, text) != 0) name = name->next;
  return name;
}

static sumi__tensor_name_t *find(const sumi__tensor_names_t *names, const char *text) {
  if (names->bucket_count == 0) return NULL;
  sumi__tensor_name_t *name = names->buckets[hash_of(text) % (unsigned)names->bucket_count];
  while (name && strcmp(name->text, text) != 0) name = name->next;
  return name;
}

static bool grow(sumi__tensor_names_t *names) {
  const int count = names->bucket_count ? names->bucket_count * 4 : 64;
  sumi__tensor_name_t **buckets = sumi_calloc((size_t)count, sizeof *buckets);
  if (!buckets) return false;
  for (int i = 0; i < names->bucket_count; ++i) {
    for (sumi__tensor_name_t *name = names->buckets[i], *next; name; name = next) {
      next = name->next;
      sumi__tensor_name_t **bucket = &buckets[hash_of(name->text) % (unsigned)count];
      name->next = *bucket;
      *bucket = name;
    }
  }
  sumi_free(names->buckets);
  names->buckets = buckets;
  names->bucket_count = count;
  return true;
}

static sumi__tensor_name_t *add(sumi__tensor_names_t *names, sumi_arena_t *arena,
                                const char *text) {
  if (names->count >= names->bucket_count && !grow(names)) return NULL;
  sumi__tensor_name_t *name = sumi_arena_calloc(arena, 1, sizeof *name);
  if (!name) return NULL;
  sumi__tensor_name_t **bucket = &names->buckets[hash_of(text) % (unsigned)names->bucket_count];
  *name = (sumi__tensor_name_t){.text = text, .uses = 1, .index = -1, .next = *bucket};
  *bucket = name;
  ++names->count;
  return name;
}

/* "a/b/" is a/b, unless a node has that name. */
static const char *exact(sumi__tensor_names_t *names, sumi_arena_t *arena, const char *text) {
  const sumi__tensor_name_t *known = find(names, text);
  if (known) return known->index < 0 ? known->text : NULL;
  sumi__tensor_name_t *added = add(names, arena, text);
  if (added) added->is_exact = true;
  return added ? text : NULL;
}

const char *sumi__tensor_names_unique(sumi__tensor_names_t *names, sumi_arena_t *arena,
                                      const char *name) {
  const size_t length = strlen(name);
  const bool is_exact = length > 0 && name[length - 1] == '/';
  const char *text = is_exact
                         ? sumi_arena_printf(arena, "%.*s", (int)length - 1, name)
                         : sumi_arena_printf(arena, "%s%s", sumi__tensor_names_scope(names), name);
  if (!text) return NULL;
  const char *itself = is_exact ? exact(names, arena, text) : NULL;
  if (itself) return itself;
  sumi__tensor_name_t *taken = find_taken(names, text);
  if (taken) {
    const char *base = text;
    do {
      text = sumi_arena_printf(arena, "%s_%d", base, taken->uses++);
      if (!text) return NULL;
    } while (find_taken(names, text));
  }
  return add(names, arena, text) ? text : NULL;
}

static const char *scope_prefix(sumi__tensor_names_t *names, sumi_arena_t *arena,
                                const char *scope) {
  const size_t length = strlen(scope);
  if (length == 0) return "";
  if (scope[length - 1] == '/') return sumi_arena_strdup(arena, scope);
  const char *unique = sumi__tensor_names_unique(names, arena, scope);
  return unique ? sumi_arena_printf(arena, "%s/", unique) : NULL;
}

sumi_status_t sumi__tensor_names_enter(sumi__tensor_names_t *names, sumi_arena_t *arena,
                                       const char *scope) {
  if (names->scope_count == names->scope_capacity) {
    const int capacity = names->scope_capacity ? names->scope_capacity * 2 : 8;
    const char **scopes = sumi_realloc_array((void *)names->scopes, (size_t)capacity,
                                             sizeof *scopes);
    if (!scopes) return sumi_fail_alloc("a name scope", (size_t)capacity * sizeof *scopes);
    names->scopes = scopes;
    names->scope_capacity = capacity;
  }
  const char *text = scope_prefix(names, arena, scope);
  if (!text) return sumi_fail_alloc("a name scope", strlen(scope));
  names->scopes[names->scope_count++] = text;
  return SUMI_OK;
}

void sumi__tensor_names_leave(sumi__tensor_names_t *names) {
  --names->scope_count;
}

int sumi__tensor_names_find(const sumi__tensor_names_t *names, const char *name) {
  const sumi__tensor_name_t *found = find(names, name);
  return found ? found->index : -1;
}

void sumi__tensor_names_bind(sumi__tensor_names_t *names, const char *name, int index) {
  sumi__tensor_name_t *found = find(names, name);
  if (found) found->index = index;
}
