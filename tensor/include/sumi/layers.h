/* Layers: variables and expressions that go together, named and initialised as TensorFlow's
 * tf.layers. */
#ifndef SUMI_LAYERS_H
#define SUMI_LAYERS_H

#include <sumi/graph.h>
#include <sumi/variables.h>

SUMI_BEGIN_DECLS

/** An activation: one of the unary ops' functions, or NULL for none. */
typedef sumi_tensor_t (*sumi_activation_t)(sumi_tensor_t x);

/** The ops of these names as activations of layers. */
SUMI_API sumi_tensor_t sumi_activation_relu(sumi_tensor_t x);
SUMI_API sumi_tensor_t sumi_activation_sigmoid(sumi_tensor_t x);
SUMI_API sumi_tensor_t sumi_activation_tanh(sumi_tensor_t x);
SUMI_API sumi_tensor_t sumi_activation_softmax(sumi_tensor_t x);

typedef struct sumi_layer_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  sumi_activation_t activation SUMI_UNSET;
  bool no_bias SUMI_UNSET;
  sumi_initializer_t kernel_initializer SUMI_UNSET; /* not given: the scope's, Glorot uniform */
  sumi_initializer_t bias_initializer SUMI_UNSET;   /* not given: zeros */
  int64_t strides SUMI_UNSET;                       /* both axes; default 1 (pooling: the window) */
  const char *padding SUMI_UNSET;                   /* "VALID" (default) or "SAME" */
  /* Of the variables' scope; default the layer's, made unique in the scope around. */
  const char *name SUMI_UNSET;
  sumi_reuse_t reuse SUMI_UNSET; /* share the variables of that name */
} sumi_layer_options_t;

/** y = activation(x . kernel + bias): x [m, ..., n] of static last size n, kernel [n, units], y [m,
 * ..., units]. */
#define sumi_dense(x, ...) SUMI__DENSE(x, __VA_ARGS__, )
#define SUMI__DENSE(x, units, ...)                                                                 \
  sumi_dense_with(x, SUMI_HERE, units, SUMI_OPTIONS(sumi_layer_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_dense_with(sumi_tensor_t x, sumi_site_t site, int64_t units,
                                       const sumi_layer_options_t *options);

/** 2-d convolution: x [n, h, w, c], kernel [size, size, c, filters], y [n, h', w', filters]. */
#define sumi_conv2d_layer(x, filters, ...) SUMI__CONV2D_LAYER(x, filters, __VA_ARGS__, )
#define SUMI__CONV2D_LAYER(x, filters, size, ...)                                                  \
  sumi_conv2d_layer_with(x, SUMI_HERE, filters, size,                                              \
                         SUMI_OPTIONS(sumi_layer_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_conv2d_layer_with(sumi_tensor_t x, sumi_site_t site, int64_t filters,
                                              int64_t size, const sumi_layer_options_t *options);

/** The transpose of such a convolution (a "deconvolution"): x [n, h, w, c], kernel [size, size,
 * filters, c], y [n, h', w', filters] with h' = h * strides, for "VALID" padding size - strides
 * more. */
#define sumi_conv2d_transpose_layer(x, filters, ...)                                               \
  SUMI__CONV2D_TRANSPOSE_LAYER(x, filters, __VA_ARGS__, )
#define SUMI__CONV2D_TRANSPOSE_LAYER(x, filters, size, ...)                                        \
  sumi_conv2d_transpose_layer_with(x, SUMI_HERE, filters, size,                                    \
                                   SUMI_OPTIONS(sumi_layer_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_conv2d_transpose_layer_with(sumi_tensor_t x, sumi_site_t site,
                                                        int64_t filters, int64_t size,
                                                        const sumi_layer_options_t *options);

/** Maximum or mean over size x size windows of x [n, h, w, c]. */
#define sumi_max_pool2d(x, ...) SUMI__POOL2D(max, x, __VA_ARGS__, )
#define sumi_avg_pool2d(x, ...) SUMI__POOL2D(avg, x, __VA_ARGS__, )
#define SUMI__POOL2D(kind, x, size, ...)                                                           \
  sumi_##kind##_pool2d_with(x, SUMI_HERE, size, SUMI_OPTIONS(sumi_layer_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_max_pool2d_with(sumi_tensor_t x, sumi_site_t site, int64_t size,
                                            const sumi_layer_options_t *options);
SUMI_API sumi_tensor_t sumi_avg_pool2d_with(sumi_tensor_t x, sumi_site_t site, int64_t size,
                                            const sumi_layer_options_t *options);

/** x [n, …] as [n, product of the rest]. */
#define sumi_flatten(x) sumi_flatten_at(SUMI_HERE, x)
SUMI_API sumi_tensor_t sumi_flatten_at(sumi_site_t site, sumi_tensor_t x);

typedef struct sumi_batch_norm_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  bool training
      SUMI_UNSET; /* normalise by the batch and update the moving averages (SUMI_UPDATE_OPS) */
  double momentum SUMI_UNSET; /* 0: 0.99 */
  double epsilon SUMI_UNSET;  /* 0: 1e-3 */
  const char *name SUMI_UNSET;
  sumi_reuse_t reuse SUMI_UNSET;
} sumi_batch_norm_options_t;

/** Batch normalization over all axes but the last (Ioffe and Szegedy 2015); x has rank 2 or more
 * and a static last size.
 */
#define sumi_batch_norm_layer(...) SUMI__BATCH_NORM_LAYER(__VA_ARGS__, )
#define SUMI__BATCH_NORM_LAYER(x, ...)                                                             \
  sumi_batch_norm_layer_with(x, SUMI_HERE, SUMI_OPTIONS(sumi_batch_norm_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_batch_norm_layer_with(sumi_tensor_t x, sumi_site_t site,
                                                  const sumi_batch_norm_options_t *options);

SUMI_END_DECLS
#endif
