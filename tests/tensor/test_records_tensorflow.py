"""TFRecord files and Examples, in both directions, and lines of text: as TensorFlow reads and writes them."""
import gzip
import os
import pathlib
import subprocess
import tempfile
import unittest

import numpy as np
import tensorflow as tf

PROGRAM = pathlib.Path(os.environ["SUMI_BINARY_DIR"]) / "tests/programs/tensor_run_records"
PACKINGS = {"plain": "", "gzip": "GZIP", "zlib": "ZLIB"}


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60)


def feature(**values):
    ((kind, value),) = values.items()
    types = {"bytes_list": tf.train.BytesList, "float_list": tf.train.FloatList, "int64_list": tf.train.Int64List}
    return tf.train.Feature(**{kind: types[kind](value=value)})


def example(i, random):
    features = {
        "image": feature(bytes_list=[bytes(random.integers(0, 256, 40 * i, dtype=np.uint8))]),
        "label": feature(int64_list=[int(random.integers(-2**63, 2**63 - 1))]),
        "weights": feature(float_list=random.normal(size=3).astype(np.float32)),
        "names": feature(bytes_list=[f"é{k}".encode() for k in range(i % 4)]),
        "other": feature(float_list=[1.5]),
    }
    if i % 2:
        features["ids"] = feature(int64_list=[-1, 2**40, i])
        features["pair"] = feature(int64_list=[i, -i])
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


SPECIFICATION = {
    "image": tf.io.FixedLenFeature([], tf.string),
    "label": tf.io.FixedLenFeature([], tf.int64),
    "weights": tf.io.FixedLenFeature([1, 3], tf.float32),
    "names": tf.io.VarLenFeature(tf.string),
    "ids": tf.io.VarLenFeature(tf.int64),
    "pair": tf.io.FixedLenFeature([2], tf.int64, default_value=[-5, -5]),
}


def shown(name, value):
    if isinstance(value, tf.SparseTensor):
        value = value.values
    value = value.numpy()
    if name == "image":
        value = np.frombuffer(value, np.uint8)
    texts = [v.decode() if isinstance(v, bytes) else "%.9g" % v for v in np.ravel(value)]
    return " ".join([name, str(np.shape(value)), *texts]) + "; "


def of_tensorflow(serialized):
    parsed = tf.io.parse_single_example(serialized, SPECIFICATION)
    return "".join(shown(name, parsed[name]) for name in SPECIFICATION)


class Records(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def path(self, name):
        return str(self.folder / name)

    def test_tensorflow_reads_what_sumi_writes(self):
        for packing, compression in PACKINGS.items():
            path = self.path(packing)
            self.assertEqual(run("write", path, packing).stderr, "")
            records = list(tf.data.TFRecordDataset(path, compression_type=compression).as_numpy_iterator())
            self.assertEqual(len(records), 3)
            for i, record in enumerate(records):
                features = tf.train.Example.FromString(record).features.feature
                self.assertEqual(sorted(features), ["ids", "image", "label", "names", "weights"])
                self.assertEqual(list(features["image"].bytes_list.value), [bytes([0, i, 255, 7])])
                self.assertEqual(list(features["label"].int64_list.value), [i - 1])
                self.assertEqual(list(features["weights"].float_list.value), [0, i / 2, i])
                self.assertEqual(list(features["names"].bytes_list.value), ["café".encode(), b""])
                self.assertEqual(list(features["ids"].int64_list.value), list(range(i)))
                self.assertEqual(features["ids"].WhichOneof("kind"), "int64_list")

    def test_sumi_reads_what_tensorflow_writes(self):
        random = np.random.default_rng(1)
        paths, expected = [], []
        for packing, compression in PACKINGS.items():
            path = self.path(packing)
            with tf.io.TFRecordWriter(path, compression) as writer:
                for i in range(20):
                    record = example(i, random)
                    writer.write(record)
                    expected.append(of_tensorflow(record))
            paths.append(path)
        done = run("read", *paths)
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.stdout.splitlines(), expected)

    def test_values_that_are_not_packed(self):
        """As older programs write them: each value with its own key."""
        packed = tf.train.Example(features=tf.train.Features(feature={
            "image": feature(bytes_list=[b"ab"]), "weights": feature(float_list=[1, 2, 3])})).SerializeToString()
        entry = b"\x0a\x05label\x12\x04\x1a\x02\x08\x09"  # int64_list { value: 9 }, varint by varint
        record = packed + b"\x0a" + bytes([2 + len(entry)]) + b"\x0a" + bytes([len(entry)]) + entry
        with tf.io.TFRecordWriter(self.path("a")) as writer:
            writer.write(record)
        self.assertEqual(run("read", self.path("a")).stdout, of_tensorflow(record) + "\n")

    def test_a_record_as_long_as_gzips_magic_number_says(self):
        filler = b"x" * (0x8B1F - 140)
        record = tf.train.Example(features=tf.train.Features(feature={
            "image": feature(bytes_list=[filler]), "label": feature(int64_list=[1]),
            "weights": feature(float_list=[1, 2, 3])})).SerializeToString()
        record = record + b"\x7a" + bytes([0x8B1F - len(record) - 2]) + bytes(0x8B1F - len(record) - 2)  # an unknown field
        self.assertEqual(len(record), 0x8B1F)
        with tf.io.TFRecordWriter(self.path("a")) as writer:
            writer.write(record)
        self.assertEqual((self.folder / "a").read_bytes()[:2], b"\x1f\x8b")
        done = run("read", self.path("a"))
        self.assertEqual((done.stderr, done.stdout), ("", of_tensorflow(record) + "\n"))

    def test_lines(self):
        text = "a line\r\n\nthe third, é\n" + "long" * 50000 + "\nlast"
        (self.folder / "a.txt").write_bytes(text.encode())
        (self.folder / "empty").write_bytes(b"")
        with gzip.open(self.folder / "b.gz", "wb") as file:
            file.write(b"packed\n")
        lines = [line.decode() for line in tf.data.TextLineDataset(self.path("a.txt")).as_numpy_iterator()]
        self.assertEqual(len(lines), 5)
        done = run("lines", self.path("a.txt"), self.path("empty"), self.path("b.gz"))
        self.assertEqual(done.stdout.splitlines(), [f"line () {line}; " for line in [*lines, "packed"]])


if __name__ == "__main__":
    unittest.main(verbosity=2)
