"""The build tool that reads op blocks: what it writes compiles, and malformed blocks are refused with their line."""
import os
import shutil
import subprocess
import tempfile
import unittest

GENERATOR = os.path.join(os.environ["SUMI_BINARY_DIR"], "tensor/sumi_generator")
SOURCE = os.environ["SUMI_SOURCE_DIR"]
FLAGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror", "-D_GNU_SOURCE", "-fsyntax-only",
         "-I" + SOURCE + "/base/include", "-I" + SOURCE + "/tensor/include", "-I" + SOURCE + "/tensor"]

GOOD = r'''
/* SUMI_OP(InAComment, "", .doc = "is none"); */
SUMI_OP(MatMul, "a: T, b: T | transpose_a: bool = false, "
        /* between literals */ "epsilon: float = 1e-3, keep: bool = true -> product: T ; T: float32 float64",
        .api = "matmul", .doc = "The \"product\" of a and b.", .shape = s, .kernel = k, .grad = g,
        SUMI_SAMPLES({.in = {SUMI_S(1, 2)}, .message = ");", .at = {SUMI_VALUES(')')}}));
SUMI_OP(ConcatV2, "values: N * T, axis: Tidx -> output: T", .doc = "Joins.", .no_grad = "a test");
SUMI_OP(Two, "a: N * T, b: M * T -> y: T", .doc = "Two lists.", .no_grad = "a test");
SUMI_OP(Placeholder, "| dtype: type, shape: shape = ? -> output: dtype", .doc = "Fed.", .expand = e);
SUMI_OP(Fill, "dims: shape, value: T | default: ints = 1 2, padding: {SAME, VALID}, labels: strings = -> y: T", .doc = "Filled.");
SUMI_OP(NoOp, "", .doc = "Nothing.");
SUMI_OP(Func, "input: [Tin] | Tout: types, token: pointer, value: array -> output: [Tout]", .doc = "Any.");
'''

USE = r'''
#include <sumi/ops.h>
static const char *const letters[] = {"a", "b"};
sumi_tensor_t use(sumi_graph_t *g);
sumi_tensor_t use(sumi_graph_t *g) {
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 3));
  sumi_tensor_t y = sumi_matmul(2, sumi_matmul(x, 3.5, .transpose_a = true, .no_keep = true, .name = "q"));
  sumi_op_t *nothing = sumi_no_op(g);
  (void)nothing;
  y = sumi_func(SUMI_TENSORS(x, y), SUMI_TYPES(SUMI_FLOAT32), NULL, NULL);
  y = sumi_fill(g, SUMI_SHAPE(2, x), 1, .default_ = SUMI_AXES(1, 2), .padding = "VALID",
                .labels = {2, letters});
  return sumi_concat_v2(SUMI_TENSORS(x, y, sumi_two(SUMI_TENSORS(x), SUMI_TENSORS(y, 1))), 0);
}
'''


