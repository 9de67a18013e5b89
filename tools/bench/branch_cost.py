#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What branches save, and how well they use the cores: a recipe with branches against its branches as linear recipes, one run after the
other, in rounds; and two branches of very unequal work on two ranks.

usage: branch_cost.py --corpus FILE [--build build/ci] [--ranks 2] [--rounds 3] [--folder DIR] [--out PAGE.md] [--json FILE]
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import machine  # noqa: E402

MPI = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
       "OMPI_MCA_mpi_yield_when_idle": "1"}
COMMON = [{"whitespace_normalization_mapper": None}, {"clean_links_mapper": None}, {"character_repetition_filter": {"max_ratio": 0.9}},
          {"document_deduplicator": None}]
# No operator measures what one before it has measured: it would take that over.
BRANCHES = {"words": [{"word_repetition_filter": {"rep_len": 10, "max_ratio": 0.9}}, {"special_characters_filter": {"max_ratio": 1.0}}],
            "phrases": [{"word_repetition_filter": {"rep_len": 6, "max_ratio": 0.9}}, {"flagged_words_filter": {"max_ratio": 1.0}}],
            "lines": [{"word_repetition_filter": {"rep_len": 8, "max_ratio": 0.9}}, {"stopwords_filter": {"min_ratio": 0.0}}]}
SMALL = [{"text_length_filter": {"min_len": 10}}]
LARGE = [{"character_repetition_filter": {"max_ratio": 0.9}}, {"word_repetition_filter": {"rep_len": 9, "max_ratio": 0.9}}]


class Bench:
    def __init__(self, options):
        self.options = options
        self.jobs = 0

    def run(self, recipe, ranks=None):
        """Seconds from start to end of the process, and the job's summary and events."""
        self.jobs += 1
        job = f"job{self.jobs}"
        path = os.path.join(self.options.folder, "recipe.yaml")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"dataset_path": os.path.abspath(self.options.corpus), "work_dir": os.path.join(self.options.folder, "work"), **recipe}, file)
        program = os.path.join(self.options.build, "bin", "dj-mpi")
        command = ["mpirun", "-n", str(ranks or self.options.ranks), program, path, "--job_id", job, "--np", "1", "--quiet"]
        begin = time.monotonic()
        subprocess.run(command, check=True, env={**os.environ, **MPI})
        seconds = time.monotonic() - begin
        folder = os.path.join(self.options.folder, "work", job)
        with open(os.path.join(folder, "job_summary.json"), encoding="utf-8") as file:
            summary = json.load(file)
        shutil.rmtree(folder)
        return seconds, summary

    def output(self, name):
        return os.path.join(self.options.folder, "out", f"{name}.jsonl")

    def branched(self, branches, common):
        return {"executor_type": "branch", "common_process": common,
                "branches": [{"name": name, "process": process, "export_path": self.output(name)} for name, process in branches.items()]}

    def savings(self):
        """One round: linear recipes, then the recipe with branches; the outputs are compared."""
        linear, share = 0, []
        for name, process in BRANCHES.items():
            seconds, summary = self.run({"process": COMMON + process, "export_path": self.output("linear_" + name)})
            linear += seconds
            steps = [step["cpu_seconds"] for step in summary["steps"]]
            share.append(sum(steps[:1 + len(COMMON)]) / sum(steps))
        seconds, _ = self.run(self.branched(BRANCHES, COMMON))
        for name in BRANCHES:
            subprocess.run(["cmp", self.output(name), self.output("linear_" + name)], check=True)
        return {"linear_seconds": linear, "branch_seconds": seconds, "ratio": seconds / linear, "common_share": statistics.mean(share)}

    def idleness(self):
        """Two branches of unequal work on two ranks of one thread: which part of the cores' time was not used for operators."""
        _, summary = self.run(self.branched({"small": SMALL, "large": LARGE}, []), ranks=2)
        nodes = {node["name"]: node for node in summary["branches"]}
        span = max(node["start_time"] + node["duration"] for node in nodes.values()) - min(node["start_time"] for node in nodes.values())
        used = sum(node["cpu_seconds"] for node in nodes.values())
        work = {name: node["cpu_seconds"] for name, node in nodes.items()}
        return {"seconds": span, "used_core_seconds": used, "idle_share": 1 - used / (2 * span), "work": work,
                "overlap_seconds": min(node["start_time"] + node["duration"] for node in nodes.values()) - max(node["start_time"] for node in nodes.values())}


def page(options, savings, idle):
    median = {key: statistics.median(one[key] for one in savings) for key in savings[0]}
    least = {key: statistics.median(one[key] for one in idle) for key in ("seconds", "idle_share", "overlap_seconds")}
    work = idle[0]["work"]
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    facts = "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in machine.describe(root, options.build).items())])
    return f"""# What branches save

{os.path.getsize(options.corpus) / 1e6:,.0f} MB, {options.ranks} ranks of one thread on one machine with a local disk, {options.rounds} rounds in turn, medians; by
[branch_cost.py](../../tools/bench/branch_cost.py). Outputs are compared byte for byte.

| three branches behind a common part | |
|---|--:|
| the common part's share of a linear run, of core seconds | {median['common_share']:.0%} |
| three linear runs | {median['linear_seconds']:.2f} s |
| one run with three branches | {median['branch_seconds']:.2f} s |
| ratio (bound 60%; {(1 - median['common_share']) + median['common_share'] / 3:.0%} if nothing were read again) | {median['ratio']:.0%} |

| two branches, {work['small'] / (work['small'] + work['large']):.0%} and {work['large'] / (work['small'] + work['large']):.0%} of the work, on two ranks | |
|---|--:|
| seconds | {least['seconds']:.2f} |
| both under way | {least['overlap_seconds']:.2f} |
| idle core time (bound 15%) | {least['idle_share']:.0%} |

{facts}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--build", default="build/ci")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", default="branch-cost")
    parser.add_argument("--out")
    parser.add_argument("--json")
    options = parser.parse_args()
    os.makedirs(os.path.join(options.folder, "out"), exist_ok=True)
    bench = Bench(options)
    savings, idle = [], []
    for number in range(options.rounds):
        savings.append(bench.savings())
        idle.append(bench.idleness())
        print(f"round {number + 1}  {savings[-1]['ratio']:.1%} of the linear runs, idle {idle[-1]['idle_share']:.1%}", flush=True)
    shutil.rmtree(options.folder)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"savings": savings, "idle": idle}, file, indent=1)
    text = page(options, savings, idle)
    if options.out:
        with open(options.out, "w", encoding="utf-8") as file:
            file.write(text)
    print(text)


if __name__ == "__main__":
    main()
