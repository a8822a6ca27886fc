/* Attention as expressions. Sources: Vaswani et al., "Attention is all you need" (2017); Bahdanau
 * et al., "Neural machine translation by jointly learning to align and translate" (2014). */
#include "layers/layer.h"

#include <sumi/attention.h>
#include <sumi/constants.h>
#include <sumi/options.h>
#include <sumi/ops.h>

#include <math.h>

/* What a score loses where nothing may be seen: exp of it is 0. */
#define UNSEEN 1e9

static bool is_given(sumi_tensor_t tensor) {
  return tensor.op != NULL;
}

/* [queries, keys], true for keys that do not come after the query. */
static sumi_tensor_t not_after(sumi_tensor_t scores) {
  const int rank = sumi_tensor_dims(scores).rank;
  const sumi_tensor_t queries = sumi__tensor_size_of(scores, rank - 2);
  const sumi_tensor_t keys = sumi__tensor_size_of(scores, rank - 1);
  sumi_graph_t *graph = sumi_tensor_graph(scores);
  const sumi_tensor_t first = sumi_scalar(graph, SUMI_INT32, 0);
  return sumi_greater_equal(sumi_expand_dims(sumi_range(first, queries, 1), 1),
                            sumi_range(first, keys, 1));
}

static sumi_tensor_t masked(sumi_tensor_t scores, sumi_tensor_t mask) {
  const sumi_tensor_t seen = sumi_cast(mask, sumi_tensor_dtype(scores));
  return sumi_add(scores, sumi_mul(sumi_sub(seen, 1), UNSEEN));
}

/* The values, weighted by softmax of the scores. */
static sumi_tensor_t looked_at(sumi_tensor_t scores, sumi_tensor_t value,
                               const sumi_attention_options_t *options) {
  if (!is_given(scores)) return scores;
  if (is_given(options->mask)) scores = masked(scores, options->mask);
  if (is_given(scores) && options->causal) scores = masked(scores, not_after(scores));
  const sumi_tensor_t weights = sumi_softmax(scores);
  if (options->weights) *options->weights = weights;
  return sumi_batch_matmul(weights, value);
}

/* Refuses what is not of one rank of 2 or more and one static last size (query and key), and masks
 * that are not bool. */
static bool want_sequences(sumi_tensor_t query, const char *function, sumi_tensor_t key,
                           sumi_tensor_t value, const sumi_attention_options_t *options) {
  int64_t size;
  if (!sumi__tensor_layer_size(query, function, 0, &size)) return false;
  const sumi_dims_t q = sumi_tensor_dims(query), k = sumi_tensor_dims(key);
  const sumi_dims_t v = sumi_tensor_dims(value);
  if (k.rank != q.rank || v.rank != q.rank || k.size[k.rank - 1] != size) {
    sumi__tensor_layer_refuse(query, SUMI_INVALID_ARGUMENT,
                              "%s: query has shape %s, key %s, value %s; one rank and one size of "
                              "query and key are wanted",
                              function, sumi_dims_text(q).text, sumi_dims_text(k).text,
                              sumi_dims_text(v).text);
    return false;
  }
  if (!is_given(options->mask) || sumi_tensor_dtype(options->mask) == SUMI_BOOL) return true;
  sumi__tensor_layer_refuse(query, SUMI_INVALID_ARGUMENT, "%s: mask is %s; bool is wanted",
                            function, sumi_dtype_name(sumi_tensor_dtype(options->mask)));
  return false;
}

static sumi_tensor_t dot_product(sumi_tensor_t query, sumi_tensor_t key, sumi_tensor_t value,
                                 const sumi_attention_options_t *options) {
  const sumi_dims_t dims = sumi_tensor_dims(query);
  const double size = (double)dims.size[dims.rank - 1];
  const double scale = sumi_option_number(options->scale, 1 / sqrt(size > 0 ? size : 1));
  const sumi_tensor_t scores = sumi_batch_matmul(sumi_mul(query, scale), key, .adj_y = true);
  return looked_at(scores, value, options);
}

/* query [..., q, 1, d] + key [..., 1, k, d], summed over d. */
static sumi_tensor_t additive(sumi_tensor_t query, sumi_tensor_t key, sumi_tensor_t value,
                              sumi_tensor_t factor, const sumi_attention_options_t *options) {
  const sumi_tensor_t pairs = sumi_add(sumi_expand_dims(query, -2), sumi_expand_dims(key, -3));
  const sumi_tensor_t scores = sumi_reduce_sum(sumi_mul(sumi_tanh(pairs), factor),
                                               .axes = SUMI_AXES(-1));
  return looked_at(scores, value, options);
}

/* Enters the function's name scope, on behalf of the line; false when the graph has refused. */
static bool begin(sumi_tensor_t query, sumi_site_t site, const char *function,
                  const sumi_attention_options_t *given, sumi_attention_options_t *options) {
  sumi_graph_t *graph = sumi_tensor_graph(query);
  if (!sumi__tensor_graph_options(graph, site, options, sizeof *options, given)) return false;
  if (options->weights) *options->weights = (sumi_tensor_t){0};
  return graph && graph->status == SUMI_OK &&
         sumi__tensor_scope_enter(graph, site, options->name ? options->name : function) == SUMI_OK;
}

