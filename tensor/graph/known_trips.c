#include "graph/flow.h"

#include <string.h>

static bool one_number(const sumi_known_t *known, int64_t *number) {
  if (!known || !known->valid || known->count != 1 || !known->has[0]) return false;
  *number = known->value[0];
  return true;
}

/* Whether an input is the same in every iteration: what is captured, and what an iteration carries
 * on as it was. */
static bool stays(const sumi__tensor_flow_t *flow, int input) {
  const sumi_function_t *body = flow->functions[SUMI__BODY];
  if (input > flow->carried) return input > flow->carried + flow->scanned;
  return sumi__tensor_same(body->results[input - 1], body->inputs[input]);
}

static bool is_known(const sumi__tensor_flow_t *flow, int function, const sumi_known_t *known_in,
                     sumi_tensor_t tensor, int64_t *number) {
  const int input = sumi__tensor_function_input(flow->functions[function], tensor);
  if (input > 0 && !stays(flow, input)) return false;
  return one_number(input > 0 ? &known_in[input] : tensor.op->outputs[tensor.index].known, number);
}

static int carried_input(const sumi__tensor_flow_t *flow, int function, sumi_tensor_t tensor) {
  const int input = sumi__tensor_function_input(flow->functions[function], tensor);
  return input <= flow->carried ? input : -1;
}

static bool is_type(const sumi_op_t *op, const char *type) {
  return strcmp(op->type->def->name, type) == 0;
}

/* What an iteration adds to the counter. */
static bool find_step(const sumi__tensor_flow_t *flow, const sumi_known_t *known_in, int counter,
                      int64_t *step) {
  const sumi_function_t *body = flow->functions[SUMI__BODY];
  const sumi_op_t *op = body->results[counter - 1].op;
  const bool down = is_type(op, "Sub");
  if (op->function != body || !(down || is_type(op, "Add") || is_type(op, "AddV2"))) return false;
  const int side = carried_input(flow, SUMI__BODY, op->inputs[0]) == counter ? 0 : 1;
  if (carried_input(flow, SUMI__BODY, op->inputs[side]) != counter || (down && side == 1))
    return false;
  if (!is_known(flow, SUMI__BODY, known_in, op->inputs[1 - side], step)) return false;
  if (down) *step = -*step;
  return *step == 1 || *step == -1;
}

/* The counter goes on while it is below, or above, the bound. */
static bool find_bound(const sumi__tensor_flow_t *flow, const sumi_known_t *known_in, int *counter,
                       bool *below, int64_t *bound) {
  const sumi_function_t *test = flow->functions[SUMI__TEST];
  const sumi_op_t *op = test->results[0].op;
  const bool less = is_type(op, "Less"), less_equal = is_type(op, "LessEqual");
  const bool greater = is_type(op, "Greater"), greater_equal = is_type(op, "GreaterEqual");
  if (op->function != test || !(less || less_equal || greater || greater_equal)) return false;
  *counter = carried_input(flow, SUMI__TEST, op->inputs[0]);
  if (*counter < 1 || !is_known(flow, SUMI__TEST, known_in, op->inputs[1], bound)) return false;
  *below = less || less_equal;
  if (less_equal && __builtin_add_overflow(*bound, 1, bound)) return false;
  return !greater_equal || !__builtin_sub_overflow(*bound, 1, bound);
}

int64_t sumi__tensor_known_trips(const sumi__tensor_flow_t *flow, const sumi_known_t *known_in) {
  int counter;
  bool below;
  int64_t bound, first, step, trips, limit;
  if (!known_in || !find_bound(flow, known_in, &counter, &below, &bound)) return -1;
  if (!one_number(&known_in[counter], &first)) return -1;
  if (!find_step(flow, known_in, counter, &step) || step != (below ? 1 : -1)) return -1;
  if (__builtin_sub_overflow(below ? bound : first, below ? first : bound, &trips)) return -1;
  if (trips < 0) trips = 0;
  if (one_number(&known_in[0], &limit) && limit >= 0 && limit < trips) trips = limit;
  return trips <= INT32_MAX ? trips : -1;
}