class Generator(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        os.makedirs(self.folder + "/include/sumi")
        self.addCleanup(shutil.rmtree, self.folder)

    def run_on(self, text, *mode):
        self.path = self.folder + "/ops.c"
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(text)
        return subprocess.run([GENERATOR, *(mode or [self.folder]), self.path], capture_output=True, text=True)

    def written(self, name):
        with open(f"{self.folder}/{name}", encoding="utf-8") as file:
            return file.read()

    def refused(self, text, line, what):
        run = self.run_on(text)
        self.assertEqual(run.returncode, 1)
        self.assertIn(f"{self.path}:{line}: error: ", run.stderr)
        self.assertIn(what, run.stderr)
        self.assertFalse(os.path.exists(self.folder + "/include/sumi/ops.h"))

    def test_constructors_compile_without_warnings_in_c_and_cxx(self):
        self.assertEqual(self.run_on(GOOD).returncode, 0)
        for name, text in (("use.c", USE), ("use.cc", USE)):
            with open(f"{self.folder}/{name}", "w", encoding="utf-8") as file:
                file.write(text)
        include = "-I" + self.folder + "/include"
        for compiler in filter(shutil.which, ("gcc", "clang")):
            for name in ("use.c", "ops_constructors.c", "ops_registry.c"):
                subprocess.run([compiler, "-std=c11", *FLAGS, include, f"{self.folder}/{name}"], check=True)
        for compiler in filter(shutil.which, ("g++", "clang++")):
            subprocess.run([compiler, "-std=c++20", *FLAGS, include, self.folder + "/use.cc"], check=True)

    def test_every_block_is_registered_and_none_else(self):
        self.assertEqual(self.run_on(GOOD).returncode, 0)
        registry = self.written("ops_registry.c")
        self.assertEqual(registry.count("    &sumi__tensor_op_"), 7)
        self.assertTrue(registry.endswith("    NULL,\n};\n"), registry)

    def test_files_that_would_not_change_are_not_touched(self):
        self.run_on(GOOD)
        path = self.folder + "/include/sumi/ops.h"
        os.utime(path, (1, 1))
        self.assertEqual(self.run_on(GOOD + "\n/* more */\n").returncode, 0)
        self.assertEqual(os.stat(path).st_mtime, 1)
        self.assertEqual(self.run_on(GOOD.replace("Joins.", "Joins them.")).returncode, 0)
        self.assertNotEqual(os.stat(path).st_mtime, 1)

    def test_a_page_that_is_not_current_is_found(self):
        page = self.folder + "/ops.md"
        self.assertEqual(self.run_on(GOOD, "--page", page).returncode, 0)
        self.assertEqual(self.run_on(GOOD, "--check", page).returncode, 0)
        self.assertEqual(self.run_on(GOOD.replace("Joins.", "Joins them."), "--check", page).returncode, 1)
        self.assertIn("`sumi_fill(graph, dims, value, .default_, .padding, .labels)`", self.written("ops.md"))

    def test_malformed_blocks_are_refused_with_their_line(self):
        self.refused('\nSUMI_OP(, "", .doc = "x");', 2, "no name")
        self.refused('\n\nSUMI_OP(A, schema, .doc = "x");', 3, "string literal")
        self.refused('SUMI_OP(A, "x: T -> y: U", .doc = "x");', 1, "at offset 11")
        self.refused('SUMI_OP(A, "x: T");', 1, "no .doc")
        self.refused('SUMI_OP(A, "x: T", .doc = text);', 1, ".doc is a string literal")
        self.refused('SUMI_OP(A, "x: T", .doc = "x", .api = "a-b");', 1, "no C name")
        self.refused('SUMI_OP(A, "x: T", .doc = "*/");', 1, "contains */")
        self.refused('SUMI_OP(A, "x: T", .doc = "x", .grad = g, .no_grad = "n");', 1, "both")
        self.refused('SUMI_OP(A, "x: T | name: int = 0", .doc = "x");', 1, "`name`")
        self.refused('SUMI_OP(A, "x: T", .doc = "x"\n', 2, "does not end")
        self.refused('SUMI_OP(A, "x: T", .doc = "x")\n', 2, "expected , or );")
        self.refused('SUMI_OP(A, "x: T", .doc = "x", .grad = f(1, 2;\n', 2, "does not end")
        self.refused('SUMI_OP(A, "x: T", .doc = "x", .doc = "y");', 1, "twice")

    def test_summaries_have_a_tag_and_the_options_of_the_writers_call(self):
        block = 'SUMI_SUMMARY_OP(Pictures, sumi_gallery_options_t,' \
                ' "tag: string, images: T, more: string | class_names: strings =, _low: float = 0 -> summary: string",' \
                ' .api = "summary_pictures", .doc = "Logs.");\n'
        run = self.run_on(block, "--summaries", self.folder)
        self.assertEqual(run.returncode, 0, run.stderr)
        header = " ".join(self.written("include/sumi/summary_ops.h").split())
        self.assertIn("sumi_tensor_t sumi_summary_pictures_at(sumi_site_t site, const char *tag, sumi_tensor_t images,"
                      " const sumi_gallery_options_t *options);", header)
        sources = self.written("summary_tables.c")
        self.assertIn("offsetof(sumi_gallery_options_t, class_count)", sources)
        self.assertIn('{"_low", "low", SUMI_ATTR_FLOAT', sources)
        self.refused(block.replace(", sumi_gallery_options_t", ""), 1, "type of the options")
        self.refused(block.replace("tag: string", "tag: int32"), 1, "its tag")
        self.refused(block.replace("class_names", "classes"), 1, "_names")

    def test_names_that_are_taken_are_refused_with_both_places(self):
        block = 'SUMI_OP({}, "x: T -> y: T", .api = "{}", .doc = "x");\n'
        self.refused(block.format("A", "a") + block.format("A", "b"), 2, "ops.c:1")
        self.refused(block.format("A", "a") + block.format("B", "a"), 2, "sumi_a is taken")


if __name__ == "__main__":
    unittest.main()
