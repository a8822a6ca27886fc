"""Writes the public headers as Doxygen likes them.      prepare.py <output folder> <module>=<include folder>…

Headers are written for people who read headers. For the reference
  * each header becomes a group of its module, with its first comment as the group's text;
  * a macro that takes options, sumi_f(a, b, .option = value, …), is shown as the function it stands for, with its options
    in a table, and the function behind it as what it is: the same for callers that have no macros;
  * what stands directly below a documented declaration shares its text;
  * members that the macros fill in (struct_size) and those that are kept for later (reserved_) are left out;
  * comments beside and above members are theirs; indented paragraphs are listings; "errors  …" is a paragraph of its own.
A public function, macro in lower case or type that no comment describes is an error.
"""
import pathlib
import re
import sys
from dataclasses import dataclass, field

from header import comment_text, conditionals_taken, expand_map, split_arguments, split_blocks, with_map_rows

PRIVATE = re.compile(r"SUMI__|\w+_H\b|SUMI_(BEGIN|END)_DECLS|SUMI_(API|UNSET|MUST_USE|PRINTF)\b")
ATTRIBUTES = re.compile(r"\s*\b(?:SUMI_API|SUMI_UNSET|SUMI_MUST_USE)\b|\s*\bSUMI_PRINTF\([^)]*\)|\bstatic inline ")


@dataclass
class Header:
    module: str
    name: str
    about: str = ""
    blocks: list = field(default_factory=list)


@dataclass
class Known:
    """What all headers declare: names that comments may mention, macros, functions, members of structures."""
    names: set = field(default_factory=set)
    macros: dict = field(default_factory=dict)  # name -> (parameters, body)
    functions: dict = field(default_factory=dict)  # name -> (result, [(type, name)])
    members: dict = field(default_factory=dict)  # structure -> [(type, name, comment)]


def learn(known, block):
    text = block.text
    if block.kind == "macro":
        name, parameters, body = re.match(r"#\s*define\s+(\w+)(?:\(([^)]*)\))?\s*(.*)", text, re.S).groups()
        if not PRIVATE.match(name):
            known.names.add(name)
        known.macros[name] = ([p.strip() for p in parameters.split(",")] if parameters else [], re.sub(r"\s*\\\n\s*", " ", body).strip())
    elif block.kind == "declaration":
        structure = re.match(r"typedef (?:struct|union)\b[^{;]*\{(.*)\}\s*(\w+)\s*;", text, re.S)
        named = re.match(r"typedef .*?\(?\*?\s*(\w+)\)?(?:\([^()]*\))?;$", text, re.S)
        if structure:
            known.members[structure[2]] = members_of(structure[1])
        if structure or named:
            known.names.add(structure[2] if structure else named[1])
        function = re.match(r"([^(]*?[\s*])(\w+)\((.*)\)\s*;", ATTRIBUTES.sub("", text).strip(), re.S)
        if function and not text.startswith("typedef"):
            known.names.add(function[2])
            known.functions[function[2]] = (function[1].strip(), [parameter(p) for p in split_arguments(function[3])])


def parameter(text):
    found = re.match(r"(.*?)(\w+)((?:\[\w*\])*)$", " ".join(text.split()))
    return (found[1].strip(), found[2] + found[3]) if found else (text, "")


def members_of(body):
    members, above = [], ""
    for piece in re.finditer(r"/\*.*?\*/|[^;/]+;(?:[ \t]*/\*.*?\*/)?", body, re.S):
        text = piece[0].strip()
        if text.startswith("/*"):
            above = comment_text(text)
            continue
        declaration, _, beside = text.partition(";")
        declaration = " ".join(ATTRIBUTES.sub("", declaration).split())
        found = re.match(r"(.*?[\s*])((?:\w+(?:\[\w*\])*(?:, \*?(?:const )?\*?)?)+)$", declaration)
        for name in re.findall(r"\w+", re.sub(r"\[\w*\]|\bconst\b", "", found[2])) if found else []:
            members.append((found[1].strip(), name, " ".join((beside and comment_text(beside) or above).split())))
        above = ""
    return members


# ---- macros that take options ----

