/* Shapes of While and If. */
#include "graph/flow.h"

#include <sumi/alloc.h>

/* What both shapes have in common: sizes that differ are unknown. */
static sumi_dims_t common_dims(sumi_dims_t a, sumi_dims_t b) {
  if (a.rank != b.rank || a.rank == SUMI_UNKNOWN_RANK) return SUMI_DIMS_UNKNOWN;
  for (int i = 0; i < a.rank; ++i)
    if (a.size[i] != b.size[i]) a.size[i] = SUMI_UNKNOWN_SIZE;
  return a;
}

static sumi_dims_t stacked_dims(int64_t trips, sumi_dims_t element) {
  if (element.rank == SUMI_UNKNOWN_RANK || element.rank >= SUMI_MAX_RANK) return SUMI_DIMS_UNKNOWN;
  sumi_dims_t dims = {.rank = element.rank + 1, .size = {trips}};
  for (int i = 0; i < element.rank; ++i) dims.size[i + 1] = element.size[i];
  return dims;
}

static sumi_dims_t element_dims(sumi_dims_t stack) {
  return stack.rank < 1 ? SUMI_DIMS_UNKNOWN : sumi_dims_make(stack.rank - 1, stack.size + 1);
}

/* ---- While ---- */

/* How often the loop runs; -1 when that is not known. */
static int64_t known_trips(const sumi_infer_t *infer, const sumi__tensor_flow_t *flow) {
  if (flow->functions[SUMI__TEST]) return sumi__tensor_known_trips(flow, infer->known_in);
  const sumi_known_t *limit = sumi_infer_known(infer, 0);
  if (limit && limit->has[0]) return limit->value[0];
  for (int i = 0; i < flow->scanned; ++i) {
    const sumi_dims_t dims = infer->in[1 + flow->carried + i];
    if (dims.rank > 0 && dims.size[0] >= 0) return dims.size[0];
  }
  return -1;
}

typedef struct loop_shapes {
  sumi_dims_t *in;     /* of the node's inputs as the body sees them */
  sumi_known_t *known; /* the same; only what is captured keeps its elements */
  sumi_dims_t *results;
} loop_shapes_t;

static void begin_loop(const sumi_infer_t *infer, const sumi__tensor_flow_t *flow,
                       const loop_shapes_t *s) {
  for (int i = 0; i < infer->input_count; ++i) {
    s->in[i] = infer->in[i];
    const bool captured = i > flow->carried + flow->scanned;
    if (captured && infer->known_in) s->known[i] = infer->known_in[i];
  }
  for (int i = 0; i < flow->carried && !infer->actual; ++i) s->in[1 + i] = flow->invariants[i];
  for (int i = 0; i < flow->scanned; ++i)
    s->in[1 + flow->carried + i] = element_dims(infer->in[1 + flow->carried + i]);
}

/* The body's shapes once what is carried has a shape that holds in every iteration: sizes that an
 * iteration changes become unknown, so this ends. */
static sumi_status_t settle(const sumi_infer_t *infer, const sumi__tensor_flow_t *flow,
                            const loop_shapes_t *s) {
  for (bool changed = true; changed;) {
    changed = false;
    SUMI_TRY(sumi__tensor_function_infer(flow->functions[SUMI__BODY], infer->actual, s->in,
                                         s->known, s->results));
    for (int i = 0; infer->actual && i < flow->carried; ++i) {
      const sumi_dims_t both = common_dims(s->in[1 + i], s->results[i]);
      if (sumi_dims_equal(both, s->in[1 + i])) continue;
      s->in[1 + i] = both;
      changed = true;
    }
  }
  return SUMI_OK;
}

static sumi_status_t loop_shape(const sumi_infer_t *infer, const sumi__tensor_flow_t *flow,
                                const loop_shapes_t *s) {
  begin_loop(infer, flow, s);
  SUMI_TRY(settle(infer, flow, s));
  const int64_t trips = known_trips(infer, flow);
  infer->out[0] = SUMI_SCALAR;
  if (trips >= 0)
    infer->known_out[0] = (sumi_known_t){
        .valid = true, .scalar = true, .count = 1, .has = {true}, .value = {trips}};
  for (int i = 0; i < flow->carried; ++i) infer->out[1 + i] = s->in[1 + i];
  for (int i = 1 + flow->carried; i < infer->output_count; ++i)
    infer->out[i] = stacked_dims(trips, s->results[i - 1]);
  return SUMI_OK;
}

sumi_status_t sumi__tensor_while_shape(sumi_infer_t *infer) {
  const sumi__tensor_flow_t *flow = sumi__tensor_flow_of(infer->op);
  const sumi_function_t *body = flow->functions[SUMI__BODY];
  loop_shapes_t s = {
      .in = sumi_calloc((size_t)infer->input_count, sizeof *s.in),
      .known = sumi_calloc((size_t)infer->input_count, sizeof *s.known),
      .results = sumi_calloc((size_t)body->result_count + 1, sizeof *s.results),
  };
  const sumi_status_t status = s.in && s.known && s.results ? loop_shape(infer, flow, &s)
                                                            : sumi_fail_alloc("a loop's shapes", 0);
  sumi_free(s.in);
  sumi_free(s.known);
  sumi_free(s.results);
  return status;
}

/* ---- If ---- */

static sumi_status_t branch_shapes(const sumi_infer_t *infer, const sumi__tensor_flow_t *flow,
                                   sumi_dims_t *results) {
  for (int b = 0; b < SUMI__FLOW_FUNCTIONS; ++b)
    SUMI_TRY(sumi__tensor_function_infer(flow->functions[b], infer->actual, infer->in,
                                         infer->known_in, results + b * infer->output_count));
  for (int i = 0; i < infer->output_count; ++i) {
    const bool then = flow->functions[SUMI__THEN]->results[i].op != NULL;
    const bool otherwise = flow->functions[SUMI__ELSE]->results[i].op != NULL;
    const sumi_dims_t other = results[infer->output_count + i];
    infer->out[i] = !then ? other : !otherwise ? results[i] : common_dims(results[i], other);
  }
  return SUMI_OK;
}

sumi_status_t sumi__tensor_if_shape(sumi_infer_t *infer) {
  const sumi__tensor_flow_t *flow = sumi__tensor_flow_of(infer->op);
  sumi_dims_t *results = sumi_calloc(2 * (size_t)infer->output_count + 1, sizeof *results);
  const sumi_status_t status = results ? branch_shapes(infer, flow, results)
                                       : sumi_fail_alloc("a branch's shapes", 0);
  sumi_free(results);
  return status;
}
