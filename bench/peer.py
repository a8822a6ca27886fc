"""What the peer programs share: the arguments, batches and rounds of the C programs (support/measure.h)."""

import argparse
import json
import sys
import time

import numpy as np

STEPS = {"curve": 200, "mlp": 100, "cnn": 20}
SHAPES = {"curve": (100,), "mlp": (64, 784), "cnn": (100, 28, 28, 1)}


def parse(variants, steps=STEPS):
    """`steps`: what can be measured, and how many steps of it make a round."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=steps)
    parser.add_argument("--variant", choices=variants, default=variants[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lockstep", action="store_true")
    options = parser.parse_args()
    options.steps = options.steps or steps[options.name]
    return options


def batches(name):
    """Eight batches: pictures in [0, 1), and classes (int32) or, for the curve, numbers (float32)."""
    generator = np.random.default_rng(1)
    shape = SHAPES[name]
    for _ in range(8):
        images = generator.random(shape, dtype=np.float32)
        labels = generator.random(shape[0], dtype=np.float32)
        yield images, labels if name == "curve" else (labels * 10).astype(np.int32)


def rounds(options, name, run, unit="us"):
    """Like bench_rounds: `run(steps)` after some steps that warm up; one line of JSON for each round."""
    run(options.steps // 4 + 2)
    for _ in range(options.rounds):
        if options.lockstep and not sys.stdin.readline():
            return
        start, cpu = time.perf_counter(), time.process_time()
        run(options.steps)
        scale = {"ns": 1e9, "us": 1e6, "ms": 1e3}[unit] / options.steps
        value, cpu = (time.perf_counter() - start) * scale, (time.process_time() - cpu) * scale
        print(json.dumps({"name": name, "value": value, "cpu": cpu, "unit": unit}), flush=True)
