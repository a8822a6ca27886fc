"""Logging from Python with ctypes alone: scalars, a histogram and a gallery of predictions.

    python3 log_with_ctypes.py [directory]      then: tensorboard --logdir runs

The library is found by its name; SUMI_SUMMARY_LIBRARY names another file. Options start with their size (docs/abi.md).
"""
import array
import ctypes
import math
import os
import random
import sys
from ctypes import POINTER, Structure, byref, c_bool, c_char_p, c_double, c_float, c_int, c_int64, c_size_t, c_void_p

FLOAT32 = 1


class View(Structure):
    """sumi_array_view_t: row-major numbers that stay their owner's."""
    _fields_ = [("dtype", c_int), ("rank", c_int), ("dims", c_int64 * 8), ("data", c_void_p)]


class WriterOptions(Structure):
    """The first options of sumi_writer_open; what is not here is not given."""
    _fields_ = [("struct_size", c_size_t), ("intervals", c_char_p)]


class Prediction(Structure):
    """sumi_prediction_t."""
    _fields_ = [("image", View), ("label", c_char_p), ("truth", c_char_p), ("score", c_double), ("has_score", c_bool),
                ("verdict", c_int), ("id", c_int64), ("probabilities", c_void_p), ("probability_count", c_int),
                ("boxes", c_void_p), ("box_count", c_int), ("masks", c_void_p), ("mask_count", c_int),
                ("keypoints", c_void_p), ("keypoint_count", c_int), ("bones", c_void_p), ("bone_count", c_int)]


class PredictionsOptions(Structure):
    _fields_ = [("struct_size", c_size_t), ("class_names", c_void_p), ("columns", c_int)]


def load():
    sumi = ctypes.CDLL(os.environ.get("SUMI_SUMMARY_LIBRARY", "libsumi_summary.so.0"))
    signatures = {
        "sumi_writer_open_with": (c_void_p, [c_char_p, POINTER(WriterOptions)]),
        "sumi_writer_due": (c_bool, [c_void_p, c_char_p, c_int64]),
        "sumi_writer_scalar": (c_int, [c_void_p, c_char_p, c_int64, c_double]),
        "sumi_writer_histogram_with": (c_int, [c_void_p, c_char_p, c_int64, POINTER(View), c_void_p]),
        "sumi_writer_predictions_with": (c_int, [c_void_p, c_char_p, c_int64, POINTER(Prediction), c_int64,
                                                 POINTER(PredictionsOptions)]),
        "sumi_writer_close": (c_int, [c_void_p]),
        "sumi_error_message": (c_char_p, []),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(sumi, name)
        function.restype, function.argtypes = result, arguments
    return sumi


def view(floats, *dims):
    """A view of an array.array of floats; a NumPy array's .ctypes.data would do as well."""
    return View(FLOAT32, len(dims), (c_int64 * 8)(*dims), floats.buffer_info()[0])


def disc(radius, channel, side=16):
    """A picture [side, side, 3] of a disc in one colour."""
    return array.array("f", (1.0 if c == channel and math.hypot(x - 8, y - 8) < radius else 0.2
                             for y in range(side) for x in range(side) for c in range(3)))


def main():
    directory = sys.argv[1] if len(sys.argv) > 1 else "runs/log_with_ctypes"
    sumi = load()
    options = WriterOptions(ctypes.sizeof(WriterOptions), b"*=10; predictions=50; weights=50")
    log = sumi.sumi_writer_open_with(directory.encode(), byref(options))
    for step in range(101):
        sumi.sumi_writer_scalar(log, b"loss", step, math.exp(-0.05 * step))
        if sumi.sumi_writer_due(log, b"weights", step):
            weights = array.array("f", (random.gauss(0, 1 / (1 + step)) for _ in range(1000)))
            sumi.sumi_writer_histogram_with(log, b"weights", step, byref(view(weights, 1000)), None)
        if sumi.sumi_writer_due(log, b"predictions", step):
            names = [b"red", b"green", b"blue"]
            pictures = [disc(3 + i, i % 3) for i in range(6)]
            predictions = (Prediction * 6)()
            for i, picture in enumerate(pictures):
                predictions[i].image = view(picture, 16, 16, 3)
                predictions[i].label, predictions[i].truth = names[min(i % 3, 1)], names[i % 3]
                predictions[i].id = i
            gallery = PredictionsOptions(ctypes.sizeof(PredictionsOptions), None, 3)
            sumi.sumi_writer_predictions_with(log, b"predictions", step, predictions, 6, byref(gallery))
    if sumi.sumi_writer_close(log) != 0:
        sys.exit(sumi.sumi_error_message().decode())


if __name__ == "__main__":
    main()
