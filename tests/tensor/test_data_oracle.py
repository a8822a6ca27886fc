"""Data files and batches against NumPy, gzip and TensorFlow."""
import gzip
import os
import struct
import subprocess
import sys
import tempfile
import unittest

import numpy as np

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests/programs/tensor_run_data")
FASHION = "/usr/share/datasets/fashion-mnist"
IDX_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def idx_bytes(code, array):
    head = struct.pack(">BBBB", 0, 0, code, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(IDX_TYPES[code]).tobytes()


class Data(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.random = np.random.default_rng(5)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, contents):
        with open(self.path(name), "wb") as file:
            file.write(contents)
        return self.path(name)

    def run_program(self, *arguments):
        result = subprocess.run([PROGRAM, *map(str, arguments)], stderr=subprocess.PIPE, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)

    def fails(self, *arguments):
        result = subprocess.run([PROGRAM, *map(str, arguments)], stderr=subprocess.PIPE, text=True)
        self.assertEqual(result.returncode, 1)
        return result.stderr

    def load(self, name):
        return np.load(self.path(name + ".npy"))

    def dataset(self, path, split="train"):
        self.run_program("dataset", path, split, self.folder)
        return self.load("images"), self.load("labels"), self.load("names").tolist()

    def test_idx_files_of_every_type_plain_and_compressed(self):
        for code, dtype in IDX_TYPES.items():
            for shape in [(5,), (3, 4), (2, 3, 4), (2, 1, 3, 2), (0, 3)]:
                array = (self.random.standard_normal(shape) * 50).astype(dtype)
                contents = idx_bytes(code, array)
                members = gzip.compress(contents[:9]) + gzip.compress(contents[9:])
                for stored in (contents, gzip.compress(contents), members):
                    self.run_program("idx", self.write("a.idx", stored), self.path("a.npy"))
                    loaded = self.load("a")
                    self.assertEqual(loaded.dtype.newbyteorder(">"), np.dtype(dtype).newbyteorder(">"))
                    np.testing.assert_array_equal(loaded, array)

    def test_fashion_mnist_is_what_gzip_and_numpy_read(self):
        for split, stem, count in (("train", "train", 60000), ("test", "t10k", 10000)):
            images, labels, names = self.dataset(FASHION, split)
            with gzip.open(f"{FASHION}/{stem}-images-idx3-ubyte.gz") as file:
                expected = np.frombuffer(file.read()[16:], np.uint8).reshape(count, 28, 28, 1)
            with gzip.open(f"{FASHION}/{stem}-labels-idx1-ubyte.gz") as file:
                numbers = np.frombuffer(file.read()[8:], np.uint8)
            np.testing.assert_array_equal(images, expected)
            np.testing.assert_array_equal(labels, numbers)
            self.assertEqual(labels.dtype, np.int32)
            self.assertEqual(names, ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt",
                                     "Sneaker", "Bag", "Ankle boot"])

    def test_cifar(self):
        batches = [self.random.integers(0, 256, (7, 3073), dtype=np.uint8) for _ in range(6)]
        for i, batch in enumerate(batches):
            batch[:, 0] %= 10
            self.write("test_batch.bin" if i == 5 else f"data_batch_{i + 1}.bin", batch.tobytes())
        self.write("batches.meta.txt", b"airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n")
        for split, records in (("train", np.concatenate(batches[:5])), ("test", batches[5])):
            images, labels, names = self.dataset(self.folder, split)
            expected = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
            np.testing.assert_array_equal(images, expected)
            np.testing.assert_array_equal(labels, records[:, 0])
            self.assertEqual(names[:2] + names[8:], ["airplane", "automobile", "ship", "truck"])
        self.write("data_batch_3.bin", batches[2].tobytes()[:-1])
        message = self.fails("dataset", self.folder, "train", self.folder)
        self.assertIn("data_batch_3.bin: byte 18438: truncated: a record needs 3073 bytes, 3072 follow", message)

    def test_npz_with_keras_names_and_own_class_names(self):
        x = self.random.integers(0, 256, (6, 4, 5, 3), dtype=np.uint8)
        y = self.random.integers(0, 4, (6, 1))
        np.savez_compressed(self.path("set.npz"), x_train=x, y_train=y, x_test=x[:2, :, :, 0], y_test=y[:2, 0].astype(np.uint8))
        images, labels, _ = self.dataset(self.path("set.npz"))
        np.testing.assert_array_equal(images, x)
        np.testing.assert_array_equal(labels, y[:, 0])
        images, labels, names = self.dataset(self.path("set.npz"), "test")
        np.testing.assert_array_equal(images, x[:2, :, :, :1])
        self.assertEqual(names, [str(i) for i in range(int(y[:2].max()) + 1)])

    def test_class_names_of_a_folder(self):
        self.write("train-images-idx3-ubyte", idx_bytes(8, np.zeros((3, 2, 2))))
        self.write("train-labels-idx1-ubyte", idx_bytes(8, np.array([0, 3, 1])))
        self.assertEqual(self.dataset(self.folder)[2], ["0", "1", "2", "3"])
        self.write("class_names.txt", "猫\r\ndog\n".encode())
        self.assertEqual(self.dataset(self.folder)[2], ["猫", "dog", "2", "3"])
        self.write("class_names.txt", b"cat\n\xff\n")
        self.assertIn("class_names.txt is not UTF-8", self.fails("dataset", self.folder, "train", self.folder))

    def test_csv(self):
        values = self.random.standard_normal((40, 7)) * 10.0 ** self.random.integers(-30, 30, (40, 7))
        text = "a title\n" + "\n\n".join(" , ".join(repr(float(v)) for v in row) for row in values) + "\r\n"
        for contents in (text.encode(), gzip.compress(text.encode())):
            self.run_program("csv", self.write("x.csv", contents), self.path("x.npy"), ",", 1)
            np.testing.assert_array_equal(self.load("x"), np.loadtxt(self.path("x.csv"), delimiter=",", skiprows=1)
                                          if contents[:1] == b"a" else values)
        np.savetxt(self.path("y.csv"), values, delimiter=";")
        self.run_program("csv", self.path("y.csv"), self.path("y.npy"), ";", 0)
        np.testing.assert_array_equal(self.load("y"), np.loadtxt(self.path("y.csv"), delimiter=";"))
        for contents, message in [(b"1,2\n3,x4\n", 'line 2, field 2: "x4" is no number'), (b"1,2\n3\n", "line 2: 1 fields, the first has 2"),
                                  (b"1,,2\n", 'line 1, field 2: "" is no number'), (b"1 2,3\n", '"1 2" is no number'),
                                  (b"1,2\n\x00,3\n", "line 2, field 1")]:
            self.assertIn(message, self.fails("csv", self.write("bad.csv", contents), self.path("bad.npy"), ",", 0))

    def test_batches_cover_every_epoch_once_and_hold_the_scaled_pictures(self):
        images, labels, _ = self.dataset(FASHION, "test")
        size, per_epoch = 768, 14
        self.run_program("batches", FASHION, size, 2 * per_epoch, 7, self.folder)
        expected = images.astype(np.float32) / np.float32(255)
        keys = {p.tobytes() + bytes([l]): i for i, (p, l) in enumerate(zip(expected, labels))}
        orders = []
        for epoch in range(2):
            order = []
            for step in range(epoch * per_epoch, (epoch + 1) * per_epoch):
                pictures, numbers = self.load(f"images{step}"), self.load(f"labels{step}")
                self.assertEqual(len(pictures), size if step % per_epoch < per_epoch - 1 else 10000 % size)
                order += [keys[p.tobytes() + bytes([l])] for p, l in zip(pictures, numbers)]
            self.assertEqual(sorted(order), sorted(keys[p.tobytes() + bytes([l])] for p, l in zip(expected, labels)))
            orders.append(order)
        self.assertNotEqual(orders[0], orders[1])
        self.assertLess(abs(np.corrcoef(orders[0], np.arange(10000))[0, 1]), 0.05)
        self.run_program("batches", FASHION, size, 2, "in-order", self.folder)
        np.testing.assert_array_equal(self.load("images1"), expected[size:2 * size])

    def test_glyphs_defeat_a_linear_classifier_and_yield_to_a_small_network(self):
        import tensorflow as tf
        tf.keras.utils.set_random_seed(1)
        sets = []
        for count, seed in ((12000, 1), (2000, 2)):
            self.run_program("glyphs", count, seed, self.folder)
            sets.append((self.load("images").astype(np.float32) / 255, self.load("labels")))
        (x, y), (x_test, y_test) = sets
        self.assertEqual(sorted(set(y.tolist())), list(range(10)))
        self.assertGreater(np.bincount(y).min(), 1050)

        flat, flat_test = x.reshape(len(x), -1), x_test.reshape(len(x_test), -1)
        mean = flat.mean(0)
        gram = (flat - mean).T @ (flat - mean) + 20 * np.eye(784)
        weights = np.linalg.solve(gram, (flat - mean).T @ np.eye(10)[y])
        linear = ((flat_test - mean) @ weights + np.bincount(y) / len(y)).argmax(1)
        self.assertLess((linear == y_test).mean(), 0.7)

        layers = tf.keras.layers
        model = tf.keras.Sequential([layers.Conv2D(16, 5, activation="relu"), layers.MaxPool2D(),
                                     layers.Conv2D(32, 3, activation="relu"), layers.MaxPool2D(), layers.Flatten(),
                                     layers.Dense(64, activation="relu"), layers.Dense(10)])
        model.compile("adam", tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        model.fit(x, y, batch_size=64, epochs=3, verbose=0)
        self.assertGreater((model.predict(x_test, verbose=0).argmax(1) == y_test).mean(), 0.9)

    def test_the_same_seed_draws_the_same_glyphs(self):
        drawn = []
        for seed in (3, 3, 4):
            self.run_program("glyphs", 50, seed, self.folder)
            drawn.append(self.load("images").tobytes())
        self.assertEqual(drawn[0], drawn[1])
        self.assertNotEqual(drawn[0], drawn[2])


if __name__ == "__main__":
    unittest.main(argv=sys.argv)
