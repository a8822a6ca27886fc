"""Makes the pictures of docs/images: of the demo's log, and of the first program of docs/getting-started.md.

    screenshots.py <log of scripts/demo> <prefix where Sumi is installed> <folder>
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from playwright.sync_api import sync_playwright
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util

SOURCE = pathlib.Path(__file__).parents[2]
sys.path[:0] = [str(SOURCE / "tests" / "support"), str(SOURCE / "tests" / "docs")]
from listings import listings
from tensorboard_server import TensorBoard

GRAPHICS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]


def picture(run, tag, step):
    """The PNG of a picture that was logged; of the last one where step is None."""
    accumulator = EventAccumulator(run, size_guidance={"tensors": 0})
    accumulator.Reload()
    events = [event for event in accumulator.Tensors(tag) if step in (None, event.step)]
    return tensor_util.make_ndarray(events[-1].tensor_proto)[2]  # width, height, PNG


def lines_gallery(prefix, folder):
    """The gallery of step 80 that the program of the page makes."""
    listing = next(each for each in listings(SOURCE / "docs" / "getting-started.md") if each.argument == "loop.c")
    with tempfile.TemporaryDirectory() as work:
        pathlib.Path(work, "loop.c").write_text(listing.text, encoding="utf-8")
        libraries = next(pathlib.Path(prefix).rglob("libsumi_base.*")).parent
        subprocess.run("cc -O2 loop.c -o loop $(pkg-config --cflags --libs sumi-summary) -lm && ./loop", shell=True, check=True, cwd=work,
                       env=dict(os.environ, PKG_CONFIG_PATH=str(libraries / "pkgconfig"), LD_LIBRARY_PATH=str(libraries)))
        write(f"{folder}/getting-started-lines.png", picture(os.path.join(work, "runs", "loop"), "lines", 80))


def write(path, contents):
    with open(path, "wb") as file:
        file.write(contents)


def main():
    demo, prefix, folder = sys.argv[1:]
    write(f"{folder}/predictions.png", picture(os.path.join(demo, sorted(os.listdir(demo))[-1]), "predictions", None))
    lines_gallery(prefix, folder)
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with TensorBoard(demo) as board, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=GRAPHICS)
        for name, tab, height in (("curves", "timeseries", 860),
                                  ("images", "images&tagFilter=predictions%7Cconfusion%7Cmistakes%7Cfilters", 1000)):
            page = browser.new_page(viewport={"width": 1280, "height": height})
            page.goto(f"{board.url}/#{tab}")
            page.wait_for_load_state("networkidle")
            if name == "curves":
                page.get_by_role("button", name="Settings").last.click()  # which closes them
            page.wait_for_timeout(5000)  # what the page draws after its last request
            page.screenshot(path=f"{folder}/tensorboard-{name}.png")
        browser.close()


main()
