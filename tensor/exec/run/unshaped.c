#include "exec/run/unshaped.h"

#include "exec/plan/known.h"
#include "exec/plan/unshaped.h"
#include "exec/run/interpret.h"

#include <sumi/alloc.h>

#include <string.h>

static sumi_array_view_t *input_view(const sumi_kernel_t *kernel, int index) {
  return (sumi_array_view_t *)(uintptr_t)&kernel->in[index];
}

static sumi_array_view_t *output_view(const sumi_kernel_t *kernel, int index) {
  return (sumi_array_view_t *)(uintptr_t)&kernel->out[index];
}

void sumi__tensor_look_at_inputs(const sumi_kernel_t *kernel) {
  const sumi__tensor_step_t *step = sumi__tensor_step_of(kernel);
  const sumi__tensor_unshaped_t *unshaped = step->unshaped;
  for (int i = 0; i < kernel->input_count; ++i) {
    const sumi_array_t *array = NULL;
    if (unshaped->inputs[i] != SUMI__NONE)
      array = unshaped->plan->unshaped_values[unshaped->inputs[i]].array;
    if (step->variables[i]) array = step->variables[i]->array;
    if (array) *input_view(kernel, i) = sumi_array_view(array);
  }
}

static sumi_status_t infer(const sumi_kernel_t *kernel) {
  const sumi__tensor_unshaped_t *unshaped = sumi__tensor_step_of(kernel)->unshaped;
  const int inputs = kernel->input_count;
  for (int i = 0; i < inputs; ++i) {
    unshaped->dims[i] = sumi_dims_make(kernel->in[i].rank, kernel->in[i].dims);
    unshaped->known[i] = sumi__tensor_known_of(kernel->in[i].dtype, unshaped->dims[i],
                                               kernel->in[i].data);
  }
  SUMI_TRY(sumi__tensor_infer_unshaped(kernel->op, kernel->in, unshaped->dims, unshaped->known,
                                       unshaped->dims + inputs, unshaped->known + inputs));
  for (int i = 0; i < kernel->output_count; ++i) {
    const sumi_dims_t inferred = unshaped->dims[inputs + i], said = kernel->op->outputs[i].dims;
    if (!sumi_merge_dims(inferred, said, &unshaped->dims[inputs + i]))
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

static sumi_status_t keep_output(const sumi_kernel_t *kernel, int index, sumi_dims_t dims) {
  const sumi__tensor_unshaped_t *unshaped = sumi__tensor_step_of(kernel)->unshaped;
  sumi_array_t *array = new_array(kernel->op->outputs[index].dtype, dims);
  if (!array) return SUMI_RESOURCE_EXHAUSTED;
  unshaped->plan->unshaped_values[unshaped->outputs[index]].array = array;
  *output_view(kernel, index) = sumi_array_view(array);
  return SUMI_OK;
}

static sumi_status_t make_output(const sumi_kernel_t *kernel, int index) {
  const sumi__tensor_unshaped_t *unshaped = sumi__tensor_step_of(kernel)->unshaped;
  if (unshaped->outputs[index] == SUMI__NONE) return SUMI_OK;
  const sumi_dims_t dims = unshaped->dims[kernel->input_count + index];
  if (!sumi_dims_known(dims))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "the shape of output %d stays unknown: %s", index,
                     sumi_dims_text(dims).text);
  return keep_output(kernel, index, dims);
}

static sumi_status_t check_planned(const sumi_kernel_t *kernel, int index, sumi_dims_t dims) {
  const sumi_dims_t planned = sumi_dims_make(kernel->out[index].rank, kernel->out[index].dims);
  if (sumi_dims_equal(planned, dims)) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "output %d has shape %s and was planned as %s", index,
                   sumi_dims_text(dims).text, sumi_dims_text(planned).text);
}

bool sumi__tensor_is_placed(const sumi_kernel_t *kernel, int index) {
  const sumi__tensor_unshaped_t *unshaped = sumi__tensor_step_of(kernel)->unshaped;
  return !unshaped || unshaped->outputs[index] == SUMI__NONE;
}

sumi_status_t sumi__tensor_hold_output(const sumi_kernel_t *kernel, int index, sumi_dims_t dims) {
  if (sumi__tensor_is_placed(kernel, index)) return check_planned(kernel, index, dims);
  return keep_output(kernel, index, dims);
}

/* Runs the kernel with as much scratch as its inputs' shapes take. */
static sumi_status_t run_kernel(const sumi_kernel_t *kernel) {
  const sumi_op_def_t *def = kernel->op->type->def;
  sumi_kernel_t *mutable_kernel = (sumi_kernel_t *)(uintptr_t)kernel;
  const size_t bytes = def->scratch ? def->scratch(kernel) : 0;
  if (bytes > 0) {
    mutable_kernel->scratch = sumi_malloc_aligned(bytes);
    if (!mutable_kernel->scratch) return sumi_fail_alloc("a step's scratch memory", bytes);
  }
  const sumi_status_t status = def->kernel(kernel);
  sumi_free_aligned(mutable_kernel->scratch);
  mutable_kernel->scratch = NULL;
  return status;
}

/* An op whose inputs' shapes were not known when the plan was made. */
sumi_status_t sumi__tensor_run_unshaped(const sumi_kernel_t *kernel) {
  sumi__tensor_look_at_inputs(kernel);
  SUMI_TRY(infer(kernel));
  for (int i = 0; i < kernel->output_count; ++i) SUMI_TRY(make_output(kernel, i));
  if (!kernel->op->type->def->kernel)
    return sumi__tensor_interpret(kernel->session, kernel->op, kernel->in, kernel->out);
  return run_kernel(kernel);
}

/* ---- Ops that make their outputs themselves ---- */

static sumi_status_t check_made(const sumi_kernel_t *kernel, int index, const sumi_array_t *array) {
  const sumi__tensor_output_t *output = &kernel->op->outputs[index];
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
  const sumi__tensor_unshaped_t *unshaped = sumi__tensor_step_of(kernel)->unshaped;
  SUMI_TRY(check_made(kernel, index, array));
  if (unshaped->outputs[index] != SUMI__NONE) {
    unshaped->plan->unshaped_values[unshaped->outputs[index]].array = sumi_array_ref(array);
    return SUMI_OK;
  }
  SUMI_TRY(check_planned(kernel, index, sumi_array_dims(array)));
  const size_t bytes = sumi_array_size_bytes(array);
  if (bytes > 0) memcpy(sumi_kernel_out(kernel, index), sumi_array_data(array), bytes);
  return SUMI_OK;
}

sumi_status_t sumi__tensor_run_dynamic(const sumi_kernel_t *kernel) {
  sumi__tensor_look_at_inputs(kernel);
  SUMI_TRY(run_kernel(kernel));
  for (int i = 0; i < kernel->output_count; ++i)
    SUMI_TRY(take_output(kernel, i, kernel->dynamic[i]));
  return SUMI_OK;
}
