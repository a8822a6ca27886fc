/* A step that runs functions of the graph: each has plans of its own, one for each set of shapes it
 * has been called with, and what is handed to them. */
#ifndef SUMI_EXEC_PLAN_CALLS_H
#define SUMI_EXEC_PLAN_CALLS_H

#include "exec/plan/session.h"
#include "graph/flow.h"

enum { SUMI__MAX_CALLED_PLANS = 8 }; /* of one function; the oldest goes */

/* One function as the step calls it. */
typedef struct sumi__tensor_called {
  const sumi_function_t *function;
  int feed_count, changing_feeds; /* those that change from call to call come first */
  sumi_feed_t *feeds;
  int *inputs; /* [feed_count] the step's input that a feed is, or is an element of */
  int fetch_count;
  sumi_fetch_t *fetches;
  int *results; /* [fetch_count] which of the function's results they are */
  int plan_count, next_plan;
  sumi__tensor_plan_t *plans[SUMI__MAX_CALLED_PLANS];
} sumi__tensor_called_t;

/* Makes the plan of a call: what runs steps does not know what compiles them. */
typedef sumi_status_t (*sumi__tensor_make_call_t)(sumi_session_t *session,
                                                  const sumi__tensor_called_t *called,
                                                  sumi__tensor_plan_t **plan);

/* A value that a loop carries or stacks, in memory of its own that grows. */
typedef struct sumi__tensor_held {
  const void *now;
  void *data[2]; /* where it is, once the loop has made it, and what comes next */
  size_t bytes[2];
  sumi_dims_t dims;
} sumi__tensor_held_t;

struct sumi__tensor_calls {
  const sumi__tensor_flow_t *flow;
  sumi__tensor_called_t functions[SUMI__FLOW_FUNCTIONS];
  bool *wanted; /* [output_count] somebody reads that output */
  int held_count;
  sumi__tensor_held_t *held; /* of a loop: [carried + stacked] */
  sumi__tensor_make_call_t make;
  sumi__tensor_calls_t *next; /* of the plan */
};

/* The call as a run. */
static inline sumi_run_options_t sumi__tensor_called_run(const sumi__tensor_called_t *called) {
  return (sumi_run_options_t){
      .targets = {called->function->effect_count, called->function->effects},
      .feeds = {called->feed_count, called->feeds},
      .fetches = {called->fetch_count, called->fetches}};
}

#endif
