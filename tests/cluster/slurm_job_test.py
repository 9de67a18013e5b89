#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sbatch slurm/job.sh on a cluster of two nodes: same outputs as one rank, exit codes passed on, a job id of Slurm's."""
import glob
import json
import os
import subprocess
import tempfile
import time
import unittest

from dj_corpus import make_records, to_bytes
from dj_fault import Fault
from dj_testing import PROGRAM, JobCase, read
from two_nodes import need

SCRIPT = os.path.join(os.environ["DJ_SOURCE_DIR"], "slurm", "job.sh")
TOOLS = os.path.join(os.path.dirname(PROGRAM), "dj-tools")
CLUSTER = os.path.join(os.environ["DJ_SOURCE_DIR"], "tests", "cluster", "two_node_slurm.sh")
PROCESS = [{"whitespace_normalization_mapper": None}, {"document_deduplicator": {}},
           {"text_length_filter": {"min_len": 20, "max_len": 300}}]


class SlurmJobTest(JobCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        need("slurmctld", "slurmd", "srun", "sbatch", "munged", "ip", "nsenter", "unshare")
        temporary = tempfile.TemporaryDirectory(prefix="dj_slurm_", ignore_cleanup_errors=True)
        cls.addClassCleanup(temporary.cleanup)
        cls.addClassCleanup(subprocess.run, [CLUSTER, "down", temporary.name])
        up = subprocess.run([CLUSTER, "up", temporary.name, str(os.getpid())], text=True, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        if up.returncode != 0:
            raise RuntimeError("the cluster did not come up:\n" + up.stdout)
        cls.cluster = temporary.name

    def submit(self, *arguments, sbatch=(), fault=None):
        """Waits for the job. Returns its exit code and what it said."""
        log = self.path("job.out")
        done = subprocess.run(["sbatch", "--wait", "-N2", "--ntasks-per-node=1", "--cpus-per-task=1", "--output", log,
                               *sbatch, SCRIPT, *arguments], env=self.environment(fault), cwd=self.dir, text=True, timeout=100,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = read(log).decode(errors="replace") if os.path.exists(log) else ""
        return done.returncode, done.stdout + said

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

    def slow_recipe(self, **keys):
        """Reads of the input last so long that a job has a middle."""
        source = self.write("in.jsonl", to_bytes(make_records(2000, seed=5)))
        return {"dataset_path": source, "process": PROCESS, "partition": {"mode": "manual", "num_of_partitions": 24},
                "checkpoint": {"strategy": "every_op", "interval": 0.2}, **keys}

    def environment(self, fault=None):
        return {**os.environ, **(fault.environment() if fault else {}), "SLURM_CONF": os.path.join(self.cluster, "slurm.conf"), "DJ_MPI": PROGRAM,
                "OMPI_MCA_mpi_yield_when_idle": "1", "XDG_STATE_HOME": os.path.join(self.dir, "state")}

    def slurm(self, *command):
        done = subprocess.run(command, env=self.environment(), text=True, timeout=60, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        return done.stdout.strip()

    def submit_slow(self, recipe, *sbatch):
        """Slurm's number of a job that is in its middle for some seconds, and its log."""
        log = self.path("job.out")
        number = subprocess.run(["sbatch", "--parsable", "-N2", "--ntasks-per-node=1", "--cpus-per-task=1", "--output", log, *sbatch, SCRIPT,
                                 self.write_recipe(recipe)], env=self.environment(Fault(self.dir, slow="150:/in.jsonl")), cwd=self.dir, text=True,
                                check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=60).stdout.strip()
        return number, log

    def summary(self):
        found = glob.glob(self.path("work", "slurm_*", "job_summary.json"))
        if not found:
            return {}
        with open(found[0], encoding="utf-8") as file:
            return json.load(file)

    def wait_until(self, condition, what, log, seconds=90):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                self.fail(f"{what}: not within {seconds} s; {self.slurm('squeue')}\n{read(log).decode(errors='replace') if os.path.exists(log) else ''}")
            time.sleep(0.2)

    def state(self, number):
        return dict(field.split("=", 1) for field in self.slurm("scontrol", "show", "job", "--oneliner", number).split() if "=" in field)

    def test_asked_to_stop_it_is_queued_again_and_goes_on(self):
        recipe = self.slow_recipe(export_path=self.path("two", "out.jsonl"))
        self.run_job({**recipe, "export_path": self.path("one", "out.jsonl")}, arguments=["--job_id", "linear"])
        number, log = self.submit_slow(recipe)
        self.wait_until(lambda: self.summary().get("generations", 0) > 0 or glob.glob(self.path("work", "slurm_*", "checkpoints", "*.h5")),
                        "a generation is committed", log)
        self.slurm("scancel", "--batch", "--signal=USR1", number)
        # A job that was queued again waits two minutes, unless somebody says that it may begin.
        self.wait_until(lambda: self.state(number).get("JobState") == "PENDING", "the job is queued again", log)
        self.slurm("scontrol", "update", f"JobId={number}", "StartTime=now")
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
