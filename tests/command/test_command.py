"""The command sumi on logs of several writers, against TensorBoard's own loader."""
import csv
import io
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
import unittest

import numpy as np
import tensorboardX
import tensorflow as tf
from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator
from tensorboard.util import tensor_util

BINARY = os.environ["SUMI_BINARY_DIR"]
PROGRAM = os.path.join(BINARY, "command/sumi")
EVERYTHING = os.path.join(BINARY, "tests/programs/summary_write_everything")
ENVIRONMENT = {**{key: value for key, value in os.environ.items() if key != "SUMI_INTERVALS"}, "TZ": "UTC", "LC_ALL": "C.UTF-8"}


def sumi(*arguments, status=0, stdin=None):
    answer = subprocess.run([PROGRAM, *arguments], capture_output=True, env=ENVIRONMENT, input=stdin, timeout=120)
    assert answer.returncode == status, (answer.returncode, answer.stderr.decode())
    return answer.stdout.decode()


def commands():
    return re.findall(r"^  (\w+)  ", sumi("help"), re.M)


def options(command):
    """[(letter or "", name)]"""
    return re.findall(r"^  (?:-(\w), |    )--([\w-]+)", sumi("help", command), re.M)


def json_lines(text):
    return [json.loads(line) for line in text.splitlines()]


def number(value):
    return float(value)  # "nan", "inf" and "-inf", too


def loaded(folder):
    log = EventAccumulator(folder, tensor_size_guidance={"scalars": 0, "images": 0, "audio": 0, "text": 0, "histograms": 0})
    log.Reload()
    plugins = {tag: log.SummaryMetadata(tag).plugin_data.plugin_name for tag in log.Tags()["tensors"]}
    # Graphs and what ran on them are no values in the files; the loader makes them so.
    plugins = {tag: plugin for tag, plugin in plugins.items() if not plugin.startswith("graph") and tag != "__run_graph__"}
    return {tag: [(e.step, e.wall_time, tensor_util.make_ndarray(e.tensor_proto)) for e in log.Tensors(tag)]
            for tag in plugins}, plugins


def event_file(folder):
    return next(os.path.join(folder, name) for name in os.listdir(folder) if "tfevents" in name)


