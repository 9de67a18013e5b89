#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Jobs with branches: every branch gives what common part and branch give as one linear recipe, byte for byte; what is common
runs once; branches fail, are tried again and are resumed each by itself."""
import json
import os
import shutil
import signal
import unittest

from dj_branches import CHUNKS, COMMON, LONGEST, QUALITY, SETTINGS, BranchCase, filters
from dj_testing import FULL, read


class Branches(BranchCase):
    def test_every_branch_is_as_its_linear_recipe(self):
        cases = {
            "one": {"only": QUALITY},
            "three": {"quality": QUALITY, "chunks": CHUNKS, "all": []},
            "of branches": {"quality": QUALITY, "longest": ("quality", LONGEST), "again": ("longest", CHUNKS), "same": QUALITY},
            "twelve": {f"b{i}": (QUALITY[:1] if i % 2 else []) + filters(i) for i in range(12)},
        }
        for name, branches in cases.items():
            expected = self.linear(branches)
            for ranks, threads in SETTINGS if name != "one" else SETTINGS[:2]:
                with self.subTest(name, ranks=ranks, threads=threads):
                    shutil.rmtree(self.path("out"), ignore_errors=True)
                    run = self.run_job(self.branched(branches), ranks=ranks, threads=threads)
                    self.assert_as_linear(run, expected)
                    self.assertTrue(run.summary()["counts_add_up"])

    def test_an_empty_common_part_and_one_that_reorders(self):
        branches = {"quality": QUALITY, "same_front": [*QUALITY, *filters(1)], "other": filters(3)}
        for common in ([], [*COMMON, *LONGEST]):
            expected = self.linear(branches, common)
            shutil.rmtree(self.path("out"), ignore_errors=True)
            self.assert_as_linear(self.run_job(self.branched(branches, common), ranks=2, threads=1), expected)

    def test_kinds_of_output(self):
        branches = {"quality": QUALITY, "chunks": CHUNKS}
        keys = {"keep_stats_in_res_ds": True, "keep_hashes_in_res_ds": True, "export_shard_size": 20000}
        expected = self.linear(branches, **keys)
        self.assert_as_linear(self.run_job(self.branched(branches, **keys), ranks=2), expected)

    def test_what_is_common_runs_once(self):
        run = self.run_job(self.branched({"quality": QUALITY, "more": [*QUALITY, *filters(1)], "chunks": CHUNKS}), ranks=2)
        done = self.ops_run(run)
        self.assertEqual(len(done), len(set(done)), "no operator ran twice on a partition of a node")
        for op in COMMON:
            self.assertEqual({node for node, _, name in done if name == next(iter(op)) and name != "document_deduplicator"}
                             - {"chunks", "more"}, {"common"} if "document_deduplicator" not in op else set())
        shared = [node for node in self.nodes(run).values() if node["kind"] == "shared"]
        self.assertEqual([node["operators"] for node in shared], [["alphanumeric_filter", "words_num_filter"]])
        self.assertEqual({node for node, _, name in done if name == "alphanumeric_filter"}, {shared[0]["name"]})
        self.assertEqual(self.nodes(run)["quality"]["operators"], [])

    def test_branches_overlap(self):
        run = self.run_job(self.branched({"a": filters(1), "b": filters(2)}, common=[]), ranks=2, threads=1)
        spans = {}
        for event in run.events("branch_start") + run.events("branch_complete"):
            spans.setdefault(event["branch"], []).append(event["timestamp"])
        (begin_a, end_a), (begin_b, end_b) = spans["a"], spans["b"]
        self.assertLess(max(begin_a, begin_b), min(end_a, end_b))
        alone = self.run_job(self.branched({"a": filters(1), "b": filters(2)}, common=[], branch={"parallel": False}), ranks=2)
        starts = [event["timestamp"] for event in alone.events("branch_start")]
        ends = [event["timestamp"] for event in alone.events("branch_complete")]
        self.assertLessEqual(min(ends), max(starts))


class Resources(BranchCase):
    def test_a_branch_over_its_memory_fails_alone(self):
        rows = [{"id": i, "text": ("word " * 5_000_000 if i == 5 else f"row {i}")} for i in range(20)]
        self.write("in.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
        recipe = self.branched({"small": filters(1), "large": filters(0)}, common=[], branch={"fail_fast": False})
        recipe["branches"][0]["resources"] = {"memory_mb": 64}
        recipe["branches"][1]["resources"] = {"memory_mb": 4000, "threads": 1, "weight": 2}
        for row in ("more", "less"):
            run = self.run_job(recipe, expect=3 if row == "more" else 0)
            nodes = self.nodes(run)
            self.assertEqual(nodes["large"]["status"], "complete")
            if row == "more":
                for word in ("small", "64 MB", "resources.memory_mb", "behind"):
                    self.assertIn(word.replace("64 MB", "67 MB"), nodes["small"]["error_message"])
            recipe["branches"][0]["resources"] = {"memory_mb": 400}

    def test_ranks_and_figures(self):
        recipe = self.branched({"one": QUALITY, "two": filters(1), "all": filters(3)}, common=[])
        recipe["branches"][0]["resources"] = {"ranks": 1}
        recipe["branches"][1]["resources"] = {"ranks": 2}
        run = self.run_job(recipe, ranks=3, threads=1)
        ranks = {}
        for event in run.events("partition_complete"):
            ranks.setdefault(event["branch"], set()).add(event["rank"])
        self.assertEqual(ranks["one"], {0})
        self.assertLessEqual(ranks["two"], {1, 2})
        plan = json.loads(read(os.path.join(run.folder, "dag_execution_plan.json")))["branch_dag"]
        self.assertEqual([node["ranks"] for node in plan], [{"first": 0, "count": 1}, {"first": 1, "count": 2}, {"first": 0, "count": 3}])
        for event in run.events("branch_complete"):
            self.assertGreater(event["metadata"]["cpu_seconds"], 0)
            self.assertGreater(event["metadata"]["peak_memory_bytes"], 0)
            self.assertEqual(event["metadata"]["output_bytes"], os.path.getsize(event["output_path"]))


class Failures(BranchCase):
    BRANCHES = {"quality": QUALITY, "chunks": CHUNKS, "after": ("quality", filters(1)), "other": filters(2)}

    def setUp(self):
        super().setUp()
        self.expected = self.linear(self.BRANCHES)

    def recipe(self, **branch):
        return self.branched(self.BRANCHES, branch=branch, fault_tolerance={"enabled": False})

    def full_disk(self, name):
        return self.fault(match=f".{name}.jsonl.", kinds="write", at=1, repeat="from", action="ENOSPC")

    def test_a_branch_fails_alone_and_is_all_that_runs_again(self):
        job = ["--job_id", "job"]
        for ranks in (None, 3):
            shutil.rmtree(self.path("work"), ignore_errors=True)
            shutil.rmtree(self.path("out"), ignore_errors=True)
            run = self.run_job(self.recipe(fail_fast=False), ranks=ranks, arguments=job, fault=self.full_disk("chunks"), expect=3)
            self.assertIn("chunks", run.said)
            self.assertIn("No space left", run.said)
            self.assertIn("runs chunks; what is complete stays", run.said)
            self.assertTrue(run.summary()["counts_add_up"], "those of the branches that have an output")
            self.assertEqual(run.step("read")["rows_in"], run.summary()["records_read"])
            states = {name: node["status"] for name, node in self.nodes(run).items()}
            self.assertEqual(states.pop("chunks"), "failed")
            self.assertEqual(set(states.values()), {"complete"})
            self.assertFalse(os.path.exists(self.path("out", "chunks.jsonl")))
            run = self.run_job(self.recipe(fail_fast=False), ranks=2, arguments=job)
            self.assert_as_linear(run, self.expected)
            self.assertEqual({node for node, _, _ in self.ops_run(run, attempt=2)}, {"chunks"})
            self.assertEqual(self.nodes(run)["other"]["status"], "reused")
            self.assertEqual(run.summary()["exported"], sum(files[".jsonl"].count(b"\n") for files, _ in self.expected.values()))
            self.assertIn("is complete", self.run_job(self.recipe(fail_fast=False), arguments=job).said)

    def test_the_first_failure_stops_the_others(self):
        job = ["--job_id", "job"]
        run = self.run_job(self.recipe(max_workers=2), ranks=2, arguments=job, fault=self.full_disk("quality"), expect=1)
        self.assertEqual(self.nodes(run)["quality"]["status"], "failed")
        self.assertIn("stopped", {node["status"] for node in self.nodes(run).values()})
        self.assert_as_linear(self.run_job(self.recipe(), ranks=3, arguments=job), self.expected)

    def test_a_failed_common_part_ends_the_job(self):
        run = self.run_job(self.recipe(fail_fast=False), fault=self.fault(match="/checkpoints/common/", kinds="create,write", at=1,
                                                                         repeat="from", action="ENOSPC"), expect=1)
        states = {name: node["status"] for name, node in self.nodes(run).items()}
        self.assertEqual(states["common"], "failed")
        self.assertEqual({states[name] for name in self.BRANCHES}, {"skipped"})

    def test_a_branch_is_tried_again(self):
        for repeat, status in (("once", "complete"), ("from", "failed")):
            shutil.rmtree(self.path("out"), ignore_errors=True)
            fault = self.fault(match=".quality.jsonl.", kinds="write", at=1, repeat=repeat, action="EIO")
            run = self.run_job(self.recipe(fail_fast=False, retries=2), ranks=2, fault=fault, expect=0 if repeat == "once" else 3)
            self.assertEqual(self.nodes(run)["quality"]["status"], status)
            retries = run.events("branch_retry")
            self.assertEqual([event["branch"] for event in retries], ["quality"] * (1 if repeat == "once" else 2))
            self.assert_each_commit_is_told_once(run)
            if repeat == "once":
                self.assert_as_linear(run, self.expected)

    def test_killed_anywhere(self):
        job = ["--job_id", "job"]
        places = {"/checkpoints/common/": (3, 6), ".chunks.jsonl.": (1, 4), "/checkpoints/chunks": (2, 5), "/metadata/quality": (1, 2)}
        for match, numbers in places.items():
            for at in numbers if FULL else numbers[:1]:
                for ranks in (None, 2):
                    with self.subTest(match, at=at, ranks=ranks):
                        for folder in ("work", "out"):
                            shutil.rmtree(self.path(folder), ignore_errors=True)
                        recipe = {**self.recipe(), "checkpoint": {"strategy": "every_op", "interval": 0.05}}
                        run = self.run_job(recipe, ranks=ranks, arguments=job, expect=None, fault=self.fault(match=match, at=at, action="kill"))
                        self.assertNotEqual(run.exit_code, 0)
                        run = self.run_job(recipe, ranks=3 if ranks else 2, arguments=job)
                        self.assert_as_linear(run, self.expected)
                        self.assert_each_commit_is_told_once(run)

    def test_killed_in_one_branch_and_then_in_another(self):
        job = ["--job_id", "job"]
        recipe = {**self.recipe(), "checkpoint": {"strategy": "every_op", "interval": 0.05}}
        for ranks, match in ((2, ".chunks.jsonl."), (4, ".quality.jsonl.")):
            run = self.run_job(recipe, ranks=ranks, arguments=job, expect=None, fault=self.fault(match=match, at=2, action="kill"))
            self.assertNotEqual(run.exit_code, 0, match)
        self.assert_as_linear(self.run_job(recipe, ranks=3, arguments=job), self.expected)

    def test_stopped_and_gone_on_with(self):
        job = ["--job_id", "job"]
        slow = {"slow": "40:in.jsonl", "kinds": "read"}
        started = self.start(self.recipe(), ranks=2, arguments=job, fault=self.fault(**slow))
        started.wait_until(lambda: os.path.exists(os.path.join(started.folder, "job_summary.json")), "the job has begun")
        started.signal(signal.SIGUSR1)
        run = started.finish()
        self.assertEqual(run.exit_code, 75, run.said)
        self.assertEqual({node["status"] for node in run.summary()["branches"]} - {"complete"}, {"stopped"})
        self.assert_as_linear(self.run_job(self.recipe(), ranks=3, arguments=job), self.expected)

    def test_the_summary_of_a_running_job_says_how_its_parts_are(self):
        started = self.start(self.recipe(), ranks=2, fault=self.fault(slow="40:in.jsonl", kinds="read"))

        def status_of(name):
            path = os.path.join(started.folder, "job_summary.json")
            parts = json.loads(read(path))["branches"] if os.path.exists(path) else []
            return next((part["status"] for part in parts if part["name"] == name), None)

        for status in ("running", "complete"):  # each for less than the heartbeat's interval
            started.wait_until(lambda: status_of("common") == status, f"common is {status}", seconds=20)
        started.signal(signal.SIGUSR1)
        run = started.finish()
        self.assertEqual(run.exit_code, 75, run.said)
        nodes = self.nodes(run)
        self.assertEqual(nodes["common"]["rows_in"], run.step("read")["rows_out"])
        self.assertGreater(nodes["common"]["rows_in"], nodes["common"]["rows_out"])

    def test_an_edited_branch_an_added_one_and_a_removed_one(self):
        job = ["--job_id", "job"]
        self.run_job(self.recipe(), ranks=2, arguments=job)
        branches = {**self.BRANCHES, "chunks": [*CHUNKS[:1], {"text_length_filter": {"min_len": 25}}], "new": filters(4)}
        del branches["other"]
        expected = self.linear(branches)
        run = self.run_job(self.branched(branches), ranks=2, arguments=job)
        self.assert_as_linear(run, expected)
        self.assertEqual({node for node, _, _ in self.ops_run(run, attempt=2)}, {"chunks", "new"})
        for change in ("branch new is new", "branch other is gone", "branch chunks: operator 1 is unchanged"):
            self.assertIn(change, run.said)
        self.assertTrue(os.path.exists(self.path("out", "other.jsonl")), "what a removed branch made stays")


if __name__ == "__main__":
    unittest.main()
