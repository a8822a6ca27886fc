"""The manual pages: what mandoc says of them, and that sumi-logging(3) names every call of a writer and no other."""
import os
import pathlib
import re
import shutil
import subprocess
import unittest

SOURCE = pathlib.Path(os.environ["SUMI_SOURCE_DIR"])
PAGES = sorted((SOURCE / "docs" / "man").glob("*.[1-9]"))
DECLARED = re.compile(r"^(?:#define |SUMI_API [^()]*?[ *])(sumi_writer_[a-z_]+)\(", re.M)


class Manual(unittest.TestCase):
    @unittest.skipUnless(shutil.which("mandoc"), "mandoc is not there")
    def test_mandoc_has_nothing_to_say(self):
        self.assertTrue(PAGES)
        done = subprocess.run(["mandoc", "-Tlint", "-Wwarning", *map(str, PAGES)], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def test_every_call_of_a_writer_is_named(self):
        declared = set()
        for header in (SOURCE / "summary").rglob("include/sumi/*.h"):
            declared |= set(DECLARED.findall(header.read_text(encoding="utf-8")))
        declared = {name for name in declared if not name.endswith("_with")}
        self.assertIn("sumi_writer_open", declared)
        named = set(re.findall(r"^\.(?:It )?Fn (sumi_writer_\w+)", (SOURCE / "docs/man/sumi-logging.3").read_text(encoding="utf-8"), re.M))
        self.assertEqual(named, declared)

    def test_pages_name_pages_and_options_that_exist(self):
        names = {page.name for page in PAGES}
        options = re.search(r"typedef struct sumi_writer_options \{(.*?)\} sumi_writer_options_t;",
                            (SOURCE / "summary/include/sumi/writer.h").read_text(encoding="utf-8"), re.S)[1]
        members = set(re.findall(r"(\w+)(?: SUMI_UNSET)?;", re.sub(r"/\*.*?\*/", "", options, flags=re.S))) - {"struct_size"}
        for page in PAGES:
            text = page.read_text(encoding="utf-8")
            for name, section in re.findall(r"\.Xr (\S+) (\d)", text):
                self.assertIn(f"{name}.{section}", names, page.name)
        logging = (SOURCE / "docs/man/sumi-logging.3").read_text(encoding="utf-8")
        self.assertEqual(set(re.findall(r"\.(\w+)", " ".join(re.findall(r"^\.It Fa (\..*)", logging, re.M)))), members)


if __name__ == "__main__":
    unittest.main()
