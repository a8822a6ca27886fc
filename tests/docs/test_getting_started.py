"""docs/getting-started.md and docs/data.md, done by somebody who types what they say: the files they show, the commands they show, in their order.

Everything happens in an empty folder against an installation of the build, with the folders of that installation in the
environment as the page says.
"""
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from listings import listings, matches

SOURCE = pathlib.Path(os.environ["SUMI_SOURCE_DIR"])
BINARY = pathlib.Path(os.environ["SUMI_BINARY_DIR"])
DOORS = ("Door 1", "Door 2", "Door 3")


def png_size(path):
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n", f"{path} is no PNG file"
    return struct.unpack(">II", head[16:24])


class GettingStarted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.here = pathlib.Path(cls.folder.name) / "a folder"
        cls.here.mkdir()
        home = pathlib.Path(cls.folder.name) / "home"
        prefix = home / ".local"
        subprocess.run(["cmake", "--install", str(BINARY), "--prefix", str(prefix)], check=True, stdout=subprocess.DEVNULL)
        libraries = next(prefix.rglob("libsumi_base.*")).parent
        cls.environment = {name: value for name, value in os.environ.items() if not name.startswith("SUMI_")}
        cls.environment.update(HOME=str(home), PKG_CONFIG_PATH=str(libraries / "pkgconfig"), LD_LIBRARY_PATH=str(libraries),
                               CC=os.environ.get("SUMI_C_COMPILER", "cc"))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def shell(self, listing):
        commands = listing.text
        if self.environment["CC"] != "cc":
            commands = commands.replace("cc -O2", self.environment["CC"] + " -O2")
        done = subprocess.run(["sh", "-e", "-c", commands], cwd=self.here, env=self.environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, f"{listing.where}: {done.stdout}{done.stderr}")
        self.assertEqual(done.stderr, "", listing.where)
        return done.stdout

    def follow(self, page):
        """Does what the page says, and returns the chapters in which something was run."""
        printed, chapters = "", set()
        for listing in listings(SOURCE / "docs" / page):
            self.assertIsNotNone(listing.role, f"{listing.where}: no comment says what to do with this listing")
            if listing.role == "file":
                (self.here / listing.argument).write_text(listing.text, encoding="utf-8")
            elif listing.role == "run":
                printed = self.shell(listing)
                chapters.add(listing.chapter.partition(":")[0])
            elif listing.role == "output":
                self.assertTrue(matches(listing.text, printed), f"{listing.where}: the page shows\n{listing.text}\nit printed\n{printed}")
        return chapters

    def test_branches_and_loops(self):
        self.assertEqual(self.follow("control-flow.md"), {""})

    def test_data(self):
        self.assertEqual(self.follow("data.md"), {"A program"})

    def test_getting_started(self):
        chapters = self.follow("getting-started.md")
        self.assertLessEqual(set(DOORS), chapters)
        for run in ("loop", "train"):
            self.assertTrue(list((self.here / "runs" / run).glob("*tfevents*")), run)
        # 8 columns of pictures that are 112 pixels wide.
        self.assertGreater(png_size(self.here / "newest.png")[0], 8 * 112)


if __name__ == "__main__":
    unittest.main()
