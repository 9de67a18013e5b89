#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares every #include with the module graph that CMake wrote, and keeps each foreign library in its rooms.

usage: check_layers.py <build>/generated/module_graph.txt
"""
import pathlib
import re
import sys

from project_files import ROOT

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')

# library: (headers, modules that may include them, whether public headers may)
ROOMS = {
    "MPI": (r"mpi\.h$", {"mpi", "storage_mpi"}, False),
    "HDF5": (r"hdf5\.h$|H5\w+\.h$", {"storage", "storage_mpi"}, False),
    "yaml-cpp": (r"yaml-cpp/", {"recipe"}, False),
    "Arrow": (r"(arrow|parquet)/", {"format", "storage"}, False),
    # cli: dj-tools env names its version; text: tokenizer.json
    "simdjson": (r"simdjson", {"data", "format", "ops", "cli", "text"}, True),
    "ICU": (r"unicode/", {"text"}, False),
    "PCRE2": (r"pcre2\.h$", {"text", "ops"}, False),
    "CLI11": (r"CLI/", {"cli"}, False),
    "OpenMP": (r"omp\.h$", {"run"}, False),
}


def module_of(path, modules):
    """The module of a path below src/ or include/dj/ such as storage/stage_store.hpp."""
    folder, _, name = path.partition("/")
    mpi_half = folder + "_mpi"
    return mpi_half if mpi_half in modules and re.search(r"_mpi\.(cpp|hpp)$", name) else folder


def transitive(graph):
    closure = {}
    for module, uses in graph.items():  # in the order of declaration: uses come first
        closure[module] = {module}.union(*(closure[used] for used in uses))
    return closure


def read_graph(path):
    graph = {}
    for line in pathlib.Path(path).read_text().splitlines():
        module, _, uses = line.partition(":")
        for used in uses.split():
            if used not in graph:
                sys.exit(f"check_layers: {module} uses {used}, which is not declared before it")
        graph[module] = uses.split()
    return graph


def problems_of(file, base, public, may_use):
    module = module_of(file.relative_to(base).as_posix(), may_use)
    if module not in may_use:
        yield f"{file.relative_to(ROOT)}: no module is called {module}"
        return
    for number, line in enumerate(file.read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        place = f"{file.relative_to(ROOT)}:{number}"
        quoted, name = match[1] == '"', match[2]
        if quoted:
            folder_is_module = name.split("/")[0] in may_use and "/" in name
            inner = name.removeprefix("dj/")
            target = module_of(inner, may_use) if name.startswith("dj/") or folder_is_module else module
            if target not in may_use[module]:
                yield f"{place}: {module} may not use {target} ({name})"
            # The MPI half of a module sees what is private to its other half.
            if not name.startswith("dj/") and folder_is_module and target not in (module, module.removesuffix("_mpi")):
                yield f"{place}: {name} is private to {target}"
            continue
        for library, (headers, rooms, in_public) in ROOMS.items():
            if not re.match(headers, name):
                continue
            if module not in rooms:
                yield f"{place}: {library} is for {', '.join(sorted(rooms))} only"
            elif public and not in_public:
                yield f"{place}: {library} does not belong in a public header"


def main():
    may_use = transitive(read_graph(sys.argv[1]))
    found = []
    for base, public in ((ROOT / "include/dj", True), (ROOT / "src", False)):
        for file in sorted([*base.rglob("*.hpp"), *base.rglob("*.cpp")]):
            found += problems_of(file, base, public, may_use)
    print("\n".join(found) or "check_layers: the includes agree with the module graph")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
