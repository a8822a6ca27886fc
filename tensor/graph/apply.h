/* Nodes by type name, for code that builds expressions before or beside the typed constructors. */
#ifndef SUMI_GRAPH_APPLY_H
#define SUMI_GRAPH_APPLY_H

#include "graph/graph_internal.h"

/* A node with these inputs and default attributes; its line is that of the composite in force. */
sumi_tensor_t sumi__tensor_apply(const char *type, sumi_tensors_t inputs);

/* x as that dtype; x itself when it is. */
sumi_tensor_t sumi__tensor_cast(sumi_tensor_t x, sumi_dtype_t dtype);

/* Runs a statement list on behalf of one line of the user's, inside a name scope. */
sumi_status_t sumi__tensor_scope_enter(sumi_graph_t *graph, sumi_site_t site, const char *name);
void sumi__tensor_scope_leave(sumi_graph_t *graph);

/* The same inside the absolute scope "<node name>/", which belongs to an existing node. */
sumi_status_t sumi__tensor_scope_enter_below(sumi_graph_t *graph, sumi_site_t site,
                                             const sumi_op_t *op);

/* The sum of any number of terms, which are used up; the null tensor of none. */
sumi_tensor_t sumi__tensor_add_n(int count, sumi_tensor_t *terms);

/* A NoOp that runs after the listed nodes (those of NULL are left out). */
sumi_op_t *sumi__tensor_group(sumi_graph_t *graph, const char *name, int count,
                              sumi_op_t *const *ops);

#endif
