#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clang-tidy over the project, remembering what was clean.

A file stays clean until it, a header of ours that it includes, .clang-tidy or this script changes. The compile commands are
those of the preset `tidy`, which is configured and never built.

usage: run_tidy.py [--seconds N] [--jobs N] [FILE...]   (default: all files of src/ and tests/, newest change first)
--seconds: start no new file after that time; what was left out is said, and is no error.
"""
import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time

from project_files import ROOT

BUILD = ROOT / "build/tidy"
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "dj-mpi/tidy"
INCLUDE_FOLDERS = (ROOT / "include", ROOT / "src", ROOT / "tests")
TIDY = "clang-tidy-14"
# The compiler's own warnings are the build's business.
EXTRA = ["--quiet", "--extra-arg=-Wno-everything"]


@functools.cache
def read(file):
    return file.read_bytes()


def closure(file, seen):
    """The file and all headers of ours that it includes, in the order of their first sight."""
    if file in seen:
        return
    seen[file] = read(file)
    for name in re.findall(rb'^\s*#\s*include\s+"([^"]+)"', seen[file], re.MULTILINE):
        places = (base / name.decode() for base in (file.parent, *INCLUDE_FOLDERS))
        found = next((p for p in places if p.is_file()), None)
        if found:
            closure(found.resolve(), seen)


def key_of(command, rules):
    """Hash of what decides clang-tidy's answer, but for the libraries from outside."""
    seen = {}
    closure(pathlib.Path(command["file"]), seen)
    flags = command["command"].replace(str(ROOT), "").encode()  # clones share what they found
    return hashlib.sha256(b"\0".join([rules, flags, *seen.values()])).hexdigest()


def by_last_commit():
    """Position of each file in the history, newest first; a file not committed yet comes before all."""
    log = subprocess.run(["git", "-c", "safe.directory=*", "log", "--format=", "--name-only", "-n", "300"],
                         cwd=ROOT, capture_output=True, text=True, check=False).stdout.splitlines()
    places = {}
    for name in log:
        places.setdefault(str(ROOT / name), len(places))
    return places


def look(command, rules, deadline):
    """(file, None if clean, '' if left out, else what clang-tidy says)"""
    file = command["file"]
    if time.monotonic() > deadline:
        return file, ""
    mark = CACHE / key_of(command, rules)
    if mark.exists():
        mark.touch()
        return file, None
    done = subprocess.run([TIDY, "-p", str(BUILD), *EXTRA, file], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        mark.touch()
        return file, None
    return file, done.stdout or done.stderr


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()

    subprocess.run(["cmake", "--preset", "tidy"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    commands = [c for c in json.loads((BUILD / "compile_commands.json").read_text())
                if c["file"].startswith((f"{ROOT}/src/", f"{ROOT}/tests/"))]
    if options.files:
        wanted = {str(pathlib.Path(f).resolve()) for f in options.files}
        commands = [c for c in commands if c["file"] in wanted]
    commands = list({c["file"]: c for c in commands}.values())
    places = by_last_commit()
    commands.sort(key=lambda c: places.get(c["file"], -1))
    CACHE.mkdir(parents=True, exist_ok=True)
    rules = read(ROOT / ".clang-tidy") + read(ROOT / "tests/.clang-tidy") + read(pathlib.Path(__file__))
    deadline = time.monotonic() + options.seconds

    faulty, left_out, told = 0, 0, set()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for file, said in pool.map(lambda c: look(c, rules, deadline), commands):
            if said:
                faulty += 1
                blocks = [b.strip() for b in re.split(r"^(?=\S+:\d+:\d+: error:)", said, flags=re.MULTILINE)]
                new = [b for b in blocks if b and b not in told]
                told.update(new)
                print("\n".join(new), end="\n" if new else "", flush=True)
            left_out += said == ""
    late = f", {left_out} not looked at for lack of time" if left_out else ""
    print(f"run_tidy: {len(commands)} files, {faulty} with findings{late}")
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(main())
