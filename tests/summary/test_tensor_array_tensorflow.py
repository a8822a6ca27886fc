"""A loop over a tensor array, exported, gives in TensorFlow what it gives in Sumi, its gradient too."""
import os
import subprocess
import tempfile
import unittest

import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests", "programs", "summary_write_tensor_array")


class Exported(unittest.TestCase):
    def test_values_and_gradient(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([PROGRAM, folder], check=True, capture_output=True, text=True, timeout=120)
            definition = v1.GraphDef()
            with open(os.path.join(folder, "graph.pb"), "rb") as file:
                definition.ParseFromString(file.read())
        with tf.Graph().as_default(), v1.Session() as session:
            theirs = tf.import_graph_def(definition, return_elements=["y:0", "dx:0"])
            theirs = session.run(theirs)
        ours = [[float(word) for word in line.split()] for line in done.stdout.splitlines()]
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)
        # And what it gives is right.
        rows = [np.array([.7, -.4]), np.array([.49, .16])]
        for _ in range(3):
            rows.append(np.sin(rows[-1] * rows[-2] + rows[-1]))
        np.testing.assert_allclose(ours[0], np.concatenate(rows), rtol=1e-12)


if __name__ == "__main__":
    unittest.main(verbosity=2)
