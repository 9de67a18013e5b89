#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Killed before any of its file operations, or in the middle of a write, a job leaves either the old complete result or
the new complete one, and the same command run again gives the right one and leaves nothing behind."""
import os
import re
import unittest

from dj_corpus import make_records, to_bytes
from dj_fault import Fault, read_log
from dj_model import Expected
from dj_testing import FULL, JobCase, files_below

PROCESS = [{"whitespace_normalization_mapper": None}, {"document_deduplicator": None},
           {"text_length_filter": {"min_len": 5}}, {"text_chunk_mapper": {"max_len": 60}}]
OLD = {"out.jsonl": b"the result of an earlier run\n", "out_stats.jsonl": b"its stats\n"}


class KillEachOperationTest(JobCase):
    def setUp(self):
        super().setUp()
        self.records = make_records(150, seed=51)
        self.source = self.write("in.jsonl", to_bytes(self.records))
        self.expected = Expected(self.records, PROCESS)
        self.recipe = {"dataset_path": self.source, "export_path": os.path.join(self.dir, "out", "out.jsonl"),
                       "process": PROCESS, "work_dir": os.path.join(self.dir, "work"),
                       "partition": {"mode": "manual", "num_of_partitions": 3}}
        self.new = {"out.jsonl": self.expected.output, "out_stats.jsonl": self.expected.stats}

    def fault(self, **options):
        """Of all ranks together, on everything that the job writes."""
        return Fault(self.dir, log=os.path.join(self.dir, "log"), shared=os.path.join(self.dir, "shared"), **options)

    def operations(self, ranks):
        fault = self.fault()
        self.run_job(self.recipe, ranks=ranks, fault=fault)
        self.assertEqual(files_below(os.path.join(self.dir, "out")), self.new)
        logged = read_log(fault)
        os.unlink(fault.log)
        self.assertGreater(len(logged), 10)
        return logged

    def numbers(self, logged, sample):
        """All, or in the quick scope some: those on the result and others, evenly spread."""
        if FULL:
            return range(1, len(logged) + 1)
        result = [entry.number for entry in logged if os.path.join(self.dir, "out") in entry.path]
        spread = [1 + i * len(logged) // sample for i in range(sample)]
        return sorted({*result[:: max(1, len(result) // sample)], *result[-3:], *spread})

    def assert_old_or_new(self, run, what):
        """Two files cannot be replaced at once: stats may be missing, but they never belong to another result."""
        found = files_below(os.path.join(self.dir, "out"))
        self.assertIn(found["out.jsonl"], (OLD["out.jsonl"], self.new["out.jsonl"]), what)
        versions = [OLD, self.new]
        version = versions[found["out.jsonl"] == self.new["out.jsonl"]]
        self.assertIn(found.get("out_stats.jsonl"), (None, version["out_stats.jsonl"]), what)
        if run.exit_code == 0:
            self.assertEqual({name: data for name, data in found.items() if name in OLD}, self.new)

    def kill_at_each(self, ranks, numbers, action):
        for number in numbers:
            job_id = f"{action}{number}"
            what = f"{action} at operation {number}, ranks {ranks}"
            for name, data in OLD.items():
                self.write("out/" + name, data)
            fault = self.fault(at=number, action=action)
            run = self.run_job(self.recipe, ranks=ranks, fault=fault, expect=None, arguments=["--job_id", job_id])
            self.assert_old_or_new(run, what)
            again = self.run_job(self.recipe, ranks=ranks, arguments=["--job_id", job_id])
            self.assertTrue(again.exit_code == 0, what)
            self.assertEqual(sorted(files_below(os.path.join(self.dir, "out"))), sorted(self.new), what)
            for name, data in files_below(os.path.join(self.dir, "out")).items():
                self.assert_same_bytes(data, self.new[name], f"{name} after {what}")

    def test_one_process(self):
        logged = self.operations(None)
        self.kill_at_each(None, self.numbers(logged, 12), "kill")

    def test_torn_writes(self):
        logged = self.operations(None)
        writes = [entry.number for entry in logged if entry.kind == "write"]
        self.kill_at_each(None, writes if FULL else writes[:: max(1, len(writes) // 8)], "tear")

    def test_three_ranks(self):
        logged = self.operations(3)
        self.kill_at_each(3, self.numbers(logged, 4), "kill")

    def test_a_full_set_of_shards_is_of_one_run(self):
        """Several files cannot be replaced at once. In between some may be missing, which their names tell, but a set that
        looks complete is complete."""
        others = [re.sub(r'("number": )(\d+)', lambda found: found[1] + "9" * len(found[2]), record)
                  for record in self.records]
        other = {**self.recipe, "dataset_path": self.write("other.jsonl", to_bytes(others)), "export_shard_size": 4000}
        self.recipe["export_shard_size"] = 4000
        wanted = {Expected(others, PROCESS).output: "old", self.expected.output: "new"}
        self.run_job(other)
        fault = self.fault()
        self.run_job(self.recipe, fault=fault)
        renames = [entry.number for entry in read_log(fault) if entry.kind in ("rename", "unlink")]
        for number in renames if FULL else renames[:: max(1, len(renames) // 8)]:
            self.run_job(other)
            os.unlink(fault.log)
            job_id = ["--job_id", f"shards{number}"]
            self.run_job(self.recipe, fault=self.fault(at=number, action="kill"), expect=None, arguments=job_id)
            shards = self.complete_shards()
            self.assertTrue(shards is None or shards in wanted, f"killed at {number}: shards of two runs")
            self.run_job(self.recipe, arguments=job_id)
            self.assert_same_bytes(self.complete_shards(), self.expected.output, f"killed at {number}, then run again")

    def complete_shards(self):
        """The content of a set of shards of which none is missing."""
        found = files_below(os.path.join(self.dir, "out"))
        names = sorted(name for name in found if re.fullmatch(r"out-\d+-of-\d+\.jsonl", name))
        if not names or len(names) != int(names[0].split("-of-")[1].split(".")[0]):
            return None
        return b"".join(found[name] for name in names)


if __name__ == "__main__":
    unittest.main()
