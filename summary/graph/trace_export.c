/* A trace as RunMetadata. */
#include <sumi/summary_graph.h>

#include <sumi/alloc.h>
#include <sumi/run_metadata.h>

/* The time of nodes that ran as one is not known of each: it stands at the last of them. */
static size_t fill(const sumi_trace_t *trace, sumi_node_stats_t *nodes) {
  const int64_t begin_us = (int64_t)(sumi_trace_wall_s(trace) * 1e6);
  size_t count = 0;
  for (int64_t i = 0; i < sumi_trace_count(trace); ++i) {
    const sumi_trace_step_t step = sumi_trace_at(trace, i);
    for (int k = 0; k < step.node_count; ++k) {
      const bool is_last = step.nodes[k] == step.op;
      if (nodes)
        nodes[count] = (sumi_node_stats_t){.node = sumi_op_name(step.nodes[k]),
                                           .start_us = begin_us + step.start_ns / 1000,
                                           .duration_us = is_last ? (step.duration_ns + 999) / 1000
                                                                  : 0,
                                           .memory_bytes = is_last ? step.output_bytes : 0};
      ++count;
    }
  }
  return count;
}

sumi_status_t sumi_writer_trace(sumi_writer_t *writer, const char *tag, int64_t step,
                                const sumi_trace_t *trace) {
  if (!trace) return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_writer_trace: trace is NULL");
  const size_t count = fill(trace, NULL);
  sumi_node_stats_t *nodes = sumi_calloc(count + 1, sizeof *nodes);
  if (!nodes) return sumi_fail_alloc("a trace", count * sizeof *nodes);
  fill(trace, nodes);
  sumi_buffer_t bytes = {0};
  sumi_status_t status = sumi_run_metadata(&bytes, NULL, nodes, count);
  sumi_free(nodes);
  if (status == SUMI_OK)
    status = sumi_writer_run_metadata(writer, tag, step, bytes.data, bytes.size);
  sumi_buffer_release(&bytes);
  return status;
}
