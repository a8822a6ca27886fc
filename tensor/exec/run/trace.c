#include "exec/run/trace.h"

#include "exec/plan/calls.h"
#include "exec/plan/group.h"

#include <sumi/alloc.h>
#include <sumi/clock.h>

#include <inttypes.h>
#include <string.h>

typedef struct record {
  int first_node, node_count, threads;
  int64_t start_ns, duration_ns, output_bytes;
} record_t;

struct sumi_trace {
  int count, node_count, capacity, node_capacity;
  record_t *records;
  const sumi_op_t **nodes; /* of all records */
  double wall_s;
  int64_t begin_ns;
};

sumi_trace_t *sumi_trace_new(void) {
  sumi_trace_t *trace = sumi_calloc(1, sizeof *trace);
  if (!trace) sumi_fail_alloc("a trace", sizeof *trace);
  return trace;
}

void sumi_trace_free(sumi_trace_t *trace) {
  if (!trace) return;
  sumi_free(trace->records);
  sumi_free(trace->nodes);
  sumi_free(trace);
}

int64_t sumi_trace_count(const sumi_trace_t *trace) {
  return trace ? trace->count : 0;
}

double sumi_trace_wall_s(const sumi_trace_t *trace) {
  return trace ? trace->wall_s : 0;
}

sumi_trace_step_t sumi_trace_at(const sumi_trace_t *trace, int64_t index) {
  if (index < 0 || index >= sumi_trace_count(trace)) return (sumi_trace_step_t){0};
  const record_t *r = &trace->records[index];
  return (sumi_trace_step_t){.op = trace->nodes[r->first_node + r->node_count - 1],
                             .nodes = trace->nodes + r->first_node,
                             .node_count = r->node_count,
                             .threads = r->threads,
                             .start_ns = r->start_ns,
                             .duration_ns = r->duration_ns,
                             .output_bytes = r->output_bytes};
}

/* ---- Filling ---- */

/* Members, and the reduction at the end of a group. */
static int nodes_of(const sumi__tensor_step_t *step) {
  return step->group ? step->group->member_count + (step->group->reduction.reducer != NULL) : 1;
}

static sumi_status_t reserve(sumi_trace_t *trace, int count, int node_count) {
  if (count > trace->capacity) {
    record_t *records = sumi_realloc_array(trace->records, (size_t)count, sizeof *records);
    if (!records) return sumi_fail_alloc("a trace", (size_t)count * sizeof *records);
    trace->records = records;
    trace->capacity = count;
  }
  if (node_count > trace->node_capacity) {
    const sumi_op_t **nodes = sumi_realloc_array((void *)trace->nodes, (size_t)node_count,
                                                 sizeof *nodes);
    if (!nodes) return sumi_fail_alloc("a trace", (size_t)node_count * sizeof *nodes);
    trace->nodes = nodes;
    trace->node_capacity = node_count;
  }
  return SUMI_OK;
}

sumi_status_t sumi__tensor_trace_begin(sumi_trace_t *trace, const sumi__tensor_plan_t *plan) {
  int nodes = 0;
  for (int i = 0; i < plan->step_count; ++i) nodes += nodes_of(&plan->steps[i]);
  trace->count = trace->node_count = 0;
  SUMI_TRY(reserve(trace, plan->step_count, nodes));
  trace->wall_s = sumi_clock_wall_s();
  trace->begin_ns = sumi_clock_monotonic_ns();
  return SUMI_OK;
}

static int64_t view_bytes(const sumi_array_view_t *view) {
  const int64_t count = view->rank >= 0 ? sumi_array_view_count(view) : 0;
  return count > 0 ? count * (int64_t)sumi_dtype_size_bytes(view->dtype) : 0;
}

static int64_t group_bytes(const sumi__tensor_group_t *group, const sumi_op_t *last) {
  int64_t bytes = 0;
  for (int i = 0; i < group->member_count; ++i) {
    const sumi__tensor_operand_t *output = &group->operands[group->members[i].output];
    if (output->kind != SUMI__REGISTER) bytes += group->count * (int64_t)output->element_bytes;
  }
  if (group->reduction.reducer)
    bytes += group->reduction.rows * (int64_t)sumi_dtype_size_bytes(last->outputs[0].dtype);
  return bytes;
}

