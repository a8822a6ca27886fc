"""sumi compare against the rows of TensorBoard's own HParams dashboard."""
import csv
import io
import os
import subprocess
import tempfile
import unittest

import numpy as np
import tensorflow as tf
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto import event_pb2
from tensorboard.plugins.hparams import api as hp
from tensorboard.summary.writer.record_writer import RecordWriter

from tensorboard_server import TensorBoard
from test_command import ENVIRONMENT, PROGRAM, json_lines, number, sumi, write_scalars

TRIALS = {"a": {"rate": .1, "units": 16, "optimizer": "adam", "augment": True}, "b": {"rate": .02, "units": 256, "optimizer": "sgd", "augment": False},
          "c": {"rate": 1e-5, "units": 8, "optimizer": "ärger, \"x\"", "augment": True}}


class Compare(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = folder.name
        generator = np.random.default_rng(8)
        cls.loss = {name: generator.normal(size=12).astype(np.float32) for name in TRIALS}
        for name, hparams in TRIALS.items():
            writer = tf.summary.create_file_writer(os.path.join(cls.root, name))
            with writer.as_default():
                hp.hparams(hparams, trial_id=name)
                for step, value in enumerate(cls.loss[name]):
                    tf.summary.scalar("loss", value, step)
            writer.close()
        write_scalars(os.path.join(cls.root, "b/val"), {"loss": {0: 7., 5: 3., 9: 5.}})
        write_scalars(os.path.join(cls.root, "plain"), {"other": {3: float("nan"), 4: float("nan")}, "loss": {1: float("nan"), 2: -50., 3: 60.}})

    def test_the_rows_are_the_dashboards(self):
        rows = {row["run"]: row for row in json_lines(sumi("compare", "-j", self.root))}
        self.assertEqual(sorted(rows), ["a", "b", "b/val", "c", "plain"])
        with TensorBoard(self.root) as board:
            for name in TRIALS:
                board.wait_for_run(name)
            board.json("hparams/experiment", body={"experimentName": ""})
            groups = board.wait_for(lambda: board.json("hparams/session_groups", body={
                "experimentName": "", "allowedStatuses": [f"STATUS_{name}" for name in ("UNKNOWN", "SUCCESS", "FAILURE", "RUNNING")],
                "colParams": [], "startIndex": 0, "sliceSize": 10}).get("sessionGroups", []), lambda groups: len(groups) == 3)
        for group in groups:
            row = rows[group["name"]]
            self.assertEqual(row["hparams"], group["hparams"])
            metrics = {(value["name"].get("group", ""), value["name"]["tag"]): value for value in group["metricValues"]}
            for (inner, tag), value in metrics.items():
                ours = rows["/".join(filter(None, [group["name"], inner]))]["metrics"][tag]
                self.assertEqual((ours["last_step"], np.float32(ours["last"])), (int(value["trainingStep"]), np.float32(value["value"])))
        self.assertEqual(rows["b/val"]["hparams"], TRIALS["b"])
        self.assertEqual(rows["plain"]["hparams"], {})

    def test_extremes_are_numpys(self):
        rows = {row["run"]: row for row in json_lines(sumi("compare", "-j", self.root))}
        for name, loss in self.loss.items():
            metric = rows[name]["metrics"]["loss"]
            self.assertEqual([metric["count"], metric["min_step"], metric["max_step"]], [12, loss.argmin(), loss.argmax()])
            self.assertEqual([np.float32(metric["min"]), np.float32(metric["max"])], [loss.min(), loss.max()])
        plain = rows["plain"]["metrics"]
        self.assertEqual([number(plain["loss"][key]) for key in ("last", "min", "max")], [60, -50, 60])
        self.assertTrue(all(np.isnan(number(plain["other"][key])) for key in ("last", "min", "max")))

    def table(self, *arguments):
        return list(csv.DictReader(io.StringIO(sumi("compare", "--csv", *arguments, self.root))))

    def test_tables_are_sorted(self):
        last = {**{name: loss[-1] for name, loss in self.loss.items()}, "b/val": 5, "plain": 60}
        best = {**{name: loss.min() for name, loss in self.loss.items()}, "b/val": 3, "plain": -50}
        table = self.table("--by", "loss")
        self.assertEqual(list(table[0]), ["run", "augment", "optimizer", "rate", "units", "loss", "other"])
        self.assertEqual([row["run"] for row in table], sorted(last, key=last.get))
        self.assertEqual([np.float32(row["loss"]) for row in table], sorted(map(np.float32, last.values())))
        self.assertEqual([row["run"] for row in self.table("--by", "loss", "--best", "min")], sorted(best, key=best.get))
        self.assertEqual([row["run"] for row in self.table("--by", "rate", "--reverse")], ["a", "b/val", "b", "c", "plain"])
        self.assertEqual([row["run"] for row in self.table("--by", "optimizer")], ["a", "b", "b/val", "c", "plain"])
        self.assertEqual([row["optimizer"] for row in self.table("-r", "c")], [TRIALS["c"]["optimizer"]])
        self.assertEqual([row["run"] for row in self.table("-t", "oth*")], ["plain"])
        self.assertEqual([float(row["loss"]) for row in self.table("-r", "b/val", "-s", ":6")], [3])
        lines = sumi("compare", "-r", "[ac]", "--by", "rate", self.root).splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["run", "c", "a"])
        self.assertEqual(len({len(line) for line in lines}), 1)

    def test_what_is_wrong(self):
        def refused(status, *arguments):
            answer = subprocess.run([PROGRAM, "compare", *arguments, self.root], capture_output=True, text=True, env=ENVIRONMENT)
            self.assertEqual((answer.returncode, answer.stdout), (status, ""))
            return answer.stderr
        self.assertIn('no run has a tag or hyper-parameter "none"', refused(1, "--by", "none"))
        self.assertIn("exclude each other", refused(2, "--csv", "--json"))
        self.assertIn("--reverse needs --by", refused(2, "--reverse"))
        self.assertIn("'most' is no value of --best", refused(2, "--best", "most"))

    def test_damaged_hyper_parameters_crash_nothing(self):
        (name,) = os.listdir(os.path.join(self.root, "a"))
        records = list(RawEventFileLoader(os.path.join(self.root, "a", name)).Load())
        index, event = next((i, event) for i, record in enumerate(records) for event in [event_pb2.Event.FromString(record)]
                            if any(value.tag.startswith("_hparams_") for value in event.summary.value))
        content = event.summary.value[0].metadata.plugin_data.content
        self.assertGreater(len(content), 50)
        for cut in range(0, len(content) + 1, 3):
            for at in (None, cut):
                damaged = content[:cut] if at is None else content[:at] + b"\xff" + content[at + 1:]
                event.summary.value[0].metadata.plugin_data.content = damaged
                stream = io.BytesIO()
                for i, record in enumerate(records[:index + 3]):
                    RecordWriter(stream).write(event.SerializeToString() if i == index else record)
                sumi("compare", "-j", "-", stdin=stream.getvalue())


if __name__ == "__main__":
    unittest.main(verbosity=2)
