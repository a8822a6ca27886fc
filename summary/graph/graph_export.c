/* A graph as a TensorFlow GraphDef: names, inputs and attributes are the same, so this is a
 * walk; nodes inside of branches and loops are in the library of functions. */
#include "graph_export.h"

#include <sumi/options.h>
#include <sumi/alloc.h>
#include <sumi/summary_graph.h>

static void add_node(sumi__summary_graph_export_t *e, sumi_op_t *op) {
  sumi_flow_t flow;
  if (sumi_op_function(op) || e->status != SUMI_OK) return;
  if (sumi_op_flow(op, &flow))
    sumi__summary_graph_put_flow(e, op);
  else
    sumi__summary_graph_put_node(e, op);
}

sumi_status_t sumi_graph_export_with(const sumi_graph_t *graph, sumi_buffer_t *bytes,
                                     const sumi_graph_export_options_t *given) {
  sumi_graph_export_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  enum {
    PRODUCER = 27
  }; /* TensorFlow 1.15's graph version is past this; every reader accepts it */
  if (!graph || !bytes) return sumi_fail(SUMI_INVALID_ARGUMENT, "graph export: a NULL argument");
  const sumi_status_t refused = sumi_graph_status(graph);
  if (refused != SUMI_OK) return sumi_fail(refused, "%s", sumi_graph_message(graph));
  sumi__summary_graph_export_t e = {.def = sumi_graph_def_new(),
                                    .graph = graph,
                                    .max_constant_bytes = options.max_constant_bytes};
  if (!e.def) return sumi_fail_alloc("a GraphDef", 0);
  for (int i = 0; i < sumi_graph_op_count(graph); ++i)
    sumi__summary_graph_put_functions(&e, sumi_graph_op(graph, i));
  for (int i = 0; i < sumi_graph_op_count(graph); ++i) add_node(&e, sumi_graph_op(graph, i));
  if (e.status == SUMI_OK) e.status = sumi_graph_def_finish(e.def, PRODUCER, bytes);
  sumi_buffer_release(&e.text);
  sumi_graph_def_free(e.def);
  return e.status;
}

sumi_status_t sumi_writer_graph(sumi_writer_t *writer, const sumi_graph_t *graph) {
  if (!writer) return SUMI_OK;
  sumi_buffer_t bytes = {0};
  sumi_status_t status = sumi_graph_export(graph, &bytes, .max_constant_bytes = 1024);
  if (status == SUMI_OK) status = sumi_writer_graph_def(writer, bytes.data, bytes.size);
  sumi_buffer_release(&bytes);
  return status;
}
