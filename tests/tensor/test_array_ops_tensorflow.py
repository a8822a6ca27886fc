"""Array ops, random ops and matrix products against TensorFlow: values, gradients and static shapes of the same graphs."""
import os
import subprocess
import tempfile
import unittest

import numpy as np
import tensorflow as tf

tf.compat.v1.disable_eager_execution()
PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests/programs/tensor_run_graph")
RNG = np.random.default_rng(7)
KINDS = {bool: "bool", int: "int", float: "float", str: "string"}


def floats(*shape, dtype=np.float32):
    return RNG.uniform(-1, 1, shape).astype(dtype)


def ints(*values, dtype=np.int32):
    return np.array(values, dtype)


class Fed:
    """An input that is fed; `shape` is what the graph knows of it."""

    def __init__(self, value, shape=None):
        self.value, self.shape = np.asarray(value), shape


def words_of(shape):
    if shape is None:
        return "?"
    return ",".join("-1" if size is None else str(size) for size in shape) or "scalar"


def attr_words(attrs):
    for name, value in attrs.items():
        if isinstance(value, tf.DType):
            yield f"type:{name}={value.name}"
        elif isinstance(value, (list, tuple)):
            yield f"{'shape' if name == 'shape' else 'ints'}:{name}={words_of(value)}"
        elif isinstance(value, bool):
            yield f"bool:{name}={'true' if value else 'false'}"
        else:
            yield f"{KINDS[type(value)]}:{name}={value}"


class Script:
    """The same graph twice: as commands for the C program and in TensorFlow."""

    def __init__(self, folder):
        self.folder, self.lines, self.files = folder, [], 0
        self.checks = []  # how to judge each answer

    def file(self, value=None):
        self.files += 1
        path = os.path.join(self.folder, f"{self.files}.npy")
        if value is not None:
            np.save(path, value)
        return path

    def case(self, title, op, inputs, attrs=None, outputs=1, gradient=True, exact=True, like=None):
        """One node. inputs: arrays, Fed, or lists of these for N * T inputs; keys are TensorFlow's argument names."""
        attrs = attrs or {}
        self.lines.append("graph")
        with tf.Graph().as_default():
            feeds, flat, arguments, floating = {}, [], {}, []
            for key, value in inputs.items():
                group = []
                for item in value if isinstance(value, list) else [value]:
                    name = f"x{len(flat)}"
                    flat.append(name)
                    fed = item if isinstance(item, Fed) else None
                    array = fed.value if fed else np.asarray(item)
                    if fed:
                        tensor = tf.compat.v1.placeholder(array.dtype, fed.shape)
                        feeds[tensor] = array
                        self.lines.append(f"feed {name} {array.dtype.name} {words_of(fed.shape)} {self.file(array)}")
                    else:
                        tensor = tf.constant(array)
                        self.lines.append(f"const {name} {self.file(array)}")
                    if array.dtype.kind == "f":
                        floating.append((name, tensor))
                    group.append(tensor)
                arguments[key] = group if isinstance(value, list) else group[0]
            self.lines.append(" ".join(["node", "y", op, ",".join(flat) or "-", *attr_words(attrs)]))
            results = (like or getattr(tf.raw_ops, op))(**arguments, **attrs)
            results = list(results) if isinstance(results, (list, tuple)) else [results]
            with tf.compat.v1.Session() as session:
                for index, result in enumerate(results):
                    self.shape(title, f"y:{index}", result.shape)
                    self.fetch(title, f"y:{index}", session.run(result, feeds), exact)
                if gradient and results[0].dtype.is_floating:
                    value = session.run(results[0], feeds)
                    cotangent = np.asarray(RNG.uniform(-1, 1, value.shape), value.dtype)
                    self.lines.append(f"const dy {self.file(cotangent)}")
                    for name, tensor in floating:
                        dx = tf.gradients(results[0], tensor, grad_ys=tf.constant(cotangent))[0]
                        if dx is None:
                            continue
                        self.lines.append(f"gradient d{name} y {name} dy")
                        self.fetch(f"{title}: gradient of {name}", f"d{name}",
                                   session.run(tf.convert_to_tensor(dx), feeds), False)

    def shape(self, title, name, shape):
        self.lines.append(f"shape {name}")
        self.checks.append((title, "shape", shape))

    def fetch(self, title, name, expected, exact):
        path = self.file()
        self.lines.append(f"fetch {name} {path}")
        self.checks.append((title, path, (expected, exact)))

    def run(self, test):
        answers = subprocess.run([PROGRAM], input="\n".join(self.lines) + "\n", stdout=subprocess.PIPE, text=True,
                                 check=True).stdout.splitlines()
        test.assertEqual(len(answers), len(self.checks))
        for answer, (title, what, expected) in zip(answers, self.checks):
            with test.subTest(title, what="shape" if what == "shape" else "value"):
                if what == "shape":
                    test.compare_shape(answer, expected)
                else:
                    test.assertEqual(answer, "ok")
                    test.compare_value(np.load(what), *expected)