def calls(text, pattern):
    """(name, arguments) of the first call of a name that matches."""
    found = re.search(rf"\b({pattern})\(", text)
    if not found:
        return None
    depth, end = 1, found.end()
    while depth and end < len(text):
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        end += 1
    return found[1], split_arguments(text[found.end():end - 1])


def stands_for(known, macro):
    """(function, names of its visible arguments, structure of its options or None, the call) of a macro in lower case."""
    parameters, body = known.macros[macro]
    shown = [p for p in parameters if p != "..."]
    call = calls(body, r"SUMI__\w+")
    while call and call[0] in known.macros and not re.match(r"sumi_\w+\(", body):
        inner, body = known.macros[call[0]]
        rest = "__VA_ARGS__" in call[1]
        bound = dict(zip(inner, call[1]))
        shown = [p for p in inner if p != "..." and (bound.get(p) in shown or rest and bound.get(p, "__VA_ARGS__") == "__VA_ARGS__"
                                                     or rest and inner.index(p) >= call[1].index("__VA_ARGS__"))]
        for name, value in bound.items():
            if name != "..." and name not in shown:
                body = re.sub(rf"\b{name}\b", value, body)
        body = re.sub(r"\s*##\s*", "", body)
        call = calls(body, r"SUMI__\w+")
    function = calls(body, r"sumi_\w+")
    options = calls(body, r"SUMI_\w*OPTIONS\w*|SUMI_VALUE")
    helper = calls(body, r"SUMI__\w*OPTIONS\w*")
    structure = re.search(r"\bsumi_\w+_t\b", known.macros[helper[0]][1] if helper else ", ".join(options[1]) if options else "")
    return function[0] if function else None, shown, structure[0] if structure else None, body


def as_function(known, macro):
    """The declaration that a macro in lower case stands for, and the table of its options."""
    function, shown, structure, body = stands_for(known, macro)
    if function not in known.functions:
        table = options_table(known, structure) if structure else ""
        return f"{structure or 'void'} {macro}({', '.join(shown + ['...'] if table else shown)});", table, function
    result, parameters = known.functions[function]
    given = calls(known.macros[macro][1], function)
    if given and given[1][-1:] == ["__VA_ARGS__"]:  # all that follows goes to the function as it is
        shown = shown + [name.split("[")[0] for _, name in parameters[len(given[1]) - 1:]]
    types = {name.split("[")[0]: (kind, name) for kind, name in parameters}
    for name in re.findall(r"SUMI_ADDRESS\(\w+, (\w+)\)", body):  # taken by value
        types[name] = (types[name][0].replace("const ", "").replace("*", "").strip(), name)
    arguments = [" ".join(types.get(name, ("", name))).replace("* ", "*").strip() for name in shown]
    table = options_table(known, structure) if structure else ""
    joined = ", ".join(arguments + (["..."] if table else [])) or "void"
    return f"{result} {macro}({joined});".replace("* ", "*"), table, function


def options_table(known, structure):
    rows = [f"<tr><td><code>.{name}</code></td><td><code>{kind}</code></td><td>{prose(known, about)}</td></tr>"
            for kind, name, about in known.members.get(structure, []) if name != "struct_size" and not name.endswith("_")]
    if not rows:
        return ""
    return f"\n\\par Options\nMembers of #{structure}, given as `.name = value`:\n<table class=\"options\">{''.join(rows)}</table>\n"


# ---- texts ----

def escaped(text):
    return re.sub(r"([\\@#%*]|<(?!sumi/)|&(?=\w+;))", r"\\\1", text)


def prose(known, text):
    """Escapes what Doxygen would take for commands, and links the names it would not link."""
    pieces = re.split(r"(`[^`]*`|\"[^\"\n]*\")", text)
    for i in range(1, len(pieces), 2):
        if pieces[i][0] == '"' and escaped(pieces[i]) != pieces[i]:
            pieces[i] = f"<code>{escaped(pieces[i][1:-1])}</code>"
    for i in range(0, len(pieces), 2):
        piece = escaped(pieces[i])
        piece = re.sub(r"<(sumi/\w+\.h)>", r"`<\1>`", piece)
        pieces[i] = re.sub(r"\b(sumi_\w+|SUMI_\w+)\b(?!\()", lambda m: "#" + m[1] if m[1] in known.names else m[1], piece)
        pieces[i] = re.sub(r"\b(sumi_\w+)\(\)", lambda m: "#" + m[1] if m[1] in known.names else m[0], pieces[i])
    return "".join(pieces)


