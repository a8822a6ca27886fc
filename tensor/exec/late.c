#include "exec/late.h"

#include "exec/group.h"
#include "exec/interpret.h"

#include <sumi/alloc.h>

#include <string.h>

static void *plan_calloc(sumi__plan_t *plan, size_t count, size_t size_bytes) {
  void *memory = sumi_arena_calloc(plan->memory, count, size_bytes);
  if (!memory) sumi_fail_alloc("a plan", count * size_bytes);
  return memory;
}

sumi_status_t sumi__number_late_values(sumi__draft_t *draft) {
  sumi__plan_t *plan = draft->plan;
  for (int i = 0; i < draft->value_count; ++i) {
    sumi__value_t *value = &draft->values[i];
    if (value->late && value->source == SUMI__FROM_STEP && value->same_as == SUMI__NONE)
      value->late_index = plan->late_count++;
  }
  plan->late_values = plan_calloc(plan, (size_t)plan->late_count, sizeof *plan->late_values);
  return plan->late_values ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

void sumi__late_release(sumi__plan_t *plan) {
  for (int i = 0; plan->late_values && i < plan->late_count; ++i) {
    sumi_array_unref(plan->late_values[i].array);
    plan->late_values[i].array = NULL;
  }
  for (int i = 0; plan->steps && i < plan->step_count; ++i) {
    const sumi__step_t *step = &plan->steps[i];
    for (int k = 0; step->late && step->late->held && k < step->kernel.output_count; ++k) {
      sumi_array_unref(step->late->held[k]);
      step->late->held[k] = NULL;
    }
  }
}

static sumi_array_view_t *input_view(const sumi_kernel_t *kernel, int index) {
  return (sumi_array_view_t *)(uintptr_t)&kernel->in[index];
}

static sumi_array_view_t *output_view(const sumi_kernel_t *kernel, int index) {
  return (sumi_array_view_t *)(uintptr_t)&kernel->out[index];
}

static void look_at_inputs(const sumi_kernel_t *kernel) {
  const sumi__step_t *step = sumi__step_of(kernel);
  const sumi__late_t *late = step->late;
  for (int i = 0; i < kernel->input_count; ++i) {
    const sumi_array_t *array = NULL;
    if (late->inputs[i] != SUMI__NONE) array = late->plan->late_values[late->inputs[i]].array;
    if (step->variables[i]) array = step->variables[i]->array;
    if (array) *input_view(kernel, i) = sumi_array_view(array);
  }
}

/* Elements of small integer inputs are known now. */
static void know(const sumi_array_view_t *view, sumi_known_t *known) {
  const int64_t count = sumi_array_view_count(view);
  known->valid = (view->dtype == SUMI_INT32 || view->dtype == SUMI_INT64) && view->data &&
                 view->rank <= 1 && count >= 0 && count <= SUMI_MAX_RANK;
  if (!known->valid) return;
  known->scalar = view->rank == 0;
  known->count = (int)count;
  for (int i = 0; i < known->count; ++i) {
    known->has[i] = true;
    known->value[i] = view->dtype == SUMI_INT32 ? ((const int32_t *)view->data)[i]
                                                : ((const int64_t *)view->data)[i];
  }
}

static sumi_status_t infer(const sumi_kernel_t *kernel) {
  const sumi__late_t *late = sumi__step_of(kernel)->late;
  const int inputs = kernel->input_count;
  for (int i = 0; i < inputs; ++i) {
    late->dims[i] = sumi_dims_make(kernel->in[i].rank, kernel->in[i].dims);
    know(&kernel->in[i], &late->known[i]);
  }
  SUMI_TRY(sumi__infer_late(kernel->op, kernel->in, late->dims, late->known, late->dims + inputs,
                            late->known + inputs));
  for (int i = 0; i < kernel->output_count; ++i) {
    const sumi_dims_t inferred = late->dims[inputs + i], said = kernel->op->outputs[i].dims;
    if (!sumi_merge_dims(inferred, said, &late->dims[inputs + i]))
      return sumi_fail(SUMI_INVALID_ARGUMENT,
                       "output %d has shape %s, which contradicts its static shape %s", i,
                       sumi_dims_text(inferred).text, sumi_dims_text(said).text);
  }
  return SUMI_OK;
}

static void release_pointers(void *user, void *data) {
  (void)user;
  sumi_free_aligned(data);
}

/* Kernels write texts that belong to somebody else, so an array of strings must not free them. */
static sumi_array_t *new_array(sumi_dtype_t dtype, sumi_dims_t dims) {
  if (dtype != SUMI_STRING) return sumi_array_new_uninitialized(dtype, dims);
  void *pointers = sumi_malloc_aligned((size_t)sumi_dims_count(dims) * sizeof(char *));
  sumi_array_t *array = pointers ? sumi_array_wrap(dtype, dims, pointers, release_pointers, NULL)
                                 : NULL;
  if (!array) sumi_free_aligned(pointers);
  if (!pointers) sumi_fail_alloc("a step's output", sizeof(char *));
  return array;
}

static sumi_status_t make_output(const sumi_kernel_t *kernel, int index) {
  const sumi__late_t *late = sumi__step_of(kernel)->late;
  if (late->outputs[index] == SUMI__NONE) return SUMI_OK;
  const sumi_dims_t dims = late->dims[kernel->input_count + index];
  if (!sumi_dims_known(dims))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "the shape of output %d stays unknown: %s", index,
                     sumi_dims_text(dims).text);
  sumi_array_t *array = new_array(kernel->op->outputs[index].dtype, dims);
  if (!array) return SUMI_RESOURCE_EXHAUSTED;
  late->plan->late_values[late->outputs[index]].array = array;
  *output_view(kernel, index) = sumi_array_view(array);
  return SUMI_OK;
}

