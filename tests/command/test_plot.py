"""sumi plot: charts in files, seen by programs that are not ours: Pillow, PDFium, an XML parser; smoothing against pandas."""
import json
import os
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

import numpy as np
import pandas as pd
import pypdfium2
from PIL import Image

from test_command import ENVIRONMENT, PROGRAM, json_lines, number, sumi, write_scalars

SVG = "{http://www.w3.org/2000/svg}"
# The first colours of Okabe and Ito's palette, as the charts use it.
COLORS = [(0, 114, 178), (230, 159, 0), (0, 158, 115)]


def strokes(path):
    """[(color, opacity, [[(x, y)…]…])] of the lines of an SVG file, as cairo 1.16 and 1.18 write them."""
    found = []
    for element in xml.etree.ElementTree.parse(path).iter(SVG + "path"):
        style = dict(part.strip().split(":", 1) for part in element.get("style", "").split(";") if ":" in part) | element.attrib
        color = re.fullmatch(r"rgb\((.*)%, ?(.*)%, ?(.*)%\)", style.get("stroke", ""))
        if color:
            lines = [[tuple(map(float, pair)) for pair in re.findall(r"([-\d.]+) ([-\d.]+)", line)] for line in element.get("d").split("M")[1:]]
            found.append((tuple(round(float(part) * 2.55) for part in color.groups()), float(style.get("stroke-opacity", 1)), lines))
    return found


