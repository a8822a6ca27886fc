"""The rows of ops.c in PyTorch or TensorFlow: peer_ops.py NAME [--variant torch|tensorflow] [options of ops.c]."""

import numpy as np

import peer

ROWS = {  # name: shapes, steps, what PyTorch does, what TensorFlow does
    "add": (((10000000,), (10000000,)), 40, lambda t, a, b: a + b, lambda tf, a, b: a + b),
    "add_cached": (((100000,), (100000,)), 4000, lambda t, a, b: a + b, lambda tf, a, b: a + b),
    "outer_add": (((4096, 1), (1, 4096)), 20, lambda t, a, b: a + b, lambda tf, a, b: a + b),
    "bias_add": (((64, 56, 56, 64), (64,)), 40, lambda t, a, b: a + b, lambda tf, a, b: tf.nn.bias_add(a, b)),
    "sum_all": (((4000, 4000),), 40, lambda t, a: a.sum(), lambda tf, a: tf.reduce_sum(a)),
    "sum_last_64": (((64 * 56 * 56, 64),), 40, lambda t, a: a.sum(-1), lambda tf, a: tf.reduce_sum(a, -1)),
    "sum_last_1000": (((1000, 1000),), 800, lambda t, a: a.sum(-1), lambda tf, a: tf.reduce_sum(a, -1)),
    "sum_first_1000": (((1000, 1000),), 800, lambda t, a: a.sum(0), lambda tf, a: tf.reduce_sum(a, 0)),
    "max_last_1000": (((1000, 1000),), 800, lambda t, a: a.amax(-1), lambda tf, a: tf.reduce_max(a, -1)),
    "argmax_last_1000": (((1000, 1000),), 400, lambda t, a: a.argmax(-1), lambda tf, a: tf.argmax(a, -1)),
    "argmax_first_1000": (((1000, 1000),), 400, lambda t, a: a.argmax(0), lambda tf, a: tf.argmax(a, 0)),
    "transpose_4096": (((4096, 4096),), 10, lambda t, a: a.t().contiguous(), lambda tf, a: tf.transpose(a)),
    "transpose_500": (((500, 500),), 1000, lambda t, a: a.t().contiguous(), lambda tf, a: tf.transpose(a)),
    "to_nchw": (((64, 56, 56, 64),), 20, lambda t, a: a.permute(0, 3, 1, 2).contiguous(), lambda tf, a: tf.transpose(a, (0, 3, 1, 2))),
    "to_nhwc": (((64, 64, 56, 56),), 20, lambda t, a: a.permute(0, 2, 3, 1).contiguous(), lambda tf, a: tf.transpose(a, (0, 2, 3, 1))),
    "softmax_1000": (((1000, 1000),), 400, lambda t, a: t.softmax(a, -1), lambda tf, a: tf.nn.softmax(a)),
    "chain": (((1000000,), (1000000,)), 200, lambda t, a, b: (a * b + a).sigmoid() * (a - b),
              lambda tf, a, b: tf.sigmoid(a * b + a) * (a - b)),
}


def torch_run(options, arrays, formula):
    import torch

    torch.set_num_threads(options.threads)
    tensors = [torch.from_numpy(array) for array in arrays]

    def run(steps):
        with torch.no_grad():
            for _ in range(steps):
                formula(torch, *tensors)

    return run


def tensorflow_run(options, arrays, formula):
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tensors = [tf.constant(array) for array in arrays]
    function = tf.function(lambda *arguments: formula(tf, *arguments), jit_compile=options.variant == "xla")

    def run(steps):
        for _ in range(steps):
            function(*tensors)

    return run


def main():
    options = peer.parse(["torch", "tensorflow", "xla"], {name: row[1] for name, row in ROWS.items()})
    shapes, _, torch_formula, tensorflow_formula = ROWS[options.name]
    generator = np.random.default_rng(1)
    arrays = [generator.uniform(-1, 1, shape).astype(np.float32) for shape in shapes]
    run = torch_run(options, arrays, torch_formula) if options.variant == "torch" else tensorflow_run(options, arrays, tensorflow_formula)
    peer.rounds(options, f"ops/{options.name}/threads={options.threads}", run)


main()
