#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Faults of a cluster at random moments, up to three to a job: whatever happens, the job comes to its end without a row lost, doubled or
changed, and nothing hangs. Two jobs in CI; DJ_SLURM_FAULTS says after how many faults a campaign ends (full scope: 50)."""
import collections
import json
import os
import random
import signal
import subprocess
import sys
import time
import unittest

from dj_testing import FULL, read
from slurm_faults_test import FaultCase

FAULTS = int(os.environ.get("DJ_SLURM_FAULTS", "50" if FULL else "2"))
SEED = int(os.environ.get("DJ_CAMPAIGN_SEED", "1"))
HANG_SECONDS = 240


class SlurmCampaignTest(FaultCase):
    def slurm(self, *command):
        """Slurm's own programs wait long for nodes and controllers that are away."""
        try:
            return super().slurm(*command)
        except subprocess.TimeoutExpired:
            self.tally["Slurm did not answer"] += 1
            return ""

    def ranks(self):
        return {node: rank for node in (1, 2) if (rank := self.rank_of_node(node)) is not None}

    def signal_rank(self, number):
        ranks = self.ranks()
        if ranks:
            os.kill(ranks[self.rng.choice(sorted(ranks))], number)

    def node_dies(self):
        node = self.rng.choice((1, 2))
        self.fixture("kill", node)
        time.sleep(self.rng.uniform(0, 20))
        self.fixture("revive", node)

    def network_is_cut(self):
        node = self.rng.choice((1, 2))
        self.fixture("cut", node)
        time.sleep(self.rng.uniform(0.5, 12))
        self.fixture("heal", node)

    def controller_restarts(self):
        self.fixture("stop_controller")
        time.sleep(self.rng.uniform(0, 4))
        self.fixture("start_controller")

    def fault(self, number):
        kind = self.rng.choice(("rank killed", "rank stopped", "node dies", "network cut", "controller restarts", "requeued by hand",
                                "asked to stop", "cancelled"))
        self.tally[kind] += 1
        if kind == "rank killed":
            self.signal_rank(signal.SIGKILL)
        elif kind == "rank stopped":
            self.signal_rank(signal.SIGSTOP)
        elif kind == "node dies":
            self.node_dies()
        elif kind == "network cut":
            self.network_is_cut()
        elif kind == "controller restarts":
            self.controller_restarts()
        elif kind == "requeued by hand":
            self.slurm("scontrol", "requeue", number)
        elif kind == "asked to stop":
            self.slurm("scancel", "--batch", "--signal=USR1", number)
        else:
            self.slurm("scancel", number)
        return kind

    def test_any_faults_at_any_moment(self):
        self.rng, self.tally = random.Random(SEED), collections.Counter()
        begin, faults, jobs, hangs = time.monotonic(), 0, 0, []
        for make in (self.linear_job, self.branched_job):
            self.run_job(make("one"), arguments=["--job_id", make.__name__])
        while faults < FAULTS and not hangs:
            jobs += 1
            done, log, story = self.one_job(jobs, self.rng.choice((self.linear_job, self.branched_job)))
            faults += len(story)
            if not done:
                hangs.append((story, read(log).decode(errors="replace")[-4000:]))
        figures = {"campaign": "slurm", "jobs": jobs, "faults": faults, **self.tally, "hangs": len(hangs),
                   "seconds": round(time.monotonic() - begin)}
        print(json.dumps(figures), file=sys.stderr)
        if "DJ_CAMPAIGN_REPORT" in os.environ:
            with open(os.environ["DJ_CAMPAIGN_REPORT"], "a", encoding="utf-8") as file:
                file.write(json.dumps(figures) + "\n")
        self.assertFalse(hangs)

    def one_job(self, job, make):
        """Up to three faults, then it is let go on, and submitted again where it has ended without being done."""
        folder = f"two{job}"
        recipe = {**make(folder), "work_dir": self.path(f"work{job}", "")}
        if "export_path" in recipe:
            recipe["export_path"] = self.path(folder, "out.jsonl")
        number, log = self.submit_slow(recipe, slow=300, arguments=["--job_id", "job"])
        self.tally[make.__name__] += 1
        story = []
        end = time.monotonic() + HANG_SECONDS
        while time.monotonic() < end:
            state = self.state(number).get("JobState")
            if state == "COMPLETED":
                break
            if state == "PENDING":
                self.release(number)
            elif state in ("FAILED", "CANCELLED", "NODE_FAIL", "TIMEOUT") and not self.ranks():
                number, _ = self.submit_slow(recipe, slow=300, arguments=["--job_id", "job"])
            elif state == "RUNNING" and self.ranks() and len(story) < 3 and self.rng.random() < 0.5:
                time.sleep(self.rng.uniform(0, 4))
                story.append(self.fault(number))
                end = time.monotonic() + HANG_SECONDS
            time.sleep(0.5)
        else:
            return False, log, story
        expected = {name: read(self.path("one", name)) for name in os.listdir(self.path("one", "")) if self.belongs(name, make)}
        self.assertTrue(expected)
        for name, content in expected.items():
            self.assert_same_bytes(read(self.path(folder, name)), content, f"{name} after {story}")
        return True, log, story

    def belongs(self, name, make):
        return name.startswith("out") == (make.__name__ == "linear_job")


if __name__ == "__main__":
    unittest.main()
