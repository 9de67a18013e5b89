# SPDX-License-Identifier: Apache-2.0
from . import LINE_BREAKS, NO_LINE_BREAKS, around, case, every_row, ranges, random_texts, texts

OP = "maximum_line_length_filter"
STAIRS = ["x" * n for n in range(9)] + ["x" * n + "\n" + "y" * (8 - n) for n in range(9)]
MAXIMUM = 2**63 - 1
PIECES = [*LINE_BREAKS, *NO_LINE_BREAKS, "a", "b" * 7, "\u00E9", "\u5B57" * 3, "\U0001F600", " "]


def cases():
    yield case("defaults", {}, texts("", "x" * 9, "x" * 10, "x" * 9 + "\n", "x" * 10 + "\n", "x" * 11 + "\nx", "\u5B57" * 10, "\n" * 10, "x" * 8 + "\r\n", "x" * 9 + "\r\n"))
    yield from ranges("min_len", "max_len", 2, 5, texts(*STAIRS))
    for broken in LINE_BREAKS:
        yield case(f"broken by {broken!a}", {"min_len": 3}, texts("ab" + broken + "cdef", "ab" + broken, broken, broken + "abc", broken * 2, "a" + broken * 3 + "b", "abc" + broken + "\n", "abc" + "\r" + broken))
    yield case("not broken", {"min_len": 3}, texts(*("a" + c + "b" for c in NO_LINE_BREAKS)))
    yield case("pairs of breaks", {"min_len": 1}, texts(*("a" + first + second + "b" for first in LINE_BREAKS for second in LINE_BREAKS)))
    yield case("zero and open", {"min_len": 0, "min_closed_interval": False}, texts(*STAIRS))
    yield case("negative bounds", {"min_len": -5, "max_len": -1}, texts(*STAIRS))
    yield case("largest max_len, open", {"min_len": 0, "max_len": MAXIMUM, "max_closed_interval": False}, texts(*STAIRS))
    yield from every_row({"min_len": 0})
    yield case("random mixtures", {"min_len": 3}, texts(*random_texts(14, 400, PIECES, 20)))
    yield case("long lines", {"min_len": 5000}, texts("x" * 70000, "\u5B57" * 4999 + "\n", "\u5B57" * 5000 + "\n", "x\n" * 20000, "x" * 9998 + "\n" + "x", "\r\n" * 9999, "\U0001F600" * 5001 + "\r\n" + "y"))
    yield from around("max_line_length", "min_len", 4, 3)
