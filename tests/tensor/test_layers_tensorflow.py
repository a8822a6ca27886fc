"""Layers against those of tf.compat.v1.layers and Keras: names, shapes and order of variables, outputs and gradients."""
import os
import sys
import unittest
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "common"))
from model_oracle import ModelTest, np, tf, v1

warnings.simplefilter("ignore")
keras = tf.keras.layers


def attend(q, k, v, mask, scale):
    weights = tf.nn.softmax(tf.where(mask, tf.matmul(q, k, transpose_b=True) * scale, tf.fill(tf.shape(mask), -1e30)))
    return [tf.matmul(weights, v), weights]


def causal(q, k, v, mask):
    below = tf.linalg.band_part(tf.ones_like(mask, tf.float32), -1, 0)
    return attend(q, k, v, below > 0, 0.5)[:1]


def additive(q, k, v, mask):
    with v1.variable_scope("additive_attention"):
        scale = v1.get_variable("scale", (4,))
    scores = tf.reduce_sum(scale * tf.tanh(q[:, :, None] + k[:, None]), -1)
    return [tf.matmul(tf.nn.softmax(tf.where(mask, scores, tf.fill(tf.shape(mask), -1e30))), v)]


def multi_head(q, k, v, mask):
    return list(keras.MultiHeadAttention(3, 5, value_dim=2)(q, v, k, attention_mask=mask, return_attention_scores=True))


def dilated(x):
    """Convolutions with holes have no gradient on CPUs: the holes are filled with zeros."""
    with v1.variable_scope("conv2d"):
        kernel, bias = v1.get_variable("kernel", (3, 3, 4, 4)), v1.get_variable("bias", (4,))
    rows = tf.reshape(tf.stack([kernel, tf.zeros_like(kernel)], 1), (6, 3, 4, 4))[:5]
    both = tf.reshape(tf.stack([rows, tf.zeros_like(rows)], 2), (5, 6, 4, 4))[:, :5]
    return [tf.nn.conv2d(x, both, 1, "VALID") + bias]


def convolution(x, filters, size, strides):
    return v1.layers.conv2d(x, filters, size, strides, "same", use_bias=False)


def normal(x, epsilon=1e-3):
    return v1.layers.batch_normalization(x, training=True, epsilon=epsilon)


def residual(x):
    for name, strides in (("residual_block", 2), ("residual_block_1", 1)):
        with v1.variable_scope(name):
            shortcut = normal(convolution(x, 6, 1, strides)) if strides == 2 else x
            y = tf.nn.relu(normal(convolution(x, 6, 3, strides)))
            x = tf.nn.relu(normal(convolution(y, 6, 3, 1)) + shortcut)
    return [x]


def bottleneck(x):
    with v1.variable_scope("residual_block"):
        shortcut = normal(convolution(x, 8, 1, 2), 0.01)
        y = tf.nn.relu(normal(convolution(x, 2, 1, 1), 0.01))
        y = tf.nn.relu(normal(convolution(y, 2, 3, 2), 0.01))
        return [tf.nn.relu(normal(convolution(y, 8, 1, 1), 0.01) + shortcut)]


def preactivated(x):
    for name, strides in (("residual_block", 2), ("residual_block_1", 1)):
        with v1.variable_scope(name):
            y = tf.nn.relu(normal(x))
            shortcut = convolution(y, 6, 1, strides) if strides == 2 else x
            y = tf.nn.relu(normal(convolution(y, 6, 3, strides)))
            x = convolution(y, 6, 3, 1) + shortcut
    return [x]


SEQUENCE, IMAGES = [(3, 7, 4)], [(3, 9, 8, 4)]
LOOKS = [(3, 5, 4), (3, 6, 4), (3, 6, 3)]  # queries, keys, values
MODELS = {
    "conv1d": (SEQUENCE, lambda x: [v1.layers.conv1d(x, 5, 3, 2, "same", activation=tf.tanh)]),
    "dilated": (IMAGES, dilated),
    "depthwise": (IMAGES, lambda x: [keras.DepthwiseConv2D(3, 2, "same", depth_multiplier=2, name="depthwise_conv2d")(x)]),
    "separable": (IMAGES, lambda x: [v1.layers.separable_conv2d(
        v1.layers.separable_conv2d(x, 6, 3, padding="same", depth_multiplier=2, activation=tf.tanh), 3, 2, use_bias=False)]),
    "layer_norm": (SEQUENCE, lambda x: [keras.LayerNormalization(name="layer_normalization")(x)]),
    "group_norm": (IMAGES, lambda x: [keras.GroupNormalization(2, name="group_normalization")(x)]),
    "instance_norm": (IMAGES, lambda x: [keras.GroupNormalization(-1, epsilon=0.01, name="instance_normalization")(x)]),
    "dot_product": (LOOKS, lambda q, k, v, mask: attend(q, k, v, mask, 0.5)),
    "causal": (LOOKS, causal),
    "additive": (LOOKS, additive),
    "residual": (IMAGES, residual),
    "bottleneck": (IMAGES, bottleneck),
    "preactivated": (IMAGES, preactivated),
}


class Layers(ModelTest):
    def setUp(self):
        self.random = np.random.default_rng(7)

    def arrays(self, shapes):
        drawn = [self.random.standard_normal(shape).astype(np.float32) for shape in shapes]
        if shapes is not LOOKS:
            return drawn
        mask = self.random.random((3, 5, 6)) < 0.6
        mask[:, :, 2] = True  # something is to be seen
        return [*drawn, mask]

    def test_models(self):
        for model, (shapes, build) in MODELS.items():
            with self.subTest(model=model):
                self.compare("tensor_run_layers", model, self.arrays(shapes), build, rtol=1e-3, atol=2e-5)

    def test_embedding(self):
        ids = self.random.integers(0, 7, (3, 5)).astype(np.int32)
        self.compare("tensor_run_layers", "embedding", [ids], lambda x: [keras.Embedding(7, 4, name="embedding")(x)])

    def test_multi_head_attention_with_the_elements_of_keras(self):
        self.compare("tensor_run_layers", "multi_head", self.arrays(LOOKS), multi_head, rtol=1e-3, atol=2e-5, reshaped=True)
        layer = lambda x: [keras.MultiHeadAttention(2, 4, use_bias=False)(x, x, use_causal_mask=True)]
        self.compare("tensor_run_layers", "multi_head_causal", self.arrays(SEQUENCE), layer, rtol=1e-3, atol=2e-5, reshaped=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
