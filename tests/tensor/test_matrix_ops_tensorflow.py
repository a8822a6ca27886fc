"""Einstein sums, diagonals, sequences, sorting and moving against TensorFlow's: random inputs of many shapes and dtypes,
gradients with random cotangents."""
import unittest

import numpy as np
import tensorflow as tf
from op_oracle import F64, FLOATS, I32, I64, NUMBERS, SIGNED, OpsAgainstTensorFlow

v1 = tf.compat.v1
EQUATIONS = [("ij->ji", (2, 3)), ("ij->j", (2, 3)), ("ij->", (2, 3)), ("ijk->ki", (2, 3, 4)), ("ij,jk->ik", (2, 3), (3, 4)),
             ("ij,jk", (2, 3), (3, 4)), ("ba,ca", (2, 3), (4, 3)), ("bij,bjk->bik", (5, 2, 3), (5, 3, 4)),
             ("bhqd,bhkd->bhqk", (2, 3, 4, 5), (2, 3, 6, 5)), ("bhqk,bkhd->bqhd", (2, 3, 4, 5), (2, 5, 3, 6)),
             ("i,j->ij", (3,), (4,)), ("i,i->", (3,), (3,)), ("i,i->i", (3,), (3,)), ("ij,ij->i", (3, 4), (3, 4)),
             ("ij,k->j", (2, 3), (4,)), ("abc,cd->abd", (2, 3, 4), (4, 5)), ("abc,db->cad", (2, 3, 4), (5, 3)),
             ("...ij,...jk->...ik", (2, 3, 4), (2, 4, 5)), ("...ij,jk->...ik", (2, 6, 3, 4), (4, 5)),
             ("...ij,...jk->...ik", (2, 1, 3, 4), (6, 4, 5)), ("i...->...", (2, 3, 4)), ("...i,...i->...", (2, 3), (2, 3)),
             ("ij,jk,kl->il", (2, 3), (3, 4), (4, 5)), ("a,ab,abc->abc", (2,), (2, 3), (2, 3, 4)),
             ("bi,bj,bk->ijk", (5, 2), (5, 3), (5, 4)), ("ij,j,i->", (2, 3), (3,), (2,)), (" i j , j k -> i k ", (2, 3), (3, 2))]


