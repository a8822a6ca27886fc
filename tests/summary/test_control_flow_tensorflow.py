"""Random branches and loops inside of each other: values, gradients and gradients of gradients against TensorFlow, which runs
the expression step by step under its tapes; and the exported graph, with its library of functions, run in TensorFlow.

The language: prefix notation of x, c, numbers, add, mul, sin, tanh, square;
    loop N A B    v = A, then N times v = B          below L A B    the same while v < L, five times at most
    scan A B      v = A, then v = B for each element e of a list; v at the end + the sum of all v times e
    back A B      the same from the last element to the first        cond A B C    B where A > 0, else C
and v0, v1, … what the loops around carry, the outermost first."""

import os
import random
import subprocess
import tempfile
import unittest

import numpy as np
import tensorflow as tf

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests", "programs", "summary_write_control_flow")
UNARY = {"sin": tf.sin, "tanh": tf.tanh, "square": tf.square}
BINARY = {"add": tf.add, "mul": tf.multiply}
# What went wrong in TensorFlow or elsewhere at some time: no iterations, unused and passed-on values, gradients of
# gradients through a loop, a loop in a branch in a loop.
CHOSEN = [
    "loop 3 x mul v0 c", "loop 0 x mul v0 c", "loop 4 c x", "loop 2 x v0", "below 10 x square add v0 1",
    "below 0 x sin v0", "scan x mul v0 e", "back c add mul v0 e x", "scan x e", "cond x square x c",
    "cond c square x sin c", "loop 3 x cond v0 sin mul v0 c square v0", "cond x loop 2 c sin mul v0 x 1",
    "loop 3 x loop 2 v0 mul sin v1 v0", "loop 2 x cond v0 loop 2 c mul v1 sin v0 c", "scan x loop 2 v0 mul v1 e",
    "loop 2 x scan v0 tanh mul v1 e", "back x scan v0 mul e v1",
    "below 2 add x 1 mul v0 2"]
# Their gradients stack lists of different lengths, which TensorFlow's TensorListStack refuses: not exported.
UNEQUAL = ["scan x below 2 add v0 1 mul v1 2", "loop 2 x below 1.5 v0 add square v1 0.5",
           "loop 3 x cond v0 below 1 v0 add v1 0.4 below 2 v0 add sin v1 c"]


def expression(rng, depth, variables):
    """A random one; what loops carry stays small."""
    leaves = ["x", "c", "e", f"{rng.uniform(-1, 1):.3f}"] + [f"v{i}" for i in range(variables)]
    if depth == 0:
        return rng.choice(leaves[-variables:] if variables and rng.random() < 0.5 else leaves)
    kind = rng.choice(["add", "mul", "sin", "tanh", "square", "loop", "below", "scan", "back", "cond"])
    inner = lambda extra=0: expression(rng, depth - 1, variables + extra)
    if kind in UNARY:
        return f"{kind} {inner()}"
    if kind in BINARY:
        return f"{kind} {inner()} {inner()}"
    if kind == "cond":
        return f"cond {inner()} {inner()} {inner()}"
    head = {"loop": f"loop {rng.randrange(4)}", "below": f"below {rng.choice(['0.5', '2'])}"}.get(kind, kind)
    return f"{head} {inner()} sin {inner(1)}"


class Evaluate:
    """The expression on TensorFlow's tensors, with loops and branches of Python's."""

    def __init__(self, text, x, c, elements):
        self.tokens, self.x, self.c, self.list = text.split(), x, c, elements
        self.value, end = self.at(0, x, ())
        assert end == len(self.tokens), text

    def end(self, at):
        token = self.tokens[at]
        if token in ("loop", "below"):
            return self.end(self.end(at + 2))
        count = 1 if token in UNARY else 2 if token in BINARY or token in ("scan", "back") else 3 if token == "cond" else 0
        at += 1
        for _ in range(count):
            at = self.end(at)
        return at

    def at(self, at, element, variables):
        token, after = self.tokens[at], at + 1
        if token in "xce":
            return {"x": self.x, "c": self.c, "e": element}[token], after
        if token[0] == "v":
            return variables[int(token[1:])], after
        if token in UNARY:
            value, after = self.at(after, element, variables)
            return UNARY[token](value), after
        if token in BINARY:
            left, after = self.at(after, element, variables)
            right, after = self.at(after, element, variables)
            return BINARY[token](left, right), after
        if token == "cond":
            which, then = self.at(after, element, variables)
            otherwise = self.end(then)
            return self.at(then if which > 0 else otherwise, element, variables)[0], self.end(otherwise)
        if token in ("loop", "below"):
            limit = float(self.tokens[after])
            value, body = self.at(after + 1, element, variables)
            done = 0
            while done < limit if token == "loop" else value < limit and done < 5:
                value, done = self.at(body, element, variables + (value,))[0], done + 1
            return value, self.end(body)
        if token in ("scan", "back"):
            value, body = self.at(after, element, variables)
            total = 0
            for i in (range(3) if token == "scan" else range(2, -1, -1)):
                value = self.at(body, self.list[i], variables + (value,))[0]
                total += value * self.list[i]
            return value + total, self.end(body)
        return tf.constant(float(token), tf.float64), after


def expected(text):
    """y, its gradients, and those of their weighted sum."""
    inputs = [tf.constant(0.7, tf.float64), tf.constant(-0.4, tf.float64), tf.constant([0.3, -0.8, 1.1], tf.float64)]
    weights = [1.0, 2.0, tf.constant([1.0, 2.0, 3.0], tf.float64)]
    with tf.GradientTape() as outer:
        outer.watch(inputs)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            y = Evaluate(text, *inputs).value
        first = tape.gradient(y, inputs, unconnected_gradients="zero")
        total = sum(tf.reduce_sum(d * w) for d, w in zip(first, weights))
    return [y, *first, *outer.gradient(total, inputs, unconnected_gradients="zero")]


class ControlFlow(unittest.TestCase):
    def compare(self, text, export=True):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([PROGRAM, folder, text], capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 0, f"{text}: {done.stderr}")
            graph_def = tf.compat.v1.GraphDef()
            with open(os.path.join(folder, "graph.pb"), "rb") as file:
                graph_def.ParseFromString(file.read())
        lines = [line.split() for line in done.stdout.splitlines()]
        names = [line[0] for line in lines]
        want = [value.numpy() for value in expected(text)]
        ours = [np.array([float(number) for number in line[1:]]).reshape(value.shape) if line[0] != "none" else np.zeros_like(value)
                for line, value in zip(lines, want, strict=True)]
        for number, (mine, theirs) in enumerate(zip(ours, want)):
            np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-12, err_msg=f"{text}: {number}")
        if not export:
            return
        with tf.Graph().as_default() as graph:
            tf.import_graph_def(graph_def, name="")
            with tf.compat.v1.Session(graph=graph) as session:
                theirs = session.run([name for name in names if name != "none"])
        mine = [value for name, value in zip(names, ours) if name != "none"]
        for number, (one, other) in enumerate(zip(mine, theirs, strict=True)):
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12, err_msg=f"{text}: exported {number}")

    def test_chosen_expressions(self):
        for text in CHOSEN:
            with self.subTest(text):
                self.compare(text)

    def test_inner_loops_of_different_lengths(self):
        for text in UNEQUAL:
            with self.subTest(text):
                self.compare(text, export=False)

    def test_random_expressions(self):
        rng = random.Random(1)
        for _ in range(40):
            text = expression(rng, 3, 0)
            with self.subTest(text):
                self.compare(text)


if __name__ == "__main__":
    unittest.main()
