# SPDX-License-Identifier: Apache-2.0
from . import EMOJI_SEQUENCES, HOSTILE, case, random_texts, texts

OP = "remove_specific_chars_mapper"
DEFAULT = "◆●■►▼▲▴∆▻▷❖♡□"
PIECES = [*DEFAULT, "a", "b c", "é", "字", " ", "\n", "◇", "○", "♥", "\U0001F600", "\u0301", "-", "]", "\x00"]


def cases():
    yield case("defaults", {}, texts(DEFAULT, *(f"a{c}b" for c in DEFAULT), "● first\n■ second", "◇○♥▽", "", "nothing", "●" * 30, "∆x ΔX"))
    yield case("what is special in a class", {"chars_to_remove": "-]^[\\"}, texts("a-b ]c^ [d\\e", "^", "a"))
    yield case("a range is none", {"chars_to_remove": "a-c"}, texts("abc-b"))
    yield case("a negation is none", {"chars_to_remove": "^a"}, texts("abc^"))
    yield case("escapes are none", {"chars_to_remove": "\\d\\n"}, texts("d1n\n\\"))
    yield case("operators of sets", {"chars_to_remove": "a&&b||c~~d--e"}, texts("abcde&|~-f"))
    yield case("white space and control characters", {"chars_to_remove": " \n\t\x00\r\u3000"}, texts("a b\nc\td\x00e\rf\u3000g\u00A0h"))
    yield case("a list", {"chars_to_remove": ["a", "é", "字", "\U0001F600"]}, texts("abé字\U0001F600A"))
    yield case("a list of longer strings", {"chars_to_remove": ["ab", "cd"]}, texts("abcdxacbd"))
    yield case("a list with an empty string", {"chars_to_remove": ["", "a"]}, texts("abc"))
    yield case("an empty string", {"chars_to_remove": ""}, texts("abc"))
    yield case("an empty list", {"chars_to_remove": []}, texts("abc"))
    yield case("a list of an empty string", {"chars_to_remove": [""]}, texts("abc"), fails=True)
    yield case("the same twice", {"chars_to_remove": "aab"}, texts("abcab"))
    yield case("upper and lower case differ", {"chars_to_remove": "aÉ"}, texts("aAéÉ"))
    yield case("many", {"chars_to_remove": "".join(chr(0x4E00 + 3 * n) for n in range(700)) + "xyz"}, texts("".join(chr(0x4E00 + n) for n in range(900)), "wxyz", "漢字かな"))
    yield case("parts of emoji", {"chars_to_remove": "\U0001F468\u200D\uFE0F\u0301"}, texts(*EMOJI_SEQUENCES, "e\u0301"))
    for name, rows in HOSTILE.items():
        yield case(name, {"chars_to_remove": " aо的ا\u200d\u0301\x00\n\r\U0001F468"}, texts(*rows))
    yield case("long texts", {}, texts("word " * 3000, "●" * 9000, "a●" * 5000, "字" * 9000 + "■"))
    yield case("random mixtures", {}, texts(*random_texts(34, 600, PIECES, 24)))
    yield case("other columns are untouched", {}, [{"id": 1, "note": "●", "text": "●a", "list": ["●"], "n": 0.1}])
    yield case("text_key", {"text_key": "content"}, [{"text": "●", "content": "●ab"}])
    yield case("text_key with a dot", {"text_key": "meta.text"}, [{"text": "a", "meta": {"text": "abc"}}], fails=True)
    yield case("a null text", {}, texts("a", None), fails=True)
    yield case("a text that is a number", {}, texts(1, 2), fails=True)
