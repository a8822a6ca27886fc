/* Writing a graph's nodes as NodeDefs, in the graph itself or in a function of the library. */
#ifndef SUMI_SUMMARY_GRAPH_EXPORT_H
#define SUMI_SUMMARY_GRAPH_EXPORT_H

#include <sumi/control_flow.h>
#include <sumi/graph_def.h>

typedef struct sumi__summary_graph_export {
  sumi_graph_def_t *def;
  const sumi_graph_t *graph;
  int64_t max_constant_bytes;
  sumi_buffer_t text; /* of the input being named */
  sumi_status_t status;
  const sumi_function_t *function;  /* whose body is written; NULL: the graph */
  int first_element, element_count; /* inputs of the function's call that are taken one by one */
} sumi__summary_graph_export_t;

/* One input: of the node begun last, in the words of where it stands. */
void sumi__summary_graph_put_input(sumi__summary_graph_export_t *e, sumi_tensor_t tensor);
void sumi__summary_graph_put_input_text(sumi__summary_graph_export_t *e, const char *format, ...)
    SUMI_PRINTF(2, 3);

/* Appends the words for a tensor. */
void sumi__summary_graph_put_reference(const sumi__summary_graph_export_t *e, sumi_tensor_t tensor,
                                       sumi_buffer_t *text);

/* A node that calls no function. */
void sumi__summary_graph_put_node(sumi__summary_graph_export_t *e, sumi_op_t *op);

/* A node that does, and before any node of the graph: the functions of it. */
void sumi__summary_graph_put_flow(sumi__summary_graph_export_t *e, sumi_op_t *op);
void sumi__summary_graph_put_functions(sumi__summary_graph_export_t *e, sumi_op_t *op);

static inline sumi_graph_def_shape_t sumi__summary_graph_shape(const sumi_dims_t *dims) {
  return (sumi_graph_def_shape_t){.rank = dims->rank, .dims = dims->size};
}

#endif
