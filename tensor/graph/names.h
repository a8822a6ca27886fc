/* Unique node names within nested scopes, by TensorFlow's rules (Graph.unique_name,
 * Graph.name_scope). */
#ifndef SUMI_GRAPH_NAMES_H
#define SUMI_GRAPH_NAMES_H

#include <sumi/arena.h>
#include <sumi/config.h>
#include <sumi/status.h>

typedef struct sumi__tensor_name sumi__tensor_name_t;

typedef struct sumi__tensor_names {
  sumi__tensor_name_t **buckets;
  int bucket_count, count;
  const char **scopes; /* stack of prefixes, each "" or ending in "/" */
  int scope_count, scope_capacity;
} sumi__tensor_names_t;

void sumi__tensor_names_release(sumi__tensor_names_t *names);

/* Is it letters, digits or "." first, then also "_-/>\"? Below a scope all of them may come first.
 * (TensorFlow's _VALID_OP_NAME_REGEX, _VALID_SCOPE_NAME_REGEX) */
bool sumi__tensor_name_is_valid(const sumi__tensor_names_t *names, const char *name);

/* A name that no node has: scope prefix + name, with "_1", "_2", … when that is taken; "a/b/" is
 * a/b, whatever the prefix, also when a scope has that name. From `arena`; NULL without memory.
 * Names that differ only in case count as the same, as in TensorFlow. */
const char *sumi__tensor_names_unique(sumi__tensor_names_t *names, sumi_arena_t *arena,
                                      const char *name);

/* Enters a scope: unique as a node's name would be, or taken as it is when it ends in "/"; "" is
 * the root. */
sumi_status_t sumi__tensor_names_enter(sumi__tensor_names_t *names, sumi_arena_t *arena,
                                       const char *scope);
void sumi__tensor_names_leave(sumi__tensor_names_t *names);

/* The prefix in force, "" or ending in "/". */
const char *sumi__tensor_names_scope(const sumi__tensor_names_t *names);

/* The node with that name, by the index given to sumi__tensor_names_bind; -1 when there is none. */
int sumi__tensor_names_find(const sumi__tensor_names_t *names, const char *name);
void sumi__tensor_names_bind(sumi__tensor_names_t *names, const char *name, int index);

#endif
