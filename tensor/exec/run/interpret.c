#include "exec/run/interpret.h"

#include "exec/run/group_run.h"
#include "exec/run/parallel.h"

#include <sumi/alloc.h>

#include <string.h>

static sumi_dims_t dims_of(const sumi_array_view_t *view) {
  return sumi_dims_make(view->rank, view->dims);
}

static size_t bytes_of(const sumi_array_view_t *view) {
  return (size_t)sumi_array_view_count(view) * sumi_dtype_size_bytes(view->dtype);
}

/* A group of one, made for these shapes and dropped. */
static sumi_status_t run_map(sumi_session_t *session, const sumi_op_t *op,
                             const sumi_array_view_t *in, const sumi_array_view_t *out,
                             sumi_arena_t *memory) {
  const size_t inputs = (size_t)op->input_count;
  sumi__tensor_operand_t *operands = sumi_arena_calloc(memory, inputs + 1, sizeof *operands);
  sumi__tensor_member_t *member = sumi_arena_calloc(memory, 1, sizeof *member);
  if (member) member->inputs = sumi_arena_calloc(memory, inputs, sizeof *member->inputs);
  if (!operands || !member || !member->inputs) return sumi_fail_alloc("a step", inputs);
  const sumi_array_view_t *first = inputs > 0 ? &in[0] : &out[0];
  member->op = op;
  member->block = sumi__tensor_find_block(op->type->def, first->dtype, out->dtype);
  member->dtype = first->dtype;
  member->input_count = op->input_count;
  member->output = op->input_count;
  if (!member->block)
    return sumi_fail(SUMI_UNIMPLEMENTED, "it does not compute %s from %s",
                     sumi_dtype_name(out->dtype), sumi_dtype_name(first->dtype));
  for (int i = 0; i <= op->input_count; ++i) {
    const sumi_array_view_t *view = i < op->input_count ? &in[i] : &out[0];
    operands[i].element_bytes = sumi_dtype_size_bytes(view->dtype);
    operands[i].base = view->data;
    sumi__tensor_operand_walk(&operands[i], dims_of(view), dims_of(out));
    if (i < op->input_count) member->inputs[i] = i;
  }
  sumi__tensor_group_t group = {.count = sumi_array_view_count(out),
                                .operand_count = op->input_count + 1,
                                .member_count = 1,
                                .operands = operands,
                                .members = member};
  SUMI_TRY(sumi__tensor_group_finish(&group, memory, session->threads));
  void *registers = sumi_malloc_aligned((size_t)group.threads * group.thread_bytes);
  if (!registers) return sumi_fail_alloc("a step", group.thread_bytes);
  const sumi_status_t status = sumi__tensor_group_run(&group, registers, session);
  sumi_free_aligned(registers);
  return status;
}

static sumi_status_t run_kernel(sumi_session_t *session, const sumi_op_t *op,
                                const sumi_array_view_t *in, const sumi_array_view_t *out) {
  sumi__tensor_step_t step = {.kernel = {.op = op,
                                         .input_count = op->input_count,
                                         .output_count = op->output_count,
                                         .in = in,
                                         .out = out,
                                         .threads = session->threads,
                                         .session = session}};
  const sumi_op_def_t *def = op->type->def;
  const size_t bytes = def->scratch ? def->scratch(&step.kernel) : 0;
  if (bytes > 0) {
    step.kernel.scratch = sumi_malloc_aligned(bytes);
    if (!step.kernel.scratch) return sumi_fail_alloc("a step's scratch memory", bytes);
  }
  const sumi_status_t status = def->kernel(&step.kernel);
  sumi_free_aligned(step.kernel.scratch);
  return status;
}

sumi_status_t sumi__tensor_interpret(sumi_session_t *session, const sumi_op_t *op,
                                     const sumi_array_view_t *in, const sumi_array_view_t *out) {
  const sumi_op_def_t *def = op->type->def;
  sumi_status_t status = SUMI_OK;
  session->failure_named = false;
  const int saved_threads = sumi__tensor_threads_begin(); /* plans are made outside runs */
  if (def->flags & SUMI_OP_ALIAS) {
    if (bytes_of(out) > 0) memcpy((void *)(uintptr_t)out->data, in->data, bytes_of(out));
  } else if (def->map) {
    sumi_arena_t *memory = sumi_arena_new();
    status = memory ? run_map(session, op, in, out, memory) : sumi_fail_alloc("a step", 1);
    sumi_arena_free(memory);
  } else {
    status = run_kernel(session, op, in, out);
  }
  sumi__tensor_threads_end(saved_threads);
  if (status == SUMI_OK || session->failure_named) return status;
  session->failure_named = true;
  return sumi__tensor_name_failure(op, status);
}