def parse_shape(text):
    if text == "<unknown>":
        return None
    return [None if part.strip() == "?" else int(part) for part in text.strip("()").split(",") if part.strip()]


class AgainstTensorFlow(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.script = Script(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def compare_shape(self, answer, expected):
        """Ours is TensorFlow's, or knows more and does not contradict it."""
        self.assertFalse(answer.startswith("refused"), answer)
        ours = parse_shape(answer)
        if expected.rank is None:
            return
        self.assertIsNotNone(ours, f"{answer}, TensorFlow says {expected}")
        self.assertEqual(len(ours), expected.rank, f"{answer}, TensorFlow says {expected}")
        for mine, theirs in zip(ours, expected.as_list()):
            if theirs is not None:
                self.assertEqual(mine, theirs, f"{answer}, TensorFlow says {expected}")

    def compare_value(self, actual, expected, exact):
        expected = np.asarray(expected)
        self.assertEqual(actual.dtype, expected.dtype)
        self.assertEqual(actual.shape, expected.shape)
        if exact:
            np.testing.assert_array_equal(actual, expected)
        else:
            np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-6)

    def test_fill_and_likes(self):
        s = self.script
        s.case("fill", "Fill", {"dims": ints(2, 3), "value": np.float32(4)})
        s.case("fill nothing", "Fill", {"dims": ints(0, 3), "value": np.float32(4)})
        s.case("fill fed dims", "Fill", {"dims": Fed(ints(2, 3), [2]), "value": np.float64(4)})
        s.case("fill fed dims, unknown length", "Fill", {"dims": Fed(ints(2, 3)), "value": np.int64(4)})
        for dtype in (np.float32, np.float64, np.int32, np.int64, np.uint8, np.bool_):
            s.case(f"zeros like {dtype.__name__}", "ZerosLike", {"x": np.ones((2, 3), dtype)})
            s.case(f"ones like {dtype.__name__}", "OnesLike", {"x": np.zeros((2, 0, 3), dtype)})
        s.run(self)

    def test_shapes(self):
        s = self.script
        for shape in ([2, 3], [None, 3], None):
            x = Fed(floats(2, 3), shape)
            s.case("shape", "Shape", {"input": x})
            s.case("shape int64", "Shape", {"input": x}, {"out_type": tf.int64})
            s.case("rank", "Rank", {"input": x})
            s.case("size", "Size", {"input": x})
            s.case("shape_n", "ShapeN", {"input": [x, floats(4)]})
        s.case("scalar", "Shape", {"input": floats()})
        for a, b in (([2, 1, 3], [5, 1]), ([4], [4]), ([1, 1], [1, 7]), ([3, 4], []), ([1], [2, 1]), ([0, 1], [1])):
            s.case(f"broadcast gradient args {a} {b}", "BroadcastGradientArgs", {"s0": ints(*a), "s1": ints(*b)})
        s.run(self)

    def test_reshape(self):
        s = self.script
        x = floats(2, 3, 4)
        for shape in ([24], [-1], [4, -1], [2, 12], [1, -1, 1, 6], [2, 3, 4], [-1, 3, 2, 2]):
            s.case(f"reshape {shape}", "Reshape", {"tensor": x, "shape": ints(*shape)})
            for static in ([2, 3, 4], [None, 3, 4], [None, None, 4], None):
                s.case(f"reshape of {static} to {shape}", "Reshape", {"tensor": Fed(x, static), "shape": ints(*shape)})
                s.case(f"reshape of {static} to fed {shape}", "Reshape",
                       {"tensor": Fed(x, static), "shape": Fed(ints(*shape), [len(shape)])})
        s.case("to a scalar", "Reshape", {"tensor": floats(1, 1), "shape": np.zeros(0, np.int32)})
        s.case("empty", "Reshape", {"tensor": floats(0, 3), "shape": ints(-1, 3)})
        s.case("empty, other", "Reshape", {"tensor": floats(0, 3), "shape": ints(5, 0)})
        s.case("empty, by number", "Reshape", {"tensor": Fed(floats(0, 3), [None, 3]), "shape": ints(0, 7)})
        s.run(self)

    def test_squeeze_and_expand(self):
        s = self.script
        for static in ([1, 2, 1, 3], [None, 2, 1, 3], None):
            for axes in ([], [0], [2], [-2], [0, 2]):
                s.case(f"squeeze {static} {axes}", "Squeeze", {"input": Fed(floats(1, 2, 1, 3), static)},
                       {"squeeze_dims": axes}, like=lambda input, squeeze_dims: tf.raw_ops.Squeeze(
                           input=input, axis=squeeze_dims))
        for static in ([2, 3], [None, 3], None):
            for dim in (0, 1, 2, -1, -3):
                s.case(f"expand {static} {dim}", "ExpandDims", {"input": Fed(floats(2, 3), static), "dim": np.int32(dim)},
                       like=lambda input, dim: tf.raw_ops.ExpandDims(input=input, axis=dim))
        s.case("expand a scalar", "ExpandDims", {"input": floats(), "dim": np.int64(0)},
               like=lambda input, dim: tf.raw_ops.ExpandDims(input=input, axis=dim))
        for static in ([2, 3], [None, None], None):
            s.case("ensure", "EnsureShape", {"input": Fed(floats(2, 3), static)}, {"shape": [None, 3]})
            s.case("identity", "Identity", {"input": Fed(floats(2, 3), static)})
        s.run(self)

    def test_stack_and_unstack(self):
        s = self.script
        for axis in (0, 1, 2, -1, -3):
            s.case(f"pack {axis}", "Pack", {"values": [floats(2, 3), floats(2, 3), floats(2, 3)]}, {"axis": axis})
            s.case(f"pack partly known {axis}", "Pack",
                   {"values": [Fed(floats(2, 3), [None, 3]), Fed(floats(2, 3), [2, None]), Fed(floats(2, 3))]},
                   {"axis": axis})
        s.case("pack unknown", "Pack", {"values": [Fed(floats(2)), Fed(floats(2))]}, {"axis": 1})
        s.case("pack scalars", "Pack", {"values": [floats(), floats()]})
        s.case("pack int64", "Pack", {"values": [ints(1, 2, dtype=np.int64), ints(3, 4, dtype=np.int64)]}, {"axis": 1})
        s.case("pack empty", "Pack", {"values": [floats(0, 3), floats(0, 3)]}, {"axis": 1})
        for axis in (0, 1, 2, -2):
            for static in ([2, 2, 2], [None, 2, 2], None):
                s.case(f"unpack {axis} of {static}", "Unpack", {"value": Fed(floats(2, 2, 2), static)},
                       {"num": 2, "axis": axis})
        s.run(self)

    def test_join_and_split(self):
        s = self.script
        for axis in (0, 1, -1, -2):
            other = (4, 3) if axis in (0, -2) else (2, 5)
            for static in ([2, 3], [None, 3], None):
                s.case(f"concat {axis} of {static}", "ConcatV2",
                       {"values": [Fed(floats(2, 3), static), floats(*other), floats(2, 3)], "axis": np.int32(axis)})
            s.case(f"concat along fed {axis}", "ConcatV2",
                   {"values": [floats(2, 3), floats(*other)], "axis": Fed(np.int32(axis), [])})
        s.case("concat with nothing", "ConcatV2", {"values": [floats(2, 0), floats(2, 3)], "axis": np.int32(1)})
        s.case("concat rank 4", "ConcatV2", {"values": [floats(2, 3, 1, 4), floats(2, 3, 5, 4)], "axis": np.int32(2)})
        s.case("concat offset", "ConcatOffset",
               {"concat_dim": np.int32(1), "shape": [ints(2, 3), ints(2, 4), ints(2, 5)]})
        for axis, static in ((0, [4, 6]), (1, [None, 6]), (1, [None, None]), (-1, None)):
            s.case(f"split {axis} of {static}", "Split",
                   {"split_dim": np.int32(axis), "value": Fed(floats(4, 6), static)}, {"num_split": 2},
                   like=lambda split_dim, value, num_split: tf.raw_ops.Split(axis=split_dim, value=value,
                                                                            num_split=num_split))
            for sizes in ([1, 3] if axis == 0 else [2, 4], [-1, 1]):
                s.case(f"split {sizes} {axis} of {static}", "SplitV",
                       {"value": Fed(floats(4, 6), static), "size_splits": ints(*sizes), "split_dim": np.int32(axis)},
                       {"num_split": 2}, like=lambda value, size_splits, split_dim, num_split: tf.raw_ops.SplitV(
                           value=value, size_splits=size_splits, axis=split_dim, num_split=num_split))
        s.run(self)

    def test_repeat(self):
        s = self.script
        for shape, times in (((2, 3), (2, 2)), ((2, 1, 3), (1, 4, 1)), ((3,), (0,)), ((2, 3), (1, 1)), ((), ()),
                             ((2, 1, 2, 2, 1), (1, 2, 1, 3, 2))):
            multiples = np.array(times, np.int32)
            s.case(f"tile {shape} {times}", "Tile", {"input": floats(*shape), "multiples": multiples})
            s.case(f"tile fed {shape} {times}", "Tile", {"input": Fed(floats(*shape), [None] * len(shape)),
                                                         "multiples": Fed(multiples, [len(times)])})
            if len(shape) <= 4:
                s.case(f"tile of unknown rank {shape} {times}", "Tile",
                       {"input": Fed(floats(*shape)), "multiples": Fed(multiples)})
        for shape, wide in (((2, 1), (2, 3)), ((3,), (2, 3)), ((), (2, 2)), ((1, 1), (4, 5, 6)), ((1,), (0,))):
            s.case(f"broadcast {shape} {wide}", "BroadcastTo",
                   {"input": floats(*shape), "shape": np.array(wide, np.int32)})
            s.case(f"broadcast fed {shape} {wide}", "BroadcastTo",
                   {"input": Fed(floats(*shape)), "shape": np.array(wide, np.int32)})
        s.run(self)

    def test_reorder(self):
        s = self.script
        for perm in ([1, 0], [0, 1], [2, 0, 1], [0, 2, 1], [1, 0, 2, 3], [3, 2, 1, 0], [0, 3, 1, 2, 4]):
            shape = [2, 3, 4, 5, 2][:len(perm)]
            s.case(f"transpose {perm}", "Transpose", {"x": floats(*shape), "perm": ints(*perm)})
            s.case(f"transpose partly known {perm}", "Transpose",
                   {"x": Fed(floats(*shape), [None] + shape[1:]), "perm": ints(*perm, dtype=np.int64)})
            s.case(f"transpose of unknown {perm}", "Transpose",
                   {"x": Fed(floats(*shape)), "perm": Fed(ints(*perm), [len(perm)])})
        s.case("transpose large", "Transpose", {"x": floats(70, 130), "perm": ints(1, 0)})
        s.case("transpose large 3", "Transpose", {"x": floats(3, 300, 200), "perm": ints(2, 1, 0)})
        s.case("transpose bytes", "Transpose", {"x": RNG.integers(0, 255, (37, 41)).astype(np.uint8), "perm": ints(1, 0)})
        for axes in ([0], [1], [-1], [0, 1], []):
            s.case(f"reverse {axes}", "ReverseV2", {"tensor": floats(3, 4), "axis": np.array(axes, np.int32)})
            s.case(f"reverse fed {axes}", "ReverseV2",
                   {"tensor": Fed(floats(3, 4), [None, 4]), "axis": np.array(axes, np.int64)})
        s.case("reverse nothing", "ReverseV2", {"tensor": floats(0, 4), "axis": ints(0)})
        s.case("invert", "InvertPermutation", {"x": ints(3, 4, 0, 2, 1)})
        s.case("invert long", "InvertPermutation", {"x": RNG.permutation(50).astype(np.int64)})
        s.run(self)

    def test_pad(self):
        s = self.script
        for static in ([2, 3], [None, 3], None):
            s.case(f"pad {static}", "Pad", {"input": Fed(floats(2, 3), static), "paddings": np.array([[1, 2], [0, 3]], np.int32)})
            s.case(f"pad by {static}", "PadV2",
                   {"input": Fed(floats(2, 3), static), "paddings": np.array([[0, 2], [4, 0]], np.int32),
                    "constant_values": np.float32(7)})
        s.case("pad fed", "Pad", {"input": floats(2, 3), "paddings": Fed(np.array([[1, 2], [0, 3]], np.int32), [2, 2])})
        s.case("pad rank 5", "Pad", {"input": floats(1, 2, 1, 2, 3), "paddings": np.array([[1, 0], [0, 1], [1, 1], [0, 0], [2, 1]], np.int32)})
        s.case("pad a scalar", "Pad", {"input": floats(), "paddings": np.zeros((0, 2), np.int32)})
        s.run(self)

    def test_gather(self):
        s = self.script
        for axis, shape in ((0, [5, 3]), (1, [2, 5]), (-1, [2, 3, 5]), (1, [2, 5, 3])):
            for index in (ints(4, 0, 0, 2), ints([1, 3], [0, 4], dtype=np.int64), np.int32(3), np.zeros(0, np.int32)):
                for static in (shape, [None] + shape[1:], None):
                    s.case(f"gather {axis} {index.tolist()} of {static}", "GatherV2",
                           {"params": Fed(floats(*shape), static), "indices": index, "axis": np.int32(axis)})
        s.case("gather fed axis", "GatherV2", {"params": floats(2, 3), "indices": ints(1, 0), "axis": Fed(np.int32(1), [])})
        s.case("segments", "UnsortedSegmentSum",
               {"data": floats(6, 2), "segment_ids": ints(2, 0, 2, 3, 0, -1), "num_segments": np.int32(4)})
        s.case("segments of two axes", "UnsortedSegmentSum",
               {"data": floats(2, 3, 2), "segment_ids": ints([2, 0, 2], [1, 1, -1]), "num_segments": np.int32(3)})
        s.run(self)

    def test_one_hot_and_range(self):
        s = self.script
        for axis in (-1, 0, 1):
            for static in ([2, 3], [None, 3], None):
                s.case(f"one hot {axis} {static}", "OneHot",
                       {"indices": Fed(ints([0, 2, -1], [1, 5, 3], dtype=np.int64), static), "depth": np.int32(4),
                        "on_value": np.float32(2), "off_value": np.float32(-1)}, {"axis": axis}, gradient=False)
        for start, limit, delta in ((0, 10, 1), (3, 18, 4), (9, -3, -2), (4, 4, 1), (0, 3, 5)):
            for dtype in (np.int32, np.int64, np.float32, np.float64):
                s.case(f"range {start} {limit} {delta} {dtype.__name__}", "Range",
                       {"start": dtype(start), "limit": dtype(limit), "delta": dtype(delta)}, gradient=False)
        s.case("range of thirds", "Range", {"start": np.float32(0), "limit": np.float32(1), "delta": np.float32(1 / 3)},
               gradient=False)
        s.case("range fed", "Range", {"start": np.int32(0), "limit": Fed(np.int32(5), []), "delta": np.int32(2)})
        s.case("where", "Where", {"input": ints([0, 1, 2], [0, 0, 3])},
               like=lambda input: tf.raw_ops.Where(condition=input))
        s.case("where nothing", "Where", {"input": np.zeros((2, 2), np.bool_)},
               like=lambda input: tf.raw_ops.Where(condition=input))
        s.run(self)

    def test_slices(self):
        s = self.script
        x = floats(4, 5, 6)
        for begin, size in (([0, 0, 0], [4, 5, 6]), ([1, 2, 3], [2, -1, 1]), ([4, 0, 0], [0, 5, 6]), ([0, 1, 0], [-1, -1, -1])):
            for static in ([4, 5, 6], [None, 5, 6], None):
                s.case(f"slice {begin} {size} of {static}", "Slice",
                       {"input": Fed(x, static), "begin": ints(*begin), "size": ints(*size)})
            s.case(f"slice from fed {begin} {size}", "Slice",
                   {"input": x, "begin": Fed(ints(*begin), [3]), "size": ints(*size)})
            s.case(f"slice of fed size {begin} {size}", "Slice",
                   {"input": x, "begin": ints(*begin), "size": Fed(ints(*size), [3])})
        s.run(self)

    STRIDED = [  # begin, end, strides, masks
        ([1, 0], [3, 4], [1, 2], {}),
        ([0, 0, 0], [4, 5, 6], [2, 3, 4], {}),
        ([3, 4], [0, -6], [-1, -2], {}),
        ([0, -1], [0, 0], [1, -1], {"begin_mask": 1, "end_mask": 3}),
        ([1, -2], [2, -1], [1, 1], {"shrink_axis_mask": 3}),
        ([-1], [0], [1], {"shrink_axis_mask": 1}),
        ([0, 1], [0, 2], [1, 1], {"ellipsis_mask": 1}),
        ([0, 0, 2], [0, 0, 5], [1, 1, 2], {"ellipsis_mask": 2, "begin_mask": 1, "end_mask": 1}),
        ([0, 0, 1, 0], [0, 4, 2, 0], [1, 1, 1, 1], {"new_axis_mask": 9, "shrink_axis_mask": 4}),
        ([2, 1], [2, 1], [1, 1], {}),
        ([-100, 1], [100, -100], [1, -1], {}),
        ([0, 0, 0, 0], [0, 0, 3, 9], [1, 1, 1, 3], {"new_axis_mask": 2, "ellipsis_mask": 1}),
    ]

    def test_strided_slices(self):
        s = self.script
        x = floats(4, 5, 6)
        for begin, end, strides, masks in self.STRIDED:
            title = f"{begin} {end} {strides} {masks}"
            for static in ([4, 5, 6], [None, 5, None], None):
                s.case(f"x[{title}] of {static}", "StridedSlice",
                       {"input": Fed(x, static), "begin": ints(*begin), "end": ints(*end), "strides": ints(*strides)}, masks)
            s.case(f"x[fed {title}]", "StridedSlice",
                   {"input": x, "begin": Fed(ints(*begin), [len(begin)]), "end": Fed(ints(*end), [len(end)]),
                    "strides": ints(*strides)}, masks)
            part = np.zeros((4, 5, 6), np.float32)
            with tf.Graph().as_default(), tf.compat.v1.Session() as session:
                part = session.run(tf.raw_ops.StridedSlice(input=x, begin=ints(*begin), end=ints(*end),
                                                           strides=ints(*strides), **masks))
            s.case(f"gradient of x[{title}]", "StridedSliceGrad",
                   {"shape": ints(4, 5, 6), "begin": ints(*begin), "end": ints(*end), "strides": ints(*strides),
                    "dy": floats(*part.shape)}, masks)
        s.run(self)

    def test_products(self):
        s = self.script
        sizes = [(1, 1, 1), (2, 3, 4), (6, 16, 16), (7, 5, 17), (5, 3, 1), (1, 9, 33), (10, 10, 10), (13, 31, 50),
                 (64, 64, 64), (100, 3, 1), (64, 784, 256), (130, 70, 150), (3, 2000, 5), (0, 3, 4), (3, 0, 4)]
        for m, k, n in sizes:
            for ta in (False, True):
                for tb in (False, True):
                    for dtype in (np.float32, np.float64):
                        a, b = floats(*((k, m) if ta else (m, k)), dtype=dtype), floats(*((n, k) if tb else (k, n)), dtype=dtype)
                        s.case(f"{m} {k} {n} {ta} {tb} {dtype.__name__}", "MatMul",
                               {"a": a / max(k, 1)**.5, "b": b}, {"transpose_a": ta, "transpose_b": tb}, exact=False,
                               gradient=m * n * k < 50000)
        s.case("integers", "MatMul", {"a": RNG.integers(-9, 9, (3, 4)).astype(np.int32),
                                      "b": RNG.integers(-9, 9, (4, 5)).astype(np.int32)})
        s.case("integers transposed", "MatMul", {"a": RNG.integers(-9, 9, (4, 3)).astype(np.int64),
                                                 "b": RNG.integers(-9, 9, (5, 4)).astype(np.int64)},
               {"transpose_a": True, "transpose_b": True})
        for static in ([2, 3], [None, 3], [None, None], None):
            s.case(f"static {static}", "MatMul", {"a": Fed(floats(2, 3), static), "b": Fed(floats(3, 4), [3, 4])}, exact=False)
        s.run(self)

    def test_batched_products(self):
        s = self.script
        for x, y in (([3, 2, 4], [3, 4, 5]), ([2, 4], [3, 4, 5]), ([3, 1, 2, 4], [2, 4, 5]), ([2, 1, 1, 3, 4], [1, 5, 2, 4, 2]),
                     ([2, 40, 70], [2, 70, 50]), ([0, 2, 3], [0, 3, 2])):
            for tx in (False, True):
                for ty in (False, True):
                    a, b = floats(*x), floats(*y)
                    a = a.swapaxes(-1, -2).copy() if tx else a
                    b = b.swapaxes(-1, -2).copy() if ty else b
                    for static in (False, True):
                        s.case(f"{x} {y} {tx} {ty} {static}", "BatchMatMulV2",
                               {"x": Fed(a) if static else a, "y": Fed(b, [None] * b.ndim) if static else b},
                               {"adj_x": tx, "adj_y": ty}, exact=False)
        s.run(self)

    def test_random_numbers(self):
        s = self.script
        for seed, seed2 in ((1, 2), (87654321, 5), (123456789012, 7)):
            for dtype in (tf.float32, tf.float64):
                for op in ("RandomUniform", "RandomStandardNormal", "TruncatedNormal"):
                    s.case(f"{op} {seed} {seed2} {dtype.name}", op, {"shape": ints(3, 1237)},
                           {"seed": seed, "seed2": seed2, "dtype": dtype}, gradient=False, exact=op == "RandomUniform")
            for dtype in (np.int32, np.int64):
                s.case(f"integers {seed} {seed2}", "RandomUniformInt",
                       {"shape": ints(20001), "minval": dtype(-5), "maxval": dtype(17)}, {"seed": seed, "seed2": seed2})
        s.run(self)

    def test_random_numbers_by_rejection(self):
        s = self.script
        for seed, seed2 in ((1, 2), (87654321, 5)):
            seeds = {"seed": seed, "seed2": seed2}
            for dtype in (np.float32, np.float64):
                alphas = np.array([[0.1, 0.7, 1.0], [1.3, 5.0, 70.0]], dtype)
                s.case(f"gamma {seed} {dtype}", "RandomGamma", {"shape": ints(101), "alpha": alphas}, seeds, gradient=False,
                       exact=False)
                logits = np.array([[0.5, -1, 2, 0, -np.inf], [3, 3, 3, 3, 3]], dtype)
                for output in (tf.int32, tf.int64):
                    s.case(f"multinomial {seed} {dtype}", "Multinomial", {"logits": logits, "num_samples": ints(202)[0]},
                           {**seeds, "output_dtype": output})
            rates = np.array([0.0, 0.3, 4.0, 9.9, 10.0, 33.0, 1e4])
            for output in (tf.int32, tf.int64, tf.float32, tf.float64):
                s.case(f"poisson {seed}", "RandomPoissonV2", {"shape": ints(301), "rate": rates},
                       {**seeds, "dtype": output}, gradient=False)
        s.run(self)


class Updates(unittest.TestCase):
    """Optimizer updates: three steps on the same variables."""

    def steps(self, op, variables, scalars, attrs, order):
        """`order` lists TensorFlow's argument names; those in `variables` are variables, "grad" is the gradient."""
        for dtype in (np.float32, np.float64):
            for shape in ((7,), (3, 70000), ()):
                gradient = floats(*shape, dtype=dtype)
                values = {name: (np.abs(floats(*shape, dtype=dtype)) if name != "var" else floats(*shape, dtype=dtype))
                          for name in variables}
                with self.subTest(op, dtype=dtype.__name__, shape=shape, **attrs):
                    self.compare(op, values, {k: dtype(v) for k, v in scalars.items()}, gradient, attrs, order)

    def compare(self, op, values, scalars, gradient, attrs, order):
        with tempfile.TemporaryDirectory() as folder, tf.Graph().as_default():
            script, arguments, refs = Script(folder), {}, {}
            script.lines.append("graph")
            for name in order:
                if name in values:
                    refs[name] = tf.compat.v1.get_variable(name, initializer=values[name], use_resource=False)
                    arguments[name] = refs[name]._ref()
                    script.lines.append(f"variable {name} {script.file(values[name])}")
                else:
                    value = scalars.get(name, gradient)
                    arguments[name] = tf.constant(value)
                    script.lines.append(f"const {name} {script.file(value)}")
            update = getattr(tf.raw_ops, op)(**arguments, **attrs)
            script.lines.append(" ".join(["node", "y", op, ",".join(order), *attr_words(attrs)]))
            with tf.compat.v1.Session() as session:
                session.run(tf.compat.v1.global_variables_initializer())
                for _ in range(3):
                    session.run(update.op)
                    script.lines.append("run y")
                expected = session.run(refs)
            paths = {name: script.file() for name in refs}
            script.lines += [f"fetch {name} {path}" for name, path in paths.items()]
            answers = subprocess.run([PROGRAM], input="\n".join(script.lines) + "\n", stdout=subprocess.PIPE, text=True,
                                     check=True).stdout.splitlines()
            self.assertEqual(answers, ["ok"] * len(paths))
            tolerance = 2e-6 if gradient.dtype == np.float32 else 1e-14
            for name, path in paths.items():
                np.testing.assert_allclose(np.load(path), expected[name], rtol=tolerance, atol=tolerance)

    def test_gradient_descent(self):
        self.steps("ApplyGradientDescent", ["var"], {"alpha": 0.1}, {}, ["var", "alpha", "delta"])

    def test_momentum(self):
        for nesterov in (False, True):
            self.steps("ApplyMomentum", ["var", "accum"], {"lr": 0.1, "momentum": 0.9}, {"use_nesterov": nesterov},
                       ["var", "accum", "lr", "grad", "momentum"])

    def test_adam(self):
        for nesterov in (False, True):
            self.steps("ApplyAdam", ["var", "m", "v"],
                       {"beta1_power": 0.9, "beta2_power": 0.999, "lr": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
                       {"use_nesterov": nesterov},
                       ["var", "m", "v", "beta1_power", "beta2_power", "lr", "beta1", "beta2", "epsilon", "grad"])

    def test_adagrad(self):
        for update_slots in (False, True):
            self.steps("ApplyAdagrad", ["var", "accum"], {"lr": 0.1}, {"update_slots": update_slots},
                       ["var", "accum", "lr", "grad"])

    def test_ftrl(self):
        scalars = {"lr": 0.5, "l1": 0.3, "l2": 0.2, "l2_shrinkage": 0.1}
        for lr_power in (-0.5, -0.3):
            order = ["var", "accum", "linear", "grad", "lr", "l1", "l2", "lr_power"]
            self.steps("ApplyFtrl", ["var", "accum", "linear"], {**scalars, "lr_power": lr_power}, {}, order)
            order.insert(7, "l2_shrinkage")
            self.steps("ApplyFtrlV2", ["var", "accum", "linear"], {**scalars, "lr_power": lr_power}, {}, order)

    def test_rms_prop(self):
        self.steps("ApplyRMSProp", ["var", "ms", "mom"], {"lr": 0.1, "rho": 0.9, "momentum": 0.5, "epsilon": 1e-7}, {},
                   ["var", "ms", "mom", "lr", "rho", "momentum", "epsilon", "grad"])


if __name__ == "__main__":
    unittest.main()
