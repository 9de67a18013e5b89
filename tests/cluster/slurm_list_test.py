#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""dj-tools list beside a real Slurm: a job that runs, is queued again, is done, is cancelled."""
import glob
import json
import unittest

from slurm_case import TOOLS, SlurmCase


class SlurmListTest(SlurmCase):
    def listed(self):
        (job,) = json.loads(self.slurm(TOOLS, "list", "--work_dir", self.path("work", ""), "--json"))
        return job["status"], job["slurm"]

    def begin(self):
        number, log = self.submit_slow(self.slow_recipe(export_path=self.path("out.jsonl")), slow=400)
        self.wait_until(lambda: glob.glob(self.path("work", "slurm_*", "checkpoints", "*.h5")), "a generation is committed", log)
        self.assertEqual(self.listed(), ("running", "RUNNING on n[1-2]"))
        return number, log

    def test_running_queued_again_done(self):
        number, log = self.begin()
        self.slurm("scancel", "--batch", "--signal=USR1", number)
        self.wait_until(lambda: self.state(number).get("JobState") == "PENDING", "the job is queued again", log)
        self.assertEqual(self.listed(), ("waiting", "PENDING (BeginTime)"))
        self.release(number)
        self.wait_until(lambda: self.state(number).get("JobState") == "COMPLETED", "the job is done", log)
        self.assertEqual(self.listed(), ("completed", "COMPLETED"))

    def test_cancelled(self):
        number, log = self.begin()
        self.slurm("scancel", number)
        self.wait_until(lambda: self.listed()[1] == "CANCELLED", "the job is cancelled", log)
        self.wait_until(lambda: self.listed()[0] in ("stopped", "dead"), "the ranks are gone", log)


if __name__ == "__main__":
    unittest.main()
