"""The programs of examples/tf1 beside TensorFlow: each writes its graph, batches and all; TensorFlow trains that graph on the same data
(of pictures, scikit-learn's handwritten digits) from the same initial values, and comes to the same losses and the same figure."""

import os
import subprocess
import tempfile
import unittest

import numpy as np
from sklearn.datasets import load_digits
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import tensorflow.compat.v1 as tf

PROGRAMS = os.path.join(os.environ["SUMI_BINARY_DIR"], "examples", "tf1")
PICTURES = ("logistic_regression", "multilayer_perceptron", "autoencoder", "variational_autoencoder", "dcgan", "resnet")
tf.disable_eager_execution()


def write_digits(path):
    digits = load_digits()
    images = (digits.images * 255 / 16).astype(np.uint8)
    np.savez(path, x_train=images[:1500], y_train=digits.target[:1500], x_test=images[1500:], y_test=digits.target[1500:])


def in_order(graph_def):
    """The part that training needs, in which no variable is updated before all gradients are there. TensorFlow 1 leaves open whether
    a gradient that reads a variable sees its update; Sumi's never does."""
    graph_def = tf.graph_util.extract_sub_graph(graph_def, ["init", "training", "loss", "figure"])
    updates = [node for node in graph_def.node if node.op.startswith("Apply")]
    gradients = {"^" + name.split(":")[0].lstrip("^") for node in updates for name in node.input}
    variables = {"^" + node.name for node in graph_def.node if node.op == "VariableV2"}
    for node in updates:
        node.input.extend(sorted((gradients - variables | {"^loss"}) - set(node.input) - {"^" + node.name}))
    return graph_def


class Classics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.digits = os.path.join(cls.folder.name, "digits.npz")
        write_digits(cls.digits)

    def both(self, name, steps):
        """Losses of all steps and the figure, of Sumi and of TensorFlow; and the loader of the log."""
        log = os.path.join(self.folder.name, name)
        graph = log + ".pb"
        done = subprocess.run([os.path.join(PROGRAMS, name), "--logdir", log, "--steps", str(steps), *(["--data", self.digits] if name in PICTURES else []), "--graph", graph],
                              capture_output=True, text=True, timeout=600)  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        title, figure = done.stdout.strip().split(": ")
        loader = EventAccumulator(log, size_guidance={"tensors": 0})
        loader.Reload()
        ours = [tf.make_ndarray(event.tensor_proto) for event in loader.Tensors("losses/train")]
        self.assertEqual([event.step for event in loader.Tensors(title)], [steps])
        graph_def = tf.GraphDef()
        with open(graph, "rb") as file:
            graph_def.ParseFromString(file.read())
        with tf.Graph().as_default() as graph:
            tf.import_graph_def(in_order(graph_def), name="")
            config = tf.ConfigProto(inter_op_parallelism_threads=1, intra_op_parallelism_threads=1)
            config.graph_options.rewrite_options.disable_meta_optimizer = True
            with tf.Session(graph=graph, config=config) as session:
                session.run("init")
                theirs = [session.run(["loss:0", "training"])[0] for _ in range(steps)]
                their_figure = session.run("figure:0")
        return np.array(ours), np.array(theirs), float(figure), float(their_figure), loader

    def compare(self, name, steps, rtol, at_most=None, at_least=None):
        ours, theirs, figure, their_figure, loader = self.both(name, steps)
        self.assertEqual(len(ours), steps)
        # Rounding grows from step to step; at first there is nothing else to see.
        np.testing.assert_allclose(ours[:20], theirs[:20], rtol=1e-3, err_msg=name)
        np.testing.assert_allclose(figure, their_figure, rtol=rtol, err_msg=name)
        if at_least is not None:
            self.assertGreaterEqual(figure, at_least)
        if at_most is not None:
            self.assertLessEqual(figure, at_most)
        return loader

    def pictures(self, loader, tag):
        """Width and height of a tag's last picture."""
        last = loader.Tensors(tag)[-1].tensor_proto.string_val
        return int(last[0]), int(last[1])

    def test_logistic_regression(self):
        loader = self.compare("logistic_regression", 300, 0.01, at_least=0.85)
        self.assertEqual(self.pictures(loader, "templates"), (8, 8))
        self.pictures(loader, "predictions")

    def test_multilayer_perceptron(self):
        loader = self.compare("multilayer_perceptron", 200, 0.02, at_least=0.88)
        self.pictures(loader, "mistakes")

    def test_autoencoder(self):
        loader = self.compare("autoencoder", 800, 0.05, at_most=0.04)
        self.pictures(loader, "reconstructions")

    def test_variational_autoencoder(self):
        loader = self.compare("variational_autoencoder", 300, 0.02, at_most=30)
        self.pictures(loader, "drawn_from_nothing")

    def test_dcgan(self):
        loader = self.compare("dcgan", 100, 0.05, at_most=0.3)
        self.pictures(loader, "drawn")

    def test_resnet(self):
        loader = self.compare("resnet", 60, 0.05, at_least=0.8)
        self.pictures(loader, "predictions")

    def test_while_loop_rnn(self):
        self.compare("while_loop_rnn", 200, 0.2, at_most=0.02)

    def test_char_rnn(self):
        loader = self.compare("char_rnn", 300, 0.1, at_most=1.5)
        written = loader.Tensors("written")[-1].tensor_proto.string_val[0].decode()
        self.assertEqual(len(written), 240)
        # Most of what it writes are words that it has read.
        read = set("the cat sat on mat and rat hat bat flat gnat that one by sun went down town two moon came soon to dune hen in den had ten"
                   " good men fox box six long socks".split())
        words = [word.strip(".,;") for word in written.split()]
        self.assertGreater(sum(word in read for word in words), len(words) / 2, written)

    def test_lstm_classifier(self):
        loader = self.compare("lstm_classifier", 200, 0.03, at_least=0.9)
        self.pictures(loader, "predictions")

    def test_transformer(self):
        loader = self.compare("transformer", 300, 0.03, at_least=0.9)
        self.pictures(loader, "looks")


if __name__ == "__main__":
    unittest.main()
