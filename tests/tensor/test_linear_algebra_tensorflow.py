"""Linear algebra against TensorFlow's: random matrices of many sizes, gradients with random cotangents."""
import unittest

import numpy as np
import tensorflow as tf
from op_oracle import F32, FLOATS, OpsAgainstTensorFlow

SHAPES = [(1, 1), (4, 4), (2, 3, 3), (2, 2, 5, 5), (0, 3, 3)]


class LinearAlgebra(OpsAgainstTensorFlow):
    def matrices(self, shape, dtype):
        """Far from singular."""
        return self.draw(shape, dtype, -1, 1) + 3 * np.eye(shape[-2], shape[-1], dtype=dtype)

    def symmetric(self, shape, dtype):
        """Positive definite, with different eigenvalues."""
        x = self.draw(shape, dtype, -0.3, 0.3)
        return x + np.swapaxes(x, -1, -2) + np.diag(np.arange(1, shape[-1] + 1)).astype(dtype)

    def compare_with(self, op, *inputs, **rest):
        single = inputs[0].dtype == F32
        self.add(op, *inputs, rtol=1e-3 if single else 1e-9, atol=1e-4 if single else 1e-10, **rest)

    def test_equations(self):
        for dtype in FLOATS:
            for shape in SHAPES:
                x = self.matrices(shape, dtype)
                self.compare_with("MatrixDeterminant", x, grad=True)
                for adjoint in (False, True):
                    self.compare_with("MatrixInverse", x, adjoint=adjoint, grad=not adjoint)
                    rhs = self.draw((*shape[:-1], 2), dtype)
                    self.compare_with("MatrixSolve", x, rhs, adjoint=adjoint, grad=True)
                    for lower in (False, True):
                        self.compare_with("MatrixTriangularSolve", x, rhs, lower=lower, adjoint=adjoint, grad=True)

    def test_factors(self):
        for dtype in FLOATS:
            for shape in SHAPES:
                self.compare_with("Cholesky", self.symmetric(shape, dtype), grad=True)
                rhs = self.draw((*shape[:-1], 2), dtype)
                self.compare_with("cholesky_solve", np.tril(self.matrices(shape, dtype)), rhs, like=tf.linalg.cholesky_solve,
                                  grad=True, static=True)
            for shape in [(3, 3), (5, 3), (2, 4, 2), (3, 5)]:
                for full in (False, True):
                    self.compare_with("Qr", self.matrices(shape, dtype), full_matrices=full,
                                      grad=shape[-2] >= shape[-1] and (not full or shape[-2] == shape[-1]))

    def test_squares(self):
        for dtype in FLOATS:
            for shape in [(5, 3), (3, 5), (2, 6, 2), (3, 3)]:
                for l2 in (0.0, 0.5):
                    like = lambda a, b, l2=l2: tf.linalg.lstsq(a, b, l2_regularizer=l2)
                    rhs = self.draw((*shape[:-1], 2), dtype)
                    self.compare_with("matrix_solve_ls", self.matrices(shape, dtype), rhs, like=like, grad=True, static=True,
                                      l2_regularizer=l2)

    def test_values(self):
        """Without vectors, whose signs are free; test_ops.c holds their gradients against differences."""
        for dtype in FLOATS:
            nothing = tf.zeros([0], dtype)
            for shape in SHAPES:
                self.compare_with("SelfAdjointEigV2", self.symmetric(shape, dtype), compute_v=False, grad=True,
                                  like=lambda x, nothing=nothing: [tf.linalg.eigvalsh(x), nothing])
            for shape in [(3, 3), (5, 3), (2, 3, 5), (4, 4)]:
                self.compare_with("Svd", self.matrices(shape, dtype), compute_uv=False, grad=True,
                                  like=lambda x, nothing=nothing: [tf.linalg.svd(x, compute_uv=False), nothing, nothing])


if __name__ == "__main__":
    unittest.main()
