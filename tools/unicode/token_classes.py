#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes src/text/token_class_ranges.hpp: the letters and numbers by which tokenizers of Hugging Face cut texts.

usage: token_classes.py FOLDER    with a Python 3.11 (Unicode 14) that has the package tokenizers
The classes are asked of the package itself, because they hang on the Unicode version of the engine inside it.
"""
import pathlib
import sys

import tokenizers
from tokenizers import Regex, pre_tokenizers

CODE_POINTS = [point for point in range(0x110000) if not 0xD800 <= point < 0xE000]
ALL = "".join(map(chr, CODE_POINTS))
WIDTH = 109
HEAD = """// SPDX-License-Identifier: Apache-2.0
/// Letters and numbers (`\\\\p{{L}}`, `\\\\p{{N}}`) of the regular expressions of tokenizers, and those of the letters that are none for
/// CPython 3.11 (`str.isalpha`, Unicode 14). Written by tools/unicode/token_classes.py with tokenizers {version}. Private to `text`.
#pragma once

#include <array>

#include "text/code_point_range.hpp"

namespace dj {{

// clang-format off
{body}// clang-format on

}}  // namespace dj
"""


def members(pattern):
    matches = pre_tokenizers.Split(Regex(pattern), "removed", invert=True).pre_tokenize_str(ALL)
    return sorted(point for _, (begin, end) in matches for point in CODE_POINTS[begin:end])


def table(name, points):
    ranges = []
    for point in points:
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    lines, line = [], "   "
    for first, last in ranges:
        item = f" {{0x{first:X}, 0x{last:X}}},"
        if len(line) + len(item) > WIDTH:
            lines.append(line)
            line = "   "
        line += item
    lines.append(line)
    return f"inline constexpr std::array<CodePointRange, {len(ranges)}> {name}{{{{\n" + "\n".join(lines) + "\n}};\n"


def main():
    letters, numbers = members(r"\p{L}"), members(r"\p{N}")
    assert all(point in set(letters) for point in CODE_POINTS if chr(point).isalpha()), "a letter of Python that is none here"
    body = table("kTokenLetterRanges", letters) + table("kTokenNumberRanges", numbers)
    body += table("kNewerLetterRanges", [point for point in letters if not chr(point).isalpha()])
    path = pathlib.Path(sys.argv[1]) / "token_class_ranges.hpp"
    path.write_text(HEAD.replace("\\\\p", "\\p").format(version=tokenizers.__version__, body=body), encoding="ascii")


if __name__ == "__main__":
    main()
