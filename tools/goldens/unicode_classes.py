# SPDX-License-Identifier: Apache-2.0
"""The character classes that the operators see, code point by code point, as ranges."""
import json
import re
import unicodedata

import regex
from data_juicer.ops.common.special_characters import SPECIAL_CHARACTERS

CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def ranges(wanted):
    found = []
    for code_point in filter(lambda c: wanted(chr(c)), CODE_POINTS):
        if found and found[-1][1] == code_point - 1:
            found[-1][1] = code_point
        else:
            found.append([code_point, code_point])
    return " ".join(f"{first:04X}" if first == last else f"{first:04X}-{last:04X}" for first, last in found)


def write(path):
    classes = {
        "python_unicode": unicodedata.unidata_version,
        "regex_version": regex.__version__,
        "str.strip": ranges(lambda c: not c.strip()),
        "str.isspace": ranges(str.isspace),
        "str.isalnum": ranges(str.isalnum),
        "str.isalpha": ranges(str.isalpha),
        # Looked up by the character, so emoji of several code points can never be found.
        "SPECIAL_CHARACTERS": ranges(lambda c: c in SPECIAL_CHARACTERS),
        "cased_letters_of_(?i)[a-z]": ranges(regex.compile("(?i)[a-z]").fullmatch),
    }
    for module, engine in (("regex", regex), ("re", re)):
        for name in (r"\s", r"\d", r"\w"):
            classes[f"{module} {name}"] = ranges(engine.compile(name).fullmatch)
    lower = {f"{c:04X}": " ".join(f"{ord(d):04X}" for d in chr(c).lower()) for c in CODE_POINTS if chr(c).lower() != chr(c)}
    with open(path, "w", encoding="ascii") as file:
        json.dump({**classes, "str.lower": lower}, file, indent=0)
        file.write("\n")
