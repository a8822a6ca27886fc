"""Losses, their reductions and their gradients against tf.compat.v1.losses, with weights of every shape that they take."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "common"))
from model_oracle import ModelTest, np, tf, v1

losses = v1.losses
REDUCTIONS = [losses.Reduction.SUM_BY_NONZERO_WEIGHTS, losses.Reduction.NONE, losses.Reduction.SUM, losses.Reduction.MEAN,
              losses.Reduction.SUM_OVER_BATCH_SIZE, losses.Reduction.SUM_BY_NONZERO_WEIGHTS]
ELEMENTS = {"absolute_difference": {}, "mean_squared_error": {}, "huber_loss": {"delta": .7}, "hinge_loss": {}, "log_loss": {},
            "sigmoid_cross_entropy": {}, "compute_weighted_loss": {}}


def weights_of(random, shape):
    """A scalar, sizes of 1, all sizes, and zeros alone."""
    whole = random.integers(0, 3, shape) * random.standard_normal(shape)
    narrow = whole[(slice(0, 1),) * (len(shape) - 1)] if len(shape) > 1 else whole
    return [np.float32(.5), whole.astype(np.float32), narrow.astype(np.float32), np.zeros(shape, np.float32)]


class Losses(ModelTest):
    def check(self, name, labels, predictions, weights, reduction, smoothing=0., **options):
        def build(labels, predictions, weights):
            keywords = dict(options, weights=weights, reduction=REDUCTIONS[reduction])
            if smoothing:
                keywords["label_smoothing"] = smoothing
            if name == "compute_weighted_loss":
                loss = losses.compute_weighted_loss(predictions, **keywords)
            else:
                loss = getattr(losses, name)(labels, predictions, **keywords)
            return [loss] if REDUCTIONS[reduction] == losses.Reduction.NONE else [loss, losses.get_total_loss()]
        model = f"{name} {reduction} {smoothing}"
        with self.subTest(model=model, weights=weights.shape):
            self.compare("tensor_run_losses", model, [labels, predictions, weights], build, rtol=1e-5)

    def cases(self):
        random = np.random.default_rng(8)
        shape = (4, 3)
        labels, scores = random.integers(0, 2, shape).astype(np.float32), random.standard_normal(shape).astype(np.float32)
        chances = random.uniform(.05, .95, shape).astype(np.float32)
        rows = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
        for name, options in ELEMENTS.items():
            predictions = chances if name == "log_loss" else scores
            yield name, labels, predictions, weights_of(random, shape), 0., options
        yield "sigmoid_cross_entropy", labels, scores, weights_of(random, shape), .2, {}
        yield "cosine_distance", labels, scores, weights_of(random, (4, 1)), 0., {"axis": 1}
        for smoothing in (0., .1):
            yield "softmax_cross_entropy", rows, scores, weights_of(random, (4,)), smoothing, {}
        classes = np.array([2, 0, 1, 1], np.int32)
        yield "sparse_softmax_cross_entropy", classes, scores, weights_of(random, (4,)) + [np.full((4, 1), .25, np.float32)], 0., {}
        yield "sparse_softmax_cross_entropy", classes[:, None].astype(np.int64), scores, [np.float32(2)], 0., {}

    def test_every_loss_with_every_reduction(self):
        for case, (name, labels, predictions, weights, smoothing, options) in enumerate(self.cases()):
            for k, weight in enumerate(weights):
                for reduction in (range(6) if name == "compute_weighted_loss" else [(case + k) % 6]):
                    self.check(name, labels, predictions, weight, reduction, smoothing, **options)


if __name__ == "__main__":
    unittest.main(verbosity=2)
