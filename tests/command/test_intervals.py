"""sumi intervals against what the writer does, and by a model of the clock."""
import math
import os
import subprocess
import tempfile
import unittest

from test_command import BINARY, ENVIRONMENT, PROGRAM, json_lines, loaded, sumi

WRITER = os.path.join(BINARY, "tests/programs/command_write_intervals")


class Intervals(unittest.TestCase):
    def test_the_writer_records_these_steps(self):
        rules = "*=100; loss=10,last; weights*=double:3; pictures=at:0,7,31,5000; none=never; odd=7,at:13,first,last"
        tags = ["loss", "weights/a", "pictures", "none", "odd", "other"]
        for total, stride in ((1000, 1), (1000, 3), (517, 10), (1, 1), (5001, 250)):
            with tempfile.TemporaryDirectory() as root:
                subprocess.run([WRITER, root, str(total), str(stride), *tags], check=True, env={**ENVIRONMENT, "SUMI_INTERVALS": rules})
                written = {tag: [step for step, *_ in events] for tag, events in loaded(root)[0].items()}
            lines = json_lines(sumi("intervals", "-j", "--total", str(total), "--stride", str(stride), rules, *tags))
            self.assertEqual([line["tag"] for line in lines], tags)
            for line in lines:
                self.assertEqual(line["steps"], written.get(line["tag"], []), msg=(line, total, stride))
                self.assertEqual((line["count"], line["offered"]), (len(line["steps"]), math.ceil(total / stride)))

    def test_the_clock(self):
        for seconds, rate, stride in ((2, 10, 1), (.5, 7, 1), (1.5, 100, 40), (60, .1, 1)):
            (line,) = json_lines(sumi("intervals", "-j", "--total", "500", "--rate", str(rate), "--stride", str(stride), f"{seconds}s"))
            due, mark = [], 0.
            for step in range(0, 500, stride):
                if step / rate >= mark - 1e-9:
                    due.append(step)
                    mark = (math.floor(step / rate / seconds + 1e-9) + 1) * seconds
            self.assertEqual(line["steps"], due)
        both = json_lines(sumi("intervals", "-j", "--total", "50", "--rate", "1", "7,10s"))[0]["steps"]
        self.assertEqual(both, sorted({*range(0, 50, 7), *range(0, 50, 10)}))

    def test_lines_for_people(self):
        self.assertEqual(sumi("intervals", "--total", "1000", "-n", "3", "loss=100,last; w=500", "loss", "w", "x").splitlines(),
                         ["loss\t100,last\t0 100 200 … 999\t11 of 1000", "w\t500\t0 500\t2 of 1000", "x\talways\t0 1 2 … 999\t1000 of 1000"])
        self.assertEqual(sumi("intervals", "--total", "10", "never"), "*\tnever\t\t0 of 10\n")
        with tempfile.TemporaryDirectory() as root:
            path = os.path.join(root, "intervals")
            with open(path, "w") as file:
                file.write("# all\n*=3\nloss=4\n")
            self.assertEqual(sumi("intervals", "--total", "9", path, "loss", "x"), "loss\t4\t0 4 8\t3 of 9\nx\t3\t0 3 6\t3 of 9\n")
            with open(path, "a") as file:
                file.write("loss=0\n")
            self.assertIn(f"{path}: line 4, at byte 5", self.refused("--total", "9", path, "loss"))

    def refused(self, *arguments):
        answer = subprocess.run([PROGRAM, "intervals", *arguments], capture_output=True, text=True, env=ENVIRONMENT)
        self.assertEqual((answer.returncode, answer.stdout), (2, ""))
        return answer.stderr

    def test_what_is_wrong(self):
        self.assertIn('at byte 5 of "loss=0"', self.refused("--total", "4", "loss=0"))
        self.assertIn('of "sometimes"', self.refused("--total", "4", "sometimes"))
        self.assertIn("--total is 0; 1 to 100000000", self.refused("100"))
        self.assertIn("--total is 100000001", self.refused("--total", "100000001", "100"))
        self.assertIn("RULES are needed", self.refused("--total", "4"))
        answer = subprocess.run([PROGRAM, "intervals", "--total", "9", "5s"], capture_output=True, text=True, env=ENVIRONMENT)
        self.assertEqual(answer.returncode, 0)
        self.assertIn("--rate counts it", answer.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
