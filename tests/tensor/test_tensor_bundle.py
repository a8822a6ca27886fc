"""TensorFlow's checkpoint files against TensorFlow, both ways: what one writes the other reads, and restores."""
import os
import subprocess
import tempfile
import unittest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

tf1 = tf.compat.v1
PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests/programs/tensor_run_tensor_bundle")
DTYPES = ["float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool"]
SHAPES = [(), (0,), (1,), (7,), (2, 3), (3, 0, 2), (2, 3, 4), (1,) * 8]


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True)


def write(prefix, arrays):
    """As tf.train.Saver does, by its op."""
    tf.raw_ops.SaveV2(prefix=prefix, tensor_names=list(arrays), shape_and_slices=[""] * len(arrays),
                      tensors=[tf.constant(value) for value in arrays.values()])


class Bundles(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.ours, self.theirs, self.npy = (os.path.join(self.folder, n) for n in ("ours.ckpt", "theirs.ckpt", "array.npy"))

    def arrays(self):
        generator = np.random.default_rng(5)
        arrays = {}
        for dtype in DTYPES:
            for number, shape in enumerate(SHAPES):
                values = generator.integers(0, 2 if dtype == "bool" else 100, shape)
                arrays[f"{dtype}/{number}"] = np.asarray(values).astype(dtype)
        return arrays

    def assert_holds(self, prefix, arrays):
        reader = tf.train.load_checkpoint(prefix)
        self.assertEqual(set(reader.get_variable_to_shape_map()), set(arrays))
        for name, values in arrays.items():
            read = reader.get_tensor(name)
            self.assertEqual(np.asarray(read).dtype, values.dtype, name)
            np.testing.assert_array_equal(read, values, err_msg=name)

    def test_there_and_back(self):
        arrays = self.arrays()
        write(self.theirs, dict(sorted(arrays.items())))
        self.assertEqual(run("copy", self.theirs, self.ours).stderr, "")
        self.assert_holds(self.ours, arrays)
        for name, values in arrays.items():
            self.assertEqual(run("npy", self.theirs, name, self.npy).stderr, "")
            read = np.load(self.npy)
            self.assertEqual(read.dtype, values.dtype)
            np.testing.assert_array_equal(read, values)
        # The same bytes of data in the same order.
        with open(self.ours + ".data-00000-of-00001", "rb") as ours, open(self.theirs + ".data-00000-of-00001", "rb") as theirs:
            self.assertEqual(ours.read(), theirs.read())

    def test_an_index_of_many_blocks(self):
        arrays = {f"layer_{i:05}/{'w' * (i % 50)}": np.float32([i]) for i in range(12000)}
        write(self.theirs, arrays)
        self.assertEqual(run("copy", self.theirs, self.ours).stderr, "")
        self.assertGreater(os.path.getsize(self.ours + ".index"), 2 * 262144)
        self.assert_holds(self.ours, arrays)

    def test_several_data_files(self):
        arrays = self.arrays()
        parts = [dict(list(arrays.items())[i::3]) for i in range(3)]
        for i, part in enumerate(parts):
            write(f"{self.folder}/part{i}", part)
        tf.raw_ops.MergeV2Checkpoints(checkpoint_prefixes=[f"{self.folder}/part{i}" for i in range(3)],
                                      destination_prefix=self.theirs, delete_old_dirs=False)
        self.assertTrue(os.path.exists(self.theirs + ".data-00002-of-00003"))
        self.assertEqual(run("copy", self.theirs, self.ours).stderr, "")
        self.assert_holds(self.ours, arrays)
        os.remove(self.theirs + ".data-00001-of-00003")
        self.assertIn("NOT_FOUND: cannot open " + self.theirs + ".data-00001-of-00003", run("list", self.theirs).stderr)

    def test_a_saver_of_tensorflow_restores_what_was_trained(self):
        folder = os.path.join(self.folder, "checkpoints")
        self.assertEqual(run("train", folder).stderr, "")
        latest = tf.train.latest_checkpoint(folder)
        self.assertEqual(latest, os.path.join(folder, "model-30"))
        state = tf.train.get_checkpoint_state(folder)
        self.assertEqual([os.path.basename(path) for path in state.all_model_checkpoint_paths], ["model-20", "model-30"])
        self.assertEqual(len(os.listdir(folder)), 5)
        with tf.Graph().as_default():
            x = tf1.placeholder(tf.float32, [None, 4])
            with tf1.variable_scope("dense"):
                w = tf1.get_variable("kernel", [4, 3])
                b = tf1.get_variable("bias", [3])
            with tf1.variable_scope("dense_1"):
                v = tf1.get_variable("kernel", [3, 1])
                c = tf1.get_variable("bias", [1])
            loss = tf.reduce_mean(tf.square(tf.matmul(tf.nn.relu(tf.matmul(x, w) + b), v) + c))
            step = tf1.train.get_or_create_global_step()
            tf1.train.AdamOptimizer().minimize(loss, global_step=step)
            with tf1.Session() as session:
                tf1.train.Saver().restore(session, latest)  # every variable, the optimizer's too
                self.assertEqual(session.run(step), 30)
                kernel = session.run(w)
                self.assertAlmostEqual(session.run(tf1.global_variables("beta1_power")[0]), 0.9 ** 31, places=6)
                # What a saver of TensorFlow's writes, Sumi reads.
                saved = tf1.train.Saver().save(session, self.theirs, global_step=30)
        self.assertEqual(run("npy", saved, "dense/kernel", self.npy).stderr, "")
        np.testing.assert_array_equal(np.load(self.npy), kernel)
        listed = dict(line.split(" ", 1) for line in run("list", saved).stdout.splitlines())
        self.assertEqual(listed["dense/kernel/Adam_1"], "float32 (4, 3) 48")
        self.assertEqual(listed["global_step"], "int64 () 8")

    def test_what_is_not_read_is_named(self):
        write(self.theirs, {"text": np.array([b"a", b"bc"]), "half": np.float16([1]), "good": np.float32([2])})
        self.assertEqual(run("npy", self.theirs, "good", self.npy).stderr, "")
        for name, dtype in (("text", "string"), ("half", "dtype number 19")):
            self.assertRegex(run("npy", self.theirs, name, self.npy).stderr, f'UNIMPLEMENTED: .*array "{name}" of {dtype}')
        with tf.Graph().as_default(), tf1.Session() as session:
            tf1.get_variable("parts", [10, 2], partitioner=tf1.fixed_size_partitioner(3), use_resource=False)
            tf1.get_variable("whole", [2], initializer=tf1.ones_initializer(), use_resource=False)
            session.run(tf1.global_variables_initializer())
            saved = tf1.train.Saver().save(session, self.theirs)
        self.assertEqual(run("npy", saved, "whole", self.npy).stderr, "")
        self.assertRegex(run("npy", saved, "parts", self.npy).stderr, 'UNIMPLEMENTED: .*"parts" .* in slices')
        self.assertIn("NOT_FOUND", run("npy", saved, "none", self.npy).stderr)

    def test_damage_is_seen(self):
        write(self.theirs, {"a": np.float32([1, 2]), "b/c": np.int64([[3]])})
        for suffix in (".index", ".data-00000-of-00001"):
            with open(self.theirs + suffix, "rb") as file:
                whole = file.read()
            for at in range(0, len(whole), 1 if suffix != ".index" else 3):
                for changed in (whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1:], whole[:at]):
                    with open(self.theirs + suffix, "wb") as file:
                        file.write(changed)
                    done = run("copy", self.theirs, self.ours)
                    self.assertEqual(done.returncode, 1, (suffix, at, len(changed)))
                    self.assertRegex(done.stderr, "^(DATA_LOSS|UNIMPLEMENTED): .*byte [0-9]+: ", (suffix, at))
            with open(self.theirs + suffix, "wb") as file:
                file.write(whole)
        self.assertFalse(os.path.exists(self.ours + ".index"))
        self.assertEqual(run("copy", self.theirs, self.ours).stderr, "")

    def test_compressed_blocks_are_refused(self):
        # A block of kind 1 (Snappy), by hand: the index block of an empty table, its checksum right.
        write(self.theirs, {"a": np.float32([1])})
        with open(self.theirs + ".index", "rb") as file:
            whole = bytearray(file.read())
        # The data block is the first: up to where the metaindex block (8 bytes, trailer 5) begins.
        offset, shift, at = 0, 0, len(whole) - 48
        while True:
            offset |= (whole[at] & 0x7F) << shift
            shift += 7
            at += 1
            if whole[at - 1] < 0x80:
                break
        whole[offset - 5] = 1
        whole[offset - 4:offset] = masked_crc32c(bytes(whole[:offset - 4])).to_bytes(4, "little")
        with open(self.theirs + ".index", "wb") as file:
            file.write(whole)
        self.assertRegex(run("list", self.theirs).stderr, "UNIMPLEMENTED: .*byte 0: a block with compression of kind 1")


if __name__ == "__main__":
    unittest.main(verbosity=2)
