"""GraphDefs and RunMetadata that write_graph makes, read and run by TensorFlow."""

import os
import subprocess
import tempfile
import unittest

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import attr_value_pb2, graph_pb2, node_def_pb2, types_pb2
from tensorflow.core.protobuf import config_pb2

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests", "programs", "events_write_graph")


class Graph(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as directory:
            subprocess.run([PROGRAM, directory], check=True)

            def load(name, message):
                with open(os.path.join(directory, name), "rb") as file:
                    return message.FromString(file.read())

            cls.graph = load("graph.pb", graph_pb2.GraphDef)
            cls.runnable = load("runnable.pb", graph_pb2.GraphDef)
            cls.metadata = load("run_metadata.pb", config_pb2.RunMetadata)

    def test_every_attribute(self):
        expected = node_def_pb2.NodeDef(
            name="scope/every", op="Strange", device="/device:GPU:1", input=["a", "call:1", "^a"]
        )
        known = tf.TensorShape([None, 3]).as_proto()
        unknown = tf.TensorShape(None).as_proto()
        floats = np.array([0.5, -1e30], np.float32)
        tensor = attr_value_pb2.AttrValue().tensor
        tensor.dtype = types_pb2.DT_FLOAT
        tensor.tensor_shape.dim.add(size=2)
        tensor.tensor_content = floats.tobytes()
        values = {
            "string": {"s": b"a\0b"},
            "int": {"i": -5},
            "float": {"f": 0.0},
            "bool": {"b": False},
            "type": {"type": types_pb2.DT_UINT8},
            "shape": {"shape": known},
            "scalar": {"shape": tf.TensorShape([]).as_proto()},
            "unknown": {"shape": unknown},
            "tensor": {"tensor": tensor},
            "words": {"tensor": tf.make_tensor_proto(["one", "墨"])},
            "func": {"func": attr_value_pb2.NameAttrList(name="twice")},
            "strings": {"list": {"s": [b"x", b""]}},
            "ints": {"list": {"i": [-1, 0, 2**63 - 1]}},
            "floats": {"list": {"f": floats}},
            "bools": {"list": {"b": [True, False]}},
            "types": {"list": {"type": [types_pb2.DT_INT64, types_pb2.DT_STRING]}},
            "shapes": {"list": {"shape": [known, tf.TensorShape([]).as_proto(), unknown]}},
            "none": {"list": {}},
        }
        for name, value in values.items():
            expected.attr[name].CopyFrom(attr_value_pb2.AttrValue(**value))
        self.assertEqual(self.graph.node[-1], expected)
        self.assertEqual(self.graph.versions.producer, 1087)

    def test_a_graph_with_a_function_runs(self):
        with tf.Graph().as_default() as graph, tf.compat.v1.Session() as session:
            tf.import_graph_def(self.runnable, name="")
            np.testing.assert_array_equal(session.run("call:0"), [3, -4])
            self.assertEqual(session.run("a:0").dtype, np.float32)
            self.assertEqual(len(graph.get_operations()), 2)

    def test_run_metadata(self):
        (device,) = self.metadata.step_stats.dev_stats
        self.assertEqual(device.device, "/device:CPU:0")
        first, second = device.node_stats
        self.assertEqual(
            (first.node_name, first.all_start_micros, first.all_end_rel_micros), ("a", 1000, 7)
        )
        self.assertEqual([memory.total_bytes for memory in first.memory], [80])
        self.assertEqual([output.slot for output in first.output], [0, 1])
        self.assertEqual([dim.size for dim in first.output[0].tensor_description.shape.dim], [4, 5])
        # The viewer fails where a shape is missing.
        self.assertTrue(first.output[1].tensor_description.HasField("shape"))
        self.assertEqual((second.node_name, len(second.memory), len(second.output)), ("call", 0, 0))


if __name__ == "__main__":
    unittest.main()
