#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What Slurm itself does to a job: its time is over, it is queued again by hand, the controller goes away and comes back."""
import os
import unittest

from dj_testing import read
from slurm_faults_test import FaultCase


class SlurmLimitsTest(FaultCase):
    def test_slurm_tells_that_the_time_is_over(self):
        # Slurm looks at limits every 30 s only, and job.sh asks to be told 300 s before: with one minute it is told at the first look.
        number, log = self.begin(self.linear_job, "--time=1", slow=4000)
        self.wait_until(lambda: self.is_queued_again(number), "the job is queued again", log)
        left = self.summary()
        self.assertEqual(left["status"], "stopped", read(log).decode(errors="replace"))
        self.assertIn("SIGUSR1", left["error_message"])
        self.slurm("scontrol", "update", f"JobId={number}", "TimeLimit=60")
        self.goes_on(number, log, seconds=240)

    def test_queued_again_by_hand(self):
        number, log = self.begin(self.linear_job, slow=800)
        self.wait_until(self.generations, "a generation is committed", log)
        self.slurm("scontrol", "requeue", number)
        self.wait_until(lambda: self.is_queued_again(number), "the job is queued again", log)
        self.goes_on(number, log)
        self.assertEqual(self.state(number)["Restarts"], "1", "by hand, and not by the script as well")
        self.assertGreater(self.summary()["resumed_partitions"], 0)

    def test_the_controller_restarts(self):
        number, log = self.begin(self.linear_job, slow=400)
        self.wait_until(self.generations, "a generation is committed", log)
        self.fixture("stop_controller")
        self.addCleanup(self.wait_until, self.nodes_are_idle, "the nodes are back", log)
        self.wait_until(lambda: self.summary()["status"] == "completed", "the job is done without it", log)
        self.fixture("start_controller")
        self.goes_on(number, log, attempts=1)

    def test_the_controller_is_away_when_the_job_is_to_be_queued_again(self):
        number, log = self.begin(self.linear_job, slow=400)
        self.wait_until(self.generations, "a generation is committed", log)
        self.fixture("stop_controller")
        (folder,) = {os.path.dirname(os.path.dirname(path)) for path in self.generations()}
        self.write(os.path.join(folder, "stop"), "")
        self.wait_until(lambda: self.summary()["status"] == "stopped", "the job has stopped", log)
        self.fixture("start_controller")
        self.wait_until(lambda: self.is_queued_again(number), "the job is queued again", log)
        self.goes_on(number, log)


if __name__ == "__main__":
    unittest.main()
