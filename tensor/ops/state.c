/* Variables and what changes them. Source of names and semantics: TensorFlow core/ops/state_ops.cc.
 */
#include "ops/state.h"
#include "ops/known.h"

#include <sumi/ops.h>

#include <string.h>

/* ---- VariableV2: a tensor that outlives a run. The session holds its value and gives it to
 * readers; no kernel runs. */

static sumi_status_t variable_shape(sumi_infer_t *infer) {
  infer->out[0] = sumi_attr_dims(infer->op, "shape");
  return SUMI_OK;
}

SUMI_OP(VariableV2,
        "| shape: shape, dtype: type, container: string = \"\", shared_name: string = \"\" "
        "-> ref: ref dtype",
        .api = "variable_v2",
        .doc = "A tensor that keeps its value from run to run; sumi_get_variable makes one with an "
               "initial value.",
        .source = SUMI_SOURCE_VARIABLE, .shape = variable_shape, .no_grad = "it has no inputs",
        .flags = SUMI_OP_STATEFUL);

sumi_status_t sumi__tensor_want_variable(const sumi_kernel_t *kernel, int input, void **data) {
  *data = sumi_kernel_variable(kernel, input);
  if (*data) return SUMI_OK;
  const sumi_tensor_t variable = sumi_op_input(kernel->op, input);
  return sumi_kernel_fail(kernel, SUMI_FAILED_PRECONDITION, "variable '%s' is not initialised",
                          sumi_op_name(variable.op));
}

/* ---- Assign ---- */

static sumi_status_t assign_shape(sumi_infer_t *infer) {
  if (!sumi_attr_bool(infer->op, "validate_shape")) {
    infer->out[0] = infer->in[1];
    return SUMI_OK;
  }
  if (!sumi_merge_dims(infer->in[0], infer->in[1], &infer->out[0]))
    return sumi_refuse(infer, "value has shape %s, the variable %s",
                       sumi_dims_text(infer->in[1]).text, sumi_dims_text(infer->in[0]).text);
  return SUMI_OK;
}

static sumi_status_t assign_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *value = &kernel->in[1];
  void *data;
  SUMI_TRY(sumi_kernel_assign(kernel, 0, sumi_dims_make(value->rank, value->dims), &data));
  const int64_t count = sumi_array_view_count(value);
  if (count > 0 && data != value->data)
    memmove(data, value->data, (size_t)count * sumi_dtype_size_bytes(value->dtype));
  return SUMI_OK;
}

SUMI_OP(Assign,
        "ref: ref T, value: T | validate_shape: bool = true, use_locking: bool = true "
        "-> output_ref: ref T",
        .doc = "Gives a variable the value; the result is the variable afterwards.",
        .shape = assign_shape, .kernel = assign_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);

/* ---- AssignAdd, AssignSub ---- */

typedef struct change_job {
  sumi_dtype_t dtype;
  int sign;
  int64_t count;
  void *variable;
  const void *value;
} change_job_t;

static void change_task(void *context, int64_t task) {
  const change_job_t *job = context;
  const int64_t begin = task * SUMI__UPDATE_TASK;
  const int64_t end = begin + SUMI__UPDATE_TASK < job->count ? begin + SUMI__UPDATE_TASK
                                                             : job->count;
  /* Unsigned arithmetic, so that integers wrap around as TensorFlow's do. */
#define CHANGE(NAME, type, wide)                                                                   \
  case SUMI_##NAME: {                                                                              \
    type *variable = job->variable;                                                                \
    const type *value = job->value;                                                                \
    if (job->sign > 0)                                                                             \
      for (int64_t i = begin; i < end; ++i)                                                        \
        variable[i] = (type)((wide)variable[i] + (wide)value[i]);                                  \
    else                                                                                           \
      for (int64_t i = begin; i < end; ++i)                                                        \
        variable[i] = (type)((wide)variable[i] - (wide)value[i]);                                  \
    break;                                                                                         \
  }
  switch (job->dtype) {
    CHANGE(FLOAT32, float, float)
    CHANGE(FLOAT64, double, double)
    CHANGE(INT32, int32_t, uint32_t)
    CHANGE(INT64, int64_t, uint64_t)
  default: break;
  }
#undef CHANGE
}

static sumi_status_t change(const sumi_kernel_t *kernel, int sign) {
  change_job_t job = {.dtype = kernel->in[1].dtype,
                      .sign = sign,
                      .count = sumi_array_view_count(&kernel->in[1]),
                      .value = kernel->in[1].data};
  SUMI_TRY(sumi__tensor_want_variable(kernel, 0, &job.variable));
  sumi__tensor_update_parallel(kernel, job.count, change_task, &job);
  return SUMI_OK;
}

static sumi_status_t change_shape(sumi_infer_t *infer) {
  if (!sumi_merge_dims(infer->in[0], infer->in[1], &infer->out[0]))
    return sumi_refuse(infer, "value has shape %s, the variable %s",
                       sumi_dims_text(infer->in[1]).text, sumi_dims_text(infer->in[0]).text);
  return SUMI_OK;
}

static sumi_status_t assign_add_kernel(const sumi_kernel_t *kernel) {
  return change(kernel, 1);
}

static sumi_status_t assign_sub_kernel(const sumi_kernel_t *kernel) {
  return change(kernel, -1);
}

SUMI_OP(AssignAdd,
        "ref: ref T, value: T | use_locking: bool = false -> output_ref: ref T ; "
        "T: float32 float64 int32 int64",
        .doc = "Adds the value to a variable; the result is the variable afterwards.",
        .shape = change_shape, .kernel = assign_add_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);

SUMI_OP(AssignSub,
        "ref: ref T, value: T | use_locking: bool = false -> output_ref: ref T ; "
        "T: float32 float64 int32 int64",
        .doc = "Subtracts the value from a variable; the result is the variable afterwards.",
        .shape = change_shape, .kernel = assign_sub_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);

/* ---- IsVariableInitialized ---- */

static sumi_status_t is_initialized_kernel(const sumi_kernel_t *kernel) {
  *(bool *)sumi_kernel_out(kernel, 0) = sumi_kernel_variable(kernel, 0) != NULL;
  return SUMI_OK;
}

SUMI_OP(IsVariableInitialized, "ref: ref dtype -> is_initialized: bool",
        .doc = "Whether the session has a value for the variable.", .shape = sumi_shape_scalar,
        .kernel = is_initialized_kernel, .no_grad = "it does not depend on the value",
        .flags = SUMI_OP_STATEFUL);

/* ---- NoOp: a node that other nodes wait for ---- */

SUMI_OP(NoOp, "", .doc = "Does nothing; useful for its control inputs.", .shape = sumi_shape_none,
        .no_grad = "it has no inputs", .flags = SUMI_OP_SIDE_EFFECT);
