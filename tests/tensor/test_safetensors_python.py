"""safetensors files against Hugging Face's package, both ways, and what it refuses is refused."""
import json
import os
import random
import struct
import subprocess
import tempfile
import unittest

import numpy as np
import safetensors
from safetensors.numpy import load_file, save_file

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests/programs/tensor_run_safetensors")
DTYPES = ["f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]
SHAPES = [(), (0,), (1,), (7,), (2, 3), (3, 0, 2), (2, 3, 4), (1,) * 8]


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True)


def by_hand(header, data, length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.ours, self.theirs, self.npy = (os.path.join(folder.name, n) for n in ("ours", "theirs", "array.npy"))

    def arrays(self):
        generator = np.random.default_rng(5)
        arrays = {}
        for dtype in DTYPES:
            for number, shape in enumerate(SHAPES):
                values = generator.integers(0, 2 if dtype == "b1" else 100, shape)
                arrays[f"{dtype}/{number} 墨\"\\\n"] = np.asarray(values).astype(dtype)
        return arrays

    def test_there_and_back(self):
        arrays, metadata = self.arrays(), {"step": "12", "größe": "\"a\"\n"}
        save_file(arrays, self.theirs, metadata)
        self.assertEqual(run("copy", self.theirs, self.ours).stderr, "")
        for read in (load_file(self.ours), load_file(self.theirs)):
            self.assertEqual(set(read), set(arrays))
            for name, values in arrays.items():
                self.assertEqual(read[name].dtype, values.dtype)
                self.assertEqual(read[name].shape, values.shape)
                self.assertEqual(read[name].tobytes(), values.tobytes())
        with safetensors.safe_open(self.ours, "np") as file:
            self.assertEqual(file.metadata(), metadata)

    def test_elements_are_aligned(self):
        save_file(self.arrays(), self.theirs)
        run("copy", self.theirs, self.ours)
        with open(self.ours, "rb") as file:
            size = struct.unpack("<Q", file.read(8))[0]
            header = json.loads(file.read(size))
        self.assertEqual(size % 8, 0)
        for name, entry in header.items():
            self.assertEqual(entry["data_offsets"][0] % np.dtype(name.split("/")[0]).itemsize, 0)

    def test_16_bit_floats_become_float32(self):
        bits = np.arange(65536, dtype=np.uint16)
        data = bits.tobytes()
        header = {"half": {"dtype": "F16", "shape": [65536], "data_offsets": [0, len(data)]},
                  "brain": {"dtype": "BF16", "shape": [65536], "data_offsets": [len(data), 2 * len(data)]}}
        with open(self.ours, "wb") as file:
            file.write(by_hand(header, data + data))
        self.assertEqual(run("npy", self.ours, "half", self.npy).stderr, "")
        np.testing.assert_array_equal(np.load(self.npy), bits.view(np.float16).astype(np.float32))
        self.assertEqual(run("npy", self.ours, "brain", self.npy).stderr, "")
        np.testing.assert_array_equal(np.load(self.npy), (bits.astype(np.uint32) << 16).view(np.float32))

    def test_what_the_package_refuses_is_refused(self):
        """And named: which array, or which byte."""
        good = {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "b": {"dtype": "U8", "shape": [3], "data_offsets": [8, 11]}}
        data = bytes(11)

        def changed(name, **members):
            return {**good, name: {**good[name], **members}}

        cases = [
            (b"", "file ends here"), (b"\0" * 7, "file ends here"), (b"\0" * 8, "a header of 0 bytes"),
            (by_hand(good, data, 2**63), "a header of 9223372036854775808 bytes"),
            (by_hand(good, data, 200), "a header of 200 bytes"),
            (by_hand(b"[]", b""), "is no JSON object"), (by_hand(b"{", b""), "is no JSON object"),
            (by_hand(b'{"a":1,"a":1}', b""), "is no JSON object"), (by_hand(b'{"a":"\xff"}', b""), "is no JSON object"),
            (by_hand(good, data[:-1]), "the arrays end at byte"), (by_hand(good, data + b"x"), "the arrays end at byte"),
            (by_hand(changed("b", data_offsets=[9, 12]), data + b"x"), 'array "b" begins at byte'),
            (by_hand(changed("b", data_offsets=[7, 10]), data), 'array "b" begins at byte'),
            (by_hand(changed("a", shape=[3]), data), 'array "a": its data_offsets'),
            (by_hand(changed("a", shape=[-2]), data), 'array "a": the header gives no possible shape'),
            (by_hand(changed("a", shape=[2.5]), data), 'array "a": the header gives no possible shape'),
            (by_hand(changed("a", shape=[2**40, 2**40]), data), 'array "a": the header gives no possible shape'),
            (by_hand(changed("a", shape="2"), data), 'array "a": the header gives no possible shape'),
            (by_hand(changed("a", dtype="F33"), data), 'array "a" is of an unknown dtype, "F33"'),
            (by_hand(changed("a", dtype=4), data), 'array "a": the header gives no dtype'),
            (by_hand(changed("a", data_offsets=[0]), data), 'array "a": the header gives no dtype'),
            (by_hand(changed("a", data_offsets=[8, 0]), data), 'array "a": its data_offsets'),
            (by_hand({**good, "__metadata__": {"a": 1}}, data), 'metadata "a" is no text'),
            (by_hand({**good, "__metadata__": 1}, data), '"__metadata__" is no object'),
        ]
        for contents, text in cases:
            with open(self.ours, "wb") as file:
                file.write(contents)
            with self.assertRaises(Exception, msg=contents):
                load_file(self.ours)
            answer = run("list", self.ours)
            self.assertEqual(answer.returncode, 1, msg=contents)
            self.assertIn(self.ours, answer.stderr)
            self.assertIn(text, answer.stderr, msg=contents)

    def test_damage_anywhere_crashes_nothing(self):
        """And a header that both take says the same to both."""
        save_file({"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.arange(3, dtype=np.uint8)}, self.theirs, {"m": "t"})
        with open(self.theirs, "rb") as file:
            whole = file.read()
        rng = random.Random(8)
        for _ in range(400):
            contents = bytearray(whole)
            for _ in range(rng.randrange(1, 4)):
                contents[rng.randrange(len(contents))] = rng.randrange(256)
            if rng.random() < .3:
                contents = contents[:rng.randrange(len(contents))]
            with open(self.ours, "wb") as file:
                file.write(contents)
            answer = run("list", self.ours)
            self.assertIn(answer.returncode, (0, 1), msg=bytes(contents))
            if answer.returncode == 0 and answer.stdout.isascii():
                try:
                    read = load_file(self.ours)
                except Exception:
                    continue
                self.assertEqual(sum(v.nbytes for v in read.values()),
                                 sum(int(line.split()[-1]) for line in answer.stdout.splitlines()))


if __name__ == "__main__":
    unittest.main(verbosity=2)
