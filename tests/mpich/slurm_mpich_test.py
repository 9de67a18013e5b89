#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The programs of preset mpich as steps of Slurm, on two nodes that can only talk TCP: its plug-in for them is pmi2."""
import glob
import json
import os
import sys
import unittest

from dj_corpus import make_records, to_bytes
from dj_testing import PROGRAM, files_below, read

sys.path.append(os.path.join(os.environ["DJ_SOURCE_DIR"], "tests", "cluster"))
from slurm_case import PROCESS, SlurmCase  # noqa: E402

MPICH = os.path.realpath(os.path.join(os.environ["DJ_BUILD_DIR"], "..", "mpich", "bin"))


class SlurmMpichTest(SlurmCase):
    program = os.path.join(MPICH, "dj-mpi")

    def environment(self, fault=None):
        return {**super().environment(fault), "DJ_MPI": self.program, "DJ_SLURM_MPI": "pmi2"}

    def test_the_batch_script_writes_what_one_rank_of_open_mpi_writes(self):
        source = self.write("in.jsonl", to_bytes(make_records(2000, seed=5)))
        recipe = {"dataset_path": source, "process": PROCESS, "partition": {"mode": "manual", "num_of_partitions": 9}}
        code, said = self.submit(self.write_recipe({**recipe, "export_path": self.path("two", "out.jsonl")}))
        self.assertEqual(code, 0, said)
        (folder,) = glob.glob(self.path("work", "slurm_*"))
        summary = json.loads(read(os.path.join(folder, "job_summary.json")))
        self.assertEqual((summary["ranks"], summary["status"]), (2, "completed"), said)
        self.program = PROGRAM
        self.run_job({**recipe, "export_path": self.path("one", "out.jsonl")})
        self.assertEqual(files_below(self.path("two", "")), files_below(self.path("one", "")))

    def test_a_plug_in_for_another_mpi_is_refused(self):
        recipe = self.write_recipe({"dataset_path": self.write("in.jsonl", b'{"text":"a"}\n'), "process": [],
                                    "export_path": self.path("out", "out.jsonl")})
        for plug_in, reason in (("pmix", "each finds itself alone"), ("none", "without telling them of each other")):
            said = self.slurm("srun", "-N2", "-n2", f"--mpi={plug_in}", self.program, recipe)
            self.assertIn(reason, said)
            self.assertIn("srun --mpi=pmi2", said)
            self.assertEqual(files_below(self.path("out", "")), {})

    def test_env_is_printed_once_and_knows_both_nodes(self):
        report = self.env_report("-N2", "-n2", "--mpi=pmi2", tools=os.path.join(MPICH, "dj-tools"))
        self.assertEqual(report["MPI"]["ranks"], "2 on 2 nodes")
        self.assertRegex(report["MPI"]["library"], "^MPICH")


if __name__ == "__main__":
    unittest.main()
