/* sumi_case: a branch whose other side is the case of what follows. */
#include "graph/graph_internal.h"

#include <sumi/control_flow.h>

typedef struct rest {
  sumi_site_t site;
  int case_count, result_count;
  const sumi_case_t *cases;
  sumi_branch_fn_t otherwise;
  void *data;
} rest_t;

static void first_branch(sumi_graph_t *graph, sumi_tensor_t *results, void *data) {
  const rest_t *rest = data;
  rest->cases[0].then(graph, results, rest->data);
}

static sumi_op_t *build(const rest_t *rest, sumi_tensor_t *results, const char *name);

static void other_branch(sumi_graph_t *graph, sumi_tensor_t *results, void *data) {
  rest_t rest = *(const rest_t *)data;
  ++rest.cases;
  if (--rest.case_count > 0)
    build(&rest, results, NULL);
  else
    rest.otherwise(graph, results, rest.data);
}

static sumi_op_t *build(const rest_t *rest, sumi_tensor_t *results, const char *name) {
  const sumi_cond_options_t options = {.struct_size = sizeof options, .name = name};
  const bool complete = rest->cases[0].then && rest->otherwise;
  return sumi_cond_with(rest->cases[0].which, rest->site, complete ? first_branch : NULL,
                        other_branch, (void *)(uintptr_t)rest, rest->result_count, results,
                        &options);
}

sumi_op_t *sumi_case_with(sumi_site_t site, int case_count, const sumi_case_t *cases,
                          sumi_branch_fn_t otherwise, void *data, int count, sumi_tensor_t *results,
                          const sumi_cond_options_t *given) {
  for (int i = 0; results && i < count; ++i) results[i] = (sumi_tensor_t){0};
  if (case_count < 1 || !cases) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_case: %d cases; 1 or more are needed",
              cases ? case_count : 0);
    return NULL;
  }
  sumi_graph_t *graph = sumi_tensor_graph(cases[0].which);
  sumi_cond_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given)) return NULL;
  const rest_t rest = {site, case_count, count, cases, otherwise, data};
  return build(&rest, results, options.name ? options.name : "case");
}
