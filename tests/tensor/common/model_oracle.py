"""Models of a run_*.c program (model_run.h) beside the same models in TensorFlow 1: variables of the same names, shapes and order,
and from equal values equal outputs and gradients."""
import os
import subprocess
import tempfile
import unittest

os.environ["TF_USE_LEGACY_KERAS"] = "1"  # tf.compat.v1.layers and tf.compat.v1.nn.rnn_cell are in tf-keras

import numpy as np
import safetensors.numpy
import tensorflow as tf

v1 = tf.compat.v1
v1.disable_eager_execution()
v1.disable_resource_variables()
v1.disable_control_flow_v2()
v1.logging.set_verbosity(v1.logging.ERROR)


def run(program, model, arrays):
    """What the program wrote: arrays by file name, and the variables."""
    with tempfile.TemporaryDirectory() as folder:
        for i, array in enumerate(arrays):
            np.save(f"{folder}/in{i}.npy", array)
        path = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests/programs", program)
        done = subprocess.run([path, *model.split(), folder], capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        ours = {name[:-4]: np.load(f"{folder}/{name}") for name in os.listdir(folder) if name.endswith(".npy") and not name.startswith("in")}
        saved = f"{folder}/variables.safetensors"
        return ours, safetensors.numpy.load_file(saved) if os.path.exists(saved) else {}


class ModelTest(unittest.TestCase):
    def compare(self, program, model, arrays, build, rtol=1e-4, atol=2e-6, reshaped=False):
        """`build` gets placeholders and returns the outputs, as a flat list. Variables of `reshaped` models have equal elements in other
        shapes."""
        ours, values = run(program, model, arrays)
        with tf.Graph().as_default(), v1.Session() as session:
            inputs = [v1.placeholder(x.dtype, (None,) + x.shape[1:] if x.ndim else ()) for x in arrays]
            outputs = build(*inputs)
            shapes = {v.op.name: tuple(v.shape) for v in v1.global_variables()}
            own = {name: value for name, value in values.items() if not name.startswith("sumi/")}
            if reshaped:
                own = {name: value.reshape(shapes.get(name, value.shape)) for name, value in own.items()}
            self.assertEqual(shapes, {name: value.shape for name, value in own.items()})
            for variable in v1.global_variables():
                variable.load(own[variable.op.name], session)
            wanted = {f"out{i}": output for i, output in enumerate(outputs)}
            loss = sum(tf.reduce_sum(tf.square(y)) for y in outputs if y.dtype.is_floating)
            floats = [(i, x) for i, x in enumerate(inputs) if x.dtype.is_floating]
            for prefix, xs in (("dx", floats), ("g", list(enumerate(v1.trainable_variables())))):
                for (i, _), dx in zip(xs, tf.gradients(loss, [x for _, x in xs]) if xs else []):
                    if dx is not None:
                        wanted[f"{prefix}{i}"] = tf.convert_to_tensor(dx)
            theirs = session.run(wanted, dict(zip(inputs, arrays)))
        self.assertEqual(set(ours), set(theirs), model)
        for name, value in theirs.items():
            if reshaped and name.startswith("g"):
                ours[name] = ours[name].reshape(value.shape)
            self.assertEqual(ours[name].shape, value.shape, f"{model}: {name}")
            np.testing.assert_allclose(ours[name], value, rtol=rtol, atol=atol, err_msg=f"{model}: {name}")
