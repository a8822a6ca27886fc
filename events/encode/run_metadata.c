#include <sumi/run_metadata.h>

#include "proto/step_stats.pb-c.h"
#include "proto_append.h"

static sumi_status_t fill_shape(const sumi_graph_def_shape_t *from, sumi_arena_t *arena,
                                Sumi__Pb__TensorShapeProto *shape) {
  if (from->rank <= 0) return SUMI_OK;
  if (!from->dims) return sumi_fail(SUMI_INVALID_ARGUMENT, "an output's sizes are NULL");
  shape->n_dim = (size_t)from->rank;
  SUMI__PROTO_MESSAGES(arena, shape->dim, shape->n_dim, sumi__pb__tensor_shape_proto__dim__init);
  for (size_t i = 0; i < shape->n_dim; ++i) shape->dim[i]->size = from->dims[i];
  return SUMI_OK;
}

/* The viewer fails on an output without a description and a shape, so both are always there. */
static sumi_status_t fill_outputs(const sumi_node_stats_t *from, sumi_arena_t *arena,
                                  Sumi__Pb__NodeExecStats *stats) {
  const size_t count = from->output_count;
  Sumi__Pb__TensorDescription **descriptions;
  Sumi__Pb__TensorShapeProto **shapes;
  if (count > 0 && !from->outputs)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "node \"%s\": outputs is NULL", from->node);
  SUMI__PROTO_MESSAGES(arena, stats->output, count, sumi__pb__node_output__init);
  SUMI__PROTO_MESSAGES(arena, descriptions, count, sumi__pb__tensor_description__init);
  SUMI__PROTO_MESSAGES(arena, shapes, count, sumi__pb__tensor_shape_proto__init);
  stats->n_output = count;
  for (size_t i = 0; i < count; ++i) {
    SUMI_TRY(fill_shape(&from->outputs[i], arena, shapes[i]));
    descriptions[i]->shape = shapes[i];
    stats->output[i]->slot = (int32_t)i;
    stats->output[i]->tensor_description = descriptions[i];
  }
  return SUMI_OK;
}

static sumi_status_t fill_node(const sumi_node_stats_t *from, sumi_arena_t *arena,
                               Sumi__Pb__NodeExecStats *stats) {
  SUMI_TRY(sumi_utf8_check("a node's name", from->node));
  stats->node_name = (char *)from->node;
  stats->all_start_micros = from->start_us;
  stats->op_end_rel_micros = stats->all_end_rel_micros = from->duration_us;
  stats->n_memory = from->memory_bytes > 0;
  SUMI__PROTO_MESSAGES(arena, stats->memory, stats->n_memory,
                       sumi__pb__allocator_memory_used__init);
  if (stats->n_memory > 0) {
    stats->memory[0]->allocator_name = (char *)"cpu";
    stats->memory[0]->total_bytes = from->memory_bytes;
  }
  return fill_outputs(from, arena, stats);
}

static sumi_status_t append(sumi_buffer_t *bytes, const char *device,
                            const sumi_node_stats_t *nodes, size_t count, sumi_arena_t *arena) {
  Sumi__Pb__RunMetadata metadata = SUMI__PB__RUN_METADATA__INIT;
  Sumi__Pb__StepStats steps = SUMI__PB__STEP_STATS__INIT;
  Sumi__Pb__DeviceStepStats stats = SUMI__PB__DEVICE_STEP_STATS__INIT, *devices[1] = {&stats};
  stats.device = (char *)device;
  stats.n_node_stats = count;
  SUMI__PROTO_MESSAGES(arena, stats.node_stats, count, sumi__pb__node_exec_stats__init);
  for (size_t i = 0; i < count; ++i) SUMI_TRY(fill_node(&nodes[i], arena, stats.node_stats[i]));
  steps.dev_stats = devices;
  steps.n_dev_stats = 1;
  metadata.step_stats = &steps;
  return sumi__events_proto_append(bytes, &metadata.base);
}

sumi_status_t sumi_run_metadata(sumi_buffer_t *bytes, const char *device,
                                const sumi_node_stats_t *nodes, size_t count) {
  if (!device) device = "/device:CPU:0";
  SUMI_TRY(sumi_utf8_check("a device's name", device));
  if (count > 0 && !nodes) return sumi_fail(SUMI_INVALID_ARGUMENT, "the nodes are NULL");
  sumi_arena_t *arena = sumi_arena_new();
  if (!arena) return sumi__events_proto_no_memory();
  const sumi_status_t status = append(bytes, device, nodes, count, arena);
  sumi_arena_free(arena);
  return status;
}
