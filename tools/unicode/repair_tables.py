#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the tables of src/text by which text is repaired as ftfy repairs it.

usage: repair_tables.py FOLDER    with a Python 3.11 (Unicode 14) that has ftfy 6.3.1
"""
import html
import pathlib
import re
import sys
import unicodedata

import ftfy
from ftfy import badness, chardata, fixes

HEAD = """// SPDX-License-Identifier: Apache-2.0
/// {doc}
/// Written by tools/unicode/repair_tables.py with {versions}. Private to `text`.
#pragma once

{includes}
namespace dj {{

// clang-format off
{body}
// clang-format on

}}  // namespace dj
"""
VERSIONS = f"ftfy {ftfy.__version__} and CPython {sys.version_info.major}.{sys.version_info.minor} (Unicode {unicodedata.unidata_version})"
WIDTH = 109
CODE_POINTS = [point for point in range(0x110000) if not 0xD800 <= point < 0xE000]
# The order of their bits in MojibakeClass (src/text/mojibake_table.hpp).
CATEGORIES = ["common", "c1", "bad", "law", "currency", "start_punctuation", "end_punctuation", "numeric", "kaomoji", "upper_accented",
              "lower_accented", "upper_common", "lower_common", "box"]
CLUES = ["utf8_first_of_2", "utf8_first_of_3", "utf8_first_of_4", "utf8_continuation", "utf8_continuation_strict"]
FORMS = ["NFC", "NFKC", "NFD", "NFKD"]
MARK_BIT = 1 << len(FORMS)


def lines(entries, indent="    "):
    found, line = [], indent
    for entry in entries:
        if len(line) + len(entry) + 1 > WIDTH:
            found.append(line.rstrip())
            line = indent
        line += entry + " "
    return "\n".join([*found, line.rstrip()])


def array(element, name, entries):
    return f"inline constexpr std::array<{element}, {len(entries)}> {name}{{{{\n{lines([e + ',' for e in entries])}\n}}}};"


def write(path, doc, body, includes=()):
    if "array<" in body:
        includes = ["#include <array>", *includes]
    quoted = "".join(f"{line}\n" for line in includes)
    path.write_text(HEAD.format(doc=doc.replace("\n", "\n/// "), versions=VERSIONS, includes=quoted, body=body), encoding="ascii")


def runs(values):
    """(first, last, value) of neighbouring code points with the same value; {point: value}, zeros left out."""
    found = []
    for point in sorted(point for point, value in values.items() if value):
        if found and found[-1][1] == point - 1 and found[-1][2] == values[point]:
            found[-1][1] = point
        else:
            found.append([point, point, values[point]])
    return found


def class_runs(values):
    return [f"{{0x{first:X}, 0x{last:X}, 0x{value:X}}}" for first, last, value in runs(values)]


def pairs(values):
    return [f"{{0x{first:X}, 0x{last:X}}}" for first, last, _ in runs(values)]


def mojibake_characters(folder):
    sets = [badness.MOJIBAKE_CATEGORIES[name] for name in CATEGORIES] + [chardata.UTF8_CLUES[name] for name in CLUES]
    patterns = [re.compile(f"[{members}]") for members in sets]
    values = {point: sum(1 << bit for bit, pattern in enumerate(patterns) if pattern.match(chr(point))) for point in CODE_POINTS}
    write(folder / "mojibake_characters.hpp",
          "The characters by which mis-decoded text is known, with what they are: a bit of MojibakeClass for each of ftfy's categories\n"
          "(ftfy/badness.py) and each kind of byte of UTF-8 that they may be (UTF8_CLUES of ftfy/chardata.py).",
          array("ClassRun", "kMojibakeCharacters", class_runs(values)), ['', '#include "text/code_point_range.hpp"'])


def encoding_name(encoding):
    return "k" + "".join(part.capitalize() for part in encoding.removeprefix("sloppy-").split("-"))


def single_byte_encodings(folder):
    bodies = []
    for encoding in chardata.CHARMAP_ENCODINGS:
        upper = bytes(range(0x80, 0x100)).decode(encoding)
        assert upper.encode(encoding) == bytes(range(0x80, 0x100)), encoding
        assert (b"\x1a".decode(encoding) == "\ufffd") == encoding.startswith("sloppy-")
        bodies.append(array("char16_t", encoding_name(encoding), [f"0x{ord(char):X}" for char in upper]))
    write(folder / "single_byte_encodings.hpp",
          "What the bytes 80 to FF stand for in the encodings in which UTF-8 is read by mistake. Where the Windows encodings leave a byte\n"
          "unassigned it stands for the control character of its number, as HTML5 has it.", "\n".join(bodies))


def fixed_character(char):
    """The steps of ftfy that look at one character at a time and not at what follows it."""
    for fix in (fixes.fix_c1_controls, fixes.fix_latin_ligatures, fixes.fix_character_width, fixes.uncurl_quotes):
        char = fix(char)
    return char if char == "\r" else fixes.fix_line_breaks(char)


def character_fixes(folder):
    singles, strings = [], []
    for point in CODE_POINTS:
        fixed = fixed_character(chr(point))
        if fixed == chr(point):
            continue
        if len(fixed) > 1:
            escaped = "".join(char if ord(char) < 0x7F else f"\\x{ord(char):X}" for char in fixed)
            strings.append(f'{{0x{point:X}, U"{escaped}"}}')
        elif singles and singles[-1][1] == point - 1 and ord(fixed) - singles[-1][2] == point - singles[-1][0]:
            singles[-1][1] = point
        else:
            singles.append([point, point, ord(fixed)])
    plain = [f"{{0x{first:X}, 0x{last:X}, 0x{fixed:X}}}" for first, last, fixed in singles]
    removed = {point: 1 for point in chardata.CONTROL_CHARS}
    digits = {point: 1 for point in CODE_POINTS if re.match(r"\d", chr(point))}
    write(folder / "character_fixes.hpp",
          "Characters that ftfy replaces wherever they stand: C1 controls by what Windows-1252 has in their place, Latin ligatures, forms of\n"
          "another width, curly quotes, line breaks.",
          "\n\n".join(["/// From `first` on to `last`: those from `fixed` on.\n" + array("CharacterFix", "kCharacterFixes", plain),
                       array("LongCharacterFix", "kLongCharacterFixes", strings),
                       "/// Control characters that are taken out.\n" + array("CodePointRange", "kRemovedCharacters", pairs(removed)),
                       "/// `\\d` of Python's module `re`, which may stand in a terminal escape.\n" + array("CodePointRange", "kDecimalDigits", pairs(digits))]),
          ['', '#include "text/code_point_range.hpp"'])


def html_entities(folder):
    """`name=C6` or `name=3D+20E5`; with `:` for `=` the name in capitals stands for the same."""
    entities = {name[1:-1]: value for name, value in chardata.HTML_ENTITIES.items()}
    same = {name for name in entities if name == name.lower() != name.upper() and name + ";" in html.entities.html5
            and entities.get(name.upper()) == entities[name] and name.upper() + ";" not in html.entities.html5}
    told = {name.upper() for name in same}
    entries = [f"{name}{':' if name in same else '='}{'+'.join(f'{ord(char):X}' for char in value)}"
               for name, value in sorted(entities.items()) if name not in told]
    middle = next(number for number, entry in enumerate(entries) if entry >= "l")
    for part, chosen in (("1", entries[:middle]), ("2", entries[middle:])):
        quoted = "\n".join(f'    "{line.strip()} "' for line in lines(chosen, "").split("\n"))
        write(folder / f"html_entities_{part}.hpp",
              "HTML's named characters, and those that ftfy also takes in capitals: the name, `=`, the code points in hexadecimal. `:` instead of\n"
              f"`=`: the name in capitals stands for the same. Part {part} of 2.",
              f"inline constexpr std::string_view kHtmlEntities{part} =\n{quoted};", ['#include <string_view>'])


def may_follow(form):
    """Characters that may become one with what is in front of them: Quick_Check=Maybe."""
    if form not in ("NFC", "NFKC"):
        return set()
    found = set(range(0x1161, 0x1176)) | set(range(0x11A8, 0x11C3))
    for point in CODE_POINTS:
        parts = unicodedata.decomposition(chr(point)).split()
        if len(parts) == 2 and "<" not in parts[0] and unicodedata.normalize("NFC", chr(point)) == chr(point):
            found.add(int(parts[1], 16))
    return found


def normalization(folder):
    values = {point: MARK_BIT if unicodedata.combining(chr(point)) else 0 for point in CODE_POINTS}
    for bit, form in enumerate(FORMS):
        followers = may_follow(form)
        for point in CODE_POINTS:
            if point in followers or unicodedata.normalize(form, chr(point)) != chr(point):
                values[point] |= 1 << bit
    write(folder / "normalization_ranges.hpp",
          "Characters that normalization changes or may join with the one in front of them, by form (bits of RepairFlag), and the marks, which\n"
          "it may put into another order.", array("ClassRun", "kNormalizationRuns", class_runs(values)),
          ['', '#include "text/code_point_range.hpp"'])


def main():
    folder = pathlib.Path(sys.argv[1])
    for table in (mojibake_characters, single_byte_encodings, character_fixes, html_entities, normalization):
        table(folder)


if __name__ == "__main__":
    main()
