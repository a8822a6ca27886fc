/* Layers: shapes, names and sharing of variables, and values worked by hand. */
#include "graph_run.h"

#include <sumi/attention.h>
#include <sumi/constants.h>
#include <sumi/layers.h>
#include <sumi/train.h>
#include <sumi/ops.h>

static void assert_shape(sumi_tensor_t tensor, const char *expected) {
  assert_string_equal(sumi_dims_text(sumi_tensor_dims(tensor)).text, expected);
}

static sumi_tensor_t input(sumi_graph_t *g, sumi_dims_t dims) {
  return sumi_placeholder(g, SUMI_FLOAT32, .shape = dims, .name = "x");
}

static void assert_value(sumi_session_t *s, sumi_feeds_t feeds, sumi_tensor_t tensor,
                         const char *shape, const double *expected) {
  sumi_array_t *value = NULL;
  assert_ok(sumi_session_run(s, .feeds = feeds,
                             .fetches = SUMI_FETCHES({.tensor = tensor, .array = &value})));
  assert_string_equal(sumi_dims_text(sumi_array_dims(value)).text, shape);
  for (int64_t i = 0; i < sumi_array_count(value); ++i)
    assert_near(sumi_array_get(value, i), expected[i], 1e-5);
  sumi_array_unref(value);
}

static void dense_works_on_every_rank_with_an_unknown_batch(void **state) {
  (void)state;
  const struct {
    sumi_dims_t dims, fed;
    const char *shape, *run;
  } cases[] = {{SUMI_DIMS(-1, 3), SUMI_DIMS(2, 3), "(?, 2)", "(2, 2)"},
               {SUMI_DIMS(4, 3), SUMI_DIMS(4, 3), "(4, 2)", "(4, 2)"},
               {SUMI_DIMS(-1, 4, 3), SUMI_DIMS(1, 4, 3), "(?, 4, 2)", "(1, 4, 2)"},
               {SUMI_DIMS(-1, -1, 3), SUMI_DIMS(2, 2, 3), "(?, ?, 2)", "(2, 2, 2)"},
               {SUMI_DIMS(2, -1, 1, 3), SUMI_DIMS(2, 2, 1, 3), "(2, ?, 1, 2)", "(2, 2, 1, 2)"}};
  static const float ones[12] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  static const double expected[8] = {6.5, 6.5, 6.5, 6.5, 6.5, 6.5, 6.5, 6.5};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t x = input(g, cases[i].dims);
    sumi_tensor_t y = sumi_dense(x, 2, .kernel_initializer = SUMI_INIT(CONSTANT, .a = 2),
                                 .bias_initializer = SUMI_INIT(CONSTANT, .a = .5));
    assert_shape(y, cases[i].shape);
    assert_non_null(sumi_graph_find_op(g, "dense/kernel"));
    assert_non_null(sumi_graph_find_op(g, "dense/bias"));
    sumi_session_t *s = started(g);
    sumi_feeds_t feeds = SUMI_FEEDS({.tensor = x, .data = ones, .dims = cases[i].fed});
    assert_value(s, feeds, y, cases[i].run, expected);
    sumi_session_free(s);
    sumi_graph_free(g);
  }
}

static void convolution_and_pooling_have_tensorflows_shapes(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = input(g, SUMI_DIMS(-1, 28, 28, 3));
  assert_shape(sumi_conv2d_layer(x, 8, 5), "(?, 24, 24, 8)");
  assert_shape(sumi_conv2d_layer(x, 8, 5, .padding = "SAME"), "(?, 28, 28, 8)");
  assert_shape(sumi_conv2d_layer(x, 8, 3, .padding = "SAME", .strides = 2), "(?, 14, 14, 8)");
  assert_shape(sumi_conv2d_layer(x, 8, 3, .strides = 3, .no_bias = true), "(?, 9, 9, 8)");
  assert_shape(sumi_max_pool2d(x, 2), "(?, 14, 14, 3)");
  assert_shape(sumi_avg_pool2d(x, 3, .strides = 1), "(?, 26, 26, 3)");
  assert_shape(sumi_max_pool2d(x, 3, .padding = "SAME"), "(?, 10, 10, 3)");
  assert_shape(sumi_flatten(x), "(?, 2352)");
  assert_shape(sumi_flatten(input(g, SUMI_DIMS(5))), "(5, 1)");
  assert_ok(sumi_graph_status(g));
  assert_string_equal(sumi_variable_name(sumi_collection(g, SUMI_TRAINABLE_VARIABLES).list[0]),
                      "conv2d/kernel");
  assert_string_equal(sumi_variable_name(sumi_collection(g, SUMI_TRAINABLE_VARIABLES).list[2]),
                      "conv2d_1/kernel");
  assert_int_equal(sumi_collection(g, SUMI_TRAINABLE_VARIABLES).count, 7);
  assert_shape(sumi_graph_tensor(g, "conv2d/kernel"), "(5, 5, 3, 8)");
  sumi_graph_free(g);
}

