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
  sumi_reuse_t reuse SUMI_UNSET;       /* share the variables of that name */
  int64_t dilation_rate SUMI_UNSET;    /* of convolutions, both axes; default 1 */
  int64_t depth_multiplier SUMI_UNSET; /* of depthwise convolutions; default 1 */
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

/** 1-d convolution: x [n, width, c], kernel [size, c, filters], y [n, width', filters]. */
#define sumi_conv1d_layer(x, filters, ...) SUMI__CONV1D_LAYER(x, filters, __VA_ARGS__, )
#define SUMI__CONV1D_LAYER(x, filters, size, ...)                                                  \
  sumi_conv1d_layer_with(x, SUMI_HERE, filters, size,                                              \
                         SUMI_OPTIONS(sumi_layer_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_conv1d_layer_with(sumi_tensor_t x, sumi_site_t site, int64_t filters,
                                              int64_t size, const sumi_layer_options_t *options);

/** Convolution of each channel by itself: x [n, h, w, c], depthwise_kernel [size, size, c,
 * depth_multiplier], y [n, h', w', c * depth_multiplier]. */
#define sumi_depthwise_conv2d_layer(x, ...) SUMI__DEPTHWISE_CONV2D_LAYER(x, __VA_ARGS__, )
#define SUMI__DEPTHWISE_CONV2D_LAYER(x, size, ...)                                                 \
  sumi_depthwise_conv2d_layer_with(x, SUMI_HERE, size,                                             \
                                   SUMI_OPTIONS(sumi_layer_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_depthwise_conv2d_layer_with(sumi_tensor_t x, sumi_site_t site,
                                                        int64_t size,
                                                        const sumi_layer_options_t *options);

/** A depthwise convolution, then one of single pixels: depthwise_kernel as above, pointwise_kernel
 * [1, 1, c * depth_multiplier, filters], both from kernel_initializer; y [n, h', w', filters]. */
#define sumi_separable_conv2d_layer(x, filters, ...)                                               \
  SUMI__SEPARABLE_CONV2D_LAYER(x, filters, __VA_ARGS__, )
#define SUMI__SEPARABLE_CONV2D_LAYER(x, filters, size, ...)                                        \
  sumi_separable_conv2d_layer_with(x, SUMI_HERE, filters, size,                                    \
                                   SUMI_OPTIONS(sumi_layer_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_separable_conv2d_layer_with(sumi_tensor_t x, sumi_site_t site,
                                                        int64_t filters, int64_t size,
                                                        const sumi_layer_options_t *options);

/** The transpose of a 2-d convolution (a "deconvolution"): x [n, h, w, c], kernel [size, size,
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

typedef struct sumi_norm_layer_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  double epsilon SUMI_UNSET;     /* 0: 1e-3 */
  const char *name SUMI_UNSET;
  sumi_reuse_t reuse SUMI_UNSET;
} sumi_norm_layer_options_t;

/** Normalization of each example by itself, over the last axis (Ba et al. 2016), over groups of
 * channels (Wu and He 2018) or over each channel (Ulyanov et al. 2016) of x, whose last size is
 * static; variables gamma and beta as Keras' layers have them. x has rank 2 or more, for
 * sumi_instance_norm_layer 3 or more; `groups` divides the channels. */
#define sumi_layer_norm_layer(...) SUMI__LAYER_NORM_LAYER(__VA_ARGS__, )
#define SUMI__LAYER_NORM_LAYER(x, ...)                                                             \
  sumi_layer_norm_layer_with(x, SUMI_HERE, SUMI_OPTIONS(sumi_norm_layer_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_layer_norm_layer_with(sumi_tensor_t x, sumi_site_t site,
                                                  const sumi_norm_layer_options_t *options);
#define sumi_group_norm_layer(x, ...) SUMI__GROUP_NORM_LAYER(x, __VA_ARGS__, )
#define SUMI__GROUP_NORM_LAYER(x, groups, ...)                                                     \
  sumi_group_norm_layer_with(x, SUMI_HERE, groups,                                                 \
                             SUMI_OPTIONS(sumi_norm_layer_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_group_norm_layer_with(sumi_tensor_t x, sumi_site_t site, int64_t groups,
                                                  const sumi_norm_layer_options_t *options);
#define sumi_instance_norm_layer(...) SUMI__INSTANCE_NORM_LAYER(__VA_ARGS__, )
#define SUMI__INSTANCE_NORM_LAYER(x, ...)                                                          \
  sumi_instance_norm_layer_with(x, SUMI_HERE, SUMI_OPTIONS(sumi_norm_layer_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_instance_norm_layer_with(sumi_tensor_t x, sumi_site_t site,
                                                     const sumi_norm_layer_options_t *options);

/** The rows of a table `embeddings` [rows, width] that ids (int32 or int64, any shape) name: y
 * [..., width], float32. kernel_initializer is the table's, by default uniform in [-0.05, 0.05);
 * other options are name and reuse. An optimizer updates only rows that were looked up. */
#define sumi_embedding_layer(ids, rows, ...) SUMI__EMBEDDING_LAYER(ids, rows, __VA_ARGS__, )
#define SUMI__EMBEDDING_LAYER(ids, rows, width, ...)                                               \
  sumi_embedding_layer_with(ids, SUMI_HERE, rows, width,                                           \
                            SUMI_OPTIONS(sumi_layer_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_embedding_layer_with(sumi_tensor_t ids, sumi_site_t site, int64_t rows,
                                                 int64_t width,
                                                 const sumi_layer_options_t *options);

typedef struct sumi_residual_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  bool training SUMI_UNSET;      /* of the batch normalizations, as are momentum and epsilon */
  double momentum SUMI_UNSET;
  double epsilon SUMI_UNSET;
  int64_t strides SUMI_UNSET;  /* default 1 */
  bool bottleneck SUMI_UNSET;  /* 1 x 1, 3 x 3, 1 x 1 to 4 * filters, instead of 3 x 3 twice */
  bool preactivate SUMI_UNSET; /* ResNet v2: normalize and activate before each convolution */
  sumi_initializer_t kernel_initializer SUMI_UNSET; /* not given: He normal */
  const char *name SUMI_UNSET;
  sumi_reuse_t reuse SUMI_UNSET;
} sumi_residual_options_t;

/** A residual block of x [n, h, w, c] (He et al. 2015, 2016): convolutions with padding SAME and
 * without bias, with batch normalizations and relu, added to x; to its projection by 1 x 1 where
 * strides or channels differ. Strides are those of the 3 x 3 convolution (the first of two). y [n,
 * h', w', filters], with `bottleneck` 4 * filters. Scope "residual_block", in it conv2d,
 * batch_normalization, … in their order, the projection first. */
#define sumi_residual_block(x, ...) SUMI__RESIDUAL_BLOCK(x, __VA_ARGS__, )
#define SUMI__RESIDUAL_BLOCK(x, filters, ...)                                                      \
  sumi_residual_block_with(x, SUMI_HERE, filters,                                                  \
                           SUMI_OPTIONS(sumi_residual_options_t, __VA_ARGS__))
SUMI_API sumi_tensor_t sumi_residual_block_with(sumi_tensor_t x, sumi_site_t site, int64_t filters,
                                                const sumi_residual_options_t *options);

SUMI_END_DECLS
#endif
