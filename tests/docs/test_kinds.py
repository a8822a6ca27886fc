"""Every call that logs or draws is tried by the programs whose output TensorBoard and people look at. The lists of exported
names are what the tests walk: a new kind of summary, chart or graph summary without a test is an error here."""
import os
import pathlib
import re
import unittest

SOURCE = pathlib.Path(os.environ["SUMI_SOURCE_DIR"])
# Of a writer itself: they log nothing.
CONTROL = {"close", "counts", "describe", "directory", "due", "flush", "open", "set_interval", "set_total_steps", "status"}
# Seen by tests of their own.
ELSEWHERE = {"hparams_end": "tests/summary/test_writer.c", "graph": "examples/fashion_mnist/report.c",
             "trace": "tests/summary/write_trace.c"}


def exported(library, pattern):
    names = (SOURCE / f"abi/libsumi_{library}.symbols").read_text().split()
    return sorted({match[1].removesuffix("_with") for match in map(re.compile(pattern).fullmatch, names) if match})


def calls(path):
    return set(re.findall(r"\b(sumi_\w+)\(", (SOURCE / path).read_text()))


class Kinds(unittest.TestCase):
    def test_every_kind_of_summary_is_shown_to_tensorboard(self):
        kinds = [kind for library in ("summary", "summary_graph") for kind in exported(library, r"sumi_writer_(\w+)")
                 if kind not in CONTROL]
        self.assertGreater(len(kinds), 20)
        for kind in kinds:
            with self.subTest(kind):
                self.assertIn("sumi_writer_" + kind, calls(ELSEWHERE.get(kind, "tests/summary/write_everything.c")))

    def test_every_chart_and_picture_is_drawn_to_be_looked_at(self):
        pictures = exported("render", r"sumi_(\w+)_draw_with")
        self.assertGreater(len(pictures), 7)
        drawn = calls("tests/render/write_gallery.c")
        for picture in pictures:
            with self.subTest(picture):
                self.assertIn(f"sumi_{picture}_draw", drawn)

    def test_every_summary_of_graphs_is_run(self):
        summaries = exported("summary_graph", r"sumi_summary_(\w+)_at")
        self.assertGreater(len(summaries), 6)
        run = calls("tests/summary/test_summary_graph.c") | calls("tests/summary/test_graph_galleries.c")
        for summary in summaries:
            with self.subTest(summary):
                self.assertIn("sumi_summary_" + summary, run)

    def test_every_tag_that_is_written_for_tensorboard_is_looked_at(self):
        written = set(re.findall(r'sumi_writer_\w+\(\w+, "([^"\\]+)', (SOURCE / "tests/summary/write_everything.c").read_text()))
        self.assertGreater(len(written), 20)
        read = (SOURCE / "tests/summary/test_tensorboard.py").read_text()
        self.assertEqual({tag for tag in written if f'"{tag}' not in read and f"'{tag}" not in read}, set())


if __name__ == "__main__":
    unittest.main()
