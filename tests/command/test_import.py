"""sumi import against csv, json and TensorBoard's readers; the logs are what llm.c and darknet print."""
import csv
import io
import json
import os
import subprocess
import tempfile
import unittest

import numpy as np

from test_command import ENVIRONMENT, PROGRAM, loaded, sumi, write_scalars
from tensorboard_readers import shown


class Import(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        self.out = os.path.join(self.root, "out")

    def file(self, name, text):
        path = os.path.join(self.root, name)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return path

    def held(self):
        """What both readers hold, {(run, tag): {step: value}}."""
        python, server = shown(self.out, "python"), shown(self.out, "server")
        np.testing.assert_equal(python, server)
        return {key: {step: float(value) for step, value in values} for key, values in python.items()}

    def refused(self, text, *arguments, status=1, stdin=None):
        answer = subprocess.run([PROGRAM, "import", "-o", self.out, *arguments], capture_output=True, text=True, env=ENVIRONMENT, input=stdin, timeout=60)
        self.assertEqual(answer.returncode, status, msg=answer.stderr)
        self.assertIn(text, answer.stderr)
        self.assertFalse(os.path.exists(self.out), msg=text)

    def test_what_export_writes_comes_back(self):
        values = {step: float(np.float32(value)) for step, value in enumerate(np.random.default_rng(0).normal(size=50))}
        values[7], values[8] = float("nan"), float("-inf")
        for run in ("a", "b/c"):
            write_scalars(os.path.join(self.root, "in", run), {"loss": values, "odd_tag": {3: 1.}})
        source = os.path.join(self.root, "in")
        for number, arguments in enumerate((["-F", "csv"], ["-F", "jsonl"], ["--wide"])):
            self.out = os.path.join(self.root, f"out{number}")
            path = self.file(f"table{number}." + (arguments[-1] if number < 2 else "csv"), sumi("export", *arguments, source))
            sumi("import", "-o", self.out, path)
            np.testing.assert_equal(self.held(), {(run, tag): points for run in ("a", "b/c") for tag, points in (("loss", values), ("odd_tag", {3: 1.}))})
            if number < 2:
                ours, theirs = (loaded(os.path.join(place, "a"))[0] for place in (self.out, source))
                for tag in ("loss", "odd_tag"):
                    self.assertEqual([time for _, time, _ in ours[tag]], [time for _, time, _ in theirs[tag]])

    def test_a_table_of_ones_own(self):
        rows = [{"step": str(step * 10), "train/loss": repr(1 / (step + 1)), "note \"x\"\r\ny": "", "lr": "1e-3" if step % 2 else ""} for step in range(9)]
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
        sumi("import", "-o", self.out, "-", stdin=text.getvalue().encode())
        self.assertEqual(self.held(), {(".", "train/loss"): {step * 10: float(np.float32(1 / (step + 1))) for step in range(9)},
                                       (".", "lr"): {step * 10: float(np.float32(1e-3)) for step in range(1, 9, 2)}})

    def test_lines_of_json(self):
        lines = [{"step": step, "epoch": step // 2, "loss": {"train": step + .5, "näme \u20ac \U0001F600": -step}, "skip": [1, {"a": 2}, "x"], "ok": True, "text": "abc", "none": None}
                 for step in range(5)]
        for ascii_only in (True, False):
            self.out = os.path.join(self.root, f"out{ascii_only}")
            sumi("import", "-o", self.out, self.file("a.jsonl", "\n\n".join(json.dumps(line, ensure_ascii=ascii_only) for line in lines)))
            self.assertEqual(self.held(), {(".", "epoch"): {s: s // 2 for s in range(5)}, (".", "loss/train"): {s: s + .5 for s in range(5)},
                                           (".", "loss/näme \u20ac \U0001F600"): {s: -s for s in range(5)}})
        self.out = os.path.join(self.root, "out")
        sumi("import", "-o", self.out, "-t", "loss*", "-s", "1:", self.file("b.jsonl", '{"step": 0, "loss": 1}\n{"step": 1, "loss": NaN, "x": 2}\n'))
        np.testing.assert_equal(self.held(), {(".", "loss"): {1: float("nan")}})

    def test_llm_c(self):
        text = """| train | tinyshakespeare |
val loss 5.325413
step    1/74 | loss 5.356082 (+nanz)| norm 15.3472 (+nanz)| lr 3.00e-04 | 1042.17 ms | 55.4% bf16 MFU | 3930 tok/s
step    2/74 | loss 4.300644 (+nanz)| norm 8.1200 (-0.52z)| lr 3.00e-04 | 812.54 ms | 56.2% bf16 MFU | 5041 tok/s
val loss 4.416486
HellaSwag: 2575/10042 = 0.256423
"""
        sumi("import", "-o", self.out, "-p", "step {step}/* | loss {loss} * | norm {norm} * | lr {lr} | {ms} ms", "--pattern", "val loss {val_loss}",
             "-p", "HellaSwag: {}/{} = {hellaswag}", self.file("main.log", text))
        single = lambda points: {step: float(np.float32(value)) for step, value in points.items()}
        self.assertEqual(self.held(), {(".", tag): single(points) for tag, points in {
            "loss": {1: 5.356082, 2: 4.300644}, "norm": {1: 15.3472, 2: 8.12}, "lr": {1: 3e-4, 2: 3e-4}, "ms": {1: 1042.17, 2: 812.54},
            "val_loss": {0: 5.325413, 2: 4.416486}, "hellaswag": {2: .256423}}.items()})

    def test_darknet(self):
        text = """Learning Rate: 0.001, Momentum: 0.9, Decay: 0.0005
Loaded: 0.000031 seconds
 1: 796.218994, 796.218994 avg loss, 0.000000 rate, 5.234512 seconds, 64 images, -1.000000 hours left
2: 801.100000, 796.707092 avg, 0.000000 rate, 4.9 seconds, 128 images
"""
        sumi("import", "-o", self.out, "-p", "{step}: {loss}, {average} avg* {rate} rate, {seconds} seconds", self.file("train.txt", text))
        held = self.held()
        self.assertEqual({tag for _, tag in held}, {"loss", "average", "rate", "seconds"})
        self.assertEqual(held[".", "average"], {1: float(np.float32(796.218994)), 2: float(np.float32(796.707092))})

    def test_lines_without_steps_are_counted(self):
        sumi("import", "-o", self.out, "--from", "log", "-p", "loss={loss}", "-", stdin=b"x\nloss=3\nloss= 2\nnothing\nloss=1")
        self.assertEqual(self.held(), {(".", "loss"): {0: 3, 1: 2, 2: 1}})

    def test_several_files_are_several_runs(self):
        for name in ("a.csv", "b.v2.csv"):
            self.file(name, "step,x\n1,2\n")
        sumi("import", "-o", self.out, os.path.join(self.root, "a.csv"), os.path.join(self.root, "b.v2.csv"))
        self.assertEqual(self.held(), {("a", "x"): {1: 2}, ("b.v2", "x"): {1: 2}})

    def test_refusals_name_the_line(self):
        for text, message in (("step,x\n1,2\n2,abc\n", "line 3: x is 'abc', which is no number"), ("a,b\n1,2\n", "line 1: there is no column 'step'"),
                              ("step,x\n1\n", "line 2: there are 1 fields; the first line names 2"), ("step,x\n1.5,2\n", "line 2: the step is 1.5"),
                              ("step,x\n-1,2\n", "line 2: the step is -1"), ('step,x\n1,"2\n', "a quote is not closed"), ("step,tag\n1,a\n", "no 'value'"),
                              ("run,step,x\n../up,1,2\n", "no folder below"), ("run,step,x\n/up,1,2\n", "no folder below")):
            self.refused(message, self.file("bad.csv", text))
        for text, message in (('{"step": 1, "x": }', "a value was expected"), ('{"x": 1}', "there is no step"), ('{"step": 1} x', "the end of the line"),
                              ("[1]", "{ was expected"), ('{"step": 1, "x": 1', "} was expected"), ('{"step": 1, "x": "\\ud800"}', "a character"),
                              ("{" + '"a":{' * 100, "less depth"), ('{"step":1,"x":tru}', "x is 'tru'")):
            self.refused(message, self.file("bad.jsonl", text + "\n"))
        self.refused("No such file", os.path.join(self.root, "none.csv"))
        self.refused("--from csv, jsonl or log", self.file("what", "x"), status=2)
        self.refused("a log needs --pattern", self.file("a.log", "x"), status=2)
        for folder in "ab":
            os.mkdir(os.path.join(self.root, folder))
        self.refused("would both be the run", *(self.file(f"{folder}/x.csv", "step,x\n1,2\n") for folder in "ab"), status=2)
        self.refused("a FILE is needed", status=2)
        sumi("import", self.file("a.csv", "step,x\n1,2\n"), status=2)

    def test_damaged_lines_crash_nothing(self):
        generator = np.random.default_rng(1)
        whole = {"a.csv": b'run,step,"x ""y"""\nr,1,2\n"r",3,4e5\n', "a.jsonl": b'{"step": 1, "a": {"b": [1, "\\u00e4", null], "c": -2.5}}\n'}
        for name, text in whole.items():
            for case in range(150):
                data = bytearray(text)
                for _ in range(int(generator.integers(1, 4))):
                    data[int(generator.integers(len(data)))] = int(generator.integers(1, 256))
                path = os.path.join(self.root, name)
                with open(path, "wb") as file:
                    file.write(data[:int(generator.integers(len(data)))] if case % 2 else data)
                answer = subprocess.run([PROGRAM, "import", "-o", os.path.join(self.root, f"{name}{case}"), path], capture_output=True, env=ENVIRONMENT, timeout=60)
                self.assertIn(answer.returncode, (0, 1), msg=(bytes(data), answer.stderr))


if __name__ == "__main__":
    unittest.main(verbosity=2)
