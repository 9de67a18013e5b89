#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""dj-tools stop: a running job commits and leaves, the same command goes on; nothing else is ever killed."""
import json
import os
import re
import signal
import subprocess
import time
import unittest

from dj_corpus import make_records, to_bytes
from dj_fault import Fault
from dj_testing import JobCase, read

TOOLS = os.path.join(os.environ["DJ_BUILD_DIR"], "bin", "dj-tools")
JOB = ["--job_id", "job"]


class StopTool(JobCase):
    def setUp(self):
        super().setUp()
        source = self.write("in.jsonl", to_bytes(make_records(600, seed=3)))
        self.recipe = {"dataset_path": source, "export_path": self.path("out", "out.jsonl"),
                       "process": [{"whitespace_normalization_mapper": None}, {"document_deduplicator": None}],
                       "partition": {"mode": "manual", "num_of_partitions": 24}}
        self.run_job({**self.recipe, "export_path": self.path("whole", "out.jsonl")}, arguments=["--job_id", "whole"])
        self.folder = os.path.join(self.dir, "work", "job")

    def tool(self, *arguments, expect=0):
        done = subprocess.run([TOOLS, "stop", *arguments], cwd=self.dir, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        self.assertEqual(done.returncode, expect, done.stdout)
        return done.stdout

    def summary(self):
        with open(os.path.join(self.folder, "job_summary.json"), encoding="utf-8") as file:
            return json.load(file)

    def running(self, ranks=2, slow=100):
        job = self.start(self.recipe, ranks=ranks, arguments=JOB, fault=Fault(self.dir, slow=f"{slow}:/in.jsonl"))
        job.wait_until(lambda: os.path.exists(os.path.join(self.folder, "job_summary.json")), "the job has begun")
        return job

    def test_it_commits_leaves_and_goes_on(self):
        for ranks in (None, 3):
            with self.subTest(ranks=ranks):
                job = self.running(ranks)
                said = self.tool("job", "--work_dir", "work")
                self.assertIn("is asked to stop", said)
                self.assertIn("has ended: stopped", said)
                self.assertRegex(said, r"(?m)^To go on: .*dj-mpi .*--job_id job")
                self.assertEqual(job.finish().exit_code, 75)
                self.assertIn("is not running: it is stopped", self.tool(self.folder))
                self.run_job(self.recipe, ranks=2, arguments=JOB)
                self.assertGreater(self.summary()["attempt"], 1)
                self.assert_same_bytes(read(self.recipe["export_path"]), read(self.path("whole", "out.jsonl")), "stopped and gone on with")
                self.assertEqual(json.loads(self.tool(self.folder, "--json")), {"job_id": "job", "status": "completed", "running": False})
                subprocess.run(["rm", "-r", self.folder], check=True)

    def test_one_that_does_not_react_is_told_of_and_killed_if_asked(self):
        job = self.running(ranks=None)
        process_id = self.summary()["process_id"]
        os.kill(process_id, signal.SIGSTOP)  # as one that waits for a dead disk
        said = self.tool(self.folder, "--timeout", "1", expect=1)
        self.assertIn("is still running after 1.0", said)
        self.assertIn("--force", said)
        said = self.tool(self.folder, "--timeout", "0", "--force")
        self.assertIn(f"process {process_id} is killed", said)
        self.assertIn("has ended: dead", said)
        self.assertEqual(job.finish().exit_code, -signal.SIGKILL)
        self.run_job(self.recipe, ranks=2, arguments=JOB)
        self.assert_same_bytes(read(self.recipe["export_path"]), read(self.path("whole", "out.jsonl")), "killed and gone on with")

    def pretend(self, **changes):
        """The summary of a job that runs, as far as its file tells."""
        summary = self.summary()
        summary.update(status="running", heartbeat=time.time() + 1000, end_time=None, duration=None, **changes)
        self.write(os.path.join(self.folder, "job_summary.json"), json.dumps(summary))

    def test_a_process_that_is_another_is_never_killed(self):
        self.run_job(self.recipe, arguments=JOB)
        stranger = subprocess.Popen(["sleep", "60"])
        self.addCleanup(stranger.wait)
        self.addCleanup(stranger.kill)
        for changes in ({"machine": "another boot", "process_start": 1}, {"machine": "another boot", "host": "n7"}):
            self.pretend(process_id=stranger.pid, **changes)
            said = self.tool(self.folder, "--timeout", "0", "--force", expect=2)
            self.assertTrue(re.search(r"runs on \S+ as process \d+: from here it cannot be killed", said), said)
        # On this machine, but the number was given to another process since.
        machine = subprocess.run(["cat", "/proc/sys/kernel/random/boot_id"], text=True, check=True, stdout=subprocess.PIPE).stdout.strip()
        self.pretend(process_id=stranger.pid, process_start=1, machine=f"{machine} {os.readlink('/proc/self/ns/pid')}")
        self.assertIn("is not running: it is dead", self.tool(self.folder, "--timeout", "0", "--force"))
        self.assertIsNone(stranger.poll())

    def test_no_such_job(self):
        self.assertIn("no job", self.tool("none", expect=2))
        self.assertIn("Examples:", self.tool("--help"))


if __name__ == "__main__":
    unittest.main()
