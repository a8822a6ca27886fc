/* Registration of the summary ops, through the same door as users' own, and what their kernels
 * share. */
#include "summary_registry.h"

#include <pthread.h>
#include <stdio.h>

sumi_status_t sumi__summary_graph_register_summary_ops(void) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static size_t registered;
  sumi_status_t status = SUMI_OK;
  pthread_mutex_lock(&lock);
  while (status == SUMI_OK && sumi__summary_graph_ops[registered]) {
    status = sumi_register_op(sumi__summary_graph_ops[registered]);
    if (status == SUMI_OK) ++registered;
  }
  pthread_mutex_unlock(&lock);
  return status;
}

bool sumi__summary_graph_merges(const sumi_op_t *op) {
  return sumi_find_op_def(sumi_op_type(op)) == &sumi__tensor_op_MergeSummary;
}

const char *sumi__summary_graph_summary_tag(const sumi_op_t *op) {
  const sumi_op_def_t *def = sumi_find_op_def(sumi_op_type(op));
  if (!def || def == &sumi__tensor_op_MergeSummary) return NULL;
  for (const sumi_op_def_t *const *summary = sumi__summary_graph_ops; *summary; ++summary) {
    if (*summary != def) continue;
    const sumi_attr_t *value = sumi_op_attr(sumi_op_input(op, 0).op, "value");
    return value && value->kind == SUMI_ATTR_ARRAY ? sumi_array_get_text(value->array, 0) : NULL;
  }
  return NULL;
}

sumi_status_t sumi__summary_graph_summary_begin(const sumi_kernel_t *kernel,
                                                sumi__summary_graph_summary_sink_t **sink,
                                                const char **tag) {
  *sink = sumi_kernel_resource(kernel, SUMI__SUMMARY_SINK);
  *tag = ((const char *const *)kernel->in[0].data)[0];
  if (*sink) return SUMI_OK;
  return sumi_kernel_fail(kernel, SUMI_FAILED_PRECONDITION,
                          "summary '%s' has no writer: run it by sumi_summary_run", *tag);
}

sumi_status_t sumi__summary_graph_summary_end(const sumi_kernel_t *kernel,
                                              sumi__summary_graph_summary_sink_t *sink,
                                              const char *tag, sumi_status_t status) {
  ((const char **)sumi_kernel_out(kernel, 0))[0] = tag;
  if (status == SUMI_OK || sink->status != SUMI_OK) return SUMI_OK;
  const sumi_site_t site = sumi_op_site(kernel->op);
  sink->status = status;
  snprintf(sink->message, sizeof sink->message, "'%s' (%s, %s:%d): summary '%s': %s",
           sumi_op_name(kernel->op), sumi_op_type(kernel->op), site.file ? site.file : "?",
           site.line, tag, sumi_error_message());
  return SUMI_OK;
}
