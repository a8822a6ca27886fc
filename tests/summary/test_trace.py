"""What a step did, as TensorBoard and a JSON parser read it."""
import json
import os
import subprocess
import tempfile
import time
import unittest

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.graph_pb2 import GraphDef

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests", "programs", "summary_write_trace")


class Trace(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.before = time.time()
        subprocess.run([PROGRAM, folder], check=True)
        cls.after = time.time()
        with open(os.path.join(folder, "trace.json")) as file:
            cls.chrome = json.load(file)
        cls.log = EventAccumulator(folder)
        cls.log.Reload()
        cls.graph = {node.name: node for node in cls.log.Graph().node}

    def test_the_graph_page_finds_every_node_that_ran(self):
        device, = self.log.RunMetadata("step 3").step_stats.dev_stats
        names = [node.node_name for node in device.node_stats]
        self.assertEqual(len(names), len(set(names)))
        self.assertLessEqual(set(names), set(self.graph))
        ran = {self.graph[name].op for name in names}
        self.assertLessEqual({"MatMul", "ApplyAdam", "RandomStandardNormal"}, ran)
        for node in device.node_stats:
            self.assertTrue(self.before - 1 <= node.all_start_micros * 1e-6 <= self.after + 1, node.node_name)
        self.assertGreater(sum(node.all_end_rel_micros for node in device.node_stats), 0)

    def test_chromes_events_are_the_same_steps_in_order(self):
        head, *events = self.chrome["traceEvents"]
        self.assertEqual((head["ph"], head["name"]), ("M", "process_name"))
        end = 0
        for event in events:
            self.assertEqual(event["ph"], "X")
            self.assertGreaterEqual(event["ts"], end)
            end = event["ts"] + event["dur"] - 0.0015  # both are rounded to nanoseconds
            self.assertEqual(event["args"]["nodes"][-1], event["args"]["name"])
            self.assertEqual(event["name"], "fused" if len(event["args"]["nodes"]) > 1 else self.graph[event["args"]["name"]].op)
        device, = self.log.RunMetadata("step 3").step_stats.dev_stats
        self.assertEqual([name for event in events for name in event["args"]["nodes"]], [node.node_name for node in device.node_stats])
        matmul = next(event for event in events if event["name"] == "MatMul" and event["args"]["name"] == "dense/MatMul")
        self.assertEqual(matmul["args"]["bytes"], 64 * 16 * 4)


if __name__ == "__main__":
    unittest.main(verbosity=2)
