# SPDX-License-Identifier: Apache-2.0
from . import HOSTILE, case, random_texts, texts

OP = "remove_specific_chars_mapper"
BULLETS = "◆●■►▼▲▴∆▻▷❖♡□"


def cases():
    yield case("defaults", {}, texts(f"a{BULLETS}b", *BULLETS, "○◇☆", "", "plain", "◆" * 500, "x◆" * 400, "◆\n●", "◆\ufe0f"))
    for name, characters in (("a string", "abc"), ("a list", ["a", "bc"]), ("an empty string", ""), ("an empty list", []), ("what means something in a class", "]^-\\[&~|#"),
                             ("a range is none", "a-z"), ("a caret first", "^a"), ("white space", " \t\n\r\u3000"), ("two in a row", "--&&~~||"), ("Unicode", "é字\U0001F600\u0301"),
                             ("case counts", "K\u212aſ"), ("control characters", "\x00\x1c\x7f\x85"), ("an escape is none", "\\d"), ("a list with an empty string", ["", "a"]),
                             ("digits", "0123456789"), ("a class is none", "[:alpha:]")):
        yield case(f"characters: {name}", {"chars_to_remove": characters}, texts("abc ABC a-z [^x] \\d {b} a&&b a~~b a||b #", "é e\u0301 字字 \U0001F600", "a\x00b\x1cc\x7fd\x85e\u3000f\tg\r\nh",
            "Kk\u212a sſ", "0123 456", "", "\\\\", "]-]"))
    yield case("a list of an empty string", {"chars_to_remove": [""]}, texts("a"), fails=True)
    for name, rows in HOSTILE.items():
        yield case(name, {"chars_to_remove": "ae \u200d。\U0001F468\u0301"}, texts(*rows))
    yield case("random mixtures", {}, texts(*random_texts(13, 300, [*BULLETS, "a", "é", "⬛", "\u25b3", " ", "\n", "\U0001F600"], 12)))
    yield case("text_key", {"text_key": "content"}, [{"text": "◆", "content": "◆x"}])
