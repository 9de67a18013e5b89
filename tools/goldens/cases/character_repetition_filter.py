# SPDX-License-Identifier: Apache-2.0
from . import WORD_TEXTS, around, case, every_row, ranges, random_texts, texts

OP = "character_repetition_filter"
REPEATED = [
    "", "a", "ab", "aa", "aaa", "abab", "ababab", "aabbcc", "abcabc", "abcdefghij", "abcdefghijk", "abcdefghij" * 2, "a" * 10, "a" * 11, "a" * 100, "ab" * 50, "abc" * 33 + "a", "abcdefghij" * 10,
    "the same words the same words the same words", "one two three four five six seven eight nine ten", "=" * 40 + " title " + "=" * 40, "x\n" * 30, "\r\n" * 30, "\x00" * 30, "ab\x00ab\x00\x00ab",
    "\u5B57" * 30, "\u4F60\u597D\u4E16\u754C" * 12, "\u4F60\u597D\uFF0C" + "abc" * 9 + "\u4F60\u597D\uFF0C", "\U0001F600" * 25, "\U0001F600\u200D" * 12, "e\u0301" * 20, "\u00E9e\u0301" * 15, "\u0100\u0001" * 20, "\u0939\u093F\u0928\u094D\u0926\u0940 " * 8,
    "\u0627\u0644\u0639\u0631\u0628\u064A\u0629 " * 7, "abcdefghijklmnopqrstuvwxyz" * 5 + "0123456789", "aaaaaaaaaabbbbbbbbbbcccccccccc" * 3, "Lorem ipsum dolor sit amet, consectetur adipiscing elit. " * 3 + "sed do eiusmod tempor",
    "a" * 20 + "b" * 20 + "c" * 20, "abcabcabdabcabcabd" * 4, "".join(chr(0x4E00 + n) for n in range(300)), "".join(chr(0x4E00 + n % 70) for n in range(300)),
]
PIECES = ["a", "b", "ab", "abc", " ", "\u5B57", "\U0001F600", "\n"]


def cases():
    yield case("defaults", {}, texts(*REPEATED))
    for length in (1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 40, 300):
        yield case(f"rep_len {length}", {"rep_len": length}, texts(*REPEATED, "x" * (length - 1), "x" * length, "x" * (length + 1), "\u5B57y" * length))
    yield case("rep_len of the largest integer", {"rep_len": 2**63 - 1}, texts(*REPEATED[:8]))
    yield from ranges("min_ratio", "max_ratio", 0.25, 0.75, texts(*REPEATED[:20]))
    yield from every_row({"rep_len": 2, "max_ratio": 1.0}, WORD_TEXTS)
    yield case("random mixtures", {"rep_len": 3, "max_ratio": 0.4}, texts(*random_texts(15, 300, PIECES, 60)))
    yield case("random mixtures, rep_len 1", {"rep_len": 1}, texts(*random_texts(16, 200, [*PIECES, *"cdefghijklmnop"], 60)))
    yield case("random mixtures, rep_len 10", {}, texts(*random_texts(17, 200, PIECES[:4], 120)))
    yield case("long texts", {}, texts("a" * 70000, "ab. " * 9999, "".join(f"{n} " for n in range(6000)), "".join(chr(0x4E00 + n * n % 7919) for n in range(9000))))
    yield from around("char_rep_ratio", "max_ratio", 0.5, 0.75)
