/* What a PyFunc node calls: the `token` attribute names it in an exported graph, `host` points to
 * it in this process. */
#ifndef SUMI_GRAPH_HOST_OP_H
#define SUMI_GRAPH_HOST_OP_H

#include <sumi/host_op.h>

typedef struct sumi__tensor_host {
  sumi_host_fn_t fn;
  void *context;
  void (*release)(void *context);
} sumi__tensor_host_t;

#endif
