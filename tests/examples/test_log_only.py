"""The example that only logs, read with TensorBoard's own loader."""
import io
import os
import subprocess
import tempfile
import unittest

import numpy as np
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "examples", "log_only")


class LogOnly(unittest.TestCase):
    def test_it_logs_what_its_rules_say(self):
        with tempfile.TemporaryDirectory() as directory:
            environment = {key: value for key, value in os.environ.items() if key != "SUMI_INTERVALS"}
            subprocess.run([PROGRAM, directory], check=True, env=environment)
            log = EventAccumulator(directory, size_guidance={"tensors": 0})
            log.Reload()
            losses = [(event.step, tensor_util.make_ndarray(event.tensor_proto).item()) for event in log.Tensors("loss")]
            pictures = [(event.step, tensor_util.make_ndarray(event.tensor_proto)) for event in log.Tensors("predictions")]
        slope, expected = 0.0, []
        for step in range(1000):
            error = slope - 0.75
            slope -= 0.01 * error
            if step % 10 == 0:
                expected.append((step, float(np.float32(error * error))))
        self.assertEqual(losses, expected)
        self.assertEqual([step for step, _ in pictures], [0, 500])
        for _, (width, height, png) in pictures:
            self.assertEqual(Image.open(io.BytesIO(png)).size, (int(width), int(height)))


if __name__ == "__main__":
    unittest.main()
