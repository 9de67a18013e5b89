#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Folders that only one node sees: a job on two nodes refuses to lose what is written there, before it begins."""
import os
import unittest

from dj_corpus import make_records, to_bytes
from slurm_case import PROCESS, SlurmCase
from dj_testing import read


class SlurmStorageTest(SlurmCase):
    def setUp(self):
        super().setUp()
        # Mounted anew on each node, like a disk of its own.
        self.local = os.path.join(self.cluster, "node_tmp")
        self.recipe = {"dataset_path": self.write("in.jsonl", to_bytes(make_records(500))), "process": PROCESS,
                       "export_path": self.path("out", "out.jsonl"), "partition": {"mode": "manual", "num_of_partitions": 6}}

    def test_what_only_one_node_sees_is_refused(self):
        code, said = self.submit(self.write_recipe({**self.recipe, "work_dir": f"{self.local}/work", "checkpoint_dir": f"{self.local}/states",
                                                    "export_path": f"{self.local}/out/out.jsonl"}))
        self.assertEqual(code, 1, said)
        for folder in ("work", "states", "out"):
            self.assertRegex(said, f"{self.local}/{folder} is on [a-z]+ of node n1, and 1 node \\(n2\\) of the job does not see it")
        self.assertIn("what is written there would be lost", said)

    def test_scratch_may_be_a_nodes_own_and_nothing_is_left_of_the_check(self):
        code, said = self.submit(self.write_recipe({**self.recipe, "temp_dir": f"{self.local}/scratch"}))
        self.assertEqual(code, 0, said)
        self.run_job({**self.recipe, "export_path": self.path("one", "out.jsonl")})
        self.assert_same_bytes(read(self.path("out", "out.jsonl")), read(self.path("one", "out.jsonl")), "two nodes")
        for folder in ("out", "work"):
            self.assertEqual([name for name in os.listdir(self.path(folder, "")) if name.startswith(".")], [])


if __name__ == "__main__":
    unittest.main()
