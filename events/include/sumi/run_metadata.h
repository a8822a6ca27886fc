/* Builds a serialized RunMetadata: the time and memory of each node, as TensorBoard's graph tab
 * colours them. */
#ifndef SUMI_RUN_METADATA_H
#define SUMI_RUN_METADATA_H

#include <sumi/buffer.h>
#include <sumi/graph_def.h>

SUMI_BEGIN_DECLS

/** What one node did in one step. */
typedef struct sumi_node_stats {
  const char *node SUMI_UNSET;    /* its name in the GraphDef */
  int64_t start_us SUMI_UNSET;    /* since the epoch */
  int64_t duration_us SUMI_UNSET; /* 0 is ignored by the viewer */
  int64_t memory_bytes SUMI_UNSET;
  /* Known shapes, one per output; rank -1 is written as a scalar. */
  const sumi_graph_def_shape_t *outputs SUMI_UNSET;
  size_t output_count SUMI_UNSET;
} sumi_node_stats_t;

/** Appends the message for nodes that ran on one device ("/device:CPU:0" when NULL) to `bytes`.
 * errors  INVALID_ARGUMENT a name is not UTF-8 or empty; RESOURCE_EXHAUSTED */
SUMI_API sumi_status_t sumi_run_metadata(sumi_buffer_t *bytes, const char *device,
                                         const sumi_node_stats_t *nodes, size_t count);

SUMI_END_DECLS
#endif