def rich(known, text):
    """A comment's text: indented paragraphs as listings, "errors  …" as paragraphs with a head."""
    result = []
    for paragraph in re.split(r"\n\s*\n", text.strip("\n")):
        lines = paragraph.split("\n")
        if len(lines) > 0 and all(line.startswith("  ") for line in lines):
            language = ".c" if re.search(r"[;{]\s*(//.*|/\*.*)?$", paragraph, re.M) else ".unparsed"
            least = min(len(line) - len(line.lstrip()) for line in lines)
            result.append(f"\\code{{{language}}}\n" + "\n".join(line[least:] for line in lines) + "\n\\endcode")
            continue
        parts = re.split(r"^ ?(\w+) {2,}(?=\S)", paragraph, flags=re.M)
        result.append(prose(known, parts[0]))
        for head, about in zip(parts[1::2], parts[2::2]):
            result.append(f"\\par {head.capitalize()}\n{prose(known, ' '.join(about.split()))}")
    return "\n\n".join(part for part in result if part.strip())


def described(text):
    return "/** " + text.strip("\n").replace("*/", "*&zwj;/").replace("\n", "\n * ") + " */\n"


# ---- a header ----

class Page:
    def __init__(self, known, header):
        self.known, self.header, self.out, self.missing = known, header, [], []
        self.shown, self.later = set(), {}
        self.about = self.last = None
        self.section = False

    def write(self):
        head, *rest = self.header.blocks
        label = re.sub(r"\W", "_", self.header.name)
        about = comment_text(head.text)
        # Comments that stand alone belong to the header as a whole.
        alone = [b for b in rest if b.kind == "comment" and b.alone and not b.section]
        about = "\n\n".join([about] + [comment_text(b.text) for b in alone])
        first, more = re.match(r"(.*?)(?:\.[ \n]\n*|\.?$)(.*)", about, re.S).groups()
        include = f"\\code{{.c}}\n#include <sumi/{self.header.name}>\n\\endcode"
        self.out.append(described(f"\\defgroup header_{label} sumi/{self.header.name}\n\\ingroup {self.header.module}\n"
                                  f"\\brief {prose(self.known, ' '.join(first.split()))}.\n\n{include}\n\n{rich(self.known, more)}"))
        self.out.append(f"/** \\addtogroup header_{label}\n@{{ */\n")
        for block in rest:
            if block not in alone:
                getattr(self, block.kind)(block)
        self.end_section()
        self.out.append("/** @} */\n")
        return "".join(self.out)

    def end_section(self):
        if self.section:
            self.out.append("/** @} */\n")
        self.section = False

    def comment(self, block):
        if block.section:
            self.end_section()
            self.out.append(f"/** \\name {block.section}\n@{{ */\n")
            self.section = True
        else:
            self.about = comment_text(block.text)

    def blank(self, block):
        self.last = None

    def macro(self, block):
        name = re.match(r"#\s*define\s+(\w+)", block.text)[1]
        if PRIVATE.match(name):
            return
        if not name.startswith("sumi_"):
            self.declare(name, block.text.rstrip() + "\n")
            return
        declaration, table, function = as_function(self.known, name)
        about = self.about
        behind = self.texts.get(function)
        if behind is not None:
            usage = about if about and not re.fullmatch(r"sumi_\w+\(.*\)", about, re.S) else about and "  " + about + ";"
            about = "\n\n".join(text for text in (behind, usage) if text)
        if about is None and self.last:
            about = self.last[1]
        if about is None:
            self.missing.append(name)
        self.macros_of.setdefault(function, name)
        self.out.append(described(rich(self.known, about or "") + "\n" + table) + declaration + "\n\n" + self.later.pop(name, ""))
        self.shown.add(name)
        self.last, self.about = (name, about), None

    def declaration(self, block):
        text = expand_map(block.text, self.maps)
        function = re.search(r"(\w+)\s*\([^*]", text) if not text.startswith("typedef") else None
        text = ATTRIBUTES.sub("", text).strip()
        beside = re.search(r";\s*/\*((?:(?!\*/).)*)\*/\s*$", text, re.S)
        if beside:
            text = text[:beside.start() + 1]
            if self.about is None:
                self.about = comment_text("/*" + beside[1] + "*/")
        if function and function[1] in self.macros_of:
            self.plain(function[1], text)
        else:
            names = re.findall(r"\}\s*(\w+);$", text) or re.findall(r"(\w+)\)?(?:\(.*\))?;$", text, re.S)
            self.declare(function[1] if function else names[-1] if names else "", with_members(self.known, text) + "\n")

    def plain(self, function, text):
        macro = self.macros_of[function]
        site = "; `site` is the place in the source that messages name" if "sumi_site_t" in text else ""
        self.later[macro] = described(f"#{macro} for callers without macros, with its options as a structure{site}.") + text + "\n\n"
        if macro in self.shown:
            self.out.append(self.later.pop(macro))
        self.about = None

    def declare(self, name, text):
        about = self.about
        if about is None and self.last:
            about = self.last[1]
        if about is None and name.startswith("sumi_") and not text.startswith(("struct", "typedef struct")):
            self.missing.append(name)
        self.out.append((described(rich(self.known, about)) if about is not None else "") + text + "\n")
        self.last, self.about = (name, about), None


