#include "uses.h"

#include <sumi/array.h>
#include <sumi/constants.h>
#include <sumi/ops.h>
#include <sumi/session.h>

/* [1 2; 3 4] times its transpose is [5 11; 11 25], whose sum is 52; by hand. */
int use_tensor(const char *folder) {
  (void)folder;
  sumi_graph_t *graph = sumi_graph_new();
  sumi_tensor_t a = sumi_constant_f32(graph, SUMI_DIMS(2, 2), ((const float[]){1, 2, 3, 4}));
  sumi_tensor_t sum = sumi_reduce_sum(sumi_matmul(a, a, .transpose_b = true));
  sumi_session_t *session = sumi_session_new(graph, .threads = 1);
  float got = 0;
  const sumi_status_t status = sumi_session_run(
      session, .fetches = SUMI_FETCHES({.tensor = sum, .scalar = &got}));
  sumi_session_free(session);
  sumi_graph_free(graph);
  return status != SUMI_OK || got != 52;
}