static void activations_and_initializers_are_used(void **state) {
  (void)state;
  static const float values[2] = {-3, 1};
  const struct {
    sumi_activation_t activation;
    double expected[2];
  } cases[] = {{NULL, {-3, 1}},
               {sumi_activation_relu, {0, 1}},
               {sumi_activation_sigmoid, {.04742587, .73105858}},
               {sumi_activation_tanh, {-.99505475, .76159416}},
               {sumi_activation_softmax, {.01798621, .98201379}}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t x = input(g, SUMI_DIMS(1, 2));
    sumi_array_t *eye = sumi_array_full(SUMI_FLOAT32, SUMI_DIMS(2, 2), 0);
    sumi_array_set(eye, 0, 1), sumi_array_set(eye, 3, 1);
    sumi_tensor_t y = sumi_dense(x, 2, .activation = cases[i].activation,
                                 .kernel_initializer = SUMI_INIT(ARRAY, .array = eye));
    sumi_array_unref(eye);
    sumi_session_t *s = started(g);
    assert_value(s, SUMI_FEEDS({.tensor = x, .data = values}), y, "(1, 2)", cases[i].expected);
    sumi_session_free(s);
    sumi_graph_free(g);
  }
}

static void newer_convolutions_have_tensorflows_shapes_and_names(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = input(g, SUMI_DIMS(-1, 28, 28, 3)), sequence = input(g, SUMI_DIMS(-1, -1, 4));
  assert_shape(sumi_conv2d_layer(x, 8, 3, .dilation_rate = 3), "(?, 22, 22, 8)");
  assert_shape(sumi_depthwise_conv2d_layer(x, 5, .depth_multiplier = 2), "(?, 24, 24, 6)");
  assert_shape(sumi_separable_conv2d_layer(x, 8, 3, .strides = 2, .padding = "SAME"),
               "(?, 14, 14, 8)");
  assert_shape(sumi_conv1d_layer(sequence, 8, 3), "(?, ?, 8)");
  assert_shape(sumi_residual_block(x, 4, .bottleneck = true, .strides = 2), "(?, 14, 14, 16)");
  assert_shape(sumi_group_norm_layer(sequence, 2), "(?, ?, 4)");
  assert_shape(sumi_multi_head_attention(sequence, sequence, 2, 8), "(?, ?, 4)");
  assert_ok(sumi_graph_status(g));
  assert_shape(sumi_graph_tensor(g, "depthwise_conv2d/depthwise_kernel"), "(5, 5, 3, 2)");
  assert_shape(sumi_graph_tensor(g, "depthwise_conv2d/bias"), "(6,)");
  assert_shape(sumi_graph_tensor(g, "separable_conv2d/depthwise_kernel"), "(3, 3, 3, 1)");
  assert_shape(sumi_graph_tensor(g, "separable_conv2d/pointwise_kernel"), "(1, 1, 3, 8)");
  assert_shape(sumi_graph_tensor(g, "conv1d/kernel"), "(3, 4, 8)");
  assert_shape(sumi_graph_tensor(g, "multi_head_attention/query/kernel"), "(4, 16)");
  assert_shape(sumi_graph_tensor(g, "residual_block/conv2d_3/kernel"), "(1, 1, 4, 16)");
  const int before = sumi_collection(g, SUMI_GLOBAL_VARIABLES).count;
  sumi_multi_head_attention(sequence, sequence, 2, 8, .name = "multi_head_attention",
                            .reuse = SUMI_REUSE);
  sumi_separable_conv2d_layer(x, 8, 3, .name = "separable_conv2d", .reuse = SUMI_REUSE);
  assert_ok(sumi_graph_status(g));
  assert_int_equal(sumi_collection(g, SUMI_GLOBAL_VARIABLES).count, before);
  sumi_graph_free(g);
}

