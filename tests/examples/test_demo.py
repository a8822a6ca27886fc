"""The demo program as its user runs it: results, reproducibility, intervals, interruption, mistakes."""

import os
import re
import signal
import subprocess
import tempfile
import time
import unittest

from tensorboard.backend.event_processing import event_accumulator

DEMO = os.path.join(os.environ["SUMI_BINARY_DIR"], "examples", "fashion_mnist")


def run(*arguments, **options):
    return subprocess.run([DEMO, *arguments], capture_output=True, text=True, timeout=600, **options)


def load(folder):
    loaded = event_accumulator.EventAccumulator(folder, size_guidance={event_accumulator.TENSORS: 0})
    loaded.Reload()
    return loaded


def scalars(loaded, tag):
    return {event.step: event.tensor_proto.float_val[0] for event in loaded.Tensors(tag)}


class Demo(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())

    def demo(self, *arguments, logdir="a", **options):
        done = run("--logdir", os.path.join(self.folder, logdir), *arguments, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout, load(os.path.join(self.folder, logdir, "run-001"))

    def test_it_learns_and_logs_everything(self):
        text, log = self.demo("--steps", "240")
        accuracy = float(re.search(r"all +\d+ +([\d.]+)%", text).group(1))
        self.assertGreater(accuracy, 90)
        self.assertAlmostEqual(scalars(log, "accuracy/test")[239] * 100, accuracy, places=1)
        tags = set(log.Tags()["tensors"])
        self.assertLessEqual(
            {"loss/train", "loss/test", "accuracy/train", "accuracy/test", "learning_rate", "gradient_norm",
             "steps_per_second", "weights/conv1/kernel", "gradients/conv1/kernel", "activations/conv1", "predictions",
             "mistakes", "confusion", "filters", "configuration", "_hparams_/session_start_info",
             "_hparams_/session_end_info"}, tags)
        self.assertTrue(log.Tags()["graph"])

    def test_the_same_seed_gives_the_same_numbers_on_any_number_of_threads(self):
        curves = []
        for name, extra in (("one", ["--threads", "1"]), ("two", ["--threads", "2"]), ("other", ["--seed", "2"])):
            _, log = self.demo("--steps", "25", "--intervals", "loss/train=1", *extra, logdir=name)
            curves.append(scalars(log, "loss/train"))
        self.assertEqual(len(curves[0]), 25)
        self.assertEqual(curves[0], curves[1])
        self.assertNotEqual(curves[0], curves[2])

    def test_intervals_come_from_the_command_line_and_the_environment(self):
        _, log = self.demo("--steps", "30", "--intervals", "loss/train=7; weights*=never; gradients*=never")
        self.assertEqual(sorted(scalars(log, "loss/train")), [0, 7, 14, 21, 28])
        self.assertFalse([tag for tag in log.Tags()["tensors"] if tag.startswith(("weights", "gradients"))])
        _, log = self.demo("--steps", "30", logdir="b", env={**os.environ, "SUMI_INTERVALS": "loss/train=at:3,4,29"})
        self.assertEqual(sorted(scalars(log, "loss/train")), [3, 4, 29])

    def test_runs_stand_side_by_side(self):
        for number in ("run-001", "run-002"):
            run("--steps", "2", "--logdir", self.folder)
            self.assertTrue(os.path.isdir(os.path.join(self.folder, number)))

    def test_ctrl_c_stops_cleanly_with_everything_on_disk(self):
        process = subprocess.Popen([DEMO, "--steps", "100000", "--logdir", self.folder, "--intervals", "loss/train=1"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        run_folder = os.path.join(self.folder, "run-001")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            time.sleep(0.5)
            if os.path.isdir(run_folder) and os.listdir(run_folder) and "loss/train" in load(run_folder).Tags()["tensors"]:
                break
        process.send_signal(signal.SIGINT)
        text, errors = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, errors)
        steps = int(re.search(r"Stopped at step (\d+)", text).group(1))
        log = load(run_folder)
        self.assertEqual(sorted(scalars(log, "loss/train")), list(range(steps)))
        for tag in ("accuracy/test", "predictions", "confusion", "_hparams_/session_end_info"):
            self.assertIn(tag, log.Tags()["tensors"])
        self.assertEqual(max(scalars(log, "accuracy/test")), steps - 1)

    def test_mistakes_are_named(self):
        empty = os.path.join(self.folder, "empty")
        broken = os.path.join(self.folder, "broken")
        os.makedirs(empty)
        os.makedirs(broken)
        with open(os.path.join(broken, "train-images-idx3-ubyte"), "wb") as file:
            file.write(b"\0\0\x08\x03\0\0\0\x0a")  # ends in the middle of its header
        for arguments, code, message in (
                (["--data", empty], 1, empty),
                (["--data", broken], 1, "train-images-idx3-ubyte"),
                (["--intervals", "loss/train=often"], 1, "byte"),
                (["--logdir", "/proc/nowhere"], 1, "/proc/nowhere"),
                (["--steps", "none"], 2, "--steps none"),
                (["--what"], 2, "--what")):
            done = run("--steps", "2", *(["--logdir", self.folder] if "--logdir" not in arguments else []), *arguments)
            self.assertEqual(done.returncode, code, (arguments, done.stderr))
            self.assertIn(message, done.stderr)


if __name__ == "__main__":
    unittest.main()
