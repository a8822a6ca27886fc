#include "tag.h"

#include <sumi/utf8.h>

#include <string.h>

#include "value_encode.h"

sumi__tag_t *sumi__tag_find(sumi__name_table_t *tags, const char *name) {
  return sumi__name_table_find(tags, name);
}

sumi_status_t sumi__tag_add(sumi__name_table_t *tags, const char *name,
                            const sumi_event_metadata_t *metadata, sumi__tag_t **tag) {
  SUMI_TRY(sumi_utf8_check("the tag", name));
  if (!*name) return sumi_fail(SUMI_INVALID_ARGUMENT, "the tag is empty");
  SUMI_TRY(sumi__metadata_check(name, metadata));
  /* Everything is allocated before the tag enters the table: a tag without metadata must not be
   * found later. */
  sumi_arena_t *arena = sumi__name_table_arena(tags);
  if (!arena) return sumi_fail_alloc("a tag", sizeof **tag);
  const size_t size = sumi__metadata_size(metadata);
  uint8_t *encoded = sumi_arena_calloc(arena, 1, size);
  char *plugin_name = sumi_arena_strdup(arena, metadata->plugin_name);
  sumi__tag_t *added = encoded && plugin_name ? sumi__name_table_add(tags, name, sizeof *added)
                                              : NULL;
  if (!added) return sumi_fail_alloc("a tag", sizeof *added + size);
  sumi__metadata_put(encoded, metadata);
  added->metadata = encoded;
  added->metadata_size_bytes = size;
  added->plugin_name = plugin_name;
  added->is_scalar = strcmp(plugin_name, "scalars") == 0;
  added->last_step = -1;
  *tag = added;
  return SUMI_OK;
}
