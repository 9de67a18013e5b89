# SPDX-License-Identifier: Apache-2.0
import itertools

from . import HOSTILE, case, random_texts, texts

OP = "remove_comments_mapper"
PIECES = ["%", "%%", "\\", "\\%", "a", " ", "\n", "\n\n", "\r\n", "é", "字", "\u0301", "\U0001F600", "\u2028", "\x85", "\v", "comment"]
ROWS = texts("text % comment", "% line\ntext", "a\n% line\nb", "50\\% of it % but", "\\\\% two backslashes", "a%", "a%\nb", "%", "%\n", "%%", "%% x", "a%%", "a %% b", "%\n%\n%", "a%b%c\nd%e",
    "\n%a\n%b\n", "a\n\n%b", "%a\n\n%b\n\nc", "é% x", "字% y", "e\u0301% x", "\U0001F600%x", "a% x\r\nb", "%x\r\ny", "a%\u2028b", "a% b\u2028c\x85d\ve", "", "\\%", "\\%a%b", "% \\% x", "a \\%% b", "x\\\n%y", "%a",
    "a%" * 400, "%\n" * 400, "x %y\n" * 400, "\\%" * 400, "x" * 600 + "% " + "y" * 600)


def cases():
    yield case("defaults", {}, ROWS)
    for inline, multiline in itertools.product((True, False), repeat=2):
        yield case(f"inline {inline}, multiline {multiline}", {"inline": inline, "multiline": multiline}, ROWS)
    yield case("doc_type is not looked at", {"doc_type": ["html", "tex"]}, texts("a % b", "<!-- c -->"))
    for name, rows in HOSTILE.items():
        yield case(name, {}, texts(*rows, *(text + "%" + text for text in rows)))
    yield case("random mixtures", {}, texts(*random_texts(15, 1500, PIECES, 12)))
    yield case("text_key", {"text_key": "content"}, [{"text": "a % b", "content": "a % b"}])
