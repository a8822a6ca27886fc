/* Registration of the summary ops, through the same door as users' own, and what is known of their
 * nodes. */
#include "summary_registry.h"

#include <pthread.h>

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
