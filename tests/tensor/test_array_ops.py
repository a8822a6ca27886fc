"""Eager array operations against NumPy."""
import os
import subprocess
import sys
import tempfile
import unittest

import numpy as np

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests/programs/tensor_run_array_ops")
INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
NUMBERS = ["float32", "float64"] + INTEGERS
BROADCASTS = [((), ()), ((3,), ()), ((2, 2), (2, 1)), ((2, 1), (2,)), ((4, 1, 3), (2, 1)), ((1, 5), (4, 1)), ((0, 3), (3,)),
              ((2, 3, 4), (2, 3, 4)), ((2, 1, 2, 1, 2, 1, 2, 1), (1, 2, 1, 2, 1, 2, 1, 2)), ((1,), (0,)), ((3, 1), (1, 1))]


class Operations(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.random = np.random.default_rng(6)

    def call(self, name, *arrays, argument="-"):
        paths = [os.path.join(self.folder, f"{i}.npy") for i in range(len(arrays) + 1)]
        for path, array in zip(paths[1:], arrays):
            np.save(path, array)
        return subprocess.run([PROGRAM, name, str(argument), *paths], stderr=subprocess.PIPE, text=True)

    def compute(self, name, *arrays, argument="-"):
        result = self.call(name, *arrays, argument=argument)
        self.assertEqual(result.returncode, 0, result.stderr)
        return np.load(os.path.join(self.folder, "0.npy"))

    def same(self, actual, expected):
        expected = np.asarray(expected)
        self.assertEqual((actual.dtype, actual.shape), (expected.dtype, expected.shape))
        np.testing.assert_array_equal(actual, expected)

    def sample(self, dtype, shape):
        if dtype == "bool":
            return self.random.random(shape) < 0.5
        if dtype.startswith("float"):
            values = self.random.standard_normal(shape).astype(dtype)
            return np.where(self.random.random(shape) < 0.1, np.array(np.nan, dtype), values)
        info = np.iinfo(dtype)
        return self.random.integers(info.min, info.max, shape, dtype=dtype, endpoint=True)

    def test_arithmetic_broadcasts_and_wraps(self):
        functions = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "maximum": np.maximum}
        with np.errstate(all="ignore"):
            for i, (left, right) in enumerate(BROADCASTS):
                for dtype in NUMBERS if i < 5 else NUMBERS[i % 3::3]:
                    a, b = self.sample(dtype, left), self.sample(dtype, right)
                    for name, function in functions.items():
                        self.same(self.compute(name, a, b), function(a, b))
                a, b = self.sample("float32", left), self.sample("float32", right)
                self.same(self.compute("div", a, b), a / b)
                a, b = self.sample("bool", left), self.sample("bool", right)
                self.same(self.compute("maximum", a, b), np.maximum(a, b))
            self.same(self.compute("square", a := self.sample("int32", (3, 4))), np.square(a))

    def test_dot_of_every_pair_of_ranks(self):
        for dtype, tolerance in (("float32", 1e-5), ("float64", 1e-13)):
            for left, right in [((5,), (5,)), ((3, 5), (5,)), ((5,), (5, 4)), ((3, 5), (5, 4)), ((), (3, 2)), ((4,), ()),
                                ((10, 10), (10, 10)), ((0, 5), (5, 4)), ((3, 0), (0, 4)), ((65, 130), (130, 33))]:
                a = self.random.standard_normal(left).astype(dtype)
                b = self.random.standard_normal(right).astype(dtype)
                actual, expected = self.compute("dot", a, b), np.asarray(np.dot(a, b))
                self.assertEqual((actual.dtype, actual.shape), (expected.dtype, expected.shape))
                np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance * 10)

    def test_reductions_over_every_set_of_axes(self):
        for dtype in NUMBERS + ["bool"]:
            array = np.nan_to_num(self.sample(dtype, (2, 3, 4)))
            for bits in range(8):
                axes = tuple(axis for axis in range(3) if bits >> axis & 1)
                total, mean = self.compute("sum", array, argument=bits), self.compute("mean", array, argument=bits)
                if dtype.startswith("float"):
                    self.assertEqual(total.dtype, array.dtype)
                    np.testing.assert_allclose(total, array.astype("f8").sum(axes), rtol=1e-6, atol=1e-7)
                    np.testing.assert_allclose(mean, array.astype("f8").mean(axes), rtol=1e-6, atol=1e-7)
                else:
                    self.same(total, array.sum(axes, dtype="u8" if dtype.startswith("u") else "i8"))
                    np.testing.assert_allclose(mean, array.mean(axes), rtol=1e-12)
            for axis in (0, 1, 2, -1):
                self.same(self.compute("argmax", array, argument=axis), array.argmax(axis))
        nans = np.array([[1, np.nan, 3, np.nan], [4, 4, 2, 1]], "f4")
        self.same(self.compute("argmax", nans, argument=1), nans.argmax(1))
        self.same(self.compute("sum", np.zeros((0, 3), "f4"), argument=1), np.zeros(3, "f4"))

    def test_conversions(self):
        with np.errstate(all="ignore"):
            for source in NUMBERS + ["bool"]:
                array = self.sample(source, (3, 5))
                if source.startswith("float"):
                    array = np.nan_to_num(array) * 50
                for target in NUMBERS + ["bool"]:
                    if source.startswith("float") and target.startswith("uint"):
                        array = np.abs(array)
                    self.same(self.compute("astype", array, argument=target), array.astype(target))

    def test_transposes_and_rules(self):
        for shape in [(), (3,), (2, 3), (2, 3, 4), (1, 0, 2), (2, 1, 3, 1, 2)]:
            array = self.sample("int16", shape)
            self.same(self.compute("transpose", array), array.T)
        words = np.array([["a", "bb"], ["", "墨"], ["x", "y"]])
        self.same(self.compute("transpose", words), words.T)
        for dtype in ("float32", "float64", "int32", "uint8"):
            self.same(self.compute("arange", np.zeros(1, dtype), argument=7), np.arange(7, dtype=dtype))
            self.same(self.compute("eye", np.zeros(1, dtype), argument=4), np.eye(4, dtype=dtype))
        for start, stop, count in [(0, 1, 50), (-1, 2, 7), (5, 5, 3), (3, -3, 1), (2, 9, 2), (0, 1, 0)]:
            for dtype in ("float32", "float64"):
                ends = np.array([start, stop], dtype)
                self.same(self.compute("linspace", ends, argument=count), np.linspace(start, stop, count, dtype=dtype))

    def test_refusals_name_shapes_and_dtypes(self):
        f, g, i = np.zeros((2, 3), "f4"), np.zeros((4, 3), "f4"), np.zeros((2, 3), "i4")
        for name, arrays, argument, texts in [
                ("add", (f, g), "-", ["add", "(2, 3)", "(4, 3)"]), ("mul", (f, i), "-", ["mul", "float32", "int32"]),
                ("div", (i, i), "-", ["div", "int32"]), ("dot", (f, f), "-", ["dot", "(2, 3) and (2, 3)"]),
                ("dot", (i, i), "-", ["dot", "int32"]), ("dot", (np.zeros((2, 2, 2)), np.zeros(2)), "-", ["(2, 2, 2)"]),
                ("sum", (f,), 4, ["sum", "axes 0x4", "(2, 3)"]), ("argmax", (f,), 2, ["argmax", "axis 2"]),
                ("argmax", (np.zeros((0, 2)),), 0, ["argmax", "(0, 2)"]), ("add", (np.array(["a"]), np.array(["b"])), "-", ["string"]),
                ("astype", (f,), "string", ["float32", "string"]), ("linspace", (i,), 3, ["int32"]), ("arange", (f,), -1, ["size -1"]),
                ("eye", (f,), -2, ["size -2"])]:
            result = self.call(name, *arrays, argument=argument)
            self.assertEqual(result.returncode, 1)
            for text in texts:
                self.assertIn(text, result.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv)
