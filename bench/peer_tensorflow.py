"""The models of train.c in TensorFlow: peer_tensorflow.py curve|mlp|cnn [--variant session|function] [options of train.c].

session: the graph is built and run as the article does, by tf.compat.v1.Session. function: the same step as a
tf.function over eager variables, with Keras's Adam."""

import math
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import tensorflow as tf  # noqa: E402

import peer  # noqa: E402

v1 = tf.compat.v1
CLASSES = 10
RATES = {"curve": 0.1, "mlp": 1e-3, "cnn": 2e-3}


def shapes(name):
    if name == "curve":
        return {"w": [3, 1]}
    if name == "mlp":
        return {"k1": [784, 256], "b1": [256], "k2": [256, 128], "b2": [128], "k3": [128, CLASSES], "b3": [CLASSES]}
    return {
        "c1": [3, 3, 1, 32], "d1": [32], "c2": [3, 3, 32, 64], "d2": [64],
        "k1": [7 * 7 * 64, 128], "b1": [128], "k2": [128, CLASSES], "b2": [CLASSES],
    }  # fmt: skip


def loss_of(name, v, x, y):
    if name == "curve":
        f = tf.stack([tf.square(x), x, tf.ones_like(x)], 1)
        yhat = tf.squeeze(tf.matmul(f, v["w"]), 1)
        return tf.nn.l2_loss(yhat - y) + 0.1 * tf.nn.l2_loss(v["w"])
    if name == "mlp":
        h = tf.nn.relu(tf.matmul(x, v["k1"]) + v["b1"])
        h = tf.nn.relu(tf.matmul(h, v["k2"]) + v["b2"])
        logits = tf.matmul(h, v["k3"]) + v["b3"]
    else:
        h = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, v["c1"], 1, "SAME"), v["d1"]))
        h = tf.nn.max_pool2d(h, 2, 2, "VALID")
        h = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(h, v["c2"], 1, "SAME"), v["d2"]))
        h = tf.nn.max_pool2d(h, 2, 2, "VALID")
        h = tf.nn.relu(tf.nn.bias_add(tf.matmul(tf.reshape(h, [-1, 7 * 7 * 64]), v["k1"]), v["b1"]))
        h = tf.nn.dropout(h, rate=0.4)
        logits = tf.nn.bias_add(tf.matmul(h, v["k2"]), v["b2"])
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))


def session_step(name, options, data):
    v1.disable_eager_execution()
    x = v1.placeholder(tf.float32, [None, *data[0][0].shape[1:]])
    y = v1.placeholder(data[0][1].dtype, [None])
    v = {key: v1.get_variable(key, shape) for key, shape in shapes(name).items()}
    loss = loss_of(name, v, x, y)
    train = v1.train.AdamOptimizer(RATES[name]).minimize(loss)
    session = v1.Session(
        config=v1.ConfigProto(
            intra_op_parallelism_threads=options.threads, inter_op_parallelism_threads=1
        )
    )
    session.run(v1.global_variables_initializer())
    return lambda images, labels: session.run([train, loss], {x: images, y: labels})[1]


def function_step(name, options, data):
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    glorot, zeros = tf.initializers.GlorotUniform(seed=1), tf.zeros_initializer()
    v = {k: tf.Variable((glorot if len(s) > 1 else zeros)(s)) for k, s in shapes(name).items()}
    optimizer = tf.keras.optimizers.Adam(RATES[name])
    variables = list(v.values())
    optimizer.build(variables)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = loss_of(name, v, x, y)
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss

    return lambda images, labels: step(tf.constant(images), tf.constant(labels)).numpy()


def main():
    options = peer.parse(["session", "function"])
    name = options.name
    data = list(peer.batches(name))
    make = session_step if options.variant == "session" else function_step
    step_of = make(name, options, data)

    def train(steps):
        for step in range(steps):
            value = step_of(*data[step % len(data)])
        if not math.isfinite(value):
            raise ValueError(f"the loss is {value}")

    peer.rounds(options, f"train/{name}/threads={options.threads}", train)


main()
