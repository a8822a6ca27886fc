"""Recurrent networks against TensorFlow 1's: names and shapes of variables, outputs, states and gradients, with and without
lengths of sequences."""
import os
import sys
import unittest
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "common"))
from model_oracle import ModelTest, np, tf, v1

warnings.simplefilter("ignore")
cells = v1.nn.rnn_cell
BATCH, TIME, SIZE = 4, 4, 4
nest = tf.nest.flatten


def unrolled(make, has_lengths):
    def build(x, lengths):
        outputs, state = v1.nn.static_rnn(make(), tf.unstack(x, axis=1), dtype=tf.float32, sequence_length=lengths if has_lengths else None)
        return nest([outputs, state])
    return build


def shared(x, lengths):
    inputs, cell = tf.unstack(x, axis=1), cells.GRUCell(4)
    _, state = v1.nn.static_rnn(cell, inputs, dtype=tf.float32)
    return nest(v1.nn.static_rnn(cell, inputs, initial_state=state, sequence_length=lengths, scope="again"))


def both_ways(has_lengths):
    def build(x, lengths):
        return nest(v1.nn.static_bidirectional_rnn(cells.BasicLSTMCell(3), cells.GRUCell(2), tf.unstack(x, axis=1), dtype=tf.float32,
                                                   sequence_length=lengths if has_lengths else None))
    return build


def looped(x, lengths):
    layers = cells.MultiRNNCell([cells.LSTMCell(4, use_peepholes=True), cells.ResidualWrapper(cells.GRUCell(4))])
    first, state = v1.nn.dynamic_rnn(layers, x, sequence_length=lengths, dtype=tf.float32)
    return nest([first, v1.nn.dynamic_rnn(layers, first, initial_state=state, scope="again")])


def time_major(x, lengths):
    return nest(v1.nn.dynamic_rnn(cells.BasicLSTMCell(3), tf.transpose(x, [1, 0, 2]), time_major=True, dtype=tf.float32))


def looped_both_ways(has_lengths):
    def build(x, lengths):
        return nest(v1.nn.bidirectional_dynamic_rnn(cells.BasicRNNCell(3), cells.GRUCell(2), x, dtype=tf.float32,
                                                    sequence_length=lengths if has_lengths else None))
    return build


MODELS = {
    "basic": unrolled(lambda: cells.BasicRNNCell(4), False),
    "relu": unrolled(lambda: cells.BasicRNNCell(4, activation=tf.nn.relu), True),
    "gru": unrolled(lambda: cells.GRUCell(5), True),
    "basic_lstm": unrolled(lambda: cells.BasicLSTMCell(4), False),
    "lstm": unrolled(lambda: cells.LSTMCell(4, forget_bias=0.), True),
    "full_lstm": unrolled(lambda: cells.LSTMCell(5, use_peepholes=True, cell_clip=.4, num_proj=3, proj_clip=.3, forget_bias=.5), True),
    "layers": unrolled(lambda: cells.MultiRNNCell([cells.LSTMCell(4, name="bottom"), cells.ResidualWrapper(cells.GRUCell(4))]), True),
    "shared": shared,
    "bidirectional": both_ways(False),
    "bidirectional_lengths": both_ways(True),
    "looped": looped,
    "time_major": time_major,
    "looped_bidirectional": looped_both_ways(False),
    "looped_bidirectional_lengths": looped_both_ways(True),
}


class Recurrent(ModelTest):
    def check(self, model, lengths):
        x = np.random.default_rng(len(model)).standard_normal((BATCH, TIME, SIZE)).astype(np.float32)
        with self.subTest(model=model, lengths=lengths):
            self.compare("tensor_run_rnn", model, [x, np.array(lengths, np.int32)], MODELS[model])

    def test_models(self):
        for model in MODELS:
            self.check(model, [0, 2, 4, 3])

    def test_lengths_that_are_all_the_same(self):
        for model in ("lstm", "bidirectional_lengths", "looped"):
            self.check(model, [1, 1, 1, 1])
            self.check(model, [4, 4, 4, 4])


if __name__ == "__main__":
    unittest.main(verbosity=2)
