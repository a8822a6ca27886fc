"""Event files read by TensorBoard's own classes and TensorFlow; the program write_log makes them.

Expected values repeat the rules of write_log.c.
"""

import glob
import math
import os
import subprocess
import tempfile
import unittest

import numpy as np
import tensorflow as tf
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.compat.proto import event_pb2, graph_pb2
from tensorboard.plugins.custom_scalar import layout_pb2
from tensorboard.plugins.hparams import plugin_data_pb2
from tensorboard.plugins.mesh import plugin_data_pb2 as mesh_pb2
from tensorboard.util import tensor_util

PROGRAMS = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests", "programs")


def run(program, *arguments):
    subprocess.run([os.path.join(PROGRAMS, program), *map(str, arguments)], check=True)


def records(directory):
    """The payloads of a run's files, through TensorFlow, which checks both CRCs of every record."""
    files = sorted(glob.glob(os.path.join(directory, "*tfevents*")))
    return [bytes(record.numpy()) for record in tf.data.TFRecordDataset(files)]


def picture(step, sample):
    rest = [(step * 31 + sample * 101 + i * 7) % 256 for i in range(300)]
    return b"\x89PNG\r\n\x1a\n" + bytes(rest[8:])


def histogram(step):
    return np.array([[0.5 * i - step, 0.5 * (i + 1) - step, i * step + 1] for i in range(5)])


