#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""dj-mpi, py-data-juicer 1.6.1 and the machine's ceiling on the same recipes, corpus and cores, in turn; writes a page of results.

usage: compare.py [--size 300MB] [--recipes everyday cheap] [--runs 3] [--peer default,ray_partitioned | none] [--out docs/benchmarks]
Builds dj-mpi (preset release), makes the corpus and the peer's virtual environment where they are missing, measures,
compares what the programs wrote, and prints the figures. Exit code 1 if a program failed or the outputs differ in a way that
known_differences.json does not name. See README.md beside this file.
"""
import argparse
import datetime
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path += [str(ROOT / "tools" / "corpus"), str(ROOT / "tools" / "goldens")]

import contenders  # noqa: E402
import figures  # noqa: E402
import machine  # noqa: E402
import measure  # noqa: E402
import page  # noqa: E402

KNOWN = HERE / "known_differences.json"
OTHERS_SHARE = 0.05  # of the cores; this program's own looking at the others is some of it
UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9}


def size_bytes(text):
    match = re.fullmatch(r"([0-9.]+)\s*([KMG]B)", text.strip())
    if not match:
        raise argparse.ArgumentTypeError("a size such as 300MB")
    return int(float(match[1]) * UNITS[match[2]])


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--size", type=size_bytes, default=size_bytes("300MB"), help="of the corpus (default: 300MB)")
    parser.add_argument("--recipes", nargs="+", default=["everyday", "cheap"], metavar="NAME", help="of tools/bench/recipes, or paths")
    parser.add_argument("--runs", type=int, default=3, help="of dj-mpi and the ceiling (default: 3)")
    parser.add_argument("--peer", default="default,ray_partitioned", help="executors of Data-Juicer, or none")
    parser.add_argument("--peer-runs", type=int, default=1, help="a run takes it minutes (default: 1)")
    parser.add_argument("--peer-size", type=size_bytes, help="give it only so much from the corpus's beginning")
    parser.add_argument("--peer-python", type=pathlib.Path, help="a Python that has tools/bench/requirements.txt")
    parser.add_argument("--corpus", type=pathlib.Path, help="JSON lines to cut --size from, instead of the one that is made")
    parser.add_argument("--build", type=pathlib.Path, help="a build folder with dj-mpi and bench_ceiling (default: build/release, built)")
    parser.add_argument("--cache", type=pathlib.Path, default=ROOT / ".cache" / "bench", help="corpus, peer and scratch space (default: .cache/bench)")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs" / "benchmarks")
    parser.add_argument("--name", help="of the page (default: after the machine)")
    parser.add_argument("--json", type=pathlib.Path, help="the raw results (default: beside the page)")
    parser.add_argument("--render", type=pathlib.Path, metavar="JSON", help="only make the page again, from raw results")
    options = parser.parse_args()
    if options.runs < 1 or options.peer_runs < 1:
        parser.error("at least one run")
    options.executors = [] if options.peer == "none" else options.peer.split(",")
    if not set(options.executors) <= {"default", "ray_partitioned"}:
        parser.error("--peer is none, default, ray_partitioned, or both with a comma")
    return options


def head_of(corpus, size, into):
    """The first `size` bytes, whole lines."""
    if into.exists() and into.stat().st_mtime >= corpus.stat().st_mtime:
        return into
    left = size
    into.parent.mkdir(parents=True, exist_ok=True)
    temporary = into.with_suffix(".tmp")
    with open(corpus, "rb") as lines, open(temporary, "wb") as out:
        for line in lines:
            left -= len(line)
            if left < 0:
                break
            out.write(line)
    temporary.replace(into)
    return into


def make_corpus(options):
    if options.corpus:
        key = hashlib.md5(str(options.corpus.resolve()).encode()).hexdigest()[:8]
        return head_of(options.corpus.resolve(), options.size, options.cache / f"{options.corpus.stem}-{key}-{options.size}.jsonl")
    path = options.cache / f"corpus-{options.size}.jsonl"
    if not path.exists():
        temporary = path.with_name(f"unfinished-{path.name}")
        subprocess.run([sys.executable, ROOT / "tools" / "corpus" / "make_corpus.py", temporary, "--size-mb", str(options.size / 10**6),
                        "--packages", options.cache / "packages"], check=True)
        temporary.with_name(temporary.name + ".sources").replace(path.with_name(path.name + ".sources"))
        temporary.replace(path)
    return path


def describe_corpus(corpus, peer_corpus):
    rows, languages, texts, turned = 0, {}, set(), 0
    for row in contenders.rows_of(corpus):
        rows += 1
        meta = row.get("meta") if isinstance(row.get("meta"), dict) else {}
        languages[meta.get("lang", "")] = languages.get(meta.get("lang", ""), 0) + len(json.dumps(row, ensure_ascii=False).encode())
        turned += bool(meta.get("round"))
        texts.add(hashlib.md5(str(row.get("text")).encode("utf-8", "surrogatepass")).digest())
    total = sum(languages.values())
    shares = sorted(((size / total, name) for name, size in languages.items() if name), reverse=True)
    text = "real text in " if shares else "given by its path"
    text += f"{len(shares)} languages ({', '.join(f'{name} {share:.0%}' for share, name in shares[:12])}, others)" if shares else ""
    text += f"; {rows - len(texts):,} rows repeat the text of an earlier one" + (f"; {turned:,} rows are turned copies." if turned else ".")
    sources = corpus.with_name(corpus.name + ".sources")
    return {"bytes": corpus.stat().st_size, "peer_bytes": peer_corpus.stat().st_size, "rows": rows, "text": text,
            "packages": sources.read_text(encoding="utf-8").splitlines() if sources.exists() else []}


def build(options):
    if options.build:
        return options.build.resolve()
    subprocess.run(["cmake", "--preset", "release"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", "--preset", "release", "--target", "dj-mpi", "bench_ceiling"], cwd=ROOT, check=True)
    return ROOT / "build" / "release"


def peer_python(options):
    if not options.executors:
        return None
    if options.peer_python:
        return options.peer_python.absolute()
    import record  # pylint: disable=import-outside-toplevel
    return record.make_environment(options.cache / "peer", HERE / "requirements.txt")


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Comparison:
    def __init__(self, options):
        self.options = options
        self.build = build(options)
        self.python = peer_python(options)
        self.corpus = make_corpus(options)
        self.peer_corpus = self.corpus
        if options.executors and options.peer_size and options.peer_size < self.corpus.stat().st_size:
            self.peer_corpus = head_of(self.corpus, options.peer_size, self.corpus.with_suffix(f".{options.peer_size}.jsonl"))
        self.recipes = {pathlib.Path(name).stem: self.recipe(name) for name in options.recipes}
        self.contenders = contenders.contenders(len(os.sched_getaffinity(0)), options.executors)
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="run-", dir=options.cache))
        self.runs, self.steps, self.agreement, self.warnings, self.digests = [], {}, {}, [], {}
        self.done = 0

    @staticmethod
    def recipe(name):
        path = pathlib.Path(name) if name.endswith((".yaml", ".yml")) else HERE / "recipes" / f"{name}.yaml"
        if not path.exists():
            sys.exit(f"compare.py: there is no recipe {path}")
        return path.resolve()

    def plan(self):
        """(round, recipe's name or None, contender): everyone once, then everyone again."""
        for turn in range(1, max(self.options.runs, self.options.peer_runs) + 1):
            for one in self.contenders:
                if turn > (self.options.peer_runs if one.kind == "peer" else self.options.runs):
                    continue
                for recipe in [None] if one.kind == "ceiling" else self.recipes:
                    yield turn, recipe, one

    def job(self, recipe, contender, keep=""):
        folder = self.scratch / (keep or "run")
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "out").mkdir(parents=True)
        corpus = self.peer_corpus if contender.kind == "peer" else self.corpus
        return contenders.Job(self.recipes.get(recipe), corpus, folder)

    def run(self):
        plan = list(self.plan())
        load, steal = os.getloadavg()[0], machine.steal_seconds()
        if load > 0.5:
            self.warnings.append(f"The machine was not quiet at the start: load average {load:.1f}.")
        digest(self.corpus)  # reads it into the page cache
        for turn, recipe, one in plan:
            self.run_one(turn, recipe, one, len(plan))
        others = [run for run in self.runs if run["others_seconds"] is not None]
        share = sum(run["others_seconds"] for run in others) / (sum(run["seconds"] for run in others) * len(os.sched_getaffinity(0)))
        if share > OTHERS_SHARE:
            self.warnings.append(f"Other programs used {share:.0%} of the cores while dj-mpi and the ceiling ran: their times are too long.")
        stolen = machine.steal_seconds() - steal
        if stolen > 1:
            self.warnings.append(f"The hypervisor gave {stolen:.1f} core seconds to others meanwhile.")

    def run_one(self, turn, recipe, one, total):
        self.done += 1
        first = turn == 1
        job = self.job(recipe, one, keep=f"{recipe} {one.name}" if first and self.compared(one) else "")
        command = contenders.command_of(one, job, self.build, self.python)
        run = measure.measure(command, job.folder / "log", contenders.environment_of(one, job), shared=one.kind == "peer",
                              launched=one.ranks > 0)
        # Not of the peer: nobody tells what Ray's daemons used.
        others = None if one.kind == "peer" else run.others_seconds
        trouble = contenders.trouble_of(one, job, run)
        self.runs.append({"round": turn, "recipe": recipe, "contender": one.name, "seconds": run.seconds, "cpu_seconds": run.cpu_seconds,
                          "peak_bytes": run.peak_bytes, "others_seconds": others, "trouble": trouble, "command": command})
        told = trouble or f"{run.seconds:.2f} s, {job.corpus.stat().st_size / figures.MB / run.seconds:.1f} MB/s"
        print(f"[{self.done}/{total}] round {turn}  {recipe or '':9} {one.name:28} {told}", flush=True)
        if trouble:
            self.keep_log(job, recipe, one)
        elif one.kind == "dj-mpi":
            self.check_identity(recipe, one, job)

    def keep_log(self, job, recipe, one):
        kept = self.options.cache / "logs" / (re.sub(r"\W+", "-", f"{recipe} {one.name}") + ".txt")
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(job.folder / "log", kept)
        print(f"       what it said is in {kept}", flush=True)

    @staticmethod
    def compared(one):
        return one.kind == "peer" or (one.kind == "dj-mpi" and one.threads == 1 and one.ranks == 0 and one.cores == 1)

    def check_identity(self, recipe, one, job):
        """One answer: the same bytes for any number of ranks and threads."""
        found = [digest(path) for path in (job.output, job.stats) if path.exists()]
        if self.digests.setdefault(recipe, found) != found:
            self.warnings.append(f"{recipe}: {one.name} wrote other bytes than the runs before it. This is a defect of dj-mpi.")
        if recipe not in self.steps:
            self.steps[recipe] = contenders.summary_of(job)["steps"]

    def compare_outputs(self):
        """In a process of its own, so that its memory is not ours when we measure."""
        for recipe in self.recipes:
            ours = self.scratch / f"{recipe} dj-mpi, 1 thread" / "out" / "out.jsonl"
            if self.peer_corpus != self.corpus and self.options.executors:
                ours = self.on_the_peers_corpus(recipe)
            for one in self.contenders:
                theirs = self.scratch / f"{recipe} {one.name}" / "out" / "out.jsonl"
                if one.kind != "peer" or not theirs.exists():
                    continue
                if not ours.exists():
                    self.warnings.append(f"{recipe}: dj-mpi left nothing to compare with {one.name}.")
                    continue
                unordered = one.executor != "default"
                run = subprocess.run([sys.executable, HERE / "agreement.py", ours, theirs, "--recipe", recipe, "--known", KNOWN,
                                      *(["--unordered"] if unordered else [])], capture_output=True, text=True, check=False)
                if not run.stdout:
                    sys.exit(f"compare.py: agreement.py failed\n{run.stderr}")
                entry = {"peer": one.name, "unordered": unordered, **json.loads(run.stdout)}
                self.agreement.setdefault(recipe, []).append(entry)

    def on_the_peers_corpus(self, recipe):
        one = next(one for one in self.contenders if self.compared(one) and one.kind == "dj-mpi")
        job = self.job(recipe, one, keep=f"{recipe} for the peer")
        job = contenders.Job(job.recipe, self.peer_corpus, job.folder)
        measure.measure(contenders.command_of(one, job, self.build, self.python), job.folder / "log")
        return job.output

    def results(self):
        last = list(self.recipes)[-1]
        known = {(run["recipe"] or last, run["contender"]): run["command"] for run in self.runs}
        places = ((str(self.scratch / "run"), "OUT"), (str(self.scratch), "OUT"), (str(ROOT) + "/", ""))
        commands = [command for (recipe, _), command in known.items() if recipe == last]
        for run in self.runs:
            del run["command"]
        return {
            "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"),
            "machine": machine.describe(ROOT, self.build), "corpus": describe_corpus(self.corpus, self.peer_corpus),
            "recipes": list(self.recipes), "contenders": [vars(one) for one in self.contenders], "runs": self.runs, "steps": self.steps,
            "agreement": self.agreement, "warnings": self.warnings,
            "command": ["tools/bench/compare.py", *self.shortened(sys.argv[1:], places)],
            "commands": [self.shortened(command, places) for command in commands]}

    @staticmethod
    def shortened(command, places):
        for place, name in places:
            command = [argument.replace(place, name) for argument in command]
        return command


