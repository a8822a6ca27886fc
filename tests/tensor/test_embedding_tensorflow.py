"""Tables of embeddings trained by slices, against TensorFlow 1's own optimizers on the same graph: rows that are looked up twice
in a batch, rows of a second look-up, rows that nobody looks up."""
import os
import subprocess
import tempfile
import unittest

import numpy as np
import tensorflow as tf

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests", "programs", "tensor_run_embedding")
STEPS, ROWS = 50, 12
rng = np.random.default_rng(3)
ARRAYS = {
    "table": rng.normal(size=(ROWS, 3)),
    "ids": rng.integers(0, ROWS - 2, size=(STEPS, 2, 3)),
    "more": np.array([4, 4, 0], np.int64),
    "y": np.tanh(rng.normal(size=(2, 3, 3))),
}
train = tf.compat.v1.train


def ours(optimizer):
    with tempfile.TemporaryDirectory() as folder:
        for name, array in ARRAYS.items():
            np.save(os.path.join(folder, name + ".npy"), array)
        done = subprocess.run([PROGRAM, optimizer, folder, str(STEPS)], capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise AssertionError(done.stderr)
    return np.array([[float(word) for word in line.split()] for line in done.stdout.splitlines()]).reshape(STEPS, ROWS, 3)


def theirs(optimizer, clipped=False):
    with tf.Graph().as_default():
        table = tf.compat.v1.get_variable("table", initializer=ARRAYS["table"], use_resource=False)
        at = tf.compat.v1.placeholder(tf.int32, [])
        guess = tf.tanh(tf.compat.v1.nn.embedding_lookup(table, tf.gather(tf.constant(ARRAYS["ids"]), at)))
        loss = tf.reduce_sum((guess - ARRAYS["y"])**2) + tf.reduce_sum(tf.compat.v1.nn.embedding_lookup(table, ARRAYS["more"])**2)
        slopes, variables = zip(*optimizer.compute_gradients(loss))
        assert isinstance(slopes[0], tf.IndexedSlices)
        if clipped:
            slopes, _ = tf.clip_by_global_norm(slopes, .5)
        step = optimizer.apply_gradients(zip(slopes, variables))
        with tf.compat.v1.Session() as session:
            session.run(tf.compat.v1.global_variables_initializer())
            path = []
            for i in range(STEPS):
                session.run(step, {at: i})
                path.append(session.run(table))
    return np.array(path)


def lazy_adam(rate, beta1=.875, beta2=.9375, epsilon=1e-8):
    """tf.contrib.opt.LazyAdamOptimizer, which TensorFlow 2 comes without: Adam on the rows that have a gradient."""
    table, m, v = ARRAYS["table"].copy(), np.zeros((ROWS, 3)), np.zeros((ROWS, 3))
    path = []
    for t in range(1, STEPS + 1):
        slope, touched = np.zeros((ROWS, 3)), np.zeros(ROWS, bool)
        ids = ARRAYS["ids"][t - 1]
        guess = np.tanh(table[ids])
        np.add.at(slope, ids, 2 * (guess - ARRAYS["y"]) * (1 - guess**2))
        np.add.at(slope, ARRAYS["more"], 2 * table[ARRAYS["more"]])
        touched[ids.ravel()] = touched[ARRAYS["more"]] = True
        m[touched] = beta1 * m[touched] + (1 - beta1) * slope[touched]
        v[touched] = beta2 * v[touched] + (1 - beta2) * slope[touched]**2
        table[touched] -= rate * np.sqrt(1 - beta2**t) / (1 - beta1**t) * m[touched] / (np.sqrt(v[touched]) + epsilon)
        path.append(table.copy())
    return np.array(path)


class Embedding(unittest.TestCase):
    def compare(self, name, expected, tolerance=1e-10):
        found = ours(name)
        np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance, err_msg=name)
        self.assertGreater(np.abs(found[-1] - found[0]).max(), .05)
        return found

    def test_gradient_descent(self):
        self.compare("sgd", theirs(train.GradientDescentOptimizer(.25)))

    def test_clipping_by_the_norm_of_the_values(self):
        self.compare("clipped sgd", theirs(train.GradientDescentOptimizer(.25), clipped=True))
        self.compare("clipped adagrad", theirs(train.AdagradOptimizer(.25, .125), clipped=True))

    def test_momentum(self):
        self.compare("momentum", theirs(train.MomentumOptimizer(.125, .875)))
        self.compare("nesterov", theirs(train.MomentumOptimizer(.125, .875, use_nesterov=True)))

    def test_adagrad(self):
        self.compare("adagrad", theirs(train.AdagradOptimizer(.25, .125)))

    def test_rms_prop(self):
        self.compare("rms_prop", theirs(train.RMSPropOptimizer(.0625, .875, .5)))
        self.compare("centered_rms_prop", theirs(train.RMSPropOptimizer(.03125, .875, centered=True)))

    def test_adadelta(self):
        self.compare("adadelta", theirs(train.AdadeltaOptimizer(1, .9375, 2**-10)))

    def test_ftrl(self):
        self.compare("ftrl", theirs(train.FtrlOptimizer(.5, initial_accumulator_value=.125, l1_regularization_strength=.015625)))
        self.compare("ftrl shrinking", theirs(train.FtrlOptimizer(
            .5, initial_accumulator_value=.125, l2_shrinkage_regularization_strength=.0625)))

    def test_adam_moves_rows_that_are_not_looked_up_any_more(self):
        # The powers of beta are float32 here and there.
        found = self.compare("adam", theirs(train.AdamOptimizer(.0625, .875, .9375)), 1e-6)
        np.testing.assert_array_equal(found[-1, -1], ARRAYS["table"][-1])

    def test_lazy_adam(self):
        self.compare("lazy adam", lazy_adam(.0625), 1e-6)


if __name__ == "__main__":
    unittest.main()
