"""npy and npz files against NumPy, both ways."""
import io
import os
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile

import numpy as np

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests/programs/tensor_run_npy")
DTYPES = ["f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1", "U5"]
SHAPES = [(), (0,), (1,), (7,), (2, 3), (3, 0, 2), (2, 3, 4), (1,) * 8, (2, 1, 2, 1, 2, 1, 2, 2)]
WORDS = ["", "a", "墨水", "😀", "naïve"]


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], stderr=subprocess.PIPE, text=True)


def sample(random, dtype, shape):
    n = int(np.prod(shape))
    if dtype.startswith("U"):
        return np.array([WORDS[i % 5] for i in range(n)], dtype).reshape(shape)
    if dtype == "b1":
        return (random.random(n) < 0.5).reshape(shape)
    if dtype.startswith("f"):
        values = random.standard_normal(n).astype(dtype)
        values[: min(n, 3)] = [np.nan, -np.inf, -0.0][: min(n, 3)]
        return values.reshape(shape)
    return np.frombuffer(random.bytes(n * np.dtype(dtype).itemsize), dtype).reshape(shape)


class Files(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.random = np.random.default_rng(4)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def copy(self, contents):
        with open(self.path("from.npy"), "wb") as file:
            file.write(contents)
        result = run("copy", self.path("from.npy"), self.path("to.npy"))
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(self.path("to.npy"), "rb") as file:
            return file.read()

    def saved(self, array, version=None):
        file = io.BytesIO()
        np.lib.format.write_array(file, array, version=version)
        return file.getvalue()

    def test_every_dtype_and_shape_is_written_as_numpy_writes_it(self):
        for dtype in DTYPES:
            for shape in SHAPES:
                array = sample(self.random, dtype, shape)
                if dtype == "U5" and array.size:
                    array = np.array(array.tolist())  # as narrow as its longest text
                if dtype == "U5" and not array.size:
                    array = array.astype("U1")
                self.assertEqual(self.copy(self.saved(array)), self.saved(array), msg=f"{dtype} {shape}")

    def test_fortran_order_and_the_other_byte_order_are_read(self):
        for dtype in DTYPES:
            for shape in [(2, 3), (3, 4, 5), (2, 1, 3, 2), (4,), ()]:
                array = sample(self.random, dtype, shape)
                for order in "<>":
                    swapped = array.astype(array.dtype.newbyteorder(order))
                    for memory in "CF":
                        loaded = np.load(io.BytesIO(self.copy(self.saved(np.asarray(swapped, order=memory)))))
                        self.assertEqual(loaded.shape, shape)
                        self.assertTrue(np.array_equal(loaded, array, equal_nan=dtype.startswith("f")))

    def test_versions_two_and_three_are_read(self):
        array = np.arange(6, dtype=np.float32).reshape(2, 3)
        for version in [(1, 0), (2, 0), (3, 0)]:
            self.assertEqual(self.copy(self.saved(array, version)), self.saved(array))

    def test_byte_strings_are_read_as_texts(self):
        array = np.array([b"abc", b"", b"x"])
        loaded = np.load(io.BytesIO(self.copy(self.saved(array))))
        self.assertEqual(loaded.tolist(), ["abc", "", "x"])

    def test_unsupported_dtypes_are_named(self):
        for array, name in [(np.zeros(2, np.complex64), "<c8"), (np.zeros(2, np.float16), "<f2"),
                            (np.zeros(2, "M8[s]"), "<M8"), (np.zeros(2, [("a", "i4")]), "records")]:
            with open(self.path("from.npy"), "wb") as file:
                file.write(self.saved(array))
            result = run("copy", self.path("from.npy"), self.path("to.npy"))
            self.assertEqual(result.returncode, 1)
            self.assertIn("UNIMPLEMENTED", result.stderr)
            self.assertIn(name, result.stderr)
            self.assertIn("byte", result.stderr)

    def test_archives_of_numpy_are_read(self):
        arrays = {f"a{i}": sample(self.random, d, (3, i + 1)) for i, d in enumerate(DTYPES)}
        arrays["zeros"] = np.zeros((300, 300))
        for save in (np.savez, np.savez_compressed):
            save(self.path("x.npz"), **arrays)
            result = run("unzip", self.path("x.npz"), self.folder.name)
            self.assertEqual(result.returncode, 0, result.stderr)
            for name, array in arrays.items():
                loaded = np.load(self.path(name + ".npy"))
                self.assertTrue(np.array_equal(loaded, array, equal_nan=array.dtype.kind == "f"), msg=name)

    def test_archives_are_read_by_numpy_and_pass_zip_test(self):
        arrays = {"w": self.random.standard_normal((50, 7)), "b": np.arange(5), "墨": np.array(["x", "墨"]), "z": np.zeros(10000)}
        for method in ("stored", "deflated"):
            for name, array in arrays.items():
                np.save(self.path(name + ".npy"), array)
            result = run("zip", method, self.path("y.npz"), *[self.path(n + ".npy") for n in arrays])
            self.assertEqual(result.returncode, 0, result.stderr)
            with zipfile.ZipFile(self.path("y.npz")) as archive:
                self.assertIsNone(archive.testzip())
                kinds = {entry.compress_type for entry in archive.infolist()}
                self.assertEqual(kinds, {zipfile.ZIP_STORED if method == "stored" else zipfile.ZIP_DEFLATED})
            with np.load(self.path("y.npz")) as loaded:
                self.assertEqual(sorted(loaded.files), sorted(arrays))
                for name, array in arrays.items():
                    self.assertTrue(np.array_equal(loaded[name], array))

    def test_an_archive_with_a_comment_and_a_damaged_one(self):
        np.savez(self.path("x.npz"), a=np.arange(100.0))
        with zipfile.ZipFile(self.path("x.npz"), "a") as archive:
            archive.comment = b"a remark PK\x05\x06 that looks like an end"
        self.assertEqual(run("unzip", self.path("x.npz"), self.folder.name).returncode, 0)
        with open(self.path("x.npz"), "r+b") as file:
            file.seek(200)
            file.write(struct.pack("<d", 77))
        result = run("unzip", self.path("x.npz"), self.folder.name)
        self.assertIn("DATA_LOSS", result.stderr)
        self.assertIn("CRC", result.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv)
