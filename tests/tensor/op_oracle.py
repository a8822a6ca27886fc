"""What tests share that hold ops against TensorFlow's of the same name: cases are collected, all are run by one process,
values and gradients are compared."""
import os
import subprocess
import tempfile
import unittest

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import op_def_registry

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests/programs/tensor_run_op")
F32, F64, I32, I64 = np.float32, np.float64, np.int32, np.int64
FLOATS, SIGNED = [F32, F64], [F32, F64, I32, I64]
NUMBERS = SIGNED + [np.uint8, np.int8, np.int16]
RENAMED = {"reduction_indices": "axis"}  # what tf.raw_ops calls them


class Case:
    """One op on some inputs; `grad` asks for gradients, `attrs` are TensorFlow's. `like` computes the same with
    TensorFlow where its op has another name. Inputs are fed, without a static shape unless `static`; those that `consts`
    lists are constants."""

    def __init__(self, op, *inputs, grad=False, consts="", rtol=None, atol=0.0, like=None, static=False, **attrs):
        self.op, self.inputs, self.attrs, self.grad, self.consts = op, inputs, attrs, grad, consts
        self.rtol, self.atol, self.like, self.static = rtol, atol, like, static


class OpsAgainstTensorFlow(unittest.TestCase):
    def setUp(self):
        self.random = np.random.default_rng(20240101)
        self.cases = []

    # ---- Building cases ----

    def draw(self, shape, dtype, low=-3.0, high=3.0):
        if dtype == np.bool_:
            return self.random.random(shape) < 0.5
        if np.issubdtype(dtype, np.floating):
            return np.asarray(self.random.uniform(low, high, shape), dtype)
        low = max(low, np.iinfo(dtype).min)
        return np.asarray(self.random.integers(int(low), int(high) + 1, shape), dtype)

    def add(self, op, *inputs, **rest):
        self.cases.append(Case(op, *inputs, **rest))

    # ---- Running them ----

    def tearDown(self):
        with tempfile.TemporaryDirectory() as folder:
            lines, expected = [], []
            for number, case in enumerate(self.cases):
                result = self.tensorflow(case)
                arrays = {f"in{i}": x for i, x in enumerate(self.flat(case))}
                arrays.update({name: x for name, x in result.items() if name.startswith("dy")})
                source, target = f"{folder}/{number}.npz", f"{folder}/{number}.out.npz"
                np.savez(source, **arrays)
                fed = "s" if case.static else "f"
                kinds = "".join("c" if str(i) in case.consts else fed for i in range(len(self.flat(case)))) or "-"
                attrs = ";".join(f"{name}={self.text(value)}" for name, value in case.attrs.items())
                lines.append(f"{case.op} {kinds} {source} {target} {attrs}".strip())
                expected.append((case, result, target))
            run = subprocess.run([PROGRAM], input="\n".join(lines) + "\n", stdout=subprocess.PIPE, text=True, check=True)
            said = run.stdout.splitlines()
            self.assertEqual(len(said), len(expected))
            for (case, result, target), line in zip(expected, said):
                with self.subTest(op=case.op, shapes=[np.shape(x) for x in self.flat(case)],
                                  dtypes=[str(x.dtype) for x in self.flat(case)], attrs=case.attrs):
                    self.assertEqual(line, "ok")
                    self.compare(case, result, np.load(target))

    @staticmethod
    def flat(case):
        return [x for given in case.inputs for x in (given if isinstance(given, list) else [given])]

    @staticmethod
    def text(value):
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, (list, tuple)):
            return " ".join(map(str, value))
        return value.name if isinstance(value, tf.DType) else str(value)

    @staticmethod
    def outputs(case, given):
        if case.like:
            return case.like(*given)
        names = [RENAMED.get(argument.name, argument.name) for argument in op_def_registry.get(case.op).input_arg]
        return getattr(tf.raw_ops, case.op)(**dict(zip(names, given)), **case.attrs)

    def tensorflow(self, case):
        """out0, …; with gradients also dy0, … that were drawn and dx0, … that came of them."""
        given = [[tf.constant(y) for y in x] if isinstance(x, list) else tf.constant(x) for x in case.inputs]
        with tf.GradientTape() as tape:
            for x in tf.nest.flatten(given):
                tape.watch(x)
            outputs = self.outputs(case, given)
        outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
        result = {f"out{i}": y.numpy() for i, y in enumerate(outputs)}
        if case.grad:
            inputs = tf.nest.flatten(given)
            dys = [tf.constant(self.draw(y.shape, y.dtype.as_numpy_dtype)) for y in outputs]
            dxs = tape.gradient(outputs, inputs, output_gradients=dys)
            result.update({f"dy{i}": dy.numpy() for i, dy in enumerate(dys)})
            result.update({f"dx{i}": tf.convert_to_tensor(dx).numpy() for i, dx in enumerate(dxs)
                           if dx is not None and inputs[i].dtype.is_floating})
        return result

    def compare(self, case, expected, actual):
        for name, want in expected.items():
            if name.startswith("dy"):
                continue
            if name not in actual:
                self.assertFalse(np.any(want), f"{name} is missing, TensorFlow has {want.ravel()[:4]}")
                continue
            got = actual[name]
            self.assertEqual(got.shape, want.shape, name)
            self.assertEqual(got.dtype, want.dtype, name)
            if not np.issubdtype(want.dtype, np.floating):
                np.testing.assert_array_equal(got, want, name)
                continue
            rtol = case.rtol or (3e-6 if want.dtype == F32 else 1e-12)
            atol = np.finfo(want.dtype).tiny + case.atol
            if name.startswith("dx"):
                atol += 10 * rtol * max(np.max(np.abs(x), initial=0) for key, x in expected.items() if key.startswith("dy"))
            np.testing.assert_allclose(got, want, rtol=rtol, atol=atol, err_msg=name)
