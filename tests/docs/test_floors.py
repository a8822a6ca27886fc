"""One-way floors: no file of a module needs one that needs it, directly or around a corner. What a file needs is what its
object files leave undefined."""
import collections
import os
import pathlib
import re
import subprocess
import unittest

BINARY = pathlib.Path(os.environ["SUMI_BINARY_DIR"])
MODULES = ("summary_graph", "summary", "events", "render", "tensor", "base")
# The registry names every op, and ops find the definitions of others by it.
GENERATED = re.compile("(^|/)generated/")


def module_of(folder):
    target = re.fullmatch(r"sumi_(\w+)_objects\.dir", folder)
    return target and next((module for module in MODULES if (target[1] + "_").startswith(module + "_")), None)


def symbols(objects):
    """Defined and needed names by file; those of one file at several levels of the processor together."""
    defined, needed = collections.defaultdict(set), collections.defaultdict(set)
    files = {str(path): file for file, path in objects}
    for line in subprocess.run(["nm", "-A", "-P", *files], capture_output=True, text=True, check=True).stdout.splitlines():
        path, symbol = line.rsplit(": ", 1)
        name, kind = symbol.split()[:2]
        if kind == "U":
            needed[files[path]].add(name)
        elif kind.isupper():
            defined[files[path]].add(name)
    return defined, needed


def graph_of(objects):
    defined, needed = symbols(objects)
    owner = {name: file for file, names in defined.items() for name in names}
    return {file: {owner[name] for name in needed[file] if name in owner} - {file} for file in defined}


def circles(graph):
    """Groups of files that reach each other: whoever is left when those that need nobody, or whom nobody needs, are gone."""
    graph = {file: set(needs) for file, needs in graph.items()}
    while True:
        needed = set().union(*graph.values()) if graph else set()
        done = {file for file, needs in graph.items() if not needs or file not in needed}
        if not done:
            return graph
        graph = {file: needs - done for file, needs in graph.items() if file not in done}


class Floors(unittest.TestCase):
    def test_the_search_finds_circles(self):
        self.assertEqual(circles({"a": {"b"}, "b": {"c"}, "c": set(), "d": {"a"}}), {})
        self.assertEqual(set(circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": set()})), {"a", "b", "c"})

    def test_no_file_needs_itself_around_a_corner(self):
        modules = collections.defaultdict(list)
        for path in BINARY.glob("*/CMakeFiles/sumi_*_objects.dir/**/*.o"):
            parts = path.relative_to(BINARY).parts
            place = next(i for i, part in enumerate(parts) if part.endswith("_objects.dir"))
            file, module = "/".join(parts[place + 1:]), module_of(parts[place])
            if module and not GENERATED.search(file):
                modules[module].append((file, path))
        self.assertEqual(set(modules), set(MODULES))
        for module, objects in sorted(modules.items()):
            with self.subTest(module):
                graph = graph_of(objects)
                self.assertGreater(len(graph), 3)
                self.assertEqual({file: sorted(needs) for file, needs in circles(graph).items()}, {})


if __name__ == "__main__":
    unittest.main()
