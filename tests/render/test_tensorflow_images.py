"""Pictures made of numbers, against TensorFlow's own image summary, decoded by TensorFlow's own decode_png."""
import os
import struct
import subprocess
import unittest

import numpy as np
import tensorflow as tf

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests", "programs", "render_run_pixels")
RED = (255, 0, 0, 255)


def ours(batch, bad_color=RED, low=0.0, high=0.0):
    """The PNGs of a [n, h, w, c] batch."""
    arguments = [batch.dtype.name, *map(str, batch.shape), ",".join(map(str, bad_color)), repr(low), repr(high)]
    out = subprocess.run([PROGRAM, *arguments], input=batch.tobytes(), stdout=subprocess.PIPE, check=True).stdout
    pngs = []
    while out:
        size = struct.unpack("<Q", out[:8])[0]
        pngs.append(out[8 : 8 + size])
        out = out[8 + size :]
    return pngs


def theirs(batch, bad_color=RED):
    """The PNGs of TensorFlow's ImageSummary op, and the colour spaces it notes."""
    tensor = tf.compat.v1.make_tensor_proto(np.array(bad_color, np.uint8))
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        summary = tf.raw_ops.ImageSummary(tag="x", tensor=tf.constant(batch), max_images=len(batch), bad_color=tensor)
        message = tf.compat.v1.Summary.FromString(session.run(summary))
    return [value.image for value in message.value]


def decode(png):
    return tf.io.decode_png(png).numpy()


class ImageSummary(unittest.TestCase):
    def assert_same(self, batch, bad_color=RED):
        mine, tensorflow = ours(batch, bad_color), theirs(batch, bad_color)
        self.assertEqual(len(mine), len(tensorflow))
        for png, image in zip(mine, tensorflow):
            pixels = decode(png)
            self.assertEqual(pixels.shape, (image.height, image.width, image.colorspace))
            np.testing.assert_array_equal(pixels, decode(image.encoded_image_string))

    def test_floats_of_every_sign_size_and_channel_count(self):
        random = np.random.default_rng(1)
        for channels in (1, 3, 4):
            for dtype in (np.float32, np.float64):
                for scale in (1e-30, 1e-7, 1e-3, 1, 255, 1e30):
                    for shift in (-2, -1, -0.1, 0, 0.5, 10):
                        batch = ((random.random((3, 13, 17, channels)) + shift) * scale).astype(dtype)
                        self.assert_same(batch)

    def test_every_float_of_a_fine_ramp_is_cut_to_the_same_byte(self):
        for low, high in ((0, 1), (-1, 1), (-3, 1), (0, 255), (-0.3, 7)):
            ramp = np.linspace(low, high, 65536, dtype=np.float32).reshape(1, 256, 256, 1)
            self.assert_same(ramp)

    def test_pixels_that_are_not_finite(self):
        random = np.random.default_rng(2)
        for channels in (1, 3, 4):
            batch = random.normal(size=(2, 9, 8, channels)).astype(np.float32)
            batch[0, 0, 0, 0] = np.nan
            batch[0, 3, 4, channels - 1] = np.inf
            batch[1, 8, 7, :] = -np.inf
            self.assert_same(batch)
            self.assert_same(batch, bad_color=(1, 2, 3, 128))
            self.assert_same(np.full((1, 3, 2, channels), np.nan, np.float32))

    def test_constant_pictures(self):
        for value in (0, 1e-7, 1, -1, -1e-7, 3e38, -3e38, 1e-45):
            self.assert_same(np.full((1, 4, 5, 3), value, np.float32))

    def test_bytes(self):
        random = np.random.default_rng(3)
        for channels in (1, 3, 4):
            self.assert_same(random.integers(0, 256, (2, 31, 7, channels), np.uint8))

    def test_a_range_of_0_to_1_is_tensorflow_2s_conversion(self):
        values = np.linspace(-0.5, 1.5, 4096, dtype=np.float32).reshape(1, 64, 64, 1)
        expected = tf.image.convert_image_dtype(values, tf.uint8, saturate=True).numpy()[0]
        np.testing.assert_array_equal(decode(ours(values, low=0.0, high=1.0)[0]), expected)


if __name__ == "__main__":
    unittest.main()
