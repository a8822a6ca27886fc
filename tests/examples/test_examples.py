"""Runs the example programs and checks what they print and write against NumPy, TensorFlow's documented behaviour,
TensorBoard's own loader, and numbers worked by hand."""

import os
import re
import subprocess
import tempfile
import unittest

import io

import numpy as np
from PIL import Image
from tensorboard.backend.event_processing import event_accumulator

BINARY = os.environ["SUMI_BINARY_DIR"]


def run(name, *arguments, **options):
    command = [os.path.join(BINARY, "examples", name), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == 0, f"{name} ended with {done.returncode}: {done.stderr}"
    return done.stdout


def parse(text):
    """The array that NumPy's layout spells."""
    return np.array(eval(re.sub(r"(?<=[\d.\]])\s+(?=[-\d\[])", ",", text.strip()), {"nan": np.nan, "inf": np.inf}))


def images_of(folder, tag):
    accumulator = event_accumulator.EventAccumulator(folder, size_guidance={event_accumulator.TENSORS: 0})
    accumulator.Reload()
    return {event.step: event.tensor_proto.string_val for event in accumulator.Tensors(tag)}


class Examples(unittest.TestCase):
    def test_01_prints_a_matrix_in_numpys_layout(self):
        text = run("01_arrays")
        matrix = parse(text)
        self.assertEqual(matrix.shape, (10, 10))
        self.assertEqual(text.rstrip("\n"), str(matrix))

    def test_02_prints_the_symbol_then_values_that_differ_from_run_to_run(self):
        first, second = run("02_symbols"), run("02_symbols")
        head = 'Tensor("MatMul:0", shape=(10, 10), dtype=float32)'
        for text in (first, second):
            symbol, values = text.split("\n", 1)
            self.assertEqual(symbol, head)
            self.assertEqual(parse(values).shape, (10, 10))
        self.assertNotEqual(first, second)

    def test_03_finds_the_curve(self):
        lines = run("03_curve_fit").splitlines()
        losses = [float(line) for line in lines[:-3]]
        self.assertEqual(len(losses), 1000)
        self.assertLess(losses[-1], losses[0] / 100)
        w = parse("\n".join(lines[-3:]))
        # The least-squares optimum with the 0.1 shrinkage is (5, 0, 3 - a little); a thousand steps of Adam from a random
        # start end near it, as the article's 4.9924, 0.0004, 3.4504 do.
        self.assertEqual(w.shape, (3, 1))
        self.assertAlmostEqual(w[0, 0], 5, delta=0.05)
        self.assertAlmostEqual(w[1, 0], 0, delta=0.05)
        self.assertTrue(2.5 < w[2, 0] < 4.2, w)

    def test_04_shows_static_and_dynamic_shapes(self):
        lines = run("04_shapes").splitlines()
        self.assertEqual(lines[0], 'Tensor("a:0", shape=(?, 128), dtype=float32)')
        self.assertEqual(lines[1], "static shape (?, 128)")
        self.assertEqual(lines[2], 'Tensor("Shape:0", shape=(2,), dtype=int32)')
        self.assertEqual(lines[3], 'Tensor("same:0", shape=(?, 128), dtype=float32)')
        self.assertEqual(lines[4], 'Tensor("reshaped:0", shape=(32, 128), dtype=float32)')
        self.assertEqual(lines[5], str(np.array([7, 128])))
        self.assertEqual(lines[6], 'Tensor("a:0", shape=(32, 128), dtype=float32)')
        self.assertIn("refused: set_shape of 'a:0'", lines[7])
        self.assertIn("(32, 128) contradicts (64, ?)", lines[7])

    def test_05_knows_the_product_of_static_sizes(self):
        self.assertEqual(run("05_reshape").splitlines(), ["(?, 320)", "(?, 320)", "(4, 320)"])

    def test_06_broadcasts_without_a_tiled_copy(self):
        lines = run("06_broadcast").splitlines()
        expected = str(np.array([[1.0, 2], [3, 4]]) + np.array([[1.0], [2]])).splitlines()
        self.assertEqual(lines[:4], expected * 2)
        tiled, broadcast = (int(re.search(r"(\d+) bytes", line).group(1)) for line in lines[4:6])
        self.assertGreaterEqual(tiled, 4_000_000)  # the tiled copy: 1000 x 1000 float32
        self.assertLess(broadcast, tiled - 3_900_000)
        self.assertEqual([re.search(r"sum (\S+),", line).group(1) for line in lines[4:6]], ["3e+06"] * 2)

    def test_07_dense_before_the_broadcast_takes_less(self):
        lines = run("07_tile_concat_dense").splitlines()
        figures = [re.search(r"loss (\S+) -> (\S+), (\d+) bytes", line).groups() for line in lines[:2]]
        for first, last, _ in figures:
            self.assertLess(float(last), float(first))
        self.assertLess(int(figures[1][2]), int(figures[0][2]))

    def test_08_shows_the_surprise_and_how_to_refuse_it(self):
        lines = run("08_broadcast_surprise").splitlines()
        self.assertEqual(lines[:2], ["12", "[5. 7.]"])
        self.assertIn("(2, 1)", lines[2])
        self.assertIn("(2,)", lines[2])
        self.assertEqual(lines[2].count("made at"), 2)

    def test_09_a_c_function_is_an_op_with_a_gradient(self):
        x = np.array([-2.0, -1, 0, 1, 2])
        self.assertEqual(run("09_host_relu").splitlines(), [str(np.maximum(x, 0.0)), str((x > 0).astype(np.float32))])

    def test_10_a_wrong_gradient_is_found(self):
        lines = run("10_gradient_check").splitlines()
        right, wrong = (float(re.match(r"\w+: (\S+)", line).group(1)) for line in lines)
        self.assertLess(right, 1e-2)
        self.assertGreater(wrong, 0.5)

    def test_11_pictures_are_scaled_as_tensorflow_scales_them(self):
        with tempfile.TemporaryDirectory() as folder:
            run("11_image_summary", folder)
            series = images_of(folder, "image")
        self.assertEqual(sorted(series), [0, 1, 2])
        y, x = np.mgrid[0:32, 0:32].astype(np.float32)
        for step, strings in series.items():
            self.assertEqual(strings[:2], [b"32", b"32"])
            self.assertEqual(len(strings), 5)
            for n, png in enumerate(strings[2:]):
                pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
                wanted = np.stack([x if c == n else y for c in range(3)], -1) * 255 / 31
                np.testing.assert_allclose(pixels, wanted, atol=1)

    def test_12_each_picture_is_drawn_with_its_label(self):
        with tempfile.TemporaryDirectory() as folder:
            run("12_labeled_images", folder)
            (step, strings), = images_of(folder, "image").items()
        self.assertEqual(step, 0)
        picture = Image.open(io.BytesIO(strings[2]))
        self.assertEqual([str(n).encode() for n in picture.size], list(strings[:2]))
        self.assertGreater(picture.size[0], picture.size[1])  # six columns, two rows
        self.assertGreater(len(np.unique(np.asarray(picture.convert("L")))), 16)

    def test_13_a_page_of_code_classifies(self):
        text = run("13_classifier")
        self.assertGreater(float(re.search(r"test accuracy ([\d.]+)", text).group(1)), 0.9)


if __name__ == "__main__":
    unittest.main()
