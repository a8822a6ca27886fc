/* A plan while it is made: the part of the graph that a run needs, which the passes change.
 *
 *   prune    nodes that fetches and targets need
 *   shapes   shapes and known elements from the feeds' actual shapes     } one walk
 *   fold     values that do not depend on the run                        }
 *   simplify nodes that change nothing become aliases                      }
 *   cse      equal expressions are one
 *   effects  order between reads and updates of variables
 *   fuse     runs of elementwise ops are one unit
 *   order    the sequence of units
 *   assemble steps and fused groups
 *   memory   where every intermediate lies
 *   bind     what the steps' pointers point at
 *
 * Nodes and values are numbered; numbers stay valid while a draft lives. Nodes stand in the order
 * of the graph, so inputs come first, until order.c sorts units. All memory is the draft's arena. */
#ifndef SUMI_EXEC_DRAFT_H
#define SUMI_EXEC_DRAFT_H

#include "exec/session_internal.h"

enum { SUMI__NONE = -1 };

typedef enum sumi__source {
  SUMI__FROM_STEP,
  SUMI__FROM_FEED,
  SUMI__FROM_CONSTANT,
  SUMI__FROM_VARIABLE
} sumi__source_t;

typedef struct sumi__value {
  sumi_tensor_t tensor;
  int node; /* that makes it; SUMI__NONE for feeds */
  sumi__source_t source;
  sumi_dtype_t dtype;
  sumi_dims_t dims;
  sumi_known_t known;
  bool late;                  /* its shape is known only while running */
  bool fetched;               /* outlives the last step */
  int feed;                   /* FROM_FEED */
  const void *data;           /* FROM_CONSTANT */
  sumi__variable_t *variable; /* FROM_VARIABLE */
  int same_as;                /* this value's bytes are that value's; SUMI__NONE */
  bool outside;               /* used by another unit than the one that makes it, or fetched */
  int slot;                   /* of memory.c; SUMI__NONE: needs no place in the arena */
  size_t offset;              /* in the arena */
  int late_index;             /* of plan->late_values */
} sumi__value_t;

/* `node` runs before the node that has the edge. */
typedef struct sumi__edge {
  int node;
  bool effect; /* found by effects.c, not in the graph */
  struct sumi__edge *next;
} sumi__edge_t;

typedef struct sumi__node {
  sumi_op_t *op;
  const sumi_op_def_t *def;
  int input_count, output_count;
  int *inputs; /* values */
  int first_output;
  sumi__edge_t *before;
  bool live;    /* needed */
  bool copies;  /* made by effects.c: a copy of its input */
  bool effects; /* it, or something it needs, has a side effect */
  bool late;    /* an input's or output's shape is known only while running */
  int unit;
} sumi__node_t;

/* What becomes one step: a node, or a fused group of nodes in order. Units without work (aliases,
 * constants, NoOp) have no step. */
typedef struct sumi__unit {
  int count;
  int *nodes;
  bool has_step;
  bool is_group; /* elementwise, of known shape */
  bool reduces;  /* … and the last node is a reduction of what another makes */
  sumi__step_t *step;
  size_t scratch_bytes, scratch_offset;
} sumi__unit_t;

typedef struct sumi__draft {
  sumi_session_t *session;
  const sumi_run_options_t *run;
  sumi__plan_t *plan;
  sumi_arena_t *memory;
  int node_count, node_capacity, value_count, value_capacity;
  sumi__node_t *nodes;
  sumi__value_t *values;
  int *node_of_op; /* by the op's index in the graph; SUMI__NONE */
  int order_count;
  int *order;   /* live nodes, each after all that it needs; effects.c makes it */
  int *fetches; /* values */
  int unit_count;
  sumi__unit_t *units; /* in the order of running once order.c has been */
  bool *feed_known;    /* by feed: shapes may depend on its elements */
} sumi__draft_t;

/* Zeroed memory of the draft; NULL with a message. */
void *sumi__draft_calloc(sumi__draft_t *draft, size_t count, size_t size_bytes);

static inline bool sumi__draft_pass(const sumi__draft_t *draft, unsigned pass) {
  return (draft->session->passes & pass) != 0;
}

/* The value whose bytes these are: it says where they come from. */
static inline sumi__value_t *sumi__draft_root(const sumi__draft_t *draft, int value) {
  while (draft->values[value].same_as != SUMI__NONE) value = draft->values[value].same_as;
  return &draft->values[value];
}

/* The value a tensor has in this run, SUMI__NONE when the draft has none. */
int sumi__draft_value(const sumi__draft_t *draft, sumi_tensor_t tensor);

sumi_status_t sumi__draft_edge(sumi__draft_t *draft, int before, int after, bool effect);

/* Whether input `index` of the op is marked `ref` in its schema. */
bool sumi__input_is_ref(const sumi_op_t *op, int index);
bool sumi__output_is_ref(const sumi_op_t *op, int index);

/* The op changes the variable that input `index` is. */
bool sumi__updates(const sumi_op_t *op, int index);

static inline bool sumi__op_is(const sumi__node_t *node, unsigned flags) {
  return (node->def->flags & flags) != 0;
}

static inline bool sumi__is_stateful(const sumi_op_def_t *def) {
  return (def->flags & (SUMI_OP_STATEFUL | SUMI_OP_SIDE_EFFECT)) != 0;
}

/* A step of its own runs for the node: it is no variable, constant, alias or NoOp. */
bool sumi__has_work(const sumi__draft_t *draft, const sumi__node_t *node);

/* Bytes of a value; -1 when its shape is not known. */
int64_t sumi__value_bytes(const sumi__value_t *value);

/* The reduction that the node is, as far as groups can end in it. */
struct sumi__reduction;
bool sumi__reduction_of(const sumi__draft_t *draft, const sumi__node_t *node,
                        struct sumi__reduction *reduction);

/* The passes, in order. */
sumi_status_t sumi__prune(sumi__draft_t *draft);
void sumi__prune_again(sumi__draft_t *draft); /* after folding: `live` follows from what is left */
bool sumi__feed_may_shape(const sumi__draft_t *draft, int feed); /* small integers */
sumi_status_t sumi__infer_shapes(sumi__draft_t *draft);
sumi_status_t sumi__fold_node(sumi__draft_t *draft, int node);
void sumi__simplify_node(sumi__draft_t *draft, int node);
sumi_status_t sumi__merge_equal(sumi__draft_t *draft);
sumi_status_t sumi__order_effects(sumi__draft_t *draft);
sumi_status_t sumi__sort_nodes(sumi__draft_t *draft); /* makes `order` */
sumi_status_t sumi__fuse(sumi__draft_t *draft);
sumi_status_t sumi__order_units(sumi__draft_t *draft);
sumi_status_t sumi__assemble(sumi__draft_t *draft);
sumi_status_t sumi__place(sumi__draft_t *draft);
sumi_status_t sumi__bind(sumi__draft_t *draft);
sumi_status_t sumi__describe(sumi__draft_t *draft);

#endif
