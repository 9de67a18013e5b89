#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What checkpoints cost: the same recipe with each strategy in turn, round after round; medians, ratios to no checkpoints, bytes.

usage: checkpoint_cost.py [--corpus FILE | --size 300MB] [--copies 4] [--rounds 5] [--build DIR] [--out FILE.md]
Needs a quiet machine, and says if it was none. Exit code 1 if a run failed, outputs differ, or a bound is broken:
every_n_ops 1.10, auto 1.05, default interval 1.02, every_op the time that its bytes take to compress plus 10 %.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import compare  # noqa: E402
import contenders  # noqa: E402
import machine  # noqa: E402
import measure  # noqa: E402

ONCE_A_SECOND = ["--checkpoint.enabled", "true", "--checkpoint.interval", "1"]
BASELINE = "disabled"
# Arguments, and the most that the median of the ratios to the same round's baseline may be (None: see every_op_bound).
VARIANTS = {
    BASELINE: (["--checkpoint.strategy", "disabled"], 1.0),
    "every_n_ops": ([*ONCE_A_SECOND, "--checkpoint.strategy", "every_n_ops", "--checkpoint.n_ops", "5"], 1.10),
    "auto": ([*ONCE_A_SECOND, "--checkpoint.strategy", "auto"], 1.05),
    "every_op": ([*ONCE_A_SECOND, "--checkpoint.strategy", "every_op"], None),
    "default interval": (["--checkpoint.enabled", "true", "--checkpoint.strategy", "every_n_ops", "--checkpoint.interval", "auto"], 1.02),
}
EVERY_OP_SURPLUS = 0.10
FILTERS_SHARE = 0.05  # of the data's bytes, that the checkpoints of filters may have; rows of 2 KB or more
FILTERS_RECIPE = """\
dataset_path: given
export_path: given.jsonl
process:
  - text_length_filter: {min_len: 200, max_len: 500000}
  - alphanumeric_filter: {tokenization: false, min_ratio: 0.45, max_ratio: 0.99}
  - special_characters_filter: {min_ratio: 0.0, max_ratio: 0.5}
  - maximum_line_length_filter: {min_len: 20, max_len: 5000}
"""


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--size", type=compare.size_bytes, default=compare.size_bytes("300MB"), help="of the corpus (default: 300MB)")
    parser.add_argument("--corpus", type=pathlib.Path, help="JSON lines instead of the corpus that is made")
    parser.add_argument("--copies", type=int, default=4, help="how often the input repeats it, with other texts each time (default: 4)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--recipe", type=pathlib.Path, default=HERE / "recipes" / "everyday.yaml")
    parser.add_argument("--variants", nargs="+", default=list(VARIANTS), choices=list(VARIANTS))
    parser.add_argument("--build", type=pathlib.Path, help="a build folder with dj-mpi (default: build/release, built)")
    parser.add_argument("--cache", type=pathlib.Path, default=compare.ROOT / ".cache" / "bench", help="corpus and scratch space, on a local disk")
    parser.add_argument("--out", type=pathlib.Path, help="the page (default: only printed)")
    parser.add_argument("--json", type=pathlib.Path, help="the raw figures")
    parser.add_argument("--no-bounds", action="store_true", help="figures alone: a broken bound is no failure")
    options = parser.parse_args()
    if BASELINE not in options.variants:
        options.variants.insert(0, BASELINE)
    return options


def repeat(corpus, copies, into):
    """The corpus several times; every copy has texts of its own, so that duplicates are what they were."""
    if into.exists():
        return into
    text = re.compile(rb'("text": ?")')
    temporary = into.with_suffix(".tmp")
    with open(temporary, "wb") as out:
        for copy in range(copies):
            mark = rb"\1" + (f"({copy}) ".encode() if copy else b"")
            with open(corpus, "rb") as lines:
                for line in lines:
                    out.write(text.sub(mark, line, count=1))
    temporary.replace(into)
    return into


