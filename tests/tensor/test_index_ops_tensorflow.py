"""Ops on indices, segments and counts against TensorFlow's: random inputs of many shapes and dtypes, gradients with random
cotangents."""
import unittest

import numpy as np
import tensorflow as tf
from op_oracle import F32, FLOATS, I32, I64, NUMBERS, SIGNED, OpsAgainstTensorFlow


def is_float(dtype):
    return np.issubdtype(dtype, np.floating)


class IndexOps(OpsAgainstTensorFlow):
    def places(self, shape, *lead, dtype=I32):
        """Coordinates of places in the first axes of an array of that shape, `lead` of them."""
        return np.stack([self.random.integers(0, size, lead) for size in shape], -1).astype(dtype)

    def test_slices_by_coordinates(self):
        for dtype in SIGNED + [np.bool_]:
            for shape, depth, lead in [((5,), 1, (3,)), ((4, 3), 2, (6,)), ((4, 3), 1, (2, 2)), ((3, 4, 2), 2, (5,)),
                                       ((3, 4, 2), 3, (2, 1)), ((2, 3), 1, (0,))]:
                for index in (I32, I64):
                    self.add("GatherNd", self.draw(shape, dtype), self.places(shape[:depth], *lead, dtype=index),
                             grad=is_float(dtype))

    def test_sums_at_coordinates(self):
        for dtype in NUMBERS:
            for shape, depth, lead in [((5,), 1, (7,)), ((4, 3), 2, (6,)), ((4, 3), 1, (2, 2)), ((300, 40), 1, (5000,)),
                                       ((3, 4, 2), 2, (9,)), ((2, 3), 1, (0,))]:
                for index in (I32, I64):
                    at = self.places(shape[:depth], *lead, dtype=index)
                    updates = self.draw((*lead, *shape[depth:]), dtype)
                    self.add("ScatterNd", at, updates, np.array(shape, index), grad=is_float(dtype), rtol=2e-5)
                    self.add("scatter_nd", at, updates, np.array(shape, I32), grad=is_float(dtype), rtol=2e-5,
                             like=lambda at, updates, shape: tf.scatter_nd(at, updates, tf.cast(shape, at.dtype)))

    def test_sparse_values(self):
        for dtype in SIGNED:
            for index in (I32, I64):
                at = np.array([[0, 1], [1, 0], [2, 3]], index)
                for values in ((3,), ()):  # TensorFlow has no gradient of one value for all
                    self.add("SparseToDense", at, np.array([3, 4], index), self.draw(values, dtype), self.draw((), dtype),
                             grad=is_float(dtype) and values, static=True)
                self.add("SparseToDense", np.array([4, 1], index), np.array([6], index), self.draw((2,), dtype),
                         self.draw((), dtype), validate_indices=False)

    def test_parts_and_stitches(self):
        for dtype in SIGNED:
            for shape, rows in [((7,), (7,)), ((7, 2), (7,)), ((3, 4), (3, 4)), ((3, 4, 2), (3, 4)), ((0, 2), (0,))]:
                self.add("DynamicPartition", self.draw(shape, dtype), self.random.integers(0, 3, rows).astype(I32),
                         num_partitions=3, grad=is_float(dtype))
            order = self.random.permutation(9).astype(I32)
            for rest in ((), (2,), (2, 3)):
                self.add("DynamicStitch", [order[:4], order[4:8].reshape(2, 2), order[8]],
                         [self.draw((4, *rest), dtype), self.draw((2, 2, *rest), dtype), self.draw(rest, dtype)],
                         grad=is_float(dtype))

    def test_segments(self):
        for op in ["SegmentSum", "SegmentMean", "SegmentMax", "SegmentMin"]:
            for dtype in FLOATS if op == "SegmentMean" else NUMBERS:
                for count, rest in [(1, ()), (9, ()), (9, (3,)), (8, (2, 3)), (4000, (31,)), (0, (2,))]:
                    ids = np.sort(self.random.integers(0, max(count // 2, 1), count)).astype(self.random.choice([I32, I64]))
                    self.add(op, self.draw((count, *rest), dtype, -100, 100), ids, grad=is_float(dtype) and count > 0,
                             rtol=2e-5, atol=1e-4)

    def test_numbered_segments(self):
        for op in ["UnsortedSegmentSum", "UnsortedSegmentMax", "UnsortedSegmentMin"]:
            for dtype in NUMBERS:
                for rows, rest in [((9,), ()), ((9,), (3,)), ((2, 4), (3,)), ((4000,), (31,))]:
                    ids = self.random.integers(-1, 5, rows).astype(self.random.choice([I32, I64]))
                    ids.ravel()[:5] = range(5)  # a segment without rows has the least number, whose gradient is no number
                    self.add(op, self.draw((*rows, *rest), dtype, -100, 100), ids, np.array(5, I32), grad=is_float(dtype),
                             rtol=2e-5, atol=1e-3)
                self.add(op, self.draw((3, 2), dtype), np.array([0, 2, 0], I32), np.array(4, I64))
        for op, like in [("unsorted_segment_mean", tf.math.unsorted_segment_mean),
                         ("unsorted_segment_sqrt_n", tf.math.unsorted_segment_sqrt_n)]:
            for dtype in FLOATS:
                for rest in ((), (3,)):
                    self.add(op, self.draw((9, *rest), dtype), self.random.integers(0, 6, 9).astype(I32), np.array(7, I32),
                             like=like, grad=True, static=True)

    def test_different_values(self):
        for op in ["Unique", "UniqueWithCounts"]:
            for dtype in NUMBERS:
                for count in (0, 1, 20, 3000):
                    for index in (tf.int32, tf.int64):
                        self.add(op, self.draw((count,), dtype, -50, 50).round(), out_idx=index)

    def test_counts(self):
        for dtype in SIGNED:
            numbers = self.random.integers(0, 9, 50).astype(I32)
            self.add("Bincount", numbers, np.array(7, I32), self.draw((50,), dtype), atol=1e-5)
            self.add("Bincount", numbers, np.array(12, I32), self.draw((0,), dtype))
        for options in ({}, {"minlength": 12}, {"maxlength": 5}):
            self.add("bincount", numbers, like=lambda x, options=options: tf.math.bincount(x, **options), **options)
        for dtype in SIGNED:
            for bins in (1, 5, 100):
                self.add("HistogramFixedWidth", self.draw((400,), dtype, -20, 20), np.array([-10, 15], dtype),
                         np.array(bins, I32))
        labels, predictions = self.random.integers(0, 5, (2, 60))
        self.add("confusion_matrix", labels, predictions, like=tf.math.confusion_matrix)
        self.add("confusion_matrix", labels, predictions, num_classes=8, dtype=tf.float32,
                 like=lambda a, b: tf.math.confusion_matrix(a, b, num_classes=8, dtype=tf.float32))


if __name__ == "__main__":
    unittest.main()
