#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SIGKILL at any moment, to a rank, to all of them, or to the launcher: the job ends, and the same command, given at once and
under another number of ranks, goes on and leaves what an undisturbed run leaves."""
import os
import signal
import subprocess
import time
import unittest

from dj_campaign import RECIPES, STRATEGIES, CampaignCase, children
from dj_testing import FULL

RUNS = 120 if FULL else 6


def is_rank(process_id):
    try:
        with open(f"/proc/{process_id}/comm", encoding="ascii") as file:
            return file.read().strip() == "dj-mpi"
    except FileNotFoundError:
        return False


def kill(process_id):
    try:
        os.kill(process_id, signal.SIGKILL)
    except ProcessLookupError:
        pass


class SigkillTest(CampaignCase):
    slow_ms = 60

    def victims(self, job, whom, ranks):
        if ranks is None or whom == "launcher":
            return [job.process.pid]
        try:
            found = [process_id for process_id in children(job.process.pid) if is_rank(process_id)]
        except FileNotFoundError:
            found = []
        if whom == "all ranks":
            return found
        return [self.rng.choice(found)] if found else []

    def interrupted_start(self, recipe, what, ranks, threads, whom, seconds):
        """False if it hangs. An orphan of a launcher that was killed may go on for a moment."""
        job = self.start(recipe, ranks=ranks, threads=threads, fault=self.fault(), arguments=["--job_id", "job"])
        try:
            job.process.wait(seconds)
        except subprocess.TimeoutExpired:
            for process_id in self.victims(job, whom, ranks):
                kill(process_id)
        if self.wait(job, f"{what}, SIGKILL to {whom}", orphans=True) is None:
            return False
        self.tally.figures["interrupted"] += job.process.returncode != 0
        return True

    def duration(self, recipe, ranks):
        begin = time.monotonic()
        self.assertEqual(self.go(recipe, ranks=ranks, fault=self.fault()).exit_code, 0)
        self.fresh()
        return time.monotonic() - begin

    def trial(self, number):
        choose = self.rng.choice
        name, strategy = choose(list(RECIPES)), list(STRATEGIES)[number % len(STRATEGIES)]
        recipe = self.recipe(name, strategy)
        self.reference(recipe)
        what = f"run {number}: {name}, {strategy}"
        for _ in range(choose([1, 1, 2, 3])):
            ranks, threads = choose([None, 1, 2, 3, 4]), choose([1, 2])
            whom = choose(["one rank", "all ranks", "launcher"])
            seconds = self.rng.uniform(0.25, 1.0) * self.durations[ranks]
            what += f", SIGKILL to {whom} of {ranks} x {threads} after {seconds * 1000:.0f} ms"
            if not self.interrupted_start(recipe, what, ranks, threads, whom, seconds):
                return
        self.finish(recipe, what, ranks=choose([None, 1, 2, 3, 4]), threads=choose([1, 2]))

    def test_random_moments(self):
        recipe = self.recipe("dedup_split_topk")
        self.fresh()
        self.durations = {ranks: self.duration(recipe, ranks) for ranks in (None, 1, 2, 3, 4)}
        self.campaign(range(RUNS), self.trial, share=4.0 if not FULL else 1.0)


if __name__ == "__main__":
    unittest.main()
