"""sumi lint against what TensorBoard's two readers hold of the same files."""
import os
import subprocess
import tempfile
import unittest

import numpy as np
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, types_pb2
from tensorboard.compat.proto.summary_pb2 import SummaryMetadata
from tensorboard.summary.writer.record_writer import RecordWriter

from test_command import ENVIRONMENT, EVERYTHING, json_lines, sumi, write_scalars
from tensorboard_readers import shown

TIME = 1.7e9


def metadata(plugin, **more):
    return SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name=plugin), **more)


def simple(tag, number):
    return summary_pb2.Summary.Value(tag=tag, simple_value=number)


def tensor(tag, plugin=None, data_class=0, **members):
    value = summary_pb2.Summary.Value(tag=tag, tensor=tensor_pb2.TensorProto(**members))
    if plugin is not None:
        value.metadata.CopyFrom(metadata(plugin, data_class=data_class))
    return value


def strings(tag, *items, plugin=None):
    value = tensor(tag, plugin, dtype=types_pb2.DT_STRING, string_val=items)
    value.tensor.tensor_shape.dim.add(size=len(items))
    return value


def version(number="2", wall_time=TIME):
    return event_pb2.Event(wall_time=wall_time, file_version=f"brain.Event:{number}")


def summary(step, *values, wall_time=None):
    return event_pb2.Event(wall_time=TIME + step if wall_time is None else wall_time, step=step, summary=summary_pb2.Summary(value=values))


def start(step):
    return event_pb2.Event(wall_time=TIME + step, step=step, session_log=event_pb2.SessionLog(status=event_pb2.SessionLog.START))


