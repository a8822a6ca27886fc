/* Named lists of tensors that belong together: variables, summaries, losses. */
#include "graph/graph_internal.h"

#include <sumi/alloc.h>

#include <string.h>

static sumi__tensor_collection_t *find(const sumi_graph_t *graph, const char *name) {
  sumi__tensor_collection_t *collection = graph->collections;
  while (collection && strcmp(collection->name, name) != 0) collection = collection->next;
  return collection;
}

static sumi__tensor_collection_t *find_or_add(sumi_graph_t *graph, const char *name) {
  sumi__tensor_collection_t *collection = find(graph, name);
  if (collection) return collection;
  collection = sumi__tensor_graph_calloc(graph, 1, sizeof *collection);
  const char *copy = sumi__tensor_graph_strdup(graph, name);
  if (!collection || !copy) return NULL;
  collection->name = copy;
  collection->next = graph->collections;
  return graph->collections = collection;
}

void sumi_collection_add(sumi_graph_t *graph, const char *name, sumi_tensor_t tensor) {
  if (!graph || graph->status != SUMI_OK || !name || !tensor.op) return;
  if (tensor.op->graph != graph) {
    sumi__tensor_graph_refuse(graph, SUMI_INVALID_ARGUMENT,
                              "collection '%s': '%s' belongs to another graph", name,
                              tensor.op->name);
    return;
  }
  sumi__tensor_collection_t *collection = find_or_add(graph, name);
  if (!collection) return;
  if (collection->count == collection->capacity) {
    const int capacity = collection->capacity ? collection->capacity * 2 : 8;
    sumi_tensor_t *list = sumi_realloc_array(collection->list, (size_t)capacity, sizeof *list);
    if (!list) {
      sumi__tensor_graph_adopt_failure(graph,
                                       sumi_fail_alloc(name, (size_t)capacity * sizeof *list));
      return;
    }
    collection->list = list;
    collection->capacity = capacity;
  }
  collection->list[collection->count++] = tensor;
}

sumi_tensors_t sumi_collection(const sumi_graph_t *graph, const char *name) {
  const sumi__tensor_collection_t *collection = graph && name ? find(graph, name) : NULL;
  return collection ? (sumi_tensors_t){collection->count, collection->list}
                    : (sumi_tensors_t){0, NULL};
}

sumi_tensors_t sumi_collection_below(sumi_graph_t *graph, const char *name, const char *prefix) {
  const sumi_tensors_t all = sumi_collection(graph, name);
  sumi_tensor_t *some = all.count && prefix
                            ? sumi__tensor_graph_calloc(graph, (size_t)all.count, sizeof *some)
                            : NULL;
  int count = 0;
  for (int i = 0; some && i < all.count; ++i)
    if (strncmp(all.list[i].op->name, prefix, strlen(prefix)) == 0) some[count++] = all.list[i];
  return (sumi_tensors_t){count, some};
}
