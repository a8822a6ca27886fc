/* Gradients held within a norm. Source: TensorFlow 1.15 python/ops/clip_ops.py. The norm of slices
 * is that of their values, as TensorFlow's: rows that repeat count as they stand. */
#include "graph/apply.h"

#include <sumi/gradients.h>
#include <sumi/ops.h>
#include <sumi/train.h>

static sumi_tensor_t dense_or_values(sumi_tensor_t tensor) {
  sumi_indexed_slices_t slices;
  return sumi_slices_of(tensor, &slices) ? slices.values : tensor;
}

static sumi_tensor_t scaled(sumi_tensor_t tensor, sumi_tensor_t scale) {
  sumi_indexed_slices_t slices;
  scale = sumi__tensor_cast(scale, sumi_tensor_dtype(tensor));
  if (!sumi_slices_of(tensor, &slices)) return sumi_mul(tensor, scale);
  return sumi_indexed_slices(sumi_mul(slices.values, scale), slices.indices, slices.rows);
}

/* sqrt(2 * sum of L2Loss), which TensorFlow's global_norm is. */
static sumi_tensor_t norm_of(sumi_graph_t *graph, sumi_tensors_t tensors) {
  const sumi_tensor_t nothing = {0};
  sumi_tensor_t *halves = sumi__tensor_graph_calloc(graph, (size_t)tensors.count, sizeof *halves);
  if (!halves) return nothing;
  int count = 0;
  for (int i = 0; i < tensors.count; ++i)
    if (tensors.list[i].op) halves[count++] = sumi_l2_loss(dense_or_values(tensors.list[i]));
  if (count == 0) return nothing;
  return sumi_sqrt(sumi_mul(sumi__tensor_add_n(count, halves), 2));
}

static sumi_graph_t *graph_of(sumi_tensors_t tensors) {
  sumi_graph_t *graph = NULL;
  for (int i = 0; tensors.list && i < tensors.count && !graph; ++i)
    graph = sumi_tensor_graph(tensors.list[i]);
  return graph && graph->status == SUMI_OK ? graph : NULL;
}

sumi_tensor_t sumi_global_norm_at(sumi_site_t site, sumi_tensors_t tensors) {
  sumi_graph_t *graph = graph_of(tensors);
  if (!graph) return (sumi_tensor_t){0};
  sumi__tensor_composite_begin(graph, site);
  const sumi_tensor_t norm = norm_of(graph, tensors);
  sumi__tensor_composite_end(graph);
  return norm;
}

/* clip_norm / max(norm, clip_norm), and NaN for a norm that is no number: the difference is 0 for
 * others. */
static sumi_tensor_t scale_for(sumi_tensor_t norm, double clip_norm) {
  return sumi_add(sumi_div(clip_norm, sumi_maximum(norm, clip_norm)), sumi_sub(norm, norm));
}

sumi_tensor_t sumi_clip_by_global_norm_at(sumi_site_t site, sumi_tensors_t tensors,
                                          double clip_norm, sumi_tensor_t *clipped) {
  sumi_graph_t *graph = graph_of(tensors);
  if (!graph || !clipped) return (sumi_tensor_t){0};
  if (!(clip_norm > 0)) {
    sumi__tensor_graph_refuse_at(graph, site, "clip_norm is %g, expected above 0", clip_norm);
    return (sumi_tensor_t){0};
  }
  sumi__tensor_composite_begin(graph, site);
  const sumi_tensor_t norm = norm_of(graph, tensors);
  const sumi_tensor_t scale = scale_for(norm, clip_norm);
  for (int i = 0; i < tensors.count; ++i)
    clipped[i] = tensors.list[i].op ? scaled(tensors.list[i], scale) : (sumi_tensor_t){0};
  sumi__tensor_composite_end(graph);
  return norm;
}