/* Whole channels are dropped or kept, doubled; a draw of 64 channels has both. */
static void spatial_dropout_drops_channels(void **state) {
  (void)state;
  enum { IMAGES = 2, PIXELS = 6, CHANNELS = 64 };
  static float ones[IMAGES * PIXELS * CHANNELS];
  for (int i = 0; i < IMAGES * PIXELS * CHANNELS; ++i) ones[i] = 1;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = input(g, SUMI_DIMS(-1, 2, 3, CHANNELS));
  sumi_tensor_t y = sumi_spatial_dropout(x, 0.5, .seed = 3);
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *value = NULL;
  assert_ok(sumi_session_run(
      s,
      .feeds = SUMI_FEEDS({.tensor = x, .data = ones, .dims = SUMI_DIMS(IMAGES, 2, 3, CHANNELS)}),
      .fetches = SUMI_FETCHES({.tensor = y, .array = &value})));
  int dropped = 0;
  for (int image = 0; image < IMAGES; ++image)
    for (int channel = 0; channel < CHANNELS; ++channel) {
      const int64_t first = (int64_t)image * PIXELS * CHANNELS + channel;
      const double fate = sumi_array_get(value, first);
      assert_true(fate == 0 || fate == 2);
      dropped += fate == 0;
      for (int pixel = 1; pixel < PIXELS; ++pixel)
        assert_true(sumi_array_get(value, first + (int64_t)pixel * CHANNELS) == fate);
    }
  assert_in_range(dropped, 30, 98);
  sumi_array_unref(value);
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* SGD at rate 1 with the gradient 1 moves the rows 0 and 2 that were looked up, and no other. */
static void an_embedding_is_updated_where_it_was_looked_up(void **state) {
  (void)state;
  static const int32_t ids[2] = {2, 0};
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_INT32, .shape = SUMI_DIMS(2));
  sumi_tensor_t y = sumi_embedding_layer(x, 4, 2, .kernel_initializer = SUMI_ZEROS_INITIALIZER);
  assert_shape(y, "(2, 2)");
  sumi_op_t *train = sumi_minimize(sumi_gradient_descent(.learning_rate = 1), sumi_reduce_sum(y));
  assert_non_null(sumi_graph_find_op(g, "embedding/embeddings"));
  sumi_session_t *s = started(g);
  assert_ok(sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = x, .data = ids}),
                             .targets = SUMI_OPS(train)));
  const sumi_feeds_t nothing = {0, NULL};
  assert_value(s, nothing, sumi_graph_tensor(g, "embedding/embeddings"), "(4, 2)",
               (double[]){-1, -1, 0, 0, -1, -1, 0, 0});
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* Shapes as tf.layers.conv2d_transpose's documentation gives them (deconv_output_length). */
static void transposed_convolutions_enlarge(void **state) {
  (void)state;
  const struct {
    int64_t size, strides;
    const char *padding, *shape;
  } cases[] = {{3, 1, NULL, "(?, 6, 8, 7)"},
               {3, 2, NULL, "(?, 9, 13, 7)"},
               {2, 3, "VALID", "(?, 12, 18, 7)"},
               {5, 2, "SAME", "(?, 8, 12, 7)"}};
  for (int i = 0; i < 4; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    const sumi_tensor_t x = input(g, SUMI_DIMS(-1, 4, 6, 3));
    const sumi_tensor_t y = sumi_conv2d_transpose_layer(
        x, 7, cases[i].size, .strides = cases[i].strides, .padding = cases[i].padding);
    assert_ok(sumi_graph_status(g));
    assert_shape(y, cases[i].shape);
    assert_string_equal(sumi_op_name(y.op), "conv2d_transpose/BiasAdd");
    const sumi_dims_t kernel = sumi_tensor_dims(sumi_graph_tensor(g, "conv2d_transpose/kernel"));
    assert_true(sumi_dims_equal(kernel, SUMI_DIMS(cases[i].size, cases[i].size, 7, 3)));
    sumi_graph_free(g);
  }
  /* Sizes that only a run tells; a kernel of ones spreads each element over its window. */
  sumi_graph_t *g = sumi_graph_new();
  static const float values[4] = {1, 2, 3, 4};
  const sumi_tensor_t x = input(g, SUMI_DIMS(1, -1, -1, 1));
  const sumi_tensor_t y = sumi_conv2d_transpose_layer(x, 1, 2, .strides = 2,
                                                      .kernel_initializer = SUMI_ONES_INITIALIZER);
  sumi_session_t *s = started(g);
  assert_value(s, SUMI_FEEDS({.tensor = x, .data = values, .dims = SUMI_DIMS(1, 2, 2, 1)}), y,
               "(1, 4, 4, 1)", (double[]){1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4});
  sumi_session_free(s);
  sumi_conv2d_transpose_layer(x, 0, 2);
  assert_refusal(g, SUMI_INVALID_ARGUMENT, "conv2d_transpose: 0 filters of size 2");
  sumi_graph_free(g);
}

