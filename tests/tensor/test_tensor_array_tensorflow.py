"""Programs with tf.TensorArray, in loops and outside, and their gradients: the same in both. No index is gathered twice:
TensorFlow's gradient of that is only the last one's (test_tensor_array.c has it by differences)."""
import os
import subprocess
import unittest

import numpy as np
import tensorflow as tf

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests", "programs", "tensor_run_tensor_array")
v1 = tf.compat.v1


def loop(first, array, step):
    def body(i, array):
        return i + 1, step(i, array)

    return v1.while_loop(lambda i, _: i < 5, body, [tf.constant(first), array])[1]


def new():
    return tf.TensorArray(tf.float32, 5, element_shape=[2], clear_after_read=False)


def backwards(x):
    return loop(0, new(), lambda i, array: array.write(4 - i, tf.square(x[i]))).stack()


def recurrence(x):
    def step(i, array):
        last, before = array.read(i - 1), array.read(i - 2)
        return array.write(i, tf.sin(last * before + last))

    return loop(2, new().write(0, x[3]).write(1, x[1]), step).stack()


def gathered(x):
    array = new().unstack(x)
    return array.gather([3, 0, 2]) * array.read(array.size() - 1)


def scattered(x):
    array = new().scatter([4, 0, 2], tf.gather(x, [0, 1, 2]))
    return tf.square(array.write(1, tf.square(x[4])).write(3, x[0]).concat())


class TensorArrays(unittest.TestCase):
    def test_values_and_gradients(self):
        lines = subprocess.run([PROGRAM], check=True, capture_output=True, text=True, timeout=120).stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["backwards", "recurrence", "gathered", "scattered"])
        values = (np.arange(10) * 7 % 11 / 5 - 1).astype(np.float32).reshape(5, 2)
        for line, program in zip(lines, [backwards, recurrence, gathered, scattered]):
            with tf.Graph().as_default(), v1.Session() as session:
                x = tf.constant(values)
                y = program(x)
                flat = tf.reshape(y, [-1])
                loss = tf.reduce_sum(flat * tf.cast(tf.range(1, tf.size(flat) + 1), tf.float32))
                expected = np.concatenate([part.ravel() for part in session.run([y, tf.gradients(loss, x)[0]])])
            np.testing.assert_allclose([float(word) for word in line.split()[1:]], expected, rtol=2e-5, atol=1e-5, err_msg=line)


if __name__ == "__main__":
    unittest.main(verbosity=2)
