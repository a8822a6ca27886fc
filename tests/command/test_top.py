"""sumi top: what it shows, beside what was logged; alerts; a terminal."""
import os
import pty
import re
import select
import signal
import subprocess
import tempfile
import time
import unittest

import numpy as np
import tensorboardX

from test_command import ENVIRONMENT, PROGRAM, json_lines, number, sumi


def write(folder, values, times):
    """values: {tag: [value by step]}, a step each from 10 on"""
    writer = tensorboardX.SummaryWriter(folder)
    for step, wall in enumerate(times, 10):
        for tag, series in values.items():
            writer.add_scalar(tag, series[step - 10], step, walltime=wall)
    writer.close()


class Top(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        self.values = np.random.default_rng(6).normal(size=200).astype(np.float32)
        self.begun = time.time() - 3600
        write(os.path.join(self.root, "a"), {"loss": self.values, "nan": [*range(199), float("nan")]}, self.begun + np.arange(200) * .25)
        now = time.time()
        write(os.path.join(self.root, "b"), {"loss": [1., 2., 3.]}, [now - 2, now - 1, now])

    def run_top(self, *arguments):
        answer = subprocess.run([PROGRAM, "top", *arguments, self.root], capture_output=True, text=True, env=ENVIRONMENT, timeout=60)
        return answer.returncode, answer.stdout, answer.stderr

    def test_numbers(self):
        a, b = json_lines(sumi("top", "-j", self.root))
        self.assertEqual((a["run"], a["step"], sorted(a["tags"])), ("a", 209, ["loss", "nan"]))
        self.assertEqual((a["tags"]["loss"]["count"], a["tags"]["loss"]["step"], np.float32(a["tags"]["loss"]["last"])), (200, 209, self.values[-1]))
        self.assertTrue(np.isnan(number(a["tags"]["nan"]["last"])))
        self.assertAlmostEqual(a["rate"], 4, places=3)
        # The head of the file was written now; what counts is the newest event.
        self.assertLess(a["age"], 60)
        self.assertLess(b["age"], 60)
        self.assertAlmostEqual(b["rate"], 1, places=3)
        self.assertEqual(json_lines(sumi("top", "-j", "-r", "b", "-t", "none", self.root))[0]["tags"], {})

    def test_a_curve_is_the_last_values(self):
        lines = sumi("top", "-r", "a", "-t", "loss", self.root).splitlines()
        self.assertRegex(lines[0], r"^a  step 209, 4 steps/s, ")
        (curve,) = re.findall("  loss  (.{32})  ", lines[1])
        rows = []
        for column in range(64):
            bits = ord(curve[column // 2]) - 0x2800
            lit = [row for row, bit in enumerate([(0, 3), (1, 4), (2, 5), (6, 7)]) if bits >> bit[column % 2] & 1]
            self.assertEqual(len(lit), 1)
            rows += lit
        last = self.values[-64:].astype(float)
        places = (last.max() - last) / (last.max() - last.min()) * 3
        self.assertLess(np.abs(np.array(rows) - places).max(), .5 + 1e-6)

    def test_alerts(self):
        self.assertEqual(self.run_top("--alert", "loss>100", "--alert", "stall=3600")[0], 0)
        rules = ["nan", "lo*>2.5", "loss<2.5"]
        status, out, err = self.run_top("-j", *(part for rule in rules for part in ("--alert", rule)))
        a, b = json_lines(out)
        self.assertEqual((status, err), (3, ""))
        self.assertLess(self.values[-1], 2.5)
        self.assertEqual(a["alerts"], ["nan", "loss<2.5"])
        self.assertEqual(b["alerts"], ["lo*>2.5"])
        status, out, err = self.run_top("--alert", "nan", "--alert", "loss>2.9", "--exec", 'echo "$SUMI_RUN,$SUMI_ALERT,$SUMI_TAG" >&2')
        self.assertEqual((status, err.split()), (3, ["a,nan,nan", "b,loss>2.9,loss"]))
        self.assertIn("  ! nan is not finite\n", out)
        self.assertIn("  ! loss>2.9\n", out)

    def test_what_is_no_rule(self):
        for rule in ("often", "stall=", "stall=-1", "loss>", "loss>x", ">1", "loss=1", "x" * 300 + ">1"):
            status, out, err = self.run_top("--alert", rule)
            self.assertEqual((status, out), (2, ""))
            self.assertIn(f"--alert '{rule}'", err)
        self.assertIn("--exec needs --alert", self.run_top("--exec", "true")[2])

    def test_a_terminal(self):
        main, other = pty.openpty()
        process = subprocess.Popen([PROGRAM, "top", "--alert", "late>5", self.root], stdin=other, stdout=other, stderr=other, env=ENVIRONMENT)
        os.close(other)
        seen = b""

        def wait_for(text):
            nonlocal seen
            deadline = time.monotonic() + 60
            while text not in seen:
                ready, _, _ = select.select([main], [], [], max(0, deadline - time.monotonic()))
                self.assertTrue(ready, seen)
                seen += os.read(main, 65536)
        try:
            wait_for(b"steps/s")
            self.assertTrue(seen.startswith(b"\x1b[?1049h"))
            self.assertNotIn(b"late", seen)
            write(os.path.join(self.root, "c"), {"late": [7.]}, [time.time()])
            wait_for(b"! late>5")
            process.send_signal(signal.SIGINT)
            wait_for(b"\x1b[?1049l")
            self.assertEqual(process.wait(60), 3)
        finally:
            process.kill()
            process.wait()
            os.close(main)


if __name__ == "__main__":
    unittest.main(verbosity=2)
