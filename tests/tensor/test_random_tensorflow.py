"""Random numbers against TensorFlow's CPU kernels: the same seeds give the same bits."""
import os
import subprocess
import sys
import unittest

import numpy as np
import tensorflow as tf

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests/programs/tensor_run_random")
PHILOX = 1  # tf.random.Algorithm.PHILOX
STREAMS = [(0, 0, 0), (1, 0, 7), (0x123456789ABCDEF0, 0xFFFFFFFFFFFFFFFF, 0), (2**64 - 1, 5, 2**64 - 1),
           (42, 0xFFFFFFFE, 99), (42, 0xFFFFFFFFFFFFFFF0, 0xFFFFFFFF)]


def draw(kind, key, counter, count, first=0, limits=()):
    words = [key & 0xFFFFFFFF, key >> 32] + [part for c in counter for part in (c & 0xFFFFFFFF, c >> 32)]
    arguments = [PROGRAM, kind, *map(str, words), str(first), str(count), *map(str, limits)]
    data = subprocess.run(arguments, stdout=subprocess.PIPE, check=True).stdout
    return np.frombuffer(data, kind.rsplit("_", 1)[1])


def seeded(kind, seed, seed2, count, run=0, limits=()):
    """What run number `run` of a stateful op with these attributes draws."""
    return draw(kind, seed, (run * count * 256, seed2), count, limits=limits)


class AgainstTensorFlow(unittest.TestCase):
    def equal_bits(self, actual, expected):
        self.assertEqual(actual.dtype, expected.dtype)
        self.assertEqual(actual.tobytes(), np.ascontiguousarray(expected).tobytes(),
                         msg=f"{actual[actual != expected.ravel()][:4]} {expected.ravel()[actual != expected.ravel()][:4]}")

    def stateless(self, op, kind, dtype):
        for key, low, high in STREAMS:
            for count in (1, 2, 3, 4, 5, 7, 4099):
                expected = op(shape=[count], key=np.array([key], np.uint64), counter=np.array([low, high], np.uint64),
                              alg=PHILOX, dtype=dtype).numpy()
                self.equal_bits(draw(kind, key, (low, high), count), expected)

    def test_uniform(self):
        self.stateless(tf.raw_ops.StatelessRandomUniformV2, "uniform_float32", tf.float32)
        self.stateless(tf.raw_ops.StatelessRandomUniformV2, "uniform_float64", tf.float64)

    def test_normal(self):
        self.stateless(tf.raw_ops.StatelessRandomNormalV2, "normal_float32", tf.float32)
        self.stateless(tf.raw_ops.StatelessRandomNormalV2, "normal_float64", tf.float64)

    def test_truncated_normal(self):
        self.stateless(tf.raw_ops.StatelessTruncatedNormalV2, "truncated_normal_float32", tf.float32)
        self.stateless(tf.raw_ops.StatelessTruncatedNormalV2, "truncated_normal_float64", tf.float64)

    def test_uniform_integers(self):
        for kind, dtype, low, high in [("uniform_int32", np.int32, 0, 10), ("uniform_int32", np.int32, -2**31, 2**31 - 1),
                                       ("uniform_int32", np.int32, -7, 1000000007), ("uniform_int64", np.int64, 0, 3),
                                       ("uniform_int64", np.int64, -2**63, 2**63 - 1)]:
            for key, first, second in STREAMS:
                expected = tf.raw_ops.StatelessRandomUniformIntV2(
                    shape=[101], key=np.array([key], np.uint64), counter=np.array([first, second], np.uint64),
                    alg=PHILOX, minval=dtype(low), maxval=dtype(high)).numpy()
                self.equal_bits(draw(kind, key, (first, second), 101, limits=(low, high)), expected)

    def test_a_part_of_a_range_is_that_part_of_the_whole(self):
        whole = tf.raw_ops.StatelessRandomNormalV2(shape=[100], key=np.array([9], np.uint64),
                                                   counter=np.array([3, 4], np.uint64), alg=PHILOX).numpy()
        for first in range(0, 40, 3):
            self.equal_bits(draw("normal_float32", 9, (3, 4), 50, first=first), whole[first:first + 50])

    def test_seeds_of_graph_and_op_over_several_runs(self):
        with tf.Graph().as_default():
            ops = {}
            for name, op in (("normal", tf.raw_ops.RandomStandardNormal), ("uniform", tf.raw_ops.RandomUniform),
                             ("truncated_normal", tf.raw_ops.TruncatedNormal)):
                for dtype in (tf.float32, tf.float64):
                    ops[f"{name}_{dtype.name}"] = op(shape=[7, 11], dtype=dtype, seed=12345, seed2=678)
            with tf.compat.v1.Session() as session:
                for run in range(3):
                    for kind, values in session.run(ops).items():
                        self.equal_bits(seeded(kind, 12345, 678, 77, run), values)

    def test_random_normal_of_the_python_api(self):
        with tf.Graph().as_default():
            tf.compat.v1.set_random_seed(7)
            op = tf.compat.v1.random_normal([10, 10], seed=3)
            with tf.compat.v1.Session() as session:
                self.equal_bits(seeded("normal_float32", 7, 3, 100), session.run(op))


if __name__ == "__main__":
    unittest.main(argv=sys.argv)
