/* Storage of variables: one array for each VariableV2 node that a plan of the session has met. */
#include "exec/plan/session.h"

#include <sumi/alloc.h>

sumi__tensor_variable_t *sumi__tensor_session_variable(sumi_session_t *session,
                                                       const sumi_op_t *op) {
  sumi__tensor_op_state_t *state = sumi__tensor_session_state(session, op);
  if (!state || state->variable) return state ? state->variable : NULL;
  sumi__tensor_variable_t *variable = sumi_calloc(1, sizeof *variable);
  if (!variable) {
    sumi_fail_alloc("a variable", sizeof *variable);
    return NULL;
  }
  const int number = session->variables ? session->variables->number + 1 : 0;
  *variable = (sumi__tensor_variable_t){.op = op, .number = number, .next = session->variables};
  session->variables = state->variable = variable;
  return variable;
}

void sumi__tensor_variables_free(sumi_session_t *session) {
  for (sumi__tensor_variable_t *v = session->variables, *next; v; v = next) {
    next = v->next;
    sumi_array_unref(v->array);
    sumi_free(v);
  }
  session->variables = NULL;
}

static sumi__tensor_variable_t *kernel_variable(const sumi_kernel_t *kernel, int index) {
  const sumi__tensor_step_t *step = sumi__tensor_step_of(kernel);
  if (!step->variables || index < 0 || index >= kernel->input_count) return NULL;
  return step->variables[index];
}

void *sumi_kernel_variable(const sumi_kernel_t *kernel, int index) {
  const sumi__tensor_variable_t *variable = kernel_variable(kernel, index);
  return variable && variable->array ? sumi_array_data(variable->array) : NULL;
}

/* Plans rely on the declared shape, so a value has to fit it. */
static sumi_status_t check_shape(const sumi_kernel_t *kernel,
                                 const sumi__tensor_variable_t *variable, sumi_dims_t dims) {
  sumi_dims_t both;
  const sumi_dims_t declared = variable->op->outputs[0].dims;
  if (sumi_dims_known(dims) && sumi_merge_dims(declared, dims, &both)) return SUMI_OK;
  return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                          "variable '%s' has shape %s and is assigned a value of shape %s",
                          variable->op->name, sumi_dims_text(declared).text,
                          sumi_dims_text(dims).text);
}

sumi_status_t sumi_kernel_assign(const sumi_kernel_t *kernel, int index, sumi_dims_t dims,
                                 void **data) {
  sumi__tensor_variable_t *variable = kernel_variable(kernel, index);
  if (!variable)
    return sumi_kernel_fail(kernel, SUMI_INTERNAL, "input %d is not a variable", index);
  SUMI_TRY(check_shape(kernel, variable, dims));
  if (variable->op->outputs[0].dtype == SUMI_STRING)
    return sumi_kernel_fail(kernel, SUMI_UNIMPLEMENTED, "variables of strings");
  if (!variable->array || !sumi_dims_equal(sumi_array_dims(variable->array), dims)) {
    sumi_array_t *array = sumi_array_new_uninitialized(variable->op->outputs[0].dtype, dims);
    if (!array) return sumi__tensor_name_failure(kernel->op, SUMI_RESOURCE_EXHAUSTED);
    sumi_array_unref(variable->array);
    variable->array = array;
    ++kernel->session->variable_generation;
  }
  *data = sumi_array_data(variable->array);
  return SUMI_OK;
}

sumi_status_t sumi__tensor_session_adopt(sumi_session_t *session, const sumi_op_t *op,
                                         sumi_array_t *value) {
  sumi__tensor_variable_t *variable = sumi__tensor_session_variable(session, op);
  if (!variable) return SUMI_RESOURCE_EXHAUSTED;
  sumi_array_unref(variable->array);
  variable->array = value;
  ++session->variable_generation;
  return SUMI_OK;
}

sumi_status_t sumi_session_set_variable(sumi_session_t *session, sumi_tensor_t tensor,
                                        const sumi_array_t *value) {
  const sumi_op_t *op = tensor.op ? sumi__tensor_variable_of(tensor) : NULL;
  if (!session || !value || !op || op->graph != session->graph)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_session_set_variable: %s",
                     !session ? "session is NULL"
                     : !value ? "value is NULL"
                              : "the tensor is no variable of the session's graph");
  const sumi__tensor_output_t *declared = &op->outputs[0];
  if (sumi_array_dtype(value) != declared->dtype ||
      !sumi_dims_equal(sumi_array_dims(value), declared->dims))
    return sumi_fail(
        SUMI_INVALID_ARGUMENT, "variable '%s' is %s of shape %s and cannot become %s of shape %s",
        op->name, sumi_dtype_name(declared->dtype), sumi_dims_text(declared->dims).text,
        sumi_dtype_name(sumi_array_dtype(value)), sumi_dims_text(sumi_array_dims(value)).text);
  sumi_array_t *copy = sumi_array_copy(value);
  if (!copy) return SUMI_RESOURCE_EXHAUSTED;
  const sumi_status_t status = sumi__tensor_session_adopt(session, op, copy);
  if (status != SUMI_OK) sumi_array_unref(copy);
  return status;
}

sumi_array_t *sumi_session_variable(sumi_session_t *session, sumi_tensor_t variable) {
  if (!session || !variable.op) return NULL;
  const sumi_op_t *op = sumi__tensor_variable_of(variable);
  if (!op || op->graph != session->graph || op->index >= session->state_count) return NULL;
  const sumi__tensor_variable_t *found = session->states[op->index].variable;
  return found ? found->array : NULL;
}