sumi_tensor_t sumi_dot_product_attention_with(sumi_tensor_t query, sumi_site_t site,
                                              sumi_tensor_t key, sumi_tensor_t value,
                                              const sumi_attention_options_t *given) {
  static const char function[] = "dot_product_attention";
  sumi_attention_options_t options;
  sumi_tensor_t y = {0};
  if (!begin(query, site, function, given, &options)) return y;
  if (want_sequences(query, function, key, value, &options))
    y = dot_product(query, key, value, &options);
  sumi__tensor_scope_leave(sumi_tensor_graph(query));
  return y;
}

sumi_tensor_t sumi_additive_attention_with(sumi_tensor_t query, sumi_site_t site, sumi_tensor_t key,
                                           sumi_tensor_t value, sumi_tensor_t factor,
                                           const sumi_attention_options_t *given) {
  static const char function[] = "additive_attention";
  sumi_attention_options_t options;
  sumi_tensor_t y = {0};
  if (!begin(query, site, function, given, &options)) return y;
  if (want_sequences(query, function, key, value, &options))
    y = additive(query, key, value, factor, &options);
  sumi__tensor_scope_leave(sumi_tensor_graph(query));
  return y;
}

/* ---- The layer ---- */

/* x [n, length, …] projected, as [n, heads, length, size]. */
static sumi_tensor_t heads_of(sumi_tensor_t x, int64_t heads, int64_t size, bool no_bias,
                              const char *name) {
  const sumi_tensor_t all = sumi_dense(x, heads * size, .no_bias = no_bias, .name = name);
  if (!is_given(all)) return all;
  const sumi_tensor_t apart = sumi_reshape(all, SUMI_SHAPE(sumi__tensor_size_of(x, 0),
                                                           sumi__tensor_size_of(x, 1),
                                                           (double)heads, (double)size));
  return sumi_transpose(apart, .perm = SUMI_AXES(0, 2, 1, 3));
}

static sumi_tensor_t multi_head(sumi_tensor_t query, sumi_tensor_t key, sumi_tensor_t value,
                                int64_t heads, int64_t key_dim,
                                const sumi_attention_options_t *options) {
  const int64_t width = sumi_tensor_dims(query).size[2];
  const int64_t value_dim = options->value_dim ? options->value_dim : key_dim;
  const bool no_bias = options->no_bias;
  const sumi_tensor_t q = heads_of(query, heads, key_dim, no_bias, "query");
  const sumi_tensor_t k = heads_of(key, heads, key_dim, no_bias, "key");
  const sumi_tensor_t v = heads_of(value, heads, value_dim, no_bias, "value");
  if (!is_given(q) || !is_given(k) || !is_given(v)) return (sumi_tensor_t){0};
  const sumi_tensor_t seen = sumi_transpose(dot_product(q, k, v, options),
                                            .perm = SUMI_AXES(0, 2, 1, 3));
  const sumi_tensor_t joined = sumi_reshape(seen, SUMI_SHAPE(sumi__tensor_size_of(query, 0),
                                                             sumi__tensor_size_of(query, 1),
                                                             (double)(heads * value_dim)));
  return sumi_dense(joined, width, .no_bias = no_bias, .name = "attention_output");
}

/* Refuses sequences that are not [n, length, size] with a static size. */
static bool want_batches(sumi_tensor_t query, const char *layer, sumi_tensor_t key,
                         sumi_tensor_t value, const sumi_attention_options_t *options) {
  const sumi_tensor_t given[] = {query, key, value};
  static const char *const names[] = {"query", "key", "value"};
  for (int i = 0; i < 3; ++i) {
    const sumi_dims_t dims = sumi_tensor_dims(given[i]);
    if (dims.rank == 3 && dims.size[2] > 0) continue;
    sumi__tensor_layer_refuse(query, SUMI_INVALID_ARGUMENT,
                              "%s: %s has shape %s; (n, length, size) with a known size is wanted",
                              layer, names[i], sumi_dims_text(dims).text);
    return false;
  }
  if (!is_given(options->mask) || sumi_tensor_dtype(options->mask) == SUMI_BOOL) return true;
  sumi__tensor_layer_refuse(query, SUMI_INVALID_ARGUMENT, "%s: mask is %s; bool is wanted", layer,
                            sumi_dtype_name(sumi_tensor_dtype(options->mask)));
  return false;
}

sumi_tensor_t sumi_multi_head_attention_with(sumi_tensor_t query, sumi_site_t site,
                                             sumi_tensor_t value, int64_t heads, int64_t key_dim,
                                             const sumi_attention_options_t *given) {
  static const char layer[] = "multi_head_attention";
  sumi_attention_options_t options;
  if (!sumi__tensor_graph_options(sumi_tensor_graph(query), site, &options, sizeof options, given))
    return (sumi_tensor_t){0};
  if (options.weights) *options.weights = (sumi_tensor_t){0};
  sumi_tensor_t y = {0};
  if (!sumi__tensor_layer_begin(query, site, options.name, layer, options.reuse)) return y;
  const sumi_tensor_t key = is_given(options.key) ? options.key : value;
  if (heads < 1 || key_dim < 1 || options.value_dim < 0)
    sumi__tensor_layer_refuse(query, SUMI_INVALID_ARGUMENT,
                              "%s: %lld heads with a key_dim of %lld and a value_dim of %lld",
                              layer, (long long)heads, (long long)key_dim,
                              (long long)options.value_dim);
  else if (want_batches(query, layer, key, value, &options))
    y = multi_head(query, key, value, heads, key_dim, &options);
  sumi__tensor_layer_end(query);
  return y;
}
