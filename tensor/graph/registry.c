/* Lock order: `lock` is a leaf; nothing else is taken while it is held. */
#include "graph/registry.h"

#include "graph/level.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Entries outlive every graph, so they come from the C library and not from the replaceable
 * allocator. */
typedef struct entry {
  const sumi_op_def_t *def;
  sumi__tensor_op_type_t *type; /* parsed at first use */
  int next;                     /* in the bucket, -1 at the end */
} entry_t;

enum { BUCKET_COUNT = 512 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static entry_t *entries;
static int entry_count, entry_capacity;
static int buckets[BUCKET_COUNT];

static unsigned bucket_of(const char *name) {
  unsigned hash = 2166136261u; /* FNV-1a */
  for (const char *c = name; *c; ++c) hash = (hash ^ (unsigned char)*c) * 16777619u;
  return hash % BUCKET_COUNT;
}

static entry_t *find_locked(const char *name) {
  for (int at = buckets[bucket_of(name)]; at >= 0; at = entries[at].next)
    if (strcmp(entries[at].def->name, name) == 0) return &entries[at];
  return NULL;
}

static sumi_status_t add_locked(const sumi_op_def_t *def) {
  if (entry_count == entry_capacity) {
    const int capacity = entry_capacity ? entry_capacity * 2 : BUCKET_COUNT;
    entry_t *grown = realloc(entries, (size_t)capacity * sizeof *grown);
    if (!grown) return sumi_fail_alloc("the op registry", (size_t)capacity * sizeof *grown);
    entries = grown;
    entry_capacity = capacity;
  }
  int *bucket = &buckets[bucket_of(def->name)];
  entries[entry_count] = (entry_t){.def = def, .next = *bucket};
  *bucket = entry_count++;
  return SUMI_OK;
}

static sumi_status_t ready_locked(void) {
  static bool ready;
  if (ready) return SUMI_OK;
  if (entry_count == 0)
    for (int i = 0; i < BUCKET_COUNT; ++i) buckets[i] = -1;
  const sumi_op_def_t *const *builtin = sumi__tensor_level()->ops;
  while (builtin[entry_count]) SUMI_TRY(add_locked(builtin[entry_count]));
  ready = true;
  return SUMI_OK;
}

static sumi_status_t parse(const sumi_op_def_t *def, sumi__tensor_op_type_t **type) {
  sumi__tensor_op_type_t *parsed = calloc(1, sizeof *parsed);
  if (!parsed) return sumi_fail_alloc(def->name, sizeof *parsed);
  size_t offset;
  const char *error;
  if (!sumi__tensor_schema_parse(&parsed->schema, def->schema, &offset, &error)) {
    free(parsed);
    return sumi_fail(SUMI_INVALID_ARGUMENT, "schema of op %s, offset %zu: %s", def->name, offset,
                     error);
  }
  parsed->def = def;
  *type = parsed;
  return SUMI_OK;
}

const sumi__tensor_op_type_t *sumi__tensor_op_type(const char *name) {
  sumi__tensor_op_type_t *type = NULL;
  pthread_mutex_lock(&lock);
  if (ready_locked() == SUMI_OK) {
    entry_t *entry = find_locked(name);
    if (!entry)
      sumi_fail(SUMI_NOT_FOUND, "there is no op type '%s'", name);
    else if (entry->type || parse(entry->def, &entry->type) == SUMI_OK)
      type = entry->type;
  }
  pthread_mutex_unlock(&lock);
  return type;
}

const sumi_op_def_t *sumi_find_op_def(const char *name) {
  const sumi__tensor_op_type_t *type = name ? sumi__tensor_op_type(name) : NULL;
  return type ? type->def : NULL;
}

const sumi_op_def_t *sumi_op_def_at(int index) {
  pthread_mutex_lock(&lock);
  const bool exists = ready_locked() == SUMI_OK && index >= 0 && index < entry_count;
  const sumi_op_def_t *def = exists ? entries[index].def : NULL;
  pthread_mutex_unlock(&lock);
  return def;
}

static sumi_status_t check_def(const sumi_op_def_t *def) {
  if (!def || !def->name || !def->schema)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "an op definition needs a name and a schema");
  if (!def->expand && !def->shape)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "op %s has neither a shape function nor an expansion",
                     def->name);
  if (!def->expand && !def->kernel && !def->map && !(def->flags & SUMI_OP_ALIAS))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "op %s has neither a kernel nor block functions",
                     def->name);
  return SUMI_OK;
}

sumi_status_t sumi_register_op(const sumi_op_def_t *def) {
  SUMI_TRY(check_def(def));
  sumi__tensor_op_type_t *type = NULL;
  SUMI_TRY(parse(def, &type));
  pthread_mutex_lock(&lock);
  sumi_status_t status = ready_locked();
  if (status == SUMI_OK && find_locked(def->name))
    status = sumi_fail(SUMI_ALREADY_EXISTS, "there is an op type '%s' already", def->name);
  if (status == SUMI_OK) status = add_locked(def);
  if (status == SUMI_OK)
    entries[entry_count - 1].type = type;
  else
    free(type);
  pthread_mutex_unlock(&lock);
  return status;
}
