#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nodes that die and networks that break under a job: it names what it lost, commits the rest, is queued again under its number, and
leaves what an undisturbed run leaves."""
import glob
import json
import os
import signal
import subprocess
import unittest

from dj_branches import CHUNKS, COMMON, QUALITY, corpus
from dj_testing import files_below, read
from slurm_case import CLUSTER, SlurmCase

TIMEOUT = {"rank_timeout_seconds": 4}


class FaultCase(SlurmCase):
    def environment(self, fault=None):
        return {**super().environment(fault), "DJ_WAIT_FOR_RANKS": "10"}

    def fixture(self, verb, *node):
        subprocess.run([CLUSTER, verb, self.cluster, *map(str, node)], check=True, stdin=subprocess.DEVNULL, timeout=60)

    def nodes_are_idle(self):
        return set(self.slurm("sinfo", "--noheader", "--Node", "--format=%N:%T").split()) == {"n1:idle", "n2:idle"}

    def linear_job(self, folder):
        return self.slow_recipe(export_path=self.path(folder, "out.jsonl"), fault_tolerance=TIMEOUT)

    def branched_job(self, folder):
        source = self.write("in.jsonl", corpus())
        branches = {"quality": QUALITY, "chunks": CHUNKS}
        return {"dataset_path": source, "executor_type": "branch", "common_process": COMMON,
                "branches": [{"name": name, "process": ops, "export_path": self.path(folder, f"{name}.jsonl")} for name, ops in branches.items()],
                "partition": {"mode": "manual", "num_of_partitions": 24}, "checkpoint": {"strategy": "every_op", "interval": 0.2},
                "fault_tolerance": TIMEOUT}

    def begin(self, make, *sbatch, **slow):
        """A job under way, and in `one` what must come out of it in `two`."""
        self.run_job(make("one"), arguments=["--job_id", "undisturbed"])
        return self.submit_slow(make("two"), *sbatch, **slow)

    def generations(self):
        return glob.glob(self.path("work", "slurm_*", "checkpoints", "**", "*.h5"), recursive=True)

    def events(self):
        return [json.loads(line) for path in glob.glob(self.path("work", "slurm_*", "events_*.jsonl")) for line in read(path).splitlines()]

    def has_begun(self, branch):
        return any(event["event_type"] == "branch_start" and branch in json.dumps(event) for event in self.events())

    def is_queued_again(self, number):
        state = self.state(number)
        return state.get("JobState") == "PENDING" and int(state["Restarts"]) > 0

    def goes_on(self, number, log, attempts=2, seconds=90):
        """After the repair, and to the end."""
        def done():
            if self.is_queued_again(number):
                self.release(number)
            return self.state(number).get("JobState") == "COMPLETED"
        self.wait_until(done, "the job is done", log, seconds)
        said = read(log).decode(errors="replace")
        self.assertEqual((self.summary()["attempt"], self.summary()["status"]), (attempts, "completed"), said)
        expected = files_below(self.path("one", ""))
        self.assertTrue(expected)
        self.assertEqual(files_below(self.path("two", "")).keys(), expected.keys())
        for name, content in expected.items():
            self.assert_same_bytes(read(self.path("two", name)), content, name)
        return said

    def rank_of_node(self, node):
        with open(os.path.join(self.cluster, "id"), encoding="ascii") as file:
            namespace = f"dj{file.read().strip()}n{node}"
        found = subprocess.run(["ip", "netns", "pids", namespace], check=True, text=True, stdout=subprocess.PIPE).stdout.split()
        for process_id in found:
            try:
                if read(f"/proc/{process_id}/comm").strip() == b"dj-mpi":
                    return int(process_id)
            except FileNotFoundError:
                continue
        return None

    def assert_committed_at_the_loss(self):
        manifests = glob.glob(self.path("work", "slurm_*", "checkpoints", "**", "manifest.jsonl"), recursive=True)
        self.assertTrue(any(b'"reason":"loss"' in read(path) for path in manifests))


class SlurmNodeTest(FaultCase):
    def lose_node_2(self, make, point, what, **slow):
        number, log = self.begin(make, **slow)
        self.wait_until(point, what, log)
        self.addCleanup(self.wait_until, self.nodes_are_idle, "the nodes are back", log)
        self.fixture("kill", 2)
        self.wait_until(lambda: self.is_queued_again(number), "the job is queued again", log)
        left = self.summary()
        self.assertEqual(left["status"], "stopped", read(log).decode(errors="replace"))
        self.assertRegex(left["error_message"], "rank 1 on n2 is lost: it has given no sign of life for [4-9] s")
        self.fixture("revive", 2)
        said = self.goes_on(number, log)
        self.assertIn("rank 1 on n2 is lost", said)
        return said

    def test_killed_in_the_common_part(self):
        self.lose_node_2(self.branched_job, self.generations, "the common part has committed something", slow=600)
        self.assert_committed_at_the_loss()

    def test_killed_in_a_branch(self):
        self.lose_node_2(self.branched_job, lambda: self.has_begun("chunks"), "a branch has begun", slow=250)

    def test_killed_during_a_generation(self):
        under_way = os.path.join("work", "slurm_*", "checkpoints", "*.h5.tmp")
        self.lose_node_2(self.linear_job, lambda: glob.glob(self.path(under_way)), "a generation is being written", slow=1500, path=".h5.tmp")

    def test_the_first_node_killed(self):
        """Its batch script is gone, too: Slurm itself queues the job again."""
        number, log = self.begin(self.linear_job, slow=800)
        self.wait_until(self.generations, "a generation is committed", log)
        self.fixture("kill", 1)
        self.wait_until(lambda: self.is_queued_again(number), "the job is queued again", log)
        self.fixture("revive", 1)
        self.wait_until(self.nodes_are_idle, "the node is back", log)
        self.goes_on(number, log)
        self.assertGreater(self.summary()["resumed_partitions"], 0)

    def test_a_rank_that_is_killed_is_survived_by_the_others(self):
        number, log = self.begin(self.linear_job, slow=800)
        self.wait_until(self.generations, "a generation is committed", log)
        os.kill(self.rank_of_node(2), signal.SIGKILL)
        self.wait_until(lambda: self.is_queued_again(number), "the job is queued again", log)
        self.assert_committed_at_the_loss()
        self.assertIn("rank 1 on n2 is lost", self.goes_on(number, log))


class SlurmNetworkTest(FaultCase):
    def test_cut_for_longer_than_a_rank_may_be_silent(self):
        number, log = self.begin(self.linear_job, slow=800)
        self.wait_until(self.generations, "a generation is committed", log)
        self.fixture("cut", 2)
        self.wait_until(lambda: self.summary().get("status") == "stopped", "the job has missed rank 1", log)
        self.assertRegex(self.summary()["error_message"], "rank 1 on n2 is lost")
        self.wait_until(lambda: self.is_queued_again(number), "the job is queued again", log)
        self.fixture("heal", 2)
        self.goes_on(number, log)
        self.assertGreater(self.summary()["resumed_partitions"], 0)

    def test_cut_for_a_moment(self):
        """Nobody is lost who is back in time."""
        recipe = lambda folder: {**self.linear_job(folder), "fault_tolerance": {"rank_timeout_seconds": 30}}
        number, log = self.begin(recipe, slow=400)
        self.wait_until(self.generations, "a generation is committed", log)
        self.fixture("cut", 2)
        subprocess.run(["sleep", "2"], check=True)
        self.fixture("heal", 2)
        self.goes_on(number, log, attempts=1)


if __name__ == "__main__":
    unittest.main()
