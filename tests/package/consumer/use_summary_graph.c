#include "uses.h"

#include <sumi/sumi.h>

int use_summary_graph(const char *folder) {
  sumi_graph_t *graph = sumi_graph_new();
  sumi_summary_scalar("two", sumi_scalar(graph, SUMI_FLOAT32, 2));
  sumi_session_t *session = sumi_session_new(graph, .threads = 1);
  sumi_writer_t *log = sumi_writer_open(folder);
  sumi_summary_hook_t *hook = sumi_summary_hook_new(session, log);
  const sumi_status_t run = sumi_summary_run(hook, 0);
  sumi_summary_hook_free(hook);
  const sumi_status_t closed = sumi_writer_close(log);
  sumi_session_free(session);
  sumi_graph_free(graph);
  return run != SUMI_OK || closed != SUMI_OK;
}
