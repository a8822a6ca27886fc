#include "names.h"

#include <stdlib.h>
#include <string.h>

#include <sumi/alloc.h>

static int by_name(const void *left, const void *right) {
  return strcmp((*(sumi_name_t *const *)left)->text, (*(sumi_name_t *const *)right)->text);
}

void **sumi__command_sorted(const sumi_name_table_t *table) {
  void **list = sumi_calloc(table->count + 1, sizeof *list), *thing;
  size_t cursor = 0, count = 0;
  while (list && (thing = sumi_name_table_next(table, &cursor))) list[count++] = thing;
  if (count > 0) qsort(list, count, sizeof *list, by_name);
  return list;
}

void *sumi__command_named(sumi_name_table_t *table, const char *name, size_t size_bytes) {
  void *thing = sumi_name_table_find(table, name);
  if (thing) return thing;
  thing = sumi_name_table_make(table, name, size_bytes);
  return thing && sumi_name_table_add(table, thing) ? thing : NULL;
}