class MatrixOps(OpsAgainstTensorFlow):
    def composite(self, op, like, *inputs, **rest):
        """An expression with attributes of its own; `like` is TensorFlow's Python function with the same."""
        grad = all(x.dtype.kind == "f" for x in inputs) and bool(inputs)
        self.add(op, *inputs, like=like, grad=rest.pop("grad", grad), static=True, **rest)

    def test_einstein_sums(self):
        for equation, *shapes in EQUATIONS:
            for dtype in SIGNED:
                inputs = [self.draw(shape, dtype) for shape in shapes]
                self.add("einsum", inputs, like=lambda xs, e=equation: tf.einsum(e, *xs), grad=dtype in FLOATS, static=True,
                         rtol=2e-5, atol=1e-5, equation='"' + equation + '"')

    def test_diagonals(self):
        for dtype in SIGNED:
            for shape in [(4,), (2, 3), (2, 3, 2), (0,)]:
                self.composite("matrix_diag", v1.matrix_diag, self.draw(shape, dtype))
                self.composite("diag", v1.diag, self.draw(shape, dtype))
            for shape in [(3, 3), (2, 4), (4, 2), (2, 3, 3), (5, 2, 3, 2)]:
                x = self.draw(shape, dtype)
                self.composite("matrix_diag_part", v1.matrix_diag_part, x)
                self.composite("matrix_set_diag", v1.matrix_set_diag, x, self.draw((*shape[:-2], min(shape[-2:])), dtype))
                self.composite("trace", v1.trace, x, rtol=1e-5, atol=1e-5)
                for lower, upper in [(0, 0), (-1, 0), (0, -1), (1, 0), (0, 2), (-1, -1), (1, 1)]:
                    self.composite("matrix_band_part", lambda x, l=lower, u=upper: v1.matrix_band_part(x, l, u), x,
                                   num_lower=lower, num_upper=upper)
            for shape in [(3, 3), (2, 3, 2, 3)]:
                self.composite("diag_part", v1.diag_part, self.draw(shape, dtype))
        for rows, columns in [(3, 3), (2, 4), (4, 2)]:
            self.composite("eye", lambda r=rows, c=columns: tf.eye(r, c, dtype=tf.float64), num_rows=rows, num_columns=columns,
                           dtype=tf.float64)

    def test_sequences(self):
        for dtype in (I32, I64):
            lengths = np.array([[2, 0], [3, 1]], dtype)
            self.composite("sequence_mask", tf.sequence_mask, lengths)
            self.composite("sequence_mask", lambda x: tf.sequence_mask(x, 5, tf.float32), lengths, maxlen=5, dtype=tf.float32)
            for shape, seq, batch in [((3, 4), 1, 0), ((4, 3), 0, 1), ((3, 4, 2), 1, 0), ((2, 4, 3), 1, 2), ((2, 3, 4, 2), 2, 1)]:
                for number in SIGNED:
                    lengths = self.random.integers(0, 5, shape[batch]).astype(dtype)
                    self.add("ReverseSequence", self.draw(shape, number), lengths, seq_dim=seq, batch_dim=batch,
                             grad=number in FLOATS)

    def test_sorting(self):
        for dtype in SIGNED:
            for shape, axis in [((7,), -1), ((3, 5), -1), ((3, 5), 0), ((2, 3, 4), 1)]:
                for direction in ("ASCENDING", "DESCENDING"):
                    x = self.draw(shape, dtype, -9, 9)
                    self.composite("sort", lambda x, a=axis, d=direction: tf.sort(x, a, d), x, axis=axis, direction=direction)
                    self.composite("argsort", lambda x, a=axis, d=direction: tf.argsort(x, a, d), x, axis=axis,
                                   direction=direction, grad=False)
        for dtype in NUMBERS:
            rows, values = np.sort(self.draw((3, 8), dtype, 0, 9)), self.draw((3, 20), dtype, 0, 9)
            for out in (tf.int32, tf.int64):
                if dtype in SIGNED:
                    self.add("LowerBound", rows, values, out_type=out)
                    self.add("UpperBound", rows, values, out_type=out)
            for side in ("left", "right"):
                self.composite("searchsorted", lambda s, v, side=side: tf.searchsorted(s, v, side), rows, values, side=side,
                               grad=False)

    def test_moving(self):
        for dtype in SIGNED:
            for shape, shift, axis in [((5,), 2, 0), ((3, 4), -1, 1), ((3, 4), [1, 2], [0, 1]), ((3, 4), [1, 7], [0, 0]),
                                       ((2, 3, 4), [1, -2, 5], [0, 2, 1]), ((0, 3), 1, 0)]:
                self.add("Roll", self.draw(shape, dtype), np.array(shift, I32), np.array(axis, I64), grad=dtype in FLOATS)
            for shape, repeats, axis in [((4,), 3, 0), ((3,), [2, 0, 1], 0), ((2, 3), [1, 0, 4], 1), ((2, 3), 2, -1), ((2, 3), [3, 1], -2)]:
                self.composite("repeat", lambda x, r, a=axis: tf.repeat(x, r, a), self.draw(shape, dtype), np.array(repeats, I32),
                               axis=axis, grad=dtype in FLOATS)
            for sizes in [(3,), (3, 2), (2, 3, 4)]:
                for indexing in ("xy", "ij"):
                    self.add("meshgrid", [self.draw((size,), dtype) for size in sizes], indexing=indexing, static=True,
                             grad=dtype in FLOATS, like=lambda xs, i=indexing: tf.meshgrid(*xs, indexing=i))
        for dtype in FLOATS:
            for count in (1, 2, 7, 100):
                start, stop = self.draw((), dtype), self.draw((), dtype)
                self.add("LinSpace", start, stop, np.array(count, I32), atol=1e-6 if dtype != F64 else 1e-14)


if __name__ == "__main__":
    unittest.main()