class Logs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.root = cls.folder.name
        subprocess.run([EVERYTHING, os.path.join(cls.root, "sumi/all")], check=True, env=ENVIRONMENT)
        writer = tensorboardX.SummaryWriter(os.path.join(cls.root, "x"))
        for step in range(50):
            writer.add_scalar("loss", 1 / (step + 1), step)
            writer.add_histogram("weights", np.arange(step + 1.), step)
        writer.add_text("note", "a, \"b\"\nc", 3)
        writer.add_image("noise", np.random.default_rng(1).integers(0, 255, (3, 8, 6), dtype=np.uint8), 4)
        writer.close()
        writer = tf.summary.create_file_writer(os.path.join(cls.root, "tf"))
        with writer.as_default():
            for step in range(20):
                tf.summary.scalar("loss", step * .1, step)
            tf.summary.audio("beep", tf.zeros([2, 100, 1]), 8000, 5)
            tf.summary.image("grey", tf.zeros([1, 4, 4, 1]), 6)
        writer.close()
        cls.runs = ["sumi/all", "sumi/all-far", "tf", "x"]

    def test_inspect_counts_what_the_loader_counts(self):
        shown = {run["run"]: run for run in json_lines(sumi("inspect", "-j", self.root))}
        self.assertEqual(sorted(shown), self.runs)
        for run in self.runs:
            series, plugins = loaded(os.path.join(self.root, run))
            tags = {tag["tag"]: tag for tag in shown[run]["tags"]}
            self.assertEqual(set(tags), set(series))
            for tag, events in series.items():
                steps = [step for step, *_ in events]
                self.assertEqual((tags[tag]["count"], tags[tag]["first_step"], tags[tag]["last_step"], tags[tag]["plugin"]),
                                 (len(events), min(steps), max(steps), plugins[tag]), msg=tag)
            self.assertEqual((shown[run]["damaged_places"], shown[run]["bytes"]),
                             (0, os.path.getsize(event_file(os.path.join(self.root, run)))))
        text = sumi("inspect", self.root)
        for run in self.runs:
            self.assertIn(f"{run}\n  1 file, ", text)

    def test_cat_says_every_value(self):
        values = json_lines(sumi("cat", "-j", self.root))
        self.assertEqual(len(sumi("cat", self.root).splitlines()), len(values))
        for run in self.runs:
            series, plugins = loaded(os.path.join(self.root, run))
            for tag, events in series.items():
                ours = [value for value in values if (value["run"], value["tag"]) == (run, tag)]
                self.assertEqual([value["step"] for value in ours], [step for step, *_ in events])
                np.testing.assert_allclose([value["wall_time"] for value in ours], [wall for _, wall, _ in events], rtol=0, atol=1e-6)
                for value, (_, _, expected) in zip(ours, events):
                    if plugins[tag] == "scalars":
                        np.testing.assert_equal(np.float32(number(value["value"])), np.float32(expected))
                    elif plugins[tag] == "text":
                        self.assertEqual(value["value"]["texts"], [text.decode() for text in expected.ravel()])
                    elif expected.dtype.kind == "f" and expected.size > 1:
                        self.assertEqual(value["value"]["shape"], list(expected.shape))
                        np.testing.assert_equal(np.array([number(n) for n in value["value"]["values"]], expected.dtype), expected.ravel())

    def test_choosing(self):
        values = json_lines(sumi("cat", "-j", "-r", "x", "-t", "lo*", "--steps", "10:12", self.root))
        self.assertEqual([(value["run"], value["tag"], value["step"]) for value in values], [("x", "loss", step) for step in (10, 11, 12)])
        values = json_lines(sumi("cat", "-j", "-r", "tf", "-r", "x", "-t", "loss", "-s", "18:", self.root))
        self.assertEqual([(value["run"], value["step"]) for value in values],
                         [("tf", 18), ("tf", 19)] + [("x", step) for step in range(18, 50)])
        self.assertEqual(sumi("cat", "-t", "none", self.root), "")
        self.assertEqual(len(json_lines(sumi("tail", "-n", "3", "-j", os.path.join(self.root, "x")))), 3)
        self.assertEqual(sumi("tail", "-n", "0", self.root), "")
        self.assertEqual(sumi("tail", "-n", "100000", self.root), sumi("cat", self.root))

    def test_one_file_and_standard_input(self):
        path = event_file(os.path.join(self.root, "x"))
        with open(path, "rb") as file:
            piped = json_lines(sumi("cat", "-j", "-", stdin=file.read()))
        for values in (piped, json_lines(sumi("cat", "-j", path))):
            for value in values:
                value["run"] = "x"
            self.assertEqual(values, json_lines(sumi("cat", "-j", "-r", "x", self.root)))

    def test_tables(self):
        rows = list(csv.DictReader(io.StringIO(sumi("export", self.root))))
        lines = json_lines(sumi("export", "-F", "jsonl", self.root))
        self.assertEqual(len(rows), len(lines))
        expected = []
        for run in self.runs:
            series, plugins = loaded(os.path.join(self.root, run))
            expected += [(run, tag, step, float(np.float32(value))) for tag in series if plugins[tag] == "scalars"
                         for step, _, value in series[tag]]
        key = lambda row: (*row[:3], str(row[3]))
        for table in (rows, lines):
            ours = [(row["run"], row["tag"], int(row["step"]), float(np.float32(number(row["value"])))) for row in table]
            np.testing.assert_equal(sorted(ours, key=key), sorted(expected, key=key))
        wide = list(csv.DictReader(io.StringIO(sumi("export", "--wide", "-t", "loss", self.root))))
        self.assertEqual([(row["run"], int(row["step"])) for row in wide], [("tf", s) for s in range(20)] + [("x", s) for s in range(50)])
        self.assertEqual([np.float32(row["loss"]) for row in wide[:20]], [np.float32(step * .1) for step in range(20)])
        both = list(csv.DictReader(io.StringIO(sumi("export", "-w", "-r", "sumi/*", "-t", "batch/?", "-t", "odd", self.root))))
        self.assertEqual(both[1]["batch/a"], "")
        self.assertEqual(both[0]["batch/a"], "-1.948")
        output = os.path.join(self.root, "table.csv")
        self.assertEqual(sumi("export", "-o", output, self.root), "")
        with open(output) as file:
            self.assertEqual(file.read(), sumi("export", self.root))
        os.remove(output)

    def test_media(self):
        folder = os.path.join(self.root, "media")
        sumi("export", "-m", folder, self.root)
        self.addCleanup(shutil.rmtree, folder)
        for run in self.runs:
            series, plugins = loaded(os.path.join(self.root, run))
            for tag, events in series.items():
                if plugins[tag] not in ("images", "audio", "text"):
                    continue
                for step, _, value in events:
                    items = list(value[2:] if plugins[tag] == "images" else value[:, 0] if value.ndim == 2 and plugins[tag] == "audio"
                                 else value.ravel())
                    for index, item in enumerate(items):
                        stem = f"{tag}_{step}" + (f"_{index}" if len(items) > 1 else "")
                        names = [name for name in os.listdir(os.path.join(folder, run.replace("/", "_")))
                                 if name.rsplit(".", 1)[0] == stem.replace("/", "_")]
                        self.assertEqual(len(names), 1, msg=stem)
                        with open(os.path.join(folder, run.replace("/", "_"), names[0]), "rb") as file:
                            self.assertEqual(file.read(), item)

    def test_tags_cannot_upset_lines_or_the_terminal(self):
        with tempfile.TemporaryDirectory() as root:
            writer = tf.summary.create_file_writer(root)
            with writer.as_default():
                tf.summary.scalar("a\nb\t\x1b[31m", 1, 2)
            writer.close()
            self.assertEqual(len(sumi("cat", root).splitlines()), 1)
            self.assertEqual(sumi("cat", root).split("\t")[1:3], ["a b  [31m", "2"])
            self.assertIn("  a b  [31m  scalars", sumi("inspect", root))
            self.assertEqual(json_lines(sumi("cat", "-j", root))[0]["tag"], "a\nb\t\x1b[31m")
            self.assertEqual(list(csv.DictReader(io.StringIO(sumi("export", root))))[0]["tag"], "a\nb\t\x1b[31m")

    def test_names_do_not_climb_out_of_the_folder(self):
        with tempfile.TemporaryDirectory() as root:
            writer = tf.summary.create_file_writer(os.path.join(root, "log"))
            with writer.as_default():
                tf.summary.text("../../up", "x", 1)
                tf.summary.text(".hidden", "x", 1)
            writer.close()
            sumi("export", "-m", os.path.join(root, "deep/media"), "-o", "/dev/null", os.path.join(root, "log"))
            files = [os.path.join(place, name) for place, _, names in os.walk(root) for name in names if "tfevents" not in name]
            self.assertEqual(len(files), 2)
            self.assertTrue(all(file.startswith(os.path.join(root, "deep/media")) for file in files))

    def test_following(self):
        with tempfile.TemporaryDirectory() as root:
            process = subprocess.Popen([PROGRAM, "tail", "-f", "-j", root], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
            watchdog = threading.Timer(60, process.kill)
            watchdog.start()
            try:
                for run in ("a", "b"):
                    writer = tf.summary.create_file_writer(os.path.join(root, run))
                    for step in range(3):
                        with writer.as_default():
                            tf.summary.scalar("loss", step, step)
                        writer.flush()
                        value = json.loads(process.stdout.readline())
                        self.assertEqual((value["run"], value["step"], value["value"]), (run, step, step))
                    writer.close()
            finally:
                watchdog.cancel()
                process.kill()
                out, err = process.communicate()
            self.assertEqual((out, err), (b"", b""))


def write_scalars(folder, points):
    """points: {tag: {step: value}}"""
    writer = tensorboardX.SummaryWriter(folder)
    for tag, values in points.items():
        for step, value in values.items():
            writer.add_scalar(tag, value, step)
    writer.close()


class SeveralRuns(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        generator = np.random.default_rng(3)
        self.values = generator.normal(size=(4, 30)).astype(np.float32)
        for run in range(4):
            write_scalars(os.path.join(self.root, f"in/{run}"), {"loss": dict(enumerate(self.values[run])), "own": {run: 1.},
                                                                 "late": {s: s for s in range(5 if run else 3)}})

    def out(self, name):
        return {tag: {step: float(value) for step, _, value in events} for tag, events in loaded(os.path.join(self.root, "out", name))[0].items()}

    def test_aggregates_are_numpys(self):
        answer = subprocess.run([PROGRAM, "aggregate", "-o", os.path.join(self.root, "out"), os.path.join(self.root, "in")],
                                capture_output=True, text=True, env=ENVIRONMENT)
        self.assertEqual((answer.returncode, answer.stdout), (0, ""))
        self.assertIn("6 points were left out", answer.stderr)  # two steps of "late", four of "own"
        wide = self.values.astype(np.float64)
        for name, function in (("mean", np.mean), ("min", np.min), ("max", np.max), ("std", np.std), ("median", np.median)):
            series = self.out(name)
            self.assertEqual(set(series), {"loss", "late"})
            self.assertEqual(list(series["late"]), [0, 1, 2])
            np.testing.assert_allclose(list(series["loss"].values()), function(wide, axis=0), rtol=1e-6)
        sumi("aggregate", "--output", os.path.join(self.root, "out"), os.path.join(self.root, "in"), status=1)  # it is there

    def test_lax_aggregates(self):
        sumi("aggregate", "-l", "-r", "[123]", "-o", os.path.join(self.root, "out"), os.path.join(self.root, "in"))
        self.assertEqual(self.out("max")["own"], {1: 1, 2: 1, 3: 1})
        np.testing.assert_allclose(list(self.out("median")["loss"].values()), np.median(self.values[1:].astype(np.float64), axis=0), rtol=1e-6)
        self.assertEqual(list(self.out("mean")["late"]), [0, 1, 2, 3, 4])

    def test_not_a_number_is_one_in_every_statistic_but_its_own(self):
        for run in range(2):
            write_scalars(os.path.join(self.root, f"odd/{run}"), {"x": {0: float("nan") if run else 1., 1: float("inf") if run else 1.}})
        sumi("aggregate", "-o", os.path.join(self.root, "out"), os.path.join(self.root, "odd"))
        for name in ("mean", "min", "max", "std", "median"):
            self.assertTrue(np.isnan(self.out(name)["x"][0]))
        self.assertEqual(self.out("max")["x"][1], np.inf)
        self.assertEqual(self.out("min")["x"][1], 1)

    def test_differences(self):
        first, second = os.path.join(self.root, "a"), os.path.join(self.root, "b")
        write_scalars(first, {"loss": {0: 1., 1: 2., 2: 3.}, "only": {1: 5.}})
        write_scalars(second, {"loss": {0: 1., 1: 2.002, 2: 3., 3: 4.}})
        self.assertEqual(sumi("diff", first, first), "")
        self.assertEqual(sumi("diff", first, second, status=3), ".\tloss\t1\t2\t2.002\n.\tonly\t1\t5\t-\n.\tloss\t3\t-\t4\n")
        self.assertEqual(sumi("diff", "-T", "0.01", "-t", "loss", "-s", ":2", first, second), "")
        self.assertEqual(sumi("diff", "-n", "1", first, second, status=3), ".\tloss\t1\t2\t2.002\n")
        self.assertEqual(sumi("diff", os.path.join(self.root, "in"), os.path.join(self.root, "in")), "")
        lines = sumi("diff", "-n", "1000", os.path.join(self.root, "in/0"), os.path.join(self.root, "in/1"), status=3).splitlines()
        apart = [step for step in range(30) if self.values[0, step] != self.values[1, step]]
        self.assertEqual([int(line.split("\t")[2]) for line in lines if "\tloss\t" in line], apart)


def dots(lines):
    """Braille as a matrix of dots."""
    width = max(map(len, lines))
    matrix = np.zeros((4 * len(lines), 2 * width), bool)
    for row, line in enumerate(lines):
        for column, character in enumerate(line):
            bits = ord(character) - 0x2800 if character != " " else 0
            for bit, (y, x) in enumerate([(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (3, 0), (3, 1)]):
                matrix[4 * row + y, 2 * column + x] = bits >> bit & 1
    return matrix


class Plots(unittest.TestCase):
    LABEL, WIDTH, HEIGHT = 11, 60, 12

    def plot(self, *arguments):
        answer = subprocess.run([PROGRAM, "plot", "-n", str(self.HEIGHT), *arguments], capture_output=True, text=True, check=True,
                                env={**ENVIRONMENT, "COLUMNS": str(self.LABEL + self.WIDTH)})
        self.assertEqual(answer.stderr, "")
        return answer.stdout.splitlines()

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name

    def test_every_point_has_its_dot(self):
        values = np.random.default_rng(2).normal(size=50)
        write_scalars(os.path.join(self.root, "a"), {"loss": dict(enumerate(values))})
        title, *rows = self.plot(self.root)
        self.assertEqual(title, "loss")
        self.assertEqual(rows[self.HEIGHT].split(), ["0", "49"])
        self.assertEqual(len(rows[self.HEIGHT]), self.LABEL + self.WIDTH)
        self.assertEqual(rows[self.HEIGHT + 1].split()[1], "a")
        labels = [row[:self.LABEL].strip() for row in rows[:self.HEIGHT]]
        self.assertEqual([float(label) for label in labels if label],
                         [float(f"{v:.4g}") for v in np.float32([values.max(), (values.max() + values.min()) / 2, values.min()])])
        matrix = dots([row[self.LABEL:].ljust(self.WIDTH) for row in rows[:self.HEIGHT]])
        self.assertEqual(matrix.shape, (4 * self.HEIGHT, 2 * self.WIDTH))
        for step, value in enumerate(values):
            column = round(step / 49 * (2 * self.WIDTH - 1))
            row = (values.max() - value) / (values.max() - values.min()) * (4 * self.HEIGHT - 1)
            self.assertTrue(matrix[round(row), column] or abs(row - round(row)) > .49, msg=step)
        self.assertTrue(matrix.any(axis=0).all())  # curves are connected

    def test_gaps_and_plots_without_a_number(self):
        nan = float("nan")
        write_scalars(os.path.join(self.root, "a"), {"gap": {0: 1., 1: nan, 2: nan, 3: 1.}, "none": {0: nan}, "one": {7: 5.}})
        text = "\n".join(self.plot(self.root))
        gap, none, one = text.split("\n\n")
        matrix = dots([row[self.LABEL:].ljust(self.WIDTH) for row in gap.splitlines()[1:self.HEIGHT + 1]])
        self.assertEqual(matrix.sum(), 2)
        self.assertEqual(none, "none: no finite values")
        self.assertEqual(dots([row[self.LABEL:].ljust(self.WIDTH) for row in one.splitlines()[1:self.HEIGHT + 1]]).sum(), 1)

    def test_runs_share_a_plot(self):
        for run in range(3):
            write_scalars(os.path.join(self.root, str(run)), {"loss": {0: run, 9: run}})
        rows = self.plot(self.root)
        self.assertEqual(dots([row[self.LABEL:].ljust(self.WIDTH) for row in rows[1:self.HEIGHT + 1]]).all(axis=1).sum(), 3)
        self.assertEqual([row.split()[1] for row in rows[self.HEIGHT + 2:]], ["0", "1", "2"])
        self.assertNotIn("\x1b", "".join(rows))


class Mending(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        writer = tensorboardX.SummaryWriter(self.root)
        for step in range(40):
            writer.add_scalar("loss", step, step)
        writer.close()
        self.path = event_file(self.root)
        with open(self.path, "rb") as file:
            self.whole = file.read()

    def write(self, contents):
        with open(self.path, "wb") as file:
            file.write(contents)

    def contents(self):
        with open(self.path, "rb") as file:
            return file.read()

    def steps(self):
        return [step for step, *_ in loaded(self.root)[0]["loss"]]

    def test_sound(self):
        self.assertIn("41 events, sound", sumi("verify", self.root))
        self.assertEqual(json_lines(sumi("repair", "-j", "-i", self.root))[0]["kept_events"], 41)
        self.assertEqual(self.contents(), self.whole)

    def test_damage_is_found_and_cut_out_only_when_asked(self):
        middle = len(self.whole) // 2
        broken = self.whole[:middle] + b"\x55" * 7 + self.whole[middle + 7:] + self.whole[:20]
        self.write(broken)
        self.assertIn("damaged bytes", sumi("verify", self.root, status=3))
        report = json_lines(sumi("repair", "-j", self.root, status=3))[0]
        self.assertEqual((report["changed"], report["torn_tail_bytes"], report["kept_events"]), (False, 20, 40))
        self.assertEqual(self.contents(), broken)
        before = sumi("cat", "-j", self.root)
        self.assertIn("cut out", sumi("repair", "--in-place", self.root))
        self.assertIn("40 events, sound", sumi("verify", self.root))
        self.assertEqual(sumi("cat", "-j", self.root), before)
        self.assertEqual(len(self.steps()), 39)
        self.assertEqual([name for name in os.listdir(self.root)], [os.path.basename(self.path)])

    def test_damage_near_the_end_hides_nothing(self):
        record = len(self.whole) - 5 * (len(self.whole) - self.whole.rindex(b"loss"))
        self.write(self.whole[:record] + self.whole[record + 3:])
        process = subprocess.run([PROGRAM, "inspect", "-j", self.root], capture_output=True, env=ENVIRONMENT, text=True, check=True)
        shown = json.loads(process.stdout)
        self.assertEqual(shown["damaged_places"], 1)
        self.assertGreaterEqual(shown["tags"][0]["count"], 38)
        self.assertIn(self.path, process.stderr)

    def test_trimming(self):
        self.assertIn("10 to remove", sumi("trim", "-S", "30", self.root))
        self.assertEqual(self.contents(), self.whole)
        self.assertIn("10 removed", sumi("trim", "-S", "30", "-i", self.root))
        self.assertEqual(self.steps(), list(range(30)))


class Arguments(unittest.TestCase):
    def test_mistakes_are_said(self):
        with tempfile.TemporaryDirectory() as empty:
            for arguments, status, text in [
                    ([], 2, "usage: sumi COMMAND"), (["nonsense"], 2, "there is no command 'nonsense'"),
                    (["cat", "--bad"], 2, "unknown option --bad"), (["cat", "-i"], 2, "unknown option -i"),
                    (["cat", "-t"], 2, "-t needs a value"), (["cat", "--steps", "x:"], 2, "'x:' is no value of --steps"),
                    (["cat", "-s", "5"], 2, "'5' is no value of --steps"), (["tail", "-n", "-1"], 2, "'-1' is no value of --lines"),
                    (["export", "-F", "xml"], 2, "'xml' is no value of --format"), (["export", "-w", "-F", "jsonl"], 2, "a wide table is csv"),
                    (["diff", empty], 2, "two paths are needed"), (["aggregate", empty], 2, "--output FOLDER is needed"),
                    (["diff", "-T", "x", empty, empty], 2, "'x' is no value of --tolerance"), (["trim", empty], 2, "--from-step N is needed"), (["verify", "-"], 2, "standard input is no file"),
                    (["help", "nonsense"], 2, "usage: sumi COMMAND"),
                    (["cat", os.path.join(empty, "none")], 1, "none: No such file"), (["inspect", empty], 1, "holds no event files")]:
                answer = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, env=ENVIRONMENT, timeout=60)
                self.assertEqual(answer.returncode, status, msg=arguments)
                self.assertIn(text, answer.stderr + answer.stdout, msg=arguments)

    def test_help_names_every_command(self):
        usage = sumi("help")
        self.assertGreaterEqual(set(commands()), {"inspect", "cat", "tail", "plot", "export", "aggregate", "diff", "verify", "repair", "trim"})
        for command in commands():
            self.assertIn(f"  {command} ", usage)
            self.assertIn(f"usage: sumi {command} ", sumi("help", command))
            self.assertEqual(sumi("help", command), sumi(command, "--help"))
        self.assertRegex(sumi("--version"), r"^sumi \d+\.\d+\.\d+\n$")

    def test_the_manual_page_has_every_command_and_option_and_no_other(self):
        with open(os.path.join(os.environ["SUMI_SOURCE_DIR"], "docs/man/sumi.1"), encoding="utf-8") as file:
            page = file.read()
        self.assertEqual(re.findall(r"^\.It Cm (\S+)", page, re.M), commands())
        ours = {option for command in commands() for option in options(command)}
        written = re.findall(r"^\.It (?:Fl (\w) , )?Fl -([\w-]+)", page, re.M)
        self.assertEqual(set(written), ours)
        self.assertEqual(len(written), len(ours))

    def test_completions_have_every_command_and_option(self):
        zsh, fish = sumi("completions", "zsh"), sumi("completions", "fish")
        for command in commands():
            self.assertIn(f"\n  '{command}:", zsh)
            self.assertIn(f"-f -a {command} -d ", fish)
            self.assertEqual(self.offered("sumi", command[:-1])[:1], [command])
            self.assertEqual(self.offered("sumi", command, "--"), [f"--{name}" for _, name in options(command)] + ["--help"])
            specs = re.search(rf"^  {command}\) _arguments(.*)", zsh, re.M)[1]
            lines = [line for line in fish.splitlines() if f"__fish_seen_subcommand_from {command}\"" in line]
            self.assertEqual(len(lines), len(options(command)))
            for letter, name in options(command):
                self.assertIn(f"{{-{letter},--{name}}}" if letter else f"'--{name}[", specs)
                self.assertTrue(any(f" -l {name} " in line and (not letter or f" -s {letter} " in line) for line in lines))
        self.assertEqual(self.offered("sumi", "export", "-F", "j"), ["jsonl"])
        self.assertEqual(self.offered("sumi", "export", "--tag", ""), [])
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "deep"))
            with open(os.path.join(folder, "dot"), "w"):
                pass
            self.assertEqual(self.offered("sumi", "export", "-m", folder + "/d"), [folder + "/deep"])
            self.assertEqual(sorted(self.offered("sumi", "export", folder + "/d")), [folder + "/deep", folder + "/dot"])
        sumi("completions", "tcsh", status=2)

    def offered(self, *words):
        script = sumi("completions", "bash") + f"""
COMP_WORDS=({" ".join(f"'{word}'" for word in words)})
COMP_CWORD={len(words) - 1}
_sumi
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
        return subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout.split()

    def test_a_full_disk_is_a_failure(self):
        with open("/dev/full", "w") as full:
            self.assertEqual(subprocess.run([PROGRAM, "help"], stdout=full, stderr=subprocess.DEVNULL).returncode, 1)

    def test_without_python_and_at_once(self):
        begun = time.monotonic()
        sumi("--version")
        self.assertLess(time.monotonic() - begun, 5)
        linked = subprocess.run(["ldd", PROGRAM], capture_output=True, text=True).stdout
        for library in ("python", "openblas", "sumi_tensor", "libprotobuf.so"):
            self.assertNotIn(library, linked)


if __name__ == "__main__":
    unittest.main(verbosity=2)
