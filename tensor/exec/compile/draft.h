/* A plan while it is made: the part of the graph that a run needs, which the passes change.
 *
 *   prune        nodes that fetches and targets need
 *   shapes       shapes and known elements from the feeds' actual shapes  } one walk
 *   fold         values that do not depend on the run                     }
 *   simplify     nodes that change nothing become aliases                 }
 *   merge_equal  equal expressions are one
 *   effects      order between reads and updates of variables
 *   sort_nodes   live nodes, each after all that it needs
 *   fuse         runs of elementwise ops are one unit
 *   order_units  the sequence of units
 *   assemble     steps and fused groups; unshaped_steps those of unknown shape, call_steps those
 *                that run functions
 *   place        where every intermediate lies
 *   bind         what the steps' pointers point at
 *
 * Nodes and values are numbered; numbers stay valid while a draft lives. Nodes stand in the order
 * of the graph, so inputs come first, until order_units.c sorts units. All memory is the draft's
 * arena. */
#ifndef SUMI_EXEC_COMPILE_DRAFT_H
#define SUMI_EXEC_COMPILE_DRAFT_H

#include "exec/plan/calls.h"

typedef enum sumi__tensor_source {
  SUMI__FROM_STEP,
  SUMI__FROM_FEED,
  SUMI__FROM_CONSTANT,
  SUMI__FROM_VARIABLE
} sumi__tensor_source_t;

typedef struct sumi__tensor_value {
  sumi_tensor_t tensor;
  int node; /* that makes it; SUMI__NONE for feeds */
  sumi__tensor_source_t source;
  sumi_dtype_t dtype;
  sumi_dims_t dims;
  sumi_known_t known;
  bool unshaped;                     /* its shape is known only while running */
  bool fetched;                      /* outlives the last step */
  int feed;                          /* FROM_FEED */
  const void *data;                  /* FROM_CONSTANT */
  sumi__tensor_variable_t *variable; /* FROM_VARIABLE */
  int same_as;                       /* this value's bytes are that value's; SUMI__NONE */
  int root, root_found;              /* the end of that way, as found at that time */
  bool outside;       /* used by another unit than the one that makes it, or fetched */
  int slot;           /* of place.c; SUMI__NONE: needs no place in the arena */
  size_t offset;      /* in the arena */
  int unshaped_index; /* of plan->unshaped_values */
} sumi__tensor_value_t;

/* `node` runs before the node that has the edge. */
typedef struct sumi__tensor_edge {
  int node;
  bool effect; /* found by effects.c, not in the graph */
  struct sumi__tensor_edge *next;
} sumi__tensor_edge_t;

typedef struct sumi__tensor_node {
  sumi_op_t *op;
  const sumi_op_def_t *def;
  int input_count, output_count;
  int *inputs; /* values */
  int first_output;
  sumi__tensor_edge_t *before;
  bool live;     /* needed */
  bool copies;   /* made by effects.c: a copy of its input */
  bool effects;  /* it, or something it needs, has a side effect */
  bool unshaped; /* an input's or output's shape is known only while running */
  int unit;
} sumi__tensor_node_t;

/* What becomes one step: a node, or a fused group of nodes in order. Units without work (aliases,
 * constants, NoOp) have no step. */
typedef struct sumi__tensor_unit {
  int count;
  int *nodes;
  bool has_step;
  bool is_group; /* elementwise, of known shape, in a session that checks no numbers */
  bool reduces;  /* … and the last node is a reduction of what another makes */
  sumi__tensor_step_t *step;
  size_t scratch_bytes, scratch_offset;
} sumi__tensor_unit_t;

typedef struct sumi__tensor_draft {
  sumi_session_t *session;
  const sumi_run_options_t *run;
  const sumi_function_t *function; /* whose nodes run; NULL: the graph's own */
  int changing_feeds; /* of a function: the first ones, which change from call to call */
  sumi__tensor_make_call_t make_call; /* for the plans of functions that its steps call */
  sumi__tensor_plan_t *plan;
  sumi_arena_t *memory;
  int node_count, node_capacity, value_count, value_capacity;
  sumi__tensor_node_t *nodes;
  sumi__tensor_value_t *values;
  int *node_of_op; /* by the op's index in the graph; SUMI__NONE */
  int order_count;
  int *order;   /* live nodes, each after all that it needs; effects.c makes it */
  int *fetches; /* values */
  int unit_count;
  sumi__tensor_unit_t *units; /* in the order of running once order_units.c has been */
  int *feed_of_op;            /* by the op's index in the graph: its first feed; SUMI__NONE */
  int *next_feed;             /* by feed: the next of the same op; SUMI__NONE */
  bool *feed_known;           /* by feed: shapes may depend on its elements */
  int alias_time;             /* from 1; later when a value ceased to be the same as it was */
} sumi__tensor_draft_t;

