"""The chapters of examples/guide against the same lines in TensorFlow and, where TensorFlow leaves the order open or has no such
function, against plain NumPy."""

import os
import re
import subprocess
import unittest

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import tensorflow.compat.v1 as tf

GUIDE = os.path.join(os.environ["SUMI_BINARY_DIR"], "examples", "guide")


def run(name):
    done = subprocess.run([os.path.join(GUIDE, name)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{name} ended with {done.returncode}: {done.stderr}"
    return done.stdout


def parse(text):
    """The arrays that NumPy's layout spells, one after the other."""
    found, depth, start = [], 0, 0
    for at, character in enumerate(text):
        if character == "[":
            start, depth = (at, 1) if depth == 0 else (start, depth + 1)
        elif character == "]":
            depth -= 1
            if depth == 0:
                spelled = re.sub(r"(?<=[\w.\]])\s+(?=[-\w\[])", ",", text[start : at + 1])
                found.append(np.array(eval(spelled, {"nan": np.nan, "inf": np.inf})))
    return found


class Guide(unittest.TestCase):
    def setUp(self):
        tf.disable_eager_execution()
        tf.disable_resource_variables()
        tf.reset_default_graph()

    def test_scopes_name_and_share_as_tensorflows(self):
        lines = run("scopes").splitlines()
        names = [tf.constant(1).op.name, tf.Variable(1).op.name]
        for scope in (tf.name_scope("names"), tf.variable_scope("variables")):
            with scope:
                names += [tf.constant(1, name="a").op.name, tf.Variable(1.0, name="b").op.name, tf.get_variable("c", []).op.name]
        self.assertEqual(lines[:8], names)
        self.assertEqual(lines[8], "shared: yes")
        with tf.variable_scope("scope"):
            tf.get_variable("a", [])
        with tf.variable_scope("scope"), self.assertRaises(ValueError):
            tf.get_variable("a", [])
        self.assertRegex(lines[9], "^refused: variable 'scope/a' .*exists already")

        with tf.Graph().as_default():
            one, two = tf.zeros([1, 8, 8, 3]), tf.zeros([1, 8, 8, 3])

            def features(image):
                with tf.variable_scope(None, default_name="conv2d"):
                    return tf.nn.conv2d(image, tf.get_variable("kernel", [3, 3, 3, 32]), 1, "VALID") + tf.get_variable("bias", [32])

            with tf.variable_scope("my_scope"):
                features(one)
            with tf.variable_scope("my_scope", reuse=True):
                features(two)
            for image in (one, two):
                with tf.variable_scope("auto", reuse=tf.AUTO_REUSE):
                    features(image)
            template = tf.make_template("conv3x32", features)
            template(one), template(two)
            self.assertEqual(lines[10:], [v.op.name for v in tf.global_variables()])

    def test_operators_give_tensorflows_values(self):
        lines = run("operators")
        x, y = tf.constant([-7.0, 2, 4]), tf.constant([2.0, 2, 3])
        m = tf.constant([[1.0, 2], [3, 4]])
        p, q = x > 0, x < 3
        names = ["x[1:3]", "m[:, -1]", "-x", "x + y", "x - y", "x * y", "x / y", "x // y", "x % y", "x ** y", "m @ m", "x > y", "x >= y",
                 "x < y", "x <= y", "abs(x)", "p & q", "p | q", "p ^ q", "~p"]  # fmt: skip
        values = parse(re.sub(r"^.*: \[", "[", lines.split("slices")[0], flags=re.M))
        self.assertEqual(re.findall(r"^(.*?): \[", lines, flags=re.M), names)
        with tf.Session() as session:
            for name, value in zip(names, values, strict=True):
                expected = session.run(eval(name))
                self.assertEqual(expected.dtype == bool, value.dtype == bool, name)
                np.testing.assert_allclose(value, expected, rtol=1e-6, err_msg=name)
        sums = dict(re.findall(r"^(\w+): (\S+) in \d+ us$", lines, flags=re.M))
        self.assertEqual(sorted(sums), ["reduce_sum", "slices", "unstack"])
        for total in sums.values():
            self.assertAlmostEqual(float(total), float(sums["reduce_sum"]), delta=0.01)

    def test_order_is_one_that_tensorflow_may_choose(self):
        lines = run("order").splitlines()
        a = tf.constant(1)
        b = tf.constant(2)
        c = a + b
        # Python's + makes an AddV2 of the name "add"; sumi_add is tf.add, whose nodes are named Add.
        self.assertEqual([line.lower() for line in lines[:3]], [str(t).lower() for t in (a, b, c)])
        tf.reset_default_graph()
        a = tf.Variable(1)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            self.assertEqual(lines[3], f"assign: {session.run(tf.assign(a, a + 2))}")
        tf.reset_default_graph()
        a = tf.Variable(1)
        c = a + 2
        with tf.control_dependencies([c]):
            assign = tf.assign(a, 5)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            first = session.run([assign, c])
        self.assertEqual(lines[5], f"c first: assign {first[0]}, c {first[1]}")
        tf.reset_default_graph()
        a = tf.Variable(1)
        assign = tf.assign(a, 5)
        with tf.control_dependencies([assign]):
            c = tf.identity(assign) + 2
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            last = session.run([assign, c])
        self.assertEqual(lines[6], f"assign first: assign {last[0]}, c {last[1]}")
        self.assertEqual(lines[4], lines[5].replace("c first", "no order"))

    def test_branches_and_loops_give_tensorflows_values(self):
        *lines, refusal = run("control_flow").splitlines()
        a, b, p, n = tf.constant(1), tf.constant(2), tf.constant(True), tf.constant(10)

        def body(i, a, b, c):
            return i + 1, b, a + b, tf.concat([c, [a + b]], 0)

        def loop(**options):
            return tf.while_loop(lambda i, *_: i < n, body, (2, 1, 1, tf.constant([1, 1])), **options)

        shapes = (*[tf.TensorShape([])] * 3, tf.TensorShape([None]))
        with tf.Session() as session:
            branch, chosen, (_, _, last, series) = session.run([
                tf.cond(p, lambda: a + b, lambda: a * b), tf.where([True, False], [1 + 2, 1 + 2], [1 * 2, 1 * 2]), loop(shape_invariants=shapes)])
        self.assertEqual(lines, [str(value) for value in (branch, chosen, last, series, series)])
        with self.assertRaises(ValueError):
            loop()
        self.assertRegex(refusal, r"^refused: .*has shape \(3,\) after an iteration, its invariant is \(2,\)")

    def test_fed_data_give_one_sum_whichever_way(self):
        lines = run("feeding").splitlines()
        data = np.arange(20, dtype=np.float32) / 10
        fed = tf.placeholder(tf.float32)
        sums = [tf.reduce_sum(tf.square(x) + 1) for x in (tf.constant(data), fed, tf.py_func(lambda: data, [], tf.float32))]
        with tf.Session() as session:
            values = session.run(sums, {fed: data})
            with self.assertRaisesRegex(tf.errors.InvalidArgumentError, "You must feed a value for placeholder tensor 'Placeholder'"):
                session.run(sums[1])
        self.assertEqual([lines[0], lines[1], lines[3]], [f"{name}: {value:.2f}" for name, value in zip(("constant", "placeholder", "function"), values)])
        self.assertRegex(lines[2], "^refused: node 'Placeholder' .*has to be fed")
        self.assertEqual(lines[4:], ["batches of 8 8 8 8 8", f"pipeline: {2 * values[0]:.2f}"])

    def test_bugs_are_caught_where_tensorflow_catches_them(self):
        lines = run("debugging").splitlines()
        a, b = tf.placeholder(tf.float32, [3, 1]), tf.placeholder(tf.float32, [3])
        self.assertEqual(lines[0].replace("Sub:0", "sub:0"), str(a - b))
        with self.assertRaises(ValueError) as refused:
            tf.assert_rank(b, 2)
        self.assertIn("must have rank 2", str(refused.exception))
        self.assertRegex(lines[1], "must have rank 2.*received rank 1, shape \\(3,\\)")
        self.assertEqual(lines[2:4], ["x and its root:  [4 9] [2 3]", "positive: ok"])
        x = tf.placeholder(tf.float32, [None])
        with tf.control_dependencies([tf.assert_non_negative(x, message="brightness")]):
            root = tf.sqrt(x)
        with tf.Session() as session, self.assertRaises(tf.errors.InvalidArgumentError) as failed:
            session.run(root, {x: [4, -9]})
        for text in ("brightness", "Condition x >= 0 did not hold element-wise"):
            self.assertIn(text, str(failed.exception))
            self.assertIn(text, lines[4])
        self.assertEqual(lines[5], "not checked: ok")
        self.assertRegex(lines[6], "^checked: node 'Log' .* is the first not finite")
        # By differences, in float64: what the wrong gradient lacks is the part that flows through the labels.
        logits = np.array([[1, 0, -2], [0.5, 3, 0]])
        p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        log_p = np.log(p)
        missing = -p * (log_p - (p * log_p).sum(1, keepdims=True))
        wrong, right = map(float, re.findall(r"\d\.\d+", lines[7]))
        self.assertAlmostEqual(wrong, np.abs(missing).max(), delta=2e-3)
        self.assertLess(right, 2e-3)

    def test_an_experiment_trains_evaluates_and_predicts(self):
        lines = run("learn").splitlines()
        self.assertEqual(lines[0], "trained: 400 steps")
        accuracy, loss = map(float, re.findall(r"\d\.\d+", lines[1]))
        above, below = map(float, re.findall(r"\d\.\d+", lines[2]))
        i = np.arange(60)
        at = np.stack([i * 7 % 20 / 10 - 1, i * 13 % 17 / 8 - 1], 1).astype(np.float32)
        labels = (at[:, 1] > at[:, 0] / 2 + np.float32(0.1)).astype(np.float64)
        # Adam on the same batches in the same order; where it begins matters little after 400 steps.
        w, m, v = np.zeros(3), np.zeros(3), np.zeros(3)
        x = np.hstack([at, np.ones((60, 1))])
        for step in range(400):
            rows = slice(step * 20 % 60, step * 20 % 60 + 20)
            g = x[rows].T @ (1 / (1 + np.exp(-x[rows] @ w)) - labels[rows]) / 20
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            w -= 0.1 * np.sqrt(1 - 0.999 ** (step + 1)) / (1 - 0.9 ** (step + 1)) * m / (np.sqrt(v) + 1e-8)
        p = 1 / (1 + np.exp(-x @ w))
        self.assertAlmostEqual(accuracy, np.mean((p > 0.5) == labels), delta=0.034)
        self.assertAlmostEqual(loss, -np.mean(np.log(np.where(labels, p, 1 - p))), delta=0.01)
        self.assertGreater(above, 0.95)
        self.assertLess(below, 0.05)

    def test_parallel_parts_share_one_variable_and_its_optimum(self):
        text = run("parallel")
        self.assertEqual(re.findall(r"(\d) parts, (\d) variable", text), [("1", "1"), ("2", "1"), ("4", "1")])
        for w in parse(text):
            # 1000 steps of Adam from a random start come near (5, 0, 3), as the article's 4.9924, 0.0004, 3.4504.
            np.testing.assert_allclose(w.ravel(), [5, 0, 3], atol=0.6)
            np.testing.assert_allclose(w.ravel()[:2], [5, 0], atol=0.05)
        # Two parts and four are the same sums in another order.
        np.testing.assert_allclose(parse(text)[1], parse(text)[2], rtol=1e-3, atol=1e-5)

    def test_stable_forms_are_right_where_the_naive_are_not(self):
        lines = run("stability").splitlines()
        one, tiny = np.float32(1), np.float32(1e-50)
        with np.errstate(all="ignore"):
            huge = np.float32(1e39)
            self.assertEqual(lines[0], f"{one * tiny / tiny:g} {one * huge / huge:g}")
        self.assertEqual(lines[1], f"{np.nextafter(np.float32(0), np.float32(1)):g} {np.finfo(np.float32).max:g}")
        labels, logits = tf.constant([0.5, 0.5]), tf.constant([1000.0, 0.0])
        softmax = tf.nn.softmax(logits)
        loss = tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        with tf.Session() as session:
            values = session.run([tf.exp(logits) / tf.reduce_sum(tf.exp(logits)), softmax, -tf.reduce_sum(labels * tf.log(softmax)),
                                  loss, tf.gradients(loss, logits)[0]])  # fmt: skip
        self.assertEqual(lines[2:], [str(value) for value in values])

    def test_the_cookbook_gives_tensorflows_values(self):
        gathered, entropies, divergence, leaky, shape, trained, used = parse(run("cookbook"))
        table, indices = tf.constant(np.arange(12, dtype=np.float32).reshape(2, 3, 2)), tf.constant([[2, 0], [1, 1]])
        logits = tf.constant([[0.0, 0, 0], [1, 2, 3]])
        x = tf.constant([[1.0, 10], [2, 20], [3, 30], [4, 40]])
        p = tf.nn.softmax(logits)
        with tf.Session() as session:
            expected = session.run([tf.gather(table, indices, batch_dims=1), -tf.reduce_sum(p * tf.log(p), -1),
                                    tf.nn.leaky_relu(logits - 1, 0.1)])  # fmt: skip
            mean, variance = session.run(tf.nn.moments(x, [0]))
            normalized = session.run(tf.nn.batch_normalization(x, mean, variance, 0.0, 1.0, 1e-3))
        np.testing.assert_allclose(gathered, expected[0])
        np.testing.assert_allclose(entropies, expected[1], rtol=1e-6)
        np.testing.assert_allclose(leaky, expected[2], rtol=1e-6)
        # KL of N(1, 1) and N(-1, e^0.5) from N(0, 1): (s^2 + m^2 - 1 - ln s^2) / 2.
        by_hand = 0.5 * (1 + 1 - 1 - 0) + 0.5 * (np.exp(0.5) + 1 - 1 - 0.5)
        np.testing.assert_allclose(divergence, [by_hand], rtol=1e-6)
        self.assertEqual(shape.tolist(), [4, 5, 6])
        np.testing.assert_allclose(trained, normalized, rtol=1e-5)
        kept = 0.9**3
        moved = np.array([[1.0, 10], [2, 20], [3, 30], [4, 40]]) - mean * (1 - kept)
        np.testing.assert_allclose(used, moved / np.sqrt(kept + variance * (1 - kept) + 1e-3), rtol=1e-5)

    def test_beams_are_those_of_a_search_by_hand(self):
        cell, logits, ids, log_probs = parse(run("beam_search"))
        end, width = 4, 3
        for batch, state in enumerate(([0.0, 0, 0, 0], [1.0, -1, 1, -1])):
            beams = [(0.0, [], 0, np.array(state))]
            for _ in range(ids.shape[2]):
                longer = []
                for total, letters, last, state in beams:
                    if letters and last == end:
                        longer.append((total, letters + [end], end, state))
                        continue
                    following = np.tanh(np.concatenate([state, np.eye(5)[last]]) @ cell)
                    scores = following @ logits
                    scores -= np.log(np.sum(np.exp(scores)))
                    longer += [(total + score, letters + [letter], letter, following) for letter, score in enumerate(scores)]
                beams = sorted(longer, key=lambda beam: -beam[0])[:width]
            self.assertEqual(ids[batch].tolist(), [letters for _, letters, _, _ in beams])
            np.testing.assert_allclose(log_probs[batch], [total for total, *_ in beams], rtol=1e-5)


if __name__ == "__main__":
    unittest.main()
