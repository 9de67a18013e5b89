#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sbatch slurm/job.sh on a cluster of two nodes: same outputs as one rank, exit codes passed on, a job id of Slurm's; queued again until
it is done."""
import glob
import json
import os
import time
import unittest

from dj_corpus import make_records, to_bytes
from slurm_case import PROCESS, TOOLS, SlurmCase
from dj_testing import read


class SlurmJobTest(SlurmCase):
    def test_two_nodes_write_what_one_rank_writes(self):
        source = self.write("in.jsonl", to_bytes(make_records(2000, seed=5)))
        recipe = {"dataset_path": source, "process": PROCESS, "export_path": self.path("one", "out.jsonl"),
                  "partition": {"mode": "manual", "num_of_partitions": 9}}
        self.run_job(recipe)
        code, said = self.submit(self.write_recipe({**recipe, "export_path": self.path("two", "out.jsonl")}))
        self.assertEqual(code, 0, said)
        self.assert_same_bytes(read(self.path("two", "out.jsonl")), read(self.path("one", "out.jsonl")), "two nodes")
        (folder,) = glob.glob(self.path("work", "slurm_*"))
        with open(os.path.join(folder, "job_summary.json"), encoding="utf-8") as file:
            summary = json.load(file)
        self.assertEqual((summary["ranks"], summary["status"], summary["host"]), (2, "completed", "n1"), said)

    def test_env_is_printed_once_and_knows_both_nodes(self):
        for ranks in (2, 4):
            report = self.env_report("-N2", f"-n{ranks}", "--overcommit")
            self.assertEqual(report["MPI"]["ranks"], f"{ranks} on 2 nodes")
            self.assertIn("tcp", report["MPI"]["transports in use"])
            self.assertEqual(report["environment"]["SLURM_MPI_TYPE"], "pmix")
        said = self.env_report("-N2", "-n2", "--mpi=none")["MPI"]["does not start"]
        self.assertIn("srun --mpi=pmix", said)

    def test_asked_to_stop_it_is_queued_again_and_goes_on(self):
        recipe = self.slow_recipe(export_path=self.path("two", "out.jsonl"))
        self.run_job({**recipe, "export_path": self.path("one", "out.jsonl")}, arguments=["--job_id", "linear"])
        number, log = self.submit_slow(recipe)
        self.wait_until(lambda: self.summary().get("generations", 0) > 0 or glob.glob(self.path("work", "slurm_*", "checkpoints", "*.h5")),
                        "a generation is committed", log)
        self.slurm("scancel", "--batch", "--signal=USR1", number)
        self.wait_until(lambda: self.state(number).get("JobState") == "PENDING", "the job is queued again", log)
        self.release(number)
        self.wait_until(lambda: self.state(number).get("JobState") == "COMPLETED", "the job is done", log)
        said = read(log).decode(errors="replace")
        self.assertIn("SIGUSR1 from Slurm", said)
        self.assertIn("is queued again", said, "the log of the first start is kept")
        self.assertEqual((self.summary()["attempt"], self.summary()["status"]), (2, "completed"), said)
        self.assertGreater(self.summary()["resumed_partitions"], 0)
        self.assert_same_bytes(read(self.path("two", "out.jsonl")), read(self.path("one", "out.jsonl")), "two starts")

    def test_a_job_that_is_stopped_from_outside_is_not_queued_again(self):
        recipe = self.slow_recipe(export_path=self.path("two", "out.jsonl"))
        number, log = self.submit_slow(recipe)
        self.wait_until(lambda: self.summary().get("slurm_step") == f"{number}.0", "the job runs", log)
        said = self.slurm(TOOLS, "stop", os.path.dirname(glob.glob(self.path("work", "slurm_*", "job_summary.json"))[0]))
        self.assertIn("has ended: stopped", said)
        self.wait_until(lambda: self.state(number).get("JobState") == "FAILED", "Slurm's job has ended", log)
        self.assertEqual(self.state(number)["ExitCode"], "75:0")
        self.assertIn("to go on: sbatch", read(log).decode())

    def test_a_cancelled_job_is_not_queued_again(self):
        number, log = self.submit_slow(self.slow_recipe(export_path=self.path("out.jsonl")))
        self.wait_until(lambda: glob.glob(self.path("work", "slurm_*", "job_summary.json")), "the job runs", log)
        self.slurm("scancel", number)
        self.wait_until(lambda: self.state(number).get("JobState") == "CANCELLED", "the job is cancelled", log)
        self.wait_until(lambda: self.summary().get("status") != "running", "the ranks have left", log)
        time.sleep(2)
        self.assertEqual(self.state(number)["JobState"], "CANCELLED")

    def test_a_job_id_given_is_used(self):
        source = self.write("in.jsonl", to_bytes(make_records(10)))
        recipe = {"dataset_path": source, "process": PROCESS, "export_path": self.path("out.jsonl")}
        code, said = self.submit(self.write_recipe(recipe), "--job_id", "mine")
        self.assertEqual(code, 0, said)
        self.assertEqual(os.listdir(self.path("work", "")), ["mine"])

    def test_the_exit_code_is_passed_on(self):
        code, said = self.submit(self.write_recipe({"dataset_path": "none", "process": [{"no_such_mapper": None}]}))
        self.assertEqual(code, 2, said)
        self.assertIn("no_such_mapper", said)

    def test_without_a_recipe_the_script_explains_itself(self):
        code, said = self.submit()
        self.assertEqual(code, 2, said)
        self.assertIn("usage: sbatch slurm/job.sh", said)


if __name__ == "__main__":
    unittest.main()
