#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ranks on two nodes that can only talk TCP: the outputs are those of one rank, byte for byte."""
import json
import os
import subprocess
import unittest

from dj_corpus import make_records, to_bytes
from dj_fault import Fault
from dj_testing import MPI_ENVIRONMENT, PROGRAM, TIMEOUT_SECONDS, JobCase, read
from two_nodes import TwoNodes, need

PROCESS = [{"whitespace_normalization_mapper": None}, {"document_deduplicator": {"lowercase": True}},
           {"text_length_filter": {"min_len": 20, "max_len": 300}}, {"text_chunk_mapper": {"max_len": 60}},
           {"topk_specified_field_selector": {"field_key": "meta.score", "topk": 500}}]


class TwoNodesTcpTest(JobCase):
    def setUp(self):
        super().setUp()
        need("ip", "nsenter", "unshare", "mpirun")
        self.nodes = TwoNodes(self.dir)
        self.addCleanup(self.nodes.down)
        self.nodes.up()

    def run_on_both(self, command, ranks_per_node=1, exports=None):
        environment = {**os.environ, **MPI_ENVIRONMENT, "XDG_STATE_HOME": os.path.join(self.dir, "state")}
        return subprocess.run(self.nodes.mpirun(ranks_per_node, command, exports or {}), env=environment, cwd=self.dir, text=True,
                              errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=TIMEOUT_SECONDS)

    def test_the_two_nodes_are_two(self):
        done = self.run_on_both(["hostname"])
        # mpirun may also warn that its launch script was faster than it.
        names = [line for line in done.stdout.splitlines() if "plm:rsh: Warning" not in line]
        self.assertEqual(sorted(names), ["dj-node-1", "dj-node-2"], done.stdout)

    def test_outputs_are_those_of_one_rank(self):
        source = self.write("in.jsonl", to_bytes(make_records(2000, seed=3)))
        recipe = {"dataset_path": source, "process": PROCESS, "export_path": self.path("one", "out.jsonl"),
                  "partition": {"mode": "manual", "num_of_partitions": 17}}
        self.run_job(recipe)
        path = self.write_recipe({**recipe, "export_path": self.path("both", "out.jsonl")})
        for ranks_per_node in (1, 2):
            with self.subTest(ranks_per_node=ranks_per_node):
                done = self.run_on_both([PROGRAM, path, "--job_id", f"both{ranks_per_node}", "--np", "1"], ranks_per_node)
                self.assertEqual(done.returncode, 0, done.stdout)
                self.assert_same_bytes(read(self.path("both", "out.jsonl")), read(self.path("one", "out.jsonl")),
                                       "two nodes and one rank")
                with open(self.path("work", f"both{ranks_per_node}", "job_summary.json"), encoding="utf-8") as file:
                    summary = json.load(file)
                self.assertEqual((summary["ranks"], summary["host"]), (2 * ranks_per_node, "dj-node-1"))

    def test_a_rank_that_dies_on_the_other_node_ends_the_job_and_the_next_start_goes_on(self):
        source = self.write("in.jsonl", to_bytes(make_records(3000, seed=4)))
        recipe = {"dataset_path": source, "process": PROCESS[2:4], "export_path": self.path("one", "out.jsonl"),
                  "partition": {"mode": "manual", "num_of_partitions": 24}}
        self.run_job(recipe)
        path = self.write_recipe({**recipe, "export_path": self.path("both", "out.jsonl")})
        fault = Fault(self.path("both", ""), kinds="write", rank=1, at=1, action="kill")
        done = self.run_on_both([PROGRAM, path, "--job_id", "dies"], exports=fault.environment())
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertFalse(os.path.exists(self.path("both", "out.jsonl")), done.stdout)
        done = self.run_on_both([PROGRAM, path, "--job_id", "dies"])
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assert_same_bytes(read(self.path("both", "out.jsonl")), read(self.path("one", "out.jsonl")), "second start")


if __name__ == "__main__":
    unittest.main()
