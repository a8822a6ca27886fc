"""Elements, their order and their shapes are those of tf.data for the same stages."""
import itertools
import os
import pathlib
import subprocess
import unittest

import numpy as np
import tensorflow as tf

PROGRAM = pathlib.Path(os.environ["SUMI_BINARY_DIR"]) / "tests/programs/tensor_run_pipeline"


def numbers(count):
    return tf.data.Dataset.range(count)


STAGES = {
    "batch": lambda d, size, drop=0: d.batch(size, drop_remainder=bool(drop)),
    "padded": lambda d, size, width=0: d.padded_batch(size, [width or None], padding_values=np.int64(7)),
    "take": lambda d, count: d.take(count),
    "skip": lambda d, count: d.skip(count),
    "shard": lambda d, count, index: d.shard(count, index),
    "repeat": lambda d, count: d.repeat(count),
    "widen": lambda d, threads: d.map(lambda x: tf.fill([x], x)),
    "even": lambda d: d.filter(lambda x: x % 2 == 0),
    "cache": lambda d: d.cache(),
    "prefetch": lambda d, count: d.prefetch(count),
    "interleave": lambda d, cycle, block: d.interleave(tf.data.Dataset.range, cycle_length=cycle, block_length=block),
}


def of_tensorflow(stages):
    stack = []
    for stage in stages:
        name, *arguments = stage.split()
        if name == "range":
            stack.append(numbers(int(arguments[0])))
        elif name in ("zip", "concatenate"):
            other = stack.pop()
            stack[-1] = tf.data.Dataset.zip((stack[-1], other)) if name == "zip" else stack[-1].concatenate(other)
        else:
            stack[-1] = STAGES[name](stack[-1], *map(int, arguments))
    (dataset,) = stack
    return ["  ".join(shown(part) for part in (element if isinstance(element, tuple) else (element,))).replace("  ", " ")
            for element in dataset.as_numpy_iterator()]


def shown(array):
    return " ".join([str(np.shape(array)), *map(str, np.ravel(array))])


def of_sumi(stages):
    done = subprocess.run([PROGRAM, *stages], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


class SameAsTensorFlow(unittest.TestCase):
    def compare(self, *stages):
        with self.subTest(stages):
            expected = of_tensorflow(stages)
            self.assertEqual(of_sumi(stages), expected)

    def test_batches(self):
        for count, size, drop in itertools.product((0, 1, 6, 7), (1, 3), (0, 1)):
            self.compare(f"range {count}", f"batch {size} {drop}")
        self.compare("range 13", "batch 2 1", "batch 4")

    def test_padded_batches(self):
        self.compare("range 8", "widen 0", "padded 3")
        self.compare("range 8", "skip 2", "widen 2", "padded 4 9")
        self.compare("range 1", "widen 0", "padded 2")

    def test_which_elements(self):
        for count in (0, 3, 10, 20):
            self.compare("range 10", f"take {count}")
            self.compare("range 10", f"skip {count}")
        for index in range(3):
            self.compare("range 10", f"shard 3 {index}")
            self.compare("range 10", "skip 1", f"shard 3 {index}", "take 2")
        self.compare("range 10", "even")

    def test_rounds(self):
        self.compare("range 5", "repeat 3")
        self.compare("range 5", "repeat 0")
        self.compare("range 0", "repeat 3")
        self.compare("range 5", "take 3", "cache", "repeat 2", "skip 1", "repeat 2", "batch 4")
        self.compare("range 6", "even", "repeat 2", "prefetch 2", "batch 4")

    def test_two_as_one(self):
        self.compare("range 4", "range 6 y", "zip")
        self.compare("range 6", "batch 2", "range 2 y", "zip", "repeat 2")
        self.compare("range 4", "range 3", "concatenate", "repeat 2")
        self.compare("range 0", "range 3", "concatenate", "batch 2")

    def test_interleave(self):
        for cycle, block in itertools.product((1, 2, 3, 7), (1, 2, 3)):
            self.compare("range 7", f"interleave {cycle} {block}")
            self.compare("range 6", "skip 2", f"interleave {cycle} {block}", "repeat 2")


if __name__ == "__main__":
    unittest.main(verbosity=2)
