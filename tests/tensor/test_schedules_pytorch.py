"""Schedules of PyTorch's over 200 steps, by what torch/optim/lr_scheduler.py of PyTorch 2 documents, written in NumPy: PyTorch
itself is not among the oracles."""
import os
import subprocess
import tempfile
import unittest

import numpy as np

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests", "programs", "tensor_run_schedule")
STEPS = 200


def run(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise AssertionError(done.stderr)
    return np.array([float(line) for line in done.stdout.split()])


def one_cycle(max_lr, total_steps, pct_start, div_factor, final_div_factor):
    """OneCycleLR with anneal_strategy="cos", three_phase=False."""
    initial_lr = max_lr / div_factor
    min_lr = initial_lr / final_div_factor
    phases = [(pct_start * total_steps - 1, initial_lr, max_lr), (total_steps - 1, max_lr, min_lr)]
    rates = []
    for step in range(total_steps):
        start_step = 0.
        for i, (end_step, start, end) in enumerate(phases):
            if step <= end_step or i == len(phases) - 1:
                pct = (step - start_step) / (end_step - start_step)
                rates.append(end + (start - end) / 2 * (1 + np.cos(np.pi * pct)))
                break
            start_step = end_step
    return np.array(rates)


class ReduceLROnPlateau:
    """With threshold_mode="rel" and eps=0."""

    def __init__(self, lr, factor, patience, threshold, cooldown, min_lr, maximize):
        self.lr, self.factor, self.patience, self.threshold = lr, factor, patience, threshold
        self.cooldown, self.min_lr, self.maximize = cooldown, min_lr, maximize
        self.best, self.num_bad_epochs, self.cooldown_counter = -np.inf if maximize else np.inf, 0, 0

    def is_better(self, metric):
        if self.maximize:
            return metric > self.best * (1 + self.threshold)
        return metric < self.best * (1 - self.threshold)

    def step(self, metric):
        if self.is_better(metric):
            self.best = metric
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self.lr = max(self.lr * self.factor, self.min_lr)
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
        return self.lr


class Schedules(unittest.TestCase):
    def test_one_cycle(self):
        for arguments in [(.1, STEPS, .3, 25, 1e4), (2, STEPS, .5, 10, 100), (1e-3, STEPS, .05, 4, 1), (1, STEPS, .995, 3, 1e3)]:
            found, expected = run("one_cycle", *arguments, STEPS), one_cycle(*arguments)
            self.assertEqual(len(found), STEPS)
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=3e-7 * arguments[0], err_msg=str(arguments))

    def test_after_the_last_step_the_rate_stays(self):
        # PyTorch raises an error there.
        np.testing.assert_array_equal(run("one_cycle", .1, 50, .3, 25, 100, STEPS)[50:], run("one_cycle", .1, 50, .3, 25, 100, 50)[-1])

    def test_plateau(self):
        rng = np.random.default_rng(2)
        falling = np.exp(-np.arange(STEPS) / 60) + rng.normal(size=STEPS) / 25
        lowered = set()
        for maximize in (False, True):
            metrics = 1 - falling if maximize else falling
            for arguments in [(.1, .5, 3, 1e-2, 2, 1e-4), (1, .1, 10, 1e-4, 0, 0), (.5, .7, 1, .05, 5, 1e-3)]:
                plateau = ReduceLROnPlateau(*arguments, maximize)
                expected = [plateau.step(metric) for metric in metrics]
                with tempfile.TemporaryDirectory() as folder:
                    path = os.path.join(folder, "metrics.npy")
                    np.save(path, metrics)
                    found = run("plateau", *arguments, int(maximize), path)
                np.testing.assert_allclose(found, expected, rtol=2e-6, err_msg=str(arguments))
                lowered.add(len(set(expected)))
        self.assertGreater(min(lowered), 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
