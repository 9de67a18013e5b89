# SPDX-License-Identifier: Apache-2.0
"""Campaigns: the same small job over and over, each time something else goes wrong, each time the same command is run again,
and everything that it leaves must be what an undisturbed run leaves. See docs/flows/crash-tests.md.

A campaign takes its points in an order that is spread over all of them, and ends with the last or when its time is over:
DJ_CAMPAIGN_SECONDS for each test (12; 400 in the full scope; 0: no limit). DJ_CAMPAIGN_SEED: another sample.
DJ_CAMPAIGN_KEEP: a folder to which the disk of a failure is copied. DJ_CAMPAIGN_REPORT: a file to which each campaign
appends its figures.
"""
import collections
import itertools
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time

from dj_corpus import make_records
from dj_fault import Fault, read_log
from dj_testing import FULL, JobCase, Run, files_below, read

SECONDS = float(os.environ.get("DJ_CAMPAIGN_SECONDS", "400" if FULL else "12")) or float("inf")
SEED = int(os.environ.get("DJ_CAMPAIGN_SEED", "1"))
HANG_SECONDS = 60
NORMALIZE = {"whitespace_normalization_mapper": None}
RECIPES = {
    "one_pass": [NORMALIZE, {"text_length_filter": {"min_len": 5}}, {"special_characters_filter": {"max_ratio": 0.6}},
                 {"clean_links_mapper": None}],
    "dedup": [NORMALIZE, {"text_length_filter": {"min_len": 5}}, {"document_deduplicator": None},
              {"special_characters_filter": {"max_ratio": 0.6}}],
    "dedup_split_topk": [NORMALIZE, {"document_deduplicator": None}, {"text_chunk_mapper": {"max_len": 60}},
                         {"text_length_filter": {"min_len": 5}},
                         {"topk_specified_field_selector": {"field_key": "meta.score", "topk": 150}},
                         {"special_characters_filter": {"max_ratio": 0.6}}],
}
# Name → where its rows come from, and its operators. That of the job as a whole has the usual name.
BRANCHES = {
    "out": ("common", [{"special_characters_filter": {"max_ratio": 0.6}}, {"clean_links_mapper": None}]),
    "chunks": ("common", [{"text_chunk_mapper": {"max_len": 60}}, {"document_deduplicator": None}, {"text_length_filter": {"min_len": 5}}]),
    "top": ("out", [{"topk_specified_field_selector": {"field_key": "meta.score", "topk": 50}}]),
    "all": ("common", []),
}
RECIPES["branches"] = RECIPES["dedup"][:3]  # the common part
STRATEGIES = {
    "every_op": {"strategy": "every_op"},
    "every_n_ops": {"strategy": "every_n_ops", "n_ops": 1},
    "every_partition": {"strategy": "every_partition"},
    "manual": {"strategy": "manual", "op_names": ["document_deduplicator", "text_length_filter"]},
    "disabled": {"strategy": "disabled"},
    "auto": {"strategy": "auto"},
}
COUNTED = ("name", "rows_in", "rows_out", "dropped", "made", "merged", "quarantined")
# Of a job folder.
LEFT_BEHIND = re.compile(r"\.tmp\d*$|(^|/)\.")
FAULTY_LINES = {7: b'{"text": "cut off', 90: b"\xff\xfe no utf-8 \xff", 91: b'["no", "object"]', 200: b'{"text": 12}'}


class Result:
    """What a finished job leaves for its user; equal however it came about."""

    def __init__(self, run, out):
        self.files = files_below(out)
        results = os.path.join(run.folder, "results")
        for name in files_below(results):
            if name.endswith("quarantine.jsonl"):
                self.files[name] = read(os.path.join(results, name))
        summary = run.summary()
        parts = [summary, *sorted(summary.get("branches", []), key=lambda part: part["name"])]
        self.steps = [{key: step[key] for key in COUNTED} for part in parts for step in part.get("steps", [])]


