# SPDX-License-Identifier: Apache-2.0
from . import WORD_TEXTS, around, case, every_row, ranges, random_texts, texts, tokenized

OP = "words_num_filter"
STAIRS = [" ".join(["w"] * n) for n in range(9)] + ["w . " * n for n in range(9)]
MAXIMUM = 2**63 - 1
PIECES = [" ", " ", "\n", "\t", "\r", "\u00A0", "a", "B", "\u00E9", "\u5B57", ".", "-", "1", "\U0001F600", "\uFE0F", "\u0301", "\u0940", "\x00", "\v", "word", "\u03A3", "\u0130"]


def cases():
    yield case("defaults", {}, texts("", "one", " ".join("abcdefghi"), " ".join("abcdefghij"), " ".join("abcdefghijk"), "1 " * 20, "a\n" * 10, "a\t" * 10, "a\r" * 10))
    yield from ranges("min_num", "max_num", 2, 5, texts(*STAIRS))
    yield case("zero and open", {"min_num": 0, "min_closed_interval": False}, texts(*STAIRS))
    yield case("negative bounds", {"min_num": -5, "max_num": -1}, texts(*STAIRS))
    yield case("largest max_num, open", {"min_num": 0, "max_num": MAXIMUM, "max_closed_interval": False}, texts(*STAIRS))
    yield case("lang is not looked at", {"lang": "xx", "min_num": 1}, texts("a b", ""))
    yield from every_row({"min_num": 0}, WORD_TEXTS)
    yield case("random mixtures", {"min_num": 3}, texts(*random_texts(11, 400, PIECES, 24)))
    yield case("long texts", {"min_num": 10000}, texts("a " * 9999, "a " * 10000, "a" * 100000, ". " * 30000, "\u5B57\u5B57\n" * 10001))
    yield from around("num_words", "min_num", 4, 3)
    yield from tokenized({"min_num": 4})
