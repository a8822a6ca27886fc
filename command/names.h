/* Things of a name table in an order for people. */
#ifndef SUMI_COMMAND_NAMES_H
#define SUMI_COMMAND_NAMES_H

#include <sumi/name_table.h>

/* The things by their names, NULL behind the last, for sumi_free; NULL without memory. */
void **sumi__command_sorted(const sumi_name_table_t *table);

/* The thing of that name, made zeroed when it is not there; NULL without memory. */
void *sumi__command_named(sumi_name_table_t *table, const char *name, size_t size_bytes);

#endif
