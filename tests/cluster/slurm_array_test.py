#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""slurm/array.sh on a cluster of two nodes: many recipes as one job array, each task with a job folder, a log, an end and further starts
of its own."""
import glob
import json
import os
import re
import signal
import subprocess
import unittest

from dj_corpus import make_records, to_bytes
from dj_fault import Fault
from slurm_case import PROCESS, SlurmCase
from dj_testing import read

ARRAY = os.path.join(os.environ["DJ_SOURCE_DIR"], "slurm", "array.sh")
ONE_CORE = ("-N1", "--ntasks-per-node=1", "--cpus-per-task=1", "--open-mode=append")


class SlurmArrayTest(SlurmCase):
    def recipe(self, name, **keys):
        path = self.path(f"{name}.yaml")
        recipe = {"work_dir": self.path("work", ""), "process": PROCESS, "export_path": self.path("out", f"{name}.jsonl"), **keys}
        return self.write(path, json.dumps(recipe))

    def array(self, *arguments, expect=0, slow=None):
        fault = Fault(self.dir, slow=f"{slow}:/in.jsonl") if slow else None
        done = subprocess.run([ARRAY, *arguments], env=self.environment(fault), cwd=self.dir, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=100)
        self.assertEqual(done.returncode, expect, done.stdout)
        return done.stdout

    def tasks(self, number, expect):
        """What array.sh says of the tasks, by number."""
        said = self.array(f"--status={number}", expect=expect)
        return {line.split("\t")[0]: line.split("\t")[1] for line in said.splitlines() if "\t" in line}, said

    def logs(self):
        return "\n".join(read(path).decode(errors="replace") for path in sorted(glob.glob(self.path("dj-mpi-*.out"))))

    def wait_for(self, condition, what):
        self.wait_until(condition, what, self.path("none"))

    def test_each_recipe_is_a_task_that_fails_or_is_queued_again_by_itself(self):
        source = self.write("in.jsonl", to_bytes(make_records(2000, seed=5)))
        small = self.write("small.jsonl", to_bytes(make_records(200, seed=6)))
        partition = {"mode": "manual", "num_of_partitions": 24}
        slow = {"dataset_path": source, "partition": partition, "checkpoint": {"strategy": "every_op", "interval": 0.2}}
        self.recipe("good", dataset_path=small)
        self.recipe("bad", dataset_path=self.path("missing.jsonl"))
        # The last task of an array has the array's own number as its job id: queued again by that, all would run again.
        self.recipe("long", **slow)
        for name, keys in (("good", {"dataset_path": small}), ("long", slow)):
            self.run_job({"process": PROCESS, "export_path": self.path("linear", f"{name}.jsonl"), **keys})

        listing = self.write("list.txt", "# three\n\ngood.yaml\nbad.yaml\nlong.yaml\n")
        said = self.array(*ONE_CORE, f"--recipes={listing}", "--parsable", "--", "--quiet", slow=300)
        number = said.strip()
        self.wait_for(lambda: glob.glob(self.path("work", f"slurm_{number}_3", "checkpoints", "*.h5")), "a generation is committed")
        self.assertEqual(self.tasks(number, 1)[0]["3"], "running, start 0")
        self.slurm("scancel", "--batch", "--signal=USR1", f"{number}_3")
        self.wait_for(lambda: self.tasks(number, 1)[0] == {"1": "exit code 0", "2": "exit code 2", "3": "waiting, queued again"}, "the last task is queued again")
        self.release(f"{number}_3")
        self.wait_for(lambda: self.tasks(number, 1)[0]["3"] == "exit code 0", "the last task is done")

        tasks, said = self.tasks(number, 1)
        self.assertEqual(tasks, {"1": "exit code 0", "2": "exit code 2", "3": "exit code 0"}, said)
        self.assertIn(f"failed: 2; to go on with these, the same command with --array=2, and after -- --job_id slurm_{number}_%a", said)
        starts = re.findall(r"task (\d) of 3, (\w+)\.yaml: start (\d)", self.logs())
        self.assertEqual(starts, [("1", "good", "0"), ("2", "bad", "0"), ("3", "long", "0"), ("3", "long", "1")], "no other task runs again")
        for name in ("good", "long"):
            self.assert_same_bytes(read(self.path("out", f"{name}.jsonl")), read(self.path("linear", f"{name}.jsonl")), name)

        # As it is told to: the input that was missing is there now, the failed task alone runs.
        self.write("missing.jsonl", read(small))
        again = self.array(*ONE_CORE, f"--recipes={listing}", "--parsable", "--array=2", "--wait", "--", "--job_id", f"slurm_{number}_%a").strip()
        self.assertEqual(self.tasks(again, 0)[0], {"2": "exit code 0"})
        self.assert_same_bytes(read(self.path("out", "bad.jsonl")), read(self.path("linear", "good.jsonl")), "the failed task")
        self.assertTrue(os.path.isdir(self.path("work", f"slurm_{number}_2")))

    def test_a_task_that_is_killed_is_one_that_failed(self):
        source = self.write("in.jsonl", to_bytes(make_records(2000, seed=5)))
        recipe = self.recipe("long", dataset_path=source, partition={"mode": "manual", "num_of_partitions": 24})
        number = self.array(*ONE_CORE, "--parsable", recipe, slow=500).strip()
        self.wait_for(lambda: glob.glob(self.path("work", f"slurm_{number}_1", "job_summary.json")), "the job runs")
        listed = subprocess.run(["pgrep", "-f", f"{self.cluster}/spool-n[12]/job[0-9]*/slurm_script"], stdout=subprocess.PIPE, text=True, check=True)
        for process in listed.stdout.split():
            os.kill(int(process), signal.SIGKILL)
        self.wait_for(lambda: not self.slurm("squeue", "--noheader"), "the task has ended")
        self.assertEqual(self.tasks(number, 1)[0], {"1": "killed, start 0"})

    def test_what_cannot_work_is_refused_before_anything_is_submitted(self):
        one, two = self.recipe("one", dataset_path="x"), self.recipe("two", dataset_path="x")
        for arguments, complaint in (((one, "none.yaml"), "none.yaml cannot be read"), ((one, "-N2"), "-N2 stands after a recipe"),
                                     ((one, two, "--", "--job_id", "same"), "all tasks would have the same --job_id"),
                                     ((one, two, "--", "--export_path=o.jsonl"), "all tasks would have the same --export_path"),
                                     (("--recipes=none.txt",), "none.txt cannot be read"), ((), "slurm/array.sh recipes/*.yaml"),
                                     (("--status=7",), "no task of 7 has a log")):
            with self.subTest(arguments=arguments):
                self.assertIn(complaint, self.array(*arguments, expect=2))
        self.assertEqual(self.slurm("squeue", "--noheader"), "")

    def test_two_recipes_without_an_array_are_refused(self):
        code, said = self.submit(self.recipe("one"), self.recipe("two"))
        self.assertEqual(code, 2, said)
        self.assertIn("sbatch --array=1-2", said)


if __name__ == "__main__":
    unittest.main()
