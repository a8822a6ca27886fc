"""Pictures: decoded, moved, resized and coloured as by tf.image; folders as Keras reads them."""
import itertools
import os
import pathlib
import subprocess
import tempfile
import unittest

import numpy as np
import tensorflow as tf
from PIL import Image

PROGRAM = pathlib.Path(os.environ["SUMI_BINARY_DIR"]) / "tests/programs/tensor_run_images"
UINT8, FLOAT32 = 4, 1  # sumi_dtype_t, numbered as on the wire


class Images(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.random = np.random.default_rng(3)

    def run_program(self, *arguments):
        return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=60)

    def of_sumi(self, op, source, *numbers):
        if isinstance(source, np.ndarray):
            np.save(self.folder / "in.npy", source)
            source = self.folder / "in.npy"
        done = self.run_program(op, source, self.folder / "out.npy", *numbers)
        self.assertEqual(done.stderr, "", (op, numbers))
        return np.load(self.folder / "out.npy")

    def bytes(self, *shape):
        return self.random.integers(0, 256, shape, dtype=np.uint8)

    def floats(self, *shape):
        return self.random.uniform(0, 1, shape).astype(np.float32)

    def pictures(self, channels=3):
        return [self.bytes(7, 10, channels), self.floats(8, 5, channels), self.bytes(2, 6, 9, channels)]

    def same(self, expected, op, picture, *numbers):
        with self.subTest(op=op, numbers=numbers, dtype=picture.dtype, shape=picture.shape):
            found = self.of_sumi(op, picture, *numbers)
            expected = np.asarray(expected)
            self.assertEqual((found.dtype, found.shape), (expected.dtype, expected.shape))
            np.testing.assert_array_equal(found, expected)

    def near(self, expected, op, picture, *numbers, atol=1e-6):
        """Bytes may differ by one where a number falls between two."""
        with self.subTest(op=op, numbers=numbers, dtype=picture.dtype, shape=picture.shape):
            found = self.of_sumi(op, picture, *numbers)
            expected = np.asarray(expected)
            self.assertEqual((found.dtype, found.shape), (expected.dtype, expected.shape))
            difference = np.abs(found.astype(np.float64) - expected.astype(np.float64))
            if found.dtype == np.uint8:
                self.assertLessEqual(difference.max(), 1)
                self.assertLessEqual(np.mean(difference > 0), 0.02)
            else:
                self.assertLessEqual(difference.max(), atol)

    def test_places(self):
        for picture in self.pictures() + self.pictures(1):
            self.same(tf.image.flip_left_right(picture), "flip_left_right", picture)
            self.same(tf.image.flip_up_down(picture), "flip_up_down", picture)
            self.same(tf.image.crop_to_bounding_box(picture, 1, 2, 4, 3), "crop", picture, 1, 2, 4, 3)
            self.same(tf.image.pad_to_bounding_box(picture, 2, 1, 12, 11), "pad", picture, 2, 1, 12, 11)
            for fraction in (0.3, 0.5, 0.87, 1):
                self.same(tf.image.central_crop(picture, fraction), "central_crop", picture, fraction)
            for height, width in itertools.product((3, 4, 7, 15), (4, 9, 12)):
                self.same(tf.image.resize_with_crop_or_pad(picture, height, width), "crop_or_pad", picture, height, width)

    def test_sizes(self):
        v1 = tf.compat.v1.image

        def bilinear(picture, size, align_corners):
            several = v1.resize_bilinear(picture.reshape(-1, *picture.shape[-3:]), size, align_corners=align_corners)
            return several.numpy().reshape(*picture.shape[:-3], *several.shape[1:])

        for picture in self.pictures():
            for height, width in ((3, 4), (14, 20), (7, 10), (1, 1), (5, 23)):
                size = (height, width)
                self.near(tf.image.resize(picture, size), "resize", picture, height, width, 0, 0, atol=1e-4)
                self.near(bilinear(picture, size, align_corners=True), "resize", picture, height, width, 0, 1, atol=1e-4)
                self.near(bilinear(picture, size, align_corners=False), "resize", picture, height, width, 0, 2, atol=1e-4)
                self.same(tf.image.resize(picture, size, "nearest"), "resize", picture, height, width, 1, 0)
                self.same(v1.resize_images(picture, size, method=1, align_corners=True), "resize", picture, height, width, 1, 1)
                self.same(v1.resize_images(picture, size, method=1), "resize", picture, height, width, 1, 2)
                # Sums of up to 70 numbers in another order: 64 times half a unit in the last place of the largest.
                rounding = float(np.max(picture)) * 64 * 2.0**-24
                self.near(tf.image.resize(picture, size, "area"), "resize", picture, height, width, 2, 0, atol=rounding)

    def test_colours(self):
        for picture in self.pictures():
            for delta in (-0.4, 0.1, 0.9):
                self.near(tf.image.adjust_brightness(picture, delta), "brightness", picture, delta)
            for factor in (0, 0.5, 1, 3):
                self.near(tf.image.adjust_contrast(picture, factor), "contrast", picture, factor, atol=1e-5)
                self.near(tf.image.adjust_saturation(picture, factor), "saturation", picture, factor, atol=1e-5)
            for delta in (-1, -0.3, 0, 0.2, 0.7):
                self.near(tf.image.adjust_hue(picture, delta), "hue", picture, delta, atol=1e-5)
            self.near(tf.image.per_image_standardization(picture), "standardize", picture, atol=1e-5)
        grey = np.full((3, 4, 3), 0.25, np.float32)
        self.near(tf.image.adjust_hue(grey, 0.3), "hue", grey, 0.3)
        self.near(tf.image.per_image_standardization(grey), "standardize", grey)

    def test_conversion(self):
        every = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
        self.same(tf.image.convert_image_dtype(every, tf.float32), "convert", every, FLOAT32)
        floats = np.linspace(-0.5, 1.5, 300, dtype=np.float32).reshape(10, 10, 3)
        self.same(tf.image.convert_image_dtype(floats, tf.uint8, saturate=True), "convert", floats, UINT8)

    def save(self, name, picture, mode=None, **options):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture, mode).save(path, **options)
        return path

    def smooth(self, height, width, channels=3):
        y, x = np.mgrid[0:height, 0:width]
        planes = [127 + 120 * np.sin(x / (5 + c) + y / (7 - c)) for c in range(channels)]
        return np.stack(planes, -1).astype(np.uint8)

    def test_png(self):
        paths = [self.save("rgb.png", self.bytes(5, 7, 3)), self.save("rgba.png", self.bytes(6, 3, 4)),
                 self.save("gray.png", self.bytes(4, 4)), self.save("la.png", self.bytes(4, 9, 2), "LA"),
                 self.save("bits.png", self.bytes(9, 9) > 99)]
        Image.fromarray(self.smooth(20, 30)).quantize(16).save(self.folder / "palette.png")
        Image.fromarray(self.random.integers(0, 65536, (5, 6)).astype(np.uint16)).save(self.folder / "deep.png")
        paths += [self.folder / "palette.png", self.folder / "deep.png"]
        for path, channels in itertools.product(paths, (0, 1, 3, 4)):
            if channels == 1 and path.name[:4] in ("rgb.", "rgba", "pale"):
                continue  # the weights of TensorFlow's PNG reader are not those of its JPEG reader
            if channels == 4 and path.name[:4] in ("pale", "bits"):
                continue  # TensorFlow's alpha is then 15 or 1 of 255
            with self.subTest(path.name, channels=channels):
                expected = tf.io.decode_png(path.read_bytes(), channels=channels).numpy()
                np.testing.assert_array_equal(self.of_sumi("decode", path, channels), expected)

    def test_jpeg(self):
        paths = [self.save("a.jpg", self.smooth(33, 50)), self.save("gray.jpeg", self.smooth(16, 24, 1)[..., 0]),
                 self.save("progressive.jpg", self.smooth(40, 31), quality=95, progressive=True, subsampling=0)]
        for path, channels in itertools.product(paths, (0, 1, 3)):
            with self.subTest(path.name, channels=channels):
                expected = tf.io.decode_jpeg(path.read_bytes(), channels=channels, dct_method="INTEGER_ACCURATE").numpy()
                np.testing.assert_array_equal(self.of_sumi("decode", path, channels), expected)
        inks = self.save("inks.jpg", self.smooth(20, 20, 4), "CMYK")
        expected = tf.io.decode_jpeg(inks.read_bytes(), dct_method="INTEGER_ACCURATE").numpy()
        np.testing.assert_array_equal(self.of_sumi("decode", inks, 0), expected)
        four = self.of_sumi("decode", paths[0], 4)
        np.testing.assert_array_equal(four[..., :3], self.of_sumi("decode", paths[0], 3))
        self.assertEqual(set(four[..., 3].ravel()), {255})

    def decoded(self, path):
        if path.suffix.lower() == ".png":
            return tf.io.decode_png(path.read_bytes(), channels=3)
        return tf.io.decode_jpeg(path.read_bytes(), channels=3, dct_method="INTEGER_ACCURATE")

    def test_folders(self):
        for i, name in enumerate(["b/2.png", "b/1.PNG", "a/x.jpg", "c d/deep/z.jpeg", "c d/a.png", "b/.hidden.png"]):
            self.save("pictures/" + name, self.smooth(8 + i, 9), format="JPEG" if name.endswith(("jpg", "jpeg")) else "PNG")
        (self.folder / "pictures/b/notes.txt").write_text("no picture")
        root = self.folder / "pictures"
        keras = tf.keras.utils.image_dataset_from_directory(root, shuffle=False, batch_size=None, image_size=(6, 5), verbose=False)
        expected = [f"{path} {label} {keras.class_names[label]}" for path, label in
                    zip([path for path in keras.file_paths if ".hidden" not in path],
                        [int(label) for path, (_, label) in zip(keras.file_paths, keras) if ".hidden" not in path])]
        self.assertEqual(len(expected), 5)
        self.assertEqual(self.run_program("folder", root).stdout.splitlines(), expected)
        pictures = [self.decoded(pathlib.Path(path)) for path in keras.file_paths if ".hidden" not in path]
        expected = np.stack([tf.image.resize(picture, (6, 5)).numpy() for picture in pictures])
        self.assertLessEqual(np.abs(self.of_sumi("pipeline", root, 6, 5) - expected).max(), 1e-4)
        labels = self.folder / "labels.csv"
        labels.write_text("b/2.png,owl\na/x.jpg,bat\nb/1.PNG,owl\n")
        self.assertEqual(self.run_program("folder", root, labels).stdout.splitlines(),
                         [f"{root}/b/2.png 1 owl", f"{root}/a/x.jpg 0 bat", f"{root}/b/1.PNG 1 owl"])
        labels.write_text("b/2.png,3\na/x.jpg,0\n")
        self.assertEqual(self.run_program("folder", root, labels).stdout.splitlines(),
                         [f"{root}/b/2.png 3 3", f"{root}/a/x.jpg 0 0"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
