"""Scalars as simple_value: found by programs that look for nothing else, shown by TensorBoard as all others are."""
import os
import subprocess
import tempfile
import unittest

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto import event_pb2

from tensorboard_server import TensorBoard

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests/programs/summary_write_simple")
LOSSES = [(step, float(np.float32(1 / (step + 1)))) for step in range(60)]


def write(*arguments):
    environment = {key: value for key, value in os.environ.items() if key != "SUMI_INTERVALS"}
    subprocess.run([PROGRAM, *map(str, arguments)], check=True, env=environment)


def values(folder):
    for name in sorted(os.listdir(folder)):
        for record in RawEventFileLoader(os.path.join(folder, name)).Load():
            event = event_pb2.Event.FromString(record)
            for value in event.summary.value:
                yield event.step, value


class SimpleValues(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.runs = {name: os.path.join(cls.folder.name, name) for name in ("simple", "tensors", "resumed")}
        write(cls.runs["simple"], 1, 0, 59)
        write(cls.runs["tensors"], 0, 0, 59)
        write(cls.runs["resumed"], 1, 0, 44)
        write(cls.runs["resumed"], 1, 30, 59, 30)

    def test_the_form(self):
        for name in ("simple", "tensors"):
            for step, value in values(self.runs[name]):
                simple = name == "simple" and value.tag in ("loss", "odd")
                self.assertEqual(value.WhichOneof("value"), "simple_value" if simple else "tensor", msg=value.tag)
                self.assertFalse(simple and value.HasField("metadata"))
        sizes = {name: sum(os.path.getsize(os.path.join(self.runs[name], file)) for file in os.listdir(self.runs[name]))
                 for name in ("simple", "tensors")}
        self.assertLess(sizes["simple"], sizes["tensors"] - 2 * 60 * 5)

    def test_programs_that_look_for_simple_values_find_them(self):
        for name in ("simple", "resumed"):
            log = EventAccumulator(self.runs[name], size_guidance={"tensors": 0, "scalars": 0})
            log.Reload()
            self.assertEqual(sorted(log.Tags()["scalars"]), ["loss", "odd"])
            self.assertEqual([(event.step, event.value) for event in log.Scalars("loss")], LOSSES)
            np.testing.assert_equal([event.value for event in log.Scalars("odd")[:3]], [np.nan, -np.inf, np.float32(1 / 3)])
            self.assertEqual([event.step for event in log.Tensors("titled")], list(range(60)))

    def both_forms_are_shown_alike(self, *flags):
        with TensorBoard(self.folder.name, *flags) as board:
            for name in self.runs:
                board.wait_for_run(name)

            def points(name, tag):
                return [(step, value) for _, step, value in board.json("scalars/scalars", run=name, tag=tag)]

            for name in self.runs:
                for tag in ("loss", "odd", "titled"):
                    board.wait_for(lambda n=name, t=tag: points(n, t), lambda found: found[-1][0] == 59)
                    self.assertEqual(points(name, tag), points("tensors", tag), msg=(name, tag))
            self.assertEqual(points("simple", "loss"), LOSSES)
            tags = board.json("scalars/tags")
            self.assertEqual(set(tags["simple"]), set(tags["tensors"]))
            self.assertEqual(tags["simple"]["titled"], tags["tensors"]["titled"])

    def test_by_the_data_server(self):
        self.both_forms_are_shown_alike()

    def test_by_the_python_loader(self):
        self.both_forms_are_shown_alike("--load_fast=false")


if __name__ == "__main__":
    unittest.main(verbosity=2)
