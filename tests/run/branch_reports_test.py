#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a job with branches leaves beside its outputs, and the tools that show it."""
import glob
import json
import os
import subprocess
import unittest

from dj_branches import CHUNKS, COMMON, QUALITY, BranchCase
from dj_testing import read

TOOLS = os.path.join(os.environ["DJ_BUILD_DIR"], "bin", "dj-tools")


class BranchReports(BranchCase):
    BRANCHES = {"quality": QUALITY, "chunks": CHUNKS}

    def tools(self, *arguments, expect=0):
        done = subprocess.run([TOOLS, *arguments], cwd=self.dir, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=60)
        self.assertEqual(done.returncode, expect, done.stdout)
        return done.stdout

    @staticmethod
    def mapping_report(run, *branch):
        report = json.loads(read(os.path.join(run.folder, "metadata", *branch, "final_mapping_report.json")))
        for partition in report["partition_details"]:
            del partition["processing_time"]
        return report

    def test_each_branch_says_what_became_of_the_rows(self):
        expected = {}
        for name in self.BRANCHES:
            linear = self.run_job(self.base(export_path=self.path("linear.jsonl"), process=self.chain(self.BRANCHES, name, COMMON)))
            expected[name] = self.mapping_report(linear)["partition_details"]
            self.assertEqual(len(expected[name]), 7)
        run = self.run_job(self.branched(self.BRANCHES), ranks=2)
        for name, details in expected.items():
            self.assertEqual(self.mapping_report(run, name)["partition_details"], details, name)
        whole = self.mapping_report(run)
        self.assertIn("metadata/<its name>", whole["note"])
        self.assertEqual(whole["processing_summary"]["successful_partitions"], 7)
        self.assertEqual([partition["original_range"] for partition in whole["partition_details"]],
                         [partition["original_range"] for partition in expected["quality"]])
        self.assertEqual({partition["output_range"] for partition in whole["partition_details"]}, {None})

    def test_intermediate_data_of_each_part_and_its_retention(self):
        for storage, kept in (({}, True), ({"cleanup_on_success": True}, False), ({"retention_policy": "cleanup_all"}, False)):
            with self.subTest(storage):
                run = self.run_job(self.branched(self.BRANCHES, intermediate_storage={"preserve_intermediate_data": True, "format": "jsonl", **storage}))
                found = glob.glob(os.path.join(run.folder, "intermediate", "*", "partition_*", "op_*.jsonl"))
                parts = {os.path.relpath(path, run.folder).split(os.sep)[1] for path in found}
                self.assertEqual(parts, {"common", *self.BRANCHES} if kept else set())

    def test_quarantines_by_branch(self):
        run = self.run_job(self.branched(self.BRANCHES))
        found = json.loads(self.tools("quarantine", run.folder, "--json"))["branches"]
        self.assertEqual(set(found), set(self.BRANCHES))
        for name, one in found.items():
            self.assertEqual(one["rows"], len(read(os.path.join(run.folder, "results", name, "quarantine.jsonl")).splitlines()))
            self.assertEqual(one["reasons"][0]["operator"], "read")
        self.assertEqual(list(json.loads(self.tools("quarantine", run.folder, "--branch", "chunks", "--json"))["branches"]), ["chunks"])
        text = self.tools("quarantine", run.folder)
        for name in self.BRANCHES:
            self.assertIn(f"Branch {name}: ", text)
        self.assertIn('did you mean "chunks"?', self.tools("quarantine", run.folder, "--branch", "chunk", expect=2))

    def test_checkpoints_by_part(self):
        run = self.run_job(self.branched(self.BRANCHES))
        parts = json.loads(self.tools("checkpoint", "list", run.folder, "--json"))["parts"]
        self.assertEqual(set(parts), {"common", *self.BRANCHES})
        self.assertEqual(len(parts["common"]["generations"]), 1)
        self.assertIn("common: 14 states", self.tools("checkpoint", "show", run.folder, "--branch", "common"))
        self.assertIn('did you mean "common"?', self.tools("checkpoint", "show", run.folder, "--branch", "comon", expect=2))
        generation = os.path.join(run.folder, "checkpoints", "common", parts["common"]["generations"][0]["file"])
        with open(generation, "r+b") as file:
            file.seek(parts["common"]["generations"][0]["payload_offset"] + 100)
            file.write(b"damage")
        damaged = json.loads(self.tools("checkpoint", "verify", run.folder, "--json", expect=1))["parts"]
        self.assertEqual({part: bool(found["problems"]) for part, found in damaged.items()}, {"common": True, "quality": False, "chunks": False})


if __name__ == "__main__":
    unittest.main()
