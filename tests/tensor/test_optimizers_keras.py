"""Optimizers over 200 steps of the same problem, in float64, against Keras and TensorFlow 1's own; LAMB with weight decay, which Keras keeps out of
the trust ratio, against the paper's formula."""
import os
import subprocess
import tempfile
import unittest

import keras
import numpy as np
import tensorflow as tf

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests", "programs", "tensor_run_optimizer")
keras.config.set_floatx("float64")
STEPS = 200
# Sumi keeps the powers of beta, as TensorFlow 1 does, in float32; Keras computes them anew in float64.
TOLERANCE = {"rtol": 2e-5, "atol": 2e-5}
rng = np.random.default_rng(5)


def problem(inputs, outputs):
    """A matrix that is wide or tall, and a vector."""
    x, w = rng.normal(size=(20, inputs)), rng.normal(size=(inputs, outputs)) / 3
    y = np.tanh(x @ rng.normal(size=(inputs, outputs)) + .5)
    return {"x": x, "y": y, "w": w, "b": np.full(outputs, .1)}


PROBLEMS = [problem(4, 3), problem(3, 5)]


def ours(optimizer, arrays):
    with tempfile.TemporaryDirectory() as folder:
        for name, array in arrays.items():
            np.save(os.path.join(folder, name + ".npy"), array)
        done = subprocess.run([PROGRAM, optimizer, folder, str(STEPS)], capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise AssertionError(done.stderr)
    return np.array([[float(word) for word in line.split()] for line in done.stdout.splitlines()])


def gradients(arrays, w, b):
    guess = np.tanh(arrays["x"] @ w + b)
    back = 2 * (guess - arrays["y"]) * (1 - guess**2) / guess.size
    return arrays["x"].T @ back, back.sum(axis=0)


def keras_path(optimizer, arrays):
    variables = [keras.Variable(arrays[name], dtype="float64", name=name) for name in ("w", "b")]
    optimizer.build(variables)
    step = tf.function(lambda *slopes: optimizer.apply(list(slopes), variables))
    path = []
    for _ in range(STEPS):
        step(*(tf.constant(slope) for slope in gradients(arrays, *(variable.numpy() for variable in variables))))
        path.append(np.concatenate([variable.numpy().ravel() for variable in variables]))
    return np.array(path)


def tf1_path(make, arrays):
    """By tf.compat.v1.train's optimizers, which make their variables themselves."""
    path = []
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        w, b = (tf.Variable(arrays[name], name=name) for name in ("w", "b"))
        slopes = [tf.compat.v1.placeholder(tf.float64, variable.shape) for variable in (w, b)]
        step = make(slopes, [w, b])
        session.run(tf.compat.v1.global_variables_initializer())
        for _ in range(STEPS):
            session.run(step, dict(zip(slopes, gradients(arrays, *session.run([w, b])))))
            path.append(np.concatenate([value.ravel() for value in session.run([w, b])]))
    return np.array(path)


def adam_with_nesterov(slopes, variables):
    """tf.contrib.opt.NadamOptimizer: its op, and the powers of beta beside it."""
    powers = [tf.Variable(beta, dtype=tf.float64) for beta in (.9, .999)]
    steps = []
    for slope, variable in zip(slopes, variables):
        m, v = (tf.Variable(tf.zeros(variable.shape, tf.float64)) for _ in range(2))
        steps.append(tf.raw_ops.ResourceApplyAdam(
            var=variable.handle, m=m.handle, v=v.handle, beta1_power=powers[0].read_value(), beta2_power=powers[1].read_value(),
            lr=tf.constant(.01, tf.float64), beta1=tf.constant(.9, tf.float64), beta2=tf.constant(.999, tf.float64),
            epsilon=tf.constant(1e-8, tf.float64), grad=slope, use_nesterov=True))
    with tf.control_dependencies(steps):
        return tf.group(powers[0].assign(powers[0] * .9), powers[1].assign(powers[1] * .999))


def lamb_path(arrays, rate, decay, beta1=.9, beta2=.999, epsilon=1e-8):
    """Algorithm 2 of You et al., with phi the identity."""
    weights = [arrays["w"].copy(), arrays["b"].copy()]
    m, v = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    path = []
    for t in range(1, STEPS + 1):
        for i, g in enumerate(gradients(arrays, *weights)):
            m[i] = beta1 * m[i] + (1 - beta1) * g
            v[i] = beta2 * v[i] + (1 - beta2) * g * g
            r = (m[i] / (1 - beta1**t)) / (np.sqrt(v[i] / (1 - beta2**t)) + epsilon) + decay * weights[i]
            weights[i] = weights[i] - rate * np.linalg.norm(weights[i]) / np.linalg.norm(r) * r
        path.append(np.concatenate([w.ravel() for w in weights]))
    return np.array(path)


class Optimizers(unittest.TestCase):
    def compare(self, name, reference):
        for arrays in PROBLEMS:
            expected = reference(arrays)
            found = ours(name, arrays)
            self.assertEqual(found.shape, (STEPS, arrays["w"].size + arrays["b"].size))
            self.assertGreater(np.abs(found[-1] - found[0]).max(), .05)
            np.testing.assert_allclose(found, expected, err_msg=name, **TOLERANCE)

    def with_keras(self, name, make):
        self.compare(name, lambda arrays: keras_path(make(), arrays))

    def with_tensorflow_1(self, name, optimizer):
        make = lambda slopes, variables: optimizer().apply_gradients(zip(slopes, variables))
        self.compare(name, lambda arrays: tf1_path(make, arrays))

    def test_those_of_tensorflow_1(self):
        train = tf.compat.v1.train
        self.with_tensorflow_1("momentum", lambda: train.MomentumOptimizer(.2, .9))
        self.with_tensorflow_1("nesterov", lambda: train.MomentumOptimizer(.2, .9, use_nesterov=True))
        self.with_tensorflow_1("adagrad", lambda: train.AdagradOptimizer(.1))
        # With the default epsilon these end in a dance around the minimum, which enlarges the last digits of the rate.
        self.with_tensorflow_1("rms_prop", lambda: train.RMSPropOptimizer(.003, momentum=.5, epsilon=1e-3))
        self.with_tensorflow_1("centered rms_prop", lambda: train.RMSPropOptimizer(.003, decay=.8, centered=True, epsilon=1e-3))
        self.with_tensorflow_1("adadelta", lambda: train.AdadeltaOptimizer(1, epsilon=1e-4))
        self.compare("adam nesterov", lambda arrays: tf1_path(adam_with_nesterov, arrays))

    def test_adam_and_weight_decay(self):
        self.with_keras("adam", lambda: keras.optimizers.Adam(.01, epsilon=1e-8))
        self.with_keras("adam decayed", lambda: keras.optimizers.Adam(.01, epsilon=1e-8, weight_decay=.1))
        self.with_keras("sgd decayed", lambda: keras.optimizers.SGD(.5, weight_decay=.01))

    def test_adamw(self):
        self.with_keras("adamw", lambda: keras.optimizers.AdamW(.01, epsilon=1e-8))

    def test_amsgrad(self):
        self.with_keras("amsgrad", lambda: keras.optimizers.Adam(.05, beta_2=.9, epsilon=1e-8, amsgrad=True))

    def test_nadam(self):
        self.with_keras("nadam", lambda: keras.optimizers.Nadam(.01, epsilon=1e-8))

    def test_ftrl(self):
        self.with_keras("ftrl", lambda: keras.optimizers.Ftrl(.5, l1_regularization_strength=.1, l2_regularization_strength=.01))
        self.with_keras("ftrl shrinking", lambda: keras.optimizers.Ftrl(
            .5, learning_rate_power=-.4, initial_accumulator_value=.3, l1_regularization_strength=.001,
            l2_shrinkage_regularization_strength=.05))

    def test_an_l1_penalty_holds_weights_at_0(self):
        self.assertTrue((ours("ftrl", PROBLEMS[1])[-1] == 0).any())

    def test_lamb(self):
        self.with_keras("lamb", lambda: keras.optimizers.Lamb(.01, epsilon=1e-8))
        self.compare("lamb decayed", lambda arrays: lamb_path(arrays, .003, .3))

    def test_lion(self):
        self.with_keras("lion", lambda: keras.optimizers.Lion(.003, weight_decay=.1))

    def test_muon_and_adam_for_vectors(self):
        self.with_keras("muon", lambda: keras.optimizers.Muon(.01, epsilon=1e-8))


if __name__ == "__main__":
    unittest.main()
