"""Scopes against TensorFlow 1's: random programs give the same names, the same sharing and the same first values."""
import os
import random
import subprocess
import unittest

import tensorflow as tf

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests/programs/tensor_run_scopes")
PROGRAMS = 600
v1 = tf.compat.v1
v1.disable_eager_execution()
v1.disable_resource_variables()

NAMES = ["a", "b", "a/b", "A", "a_1"]
REUSE = {"0": None, "1": True, "2": v1.AUTO_REUSE}


def program(rng):
    """Commands of tests/tensor/run_scopes.c that are, as far as nesting goes, correct."""
    lines, depth, scopes, templates = [], 0, 1, 0
    for _ in range(rng.randrange(4, 40)):
        kind = rng.choice(["name", "scope", "scope", "default", "again", "end", "end", "end", "reuse", "get", "get", "get", "new",
                           "op", "op", "template", "build", "adam"])
        name = rng.choice(NAMES)
        reuse = rng.choice("0000112") if rng.random() < .7 else "2"
        if kind == "name":
            lines.append("name " + (rng.choice(["-", "a/", "b/"]) if rng.random() < .2 else name))
            depth += 1
        elif kind == "scope":
            lines.append(f"scope {name} {reuse} {rng.choice(['-', '-', '2', '5'])} {rng.choice(['-', '-', '-', 'float64'])} "
                         f"{rng.choice(['0', '0', '0.5'])} {int(rng.random() < .1)}")
            depth, scopes = depth + 1, scopes + 1
        elif kind == "default":
            lines.append(f"default {name}")
            depth, scopes = depth + 1, scopes + 1
        elif kind == "again":
            lines.append(f"again {rng.randrange(scopes)} {reuse} {int(rng.random() < .2)}")
            depth, scopes = depth + 1, scopes + 1
        elif kind == "end" and depth > 0:
            lines.append("end")
            depth -= 1
        elif kind in ("reuse",) and rng.random() < .3:
            lines.append(kind)
        elif kind == "adam" and rng.random() < .3:
            lines.append(kind)
        elif kind in ("get", "new", "op"):
            lines.append(f"{kind} {name}")
        elif kind == "template":
            lines.append(f"template {name}")
            templates += 1
        elif kind == "build" and templates > 0:
            lines.append(f"build {rng.randrange(templates)}")
    return lines + ["end"] * depth + ["values"]


class TensorFlow:
    """Runs a program as run_scopes.c does."""

    def __init__(self):
        self.open, self.made, self.templates, self.out = [], [v1.get_variable_scope()], [], []

    def enter(self, scope):
        entered = scope.__enter__()
        self.open.append(scope)
        self.made.append(entered)
        current = tf.compat.v1.get_default_graph().get_name_scope()
        self.out.append(f"{entered.name} {entered.original_name_scope}|{current + '/' if current else ''}")

    def name(self, name):
        scope = v1.name_scope(None if name == "-" else name)
        self.out.append(scope.__enter__())
        self.open.append(scope)

    def scope(self, name, reuse, init, dtype, l2, place):
        scale = float(l2)
        self.enter(v1.variable_scope(
            name, reuse=REUSE[reuse], initializer=None if init == "-" else v1.constant_initializer(float(init)),
            dtype=None if dtype == "-" else tf.as_dtype(dtype),
            regularizer=(lambda w: scale * tf.nn.l2_loss(w)) if scale else None, auxiliary_name_scope=place == "0"))

    def default(self, name):
        self.enter(v1.variable_scope(None, default_name=name))

    def again(self, index, reuse, place):
        self.enter(v1.variable_scope(self.made[int(index)], reuse=REUSE[reuse], auxiliary_name_scope=place == "0"))

    def end(self):
        self.open.pop().__exit__(None, None, None)

    def reuse(self):
        v1.get_variable_scope().reuse_variables()
        self.out.append("reuse")

    def get(self, name):
        self.out.append(v1.get_variable(name, [2]).op.name)

    def new(self, name):
        self.out.append(v1.Variable(tf.constant([3., 4.]), name=name).op.name)

    def op(self, name):
        self.out.append(tf.square(tf.constant([3., 4.]), name=name).op.name)

    def template(self, name):
        def function():
            variable = v1.get_variable("t", [2])
            return f"{variable.op.name} {tf.square(tf.constant([3., 4.])).op.name}"
        self.templates.append(v1.make_template(name, function))
        self.out.append("template")

    def build(self, index):
        self.out.append(self.templates[int(index)]())

    def adam(self):
        variables = v1.trainable_variables()
        loss = tf.constant(0.)
        for variable in variables:
            loss += tf.cast(tf.reduce_sum(variable), tf.float32)
        self.out.append(v1.train.AdamOptimizer(.1).minimize(loss).name)

    def values(self):
        with v1.Session() as session:
            session.run(v1.global_variables_initializer())
            tensors = [(variable.op.name, variable) for variable in v1.global_variables()]
            # TensorFlow regularizes what an optimizer keeps, too; nobody wants that, and we do not.
            tensors += [("loss", loss) for loss in v1.get_collection("regularization_losses") if "/Adam" not in loss.name]
            for name, tensor in tensors:
                value = session.run(tensor)
                self.out.append((name, str(value.dtype), value.ravel()[0]))


def expected(lines):
    with tf.Graph().as_default():
        run = TensorFlow()
        for line in lines:
            command, *words = line.split()
            try:
                getattr(run, command)(*words)
            except ValueError:
                return run.out + ["no slots" if command == "adam" else "refused"]
        return run.out


class AgainstTensorFlow(unittest.TestCase):
    def same(self, lines):
        answer = subprocess.run([PROGRAM], input="\n".join(lines), text=True, capture_output=True, check=True)
        ours, theirs = answer.stdout.splitlines(), expected(lines)
        text = "\n".join(lines) + "\n" + answer.stderr
        if theirs[-1] == "no slots":  # TensorFlow reuses an optimizer's variables that are not there; we make them
            theirs = theirs[:-1]
            ours = ours[:len(theirs)]
        self.assertEqual(len(ours), len(theirs), msg=f"{text}\n{ours}\n{theirs}")
        for mine, other in zip(ours, theirs):
            if isinstance(other, str):
                self.assertEqual(mine, other, msg=text)
                continue
            name, dtype, value = mine.split()
            self.assertEqual((name, dtype), other[:2], msg=text)
            self.seen(float(value), other[2], text)
        return theirs[-1:] == ["refused"]

    def seen(self, mine, other, text):
        """Constants are equal; random first values are not compared."""
        if float(other) == round(float(other) * 8) / 8:
            self.assertAlmostEqual(mine, float(other), places=5, msg=text)

    def test_random_programs(self):
        refused = sum(self.same(program(random.Random(seed))) for seed in range(PROGRAMS))
        self.assertGreater(PROGRAMS - refused, PROGRAMS / 4)

    def test_the_root_is_entered_again_to_share_everything(self):
        self.same(["get a", "again 0 1 0", "get a", "end", "scope b 0 2 - 0 0", "again 0 2 0", "get a", "get b", "end", "end", "values"])

    def test_optimizers_in_scopes(self):
        self.same(["scope a 0 - - 0 0", "get a", "adam", "adam", "end", "name b", "adam", "end", "values"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
