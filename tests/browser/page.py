"""The page of sumi report in a browser, and logs for it. Screenshots stay in <build>/screenshots for people to look at."""
import os
import shutil
import subprocess
import tempfile
import unittest

import numpy as np
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.plugins.histogram.metadata import create_summary_metadata as histogram_metadata
from tensorboard.plugins.image.metadata import create_summary_metadata as image_metadata
from tensorboard.plugins.text.metadata import create_summary_metadata as text_metadata
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util

BINARY = os.environ["SUMI_BINARY_DIR"]
PROGRAM = os.path.join(BINARY, "command/sumi")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
ENVIRONMENT = {**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"}


class Log:
    """Event files of any tags, texts and bytes, as TensorBoard's own writer makes them."""

    def __init__(self, folder):
        self.writer = EventFileWriter(folder)
        self.time = 1.7e9

    def add(self, tag, step, **value):
        self.time += .25
        summary = summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag=tag, **value)])
        self.writer.add_event(event_pb2.Event(wall_time=self.time, step=step, summary=summary))

    def scalar(self, tag, step, value):
        self.add(tag, step, simple_value=value)

    def text(self, tag, step, text, description=""):
        self.add(tag, step, tensor=tensor_util.make_tensor_proto(np.array(text, dtype=object)),
                 metadata=text_metadata(display_name="", description=description))

    def histogram(self, tag, step, values):
        counts, edges = np.histogram(values, bins=30)
        self.add(tag, step, tensor=tensor_util.make_tensor_proto(np.stack([edges[:-1], edges[1:], counts], 1)),
                 metadata=histogram_metadata(display_name="", description=""))

    def pictures(self, tag, step, width, height, *encoded):
        texts = np.array([str(width).encode(), str(height).encode(), *encoded], dtype=object)
        self.add(tag, step, tensor=tensor_util.make_tensor_proto(texts), metadata=image_metadata(display_name="", description=""))

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.writer.close()


def event_file(folder):
    return next(os.path.join(folder, name) for name in os.listdir(folder) if "tfevents" in name)


class PageCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.root)
        playwright = cls.enterClassContext(sync_playwright())
        cls.browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        cls.addClassCleanup(cls.browser.close)
        cls.screenshots = os.path.join(BINARY, "screenshots")
        os.makedirs(cls.screenshots, exist_ok=True)

    def folder(self, name):
        return os.path.join(self.root, name)

    def open(self, url, height=3000, **options):
        """A page in a browser without a network; what it asked for elsewhere and what went wrong is collected."""
        context = self.browser.new_context(viewport={"width": 1400, "height": height}, **options)
        self.addCleanup(context.close)
        context.set_offline(True)
        page = context.new_page()
        page.set_default_timeout(60_000)
        self.wrong = []
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda message: self.wrong.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: None if request.url.startswith((url, "data:")) else self.wrong.append(request.url))
        page.goto(url)
        return page

    def report(self, log, *options, **page_options):
        path = self.folder("report.html")
        done = subprocess.run([PROGRAM, "report", log, "-o", path, *options], capture_output=True, text=True, env=ENVIRONMENT, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        page = self.open(f"file://{path}", **page_options)
        page.wait_for_selector(".card, .empty:not([hidden])")
        return page

    @staticmethod
    def card(page, tag):
        return page.locator(".card").filter(has=page.locator("h3").get_by_text(tag, exact=True))

    def check_accessible(self, page):
        found = Axe().run(page)
        self.assertEqual([(rule["id"], [node["html"] for node in rule["nodes"]][:3]) for rule in found.response["violations"]], [])

    def screenshot(self, page, name):
        page.screenshot(path=os.path.join(self.screenshots, name + ".png"))
