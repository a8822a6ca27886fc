"""A real TensorBoard, with both of its readers, serves what write_log and write_sessions wrote.

Expected values repeat the rules of write_log.c.
"""

import os
import subprocess
import tempfile
import unittest
import urllib.parse

import numpy as np

from tensorboard_server import TensorBoard

PROGRAMS = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests", "programs")


def run(program, *arguments):
    subprocess.run([os.path.join(PROGRAMS, program), *map(str, arguments)], check=True)


def picture(step, sample):
    rest = [(step * 31 + sample * 101 + i * 7) % 256 for i in range(300)]
    return b"\x89PNG\r\n\x1a\n" + bytes(rest[8:])


def histogram(step):
    return [[0.5 * i - step, 0.5 * (i + 1) - step, i * step + 1] for i in range(5)]


class Reader:
    """Tests that run once per reader."""

    flags = ()

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        logdir = cls.directory.name
        run("events_write_log", os.path.join(logdir, "run"))
        run("events_write_sessions", os.path.join(logdir, "interrupted"), 0, 60, 33, 70, 50, 99)
        run("events_write_sessions", os.path.join(logdir, "whole"), 0, 99)
        cls.board = TensorBoard(logdir, *cls.flags)
        try:
            for name in ("run", "interrupted", "whole"):
                cls.board.wait_for_run(name)
            # Runs may be listed before they are loaded to their end.
            for name, tag, last in (
                ("run", "odd", 2),
                ("interrupted", "loss", 99),
                ("whole", "loss", 99),
            ):
                cls.board.wait_for(
                    lambda n=name, t=tag: cls.scalars(n, t),
                    lambda points, l=last: points[-1][0] == l,
                )
            cls.board.wait_for(
                lambda: cls.board.json("pr_curves/pr_curves", run="run", tag="curve"),
                lambda answer: len(answer["run"]) == 8,
            )
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.board.close()
        cls.directory.cleanup()

    @classmethod
    def scalars(cls, name, tag):
        return [
            (step, value) for _, step, value in cls.board.json("scalars/scalars", run=name, tag=tag)
        ]

    def test_the_intended_reader_reads(self):
        self.assertEqual(self.board.uses_data_server(), not self.flags)

    def test_scalars(self):
        expected = [(step, float(np.float32(1) / np.float32(step + 1))) for step in range(500)]
        self.assertEqual(self.scalars("run", "loss"), expected)
        self.assertEqual(self.scalars("run", "twice"), [(step, 2.0 * step) for step in range(500)])
        self.assertEqual(self.scalars("run", "odd"), [(1, "NaN"), (2, "-Infinity")])

    def test_histograms(self):
        points = self.board.json("histograms/histograms", run="run", tag="weights")
        self.assertEqual(
            [(step, rows) for _, step, rows in points],
            [(step, histogram(step)) for step in range(8)],
        )

    def test_images(self):
        for sample in range(2):
            points = self.board.json("images/images", run="run", tag="pictures/墨", sample=sample)
            self.assertEqual([point["step"] for point in points], list(range(8)))
            for point in points:
                data = self.board.get(
                    "images/individualImage", **dict(urllib.parse.parse_qsl(point["query"]))
                )
                self.assertEqual(data, picture(point["step"], sample))
        info = self.board.json("images/tags")["run"]["pictures/墨"]
        self.assertEqual((info["displayName"], info["samples"]), ("Pictures", 2))
        self.assertIn("<em>two</em>", info["description"])

    def test_text(self):
        texts = self.board.json("text/text", run="run", tag="notes")
        self.assertEqual(texts[-1]["step"], 7)
        self.assertIn("<strong>step</strong> 7 墨", texts[-1]["text"])

    def test_pr_curves(self):
        curve = self.board.json("pr_curves/pr_curves", run="run", tag="curve")["run"][-1]
        self.assertEqual(curve["true_positives"], [4, 3, 1])
        self.assertEqual(curve["precision"], [0.5, 0.75, 1.0])

    def test_the_graph(self):
        self.assertTrue(self.board.json("graphs/info")["run"]["run_graph"])
        text = self.board.get("graphs/graph", run="run").decode()
        self.assertIn('name: "layer/square"', text)

    def test_hparams(self):
        experiment = self.board.json("hparams/experiment", body={"experimentName": ""})
        self.assertEqual(
            sorted(info["name"] for info in experiment["hparamInfos"]),
            ["augment", "learning_rate", "optimizer"],
        )
        groups = self.board.json(
            "hparams/session_groups",
            body={
                "experimentName": "",
                "allowedStatuses": ["STATUS_SUCCESS"],
                "colParams": [],
                "startIndex": 0,
                "sliceSize": 10,
            },
        )
        group = groups["sessionGroups"][0]
        self.assertEqual(
            group["hparams"], {"learning_rate": 0.125, "optimizer": "adam", "augment": True}
        )
        self.assertAlmostEqual(group["metricValues"][0]["value"], 1 / 500, places=7)

    def test_meshes_and_layout(self):
        self.assertEqual(self.board.json("mesh/tags")["run"], {"mesh": {"samples": 1}})
        points = self.board.get(
            "mesh/data", run="run", tag="mesh", sample=0, content_type="VERTEX", step=0
        )
        np.testing.assert_array_equal(
            np.frombuffer(points, "<f4").reshape(4, 3), [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
        )
        self.assertEqual(self.board.json("custom_scalars/layout")["category"][0]["title"], "all")

    def test_an_interrupted_run_shows_what_an_uninterrupted_one_shows(self):
        for tag in ("loss", "rare"):
            self.assertEqual(self.scalars("interrupted", tag), self.scalars("whole", tag))
        self.assertEqual([step for step, _ in self.scalars("whole", "loss")], list(range(100)))
        interrupted, whole = (
            [
                (step, rows)
                for _, step, rows in self.board.json(
                    "histograms/histograms", run=name, tag="weights"
                )
            ]
            for name in ("interrupted", "whole")
        )
        self.assertEqual(interrupted, whole)


class DataServer(Reader, unittest.TestCase):
    pass


class PythonLoader(Reader, unittest.TestCase):
    flags = ("--load_fast=false",)


if __name__ == "__main__":
    unittest.main()
