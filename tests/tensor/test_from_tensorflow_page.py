"""docs/from-tensorflow.md names nothing that is not there: neither of TensorFlow nor of Sumi."""
import os
import pathlib
import re
import unittest

import tensorflow as tf

SOURCE = pathlib.Path(os.environ["SUMI_SOURCE_DIR"])
BINARY = pathlib.Path(os.environ["SUMI_BINARY_DIR"])
# TensorFlow 1's own; TensorFlow 2 comes without them.
GONE = re.compile(r"tf\.(layers|contrib|nn\.rnn_cell)\.")


def rows():
    for line in (SOURCE / "docs/from-tensorflow.md").read_text().splitlines():
        if line.startswith("| `"):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def in_v1(name):
    found = tf.compat.v1
    for part in name.split(".")[1:]:
        found = getattr(found, part, None)
    return found is not None


class Page(unittest.TestCase):
    def test_tensorflow_has_what_stands_at_the_left(self):
        names = {name for left, _ in rows() for name in re.findall(r"\btf(?:\.[A-Za-z]\w*)+", left) if not GONE.match(name + ".")}
        self.assertGreater(len(names), 40)
        self.assertEqual({name for name in names if not in_v1(name)}, set())

    def test_sumi_has_what_stands_at_the_right(self):
        headers = [*SOURCE.glob("*/include/sumi/*.h"), *SOURCE.glob("*/graph/include/sumi/*.h"), *BINARY.glob("*/generated/include/sumi/*.h")]
        known = set(re.findall(r"\w+", "\n".join(header.read_text() for header in headers)))
        names = {name for _, right in rows() for name in re.findall(r"\b(?:sumi|SUMI)_\w+", right)}
        self.assertGreater(len(names), 60)
        self.assertEqual(names - known, set())

    def test_options_are_members(self):
        headers = "\n".join(header.read_text() for header in [*SOURCE.glob("*/include/sumi/*.h"), *BINARY.glob("*/generated/include/sumi/*.h")])
        options = {name for _, right in rows() for name in re.findall(r"[(,{`] *\.(\w+) =", right)}
        self.assertGreater(len(options), 12)
        self.assertEqual({name for name in options if not re.search(rf"\b{name}\s+SUMI_UNSET", headers)}, set())


if __name__ == "__main__":
    unittest.main(verbosity=2)
