"""Whole training graphs, exported as GraphDef, run in TensorFlow: the same initial values (both draw them from the same Philox
streams), the same feeds, and then the same loss at every step. This holds shapes, kernels, gradients, optimizers and the
export itself against TensorFlow at once."""

import os
import subprocess
import tempfile
import unittest

import numpy as np
import tensorflow as tf

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests", "programs", "summary_write_training")
tf.compat.v1.disable_eager_execution()


class Training(unittest.TestCase):
    def compare(self, model):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([PROGRAM, model, folder], capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stderr)
            head, *lines = done.stdout.splitlines()
            init, train, loss = head.split()
            ours = np.array([float(line) for line in lines])
            feeds = {name + ":0": np.load(os.path.join(folder, name + ".npy")) for name in ("x", "y")}
            graph_def = tf.compat.v1.GraphDef()
            with open(os.path.join(folder, "graph.pb"), "rb") as file:
                graph_def.ParseFromString(file.read())
        with tf.Graph().as_default() as graph:
            tf.import_graph_def(graph_def, name="")
            # Optimizations may reorder a read of a ref variable and its update; sequential execution does not.
            config = tf.compat.v1.ConfigProto(inter_op_parallelism_threads=1, intra_op_parallelism_threads=1)
            config.graph_options.rewrite_options.disable_meta_optimizer = True
            with tf.compat.v1.Session(graph=graph, config=config) as session:
                session.run(init)
                theirs = []
                for _ in ours:
                    # The loss first, in a run of its own: within one run TensorFlow 1 does not say whether it sees the update.
                    theirs.append(session.run(loss + ":0", feeds))
                    session.run(train, feeds)
        self.assertEqual(len(ours), 20)
        self.assertLess(ours[-1], ours[0])
        np.testing.assert_allclose(ours, theirs, rtol=2e-4, err_msg=model)

    def test_the_articles_curve_with_adam(self):
        self.compare("curve")

    def test_dense_layers_with_gradient_descent_and_clipping(self):
        self.compare("sgd")

    def test_momentum(self):
        self.compare("momentum")

    def test_nesterov_momentum(self):
        self.compare("nesterov")

    def test_transposed_convolutions(self):
        self.compare("transposed")

    def test_recurrent_cells_in_both_directions(self):
        self.compare("recurrent")

    def test_adagrad(self):
        self.compare("adagrad")
        self.compare("adagrad-from-zero")

    def test_rms_prop(self):
        self.compare("rms_prop")
        self.compare("centered_rms_prop")

    def test_adadelta(self):
        self.compare("adadelta")

    def test_adamw(self):
        self.compare("adamw")

    def test_ftrl(self):
        self.compare("ftrl")
        self.compare("ftrl-shrinking")

    def test_lamb(self):
        self.compare("lamb")

    def test_muon(self):
        self.compare("muon")

    def test_convolutions_pools_and_batch_normalization_with_adam(self):
        self.compare("convolutional")

    def test_exponential_decay(self):
        self.compare("decayed")

    def test_cosine_decay(self):
        self.compare("cosine")

    def test_piecewise_constant(self):
        self.compare("piecewise")


if __name__ == "__main__":
    unittest.main()
