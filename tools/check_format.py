#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clang-format 14 agrees with every C++ file; text files end in one newline and have no trailing blanks.

usage: check_format.py [--fix] [FILE...]   (default: every file that git knows or does not ignore)
"""
import pathlib
import re
import shutil
import subprocess
import sys

from project_files import ROOT, project_files

CPP = {".cpp", ".hpp"}
TEXT = CPP | {".py", ".sh", ".cmake", ".md", ".txt", ".yaml", ".yml"}
# Data whose bytes are the point.
NOT_OURS = ("tests/recipes/", "tests/goldens/", "configs/data/")
SKIPPED = 77  # ctest's SKIP_RETURN_CODE


def ours():
    return [ROOT / name for name in project_files() if not name.startswith(NOT_OURS)]


def blanks(file, fix):
    old = file.read_bytes()
    new = b"\n".join(line.rstrip(b" \t\r") for line in old.split(b"\n")).rstrip(b"\n") + b"\n"
    if new == old or not old:
        return False
    if fix:
        file.write_bytes(new)
    return not fix


def main():
    arguments = sys.argv[1:]
    fix = "--fix" in arguments
    files = [pathlib.Path(a).resolve() for a in arguments if a != "--fix"] or ours()
    found = [f"{f.relative_to(ROOT)}: trailing blanks, or not one newline at the end"
             for f in files if f.suffix in TEXT and blanks(f, fix)]
    formatter = shutil.which("clang-format-14")
    if formatter is None:
        print("check_format: clang-format-14 is not installed (tools/setup.sh --test)")
        return SKIPPED
    cpp = [str(f) for f in files if f.suffix in CPP]
    mode = ["-i"] if fix else ["--dry-run", "--ferror-limit=1"]
    said = subprocess.run([formatter, *mode, *cpp], capture_output=True, text=True, check=True).stderr if cpp else ""
    for name, line in sorted(set(re.findall(r"^(.*?):(\d+):\d+: warning: code should", said, re.MULTILINE))):
        found.append(f"{pathlib.Path(name).relative_to(ROOT)}:{line}: not as clang-format 14 has it")
    if found:
        print("\n".join([*found, f"check_format: {len(found)} to mend with tools/check_format.py --fix"]))
        return 1
    print("check_format: well formed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
