# SPDX-License-Identifier: Apache-2.0
from . import EMOJI_SEQUENCES, HOSTILE, WORD_TEXTS, case, random_texts, texts

OP = "remove_long_words_mapper"
PIECES = ["a", "bcd", "efghij", "é", "字字字", " ", " ", "  ", "\t", "\n", "\n\n", "\r\n", "...", "!", "1", "12345", "\u3000", "\u0301", "\U0001F600", "-", "(", ")", "\x00", "ß"]
SPACES = ["", " ", "\n", "\t", " a ", "a  b", "a\tb", "a \t b", "a\n\nb", "a \n\t\n b", "\na\t\n\tb\n", "a\r\nb\r\n", " \t\n", "a\tb c\nd", "\t\ta\t\tb\t\t", "a\vb\fc", "a\u00A0b c\u3000d"]


def cases():
    yield case("defaults", {}, texts(*SPACES, *WORD_TEXTS))
    for least, most in ((1, 5), (3, 6), (0, 3), (2, 2), (5, 2), (-3, 4), (1, 0), (0, 0), (4, 100)):
        yield case(f"{least} to {most}", {"min_len": least, "max_len": most}, texts(*SPACES, *WORD_TEXTS, "a bb ccc dddd eeeee ffffff", "字 字字 字字字 字字字字"))
    yield case("too long, but not without what is at the ends", {"max_len": 5}, texts("(hello), world!!! ...goodbye... 123abc456 12345678", "“zwölf”、敏捷的棕色。。。 \U0001F600\U0001F600hi\U0001F600\U0001F600",
        "a1b2c3d4 1111111 ------- --a--b--c", "!!!!!!"))
    yield case("stripped too short", {"min_len": 3, "max_len": 5}, texts("!!!!ab!!!! !!!!abc!!!! ab abc"))
    yield case("what is dropped takes its separators with it", {"max_len": 3}, texts("a toolong b", "a\ttoolong\tb", "a\ntoolong\nb", "toolong a", "a toolong", "a toolong\ttoolong\ntoolong b",
        "toolong", "toolong\n\ntoolong", "a\ttoolong b\tc", "a toolong\nb"))
    yield case("only the maximum", {"max_len": 4}, texts(*SPACES, "one three five", "字字字字 字字字字字"))
    for name, rows in HOSTILE.items():
        yield case(name, {"min_len": 2, "max_len": 8}, texts(*rows))
    yield case("emoji sequences", {"max_len": 2}, texts(*EMOJI_SEQUENCES))
    yield case("long texts", {"max_len": 9}, texts("word " * 3000, "x" * 20000, "a " * 5000 + "y" * 100, "\n" * 9000 + "z" + "\t" * 9000, ("ten letters\t" * 7 + "\n") * 300))
    yield case("random mixtures", {"min_len": 2, "max_len": 6}, texts(*random_texts(31, 700, PIECES, 24)))
    yield case("random mixtures, only the maximum", {"max_len": 3}, texts(*random_texts(32, 300, PIECES, 24)))
    yield case("other columns are untouched", {"max_len": 2}, [{"id": 1, "note": "abc", "text": "abc ab", "list": ["a"], "n": 0.1}])
    yield case("text_key", {"max_len": 2, "text_key": "content"}, [{"text": "abc", "content": "abc ab"}])
    yield case("text_key with a dot", {"text_key": "meta.text"}, [{"text": "a", "meta": {"text": "abc"}}], fails=True)
    yield case("a null text", {}, texts("a", None), fails=True)
    yield case("a text that is a number", {}, texts(1, 2), fails=True)