/* Zeroed memory of the draft; NULL with a message. */
void *sumi__tensor_draft_calloc(sumi__tensor_draft_t *draft, size_t count, size_t size_bytes);

static inline bool sumi__tensor_draft_pass(const sumi__tensor_draft_t *draft, unsigned pass) {
  return (draft->session->passes & pass) != 0;
}

/* The value whose bytes these are: it says where they come from. Long ways are walked once. */
static inline sumi__tensor_value_t *sumi__tensor_draft_root(const sumi__tensor_draft_t *draft,
                                                            int value) {
  sumi__tensor_value_t *start = &draft->values[value], *v = start;
  while (v->same_as != SUMI__NONE)
    v = &draft->values[v->root_found == draft->alias_time ? v->root : v->same_as];
  start->root = (int)(v - draft->values);
  start->root_found = draft->alias_time;
  return v;
}

/* From now on the value is the same as another than it was, or as none. */
static inline void sumi__tensor_draft_point(sumi__tensor_draft_t *draft,
                                            sumi__tensor_value_t *value, int same_as) {
  if (value->same_as == same_as) return;
  value->same_as = same_as;
  ++draft->alias_time;
}

/* The feed of a tensor, SUMI__NONE when it is not fed. */
int sumi__tensor_draft_feed(const sumi__tensor_draft_t *draft, sumi_tensor_t tensor);

/* The value a tensor has in this run, SUMI__NONE when the draft has none. */
int sumi__tensor_draft_value(const sumi__tensor_draft_t *draft, sumi_tensor_t tensor);

sumi_status_t sumi__tensor_draft_edge(sumi__tensor_draft_t *draft, int before, int after,
                                      bool effect);

static inline bool sumi__tensor_op_is(const sumi__tensor_node_t *node, unsigned flags) {
  return (node->def->flags & flags) != 0;
}

static inline bool sumi__tensor_is_stateful(const sumi_op_def_t *def) {
  return (def->flags & (SUMI_OP_STATEFUL | SUMI_OP_SIDE_EFFECT)) != 0;
}

/* A step of its own runs for the node: it is no variable, constant, alias or NoOp. */
bool sumi__tensor_has_work(const sumi__tensor_draft_t *draft, const sumi__tensor_node_t *node);

/* The value's dtype and shape, with these elements. */
sumi_array_view_t sumi__tensor_value_view(const sumi__tensor_value_t *value, const void *data);

/* Bytes of a value; -1 when its shape is not known. */
int64_t sumi__tensor_value_bytes(const sumi__tensor_value_t *value);

/* The reduction that the node is, as far as groups can end in it. */
struct sumi__tensor_reduction;
bool sumi__tensor_reduction_of(const sumi__tensor_draft_t *draft, const sumi__tensor_node_t *node,
                               struct sumi__tensor_reduction *reduction);

/* The passes, in order. */
sumi_status_t sumi__tensor_prune(sumi__tensor_draft_t *draft);
void sumi__tensor_prune_again(
    sumi__tensor_draft_t *draft); /* after folding: `live` follows from what is left */
bool sumi__tensor_feed_may_shape(const sumi__tensor_draft_t *draft, int feed); /* small integers */
sumi_status_t sumi__tensor_infer_shapes(sumi__tensor_draft_t *draft);
sumi_status_t sumi__tensor_fold_node(sumi__tensor_draft_t *draft, int node);
void sumi__tensor_simplify_node(sumi__tensor_draft_t *draft, int node);
sumi_status_t sumi__tensor_merge_equal(sumi__tensor_draft_t *draft);
sumi_status_t sumi__tensor_order_effects(sumi__tensor_draft_t *draft);
sumi_status_t sumi__tensor_sort_nodes(sumi__tensor_draft_t *draft); /* makes `order` */
sumi_status_t sumi__tensor_fuse(sumi__tensor_draft_t *draft);
sumi_status_t sumi__tensor_order_units(sumi__tensor_draft_t *draft);
sumi_status_t sumi__tensor_assemble(sumi__tensor_draft_t *draft);
/* Makes the step that interprets `node`. */
sumi_status_t sumi__tensor_unshaped_step(sumi__tensor_draft_t *draft,
                                         const sumi__tensor_node_t *node,
                                         sumi__tensor_step_t *step);

/* Makes the step of a node that calls functions, whose kernel's views are set. */
sumi_status_t sumi__tensor_call_step(sumi__tensor_draft_t *draft, const sumi__tensor_node_t *node,
                                     sumi__tensor_step_t *step);

/* Numbers the unshaped values of the draft. */
sumi_status_t sumi__tensor_number_unshaped_values(sumi__tensor_draft_t *draft);

sumi_status_t sumi__tensor_place(sumi__tensor_draft_t *draft);
sumi_status_t sumi__tensor_bind(sumi__tensor_draft_t *draft);
sumi_status_t sumi__tensor_describe(sumi__tensor_draft_t *draft);

#endif
