# SPDX-License-Identifier: Apache-2.0
from . import HOSTILE, WORD_TEXTS, case, random_texts, texts

OP = "remove_long_words_mapper"
STAIRS = " ".join(["x" * n for n in range(1, 12)] + ["字" * n for n in range(1, 12)] + ["(" + "y" * n + ")" for n in range(1, 12)])
PIECES = ["a", "bc", "def", "字", "é", "\U0001F600", ".", "(", ")", " ", "  ", "\t", "\n", "\n\n", "\r", "\u3000", "\x85", "1"]


def cases():
    yield case("defaults put separators together", {}, texts("a  b\t\tc\n\nd", " \t\n a \t \n b \n \t ", "\n\n", " ", "", "a\n", "\ta", "a \nb", "a\t\nb", "a \tb"))
    for low, high in ((1, 5), (3, 100), (3, 5), (0, 4), (5, 3), (-2, 4), (0, 0), (4, 4)):
        yield case(f"{low} to {high}", {"min_len": low, "max_len": high}, texts(STAIRS, STAIRS.replace(" ", "\n"), STAIRS.replace(" ", "\t \n"), *WORD_TEXTS))
    yield case("too long with its special characters only", {"max_len": 3}, texts("(abc)", "abcd", "((((", "12345", "a....", "一二三四", "(一二三)", "🙂🙂🙂🙂", "«abc»"))
    yield case("nothing is left of a stripped word", {"min_len": 0, "max_len": 2}, texts("...", "1234 ab", "!!!!!\n????"))
    yield case("a word goes between two separators", {"max_len": 3}, texts("a long\tb", "a\tlonger b", "a\nlonger\tb", "longer\na", "a longer", "a\nlonger\nb\tlonger\tc"))
    yield case("long texts", {"max_len": 9000}, texts("x" * 9000 + " " + "x" * 9001, "ab " * 500, "字" * 9001 + "\n" + "字" * 9000))
    for name, rows in HOSTILE.items():
        yield case(name, {"min_len": 2, "max_len": 9}, texts(*rows))
    yield case("random mixtures", {"min_len": 2, "max_len": 5}, texts(*random_texts(11, 800, PIECES, 25)))
    yield case("text_key", {"text_key": "content", "max_len": 2}, [{"text": "abc  de", "content": "abc  de"}])
