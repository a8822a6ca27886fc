"""What scripts/mutate runs: mutate.py <tree> <work folder> [--count N] [--seed N] [path…]

A change is one token: an operator becomes its neighbour, a whole number the next one, a truth value the other. It is
killed when the tree does not build or a test of the file's module fails: the C tests under the address and undefined behaviour
sanitizers, then those that ask TensorFlow and TensorBoard. What survives is printed as file, line and change. Changes that alter
nothing (a bound that is never met) survive too: a list to look through, not a score alone."""

import argparse
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import time

ROOMS = ["summary", "events", "render", "tensor/ops", "tensor/exec"]
NEIGHBOURS = {
    "==": "!=", "!=": "==", " < ": " <= ", "<=": "<", " > ": " >= ", ">=": ">", "&&": "||", "||": "&&", " + ": " - ", " - ": " + ",
    " * ": " / ", " / ": " * ", "+=": "-=", "++": "--", "true": "false", "false": "true", "break": "continue",
}  # fmt: skip
# Comments, texts, characters, directives, op blocks' samples and the sizes in messages about memory are passed over.
PASSED_OVER = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|^[ \t]*#(?:\\\n|[^\n])*|^SUMI_(?:SUMMARY_)?OP\(.*?\);\n|sumi_fail_alloc\([^;]*;|^#define.*?[^\\]\n',
    re.S | re.M)
TOKEN = re.compile(r"==|!=|<=|>=|&&|\|\||\+=|\+\+| \+ | - | \* | / | < | > |\b(?:true|false|break)\b|\b\d+\b")


def changes(path):
    """(offset, old, new) of every change that the file allows."""
    text = path.read_text()
    blank = PASSED_OVER.sub(lambda m: re.sub(r"[^\n]", "\0", m.group()), text)
    for match in TOKEN.finditer(blank):
        old = match.group()
        yield match.start(), old, NEIGHBOURS.get(old) or str(int(old) + 1)


def run(*command):
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


class Copy:
    def __init__(self, tree, work, oracles):
        self.has_oracles = oracles is not None
        self.tree, self.build = work / "tree", work / "build"
        shutil.rmtree(self.tree, ignore_errors=True)
        files = subprocess.run(["git", "-C", tree, "ls-files", "-z"], check=True, capture_output=True, text=True).stdout
        for name in filter(None, files.split("\0")):
            if (tree / name).exists():
                (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
                # With new times: of a run that was stopped, what is built may be of a changed file.
                shutil.copy(tree / name, self.tree / name)
        configured = run("cmake", "-S", str(self.tree), "-B", str(self.build), "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                         "-DSUMI_BUILD_TESTS=ON", "-DSUMI_BUILD_EXAMPLES=OFF", "-DSUMI_ARCH=native",
                         "-DSUMI_SANITIZE=address,undefined", "-DSUMI_TEST_PATIENCE_S=120", f"-DSUMI_ORACLE_PYTHON={oracles or ''}")
        if not configured or not self.builds():
            sys.exit(f"mutate: {self.build} cannot be built as it is")

    def builds(self):
        return run("cmake", "--build", str(self.build))

    def passes(self, module):
        test = ("ctest", "--test-dir", str(self.build), "-j", "2", "--stop-on-failure", "-L", f"^{module}$")
        return run(*test, "-LE", "oracle|package|levels|browser") and (not self.has_oracles or run(*test, "-L", "oracle", "-LE", "browser"))


def survives(copy, name, offset, old, new):
    path = copy.tree / name
    text = path.read_text()
    path.write_text(text[:offset] + new + text[offset + len(old):])
    try:
        return copy.builds() and copy.passes(name.split("/")[0])
    finally:
        path.write_text(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tree", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--oracles", help="the interpreter of the oracle environment")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("paths", nargs="*", default=ROOMS)
    options = parser.parse_intermixed_args()
    suppressions = options.tree / "tests/support/lsan.supp"
    os.environ["LSAN_OPTIONS"] = f"suppressions={suppressions}:print_suppressions=0"
    files = sorted({file for path in options.paths for file in [options.tree / path, *(options.tree / path).rglob("*.c")]
                    if file.suffix == ".c"})
    drawn = [(str(file.relative_to(options.tree)), *change) for file in files for change in changes(file)]
    random.Random(options.seed).shuffle(drawn)
    drawn = sorted(drawn[:options.count] if options.count else drawn)
    copy = Copy(options.tree, options.work, options.oracles)
    for module in sorted({name.split("/")[0] for name, *_ in drawn}):
        if not copy.passes(module):
            sys.exit(f"mutate: the tests of {module} fail as they are")
    alive, start = [], time.monotonic()
    for number, (name, offset, old, new) in enumerate(drawn, 1):
        text = (options.tree / name).read_text()
        line = text.count("\n", 0, offset) + 1
        lives = survives(copy, name, offset, old, new)
        if lives:
            alive.append(name)
            print(f"{name}:{line}: {old.strip()} -> {new.strip()} survives: {text.splitlines()[line - 1].strip()}", flush=True)
        print(f"{number} of {len(drawn)}, {len(alive)} alive, {time.monotonic() - start:.0f} s", end="\r", file=sys.stderr)
    print(f"{len(drawn) - len(alive)} of {len(drawn)} changes were noticed")


if __name__ == "__main__":
    main()
