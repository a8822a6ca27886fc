"""sumi export beside tbparse, and its npz files in NumPy and pandas."""
import io
import os
import subprocess
import tempfile
import unittest
import zipfile

import numpy as np
import pandas as pd
import tensorboardX
from tbparse import SummaryReader

from test_command import ENVIRONMENT, PROGRAM, json_lines, sumi


class Tables(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = os.path.join(folder.name, "in")
        generator = np.random.default_rng(4)
        for run in ("a", "b/深い"):
            writer = tensorboardX.SummaryWriter(os.path.join(cls.root, run))
            for step in range(30):
                writer.add_scalar("train/loss", generator.normal(), step)
                if step % 3 == 0:
                    writer.add_scalar("größe, \"x\"", generator.normal(), step)
            writer.close()

    def npz(self, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "t.npz")
            self.assertEqual(sumi("export", "-F", "npz", "-o", path, *arguments, self.root), "")
            self.assertIsNone(zipfile.ZipFile(path).testzip())
            with np.load(path) as file:  # refuses pickles
                return pd.DataFrame(dict(file))

    def long(self):
        """tbparse's table under our names, by run, tag and step."""
        table = SummaryReader(self.root, extra_columns={"dir_name", "wall_time"}).scalars.rename(columns={"dir_name": "run"})
        return self.sorted(table[["run", "tag", "step", "wall_time", "value"]])

    @staticmethod
    def sorted(table):
        return table.sort_values(["run", "tag", "step"]).reset_index(drop=True)

    def same(self, ours, theirs):
        pd.testing.assert_frame_equal(ours, theirs, check_dtype=False, check_exact=True)

    def test_long_tables_are_tbparses(self):
        expected = self.long()
        self.assertEqual(len(expected), 80)
        for table in (self.npz(), pd.read_csv(io.StringIO(sumi("export", self.root))), pd.DataFrame(json_lines(sumi("export", "-F", "jsonl", self.root)))):
            table = self.sorted(table[list(expected)])
            np.testing.assert_array_equal(np.float32(table.pop("value")), np.float32(expected["value"]))
            np.testing.assert_allclose(table.pop("wall_time"), expected["wall_time"], rtol=0, atol=1e-6)
            self.same(table, expected[["run", "tag", "step"]])
        table = self.npz()
        self.assertEqual([table[name].dtype.kind for name in ("step", "wall_time", "value")], ["i", "f", "f"])
        np.testing.assert_array_equal(self.sorted(table)["value"], expected["value"])  # all bits

    def test_wide_tables_are_pivots(self):
        expected = self.long().pivot(index=["run", "step"], columns="tag", values="value").reset_index()
        table = self.npz("--wide")
        self.assertEqual(list(table)[:2], ["run", "step"])
        self.same(table.sort_values(["run", "step"]).reset_index(drop=True)[list(expected)], expected.rename_axis(None, axis=1))

    def test_nothing_and_what_is_refused(self):
        self.assertEqual(len(self.npz("-t", "none")), 0)
        with tempfile.TemporaryDirectory() as folder:
            writer = tensorboardX.SummaryWriter(folder)
            writer.add_scalar("step", 1, 1)
            writer.close()
            path = os.path.join(folder, "t.npz")

            def refused(status, *arguments):
                answer = subprocess.run([PROGRAM, "export", *arguments, folder], capture_output=True, text=True, env=ENVIRONMENT)
                self.assertEqual((answer.returncode, answer.stdout), (status, ""))
                self.assertFalse(os.path.exists(path))
                return answer.stderr
            self.assertIn("npz needs --output FILE", refused(2, "-F", "npz"))
            self.assertIn("a wide table is csv or npz", refused(2, "-w", "-F", "jsonl"))
            self.assertIn('the tag "step" and a column', refused(1, "-w", "-F", "npz", "-o", path))
            self.assertIn("cannot create", refused(1, "-F", "npz", "-o", os.path.join(folder, "no/t.npz")))


if __name__ == "__main__":
    unittest.main(verbosity=2)
