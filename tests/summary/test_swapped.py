"""A scalar's step and value in the wrong order do not compile, in C and in C++; in the right order they do, whatever the types."""
import os
import shutil
import subprocess
import tempfile
import unittest

SOURCE = os.environ["SUMI_SOURCE_DIR"]
INCLUDES = [f"-I{SOURCE}/{module}/include" for module in ("base", "events", "render", "summary")]
RIGHT = ("w, \"loss\", 3, 1.0", "w, \"loss\", i, f", "w, \"loss\", u, i", "w, \"loss\", 3L, 1")
SWAPPED = ("w, \"loss\", 1.0, 3", "w, \"loss\", f, i", "w, \"loss\", 0.5 * d, 3")
HEAD = "#include <sumi/summary.h>\nint main(void) { sumi_writer_t *w = NULL; int i = 1; float f = 1; double d = 1; unsigned short u = 1; "
HEAD += "sumi_event_writer_t *e = NULL; sumi_event_tag_t *t = NULL; (void)e; (void)t; (void)i; (void)f; (void)d; (void)u; "
USES = ("sumi_writer_scalar({0});", "sumi_event_writer_scalar(e{1});", "sumi_event_tag_scalar(t{2});")


def calls(arguments):
    rest = arguments[arguments.index(","):]
    return [use.format(arguments, rest, rest[rest.index(",", 1):]) for use in USES]


INSIDE = 'extern "C" {\n#include <sumi/summary.h>\n}\nint main(void) { sumi_writer_t *w = sumi_writer_open("x", .workers = 2); '


class Swapped(unittest.TestCase):
    def compiles(self, compiler, standard, suffix, text):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/use{suffix}"
            with open(path, "w", encoding="utf-8") as file:
                file.write(text + " return 0; }\n")
            done = subprocess.run([compiler, f"-std={standard}", "-fsyntax-only", *INCLUDES, path], capture_output=True, text=True)
            return done.returncode == 0, done.stderr

    def test_in_c_and_cpp(self):
        tried = 0
        for compiler, standard, suffix in (("gcc", "c11", ".c"), ("clang", "c11", ".c"), ("g++", "c++11", ".cc"), ("clang++", "c++17", ".cc")):
            if not shutil.which(compiler):
                continue
            tried += 1
            for arguments in RIGHT:
                for call in calls(arguments):
                    ok, said = self.compiles(compiler, standard, suffix, HEAD + call)
                    self.assertTrue(ok, f"{compiler}: {call}\n{said}")
            for arguments in SWAPPED:
                for call in calls(arguments):
                    ok, said = self.compiles(compiler, standard, suffix, HEAD + call)
                    self.assertFalse(ok, f"{compiler} took {call}")
                    self.assertRegex(said, "a_step_is_an_integer|deleted")
        self.assertGreaterEqual(tried, 2)

    def test_headers_inside_of_extern_c(self):
        ok, said = self.compiles("g++", "c++20", ".cc", INSIDE + 'sumi_writer_scalar(w, "loss", 1, 2.0);')
        self.assertTrue(ok, said)


if __name__ == "__main__":
    unittest.main()