static void reused_layers_share_their_variables(void **state) {
  (void)state;
  static const float values[6] = {1, 2, 3, 4, 5, 6};
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = input(g, SUMI_DIMS(2, 3));
  sumi_variable_scope_begin(g, "net");
  sumi_tensor_t a = sumi_dense(x, 4, .name = "head");
  sumi_tensor_t b = sumi_dense(x, 4, .name = "head", .reuse = SUMI_REUSE);
  sumi_tensor_t c = sumi_dense(x, 4);
  sumi_variable_scope_end(g);
  assert_int_equal(sumi_collection(g, SUMI_TRAINABLE_VARIABLES).count, 4);
  assert_non_null(sumi_graph_find_op(g, "net/head/kernel"));
  assert_non_null(sumi_graph_find_op(g, "net/dense/kernel"));
  sumi_session_t *s = started(g);
  sumi_array_t *out[3] = {0};
  assert_ok(sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = x, .data = values}),
                             .fetches = SUMI_FETCHES({.tensor = a, .array = &out[0]},
                                                     {.tensor = b, .array = &out[1]},
                                                     {.tensor = c, .array = &out[2]})));
  assert_true(sumi_array_get(out[0], 0) == sumi_array_get(out[1], 0));
  assert_true(sumi_array_get(out[0], 0) != sumi_array_get(out[2], 0));
  for (int i = 0; i < 3; ++i) sumi_array_unref(out[i]);
  sumi_session_free(s);
  sumi_dense(x, 4, .name = "absent", .reuse = SUMI_REUSE);
  assert_refusal(g, SUMI_NOT_FOUND, "variable 'absent/kernel' (");
  sumi_graph_free(g);
  g = sumi_graph_new(); /* a name is not made unique: a second layer of it would share by mistake */
  sumi_dense(input(g, SUMI_DIMS(2, 3)), 4, .name = "head");
  sumi_dense(input(g, SUMI_DIMS(2, 3)), 4, .name = "head");
  assert_refusal(g, SUMI_ALREADY_EXISTS, "variable 'head/kernel' (");
  sumi_graph_free(g);
  g = sumi_graph_new();
  sumi_dense(input(g, SUMI_DIMS(2, 3)), 4, .name = "head");
  sumi_dense(input(g, SUMI_DIMS(2, 5)), 4, .name = "head", .reuse = SUMI_REUSE);
  assert_refusal(g, SUMI_INVALID_ARGUMENT, "is float32 (3, 4), asked for as float32 (5, 4)");
  sumi_graph_free(g);
}

