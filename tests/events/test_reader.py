"""The readers against files that TensorBoard, tensorboardX and TensorFlow write, old forms and new.

run_dump prints what the readers give; expected values are what TensorBoard's own conversions give.
"""

import glob
import json
import os
import subprocess
import tempfile
import unittest

import numpy as np
import tensorboardX
import tensorflow as tf
from tensorboard import data_compat
from tensorboard.compat.proto import event_pb2, graph_pb2, summary_pb2, types_pb2
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util

DUMP = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests", "programs", "events_run_dump")


def dump(directory):
    done = subprocess.run([DUMP, directory], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def numbers(value):
    if "scalar" in value:
        return np.float32(float.fromhex(value["scalar"]))
    items = [float.fromhex(item) for item in value["items"]]
    return np.array(items, value["dtype"]).reshape(value["dims"])


def strings(value):
    return [bytes.fromhex(item) for item in value["items"]]


class Events(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.directory = self.temporary.name

    def tearDown(self):
        self.temporary.cleanup()

    def read_back(self, *events):
        writer = EventFileWriter(self.directory)
        for event in events:
            writer.add_event(event)
        writer.close()
        return dump(self.directory)[1:]

    def read_value(self, value):
        (event,) = self.read_back(
            event_pb2.Event(wall_time=1.5, step=7, summary=summary_pb2.Summary(value=[value]))
        )
        (read,) = event["values"]
        self.assertEqual(
            (event["step"], float.fromhex(event["wall"]), read["tag"]), (7, 1.5, value.tag)
        )
        return read

    def converted(self, value):
        """The tensor TensorBoard makes of an old form."""
        return tensor_util.make_ndarray(data_compat.migrate_value(value).tensor)

    def test_simple_value(self):
        value = summary_pb2.Summary.Value(tag="a", simple_value=0.1)
        read = self.read_value(value)
        self.assertEqual((read["plugin"], read["form"]), ("scalars", 1))
        self.assertEqual(numbers(read), self.converted(value)[()])

    def test_old_image(self):
        value = summary_pb2.Summary.Value(
            tag="a",
            image=summary_pb2.Summary.Image(
                height=3, width=5, colorspace=1, encoded_image_string=b"\0png\xff"
            ),
        )
        read = self.read_value(value)
        self.assertEqual((read["plugin"], read["form"]), ("images", 2))
        self.assertEqual(strings(read), list(self.converted(value)))

    def test_old_audio(self):
        value = summary_pb2.Summary.Value(
            tag="a",
            audio=summary_pb2.Summary.Audio(
                sample_rate=8000,
                num_channels=1,
                length_frames=4,
                encoded_audio_string=b"RIFF\0",
                content_type="audio/wav",
            ),
        )
        read = self.read_value(value)
        self.assertEqual((read["plugin"], read["form"], strings(read)), ("audio", 3, [b"RIFF\0"]))

    def test_old_histogram(self):
        for buckets in ([0, 0, 2, 0, 3, 0], [1, 2, 3, 4, 5, 6], [0] * 6, [0, 0, 0, 0, 0, 4]):
            with self.subTest(buckets=buckets), tempfile.TemporaryDirectory() as self.directory:
                value = summary_pb2.Summary.Value(
                    tag="a",
                    histo=summary_pb2.HistogramProto(
                        min=-1,
                        max=2.5,
                        num=sum(buckets),
                        bucket_limit=[-2, -1, 0, 1, 2, 3],
                        bucket=buckets,
                    ),
                )
                read = self.read_value(value)
                expected = self.converted(value)
                self.assertEqual((read["plugin"], read["form"]), ("histograms", 4))
                if expected.size:
                    np.testing.assert_array_equal(numbers(read).astype(np.float32), expected)
                else:
                    self.assertEqual(read["dims"][0], 0)

    def test_tensors_of_every_type_in_both_encodings(self):
        for name in (
            "float32",
            "float64",
            "int32",
            "uint8",
            "int16",
            "int8",
            "int64",
            "bool",
            "uint16",
        ):
            array = np.arange(-3 if name[0] == "i" or name[0] == "f" else 0, 9).astype(name)
            array = array[:6].reshape(2, 3)
            for tensor in (tf.make_tensor_proto(array), typed_tensor(array)):
                with self.subTest(name=name), tempfile.TemporaryDirectory() as self.directory:
                    value = summary_pb2.Summary.Value(tag="a")
                    value.tensor.ParseFromString(tensor.SerializeToString())
                    read = self.read_value(value)
                    self.assertEqual(read["dtype"], name)
                    np.testing.assert_array_equal(numbers(read), array)

    def test_one_element_fills_a_shape(self):
        value = summary_pb2.Summary.Value(tag="a")
        value.tensor.dtype = types_pb2.DT_INT32
        value.tensor.int_val.append(-7)
        for size in (2, 3):
            value.tensor.tensor_shape.dim.add(size=size)
        np.testing.assert_array_equal(
            numbers(self.read_value(value)), tensor_util.make_ndarray(value.tensor)
        )

    def test_strings(self):
        value = summary_pb2.Summary.Value(tag="a")
        value.tensor.CopyFrom(
            tensor_util.make_tensor_proto([[b"", b"\0x"], [b"y" * 300, "墨".encode()]])
        )
        read = self.read_value(value)
        self.assertEqual(
            (strings(read), read["dims"]), ([b"", b"\0x", b"y" * 300, "墨".encode()], [2, 2])
        )

    def test_metadata_stay_in_force_and_the_first_count(self):
        first = summary_pb2.Summary.Value(tag="a", simple_value=1)
        first.metadata.plugin_data.plugin_name = "scalars"
        first.metadata.plugin_data.content = b"\x08\x00"
        first.metadata.display_name = "Title"
        later = summary_pb2.Summary.Value(tag="a", simple_value=2)
        other = summary_pb2.Summary.Value(tag="a", simple_value=3)
        other.metadata.plugin_data.plugin_name = "other"
        events = self.read_back(
            *(
                event_pb2.Event(step=step, summary=summary_pb2.Summary(value=[value]))
                for step, value in enumerate((first, later, other))
            )
        )
        for event in events:
            (value,) = event["values"]
            self.assertEqual(
                (value["plugin"], value["title"], value["content"]), ("scalars", "Title", "0800")
            )

    def test_other_events(self):
        graph = graph_pb2.GraphDef(node=[{"name": "n", "op": "NoOp"}]).SerializeToString()
        events = self.read_back(
            event_pb2.Event(graph_def=graph),
            event_pb2.Event(
                step=3,
                tagged_run_metadata=event_pb2.TaggedRunMetadata(tag="t", run_metadata=b"\x0a\x00"),
            ),
            event_pb2.Event(log_message=event_pb2.LogMessage(level=20, message="hello")),
            event_pb2.Event(session_log=event_pb2.SessionLog(status=2, msg="bye")),
            event_pb2.Event(meta_graph_def=b"meta"),
        )
        self.assertEqual([event["what"] for event in events], [4, 8, 6, 7, 9])
        self.assertEqual(bytes.fromhex(events[0]["bytes"]), graph)
        self.assertEqual((events[1]["text"], events[1]["bytes"]), ("t", "0a00"))
        self.assertEqual(events[2]["text"], "hello")
        self.assertEqual((events[3]["session"], events[3]["text"]), (2, "bye"))
        self.assertEqual(bytes.fromhex(events[4]["bytes"]), b"meta")

    def test_a_tensorflow_2_log(self):
        with tf.summary.create_file_writer(self.directory).as_default():
            for step in range(5):
                tf.summary.scalar("loss", step / 3, step=step)
            tf.summary.histogram("weights", [1.0, 2.0, 2.5], step=0, buckets=4)
            tf.summary.image("picture", np.zeros((2, 4, 6, 3), np.uint8), step=0, max_outputs=2)
            tf.summary.text("note", "hi", step=0)
        values = {}
        for event in dump(self.directory):
            for value in event["values"]:
                values.setdefault(value["tag"], []).append(value)
        self.assertEqual(
            [numbers(value) for value in values["loss"]],
            [np.float32(step / 3) for step in range(5)],
        )
        self.assertEqual(values["weights"][0]["dims"], [4, 3])
        self.assertEqual(numbers(values["weights"][0])[:, 2].sum(), 3)
        self.assertEqual(strings(values["picture"][0])[:2], [b"6", b"4"])
        self.assertEqual(len(strings(values["picture"][0])), 4)
        self.assertEqual(strings(values["note"][0]), [b"hi"])

    def test_a_tensorboardx_log_with_several_runs(self):
        for run in ("a", "b/c"):
            with tensorboardX.SummaryWriter(os.path.join(self.directory, run)) as writer:
                for step in range(3):
                    writer.add_scalar("loss", step * 0.5, step)
                writer.add_histogram("h", np.arange(10), 0)
        events = dump(self.directory)
        self.assertEqual(sorted({event["run"] for event in events}), ["a", "b/c"])
        for run in ("a", "b/c"):
            losses = [
                numbers(value)
                for event in events
                if event["run"] == run
                for value in event["values"]
                if value["tag"] == "loss"
            ]
            self.assertEqual(losses, [0, 0.5, 1])


def typed_tensor(array):
    """The elements in their type's own field instead of tensor_content."""
    fields = {
        "float32": "float_val",
        "float64": "double_val",
        "int64": "int64_val",
        "bool": "bool_val",
    }
    tensor = tf.make_tensor_proto(array[:1, :1])
    tensor.ClearField("tensor_content")
    field = fields.get(array.dtype.name, "int_val")
    tensor.ClearField(field)
    getattr(tensor, field).extend(array.ravel().tolist())
    for dim, size in zip(tensor.tensor_shape.dim, array.shape):
        dim.size = size
    return tensor


if __name__ == "__main__":
    unittest.main()