class Charts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root, cls.out = os.path.join(folder.name, "in"), folder.name
        generator = np.random.default_rng(5)
        cls.loss = np.exp(generator.normal(size=(3, 40))).astype(np.float32)
        cls.rate = np.float32([.1, .01, .001])
        for run in range(3):
            write_scalars(os.path.join(cls.root, f"run{run}"), {"loss": dict(enumerate(cls.loss[run], 1)),
                                                               "rate": {1: cls.rate[run], 40: cls.rate[run] / 2}})

    def draw(self, name, *arguments):
        path = os.path.join(self.out, name)
        self.assertEqual(sumi("plot", "-o", path, *arguments, self.root), "")
        self.addCleanup(os.remove, path)
        return path

    def test_a_line_of_an_svg_is_the_values(self):
        for log in (False, True):
            lines = strokes(self.draw(f"log_{log}.svg", "-t", "loss", *(["--log", "xy"] if log else [])))
            self.assertEqual([color for color, _, _ in lines], COLORS)
            x_scale = y_scale = None
            for run, (_, opacity, (points,)) in enumerate(lines):
                self.assertEqual(opacity, 1)
                u, v = np.array(points).T
                x, y = np.arange(1., 41), self.loss[run].astype(float)
                if log:
                    x, y = np.log10(x), np.log10(y)
                x_fit, y_fit = np.polyfit(x, u, 1), np.polyfit(y, v, 1)
                np.testing.assert_allclose(np.polyval(x_fit, x), u, atol=.02)
                np.testing.assert_allclose(np.polyval(y_fit, y), v, atol=.02)
                self.assertLess(y_fit[0], 0)  # upwards
                if run:  # all on one pair of axes
                    np.testing.assert_allclose([*x_fit, *y_fit], [*x_scale, *y_scale], rtol=1e-3)
                x_scale, y_scale = x_fit, y_fit

    def test_formats_show_the_same(self):
        png, pdf = self.draw("b.png"), self.draw("b.pdf")
        with Image.open(png) as image:
            self.assertEqual(image.size, (2 * 640, 400))
            pixels = np.asarray(image.convert("RGB")).astype(int)
        document = pypdfium2.PdfDocument(pdf)
        self.assertEqual((len(document), document[0].get_size()), (1, (960, 300)))
        words = document[0].get_textpage().get_text_bounded().split()
        self.assertGreaterEqual(set(words), {"loss", "rate", "run0", "run1", "run2", "step"})
        printed = np.asarray(document[0].render(scale=1 / .75).to_pil().convert("RGB")).astype(int)
        document.close()
        self.assertEqual(printed.shape, pixels.shape)
        for color in COLORS:
            ours, theirs = (np.abs(page - color).sum(axis=2) < 60 for page in (pixels, printed))
            self.assertGreater(ours.sum(), 500)
            self.assertLess(abs(ours.sum() - theirs.sum()), .2 * ours.sum())

    def test_several_tags_in_a_chart(self):
        path = self.draw("c.pdf", "--together", "--size", "800x500")
        document = pypdfium2.PdfDocument(path)
        self.assertEqual(document[0].get_size(), (600, 375))
        text = document[0].get_textpage().get_text_bounded()
        document.close()
        for run in range(3):
            for tag in ("loss", "rate"):
                self.assertIn(f"{tag}, run{run}", text)

    def test_smoothing_is_a_debiased_average(self):
        write_scalars(os.path.join(self.out, "odd"), {"x": {0: 5., 1: float("nan"), 2: 1., 3: float("inf"), 4: 2.}, "flat": {0: .1, 1: .1, 2: .1}})
        for weight in (.3, .9):
            points = json_lines(sumi("plot", "--json", "--smooth", str(weight), self.root))
            for run in range(3):
                ours = [p["value"] for p in points if (p["tag"], p["run"]) == ("loss", f"run{run}")]
                np.testing.assert_allclose(ours, pd.Series(self.loss[run].astype(float)).ewm(alpha=1 - weight).mean(), rtol=1e-12)
            odd = [number(p["value"]) for p in json_lines(sumi("plot", "--json", "--smooth", str(weight), os.path.join(self.out, "odd")))]
            kept = pd.Series([5., 1., 2.]).ewm(alpha=1 - weight).mean()
            np.testing.assert_allclose(odd, [kept[0], np.nan, kept[1], np.inf, kept[2], *np.float32([.1] * 3)], rtol=1e-7)
        raw = json_lines(sumi("plot", "--json", self.root))
        self.assertEqual([np.float32(p["value"]) for p in raw if p["tag"] == "loss"], list(self.loss.ravel()))
        lines = strokes(self.draw("d.svg", "-t", "loss", "--smooth", "0.5"))
        self.assertEqual([(color, opacity < .5) for color, opacity, _ in lines], [(c, True) for c in COLORS] + [(c, False) for c in COLORS])

    def test_bands_are_numpys_statistics(self):
        loss = self.loss.astype(float)
        for band, low, high in (("minmax", loss.min(axis=0), loss.max(axis=0)),
                                ("std", loss.mean(axis=0) - loss.std(axis=0), loss.mean(axis=0) + loss.std(axis=0))):
            points = json_lines(sumi("plot", "--json", "--band", band, "-t", "loss", self.root))
            self.assertEqual([(p["tag"], p["step"]) for p in points], [("loss", step) for step in range(1, 41)])
            for key, expected in (("value", loss.mean(axis=0)), ("low", low), ("high", high)):
                np.testing.assert_allclose([p[key] for p in points], expected, rtol=1e-9, atol=1e-12)
        document = pypdfium2.PdfDocument(self.draw("e.pdf", "--band", "std"))
        self.assertEqual(document[0].get_textpage().get_text_bounded().count("mean of 3 runs"), 2)
        document.close()

    def test_what_cannot_be_drawn_is_refused(self):
        def refused(status, *arguments):
            answer = subprocess.run([PROGRAM, "plot", *arguments, self.root], capture_output=True, text=True, env=ENVIRONMENT)
            self.assertEqual((answer.returncode, answer.stdout), (status, ""))
            return answer.stderr
        self.assertIn("'x.gif' ends in none of .png, .svg and .pdf", refused(2, "-o", "x.gif"))
        self.assertIn("--smooth is 1; 0 to less than 1", refused(2, "--smooth", "1"))
        self.assertIn("'0x5' is no value of --size", refused(2, "-o", "x.png", "--size", "0x5"))
        self.assertIn("'5' is no value of --size", refused(2, "-o", "x.png", "--size", "5"))
        self.assertIn("'z' is no value of --log", refused(2, "-o", "x.png", "--log", "z"))
        self.assertIn("--band needs --output or --json", refused(2, "--band", "std"))
        self.assertIn("need --output", refused(2, "--together"))
        path = os.path.join(self.out, "no.svg")
        self.assertIn("100 x 400 pixels; 160 x 120 to", refused(1, "-o", path, "--size", "100x400"))
        self.assertIn("no scalars to draw", refused(1, "-o", path, "-t", "none"))
        self.assertIn("cannot create", refused(1, "-o", os.path.join(self.out, "no/such.png")))
        with tempfile.TemporaryDirectory() as many:
            for run in range(33):
                write_scalars(os.path.join(many, str(run)), {"loss": {0: 1.}})
            answer = subprocess.run([PROGRAM, "plot", "-o", path, many], capture_output=True, text=True, env=ENVIRONMENT)
            self.assertEqual(answer.returncode, 1)
            self.assertIn("would have 33 curves, at most 32", answer.stderr)
        self.assertFalse(os.path.exists(path))


if __name__ == "__main__":
    unittest.main(verbosity=2)
