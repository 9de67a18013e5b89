#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a large JSONL corpus of real text in many languages, with exact duplicates, for benchmarks and large tests.

usage: make_corpus.py OUT.jsonl [--size-mb 100] [--packages DIR]
Needs Debian's apt-get and dpkg-deb. The same package versions and size give the same bytes. About 400 MB are unique text; beyond
that the documents come again, turned so that none is an exact copy by accident. Not for redistribution without a look at the
licences: `meta.source` names the package of each row. OUT.jsonl.sources lists packages and versions.
"""
import argparse
import json
import pathlib
import random
import sys

import debian_documents

MB = 1_000_000
DUPLICATES = 0.04  # share of rows that repeat the text of an earlier one
MARKUP = 0.15  # share of web pages that keep their markup
REMEMBERED = 2000  # earlier texts that a duplicate may repeat


class Writer:
    """Numbers the rows, sprinkles duplicates among them, and stops at the size."""

    def __init__(self, path, size_bytes, source):
        self.file, self.left, self.random = open(path, "w", encoding="utf-8"), size_bytes, source
        self.rows, self.duplicates, self.remembered = 0, 0, []

    def add(self, text, meta):
        """False when the corpus is full."""
        self._write(text, meta)
        if len(self.remembered) < REMEMBERED:
            self.remembered.append((text, meta))
        else:
            self.remembered[self.random.randrange(REMEMBERED)] = (text, meta)
        if self.random.random() < DUPLICATES:
            self._write(*self.random.choice(self.remembered))
            self.duplicates += 1
        return self.left > 0

    def _write(self, text, meta):
        if self.left > 0:
            line = json.dumps({"id": self.rows, "text": text, "meta": meta}, ensure_ascii=False) + "\n"
            self.file.write(line)
            self.left -= len(line.encode())
            self.rows += 1


def unique_documents(folder, source):
    paths = [path for package in debian_documents.PACKAGES for path in debian_documents.files(package, folder)]
    source.shuffle(paths)
    for path in paths:
        document = debian_documents.read(path, folder, keep_markup=source.random() < MARKUP)
        if document:
            yield document.text, {"lang": document.lang, "source": document.source, "path": document.path, "form": document.form, "round": 0}


def turned(text, turn):
    """The text with its first paragraphs at the end: another text of the same kind."""
    paragraphs = text.split("\n\n")
    first = turn * 3 % len(paragraphs)
    return f"[{turn}] " + "\n\n".join(paragraphs[first:] + paragraphs[:first])


def make(path, size_bytes, folder):
    source = random.Random(20240229)
    writer = Writer(path, size_bytes, source)
    for text, meta in unique_documents(folder, source):
        if not writer.add(text, meta):
            break
    writer.file.flush()
    unique_rows, turn = writer.rows, 0
    while writer.left > 0:
        turn += 1
        with open(path, encoding="utf-8") as file:
            for _, line in zip(range(unique_rows), file):
                row = json.loads(line)
                if not writer.add(turned(row["text"], turn), {**row["meta"], "round": turn}):
                    break
    writer.file.close()
    return writer, unique_rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--size-mb", type=float, default=100)
    parser.add_argument("--packages", type=pathlib.Path, help="where packages are kept (default: OUT's folder, packages/)")
    options = parser.parse_args()
    folder = (options.packages or options.out.parent / "packages").resolve()
    versions = debian_documents.fetch(debian_documents.PACKAGES, folder)
    writer, unique_rows = make(options.out, int(options.size_mb * MB), folder)
    options.out.with_name(options.out.name + ".sources").write_text("".join(f"{p} {v}\n" for p, v in versions.items()))
    print(f"{options.out}: {options.out.stat().st_size / MB:.1f} MB, {writer.rows} rows ({writer.duplicates} exact duplicates), "
          f"first {unique_rows} rows before any repetition")
    return 0


if __name__ == "__main__":
    sys.exit(main())
