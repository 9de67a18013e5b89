#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every relative link of a Markdown file, and every `path` in it that looks like one of ours, must exist."""
import re
import sys
import urllib.parse

from project_files import ROOT, project_files

LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^\s*(```|~~~)")
# A path in backticks counts if it begins with one of our folders and has no placeholder.
OURS = re.compile(r"^(src|include|tests|tools|configs|cmake|docs|slurm|\.ci)/[\w./+-]*$")


def anchors(file):
    """The anchors of a page's headings, as GitHub forms them."""
    found = set()
    for line in file.read_text().splitlines():
        match = re.match(r"#+\s+(.*?)\s*#*$", line)
        if match:
            words = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", match[1].lower()))
            found.add(words.replace(" ", "-"))
    return found


def link_problem(page, target):
    if re.match(r"^[a-z][a-z0-9+.-]*:", target):
        return None
    path, _, anchor = urllib.parse.unquote(target).partition("#")
    file = (page.parent / path) if path else page
    if not file.exists():
        return f"no such file: {path}"
    if ROOT not in file.resolve().parents and file.resolve() != ROOT:
        return f"outside the project: {path}"
    if anchor and file.suffix == ".md" and anchor not in anchors(file):
        return f"no such heading: {target}"
    return None


def problems_of(name):
    page = ROOT / name
    fenced = False
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if FENCE.match(line):
            fenced = not fenced
        if fenced:
            continue
        for target in LINK.findall(CODE.sub("", line)):
            problem = link_problem(page, target)
            if problem:
                yield f"{name}:{number}: {problem}"
        for code in CODE.findall(line):
            path = re.sub(r":\d+$", "", code.split()[0]) if code.split() else ""
            if OURS.match(path) and not (ROOT / path).exists():
                yield f"{name}:{number}: no such path: {path}"


def main():
    found = [problem for name in project_files("*.md") for problem in problems_of(name)]
    print("\n".join(found) or "check_docs: all links and paths exist")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
