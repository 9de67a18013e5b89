# SPDX-License-Identifier: Apache-2.0
"""Runs inside the virtual environment of Data-Juicer: whole recipes through dj-process. Called by record.py.

A case becomes <out>/<case>/{recipe.yaml, input.jsonl, expected.jsonl, expected_stats.jsonl}; the last only if dj-process wrote one. The rows
avoid what Data-Juicer's loader changes by itself (see docs/operators-fidelity.md): every row has the same keys, no column looks like dates.
"""
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

from cases import HOSTILE
from recipe_list import RECIPES

QUICKSTART = pathlib.Path(__file__).resolve().parents[2] / "configs" / "data" / "quickstart.jsonl"
HEAD = """# {doc}
# Recorded from py-data-juicer 1.6.1 by tools/goldens/record.py. Give --dataset_path and --export_path to run it elsewhere.
project_name: {name}
dataset_path: input.jsonl
export_path: outputs/{name}.jsonl
np: 1
"""


def corpus():
    return [json.loads(line) for line in QUICKSTART.read_text(encoding="utf-8").split("\n") if line]


def rows(seed, count, text_key="text"):
    """Rows of the quickstart corpus and hostile texts, with exact and near duplicates, and columns of every kind."""
    source = random.Random(seed)
    texts = [row["text"] for row in source.sample(corpus(), count * 3 // 5)]
    texts += [text for family in HOSTILE.values() for text in source.sample(family, 3)]
    while len(texts) < count:
        text = source.choice(texts)
        texts.append(source.choice((text, text, f"  {text}\t", text.upper(), text.replace(" ", "  "), text + "!", f"see http://example.com/a?b=c {text}")))
    source.shuffle(texts)
    return [{
        "id": number, text_key: text,
        "meta": {"lang": source.choice(("de", "zh", "ar")), "score": source.choice((0.5, 0.25, 1e-07, 3.0, 0.1)), "rank": source.randrange(20)},
        "tags": source.sample(["a", "ü", "字", "\U0001F600", "q\"uote\\"], source.randrange(4)), "good": source.random() < 0.5,
        "title": source.choice(("", "short", " a longer title\there ", "ein Titel über http://example.org/x")),
        "note": source.choice((None, "n\n", "注")),
        "views": source.choice((0, -1, 7, 7, 12, 2**53 + 1, 10**18))} for number, text in enumerate(texts)]


def quickstart_rows(*_):
    return corpus()


def lines(data):
    """One JSON object a line, not all in the same dress: escapes and spaces vary, values do not."""
    for number, row in enumerate(data):
        yield json.dumps(row, ensure_ascii=number % 3 == 2, separators=(",", ":") if number % 2 else None) + "\n"


def dj_process(folder):
    """Runs the folder's recipe; its exported files are in folder/outputs."""
    environment = {**os.environ, "HF_DATASETS_CACHE": str(folder / "cache"), "HF_HUB_OFFLINE": "1"}
    command = [pathlib.Path(sys.executable).parent / "dj-process", "--config", "recipe.yaml", "--open_monitor", "false"]
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if run.returncode or "An error occurred" in run.stderr:
        raise RuntimeError(f"{folder.name}: dj-process failed or lost a batch\n{run.stderr[-3000:]}")


def check_untouched(recipe, data, exported):
    """Fails where Data-Juicer's loader changed a field that no operator writes: such rows are no use for a comparison."""
    inputs = {row["id"]: row for row in data}
    for row in map(json.loads, exported):
        given = inputs[row["id"]]
        written = {*recipe.get("writes", ["text"]), *(key for key in row if key.startswith("__dj__"))}
        kept = [json.dumps({key: value for key, value in r.items() if key not in written}) for r in (row, given)]
        if kept[0] != kept[1]:
            raise RuntimeError(f"{recipe['name']}: the loader changed a row\n{kept[0]}\n{kept[1]}")


def record(recipe, out):
    case = out / recipe["name"]
    shutil.rmtree(case, ignore_errors=True)
    case.mkdir(parents=True)
    (case / "recipe.yaml").write_text(HEAD.format(**recipe) + recipe["yaml"], encoding="utf-8")
    data = recipe["rows"](rows, quickstart_rows)
    (case / "input.jsonl").write_text("".join(lines(data)), encoding="utf-8")
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        for name in ("recipe.yaml", "input.jsonl"):
            shutil.copy(case / name, folder)
        dj_process(folder)
        shutil.copy(folder / "outputs" / f"{recipe['name']}.jsonl", case / "expected.jsonl")
        stats = folder / "outputs" / f"{recipe['name']}_stats.jsonl"
        if stats.exists():
            shutil.copy(stats, case / "expected_stats.jsonl")
    exported = (case / "expected.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    check_untouched(recipe, data, exported)
    print(f"{recipe['name']}: {len(data)} rows in, {len(exported)} out")


def main():
    out, wanted = pathlib.Path(sys.argv[1]), sys.argv[2:]
    for recipe in RECIPES:
        if not wanted or recipe["name"] in wanted:
            record(recipe, out)


if __name__ == "__main__":
    main()
