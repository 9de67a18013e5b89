#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No mutable global, function static or thread-local in the product: state lives in objects passed down from main.

Reads the symbol tables of the modules' libraries. A constant that the compiler cannot build (std::string, std::map) looks
like a variable and is found too: make it constexpr, or list it below with the reason.

usage: check_globals.py <build>/lib
"""
import pathlib
import re
import subprocess
import sys

ALLOWED = [  # (regular expression on the demangled name, reason)
    (r"^guard variable for ", "belongs to a static that is judged itself"),
    (r"^(std|fmt|spdlog|nlohmann|arrow|parquet|CLI|YAML|__gnu_cxx|roaring)::", "instantiated from a library"),
    (r"^(vtable|typeinfo|typeinfo name|VTT|construction vtable) for ", "written by the compiler"),
    (r"^DW\.ref\.", "exception handling"),
    (r"^dj::\(anonymous namespace\)::hdf5_turn$", "guards the state of HDF5, which is one per process"),
]
NOT_MODULES = {"libdj_simdjson.a", "libdj_lexbor.a", "libdj_test_support.a"}
# objdump -t:  address flags section<TAB>size name
SYMBOL = re.compile(r"^[0-9a-f]+ (.{7}) (\S+)\t[0-9a-f]+\s+(.*)$")


def writable(section):
    if section.startswith(".data.rel.ro"):
        return False
    return section == "*COM*" or re.match(r"\.(data|bss|tdata|tbss)(\.|$)", section) is not None


def mutable_symbols(library):
    out = subprocess.run(["objdump", "-tC", str(library)], capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        match = SYMBOL.match(line)
        if not match or "d" in match[1] or not writable(match[2]):  # d: section symbols
            continue
        name = re.sub(r"^\.(hidden|protected|internal) ", "", match[3].strip())
        # GCC 12 puts some constexpr arrays of string views here; the naming rule keeps kName for constants.
        if match[2] == ".data.rel.local" and re.search(r"::k[A-Z]\w*$", name):
            continue
        if not any(re.search(pattern, name) for pattern, _ in ALLOWED):
            yield name


def main():
    found = []
    libraries = [lib for lib in sorted(pathlib.Path(sys.argv[1]).glob("libdj_*.a")) if lib.name not in NOT_MODULES]
    for library in libraries:
        found += [f"{library.name}: {name}" for name in sorted(set(mutable_symbols(library)))]
    print("\n".join(found) or f"check_globals: no mutable globals in {len(libraries)} libraries")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
