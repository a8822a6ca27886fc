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

    def read(self, prefix, name):
        self.assertEqual(run("npy", prefix, name, self.npy).stderr, "")
        return np.load(self.npy)

    def test_what_is_not_read_is_named(self):
        write(self.theirs, {"text": np.array([b"a", b"bc"]), "complex": np.complex64([1]), "good": np.float32([2])})
        self.assertEqual(self.read(self.theirs, "good"), [2])
        for name, dtype in (("text", "string"), ("complex", "dtype number 8")):
            self.assertRegex(run("npy", self.theirs, name, self.npy).stderr,
                             f'UNIMPLEMENTED: .*array "{name}" of {dtype} is stored as no numbers that Sumi has')
        self.assertIn("NOT_FOUND", run("npy", self.theirs, "none", self.npy).stderr)

    def test_floats_of_16_bits_are_read_as_32(self):
        bits = np.arange(65536, dtype=np.uint16)
        halves = {"float16": bits.view(np.float16), "bfloat16": bits.view(tf.bfloat16.as_numpy_dtype)}
        write(self.theirs, halves)
        listed = dict(line.split(" ", 1) for line in run("list", self.theirs).stdout.splitlines())
        for name, values in halves.items():
            self.assertEqual(listed[name], f"{name} (65536,) 131072")
            read = self.read(self.theirs, name)
            self.assertEqual(read.dtype, np.float32)
            np.testing.assert_array_equal(read, values.astype(np.float32))

    def test_partitioned_variables(self):
        generator = np.random.default_rng(8)
        # Places beyond 63 and 8191 have longer keys.
        cases = {"rows": ([10, 2], 3, 0), "columns": ([3, 300], 4, 1), "long": ([20000], 7, 0), "cube": ([4, 9, 5], 2, 1)}
        values = {name: generator.normal(size=shape).astype(np.float32) for name, (shape, _, _) in cases.items()}
        with tf.Graph().as_default(), tf1.Session() as session:
            for name, (shape, parts, axis) in cases.items():
                tf1.get_variable(name, shape, initializer=lambda shape, dtype, partition_info, name=name: values[name][tuple(
                    slice(at, at + size) for at, size in zip(partition_info.var_offset, shape))],
                    partitioner=tf1.fixed_size_partitioner(parts, axis), use_resource=False)
            tf1.get_variable("whole", [2], initializer=tf1.ones_initializer(), use_resource=False)
            session.run(tf1.global_variables_initializer())
            saved = tf1.train.Saver().save(session, self.theirs)
        for name, expected in values.items():
            np.testing.assert_array_equal(self.read(saved, name), expected, err_msg=name)
        np.testing.assert_array_equal(self.read(saved, "whole"), [1, 1])
        # And again as one piece.
        self.assertEqual(run("copy", saved, self.ours).stderr, "")
        self.assert_holds(self.ours, {**values, "whole": np.float32([1, 1])})

    def test_slices_along_several_axes(self):
        values = np.arange(24).reshape(4, 6)
        specs = {"4 6 0,1:-": values[:1], "4 6 1,3:0,2": values[1:, :2], "4 6 1,3:2,4": values[1:, 2:]}

        def save(specs, dtype):
            tf.raw_ops.SaveV2(prefix=self.theirs, tensor_names=["v"] * len(specs), shape_and_slices=list(specs),
                              tensors=[tf.cast(tf.constant(value), dtype) for value in specs.values()])

        for dtype in (tf.int64, tf.bool, tf.float16, tf.uint8):
            save(specs, dtype)
            np.testing.assert_array_equal(self.read(self.theirs, "v"), values.astype(dtype.as_numpy_dtype))
        del specs["4 6 1,3:0,2"]
        save(specs, tf.float32)
        self.assertRegex(run("npy", self.theirs, "v", self.npy).stderr, 'DATA_LOSS: .*the slices of array "v" do not fill it')

    def test_damage_is_seen(self):
        tf.raw_ops.SaveV2(prefix=self.theirs, tensor_names=["a", "b/c", "b/c"], shape_and_slices=["", "2 1 0,1:-", "2 1 1,1:-"],
                          tensors=[tf.constant(np.float32([1, 2])), tf.constant(np.int64([[3]])), tf.constant(np.int64([[4]]))])
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