def show(results, by_recipe):
    for recipe, found in by_recipe.items():
        print(f"\n{recipe}\n{figures.as_text(*figures.table(found))}")
        for what, times in figures.scaling(found):
            print(f"{what}: {figures.number(times)} times as fast")
        for entry in results["agreement"].get(recipe, []):
            print(f"{entry['peer']}: {entry['rows']} and {entry['their_rows']} rows, {len(entry['differences'])} differences, "
                  f"{entry['unexplained']} unexplained")
            for difference in entry["differences"][:page.SHOWN_DIFFERENCES]:
                print("  row {row} {field}: {ours} | {theirs} | {reason}".format(**difference))
    for warning in results["warnings"]:
        print(f"note: {warning}")


def main():
    options = parse_options()
    if options.render:
        results = json.loads(options.render.read_text(encoding="utf-8"))
        show(results, page.write(results, options.out, options.name or options.render.stem))
        return 0
    options.cache = options.cache.absolute()
    options.cache.mkdir(parents=True, exist_ok=True)
    comparison = Comparison(options)
    try:
        comparison.run()
        comparison.compare_outputs()
        results = comparison.results()
    finally:
        shutil.rmtree(comparison.scratch, ignore_errors=True)
    name = options.name or re.sub(r"\W+", "-", f"{results['machine']['processor']} {results['machine']['cores']} cores".lower()).strip("-")
    by_recipe = page.write(results, options.out, name)
    raw = options.json or options.out / f"{name}.json"
    raw.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    show(results, by_recipe)
    print(f"\n{options.out / name}.md")
    wrong = any(run["trouble"] for run in results["runs"] if "ray" not in run["contender"])
    wrong |= any(entry["unexplained"] for entries in results["agreement"].values() for entry in entries if not entry["unordered"])
    return 1 if wrong or any("defect" in warning for warning in results["warnings"]) else 0


if __name__ == "__main__":
    sys.exit(main())