static int64_t output_bytes(const sumi__tensor_step_t *step) {
  const sumi_kernel_t *kernel = &step->kernel;
  if (step->group) return group_bytes(step->group, kernel->op);
  int64_t bytes = 0;
  for (int i = 0; i < kernel->output_count; ++i) {
    if (step->calls && !step->calls->wanted[i]) continue;
    const sumi_array_t *made = kernel->dynamic ? kernel->dynamic[i] : NULL;
    const sumi_array_view_t view = made ? sumi_array_view(made) : kernel->out[i];
    bytes += view_bytes(&view);
  }
  return bytes;
}

void sumi__tensor_trace_step(sumi_trace_t *trace, const sumi__tensor_step_t *step,
                             int64_t start_ns) {
  const int64_t end_ns = sumi_clock_monotonic_ns();
  const sumi__tensor_group_t *group = step->group;
  trace->records[trace->count++] = (record_t){.first_node = trace->node_count,
                                              .node_count = nodes_of(step),
                                              .threads = group ? group->threads
                                                               : step->kernel.threads,
                                              .start_ns = start_ns - trace->begin_ns,
                                              .duration_ns = end_ns - start_ns,
                                              .output_bytes = output_bytes(step)};
  for (int i = 0; group && i < group->member_count; ++i)
    trace->nodes[trace->node_count++] = group->members[i].op;
  if (!group || group->reduction.reducer) trace->nodes[trace->node_count++] = step->kernel.op;
}

/* ---- Chrome's format ---- */

static void put_text(sumi_buffer_t *buffer, const char *text) {
  sumi_buffer_putc(buffer, '"');
  for (; *text; ++text) {
    if (*text == '"' || *text == '\\') sumi_buffer_putc(buffer, '\\');
    sumi_buffer_putc(buffer, *text);
  }
  sumi_buffer_putc(buffer, '"');
}

/* Microseconds with three digits behind the point, whatever the locale. */
static void put_time(sumi_buffer_t *buffer, const char *name, int64_t ns) {
  sumi_buffer_printf(buffer, ", \"%s\": %" PRId64 ".%03d", name, ns / 1000, (int)(ns % 1000));
}

static void put_step(sumi_buffer_t *buffer, const sumi_trace_step_t *step) {
  sumi_buffer_puts(buffer, ",\n  {\"ph\": \"X\", \"cat\": \"Op\", \"pid\": 0, \"tid\": 0");
  put_time(buffer, "ts", step->start_ns);
  put_time(buffer, "dur", step->duration_ns);
  sumi_buffer_puts(buffer, ", \"name\": ");
  put_text(buffer, step->node_count > 1 ? "fused" : sumi_op_type(step->op));
  sumi_buffer_puts(buffer, ", \"args\": {\"name\": ");
  put_text(buffer, sumi_op_name(step->op));
  sumi_buffer_puts(buffer, ", \"nodes\": [");
  for (int i = 0; i < step->node_count; ++i) {
    if (i) sumi_buffer_puts(buffer, ", ");
    put_text(buffer, sumi_op_name(step->nodes[i]));
  }
  sumi_buffer_printf(buffer, "], \"threads\": %d, \"bytes\": %" PRId64 "}}", step->threads,
                     step->output_bytes);
}

sumi_status_t sumi_trace_format_chrome(const sumi_trace_t *trace, sumi_buffer_t *buffer) {
  if (!trace || !buffer)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_trace_format_chrome: %s is NULL",
                     trace ? "buffer" : "trace");
  sumi_buffer_puts(buffer, "{\"displayTimeUnit\": \"ns\", \"traceEvents\": [\n"
                           "  {\"ph\": \"M\", \"name\": \"process_name\", \"pid\": 0, "
                           "\"args\": {\"name\": \"/device:CPU:0\"}}");
  for (int i = 0; i < trace->count; ++i) {
    const sumi_trace_step_t step = sumi_trace_at(trace, i);
    put_step(buffer, &step);
  }
  sumi_buffer_puts(buffer, "\n]}\n");
  return sumi_buffer_status(buffer, "a trace");
}
