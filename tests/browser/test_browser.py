"""The demo's log in a real TensorBoard, seen by a real browser. Screenshots stay in <build>/screenshots for people to look at."""

import io
import os
import shutil
import subprocess
import tempfile
import time
import unittest

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from tensorboard_server import TensorBoard

BINARY = os.environ["SUMI_BINARY_DIR"]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
STEPS = 60
# The line charts are drawn by WebGL, here in software.
GRAPHICS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
TIMEOUT_MS = 90_000

# Texts and elements are looked for in all shadow roots: TensorBoard's pages are web components.
ALL = """(css) => {
  const found = [];
  const walk = (root) => {
    found.push(...root.querySelectorAll(css));
    for (const element of root.querySelectorAll('*')) if (element.shadowRoot) walk(element.shadowRoot);
  };
  walk(document);
  return found;
}"""


class Browser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.logdir = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.logdir)
        demo = os.path.join(BINARY, "examples", "fashion_mnist")
        done = subprocess.run(
            [demo, "--steps", str(STEPS), "--logdir", cls.logdir, "--intervals", "predictions=20,last; confusion=30,last"],
            capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr
        cls.board = cls.enterClassContext(TensorBoard(cls.logdir))
        playwright = cls.enterClassContext(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=GRAPHICS)
        cls.addClassCleanup(browser.close)
        cls.page = browser.new_page(viewport={"width": 1500, "height": 1000})
        cls.errors = []
        cls.page.on("pageerror", lambda error: cls.errors.append(str(error)))
        cls.screenshots = os.path.join(BINARY, "screenshots")
        os.makedirs(cls.screenshots, exist_ok=True)

    def open(self, tab):
        self.errors.clear()
        self.page.goto(f"{self.board.url}/#{tab}")
        self.page.reload()

    def count(self, css, condition="true"):
        return self.page.evaluate(f"(css) => ({ALL})(css).filter((e) => {condition}).length", css)

    def text(self):
        return self.page.evaluate(f"() => ({ALL})('*').filter((e) => !e.children.length && e.tagName !== 'STYLE')"
                                  ".map((e) => e.textContent.trim()).filter(Boolean).join('\\n')")

    def wait(self, what, predicate):
        deadline = time.monotonic() + TIMEOUT_MS / 1000
        while time.monotonic() < deadline:
            if predicate():
                return
            time.sleep(0.3)
        self.screenshot("failed")
        self.fail(f"never seen: {what}")

    def screenshot(self, name):
        self.page.screenshot(path=os.path.join(self.screenshots, name + ".png"))

    def test_scalars_show_curves_with_the_logged_values(self):
        self.open("timeseries")
        for tag in ("accuracy", "loss", "gradient_norm", "learning_rate"):
            self.wait(f"the curve {tag}", lambda: tag in self.text().split("\n"))
        self.wait("drawn curves", lambda: self.count("line-chart, scalar-card") >= 4)
        self.wait("the last step", lambda: str(STEPS - 1) in self.text().split("\n"))
        self.wait("a curve's pixels", self.curve_is_drawn)
        self.screenshot("timeseries")
        self.assertEqual(self.errors, [])

    def curve_is_drawn(self):
        """Does the first chart hold pixels of a line: neither white, nor the greys of its grid?"""
        chart = self.page.locator("line-chart").first
        chart.scroll_into_view_if_needed()
        pixels = np.asarray(Image.open(io.BytesIO(chart.screenshot())).convert("RGB")).astype(int)
        return np.count_nonzero(np.ptp(pixels, axis=-1) > 20) > 30

    def test_images_show_the_gallery_and_the_slider_moves_through_its_steps(self):
        self.open("images")
        self.wait("the tags", lambda: {"confusion", "filters", "mistakes", "predictions"} <= set(self.text().split("\n")))
        self.screenshot("images")
        self.open("images&tagFilter=predictions")  # pages and closed categories load nothing
        self.wait("the gallery", lambda: self.count("img", "e.naturalWidth > 800 && e.naturalHeight > 800") >= 1)
        self.screenshot("predictions")
        slider = self.page.evaluate_handle(
            f"() => ({ALL})('tf-image-loader').find((e) => e.tag === 'predictions')").as_element()
        self.assertIsNotNone(slider)
        steps = slider.evaluate("(e) => e._steps.map((s) => s.step)")
        self.assertEqual(steps, [0, 20, 40, STEPS - 1])
        source = "(e) => { const i = e.shadowRoot.querySelector('img'); return i && i.complete && i.naturalWidth > 800 ? i.src : ''; }"
        shown = [slider.evaluate(source)]  # the last step's
        for index in range(len(steps) - 1):
            slider.evaluate("(e, index) => { e._stepIndex = index; }", index)
            self.wait(f"another picture at step {steps[index]}",
                      lambda: slider.evaluate(source) not in ("", *shown))
            shown.append(slider.evaluate(source))
        self.assertEqual(len(set(shown)), len(steps))
        self.assertEqual(self.errors, [])

    def test_histograms_are_drawn(self):
        self.open("histograms&tagFilter=weights%2Fconv1")
        self.wait("the weights", lambda: "weights/conv1/kernel" in self.text())
        self.wait("outlines", lambda: self.count("path.outline, .histogram path, histogram path") >= 1)
        self.screenshot("histograms")
        self.assertEqual(self.errors, [])

    def test_the_graph_shows_its_layers(self):
        self.open("graphs")
        for layer in ("conv1", "pool1", "conv2", "pool2", "dense1", "logits"):
            self.wait(layer, lambda: layer in self.text().split("\n"))
        self.screenshot("graphs")
        self.assertEqual(self.errors, [])

    def test_hparams_show_the_trial_and_its_metrics(self):
        self.open("hparams")
        for text in ("run-001", "batch", "learning_rate", "adam", "accuracy/test"):
            self.wait(text, lambda: text in self.text())
        self.screenshot("hparams")
        self.assertEqual(self.errors, [])

    def test_text_shows_the_configuration_as_a_table(self):
        self.open("text")
        self.wait("the card", lambda: "conv 32, pool, conv 64, pool, dense 128" in self.text())
        self.assertGreaterEqual(self.count("td"), 16)  # eight settings and their values
        self.screenshot("text")
        self.assertEqual(self.errors, [])


if __name__ == "__main__":
    unittest.main()
