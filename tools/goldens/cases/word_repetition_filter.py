# SPDX-License-Identifier: Apache-2.0
from . import WORD_TEXTS, around, case, every_row, ranges, random_texts, texts, tokenized

OP = "word_repetition_filter"
REPEATED = [
    "", "a", "a a", "a b", "a a a", "a b a", "a b a b", "a b a b a", "a b c a b d", "one two three four five six seven eight nine ten", "one two three four five six seven eight nine ten eleven", "w " * 10, "w " * 11, "w " * 40,
    "one two three four five six seven eight nine ten " * 2, "one two three four five six seven eight nine ten " * 5, "a b c " * 12, "A a A a B b", "a. a, (a) \"a\"", "The the THE tHe", "x . x . x", "1 2 1 2 1 2", "ab c a bc ab c", "a\nb\ta b\r\na b",
    "a\u00A0b a\u00A0b", "\u5B57 \u5B57 \u5B57 \u6587", "\u4F60\u597D \u4E16\u754C " * 12, "\u0391\u03A3 \u03B1\u03C2 \u0391\u03C3 \u03B1\u03C3", "\u0130 i\u0307 I i", "STRASSE stra\u00DFe strasse", "\U0001F600 a \U0001F600 a", "e\u0301 \u00E9 e\u0301 \u00E9", "\u0939\u093F\u0928\u094D\u0926\u0940 \u0915\u093E " * 8,
    "\u0627\u0644\u0639\u0631\u0628\u064A\u0629 \u0646\u0639\u0645 " * 7, "a b c d e f g h i j " * 3 + "k l m n", "x y " * 30 + "z", "x" * 500 + " " + "y" * 500 + " " + ("x" * 500 + " ") * 10, " ".join(str(n) + "w" for n in range(60)), " ".join(f"{'abcdefgh'[n * n % 8]}" for n in range(90)),
]
PIECES = ["a ", "b ", "c ", "A ", "b\n", "\u5B57\t", ". ", "a-b ", "'c' ", "a"]


def cases():
    yield case("defaults", {}, texts(*REPEATED))
    for length in (1, 2, 3, 4, 5, 9, 11, 20, 300):
        yield case(f"rep_len {length}", {"rep_len": length}, texts(*REPEATED, "x " * (length - 1), "x " * length, "x " * (length + 1)))
    yield case("rep_len of the largest integer", {"rep_len": 2**63 - 1}, texts(*REPEATED[:8]))
    yield case("lang is not looked at", {"lang": "xx", "rep_len": 1}, texts("a b a", ""))
    yield from ranges("min_ratio", "max_ratio", 0.25, 0.75, texts(*(("a " * n + " ".join("bcdefghijk"[:8 - n])) for n in range(9)), "", "a"))
    yield from (case(f"rep_len 1, {name}", {"rep_len": 1, "min_ratio": low, "max_ratio": high, **more}, texts(*(("a " * n + " ".join("bcdefghijk"[:8 - n])) for n in range(9))))
                for name, low, high, more in (("both bounds", 0.25, 0.75, {}), ("open", 0.25, 0.75, {"min_closed_interval": False, "max_closed_interval": False}), ("reversed", 0.25, 0.75, {"reversed_range": True})))
    yield from every_row({"rep_len": 1, "max_ratio": 1.0}, [f"{text} {text}" for text in WORD_TEXTS])
    yield case("random mixtures", {"rep_len": 2, "max_ratio": 0.5}, texts(*random_texts(18, 300, PIECES, 30)))
    yield case("random mixtures, rep_len 4", {"rep_len": 4}, texts(*random_texts(19, 200, PIECES[:5], 60)))
    yield case("long texts", {}, texts("w " * 20000, " ".join(f"{n}w" for n in range(5000)), " ".join(f"{n * n % 97}w" for n in range(5000)), "w" * 70000))
    yield from around("word_rep_ratio", "max_ratio", 0.5, 0.75)
    yield from tokenized({"rep_len": 2})