def compression_mb_s(corpus):
    """What one core compresses of the corpus's own text, by the zstd program at level 1."""
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as sample:
        with open(corpus, "rb") as file:
            sample.write(file.read(64 * 10**6))
        sample.flush()
        said = machine.said_by("zstd", "-b1", "-i3", sample.name)
    found = re.findall(r"([0-9.]+) MB/s", said)
    return float(found[0]) if found else None


class Cost:
    def __init__(self, options):
        self.options = options
        options.cache.mkdir(parents=True, exist_ok=True)
        self.build = compare.build(options)
        corpus = self.once = options.corpus or compare.make_corpus(options)
        self.corpus = repeat(corpus, options.copies, options.cache / f"{corpus.stem}-x{options.copies}.jsonl")
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="cost-", dir=options.cache))
        self.runs, self.warnings, self.troubles = [], [], []

    def run(self, turn, variant, recipe, arguments):
        folder = self.scratch / "run"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        command = ["mpirun", "-n", str(self.options.ranks), "--bind-to", "core", str(self.build / "bin" / "dj-mpi"), str(recipe),
                   "--dataset_path", str(self.corpus), "--export_path", str(folder / "out.jsonl"), "--work_dir", str(folder / "work"),
                   "--job_id", "job", *arguments]
        environment = {**contenders.environment_of(contenders.Contender("", "dj-mpi", self.options.ranks, ranks=self.options.ranks),
                                                   contenders.Job(recipe, self.corpus, folder)),
                       "XDG_STATE_HOME": str(folder / "state")}
        took = measure.measure(command, self.scratch / "log", environment, launched=True)
        if took.exit_code != 0:
            sys.exit(f"checkpoint_cost.py: exit code {took.exit_code}: {' '.join(command)}\n{took.log}")
        summary = json.loads((folder / "work" / "job" / "job_summary.json").read_text(encoding="utf-8"))
        stored = sum(path.stat().st_size for path in folder.rglob("generation_*.h5"))
        found = {"turn": turn, "variant": variant, "seconds": took.seconds, "cpu_seconds": took.cpu_seconds,
                 "others_seconds": took.others_seconds, "peak_bytes": took.peak_bytes,
                 "generations": summary.get("generations") or 0, "checkpoint_bytes": summary.get("checkpoint_bytes") or 0,
                 "raw_bytes": summary.get("checkpoint_raw_bytes") or 0, "left_bytes": stored,
                 "input_bytes": summary["input_bytes"], "output": compare.digest(folder / "out.jsonl")}
        self.runs.append(found)
        print(f"round {turn}  {variant:18} {took.seconds:7.2f} s  {found['generations']:3} generations  "
              f"{found['checkpoint_bytes'] / 1e6:9.1f} MB", flush=True)
        return found

    def measure_all(self):
        load = os.getloadavg()[0]
        if load > 0.5:
            self.warnings.append(f"The machine was not quiet at the start: load average {load:.1f}.")
        compare.digest(self.corpus)  # reads it into the page cache
        self.run(0, BASELINE, self.options.recipe, VARIANTS[BASELINE][0])  # not counted
        for turn in range(1, self.options.rounds + 1):
            names = self.options.variants
            shift = turn % len(names)
            for variant in names[shift:] + names[:shift]:
                self.run(turn, variant, self.options.recipe, VARIANTS[variant][0])
        filters = self.scratch / "filters.yaml"
        filters.write_text(FILTERS_RECIPE, encoding="utf-8")
        self.run(1, "filters, every_op", filters, VARIANTS["every_op"][0])
        busy = sum(run["others_seconds"] for run in self.runs) / sum(run["seconds"] for run in self.runs)
        if busy > 0.05 * len(os.sched_getaffinity(0)):
            self.warnings.append(f"Other programs used {busy:.2f} cores meanwhile.")
        shutil.rmtree(self.scratch)

    def of(self, variant, field):
        return [run[field] for run in self.runs if run["variant"] == variant and run["turn"] > 0]

    def ratio(self, variant, field="seconds"):
        """Median over the rounds of this variant's time to the baseline's of the same round."""
        return statistics.median(mine / base for mine, base in zip(self.of(variant, field), self.of(BASELINE, field)))

    def bound(self, variant, rate):
        if VARIANTS[variant][1] is not None or not rate:
            return VARIANTS[variant][1]
        base = statistics.median(self.of(BASELINE, "seconds"))
        return (base + self.of(variant, "raw_bytes")[-1] / 1e6 / rate / self.options.ranks) / base * (1 + EVERY_OP_SURPLUS)

    def judge(self, rate):
        outputs = {run["output"] for run in self.runs if not run["variant"].startswith("filters")}
        if len(outputs) != 1:
            self.troubles.append("The outputs differ.")
        for variant in self.options.variants:
            bound = self.bound(variant, rate)
            if bound and variant != BASELINE and self.ratio(variant) > bound:
                self.troubles.append(f"{variant}: {self.ratio(variant):.3f} times the time without checkpoints, bound {bound:.3f}.")
        for variant in ("every_n_ops", "every_op"):
            if variant in self.options.variants and min(self.of(variant, "generations")) < 5:
                self.troubles.append(f"{variant}: fewer than five generations; take more --copies.")
        share = self.filters_share()
        if share > FILTERS_SHARE:
            self.troubles.append(f"Checkpoints of filters alone: {share:.1%} of the input's bytes, bound {FILTERS_SHARE:.0%}.")

    def filters_share(self):
        return self.of("filters, every_op", "checkpoint_bytes")[0] / self.of("filters, every_op", "input_bytes")[0]

    def page(self, rate):
        size = self.of(BASELINE, "input_bytes")[0]
        lines = ["# What checkpoints cost", "",
                 f"{self.options.recipe.name} on {size / 1e6:,.0f} MB, {self.options.ranks} ranks on one machine with a local disk, "
                 f"{self.options.rounds} rounds in turn; by [checkpoint_cost.py](../../tools/bench/checkpoint_cost.py).", "",
                 "| checkpoints | seconds, median (least to most) | to `disabled`, median of the rounds | bound | core seconds to `disabled` | "
                 "generations | written, MB | before compression, MB |", "|---|---|---|---|---|---|---|---|"]
        for variant in self.options.variants:
            times, bound = self.of(variant, "seconds"), self.bound(variant, rate)
            lines.append(f"| {variant} | {statistics.median(times):.2f} ({min(times):.2f} to {max(times):.2f}) | {self.ratio(variant):.3f} | "
                         f"{f'{bound:.2f}' if bound and variant != BASELINE else '–'} | {self.ratio(variant, 'cpu_seconds'):.3f} | {statistics.median(self.of(variant, 'generations')):.0f} | "
                         f"{statistics.median(self.of(variant, 'checkpoint_bytes')) / 1e6:,.1f} | "
                         f"{statistics.median(self.of(variant, 'raw_bytes')) / 1e6:,.1f} |")
        lines += ["", f"Filters alone, every_op: the checkpoints have {self.filters_share():.2%} of the input's bytes (bound {FILTERS_SHARE:.0%}).",
                  f"zstd level 1 compresses this corpus at {rate:.0f} MB/s on one core." if rate else "zstd was not there to be measured.", ""]
        lines += [f"**{text}**" for text in self.warnings + self.troubles]
        lines += ["", "| | |", "|---|---|"]
        lines += [f"| {name} | {value} |" for name, value in machine.describe(compare.ROOT, self.build).items()]
        return "\n".join(lines) + "\n"


def main():
    options = parse_options()
    cost = Cost(options)
    cost.measure_all()
    rate = compression_mb_s(cost.once)
    cost.judge(rate)
    page = cost.page(rate)
    print("\n" + page)
    if options.out:
        options.out.write_text(page, encoding="utf-8")
    if options.json:
        options.json.write_text(json.dumps({"runs": cost.runs, "warnings": cost.warnings, "troubles": cost.troubles,
                                            "compression_mb_s": rate}, indent=1) + "\n", encoding="utf-8")
    if cost.troubles and not options.no_bounds:
        sys.exit("checkpoint_cost.py: " + " ".join(cost.troubles))


if __name__ == "__main__":
    main()