/* An op whose inputs' shapes were not known when the plan was made. */
static sumi_status_t run_late(const sumi_kernel_t *kernel) {
  const sumi__step_t *step = sumi__step_of(kernel);
  const sumi_op_def_t *def = kernel->op->type->def;
  look_at_inputs(kernel);
  SUMI_TRY(infer(kernel));
  for (int i = 0; i < kernel->output_count; ++i) SUMI_TRY(make_output(kernel, i));
  if (!def->kernel) return sumi__interpret(kernel->session, kernel->op, kernel->in, kernel->out);
  sumi_kernel_t *mutable_kernel = (sumi_kernel_t *)(uintptr_t)kernel;
  const size_t bytes = def->scratch ? def->scratch(kernel) : 0;
  if (bytes > 0) {
    mutable_kernel->scratch = sumi_malloc_aligned(bytes);
    if (!step->kernel.scratch) return sumi_fail_alloc("a step's scratch memory", bytes);
  }
  const sumi_status_t status = def->kernel(kernel);
  sumi_free_aligned(mutable_kernel->scratch);
  mutable_kernel->scratch = NULL;
  return status;
}

/* ---- Ops that make their outputs themselves ---- */

static sumi_status_t check_made(const sumi_kernel_t *kernel, int index, const sumi_array_t *array) {
  const sumi__output_t *output = &kernel->op->outputs[index];
  if (!array) return sumi_fail(SUMI_INTERNAL, "the op made no array for output %d", index);
  if (sumi_array_dtype(array) != output->dtype)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "output %d is %s and has to be %s", index,
                     sumi_dtype_name(sumi_array_dtype(array)), sumi_dtype_name(output->dtype));
  sumi_dims_t both;
  if (sumi_merge_dims(output->dims, sumi_array_dims(array), &both)) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "output %d has shape %s, its static shape is %s", index,
                   sumi_dims_text(sumi_array_dims(array)).text, sumi_dims_text(output->dims).text);
}

/* Outputs whose shape the plan knows have a place in the arena; the others are kept as made. */
static sumi_status_t take_output(const sumi_kernel_t *kernel, int index, sumi_array_t *array) {
  const sumi__late_t *late = sumi__step_of(kernel)->late;
  SUMI_TRY(check_made(kernel, index, array));
  if (late->outputs[index] != SUMI__NONE) {
    late->plan->late_values[late->outputs[index]].array = sumi_array_ref(array);
    return SUMI_OK;
  }
  const sumi_dims_t planned = sumi_dims_make(kernel->out[index].rank, kernel->out[index].dims);
  if (!sumi_dims_equal(planned, sumi_array_dims(array)))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "output %d has shape %s and was planned as %s", index,
                     sumi_dims_text(sumi_array_dims(array)).text, sumi_dims_text(planned).text);
  memcpy(sumi_kernel_out(kernel, index), sumi_array_data(array), sumi_array_size_bytes(array));
  return SUMI_OK;
}

static sumi_status_t run_dynamic(const sumi_kernel_t *kernel) {
  look_at_inputs(kernel);
  SUMI_TRY(kernel->op->type->def->kernel(kernel));
  for (int i = 0; i < kernel->output_count; ++i)
    SUMI_TRY(take_output(kernel, i, kernel->dynamic[i]));
  return SUMI_OK;
}

static int late_index(const sumi__draft_t *draft, int value) {
  return draft->values[value].late ? sumi__draft_root(draft, value)->late_index : SUMI__NONE;
}

sumi_status_t sumi__late_step(sumi__draft_t *draft, const sumi__node_t *node, sumi__step_t *step) {
  sumi__plan_t *plan = draft->plan;
  const size_t inputs = (size_t)node->input_count, outputs = (size_t)node->output_count;
  sumi__late_t *late = plan_calloc(plan, 1, sizeof *late);
  if (!late) return SUMI_RESOURCE_EXHAUSTED;
  late->plan = plan;
  late->inputs = plan_calloc(plan, inputs, sizeof *late->inputs);
  late->outputs = plan_calloc(plan, outputs, sizeof *late->outputs);
  late->dims = plan_calloc(plan, inputs + outputs, sizeof *late->dims);
  late->known = plan_calloc(plan, inputs + outputs, sizeof *late->known);
  late->held = plan_calloc(plan, outputs, sizeof *late->held);
  if (!late->inputs || !late->outputs || !late->dims || !late->known || !late->held)
    return SUMI_RESOURCE_EXHAUSTED;
  for (int i = 0; i < node->input_count; ++i) late->inputs[i] = late_index(draft, node->inputs[i]);
  for (int i = 0; i < node->output_count; ++i)
    late->outputs[i] = late_index(draft, node->first_output + i);
  step->late = late;
  plan->has_late_steps = true;
  if (sumi__op_is(node, SUMI_OP_DYNAMIC)) step->kernel.dynamic = late->held;
  step->run = step->kernel.dynamic ? run_dynamic : run_late;
  return SUMI_OK;
}