class Tally:
    """What a campaign did and found."""

    def __init__(self, name):
        self.name, self.failures, self.begin = name, [], time.monotonic()
        self.figures = collections.Counter({key: 0 for key in (
            "points", "taken", "interrupted", "resumed", "rows_lost", "rows_duplicated", "differing_files", "hangs",
            "other_failures")})

    def compare(self, found, expected, what, counts=True):
        for name in sorted(set(found.files) | set(expected.files)):
            if found.files.get(name) == expected.files.get(name):
                continue
            lines = [collections.Counter(result.files.get(name, b"").splitlines()) for result in (found, expected)]
            lost, more = lines[1] - lines[0], lines[0] - lines[1]
            self.figures["rows_lost"] += sum(lost.values())
            self.figures["rows_duplicated"] += sum(count for line, count in more.items() if line in lines[1])
            self.fail("differing_files", f"{what}: {name} has {sum(lines[0].values())} lines, of {sum(lines[1].values())} "
                                         f"are {sum(lost.values())} missing and {sum(more.values())} others there")
        wrong = [(step, wanted) for step, wanted in itertools.zip_longest(found.steps, expected.steps) if step != wanted]
        if counts and wrong:
            self.fail("other_failures", f"{what}: counts differ: found {wrong[0][0]}, expected {wrong[0][1]}")

    def fail(self, kind, text):
        self.figures[kind] += 1
        self.failures.append(text)

    def report(self):
        figures = {"campaign": self.name, **self.figures, "seconds": round(time.monotonic() - self.begin)}
        print(json.dumps(figures), file=sys.stderr)
        if "DJ_CAMPAIGN_REPORT" in os.environ:
            with open(os.environ["DJ_CAMPAIGN_REPORT"], "a", encoding="utf-8") as file:
                file.write(json.dumps(figures) + "\n")


def spread(items):
    """All items, but any beginning of them is spread over the whole: by the bits of the index, turned round."""
    items = list(items)
    bits = max(1, len(items).bit_length())
    return [items[i] for i in sorted(range(len(items)), key=lambda i: f"{i:0{bits}b}"[::-1])]


def children(process_id):
    """Process ids of all that it started, and those of theirs."""
    found = []
    for task in os.listdir(f"/proc/{process_id}/task"):
        with open(f"/proc/{process_id}/task/{task}/children", encoding="ascii") as file:
            for child in map(int, file.read().split()):
                found.append(child)
                try:
                    found += children(child)
                except FileNotFoundError:
                    pass
    return found


