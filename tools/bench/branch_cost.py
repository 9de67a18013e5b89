#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What branches save, and how well they use the cores: a recipe with branches against its branches as linear recipes, one run after the
other, in rounds; two branches of very unequal work on two ranks; and the plan of very many partitions.

usage: branch_cost.py --corpus FILE [--build build/ci] [--ranks 2] [--rounds 3] [--partitions N] [--folder DIR] [--out PAGE.md] [--json FILE]
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
COMMON = [{"whitespace_normalization_mapper": None}, {"punctuation_normalization_mapper": None}, {"clean_email_mapper": None},
          {"clean_links_mapper": None}, {"clean_ip_mapper": None}, {"character_repetition_filter": {"max_ratio": 0.9}},
          {"word_repetition_filter": {"rep_len": 10, "max_ratio": 0.9}}, {"special_characters_filter": {"max_ratio": 0.9}},
          {"document_deduplicator": {"lowercase": True}}]
# No operator measures what one before it has measured: it would take that over.
BRANCHES = {"words": [{"stopwords_filter": {"min_ratio": 0.0}}],
            "phrases": [{"flagged_words_filter": {"max_ratio": 1.0}}, {"words_num_filter": {"min_num": 1}}],
            "lines": [{"maximum_line_length_filter": {"min_len": 1}}, {"stopwords_filter": {"min_ratio": 0.0}}]}
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

    def plan(self):
        """Seconds from start until the plan stands in the job folder, and the greatest memory until then; the job is ended there."""
        corpus = os.path.join(self.options.folder, "many.jsonl")
        with open(corpus, "w", encoding="utf-8") as file:
            file.writelines(f'{{"text": "row number {row:07d}"}}\n' for row in range(2 * self.options.partitions))
        recipe = self.branched({f"b{i}": [{"text_length_filter": {"min_len": i}}] for i in range(8)}, COMMON)
        recipe.update(dataset_path=corpus, partition={"mode": "manual", "num_of_partitions": self.options.partitions})
        path = os.path.join(self.options.folder, "recipe.yaml")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({**recipe, "work_dir": os.path.join(self.options.folder, "work")}, file)
        folder = os.path.join(self.options.folder, "work", "plan")
        begin = time.monotonic()
        # No launcher: the process that is looked at is rank 0.
        process = subprocess.Popen([os.path.join(self.options.build, "bin", "dj-mpi"), path, "--job_id", "plan", "--quiet"], env={**os.environ, **MPI})
        try:
            while not os.path.exists(os.path.join(folder, "job_summary.json")):  # behind the plan and all tables
                if process.poll() is not None or time.monotonic() - begin > 120:
                    raise SystemExit("the job has written no plan")
                time.sleep(0.01)
            seconds = time.monotonic() - begin
            with open(f"/proc/{process.pid}/status", encoding="utf-8") as file:
                peak = next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))
        finally:
            process.kill()
            process.wait()
        shutil.rmtree(folder)
        os.remove(corpus)
        return {"seconds": seconds, "peak_bytes": peak}

    def output(self, name):
        return os.path.join(self.options.folder, "out", f"{name}.jsonl")

    def branched(self, branches, common):
        return {"executor_type": "branch", "common_process": common,
                "branches": [{"name": name, "process": process, "export_path": self.output(name)} for name, process in branches.items()]}

    def savings(self):
        """One round: linear recipes, then the recipe with branches; the outputs are compared."""
        linear = 0
        for name, process in BRANCHES.items():
            linear += self.run({"process": COMMON + process, "export_path": self.output("linear_" + name)})[0]
        seconds, summary = self.run(self.branched(BRANCHES, COMMON))
        common = next(node["duration"] for node in summary["branches"] if node["name"] == "common")
        for name in BRANCHES:
            subprocess.run(["cmp", self.output(name), self.output("linear_" + name)], check=True)
        return {"linear_seconds": linear, "branch_seconds": seconds, "ratio": seconds / linear, "common_seconds": common,
                "common_share": common / (linear / len(BRANCHES))}

    def idleness(self):
        """Two branches of unequal work on two ranks of one thread: which part of the cores' time was not used for operators."""
        _, summary = self.run(self.branched({"small": SMALL, "large": LARGE}, []), ranks=2)
        nodes = {node["name"]: node for node in summary["branches"]}
        span = max(node["start_time"] + node["duration"] for node in nodes.values()) - min(node["start_time"] for node in nodes.values())
        used = sum(node["cpu_seconds"] for node in nodes.values())
        work = {name: node["cpu_seconds"] for name, node in nodes.items()}
        return {"seconds": span, "used_core_seconds": used, "idle_share": 1 - used / (2 * span), "work": work,
                "overlap_seconds": min(node["start_time"] + node["duration"] for node in nodes.values()) - max(node["start_time"] for node in nodes.values())}


def page(options, savings, idle, plan):
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
| the common part alone, in the run with branches | {median['common_seconds']:.2f} s |
| its share of a linear run | {median['common_share']:.0%} |
| three linear runs | {median['linear_seconds']:.2f} s |
| one run with three branches | {median['branch_seconds']:.2f} s |
| ratio (bound 60%; {(1 - median['common_share']) + median['common_share'] / 3:.0%} if nothing were read again) | {median['ratio']:.0%} |

| two branches, {work['small'] / (work['small'] + work['large']):.0%} and {work['large'] / (work['small'] + work['large']):.0%} of the work, on two ranks | |
|---|--:|
| seconds | {least['seconds']:.2f} |
| both under way | {least['overlap_seconds']:.2f} |
| idle core time (bound 15%) | {least['idle_share']:.0%} |

| {options.partitions:,} partitions, eight branches | |
|---|--:|
| from the program's start until the plan is computed and written (bound 5 s) | {plan['seconds']:.1f} s |
| greatest memory of rank 0 until then (bound 500 MiB) | {plan['peak_bytes'] / (1 << 20):.0f} MiB |

{facts}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--build", default="build/ci")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--partitions", type=int, default=1_000_000, help="of the plan that is measured")
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
    plan = bench.plan()
    shutil.rmtree(options.folder)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"savings": savings, "idle": idle, "plan": plan}, file, indent=1)
    text = page(options, savings, idle, plan)
    if options.out:
        with open(options.out, "w", encoding="utf-8") as file:
            file.write(text)
    print(text)


if __name__ == "__main__":
    main()
