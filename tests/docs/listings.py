"""The listings of a page in Markdown, for tests that compile and run them.

    for listing in listings("README.md"):
        if listing.language == "c" and listing.role is None: …

A listing is a fenced block; its language is the first word behind the fence. What becomes of it is said by a comment on the
line above the fence, which nobody sees who reads the page:

    <!-- file: train.c -->      the whole listing is the file of that name
    <!-- run -->                commands for a shell, to be run
    <!-- output -->             what the commands before it print: a line of "…" alone stands for any lines, and "…" in a
                                line for any text
    <!-- not run: why -->       shown, not tried

A listing without such a comment has the role None: a fragment, which a test completes in its own way.
"""
import pathlib
import re
from dataclasses import dataclass

COMMENT = re.compile(r"<!--\s*(file|run|output|not run)\s*(?::\s*(.*?))?\s*-->")
FENCE = re.compile(r"(\s*)```+\s*(\w*)")


@dataclass
class Listing:
    page: str
    line: int  # of the fence; that of the text's first line is one more
    chapter: str  # the text of the nearest "## " heading above it, "" before the first
    language: str
    role: str | None  # "file", "run", "output", "not run"
    argument: str  # the name of the file, the reason
    text: str

    @property
    def where(self):
        return f"{self.page}:{self.line}"


def listings(page):
    """All listings of a page, in its order."""
    found, chapter, comment = [], "", None
    lines = enumerate(pathlib.Path(page).read_text(encoding="utf-8").splitlines(), 1)
    for number, line in lines:
        fence = FENCE.fullmatch(line.rstrip())
        if fence:
            text = _text(page, number, lines, len(fence[1]))
            role, argument = (comment[1], comment[2] or "") if comment else (None, "")
            found.append(Listing(str(page), number, chapter, fence[2], role, argument, text))
        elif line.startswith("## "):
            chapter = line[3:].strip()
        comment = COMMENT.fullmatch(line.strip())
    return found


def _text(page, number, lines, indent):
    """The lines up to the closing fence, without the indentation of the opening one."""
    text = []
    for _, line in lines:
        if line.strip().startswith("```"):
            return "".join(text)
        text.append(line[min(indent, len(line) - len(line.lstrip())):] + "\n")
    raise ValueError(f"{page}:{number}: the listing does not end")


def matches(shown, printed):
    """Whether a program printed what an "output" listing shows."""
    pattern = "".join("(?:.*\n)*" if line.strip() == "…" else ".*".join(map(re.escape, line.split("…"))) + "\n"
                      for line in shown.splitlines())
    return re.fullmatch(pattern, printed) is not None
