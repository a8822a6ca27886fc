/* Order of effects: nodes that run after others. See also sumi_control_begin in <sumi/graph.h>. */
#ifndef SUMI_CONTROL_H
#define SUMI_CONTROL_H

#include <sumi/graph.h>

SUMI_BEGIN_DECLS

typedef struct sumi_control_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  const char *name SUMI_UNSET;
} sumi_control_options_t;

/** One node that runs all of `ops` (tf.group): sumi_group(g, SUMI_OPS(a, b)). NULL after a refusal.
 */
#define sumi_group(graph, ...) SUMI__GROUP(graph, __VA_ARGS__, )
#define SUMI__GROUP(graph, ops, ...)                                                               \
  sumi_group_with(graph, SUMI_HERE, ops, SUMI_OPTIONS(sumi_control_options_t, __VA_ARGS__))
SUMI_API sumi_op_t *sumi_group_with(sumi_graph_t *graph, sumi_site_t site, sumi_ops_t ops,
                                    const sumi_control_options_t *options);

/** The tensor, available only after `ops` have run: sumi_with_dependencies(SUMI_OPS(update), loss).
 */
#define sumi_with_dependencies(ops, ...) SUMI__WITH_DEPENDENCIES(ops, __VA_ARGS__, )
#define SUMI__WITH_DEPENDENCIES(ops, tensor, ...)                                                  \
  sumi_with_dependencies_with(ops, SUMI_HERE, tensor,                                              \
                              SUMI_OPTIONS(sumi_control_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_with_dependencies_with(sumi_ops_t ops, sumi_site_t site,
                                                   sumi_tensor_t tensor,
                                                   const sumi_control_options_t *options);

SUMI_END_DECLS
#endif
