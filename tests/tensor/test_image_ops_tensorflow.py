"""Ops on images against TensorFlow's: random pictures of many sizes, gradients with random cotangents."""
import unittest

import numpy as np
import tensorflow as tf
from op_oracle import F32, F64, FLOATS, I32, I64, NUMBERS, SIGNED, OpsAgainstTensorFlow

v1 = tf.compat.v1
SIZES = [((4, 5), (8, 10)), ((4, 5), (3, 2)), ((7, 3), (5, 9)), ((1, 1), (3, 4)), ((6, 6), (1, 1)), ((5, 4), (5, 4)), ((2, 9), (13, 5))]


class ImageOps(OpsAgainstTensorFlow):
    def images(self, rows, columns, dtype=F32, channels=3):
        return self.draw((2, rows, columns, channels), dtype)

    def test_resizing(self):
        for before, after in SIZES:
            for corners in ({}, {"align_corners": True}, {"half_pixel_centers": True}):
                size = np.array(after, I32)
                for dtype in NUMBERS:
                    self.add("ResizeNearestNeighbor", self.images(*before, dtype), size, grad=dtype in FLOATS, **corners)
                for op, atol in [("ResizeBilinear", 1e-6), ("ResizeBicubic", 5e-6)]:
                    self.add(op, self.images(*before), size, grad=True, atol=atol, rtol=1e-5, **corners)
                # TensorFlow's results are float32 whatever the pictures are. Numbers up to 3 are rounded there more than once.
                like = lambda x, size, c=corners: tf.cast(tf.raw_ops.ResizeBilinear(images=x, size=size, **c), x.dtype)
                self.add("ResizeBilinear", self.images(*before, F64), size, like=like, rtol=1e-5, atol=5e-6, **corners)

    def test_blocks(self):
        for dtype in SIGNED + [np.uint8, np.bool_]:
            for block in (2, 3):
                for channels in (1, 4):
                    x = self.images(2 * block, 3 * block, dtype, channels)
                    self.add("space_to_depth", x, block_size=block, grad=dtype in FLOATS, static=True,
                             like=lambda x, b=block: tf.nn.space_to_depth(x, b))
                    x = self.images(3, 2, dtype, channels * block * block)
                    self.add("depth_to_space", x, block_size=block, grad=dtype in FLOATS, static=True,
                             like=lambda x, b=block: tf.nn.depth_to_space(x, b))

    def test_response_normalization(self):
        for options in ({}, {"depth_radius": 2}, {"depth_radius": 1, "bias": 2.0, "alpha": 0.3, "beta": 0.75}):
            for channels in (1, 4, 17):
                self.add("lrn", self.images(3, 4, F32, channels), grad=True, static=True, rtol=2e-5, atol=1e-5,
                         like=lambda x, o=options: tf.nn.lrn(x, **o), **options)

    def test_patches(self):
        for dtype in SIGNED:
            for size, step, rate in [((2, 2), (1, 1), (1, 1)), ((3, 2), (2, 3), (1, 1)), ((2, 3), (1, 2), (2, 1)), ((1, 1), (2, 2), (1, 1))]:
                for padding in ("SAME", "VALID"):
                    attrs = {"ksizes": [1, *size, 1], "strides": [1, *step, 1], "rates": [1, *rate, 1], "padding": padding}
                    self.add("extract_image_patches", self.images(6, 7, dtype), grad=dtype in FLOATS, static=True,
                             like=lambda x, a=attrs: v1.extract_image_patches(x, **a), **attrs)

    def test_crops(self):
        boxes = np.concatenate([self.draw((9, 4), F32, 0.02, 0.98), np.array([[-0.3, 0.2, 1.4, 0.9], [0.9, 0.8, 0.1, 0.2]], F32)])
        numbers = self.random.integers(0, 2, len(boxes)).astype(I32)
        for size in [(3, 4), (1, 1), (1, 5), (7, 2)]:
            for method in ("bilinear", "nearest"):
                like = lambda x, b, n, s=size, m=method: v1.image.crop_and_resize(x, b, n, s, m, 0.5)
                self.add("crop_and_resize", self.images(6, 5), boxes, numbers, crop_size=size, method=method,
                         extrapolation_value=0.5, like=like, grad=method == "bilinear", static=True, rtol=1e-4, atol=1e-4)

    def test_maxima_and_positions(self):
        for dtype in SIGNED:
            for size, step in [((2, 2), (2, 2)), ((3, 2), (1, 2)), ((3, 3), (2, 1))]:
                for padding in ("SAME", "VALID"):
                    for batch in (False, True):
                        for index in (tf.int32, tf.int64):
                            x = (self.random.permutation(2 * 5 * 6 * 3).reshape(2, 5, 6, 3) / 7).astype(dtype)
                            self.add("MaxPoolWithArgmax", x, ksize=[1, *size, 1], strides=[1, *step, 1], padding=padding,
                                     include_batch_in_index=batch, Targmax=index)
        for padding in ("SAME", "VALID"):
            x = (self.random.permutation(180).reshape(2, 5, 6, 3) / 7).astype(F64)
            attrs = {"ksize": [1, 3, 2, 1], "strides": [1, 2, 1, 1], "padding": padding}
            like = lambda x, a=attrs: tf.raw_ops.MaxPoolWithArgmax(input=x, **a)
            self.add("MaxPoolWithArgmax", x.astype(F32), grad=True, like=like, **attrs)


if __name__ == "__main__":
    unittest.main()
