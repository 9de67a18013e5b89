# SPDX-License-Identifier: Apache-2.0
from . import HOSTILE, case, random_texts, texts

OP = "remove_header_mapper"
NAMES = ["chapter", "part", "section", "subsection", "subsubsection", "paragraph", "subparagraph"]
PIECES = [*("\\" + name for name in NAMES), "\\section{", "*", "[", "]", "{", "}", "]{", "x", "\n", "\\", "é", " ", "\u0301"]
ROWS = texts(*(f"head \\{name}{{T}} rest" for name in NAMES), *(f"head\n\\{name}*{{T}}\nrest" for name in NAMES), *(f"head \\{name}[S]{{T}} rest" for name in NAMES),
    *(f"head \\{name}*[S]{{T}} rest" for name in NAMES), "no head", "", "\\section", "\\section{", "\\section{}", "\\sections{x}", "\\section {x}", "\\section**{x}", "\\section[x]", "\\section[x] {y}",
    "\\section[x]\n{y}", "\\section[x] \\part{y}", "\\section[a]b]{c}", "\\section[a]{b", "}\\section[a]{b", "\\section[]{}", "\\section*", "\\section*[", "\\Section{x}", "\\\\section{x}", "a\\sectioné{x}",
    "\\section\u0301{x}", "\\section\u200d{x}", "\\section1{x}", "\\section_{x}", "\\subsectio{x} \\part{y}", "\\section[\n\n]{\n\n}\n", "\n\\section{x}", "\u2028\\section{x}", "}{\\section", "\\section{x \\part{y}",
    "\\section[x \\part{y}", "\\section[x ]{ \\part{y}", "\\part\\section{x}", "\\section]{x}", "\\section[]{x} \\section[", "a\\section{x}b\\section{y}")


def cases():
    yield case("headings", {}, ROWS)
    yield case("a text without a heading stays", {"drop_no_head": False}, ROWS)
    yield case("long texts", {}, texts("\\section[" * 1000, "\\section{" * 600, "\\section[" * 500 + "]{}", "x" * 600 + "\\section{y}" + "z" * 600, "\\" * 500, "\\section[" * 500 + "]{"))
    for name, rows in HOSTILE.items():
        yield case(name, {"drop_no_head": False}, texts(*rows, *(text + "\\part{" + text + "}" + text for text in rows)))
    yield case("random mixtures", {"drop_no_head": False}, texts(*random_texts(17, 1500, PIECES, 9)))
    yield case("drop_no_head on texts of all kinds", {}, texts(*(text for rows in HOSTILE.values() for text in rows)))
    yield case("one row", {}, texts("a\\part{x}"))
    yield case("text_key", {"text_key": "content"}, [{"text": "a\\part{x}", "content": "b\\part{y}"}])