def with_members(known, text):
    """Comments of members, beside or above them, as Doxygen's."""
    if "{" not in text:
        return text
    head, body = text.split("{", 1)
    body = re.sub(r"\n[ \t]*\w+ (?:\w+_|struct_size)(?:\[\w*\])?\s*;[^\n]*", "", body)
    body = re.sub(r"(?<=[;,])([ \t]*)/\*(.*?)\*/", lambda m: f"{m[1]}/**< {member_text(known, m[2])} */", body, flags=re.S)
    body = re.sub(r"(\w[ \t]+)/\*(.*?)\*/", lambda m: f"{m[1]}/**< {member_text(known, m[2])} */", body, flags=re.S)
    body = re.sub(r"(?m)^([ \t]*)/\*(?!\*)(.*?)\*/", lambda m: f"{m[1]}/** {member_text(known, m[2])} */", body, flags=re.S)
    return head + "{" + body


def member_text(known, text):
    return prose(known, " ".join(re.sub(r"\n\s*\*?", " ", text).split()))


def main():
    output, known, headers = pathlib.Path(sys.argv[1]), Known(), []
    for argument in sys.argv[2:]:
        module, folder = argument.split("=", 1)
        for path in sorted(pathlib.Path(folder, "sumi").glob("*.h")):
            blocks = split_blocks(conditionals_taken(path.read_text(encoding="utf-8")))
            headers.append(Header(module, path.name, blocks=blocks))
    for header in headers:
        for block in header.blocks:
            learn(known, block)
    output.mkdir(parents=True, exist_ok=True)
    missing = []
    for header in headers:
        page = Page(known, header)
        page.maps = with_map_rows(known.macros)
        page.texts = texts_of_functions(header)
        page.macros_of = {}
        for block in header.blocks:
            if block.kind == "macro" and re.match(r"#\s*define\s+sumi_", block.text):
                name = re.match(r"#\s*define\s+(\w+)", block.text)[1]
                page.macros_of.setdefault(stands_for(known, name)[0], name)
        text = page.write()
        missing += [f"<sumi/{header.name}> does not say what {name} is" for name in page.missing]
        target = output / header.name
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")
    if missing:
        sys.exit("\n".join(missing))


def texts_of_functions(header):
    """function -> the comment directly above its declaration."""
    texts, above = {}, None
    for block in header.blocks:
        if block.kind == "comment":
            above = comment_text(block.text) if not block.section else None
        elif block.kind == "declaration" and above is not None:
            found = re.search(r"(\w+)\s*\([^*]", block.text)
            if found and not block.text.startswith("typedef"):
                texts[found[1]] = above
            above = None
        elif block.kind != "macro":
            above = None
    return texts


if __name__ == "__main__":
    main()
