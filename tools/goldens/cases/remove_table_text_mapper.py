# SPDX-License-Identifier: Apache-2.0
from . import HOSTILE, case, random_texts, texts

OP = "remove_table_text_mapper"
PIECES = ["a", "bc", "|", " ", "\t", "\n", "\n", "\n\n", "\r\n", "é", "字", "a b\n", "a|b c\n", "1 2 3\n", "||", "\u3000", "\x1c", "\xa0"]
ROWS = texts("x\na b\nc d\nend", "a b\nc d\ne f\nend", "x\na b\nend", "x\na b\n\n\nc d\nend", "x\na b\n \nc d\nend", "x\na\tb\nc|d\ne f\nend", "x\na b c\nd e f\nend", "x\na b\nc d e\nf g\nend", "x\na  b\nc  d\nend", "x\n a b\n c d\nend",
    "x\na b \nc d \nend", "x\na b\nc d", "x\na b\nc d\n", "\na b\nc d\n", "\n\na b\nc d\n", "x\na|b|c\nd|e|f\nend", "x\n|a|b|\n|c|d|\nend", "x\n| a | b |\n| c | d |\nend", "x\na||b\nc||d\ne|||f\nend", "x\na|\nb|\nend", "x\n||\n||\nend",
    "x\n|||\n|||\nend", "x\na|b c\nd e\nf|g|h i\nend", "x\na b\r\nc d\r\nend", "x\na\u3000b\nc\u3000d\nend", "x\na\u00a0b c\nd\u00a0e f\nend", "x\na\x1cb c\nd\x1ce f\nend", "x\na\vb c\nd e\nend", "x\nword\nword\nend", "", "\n", "\n\n\n",
    "x\na b c\nd e f\ng h\ni j\nend", "x\na b\nc d e\nf g h\ni j\nend", "x\na b\nc d e\nf g h\ni j k\nl m\nend", "x\né ü\n字 汉\n\U0001F600 \U0001F601\nend")


def cases():
    yield case("defaults", {}, ROWS)
    for low, high in ((2, 2), (3, 3), (3, 20), (2, 4), (5, 3), (20, 20)):
        yield case(f"{low} to {high} columns", {"min_col": low, "max_col": high}, texts(*(row["text"] for row in ROWS), *("x\n" + (" ".join("abcdefghijklmnopqrstuvw"[:n]) + "\n") * 2 + "end" for n in range(1, 23))))
    yield case("min_col 1", {"min_col": 1}, texts("x"), fails=False)
    yield case("long texts", {}, texts("x\n" + "a b\n" * 600 + "end", "x\n" + "a b\nc d e\n" * 300, "x\n" + "a" * 500 + " b\nc d\n"))
    for name, rows in HOSTILE.items():
        yield case(name, {}, texts(*rows, *("x\na " + text + "\nb " + text + "\nend" for text in rows)))
    yield case("random mixtures", {}, texts(*random_texts(19, 1200, PIECES, 16)))
    yield case("text_key", {"text_key": "content"}, [{"text": "x\na b\nc d\n", "content": "x\na b\nc d\n"}])
