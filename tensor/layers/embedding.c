/* A table that ids look rows up in. Source of names and defaults: tf.keras.layers.Embedding. */
#include "layers/layer.h"

#include <sumi/options.h>
#include <sumi/ops.h>

sumi_tensor_t sumi_embedding_layer_with(sumi_tensor_t ids, sumi_site_t site, int64_t rows,
                                        int64_t width, const sumi_layer_options_t *given) {
  sumi_layer_options_t options;
  sumi_graph_t *graph = sumi_tensor_graph(ids);
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  sumi_tensor_t y = {0};
  if (!sumi__tensor_layer_begin(ids, site, options.name, "embedding", options.reuse)) return y;
  if (rows < 1 || width < 1)
    sumi__tensor_layer_refuse(ids, SUMI_INVALID_ARGUMENT,
                              "embedding: a table of shape (%lld, %lld)", (long long)rows,
                              (long long)width);
  else {
    sumi_initializer_t initializer = options.kernel_initializer;
    if (initializer.kind == SUMI_INIT_DEFAULT)
      initializer = SUMI_INIT(UNIFORM, .a = -0.05, .b = 0.05);
    const sumi_tensor_t table = sumi_get_variable_with(
        graph, graph->composite_site, "embeddings", SUMI_DIMS(rows, width),
        SUMI_OPTIONS(sumi_variable_options_t, .initializer = initializer));
    if (table.op) y = sumi_embedding_lookup(table, ids);
  }
  sumi__tensor_layer_end(ids);
  return y;
}
