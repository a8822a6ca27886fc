"""Neural network ops, their gradients and the gradients of those against TensorFlow, on random shapes: with one thread
and with two (equal to the last bit), and with shapes that the graph does not know."""
import os
import subprocess
import tempfile
import unittest

import numpy as np
import tensorflow as tf

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests/programs/tensor_run_nn_ops")
TOLERANCE = {"float32": 3e-5, "float64": 1e-11}
FLOATS = ("float32", "float64")
WAYS = (("one", 1, 1), ("two", 2, 1), ("dynamic", 2, 0))  # name, threads, are shapes static


def spec_line(name, value):
    if isinstance(value, bool):
        return f"bool {name} {int(value)}"
    if isinstance(value, str):
        return f"string {name} {value}"
    if isinstance(value, float):
        return f"float {name} {value!r}"
    if isinstance(value, int):
        return f"int {name} {value}"
    return f"ints {name} " + " ".join(map(str, value))


class Case:
    """One op on given arrays; `reference` computes the same outputs with TensorFlow. `outputs` of them are compared, of
    which the first `differentiable` get cotangents; second derivatives are compared for the inputs `twice` (default: the
    floats)."""

    def __init__(self, op, inputs, attrs, reference, outputs=1, differentiable=1, twice=None):
        self.op, self.inputs, self.attrs, self.reference = op, inputs, attrs, reference
        self.outputs, self.differentiable = outputs, differentiable
        self.floats = [i for i, x in enumerate(inputs) if x.dtype.kind == "f"]
        self.twice = self.floats if twice is None else twice

    def __repr__(self):
        return f"{self.op} {[x.shape for x in self.inputs]} {self.attrs} {self.inputs[self.floats[0]].dtype}"

    def expect(self, random):
        """The arrays by name, and the cotangents to hand over."""
        tensors = [tf.constant(x) for x in self.inputs]
        xs = [tensors[i] for i in self.floats]
        given = {}
        with tf.GradientTape() as outer:
            outer.watch(xs)
            with tf.GradientTape() as inner:
                inner.watch(xs)
                results = self.reference(*tensors)
                results = results if isinstance(results, (tuple, list)) else [results]
                total = 0
                for k in range(self.differentiable):
                    given[f"dy{k}"] = np.asarray(random.standard_normal(results[k].shape), results[k].dtype.as_numpy_dtype)
                    total += tf.reduce_sum(results[k] * given[f"dy{k}"])
            expected = {f"out{k}": results[k].numpy() for k in range(self.outputs)}
            if self.differentiable == 0:
                return expected, given
            dxs = inner.gradient(total, xs)
            total = 0
            for i, dx in zip(self.floats, dxs):
                if dx is None:
                    continue
                expected[f"dx{i}"] = dx.numpy()
                if self.twice:
                    given[f"v{i}"] = np.asarray(random.standard_normal(dx.shape), dx.dtype.as_numpy_dtype)
                    total += tf.reduce_sum(dx * given[f"v{i}"])
        if self.twice:
            for i, ddx in zip(self.floats, outer.gradient(total, xs)):
                if ddx is not None and i in self.twice:
                    expected[f"ddx{i}"] = ddx.numpy()
        return expected, given

    def write(self, folder, given, threads, static):
        os.mkdir(folder)
        lines = [f"op {self.op}", f"inputs {len(self.inputs)}", f"static {static}", f"threads {threads}"]
        lines += [spec_line(name, value) for name, value in self.attrs.items()]
        with open(f"{folder}/spec", "w") as file:
            file.write("\n".join(lines) + "\n")
        for i, x in enumerate(self.inputs):
            np.save(f"{folder}/in{i}.npy", x)
        for name, value in given.items():
            np.save(f"{folder}/{name}.npy", value)


