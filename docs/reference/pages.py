"""Copies pages in Markdown into one folder for Doxygen.      pages.py <output folder> <page>…

Links between the pages lead to the copies, pictures are found by their names, and what the reference does not hold (a licence, a
folder of programs) is left as a name.
"""
import pathlib
import re
import sys

LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")


def label(page, heading):
    """The name of a heading, as links have it, with its page in front."""
    return pathlib.Path(page).stem + "-" + re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def target(match, page, pages):
    picture, words, where = match.groups()
    path, _, part = where.partition("#")
    name = path.rsplit("/", 1)[-1]
    if picture:
        return f"![{words}]({name})"
    if "://" in where:
        return f"[{words}]({where})"
    if part and (not path or name in pages):
        return f"[{words}](#{label(name or page, part)})"
    return f"[{words}]({name})" if name in pages else words


def main():
    output, pages = pathlib.Path(sys.argv[1]), [pathlib.Path(name) for name in sys.argv[2:]]
    output.mkdir(parents=True, exist_ok=True)
    names = {page.name for page in pages}
    wanted = {label(path.rsplit("/", 1)[-1] or page.name, part) for page in pages
              for path, part in re.findall(r"\]\(([^()\s:#]*)#([^()\s]+)\)", page.read_text(encoding="utf-8"))}
    for page in pages:
        lines, fenced = [], False
        for line in page.read_text(encoding="utf-8").splitlines():
            fenced ^= line.lstrip().startswith("```")
            if re.fullmatch(r"<!--.*-->", line.strip()):
                continue  # says what tests do with a listing
            if not fenced:
                line = re.sub(r"(?<!`)`([^`]*'[^`]*)`(?!`)", r"``\1``", line)  # Doxygen would end the code at the quote
                line = LINK.sub(lambda match: target(match, page.name, names), line)
                heading = re.match(r"##+ (.*)", line)
                if heading and label(page.name, heading[1]) in wanted:
                    line += f" {{#{label(page.name, heading[1])}}}"
            lines.append(line)
        text = "\n".join(lines) + "\n"
        copy = output / page.name
        if not copy.exists() or copy.read_text(encoding="utf-8") != text:
            copy.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
