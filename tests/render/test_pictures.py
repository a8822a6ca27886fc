"""Every kind of picture, drawn by write_gallery, seen by programs that are not ours: pngcheck, Pillow, NumPy, json.

The reference pictures in data/ were looked at by a person before they were accepted. To accept new ones, run this file
with --accept in the tests' environment and look at each of them.
"""
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest

import numpy as np
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data")
PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests", "programs", "render_write_gallery")
REFERENCES = ["chinese", "confusion", "detection_small", "film_strip", "filters", "lines", "matches", "matches_masks", "pr_chart", "single", "worst"]
MAX_REFERENCE_BYTES = 60000


def draw(folder):
    subprocess.run([PROGRAM, folder], check=True)
    return {name[:-4]: os.path.join(folder, name) for name in sorted(os.listdir(folder))}


def rgb(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(np.int32)


def ink(pixels):
    """How much is drawn in each window of 10 by 12 pixels, a small letter or two: the mean step to the next pixel. Fonts of
    another version move the ink of a letter, and do not take it away."""
    gray = pixels.mean(axis=2)
    steps = np.abs(np.diff(gray, axis=1, prepend=gray[:, :1])) + np.abs(np.diff(gray, axis=0, prepend=gray[:1]))
    height, width = 10, 12
    sums = np.pad(steps.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    y = np.arange(0, steps.shape[0] - height + 1, height // 2)[:, None]
    x = np.arange(0, steps.shape[1] - width + 1, width // 2)
    return (sums[y + height, x + width] - sums[y, x + width] - sums[y + height, x] + sums[y, x]) / (height * width)


def lost(reference, drawn):
    """The windows where half of the ink has gone, or has come."""
    a, b = ink(reference), ink(drawn)
    return np.argwhere(np.maximum(a, b) > 2 * np.minimum(a, b) + 4)


def luminance(pixels):
    """WCAG 2.1, relative luminance."""
    c = pixels / 255.0
    linear = np.where(c <= 0.03928, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


class Pictures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.paths = draw(cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def annotations(self, name):
        with Image.open(self.paths[name]) as image:
            image.load()
            return json.loads(image.text["sumi"])

    def test_pngcheck_finds_nothing_wrong(self):
        done = subprocess.run(["pngcheck", *self.paths.values()], stdout=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_two_runs_give_the_same_bytes(self):
        with tempfile.TemporaryDirectory() as again:
            for name, path in draw(again).items():
                with open(path, "rb") as a, open(self.paths[name], "rb") as b:
                    self.assertEqual(a.read(), b.read(), name)

    def test_a_locale_with_a_decimal_comma_changes_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            made = subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", os.path.join(folder, "de_DE.UTF-8")],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.assertEqual(made.returncode, 0, "localedef could not make a German locale")
            pictures = os.path.join(folder, "pictures")
            os.mkdir(pictures)
            env = dict(os.environ, LOCPATH=folder, LC_ALL="de_DE.UTF-8")
            subprocess.run([PROGRAM, pictures], check=True, env=env)
            for name, path in self.paths.items():
                with open(path, "rb") as a, open(os.path.join(pictures, name + ".png"), "rb") as b:
                    self.assertEqual(a.read(), b.read(), name)

    def test_annotations_are_json_that_names_every_prediction(self):
        gallery = self.annotations("gallery")
        self.assertEqual((gallery["kind"], gallery["title"], gallery["columns"]), ("gallery", "Test predictions", 8))
        self.assertEqual([cell["id"] for cell in gallery["cells"]], list(range(64)))
        for cell in gallery["cells"]:
            self.assertEqual(cell["verdict"], "wrong" if cell["id"] % 7 == 3 else "right")
            self.assertEqual(cell["verdict"] == "right", cell["label"] == cell["truth"])
        chinese = self.annotations("chinese")
        self.assertEqual(chinese["cells"][1]["label"], "长裤")
        worst = [cell["score"] for cell in self.annotations("worst")["cells"]]
        self.assertEqual(worst, sorted(worst, reverse=True))
        detection = self.annotations("detection")["cells"][0]
        self.assertEqual([box.get("layer", "predicted") for box in detection["boxes"]],
                         ["predicted", "truth", "predicted", "predicted", "predicted"])
        self.assertEqual(detection["boxes"][4]["score"], "nan")

    def test_frames_have_the_color_of_the_verdict(self):
        pixels = rgb(self.paths["gallery"])
        for cell in self.annotations("gallery")["cells"]:
            x, y, w, h = cell["picture"]
            expected = (0x00, 0x72, 0xB2) if cell["verdict"] == "right" else (0xD5, 0x5E, 0x00)
            for v, u in ((y - 1, x), (y + h, x + w - 1), (y + 5, x - 1), (y + 5, x + w)):
                self.assertEqual(tuple(pixels[v, u]), expected)

    def test_captions_have_a_contrast_of_4_5_and_stay_in_their_cells(self):
        for name in ("gallery", "chinese", "unlabelled"):
            pixels = rgb(self.paths[name])
            cells = self.annotations(name)["cells"]
            outside = np.ones(pixels.shape[:2], bool)
            for cell in cells:
                x, y, w, h = cell["cell"]
                outside[y : y + h, x : x + w] = False
                top = cell["picture"][1] + cell["picture"][3] + 3
                if "label" in cell:
                    text = luminance(pixels[top : top + 20, x : x + w // 2])
                    self.assertGreaterEqual(1.05 / (text.min() + 0.05), 4.5, (name, cell["id"]))
            first = min(cell["cell"][1] for cell in cells)
            outside[:first] = False
            self.assertTrue((pixels[outside] == 255).all(), name)

    def test_references_agree(self):
        for name in REFERENCES:
            path = os.path.join(DATA, name + ".png")
            self.assertLess(os.path.getsize(path), MAX_REFERENCE_BYTES)
            reference, drawn = rgb(path), rgb(self.paths[name])
            self.assertEqual(reference.shape, drawn.shape, name)
            difference = np.abs(reference - drawn).max(axis=2)
            self.assertLess(difference.mean(), 1.0, name)
            self.assertLess((difference > 64).mean(), 0.005, name)
            self.assertEqual(lost(reference, drawn).tolist(), [], name)

    def test_letters_that_are_lost_from_a_reference_are_seen(self):
        """Two letters of the name of an axis: far less than what the share of pixels that may differ would let pass."""
        drawn = rgb(self.paths["lines"])
        top, left = np.argwhere((drawn < 128).all(axis=2))[-1] - (8, 10)
        without = drawn.copy()
        without[top : top + 12, left : left + 14] = 255
        difference = np.abs(drawn - without).max(axis=2)
        self.assertTrue(0 < (difference > 64).mean() < 0.005)
        self.assertGreater(len(lost(drawn, without)), 0)


def accept():
    os.makedirs(DATA, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        paths = draw(folder)
        for name in REFERENCES:
            packed = io.BytesIO()
            with Image.open(paths[name]) as image:
                image.convert("RGB").save(packed, "PNG", optimize=True)
            with open(os.path.join(DATA, name + ".png"), "wb") as file:
                file.write(packed.getvalue())


if __name__ == "__main__":
    if sys.argv[1:] == ["--accept"]:
        accept()
    else:
        unittest.main()
