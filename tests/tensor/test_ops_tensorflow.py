"""Ops against TensorFlow's kernels of the same name: random inputs of many shapes and dtypes, special values,
gradients with random cotangents."""
import unittest

import numpy as np
import tensorflow as tf
from op_oracle import F32, F64, FLOATS, I32, I64, NUMBERS, SIGNED, OpsAgainstTensorFlow

# No denormals: TensorFlow's kernels take them for 0.
SPECIAL = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 1e-30, -1e30, 3e38, 88.5, -104.0, 6.0]
SHAPES = [(), (5,), (2, 3), (0,), (2, 0, 3), (67, 3), (3000,)]
PAIRS = [((), ()), ((5,), (5,)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((4, 1, 3), (2, 1)), ((), (3, 2)), ((0, 3), (1, 3)),
         ((2, 3, 4), (2, 1, 4)), ((70, 130), (130,)), ((3, 1, 2, 1), (2, 1, 5))]


class AgainstTensorFlow(OpsAgainstTensorFlow):
    def special(self, dtype):
        return np.array(SPECIAL, dtype) if np.issubdtype(dtype, np.floating) else self.draw((9,), dtype, -100, 100)

    def unary(self, op, dtypes, low=-3.0, high=3.0, special=True, grad=True, **rest):
        for dtype in dtypes:
            differentiable = grad and np.issubdtype(dtype, np.floating)
            for shape in SHAPES:
                self.add(op, self.draw(shape, dtype, low, high), grad=differentiable, **rest)
            if special:
                self.add(op, self.special(dtype), **rest)

    def binary(self, op, dtypes, low=-3.0, high=3.0, special=True, grad=True, same=False, **rest):
        for dtype in dtypes:
            differentiable = grad and np.issubdtype(dtype, np.floating)
            for a, b in PAIRS:
                if not same or a == b:
                    self.add(op, self.draw(a, dtype, low, high), self.draw(b, dtype, low, high), grad=differentiable, **rest)
            if special and np.issubdtype(dtype, np.floating):
                a, b = np.meshgrid(self.special(dtype), self.special(dtype))
                self.add(op, a.ravel(), b.ravel(), **rest)

    # ---- Elementwise ----

    def test_functions_of_one_number(self):
        for op in ["Neg", "Abs", "Square", "Relu"]:
            self.unary(op, SIGNED)
        for op in ["Exp", "Expm1", "Sin", "Cos", "Sinh", "Cosh", "Tanh", "Atan", "Asinh", "Erfc", "Sigmoid", "Softplus",
                   "Softsign", "Relu6"]:
            self.unary(op, FLOATS)
        self.unary("Erf", [F32])
        self.unary("Erf", [F64], special=False)  # TensorFlow's float64 kernel has NaN for infinities
        for op in ["Elu", "Selu"]:
            self.unary(op, FLOATS, atol=2e-7)  # TensorFlow computes exp(x) - 1 where x is small
        for op in ["Sqrt", "Rsqrt", "Log", "Log1p"]:
            self.unary(op, FLOATS, 0.01, 5)
        for op in ["Asin", "Acos", "Atanh"]:
            self.unary(op, FLOATS, -0.95, 0.95)
        self.unary("Tan", FLOATS, -1.4, 1.4)
        self.unary("Acosh", FLOATS, 1.05, 4)
        self.unary("Reciprocal", FLOATS, 0.1, 4)
        self.unary("LeakyRelu", FLOATS, alpha=0.25)
        self.unary("Sign", SIGNED, grad=False)

    def test_rounding_and_tests(self):
        for op in ["Floor", "Ceil", "Rint", "IsNan", "IsInf", "IsFinite"]:
            self.unary(op, FLOATS, grad=False)
        self.unary("Round", FLOATS, grad=False)  # of integers TensorFlow 2.21 makes zeros

    def test_arithmetic(self):
        for op in ["Add", "AddV2", "Sub", "Mul"]:
            self.binary(op, NUMBERS)
        for op in ["Maximum", "Minimum"]:
            self.binary(op, SIGNED + [np.uint8, np.int16, np.int8])
        self.binary("SquaredDifference", SIGNED)
        self.binary("RealDiv", FLOATS)
        self.binary("Pow", FLOATS, 0.1, 3)
        self.binary("Pow", [I32, I64], 0, 5)

    def test_division_with_rest(self):
        for op in ["FloorDiv", "FloorMod"]:
            self.binary(op, FLOATS, grad=op == "FloorMod", special=False)
            for dtype in (I32, I64):
                x = self.draw((50,), dtype, -40, 40)
                y = self.draw((50,), dtype, 1, 9) * np.array([1, -1] * 25, dtype)
                self.add(op, x, y)

    def test_division_as_in_c(self):
        self.binary("TruncateMod", FLOATS, 0.5, 4, special=False, grad=False)
        for op in ["TruncateDiv", "TruncateMod"]:
            for dtype in (I32, I64):
                x = self.draw((50,), dtype, -40, 40)
                self.add(op, x, self.draw((50,), dtype, 1, 9) * np.array([1, -1] * 25, dtype))

    def test_special_functions(self):
        for dtype in FLOATS:
            rtol = 1e-5 if dtype == F32 else 1e-10
            for shape in SHAPES:
                for op in ["Lgamma", "Digamma"]:
                    self.add(op, self.draw(shape, dtype, 0.2, 9), grad=True, rtol=rtol, atol=rtol)
                    self.add(op, self.draw(shape, dtype, -3.9, -3.1), rtol=10 * rtol, atol=rtol)
                self.add("Erfinv", self.draw(shape, dtype, -0.99, 0.99), grad=True, rtol=rtol, atol=rtol / 10)
            order, x = np.array([0, 1, 2, 3] * 25, dtype), self.draw((100,), dtype, 0.3, 12)
            self.add("Polygamma", order, x, rtol=10 * rtol)
            self.add("Zeta", self.draw((100,), dtype, 1.2, 9), x, rtol=10 * rtol)
        self.binary("Atan2", FLOATS, 0.1, 3, special=False)
        self.binary("Atan2", FLOATS, -3, 3, special=False, grad=False)

    def test_bits(self):
        integers = [I32, I64, np.uint8, np.int8, np.int16, np.uint16, np.uint32, np.uint64]
        for op in ["BitwiseAnd", "BitwiseOr", "BitwiseXor"]:
            self.binary(op, integers, -100, 100, grad=False)
        for dtype in integers:
            self.add("Invert", self.draw((40,), dtype, -100, 100))
            x, y = self.draw((200,), dtype, -120, 120), self.draw((200,), dtype, 0, 8 * np.dtype(dtype).itemsize - 1)
            self.add("LeftShift", x, y)
            self.add("RightShift", x, y)

    def test_fused_gradients(self):
        for op in ["SqrtGrad", "RsqrtGrad", "ReciprocalGrad", "TanhGrad", "SigmoidGrad"]:
            self.binary(op, FLOATS, 0.2, 2, special=False, same=True)
        for op in ["ReluGrad", "Relu6Grad", "EluGrad", "SeluGrad"]:
            self.binary(op, FLOATS, special=False, same=True)
        for op in ["SoftplusGrad", "SoftsignGrad"]:
            self.binary(op, FLOATS, special=False, same=True, grad=op == "SoftplusGrad")
        self.binary("LeakyReluGrad", FLOATS, special=False, same=True, alpha=0.25)

    def test_comparisons_and_logic(self):
        for op in ["Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual"]:
            self.binary(op, NUMBERS, grad=False)
        for op in ["LogicalAnd", "LogicalOr"]:
            self.binary(op, [np.bool_], grad=False)
        self.unary("LogicalNot", [np.bool_], grad=False, special=False)

    def test_select(self):
        for c, t, e in [((), (), ()), ((3,), (2, 3), ()), ((2, 1), (3,), (2, 3)), ((4, 1, 1), (2, 3), (1, 3)), ((300,), (300,), ())]:
            for dtype in SIGNED:
                self.add("SelectV2", self.draw(c, np.bool_), self.draw(t, dtype), self.draw(e, dtype),
                         grad=np.issubdtype(dtype, np.floating))

    def test_casts(self):
        dtypes = NUMBERS + [np.uint16, np.uint32, np.uint64, np.bool_]
        for source in dtypes:
            for target in dtypes:
                negative = source not in (F32, F64) or np.dtype(target).kind != "u"  # else undefined
                x = self.draw((50,), source, -100 if negative else 0, 100)
                if source in (F32, F64) and target in (I32, I64, np.bool_, F32, F64):
                    x = np.concatenate([x, np.array([np.nan, np.inf, -np.inf, 3e9, -3e9, 1e30, -0.9], source)])
                self.add("Cast", x, DstT=tf.as_dtype(target), grad=source in (F32, F64) and target in (F32, F64))

    def test_sums_of_many(self):
        for dtype in SIGNED:
            for count in (1, 2, 5):
                self.add("AddN", [self.draw((3, 700), dtype) for _ in range(count)], grad=np.issubdtype(dtype, np.floating))

    # ---- Reductions ----

    def reductions(self, op, dtypes, low, high, grad, rtol=None):
        shapes = [((), []), ((5,), [0]), ((4, 6), [0]), ((4, 6), [1]), ((4, 6), [0, 1]), ((4, 6), []), ((2, 3, 4), [1]),
                  ((2, 3, 4), [0, 2]), ((2, 3, 4, 2), [-1, 1]), ((3, 1, 5), [1, 2]), ((0, 3), [1]), ((2, 3, 2, 2, 2), [0, 2, 4])]
        large = [((100000,), [0]), ((3000, 40), [0]), ((40, 3000), [1]), ((50, 7, 300), [0, 2]), ((2, 90000), [1]), ((700, 600), [0])]
        for dtype in dtypes:
            for shape, axes in shapes + (large if op not in ("Prod",) else []):
                for keep in (False, True):
                    indices = np.array(axes, I32 if keep else I64)
                    x = self.draw(shape, dtype, low, high)
                    differentiable = grad and np.issubdtype(dtype, np.floating) and x.size < 1000
                    self.add(op, x, indices, keep_dims=keep, grad=differentiable, consts="1" if keep else "", rtol=rtol)

    def test_reductions(self):
        self.reductions("Sum", SIGNED, 0, 3, True, 2e-5)
        self.reductions("Mean", FLOATS, 0, 3, True, 2e-5)
        self.reductions("Prod", SIGNED, 1, 2, True, 2e-5)
        self.reductions("Max", SIGNED, -1e6, 1e6, True)
        self.reductions("Min", SIGNED, -1e6, 1e6, True)
        self.reductions("All", [np.bool_], 0, 1, False)
        self.reductions("Any", [np.bool_], 0, 1, False)

    def test_reductions_of_special_values(self):
        for op in ["Sum", "Mean", "Prod", "Max", "Min"]:
            for values in ([1, np.nan, 3], [np.inf, 1], [np.inf, -np.inf], [-np.inf, 2], [np.nan]):
                self.add(op, np.array(values * 40, F32), np.array([0], I32))
        for op in ["Sum", "Prod", "Max", "Min", "Mean"]:
            self.add(op, np.zeros((0, 3), F32), np.array([0], I32))

    def test_products_with_zeros_have_right_gradients(self):
        for dtype in FLOATS:
            x = self.draw((3, 4), dtype, 0.5, 2)
            x[0, 1] = x[1, 0] = x[1, 2] = 0
            for axes in ([0], [1], [0, 1]):
                self.add("Prod", x, np.array(axes, I32), grad=True, consts="1")

    def test_l2_loss(self):
        for dtype in FLOATS:
            for shape in SHAPES:
                self.add("L2Loss", self.draw(shape, dtype), grad=True, rtol=2e-5)

    def test_extreme_positions(self):
        for op in ["ArgMax", "ArgMin"]:
            for dtype in SIGNED:
                for shape, axis in [((5,), 0), ((4, 6), 0), ((4, 6), -1), ((2, 3, 4), 1)]:
                    for output in (tf.int32, tf.int64):
                        self.add(op, self.draw(shape, dtype, -9, 9), np.array(axis, I32), output_type=output)

    def test_running_sums_and_products(self):
        for op in ["Cumsum", "Cumprod"]:
            for dtype in SIGNED:
                for shape, axis in [((5,), 0), ((4, 6), 0), ((4, 6), -1), ((2, 3, 4), 1)]:
                    for exclusive in (False, True):
                        for reverse in (False, True):
                            self.add(op, self.draw(shape, dtype, 1, 3), np.array(axis, I32), exclusive=exclusive,
                                     reverse=reverse, grad=np.issubdtype(dtype, np.floating), rtol=1e-5)


if __name__ == "__main__":
    unittest.main()
