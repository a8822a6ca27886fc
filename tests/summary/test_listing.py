"""The listing of the manual, compiled as C and as C++ with every warning an error, and run."""
import os
import subprocess
import tempfile
import unittest

SOURCE = os.environ["SUMI_SOURCE_DIR"]
BINARY = os.environ["SUMI_BINARY_DIR"]
MODULES = ("summary", "events", "render", "base")
with open(os.path.join(BINARY, "CMakeCache.txt")) as cache:
    CACHE = dict(line.rstrip("\n").split("=", 1) for line in cache if "=" in line and line[0] not in "#/")
COMPILERS = {"c": CACHE.get("CMAKE_C_COMPILER:STRING") or CACHE["CMAKE_C_COMPILER:FILEPATH"],
             "c++": CACHE.get("CMAKE_CXX_COMPILER:STRING") or CACHE["CMAKE_CXX_COMPILER:FILEPATH"]}
SANITIZE = CACHE.get("SUMI_SANITIZE:STRING", "")
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror"]

LISTING = """
#include <sumi/summary.h>

static float my_step(void) { return 0.5f; }

int main(int argc, char **argv) {
    static float pixels[16];
    const char *names[] = {"cat", "dog"};
    sumi_prediction_t pictures[1];
    int64_t steps = 1000;
    int n = 1;
    pictures[0] = ZERO;
    pictures[0].image.dtype = SUMI_FLOAT32;
    pictures[0].image.rank = 2;
    pictures[0].image.dims[0] = pictures[0].image.dims[1] = 4;
    pictures[0].image.data = pixels;

    sumi_writer_t *log = sumi_writer_open(argc > 1 ? argv[1] : "runs/a", .intervals = "*=100; loss=10; predictions=500,60s");
    for (int64_t step = 0; step < steps; ++step) {
        float loss = my_step();
        sumi_writer_scalar(log, "loss", step, loss);
        if (sumi_writer_due(log, "predictions", step))
            sumi_writer_predictions(log, "predictions", step, pictures, n, .class_names = names, .columns = 8);
    }
    if (sumi_writer_close(log) != SUMI_OK) return 1;
    log = sumi_writer_open("not/used", .resume_step = -1);
    return sumi_writer_close(log) != SUMI_OK ? 0 : 1;
}
"""


class Listing(unittest.TestCase):
    def build_and_run(self, compiler, standard, suffix, zero):
        with tempfile.TemporaryDirectory() as directory:
            source, program = os.path.join(directory, "listing" + suffix), os.path.join(directory, "listing")
            with open(source, "w") as file:
                file.write(LISTING.replace("ZERO", zero))
            headers = [f"-I{SOURCE}/{module}/include" for module in MODULES]
            self.run_checked([compiler, standard, *WARNINGS, *headers, "-fsyntax-only", source])
            sanitize = [f"-fsanitize={SANITIZE}"] if SANITIZE else []
            libraries = [flag for module in MODULES
                         for flag in (f"-L{BINARY}/{module}", f"-lsumi_{module}", f"-Wl,-rpath,{BINARY}/{module}")]
            self.run_checked([compiler, standard, *headers, *sanitize, source, "-o", program, *libraries])
            self.run_checked([program, os.path.join(directory, "run")])
            self.assertTrue(any("tfevents" in name for name in os.listdir(os.path.join(directory, "run"))))

    def run_checked(self, command):
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_as_c(self):
        self.build_and_run(COMPILERS["c"], "-std=c11", ".c", "(sumi_prediction_t){0}")

    def test_as_cpp(self):
        self.build_and_run(COMPILERS["c++"], "-std=c++20", ".cpp", "sumi_prediction_t{}")


if __name__ == "__main__":
    unittest.main()
