"""The examples in other languages log the same three things; TensorBoard's own loader reads them back."""

import glob
import io
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from PIL import Image
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.util import tensor_util

BINARY = os.environ["SUMI_BINARY_DIR"]
SOURCE = os.environ["SUMI_SOURCE_DIR"]


def built(name):
    return os.path.join(BINARY, "examples", name)


def run(command, folder, **environment):
    done = subprocess.run([*command, folder], capture_output=True, text=True, timeout=120,
                          env={**os.environ, **environment})
    assert done.returncode == 0, f"{command} ended with {done.returncode}: {done.stderr}"


class Languages(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def load(self):
        log = event_accumulator.EventAccumulator(self.folder, size_guidance={event_accumulator.TENSORS: 0})
        log.Reload()
        return log

    def check(self, loss_steps):
        log = self.load()
        loss = {event.step: tensor_util.make_ndarray(event.tensor_proto).item() for event in log.Tensors("loss")}
        self.assertEqual(sorted(loss), loss_steps)
        for step, value in loss.items():
            self.assertAlmostEqual(value, math.exp(-0.05 * step), places=6)
        weights = {event.step: tensor_util.make_ndarray(event.tensor_proto) for event in log.Tensors("weights")}
        self.assertEqual(sorted(weights), [0, 50, 100])
        for buckets in weights.values():
            self.assertEqual(buckets[:, 2].sum(), 1000)
        galleries = {event.step: event.tensor_proto.string_val for event in log.Tensors("predictions")}
        self.assertEqual(sorted(galleries), [0, 50, 100])
        for _, _, png in galleries.values():
            self.check_gallery(Image.open(io.BytesIO(png)))

    def check_gallery(self, picture):
        picture.load()
        shown = json.loads(next(text for text in picture.text.values() if text.startswith("{")))
        items = shown["cells"]
        self.assertEqual([item["truth"] for item in items], ["red", "green", "blue"] * 2)
        self.assertEqual([item["label"] for item in items], ["red", "green", "green"] * 2)
        # The disc of each picture has the colour its truth says.
        for item in items:
            x, y, width, height = item["picture"]
            pixel = picture.convert("RGB").getpixel((x + width // 2, y + height // 2))
            self.assertEqual(("red", "green", "blue")[max(range(3), key=pixel.__getitem__)], item["truth"])

    def test_cpp(self):
        run([built("log_with_cpp")], self.folder)
        self.check(list(range(101)))

    def test_python_with_ctypes(self):
        run([sys.executable, os.path.join(SOURCE, "examples/python/log_with_ctypes.py")], self.folder,
            SUMI_SUMMARY_LIBRARY=os.path.join(BINARY, "summary/libsumi_summary.so.0"))
        self.check(list(range(0, 101, 10)))

    @unittest.skipUnless(os.path.exists(built("log_with_fortran")), "there is no Fortran compiler")
    def test_fortran(self):
        run([built("log_with_fortran")], self.folder)
        self.check(list(range(0, 101, 10)))

    @unittest.skipUnless(shutil.which("rustc"), "there is no Rust compiler")
    def test_rust(self):
        program = os.path.join(self.folder, "program")
        folders = [os.path.join(BINARY, module) for module in ("base", "events", "render", "summary")]
        subprocess.run(["rustc", "-o", program, os.path.join(SOURCE, "examples/rust/log_with_rust.rs"),
                        *(f"-L{folder}" for folder in folders), "-lsumi_summary", "-lsumi_base"], check=True)
        run([program], self.folder, LD_LIBRARY_PATH=":".join(folders))
        self.check(list(range(0, 101, 10)))

    @unittest.skipUnless(os.path.exists(built("log_eigen")), "Eigen is not installed")
    def test_eigens_rows_stay_rows(self):
        run([built("log_eigen")], self.folder)
        log = self.load()
        picture = Image.open(io.BytesIO(log.Tensors("ramp")[0].tensor_proto.string_val[2]))
        self.assertEqual(picture.size, (48, 32))
        self.assertLess(picture.convert("L").getpixel((2, 30)), picture.convert("L").getpixel((45, 1)))
        self.assertEqual(tensor_util.make_ndarray(log.Tensors("identity")[0].tensor_proto)[:, 2].sum(), 64)

    @unittest.skipUnless(os.path.exists(built("log_opencv")), "OpenCV is not installed")
    def test_opencvs_blue_is_blue(self):
        run([built("log_opencv")], self.folder)
        picture = Image.open(io.BytesIO(self.load().Tensors("blue")[0].tensor_proto.string_val[2]))
        self.assertEqual(picture.convert("RGB").getpixel((5, 5)), (10, 30, 200))

    @unittest.skipUnless(os.path.exists(built("log_torch")), "LibTorch is not installed")
    def test_torchs_channels_come_first(self):
        run([built("log_torch")], self.folder)
        picture = Image.open(io.BytesIO(self.load().Tensors("red")[0].tensor_proto.string_val[2]))
        self.assertEqual(picture.size, (24, 16))
        self.assertEqual(picture.convert("RGB").getpixel((5, 5)), (255, 0, 0))


if __name__ == "__main__":
    unittest.main()
