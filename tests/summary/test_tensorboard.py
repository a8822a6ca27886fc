"""Everything write_everything logs, read back by a real TensorBoard over HTTP, through both of its readers.

Expected values are computed here with NumPy, TensorFlow and TensorBoard's own summary functions.
"""
import io
import json
import math
import os
import subprocess
import tempfile
import unittest
import urllib.parse
import wave

import numpy as np
import tensorflow as tf
from PIL import Image
from tensorboard.compat.proto import config_pb2, graph_pb2
from tensorboard.plugins.histogram import summary_v2 as histogram_summary
from tensorboard.plugins.pr_curve import summary as pr_curve_summary
from tensorboard.util import tensor_util
from google.protobuf import text_format

from tensorboard_server import TensorBoard

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests", "programs", "summary_write_everything")

NUMBERS = (np.arange(5000, dtype=np.int64) * 7919 + 13) % 1000
DOUBLES = NUMBERS / 250.0 - 2
SAMPLES = DOUBLES.astype(np.float32)
SHORTS = (NUMBERS * 60 - 30000).astype(np.int16)
BYTES = (NUMBERS % 256).astype(np.uint8)


def histogram_rows(data, buckets=30):
    summary = histogram_summary.histogram_pb("x", data, buckets=buckets)
    return tensor_util.make_ndarray(summary.value[0].tensor)


