#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A job that another one preempts: it commits in its time of grace, is queued again once, goes on, and writes what an undisturbed
job writes."""
import glob
import unittest

from slurm_case import SlurmCase
from dj_testing import read


class PreemptionCase(SlurmCase):
    def preempted(self):
        """Runs a job that is preempted in its middle, to its end. Returns its log up to then, and its summary as the preemption left it."""
        recipe = self.slow_recipe(export_path=self.path("two", "out.jsonl"))
        self.run_job({**recipe, "export_path": self.path("one", "out.jsonl")}, arguments=["--job_id", "linear"])
        number, log = self.submit_slow(recipe, slow=800)  # Slurm takes some seconds to preempt it
        self.wait_until(lambda: glob.glob(self.path("work", "slurm_*", "checkpoints", "*.h5")), "a generation is committed", log)
        urgent = self.slurm("sbatch", "--parsable", "--partition=urgent", "-N2", "--ntasks-per-node=1", "--exclusive",
                            "--output", self.path("urgent.out"), "--wrap", "srun -N2 hostname")
        self.wait_until(lambda: self.state(urgent).get("JobState") == "COMPLETED", "the urgent job is done", log)
        self.assertEqual(sorted(read(self.path("urgent.out")).split()), [b"n1", b"n2"])
        self.wait_until(lambda: self.state(number).get("JobState") == "PENDING", "the job is queued again", log)
        said, left = read(log).decode(errors="replace"), self.summary()
        self.assertNotEqual(left["status"], "completed", "the job was preempted in its middle")
        self.release(number)
        self.wait_until(lambda: self.state(number).get("JobState") == "COMPLETED", "the job is done", log)
        self.assertEqual(self.state(number)["Restarts"], "1", "either Slurm or the script queued it again, not both")
        self.assertEqual((self.summary()["attempt"], self.summary()["status"]), (2, "completed"), read(log).decode(errors="replace"))
        self.assertGreater(self.summary()["resumed_partitions"], 0)
        self.assert_same_bytes(read(self.path("two", "out.jsonl")), read(self.path("one", "out.jsonl")), "two starts")
        return said, left


class SlurmPreemptionTest(PreemptionCase):
    def test_it_commits_in_its_time_of_grace_and_is_queued_again(self):
        """Slurm sends SIGTERM to the ranks alone; the script hears nothing until they leave with 75."""
        said, left = self.preempted()
        self.assertEqual(left["status"], "stopped", said)
        self.assertNotIn("from Slurm", said)
        self.assertIn("the job is queued again", said)

    def test_without_grace_slurm_queues_it_again_by_itself(self):
        self.slurm("scontrol", "update", "PartitionName=main", "GraceTime=0")
        self.addCleanup(self.slurm, "scontrol", "update", "PartitionName=main", "GraceTime=60")
        said, _ = self.preempted()
        self.assertIn("DUE TO PREEMPTION", said)
        self.assertNotIn("queued again", said, "the script leaves it to Slurm")


class SlurmUserSignalTest(PreemptionCase):
    CONFIGURATION = ("SlurmctldParameters=preempt_send_user_signal",)

    def test_the_script_is_told_where_slurm_is_set_up_to(self):
        said, left = self.preempted()
        self.assertEqual(left["status"], "stopped", said)
        self.assertIn("SIGUSR1 from Slurm", said)
        self.assertIn("the job is queued again", said)


if __name__ == "__main__":
    unittest.main()
