"""Metrics over several batches against tf.compat.v1.metrics: names and shapes of local variables, each update, the value at the end."""
import os
import subprocess
import tempfile
import unittest

import numpy as np
import tensorflow as tf

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests/programs/tensor_run_metrics")
v1 = tf.compat.v1
v1.disable_eager_execution()
v1.disable_resource_variables()
BATCHES, SHAPE, CLASSES = 3, (5, 2), 4


def theirs(name, arrays, weighted):
    with tf.Graph().as_default(), v1.Session() as session:
        labels, predictions, weights = [v1.placeholder(x.dtype, (None,) + x.shape[2:]) for x in arrays]
        keywords = {"weights": weights} if weighted else {}
        if name == "mean":
            value, update = v1.metrics.mean(predictions, **keywords)
        elif name == "mean_iou":
            value, update = v1.metrics.mean_iou(labels, predictions, CLASSES, **keywords)
        elif name == "pr":
            value, update = v1.metrics.auc(labels, predictions, num_thresholds=11, curve="PR", **keywords)
        else:
            value, update = getattr(v1.metrics, name)(labels, predictions, **keywords)
        variables = [(v.op.name, tuple(int(n) for n in v.shape)) for v in v1.local_variables()]
        session.run(v1.local_variables_initializer())
        updates = [session.run(update, dict(zip((labels, predictions, weights), batch))) for batch in zip(*arrays)]
        return variables, [np.ravel(x) for x in updates] + [np.ravel(session.run(value))]


def ours(name, arrays, weighted):
    with tempfile.TemporaryDirectory() as folder:
        for file, array in zip(("labels", "predictions", "weights"), arrays):
            np.save(f"{folder}/{file}.npy", array)
        done = subprocess.run([PROGRAM, name, str(int(weighted)), folder], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    head, *lines = done.stdout.splitlines()
    variables = [(text[:text.index("(")], eval(text[text.index("("):])) for text in head.replace(", ", ",").split()]
    return variables, [np.array(line.split(), float) for line in lines]


class Metrics(unittest.TestCase):
    def arrays(self, name, seed):
        random = np.random.default_rng(seed)
        shape = (BATCHES,) + SHAPE
        weights = (random.integers(0, 3, shape) / 2).astype(np.float32)
        if name in ("mean_iou", "accuracy"):
            return random.integers(0, CLASSES - seed, shape), random.integers(0, CLASSES - seed, shape), weights
        if name in ("auc", "pr"):
            return random.integers(0, 2, shape).astype(bool), random.uniform(0, 1, shape).round(seed + 1).astype(np.float32), weights
        if name.startswith("mean") or name.startswith("root"):
            return random.standard_normal(shape).astype(np.float32), random.standard_normal(shape).astype(np.float32), weights
        return random.integers(0, 2, shape), random.integers(0, 2, shape) * seed, weights

    def test_every_metric_with_and_without_weights(self):
        for name in ("mean", "accuracy", "mean_absolute_error", "mean_squared_error", "root_mean_squared_error", "true_positives",
                     "false_positives", "true_negatives", "false_negatives", "precision", "recall", "auc", "pr", "mean_iou"):
            for seed, weighted in ((0, False), (1, True)):
                with self.subTest(name=name, weighted=weighted):
                    arrays = self.arrays(name, seed)
                    expected_variables, expected = theirs(name, arrays, weighted)
                    variables, values = ours(name, arrays, weighted)
                    self.assertEqual(sorted(variables), sorted(expected_variables))
                    self.assertEqual(len(values), len(expected))
                    for value, want in zip(values, expected):
                        np.testing.assert_allclose(value, want, rtol=2e-6, atol=1e-7)


if __name__ == "__main__":
    unittest.main(verbosity=2)