def tf1_images(pixels, max_outputs=3):
    """What TensorFlow 1's image summary makes of float or uint8 pixels, decoded."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        summary = tf.compat.v1.Summary.FromString(
            session.run(tf.compat.v1.summary.image("x", tf.constant(pixels), max_outputs=max_outputs)))
    return [decode(value.image.encoded_image_string) for value in summary.value]


def decode(png):
    return np.array(Image.open(io.BytesIO(png)))


class Reader:
    """Tests that run once per reader."""
    flags = ()

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.logdir = os.path.join(cls.directory.name, "logs")
        os.makedirs(cls.logdir)
        done = subprocess.run([PROGRAM, os.path.join(cls.logdir, "run")], capture_output=True, text=True)
        # Opened before anything is asserted, so that tearDownClass has something to close.
        cls.board = TensorBoard(cls.logdir, *cls.flags)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        cls.board.wait_for_run("run")
        cls.board.wait_for_run("run-far")
        cls.board.wait_for(lambda: cls.board.json("graphs/info"), lambda info: "run" in info)
        cls.board.wait_for(lambda: cls.board.json("mesh/tags"), lambda tags: tags.get("run"))

    @classmethod
    def tearDownClass(cls):
        cls.board.close()
        cls.directory.cleanup()

    def scalars(self, tag):
        return [(step, value) for _, step, value in self.board.json("scalars/scalars", run="run", tag=tag)]

    def images(self, tag, sample=0):
        found = self.board.json("images/images", run="run", tag=tag, sample=sample)
        return [(entry["step"], self.board.get("images/individualImage", blob_key=self.blob_key(entry)))
                for entry in found]

    @staticmethod
    def blob_key(entry):
        return dict(urllib.parse.parse_qsl(entry["query"]))["blob_key"]

    def text(self, tag):
        return [(entry["step"], entry["text"]) for entry in self.board.json("text/text", run="run", tag=tag)]

    def test_scalars_are_the_logged_floats(self):
        expected = [(step, float(SAMPLES[step])) for step in range(100)]
        self.assertEqual(self.scalars("loss/train"), expected)
        self.assertEqual(self.scalars("batch/a"), [(10 * step, value) for step, value in expected])
        self.assertEqual(self.scalars("batch/b"), [(10 * step, -value) for step, value in expected])
        self.assertEqual(self.scalars("described"), [(step, step / 2) for step in range(100)])
        self.assertEqual(self.scalars("墨/水"), [(7, 3.0)])
        far = self.board.json("scalars/scalars", run="run-far", tag="far")
        self.assertEqual([point[1:] for point in far], [[2**53 - 1, 3.0]])

    def test_odd_scalars(self):
        values = [value for _, value in self.scalars("odd")]
        self.assertEqual(values[:3], ["NaN", "Infinity", "-Infinity"])
        self.assertEqual(values[3], float(np.float32(1e-45)))
        self.assertEqual(math.copysign(1, values[4]), -1)
        self.assertEqual(values[5:], [16777216.0, "Infinity"])

    def test_descriptions(self):
        tags = self.board.json("scalars/tags")["run"]
        self.assertEqual(tags["described"]["displayName"], "A title")
        self.assertEqual(tags["described"]["description"], "<p>Some <em>text</em></p>")

    def test_histograms_have_tensorboards_own_buckets(self):
        data = [SAMPLES[:5000], DOUBLES, SHORTS, BYTES, None, [2.5] * 3, [], SAMPLES[:1]]
        found = self.board.json("histograms/histograms", run="run", tag="histogram")
        self.assertEqual([step for _, step, _ in found], list(range(8)))
        for (_, step, rows), values in zip(found, data):
            if values is None:
                continue
            np.testing.assert_array_equal(np.array(rows), histogram_rows(values), f"step {step}")
        rows = np.array(self.board.json("histograms/histograms", run="run", tag="seven")[0][2])
        np.testing.assert_array_equal(rows, histogram_rows(SAMPLES, 7))
        rows = np.array(self.board.json("histograms/histograms", run="run", tag="floats")[0][2])
        np.testing.assert_array_equal(rows, histogram_rows(SAMPLES[:1000]))

    def test_a_range_wider_than_a_double_is_bucketed(self):
        """Bucketed by the law: every value in the bucket whose edges hold it, edges evenly spaced."""
        rows = np.array(self.board.json("histograms/histograms", run="run", tag="histogram")[4][2])
        expected = np.zeros(30)
        for value in (-1.5e308, 1.5e308, 0.0, 1e308):
            expected[min(29, int((value / 2 + 0.75e308) / (1.5e308 / 30)))] += 1
        np.testing.assert_array_equal(rows[:, 2], expected)
        self.assertEqual((rows[0, 0], rows[-1, 1]), (-1.5e308, 1.5e308))
        np.testing.assert_allclose(rows[:, 1] / 2 - rows[:, 0] / 2, 1.5e308 / 30, rtol=1e-9)

    def test_values_that_are_not_finite_are_counted_apart(self):
        odd = np.delete(DOUBLES, [3, 5, 7, 9])
        rows = np.array(self.board.json("histograms/histograms", run="run", tag="odd_histogram")[0][2])
        np.testing.assert_array_equal(rows, histogram_rows(odd))
        self.assertEqual(self.scalars("odd_histogram/nonfinite"), [(0, 4.0), (1, 0.0)])

    def test_float_images_are_scaled_as_tensorflow_does(self):
        signed = SAMPLES[:5 * 6 * 8 * 3].reshape(5, 6, 8, 3)
        for sample, expected in enumerate(tf1_images(signed)):
            (step, png), = self.images("image/signed", sample)
            self.assertEqual(step, 0)
            np.testing.assert_array_equal(decode(png), expected)
        self.assertEqual(self.images("image/signed", 3), [])
        broken = SAMPLES[:2 * 6 * 8 * 3].copy()
        broken[[30, 2 * 6 * 8 * 3 - 1]] = np.nan, np.inf
        for sample, expected in enumerate(tf1_images(broken.reshape(2, 6, 8, 3))):
            np.testing.assert_array_equal(decode(self.images("image/broken", sample)[0][1]), expected)

    def test_a_fixed_range_is_clipped(self):
        signed = SAMPLES[:5 * 6 * 8 * 3].reshape(5, 6, 8, 3)
        for sample in range(5):
            found = decode(self.images("image/unit", sample)[0][1]).astype(float)
            exact = np.clip(signed[sample].astype(float), 0, 1) * 255
            self.assertLessEqual(np.abs(found - exact).max(), 1.0)

    def test_bytes_are_shown_as_they_are(self):
        np.testing.assert_array_equal(decode(self.images("image/grey")[0][1]), BYTES[:63].reshape(9, 7))
        np.testing.assert_array_equal(decode(self.images("image/alpha")[0][1]), BYTES[:252].reshape(9, 7, 4))

    def test_pictures_and_encoded_images_are_served_byte_for_byte(self):
        with open(os.path.join(self.logdir, "expected.png"), "rb") as file:
            expected = file.read()
        np.testing.assert_array_equal(decode(expected), BYTES[:60].reshape(4, 5, 3))
        self.assertEqual(self.images("image/picture"), [(3, expected)])
        for sample in range(2):
            self.assertEqual(self.images("image/encoded", sample), [(0, expected)])

    def test_galleries_are_images_at_their_steps(self):
        found = self.images("predictions")
        self.assertEqual([step for step, _ in found], [0, 100, 200])
        sizes = {Image.open(io.BytesIO(png)).size for _, png in found}
        self.assertEqual(len(sizes), 1)
        for tag in ("confusion", "filters"):
            (step, png), = self.images(tag)
            self.assertEqual(step, 100)
            self.assertGreater(len(np.unique(decode(png))), 1)

    def test_text_is_rendered_as_markdown(self):
        (first, html), (second, empty) = self.text("text/plain")
        self.assertEqual((first, second), (0, 5))
        self.assertIn("<h1>Head</h1>", html)
        self.assertIn("<strong>bold</strong> text 墨水", html)
        self.assertEqual(empty, "")
        (_, table), = self.text("text/table")
        self.assertEqual(table.count("<th>"), 2)
        self.assertIn("<td>pipe|and line</td>", table)
        self.assertIn("<td>墨</td>", table)
        (_, tensor), = self.text("text/tensor")
        self.assertEqual(tensor.count("<tr>"), 3)
        self.assertEqual(tensor.count("<td>"), 6)

    def test_pr_curves_are_tensorboards(self):
        labels, scores = BYTES[:1000] > 100, (SAMPLES[:1000] + np.float32(2)) / np.float32(4)
        for tag, count, weights in (("pr/plain", 201, None), ("pr/weighted", 11, BYTES[:1000] / 16.0)):
            summary = pr_curve_summary.pb("x", labels, scores, num_thresholds=count, weights=weights)
            rows = tensor_util.make_ndarray(summary.value[0].tensor)
            shown = int(np.argmax(np.append(rows[0] + rows[1] == 0, True)))  # empty columns at the end are cut
            (entry,), = self.board.json("pr_curves/pr_curves", run="run", tag=tag).values()
            for name, row in (("true_positives", 0), ("false_positives", 1), ("true_negatives", 2),
                              ("false_negatives", 3)):
                self.assertEqual(entry[name], [int(value) for value in rows[row][:shown]], (tag, name))
            for name, row in (("precision", 4), ("recall", 5)):
                np.testing.assert_array_equal(np.float32(entry[name]), rows[row][:shown], f"{tag} {name}")

    def audio(self, tag, sample=0):
        entry, = self.board.json("audio/audio", run="run", tag=tag, sample=sample)
        self.assertEqual(entry["contentType"], "audio/wav")
        return self.board.get("audio/individualAudio", **dict(urllib.parse.parse_qsl(entry["query"])))

    def test_sound_is_tensorflows_wav(self):
        mono = tf.audio.encode_wav(np.clip(SAMPLES[:800], -1, 1).reshape(800, 1), 8000).numpy()
        self.assertEqual(self.audio("audio/mono"), mono)
        stereo = np.clip(SAMPLES[:1600], -1, 1).reshape(2, 400, 2)
        for sample in range(2):
            self.assertEqual(self.audio("audio/stereo", sample), tf.audio.encode_wav(stereo[sample], 44100).numpy())
        with wave.open(io.BytesIO(self.audio("audio/pcm"))) as sound:
            self.assertEqual((sound.getframerate(), sound.getnchannels()), (16000, 1))
            self.assertEqual(sound.readframes(400), SHORTS[:400].tobytes())

    def test_meshes(self):
        entries = {part["content_type"]: part
                   for part in self.board.json("mesh/meshes", run="run", tag="mesh", sample=0)}
        for content, dtype, expected in (("VERTEX", np.float32, SAMPLES[:12]), ("COLOR", np.uint8, BYTES[:12]),
                                         ("FACE", np.int32, [0, 1, 2, 1, 2, 3])):
            data = self.board.get("mesh/data", run="run", tag="mesh", sample=0, content_type=content)
            np.testing.assert_array_equal(np.frombuffer(data, dtype), np.array(expected, dtype))
        self.assertEqual(len(entries), 3)
        self.assertEqual([json.loads(part["config"]) for part in entries.values()],
                         [{"camera": {"cls": "PerspectiveCamera", "fov": 60}}] * 3)

    def test_hyper_parameters(self):
        request = {"experimentName": "", "allowedStatuses": ["STATUS_SUCCESS"], "colParams": [],
                   "startIndex": 0, "sliceSize": 10}
        group, = self.board.json("hparams/session_groups", body=request)["sessionGroups"]
        self.assertEqual(group["hparams"], {"learning rate": 0.125, "optimizer": "adam", "nesterov": True})
        self.assertEqual(group["name"], "trial 1")
        session, = group["sessions"]
        self.assertEqual(session["name"], "run")
        self.assertEqual(session["status"], "STATUS_SUCCESS")

    def test_an_experiment(self):
        experiment = self.board.json("hparams/experiment", body={"experimentName": ""})
        self.assertEqual(experiment["description"], "Which *rate*?")
        infos = {info["name"]: info for info in experiment["hparamInfos"]}
        rate, optimizer, nesterov = (infos[name] for name in ("learning rate", "optimizer", "nesterov"))
        self.assertEqual(rate["type"], "DATA_TYPE_FLOAT64")
        self.assertEqual(rate["domainInterval"], {"minValue": 0.001, "maxValue": 1.0})
        self.assertEqual((optimizer["displayName"], optimizer["domainDiscrete"]), ("Optimizer", ["adam", "momentum"]))
        self.assertEqual((nesterov["type"], nesterov["description"]), ("DATA_TYPE_BOOL", "looks ahead"))
        metric, = experiment["metricInfos"]
        self.assertEqual((metric["name"]["tag"], metric["displayName"], metric["datasetType"]),
                         ("loss/train", "Loss", "DATASET_TRAINING"))
        request = {"experimentName": "", "allowedStatuses": ["STATUS_SUCCESS"], "colParams": [], "startIndex": 0,
                   "sliceSize": 10}
        group, = self.board.json("hparams/session_groups", body=request)["sessionGroups"]
        value, = group["metricValues"]
        self.assertEqual((value["trainingStep"], value["value"]), (99, self.scalars("loss/train")[-1][1]))

    def test_custom_scalars(self):
        layout = self.board.json("custom_scalars/layout")
        category, = layout["category"]
        self.assertEqual((category["title"], category["closed"]), ("Losses", True))
        lines, margin = category["chart"]
        self.assertEqual(lines["multiline"]["tag"], ["loss/.*", "described$"])
        self.assertEqual(margin["margin"]["series"],
                         [{"value": "batch/a", "lower": "batch/b", "upper": "described"}])

    def test_graph_and_run_metadata(self):
        graph = text_format.Parse(self.board.get("graphs/graph", run="run", limit_attr_size=1024,
                                                 large_attrs_key="_too_large_attrs"), graph_pb2.GraphDef())
        self.assertEqual([(node.name, node.op, list(node.input)) for node in graph.node],
                         [("x", "Placeholder", []), ("layer/y", "Square", ["x"])])
        metadata = text_format.Parse(self.board.get("graphs/run_metadata", run="run", tag="step 10"),
                                     config_pb2.RunMetadata())
        stats = metadata.step_stats.dev_stats[0].node_stats[0]
        self.assertEqual((stats.node_name, stats.all_start_micros, stats.all_end_rel_micros), ("layer/y", 100, 25))

    def test_embeddings(self):
        runs = self.board.wait_for(lambda: self.board.json("projector/runs"))
        self.assertEqual(runs, ["run"])
        embedding, = self.board.json("projector/info", run="run")["embeddings"]
        self.assertEqual((embedding["tensorName"], embedding["tensorShape"]), ('features "1"', [6, 3]))
        tensor = self.board.get("projector/tensor", run="run", name='features "1"')
        np.testing.assert_array_equal(np.frombuffer(tensor, np.float32), SAMPLES[:18])
        labels = self.board.get("projector/metadata", run="run", name='features "1"').decode()
        self.assertEqual(labels, "a\nb\nc\nd e\n墨\nf\n")
        sprite = decode(self.board.get("projector/sprite_image", run="run", name='features "1"'))
        self.assertEqual(sprite.shape, (12, 12, 4))
        for i in range(6):
            tile = sprite[4 * (i // 3):4 * (i // 3) + 4, 4 * (i % 3):4 * (i % 3) + 4]
            np.testing.assert_array_equal(tile[:, :, 0], BYTES[16 * i:16 * i + 16].reshape(4, 4))
            self.assertTrue((tile[:, :, 3] == 255).all())
        self.assertTrue((sprite[8:, :, 3] == 0).all())


class RustDataServer(Reader, unittest.TestCase):
    def test_the_data_server_is_the_reader(self):
        self.assertTrue(self.board.uses_data_server())


class PythonLoader(Reader, unittest.TestCase):
    flags = ("--load_fast=false",)

    def test_the_data_server_is_not_running(self):
        self.assertFalse(self.board.uses_data_server())


if __name__ == "__main__":
    unittest.main()
