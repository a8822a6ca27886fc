/* Attention: every place of one sequence looks at all places of another.
 *
 *   y = sumi_multi_head_attention(x, x, 4, 8, .causal = true);
 *
 * The functions are expressions without variables; the layer has some. A `mask` is bool and
 * broadcasts to [..., queries, keys]; it is true where a query may look. What it may not look at
 * has a score 1e9 lower: its weight is 0, unless there is nothing else to look at. */
#ifndef SUMI_ATTENTION_H
#define SUMI_ATTENTION_H

#include <sumi/graph.h>
#include <sumi/variables.h>

SUMI_BEGIN_DECLS

typedef struct sumi_attention_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  sumi_tensor_t mask SUMI_UNSET; /* see above; not given: all is seen */
  bool causal SUMI_UNSET;        /* query i looks at the keys 0 to i only */
  double scale SUMI_UNSET;       /* what scores are multiplied by; 0: 1 / sqrt(size of a query) */
  /* Where to put how much each query looks at each key, [..., queries, keys]; NULL: nowhere. */
  sumi_tensor_t *weights SUMI_UNSET;
  const char *name SUMI_UNSET;   /* of the scope; default the function's */
  sumi_reuse_t reuse SUMI_UNSET; /* the layer: share the variables of that name */
  sumi_tensor_t key SUMI_UNSET;  /* the layer: what queries are compared with; default value */
  int64_t value_dim SUMI_UNSET;  /* the layer: the size of a head's values; 0: key_dim */
  bool no_bias SUMI_UNSET;       /* the layer: projections without bias */
} sumi_attention_options_t;

/** softmax(query . key^T . scale) . value (Vaswani et al. 2017): query [..., q, d], key [..., k,
 * d], value [..., k, v], y [..., q, v], all of one rank of 2 or more; d is static. */
#define sumi_dot_product_attention(query, key, ...)                                                \
  SUMI__DOT_PRODUCT_ATTENTION(query, key, __VA_ARGS__, )
#define SUMI__DOT_PRODUCT_ATTENTION(query, key, value, ...)                                        \
  sumi_dot_product_attention_with(query, SUMI_HERE, key, value,                                    \
                                  SUMI_OPTIONS(sumi_attention_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_dot_product_attention_with(sumi_tensor_t query, sumi_site_t site,
                                                       sumi_tensor_t key, sumi_tensor_t value,
                                                       const sumi_attention_options_t *options);

/** The same with scores sum(tanh(query + key) . factor) (Bahdanau et al. 2014): `factor`, a
 * variable [d] or SUMI_T(1), is Keras' AdditiveAttention.scale; .scale is not looked at. */
#define sumi_additive_attention(query, key, value, ...)                                            \
  SUMI__ADDITIVE_ATTENTION(query, key, value, __VA_ARGS__, )
#define SUMI__ADDITIVE_ATTENTION(query, key, value, factor, ...)                                   \
  sumi_additive_attention_with(query, SUMI_HERE, key, value, factor,                               \
                               SUMI_OPTIONS(sumi_attention_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_additive_attention_with(sumi_tensor_t query, sumi_site_t site,
                                                    sumi_tensor_t key, sumi_tensor_t value,
                                                    sumi_tensor_t factor,
                                                    const sumi_attention_options_t *options);

/** Attention of `heads` projections: query [n, q, d], value (and key) [n, k, e], y [n, q, d]; masks
 * broadcast to [n, heads, q, k]. Scope "multi_head_attention" with query/kernel [d, heads *
 * key_dim], key/kernel, value/kernel, attention_output/kernel and their biases: the elements of
 * Keras' MultiHeadAttention, whose kernels are [d, heads, key_dim]. */
#define sumi_multi_head_attention(query, value, heads, ...)                                        \
  SUMI__MULTI_HEAD_ATTENTION(query, value, heads, __VA_ARGS__, )
#define SUMI__MULTI_HEAD_ATTENTION(query, value, heads, key_dim, ...)                              \
  sumi_multi_head_attention_with(query, SUMI_HERE, value, heads, key_dim,                          \
                                 SUMI_OPTIONS(sumi_attention_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_multi_head_attention_with(sumi_tensor_t query, sumi_site_t site,
                                                      sumi_tensor_t value, int64_t heads,
                                                      int64_t key_dim,
                                                      const sumi_attention_options_t *options);

SUMI_END_DECLS
#endif
