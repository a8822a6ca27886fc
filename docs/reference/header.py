"""A public header in pieces: comments, macros and declarations, for a C compiler without C++."""
import re
from dataclasses import dataclass


@dataclass(eq=False)
class Block:
    kind: str  # "comment", "macro", "declaration", "blank"
    text: str
    alone: bool = False  # a comment above an empty line
    section: str = ""  # of a comment "---- title ----"


def conditionals_taken(text):
    """The text without conditionals, as gcc's C would see it."""
    out, taken = [], []
    for line in text.splitlines():
        word = re.match(r"#\s*(ifdef|ifndef|if|else|elif|endif)\b(.*)", line)
        if word and word[1] in ("ifdef", "ifndef", "if"):
            cplusplus = "__cplusplus" in word[2]
            taken.append(not cplusplus if word[1] != "ifndef" else True)
        elif word and word[1] in ("else", "elif"):
            taken[-1] = not taken[-1]
        elif word:
            taken.pop()
        elif all(taken):
            out.append(line)
    return "\n".join(out) + "\n"


def split_blocks(text):
    blocks, lines, i = [], text.split("\n"), 0
    while i < len(lines):
        line, start = lines[i], i
        i += 1
        if not line.strip():
            blocks.append(Block("blank", ""))
            continue
        if line.startswith("/*"):
            while "*/" not in lines[i - 1]:
                i += 1
            kind = "comment"
        elif line.startswith("#"):
            while lines[i - 1].endswith("\\"):
                i += 1
            kind = "macro"
        else:
            while not ends_declaration("\n".join(lines[start:i])):
                i += 1
            kind = "declaration"
        block = Block(kind, "\n".join(lines[start:i]))
        if kind == "comment":
            block.alone = i >= len(lines) or not lines[i].strip()
            title = re.fullmatch(r"/\* ---- (.*?) ---- \*/", " ".join(block.text.split()).replace(" * ", " "))
            block.section = title[1].rstrip(".") if title else ""
        if kind != "macro" or re.match(r"#\s*define\b", line):
            if not re.fullmatch(r"SUMI_(BEGIN|END)_DECLS", line):
                blocks.append(block)
    return blocks


def ends_declaration(text):
    """Whether `text` is whole: a statement up to its semicolon, the body of an inline function, a word of its own."""
    bare = re.sub(r"/\*.*?\*/|^#.*?(?<!\\)$", "", text, flags=re.S | re.M)
    if re.fullmatch(r"\s*SUMI_(BEGIN|END)_DECLS\s*", bare):
        return True
    if bare.count("{") != bare.count("}") or "/*" in re.sub(r"/\*.*?\*/", "", text, flags=re.S):
        return False
    bare = bare.rstrip()
    return bare.endswith(";") or bare.endswith("}") and text.startswith("static inline")


def comment_text(comment):
    """The words of a comment, without its stars."""
    text = re.sub(r"^\s*/\*\*?<?|\*/\s*$", "", comment)
    return "\n".join(re.sub(r"^\s*\* ?", "", line) if i else line.strip() for i, line in enumerate(text.split("\n"))).strip("\n ")


def split_arguments(text):
    """Arguments separated by commas outside brackets."""
    parts, depth, current = [], 0, ""
    for character in text:
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(character, 0)
        if character == "," and not depth:
            parts.append(current.strip())
            current = ""
        else:
            current += character
    return parts + [current.strip()] if current.strip() else parts


def with_map_rows(macros):
    """MAP -> [(NAME, number, words)] of the tables written as #define MAP(X) X(NAME, number, words…) …"""
    maps = {}
    for name, (parameters, body) in macros.items():
        if parameters == ["X"]:
            maps[name] = [split_arguments(row) for row in re.findall(r"\bX\((.*?)\)", body)]
    return maps


def expand_map(text, maps):
    """An enum whose members come from such a table, with its members written out."""
    used = next((name for name in maps if f"{name}(" in text and "enum" in text), None)
    if not used:
        return text
    rows = "".join(f"  SUMI_{name} = {number}, /* {', '.join(word.strip(chr(34)) for word in words)} */\n"
                   for name, number, *words in maps[used])
    kept = [line for line in text.split("\n") if not line.startswith("#") and f"{used}(" not in line]
    return "\n".join(kept[:-1]) + "\n" + rows + kept[-1]
