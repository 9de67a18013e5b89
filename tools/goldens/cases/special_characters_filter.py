# SPDX-License-Identifier: Apache-2.0
from . import EMOJI_SEQUENCES, WORD_TEXTS, around, case, every_row, ranges, random_texts, texts

OP = "special_characters_filter"
STAIRS = ["a" * n + "." * (8 - n) for n in range(9)] + ["a." * 3 + ".", "a..", "aa.", ""]
PIECES = [chr(c) for c in (*range(32, 127), 0, 9, 10, 11, 12, 13, 0x1C, 0x7F, 0x80, 0x81, 0x85, 0x9F, 0xA0, 0xA1, 0xA3, 0xAD, 0xB1, 0xD7, 0xF7, 0xF8, 0x131, 0x26A, 0x2B0, 0x301, 0x3C0, 0x413,
    0x60C, 0x661, 0x66C, 0x6E9, 0x93E, 0x940, 0x94D, 0x964, 0x9BE, 0xE51, 0x2000, 0x200A, 0x200B, 0x200D, 0x2014, 0x2028, 0x202F, 0x203C, 0x20E3, 0x2603, 0x2604, 0x2605, 0x2764, 0x3000, 0x3002, 0x30B7,
    0x4E00, 0xFE0F, 0xFEFF, 0xFF01, 0xFF11, 0xFFFC, 0xFFFD, 0x1F004, 0x1F005, 0x1F1E6, 0x1F3FB, 0x1F600, 0x1F9FF, 0x1FAE8, 0x1FAE9, 0x1FAF8, 0xE0067)]


def cases():
    yield case("defaults", {}, texts("", "aaa.", "aa.", "....", "abc", "a b c", "123", "\u4E00\u3002", "hello, world"))
    yield from ranges("min_ratio", "max_ratio", 0.25, 0.75, texts(*STAIRS))
    yield case("a third", {"max_ratio": 1 / 3}, texts("aa.", "aaaa..", "." * 33 + "a" * 67, "." * 34 + "a" * 66))
    yield case("ratios of integers", {"min_ratio": 0, "max_ratio": 1}, texts("a.", "...", "abc"))
    yield case("kinds of characters", {"max_ratio": 0.5}, texts(*PIECES))
    yield case("emoji are looked up by the character", {"max_ratio": 1.0}, texts(*EMOJI_SEQUENCES, *(c for text in EMOJI_SEQUENCES for c in text)))
    yield from every_row({"max_ratio": 1.0}, WORD_TEXTS)
    yield case("random mixtures", {"max_ratio": 0.5}, texts(*random_texts(13, 300, PIECES, 40)))
    yield case("long texts", {"max_ratio": 0.5}, texts("a" * 20000, "." * 20000, "ab. " * 2999, "\u5B57\u3002" * 2999, "." * 8193 + "a" * 8192))
    yield from around("special_char_ratio", "max_ratio", 0.5, 0.75)