/* x = (1, 3), (3, 7): means 2, 5, variances 1, 4. */
static void batch_norm_normalises_by_the_batch_and_keeps_averages(void **state) {
  (void)state;
  static const float values[4] = {1, 3, 3, 7};
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = input(g, SUMI_DIMS(-1, 2));
  sumi_tensor_t trained = sumi_batch_norm_layer(x, .training = true, .momentum = .9,
                                                .epsilon = 1e-9, .name = "bn");
  sumi_tensor_t used = sumi_batch_norm_layer(x, .epsilon = 1e-9, .name = "bn", .reuse = SUMI_REUSE);
  assert_ok(sumi_graph_status(g));
  assert_shape(trained, "(?, 2)");
  assert_int_equal(sumi_collection(g, SUMI_TRAINABLE_VARIABLES).count, 2);
  assert_int_equal(sumi_collection(g, SUMI_GLOBAL_VARIABLES).count, 4);
  assert_int_equal(sumi_collection(g, SUMI_UPDATE_OPS).count, 2);
  sumi_op_t *train = sumi_minimize(sumi_gradient_descent(.learning_rate = 1e-9),
                                   sumi_reduce_sum(sumi_square(trained)));
  sumi_session_t *s = started(g);
  sumi_feeds_t feeds = SUMI_FEEDS({.tensor = x, .data = values, .dims = SUMI_DIMS(2, 2)});
  assert_value(s, feeds, trained, "(2, 2)", (double[]){-1, -1, 1, 1});
  assert_value(s, feeds, used, "(2, 2)", (double[]){1, 3, 3, 7}); /* averages 0 and 1 so far */
  assert_ok(sumi_session_run(s, .feeds = feeds, .targets = SUMI_OPS(train)));
  sumi_tensor_t mean = sumi_graph_tensor(g, "bn/moving_mean");
  sumi_tensor_t variance = sumi_graph_tensor(g, "bn/moving_variance");
  const sumi_feeds_t nothing = {0, NULL};
  assert_value(s, nothing, mean, "(2,)", (double[]){.2, .5});
  assert_value(s, nothing, variance, "(2,)", (double[]){1, 1.3});
  assert_ok(sumi_session_run(s, .feeds = feeds, .targets = SUMI_OPS(train)));
  assert_value(s, nothing, mean, "(2,)", (double[]){.38, .95});
  assert_value(s, nothing, variance, "(2,)", (double[]){1, 1.57});
  assert_value(s, feeds, used, "(2, 2)",
               (double[]){.62, (3 - .95) / sqrt(1.57), 2.62, (7 - .95) / sqrt(1.57)});
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void what_a_layer_cannot_take_is_refused(void **state) {
  (void)state;
  for (int i = 0; i < 33; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t flat = input(g, SUMI_DIMS(-1, 3)), image = input(g, SUMI_DIMS(-1, 8, 8, 3));
    sumi_tensor_t unknown = input(g, SUMI_DIMS_UNKNOWN), open = input(g, SUMI_DIMS(2, -1)),
                  y = flat;
    sumi_tensor_t whole = sumi_placeholder(g, SUMI_INT32, .shape = SUMI_DIMS(2, 3));
    const char *text = "";
    if (i == 0) y = sumi_dense(unknown, 2), text = "its rank (2 or more) and its last size";
    if (i == 1) y = sumi_dense(open, 2), text = "of shape (2, ?)";
    if (i == 2) y = sumi_dense(flat, 0), text = "0 units";
    if (i == 3) y = sumi_dense(flat, 2, .name = "bad name"), text = "'bad name'";
    if (i == 4) y = sumi_conv2d_layer(flat, 2, 3), text = "(4: n, h, w, c)";
    if (i == 5) y = sumi_conv2d_layer(image, 2, 0), text = "2 filters of size 0";
    if (i == 6) y = sumi_conv2d_layer(image, 2, 11), text = "Conv2D";
    if (i == 7) y = sumi_conv2d_layer(image, 2, 3, .padding = "FULL"), text = "'FULL'";
    if (i == 8) y = sumi_max_pool2d(flat, 2), text = "MaxPool";
    if (i == 9) y = sumi_avg_pool2d(image, -1), text = "AvgPool";
    if (i == 10) y = sumi_flatten(unknown), text = "flatten";
    if (i == 11) y = sumi_flatten(input(g, SUMI_DIMS(2, 3, -1))), text = "(2, 3, ?)";
    if (i == 12) y = sumi_batch_norm_layer(input(g, SUMI_DIMS(3))), text = "of shape (3,)";
    if (i == 13) y = sumi_dense(whole, 2), text = "int32";
    if (i == 14) y = sumi_dense(input(g, SUMI_DIMS(3)), 2), text = "of shape (3,)";
    const sumi_tensor_t seq = input(g, SUMI_DIMS(-1, 5, 4)), other = input(g, SUMI_DIMS(-1, 5, 6));
    if (i == 15) y = sumi_conv1d_layer(image, 2, 3), text = "(3: n, width, c)";
    if (i == 16) y = sumi_conv1d_layer(seq, 2, 0), text = "conv1d: 2 filters of size 0";
    if (i == 17) y = sumi_separable_conv2d_layer(image, 0, 3), text = "separable_conv2d: 0 filters";
    if (i == 18)
      y = sumi_depthwise_conv2d_layer(image, 3, .depth_multiplier = -1),
      text = "a depth_multiplier of -1";
    if (i == 19) y = sumi_depthwise_conv2d_layer(flat, 3), text = "(4: n, h, w, c)";
    if (i == 20) y = sumi_conv2d_layer(image, 2, 3, .dilation_rate = -2), text = "dilations is";
    if (i == 21) y = sumi_group_norm_layer(image, 2), text = "3 channels are not divided by 2";
    if (i == 22) y = sumi_instance_norm_layer(flat), text = "x has shape (?, 3)";
    if (i == 23) y = sumi_embedding_layer(whole, 0, 4), text = "a table of shape (0, 4)";
    if (i == 24) y = sumi_embedding_layer(flat, 3, 4), text = "float32";
    if (i == 25) y = sumi_residual_block(image, 0), text = "residual_block: 0 filters";
    if (i == 26) y = sumi_dot_product_attention(seq, other, other), text = "key (?, 5, 6)";
    if (i == 27)
      y = sumi_dot_product_attention(seq, seq, seq, .mask = seq), text = "mask is float32";
    if (i == 28) y = sumi_multi_head_attention(flat, seq, 2, 4), text = "query has shape (?, 3)";
    if (i == 29) y = sumi_multi_head_attention(seq, seq, 0, 4), text = "0 heads";
    if (i == 30) y = sumi_additive_attention(seq, other, seq, seq), text = "additive_attention";
    if (i == 31)
      y = sumi_dropout(input(g, SUMI_DIMS(2, 1)), 0.5, .noise_shape = SUMI_AXES(2, 3)),
      text = "noise_shape is (2, 3), x has shape (2, 1)";
    if (i == 32)
      y = sumi_separable_conv2d(image, input(g, SUMI_DIMS(3, 3, 3, 2)),
                                input(g, SUMI_DIMS(1, 2, 6, 4)), .padding = "SAME"),
      text = "pointwise_filter has shape (1, 2, 6, 4), (1, 1, in, out)";
    if (!sumi_tensor_is_null(y)) fail_msg("case %d is not refused", i);
    assert_refusal(g, SUMI_INVALID_ARGUMENT, text);
    if (!strstr(sumi_graph_message(g), "test_layers.c"))
      fail_msg("case %d: no line in \"%s\"", i, sumi_graph_message(g));
    sumi_graph_free(g);
  }
  const sumi_tensor_t null = {0};
  assert_true(sumi_tensor_is_null(sumi_dense(null, 2)));
  assert_true(sumi_tensor_is_null(sumi_conv2d_layer(null, 2, 2)));
  assert_true(sumi_tensor_is_null(sumi_max_pool2d(null, 2)));
  assert_true(sumi_tensor_is_null(sumi_flatten(null)));
  assert_true(sumi_tensor_is_null(sumi_batch_norm_layer(null)));
  assert_true(sumi_tensor_is_null(sumi_activation_relu(null)));
  assert_true(sumi_tensor_is_null(sumi_conv1d_layer(null, 2, 2)));
  assert_true(sumi_tensor_is_null(sumi_separable_conv2d_layer(null, 2, 2)));
  assert_true(sumi_tensor_is_null(sumi_layer_norm_layer(null)));
  assert_true(sumi_tensor_is_null(sumi_embedding_layer(null, 2, 2)));
  assert_true(sumi_tensor_is_null(sumi_residual_block(null, 2)));
  assert_true(sumi_tensor_is_null(sumi_multi_head_attention(null, null, 2, 2)));
  assert_true(sumi_tensor_is_null(sumi_dot_product_attention(null, null, null)));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(dense_works_on_every_rank_with_an_unknown_batch),
      cmocka_unit_test(convolution_and_pooling_have_tensorflows_shapes),
      cmocka_unit_test(activations_and_initializers_are_used),
      cmocka_unit_test(newer_convolutions_have_tensorflows_shapes_and_names),
      cmocka_unit_test(spatial_dropout_drops_channels),
      cmocka_unit_test(an_embedding_is_updated_where_it_was_looked_up),
      cmocka_unit_test(transposed_convolutions_enlarge),
      cmocka_unit_test(reused_layers_share_their_variables),
      cmocka_unit_test(batch_norm_normalises_by_the_batch_and_keeps_averages),
      cmocka_unit_test(what_a_layer_cannot_take_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
