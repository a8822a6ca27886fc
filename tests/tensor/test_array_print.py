"""Texts of sumi_array_format against NumPy's str and repr, for random arrays of every dtype, shape and magnitude."""
import os
import subprocess
import sys
import unittest

import numpy as np

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests/programs/tensor_run_array_format")
MODES = ["maxprec", "maxprec_equal", "fixed", "unique"]
DEFAULTS = dict(precision=8, threshold=1000, edgeitems=3, linewidth=75, suppress=False,
                floatmode="maxprec", sign="-")


class Formatter:
    def __init__(self):
        self.process = subprocess.Popen([PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def text(self, array, style, **options):
        o = {**DEFAULTS, **options}
        if array.dtype.kind == "U":
            name, data = "string", b"".join(str(s).encode() + b"\0" for s in array.ravel())
        else:
            name, data = array.dtype.name, array.tobytes()
        sizes = "".join(f" {n}" for n in array.shape)
        head = (f"{name} {style} {o['precision'] or -1} {o['threshold'] or -1} {o['edgeitems']} {o['linewidth']} "
                f"{int(o['suppress'])} {MODES.index(o['floatmode'])} '{o['sign']}' {array.ndim}{sizes} {len(data)}\n")
        self.process.stdin.write(head.encode() + data)
        self.process.stdin.flush()
        length = int(self.process.stdout.readline())
        return self.process.stdout.read(length).decode()

    def close(self):
        self.process.stdin.close()
        code = self.process.wait()
        self.process.stdout.close()
        return code


def shapes(random):
    rank = random.choice([0, 1, 1, 1, 2, 2, 3, 4, 5])
    shape = [int(random.integers(0, 6)) if random.random() < 0.1 else int(random.integers(1, 7)) for _ in range(rank)]
    if rank and random.random() < 0.2:
        shape[int(random.integers(rank))] = int(random.integers(7, 40))
    return tuple(shape)


def floats(random, shape, dtype):
    kind = random.integers(9)
    n = int(np.prod(shape))
    with np.errstate(all="ignore"):
        if kind == 0:
            values = random.standard_normal(n)
        elif kind == 1:
            values = np.ldexp(random.standard_normal(n), random.integers(-1080, 1020, n)) if dtype == np.float64 else \
                np.ldexp(random.standard_normal(n), random.integers(-150, 127, n))
        elif kind == 2:
            values = random.integers(-1000, 1000, n).astype(float)
        elif kind == 3:
            values = np.round(random.standard_normal(n) * 10, int(random.integers(0, 6)))
        elif kind == 4:
            values = 10.0 ** random.integers(-9, 9, n) * random.choice([1, -1], n)
        elif kind == 5:
            values = 2.0 ** random.integers(-140, 120, n)
        elif kind == 6:
            values = random.choice([0.0, -0.0, 0.5, 1.0, 1.5, 1e-4, 9.9999e-5, 1e6, 1e8, 99999999.0, 0.125, 5e-9, 1e16], n)
        elif kind == 7:
            bits = {np.float32: np.uint32, np.float64: np.uint64}[dtype]
            values = random.integers(0, np.iinfo(bits).max, n, dtype=bits).view(dtype)
        else:
            values = random.random(n) * 10.0 ** random.integers(-3, 7)
        values = np.asarray(values).astype(dtype)
    if n and random.random() < 0.2:
        where = random.random(n) < random.random()
        values[where] = random.choice([np.nan, np.inf, -np.inf, -np.nan], int(where.sum()))
    return values.reshape(shape)


def integers(random, shape, dtype):
    info = np.iinfo(dtype)
    n = int(np.prod(shape))
    if random.random() < 0.5:
        low, high = max(info.min, -120), min(info.max, 120)
        return random.integers(low, high, n, dtype=dtype, endpoint=True).reshape(shape)
    return random.integers(info.min, info.max, n, dtype=dtype, endpoint=True).reshape(shape)


WORDS = ["", "a", "墨水", "it's", 'say "hi"', "both ' and \"", "tab\there", "line\nbreak", "back\\slash", "\x01\x7f",
         "naïve", "\u00a0", "\u200b", "😀", "\U000e0001", "a longer text that takes room on its line", "\ue000", "\u3000"]


def strings(random, shape):
    n = int(np.prod(shape))
    return np.array([WORDS[int(i)] for i in random.integers(len(WORDS), size=n)], dtype="U").reshape(shape)


def draw(random):
    dtype = random.choice(["float32", "float64", "float32", "float64", "int8", "int16", "int32", "int64", "uint8",
                           "uint16", "uint32", "uint64", "bool", "U"])
    shape = shapes(random)
    if dtype == "U":
        return strings(random, shape)
    if dtype == "bool":
        return random.random(shape) < 0.5 if shape else np.array(random.random() < 0.5)
    if dtype.startswith("float"):
        return floats(random, shape, getattr(np, dtype))
    return integers(random, shape, getattr(np, dtype))


def draw_options(random):
    options = {}
    if random.random() < 0.5:
        options["precision"] = int(random.integers(0, 20))
    if random.random() < 0.5:
        options["threshold"] = int(random.integers(0, 40))
    if random.random() < 0.5:
        options["edgeitems"] = int(random.integers(1, 5))
    if random.random() < 0.5:
        options["linewidth"] = int(random.integers(1, 120))
    if random.random() < 0.3:
        options["suppress"] = True
    if random.random() < 0.5:
        options["floatmode"] = str(random.choice(MODES))
    if random.random() < 0.3:
        options["sign"] = str(random.choice(["+", " "]))
    return options


class Printing(unittest.TestCase):
    def setUp(self):
        self.formatter = Formatter()

    def tearDown(self):
        self.assertEqual(self.formatter.close(), 0)

    def compare(self, array, **options):
        with np.printoptions(**{**DEFAULTS, **options}):
            expected = str(array), repr(array)
        for style in (0, 1):
            actual = self.formatter.text(array, style, **options)
            self.assertEqual(actual, expected[style], msg=f"\n{options} {array.dtype} {array.shape} {array.tolist()}")

    def test_random_arrays_with_default_options(self):
        random = np.random.default_rng(1)
        for _ in range(4000):
            self.compare(draw(random))

    def test_random_arrays_with_random_options(self):
        random = np.random.default_rng(2)
        for _ in range(6000):
            self.compare(draw(random), **draw_options(random))

    def test_large_arrays_are_summed_up(self):
        random = np.random.default_rng(3)
        for shape in [(1000,), (1001,), (40, 40), (7, 200), (200, 7), (6, 6, 40), (2, 3, 4, 50), (10, 10, 10, 10), (3000, 1)]:
            for dtype in (np.float32, np.float64):
                self.compare(random.standard_normal(shape).astype(dtype))
            self.compare(random.integers(-5, 100000, shape))
            self.compare(np.arange(int(np.prod(shape)), dtype=np.float64).reshape(shape))

    def test_every_power_of_two_and_its_neighbours(self):
        for dtype, low, high in ((np.float64, -1074, 1024), (np.float32, -149, 128)):
            powers = np.ldexp(dtype(1), np.arange(low, high)).astype(dtype)
            for values in (powers, np.nextafter(powers, dtype(0)), np.nextafter(powers, dtype(np.inf))):
                for value in values:
                    self.compare(np.array(value))
                self.compare(values, floatmode="unique", threshold=10000)
                self.compare(values, precision=17, threshold=10000)

    def test_every_power_of_ten_and_ties(self):
        values = np.array([float(f"{m}e{e}") for e in range(-320, 308) for m in ("1", "9.5", "2.5")])
        for precision in (0, 1, 3, 8, 16, 30):
            for mode in MODES:
                self.compare(values[900:1000], precision=precision, floatmode=mode)
                self.compare(values, precision=precision, floatmode=mode, threshold=10)
        ties = np.array([0.5, 1.5, 2.5, 0.125, 0.375, 2.0 ** -10, 3 * 2.0 ** -10, 0.0625, 0.95, 0.995, 9.5, 99.5])
        for precision in range(12):
            for mode in MODES:
                self.compare(ties, precision=precision, floatmode=mode)

    def test_the_empty_the_scalar_and_the_deep(self):
        for dtype in ("float32", "float64", "int8", "int64", "uint64", "bool"):
            for shape in [(), (0,), (0, 3), (3, 0), (1,), (1, 1, 1, 1, 1, 1, 1, 1), (2, 1, 2, 1, 2, 1, 2, 1)]:
                self.compare(np.zeros(shape, dtype))
                self.compare(np.ones(shape, dtype))


if __name__ == "__main__":
    unittest.main(argv=sys.argv)
