/* The op types that call functions. Source of names and semantics: TensorFlow
 * core/ops/functional_ops.cc. They are registered when the first of them is built, for they have no
 * constructors of their own: <sumi/control_flow.h> has the functions that make them. */
#include "graph/flow.h"

#include <sumi/op_def.h>

static sumi_status_t engine_kernel(const sumi_kernel_t *kernel) {
  return sumi_kernel_fail(kernel, SUMI_UNIMPLEMENTED, "functions run in plans only");
}

#define SCHEMA "input: [Tin] | flow: pointer, Tout: types -> output: [Tout]"
#define EFFECT (SUMI_OP_CALLS | SUMI_OP_STATEFUL | SUMI_OP_SIDE_EFFECT)

static const sumi_op_def_t flow_ops[] = {
    {.name = "While",
     .schema = SCHEMA,
     .shape = sumi__tensor_while_shape,
     .kernel = engine_kernel,
     .grad = sumi__tensor_while_gradient,
     .flags = EFFECT},
    {.name = "StatelessWhile",
     .schema = SCHEMA,
     .shape = sumi__tensor_while_shape,
     .kernel = engine_kernel,
     .grad = sumi__tensor_while_gradient,
     .flags = SUMI_OP_CALLS},
    {.name = "If",
     .schema = SCHEMA,
     .shape = sumi__tensor_if_shape,
     .kernel = engine_kernel,
     .grad = sumi__tensor_if_gradient,
     .flags = EFFECT},
    {.name = "StatelessIf",
     .schema = SCHEMA,
     .shape = sumi__tensor_if_shape,
     .kernel = engine_kernel,
     .grad = sumi__tensor_if_gradient,
     .flags = SUMI_OP_CALLS},
};

sumi_status_t sumi__tensor_register_flow(void) {
  for (size_t i = 0; i < sizeof flow_ops / sizeof *flow_ops; ++i) {
    if (sumi_find_op_def(flow_ops[i].name)) continue;
    const sumi_status_t status = sumi_register_op(&flow_ops[i]);
    if (status != SUMI_OK && status != SUMI_ALREADY_EXISTS) return status; /* another thread's */
  }
  return SUMI_OK;
}