class Log(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        run("events_write_log", cls.directory.name)
        cls.events = [event_pb2.Event.FromString(record) for record in records(cls.directory.name)]
        cls.values = {}
        for event in cls.events:
            for value in event.summary.value:
                cls.values.setdefault(value.tag, []).append((event.step, value))

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    def tensors(self, tag):
        return [(step, tensor_util.make_ndarray(value.tensor)) for step, value in self.values[tag]]

    def test_nothing_in_the_file_is_unknown_to_tensorboard(self):
        for event in self.events:
            self.assertEqual(event, event_pb2.Event.FromString(event.SerializeToString()))
            self.assertFalse(unknown_fields(event))
            self.assertTrue(math.isfinite(event.wall_time))

    def test_the_head(self):
        self.assertEqual(self.events[0].file_version, "brain.Event:2")
        self.assertTrue(self.events[0].source_metadata.writer.startswith("sumi "))
        self.assertEqual(self.events[1].session_log.status, event_pb2.SessionLog.START)

    def test_metadata_stand_at_each_tags_first_value_only(self):
        for tag, points in self.values.items():
            self.assertNotEqual(points[0][1].metadata.plugin_data.plugin_name, "", tag)
            for _, value in points[1:]:
                self.assertFalse(value.HasField("metadata"), tag)

    def test_scalars(self):
        expected = [(step, np.float32(1) / np.float32(step + 1)) for step in range(500)]
        self.assertEqual([(s, v[()]) for s, v in self.tensors("loss")], expected)
        for _, value in self.tensors("loss"):
            self.assertEqual((value.dtype, value.shape), (np.float32, ()))
        odd = [value[()] for _, value in self.tensors("odd")]
        self.assertTrue(math.isnan(odd[0]) and odd[1] == -math.inf)

    def test_pictures(self):
        for step, strings in self.tensors("pictures/墨"):
            self.assertEqual(list(strings), [b"20", b"10", picture(step, 0), picture(step, 1)])
        metadata = self.values["pictures/墨"][0][1].metadata
        self.assertEqual(
            (metadata.display_name, metadata.summary_description), ("Pictures", "*two* samples")
        )

    def test_histograms(self):
        for step, rows in self.tensors("weights"):
            self.assertEqual(rows.dtype, np.float64)
            np.testing.assert_array_equal(rows, histogram(step))

    def test_text(self):
        for step, text in self.tensors("notes"):
            self.assertEqual(text.shape, ())
            self.assertEqual(text[()].decode(), f"**step** {step} 墨")

    def test_hparams(self):
        def data(tag):
            metadata = self.values[tag][0][1].metadata
            return plugin_data_pb2.HParamsPluginData.FromString(metadata.plugin_data.content)

        start = data("_hparams_/session_start_info").session_start_info
        self.assertEqual(start.hparams["learning_rate"].number_value, 0.125)
        self.assertEqual(start.hparams["optimizer"].string_value, "adam")
        self.assertIs(start.hparams["augment"].bool_value, True)
        self.assertEqual((start.group_name, start.start_time_secs), ("group", 1700000000))
        end = data("_hparams_/session_end_info").session_end_info
        self.assertEqual((end.status, end.end_time_secs), (1, 1700000100))
        experiment = data("_hparams_/experiment").experiment
        self.assertEqual(
            [info.name for info in experiment.hparam_infos],
            ["learning_rate", "optimizer", "augment"],
        )
        self.assertEqual([info.type for info in experiment.hparam_infos], [3, 1, 2])
        self.assertEqual(experiment.hparam_infos[0].domain_interval.max_value, 1)
        self.assertEqual(
            [v.string_value for v in experiment.hparam_infos[1].domain_discrete.values], ["adam"]
        )
        self.assertEqual(experiment.metric_infos[0].name.tag, "loss")
        self.assertEqual(experiment.metric_infos[0].dataset_type, 1)
        self.assertEqual(experiment.name, "test")
        null = self.values["_hparams_/experiment"][0][1].tensor
        self.assertEqual(null.SerializeToString(), bytes.fromhex("080112021200"))

    def test_the_custom_layout(self):
        layout = layout_pb2.Layout.FromString(self.tensors("custom_scalars__config__")[0][1][()])
        category = layout.category[0]
        self.assertEqual((category.title, category.closed), ("all", True))
        self.assertEqual(list(category.chart[0].multiline.tag), ["loss$"])
        series = category.chart[1].margin.series[0]
        self.assertEqual((series.value, series.lower, series.upper), ("loss", "twice", "loss"))

    def test_the_mesh(self):
        vertex, face = (self.values[f"mesh_{part}"][0][1] for part in ("VERTEX", "FACE"))
        data = mesh_pb2.MeshPluginData.FromString(face.metadata.plugin_data.content)
        self.assertEqual(
            (data.name, data.content_type, list(data.shape), data.components),
            ("mesh", mesh_pb2.MeshPluginData.FACE, [1, 2, 3], 6),
        )
        np.testing.assert_array_equal(
            tensor_util.make_ndarray(face.tensor), [[[0, 1, 2], [0, 2, 3]]]
        )
        self.assertEqual(tensor_util.make_ndarray(vertex.tensor).dtype, np.float32)

    def test_the_graph(self):
        graph = graph_pb2.GraphDef.FromString(next(e.graph_def for e in self.events if e.graph_def))
        self.assertEqual(
            [(node.name, node.op, list(node.input)) for node in graph.node],
            [("x", "Placeholder", []), ("layer/square", "Square", ["x"])],
        )
        self.assertEqual(graph.node[0].device, "/device:CPU:0")
        shape = graph.node[0].attr["_output_shapes"].list.shape[0]
        self.assertEqual([dim.size for dim in shape.dim], [-1, 3])
        self.assertEqual(graph.node[1].attr["T"].type, 1)
        with tf.Graph().as_default() as imported:
            tf.import_graph_def(
                tf.compat.v1.GraphDef.FromString(graph.SerializeToString()), name=""
            )
            self.assertEqual(
                str(imported.get_tensor_by_name("layer/square:0").dtype), "<dtype: 'float32'>"
            )

    def test_the_event_accumulator_loads_it(self):
        everything = {kind: 0 for kind in event_accumulator.DEFAULT_SIZE_GUIDANCE}
        accumulator = event_accumulator.EventAccumulator(self.directory.name, everything)
        accumulator.Reload()
        tags = accumulator.Tags()
        self.assertTrue(tags["graph"])
        self.assertLessEqual(
            {"loss", "twice", "pictures/墨", "weights", "notes", "curve"}, set(tags["tensors"])
        )
        steps = [event.step for event in accumulator.Tensors("loss")]
        self.assertEqual(steps, list(range(500)))


def unknown_fields(message):
    """Names of fields the message class does not know, at any depth."""
    from google.protobuf import unknown_fields as library

    found = [field.field_number for field in library.UnknownFieldSet(message)]
    for descriptor, value in message.ListFields():
        if descriptor.message_type is None:
            continue
        for item in (
            value if hasattr(value, "__len__") and not hasattr(value, "ListFields") else [value]
        ):
            if hasattr(item, "ListFields"):
                found += unknown_fields(item)
    return found


class Resume(unittest.TestCase):
    def test_the_accumulator_shows_the_uninterrupted_series(self):
        with tempfile.TemporaryDirectory() as root:
            interrupted, whole = os.path.join(root, "interrupted"), os.path.join(root, "whole")
            run("events_write_sessions", interrupted, 0, 60, 33, 70, 50, 99)
            run("events_write_sessions", whole, 0, 99)
            self.assertEqual(self.series(interrupted), self.series(whole))
            self.assertEqual(len(glob.glob(interrupted + "/*")), 3)

    def series(self, directory):
        everything = {kind: 0 for kind in event_accumulator.DEFAULT_SIZE_GUIDANCE}
        accumulator = event_accumulator.EventAccumulator(directory, everything)
        accumulator.Reload()
        return {
            tag: [
                (event.step, tensor_util.make_ndarray(event.tensor_proto).tolist())
                for event in accumulator.Tensors(tag)
            ]
            for tag in accumulator.Tags()["tensors"]
        }


if __name__ == "__main__":
    unittest.main()
