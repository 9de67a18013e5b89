#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Partitions that fail are tried again, with pauses as the recipe says, and given up as it says; whatever happens, the counts
add up, and events, summary and mapping tell."""
import json
import os
import unittest

from dj_corpus import make_records
from dj_fault import Fault
from dj_testing import JobCase, read

FAST = {"max_retries": 3, "backoff_base_seconds": 0.05}


class RetryTest(JobCase):
    def setUp(self):
        super().setUp()
        lines = [record.encode() + b"\n" for record in make_records(120)]
        for name, part in (("a", lines[:55]), ("bad", lines[55:65]), ("c", lines[65:])):
            self.write(f"in/{name}.jsonl", b"".join(part))
        self.lines = lines

    def recipe(self, **fault_tolerance):
        return {"dataset_path": os.path.join(self.dir, "in"), "export_path": os.path.join(self.dir, "out", "out.jsonl"),
                "process": [{"whitespace_normalization_mapper": None}, {"text_length_filter": {"min_len": 5}}],
                "partition": {"mode": "manual", "num_of_partitions": 12}, "fault_tolerance": {**FAST, **fault_tolerance}}

    def reads(self, **options):
        """The reading of in/bad.jsonl goes wrong, of all ranks together."""
        return Fault(self.dir, match="/in/bad", kinds="read", shared=os.path.join(self.dir, "shared"), action="EIO", **options)

    def expected(self):
        self.run_job(self.recipe(), arguments=["--job_id", "expected"])
        return read(self.path("out", "out.jsonl"))

    @staticmethod
    def mapping(run):
        with open(os.path.join(run.folder, "metadata", "dataset_mapping.json"), encoding="utf-8") as file:
            return json.load(file)["partitions"]

    def test_what_passes(self):
        """One failure, and the next try goes well: nothing is lost, and everything is told."""
        expected = self.expected()
        for ranks in (None, 2):
            run = self.run_job(self.recipe(), ranks=ranks, fault=self.reads(at=2))
            self.assert_same_bytes(read(self.path("out", "out.jsonl")), expected, f"{ranks} ranks")
            self.assert_counts_add_up(run)
            retries = run.events("partition_retry")
            self.assertEqual(len(retries), 1, retries)
            self.assertIn("bad.jsonl", retries[0]["error_message"])
            self.assertEqual(retries[0]["retry_count"], 1)
            self.assertEqual(run.summary()["retries"], 1)
            self.assertEqual(run.summary()["failed_partitions"], 0)
            counts = {part["partition_id"]: part["retry_count"] for part in self.mapping(run)}
            self.assertEqual(counts.pop(retries[0]["partition_id"]), 1)
            self.assertEqual(set(counts.values()), {0})

    def test_pauses(self):
        for backoff, growth in (("exponential", (1, 2, 4)), ("linear", (1, 2, 3)), ("fixed", (1, 1, 1))):
            run = self.run_job(self.recipe(retry_backoff=backoff), expect=1, fault=self.reads(at=2, repeat="from"))
            events = run.events("partition_retry")
            events = [event for event in events if event["partition_id"] == events[0]["partition_id"]]
            self.assertEqual([event["retry_count"] for event in events], [1, 2, 3], backoff)
            for event, factor in zip(events, growth):
                delay = event["metadata"]["delay_seconds"]
                longest = FAST["backoff_base_seconds"] * factor
                self.assertTrue(0 < delay <= longest, f"{backoff}: {delay}, at most {longest}")
            times = [event["timestamp"] for event in events]
            for event, before, after in zip(events, times, times[1:]):
                self.assertGreaterEqual(after - before, event["metadata"]["delay_seconds"] - 0.01, backoff)

    def test_what_does_not_pass_ends_the_job(self):
        run = self.run_job(self.recipe(), expect=1, fault=self.reads(at=2, repeat="from"))
        self.assertIn("bad.jsonl", run.said)
        self.assertIn("Input/output error", run.said)
        self.assertFalse(os.path.exists(self.path("out", "out.jsonl")))
        self.assertGreaterEqual(run.summary()["retries"], FAST["max_retries"])
        again = self.run_job(self.recipe(), arguments=["--job_id", os.path.basename(run.folder)])
        self.assert_same_bytes(read(self.path("out", "out.jsonl")), self.expected(), "the disk is well again")
        self.assert_counts_add_up(again)

    def test_without_the_partition(self):
        for ranks in (None, 2):
            run = self.run_job(self.recipe(on_partition_failure="continue"), ranks=ranks, expect=3,
                               fault=self.reads(at=2, repeat="from"))
            self.assert_counts_add_up(run)
            summary = run.summary()
            self.assertEqual((summary["status"], summary["exit_code"]), ("completed_with_failures", 3))
            failed = run.events("partition_failed")
            self.assertEqual(len(failed), summary["failed_partitions"])
            self.assertTrue(failed)
            for event in failed:
                self.assertIn("bad.jsonl", event["error_message"])
                self.assertEqual(event["retry_count"], FAST["max_retries"])
            parts = self.mapping(run)
            ids = {event["partition_id"] for event in failed}
            self.assertEqual({part["partition_id"] for part in parts if part["processing_status"] == "failed"}, ids)
            for part in parts:
                if part["partition_id"] in ids:
                    self.assertIn("bad.jsonl", part["error_message"])
                    self.assertEqual(part["retry_count"], FAST["max_retries"])
            out = read(self.path("out", "out.jsonl"))
            self.assertEqual(len(out.splitlines()), summary["exported"])
            self.assertGreater(summary["exported"], 0, [(part["processing_status"], part["ranges"]) for part in parts])
            self.assertLess(summary["exported"], len(self.expected().splitlines()))

    def test_tried_once(self):
        for fault_tolerance in ({"max_retries": 0}, {"enabled": False}):
            run = self.run_job(self.recipe(**fault_tolerance), expect=1, fault=self.reads(at=2))
            self.assertEqual(run.events("partition_retry"), [])
            self.assertEqual(run.summary()["retries"], 0)


if __name__ == "__main__":
    unittest.main()
