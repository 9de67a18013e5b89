#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the character tables of src/text that are recorded from Python and Data-Juicer rather than taken from ICU.

usage: character_ranges.py FOLDER    with a Python 3.11 that has py-data-juicer 1.6.1 (see record.py)
"""
import pathlib
import sys
import unicodedata

from data_juicer.ops.common.special_characters import SPECIAL_CHARACTERS

HEAD = """// SPDX-License-Identifier: Apache-2.0
/// {doc}
/// Written by tools/goldens/character_ranges.py. Private to `text`.
#pragma once

#include <array>

#include "text/code_point_range.hpp"

namespace dj {{

// clang-format off
inline constexpr std::array<{type}, {count}> {name}{{{{
{lines}
}}}};
// clang-format on

}}  // namespace dj
"""


def ranges(members):
    found = []
    for point in sorted(members):
        if found and found[-1][1] == point - 1:
            found[-1][1] = point
        else:
            found.append([point, point])
    return [f"{{0x{first:X}, 0x{last:X}}}" for first, last in found]


def lower_runs():
    """Runs of code points, one or two apart, whose lower case is one character at the same distance."""
    found = []
    for point in range(0x80, 0x110000):
        lower = chr(point).lower()
        if 0xD800 <= point < 0xE000 or len(lower) != 1 or ord(lower) == point:
            continue
        delta = ord(lower) - point
        if found:
            first, last, step, run_delta = found[-1]
            gap = point - last
            if run_delta == delta and gap in (1, 2) and (first == last or gap == step):
                found[-1] = [first, point, gap, delta]
                continue
        found.append([point, point, 1, delta])
    return [f"{{0x{first:X}, 0x{last:X}, {step}, {delta}}}" for first, last, step, delta in found]


def write(path, name, element, doc, entries):
    lines, line = [], "   "
    for entry in entries:
        if len(line) + len(entry) + 2 > 109:
            lines.append(line)
            line = "   "
        line += f" {entry},"
    lines.append(line)
    doc = doc.replace("\n", "\n/// ")
    path.write_text(
        HEAD.format(doc=doc, type=element, count=len(entries), name=name, lines="\n".join(lines)), encoding="ascii"
    )


def main():
    folder = pathlib.Path(sys.argv[1])
    python = f"CPython {sys.version_info.major}.{sys.version_info.minor} (Unicode {unicodedata.unidata_version})"
    alphanumeric = {point for point in range(0x110000) if chr(point).isalnum()}
    write(folder / "alphanumeric_ranges.hpp", "kAlphanumericRanges", "CodePointRange",
          f"The characters for which `str.isalnum` of {python} holds.", ranges(alphanumeric))
    special = {ord(entry) for entry in SPECIAL_CHARACTERS if len(entry) == 1}
    write(folder / "special_ranges.hpp", "kSpecialRanges", "CodePointRange",
          "Data-Juicer 1.6.1's SPECIAL_CHARACTERS: punctuation, digits, white space, emoji of one code point, and a list of others\n"
          "that BigScience's data preparation collected, some of which are letters.", ranges(special))
    write(folder / "lower_case_runs.hpp", "kLowerCaseRuns", "LowerCaseRun",
          f"`str.lower` of {python} beyond ASCII, for the characters whose lower case is one other character.", lower_runs())


if __name__ == "__main__":
    main()