def is_alive(process_id):
    try:
        with open(f"/proc/{process_id}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


class CampaignCase(JobCase):
    """`self.dir` is the disk of the job: input, recipe, output, job folder. What is outside of it survives everything."""

    partitions = 8
    records = 240
    slow_ms = 12  # each read of the input lasts so much longer, so that there is a middle to interrupt

    def setUp(self):
        super().setUp()
        self.outside, self.dir = self.dir, os.path.join(self.dir, "disk")
        os.mkdir(self.dir)
        self.source = self.write("in/in.jsonl", self.make_input(self.records))
        self.out = os.path.join(self.dir, "out")
        self.rng = random.Random(f"{SEED} {self.id()}")
        self.tally = Tally(self.id().split(".", 1)[1])
        self.references = {}

    @staticmethod
    def make_input(rows, seed=71):
        lines = [record.encode() for record in make_records(rows, seed)]
        for at, line in FAULTY_LINES.items():
            lines.insert(at, line)
        return b"".join(line + b"\n" for line in lines)

    def recipe(self, name, strategy="every_op", **more):
        process = RECIPES[name] if isinstance(name, str) else name
        checkpoint = {"interval": 0.02, **STRATEGIES[strategy]}
        if strategy == "manual":
            used = {next(iter(op)) for op in process}
            checkpoint["op_names"] = [op for op in checkpoint["op_names"] if op in used]
        work = {"process": process, "export_path": os.path.join(self.out, "out.jsonl")}
        if name == "branches":
            work = {"executor_type": "branch", "common_process": process, "branch": {"fail_fast": self.rng.random() < 0.5}, "branches": [
                {"name": branch, "input": source, "process": ops, "export_path": os.path.join(self.out, f"{branch}.jsonl")}
                for branch, (source, ops) in BRANCHES.items()]}
        return {"dataset_path": self.source, "partition": {"mode": "manual", "num_of_partitions": self.partitions}, "checkpoint": checkpoint,
                "work_dir": os.path.join(self.dir, "work"), **work, **more}

    def fresh(self):
        """The disk as it was before the job first ran."""
        for name in os.listdir(self.dir):
            if name not in ("in", "recipe.yaml"):
                shutil.rmtree(os.path.join(self.dir, name))

    def reference(self, recipe):
        """What an undisturbed run without checkpoints leaves. The disk is fresh before and after."""
        key = self.key(recipe)
        if key not in self.references:
            self.fresh()
            plain = {**recipe, "checkpoint": {"strategy": "disabled"}}
            self.references[key] = Result(self.run_job(plain, arguments=["--job_id", "job"]), self.out)
            self.assertTrue(self.references[key].files["out.jsonl"])
        self.fresh()
        return self.references[key]

    @staticmethod
    def key(recipe):
        return json.dumps([recipe.get("process"), recipe.get("branches"), recipe["dataset_path"]])

    def fault(self, slow=True, **options):
        """Of all ranks together; numbers count from the start of the run."""
        log = os.path.join(self.outside, "log")
        if os.path.exists(log):
            os.unlink(log)
        if slow and self.slow_ms:
            options["slow"] = f"{self.slow_ms}:/in/in"
        return Fault(self.dir, log=log, shared=os.path.join(self.outside, "shared"), **options)

    def go(self, recipe, ranks=None, fault=None, what="", **options):
        """One start of the job; None if it hangs."""
        arguments = ["--job_id", "job", *options.pop("arguments", ())]
        return self.wait(self.start(recipe, ranks=ranks, fault=fault, arguments=arguments, **options), what)

    def wait(self, started, what, orphans=False):
        """The end of a start; None if it hangs. `orphans`: only of the process itself; what it started may go on."""
        try:
            if orphans:
                return Run(started.process.wait(HANG_SECONDS), "", "", started.folder)
            return started.finish(HANG_SECONDS)
        except subprocess.TimeoutExpired:
            process = started.process
        if process.args[0] != "mpirun" or any(map(is_alive, children(process.pid))):
            self.failed("hangs", f"{what}: hangs: {' '.join(process.args)}")
            return None
        # Open MPI 4.1's mpirun may wait for itself in PMIx_server_finalize when ranks die at once. The job is over.
        self.tally.figures["launcher_hangs"] += 1
        os.kill(process.pid, signal.SIGKILL)
        return started.finish(HANG_SECONDS)

    def failed(self, kind, text):
        self.tally.fail(kind, text)
        keep = os.environ.get("DJ_CAMPAIGN_KEEP")
        if keep:
            shutil.copytree(self.dir, os.path.join(keep, f"{self.tally.name}.{len(self.tally.failures)}"))

    def operations(self, recipe, ranks=None):
        """Of an undisturbed run, in order. The disk is fresh before and after."""
        self.fresh()
        fault = self.fault()
        run = self.go(recipe, ranks=ranks, fault=fault, what="undisturbed")
        self.assertEqual(run.exit_code, 0, run.said)
        logged = read_log(fault)
        self.assertGreater(len(logged), 10)
        self.fresh()
        return logged

    def killed_after(self, recipe, ranks, share):
        """A first start, killed after about a share of its operations, when something was committed. Commits come by the clock, so that no
        two runs have as many: one that is over before, or on a slow machine before its first commit, is no middle."""
        for _ in range(5):
            at = max(1, int(len(self.operations(recipe, ranks)) * share))
            run = self.go(recipe, ranks=ranks, fault=self.fault(at=at, action="kill"))
            if run.exit_code != 0 and self.has_committed():
                return
            share = share * 0.9 if run.exit_code == 0 else min(0.95, share * 1.1)
        self.fail(f"five runs ended before operation {at}, or had committed nothing by then:\n{run.said}")

    def has_committed(self):
        job = os.path.join(self.dir, "work", "job")
        return any(b'"generation"' in read(os.path.join(job, name)) for name in files_below(job) if name.endswith("manifest.jsonl"))

    def finish(self, recipe, what, ranks=None, **options):
        """The same command once more: goes on, and leaves what an undisturbed run leaves."""
        run = self.go(recipe, ranks=ranks, what=f"{what}, then {ranks} ranks", **options)
        if run is None:
            return None
        if run.exit_code != 0:
            self.failed("other_failures", f"{what}, then {ranks} ranks: exit code {run.exit_code}:\n{run.said}")
            return run
        self.tally.figures["resumed"] += self.has_resumed(run)
        self.check(run, recipe, f"{what}, then {ranks} ranks")
        return run

    @staticmethod
    def has_resumed(run):
        return bool(run.summary().get("resumed_partitions"))

    def check(self, run, recipe, what, counts=True, folder=True):
        before = len(self.tally.failures)
        expected = self.references[self.key(recipe)]
        self.tally.compare(Result(run, self.out), expected, what, counts)
        left = [name for name in files_below(run.folder) if LEFT_BEHIND.search(name)]
        if left and folder:
            self.tally.fail("other_failures", f"{what}: left behind: {left}")
        if len(self.tally.failures) > before and "DJ_CAMPAIGN_KEEP" in os.environ:
            self.failed("differing_files", f"{what}: the disk is kept as {len(self.tally.failures) + 1}")

    def campaign(self, points, trial, share=1.0):
        """`trial(point)` for each; `points` in the order of their worth. `share` of the time is for this call."""
        self.tally.figures["points"] += len(points)
        end = time.monotonic() + share * SECONDS
        for point in points:
            if time.monotonic() > end or self.tally.figures["hangs"] > 3:
                break
            self.tally.figures["taken"] += 1
            trial(point)

    def tearDown(self):
        if self.tally.figures["taken"]:
            self.tally.report()
        failures = self.tally.failures
        if failures:
            self.fail(f"{len(failures)} failures, the first of them:\n" + "\n".join(text[:3000] for text in failures[:5]))
