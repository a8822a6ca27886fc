/* The graph builder's inside, shared by nodes and attributes. Everything lives in the arena. */
#ifndef SUMI__GRAPH_DEF_BUILD_H
#define SUMI__GRAPH_DEF_BUILD_H

#include <sumi/arena.h>
#include <sumi/graph_def.h>

#include <sumi/name_table.h>
#include "proto/graph_def.pb-c.h"

typedef struct sumi__events_graph_input {
  char *text;
  struct sumi__events_graph_input *next;
} sumi__events_graph_input_t;

typedef struct sumi__events_graph_attr {
  Sumi__Pb__NodeDef__AttrEntry entry;
  Sumi__Pb__AttrValue value;
  struct sumi__events_graph_attr *next;
} sumi__events_graph_attr_t;

typedef struct sumi__events_graph_node {
  Sumi__Pb__NodeDef message; /* its arrays are filled at the end */
  sumi__events_graph_input_t *first_input, *last_input;
  sumi__events_graph_attr_t *attrs; /* the last given first */
  struct sumi__events_graph_node *next;
} sumi__events_graph_node_t;

typedef struct sumi__events_graph_nodes {
  sumi__events_graph_node_t *first, *last;
  size_t count;
} sumi__events_graph_nodes_t;

typedef struct sumi__events_graph_function {
  Sumi__Pb__FunctionDef message;
  Sumi__Pb__OpDef signature;
  sumi__events_graph_nodes_t nodes;
  struct sumi__events_graph_function *next;
} sumi__events_graph_function_t;

struct sumi_graph_def {
  sumi_arena_t *arena;
  sumi__events_graph_nodes_t nodes;
  sumi__events_graph_function_t *first_function, *last_function;
  size_t function_count;
  sumi__events_graph_function_t *function; /* whose body is being built */
  sumi__events_graph_node_t *node;         /* inputs and attributes are for this one */
  sumi_name_table_t names, body_names;
  sumi_status_t failure; /* the first */
  char reason[SUMI_ERROR_MESSAGE_MAX];
};

/* Records an INVALID_ARGUMENT unless there is a failure already. */
void sumi__events_graph_def_fail(sumi_graph_def_t *graph, const char *format, ...)
    SUMI_PRINTF(2, 3);

/* Arena memory, copies of texts (checked as UTF-8); NULL after a failure. */
void *sumi__events_graph_def_calloc(sumi_graph_def_t *graph, size_t count, size_t size_bytes);
char *sumi__events_graph_def_text(sumi_graph_def_t *graph, const char *what, const char *text);

/* The node begun last; NULL, and a failure, when there is none. */
sumi__events_graph_node_t *sumi__events_graph_def_current(sumi_graph_def_t *graph,
                                                          const char *what);

#endif