class NeuralNetworkOps(unittest.TestCase):
    def setUp(self):
        self.random = np.random.default_rng(11)

    def normal(self, *shape, dtype="float32"):
        return self.random.standard_normal(shape).astype(dtype)

    def distinct(self, *shape, dtype="float32"):
        """Numbers of which no two are close: maxima are unambiguous."""
        n = int(np.prod(shape))
        return (self.random.permutation(n).reshape(shape) / max(n, 1) - 0.5).astype(dtype)

    def pick(self, *choices):
        return choices[self.random.integers(len(choices))]

    def size(self, low, high):
        return int(self.random.integers(low, high + 1))

    def compare(self, case, name, actual, expected, scale):
        self.assertEqual(actual.shape, expected.shape, f"{case}: {name}")
        self.assertEqual(actual.dtype, expected.dtype, f"{case}: {name}")
        if expected.size == 0 or expected.dtype.kind != "f":
            np.testing.assert_array_equal(actual, expected, f"{case}: {name}")
            return
        error = np.max(np.abs(actual.astype(float) - expected)) / scale
        self.assertTrue(error <= TOLERANCE[str(expected.dtype)], f"{case}: {name} is off by {error}")

    def check(self, cases):
        with tempfile.TemporaryDirectory() as root:
            expectations = []
            for k, case in enumerate(cases):
                expected, given = case.expect(self.random)
                expectations.append(expected)
                for name, threads, static in WAYS:
                    case.write(f"{root}/{k}{name}", given, threads, static)
            folders = [f"{root}/{k}{name}" for k in range(len(cases)) for name, *_ in WAYS]
            subprocess.run([PROGRAM, *folders], check=True)
            for k, case in enumerate(cases):
                self.check_case(case, expectations[k], *(f"{root}/{k}{name}" for name, *_ in WAYS))

    def check_case(self, case, expected, one, two, dynamic):
        for folder in (one, two, dynamic):
            if os.path.exists(f"{folder}/error"):
                with open(f"{folder}/error") as file:
                    self.fail(f"{case}: {file.read()}")
        for name, value in expected.items():
            # Sums of numbers of different signs are as exact as the largest of the family, not as they are small.
            scale = max([1.0] + [np.max(np.abs(v)) for n, v in expected.items()
                                 if v.size and v.dtype.kind == "f" and n.rstrip("0123456789") == name.rstrip("0123456789")])
            if name.startswith("d") and not os.path.exists(f"{one}/{name}.npy"):
                self.assertTrue(not np.any(value), f"{case}: {name} is missing")
                continue
            actual = np.load(f"{one}/{name}.npy")
            self.compare(case, name, actual, value, scale)
            self.compare(case, name + " of unknown shapes", np.load(f"{dynamic}/{name}.npy"), value, scale)
            self.assertEqual(actual.tobytes(), np.load(f"{two}/{name}.npy").tobytes(), f"{case}: {name} with two threads")

    def refused(self, case, message):
        with tempfile.TemporaryDirectory() as root:
            for name, threads, static in WAYS:
                case.write(f"{root}/{name}", {}, threads, static)
                subprocess.run([PROGRAM, f"{root}/{name}"], check=True)
                with open(f"{root}/{name}/error") as file:
                    self.assertIn(message, file.read())

    # Convolution

    def conv_case(self, images, filter, strides, padding, dilations=(1, 1)):
        attrs = {"strides": [1, *strides, 1], "padding": padding, "dilations": [1, *dilations, 1]}

        def reference(x, f):
            # TensorFlow has no gradients of convolutions with holes on CPUs: fill the holes with zeros.
            rows, columns, i, o = f.shape
            f = tf.reshape(tf.stack([f] + [tf.zeros_like(f)] * (dilations[0] - 1), 1), [-1, columns, i, o])
            f = f[: (rows - 1) * dilations[0] + 1]
            f = tf.reshape(tf.stack([f] + [tf.zeros_like(f)] * (dilations[1] - 1), 2), [f.shape[0], -1, i, o])
            f = f[:, : (columns - 1) * dilations[1] + 1]
            return tf.nn.conv2d(x, f, attrs["strides"], padding)

        return Case("Conv2D", [images, filter], attrs, reference)

    def test_convolutions_of_random_shapes(self):
        cases = []
        for _ in range(60):
            dtype, padding = self.pick(*FLOATS), self.pick("SAME", "VALID")
            kernel = self.size(1, 5), self.size(1, 5)
            dilations = self.pick((1, 1), (1, 1), (2, 1), (1, 3), (2, 2))
            low = [(k - 1) * d + 1 if padding == "VALID" else 1 for k, d in zip(kernel, dilations)]
            rows, columns = self.size(low[0], low[0] + 9), self.size(low[1], low[1] + 9)
            channels, filters = self.pick(1, 2, 3, 8, 16, 20), self.pick(1, 4, 8, 10, 16, 32)
            cases.append(self.conv_case(self.normal(self.size(1, 20), rows, columns, channels, dtype=dtype),
                                        self.normal(*kernel, channels, filters, dtype=dtype),
                                        (self.size(1, 3), self.size(1, 3)) if dilations == (1, 1) else (1, 1),
                                        padding, dilations))
        self.check(cases)

    def test_convolutions_of_real_networks(self):
        shapes = [((64, 28, 28, 1), (3, 3, 1, 32)), ((64, 14, 14, 32), (3, 3, 32, 64)), ((33, 28, 28, 1), (5, 5, 1, 32)),
                  ((20, 14, 14, 32), (5, 5, 32, 64)), ((1, 40, 40, 3), (7, 7, 3, 16)), ((9, 13, 13, 64), (1, 1, 64, 32))]
        self.check([self.conv_case(self.normal(*x) / 4, self.normal(*f) / 4, (1, 1), "SAME") for x, f in shapes])

    def test_convolution_of_no_images(self):
        # TensorFlow 2.21 gives an output of a wrong shape.
        case = self.conv_case(self.normal(0, 5, 5, 2), self.normal(3, 3, 2, 4), (1, 1), "SAME")
        case.reference = lambda x, f: tf.zeros((0, 5, 5, 4)) + 0 * (tf.reduce_sum(x) + tf.reduce_sum(f))
        self.check([case])

    def test_convolutions_that_do_not_fit_are_refused(self):
        case = self.conv_case(self.normal(1, 4, 4, 1), self.normal(2, 2, 3, 1), (1, 1), "SAME")
        self.refused(case, "filter has 3 input channels, images have 1")
        case = self.conv_case(self.normal(1, 2, 9, 1), self.normal(5, 1, 1, 1), (1, 1), "VALID")
        self.refused(case, "a window of 5 rows (dilation 1) does not fit into 2 without padding")
        case = self.conv_case(self.normal(2, 9, 1), self.normal(5, 1, 1, 1), (1, 1), "VALID")
        self.refused(case, "has shape (2, 9, 1), rank 4 is wanted")

    def depthwise_reference(self, strides, padding, dilations=(1, 1)):
        """Channel by channel with the plain convolution, whose gradients TensorFlow has in every order; in float64, because its
        float32 gives other numbers at each call where a window is wider than the picture (2.21)."""

        def reference(x, f):
            dtype = x.dtype
            x, f = tf.cast(x, "float64"), tf.cast(f, "float64")
            rows, columns, channels, multiplier = f.shape
            # Holes filled with zeros, as above.
            f = tf.reshape(tf.stack([f] + [tf.zeros_like(f)] * (dilations[0] - 1), 1), [-1, columns, channels, multiplier])
            f = f[: (rows - 1) * dilations[0] + 1]
            f = tf.reshape(tf.stack([f] + [tf.zeros_like(f)] * (dilations[1] - 1), 2), [f.shape[0], -1, channels, multiplier])
            f = f[:, : (columns - 1) * dilations[1] + 1]
            convolved = [tf.nn.conv2d(x[..., c : c + 1], f[:, :, c : c + 1], [1, *strides, 1], padding) for c in range(channels)]
            return tf.cast(tf.concat(convolved, 3), dtype)

        return reference

    def test_depthwise_convolutions_of_random_shapes(self):
        cases = []
        for _ in range(40):
            dtype, padding = self.pick(*FLOATS), self.pick("SAME", "VALID")
            kernel, strides = (self.size(1, 4), self.size(1, 4)), (self.size(1, 3), self.size(1, 3))
            dilations = self.pick((1, 1), (1, 1), (2, 1), (1, 3), (2, 2))
            if dilations != (1, 1):
                strides = (1, 1)
            low = [(k - 1) * d + 1 if padding == "VALID" else 1 for k, d in zip(kernel, dilations)]
            rows, columns = self.size(low[0], low[0] + 9), self.size(low[1], low[1] + 9)
            channels, multiplier = self.pick(1, 3, 8, 17), self.pick(1, 1, 2, 5)
            cases.append(Case("DepthwiseConv2dNative", [self.normal(self.size(1, 9), rows, columns, channels, dtype=dtype),
                                                        self.normal(*kernel, channels, multiplier, dtype=dtype)],
                              {"strides": [1, *strides, 1], "padding": padding, "dilations": [1, *dilations, 1]},
                              self.depthwise_reference(strides, padding, dilations)))
        self.check(cases)

    def test_depthwise_convolution_as_tensorflows_own(self):
        cases = []
        for stride, padding, multiplier in ((1, "SAME", 1), (2, "SAME", 3), (2, "VALID", 1)):
            cases.append(Case("DepthwiseConv2dNative", [self.normal(3, 9, 8, 6), self.normal(3, 3, 6, multiplier)],
                              {"strides": [1, stride, stride, 1], "padding": padding},
                              lambda x, f, s=stride, p=padding: tf.nn.depthwise_conv2d(x, f, [1, s, s, 1], p), twice=[]))
        self.check(cases)

    @staticmethod
    def with_a_hole(f):
        """Zeros between the taps: what a dilation of 2 is, whose gradient TensorFlow's CPU lacks."""
        return tf.reshape(tf.stack([f, tf.zeros_like(f)], 1), [-1, *f.shape[1:]])[:-1]

    def test_convolutions_made_of_others(self):
        cases = []
        for dtype in FLOATS:
            for stride, padding, multiplier in ((1, "SAME", 2), (2, "VALID", 1)):
                depthwise = self.depthwise_reference((stride, stride), padding)
                cases.append(Case("separable_conv2d", [self.normal(3, 7, 6, 4, dtype=dtype), self.normal(3, 2, 4, multiplier, dtype=dtype),
                                                       self.normal(1, 1, 4 * multiplier, 5, dtype=dtype)],
                                  {"strides": [1, stride, stride, 1], "padding": padding},
                                  lambda x, d, p, f=depthwise: tf.nn.conv2d(f(x, d), p, 1, "VALID")))
                cases.append(Case("conv1d", [self.normal(3, 11, 4, dtype=dtype), self.normal(3, 4, 5, dtype=dtype)],
                                  {"stride": stride, "padding": padding},
                                  lambda x, f, s=stride, p=padding: tf.nn.conv1d(x, f, s, p)))
            cases.append(Case("conv1d", [self.normal(3, 11, 4, dtype=dtype), self.normal(3, 4, 5, dtype=dtype)],
                              {"dilations": 2}, lambda x, f: tf.nn.conv1d(x, self.with_a_hole(f), 1, "SAME")))
            for padding in ("SAME", "VALID"):
                cases.append(Case("atrous_conv2d", [self.normal(2, 9, 8, 3, dtype=dtype), self.normal(3, 3, 3, 4, dtype=dtype)],
                                  {"rate": 2, "padding": padding}, lambda x, f, p=padding: tf.nn.atrous_conv2d(x, f, 2, p)))
        self.check(cases)

    # Gathering

    def test_gather_of_batches(self):
        cases = []
        for shape, indices, axis, batch in (((3, 5), (3, 2), 1, 1), ((2, 3, 4, 5), (2, 3, 6), 2, 2), ((2, 3, 4, 5), (2, 3, 6), 3, 2),
                                            ((2, 3, 4, 5), (2, 6), 3, 1), ((4, 7, 2), (4,), 1, 1), ((3, 5), (2, 4), 1, 0)):
            for dtype in FLOATS:
                x = self.normal(*shape, dtype=dtype)
                ids = self.random.integers(0, shape[axis], indices).astype(self.pick("int32", "int64"))
                cases.append(Case("GatherV2", [x, ids, np.array(axis, "int32")], {"batch_dims": batch},
                                  lambda x, i, a, b=batch: tf.gather(x, i, axis=int(a), batch_dims=b)))
        self.check(cases)

    # Pools

    def pool_cases(self, op, values, count):
        raw = getattr(tf.raw_ops, op)
        name = "input" if op == "MaxPool" else "value"
        cases = []
        for _ in range(count):
            padding, dtype = self.pick("SAME", "VALID"), self.pick(*FLOATS)
            size = self.pick((2, 2), (2, 2), (3, 3), (1, 2), (5, 4))
            strides = self.pick(size, (2, 2), (1, 1), (3, 1))
            low = size if padding == "VALID" else (1, 1)
            shape = (self.size(1, 6), self.size(low[0], 12), self.size(low[1], 12), self.pick(1, 3, 16, 33))
            attrs = {"ksize": [1, *size, 1], "strides": [1, *strides, 1], "padding": padding}
            cases.append(Case(op, [values(*shape, dtype=dtype)], attrs,
                              lambda x, attrs=attrs: raw(**{name: x}, **attrs)))
        return cases

    def test_max_pools(self):
        cases = self.pool_cases("MaxPool", self.distinct, 30)
        halved = {"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1], "padding": "SAME"}
        cases += [Case("MaxPool", [self.distinct(5, 8, 6, c, dtype=dtype)], halved, lambda x: tf.raw_ops.MaxPool(input=x, **halved))
                  for c in (1, 7, 300) for dtype in FLOATS]
        self.check(cases)

    def test_max_pools_of_equal_numbers_pass_the_gradient_to_the_first(self):
        cases = []
        for size, strides in (((2, 2), (2, 2)), ((3, 2), (1, 1))):
            attrs = {"ksize": [1, *size, 1], "strides": [1, *strides, 1], "padding": "VALID"}
            x = self.random.integers(0, 3, (3, 6, 6, 5)).astype("float32")
            cases.append(Case("MaxPool", [x], attrs, lambda x, attrs=attrs: tf.raw_ops.MaxPool(input=x, **attrs)))
        self.check(cases)

    def test_average_pools(self):
        self.check(self.pool_cases("AvgPool", self.normal, 30))

    # Softmax and losses

    def test_softmax(self):
        shapes = [(5,), (1, 1), (64, 10), (3, 4, 7), (2, 1000), (300, 17)]
        self.check([Case(op, [4 * self.normal(*shape, dtype=dtype)], {}, reference)
                    for op, reference in (("Softmax", tf.nn.softmax), ("LogSoftmax", tf.nn.log_softmax))
                    for shape in shapes for dtype in FLOATS])

    def test_softmax_of_extreme_logits(self):
        logits = np.array([[1e4, 0, -1e4], [-np.inf, 0, 1], [3e38, 3e38, -3e38], [-200, -200, -200]], "float32")
        self.check([Case("Softmax", [logits], {}, tf.nn.softmax, differentiable=0)])

    def test_dense_cross_entropy(self):
        def reference(x, labels):
            # In TensorFlow's own op the second output does not depend on the labels. Second derivatives for labels are
            # not compared: this expression's hold for any labels, the op's for labels that add up to 1.
            return -tf.reduce_sum(labels * tf.nn.log_softmax(x), -1), tf.nn.softmax(x) - labels

        cases = []
        for rows, classes in ((1, 2), (64, 10), (7, 33)):
            for dtype in FLOATS:
                labels = self.random.dirichlet(np.ones(classes), rows).astype(dtype)
                logits = 3 * self.normal(rows, classes, dtype=dtype)
                for differentiable in (1, 2):
                    cases.append(Case("SoftmaxCrossEntropyWithLogits", [logits, labels], {}, reference, 2, differentiable,
                                      twice=[0]))
        self.check(cases)

    def test_sparse_cross_entropy(self):
        def reference(x, labels):
            return (tf.nn.sparse_softmax_cross_entropy_with_logits(labels, x),
                    tf.nn.softmax(x) - tf.one_hot(labels, x.shape[1], dtype=x.dtype))

        cases = []
        for rows, classes in ((1, 2), (64, 10), (7, 333)):
            for dtype in FLOATS:
                labels = self.random.integers(0, classes, rows).astype(self.pick("int32", "int64"))
                logits = 3 * self.normal(rows, classes, dtype=dtype)
                for differentiable in (1, 2):
                    cases.append(Case("SparseSoftmaxCrossEntropyWithLogits", [logits, labels], {}, reference, 2, differentiable))
        self.check(cases)

    def test_a_label_that_is_no_class_is_refused(self):
        for label in (-1, 10):
            case = Case("SparseSoftmaxCrossEntropyWithLogits", [self.normal(2, 10), np.array([3, label], "int64")], {}, None)
            self.refused(case, f"labels[1] is {label}, outside the 10 classes")

    def test_sigmoid_cross_entropy(self):
        logits = np.array([-100, -30, -1, 0, 0.5, 2, 30, 100], "float64")
        cases = [Case("sigmoid_cross_entropy_with_logits", [logits.astype(dtype), np.full(8, label, dtype)], {},
                      lambda x, z: tf.nn.sigmoid_cross_entropy_with_logits(labels=z, logits=x), twice=[])
                 for dtype in FLOATS for label in (0, 0.3, 1)]
        self.check(cases)

    # Biases and normalization

    def test_biases(self):
        cases = []
        for shape in ((4, 3), (2, 5, 7), (3, 6, 5, 16), (65, 7, 1)):
            for dtype in FLOATS:
                cases.append(Case("BiasAdd", [self.normal(*shape, dtype=dtype), self.normal(shape[-1], dtype=dtype)], {},
                                  tf.nn.bias_add, twice=[]))
                cases.append(Case("BiasAddGrad", [self.normal(*shape, dtype=dtype)], {},
                                  lambda g: tf.raw_ops.BiasAddGrad(out_backprop=g), twice=[]))
        self.check(cases)

    def test_batch_normalization_as_one_op(self):
        for training in (True, False):
            for shape in ((4, 5, 6, 3), (64, 7, 7, 32), (1, 2, 2, 1)):
                x, scale, offset = 3 + 2 * self.normal(*shape), self.normal(shape[-1]), self.normal(shape[-1])
                size = 0 if training else shape[-1]
                mean, variance = self.normal(size), 1 + self.random.random(size).astype("float32")
                attrs = {"is_training": training, "epsilon": 0.01}

                def reference(x, scale, offset, mean, variance, attrs=attrs):
                    return tf.raw_ops.FusedBatchNorm(x=x, scale=scale, offset=offset, mean=mean, variance=variance, **attrs)[:3]

                self.check([Case("FusedBatchNorm", [x, scale, offset, mean, variance], attrs, reference, 3, 0)])

    def test_gradients_of_batch_normalization(self):
        cases = []
        epsilon = float(np.float32(0.01))  # as a node's attribute carries it
        for dtype in FLOATS:
            for training in (True, False):
                for shape in ((4, 5, 6, 3), (8, 3, 2, 16)):
                    x, scale, offset = (self.normal(*s, dtype=dtype) for s in (shape, shape[-1:], shape[-1:]))
                    mean, variance = (1 + self.random.random(shape[-1])).astype(dtype), (1 + self.random.random(shape[-1])).astype(dtype)

                    def reference(x, scale, offset, mean, variance, training=training):
                        mean, variance = tf.stop_gradient(mean), tf.stop_gradient(variance)
                        if training:
                            mean = tf.reduce_mean(x, [0, 1, 2])
                            variance = tf.reduce_mean((x - mean) ** 2, [0, 1, 2])
                        return (x - mean) * tf.math.rsqrt(variance + epsilon) * scale + offset

                    cases.append(Case("FusedBatchNorm", [x, scale, offset, mean, variance],
                                      {"is_training": training, "epsilon": epsilon}, reference))
        self.check(cases)

    def test_normalization_by_expressions(self):
        cases = []
        for dtype in FLOATS:
            x = self.normal(6, 4, 5, dtype=dtype)
            for axes in ([0], [0, 1], [2]):
                for keep_dims in (False, True):
                    cases.append(Case("moments", [x], {"axes": axes, "keep_dims": keep_dims},
                                      lambda x, a=axes, k=keep_dims: (tf.reduce_mean(x, a, k), tf.math.reduce_variance(x, a, k)), 2, 2))
            cases.append(Case("l2_normalize", [x], {"axes": [1, 2]}, lambda x: tf.nn.l2_normalize(x, [1, 2])))
            parts = [self.normal(5, dtype=dtype) for _ in range(4)]
            parts[1] = np.abs(parts[1])
            cases.append(Case("batch_normalization", [x, *parts], {"variance_epsilon": 0.1},
                              lambda x, m, v, o, s: tf.nn.batch_normalization(x, m, v, o, s, 0.1)))
        self.check(cases)

    def test_normalization_over_the_last_axes(self):
        def reference(x, scale, offset, axes):
            centred = x - tf.reduce_mean(x, axes, True)
            return centred * tf.math.rsqrt(tf.reduce_mean(centred**2, axes, True) + 0.125) * scale + offset

        self.check([Case("layer_normalization", [self.normal(3, 4, 6, dtype=dtype), self.normal(6, dtype=dtype), self.normal(6, dtype=dtype)],
                         {"axes": axes, "epsilon": 0.125}, lambda x, s, o, a=axes: reference(x, s, o, a))
                    for dtype in FLOATS for axes in ([-1], [1, 2])])

    # The largest

    def test_top_k(self):
        cases = []
        for shape, k in (((7,), 3), ((4, 9), 9), ((3, 2, 50), 5), ((5, 4), 1), ((2, 3), 0)):
            for dtype in FLOATS:
                cases.append(Case("TopKV2", [self.distinct(*shape, dtype=dtype), np.array(k, "int32")], {},
                                  lambda x, k: tuple(tf.math.top_k(x, int(k))), 2, 1))
        ties = self.random.integers(0, 4, (20, 30)).astype("float32")
        cases.append(Case("TopKV2", [ties, np.array(11, "int32")], {}, lambda x, k: tuple(tf.math.top_k(x, int(k))), 2, 0))
        self.check(cases)

    def test_in_top_k(self):
        scores = self.random.integers(0, 5, (40, 6)).astype("float32")
        scores[3, 2], scores[4, 0], scores[5] = np.nan, np.inf, -np.inf
        targets = self.random.integers(0, 6, 40).astype("int64")
        self.check([Case("InTopK", [scores, targets], {"k": k},
                         lambda p, t, k=k: tf.raw_ops.InTopK(predictions=p, targets=t, k=k), differentiable=0)
                    for k in (1, 2, 6)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
