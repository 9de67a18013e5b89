#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shares of stop words in a corpus, by language, as the table in share/words/README.md has them.

usage: measure_stop_words.py CORPUS.jsonl [--program dj-mpi]
The corpus is one of tools/corpus/make_corpus.py: `meta.lang` names the language of each row. Rows are measured by dj-mpi itself.
"""
import argparse
import collections
import json
import pathlib
import re
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Codes of the corpus beside those of the lists.
LISTED = {"zh-CN": "zh", "zh-TW": "zh", "pt-BR": "pt", "nb": "no"}
# Where the script tells how much of a text is in its language.
SCRIPTS = {
    "ar": "\u0600-\u06ff", "el": "\u0370-\u03ff\u1f00-\u1fff", "fa": "\u0600-\u06ff", "hi": "\u0900-\u097f",
    "ja": "\u3040-\u30ff\u4e00-\u9fff", "ko": "\uac00-\ud7af", "ru": "\u0400-\u04ff", "uk": "\u0400-\u04ff", "zh": "\u4e00-\u9fff"}
# "no" in quotes: without them it is YAML for false.
RECIPE = """\
dataset_path: in.jsonl
export_path: out/out.jsonl
work_dir: work
keep_stats_in_res_ds: true
process:
  - stopwords_filter: {{lang: "{language}", min_ratio: 0}}
"""


def rows_by_language(corpus):
    rows = collections.defaultdict(list)
    with open(corpus, encoding="utf-8") as file:
        for line in file:
            language = json.loads(line)["meta"]["lang"]
            rows[LISTED.get(language, language)].append(line)
    return rows


def measure(program, language, lines):
    """Pairs of text and share."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "in.jsonl").write_text("".join(lines), encoding="utf-8")
        (folder / "recipe.yaml").write_text(RECIPE.format(language=language), encoding="utf-8")
        subprocess.run([program, "recipe.yaml"], cwd=folder, check=True, capture_output=True)
        with open(folder / "out" / "out.jsonl", encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
    return [(row["text"], row["__dj__stats__"]["stopwords_ratio"]) for row in rows]


def mostly_in(script, text):
    letters = sum(map(str.isalpha, text))
    return 2 * len(re.findall(f"[{script}]", text)) > letters


def row_of(language, measured):
    shares = [share for _, share in measured]
    tenths = statistics.quantiles(shares, n=10, method="inclusive")
    own = "", ""
    if language in SCRIPTS:
        chosen = [share for text, share in measured if mostly_in(SCRIPTS[language], text)]
        own = len(chosen), f"{statistics.median(chosen):.3f}" if chosen else ""
    cells = language, len(shares), f"{tenths[0]:.3f}", f"{tenths[4]:.3f}", f"{tenths[8]:.3f}", *own
    return "| " + " | ".join(map(str, cells)) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("--program", default="dj-mpi")
    arguments = parser.parse_args()
    listed = json.loads((ROOT / "share" / "words" / "stopwords.json").read_text(encoding="utf-8"))
    print("| language | rows | lowest tenth below | median | highest tenth above | rows mostly in its script | their median |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for language, lines in sorted(rows_by_language(arguments.corpus).items()):
        if language in listed:
            print(row_of(language, measure(arguments.program, language, lines)), flush=True)


if __name__ == "__main__":
    main()
