/* What the kernels of summary ops share: where the values go, and where a failure waits. */
#include "summary_ops.h"

#include <stdio.h>

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
