"""Every listing in C of the README and of docs/ compiles as C11 and as C++20, with the warnings of a strict program."""
import os
import pathlib
import subprocess
import tempfile
import unittest

from listings import listings

SOURCE = pathlib.Path(os.environ["SUMI_SOURCE_DIR"])
BINARY = pathlib.Path(os.environ["SUMI_BINARY_DIR"])
INCLUDES = [SOURCE / module / "include" for module in ("base", "events", "render", "tensor", "summary", "summary/graph")]
INCLUDES += [BINARY / "tensor/generated/include", BINARY / "summary/generated/include"]
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Wno-unused-variable", "-Wno-unused-but-set-variable",
            "-Wno-comment"]  # fmt: skip
CXX = os.environ.get("SUMI_CXX_COMPILER")
DIALECTS = {"c": [os.environ["SUMI_C_COMPILER"], "-std=c11"], "cpp": [CXX, "-std=c++20"], "cpp17": [CXX, "-std=c++17"]}

# What the reader of a fragment has already.
AROUND = """
#include <stdint.h>
#include <stdio.h>
#include <sumi/sumi.h>
#include <sumi/summary.h>
#ifdef __cplusplus
extern "C" {
#endif
extern int64_t steps, n;
extern const sumi_prediction_t *pictures;
extern const char *const *names;
extern float *xs, *ys, l;
extern sumi_graph_t *g;
float my_step(void);
void generate_data(int step, float *to_xs, float *to_ys);
void fragment(void);
#ifdef __cplusplus
}
#endif
void fragment(void) {
#line %d "%s"
%s
}
"""


def whole(listing):
    """A program of its own, or a fragment in a function; includes at its head stand above that."""
    if listing.role == "file":
        return listing.text
    lines = listing.text.split("\n")
    includes = [line for line in lines if line.startswith("#include")]
    rest = ["" if line.startswith("#include") else line for line in lines]
    return "\n".join(includes) + AROUND % (listing.line + 1, listing.page, "\n".join(rest))


def errors(listing, language):
    compiler, standard = DIALECTS[language]
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, f"listing.{language[:3]}")
        file.write_text(whole(listing), encoding="utf-8")
        command = [compiler, standard, "-fsyntax-only", *WARNINGS, *(f"-I{folder}" for folder in INCLUDES), file]
        done = subprocess.run(command, capture_output=True, text=True)
    return done.stderr if done.returncode else ""


class Listings(unittest.TestCase):
    maxDiff = None
    pages = [SOURCE / "README.md", SOURCE / "CONTRIBUTING.md", *sorted(SOURCE.glob("docs/*.md"))]
    found = [listing for page in pages for listing in listings(page) if listing.language == "c"]

    def test_there_are_some(self):
        self.assertGreaterEqual(len([listing for listing in self.found if listing.role is None]), 2)

    def test_as_c11(self):
        for listing in self.found:
            with self.subTest(listing.where):
                self.assertEqual(errors(listing, "c"), "")

    @unittest.skipUnless(DIALECTS["cpp"][0], "there is no C++ compiler")
    def test_as_cpp20(self):
        for listing in self.found:
            with self.subTest(listing.where):
                self.assertEqual(errors(listing, "cpp"), "")


    @unittest.skipUnless(DIALECTS["cpp"][0], "there is no C++ compiler")
    def test_cpp_as_cpp17(self):
        found = [listing for page in self.pages for listing in listings(page) if listing.language == "cpp"]
        self.assertGreaterEqual(len(found), 1)
        for listing in found:
            with self.subTest(listing.where):
                self.assertEqual(errors(listing, "cpp17"), "")

    def test_other_languages_are_of_the_examples(self):
        examples = {"fortran": "fortran/log_with_fortran.f90", "python": "python/log_with_ctypes.py", "rust": "rust/log_with_rust.rs"}
        shown = {listing.language: listing for listing in listings(SOURCE / "docs/languages.md")}
        for language, example in examples.items():
            lines = (SOURCE / "examples" / example).read_text(encoding="utf-8").splitlines()
            for line in shown[language].text.splitlines():
                self.assertIn(line, lines, shown[language].where)


unittest.main()
