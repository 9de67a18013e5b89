#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What Slurm says of jobs in dj-tools list, monitor and stop: a squeue and a sacct of the test's own, which answer, fail, hang or talk nonsense.
(slurm_list_test.py asks the real ones.)"""
import json
import os
import stat
import subprocess
import time
import unittest

from dj_corpus import make_records, to_bytes
from dj_testing import JobCase

TOOLS = os.path.join(os.environ["DJ_BUILD_DIR"], "bin", "dj-tools")


class SlurmState(JobCase):
    def setUp(self):
        super().setUp()
        source = self.write("in.jsonl", to_bytes(make_records(20)))
        self.recipe = {"dataset_path": source, "export_path": self.path("out", "out.jsonl"), "process": [{"text_length_filter": None}]}
        self.run_job(self.recipe, arguments=["--job_id", "job"])

    def summary(self, **changes):
        path = os.path.join(self.dir, "work", "job", "job_summary.json")
        with open(path, encoding="utf-8") as file:
            summary = json.load(file)
        summary.update(changes)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(summary, file)

    def stand_in(self, name, script):
        path = self.write(os.path.join("bin", name), "#!/bin/sh\n" + script)
        os.chmod(path, stat.S_IRWXU)

    def tool(self, *arguments, expect=0):
        environment = {**os.environ, "PATH": f"{self.path('bin', '')}:/usr/bin:/bin", "XDG_STATE_HOME": self.path("state", "")}
        done = subprocess.run([TOOLS, *arguments], cwd=self.dir, env=environment, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def listed(self):
        (job,) = json.loads(self.tool("list", "--work_dir", "work", "--json").stdout)
        return job["status"], job.get("slurm")

    def elsewhere(self, status, beat=0.0):
        """As a job on another host, whose processes nobody here can see."""
        self.summary(status=status, slurm_step="4711.0", host="n1", machine="another", heartbeat=time.time() - beat, end_time=None, duration=None)

    def test_both_states_stand_side_by_side(self):
        for ours, beat, theirs, shown in (("running", 0, "RUNNING|n[1-2]|None", ("running", "RUNNING on n[1-2]")),
                                          ("running", 3600, "RUNNING|n[1-2]|None", ("dead", "RUNNING on n[1-2]")),
                                          ("running", 0, "NODE_FAIL|n[1-2]|None", ("dead", "NODE_FAIL")),
                                          ("running", 0, "CANCELLED|n1|None", ("dead", "CANCELLED")),
                                          ("running", 0, "PENDING||BeginTime", ("waiting", "PENDING (BeginTime)")),
                                          ("stopped", 0, "PENDING||BeginTime", ("waiting", "PENDING (BeginTime)")),
                                          ("failed", 0, "FAILED|n1|NonZeroExitCode", ("failed", "FAILED")),
                                          ("completed", 0, "COMPLETED|n1|None", ("completed", "COMPLETED"))):
            with self.subTest(ours=ours, theirs=theirs):
                self.elsewhere(ours, beat)
                self.stand_in("squeue", f"echo '4711|{theirs}'")
                self.assertEqual(self.listed(), shown)
        self.elsewhere("stopped")
        self.stand_in("squeue", "echo '4711|PENDING||BeginTime'")
        table = self.tool("list", "--work_dir", "work").stdout
        self.assertRegex(table, r"in Slurm")
        self.assertRegex(table, r"job +waiting +PENDING \(BeginTime\)")
        self.assertIn("WAITING (queued again by Slurm)", self.tool("monitor", "job", "--work_dir", "work").stdout)

    def test_what_squeue_has_forgotten_sacct_may_know(self):
        self.elsewhere("running")
        self.stand_in("squeue", "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1")
        self.stand_in("sacct", "echo '4711|CANCELLED by 1000|n[1-2]|None'; echo '4712|RUNNING|n3|None'")
        self.assertEqual(self.listed(), ("dead", "CANCELLED"))
        self.stand_in("sacct", "echo 'Slurm accounting storage is disabled' >&2; exit 1")
        self.assertEqual(self.listed(), ("running", None))

    def test_a_slurm_that_does_not_answer_is_told_of_and_holds_nobody_up(self):
        self.elsewhere("running")
        for script, reason in (("sleep 50", "squeue has not answered within"),
                               ("echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1", "Unable to contact")):
            with self.subTest(script):
                self.stand_in("squeue", script)
                done = self.tool("list", "--work_dir", "work")
                self.assertIn(reason, done.stderr)
                self.assertIn("running", done.stdout)

    def test_nonsense_is_not_taken_for_an_answer(self):
        self.elsewhere("running")
        for script in ("echo 'hello|you'", "head -c 100000 /dev/zero", "echo '4712|FAILED|n1|None'", "echo '4711|FAILED|n1|None|more'", "kill -9 $$"):
            with self.subTest(script):
                self.stand_in("squeue", script)
                self.assertEqual(self.listed(), ("running", None))

    def test_without_a_job_under_slurm_nobody_is_asked(self):
        self.stand_in("squeue", f"touch {self.path('asked')}")
        self.assertEqual(self.listed(), ("completed", None))
        self.assertFalse(os.path.exists(self.path("asked")))

    def test_what_could_be_stopped(self):
        self.assertIn("No job is running", self.tool("stop", "--list", "--work_dir", "work").stdout)
        self.elsewhere("running")
        self.stand_in("squeue", "echo '4711|RUNNING|n1|None'")
        table = self.tool("stop", "--list", "--work_dir", "work").stdout
        self.assertRegex(table, r"job +n1 +\d+ +4711\.0 +1 .*dj-tools stop \S+/work/job")
        (job,) = json.loads(self.tool("stop", "--list", "--work_dir", "work", "--json").stdout)
        self.assertEqual((job["job_id"], job["slurm_step"], job["host"], job["ranks"]), ("job", "4711.0", "n1", 1))
        without = self.tool("stop", "--work_dir", "work", expect=2)
        self.assertIn("which job", without.stderr)
        self.assertIn("4711.0", without.stdout)


if __name__ == "__main__":
    unittest.main()
