#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes configs/data/quickstart.jsonl out of The Debian Administrator's Handbook: a few paragraphs a row, many languages.

usage: make_quickstart.py OUT.jsonl [--packages DIR]
"""
import argparse
import json
import pathlib
import random
import sys

import debian_documents

PACKAGE = "debian-handbook"
LANGUAGES = ["ar", "de", "en", "es", "fa", "fr", "ja", "ko", "ru", "vi", "zh-CN", "zh-TW"]
ROWS_PER_LANGUAGE = 28
COPIES = 24  # exact duplicates that are put in; the handbook has some of its own, where a passage is not translated
LONGEST = 6000  # characters
LINKS = 3  # every third row has a link in it, where the language has enough of them


def passages(pages, source):
    """Runs of one to six consecutive paragraphs, whitespace as it stands."""
    for document in pages:
        paragraphs = document.text.split("\n\n")
        start = 0
        while start < len(paragraphs):
            length = source.choice((1, 1, 2, 3, 4, 6))
            text = "\n\n".join(paragraphs[start:start + length])
            start += length
            if text.strip() and len(text) <= LONGEST and not text.strip().isdecimal():
                yield {"text": text, "meta": {"lang": document.lang, "source": PACKAGE, "page": pathlib.PurePath(document.path).name}}


def choose(found, source):
    linked = [row for row in found if "://" in row["text"]]
    rest = [row for row in found if "://" not in row["text"]]
    wanted = min(len(linked), ROWS_PER_LANGUAGE // LINKS)
    return source.sample(linked, wanted) + source.sample(rest, ROWS_PER_LANGUAGE - wanted)


def rows(folder):
    source = random.Random(11)
    pages = {lang: [] for lang in LANGUAGES}
    for path in debian_documents.files(PACKAGE, folder):
        if "Common_Content" not in path.parts and (document := debian_documents.read(path, folder)) and document.lang in pages:
            pages[document.lang].append(document)
    chosen = [row for lang in LANGUAGES for row in choose(list(passages(pages[lang], source)), source)]
    chosen += [json.loads(json.dumps(row)) for row in source.sample(chosen, COPIES)]
    source.shuffle(chosen)
    return [{"id": number, **row} for number, row in enumerate(chosen, start=1)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--packages", type=pathlib.Path, default=pathlib.Path("packages"), help="where packages are kept")
    options = parser.parse_args()
    folder = options.packages.resolve()
    debian_documents.fetch([PACKAGE], folder)
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows(folder)]
    options.out.write_text("".join(lines), encoding="utf-8")
    print(f"{options.out}: {len(lines)} rows, {options.out.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
