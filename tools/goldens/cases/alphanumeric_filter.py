# SPDX-License-Identifier: Apache-2.0
from . import WORD_TEXTS, around, case, every_row, ranges, random_texts, texts

OP = "alphanumeric_filter"
STAIRS = ["a" * n + "." * (8 - n) for n in range(9)] + ["a." * 3 + ".", "a..", "aa.", ""]
PIECES = [chr(c) for c in (*range(32, 127), 0xAA, 0xB2, 0xBD, 0xB7, 0xD7, 0xDF, 0x2C0, 0x301, 0x345, 0x376, 0x660, 0x903, 0x93E, 0xE31, 0x2160, 0x2460, 0x24B6, 0x3007, 0x3021, 0x4E00, 0xA66F,
    0xFF11, 0x10140, 0x1D7CE, 0x1F100, 0x1F150, 0x20000, 0x1F600, 0x31350, 0xE0041)]


def cases():
    yield case("defaults", {}, texts("", "a...", "a....", "....", "abc", "a b c", "123", "\u4E00\u4E8C", "\u0661\u0662", "\u00BD\u00B2\u2160\u2460"))
    yield from ranges("min_ratio", "max_ratio", 0.25, 0.75, texts(*STAIRS))
    yield case("a third", {"min_ratio": 1 / 3}, texts("a..", "aa....", "a." * 5 + "." * 5, "a" * 33 + "." * 67, "a" * 34 + "." * 66))
    yield case("ratios of integers", {"min_ratio": 0, "max_ratio": 1}, texts("a.", "...", "abc"))
    yield case("maximum is open to any", {"min_ratio": 0.5, "max_ratio": 10.5}, texts("a.", "abc"))
    yield case("kinds of characters", {"min_ratio": 0.5}, texts(*PIECES))
    yield case("combining marks are none", {"min_ratio": 0.5}, texts("e\u0301", "e\u0301\u0302", "\u0915\u093E", "\u0915\u093F\u0924\u093E\u092C", "\u0E44\u0E17\u0E22"))
    yield from every_row({"min_ratio": 0.0}, WORD_TEXTS)
    yield case("random mixtures", {"min_ratio": 0.6}, texts(*random_texts(12, 300, PIECES, 40)))
    yield case("long texts", {"min_ratio": 0.5}, texts("a" * 20000, "ab. " * 2999, "\u5B57\u3002" * 2999, "." * 8193 + "a" * 8192, "\u00E9 " * 3333))
    yield from around("alnum_ratio", "min_ratio", 0.5, 0.25)