def write(folder, *events, name="events.out.tfevents.1"):
    """Events, or the bytes of records."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        writer = RecordWriter(file)
        for event in events:
            writer.write(event if isinstance(event, bytes) else event.SerializeToString())


class Lint(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name

    def run_lint(self, status, *arguments):
        """({(run, tag): counts}, {(run, tag or file's name, finding): count}) that agree with both readers."""
        lines = json_lines(sumi("lint", "-j", *arguments, self.root, status=status))
        counts = {(self.name(line), line["tag"]): line for line in lines if "written" in line}
        found = {(self.name(line), os.path.basename(line.get("tag", line.get("file"))), line["finding"]): line["count"]
                 for line in lines if "finding" in line}
        if not arguments:
            for reader, member in (("python", "python_loader"), ("server", "data_server")):
                held = shown(self.root, reader)
                readable = {key: len(values or ()) for key, values in held.items()}
                for key, line in counts.items():
                    self.assertEqual(line[member], readable.get(key, 0), msg=(reader, key))
                self.assertEqual({key for key, count in readable.items() if count} - set(counts), set())
        self.assertEqual(len(sumi("lint", *arguments, self.root, status=status).splitlines()), len(found))
        return counts, found

    def name(self, line):
        return "." if line["run"] == self.root else line["run"]

    def test_nothing_to_say(self):
        write_scalars(os.path.join(self.root, "a"), {"loss": {step: 1 / (step + 1) for step in range(100)}})
        self.assertEqual(self.run_lint(0)[1], {})

    def test_what_sumi_writes(self):
        subprocess.run([EVERYTHING, os.path.join(self.root, "all")], check=True, env=ENVIRONMENT)
        counts, found = self.run_lint(0)
        self.assertGreater(len(counts), 20)
        self.assertEqual({finding for *_, finding in found} - {"sampled", "not-finite"}, set())

    def test_samples(self):
        write(self.root, version(), *(summary(step, simple("loss", step), strings("note", b"x", plugin="text"),
                                              strings("dots", b"1", b"1", b"\x89PNG", plugin="images")) for step in range(1200)))
        counts, found = self.run_lint(0)
        self.assertEqual(found, {(".", "loss", "sampled"): 200, (".", "note", "sampled"): 1100, (".", "dots", "sampled"): 1190})
        for reader, texts in (("python", 10), ("server", 100)):
            held = shown(self.root, reader, sampled=True)
            self.assertEqual({tag: len(values) for (_, tag), values in held.items()}, {"loss": 1000, "note": texts, "dots": 10})

    def test_metadata(self):
        number = dict(dtype=types_pb2.DT_FLOAT, float_val=[1.])
        write(self.root, version(),
              summary(1, tensor("none", **number), tensor("late", **number), tensor("mine", "mine", **number),
                      tensor("classed", "scalars", 1, **number), simple("old", 1)),
              summary(2, tensor("none", **number), tensor("late", "scalars", **number)))
        self.assertEqual(self.run_lint(3)[1], {(".", "none", "no-metadata"): 2, (".", "late", "no-metadata"): 2, (".", "mine", "no-class"): 1})

    def test_forms(self):
        write(self.root, version(),
              summary(1, tensor("double", "scalars", dtype=types_pb2.DT_DOUBLE, double_val=[1.]), simple("mixed", 1),
                      tensor("half", "histograms", dtype=types_pb2.DT_BFLOAT16, half_val=[1]),
                      tensor("flat", "images", dtype=types_pb2.DT_STRING, string_val=[b"x"])),
              summary(2, tensor("double", dtype=types_pb2.DT_DOUBLE, double_val=[1.]), tensor("mixed", dtype=types_pb2.DT_DOUBLE, double_val=[2.])))
        found = self.run_lint(3)[1]
        self.assertEqual(found, {(".", "double", "wrong-form"): 2, (".", "mixed", "wrong-form"): 1, (".", "half", "not-decoded"): 1,
                                 (".", "flat", "wrong-form"): 1})

    def test_pictures_and_texts(self):
        write(self.root, version(), summary(1, strings("few", b"1", b"1", plugin="images"), strings("webp", b"1", b"1", b"RIFFxxxxWEBP", plugin="images"),
                                            strings("latin", b"caf\xe9", plugin="text"), simple("gap", float("nan"))))
        found = json_lines(sumi("lint", "-j", self.root, status=3))
        self.assertEqual({(line["tag"], line["finding"]) for line in found if "finding" in line},
                         {("few", "few-strings"), ("webp", "picture-format"), ("latin", "text-not-utf8"), ("gap", "not-finite")})

    def test_steps_that_go_back(self):
        write(os.path.join(self.root, "back"), version(), *(summary(step, simple("loss", step)) for step in (0, 1, 2, 3, 4, 2, 2, 7)))
        write(os.path.join(self.root, "again"), version(), start(0), *(summary(step, simple("loss", step)) for step in range(6)),
              start(3), *(summary(step, simple("loss", step)) for step in range(3, 5)))
        write(os.path.join(self.root, "old"), *(summary(step, simple("loss" if step < 9 else "slow", step)) for step in (0, 1, 9, 2, 3, 12, 1)))
        counts, found = self.run_lint(3)
        self.assertEqual((found["back", "loss", "steps-back"], found["again", "loss", "restarted"], found["old", "loss", "no-version"]), (4, 3, 3))

    def test_damage_and_times(self):
        events = [version(), *(summary(step, simple("loss", step)) for step in range(20))]
        write(os.path.join(self.root, "broken"), *events)
        path = os.path.join(self.root, "broken/events.out.tfevents.1")
        with open(path, "r+b") as file:
            file.seek(sum(len(event.SerializeToString()) + 16 for event in events[:10]) + 2)
            file.write(b"\x77\x77\x77")  # in a length
        write(os.path.join(self.root, "sum"), *events)
        with open(os.path.join(self.root, "sum/events.out.tfevents.1"), "r+b") as file:
            file.seek(-2, os.SEEK_END)
            file.write(b"\x77")
        write(os.path.join(self.root, "broken"), version(wall_time=TIME + 30), *(summary(step, simple("loss", step)) for step in range(30, 33)), name="events.out.tfevents.2")
        write(os.path.join(self.root, "torn"), *events)
        with open(os.path.join(self.root, "torn/events.out.tfevents.1"), "ab") as file:
            file.write(b"\x18\x00\x00")
        write(os.path.join(self.root, "nan"), *events[:11], summary(10, simple("loss", 10), wall_time=np.nan), *events[12:])
        write(os.path.join(self.root, "inf"), *events[:11], summary(10, simple("loss", 10), wall_time=np.inf), *events[12:])
        found = self.run_lint(3)[1]
        self.assertEqual({(run, finding) for run, _, finding in found},
                         {("broken", "damage"), ("sum", "damage"), ("torn", "torn-end"), ("nan", "nan-time"), ("inf", "infinite-time")})
        self.assertEqual(found["torn", "events.out.tfevents.1", "torn-end"], 3)

    def test_files_side_by_side(self):
        for run, first, second in (("two", range(0, 9), range(5, 12)), ("older", range(50, 60), range(0, 9)), ("fine", range(9), range(9, 12))):
            for name, steps in (("events.out.tfevents.1", first), ("events.out.tfevents.2", second)):
                write(os.path.join(self.root, run), version(wall_time=TIME + steps[0]), *(summary(step, simple(name[-1], step)) for step in steps), name=name)
        self.assertEqual(self.run_lint(3)[1], {("two", "events.out.tfevents.1", "two-writers"): 1, ("older", "events.out.tfevents.2", "older-file"): 1})

    def test_a_record_that_is_no_event(self):
        write(self.root, version(), summary(1, simple("loss", 1)), b"\x0a\xff", summary(2, simple("loss", 2)))
        lines = json_lines(sumi("lint", "-j", self.root, status=3))
        self.assertEqual([line["finding"] for line in lines if "finding" in line], ["no-event"])
        self.assertEqual([line["data_server"] for line in lines if "written" in line], [len(shown(self.root, "server")[".", "loss"])])
        with self.assertRaises(Exception):
            shown(self.root, "python")

    def test_step_range(self):
        write(self.root, version(), summary(2**60, simple("far", 1), wall_time=TIME), summary(-3, simple("below", 1)))
        self.assertEqual(set(self.run_lint(3)[1]), {(".", "far", "step-range"), (".", "below", "step-range")})


if __name__ == "__main__":
    unittest.main(verbosity=2)
