# SPDX-License-Identifier: Apache-2.0
from . import EMOJI_SEQUENCES, HOSTILE, case, random_texts, texts

OP = "remove_table_text_mapper"
PIECES = ["a", "b", "cd", "字", "|", "|", " ", " ", "\t", "\n", "\n", "\n", "\n\n", "  ", "\r\n", "é", "1", "\u3000", "\u00A0", "||", "\U0001F600", "\x1c"]
SMALL = ["a", "|", " ", "\n", "\n", "\t"]
TABLES = ["Prices:\napple 1\npear 2\nThese are all of them.\n", "apple 1\npear 2\n", "\napple 1\npear 2\n", "\napple 1\npear 2", "\napple 1\npear 2\nplum 3", "x\na b\n\n\nc d\n\ny", "x\na|b|c\n1|2|3\n", "x\n|a|b|\n|1|2|\n", "x\n| a | b |\n| 1 | 2 |\n",
    "x\na||b\nc||d\n", "x\na|||b\nc|||d\n", "x\n||\n||\n", "x\n|||\n|||\n", "x\na\tb\nc d\ne|f\n", "x\na b c\nd e\nf g h\n", "x\na b\nc d e\nf g h\ni j\n", "x\na b\nc|d e|f\ng h\n", "x\na|b c\nd e f\n", "x\na|b c\nd e\nf|g|h\n", "x\n a b\n c d\n", "x\na b \nc d \n",
    "x\na  b\nc  d\n", "x\r\na b\r\nc d\r\n", "x\na\u00A0b c\nd e\n", "x\na\u3000b\nc\u3000d\n", "x\na\vb\nc d\n", "x\na b\n \nc d\n", "x\na b\n\t\nc d\n", "x\na\nb\nc\n", "x\na|\nb|\n", "x\na| b|\nc| d|\n", "\n\na b\nc d\n\n\n", "no table", "", "\n", "\n\n\n",
    "x\n字 字\n字 字\n", "x\né ü\n\U0001F600 \U0001F600\n", "x\na\x1cb c\nd\x1fe f\n", "x\na\x00b c\nd e\n", "x\na\u200Bb c\nd e\n", "x\na\x85b c\nd e\n", "x\na b\nc d\ny z w\ne f\ng h\nv\n"]


def grid(columns, rows, separator):
    return "".join(separator.join(f"c{row}{column}" for column in range(columns)) + "\n" for row in range(rows))


def cases():
    yield case("defaults", {}, texts(*TABLES))
    for least, most in ((2, 2), (3, 3), (2, 3), (3, 20), (20, 20), (5, 3)):
        yield case(f"{least} to {most} columns", {"min_col": least, "max_col": most}, texts(*TABLES))
    for separator in (" ", "\t", "|"):
        yield case(f"every number of columns, between {separator!r}", {}, texts(*("text\n" + grid(columns, 3, separator) + "text" for columns in range(1, 24))))
    yield case("one number after the other makes neighbours", {}, texts("x\na b c\nd e\nf g\nh i j\n", "x\na b\nd e f\ng h i\nh i\n", "x\na b c d\na b c\na b\na b\na b c\na b c d\n", "x\na|b c\nd e\nf g\nh i j\n"))
    yield case("min_col 1", {"min_col": 1}, texts("a"))
    yield case("max_col 21", {"max_col": 21}, texts("a"))
    for name, rows in HOSTILE.items():
        yield case(name, {}, texts(*rows, "x\n" + "\n".join(rows) + "\n"))
    yield case("emoji sequences", {}, texts("x\n" + "\n".join(f"{e} {e}" for e in EMOJI_SEQUENCES) + "\n"))
    yield case("long texts", {}, texts("x\n" + grid(7, 300, " ") + "end", "word " * 3000, "a b\n" * 2000, "x\n" + ("one two three\nfour five\n" * 500), "\n" * 9000, "a" * 9000))
    yield case("random mixtures", {}, texts(*random_texts(36, 900, PIECES, 40)))
    yield case("random mixtures of few characters", {"min_col": 2, "max_col": 5}, texts(*random_texts(37, 1500, SMALL, 30)))
    yield case("other columns are untouched", {}, [{"id": 1, "note": "x\na b\nc d\n", "text": "x\na b\nc d\n", "list": ["a"], "n": 0.1}])
    yield case("text_key", {"text_key": "content"}, [{"text": "x\na b\nc d\n", "content": "y\na b\nc d\n"}])
    yield case("text_key with a dot", {"text_key": "meta.text"}, [{"text": "a", "meta": {"text": "abc"}}], fails=True)
    yield case("a null text", {}, texts("a", None), fails=True)
    yield case("a text that is a number", {}, texts(1, 2), fails=True)
