"""The example that survives: killed at random moments, it ends with the same weights, to the bit, and the same log."""
import glob
import os
import random
import signal
import subprocess
import tempfile
import time
import unittest

from safetensors.numpy import load_file
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "examples", "14_save_restore")
STEPS = 3000
KILLS = 100


def start(folder):
    environment = {key: value for key, value in os.environ.items() if key != "SUMI_INTERVALS"}
    return subprocess.Popen([PROGRAM, folder, str(STEPS)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env={**environment, "OMP_NUM_THREADS": "1"})


def result(folder):
    """The last checkpoint and what a viewer sees of the log."""
    log = EventAccumulator(folder, size_guidance={"tensors": 0})
    log.Reload()
    series = {tag: [(event.step, tensor_util.make_ndarray(event.tensor_proto).tobytes()) for event in log.Tensors(tag)]
              for tag in log.Tags()["tensors"]}
    with open(os.path.join(folder, "checkpoints", f"model-{STEPS}.safetensors"), "rb") as file:
        return file.read(), series


def kept(folder):
    return glob.glob(os.path.join(folder, "checkpoints", "*.safetensors"))


class Survival(unittest.TestCase):
    def finish(self, folder):
        process = start(folder)
        out, err = process.communicate(timeout=300)
        self.assertEqual((process.returncode, err), (0, ""))
        return out

    def test_killed_at_random_moments(self):
        rng, kills, lives_that_went_on = random.Random(6), 0, 0
        with tempfile.TemporaryDirectory() as root:
            whole = os.path.join(root, "whole")
            began = time.monotonic()
            self.finish(whole)
            lasts = time.monotonic() - began
            weights, series = result(whole)
            self.assertEqual(set(series), {"train/loss", "activations"})
            self.assertEqual(len(series["train/loss"]), STEPS // 10)
            number = 0
            while kills < KILLS:
                number += 1
                folder = os.path.join(root, f"killed-{number}")
                while True:
                    lives_that_went_on += bool(kept(folder))
                    process = start(folder)
                    time.sleep(rng.uniform(0, lasts / 4))
                    if process.poll() is not None:
                        break
                    process.send_signal(signal.SIGKILL)
                    process.communicate()
                    kills += 1
                    self.assertLessEqual(len(kept(folder)), 5)  # three, the best, and one more before the oldest goes
                out, err = process.communicate()
                self.assertEqual((process.returncode, err), (0, ""))
                ended, logged = result(folder)
                self.assertEqual(ended, weights)
                self.assertEqual(logged, series)
                leftovers = [name for name in os.listdir(os.path.join(folder, "checkpoints")) if name.endswith(".new")]
                self.assertLessEqual(len(leftovers), 1)
        self.assertGreater(lives_that_went_on, KILLS // 10)

    def test_its_files_are_read_by_others(self):
        with tempfile.TemporaryDirectory() as folder:
            self.finish(folder)
            values = load_file(os.path.join(folder, "checkpoints", f"model-{STEPS}.safetensors"))
        self.assertEqual(values["global_step"].item(), STEPS)
        self.assertEqual(values["dense/kernel"].shape, (784, 32))
        self.assertEqual(values["dense_1/bias/Adam_1"].shape, (10,))
        self.assertAlmostEqual(float(values["beta1_power"]), 0.9 ** (STEPS + 1), places=7)


if __name__ == "__main__":
    unittest.main(verbosity=2)
