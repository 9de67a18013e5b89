#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where Slurm binds ranks to cores and limits memory through cgroups: dj-mpi starts as many threads as it has cores, keeps within
the memory, and says so."""
import glob
import os
import unittest

from dj_corpus import make_records, to_bytes
from slurm_case import PROCESS, TOOLS, SlurmCase
from dj_testing import read


def cores_of(process):
    """Lists of cores that the threads of a process may run on, as Linux writes them."""
    found = set()
    for status in glob.glob(f"/proc/{process}/task/*/status"):
        with open(status, encoding="utf-8") as file:
            found |= {line.split()[1] for line in file if line.startswith("Cpus_allowed_list")}
    return found


class SlurmBindingTest(SlurmCase):
    CONFIGURATION = ("TaskPlugin=task/cgroup,task/affinity", "ProctrackType=proctrack/cgroup", "SelectTypeParameters=CR_Core_Memory")

    @classmethod
    def setUpClass(cls):
        for controller in ("cpuset", "memory"):
            if not os.path.exists(f"/sys/fs/cgroup/{controller}/cgroup.procs"):
                raise unittest.SkipTest(f"needs the {controller} controller of cgroup version 1")
        super().setUpClass()

    def small_recipe(self, **keys):
        return self.write_recipe({"dataset_path": self.write("small.jsonl", to_bytes(make_records(100))), "process": PROCESS,
                                  "export_path": self.path("out.jsonl"), **keys})

    def assert_done(self, expected, *arguments, sbatch=()):
        code, said = self.submit(*arguments, sbatch=sbatch)
        self.assertEqual(code, 0, said)
        self.assertIn(expected, said)

    def test_a_rank_that_is_granted_one_core_of_two_has_one_thread(self):
        self.assert_done("2 ranks, 1 thread per rank (1 of 1 cores by affinity; 8 were asked for)", self.small_recipe(np=8))

    def test_without_a_count_of_cores_a_rank_takes_what_it_was_bound_to(self):
        self.assert_done("1 rank, 2 threads per rank (2 of 2 cores by affinity)", self.small_recipe(),
                         sbatch=("-N1", "--ntasks-per-node=1", "--cpus-per-task=2"))

    def test_ranks_of_a_node_have_cores_of_their_own(self):
        recipe = self.slow_recipe(export_path=self.path("out.jsonl"))
        number, log = self.submit_slow(recipe, "-N1", "--ntasks-per-node=2", "--cpus-per-task=1", slow=400)
        self.wait_until(lambda: self.summary().get("generations", 0) > 0 or glob.glob(self.path("work", "slurm_*", "checkpoints", "*.h5")), "the job runs", log)
        ranks = [command.split("/")[2] for command in glob.glob("/proc/[0-9]*/cmdline") if self.is_rank(command)]
        self.assertEqual(len(ranks), 2)
        cores = [cores_of(rank) for rank in ranks]
        self.assertEqual([len(found) for found in cores], [1, 1], "all threads of a rank")
        self.assertEqual(len(cores[0] | cores[1]), 2, "no core has both ranks")
        self.assertIn("2 ranks, 1 thread per rank (1 of 2 cores by affinity)", read(log).decode())
        self.slurm("scancel", number)

    def is_rank(self, command):
        try:
            words = read(command).split(b"\0")
        except OSError:  # it has ended
            return False
        return words[0].endswith(b"/dj-mpi") and self.dir.encode() in b" ".join(words)

    def test_the_memory_of_a_node_is_shared_by_its_ranks(self):
        self.assert_done("262 MiB memory budget per rank (cgroup grants 600 MiB to 2 ranks on this node)", self.small_recipe(),
                         sbatch=("-N1", "--ntasks-per-node=2", "--mem-per-cpu=300"))

    def test_rows_that_do_not_fit_into_the_memory_granted_go_to_scratch(self):
        source = self.write("in.jsonl", to_bytes(make_records(2000, seed=5)) * 200)
        recipe = {"dataset_path": source, "process": PROCESS, "export_path": self.path("out.jsonl")}
        self.run_job({**recipe, "export_path": self.path("linear.jsonl")}, arguments=["--job_id", "linear"])
        code, said = self.submit(self.write_recipe({**recipe, "resources": {"memory_mb": 1024}}), sbatch=("-N1", "--mem=140", "--no-requeue"))
        self.assertNotEqual(code, 0, "who says that there is more is killed, or this shows nothing: " + said)
        self.assert_done("122 MiB memory budget per rank (cgroup grants 140 MiB to 1 ranks on this node)", self.write_recipe(recipe),
                         sbatch=("-N1", "--mem=140"))
        self.assert_same_bytes(read(self.path("out.jsonl")), read(self.path("linear.jsonl")), "a job with little memory")

    def test_dj_tools_env_tells_what_a_rank_gets(self):
        said = self.slurm("srun", "--mpi=none", "-N1", "-n1", "--cpus-per-task=1", "--mem=400", TOOLS, "env")
        self.assertRegex(said, r"one rank gets +1 thread per rank \(1 of 1 cores by affinity\), "
                               r"350 MiB memory budget per rank \(cgroup grants 400 MiB to 1 ranks on this node\)")


if __name__ == "__main__":
    unittest.main()
